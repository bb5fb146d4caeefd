"""Activations: what every neuron made of the last sample."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from simulator.quantity import Kind, Quantity
from simulator.snapshot import RunState, Snapshot
from simulator.spec import NetworkSpec
from simulator.trace import Phase, PhaseKind, Trace
from ui.layer_words import activation_text, bounded
from ui.panels.disturbed import mask_of, noise_of, passed_on
from ui.panels.heatmap import Block, Cell
from ui.panels.rows import Row, RowsPanel
from ui.panels.scales import Scale, largest_of
from ui.panels.text import limit_text, plain, signed
from ui.selection import Selection
from ui.style import current_scale
from ui.theme import Theme
from ui.widgets.segmented import SegmentedControl

ACTIVATION, PREACTIVATION, NORMALIZED, OUTPUT = range(4)
INPUT_PICTURE = "picture"
_CHOICES = ("Activation", "Pre-activation", "Normalized", "Output")
_QUANTITIES = (Kind.ACTIVATION, Kind.PREACTIVATION, Kind.NORMALIZED, Kind.OUTPUT)
_KINDS = (PhaseKind.ACTIVATION, PhaseKind.PREACTIVATION, PhaseKind.NORMALIZATION, PhaseKind.NOISE)
_FOLLOWED = {
    PhaseKind.NORMALIZATION: NORMALIZED,
    PhaseKind.NOISE: OUTPUT,
}
"""Phases that turn the panel to what they compute, for as long as they last."""
_SIGNED = (PREACTIVATION, NORMALIZED)
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
        self._scales = (Scale(), Scale(), Scale(), Scale())
        self._wanted = ACTIVATION
        self._followed: Phase | None = None
        self._blank_layers: frozenset[int] = frozenset()
        self._named = False
        self._negative = False
        self._own_scale: list[int] = []
        super().__init__(selection, theme, parent)

    def _build(self) -> None:
        super()._build()
        self.kind_choice = SegmentedControl(_CHOICES)
        self.kind_choice.setAccessibleName("What is shown of each neuron")
        tips = (
            "What the activation function makes",
            "Before the activation function",
            "After batch normalization, before the activation function",
            "What the next layer receives: after noise and dropout",
        )
        for button, tip in zip(self.kind_choice.buttons(), tips, strict=True):
            button.setToolTip(tip)
        self._offer(NetworkSpec(1, ()))
        self.kind_choice.currentChanged.connect(self._on_kind)
        self.header.addWidget(self.kind_choice)

    def _offer(self, spec: NetworkSpec) -> None:
        """Offer what this network computes."""
        layers = (spec.input_layer, *spec.layers)
        normalizes = any(layer.batch_normalization is not None for layer in layers)
        disturbs = any(layer.noise > 0.0 or layer.dropout_rate > 0.0 for layer in layers)
        for choice, offered in ((NORMALIZED, normalizes), (OUTPUT, disturbs)):
            self.kind_choice.buttons()[choice].setVisible(offered)
            if not offered and self.kind_choice.current() == choice:
                self._wanted = ACTIVATION
                self.kind_choice.set_current(ACTIVATION)

    def _on_kind(self, choice: int) -> None:
        self._wanted = choice
        self._on_sample()

    def _show(self, snapshot: Snapshot) -> None:
        if snapshot.spec != self.spec:
            self._offer(snapshot.spec)
        if snapshot.phase != self._followed:
            self._followed = snapshot.phase
            kind = None if snapshot.phase is None else snapshot.phase.kind
            self.kind_choice.set_current(_FOLLOWED.get(kind, self._wanted))
        super()._show(snapshot)

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
        if layer == 0 and (choice != OUTPUT or self._whole(0)):
            return self._sign(Kind.INPUT, 0)
        return self._sign(_QUANTITIES[choice], layer)

    def _sign(self, kind: Kind, layer: int) -> str:
        return "" if self.spec is None else self.writing.brief(kind, layer, self.spec)

    def _whole(self, layer: int) -> bool:
        """Whether neither noise nor dropout changes what a layer passes on."""
        own = None if self.spec is None else self.spec.layer(layer)
        return own is None or (own.noise == 0.0 and own.dropout_rate == 0.0)

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
        return f"{self.spec.layer_name(layer)} · {activation_text(self.spec, layer)}"

    def _bounded(self, spec: NetworkSpec) -> list[int]:
        """The layers whose activations have a scale of their own."""
        return [n for n, layer in enumerate(spec.layers, start=1) if bounded(layer)]

    def _arrays(self, trace: Trace, choice: int) -> list[np.ndarray | None]:
        """Per layer from the input on what there is to show, (N, units)."""
        layers = range(1, trace.spec.depth + 1)
        if choice == OUTPUT:
            return [passed_on(trace, layer) for layer in (0, *layers)]
        values = (trace.activation, trace.z, trace.normalized or (None,) * len(layers))[choice]
        return [trace.x, *values]

    def _exists(self, snapshot: Snapshot, layer: int, choice: int) -> bool:
        kind = PhaseKind.INPUT if layer == 0 else _KINDS[choice]
        if choice == OUTPUT:
            own = snapshot.spec.layer(layer)
            if own.dropout_rate > 0.0:
                kind = PhaseKind.DROPOUT
            elif own.noise == 0.0 and layer:
                kind = PhaseKind.ACTIVATION
            elif own.noise > 0.0:
                kind = PhaseKind.NOISE
        return snapshot.computed(kind, layer)

    def _show_values(self, snapshot: Snapshot) -> object:
        trace, sample = self.trace, self._sample_row()
        spec = snapshot.spec
        values = np.full(sum(spec.sizes), np.nan)
        limits = np.ones_like(values)
        choice = self.kind_choice.current()
        scale = self._scales[choice]
        steady = snapshot.state is RunState.RUNNING
        arrays = [] if trace is None else self._arrays(trace, choice)
        shown = {n: own[sample] for n, own in enumerate(arrays) if own is not None}
        self._own_scale = self._bounded(spec) if choice == ACTIVATION else []
        common = [largest_of(own) for n, own in shown.items() if n and n not in self._own_scale]
        if common:
            scale.fit(max(common), steady)
        elif shown:
            scale.limit = 1.0
        self._negative = any(bool((own < 0.0).any()) for n, own in shown.items() if n)
        blank = set()
        start = 0
        for layer, units in enumerate(spec.sizes):
            own = slice(start, start + units)
            start += units
            limits[own] = 1.0 if layer in self._own_scale else scale.limit
            if layer == 0 and 0 in shown:
                limits[own] = self._input_scale.fit(largest_of(shown[0]))
            if layer in shown and self._exists(snapshot, layer, choice):
                values[own] = shown[layer]
            else:
                blank.add(layer)
        self._blank_layers = frozenset(blank)
        sequential = np.full(len(values), choice not in _SIGNED)
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
                text = f"{self._sign(Kind.INPUT, 0)} · {rows}×{columns}"
                self._paint_text(painter, place, text, self._words, token)
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
        if choice in _SIGNED:
            self._paint_scale(painter, self.theme.signed_table, low, high)
            return
        words = ""
        if self._own_scale and limit != 1.0:
            words = f"{', '.join(self.spec.layer_name(n) for n in self._own_scale)}: to 1"
        if self._negative:
            self._paint_scale(painter, self.view.activation_table, low, high, words)
        else:
            self._paint_scale(painter, self.theme.activation_table, "0", limit_text(limit), words)

    def _row_phase(self, layer: int) -> bool:
        phase = self.snapshot.phase if self.snapshot is not None else None
        if phase is not None and not (layer == 0 and phase.kind is PhaseKind.INPUT):
            choice = self.kind_choice.current()
            if phase.kind is not _KINDS[choice]:
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
        name = f"{self._label(layer)} of {self.neuron_text(layer, neuron)}"
        if layer in self._blank_layers:
            return f"{name}{self._missing(layer)}"
        return f"{name} = {self._cell_text(cell)}{self._made_of(layer, neuron)}"

    def _quantity_of(self, cell: Cell) -> Quantity | None:
        place = self._neuron_of(cell)
        if place is None:
            return None
        layer, neuron = place
        kind = _QUANTITIES[self.kind_choice.current()]
        if layer == 0:
            kind = Kind.OUTPUT if kind is Kind.OUTPUT else Kind.INPUT
        return Quantity(kind, layer, neuron, self._sample_row())

    def _missing(self, layer: int) -> str:
        spec = self.spec
        unnormalized = spec is not None and spec.layer(layer).batch_normalization is None
        if self.kind_choice.current() == NORMALIZED and unnormalized:
            return ": no batch normalization"
        return " = not computed yet"

    def _made_of(self, layer: int, neuron: int) -> str:
        """ " (0.4000 + noise −0.0312)" or " (dropped)" of an output."""
        trace, row = self.trace, self._sample_row()
        if trace is None or self.kind_choice.current() != OUTPUT:
            return ""
        mask, noise = mask_of(trace, layer), noise_of(trace, layer)
        if mask is not None and mask[row, neuron] == 0.0:
            return " (dropped)"
        if noise is None:
            return ""
        before = float((trace.activation[layer - 1] if layer else trace.x)[row, neuron])
        return f" ({plain(before)} with noise {signed(float(noise[row, neuron]))})"

    def _cell_text(self, cell: Cell) -> str:
        show = signed if self.kind_choice.current() in _SIGNED else plain
        return (plain if cell.position < (self.spec.inputs if self.spec else 0) else show)(
            cell.value
        )
