"""Dropout masks: which neurons the last sample was trained without."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from simulator.quantity import Kind, Quantity
from simulator.snapshot import RunState, Snapshot
from simulator.spec import NetworkSpec
from simulator.trace import PhaseKind
from ui.panels.cell_panel import CENTRE, RIGHT_MIDDLE
from ui.panels.disturbed import mask_of, passed_on, undropped
from ui.panels.heatmap import Cell
from ui.panels.rows import Row, RowsPanel
from ui.panels.scales import Scale, largest_of
from ui.panels.text import limit_text, plain
from ui.selection import Selection
from ui.style import current_scale
from ui.theme import GRID, Theme

_WRAP = int(Qt.TextFlag.TextWordWrap)
HINT = "No layer uses dropout. Select a layer and give it a rate to see its mask."


class MasksPanel(RowsPanel):
    """A row a layer with dropout: what it passes on, crossed out where it was dropped."""

    panel_id: ClassVar[str] = "masks"
    title: ClassVar[str] = "Dropout masks"
    phases: ClassVar[frozenset[PhaseKind]] = frozenset({PhaseKind.DROPOUT})
    caption_lines = 1
    rest_text: ClassVar[str] = "Crossed out: dropped for this sample, by chance"

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        self._scale = Scale()
        self._kept: dict[int, np.ndarray | None] = {}
        super().__init__(selection, theme, parent)

    def _rows(self, spec: NetworkSpec) -> list[Row]:
        rows = [Row(0, spec.inputs, sum(spec.sizes[1:])), *super()._rows(spec)]
        return [row for row in rows if spec.layer(row.layer).dropout_rate > 0.0]

    def _foot_height(self) -> int:
        return self._line + GRID

    def _plain_layers(self) -> list[str]:
        """The names of the layers without dropout."""
        assert self.spec is not None
        return [
            self.spec.layer_name(number)
            for number, layer in enumerate(self.spec.layers, start=1)
            if layer.dropout_rate == 0.0
        ]

    def _show_values(self, snapshot: Snapshot) -> object:
        trace, sample = self.trace, self._sample_row()
        values = np.full(sum(snapshot.spec.sizes), np.nan)
        self._kept = {}
        if trace is not None:
            outputs = (passed_on(trace, row.layer)[sample] for row in self.rows)
            largest = max(map(largest_of, outputs), default=0.0)
            self._scale.fit(largest, snapshot.state is RunState.RUNNING)
        for row in self.rows:
            self._kept[row.layer] = None
            mask = None if trace is None else mask_of(trace, row.layer)
            if mask is None or not snapshot.computed(PhaseKind.DROPOUT, row.layer):
                continue
            assert trace is not None
            kept = mask[sample] > 0.0
            self._kept[row.layer] = kept
            output = passed_on(trace, row.layer)[sample]
            values[row.start : row.start + row.count] = np.where(kept, output, np.nan)
        self.view.set_values(values, self._scale.limit, sequential=True)
        masks = tuple(None if k is None else k.tobytes() for k in self._kept.values())
        return snapshot.phase, masks, self._scale.limit

    def _rest_texts(self) -> tuple[str, ...]:
        return super()._rest_texts() if self.rows else ("",)

    def _show_caption(self) -> None:
        super()._show_caption()
        self.samples.setVisible(bool(self.rows) and self.samples.spin.maximum() > 1)
        if not self.rows:
            self.caption.show_text("")

    def _caption(self, row: Row) -> str:
        """ "hidden 2 · rate 0.2 · 4 of 20 out · kept × 1.25"."""
        assert self.spec is not None
        layer = self.spec.layer(row.layer)
        parts = [self.spec.layer_name(row.layer), f"rate {layer.dropout_rate:g}"]
        kept = self._kept.get(row.layer)
        if kept is not None:
            parts.append(f"{row.count - int(kept.sum())} of {row.count} out")
        parts.append(f"kept × {layer.training_scale:.4g}")
        return " · ".join(parts)

    def _paint(self, painter: QPainter) -> None:
        if not self.rows:
            rect = QRectF(self.view.rect()).adjusted(16, 0, -16, 0)
            painter.setFont(self._words)
            painter.setPen(self.theme.colour("muted"))
            painter.drawText(rect, int(CENTRE) | _WRAP, HINT)
            return
        self._paint_numbers(painter)
        for row, block in zip(self.rows, self.row_blocks(), strict=True):
            place = QRectF(0.0, block.top - self._line - 3, self.view.width(), self._line)
            token = "accent" if self._row_phase(row.layer) else "text"
            self._paint_text(painter, place, self._caption(row), self._words, token)
            kept = self._kept.get(row.layer)
            if kept is None:
                self._paint_hollow(painter, block.rect)
                continue
            for neuron in np.flatnonzero(~kept).tolist():
                row_column = divmod(neuron, block.columns)
                self._paint_dropped(painter, block.cells_rect(*row_column))
        self._paint_scale(painter, self.theme.activation_table, "0", limit_text(self._scale.limit))
        names = self._plain_layers()
        if names:
            line = float(self._line)
            place = QRectF(0.0, self._foot.center().y() - line / 2, self.view.width() - 4.0, line)
            text = "No dropout: " + ", ".join(names)
            self._paint_text(painter, place, text, self._words, "muted", RIGHT_MIDDLE)

    def _paint_dropped(self, painter: QPainter, place: QRectF) -> None:
        """An empty cell with a cross."""
        painter.setPen(QPen(self.theme.colour("line"), 1.0))
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(QPen(self.theme.colour("muted"), 1.4 * current_scale()))
        arm = min(place.width(), place.height()) * 0.26
        centre = place.center()
        x, y = centre.x(), centre.y()
        painter.drawLine(QLineF(x - arm, y - arm, x + arm, y + arm))
        painter.drawLine(QLineF(x - arm, y + arm, x + arm, y - arm))

    def _describe(self, cell: Cell) -> str:
        place = self._neuron_of(cell)
        trace, spec = self.trace, self.spec
        if place is None or spec is None:
            return ""
        layer, neuron = place
        name = self.neuron_text(layer, neuron)
        kept = self._kept.get(layer)
        if trace is None or kept is None:
            return f"{name}: not computed yet"
        before = undropped(trace, layer)[self._sample_row(), neuron]
        if not kept[neuron]:
            return f"{name}: dropped, {plain(before)} → 0"
        scale = spec.layer(layer).training_scale
        return f"{name}: kept, {plain(before)} × {scale:.4g} = {plain(cell.value)}"

    def _quantity_of(self, cell: Cell) -> Quantity | None:
        place = self._neuron_of(cell)
        return None if place is None else Quantity(Kind.OUTPUT, *place, self._sample_row())

    def _cell_text(self, cell: Cell) -> str:
        return plain(cell.value)
