"""Kept runs: they differ by what was changed alone, and are called by it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import build, digits, layer, regression, with_rate, with_training

from simulator.comparison import (
    FULL,
    MOST_RUNS,
    NOTHING_TO_KEEP,
    KeptRun,
    describe_differences,
    keep,
    names_of,
    run_seeds,
    same_data,
)
from simulator.project import Project, ProjectError
from simulator.project.edits import change_layer
from simulator.snapshot import FIGURES, HistoryView
from simulator.trainer import Trainer


def history(epochs: int = 3) -> HistoryView:
    figures = np.full((len(FIGURES), epochs), np.nan)
    figures[0] = np.linspace(1.0, 0.5, epochs)
    return HistoryView(np.arange(1, epochs + 1), figures)


def run(project: Project, **fields: Any) -> KeptRun:
    return KeptRun(project, history(), **fields)


def changed_rate(project: Project) -> Project:
    return with_rate(project, 0.5)


def changed_activation(project: Project) -> Project:
    return change_layer(project, 1, activation="sigmoid").project


def changed_optimizer(project: Project) -> Project:
    return replace(project, optimizer=replace(project.optimizer, name="adam"))


def changed_dropout(project: Project) -> Project:
    return change_layer(project, 1, dropout_rate=0.25).project


@pytest.mark.parametrize(
    "change", [changed_rate, changed_activation, changed_optimizer, changed_dropout]
)
def test_start_weights_order_and_masks_depend_on_the_seed_alone(change: Any) -> None:
    """Else two runs would differ by more than what was changed."""
    project = digits(batch_size=2)
    one, other = Trainer(project), Trainer(change(project))
    assert one.network.theta.tobytes() == other.network.theta.tobytes()
    for _ in range(8):
        mine, theirs = one.trace_iteration(), other.trace_iteration()
        assert mine.samples.tolist() == theirs.samples.tolist()
        if mine.mask[1] is not None and theirs.mask[1] is not None:
            np.testing.assert_array_equal(mine.mask[1], theirs.mask[1])
    reseeded = Trainer(project.with_seed(project.training.seed + 1))
    assert reseeded.network.theta.tobytes() != Trainer(project).network.theta.tobytes()


def test_a_ninth_run_and_one_without_epochs_are_refused_with_a_sentence() -> None:
    runs: tuple[KeptRun, ...] = ()
    for seed in range(MOST_RUNS):
        runs = keep(runs, run(regression(seed=seed)))
    assert [own.number for own in runs] == list(range(MOST_RUNS))
    with pytest.raises(ProjectError) as refused:
        keep(runs, run(regression()))
    assert str(refused.value) == FULL
    with pytest.raises(ProjectError) as refused:
        keep((), KeptRun(regression(), history(0)))
    assert str(refused.value) == NOTHING_TO_KEEP


def test_a_removed_runs_colour_goes_to_the_next_one() -> None:
    runs = keep(keep(keep((), run(regression())), run(regression())), run(regression()))
    left = (runs[0], runs[2])
    assert [own.number for own in keep(left, run(regression()))] == [0, 2, 1]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (changed_rate, ["learning rate 0.1", "learning rate 0.5"]),
        (changed_activation, ["tanh", "sigmoid"]),
        (changed_optimizer, ["sgd", "adam"]),
        (changed_dropout, ["dropout 0", "dropout 0.25"]),
        (lambda own: own.with_seed(7), ["seed 0", "seed 7"]),
        (lambda own: with_training(own, batch_size=2), ["batch 1", "batch 2"]),
        (lambda own: changed_rate(own).with_seed(7), None),
        (lambda own: own.with_epochs(3), ["run", "run"]),
        (lambda own: replace(own, title="Another"), ["run", "other settings"]),
    ],
)
def test_runs_are_called_by_what_differs(change: Any, names: list[str] | None) -> None:
    project = regression()
    expected = names or ["learning rate 0.1, seed 0", "learning rate 0.5, seed 7"]
    assert describe_differences([project, change(project)]) == expected
    assert describe_differences([project]) == ["run"]
    assert describe_differences([]) == []


def test_the_users_name_comes_first_and_equal_names_are_numbered() -> None:
    project = regression()
    runs = [run(project), run(project), run(project.with_seed(2), label="mine")]
    assert names_of(runs) == ["seed 0 (1)", "seed 0 (2)", "mine"]
    edited = run(project.with_seed(3), edited=True)
    assert names_of([edited], project) == ["seed 3, edited in training", "seed 0"]


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0.1, 0.5])), max_size=8))
@settings(deadline=None, max_examples=40)
def test_no_two_runs_have_the_same_name(choices: list[tuple[int, float]]) -> None:
    runs = [run(with_rate(regression(), rate).with_seed(seed)) for seed, rate in choices]
    names = names_of(runs)
    assert len(set(names)) == len(names) == len(runs)


def test_the_last_value_measured_counts() -> None:
    figures = history().figures.copy()
    figures[FIGURES.index("val_loss")] = [0.7, 0.6, np.nan]
    own = KeptRun(regression(), HistoryView(np.array([1, 2, 3]), figures))
    assert own.epochs == 3
    assert own.last("loss") == 0.5
    assert own.last("val_loss") == 0.6
    assert np.isnan(own.last("accuracy"))


def test_the_same_samples_are_the_same_data() -> None:
    assert same_data(regression(), regression(batch_size=2))
    assert not same_data(regression(4), regression(5))
    assert not same_data(regression(), build([layer(1)]))


def test_seeds_give_the_runs_that_training_gives() -> None:
    project = regression(epochs=4)
    found: list[KeptRun] = []
    run_seeds(project, [3, 5], found.append)
    for own, seed in zip(found, (3, 5), strict=True):
        trainer = Trainer(project.with_seed(seed))
        trainer.run_epochs(4)
        assert own.project.training.seed == seed
        np.testing.assert_array_equal(own.history.figures, trainer.history.view().figures)


def test_seeds_can_be_given_up_between_two_epochs() -> None:
    found: list[KeptRun] = []
    asked: list[tuple[int, int]] = []

    def goes_on(place: int, epoch: int) -> bool:
        asked.append((place, epoch))
        return (place, epoch) != (1, 2)

    run_seeds(regression(epochs=3), [0, 1, 2], found.append, goes_on)
    assert asked == [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2)]
    assert [own.project.training.seed for own in found] == [0]


def test_a_run_that_diverges_says_why() -> None:
    found: list[KeptRun] = []
    run_seeds(with_rate(regression(20, epochs=500, batch_size=20), 3.0), [1, 2], found.append)
    assert [own.project.training.seed for own in found] == [1, 2]
    for own in found:
        assert own.epochs == 0
        assert "the loss grew without limit" in own.message
