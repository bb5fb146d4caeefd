"""The thread that cross-validates: one run at a time, given up when asked."""

from __future__ import annotations

from PySide6.QtCore import QObject, QThread, Signal

from simulator.crossvalidation import cross_validate
from simulator.divergence import DivergenceError
from simulator.evaluation import Evaluation
from simulator.project import Project, ProjectError


class FoldThread(QThread):
    """Cross-validates a project, a value nobody changes.

    Signals
    -------
    fold_done(int, Evaluation) : a fold is complete, counted from 1.
    completed(CrossValidation) : all folds are.
    refused(str) : it could not be done; a sentence.
    """

    fold_done = Signal(int, object)
    completed = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project: Project | None = None
        self._folds = 0
        self._cancelled = False
        self.progress = (1, 0)
        """The fold at work, counted from 1, and its completed epochs; read it when drawing."""

    @property
    def cancelled(self) -> bool:
        """Whether the run has been given up."""
        return self._cancelled

    def begin(self, project: Project, folds: int) -> None:
        """Start a run; the last one must have ended."""
        self._project, self._folds = project, folds
        self._cancelled = False
        self.progress = (1, 0)
        self.start()

    def cancel(self) -> None:
        """Give the run up soon; returns at once."""
        self._cancelled = True

    def shut_down(self) -> bool:
        """Give the run up and wait until the thread has ended."""
        self.cancel()
        return self.wait()

    def run(self) -> None:
        """One run, in the thread; an error nobody expects is the reporter's."""
        assert self._project is not None
        try:
            found = cross_validate(self._project, self._folds, self._report, self._goes_on)
        except (ProjectError, DivergenceError) as problem:
            self.refused.emit(str(problem))
            return
        if len(found.folds) == self._folds:
            self.completed.emit(found)

    def _report(self, fold: int, evaluation: Evaluation) -> None:
        self.fold_done.emit(fold, evaluation)

    def _goes_on(self, fold: int, epoch: int) -> bool:
        self.progress = (fold, epoch)
        return not self._cancelled
