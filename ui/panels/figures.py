"""What the loss panel can draw of a history, and how the numbers are written."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.snapshot import HistoryView
from ui.panels.text import MINUS, magnitude

Array = NDArray[np.float64]

CROSS_ENTROPIES = ("categorical_crossentropy", "binary_crossentropy")
"""Losses that are an amount of information: nats, or bits after division by ln 2."""
BITS = 1.0 / math.log(2.0)


@dataclass(frozen=True)
class Quantity:
    """One thing that is measured of each epoch.

    Attributes
    ----------
    name : what it is called, and its axis.
    training, validation : the figures of :data:`simulator.snapshot.FIGURES`; the second may be "".
    token : the colour.
    logarithmic : whether powers of ten at equal distances make sense.
    """

    name: str
    training: str
    validation: str = ""
    token: str = "accent"
    logarithmic: bool = False

    @property
    def figures(self) -> tuple[str, ...]:
        """Its figures: training, then validation if it has that."""
        return (self.training, self.validation) if self.validation else (self.training,)

    @property
    def factor(self) -> float:
        """From what is recorded to what is shown."""
        return 100.0 if self is ACCURACY else 1.0

    def text(self, value: float) -> str:
        """A value as it is shown, in words of the user."""
        if self is ACCURACY:
            return f"{value:.0f} %"
        if self is MISTAKES:
            return f"{value:,.0f}"
        if self is R2:
            return f"{value:.3f}".replace("-", MINUS)
        return f"{value:g}" if self is RATE else magnitude(value)


LOSS = Quantity("loss", "loss", "val_loss", logarithmic=True)
ACCURACY = Quantity("accuracy", "accuracy", "val_accuracy", "activation")
R2 = Quantity("R²", "r2", "val_r2", "activation")
RATE = Quantity("learning rate", "learning_rate", logarithmic=True)
MISTAKES = Quantity("mistakes", "mistakes")
PENALTY = Quantity("penalty", "penalty", logarithmic=True)


@dataclass(frozen=True)
class Chart:
    """What is drawn at once: a quantity on the left axis, and perhaps one on the right."""

    left: Quantity
    right: Quantity | None = None

    @property
    def name(self) -> str:
        """What the chart is called in the chooser."""
        return self.left.name[0].upper() + self.left.name[1:]

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Those of both axes."""
        return (self.left,) if self.right is None else (self.left, self.right)


def charts(history: HistoryView | None) -> list[Chart]:
    """The charts there is something to draw for; the loss always."""
    if history is None:
        return [Chart(LOSS)]
    right = next((own for own in (ACCURACY, R2) if _measured(history, own)), None)
    rest = (right, RATE, MISTAKES, PENALTY)
    return [
        Chart(LOSS, right),
        *(Chart(own) for own in rest if own is not None and _measured(history, own)),
    ]


def _measured(history: HistoryView, quantity: Quantity) -> bool:
    return any(bool(np.isfinite(history[name]).any()) for name in quantity.figures)


def series(history: HistoryView, figure: str, factor: float) -> tuple[Array, Array]:
    """Epochs and values of a figure, of those epochs in which it was measured.

    What was not measured is left out, so that a curve joins its neighbours; infinite values stay
    as gaps.
    """
    epoch, values = history.epoch.astype(np.float64), history[figure]
    missing = np.isnan(values)
    if missing.any():
        epoch, values = epoch[~missing], values[~missing]
    with np.errstate(over="ignore"):
        return epoch, finite(values * factor)


def finite(values: Array) -> Array:
    """Infinite values as missing ones; a curve cannot go there."""
    return values if np.isfinite(values).all() else np.where(np.isfinite(values), values, np.nan)
