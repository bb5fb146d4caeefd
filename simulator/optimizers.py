"""Optimizers: how the flat parameter vector moves along the flat gradient.  Keras's names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OptimizerSpec:
    """Which optimizer, with which learning rate (> 0)."""

    name: str = "sgd"
    learning_rate: float = 0.01


class Optimizer(ABC):
    """Moves ``theta`` in place; ``learning_rate`` may be changed between two steps."""

    def __init__(self, spec: OptimizerSpec, size: int) -> None:
        self.learning_rate = spec.learning_rate
        self._change = np.zeros(size)

    @abstractmethod
    def step(self, theta: Array, gradient: Array) -> None:
        """One update of ``theta`` from the gradient of the mini-batch; both (size,)."""


class SGD(Optimizer):
    """w <- w - learning_rate * dE/dw."""

    def step(self, theta: Array, gradient: Array) -> None:
        np.multiply(gradient, self.learning_rate, out=self._change)
        theta -= self._change


OPTIMIZERS: Mapping[str, Callable[[OptimizerSpec, int], Optimizer]] = MappingProxyType({"sgd": SGD})
