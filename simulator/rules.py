"""Learning rules of single neurons, older than backpropagation.

A rule says what a neuron is corrected by: its ``delta``.  The change is then, as everywhere,
Δw = -eta · delta · x, averaged over the mini-batch, so a rule is stepped and shown like backprop.

mcculloch_pitts : delta = 0, nothing is learned.  McCulloch & Pitts 1943.
hebb : delta = -t, with the target as what the neuron does.  Hebb 1949.
perceptron : delta = (y - t) / (high - low), so ±eta x for a mistake, else 0.  Rosenblatt 1958.
adaline : delta = z - t, the error before the threshold (LMS).  Widrow & Hoff 1960.
delta_rule : delta = phi'(z) · dE/dy, backpropagation of one layer.  Deck A.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from simulator.arrays import Array

BACKPROPAGATION = "backpropagation"
DELTA_RULE = "delta_rule"

RULES: Mapping[str, str] = MappingProxyType(
    {
        BACKPROPAGATION: "The gradient of the loss, through any number of layers (1986)",
        DELTA_RULE: "One layer of sigmoid (or other smooth) neurons: Δw = −η φ′(z) ∂E/∂y x",
        "adaline": "One layer, Widrow–Hoff or LMS (1960): Δw = η (t − z) x, the error before the "
        "threshold",
        "perceptron": "One layer of threshold neurons, Rosenblatt (1958): Δw = ±η x for a mistake, "
        "nothing when right",
        "hebb": "One layer, Hebb (1949): Δw = η t x; what fires together wires together",
        "mcculloch_pitts": "Threshold neurons with weights set by hand (1943); nothing is learned",
    }
)
"""Each rule with what it does, in a sentence; the newest first."""


def follows_gradient(rule: str) -> bool:
    """Whether delta is a derivative of the project's loss."""
    return rule in (BACKPROPAGATION, DELTA_RULE)


def learns(rule: str) -> bool:
    """Whether anything changes when training with this rule."""
    return rule != "mcculloch_pitts"


class Rule(ABC):
    """What the neurons of the only layer are corrected by."""

    @abstractmethod
    def write_delta(self, z: Array, activation: Array, target: Array, delta: Array) -> None:
        """Write the delta of each sample into ``delta``; all (N, units)."""


class McCullochPitts(Rule):
    """delta = 0."""

    def write_delta(self, z: Array, activation: Array, target: Array, delta: Array) -> None:
        delta[...] = 0.0


class Hebb(Rule):
    """delta = -t."""

    def write_delta(self, z: Array, activation: Array, target: Array, delta: Array) -> None:
        np.negative(target, out=delta)


class Perceptron(Rule):
    """delta = (y - t) / span, where the span is 1 for 0/1 neurons and 2 for ±1 neurons."""

    SPANS: ClassVar[Mapping[str, float]] = MappingProxyType({"step": 1.0, "sign": 2.0})

    def __init__(self, activation: str) -> None:
        self.span = self.SPANS[activation]

    def write_delta(self, z: Array, activation: Array, target: Array, delta: Array) -> None:
        np.subtract(activation, target, out=delta)
        delta /= self.span


class Adaline(Rule):
    """delta = z - t."""

    def write_delta(self, z: Array, activation: Array, target: Array, delta: Array) -> None:
        np.subtract(z, target, out=delta)


def make_rule(name: str, activation: str) -> Rule | None:
    """The rule for a layer with this activation; None where the gradient of the loss is used."""
    if follows_gradient(name):
        return None
    if name == "perceptron":
        return Perceptron(activation)
    others: dict[str, type[Rule]] = {
        "mcculloch_pitts": McCullochPitts,
        "hebb": Hebb,
        "adaline": Adaline,
    }
    return others[name]()
