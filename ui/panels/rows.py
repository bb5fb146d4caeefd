"""One row of cells a layer, one cell a neuron: what deltas, masks and activations share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from simulator.snapshot import Snapshot
from simulator.spec import NetworkSpec
from ui.panels.cell_panel import LEFT_MIDDLE, RIGHT_MIDDLE, CellPanel
from ui.panels.controls import SampleChoice
from ui.panels.heatmap import Block, Cell
from ui.panels.legend import BAR, paint_colour_bar
from ui.panels.panel import TextLine
from ui.panels.text import MINUS, limit_text
from ui.selection import Selection
from ui.style import current_scale
from ui.theme import GRID, Theme

CELL = "row"
_WIDEST, _NARROWEST, _WRAPPED = 64, 7, 10
_HIGHEST, _LOWEST = 36, 12


@dataclass(frozen=True)
class Row:
    """One layer's row: its number, how many neurons it has, where its values begin."""

    layer: int
    count: int
    start: int


class RowsPanel(CellPanel):
    """Rows of cells with a label before, room for more behind, and a scale below.

    Attributes
    ----------
    caption_lines : lines of text above each row.
    """

    caption_lines = 0

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        self.rows: list[Row] = []
        self._stepped_to = 0
        self._trailing_left = 0.0
        self._foot = QRectF()
        self._left = 0.0
        super().__init__(selection, theme, parent)

    def _build(self) -> None:
        self.samples = SampleChoice(self)
        self.samples.changed.connect(self._on_sample)
        self.header.addWidget(self.samples)
        self.caption = TextLine("Which sample is shown", self.theme)
        self.header.addWidget(self.caption, 1)

    # What subclasses say ------------------------------------------------------------------

    def _rows(self, spec: NetworkSpec) -> list[Row]:
        """The rows to show, top to bottom; all computing layers unless told otherwise."""
        starts = np.cumsum([0, *spec.sizes[1:]]).tolist()
        return [
            Row(number, layer.units, starts[number - 1])
            for number, layer in enumerate(spec.layers, start=1)
        ]

    def _label(self, layer: int) -> str:
        """What stands before a row."""
        return ""

    def _trailing(self, width: int) -> int:
        """Room to keep behind the rows, of a panel so wide."""
        return 0

    def _leading(self, height: int) -> tuple[list[Block], int]:
        """Blocks left of the rows, and the room they take."""
        return [], 0

    def _foot_height(self) -> int:
        """Room below the rows."""
        return self._line + GRID

    # Layout -------------------------------------------------------------------------------

    def _lay_out(self, width: int, height: int) -> tuple[int, int]:
        assert self.spec is not None
        scale = current_scale()
        self.rows = self._rows(self.spec)
        blocks, leading = self._leading(height)
        labels = [self.text_width(self._label(row.layer), self._symbols) for row in self.rows]
        label = max(labels, default=0)
        label += 10 if label else 0
        self._left = float(leading + label)
        largest = max((row.count for row in self.rows), default=1)
        room = max(40, width - int(self._left) - self._trailing(width) - 2)
        cell = min(round(_WIDEST * scale), room // largest)
        if cell < _NARROWEST:
            cell = _WRAPPED
        in_line = max(1, room // cell)
        lines = [math.ceil(row.count / in_line) for row in self.rows]
        foot = self._foot_height()
        captions = self.caption_lines * (self._line + 2) * len(self.rows)
        spare = height - foot - captions - 8
        count = max(1, len(lines))
        between = 4.0 if self.caption_lines else max(4.0, min(16.0, 0.3 * spare / count))
        fitting = int((spare - between * (count - 1)) / max(1, sum(lines)))
        # Alone on the stage a row may be higher by more than the type.
        highest = round(_HIGHEST * scale * scale)
        cell_height = max(_LOWEST, min(highest, fitting, max(_LOWEST, 2 * cell)))
        top = 2.0
        for row, high in zip(self.rows, lines, strict=True):
            top += self.caption_lines * (self._line + 2)
            positions = np.full(high * min(in_line, row.count), -1, dtype=np.intp)
            positions[: row.count] = np.arange(row.start, row.start + row.count)
            grid = positions.reshape(high, -1)
            name = (CELL, row.layer)
            blocks.append(Block(name, grid, self._left, round(top), cell, cell_height))
            top += high * cell_height + between
        top = round(top - between + GRID / 2)
        across = cell * min(in_line, largest)
        # The colour scale below the rows needs its room where these are short.
        below = 2 * self.text_width("−0.15", self._numbers) + 76
        self._trailing_left = self._left + max(across, min(below, room)) + 12
        self._foot = QRectF(self._left, top, max(across, 150), foot)
        used = max([top + foot, *(math.ceil(b.rect.bottom()) + 2 for b in blocks)])
        self.view.set_blocks(blocks, width, max(height, used))
        return min(width, 200), used

    def row_blocks(self) -> list[Block]:
        """The blocks of the rows, top to bottom."""
        return [block for block in self.view.blocks if block.name[0] == CELL]

    # Drawing ------------------------------------------------------------------------------

    def _row_phase(self, layer: int) -> bool:
        """Whether the current phase is about this row."""
        phase = self.snapshot.phase if self.snapshot is not None else None
        return self.concerns(phase) and phase is not None and phase.layer == layer

    def _paint_labels(self, painter: QPainter) -> None:
        for block in self.row_blocks():
            layer = block.name[1]
            place = QRectF(0.0, block.top, self._left - 10.0, block.cell_height)
            token = "accent" if self._row_phase(layer) else "text"
            self._paint_text(painter, place, self._label(layer), self._symbols, token, RIGHT_MIDDLE)

    def _paint_scale(
        self,
        painter: QPainter,
        table: NDArray[np.uint8],
        low: str,
        high: str,
        words: str = "",
    ) -> None:
        """The colour scale below the rows."""
        line = float(self._line)
        top = self._foot.top() + (self._foot.height() - line) / 2
        left = self._foot.left()
        width = self.text_width(low, self._numbers)
        self._paint_text(
            painter, QRectF(left, top, width, line), low, self._numbers, "text", LEFT_MIDDLE
        )
        bar = QRectF(left + width + 6, top + (line - BAR) / 2 + 1, 64.0, BAR - 2.0)
        paint_colour_bar(painter, bar, table)
        place = QRectF(bar.right() + 6, top, 400.0, line)
        self._paint_text(painter, place, high, self._numbers, "text", LEFT_MIDDLE)
        if words:
            place.translate(self.text_width(high, self._numbers) + 8, 0)
            self._paint_text(painter, place, words, self._words)

    def _signed_ends(self, limit: float) -> tuple[str, str]:
        end = limit_text(limit)
        return MINUS + end, "+" + end

    # What happens -------------------------------------------------------------------------

    def _neuron_of(self, cell: Cell) -> tuple[int, int] | None:
        name, layer = cell.block.name
        if name != CELL:
            return None
        row = next(row for row in self.rows if row.layer == layer)
        return layer, cell.position - row.start

    def _outlines(self, layer: int, neuron: int) -> list[QRectF]:
        for block in self.row_blocks():
            if block.name[1] == layer and neuron < np.count_nonzero(block.positions >= 0):
                return [block.cells_rect(neuron // block.columns, neuron % block.columns)]
        return []

    def _sample_row(self) -> int:
        """The row of the trace's arrays to show."""
        trace = self.trace
        return 0 if trace is None else self.samples.row(len(trace.x))

    def _show(self, snapshot: Snapshot) -> None:
        trace = self.trace
        if trace is not None and snapshot.row != self._stepped_to:
            self._stepped_to = snapshot.row
            self.samples.choose(snapshot.row, len(trace.x))
        super()._show(snapshot)
        self._show_caption()

    def _show_caption(self) -> None:
        if self.trace is None:
            self.caption.show_text("Step or run to see a sample", "No sample yet")
        elif len(self.trace.x) > 1:
            self.caption.show_text("in the mini-batch", "")
        else:
            self.caption.show_text("Sample 1 of 1 in the mini-batch", "Sample 1 of 1", "")

    def _on_sample(self) -> None:
        if self.snapshot is not None:
            self._redraw(self.snapshot)
            self._show_caption()
            self._on_hover(self.view.current_cell)

    def _restyle(self) -> None:
        super()._restyle()
        self.caption.apply_theme(self.theme)
