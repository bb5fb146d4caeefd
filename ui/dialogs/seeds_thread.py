"""The thread that runs a project with several seeds, given up when asked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QThread, Signal

from simulator.comparison import KeptRun, run_seeds
from simulator.project import Project, ProjectError


class SeedsThread(QThread):
    """Trains a project, a value nobody changes, once with each seed.

    Signals
    -------
    run_done(KeptRun) : a run is complete.
    refused(str) : it could not be done; a sentence.
    """

    run_done = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project: Project | None = None
        self._seeds: tuple[int, ...] = ()
        self._cancelled = False
        self.progress = (0, 0)
        """The place of the seed at work, from 0, and its completed epochs; read it when drawing."""

    @property
    def cancelled(self) -> bool:
        """Whether the runs have been given up."""
        return self._cancelled

    def begin(self, project: Project, seeds: Sequence[int]) -> None:
        """Start; the last runs must have ended."""
        self._project, self._seeds = project, tuple(seeds)
        self._cancelled = False
        self.progress = (0, 0)
        self.start()

    def cancel(self) -> None:
        """Give the runs up soon; returns at once."""
        self._cancelled = True

    def shut_down(self) -> bool:
        """Give the runs up and wait until the thread has ended."""
        self.cancel()
        return self.wait()

    def run(self) -> None:
        """All runs, in the thread; an error nobody expects is the reporter's."""
        assert self._project is not None
        try:
            run_seeds(self._project, self._seeds, self._report, self._goes_on)
        except ProjectError as problem:
            self.refused.emit(str(problem))

    def _report(self, run: KeptRun) -> None:
        self.run_done.emit(run)

    def _goes_on(self, place: int, epoch: int) -> bool:
        self.progress = (place, epoch)
        return not self._cancelled
