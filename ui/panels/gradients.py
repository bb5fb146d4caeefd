"""Gradients: how the loss changes with each parameter, for the last mini-batch."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

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
            self._fit_scale(largest_of(trace.gradient), snapshot.state is RunState.RUNNING)
        for layer in range(1, spec.depth + 1):
            if trace is None or not snapshot.computed(PhaseKind.GRADIENT, layer):
                norms.append(None)
                continue
            own = spec.layer_slices[layer - 1]
            part = trace.gradient[own]
            values[own] = part
            with np.errstate(over="ignore"):
                norms.append(math.sqrt(float(part @ part)))
        self._norms = tuple(norms)
        self.view.set_values(self._without_removed(values), self._scale.limit)
        return snapshot.phase, self._norms

    def _blank(self, layer: int) -> bool:
        return layer > len(self._norms) or self._norms[layer - 1] is None

    def _captions(self, layer: int) -> list[str]:
        norm = self._norms[layer - 1] if layer <= len(self._norms) else None
        text = BLANK if norm is None else magnitude(norm)
        return [f"layer {layer} · norm {text}", f"layer {layer} · {text}"]

    def _caption_width(self, layer: int) -> float:
        return self.text_width(f"layer {layer} · 9.9e−99", self._words) + 4.0

    def _describe(self, cell: Cell) -> str:
        return self._cell_name(cell, "dE/d")
