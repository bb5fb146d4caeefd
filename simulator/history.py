"""The curves of a run: one point an epoch, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulator.snapshot import FIGURES, HistoryView

CAPACITY = 65_536
"""Points kept at most; when full, every second one is dropped and recording goes on at half."""
_ROWS = {name: row for row, name in enumerate(FIGURES)}


class History:
    """The figures (:data:`~simulator.snapshot.FIGURES`) of each recorded epoch."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all points."""
        self._size = 0
        self._stride = 1
        self._epoch = np.zeros(1024, dtype=np.int64)
        self._figures = np.full((len(FIGURES), 1024), np.nan)
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
        while len(history._epoch) < len(view.epoch):
            history._enlarge()
        history._size = len(view.epoch)
        history._epoch[: history._size] = view.epoch
        history._figures[:, : history._size] = view.figures
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
        self._size = int(np.searchsorted(self._epoch[: self._size], epoch, side="right"))
        self._figures[:, self._size :] = np.nan
        self._view = None

    def copy_up_to(self, epoch: int) -> History:
        """The curves to the end of ``epoch``, to be gone on with by themselves."""
        copy = History()
        copy._stride = self._stride
        copy._epoch, copy._figures = self._epoch.copy(), self._figures.copy()
        copy._size = self._size
        copy.forget_after(epoch)
        return copy

    def _make_room(self) -> None:
        if self._size < CAPACITY:
            self._enlarge()
            return
        self._stride *= 2
        kept = self._epoch % self._stride == 0
        self._size = int(kept.sum())
        self._epoch[: self._size] = self._epoch[kept]
        self._figures[:, : self._size] = self._figures[:, kept]
        self._figures[:, self._size :] = np.nan

    def _enlarge(self) -> None:
        self._epoch = np.concatenate([self._epoch, np.zeros_like(self._epoch)])
        self._figures = np.hstack([self._figures, np.full_like(self._figures, np.nan)])

    def view(self) -> HistoryView:
        """A read-only copy, the same object until the next point."""
        if self._view is None:
            figures = self._figures[:, : self._size].copy()
            figures.flags.writeable = False
            epoch = self._epoch[: self._size].copy()
            epoch.flags.writeable = False
            self._view = HistoryView(epoch, figures)
        return self._view
