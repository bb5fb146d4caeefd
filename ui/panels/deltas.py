"""Deltas: how much each neuron's pre-activation is to blame, layer by layer."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from simulator.quantity import Kind, Quantity
from simulator.snapshot import RunState, Snapshot
from simulator.trace import PhaseKind
from ui.panels.cell_panel import CENTRE, LEFT_MIDDLE, RIGHT_MIDDLE
from ui.panels.heatmap import Cell
from ui.panels.rows import RowsPanel
from ui.panels.scales import Scale, largest_of
from ui.panels.text import BLANK, NORM_BAR, magnitude, signed, superscript
from ui.selection import Selection
from ui.style import current_scale
from ui.theme import Theme
from ui.widgets.segmented import SegmentedControl

COMMON, PER_LAYER = 0, 1
DECADES = 8
_BAR_NARROW, _BAR_WIDE = 72, 200


class DeltasPanel(RowsPanel):
    """One row a layer, its norm, and its root mean square on a logarithmic scale."""

    panel_id: ClassVar[str] = "deltas"
    title: ClassVar[str] = "Deltas"
    phases: ClassVar[frozenset[PhaseKind]] = frozenset({PhaseKind.DELTA})

    rest_text: ClassVar[str] = "Bars: root mean square of δ, each line two powers of ten"

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        self._scale = Scale()
        self._layer_scales: dict[int, Scale] = {}
        self._numbers_of: dict[int, tuple[float, float] | None] = {}
        self._top_decade = 0
        super().__init__(selection, theme, parent)

    def _build(self) -> None:
        super()._build()
        self.scale_choice = SegmentedControl(["Common scale", "Per layer"])
        self.scale_choice.setAccessibleName("Scale of the colours")
        self.scale_choice.setToolTip(
            "One scale for all layers shows how deltas shrink; one for each shows their pattern"
        )
        self.scale_choice.currentChanged.connect(self._on_sample)
        self.header.addWidget(self.scale_choice)

    def _label(self, layer: int) -> str:
        return "" if self.spec is None else self.writing.brief(Kind.DELTA, layer, self.spec)

    def _trailing(self, width: int) -> int:
        bar = max(_BAR_NARROW * current_scale(), min(_BAR_WIDE * current_scale(), width * 0.2))
        return self._norm_width() + round(bar) + 12 + 16 + 12

    def _norm_width(self) -> int:
        return self.text_width("9.1e−06", self._numbers)

    def _show_values(self, snapshot: Snapshot) -> object:
        trace, row = self.trace, self._sample_row()
        spec = snapshot.spec
        values = np.full(sum(spec.sizes[1:]), np.nan)
        limits = np.ones_like(values)
        common = self.scale_choice.current() == COMMON
        steady = snapshot.state is RunState.RUNNING
        self._numbers_of = {}
        if trace is not None:
            size = abs(self.writing.factor(Kind.DELTA))
            largest = size * max(largest_of(delta[row]) for delta in trace.delta)
            self._scale.fit(largest, steady)
            limits[...] = self._scale.limit
        for place in self.rows:
            self._numbers_of[place.layer] = None
            if trace is None or not snapshot.computed(PhaseKind.DELTA, place.layer):
                continue
            delta = self.writing.shown(Kind.DELTA, trace.delta[place.layer - 1][row])
            own = slice(place.start, place.start + place.count)
            values[own] = delta
            scale = self._layer_scales.setdefault(place.layer, Scale())
            scale.fit(largest_of(delta), steady)
            if not common:
                limits[own] = scale.limit
            with np.errstate(over="ignore"):
                norm = float(np.sqrt(np.sum(delta * delta)))
            self._numbers_of[place.layer] = norm, norm / math.sqrt(max(1, delta.size))
        self._fit_decades()
        self.view.set_values(values, limits)
        return snapshot.phase, tuple(self._numbers_of.values()), self._scale.limit, common

    def _fit_decades(self) -> None:
        """Keep the axis of the bars at 1 unless larger values come."""
        sizes = [n[1] for n in self._numbers_of.values() if n and 0.0 < n[1] < math.inf]
        wanted = max(0, math.ceil(math.log10(max(sizes)))) if sizes else 0
        if wanted > self._top_decade or wanted == 0:
            self._top_decade = wanted

    def _paint(self, painter: QPainter) -> None:
        self._paint_labels(painter)
        self._paint_numbers(painter)
        norm = QRectF(self._trailing_left, 0.0, self._norm_width(), 0.0)
        left = norm.right() + 16.0
        wide = min(_BAR_WIDE * current_scale(), self.view.width() - left - 8.0)
        bar = QRectF(left, 0.0, wide, 0.0)
        self._paint_axis(painter, norm, bar)
        thickness = 8.0 * current_scale()
        for block in self.row_blocks():
            numbers = self._numbers_of.get(block.name[1])
            norm.setTop(block.top)
            norm.setHeight(block.cell_height * block.rows)
            if numbers is None:
                self._paint_hollow(painter, block.rect)
                self._paint_text(painter, norm, BLANK, self._numbers, "muted", RIGHT_MIDDLE)
                continue
            text = magnitude(numbers[0])
            self._paint_text(painter, norm, text, self._numbers, "text", RIGHT_MIDDLE)
            middle = norm.center().y()
            share = self._share(numbers[1])
            place = QRectF(bar.left(), middle - thickness / 2, bar.width() * share, thickness)
            painter.fillRect(place, self.theme.colour("muted"))

    def _share(self, size: float) -> float:
        """Where a size stands between the first and the last decade of the axis, 0..1."""
        if not size > 0.0:
            return 0.0
        if math.isinf(size):
            return 1.0
        share = 1.0 + (math.log10(size) - self._top_decade) / DECADES
        return min(1.0, max(0.0, share))

    def _paint_axis(self, painter: QPainter, norm: QRectF, bar: QRectF) -> None:
        """Scale of the colours, head of the norms, decades of the bars."""
        if self.scale_choice.current() == COMMON:
            low, high = self._signed_ends(self._scale.limit)
            words = ""
        else:
            low, high, words = "−max", "+max", "of each layer"
        self._paint_scale(painter, self.theme.signed_table, low, high, words)
        line = float(self._line)
        top = self._foot.top()
        middle = top + (self._foot.height() - line) / 2
        place = QRectF(norm.left() - 20, middle, norm.width() + 20, line)
        letter = "δ" if self.spec is None else self.writing.letter(Kind.DELTA, 1, self.spec)
        text = f"{NORM_BAR}{letter}{NORM_BAR}"
        self._paint_text(painter, place, text, self._words, "muted", RIGHT_MIDDLE)
        painter.setPen(QPen(self.theme.colour("line"), 1.0))
        for decade in range(0, DECADES + 1, 2):
            x = round(bar.left() + bar.width() * decade / DECADES) + 0.5
            painter.drawLine(QLineF(x, 0.0, x, top + 2))
        ends = (self._top_decade - DECADES, self._top_decade)
        low, high = ("1" if power == 0 else f"10{superscript(power)}" for power in ends)
        place = QRectF(bar.left() - 4, middle, bar.width() + 8, line)
        for text, alignment in ((low, LEFT_MIDDLE), ("RMS", CENTRE), (high, RIGHT_MIDDLE)):
            self._paint_text(painter, place, text, self._words, "muted", alignment)

    def _describe(self, cell: Cell) -> str:
        neuron = self._neuron_of(cell)
        if neuron is None:
            return ""
        layer, number = neuron
        value = "not computed yet" if np.isnan(cell.value) and self._blank(layer) else ""
        value = value or signed(cell.value)
        return f"{self._label(layer)} of {self.neuron_text(layer, number)} = {value}"

    def _quantity_of(self, cell: Cell) -> Quantity | None:
        place = self._neuron_of(cell)
        return None if place is None else Quantity(Kind.DELTA, *place, self._sample_row())

    def _blank(self, layer: int) -> bool:
        return self._numbers_of.get(layer) is None
