"""One training iteration laid open: every intermediate value, phase by phase.

A :class:`Trace` is a copy of the buffers of the pass the trainer has just made, so what is stepped
through is what trained, not a second calculation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.rules import BACKPROPAGATION
from simulator.spec import LayerSpec, NetworkSpec


class PhaseKind(StrEnum):
    """The operations an iteration is made of, in the order in which they first happen."""

    INPUT = "input"
    PREACTIVATION = "preactivation"
    NORMALIZATION = "normalization"
    ACTIVATION = "activation"
    NOISE = "noise"
    DROPOUT = "dropout"
    LOSS = "loss"
    ERROR = "error"
    DELTA = "delta"
    GRADIENT = "gradient"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Phase:
    """One operation of an iteration; ``layer`` is 0 for the input, L for the loss."""

    kind: PhaseKind
    layer: int

    @property
    def backward(self) -> bool:
        """True from the first error on: values now flow from the output to the input."""
        return self.kind in (PhaseKind.ERROR, PhaseKind.DELTA, PhaseKind.GRADIENT)


VALUES = ("z", "activation", "error", "delta")
"""What every layer has, in the order of a pass's values."""


def layer_views(spec: NetworkSpec, size: int, values: Array) -> tuple[tuple[Array, ...], ...]:
    """The parts of one vector that are z, activation, error and delta of each layer: (N, units)."""
    found: list[tuple[Array, ...]] = []
    start = 0
    for _ in VALUES:
        views = []
        for layer in spec.layers:
            stop = start + size * layer.units
            views.append(values[start:stop].reshape(layer.units, size).T)
            start = stop
        found.append(tuple(views))
    return tuple(found)


def phases_of(spec: NetworkSpec) -> tuple[Phase, ...]:
    """The phases of one iteration of this network, in order.

    Input; for each layer pre-activation, activation and, where it has them, batch normalization
    between the two, noise and dropout behind them; loss; then from the last layer to the first
    error, delta, gradient; at last each layer's update.
    """
    phases = [Phase(PhaseKind.INPUT, 0), *_disturbances(0, spec.input_layer)]
    for number, layer in enumerate(spec.layers, start=1):
        phases.append(Phase(PhaseKind.PREACTIVATION, number))
        if layer.batch_normalization is not None:
            phases.append(Phase(PhaseKind.NORMALIZATION, number))
        phases.append(Phase(PhaseKind.ACTIVATION, number))
        phases += _disturbances(number, layer)
    phases.append(Phase(PhaseKind.LOSS, spec.depth))
    for number in range(spec.depth, 0, -1):
        phases.append(Phase(PhaseKind.ERROR, number))
        phases.append(Phase(PhaseKind.DELTA, number))
        phases.append(Phase(PhaseKind.GRADIENT, number))
    phases.extend(Phase(PhaseKind.UPDATE, number) for number in range(1, spec.depth + 1))
    return tuple(phases)


def _disturbances(number: int, layer: LayerSpec) -> list[Phase]:
    phases = [Phase(PhaseKind.NOISE, number)] if layer.noise > 0.0 else []
    if layer.dropout_rate > 0.0:
        phases.append(Phase(PhaseKind.DROPOUT, number))
    return phases


