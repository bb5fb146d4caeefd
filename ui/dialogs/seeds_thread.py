"""The thread that runs a project with several seeds, given up when asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal

from simulator.comparison import run_seeds
from simulator.project import Project
from ui.dialogs.job_thread import JobThread


class SeedsThread(JobThread):
    """Trains a project, a value nobody changes, once with each seed.

    ``progress`` is the place of the seed at work, from 0, and its completed epochs.

    Signals
    -------
    run_done(KeptRun) : a run is complete.
    """

    run_done = Signal(object)

    def begin(self, project: Project, seeds: Sequence[int]) -> None:
        """Start; the last runs must have ended."""
        job = partial(run_seeds, project, tuple(seeds), self.run_done.emit, self._goes_on)
        self._start(job, 0, 0)
