"""Losses: each formula and its derivative by the prediction stand side by side.

``prediction`` and ``target`` are (N, n_out).  A loss gives one number a sample, E_n; the loss of a
mini-batch is the mean of its samples' losses.  Everything is written into buffers of the caller;
``scratch`` is (N, n_out).

A loss that has a ``fused`` activation is computed from that activation's input z in one go, which
is both exact and finite for every z: softmax with categorical cross-entropy, sigmoid with binary
cross-entropy.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from simulator.activations import sigmoid, softmax
from simulator.arrays import Array, ones_like_row

_SMALLEST = {np.dtype(np.float64): 1e-300, np.dtype(np.float32): 1e-37}


def smallest(values: Array) -> float:
    """Probabilities are kept at or above this where a logarithm or quotient needs it."""
    return _SMALLEST[values.dtype]


@dataclass(frozen=True)
class Loss(ABC):
    """E_n of a prediction, and dE_n/d(prediction); a field is a parameter users may set."""

    name: ClassVar[str]
    fused: ClassVar[str | None] = None
    """Name of the activation this loss is computed together with, straight from z."""

    @abstractmethod
    def per_sample(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        """Write each sample's loss into ``out``: (N,)."""

    @abstractmethod
    def error(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        """Write dE_n/d(prediction) into ``out``: (N, n_out)."""

    def fused_forward(
        self,
        z: Array,
        target: Array,
        activation: Array,
        out: Array,
        scratch: Array,
        rows: Array,
        unit_targets: bool = False,
    ) -> None:
        """Write the fused activation of ``z`` and each sample's loss, both computed from ``z``.

        ``activation`` and ``scratch`` (N, n_out), ``out`` (N,), ``rows`` (N, 1);
        ``unit_targets`` says that each row of ``target`` adds up to exactly 1.
        """
        raise TypeError(f"{self.name} is fused with no activation")

    def fused_delta(
        self,
        activation: Array,
        target: Array,
        out: Array,
        scratch: Array,
        unit_targets: bool = False,
    ) -> None:
        """Write dE_n/dz of the fused activation into ``out``: (N, n_out)."""
        raise TypeError(f"{self.name} is fused with no activation")


class _SquaredDifference(Loss):
    """factor * sum_i (y_i - t_i)²; the factor is what the three named losses differ in."""

    @abstractmethod
    def factor(self, outputs: int) -> float:
        """What the sum of squares is multiplied by, for so many outputs."""

    def per_sample(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        np.subtract(prediction, target, out=scratch)
        scratch *= scratch
        scratch.dot(ones_like_row(scratch), out)
        out *= self.factor(target.shape[1])

    def error(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        np.subtract(prediction, target, out=out)
        out *= 2.0 * self.factor(target.shape[1])


class SquaredError(_SquaredDifference):
    """E_n = sum_i (y_i - t_i)² (deck A)."""

    name: ClassVar[str] = "squared_error"

    def factor(self, outputs: int) -> float:
        return 1.0


class HalfSquaredError(_SquaredDifference):
    """E_n = ½ sum_i (y_i - t_i)² (deck B)."""

    name: ClassVar[str] = "half_squared_error"

    def factor(self, outputs: int) -> float:
        return 0.5


class MeanSquaredError(_SquaredDifference):
    """E_n = 1/n_out sum_i (y_i - t_i)² (Keras)."""

    name: ClassVar[str] = "mse"

    def factor(self, outputs: int) -> float:
        return 1.0 / outputs


class CategoricalCrossentropy(Loss):
    """E_n = -sum_i t_i ln y_i, in nats; fused with softmax dE/dz = y sum(t) - t."""

    name: ClassVar[str] = "categorical_crossentropy"
    fused: ClassVar[str | None] = "softmax"

    def per_sample(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        np.maximum(prediction, smallest(prediction), out=scratch)
        np.log(scratch, out=scratch)
        scratch *= target
        scratch.dot(ones_like_row(scratch), out)
        np.negative(out, out=out)

    def error(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        np.maximum(prediction, smallest(prediction), out=out)
        np.divide(target, out, out=out)
        np.negative(out, out=out)

    def fused_forward(
        self,
        z: Array,
        target: Array,
        activation: Array,
        out: Array,
        scratch: Array,
        rows: Array,
        unit_targets: bool = False,
    ) -> None:
        # -ln y = ln sum exp(z - max z) - (z - max z): two terms >= 0, finite for every z.
        softmax(z, scratch, activation, rows)
        if len(z) == 1:
            row = target[0]
            sums = 1.0 if unit_targets else target.dot(ones_like_row(target)).item()
            out[0] = sums * math.log(rows.item()) - scratch[0].dot(row)
            return
        np.log(rows[:, 0], out=out)
        if not unit_targets:
            out *= target.dot(ones_like_row(target))
        np.multiply(scratch, target, scratch)
        out -= scratch.dot(ones_like_row(target))

    def fused_delta(
        self,
        activation: Array,
        target: Array,
        out: Array,
        scratch: Array,
        unit_targets: bool = False,
    ) -> None:
        if unit_targets:
            np.subtract(activation, target, out)
            return
        np.multiply(activation, target.dot(ones_like_row(target))[:, None], out)
        np.subtract(out, target, out)


class BinaryCrossentropy(Loss):
    """E_n = -1/n_out sum_i t_i ln y_i + (1 - t_i) ln(1 - y_i) (Keras, several outputs averaged).

    Fused with sigmoid: E_n = 1/n_out sum_i ln(1 + exp z_i) - t_i z_i and
    dE/dz_i = (y_i - t_i) / n_out.
    """

    name: ClassVar[str] = "binary_crossentropy"
    fused: ClassVar[str | None] = "sigmoid"

    def per_sample(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        np.maximum(prediction, smallest(prediction), out=scratch)
        np.log(scratch, out=scratch)
        scratch *= target
        scratch.dot(ones_like_row(scratch), out)
        np.subtract(1.0, prediction, out=scratch)
        np.maximum(scratch, smallest(scratch), out=scratch)
        np.log(scratch, out=scratch)
        scratch *= 1.0 - target
        out += scratch.dot(ones_like_row(scratch))
        out *= -1.0 / target.shape[1]

    def error(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        np.subtract(1.0, prediction, out=scratch)
        scratch *= prediction
        np.maximum(scratch, smallest(scratch), out=scratch)
        np.subtract(prediction, target, out=out)
        out /= scratch
        out *= 1.0 / target.shape[1]

    def fused_forward(
        self,
        z: Array,
        target: Array,
        activation: Array,
        out: Array,
        scratch: Array,
        rows: Array,
        unit_targets: bool = False,
    ) -> None:
        sigmoid(z, activation)
        np.logaddexp(0.0, z, out=scratch)
        scratch.dot(ones_like_row(scratch), out)
        np.multiply(target, z, out=scratch)
        out -= scratch.dot(ones_like_row(scratch))
        out *= 1.0 / target.shape[1]

    def fused_delta(
        self,
        activation: Array,
        target: Array,
        out: Array,
        scratch: Array,
        unit_targets: bool = False,
    ) -> None:
        np.subtract(activation, target, out=out)
        out *= 1.0 / target.shape[1]


class MeanAbsoluteError(Loss):
    """E_n = 1/n_out sum_i |y_i - t_i| (Keras); its derivative is 0 where y = t."""

    name: ClassVar[str] = "mae"

    def per_sample(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        np.subtract(prediction, target, out=scratch)
        np.absolute(scratch, out=scratch)
        scratch.dot(ones_like_row(scratch), out)
        out *= 1.0 / target.shape[1]

    def error(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        np.subtract(prediction, target, out=out)
        np.sign(out, out=out)
        out *= 1.0 / target.shape[1]


@dataclass(frozen=True)
class Huber(Loss):
    """E_n = 1/n_out sum_i h(y_i - t_i): e²/2 where |e| <= delta, else delta (|e| - delta/2).

    Huber 1964; Keras averages over the outputs.  ``delta`` > 0.
    """

    name: ClassVar[str] = "huber"
    delta: float = 1.0

    def per_sample(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        np.subtract(prediction, target, out=scratch)
        np.absolute(scratch, out=scratch)
        # With c = min(|e|, delta) both branches are c (|e| - c/2).
        inner = np.minimum(scratch, self.delta)
        scratch -= 0.5 * inner
        scratch *= inner
        scratch.dot(ones_like_row(scratch), out)
        out *= 1.0 / target.shape[1]

    def error(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        np.subtract(prediction, target, out=out)
        np.maximum(out, -self.delta, out=out)
        np.minimum(out, self.delta, out=out)
        out *= 1.0 / target.shape[1]


class Hinge(Loss):
    """E_n = 1/n_out sum_i max(0, 1 - t_i y_i), for targets of -1 and +1 (Keras)."""

    name: ClassVar[str] = "hinge"

    def per_sample(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        np.multiply(target, prediction, out=scratch)
        np.subtract(1.0, scratch, out=scratch)
        np.maximum(scratch, 0.0, out=scratch)
        scratch.dot(ones_like_row(scratch), out)
        out *= 1.0 / target.shape[1]

    def error(self, prediction: Array, target: Array, out: Array, scratch: Array) -> None:
        np.multiply(target, prediction, out=scratch)
        np.less(scratch, 1.0, out=out)
        out *= target
        out *= -1.0 / target.shape[1]


LOSS_TYPES: Mapping[str, type[Loss]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            *(CategoricalCrossentropy, BinaryCrossentropy, MeanSquaredError),
            *(HalfSquaredError, SquaredError, MeanAbsoluteError, Huber, Hinge),
        )
    }
)

LOSSES: Mapping[str, Loss] = MappingProxyType({name: kind() for name, kind in LOSS_TYPES.items()})
"""Every loss with its default parameters."""


def loss_parameters(name: str, given: Iterable[tuple[str, float]] = ()) -> dict[str, float]:
    """The parameters a loss has, ``given`` or else their defaults; most have none."""
    own = LOSSES[name]
    return {field.name: getattr(own, field.name) for field in fields(own)} | dict(given)


def make_loss(name: str, parameters: Mapping[str, float]) -> Loss:
    """The loss of this name; parameters that are not given have their defaults."""
    return LOSS_TYPES[name](**parameters) if parameters else LOSSES[name]
