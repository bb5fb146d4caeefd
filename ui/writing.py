"""How numbers and symbols are written in the window: a notation, and the project it is used on."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.latex_text import plain_text
from simulator.notation import NEUTRAL, Notation
from simulator.project import Project
from simulator.quantity import Kind, Quantity
from simulator.rules import BACKPROPAGATION
from simulator.spec import NetworkSpec
from simulator.trace import Phase, PhaseKind

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_KEYS = {
    Kind.INPUT: "input",
    Kind.PREACTIVATION: "preactivation",
    Kind.NORMALIZED: "normalized",
    Kind.ACTIVATION: "activation",
    Kind.NOISE: "noise",
    Kind.MASK: "mask",
    Kind.LOSS: "loss",
    Kind.ERROR: "error",
    Kind.DELTA: "delta",
    Kind.PARAMETER: "weight",
}
_OF_PHASES = {
    PhaseKind.INPUT: Kind.INPUT,
    PhaseKind.PREACTIVATION: Kind.PREACTIVATION,
    PhaseKind.NORMALIZATION: Kind.NORMALIZED,
    PhaseKind.ACTIVATION: Kind.ACTIVATION,
    PhaseKind.NOISE: Kind.NOISE,
    PhaseKind.DROPOUT: Kind.MASK,
    PhaseKind.LOSS: Kind.LOSS,
    PhaseKind.ERROR: Kind.ERROR,
    PhaseKind.DELTA: Kind.DELTA,
    PhaseKind.GRADIENT: Kind.GRADIENT,
    PhaseKind.UPDATE: Kind.UPDATED,
}


@dataclass(frozen=True)
class Writing:
    """``loss``, ``optimizer`` and ``rule`` are the project's: factors depend on them."""

    notation: Notation = NEUTRAL
    loss: str = ""
    optimizer: str = "sgd"
    rule: str = BACKPROPAGATION

    @classmethod
    def of(cls, notation: Notation, project: Project) -> Writing:
        """How a project is written in a notation."""
        return cls(notation, project.loss, project.optimizer.name, project.training.rule)

    def factor(self, kind: Kind, name: str = "") -> float:
        """What the engine's number is multiplied by to be shown."""
        return self.notation.factor(
            kind, loss=self.loss, optimizer=self.optimizer, rule=self.rule, name=name
        )

    def shown(self, kind: Kind, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The engine's numbers as they are shown; the same array where nothing differs."""
        factor = self.factor(kind)
        # Else a minus would stand before zeros.
        return values if factor == 1.0 else np.asarray(values * factor + 0.0)

    def letter(self, kind: Kind, layer: int, spec: NetworkSpec) -> str:
        """The bare letter of a layer's numbers: "δ"."""
        letter = plain_text(self.notation.letter(_KEYS[kind], layer, spec))
        return unicodedata.normalize("NFC", letter)

    def bias_letter(self, layer: int, spec: NetworkSpec) -> str:
        """The bare letter of a bias; that of the weights where a bias is one of them."""
        key = "weight" if self.notation.bias_as_node else "bias"
        return plain_text(self.notation.letter(key, layer, spec)) + "₀" * (key == "weight")

    def gradient_word(self, layer: int, spec: NetworkSpec) -> str:
        """What the gradient is called: "gradient", or "ΔW" where that is what is added."""
        sign = self.brief_gradient(layer, spec)
        return "gradient" if sign.startswith("∇") else sign.rstrip(_RAISED_DIGITS)

    def of_quantity(self, quantity: Quantity, spec: NetworkSpec) -> str:
        """A quantity's sign in text: "δ₇⁽³⁾"."""
        return plain_text(self.notation.of(quantity, spec))

    def brief(self, kind: Kind, layer: int, spec: NetworkSpec) -> str:
        """The sign of a layer's numbers, as short as it goes: "δ³", "E"."""
        if kind is Kind.OUTPUT:
            letter = plain_text(self.notation.letter("activation", layer, spec))
            letter = unicodedata.normalize("NFC", f"{letter[:1]}\N{COMBINING TILDE}{letter[1:]}")
        else:
            letter = self.letter(kind, layer, spec)
        if kind in (Kind.INPUT, Kind.LOSS):
            return letter
        return f"{letter}{str(layer).translate(_RAISED)}"

    def brief_gradient(self, layer: int, spec: NetworkSpec) -> str:
        """The sign of a layer's gradient: "∇³", or "ΔW³" where that is what is added."""
        raised = str(layer).translate(_RAISED)
        letter = self.notation.letter("gradient")
        if "\\partial" in letter:
            return f"∇{raised}"
        return plain_text(letter.replace("@w", self._matrix(layer, spec))) + raised

    def _matrix(self, layer: int, spec: NetworkSpec) -> str:
        letter = self.notation.letter("weight", layer, spec)
        return letter[0].upper() + letter[1:]

    def of_phase(self, phase: Phase, spec: NetworkSpec) -> str:
        """The short sign of what a phase computes: "z²", "δ³", "E"."""
        if phase.kind is PhaseKind.GRADIENT:
            return self.brief_gradient(phase.layer, spec)
        if phase.kind is PhaseKind.UPDATE:
            raised = str(phase.layer).translate(_RAISED)
            return plain_text(self._matrix(phase.layer, spec)) + raised
        return self.brief(_OF_PHASES[phase.kind], phase.layer, spec)
