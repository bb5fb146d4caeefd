"""Which number of an iteration stands where in the network, and whether it is there yet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.explain import most_active_neuron
from simulator.quantity import OF_PARAMETERS, Kind, Quantity, quantity_at
from simulator.snapshot import Snapshot
from simulator.spec import NetworkSpec
from simulator.trace import Phase, PhaseKind, Trace
from ui.editor.hover import BIAS, Target

_MADE_BY = {
    Kind.INPUT: PhaseKind.INPUT,
    Kind.PREACTIVATION: PhaseKind.PREACTIVATION,
    Kind.NORMALIZED: PhaseKind.NORMALIZATION,
    Kind.ACTIVATION: PhaseKind.ACTIVATION,
    Kind.NOISE: PhaseKind.NOISE,
    Kind.MASK: PhaseKind.DROPOUT,
    Kind.ERROR: PhaseKind.ERROR,
    Kind.DELTA: PhaseKind.DELTA,
    Kind.GRADIENT: PhaseKind.GRADIENT,
    Kind.SLOT: PhaseKind.UPDATE,
    Kind.UPDATED: PhaseKind.UPDATE,
}
_OF_WEIGHTS = (PhaseKind.GRADIENT, PhaseKind.UPDATE)


def target_of(quantity: Quantity, spec: NetworkSpec) -> Target | None:
    """The neuron or link a number belongs to; None of numbers of the whole network."""
    if quantity.kind in (Kind.LOSS, Kind.SAMPLE_LOSS, Kind.PENALTY, Kind.LEARNING_RATE):
        return None
    if quantity.kind is Kind.TARGET:
        return Target(spec.depth, quantity.neuron)
    if quantity.kind not in OF_PARAMETERS or quantity.source is None:
        return Target(quantity.layer, quantity.neuron)
    source = spec.source_of(quantity.layer, quantity.source)
    return Target(quantity.layer, quantity.neuron, source)


def caption_of(quantity: Quantity, spec: NetworkSpec) -> str:
    """Where a number belongs, as short as it goes: "hidden 2, neuron 7", "input 3"."""
    target = target_of(quantity, spec)
    if target is None or target.neuron is None:
        return ""
    name = spec.layer_name(target.layer)
    return f"{name}, neuron {target.neuron + 1}" if target.layer else f"{name} {target.neuron + 1}"


def column_of(target: Target, spec: NetworkSpec) -> int | None:
    """The column of a link's weight; None of a bias."""
    assert target.source is not None
    if target.source[1] == BIAS:
        return None
    return dict(spec.source_columns(target.layer))[target.source[0]].start + target.source[1]


def exists(target: Target, spec: NetworkSpec) -> bool:
    """Whether a network has this neuron or link; at another time it may have been another."""
    layer, neuron, source = target
    if layer > spec.depth or neuron is None or neuron >= spec.sizes[layer]:
        return False
    if source is None:
        return True
    if layer == 0:
        return False
    if source[1] == BIAS:
        return spec.layer(layer).bias
    return source[0] in spec.sources(layer) and source[1] < spec.sizes[source[0]]


def has(spec: NetworkSpec, quantity: Quantity) -> bool:
    """Whether a network has such a number; a panel may be a moment behind the card."""
    layer, neuron, source = quantity.layer, quantity.neuron, quantity.source
    if layer > spec.depth or (neuron or 0) >= spec.sizes[layer]:
        return False
    return source is None or (layer > 0 and source < spec.fan_in(layer))


def is_computed(snapshot: Snapshot, quantity: Quantity) -> bool:
    """Whether a number exists at this moment; while stepping, later ones do not."""
    if snapshot.trace is None:
        return False
    kind, layer = quantity.kind, quantity.layer
    if kind in (Kind.LOSS, Kind.SAMPLE_LOSS, Kind.PENALTY):
        return snapshot.computed(PhaseKind.LOSS, snapshot.spec.depth)
    if kind is Kind.OUTPUT:
        own = snapshot.spec.layer(layer)
        phase = PhaseKind.ACTIVATION if layer else PhaseKind.INPUT
        if own.dropout_rate > 0.0:
            phase = PhaseKind.DROPOUT
        elif own.noise > 0.0:
            phase = PhaseKind.NOISE
        return snapshot.computed(phase, layer)
    made_by = _MADE_BY.get(kind)
    return made_by is None or snapshot.computed(made_by, layer)


def at_neuron(snapshot: Snapshot, layer: int, neuron: int, row: int) -> Quantity:
    """The newest number of a neuron at this moment; between two iterations its activation."""
    trace = snapshot.trace
    assert trace is not None
    if snapshot.cursor is not None:
        for phase in reversed(trace.phases[: snapshot.cursor + 1]):
            of_neuron = phase.kind not in (*_OF_WEIGHTS, PhaseKind.LOSS)
            if phase.layer == layer and of_neuron:
                return quantity_at(phase, neuron, None, row)
    kind = Kind.ACTIVATION if layer else Kind.INPUT
    if snapshot.cursor is not None and layer:
        kind = Kind.PREACTIVATION
    return Quantity(kind, layer, neuron, row)


def at_link(snapshot: Snapshot, target: Target, row: int) -> Quantity:
    """What is asked about a link: its gradient if there is one, in its update the new weight."""
    assert target.neuron is not None
    column = column_of(target, snapshot.spec)
    phase = snapshot.phase
    kind = Kind.PARAMETER
    if snapshot.computed(PhaseKind.GRADIENT, target.layer):
        kind = Kind.GRADIENT
    if phase is not None and phase.kind is PhaseKind.UPDATE and phase.layer == target.layer:
        kind = Kind.UPDATED
    parameter = "b" if column is None else "W"
    return Quantity(kind, target.layer, target.neuron, row, column, parameter)


def at_phase(
    trace: Trace, phase: Phase, neuron: int | None, link: Target | None, row: int
) -> Quantity:
    """What a phase computes of the neuron or link chosen, else of its most active neuron.

    Of gradients and updates without a link: of the weight into the neuron that matters most.
    """
    spec = trace.spec
    if phase.kind in _OF_WEIGHTS and link is not None and link.layer == phase.layer:
        assert link.neuron is not None
        return replace(quantity_at(phase, link.neuron, column_of(link, spec)), row=row)
    if neuron is None:
        neuron = most_active_neuron(trace, phase)
    if phase.kind in _OF_WEIGHTS:
        column = int(np.argmax(np.abs(trace.gradient_of(phase.layer)[0][neuron])))
        return replace(quantity_at(phase, neuron, column), row=row)
    return quantity_at(phase, neuron, None, row)