@dataclass(frozen=True)
class Trace:
    """Every value of one iteration.  All arrays are read-only copies; rows are samples.

    Per-layer tuples have index 0 for layer 1.

    Attributes
    ----------
    spec : the network's shape.
    epoch, iteration : which iteration this was, both counted from 1.
    samples : (N,) row numbers in the training data.
    x, target : (N, n_in), (N, n_out).
    z : pre-activations, (N, units) each.
    activation : phi(z) before dropout, (N, units) each.
    normalized : what the activation receives, (N, units), or None without batch normalization.
    noise : Gaussian noise on the activation, (N, units), or None.
    mask : dropout masks of 0 and 1, (N, units), or None where a layer has no dropout.
    input_noise, input_mask, input : the same for the inputs, and what layer 1 receives of them.
    output : what the next layer receives (after dropout and its scaling), (N, units) each.
    loss_per_sample : (N,); loss : their mean, without the penalty.
    penalty : what the regularizers add to the loss.
    error : dE_n/d(output) of each sample's own loss, (N, units) each.
    delta : dE_n/dz of each sample's own loss, (N, units) each.
    theta_before, gradient, theta_after : flat, (parameter_count,); the gradient is that of the
        mean loss of the mini-batch and of the penalty.
    learning_rate : of this update.
    rule : the learning rule that made delta, a key of :data:`simulator.rules.RULES`.
    fused : whether the output layer's delta was computed together with the loss, not from error.
    slots_before, slots_after : what the optimizer remembers around the update, by name, flat.
    update : the number k of this update of the optimizer, from 1 (bias corrections use it).
    """

    spec: NetworkSpec
    epoch: int
    iteration: int
    samples: NDArray[np.intp]
    x: Array
    target: Array
    z: tuple[Array, ...]
    activation: tuple[Array, ...]
    mask: tuple[Array | None, ...]
    output: tuple[Array, ...]
    loss_per_sample: Array
    loss: float
    error: tuple[Array, ...]
    delta: tuple[Array, ...]
    theta_before: Array
    gradient: Array
    theta_after: Array
    fused: bool = False
    rule: str = BACKPROPAGATION
    penalty: float = 0.0
    learning_rate: float = 0.0
    normalized: tuple[Array | None, ...] = ()
    noise: tuple[Array | None, ...] = ()
    input_mask: Array | None = None
    input_noise: Array | None = None
    input: Array | None = None
    slots_before: Mapping[str, Array] = field(default_factory=dict)
    slots_after: Mapping[str, Array] = field(default_factory=dict)
    update: int = 0

    @classmethod
    def recorded(cls, values: Array, outputs: Sequence[Array | None], **fields: Any) -> Trace:
        """A trace whose z, activation, error, delta and output are laid out when asked for.

        values : what a pass made of them, as one read-only vector (see :func:`layer_views`);
        outputs : per layer the output, None where it is the activation.
        """
        trace = cls.__new__(cls)
        trace.__dict__.update(fields, _values=values, _outputs=outputs)
        return trace

    def __getattr__(self, name: str) -> Any:
        # Called only for what is not there yet.
        if "_values" not in self.__dict__ or name not in (*VALUES, "output"):
            raise AttributeError(name)
        found = layer_views(self.spec, len(self.x), self._values)
        self.__dict__.update(zip(VALUES, found, strict=True))
        self.__dict__["output"] = tuple(
            activation if own is None else own
            for own, activation in zip(self._outputs, self.activation, strict=True)
        )
        return self.__dict__[name]

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """The phases of this iteration, in order."""
        return phases_of(self.spec)

    def value(self, phase: Phase) -> Array | float:
        """The array (or the loss) a phase computed; for gradient and update use W and b below.

        Raises
        ------
        KeyError : for gradient and update, which have two arrays.
        """
        if phase.kind is PhaseKind.INPUT:
            return self.x
        if phase.kind is PhaseKind.LOSS:
            return self.loss
        per_layer: dict[PhaseKind, tuple[Array | None, ...]] = {
            PhaseKind.PREACTIVATION: self.z,
            PhaseKind.NORMALIZATION: self.normalized,
            PhaseKind.ACTIVATION: self.activation,
            PhaseKind.NOISE: (*self.noise, self.input_noise),
            PhaseKind.DROPOUT: (*self.mask, self.input_mask),
            PhaseKind.ERROR: self.error,
            PhaseKind.DELTA: self.delta,
        }
        # Those of the inputs, layer 0, stand last.
        value = per_layer[phase.kind][phase.layer - 1]
        if value is None:
            raise KeyError(phase)
        return value

    def received(self, number: int) -> Array:
        """What layer ``number`` received of the layers before it: (N, fan_in)."""
        parts = [
            self.output[source - 1] if source else (self.x if self.input is None else self.input)
            for source in self.spec.sources(number)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def gradient_of(self, number: int) -> tuple[Array, Array | None]:
        """Gradient of layer ``number``: W (units, fan_in) and b (units,) or None."""
        return self.spec.weights(self.gradient, number), self.spec.biases(self.gradient, number)

    def updated(self, number: int) -> tuple[Array, Array | None]:
        """Parameters of layer ``number`` after the update: W (units, fan_in), b or None."""
        return (
            self.spec.weights(self.theta_after, number),
            self.spec.biases(self.theta_after, number),
        )
