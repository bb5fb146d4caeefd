"""The name of any single number of an iteration, and where the trace keeps it.

What is on screen is asked "why?" by its quantity; what it was computed from are quantities again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulator.arrays import Array
from simulator.trace import Phase, PhaseKind, Trace


class Kind(StrEnum):
    """What a number is.  ``layer`` is 0 for the inputs; rows are samples of the mini-batch."""

    INPUT = "input"
    """x before input noise and dropout; layer 0."""
    TARGET = "target"
    PREACTIVATION = "preactivation"
    NORMALIZED = "normalized"
    """What the activation receives where there is batch normalization."""
    ACTIVATION = "activation"
    NOISE = "noise"
    MASK = "mask"
    OUTPUT = "output"
    """What the next layer receives of a neuron; layer 0: of an input, behind noise and dropout."""
    SAMPLE_LOSS = "sample_loss"
    """Of one row."""
    LOSS = "loss"
    """The mean over the mini-batch, without the penalty."""
    PENALTY = "penalty"
    ERROR = "error"
    """dE_n/d(output)."""
    DELTA = "delta"
    """dE_n/dz."""
    GRADIENT = "gradient"
    """Of a parameter; the mean over the mini-batch, the penalty's included."""
    SLOT_BEFORE = "slot_before"
    """What the optimizer remembered of a parameter before this update; ``name`` is the slot."""
    SLOT = "slot"
    """The same after it."""
    LEARNING_RATE = "learning_rate"
    PARAMETER = "parameter"
    """A weight, bias, gamma or beta before the update."""
    UPDATED = "updated"
    """The same after it."""


OF_PARAMETERS = frozenset(
    {Kind.GRADIENT, Kind.SLOT_BEFORE, Kind.SLOT, Kind.PARAMETER, Kind.UPDATED}
)
"""Kinds there are one of for each parameter, not for each sample."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number.

    Attributes
    ----------
    layer : 0 for the inputs, L for the output layer.
    neuron : from 0.
    row : which sample of the mini-batch, from 0; 0 where it is not one sample's.
    source : of a weight the column of W, from 0 (see ``NetworkSpec.source_of``); else None.
    parameter : of the kinds in ``OF_PARAMETERS``: "W", "b", "gamma" or "beta".
    name : of a slot its name.
    """

    kind: Kind
    layer: int = 0
    neuron: int = 0
    row: int = 0
    source: int | None = None
    parameter: str = ""
    name: str = ""


def value_of(trace: Trace, quantity: Quantity) -> float:
    """The number itself, as the engine has it.

    Raises
    ------
    KeyError : this iteration has no such number (no mask without dropout, no bias).
    """
    kind, row, neuron = quantity.kind, quantity.row, quantity.neuron
    if kind in OF_PARAMETERS:
        return _parameter_value(trace, quantity)
    if kind is Kind.LOSS:
        return trace.loss
    if kind is Kind.PENALTY:
        return trace.penalty
    if kind is Kind.LEARNING_RATE:
        return trace.learning_rate
    if kind is Kind.SAMPLE_LOSS:
        return float(trace.loss_per_sample[row])
    array = _per_neuron(trace, quantity)
    if array is None:
        raise KeyError(quantity)
    return float(array[row, neuron])


def _per_neuron(trace: Trace, quantity: Quantity) -> Array | None:
    """The array (N, units) a number of a neuron stands in."""
    kind, number = quantity.kind, quantity.layer
    if kind is Kind.TARGET:
        return trace.target
    if number == 0:
        return {
            Kind.INPUT: trace.x,
            Kind.NOISE: trace.input_noise,
            Kind.MASK: trace.input_mask,
            Kind.OUTPUT: trace.x if trace.input is None else trace.input,
        }.get(kind)
    index = number - 1
    if kind is Kind.NORMALIZED:
        return trace.normalized[index] if trace.normalized else None
    if kind is Kind.NOISE:
        return trace.noise[index] if trace.noise else None
    values: tuple[Array | None, ...] = {
        Kind.PREACTIVATION: trace.z,
        Kind.ACTIVATION: trace.activation,
        Kind.MASK: trace.mask,
        Kind.OUTPUT: trace.output,
        Kind.ERROR: trace.error,
        Kind.DELTA: trace.delta,
    }[kind]
    return values[index]


def _parameter_value(trace: Trace, quantity: Quantity) -> float:
    kind, spec = quantity.kind, trace.spec
    if kind is Kind.SLOT_BEFORE:
        flat = trace.slots_before[quantity.name]
    elif kind is Kind.SLOT:
        flat = trace.slots_after[quantity.name]
    else:
        flat = {
            Kind.GRADIENT: trace.gradient,
            Kind.PARAMETER: trace.theta_before,
            Kind.UPDATED: trace.theta_after,
        }[kind]
    if quantity.parameter == "W":
        if quantity.source is None:
            raise KeyError(quantity)
        return float(spec.weights(flat, quantity.layer)[quantity.neuron, quantity.source])
    own = spec.array_of(flat, quantity.layer, quantity.parameter)
    if own is None:
        raise KeyError(quantity)
    return float(own[quantity.neuron])


_OF_PHASES = {
    PhaseKind.PREACTIVATION: Kind.PREACTIVATION,
    PhaseKind.NORMALIZATION: Kind.NORMALIZED,
    PhaseKind.ACTIVATION: Kind.ACTIVATION,
    PhaseKind.NOISE: Kind.NOISE,
    PhaseKind.DROPOUT: Kind.OUTPUT,
    PhaseKind.ERROR: Kind.ERROR,
    PhaseKind.DELTA: Kind.DELTA,
    PhaseKind.GRADIENT: Kind.GRADIENT,
    PhaseKind.UPDATE: Kind.UPDATED,
}


def quantity_at(phase: Phase, neuron: int = 0, source: int | None = None, row: int = 0) -> Quantity:
    """What a phase computes of a neuron; of a weight where it computes gradients or parameters.

    Without ``source`` those are of the bias.
    """
    if phase.kind is PhaseKind.INPUT:
        return Quantity(Kind.INPUT, 0, neuron, row)
    if phase.kind is PhaseKind.LOSS:
        return Quantity(Kind.SAMPLE_LOSS, phase.layer, 0, row)
    kind = _OF_PHASES[phase.kind]
    if kind in OF_PARAMETERS:
        parameter = "b" if source is None else "W"
        return Quantity(kind, phase.layer, neuron, 0, source, parameter)
    return Quantity(kind, phase.layer, neuron, row)
