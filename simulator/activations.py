"""Activation functions: each formula and the way back through it stand side by side.

All methods write into buffers of the caller, shape (N, units), and allocate nothing; ``rows``
(N, 1) is scratch space for one number a sample.  ``error`` is dE/da, the derivative by the
activation; what they write into ``delta`` is dE/dz.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Activation(ABC):
    """phi in a = phi(z), and its derivative."""

    name: str

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


class Linear(Activation):
    """a = z."""

    name = "linear"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        out[...] = z

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        delta[...] = error


class Sigmoid(Activation):
    """a = 1 / (1 + exp(-z)); da/dz = a (1 - a).

    z is cut off at -709, where exp(-z) would leave float64's range and a is 1e-308.
    """

    name = "sigmoid"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        np.maximum(z, -709.0, out=out)
        np.negative(out, out=out)
        np.exp(out, out=out)
        out += 1.0
        np.reciprocal(out, out=out)

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        np.subtract(1.0, activation, out=delta)
        delta *= activation
        delta *= error


class Tanh(Activation):
    """a = tanh(z); da/dz = 1 - a²."""

    name = "tanh"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        np.tanh(z, out=out)

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        np.multiply(activation, activation, out=delta)
        np.subtract(1.0, delta, out=delta)
        delta *= error


class Relu(Activation):
    """a = max(0, z); da/dz = 1 where z > 0, else 0 (also at z = 0, as in Keras and PyTorch)."""

    name = "relu"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        np.maximum(z, 0.0, out=out)

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        np.sign(activation, out=delta)
        delta *= error


class Softmax(Activation):
    """a_i = exp(z_i) / sum_j exp(z_j), each row for itself; da_i/dz_j = a_i (1[i=j] - a_j).

    The row's largest z is taken off first, which changes nothing but keeps exp in range.
    """

    name = "softmax"

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        np.maximum.reduce(z, axis=1, keepdims=True, out=rows)
        np.subtract(z, rows, out=out)
        np.exp(out, out=out)
        np.add.reduce(out, axis=1, keepdims=True, out=rows)
        out /= rows

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        np.multiply(activation, error, out=delta)
        np.add.reduce(delta, axis=1, keepdims=True, out=rows)
        np.subtract(error, rows, out=delta)
        delta *= activation


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {function.name: function for function in (Linear(), Sigmoid(), Tanh(), Relu(), Softmax())}
)
