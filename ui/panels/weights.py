"""Weights: every parameter of the network as a colour."""

from __future__ import annotations

from typing import ClassVar

from simulator.quantity import Kind, Quantity
from simulator.snapshot import RunState, Snapshot
from simulator.trace import PhaseKind
from ui.panels.heatmap import Cell
from ui.panels.matrices import MatrixPanel
from ui.panels.scales import largest_of


class WeightsPanel(MatrixPanel):
    """Receptive fields of layer 1, matrices of the others."""

    panel_id: ClassVar[str] = "weights"
    title: ClassVar[str] = "Weights"
    phases: ClassVar[frozenset[PhaseKind]] = frozenset({PhaseKind.UPDATE})

    def _show_values(self, snapshot: Snapshot) -> object:
        steady = snapshot.state is RunState.RUNNING
        limit = self._fit_scale(largest_of(snapshot.theta), steady)
        self.view.set_values(self._without_removed(snapshot.theta), limit)
        return snapshot.phase

    def _rest_texts(self) -> tuple[str, ...]:
        if self.spec is None or self.picture_index(self.spec.inputs) is None:
            return ("A row holds the weights into one neuron, b its bias", "A row is a neuron")
        count = self.spec.inputs
        return (
            f"Layer 1: each neuron's {count} weights as a picture · then a row is a neuron",
            f"Layer 1: each neuron's {count} weights as a picture",
        )

    def _captions(self, layer: int) -> list[str]:
        assert self.spec is not None
        if layer == 1 and self.picture_index(self.spec.inputs) is not None:
            return [
                f"layer 1 · each neuron's {self.spec.inputs} weights as a picture",
                "layer 1 · weights as pictures",
                "layer 1",
            ]
        shape = f"layer {layer} · {self.spec.sizes[layer]} × {self.spec.fan_in(layer)}"
        sources = self.spec.sources(layer)
        if sources == (layer - 1,):
            return [shape, f"layer {layer}"]
        names = " + ".join(map(self.spec.layer_name, sources))
        return [f"{shape} from {names}", shape, f"layer {layer}"]

    def _describe(self, cell: Cell) -> str:
        return self._cell_name(cell)

    def _quantity_of(self, cell: Cell) -> Quantity | None:
        snapshot = self.snapshot
        layer = self._place_of(cell)[0]
        updated = snapshot is not None and snapshot.computed(PhaseKind.UPDATE, layer)
        return self._parameter_of(cell, Kind.UPDATED if updated else Kind.PARAMETER)
