"""The record of a run: going to places in it, edits, branches, bookmarks, its bounds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_projects import digits, everything, regression, theta_bytes, with_rate, with_training
from walks import run, run_for, state_of

from simulator import history
from simulator.checkpoints import FIRST_SPACING
from simulator.project import Project, ProjectError
from simulator.project.edits import change_layer
from simulator.runner import Runner
from simulator.snapshot import RunState
from simulator.timeline import Timeline
from simulator.timeline_view import Mark
from simulator.trace import PhaseKind
from simulator.trainer import Trainer

DIGITS = digits()
LONG = digits(epochs=10**6)


def trained(iterations: int, project: Project | None = None) -> Runner:
    runner = Runner(project or DIGITS)
    run_for(runner, iterations)
    return runner


def straight(iterations: int, project: Project | None = None) -> Trainer:
    trainer = Trainer(project or DIGITS)
    trainer.run_iterations(iterations)
    return trainer


def check_is_at(runner: Runner, iteration: int, project: Project | None = None) -> None:
    """The runner rests behind that iteration of a run without edits."""
    snapshot = runner.snapshot()
    assert (snapshot.iteration, snapshot.cursor) == (iteration, None)
    assert state_of(runner.trainer) == state_of(straight(iteration, project))
    if iteration:
        assert snapshot.trace is not None and snapshot.trace.iteration == iteration
        assert snapshot.computed(PhaseKind.UPDATE, snapshot.spec.depth)
    else:
        assert snapshot.trace is None


# --- seeking -------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 1, 4, 5, 63, 64, 65, 128, 700, 999, 1000])
def test_seek_goes_behind_an_iteration(place: int) -> None:
    runner = trained(1000)
    runner.seek(place)
    check_is_at(runner, place)
    assert runner.snapshot().state is RunState.PAUSED
    assert runner.snapshot().timeline.end == 1000


@pytest.mark.parametrize(("wanted", "found"), [(-5, 0), (10**9, 30)])
def test_seek_goes_no_further_than_the_record(wanted: int, found: int) -> None:
    runner = trained(30)
    runner.seek(wanted)
    check_is_at(runner, found)


@pytest.mark.parametrize("phase", [0, 7, 24, 10**6])
def test_seek_goes_into_an_iteration(phase: int) -> None:
    runner = trained(30)
    runner.seek(12, phase)
    snapshot = runner.snapshot()
    assert snapshot.trace is not None and snapshot.trace.iteration == 12
    last = len(snapshot.trace.phases) - 1
    assert (snapshot.cursor, snapshot.state) == (min(phase, last), RunState.STEPPING)
    assert snapshot.iteration == (12 if phase >= last else 11)
    trainer = straight(11)
    trace = trainer.trace_iteration()
    assert snapshot.trace.gradient.tobytes() == trace.gradient.tobytes()
    assert snapshot.theta.tobytes() != b""


def test_seek_while_running_pauses() -> None:
    runner = Runner(DIGITS)
    runner.run()
    runner.advance(50)
    runner.seek(20)
    assert not runner.running
    check_is_at(runner, 20)


def test_training_on_from_the_past_makes_the_same_future_and_no_branch() -> None:
    runner = trained(400)
    runner.seek(130)
    run_for(runner, 100)
    check_is_at(runner, 230)
    view = runner.snapshot().timeline
    assert (view.end, view.branches) == (400, ())
    run_for(runner, 300)
    check_is_at(runner, 530)
    assert runner.snapshot().timeline.end == 530


def test_the_curves_are_those_until_then_and_of_the_whole_record() -> None:
    runner = trained(400)
    whole = runner.snapshot().history
    runner.seek(52)
    snapshot = runner.snapshot()
    assert snapshot.history.epoch.tolist() == list(range(1, 11))
    assert snapshot.recorded is not None
    assert snapshot.recorded.epoch.tolist() == whole.epoch.tolist()
    assert snapshot.recorded.figures.tobytes() == whole.figures.tobytes()
    run_for(runner, 100)
    assert runner.snapshot().recorded.epoch.tolist() == whole.epoch.tolist()


def test_thinned_curves_have_no_epoch_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "CAPACITY", 1024)
    project = regression(2, batch_size=2, epochs=10**6)
    runner = trained(5000, project)
    for place in (4990, 3001, 17, 2500):
        runner.seek(place)
        shown = runner.snapshot().history.epoch
        assert (np.diff(shown) > 0).all() and shown[-1] <= place
        run_for(runner, 40)
        assert (np.diff(runner.snapshot().recorded.epoch) > 0).all()
    run_for(runner, 9000)
    epochs = runner.snapshot().history.epoch
    assert (np.diff(epochs) == np.diff(epochs)[0]).all()


def test_a_finished_run_can_be_sought_and_finished_again() -> None:
    project = everything(
        callbacks=[{"name": "early_stopping", "monitor": "loss", "patience": 1}], epochs=60
    )
    runner = Runner(project)
    runner.run()
    run(runner)
    end, message = runner.trainer.iteration, runner.snapshot().message
    assert "Early stopping" in message
    finished = state_of(runner.trainer)
    runner.seek(end // 2)
    snapshot = runner.snapshot()
    assert (snapshot.state, snapshot.message) == (RunState.PAUSED, "")
    for again in (runner.run, lambda: runner.seek(end), runner.step_iteration):
        runner.seek(end - 3)
        again()
        run(runner)
        while runner.trainer.iteration < end:
            again()
        assert runner.snapshot().state is RunState.FINISHED
        assert runner.snapshot().message == message
        assert state_of(runner.trainer) == finished


def test_a_run_from_the_past_goes_through_all_extensions() -> None:
    runner = Runner(digits(epochs=2))
    for _ in range(3):
        runner.run()
        run(runner)
    assert runner.trainer.iteration == 30
    whole = state_of(runner.trainer)
    runner.seek(3)
    assert runner.snapshot().last_epoch == 2
    runner.run()
    run(runner)
    assert runner.trainer.iteration == 30
    assert runner.snapshot().state is RunState.FINISHED
    assert state_of(runner.trainer) == whole
    assert runner.snapshot().timeline.branches == ()


def test_reset_and_load_begin_a_new_record() -> None:
    for again in (Runner.reset, lambda runner: runner.load(DIGITS)):
        runner = trained(100)
        runner.add_bookmark("here")
        runner.change(with_rate(DIGITS, 0.5))
        again(runner)
        view = runner.snapshot().timeline
        assert (view.start, view.end, view.edits, view.bookmarks) == (0, 0, (), ())


# --- files ---------------------------------------------------------------------------------------


def test_what_is_trained_again_writes_no_files(tmp_path: Path) -> None:
    callbacks = [
        {"name": "csv_logger"},
        {"name": "model_checkpoint", "file": "w{epoch}.npz", "save_best_only": False},
        {"name": "model_checkpoint", "monitor": "loss"},
    ]
    runner = Runner(everything(callbacks=callbacks, epochs=8))
    runner.set_folder(tmp_path)
    run_for(runner, 17)
    log = (tmp_path / "training.csv").read_text("utf-8")
    for path in tmp_path.glob("*.npz"):
        path.unlink()
    runner.seek(2)
    run_for(runner, 12)
    runner.seek(9)
    runner.step_back()
    assert [path.name for path in tmp_path.iterdir()] == ["training.csv"]
    assert (tmp_path / "training.csv").read_text("utf-8") == log
    runner.run()
    run(runner)
    lines = (tmp_path / "training.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["epoch", *map(str, range(1, 9))]
    assert (tmp_path / "w4.npz").exists() and not (tmp_path / "w3.npz").exists()


def test_a_log_that_came_back_with_the_past_goes_on(tmp_path: Path) -> None:
    project = everything(callbacks=[{"name": "csv_logger"}], epochs=8)
    runner = Runner(project)
    runner.set_folder(tmp_path)
    run_for(runner, 10)
    runner.change(with_training(project, callbacks=()))
    runner.step_iteration()
    runner.seek(3)
    runner.run()
    run(runner)
    lines = (tmp_path / "training.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["epoch", *map(str, range(1, 9))]


# --- edits and branches --------------------------------------------------------------------------

FASTER = with_rate(DIGITS, 0.2)


def edited() -> Runner:
    """50 iterations of the digits, then 30 with another rate."""
    runner = trained(50)
    runner.change(FASTER, text="Change learning rate")
    run_for(runner, 30)
    return runner


def test_an_edit_is_marked() -> None:
    runner = edited()
    runner.change(change_layer(FASTER, 1, units=9).project)
    view = runner.snapshot().timeline
    assert view.edits == (Mark(50, "Change learning rate"), Mark(80, "Network 25–9–20–20–5"))
    assert view.branches == ()
    assert view.end == 80


def test_seeking_before_an_edit_brings_back_the_project_of_then() -> None:
    runner = edited()
    revision = runner.snapshot().revision
    runner.seek(49)
    before = runner.snapshot()
    assert before.project is not FASTER and before.project == DIGITS
    assert before.revision > revision
    check_is_at(runner, 49)
    runner.seek(50)
    assert runner.snapshot().project is FASTER
    assert runner.snapshot().revision > before.revision


def test_several_edits_without_training_between_are_one_mark() -> None:
    runner = trained(50)
    for rate in (0.2, 0.3, 0.4):
        runner.change(with_rate(DIGITS, rate), text="Change learning rate")
    runner.change(with_rate(with_training(DIGITS, seed=3), 0.4), text="New weights")
    view = runner.snapshot().timeline
    assert view.edits == (Mark(50, "Change learning rate; New weights"),)
    assert view.branches == ()


def test_edits_before_training_are_no_marks() -> None:
    runner = Runner(DIGITS)
    runner.change(FASTER)
    run_for(runner, 10)
    assert runner.snapshot().timeline.edits == ()
    runner.seek(0)
    assert runner.snapshot().project is FASTER


def test_steps_walk_along_the_record_with_its_edits() -> None:
    runner = edited()
    there = state_of(runner.trainer)
    runner.seek(45)
    for _ in range(35):
        runner.step_iteration()
    assert state_of(runner.trainer) == there
    assert runner.snapshot().project is FASTER
    assert runner.snapshot().timeline.branches == ()
    runner.seek(45)
    runner.run_epoch()
    run(runner)
    assert (runner.trainer.iteration, runner.project) == (50, FASTER)


def test_a_run_passes_an_edit_by_and_its_future_becomes_a_branch() -> None:
    runner = edited()
    there = state_of(runner.trainer)
    runner.seek(20)
    run_for(runner, 29)
    assert runner.snapshot().timeline.branches == ()
    run_for(runner, 21)
    check_is_at(runner, 70)
    view = runner.snapshot().timeline
    assert (view.end, view.edits) == (70, ())
    (branch,) = view.branches
    assert (branch.fork, branch.end) == (50, 80)
    runner.switch_branch(branch.number)
    assert state_of(runner.trainer) == there
    view = runner.snapshot().timeline
    assert [mark.iteration for mark in view.edits] == [50]
    (other,) = view.branches
    assert (other.fork, other.end) == (50, 70)
    runner.switch_branch(other.number)
    check_is_at(runner, 70)


def test_an_edit_in_the_past_makes_a_branch_of_the_future() -> None:
    runner = trained(80)
    there = state_of(runner.trainer)
    runner.seek(30)
    runner.change(FASTER)
    view = runner.snapshot().timeline
    assert (view.end, len(view.edits)) == (30, 1)
    (branch,) = view.branches
    assert (branch.fork, branch.end) == (30, 80)
    run_for(runner, 5)
    changed = state_of(runner.trainer)
    runner.switch_branch(branch.number)
    assert state_of(runner.trainer) == there
    (other,) = runner.snapshot().timeline.branches
    runner.seek(33)
    check_is_at(runner, 33)
    runner.switch_branch(other.number)
    assert state_of(runner.trainer) == changed


def test_a_future_that_holds_nothing_is_no_branch() -> None:
    runner = trained(80)
    runner.seek(80)
    runner.change(FASTER)
    assert runner.snapshot().timeline.branches == ()
    runner.seek(60)
    run_for(runner, 10)
    assert runner.snapshot().timeline.branches == ()


def test_branches_are_named_and_dropped() -> None:
    runner = edited()
    runner.seek(20)
    runner.change(with_rate(DIGITS, 0.7))
    (branch,) = runner.snapshot().timeline.branches
    before = runner.snapshot().timeline.bytes
    runner.rename_branch(branch.number, "  slower ")
    assert runner.snapshot().timeline.branches[0].name == "slower"
    runner.drop_branch(branch.number)
    view = runner.snapshot().timeline
    assert view.branches == () and view.bytes < before
    for refused in (runner.drop_branch, runner.switch_branch):
        with pytest.raises(ProjectError, match="no such branch"):
            refused(branch.number)
    with pytest.raises(ProjectError, match="no such branch"):
        runner.rename_branch(branch.number, "x")


def test_the_ninth_branch_drops_the_oldest_with_a_message() -> None:
    runner = trained(20)
    for number in range(9):
        runner.seek(10)
        runner.change(with_rate(DIGITS, 0.1 + 0.01 * number))
        assert runner.snapshot().message == "" or number == 8
        run_for(runner, 10)
    runner.seek(10)
    view = runner.snapshot().timeline
    assert [branch.number for branch in view.branches] == list(range(2, 10))
    runner.seek(5)
    runner.change(FASTER)
    snapshot = runner.snapshot()
    assert "Branch 2" in snapshot.message and "dropped" in snapshot.message
    for branch in snapshot.timeline.branches:
        runner.switch_branch(branch.number)
        assert runner.trainer.iteration == branch.end


def test_two_branches_of_different_edits_do_not_share_curves() -> None:
    runner = trained(50)
    plain = runner.snapshot().history.figures.tobytes()
    runner.seek(20)
    runner.change(FASTER)
    run_for(runner, 30)
    other = runner.snapshot().history.figures.tobytes()
    assert other != plain
    (branch,) = runner.snapshot().timeline.branches
    runner.switch_branch(branch.number)
    assert runner.snapshot().history.figures.tobytes() == plain


# --- bookmarks -----------------------------------------------------------------------------------


def test_a_bookmark_leads_back_to_the_moment() -> None:
    runner = trained(30)
    runner.add_bookmark("at rest")
    for _ in range(5):
        runner.step_phase()
    runner.add_bookmark(" in the middle ")
    shown = runner.snapshot()
    rest, middle = shown.timeline.bookmarks
    assert (rest.iteration, rest.name, rest.phase) == (30, "at rest", None)
    assert (middle.iteration, middle.name, middle.phase) == (31, "in the middle", 4)
    run_for(runner, 40)
    runner.seek(middle.iteration, middle.phase)
    again = runner.snapshot()
    assert (again.iteration, again.cursor) == (shown.iteration, shown.cursor)
    assert again.theta.tobytes() == shown.theta.tobytes()
    runner.rename_bookmark(1, "middle")
    runner.remove_bookmark(0)
    assert [own.name for own in runner.snapshot().timeline.bookmarks] == ["middle"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\nb", "a\0"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    runner = edited()
    runner.add_bookmark("good")
    runner.seek(20)
    runner.change(with_rate(DIGITS, 0.7))
    before = runner.snapshot().timeline
    refusals: list[Callable[[], None]] = [
        lambda: runner.add_bookmark(name),
        lambda: runner.rename_branch(before.branches[0].number, name),
    ]
    for refused in refusals:
        with pytest.raises(ProjectError) as caught:
            refused()
        assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
    assert runner.snapshot().timeline == before


@pytest.mark.parametrize("index", [-1, 1, 10**9])
def test_a_bookmark_that_is_not_there_is_refused(index: int) -> None:
    runner = trained(5)
    runner.add_bookmark("only")
    with pytest.raises(ProjectError, match="no such bookmark"):
        runner.remove_bookmark(index)
    with pytest.raises(ProjectError, match="no such bookmark"):
        runner.rename_bookmark(index, "x")


def test_bookmarks_belong_to_their_future() -> None:
    runner = trained(60)
    runner.add_bookmark("late")
    runner.seek(20)
    runner.add_bookmark("early")
    runner.change(FASTER)
    view = runner.snapshot().timeline
    assert [own.name for own in view.bookmarks] == ["early"]
    runner.switch_branch(view.branches[0].number)
    assert [own.name for own in runner.snapshot().timeline.bookmarks] == ["early", "late"]


# --- bounds --------------------------------------------------------------------------------------


def bounded(project: Project, states: int, size: int = 2**60) -> Runner:
    runner = Runner(project)
    runner.timeline = Timeline(runner.trainer, max_states=states, max_bytes=size)
    return runner


@pytest.mark.parametrize(("states", "kilobytes"), [(20, 10**6), (10**6, 150), (12, 90)])
def test_the_record_stays_within_its_bounds(states: int, kilobytes: int) -> None:
    runner = bounded(LONG, states, 1000 * kilobytes)
    chance = np.random.default_rng(0)

    def check() -> None:
        view = runner.timeline.view()
        assert view.checkpoints <= states
        assert view.bytes <= 1000 * kilobytes
        assert view.start <= runner.trainer.iteration <= view.end

    for turn in range(18):
        run_for(runner, 300)
        check()
        runner.seek(int(chance.integers(runner.timeline.start, runner.timeline.end + 1)))
        check()
        if turn % 3 == 0:
            runner.change(with_rate(LONG, 0.001 * (turn + 1)))
            check()


def test_a_long_run_keeps_checkpoints_everywhere() -> None:
    project = regression(5, batch_size=5, epochs=10**6)
    runner = bounded(project, 16)
    run_for(runner, 6_000)
    view = runner.timeline.view()
    assert 6 <= view.checkpoints <= 16
    places = sorted(runner.timeline._line.segments[0].checkpoints)
    gaps = np.diff([0, *places, 6_000])
    assert gaps.max() <= 4 * 6_000 / 16
    assert gaps.max() > FIRST_SPACING
    for place in (3, 2_999, 5_998, 4_321):
        runner.seek(place)
        check_is_at(runner, place, project)


def test_what_is_forgotten_cannot_be_gone_back_to() -> None:
    runner = bounded(LONG, 3)
    for turn in range(1, 6):
        run_for(runner, 10)
        runner.change(with_rate(LONG, 0.01 * turn))
    start = runner.timeline.start
    assert 0 < start < 50
    runner.seek(0)
    assert runner.snapshot().iteration == start
    runner.step_back()
    runner.step_iteration_back()
    runner.step_sample_back()
    runner.step_epoch_back()
    assert runner.snapshot().iteration == start


def test_the_states_of_a_run_share_what_is_the_same() -> None:
    """What a callback keeps of the best epoch is not counted once for each checkpoint."""
    project = everything(
        epochs=10**6, callbacks=[{"name": "early_stopping", "monitor": "loss", "patience": 10**6}]
    )
    runner = trained(FIRST_SPACING * 8, project)
    view = runner.snapshot().timeline
    network = runner.trainer.network
    assert view.bytes < view.checkpoints * 8 * 8 * (network.theta.size + network.moving.size)
    own = theta_bytes(runner.trainer)
    runner.seek(40)
    runner.seek(view.end)
    assert theta_bytes(runner.trainer) == own
