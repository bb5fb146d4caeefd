"""A thread that does one job at a time for a dialog, and gives it up when asked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from simulator.project import ProjectError


class JobThread(QThread):
    """Each kind of thread has a ``begin`` of its own that hands over a job, a call with no
    arguments; the job tells what it finds by the thread's signals.

    Signals
    -------
    refused(str) : it could not be done; a sentence.
    """

    refused = Signal(str)

    refusals: tuple[type[Exception], ...] = (ProjectError,)
    """The exceptions whose texts are sentences for the user; any other is the reporter's."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: Callable[[], object] | None = None
        self._cancelled = False
        self.progress: tuple[float, ...] = ()
        """How far the job has come, in its own terms; read it when drawing."""

    @property
    def cancelled(self) -> bool:
        """Whether the job has been given up."""
        return self._cancelled

    def cancel(self) -> None:
        """Give the job up soon; returns at once."""
        self._cancelled = True

    def shut_down(self) -> bool:
        """Give the job up and wait until the thread has ended."""
        self.cancel()
        return self.wait()

    def run(self) -> None:
        """One job, in the thread."""
        # The thread outlives its job: it must not hold on to the data.
        job, self._job = self._job, None
        assert job is not None
        try:
            job()
        except self.refusals as problem:
            self.refused.emit(str(problem))

    def _start(self, job: Callable[[], object], *progress: float) -> None:
        """Start a job that has come so far; the last one must have ended."""
        self._job = job
        self._cancelled = False
        self.progress = progress
        self.start()

    def _goes_on(self, *progress: float) -> bool:
        """Note how far the job has come; whether it is still wanted."""
        self.progress = progress
        return not self._cancelled
