"""The thread that works out dropout's ensemble: thousands of passes must not stop the window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal

from simulator.ensemble import Ensemble, dropout_ensemble
from simulator.network import Network
from simulator.project import Project
from simulator.snapshot import Snapshot
from ui.dialogs.job_thread import JobThread


@dataclass(frozen=True, eq=False)
class Question:
    """Whose ensemble is wanted: the parameters, and the input as the network receives it.

    ``theta`` (parameter_count,); ``x`` (n_in,), scaled; ``drawn`` says that it is the drawing.
    """

    project: Project
    theta: NDArray[np.float64]
    x: NDArray[np.float64]
    drawn: bool

    @classmethod
    def of(cls, project: Project, snapshot: Snapshot) -> Question:
        """The drawing's, or without one that of the first training sample."""
        probe = snapshot.probe
        x = project.prepared.training.inputs[0] if probe is None else probe.x
        return cls(project, snapshot.theta, x, probe is not None)

    def answer(self) -> Ensemble:
        """Work it out.

        Raises
        ------
        ValueError : as :func:`~simulator.ensemble.dropout_ensemble`.
        """
        network = Network(self.project.network, precision=self.project.training.precision)
        network.theta[...] = self.theta
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return dropout_ensemble(self.project, network, self.x)


class EnsembleThread(JobThread):
    """Answers one question at a time.

    Signals
    -------
    answered(Question, Ensemble) : the networks and what they say.
    """

    answered = Signal(object, object)

    refusals = (ValueError,)

    def begin(self, question: Question) -> None:
        """Answer this one; the last one must be answered."""
        self._start(partial(self._answer, question))

    def _answer(self, question: Question) -> None:
        self.answered.emit(question, question.answer())
