"""The thread that cross-validates: one run at a time, given up when asked."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal

from simulator.crossvalidation import cross_validate
from simulator.divergence import DivergenceError
from simulator.project import Project, ProjectError
from ui.dialogs.job_thread import JobThread


class FoldThread(JobThread):
    """Cross-validates a project, a value nobody changes.

    ``progress`` is the fold at work, counted from 1, and its completed epochs.

    Signals
    -------
    fold_done(int, Evaluation) : a fold is complete, counted from 1.
    completed(CrossValidation) : all folds are.
    """

    fold_done = Signal(int, object)
    completed = Signal(object)

    refusals = (ProjectError, DivergenceError)

    def begin(self, project: Project, folds: int) -> None:
        """Start a run; the last one must have ended."""
        self._start(partial(self._validate, project, folds), 1, 0)

    def _validate(self, project: Project, folds: int) -> None:
        found = cross_validate(project, folds, self.fold_done.emit, self._goes_on)
        if len(found.folds) == folds:
            self.completed.emit(found)
