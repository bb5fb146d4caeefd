"""Penalties on large parameters, added to the loss.

For the weights w of a layer, with strength lambda and mix beta::

    l1            lambda Σ |w|
    l2            lambda Σ w²
    elastic_net   lambda Σ (beta w² + |w|)

The penalty is added once to the loss of a mini-batch, whatever its size, as in Keras.  Biases are
left out unless asked for.  Sources: decks C and D; Tibshirani 1996 (l1); Zou & Hastie 2005.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from simulator.arrays import Array

REGULARIZERS: Mapping[str, str] = MappingProxyType(
    {
        "none": "No penalty",
        "l1": "λ Σ |w|: pushes weights to exactly 0, so few links remain",
        "l2": "λ Σ w²: keeps all weights small (weight decay)",
        "elastic_net": "λ Σ (β w² + |w|): both at once",
    }
)
"""Each name with what it does, in a sentence."""


@dataclass(frozen=True, slots=True)
class RegularizerSpec:
    """Which penalty a layer's weights pay.

    Attributes
    ----------
    name : a key of :data:`REGULARIZERS`.
    strength : lambda, >= 0.
    beta : weight of the squares in the elastic net, >= 0; not used by the others.
    biases : whether biases pay as well.
    """

    name: str = "none"
    strength: float = 0.01
    beta: float = 0.5
    biases: bool = False

    @property
    def active(self) -> bool:
        """Whether anything is paid."""
        return self.l1 != 0.0 or self.l2 != 0.0

    @property
    def l1(self) -> float:
        """Factor of Σ |w|."""
        return self.strength if self.name in ("l1", "elastic_net") else 0.0

    @property
    def l2(self) -> float:
        """Factor of Σ w²."""
        if self.name == "elastic_net":
            return self.strength * self.beta
        return self.strength if self.name == "l2" else 0.0

    def penalty(self, values: Array) -> float:
        """What the parameters ``values`` (any shape) add to the loss."""
        total = 0.0
        if self.l1:
            total += self.l1 * float(np.abs(values).sum())
        if self.l2:
            total += self.l2 * float(np.square(values).sum())
        return total

    def add_gradient(self, values: Array, gradient: Array, scratch: Array) -> None:
        """Add d(penalty)/dw to ``gradient``; all of one shape.  The derivative of |w| at 0 is 0."""
        if self.l1:
            np.sign(values, out=scratch)
            scratch *= self.l1
            gradient += scratch
        if self.l2:
            np.multiply(values, 2.0 * self.l2, out=scratch)
            gradient += scratch
