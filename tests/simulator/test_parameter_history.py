"""The history of one parameter equals what a training from the start has, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from small_projects import digits, everything, with_rate
from walks import run_for

from simulator.parameter_history import (
    MOST_REPLAYED,
    ParameterHistory,
    kept_history,
    replayed_history,
)
from simulator.project import Project
from simulator.project.edits import insert_layer
from simulator.runner import Runner
from simulator.trainer import Trainer

LONG = digits(epochs=10**6)
LINK = (1, 3, 7)


def trained(iterations: int, project: Project = LONG) -> Runner:
    runner = Runner(project)
    run_for(runner, iterations)
    return runner


def check(history: ParameterHistory, link: tuple[int, int, int], project: Project = LONG) -> None:
    """Every point is what a trainer that starts anew has there."""
    trainer = Trainer(project)
    place = project.network.place_of(*link)
    for iteration, value in zip(history.iterations, history.values, strict=True):
        trainer.run_iterations(int(iteration) - trainer.iteration)
        assert trainer.iteration == iteration
        assert trainer.network.theta[place] == value


@pytest.mark.parametrize("link", [LINK, (4, 2, -1), (2, 0, 0)])
@pytest.mark.parametrize("iterations", [0, 1, 37, 1000])
def test_replayed_points_are_those_of_a_fresh_run(
    link: tuple[int, int, int], iterations: int
) -> None:
    runner = trained(iterations)
    before = runner.trainer.network.theta.copy()
    found = replayed_history(runner.timeline.record(), *link)
    assert found is not None and found.replayed
    assert len(found.iterations) == min(iterations + 1, 200)
    assert (found.start, found.end) == (0, iterations)
    assert (found.iterations[0], found.iterations[-1]) == (0, iterations)
    check(found, link)
    # The run it is about has not been touched.
    assert runner.trainer.iteration == iterations
    assert np.array_equal(runner.trainer.network.theta, before)


def test_kept_points_are_those_of_a_fresh_run() -> None:
    runner = trained(2000)
    found = kept_history(runner.timeline.record(), *LINK)
    assert not found.replayed
    assert found.iterations.tolist() == list(range(0, 2000, 64))
    check(found, LINK)


def test_a_project_with_everything_in_it() -> None:
    project = everything()
    runner = trained(120, project)
    found = replayed_history(runner.timeline.record(), 1, 0, 0)
    assert found is not None
    check(found, (1, 0, 0), project)


def test_of_many_states_so_many_are_shown() -> None:
    found = kept_history(trained(2000).timeline.record(), *LINK, most=8)
    assert 8 <= len(found.iterations) <= 10
    assert np.diff(found.iterations).max() <= 2000 / 8 + 2 * 64
    check(found, LINK)


def test_a_long_record_is_not_run_again() -> None:
    record = trained(MOST_REPLAYED + 1).timeline.record()
    assert replayed_history(record, *LINK) is None
    assert len(kept_history(record, *LINK).iterations) == 1 + MOST_REPLAYED // 64


def test_it_can_be_cancelled() -> None:
    asked: list[bool] = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > 3

    assert replayed_history(trained(300).timeline.record(), *LINK, cancelled=cancelled) is None
    assert len(asked) == 4


def test_training_on_does_not_change_a_record_that_was_taken() -> None:
    runner = trained(50)
    record = runner.timeline.record()
    run_for(runner, 50)
    found = replayed_history(record, *LINK)
    assert found is not None and found.end == 50
    check(found, LINK)


def test_an_edit_stands_between_two_points_and_both_sides_are_right() -> None:
    runner = trained(40)
    runner.change(with_rate(LONG, 0.002))
    run_for(runner, 40)
    found = replayed_history(runner.timeline.record(), *LINK)
    assert found is not None and found.edits == (40,)
    assert found.iterations.tolist() == [*range(41), *range(40, 81)]
    trainer = Trainer(LONG)
    place = LONG.network.place_of(*LINK)
    values = [trainer.network.theta[place]]
    for _ in range(40):
        trainer.run_iterations(1)
        values.append(trainer.network.theta[place])
    trainer.change(with_rate(LONG, 0.002))
    values.append(trainer.network.theta[place])
    for _ in range(40):
        trainer.run_iterations(1)
        values.append(trainer.network.theta[place])
    assert found.values.tolist() == values


def test_it_begins_where_the_network_got_its_shape() -> None:
    runner = trained(30)
    edit = insert_layer(LONG, 1)
    runner.change(edit.project, edit.origin)
    run_for(runner, 20)
    found = replayed_history(runner.timeline.record(), *LINK)
    assert found is not None
    assert (found.start, found.end) == (30, 50)
    runner.seek(10)
    earlier = replayed_history(runner.timeline.record(), *LINK)
    assert earlier is not None and (earlier.start, earlier.end) == (0, 30)
    check(earlier, LINK)


def test_the_future_of_the_present_course_belongs_to_it() -> None:
    runner = trained(100)
    runner.seek(20)
    found = kept_history(runner.timeline.record(), *LINK)
    assert found.end == 100


@pytest.mark.parametrize("link", [(5, 0, 0), (1, 20, 0), (1, 0, 25), (0, 0, 0)])
def test_a_parameter_that_is_not_there(link: tuple[int, int, int]) -> None:
    record = trained(1).timeline.record()
    with pytest.raises(IndexError):
        kept_history(record, *link)
    with pytest.raises(IndexError):
        replayed_history(record, *link)
