"""The same project and seed give the same bytes, however the run is cut and whoever watches."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import everything, with_training

from simulator.project import Project
from simulator.runner import Runner
from simulator.trainer import Trainer

PRECISIONS = ("float64", "float32")
CALLBACKS = [
    {"name": "reduce_lr_on_plateau", "patience": 1, "factor": 0.5},
    {"name": "learning_rate_scheduler", "rates": [[2, 0.02], [5, 0.005]]},
    {"name": "early_stopping", "monitor": "val_loss", "patience": 2},
]


def state(trainer: Trainer) -> tuple[bytes, ...]:
    """Everything a run leaves behind, to the bit."""
    history = trainer.history.view()
    return (
        trainer.network.theta.tobytes(),
        trainer.network.moving.tobytes(),
        history.epoch.tobytes(),
        history.figures.tobytes(),
        f"{trainer.epoch} {trainer.iteration} {trainer.stop_reason}".encode(),
    )


def whole(project: Project) -> tuple[bytes, ...]:
    """The state after one call that runs all there is."""
    trainer = Trainer(project)
    trainer.run_iterations(10**6)
    assert trainer.finished
    return state(trainer)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_everything_is_on_in_the_project_with_everything(precision: str) -> None:
    """What the tests below compare is not the same because nothing happens."""
    project = everything(precision=precision)
    trainer = Trainer(project)
    assert trainer.network.theta.dtype == precision
    start = trainer.network.theta.copy()
    traces = [trainer.trace_iteration() for _ in range(5)]
    assert (trainer.network.theta != start).any()
    for trace in traces:
        assert trace.theta_after.dtype == trace.gradient.dtype == precision
        assert (trace.input_mask == 0.0).any() or (traces[0].input_mask == 0.0).any()
        assert np.abs(trace.input_noise).max() > 0.0
        assert trace.normalized[1] is not None and trace.noise[0] is not None
        assert trace.penalty > 0.0
    assert len({trace.learning_rate for trace in traces}) > 2
    assert len(project.prepared.validation) == 5
    assert len({trace.x.tobytes() for trace in traces}) == 5


CUTS = st.lists(
    st.tuples(st.sampled_from(["iterations", "epochs", "trace", "look"]), st.integers(0, 7)),
    max_size=12,
)


@settings(max_examples=20)
@given(cuts=CUTS, precision=st.sampled_from(PRECISIONS), steered=st.booleans())
def test_a_run_cut_in_any_pieces(
    cuts: list[tuple[str, int]], precision: str, steered: bool
) -> None:
    project = everything(precision=precision, callbacks=CALLBACKS if steered else [])
    trainer = Trainer(project)
    ways: dict[str, Callable[[int], object]] = {
        "iterations": trainer.run_iterations,
        "epochs": lambda count: trainer.run_epochs(max(1, count // 3)),
        "trace": lambda count: [
            trainer.trace_iteration() for _ in range(count) if not trainer.finished
        ],
        "look": lambda count: look(trainer),
    }
    for way, count in cuts:
        ways[way](count)
    trainer.run_iterations(10**6)
    assert state(trainer) == whole(project)


def look(trainer: Trainer) -> None:
    """Everything that only watches."""
    for part in ("training", "validation", "test"):
        trainer.evaluate(part)
    trainer.probe(np.linspace(-3.0, 3.0, 9), trainer.network.theta * 2.0)
    trainer.history.view()
    trainer.parameters()


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("callbacks", [[], CALLBACKS])
def test_a_stepped_run_with_a_probe(precision: str, callbacks: list[object]) -> None:
    project = everything(precision=precision, callbacks=callbacks)
    runner = Runner(project)
    runner.set_probe(np.ones(9))
    step = 0
    while not runner.trainer.finished:
        step += 1
        (runner.step_phase, runner.step_phase, runner.step_iteration)[step % 3]()
        runner.snapshot()
        if step % 5 == 0:
            runner.step_back()
            runner.step_back()
            runner.snapshot()
    assert state(runner.trainer) == whole(project)


@pytest.mark.parametrize("slice_", [1, 3, 64])
def test_a_run_in_the_slices_of_the_window(slice_: int) -> None:
    project = everything(callbacks=CALLBACKS)
    runner = Runner(project)
    runner.run()
    while runner.running:
        runner.advance(slice_)
        runner.snapshot()
    assert state(runner.trainer) == whole(project)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nadam", "adadelta"])
def test_two_runs_and_a_reset_are_the_same(optimizer: str) -> None:
    project = everything(optimizer)
    runner = Runner(project)
    runner.trainer.run_iterations(7)
    runner.reset()
    runner.trainer.run_iterations(10**6)
    assert state(runner.trainer) == whole(project) == whole(copy.deepcopy(project))


def test_a_copy_read_anew_is_the_same() -> None:
    """Nothing hangs on the object: the same values from another reading train alike."""
    assert whole(everything()) == whole(everything())


def test_another_seed_is_another_run_of_the_same_samples() -> None:
    one, other = everything(), everything(seed=4)
    np.testing.assert_array_equal(one.prepared.validation.rows, other.prepared.validation.rows)
    assert whole(one)[0] != whole(other)[0]


def test_training_longer_does_not_change_what_came_before() -> None:
    short, long = Trainer(everything(epochs=3)), Trainer(everything(epochs=6))
    short.run_epochs(9)
    long.run_epochs(3)
    assert state(short) == state(long)
    short.extend(3)
    short.run_epochs(9)
    long.run_epochs(9)
    assert state(short) == state(long)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_change_that_changes_nothing_goes_on_as_if_nothing_were(precision: str) -> None:
    """In the middle of an epoch and at its end; Adam's memory and the schedule go on."""
    project = everything(precision=precision)
    trainer = Trainer(project)
    for count in (2, 3, 5, 4):
        trainer.run_iterations(count)
        trainer.change(with_training(trainer.project))
    trainer.run_iterations(10**6)
    assert state(trainer) == whole(project)
