"""Limits on the gradient before an optimizer uses it; names are Keras's."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from simulator.arrays import Array


@dataclass(frozen=True, slots=True)
class ClippingSpec:
    """Limits on the gradient, 0 for none.

    Attributes
    ----------
    clipvalue : every component is cut off at ± this.
    global_clipnorm : a gradient longer than this (2-norm over all parameters) is scaled down to it
        (Pascanu, Mikolov & Bengio 2013).
    clipnorm : the same for the weights and for the biases of each layer by itself.
    """

    clipvalue: float = 0.0
    clipnorm: float = 0.0
    global_clipnorm: float = 0.0

    @property
    def active(self) -> bool:
        """Whether anything is limited."""
        return self != ClippingSpec()

    def limit(self, gradient: Array, groups: Iterable[slice]) -> None:
        """Bring ``gradient`` (size,) within the limits, in place; ``groups`` are clipnorm's."""
        if self.clipvalue > 0.0:
            np.clip(gradient, -self.clipvalue, self.clipvalue, out=gradient)
        if self.clipnorm > 0.0:
            for group in groups:
                _shorten(gradient[group], self.clipnorm)
        if self.global_clipnorm > 0.0:
            _shorten(gradient, self.global_clipnorm)


def _shorten(vector: Array, limit: float) -> None:
    """Scale a vector that is longer than ``limit`` down to it."""
    largest = float(np.abs(vector).max())
    if not 0.0 < largest < math.inf:
        return
    # Divided by its largest component first: the squares of 1e200 would overflow.
    scaled = vector / largest
    norm = math.sqrt(float(scaled.dot(scaled)))
    if norm > limit / largest:
        np.multiply(scaled, limit / norm, out=vector)
