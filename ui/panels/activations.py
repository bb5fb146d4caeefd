"""Activations: what every neuron made of the last sample."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from simulator.snapshot import RunState, Snapshot
from simulator.spec import NetworkSpec
from simulator.trace import PhaseKind
from ui.panels.heatmap import Block, Cell
from ui.panels.rows import Row, RowsPanel
from ui.panels.scales import Scale, largest_of
from ui.panels.text import limit_text, plain, signed, superscript
from ui.selection import Selection
from ui.style import current_scale
from ui.theme import Theme
from ui.widgets.segmented import SegmentedControl

ACTIVATION, PREACTIVATION = 0, 1
INPUT_PICTURE = "picture"
_SYMBOLS = ("a", "z")
_KINDS = (PhaseKind.ACTIVATION, PhaseKind.PREACTIVATION)
_FUNCTIONS = {"relu": "ReLU"}
_BOUNDED = ("sigmoid", "tanh", "softmax")
"""Activations that cannot pass 1 are shown on a scale to 1, whatever the other layers do."""
_NAMED_FROM = 520


class ActivationsPanel(RowsPanel):
    """The input and one row a layer: activations, or pre-activations."""

    panel_id: ClassVar[str] = "activations"
    title: ClassVar[str] = "Activations"
    phases: ClassVar[frozenset[PhaseKind]] = frozenset(
        {
            *(PhaseKind.INPUT, PhaseKind.PREACTIVATION, PhaseKind.NORMALIZATION),
            *(PhaseKind.ACTIVATION, PhaseKind.NOISE),
        }
    )

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        self._input_scale = Scale()
        self._scales = (Scale(), Scale())
        self._blank_layers: frozenset[int] = frozenset()
        self._named = False
        self._negative = False
        super().__init__(selection, theme, parent)

    def _build(self) -> None:
        super()._build()
        self.kind_choice = SegmentedControl(["Activation a", "Pre-activation z"])
        self.kind_choice.setAccessibleName("What is shown of each neuron")
        self.kind_choice.setToolTip("Before or after the activation function")
        self.kind_choice.currentChanged.connect(self._on_sample)
        self.header.addWidget(self.kind_choice)

    def _rows(self, spec: NetworkSpec) -> list[Row]:
        rows = super()._rows(spec)
        shifted = [Row(row.layer, row.count, row.start + spec.inputs) for row in rows]
        if self._input_index() is not None:
            return shifted
        return [Row(0, spec.inputs, 0), *shifted]

    def _input_index(self) -> np.ndarray | None:
        return None if self.spec is None else self.picture_index(self.spec.inputs)

    def _leading(self, height: int) -> tuple[list[Block], int]:
        index = self._input_index()
        if index is None:
            return [], 0
        scale = current_scale()
        room = min(height - self._line - 10, round(110 * scale))
        side = max(2, min(round(18 * scale), room // max(index.shape)))
        block = Block((INPUT_PICTURE, 0), index, 1.0, self._line + 5.0, side, side)
        return [block], index.shape[1] * side + 16

    def _label(self, layer: int) -> str:
        choice = self.kind_choice.current()
        return "x" if layer == 0 else f"{_SYMBOLS[choice]}{superscript(layer)}"

    def _trailing(self, width: int) -> int:
        assert self.spec is not None
        self._named = width >= _NAMED_FROM * current_scale()
        if not self._named:
            return 0
        names = [self._row_name(row.layer) for row in self.rows]
        return 14 + max(self.text_width(name, self._words) for name in names)

    def _row_name(self, layer: int) -> str:
        assert self.spec is not None
        if layer == 0:
            return "input"
        function = self.spec.layer(layer).activation
        return f"{self.spec.layer_name(layer)} · {_FUNCTIONS.get(function, function)}"

    def _bounded(self, spec: NetworkSpec) -> list[int]:
        """The layers whose activations have a scale of their own."""
        return [n for n, layer in enumerate(spec.layers, start=1) if layer.activation in _BOUNDED]

    def _show_values(self, snapshot: Snapshot) -> object:
        trace, sample = self.trace, self._sample_row()
        spec = snapshot.spec
        values = np.full(sum(spec.sizes), np.nan)
        limits = np.ones_like(values)
        choice = self.kind_choice.current()
        scale = self._scales[choice]
        if trace is not None:
            steady = snapshot.state is RunState.RUNNING
            arrays = trace.activation if choice == ACTIVATION else trace.z
            bounded = self._bounded(spec) if choice == ACTIVATION else []
            open_ended = [n for n in range(1, spec.depth + 1) if n not in bounded]
            if open_ended:
                scale.fit(max(largest_of(arrays[n - 1][sample]) for n in open_ended), steady)
            else:
                scale.limit = 1.0
            limits[: spec.inputs] = self._input_scale.fit(largest_of(trace.x[sample]))
            limits[spec.inputs :] = scale.limit
            for row in self.rows:
                if row.layer in bounded:
                    limits[row.start : row.start + row.count] = 1.0
            self._negative = any(bool((array[sample] < 0.0).any()) for array in arrays)
            if snapshot.computed(PhaseKind.INPUT, 0):
                values[: spec.inputs] = trace.x[sample]
        blank = set() if np.isfinite(values[: spec.inputs]).any() else {0}
        start = spec.inputs
        for layer, units in enumerate(spec.sizes[1:], start=1):
            if trace is not None and snapshot.computed(_KINDS[choice], layer):
                values[start : start + units] = arrays[layer - 1][sample]
            else:
                blank.add(layer)
            start += units
        self._blank_layers = frozenset(blank)
        sequential = np.full(len(values), choice == ACTIVATION)
        sequential[: spec.inputs] = True
        self.view.set_values(values, limits, sequential)
        return snapshot.phase, self._blank_layers, scale.limit, choice, self._negative

    def _paint(self, painter: QPainter) -> None:
        self._paint_labels(painter)
        self._paint_numbers(painter)
        for block in self.view.blocks:
            layer = block.name[1]
            if layer in self._blank_layers:
                self._paint_hollow(painter, block.rect)
            if block.name[0] == INPUT_PICTURE:
                rows, columns = block.positions.shape
                place = QRectF(block.left, 2.0, 200.0, self._line)
                token = "accent" if self._row_phase(0) else "muted"
                self._paint_text(painter, place, f"x · {rows}×{columns}", self._words, token)
            elif self._named:
                right = block.left + block.columns * block.cell_width + 12
                place = QRectF(right, block.top, 300.0, block.cell_height * block.rows)
                self._paint_text(painter, place, self._row_name(layer), self._words)
        self._paint_scales(painter)

    def _paint_scales(self, painter: QPainter) -> None:
        assert self.spec is not None
        choice = self.kind_choice.current()
        limit = self._scales[choice].limit
        low, high = self._signed_ends(limit)
        if choice == PREACTIVATION:
            self._paint_scale(painter, self.theme.signed_table, low, high)
            return
        words = ""
        bounded = self._bounded(self.spec)
        if bounded and limit != 1.0:
            words = f"{', '.join(self.spec.layer_name(n) for n in bounded)}: to 1"
        if self._negative:
            self._paint_scale(painter, self.view.activation_table, low, high, words)
        else:
            self._paint_scale(painter, self.theme.activation_table, "0", limit_text(limit), words)

    def _row_phase(self, layer: int) -> bool:
        phase = self.snapshot.phase if self.snapshot is not None else None
        if layer > 0 and phase is not None and phase.kind is not _KINDS[self.kind_choice.current()]:
            return False
        return super()._row_phase(layer)

    def _neuron_of(self, cell: Cell) -> tuple[int, int] | None:
        if cell.block.name[0] == INPUT_PICTURE:
            return 0, cell.position
        return super()._neuron_of(cell)

    def _outlines(self, layer: int, neuron: int) -> list[QRectF]:
        found = super()._outlines(layer, neuron)
        for block in self.view.blocks:
            if layer == 0 and block.name[0] == INPUT_PICTURE:
                for row, column in np.argwhere(block.positions == neuron).tolist():
                    found.append(block.cells_rect(row, column))
        return found

    def _describe(self, cell: Cell) -> str:
        place = self._neuron_of(cell)
        if place is None:
            return ""
        layer, neuron = place
        value = self._cell_text(cell) if layer not in self._blank_layers else "not computed yet"
        return f"{self._label(layer)} of {self.neuron_text(layer, neuron)} = {value}"

    def _cell_text(self, cell: Cell) -> str:
        show = signed if self.kind_choice.current() == PREACTIVATION else plain
        return (plain if cell.position < (self.spec.inputs if self.spec else 0) else show)(
            cell.value
        )
