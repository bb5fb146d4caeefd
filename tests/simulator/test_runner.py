"""The cursor in time: stepping shows what trained, and never what lies behind the cursor."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import digits, regression, theta_bytes, with_rate, with_training

from simulator.project import load_project
from simulator.runner import Runner
from simulator.snapshot import RunState, Snapshot
from simulator.trace import PhaseKind
from simulator.trainer import Trainer


def stepped(phases: int) -> Runner:
    runner = Runner(digits())
    for _ in range(phases):
        runner.step_phase()
    return runner


def test_a_new_runner_has_done_nothing() -> None:
    snapshot = Runner(digits()).snapshot()
    assert (snapshot.epoch, snapshot.iteration) == (0, 0)
    assert snapshot.state is RunState.PAUSED
    assert snapshot.trace is snapshot.cursor is snapshot.phase is snapshot.probe is None
    assert snapshot.message == ""
    assert not any(snapshot.computed(kind, 1) for kind in PhaseKind)
    assert len(snapshot.history.epoch) == 0
    assert snapshot.theta.tobytes() == theta_bytes(Trainer(digits()))


# --- stepping ------------------------------------------------------------------------------------


def test_stepping_visits_every_phase_of_iteration_after_iteration() -> None:
    runner = Runner(digits())
    for iteration in range(1, 8):
        runner.step_phase()
        trace = runner.snapshot().trace
        assert trace is not None and trace.iteration == iteration
        for index, phase in enumerate(trace.phases):
            snapshot = runner.snapshot()
            assert snapshot.trace is trace
            assert (snapshot.cursor, snapshot.phase) == (index, phase)
            assert snapshot.state is RunState.STEPPING
            if index + 1 < len(trace.phases):
                runner.step_phase()


def test_nothing_behind_the_cursor_is_computed() -> None:
    runner = Runner(digits())
    runner.step_phase()
    trace = runner.snapshot().trace
    assert trace is not None
    for index in range(len(trace.phases)):
        snapshot = runner.snapshot()
        for other, phase in enumerate(trace.phases):
            assert snapshot.computed(phase.kind, phase.layer) == (other <= index)
        assert not snapshot.computed(PhaseKind.DROPOUT, 1)
        assert not snapshot.computed(PhaseKind.ACTIVATION, 99)
        runner.step_phase()


def test_parameters_change_layer_by_layer_with_their_update() -> None:
    runner = Runner(digits())
    runner.step_iteration()
    for _ in range(3):
        runner.step_phase()
        trace = runner.snapshot().trace
        assert trace is not None
        updated: set[int] = set()
        for phase in trace.phases:
            snapshot = runner.snapshot()
            assert snapshot.phase == phase
            if phase.kind is PhaseKind.UPDATE:
                updated.add(phase.layer)
            for number in range(1, 5):
                source = trace.theta_after if number in updated else trace.theta_before
                np.testing.assert_array_equal(
                    snapshot.weights(number), trace.spec.weights(source, number)
                )
                np.testing.assert_array_equal(
                    snapshot.biases(number), trace.spec.biases(source, number)
                )
            if phase != trace.phases[-1]:
                runner.step_phase()
        assert runner.snapshot().theta.tobytes() == trace.theta_after.tobytes()


def test_counters_and_curves_are_not_ahead_of_the_cursor() -> None:
    runner = Runner(digits())
    for _ in range(4):
        runner.step_iteration()
    for iteration in range(5, 12):
        runner.step_phase()
        trace = runner.snapshot().trace
        assert trace is not None
        for index in range(len(trace.phases)):
            snapshot = runner.snapshot()
            last = index + 1 == len(trace.phases)
            completed = iteration if last else iteration - 1
            assert snapshot.iteration == completed
            assert snapshot.epoch == completed // 5
            assert snapshot.history.epoch.tolist() == list(range(1, completed // 5 + 1))
            if not last:
                runner.step_phase()


def test_a_phase_shows_the_probe_of_the_parameters_on_show() -> None:
    runner = Runner(digits())
    x = runner.project.data.inputs[2]
    runner.set_probe(x)
    for _ in range(45):
        runner.step_phase()
        snapshot = runner.snapshot()
        assert snapshot.probe is not None
        first = snapshot.weights(1) @ x + snapshot.biases(1)
        np.testing.assert_allclose(snapshot.probe.z[0], first, rtol=1e-12, atol=1e-14)
        expected = Trainer(digits()).probe(x, snapshot.theta)
        assert snapshot.probe.prediction.tobytes() == expected.prediction.tobytes()


def test_a_probe_that_does_not_fit_is_none() -> None:
    runner = Runner(digits())
    runner.set_probe(np.zeros(7))
    assert runner.snapshot().probe is None
    runner.set_probe(np.zeros(25))
    assert runner.snapshot().probe is not None
    runner.load(load_project("xor"))
    assert runner.snapshot().probe is None
    runner.set_probe(np.zeros(2))
    runner.set_probe(None)
    assert runner.snapshot().probe is None


def test_step_iteration_finishes_the_iteration_that_was_begun() -> None:
    runner = stepped(4)
    runner.step_iteration()
    snapshot = runner.snapshot()
    assert (snapshot.iteration, snapshot.cursor, snapshot.state) == (1, None, RunState.PAUSED)
    assert snapshot.theta.tobytes() == theta_bytes(straight(1))
    runner.step_iteration()
    snapshot = runner.snapshot()
    assert (snapshot.iteration, snapshot.cursor) == (2, None)
    assert snapshot.trace is not None and snapshot.trace.iteration == 2
    assert snapshot.computed(PhaseKind.UPDATE, 4)


def test_step_iteration_from_the_last_phase_goes_through_the_next_iteration() -> None:
    runner = Runner(digits())
    runner.step_to_phase(10**6)
    assert runner.snapshot().iteration == 1
    runner.step_iteration()
    assert runner.snapshot().iteration == 2


def test_step_back_goes_to_the_start_of_the_iteration_and_no_further() -> None:
    runner = stepped(6)
    for wanted in (4, 3, 2, 1, 0, 0):
        runner.step_back()
        assert runner.snapshot().cursor == wanted
    runner.step_phase()
    assert runner.snapshot().cursor == 1
    assert runner.trainer.iteration == 1


def test_step_back_from_a_finished_iteration_goes_into_its_last_phase() -> None:
    runner = Runner(digits())
    runner.step_back()
    assert runner.snapshot().cursor is None
    runner.step_iteration()
    runner.step_back()
    snapshot = runner.snapshot()
    assert snapshot.trace is not None
    assert snapshot.cursor == len(snapshot.trace.phases) - 1
    runner.step_back()
    assert runner.snapshot().iteration == 0
    # Going forth again is the same iteration, not another one.
    runner.step_phase()
    assert runner.trainer.iteration == runner.snapshot().iteration == 1


@pytest.mark.parametrize("index", [-3, 0, 7, 24, 10**6])
def test_step_to_phase(index: int) -> None:
    runner = Runner(digits())
    for _ in range(2):
        runner.step_to_phase(index)
        snapshot = runner.snapshot()
        assert snapshot.trace is not None
        assert snapshot.cursor == min(max(index, 0), len(snapshot.trace.phases) - 1)
        assert runner.trainer.iteration == 1


# --- running -------------------------------------------------------------------------------------


def straight(iterations: int) -> Trainer:
    trainer = Trainer(digits())
    trainer.run_iterations(iterations)
    return trainer


@pytest.mark.parametrize("before", [0, 1, 4, 5, 7])
@pytest.mark.parametrize("size", [1, 2, 3, 64])
def test_run_epoch_pauses_exactly_at_the_end_of_the_epoch(before: int, size: int) -> None:
    runner = Runner(digits())
    for _ in range(before):
        runner.step_iteration()
    for epoch in range(before // 5 + 1, before // 5 + 4):
        runner.run_epoch()
        assert runner.running
        while runner.running:
            runner.advance(size)
        snapshot = runner.snapshot()
        assert (snapshot.epoch, snapshot.iteration) == (epoch, 5 * epoch)
        assert snapshot.state is RunState.PAUSED


def test_run_epoch_pauses_at_the_end_of_the_epoch_also_with_a_new_batch_size() -> None:
    runner = Runner(digits())
    runner.run_epoch()
    runner.advance(1)
    runner.change(with_training(digits(), batch_size=5))
    while runner.running:
        runner.advance(1)
    assert runner.snapshot().epoch == 1


def test_run_stops_at_the_projects_epochs() -> None:
    runner = Runner(digits(epochs=4))
    runner.run()
    assert runner.advance(1000) == 20
    snapshot = runner.snapshot()
    assert snapshot.state is RunState.FINISHED
    assert (snapshot.epoch, snapshot.iteration, snapshot.last_epoch) == (4, 20, 4)
    assert snapshot.theta.tobytes() == theta_bytes(straight(20))


def finished() -> Runner:
    runner = Runner(digits(epochs=4))
    runner.run()
    runner.advance(1000)
    return runner


def test_run_from_the_end_goes_on_for_as_many_epochs_again() -> None:
    runner = finished()
    for times in (2, 3):
        runner.run()
        assert runner.running
        while runner.running:
            runner.advance(7)
        snapshot = runner.snapshot()
        assert snapshot.state is RunState.FINISHED
        assert (snapshot.epoch, snapshot.last_epoch) == (4 * times, 4 * times)
        assert snapshot.theta.tobytes() == theta_bytes(straight(20 * times))


@pytest.mark.parametrize("how", ["step_phase", "step_iteration", "run_epoch"])
def test_a_step_from_the_end_goes_on_into_the_next_epoch(how: str) -> None:
    runner = finished()
    getattr(runner, how)()
    while runner.running:
        runner.advance(1)
    made = 25 if how == "run_epoch" else 21
    assert runner.trainer.iteration == made
    assert runner.snapshot().last_epoch == 5
    assert theta_bytes(runner.trainer) == theta_bytes(straight(made))
    runner.reset()
    assert runner.snapshot().last_epoch == 4


def test_fewer_epochs_while_running_finish_the_run() -> None:
    runner = Runner(digits())
    runner.run()
    runner.advance(22)
    runner.change(digits(epochs=2))
    for _ in range(3):
        if runner.running:
            runner.advance(5)
    snapshot = runner.snapshot()
    assert snapshot.state is RunState.FINISHED
    assert snapshot.iteration == 22


def test_more_epochs_after_the_end_go_on() -> None:
    runner = finished()
    runner.change(digits(epochs=6))
    assert runner.snapshot().last_epoch == 6
    runner.run()
    while runner.running:
        runner.advance(100)
    assert runner.snapshot().epoch == 6


def test_stepping_to_the_end_finishes() -> None:
    runner = Runner(digits(epochs=1))
    for _ in range(5):
        runner.step_iteration()
    assert runner.snapshot().state is RunState.FINISHED
    runner.step_back()
    assert runner.snapshot().state is RunState.STEPPING


def test_pause_stops_a_run() -> None:
    runner = Runner(digits())
    runner.pause()
    assert runner.snapshot().state is RunState.PAUSED
    runner.run()
    assert runner.snapshot().state is RunState.RUNNING
    runner.advance(3)
    runner.pause()
    assert not runner.running
    assert runner.snapshot().iteration == 3


def test_the_trace_of_a_snapshot_is_its_last_iteration() -> None:
    """A viewer must never see the values of an older one, however long the run was."""
    runner = Runner(digits())
    runner.run()
    runner.advance(1)
    runner.advance(30)
    runner.pause()
    snapshot = runner.snapshot()
    assert snapshot.iteration == 31
    assert snapshot.trace is not None and snapshot.trace.iteration == 31
    assert snapshot.trace.theta_after.tobytes() == snapshot.theta.tobytes()


def test_step_back_never_leaps_into_an_older_iteration() -> None:
    runner = Runner(digits())
    runner.run()
    runner.advance(1)
    runner.advance(30)
    runner.pause()
    runner.step_back()
    snapshot = runner.snapshot()
    assert snapshot.iteration >= 30
    assert snapshot.theta.tobytes() in (theta_bytes(straight(31)), theta_bytes(straight(30)))


def test_a_run_out_of_a_half_stepped_iteration_goes_on_behind_it() -> None:
    runner = stepped(4)
    runner.run()
    assert runner.snapshot().cursor is None
    runner.advance(4)
    assert theta_bytes(runner.trainer) == theta_bytes(straight(5))


COMMANDS = st.one_of(
    st.tuples(st.just("advance"), st.integers(1, 9)),
    st.tuples(st.just("phase"), st.integers(1, 40)),
    st.tuples(st.just("back"), st.integers(1, 10)),
    st.tuples(st.sampled_from(["iteration", "epoch", "to"]), st.integers(0, 30)),
)


@settings(max_examples=150)
@given(st.lists(COMMANDS, max_size=15))
def test_stepped_training_gives_the_same_bytes_as_a_run(commands: list[tuple[str, int]]) -> None:
    runner, whole = Runner(digits()), straight(0)
    for name, count in commands:
        if name == "advance":
            runner.run()
            assert runner.advance(count) == count
            runner.pause()
        elif name == "epoch":
            runner.run_epoch()
            while runner.running:
                runner.advance(count + 1)
        elif name == "to":
            runner.step_to_phase(count)
        else:
            step = {
                "phase": runner.step_phase,
                "back": runner.step_back,
                "iteration": runner.step_iteration,
            }[name]
            for _ in range(count):
                step()
        snapshot = runner.snapshot()
        made = runner.trainer.iteration
        if made < whole.iteration:
            # Steps back have gone into an earlier iteration.
            whole = straight(0)
        whole.run_iterations(made - whole.iteration)
        assert theta_bytes(runner.trainer) == theta_bytes(whole)
        if snapshot.trace is not None:
            assert snapshot.trace.iteration == made
        if snapshot.cursor is None:
            assert snapshot.iteration == made
            assert snapshot.theta.tobytes() == theta_bytes(whole)
        if snapshot.trace is not None and snapshot.cursor is not None:
            assert snapshot.iteration in (snapshot.trace.iteration - 1, snapshot.trace.iteration)


# --- snapshots -----------------------------------------------------------------------------------


def arrays_of(snapshot: Snapshot) -> list[np.ndarray]:
    trace, probe = snapshot.trace, snapshot.probe
    assert trace is not None and probe is not None
    history = snapshot.history
    found = [snapshot.theta, history.epoch, history.loss, history.accuracy]
    found += [probe.x, *probe.z, *probe.activation]
    found += [trace.samples, trace.x, trace.target, trace.loss_per_sample]
    found += [*trace.z, *trace.activation, *trace.output, *trace.error, *trace.delta]
    found += [mask for mask in trace.mask if mask is not None]
    found += [trace.theta_before, trace.gradient, trace.theta_after]
    for number in range(1, snapshot.spec.depth + 1):
        biases = snapshot.biases(number)
        assert biases is not None
        found += [snapshot.weights(number), biases]
    return found


@pytest.mark.parametrize("phases", [0, 5, 24])
def test_snapshots_are_read_only_and_never_change(phases: int) -> None:
    runner = Runner(digits())
    runner.set_probe(runner.project.data.inputs[0])
    for _ in range(7):
        runner.step_iteration()
    for _ in range(phases):
        runner.step_phase()
    snapshot = runner.snapshot()
    arrays = arrays_of(snapshot)
    assert all(array.size for array in arrays)
    before = [array.tobytes() for array in arrays]
    for array in arrays:
        with pytest.raises(ValueError):
            array[...] = 0
    with pytest.raises(AttributeError):
        snapshot.epoch = 3
    runner.run()
    runner.advance(200)
    runner.advance(1)
    runner.set_probe(np.ones(25))
    runner.snapshot()
    runner.change(with_rate(digits(), 0.5))
    runner.reset()
    assert [array.tobytes() for array in arrays] == before


def test_the_probe_input_is_free_to_change_afterwards() -> None:
    runner = Runner(digits())
    x = np.zeros(25)
    runner.set_probe(x)
    snapshot = runner.snapshot()
    x[...] = 1.0
    assert snapshot.probe is not None and not snapshot.probe.x.any()


def test_the_revision_grows_with_every_change() -> None:
    runner = Runner(digits())
    revisions = [runner.snapshot().revision]
    for command in (
        lambda: runner.change(with_rate(digits(), 0.5)),
        runner.reset,
        lambda: runner.load(load_project("xor")),
    ):
        command()
        revisions.append(runner.snapshot().revision)
    assert revisions == sorted(set(revisions))
    runner.step_iteration()
    assert runner.snapshot().revision == revisions[-1]


# --- problems ------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["advance", "step_phase", "step_iteration"])
def test_divergence_stops_with_a_sentence(how: str) -> None:
    runner = Runner(with_rate(digits(), 1e6))
    if how == "advance":
        runner.run()
    for _ in range(1000):
        if how == "advance":
            runner.advance(10)
        else:
            getattr(runner, how)()
        if runner.state is RunState.STOPPED:
            break
    snapshot = runner.snapshot()
    assert snapshot.state is RunState.STOPPED
    assert "at iteration" in snapshot.message and snapshot.message.endswith(".")
    # What is on show is the moment that failed; the trainer has gone back to a good one.
    assert snapshot.divergence is not None and snapshot.trace is not None
    assert snapshot.trace.iteration == snapshot.divergence.iteration == snapshot.iteration + 1
    assert snapshot.theta.tobytes() == snapshot.trace.theta_before.tobytes()
    assert runner.trainer.iteration == snapshot.divergence.last_good < snapshot.iteration
    assert math.isfinite(runner.trainer.evaluate().loss)


@pytest.mark.parametrize("how", ["step_phase", "step_iteration", "run", "reset", "change"])
def test_the_message_goes_when_training_goes_on(how: str) -> None:
    runner = Runner(with_rate(digits(), 1e6))
    runner.run()
    runner.advance(1000)
    assert runner.snapshot().message
    if how == "change":
        runner.change(digits())
    else:
        getattr(runner, how)()
    snapshot = runner.snapshot()
    assert snapshot.state is not RunState.STOPPED
    assert snapshot.message == ""


def test_a_change_within_a_stepped_iteration_leaves_no_trace_behind() -> None:
    runner = stepped(5)
    runner.change(with_rate(digits(), 0.5))
    snapshot = runner.snapshot()
    assert snapshot.trace is snapshot.cursor is None
    assert snapshot.state is RunState.PAUSED
    assert snapshot.theta.tobytes() == theta_bytes(runner.trainer)


def test_a_change_while_running_goes_on_running() -> None:
    runner = Runner(regression())
    runner.run()
    runner.advance(3)
    runner.change(with_rate(regression(), 0.01))
    assert runner.running
    assert runner.advance(4) == 4


# --- evaluation for a viewer ----------------------------------------------------------------------


def test_a_snapshot_carries_the_evaluation_that_was_asked_for() -> None:
    runner = Runner(digits())
    assert runner.snapshot().evaluation is None
    runner.set_evaluated_part("training")
    runner.step_iteration()
    snapshot = runner.snapshot()
    wanted = Trainer(digits())
    wanted.run_iterations(1)
    assert snapshot.evaluation is not None
    assert snapshot.evaluation.loss == wanted.evaluate().loss
    np.testing.assert_array_equal(snapshot.evaluation.outputs, wanted.evaluate().outputs)
    runner.set_evaluated_part(None)
    assert runner.snapshot().evaluation is None


def test_the_evaluation_is_of_the_parameters_on_show() -> None:
    """While an iteration is stepped the old parameters are shown until their update."""
    runner = Runner(digits())
    runner.set_evaluated_part("training")
    start = runner.snapshot().evaluation
    runner.step_phase()
    stepping = runner.snapshot().evaluation
    assert start is not None and stepping is not None
    assert stepping.loss == start.loss
    runner.step_iteration()
    after = runner.snapshot().evaluation
    assert after is not None and after.loss != start.loss
    assert runner.snapshot().evaluation is after
    runner.reset()
    again = runner.snapshot().evaluation
    assert again is not None and again.loss == start.loss
