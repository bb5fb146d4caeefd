"""What every contender can do, and how its speed is taken."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod

CALIBRATION = 0.1  # s


class Contender(ABC):
    """Someone who does a piece of work over and over.

    ``unit``: the updates it makes are a multiple of this.
    """

    name: str
    unit: int = 1

    @abstractmethod
    def reset(self) -> None:
        """Go back to the start weights."""

    @abstractmethod
    def run(self, updates: int) -> None:
        """Make so many updates."""

    def loss(self) -> float | None:
        """Mean loss over all the data; None for one that trains nothing."""
        return None

    def time(self, updates: int) -> float:
        """Seconds that so many updates take."""
        start = time.perf_counter()
        self.run(updates)
        return time.perf_counter() - start


class Measured:
    """A contender and its rates, updates/s, one a round.

    Every round starts from the start weights and does what it does in one call, of as many updates
    as should take the time given; so what a call costs is spread over all of them, and each round
    trains the same thing.
    """

    def __init__(self, contender: Contender) -> None:
        self.contender = contender
        self.rates: list[float] = []
        contender.reset()
        self._start = contender.loss()
        updates, took = contender.unit, contender.time(contender.unit)
        while took < CALIBRATION:
            updates *= 2
            took = contender.time(updates)
        self._rate = updates / took

    def measure(self, seconds: float) -> None:
        """One round."""
        contender = self.contender
        updates = self._whole(self._rate * seconds)
        contender.reset()
        contender.run(self._whole(updates / 20))  # caches and the like
        self.rates.append(updates / contender.time(updates))
        self._check()

    def _whole(self, updates: float) -> int:
        unit = self.contender.unit
        return max(1, round(updates / unit)) * unit

    def _check(self) -> None:
        loss = self.contender.loss()
        if loss is None or self._start is None:
            return
        if not (math.isfinite(loss) and loss < self._start):
            raise AssertionError(
                f"{self.contender.name} did not train: loss {self._start} became {loss}"
            )
