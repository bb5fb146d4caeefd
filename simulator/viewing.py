"""The evaluation a viewer watches while training goes on."""

from __future__ import annotations

import math
import time

from simulator.arrays import Array
from simulator.evaluation import Evaluation, Evaluator
from simulator.network import Network
from simulator.project import Project

EVALUATE_EVERY = 0.5
"""Seconds between two evaluations for a viewer while training runs."""


class WatchedPart:
    """Evaluates the part of the data a viewer has asked for, no more often than needed."""

    def __init__(self) -> None:
        self._part: str | None = None
        self._project: Project | None = None
        self.forget()

    def choose(self, part: str | None) -> None:
        """The part to evaluate from now on; None for none."""
        self._part = part
        self.forget()

    def forget(self) -> None:
        """The project is another one, or another moment of it."""
        self._evaluation: Evaluation | None = None
        self._evaluator: Evaluator | None = None
        self._evaluated_at = -math.inf
        self._moment: object = None

    def evaluate(
        self, project: Project, theta: Array, moving: Array, moment: object, running: bool
    ) -> Evaluation | None:
        """The evaluation to show with these parameters.

        ``moment`` is equal for equal parameters.  While ``running`` it may be half a second old.
        """
        if self._part is None:
            return None
        if project is not self._project:
            self.forget()
            self._project = project
        recent = time.monotonic() - self._evaluated_at < EVALUATE_EVERY
        if moment == self._moment or (running and recent):
            return self._evaluation
        self._moment = moment
        if self._evaluator is None:
            network = Network(project.network, precision=project.training.precision)
            self._evaluator = Evaluator(project, network)
        self._evaluator.use(theta, moving)
        self._evaluation = self._evaluator.evaluate(self._part)
        self._evaluated_at = time.monotonic()
        return self._evaluation
