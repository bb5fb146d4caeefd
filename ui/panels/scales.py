"""Limits of colour scales and axes that change rarely, so that pictures don't flicker."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

STEPS = (1.0, 2.0, 5.0)
COLOUR_STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
"""Finer than 1-2-5, which would leave colours washed out at up to 2.5 times what is shown."""
FINE_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
_SMALLEST, _LARGEST = 1e-300, 1e300
_SHRINK_SLACK = 1.3
_DECAY = 0.99


def round_up(value: float, steps: Sequence[float] = STEPS) -> float:
    """The next of ``steps`` times a power of ten, at or above a positive value."""
    value = min(max(value, _SMALLEST), _LARGEST)
    power = 10.0 ** math.floor(math.log10(value))
    for step in (*steps, 10.0):
        if value <= step * power * (1.0 + 1e-12):
            return float(f"{step * power:.6g}")
    return float(f"{100.0 * power:.6g}")


def largest_of(values: NDArray[np.float64]) -> float:
    """Largest finite magnitude, 0 if there is none."""
    if values.size == 0:
        return 0.0
    largest = float(max(-values.min(), values.max()))
    if math.isfinite(largest):
        return largest
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size else 0.0


class Scale:
    """The limit of one colour scale.

    It grows as soon as it must, and shrinks only when the values have become much smaller; while
    training runs (``steady``) it also remembers the largest values of the last seconds.
    """

    def __init__(self) -> None:
        self.limit = 1.0
        self._peak = 0.0
        self._fitted = False

    def fit(self, largest: float, steady: bool = False) -> float:
        """Adapt to the largest magnitude now on show and return the limit."""
        self._peak = max(largest, self._peak * _DECAY) if steady else largest
        if self._peak <= 0.0 or not math.isfinite(self._peak):
            return self.limit
        wanted = round_up(self._peak, COLOUR_STEPS)
        shrunk = round_up(_SHRINK_SLACK * self._peak, COLOUR_STEPS) < self.limit
        if wanted > self.limit or shrunk or not self._fitted:
            self.limit, self._fitted = wanted, True
        return self.limit
