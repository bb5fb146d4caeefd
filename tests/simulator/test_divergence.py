"""When training runs away: the first number that went wrong is named, and one step leads back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from small_projects import build, digits, layer, make, with_rate
from walks import run, state_of

from simulator.divergence import DivergenceError
from simulator.project import Project
from simulator.runner import Runner
from simulator.snapshot import RunState, Snapshot
from simulator.trace import PhaseKind
from simulator.trainer import Trainer


def diverged(project: Project) -> Runner:
    runner = Runner(project)
    runner.run()
    run(runner, 64)
    assert runner.snapshot().state is RunState.STOPPED
    return runner


def neuron(**training: object) -> Project:
    """A linear neuron at a rate that lets its loss double with every iteration."""
    own = layer(1, "linear", W=[[1]], b=[0])
    return make([[1.0], [2.0]], [[5.0], [3.0]], [own], learning_rate=0.35, batch_size=2, **training)


def failing_trace(snapshot: Snapshot) -> list[tuple[str, np.ndarray]]:
    trace = snapshot.trace
    assert trace is not None
    found: list[tuple[str, np.ndarray]] = []
    for number in range(1, trace.spec.depth + 1):
        found.append(("weights", trace.spec.weights(trace.theta_before, number)))
        found.append(("pre-activation", trace.z[number - 1]))
        found.append(("activation", trace.activation[number - 1]))
    return found


@pytest.mark.parametrize("rate", [1e155, 1e200, 1e300, 1e306])
@pytest.mark.parametrize("activation", ["linear", "relu", "tanh"])
def test_the_first_number_that_is_not_finite_is_named(rate: float, activation: str) -> None:
    rng = np.random.default_rng(0)
    project = make(
        rng.normal(size=(5, 3)),
        rng.normal(size=(5, 2)) * 100.0,
        [layer(4, activation), layer(3, "linear"), layer(2, "linear")],
        learning_rate=rate,
        epochs=100,
    )
    snapshot = diverged(project).snapshot()
    found = snapshot.divergence
    assert found is not None and snapshot.trace is not None
    assert f"at iteration {found.iteration:,} ({found.cause})" in snapshot.message
    for place, (what, values) in enumerate(failing_trace(snapshot)):
        if np.isfinite(values).all():
            continue
        assert (what, place // 3 + 1) == (found.what, found.layer)
        row, column = np.argwhere(~np.isfinite(values))[0]
        shown = float(values[row, column])
        assert shown == found.value or (math.isnan(shown) and math.isnan(found.value))
        assert (found.neuron, found.source) == (
            (row, column) if what == "weights" else (column, None)
        )
        assert found.row == (None if what == "weights" else row)
        return
    if found.what == "loss":
        assert not math.isfinite(snapshot.trace.loss)
        return
    # All is finite, and only the loss too large: the largest weight is named.
    assert found.what == "weights" and found.neuron is not None
    own = snapshot.weights(found.layer)[found.neuron, found.source]
    assert own == found.value
    assert abs(own) == max(np.abs(snapshot.weights(number)).max() for number in (1, 2, 3))


def test_the_moment_that_failed_is_on_show_up_to_where_it_failed() -> None:
    runner = diverged(with_rate(digits(), 1e6))
    snapshot = runner.snapshot()
    found, trace = snapshot.divergence, snapshot.trace
    assert found is not None and trace is not None
    assert snapshot.iteration == found.iteration - 1 == trace.iteration - 1
    assert snapshot.phase is not None and snapshot.phase.kind is PhaseKind.LOSS
    assert snapshot.computed(PhaseKind.ACTIVATION, 4)
    assert not snapshot.computed(PhaseKind.DELTA, 4)
    assert trace.theta_after.tobytes() == trace.theta_before.tobytes()
    limit = 1000.0 * max(1.0, Trainer(runner.project).evaluate().loss)
    assert not trace.loss <= limit
    cursor = snapshot.cursor
    runner.step_back()
    assert runner.snapshot().cursor == cursor - 1
    assert runner.snapshot().divergence is found
    runner.step_phase()
    assert runner.snapshot().cursor == cursor
    assert runner.snapshot().message == snapshot.message


def test_one_button_leads_to_the_last_good_moment() -> None:
    project = neuron(epochs=1000)
    limit = 1000.0 * max(1.0, Trainer(project).evaluate().loss)
    losses, trainer = [], Trainer(project)
    with pytest.raises(DivergenceError):
        while True:
            losses.append(trainer.evaluate().loss)
            trainer.run_iterations(1)
    failed = len(losses)
    assert failed > 8
    runner = diverged(project)
    found = runner.snapshot().divergence
    assert found is not None
    assert (found.iteration, found.last_good) == (failed, failed - 2)
    assert losses[-1] > limit >= losses[-2]
    assert f"The weights of iteration {failed - 2:,} are kept" in runner.snapshot().message
    runner.back_to_good()
    snapshot = runner.snapshot()
    assert (snapshot.iteration, snapshot.state) == (failed - 2, RunState.PAUSED)
    assert snapshot.divergence is None and snapshot.message == ""
    plain = Trainer(project)
    plain.run_iterations(failed - 2)
    assert state_of(runner.trainer) == state_of(plain)
    assert snapshot.timeline.end == failed - 2
    # It is the same divergence when it is run again, and not with a smaller rate.
    runner.run()
    run(runner)
    assert runner.snapshot().divergence == found
    runner.change(with_rate(project, 1e-4))
    assert runner.snapshot().divergence is None
    assert runner.snapshot().timeline.branches == ()
    runner.step_iteration()
    assert runner.snapshot().iteration == failed - 1


@pytest.mark.parametrize(
    "how",
    ["step_back", "step_sample_back", "step_iteration_back", "step_epoch_back", "back_to_good"],
)
def test_steps_back_lead_to_the_good_past(how: str) -> None:
    runner = diverged(neuron(epochs=1000))
    found = runner.snapshot().divergence
    assert found is not None
    for _ in range(30):
        getattr(runner, how)()
        snapshot = runner.snapshot()
        if snapshot.divergence is None:
            break
    assert snapshot.iteration <= found.last_good
    assert snapshot.message == ""
    assert snapshot.state is not RunState.STOPPED


def test_an_update_of_the_last_iteration_is_laid_open_too() -> None:
    own = layer(1, "linear", W=[[1]], b=[0])
    project = build([own], ([[1.0]], [[100.0]]), optimizer=1e9, epochs=1)
    for step in ("run", "step_iteration"):
        runner = Runner(project)
        getattr(runner, step)()
        run(runner)
        snapshot = runner.snapshot()
        found, trace = snapshot.divergence, snapshot.trace
        assert found is not None and trace is not None
        assert (found.iteration, found.last_good, trace.iteration) == (1, 0, 1)
        assert snapshot.phase is not None and snapshot.phase.kind is PhaseKind.UPDATE
        assert np.abs(trace.theta_after).max() > 1e9
        assert found.value == trace.theta_after[0]
        runner.back_to_good()
        assert runner.snapshot().theta.tolist() == [1.0, 0.0]


def test_a_step_to_an_update_that_overflows_says_so_at_once() -> None:
    inputs, targets = [[0.0, 1.0], [1.0, 1.0]], [[0.0], [1.0]]
    layers = [layer(2, "linear"), layer(1, "linear")]
    project = make(inputs, targets, layers, loss="binary_crossentropy", learning_rate=1e300)
    runner = Runner(project)
    for _ in range(20):
        runner.step_iteration()
        snapshot = runner.snapshot()
        assert np.isfinite(runner.trainer.network.theta).all()
        if snapshot.divergence is not None:
            break
        assert np.isfinite(snapshot.theta).all()
    assert snapshot.divergence is not None and "Training stopped" in snapshot.message


def test_a_divergence_in_the_past_of_another_future_leaves_that_alone() -> None:
    runner = Runner(with_rate(digits(), 0.01))
    runner.run()
    runner.advance(50)
    runner.pause()
    runner.seek(20)
    runner.change(with_rate(runner.project, 1e6))
    runner.run()
    run(runner)
    assert runner.snapshot().divergence is not None
    (branch,) = runner.snapshot().timeline.branches
    runner.switch_branch(branch.number)
    snapshot = runner.snapshot()
    assert (snapshot.iteration, snapshot.divergence, snapshot.message) == (50, None, "")


def test_the_error_of_the_trainer_has_it_all() -> None:
    trainer = Trainer(with_rate(digits(), 1e6))
    with pytest.raises(DivergenceError) as caught:
        trainer.run_iterations(1000)
    found = caught.value.divergence
    assert found.last_good == trainer.iteration
    assert caught.value.trace is not None
    assert caught.value.trace.iteration == found.iteration
    assert found.cause in str(caught.value)
    assert not caught.value.updated
