"""k-fold cross-validation: every sample is once among those a network is tested on.

Source: Stone 1974; deck D.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.data.splits import k_fold
from simulator.evaluation import Evaluation
from simulator.project import Project, ProjectError
from simulator.trainer import Trainer


@dataclass(frozen=True)
class CrossValidation:
    """What each of k networks gave on the fold it was not trained on."""

    folds: tuple[Evaluation, ...]

    @property
    def losses(self) -> tuple[float, ...]:
        """The loss of each fold."""
        return tuple(fold.loss for fold in self.folds)

    @property
    def scores(self) -> tuple[float, ...]:
        """The accuracy of each fold, or R² where the targets name no classes."""
        return tuple(fold.r2 if math.isnan(fold.accuracy) else fold.accuracy for fold in self.folds)

    @property
    def mean_score(self) -> float:
        """Mean of the scores."""
        return float(np.mean(self.scores))

    @property
    def score_deviation(self) -> float:
        """Standard deviation of the scores, with k - 1 in the denominator."""
        return float(np.std(self.scores, ddof=1))


def cross_validate(
    project: Project,
    folds: int,
    report: Callable[[int, Evaluation], None] | None = None,
    goes_on: Callable[[int, int], bool] | None = None,
) -> CrossValidation:
    """Train ``folds`` (>= 2) networks from the same start, each without one fold of the data.

    The project's own split is not used, but for a test part that the data bring along: it stays out
    of all folds.  Everything else is used.  ``report`` is told of each complete
    fold, counted from 1; ``goes_on`` is asked after every epoch with the fold and its completed
    epochs, and where it says no, only the complete folds are returned.

    Raises
    ------
    ProjectError : when the data cannot be cut into so many folds.
    DivergenceError : as :meth:`simulator.trainer.Trainer.run_iterations`.
    """
    training = project.training
    try:
        splits = k_fold(project.data, folds, training.split_seed, training.split.stratify)
    except ValueError as problem:
        raise ProjectError(str(problem)) from None
    found: list[Evaluation] = []
    for number, split in enumerate(splits, start=1):
        trainer = Trainer(project.with_split(split))
        while not trainer.finished:
            trainer.run_epochs(1 if goes_on is not None else training.epochs)
            if goes_on is not None and not goes_on(number, trainer.epoch):
                return CrossValidation(tuple(found))
        found.append(trainer.evaluate("validation"))
        if report is not None:
            report(number, found[-1])
    return CrossValidation(tuple(found))
