"""The curves of a run: one point an epoch, in bounded memory."""

from __future__ import annotations

import numpy as np

from simulator.snapshot import HistoryView

CAPACITY = 65_536
"""Points kept at most; when full, every second one is dropped and recording goes on at half."""


class History:
    """Loss and accuracy after each recorded epoch."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all points."""
        self._size = 0
        self._stride = 1
        self._epoch = np.zeros(1024, dtype=np.int64)
        self._loss = np.zeros(1024)
        self._accuracy = np.zeros(1024)
        self._view: HistoryView | None = None

    def wants(self, epoch: int) -> bool:
        """Whether this epoch is one of those that are recorded."""
        return epoch % self._stride == 0

    def append(self, epoch: int, loss: float, accuracy: float) -> None:
        """Record one epoch; ``accuracy`` is NaN where there is none."""
        if self._size == len(self._epoch):
            self._make_room()
            if not self.wants(epoch):
                return
        self._epoch[self._size] = epoch
        self._loss[self._size] = loss
        self._accuracy[self._size] = accuracy
        self._size += 1
        self._view = None

    def forget_after(self, epoch: int) -> None:
        """Drop what was recorded behind ``epoch``: training has gone back there."""
        self._size = int(np.searchsorted(self._epoch[: self._size], epoch, side="right"))
        self._view = None

    def _make_room(self) -> None:
        if self._size < CAPACITY:
            self._epoch = np.resize(self._epoch, 2 * self._size)
            self._loss = np.resize(self._loss, 2 * self._size)
            self._accuracy = np.resize(self._accuracy, 2 * self._size)
            return
        self._stride *= 2
        kept = self._epoch[: self._size] % self._stride == 0
        self._size = int(kept.sum())
        for column in (self._epoch, self._loss, self._accuracy):
            column[: self._size] = column[: len(kept)][kept]

    def view(self) -> HistoryView:
        """A read-only copy, the same object until the next point."""
        if self._view is None:
            self._view = HistoryView(
                epoch=self._epoch[: self._size].copy(),
                loss=self._loss[: self._size].copy(),
                accuracy=self._accuracy[: self._size].copy(),
            )
            for column in (self._view.epoch, self._view.loss, self._view.accuracy):
                column.flags.writeable = False
        return self._view
