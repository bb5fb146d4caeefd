"""The thread that works out dropout's ensemble: thousands of passes must not stop the window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QThread, Signal

from simulator.ensemble import Ensemble, dropout_ensemble
from simulator.network import Network
from simulator.project import Project
from simulator.snapshot import Snapshot

BATCH_NORMALIZATION = (
    "With batch normalization a network answers for a whole mini-batch, so the networks that "
    "dropout makes have no answer to one input."
)


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
        ValueError : one sentence, where there is no ensemble, or too large a one.
        """
        spec = self.project.network
        if any(layer.batch_normalization is not None for layer in spec.layers):
            raise ValueError(BATCH_NORMALIZATION)
        network = Network(spec, precision=self.project.training.precision)
        network.theta[...] = self.theta
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return dropout_ensemble(self.project, network, self.x)


class EnsembleThread(QThread):
    """Answers one question at a time.

    Signals
    -------
    answered(Question, Ensemble) : the networks and what they say.
    refused(str) : there is nothing to list; a sentence.
    """

    answered = Signal(object, object)
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._question: Question | None = None

    def begin(self, question: Question) -> None:
        """Answer this one; the last one must be answered."""
        self._question = question
        self.start()

    def run(self) -> None:
        """One answer, in the thread; an error nobody expects is the reporter's."""
        assert self._question is not None
        try:
            found = self._question.answer()
        except ValueError as problem:
            self.refused.emit(str(problem))
            return
        self.answered.emit(self._question, found)
