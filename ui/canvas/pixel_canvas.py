"""The canvas: a picture of a few pixels to draw on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointingDevice,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.canvas.brush import SMALL_GRID, Pen, drawn, filled
from ui.canvas.pixel_grid import PixelGrid
from ui.canvas.strokes import cells_between, shifted
from ui.canvas.thumbnails import readable_on
from ui.style import numbers_font
from ui.theme import LIGHT, Theme

CELL_WANTED = 31
LARGEST_EDGE = 28
LIT = 0.5
"""From this value on a pixel counts as lit."""
SMALL_PITCH = 12.0
"""Pixels closer than this have square corners: rounding them costs time and shows nothing."""
RING = 3
"""Room around the pixels for the ring of keyboard focus."""
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
"""Only then the cell with the focus is ringed: a mouse shows by itself where it is."""


class PixelCanvas(QWidget):
    """A picture with values in 0..1, drawn with mouse, tablet, touch or keyboard.

    ``tool`` is None (a pen that erases if it starts on a lit pixel, where pixels are drawn one by
    one), "pen", "eraser" or "fill"; the right button and a tablet's eraser always erase.  ``pen``
    says how wide and how dark.

    Signals
    -------
    edited(object) : the user changed the picture; carries a read-only copy, (rows, columns).
    gesture_begun() : a change by the user is about to begin.
    gesture_ended(str) : it is over; carries what was done, as an undo command is called.
    """

    edited = Signal(object)
    gesture_begun = Signal()
    gesture_ended = Signal(str)

    def __init__(
        self,
        rows: int = 5,
        columns: int = 5,
        theme: Theme = LIGHT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.tool: str | None = None
        self.pen = Pen()
        self._theme = theme
        self._image = np.zeros((rows, columns))
        self._indices: NDArray[np.intp] | None = None
        self._focus_cell = (0, 0)
        self._erasing: bool | None = None
        self._stroke = Pen()
        self._by_keyboard = False
        self._pointer: tuple[int, int] | None = None
        self._last: tuple[int, int] = (0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Canvas")
        self.set_shape(rows, columns)

    # The picture

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""
        return self._image.shape[0], self._image.shape[1]

    def set_shape(self, rows: int, columns: int) -> None:
        """Start with an empty picture of this size."""
        if not (1 <= rows <= LARGEST_EDGE and 1 <= columns <= LARGEST_EDGE):
            raise ValueError(f"a picture has 1 to {LARGEST_EDGE} rows and columns")
        self._image = np.zeros((rows, columns))
        self._indices = None
        self._focus_cell = (0, 0)
        self._erasing = None
        self._pointer = None
        self._describe()
        self.updateGeometry()
        self.update()

    def image(self) -> NDArray[np.float64]:
        """A read-only copy of the picture, (rows, columns)."""
        copy = self._image.copy()
        copy.flags.writeable = False
        return copy

    def set_image(self, image: ArrayLike) -> None:
        """Show a picture (rows, columns) without saying so; values are limited to 0..1."""
        new = np.asarray(image, dtype=float)
        if new.shape != self._image.shape:
            raise ValueError(f"a picture of {new.shape} on a canvas of {self._image.shape}")
        self._image = np.clip(np.nan_to_num(new), 0.0, 1.0)
        self._describe()
        self.update()

    def edit_image(self, image: ArrayLike, text: str = "Change drawing") -> None:
        """As :meth:`set_image`, as a change by the user called ``text``, if it is one."""
        self.end_gesture()
        new = np.clip(np.nan_to_num(np.asarray(image, dtype=float)), 0.0, 1.0)
        if new.shape == self._image.shape and np.array_equal(new, self._image):
            return
        self.gesture_begun.emit()
        self.set_image(new)
        self.edited.emit(self.image())
        self.gesture_ended.emit(text)

    def set_indices(self, indices: ArrayLike | None) -> None:
        """Print on each pixel its place in the input vector, from 0 on, or nothing."""
        new = None if indices is None else np.asarray(indices, dtype=np.intp)
        if new is not None and new.shape != self._image.shape:
            raise ValueError(f"indices of {new.shape} on a canvas of {self._image.shape}")
        self._indices = new
        self._describe()
        self.update()

    def point_at(self, cell: tuple[int, int] | None) -> None:
        """Ring a pixel that something else speaks of, or none."""
        if cell != self._pointer:
            self._pointer = cell
            self.update()

    def focus_cell(self) -> tuple[int, int]:
        """Row and column the keyboard is at."""
        return self._focus_cell

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    # Geometry

    def sizeHint(self) -> QSize:
        rows, columns = self.shape
        cell = min(CELL_WANTED, 160 // max(rows, columns)) if max(rows, columns) > 5 else 31
        return QSize(columns * cell + 2 * RING, rows * cell + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, 64)

    def _grid(self) -> PixelGrid:
        size = self.size()
        return PixelGrid(*self.shape, size.width(), size.height(), self.devicePixelRatioF(), RING)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a pixel is drawn."""
        return self._grid().cell_rect(row, column)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column of the pixel under a point, or None beside the picture."""
        grid = self._grid()
        cell = grid.place(point)
        return cell if grid.contains(cell) else None

    # Drawing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        erase = event.button() is Qt.MouseButton.RightButton
        if cell is None or not (erase or event.button() is Qt.MouseButton.LeftButton):
            event.ignore()
            return
        self._begin(cell, erase)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._continue(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.end_gesture()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Draw with a stylus: harder is darker where there are grey levels."""
        if event.type() is QEvent.Type.TabletPress:
            cell = self.cell_at(event.position())
            if cell is None:
                event.ignore()
                return
            erase = event.pointerType() is QPointingDevice.PointerType.Eraser
            self._begin(cell, erase, event.pressure())
        elif event.type() is QEvent.Type.TabletMove:
            self._continue(event.position())
        else:
            self.end_gesture()
        event.accept()

    def contextMenuEvent(self, event: QEvent) -> None:
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent) and self._touched(event):
            return True
        return super().event(event)

    def _touched(self, event: QTouchEvent) -> bool:
        points = event.points()
        if event.type() is QEvent.Type.TouchBegin and points:
            cell = self.cell_at(points[0].position())
            if cell is None:
                return False
            self._begin(cell, erase=False)
        elif event.type() is QEvent.Type.TouchUpdate and points:
            self._continue(points[0].position())
        elif event.type() in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel):
            self.end_gesture()
        event.accept()
        return True

    def _begin(self, cell: tuple[int, int], erase: bool, pressure: float = 1.0) -> None:
        self.end_gesture()
        self._focus_cell = cell
        self._by_keyboard = False
        if self.tool == "fill":
            self.edit_image(filled(self._image, cell, 0.0 if erase else self.pen.ink), "Fill")
            return
        if self.tool is None and self._one_by_one:
            erase = erase or self._image[cell] >= LIT
        self._erasing = erase or self.tool == "eraser"
        share = pressure if self.pen.grey and 0.0 < pressure < 1.0 else 1.0
        self._stroke = replace(self.pen, level=self.pen.level * share)
        self._last = cell
        self.gesture_begun.emit()
        self._paint_cells([cell])

    @property
    def _one_by_one(self) -> bool:
        """Whether the picture is drawn pixel by pixel, in black and white."""
        return self.pen.size == 1 and not self.pen.grey and max(self.shape) <= SMALL_GRID

    def _continue(self, point: QPointF) -> None:
        cell = self._grid().place(point)
        if self._erasing is not None and cell != self._last:
            # A fast drag skips pixels: all on the straight line between are drawn as well.
            self._paint_cells(cells_between(self._last, cell))
            self._last = cell

    def end_gesture(self) -> None:
        """Let go of the pen, if it is down."""
        if self._erasing is not None:
            text = "Erase" if self._erasing else "Draw"
            self._erasing = None
            self.gesture_ended.emit(text)

    def _paint_cells(self, cells: list[tuple[int, int]]) -> None:
        inside = [cell for cell in cells if self._grid().contains(cell)]
        if inside:
            self._focus_cell = inside[-1]
        self._replace(drawn(self._image, cells, self._stroke, bool(self._erasing)))

    def _replace(self, image: NDArray[np.float64]) -> None:
        changed = not np.array_equal(image, self._image)
        self._image = image
        self._describe()
        self.update()
        if changed:
            self.edited.emit(self.image())

    def _set_pixel(self, value: float) -> None:
        image = self._image.copy()
        image[self._focus_cell] = value
        self.edit_image(image, "Draw by keys")
        self._describe()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        self._by_keyboard = True
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in _ARROWS and shift:
            self.edit_image(shifted(self._image, *_ARROWS[key]), "Move drawing")
        elif key in _ARROWS:
            down, right = _ARROWS[key]
            (rows, columns), (row, column) = self.shape, self._focus_cell
            row, column = (
                min(max(row + down, 0), rows - 1),
                min(max(column + right, 0), columns - 1),
            )
            self._focus_cell = (row, column)
            self._describe()
            self.update()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            lit = self._image[self._focus_cell] >= min(LIT, self.pen.ink)
            self._set_pixel(0.0 if lit else self.pen.ink)
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9 and not _commanding(event):
            self._set_pixel((key - Qt.Key.Key_0) / 9.0)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.edit_image(np.zeros(self.shape), "Clear drawing")
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._by_keyboard = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.end_gesture()
        super().focusOutEvent(event)
        self.update()

    def _describe(self) -> None:
        row, column = self._focus_cell
        value = float(self._image[row, column])
        word = "lit" if value >= 1.0 else "empty" if value <= 0.0 else f"{value:.2f}"
        place = "" if self._indices is None else f" (input {self._indices[row, column] + 1})"
        self.setAccessibleDescription(f"row {row + 1}, column {column + 1}{place}, {word}")

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        grid = self._grid()
        pitch, gap, origin = grid.pitch, grid.gap, grid.origin
        side, radius = pitch - gap, min(4.0, pitch / 10)
        small = pitch < SMALL_PITCH
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not small)
        painter.setPen(Qt.PenStyle.NoPen)
        # One look-up for the whole picture: colour by colour would take three times as long.
        places = np.rint(self._image * 255).astype(np.intp)
        colours = self._theme.activation_table[places].tolist()
        left = origin.x() + gap / 2
        for row in range(grid.rows):
            y = origin.y() + row * pitch + gap / 2
            for column in range(grid.columns):
                colour = QColor(*colours[row][column])
                cell = QRectF(left + column * pitch, y, side, side)
                if small:
                    painter.fillRect(cell, colour)
                else:
                    painter.setBrush(colour)
                    painter.drawRoundedRect(cell, radius, radius)
        if self._indices is not None and pitch >= 14:
            self._paint_indices(painter, pitch)
        if self._pointer is not None:
            self._paint_ring(painter, self._pointer, gap)
        if self.hasFocus() and self._by_keyboard:
            self._paint_ring(painter, self._focus_cell, gap)
        painter.end()

    def _paint_indices(self, painter: QPainter, pitch: float) -> None:
        painter.setFont(numbers_font(max(8.0, min(11.0, pitch * 0.36))))
        for (row, column), index in np.ndenumerate(self._indices):
            value = float(self._image[row, column])
            colour = self._theme.activation_colour(value, 1.0)
            muted = self._theme.colour("muted")
            painter.setPen(readable_on(colour, self._theme) if value > 0.0 else muted)
            rect = self.cell_rect(row, column)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(int(index) + 1))

    def _paint_ring(self, painter: QPainter, cell: tuple[int, int], gap: float) -> None:
        ring = self.cell_rect(*cell).adjusted(-gap, -gap, gap, gap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.colour("panel"), 4))
        painter.drawRoundedRect(ring, 4, 4)
        painter.setPen(QPen(self._theme.colour("accent"), 2))
        painter.drawRoundedRect(ring, 4, 4)


def _commanding(event: QKeyEvent) -> bool:
    """Whether a key is held that makes another a shortcut."""
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    return bool(event.modifiers() & held)
