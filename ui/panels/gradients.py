"""Gradients: how the loss changes with each parameter, for the last mini-batch."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from simulator.quantity import Kind, Quantity
from simulator.snapshot import RunState, Snapshot
from simulator.trace import PhaseKind
from ui.panels.heatmap import Cell
from ui.panels.matrices import MatrixPanel
from ui.panels.scales import largest_of
from ui.panels.text import BLANK, magnitude


class GradientsPanel(MatrixPanel):
    """As the weights, with the gradient of the mean loss of the mini-batch."""

    panel_id: ClassVar[str] = "gradients"
    title: ClassVar[str] = "Gradients"
    phases: ClassVar[frozenset[PhaseKind]] = frozenset({PhaseKind.GRADIENT})
    rest_text: ClassVar[str] = "Each cell: how the loss changes as this weight grows"

    _norms: tuple[float | None, ...] = ()

    def _show_values(self, snapshot: Snapshot) -> object:
        spec, trace = snapshot.spec, self.trace
        values = np.full(spec.parameter_count, np.nan)
        norms: list[float | None] = []
        if trace is not None:
            size = abs(self.writing.factor(Kind.GRADIENT))
            largest = size * largest_of(trace.gradient)
            self._fit_scale(largest, snapshot.state is RunState.RUNNING)
        for layer in range(1, spec.depth + 1):
            if trace is None or not snapshot.computed(PhaseKind.GRADIENT, layer):
                norms.append(None)
                continue
            own = spec.layer_slices[layer - 1]
            part = self.writing.shown(Kind.GRADIENT, trace.gradient[own])
            values[own] = part
            with np.errstate(over="ignore"):
                norms.append(math.sqrt(float(part @ part)))
        self._norms = tuple(norms)
        self.view.set_values(self._without_removed(values), self._scale.limit)
        return snapshot.phase, self._norms

    def _rest_texts(self) -> tuple[str, ...]:
        if self.spec is None or self.writing.gradient_word(1, self.spec) == "gradient":
            return super()._rest_texts()
        return ("Each cell: the negative gradient, which times the learning rate is added",)

    def _blank(self, layer: int) -> bool:
        return layer > len(self._norms) or self._norms[layer - 1] is None

    def _captions(self, layer: int) -> list[str]:
        norm = self._norms[layer - 1] if layer <= len(self._norms) else None
        text = BLANK if norm is None else magnitude(norm)
        return [f"layer {layer} · norm {text}", f"layer {layer} · {text}"]

    def _caption_width(self, layer: int) -> float:
        return self.text_width(f"layer {layer} · 9.9e−99", self._words) + 4.0

    def _describe(self, cell: Cell) -> str:
        assert self.spec is not None
        word = self.writing.gradient_word(self._place_of(cell)[0], self.spec)
        return self._cell_name(cell, "dE/d" if word == "gradient" else "Δ")

    def _quantity_of(self, cell: Cell) -> Quantity | None:
        return self._parameter_of(cell, Kind.GRADIENT)
