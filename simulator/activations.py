"""Activation functions: each formula and the way back through it stand side by side.

All methods write into buffers of the caller, shape (N, units); ``rows`` (N, 1) is scratch space for
one number a sample.  ``error`` is dE/da, the derivative by the activation; what they write into
``delta`` is dE/dz.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from simulator.arrays import PRECISIONS, Array, ones_like_row


@dataclass(frozen=True)
class Activation(ABC):
    """phi in a = phi(z), and its derivative; a field is a parameter users may set."""

    name: ClassVar[str]
    differentiable: ClassVar[bool] = True
    """Whether a gradient can go back through it; else only learning rules can train it."""

    @abstractmethod
    def forward(self, z: Array, out: Array, rows: Array) -> None:
        """Write phi(z) into ``out``; both (N, units)."""

    @abstractmethod
    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        """Write dE/dz = (da/dz)ᵀ · error into ``delta``; all (N, units).

        ``activation`` must be what :meth:`forward` wrote for ``z``; ``delta`` must be none of the
        other buffers.
        """


class _Threshold(Activation):
    """A jump at z = 0, where no gradient gets through."""

    differentiable: ClassVar[bool] = False

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        raise TypeError(f"{self.name} has no derivative that could be learned by")


class Step(_Threshold):
    """a = 1 where z >= 0, else 0.  McCulloch & Pitts 1943."""

    name: ClassVar[str] = "step"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        np.greater_equal(z, 0.0, out=out)


class Sign(_Threshold):
    """a = +1 where z >= 0, else -1: the step for targets of ±1."""

    name: ClassVar[str] = "sign"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        np.greater_equal(z, 0.0, out=out)
        out *= 2.0
        out -= 1.0


class Linear(Activation):
    """a = z."""

    name: ClassVar[str] = "linear"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        out[...] = z

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        delta[...] = error


class Sigmoid(Activation):
    """a = 1 / (1 + exp(-z)); da/dz = a (1 - a)."""

    name: ClassVar[str] = "sigmoid"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        sigmoid(z, out)

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        np.subtract(1.0, activation, out=delta)
        delta *= activation
        delta *= error


class Tanh(Activation):
    """a = tanh(z); da/dz = 1 - a²."""

    name: ClassVar[str] = "tanh"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        np.tanh(z, out)

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        np.multiply(activation, activation, delta)
        np.subtract(1.0, delta, delta)
        np.multiply(delta, error, delta)


_ZERO = {np.dtype(name): np.zeros((), name) for name in PRECISIONS}
"""Adding or comparing a plain number costs NumPy more than an array that holds one."""


class Relu(Activation):
    """a = max(0, z); da/dz = 1 where z > 0, else 0 (also at z = 0, as in Keras and PyTorch)."""

    name: ClassVar[str] = "relu"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        np.maximum(z, _ZERO[z.dtype], out=out)

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        np.sign(activation, delta)
        np.multiply(delta, error, delta)


class Softmax(Activation):
    """a_i = exp(z_i) / sum_j exp(z_j), each row for itself; da_i/dz_j = a_i (1[i=j] - a_j).

    The row's largest z is taken off first, which changes nothing but keeps exp in range.
    """

    name: ClassVar[str] = "softmax"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        softmax(z, out, out, rows)

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        np.multiply(activation, error, out=delta)
        delta.dot(ones_like_row(z), rows[:, 0])
        np.subtract(error, rows, out=delta)
        delta *= activation


def softmax(z: Array, shifted: Array, out: Array, rows: Array) -> None:
    """Write softmax(z) into ``out``, z - max(z) into ``shifted``, sum(exp(shifted)) into ``rows``.

    ``shifted`` and ``out`` may be one buffer, which then holds the softmax.
    """
    ones = ones_like_row(z)
    if len(z) == 1:
        # One sample: plain numbers are faster than arrays of one number.
        np.subtract(z, z.item(z.argmax()), shifted)
        np.exp(shifted, out)
        total = out.dot(ones).item()
        rows[0, 0] = total
        np.multiply(out, 1.0 / total, out)
        return
    np.maximum.reduce(z, axis=1, keepdims=True, out=rows)
    np.subtract(z, rows, shifted)
    np.exp(shifted, out)
    out.dot(ones, rows[:, 0])
    np.divide(out, rows, out)


@dataclass(frozen=True)
class LeakyRelu(Activation):
    """a = z for z > 0, else negative_slope · z; da/dz = 1, else negative_slope."""

    name: ClassVar[str] = "leaky_relu"
    negative_slope: float = 0.2

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        np.multiply(z, self.negative_slope, out=out)
        np.copyto(out, z, where=z > 0.0)

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        np.multiply(error, self.negative_slope, out=delta)
        np.copyto(delta, error, where=z > 0.0)


@dataclass(frozen=True)
class Elu(Activation):
    """a = z for z > 0, else alpha (exp(z) - 1); da/dz = 1, else alpha exp(z).

    Clevert, Unterthiner & Hochreiter 2015.
    """

    name: ClassVar[str] = "elu"
    alpha: float = 1.0

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        _elu(z, self.alpha, out)

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        _elu_slope(z, self.alpha, delta)
        delta *= error


class Selu(Activation):
    """a = SCALE elu(z) with alpha = ALPHA.  Klambauer et al. 2017."""

    name: ClassVar[str] = "selu"
    ALPHA: ClassVar[float] = 1.6732632423543772
    SCALE: ClassVar[float] = 1.0507009873554805

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        _elu(z, self.ALPHA, out)
        out *= self.SCALE

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        _elu_slope(z, self.ALPHA, delta)
        delta *= error
        delta *= self.SCALE


def _elu(z: Array, alpha: float, out: Array) -> None:
    np.minimum(z, 0.0, out=out)
    np.expm1(out, out=out)
    out *= alpha
    np.copyto(out, z, where=z > 0.0)


def _elu_slope(z: Array, alpha: float, out: Array) -> None:
    np.minimum(z, 0.0, out=out)
    np.exp(out, out=out)
    out *= alpha
    np.copyto(out, 1.0, where=z > 0.0)


class Softplus(Activation):
    """a = ln(1 + exp(z)); da/dz = sigmoid(z)."""

    name: ClassVar[str] = "softplus"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        np.logaddexp(0.0, z, out=out)

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        sigmoid(z, delta)
        delta *= error


class Softsign(Activation):
    """a = z / (1 + |z|); da/dz = 1 / (1 + |z|)²."""

    name: ClassVar[str] = "softsign"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        np.absolute(z, out=out)
        out += 1.0
        np.divide(z, out, out=out)

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        np.absolute(z, out=delta)
        delta += 1.0
        np.reciprocal(delta, out=delta)
        delta *= delta
        delta *= error


class HardSigmoid(Activation):
    """a = z / 6 + 1/2, cut off at 0 and 1; da/dz = 1/6 between, else 0 (Keras 3, PyTorch)."""

    name: ClassVar[str] = "hard_sigmoid"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        np.divide(z, 6.0, out=out)
        out += 0.5
        np.maximum(out, 0.0, out=out)
        np.minimum(out, 1.0, out=out)

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        np.divide(error, 6.0, out=delta)
        np.copyto(delta, 0.0, where=np.absolute(z) >= 3.0)


class Silu(Activation):
    """a = z sigmoid(z); da/dz = s + a (1 - s) with s = sigmoid(z).  Also called swish."""

    name: ClassVar[str] = "silu"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        sigmoid(z, out)
        out *= z

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        slope = np.empty_like(z)
        sigmoid(z, slope)
        np.subtract(1.0, slope, out=delta)
        delta *= activation
        delta += slope
        delta *= error


class Gelu(Activation):
    """a = z Phi(z), Phi the normal distribution's; da/dz = Phi(z) + z exp(-z²/2) / sqrt(2 pi).

    Hendrycks & Gimpel 2016, the exact form.  NumPy has no erf; the standard library's is called
    for each number, so this is the one activation that is slow.
    """

    name: ClassVar[str] = "gelu"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        _normal_distribution(z, out)
        out *= z

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        density = np.clip(z, -38.0, 38.0)
        np.exp(-0.5 * density * density, out=density)
        density *= z / math.sqrt(2.0 * math.pi)
        _normal_distribution(z, delta)
        delta += density
        delta *= error


def sigmoid(z: Array, out: Array) -> None:
    """Write 1 / (1 + exp(-z)) into ``out``; both of any one shape."""
    # Cut off where exp(-z) would leave float64's range; sigmoid is 1e-308 there.
    np.maximum(z, -709.0, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    out += 1.0
    np.reciprocal(out, out=out)


def _normal_distribution(z: Array, out: Array) -> None:
    # erfc keeps its digits far out on the left, where 1 + erf would be 0.
    out[...] = _ERFC(z * -math.sqrt(0.5))
    out *= 0.5


_ERFC = np.frompyfunc(math.erfc, 1, 1)


ACTIVATION_TYPES: Mapping[str, type[Activation]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            *(Linear, Sigmoid, Tanh, Relu, Softmax, LeakyRelu, Elu, Selu),
            *(Softplus, Softsign, HardSigmoid, Gelu, Silu, Step, Sign),
        )
    }
)

ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {name: kind() for name, kind in ACTIVATION_TYPES.items()}
)
"""Every activation with its default parameters."""


def activation_parameters(name: str, given: Iterable[tuple[str, float]] = ()) -> dict[str, float]:
    """The parameters an activation has, ``given`` or else their defaults; most have none."""
    own = ACTIVATIONS[name]
    return {field.name: getattr(own, field.name) for field in fields(own)} | dict(given)


def make_activation(name: str, parameters: Mapping[str, float]) -> Activation:
    """The activation of this name; parameters that are not given have their defaults."""
    return ACTIVATION_TYPES[name](**parameters) if parameters else ACTIVATIONS[name]
