"""A moment of training that can be gone back to, to the bit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.arrays import Array
from simulator.callbacks import CallbackSpec

Memory = tuple[CallbackSpec | None, Mapping[str, Any]]
"""A callback's spec (None for one of the user's own) and what it remembered."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Everything that training from here on depends on, besides the project.

    Masks, noise and the order of the samples are functions of the counters, so they need not be
    kept.  No array in it is ever written to: states share those that are the same.

    Attributes
    ----------
    theta, moving, slots : of the network and of the optimizer.
    updates : made with this optimizer, and with this schedule.
    rate : the learning rate that schedules start from, the factor on it, and that of the last
        update.
    given_rate : the rate the project asked for when it last asked for another one.
    epoch, iteration : completed.
    position, epoch_loss, mistakes : samples of the epoch already visited, the sum of their losses,
        and how many were corrected.
    last_epoch, stop_reason, loss_limit : as in :class:`~simulator.trainer.Trainer`.
    epoch_start : the parameters at the start of the epoch.
    callbacks : what each one remembers.
    cut : the weights that removed links had when they were cut, NaN for none; None for none at all.
    """

    theta: Array
    moving: Array
    slots: Mapping[str, Array]
    updates: tuple[int, int]
    rate: tuple[float, float, float]
    given_rate: float
    epoch: int
    iteration: int
    position: int
    epoch_loss: float
    mistakes: int
    last_epoch: int
    stop_reason: str
    loss_limit: float
    epoch_start: Array
    callbacks: tuple[Memory, ...] = ()
    cut: Array | None = None

    def arrays(self) -> Iterator[Array]:
        """All arrays in it; the same one may come more than once."""
        yield from (self.theta, self.moving, self.epoch_start, *self.slots.values())
        if self.cut is not None:
            yield self.cut
        for _, memory in self.callbacks:
            for value in memory.values():
                parts = value if isinstance(value, tuple) else (value,)
                yield from (part for part in parts if isinstance(part, np.ndarray))
