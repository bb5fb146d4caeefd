"""Between which neurons and layers a link can be drawn, and why not."""

from __future__ import annotations

from simulator.spec import NetworkSpec
from ui.held import Held

BACKWARDS = "Links lead to a later layer"
INTO_INPUT = "Inputs receive no links"


def refusal(
    spec: NetworkSpec, held: Held, source: tuple[int, int], layer: int, neuron: int | None
) -> str:
    """Why no link can be drawn from a neuron; empty if one can.

    It would lead to neuron ``neuron`` of layer ``layer``; with None, from each neuron of the
    source's layer to each of that layer.
    """
    if layer == 0:
        return INTO_INPUT
    if layer <= source[0]:
        return BACKWARDS
    if source[0] not in spec.sources(layer):
        return ""
    columns = dict(spec.source_columns(layer))[source[0]]
    removed = held.layer(spec, layer).removed
    if neuron is None:
        whole = removed is None or not removed[:, columns].any()
        return "All neurons of these layers are linked already" if whole else ""
    there = removed is None or not removed[neuron, columns.start + source[1]]
    return "There is a link already" if there else ""
