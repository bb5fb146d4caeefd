"""Cross-validation: each fold is what a network trained on the others says of it."""

from __future__ import annotations

import numpy as np
import pytest
from small_projects import regression, with_training

from simulator.crossvalidation import cross_validate
from simulator.data.splits import k_fold
from simulator.evaluation import Evaluation
from simulator.project import ProjectError, project_from_value
from simulator.trainer import Trainer


def test_every_sample_is_tested_once_by_a_network_that_never_saw_it() -> None:
    project = regression(11, epochs=3, scaling="standardize", batch_size=2)
    told: list[tuple[int, Evaluation]] = []
    found = cross_validate(project, 4, lambda number, fold: told.append((number, fold)))
    assert [number for number, _ in told] == [1, 2, 3, 4]
    assert [fold for _, fold in told] == list(found.folds)
    rows = np.concatenate([fold.rows for fold in found.folds])
    assert sorted(rows.tolist()) == list(range(11))
    for split, fold in zip(k_fold(project.data, 4, 0), found.folds, strict=True):
        assert fold.rows.tolist() == split.validation.tolist()
        trainer = Trainer(project.with_split(split))
        trainer.run_epochs(3)
        assert trainer.evaluate("validation").loss == fold.loss
        seen = project.data.inputs[split.training]
        scaler = trainer.project.prepared.scaler
        assert scaler is not None
        np.testing.assert_allclose(scaler.offset, seen.mean(axis=0))


def test_scores_and_their_spread() -> None:
    value = {
        "network": {"inputs": 2, "layers": [{"units": 1, "activation": "sigmoid"}]},
        "loss": "binary_crossentropy",
        "optimizer": {"name": "adam", "learning_rate": 0.1},
        "training": {"epochs": 30, "batch_size": 8},
        "data": {"generator": "blobs", "samples": 20, "noise": 0.5},
    }
    found = cross_validate(project_from_value(value), 5)
    assert found.scores == tuple(fold.accuracy for fold in found.folds)
    assert found.mean_score == pytest.approx(sum(found.scores) / 5)
    mean = found.mean_score
    spread = (sum((score - mean) ** 2 for score in found.scores) / 4) ** 0.5
    assert found.score_deviation == pytest.approx(spread)
    assert mean > 0.9


@pytest.mark.parametrize("folds", [0, 1, 6])
def test_a_number_of_folds_that_cannot_be(folds: int) -> None:
    with pytest.raises(ProjectError, match="fold"):
        cross_validate(with_training(regression(5), epochs=1), folds)


def test_it_can_be_given_up_between_epochs() -> None:
    asked: list[tuple[int, int]] = []

    def goes_on(fold: int, epoch: int) -> bool:
        asked.append((fold, epoch))
        return (fold, epoch) != (2, 1)

    found = cross_validate(regression(6, epochs=2), 3, goes_on=goes_on)
    assert asked == [(1, 1), (1, 2), (2, 1)]
    assert len(found.folds) == 1
