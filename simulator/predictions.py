"""Guessing a number before it is shown: which there are to guess, when a guess is right, a score.

Values are in the notation's own sign and scale, as they stand on screen.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from simulator.quantity import Kind
from simulator.trace import Phase, PhaseKind

GUESSED = {
    PhaseKind.PREACTIVATION: Kind.PREACTIVATION,
    PhaseKind.NORMALIZATION: Kind.NORMALIZED,
    PhaseKind.ACTIVATION: Kind.ACTIVATION,
    PhaseKind.LOSS: Kind.SAMPLE_LOSS,
    PhaseKind.ERROR: Kind.ERROR,
    PhaseKind.DELTA: Kind.DELTA,
    PhaseKind.GRADIENT: Kind.GRADIENT,
    PhaseKind.UPDATE: Kind.UPDATED,
}
"""What a phase's value is to be guessed; inputs are given, noise and masks drawn at random."""

KINDS = tuple(GUESSED.values())
KIND_NAMES = {
    Kind.PREACTIVATION: "Pre-activations",
    Kind.NORMALIZED: "Batch normalization",
    Kind.ACTIVATION: "Activations",
    Kind.SAMPLE_LOSS: "Loss",
    Kind.ERROR: "Errors",
    Kind.DELTA: "Deltas",
    Kind.GRADIENT: "Gradients",
    Kind.UPDATED: "Updates",
}


def is_guessed(phase: Phase, kinds: Collection[Kind] = KINDS) -> bool:
    """Whether a phase's value is asked for, when numbers of ``kinds`` are."""
    return GUESSED.get(phase.kind) in kinds


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How near a guess must come; it is right if it meets one of these, 0 for none.

    Attributes
    ----------
    name : as it stands in menus.
    digits : both round to the same number of so many significant digits.
    relative : within this share of the value.
    absolute : within this of the value; beside another measure only where that is at most a
        tenth of the value, so that 0 is no guess at 0.004.
    """

    name: str
    digits: int = 0
    relative: float = 0.0
    absolute: float = 0.0

    def accepts(self, guess: float, value: float) -> bool:
        """Whether ``guess`` is near enough to ``value``; never where either is not finite."""
        if not (math.isfinite(guess) and math.isfinite(value)):
            return False
        # What is computed in floating point may miss the border by a hair.
        away = abs(guess - value) * (1.0 - 1e-9)
        if away <= 1e-12 * max(1.0, abs(value)) or away <= self.relative * abs(value):
            return True
        if self.digits and f"{guess:.{self.digits - 1}e}" == f"{value:.{self.digits - 1}e}":
            return True
        alone = not (self.digits or self.relative)
        loose = alone or value == 0.0 or self.absolute <= 0.1 * abs(value)
        return loose and away <= self.absolute


TOLERANCES = (
    Tolerance("2 digits, 1 % or 0.01", 2, 0.01, 0.01),
    Tolerance("3 digits", 3),
    Tolerance("Within 5 %", 0, 0.05),
    Tolerance("Within 0.1", 0, 0.0, 0.1),
    Tolerance("Within 0.01", 0, 0.0, 0.01),
    Tolerance("Within 0.001", 0, 0.0, 0.001),
)
"""The first is the default."""


class Outcome(StrEnum):
    """How a question ended."""

    RIGHT = "right"
    WRONG = "wrong"
    REVEALED = "revealed"


@dataclass
class Score:
    """How many questions of each kind ended how; each question counts once."""

    counts: dict[Kind, dict[Outcome, int]] = field(default_factory=dict)
    _seen: set[object] = field(default_factory=set)

    def add(self, kind: Kind, outcome: Outcome, question: object = None) -> bool:
        """Count one; False where this question (anything hashable) was counted before."""
        if question is not None:
            if question in self._seen:
                return False
            self._seen.add(question)
        own = self.counts.setdefault(kind, dict.fromkeys(Outcome, 0))
        own[outcome] += 1
        return True

    def reset(self) -> None:
        """Start again; questions answered before count again."""
        self.counts.clear()
        self._seen.clear()

    def rows(self) -> list[tuple[Kind, int, int, int]]:
        """(kind, right, wrong, revealed) of the kinds that came up, as in an iteration."""
        return [
            (kind, own[Outcome.RIGHT], own[Outcome.WRONG], own[Outcome.REVEALED])
            for kind in KINDS
            if (own := self.counts.get(kind)) is not None
        ]

    @property
    def total(self) -> tuple[int, int, int]:
        """Right, wrong and revealed of all kinds."""
        rows = self.rows()
        return sum(r[1] for r in rows), sum(r[2] for r in rows), sum(r[3] for r in rows)

    def csv(self) -> str:
        """The table, with a line of totals."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("kind", *Outcome))
        writer.writerows((KIND_NAMES[kind], *numbers) for kind, *numbers in self.rows())
        writer.writerow(("Total", *self.total))
        return text.getvalue()
