"""The training thread: clean ends at full speed, nothing lost, nothing stale."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from simulator.project import load_project
from simulator.runner import Runner
from simulator.snapshot import RunState
from simulator.trainer import Trainer
from ui.session import Session
from ui.training_thread import TrainingThread


@pytest.fixture
def session(qtbot: QtBot):
    """A started session on the digits with no end in sight."""
    session = Session(load_project("digits-5x5").with_epochs(10**9))
    session.start()
    yield session
    assert session.shut_down()


def wait_iterations(qtbot: QtBot, session: Session, at_least: int) -> None:
    qtbot.waitUntil(
        lambda: session.snapshot is not None and session.snapshot.iteration >= at_least,
        timeout=10_000,
    )


def test_a_hundred_quits_at_full_speed(qtbot: QtBot) -> None:
    project = load_project("digits-5x5").with_epochs(10**9)
    for _ in range(100):
        thread = TrainingThread(project)
        thread.start()
        thread.send(Runner.run)
        qtbot.waitUntil(lambda thread=thread: thread.mailbox.take() is not None, timeout=5000)
        assert thread.shut_down()
        assert thread.isFinished()


def test_a_hundred_loads_while_training(qtbot: QtBot, session: Session) -> None:
    names = ("xor", "digits-5x5", "and", "or", "not")
    projects = [load_project(name).with_epochs(10**9) for name in names]
    session.run()
    for turn in range(100):
        session.set_project(projects[turn % len(projects)])
        session.run()
    wanted = projects[99 % len(projects)].network
    qtbot.waitUntil(lambda: session.snapshot is not None and session.snapshot.spec == wanted)
    wait_iterations(qtbot, session, 1)


def test_a_hundred_resets_while_training(qtbot: QtBot, session: Session) -> None:
    start = Trainer(session.project).network.theta.tobytes()
    session.run()
    for _ in range(100):
        session.reset()
        session.run()
    session.reset()
    qtbot.waitUntil(
        lambda: (
            session.snapshot is not None
            and session.snapshot.state is RunState.PAUSED
            and session.snapshot.iteration == 0
        )
    )
    assert session.snapshot is not None
    assert session.snapshot.theta.tobytes() == start


def test_watched_training_gives_the_same_bytes_as_unwatched(qtbot: QtBot, session: Session) -> None:
    session.run()
    wait_iterations(qtbot, session, 300)
    session.pause()
    qtbot.waitUntil(lambda: session.state is RunState.PAUSED)
    shown = session.snapshot
    assert shown is not None
    alone = Trainer(session.project)
    alone.run_iterations(shown.iteration)
    assert shown.theta.tobytes() == alone.network.theta.tobytes()


def test_snapshots_cannot_be_written_and_do_not_change(qtbot: QtBot, session: Session) -> None:
    session.run()
    wait_iterations(qtbot, session, 10)
    shown = session.snapshot
    assert shown is not None and shown.trace is not None
    before = shown.theta.copy(), shown.trace.z[0].copy()
    wait_iterations(qtbot, session, shown.iteration + 100)
    assert np.array_equal(shown.theta, before[0])
    assert np.array_equal(shown.trace.z[0], before[1])
    with pytest.raises(ValueError, match="read-only"):
        shown.theta[0] = 0.0


def test_an_unexpected_exception_is_reported_and_training_stops_with_its_work(
    qtbot: QtBot, session: Session
) -> None:
    session.run()
    wait_iterations(qtbot, session, 50)

    def broken(runner: Runner) -> None:
        raise RuntimeError("a bolt is loose")

    with qtbot.waitSignal(session.failed, timeout=5000) as blocker:
        session.send(broken)
    assert str(blocker.args[0]) == "a bolt is loose"
    qtbot.waitUntil(lambda: session.state is RunState.STOPPED)
    assert session.snapshot is not None
    assert session.snapshot.iteration >= 50
    iteration = session.snapshot.iteration
    session.run()
    wait_iterations(qtbot, session, iteration + 10)


def test_divergence_stops_with_a_sentence_and_keeps_finite_weights(
    qtbot: QtBot, session: Session
) -> None:
    session.set_learning_rate(1e6)
    session.run()
    qtbot.waitUntil(lambda: session.state is RunState.STOPPED, timeout=5000)
    assert session.snapshot is not None
    assert "smaller learning rate" in session.snapshot.message
    assert np.isfinite(session.snapshot.theta).all()


def test_a_slow_run_shows_every_iteration(qtbot: QtBot, session: Session) -> None:
    session.set_rate_limit(20.0)
    seen: set[int] = set()

    def note(snapshot: object) -> None:
        seen.add(snapshot.iteration)

    session.snapshot_changed.connect(note)
    session.run()
    wait_iterations(qtbot, session, 6)
    assert {1, 2, 3, 4, 5} <= seen


def test_undo_brings_back_what_an_edit_took_away(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: session.snapshot is not None)
    assert session.snapshot is not None
    before = session.snapshot.theta.tobytes()
    revision = session.snapshot.revision
    assert session.change_layer(2, "Change units", units=5)
    qtbot.waitUntil(lambda: session.snapshot.revision > revision)
    assert session.snapshot.spec.sizes == (25, 20, 5, 20, 5)
    revision = session.snapshot.revision
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: session.snapshot.revision > revision)
    assert session.snapshot.theta.tobytes() == before
    revision = session.snapshot.revision
    session.undo_stack.redo()
    qtbot.waitUntil(lambda: session.snapshot.revision > revision)
    assert session.snapshot.spec.sizes == (25, 20, 5, 20, 5)


def test_an_edit_that_cannot_be_made_is_a_sentence(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.refused, timeout=1000) as blocker:
        assert not session.edits.remove_layer(4)
    assert "hidden layers" in blocker.args[0]
    assert session.project.network.depth == 4
