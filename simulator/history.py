"""The curves of a run: one point an epoch, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.snapshot import FIGURES, HistoryView

CAPACITY = 65_536
"""Points kept at most; when full, every second one is dropped and recording goes on at half."""
LEAST_ROOM = 1024
_ROWS = {name: row for row, name in enumerate(FIGURES)}


class History:
    """The figures (:data:`~simulator.snapshot.FIGURES`) of each recorded epoch.

    Views of it are windows on its own arrays: a point that was written is never written again.
    What makes other points of them, thinning and going back, makes other arrays.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all points."""
        self._stride = 1
        self._hold(np.zeros(0, dtype=np.int64), np.zeros((len(FIGURES), 0)))

    def _hold(self, epoch: NDArray[np.int64], figures: Array, room: int = LEAST_ROOM) -> None:
        """Copy these points, the oldest first, into arrays for at least ``room`` of them."""
        size = self._size = len(epoch)
        while room < size:
            room *= 2
        self._epoch = np.zeros(room, dtype=np.int64)
        self._epoch[:size] = epoch
        self._figures = np.full((len(FIGURES), room), np.nan)
        self._figures[:, :size] = figures
        self._view: HistoryView | None = None

    @property
    def stride(self) -> int:
        """Epochs from one recorded point to the next."""
        return self._stride

    @classmethod
    def of(cls, view: HistoryView, stride: int) -> History:
        """A history that goes on behind these curves."""
        history = cls()
        history._stride = stride
        history._hold(view.epoch, view.figures)
        return history

    def wants(self, epoch: int) -> bool:
        """Whether this epoch is one of those that are recorded, and not yet recorded."""
        return epoch % self._stride == 0 and (
            self._size == 0 or epoch > int(self._epoch[self._size - 1])
        )

    def append(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Record one epoch; a figure that is not in ``logs`` becomes NaN."""
        if self._size == len(self._epoch):
            self._make_room()
            if not self.wants(epoch):
                return
        self._epoch[self._size] = epoch
        for name, value in logs.items():
            self._figures[_ROWS[name], self._size] = value
        self._size += 1
        self._view = None

    def forget_after(self, epoch: int) -> None:
        """Drop what was recorded behind ``epoch``: training has gone back there."""
        left = self.view().up_to(epoch)
        if len(left.epoch) < self._size:
            self._hold(left.epoch, left.figures)

    def copy_up_to(self, epoch: int) -> History:
        """The curves to the end of ``epoch``, to be gone on with by themselves."""
        return History.of(self.view().up_to(epoch), self._stride)

    def thin(self, most: int) -> None:
        """Drop every second point, again and again, until there are no more than ``most``."""
        if self._size <= most:
            return
        view = self.view()
        kept = np.ones(self._size, dtype=np.bool_)
        while np.count_nonzero(kept) > most:
            self._stride *= 2
            kept = view.epoch % self._stride == 0
        self._hold(view.epoch[kept], view.figures[:, kept])

    def _make_room(self) -> None:
        if self._size >= CAPACITY:
            self.thin(CAPACITY - 1)
        else:
            view = self.view()
            self._hold(view.epoch, view.figures, 2 * self._size)

    def view(self) -> HistoryView:
        """What is recorded, read-only and for good; the same object until the next point."""
        if self._view is None:
            figures = self._figures[:, : self._size]
            figures.flags.writeable = False
            epoch = self._epoch[: self._size]
            epoch.flags.writeable = False
            self._view = HistoryView(epoch, figures)
        return self._view
