"""Coloured cells on pixel boundaries: any number of grids in one pyqtgraph image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ui.theme import Theme

GAP_FROM = 10.0
"""Cells at least this wide and high have a thin gap between them, logical px."""
_HALF = 255
_TABLE = 2 * _HALF + 1
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


@dataclass(frozen=True, eq=False)
class Block:
    """One grid of cells; places and sizes in logical px.

    Attributes
    ----------
    name : what the panel calls it.
    positions : (rows, columns), where each cell's value stands among the values; -1 for no cell.
    left, top : the first cell's corner.
    cell_width, cell_height : size of a cell, its gap included.
    """

    name: tuple[str, int]
    positions: NDArray[np.intp]
    left: float
    top: float
    cell_width: float
    cell_height: float

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.positions.shape[0])

    @property
    def columns(self) -> int:
        """Number of columns."""
        return int(self.positions.shape[1])

    @property
    def gap(self) -> int:
        """Space between cells, logical px."""
        return 1 if min(self.cell_width, self.cell_height) >= GAP_FROM else 0

    @property
    def rect(self) -> QRectF:
        """All cells, without the last gap."""
        return self.cells_rect(0, 0, self.rows, self.columns)

    def cells_rect(self, row: int, column: int, rows: int = 1, columns: int = 1) -> QRectF:
        """The rectangle of some cells, without the last gap."""
        return QRectF(
            self.left + column * self.cell_width,
            self.top + row * self.cell_height,
            columns * self.cell_width - self.gap,
            rows * self.cell_height - self.gap,
        )

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column under a point; a gap belongs to the cell before it."""
        row = int((point.y() - self.top) // self.cell_height)
        column = int((point.x() - self.left) // self.cell_width)
        if not (0 <= row < self.rows and 0 <= column < self.columns):
            return None
        return None if self.positions[row, column] < 0 else (row, column)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its block, its place in it, where its value stands, and the value."""

    block: Block
    row: int
    column: int
    position: int
    value: float

    @property
    def rect(self) -> QRectF:
        """The cell's rectangle."""
        return self.block.cells_rect(self.row, self.column)


class HeatmapView(pg.GraphicsView):
    """Shows blocks of values through the theme's tables.

    The scene is measured in logical px; the image in it has one pixel a device pixel, so cells are
    crisp at any scale factor.  Not-a-number is transparent, infinite is the end of the scale.
    What else is to be drawn is up to ``decorate``, called with a painter after the cells.

    Signals
    -------
    hovered(Cell | None) : the cell under the mouse, or reached with the arrow keys.
    clicked(Cell | None) : a click (or Return) on a cell, or beside all cells.
    """

    activation_table: NDArray[np.uint8]
    """The activation map with the signed one's lower half, for activations below 0."""

    hovered = Signal(object)
    clicked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCentralItem(None)
        self.decorate: Callable[[QPainter], None] | None = None
        self._blocks: list[Block] = []
        self._values = np.zeros(0)
        self._limits = np.zeros(0)
        self._sequential = np.zeros(0, dtype=np.bool_)
        self._count = 0
        self._shown: NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)
        self._extent = (0, 0)
        self._ratio = self.devicePixelRatioF()
        self._pixels = np.zeros((0, 0), dtype=np.intp)
        self._buffer = np.zeros((0, 0), dtype=np.uint32)
        self._cell: Cell | None = None
        self._image = pg.ImageItem(axisOrder="row-major")
        self._image.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.addItem(self._image)
        self.setMouseTracking(True)
        self.apply_theme(theme)

    @property
    def blocks(self) -> Sequence[Block]:
        """The blocks on show."""
        return self._blocks

    @property
    def current_cell(self) -> Cell | None:
        """The cell last pointed at."""
        return self._cell

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours."""
        self.setBackground(theme.colour("panel"))
        signed = theme.signed_table
        sequential = np.concatenate([signed[:_HALF], theme.activation_table])
        self.activation_table = sequential
        nothing = np.zeros((1, 4), dtype=np.uint8)
        table = np.ascontiguousarray(np.concatenate([signed, sequential, nothing]))
        self._colours: NDArray[np.uint32] = table.view(np.uint32).reshape(-1)
        self._compose()
        self.viewport().update()

    def set_blocks(self, blocks: Sequence[Block], width: int, height: int) -> None:
        """Lay out anew; the content is ``width`` x ``height`` logical px."""
        self._blocks = list(blocks)
        self._extent = (max(0, width), max(0, height))
        self._count = 1 + max((int(b.positions.max(initial=-1)) for b in blocks), default=-1)
        self._point_at(None)
        self._map_pixels()
        self._compose()
        self.viewport().update()

    def set_values(
        self,
        values: NDArray[np.float64],
        limits: NDArray[np.float64] | float,
        sequential: NDArray[np.bool_] | bool = False,
    ) -> bool:
        """Show other values, (n,); return whether anything looks different.

        ``limits`` is the end of the scale and ``sequential`` whether the activation table is used
        instead of the signed one, each for all values or one for each.
        """
        values = np.ascontiguousarray(values, dtype=np.float64)
        limits = np.broadcast_to(np.asarray(limits, dtype=np.float64), values.shape)
        sequential = np.broadcast_to(np.asarray(sequential, dtype=np.bool_), values.shape)
        if (
            np.array_equal(values.view(np.int64), self._values.view(np.int64))
            and np.array_equal(limits, self._limits)
            and np.array_equal(sequential, self._sequential)
        ):
            return False
        self._values, self._limits, self._sequential = values, limits, sequential
        self._compose()
        if self._cell is not None:
            position = self._cell.position
            value = float(values[position]) if position < len(values) else np.nan
            self._cell = Cell(self._cell.block, self._cell.row, self._cell.column, position, value)
            self.hovered.emit(self._cell)
        self.viewport().update()
        return True

    def _map_pixels(self) -> None:
        """Which value each device pixel shows; ``_count`` stands for none."""
        self._ratio = self.devicePixelRatioF()
        width, height = (round(side * self._ratio) for side in self._extent)
        pixels = np.full((height, width), -1, dtype=np.intp)
        for block in self._blocks:
            down, rows = _edges(block.top, block.cell_height, block.rows, block.gap, self._ratio)
            across, columns = _edges(
                block.left, block.cell_width, block.columns, block.gap, self._ratio
            )
            inside = pixels[down : down + len(rows), across : across + len(columns)]
            rows, columns = rows[: inside.shape[0]], columns[: inside.shape[1]]
            patch = block.positions[np.maximum(rows, 0)][:, np.maximum(columns, 0)]
            patch[rows < 0] = -1
            patch[:, columns < 0] = -1
            inside[...] = patch
        pixels[pixels < 0] = self._count
        self._pixels = pixels
        self._buffer = np.zeros(pixels.shape, dtype=np.uint32)
        scale = 1.0 / self._ratio
        self._image.setTransform(QTransform.fromScale(scale, scale))

    def _compose(self) -> None:
        """Colour every pixel."""
        if self._pixels.size == 0:
            self._image.clear()
            return
        self._shown = self._cell_colours()
        np.take(self._shown, self._pixels, out=self._buffer, mode="clip")
        channels = self._buffer.view(np.uint8).reshape(*self._pixels.shape, 4)
        self._image.setImage(channels, autoLevels=False)

    def _cell_colours(self) -> NDArray[np.uint32]:
        """Each value's colour, and transparency behind them."""
        colours = np.zeros(self._count + 1, dtype=np.uint32)
        known = min(self._count, len(self._values))
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            share = np.clip(self._values[:known] / self._limits[:known], -1.0, 1.0)
        blank = np.isnan(share)
        share[blank] = 0.0
        index = np.rint(share * _HALF + _HALF).astype(np.intp)
        index += self._sequential[:known] * _TABLE
        index[blank] = 2 * _TABLE
        colours[:known] = self._colours[index]
        return colours

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell under a point of the view."""
        for block in self._blocks:
            place = block.cell_at(point)
            if place is not None:
                return self.cell(block, *place)
        return None

    def cell(self, block: Block, row: int, column: int) -> Cell:
        """One cell with the value it shows now."""
        position = int(block.positions[row, column])
        value = float(self._values[position]) if position < len(self._values) else np.nan
        return Cell(block, row, column, position, value)

    def colour_of(self, cell: Cell) -> QColor:
        """The colour a cell is drawn in."""
        channels = self._shown[cell.position : cell.position + 1].view(np.uint8)
        return QColor(*(int(channel) for channel in channels))

    def _point_at(self, cell: Cell | None) -> None:
        before, self._cell = self._cell, cell
        if before is not None or cell is not None:
            self.hovered.emit(cell)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Let the panel draw what stands around and over the cells."""
        if self.decorate is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.decorate(painter)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which cell is under the mouse."""
        cell = self.cell_at(event.position())
        self._point_at(cell)
        self.setCursor(Qt.CursorShape.ArrowCursor if cell is None else Qt.CursorShape.CrossCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which cell was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.clicked.emit(self.cell_at(event.position()))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click is two clicks."""
        self.mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing is dragged here."""
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        self._point_at(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave scrolling to the scroll area around."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from cell to cell, Return is a click."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit(self._cell)
        elif key in _ARROWS and self._blocks:
            self._point_at(self._neighbour(*_ARROWS[key]))
        else:
            event.ignore()

    def _neighbour(self, down: int, across: int) -> Cell:
        """The next cell in a direction, in the next block if need be; stays at the end."""
        cell = self._cell
        if cell is None:
            return self.cell(self._blocks[0], 0, 0)
        row, column = cell.row + down, cell.column + across
        block = cell.block
        if not (0 <= row < block.rows and 0 <= column < block.columns):
            place = self._blocks.index(block) + (1 if down + across > 0 else -1)
            if not 0 <= place < len(self._blocks):
                return cell
            block = self._blocks[place]
            row = min(
                max(row if across else (0 if down > 0 else block.rows - 1), 0), block.rows - 1
            )
            column = column if down else (0 if across > 0 else block.columns - 1)
            column = min(max(column, 0), block.columns - 1)
        while block.positions[row, column] < 0 and column > 0:
            column -= 1
        return self.cell(block, row, column)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep one scene unit a logical px."""
        super().resizeEvent(event)
        self._follow_ratio()

    def event(self, event: QEvent) -> bool:
        """Follow the scale factor of the screen."""
        if event.type() in (QEvent.Type.DevicePixelRatioChange, QEvent.Type.Show):
            self._follow_ratio()
        return bool(super().event(event))

    def _follow_ratio(self) -> None:
        if hasattr(self, "_image") and self.devicePixelRatioF() != self._ratio:
            self._map_pixels()
            self._compose()


def _edges(
    start: float, step: float, count: int, gap: int, ratio: float
) -> tuple[int, NDArray[np.intp]]:
    """First device pixel, and for each pixel from there its cell's number, -1 in a gap."""
    edges = np.rint((start + step * np.arange(count + 1)) * ratio).astype(np.intp)
    sizes = np.diff(edges)
    numbers = np.repeat(np.arange(count, dtype=np.intp), sizes)
    if gap:
        space = max(1, round(gap * ratio))
        within = np.arange(len(numbers)) - np.repeat(edges[:-1] - edges[0], sizes)
        numbers[within >= np.repeat(sizes, sizes) - space] = -1
    return int(edges[0]), numbers
