"""What an edit of the selection is about: its parameters, its bundle of links, its words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.spec import NetworkSpec
from ui.held import Held
from ui.selection import Link, Selection


class Bundle(NamedTuple):
    """All links from one layer to a later one."""

    source: int
    layer: int

    def links(self, spec: NetworkSpec) -> list[Link]:
        """Each of them, cut ones too."""
        columns = dict(spec.source_columns(self.layer))[self.source]
        units = spec.sizes[self.layer]
        return [
            (self.layer, neuron, column)
            for neuron in range(units)
            for column in range(columns.start, columns.stop)
        ]


def bundle_of(selection: Selection, spec: NetworkSpec) -> Bundle | None:
    """Of the link selected last, or between two selected layers; None if there is none."""
    link = selection.link
    if link is not None:
        if link[2] < 0 or link[0] > spec.depth or link[2] >= spec.fan_in(link[0]):
            return None
        return Bundle(spec.source_of(link[0], link[2])[0], link[0])
    if len(selection.layers) != 2 or selection.neurons:
        return None
    source, layer = sorted(selection.layers)
    joined = layer <= spec.depth and source in spec.sources(layer)
    return Bundle(source, layer) if joined else None


def pair_of(selection: Selection) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The two selected neurons of different layers, the earlier layer first, or None."""
    if len(selection.neurons) != 2 or selection.layers:
        return None
    source, target = sorted(selection.neurons)
    return (source, target) if source[0] < target[0] else None


def by_layer(selection: Selection) -> dict[int, list[int]]:
    """The selected neurons, layer by layer."""
    found: dict[int, list[int]] = {}
    for layer, neuron in sorted(selection.neurons):
        found.setdefault(layer, []).append(neuron)
    return found


def parameters_of(selection: Selection, spec: NetworkSpec) -> list[Link]:
    """The selected links and biases, and all that lead into the selected neurons."""
    found = sorted(selection.links)
    for layer, neuron in sorted(selection.neurons):
        if layer > 0:
            first = -1 if spec.layer(layer).bias else 0
            found += [(layer, neuron, column) for column in range(first, spec.fan_in(layer))]
    return found


def all_frozen(selection: Selection, spec: NetworkSpec, held: Held) -> bool:
    """Whether nothing that is selected learns."""
    for layer in selection.layers:
        if layer > 0 and not held.layer(spec, layer).whole:
            return False
    return all(_frozen(spec, held, link) for link in parameters_of(selection, spec))


def _frozen(spec: NetworkSpec, held: Held, link: Link) -> bool:
    number, neuron, column = link
    own = held.layer(spec, number)
    mask = own.frozen_biases if column < 0 else own.frozen
    at = neuron if column < 0 else (neuron, column)
    gone = own.removed is not None and column >= 0 and bool(own.removed[neuron, column])
    return gone or (mask is not None and bool(np.asarray(mask)[at]))


def learns_at_all(selection: Selection) -> bool:
    """Whether something is selected that has parameters."""
    layers = selection.layers | {layer for layer, _ in selection.neurons}
    return bool(selection.links) or any(layer > 0 for layer in layers)


def removal_text(selection: Selection, spec: NetworkSpec) -> str:
    """What Delete does to the selection, in words; empty if it does nothing."""
    links = [link for link in selection.links if link[2] >= 0]
    layers = [layer for layer in selection.layers if 0 < layer < spec.depth]
    neurons = [layer for layer, _ in selection.neurons if 0 < layer < spec.depth]
    for verb, found, word in (
        ("Cut", links, "link"),
        ("Remove", layers, "layer"),
        ("Remove", neurons, "neuron"),
    ):
        if found:
            return f"{verb} {word}" if len(found) == 1 else f"{verb} {len(found):,} {word}s"
    return ""
