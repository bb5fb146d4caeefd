"""Time travel in the real window: random walks, edits that race with jumps, and very long plans."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.project import load_project
from simulator.snapshot import RunState, Snapshot
from simulator.trace import PhaseKind
from simulator.trainer import Trainer
from ui.editor.hover import Target
from ui.editor.readings import read
from ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture(autouse=True)
def failures(window: MainWindow) -> Iterator[list[object]]:
    """What failed in the training thread; nothing may."""
    found: list[object] = []
    window.session.failed.connect(found.append)
    yield found
    assert found == []


def settle(qtbot: QtBot, window: MainWindow) -> Snapshot:
    """Pause, and wait until everything asked for is done and on show."""
    session = window.session
    session.pause()
    qtbot.waitUntil(
        lambda: session.settled and session.state is not RunState.RUNNING, timeout=20_000
    )
    assert session.snapshot is not None
    return session.snapshot


def trained(qtbot: QtBot, window: MainWindow, steps: int) -> None:
    for _ in range(steps):
        QTest.keyClick(window, Key.Key_F6)
    settle(qtbot, window)


STEPS = (
    *((Key.Key_PageDown, NONE), (Key.Key_PageUp, NONE), (Key.Key_F6, NONE), (Key.Key_F6, SHIFT)),
    *((Key.Key_F7, NONE), (Key.Key_F7, SHIFT), (Key.Key_F8, NONE), (Key.Key_F8, SHIFT)),
    *((Key.Key_F10, NONE), (Key.Key_F10, SHIFT), (Key.Key_End, CONTROL)),
)
EDITS = (
    *((Key.Key_Plus, CONTROL), (Key.Key_Minus, CONTROL), (Key.Key_Z, CONTROL)),
    *((Key.Key_Z, CONTROL | SHIFT), (Key.Key_F5, NONE), (Key.Key_R, CONTROL)),
    *((Key.Key_N, CONTROL), (Key.Key_P, NONE)),
)


def random_place(window: MainWindow, chance: random.Random) -> QPoint:
    track = window.timeline.track
    return QPoint(round(track.x_of(chance.randint(0, 30))), 20)


@pytest.mark.parametrize("seed", [1])
def test_any_walk_of_steps_ends_where_plain_training_comes_to(
    qtbot: QtBot, window: MainWindow, seed: int
) -> None:
    chance = random.Random(seed)
    for number in range(80):
        QTest.keyClick(window, *chance.choice(STEPS))
        if number % 10 == 0:
            qtbot.mouseClick(window.timeline.track, LEFT, pos=random_place(window, chance))
            qtbot.wait(10)
    QTest.keyClick(window, Key.Key_F6)
    snapshot = settle(qtbot, window)
    assert snapshot.cursor is None
    plain = Trainer(window.session.project)
    plain.run_iterations(snapshot.iteration)
    assert snapshot.theta.tobytes() == plain.network.theta.tobytes()


@pytest.mark.parametrize("seed", [3, 4])
def test_any_walk_with_edits_leaves_the_window_with_what_is_trained(
    qtbot: QtBot, window: MainWindow, seed: int
) -> None:
    chance = random.Random(seed)
    session = window.session
    for number in range(100):
        QTest.keyClick(window, *chance.choice(STEPS if chance.random() < 0.6 else EDITS))
        if number % 4 == 0:
            sizes = session.project.network.sizes
            layer = chance.randrange(1, len(sizes))
            session.selection.select(layer, chance.randrange(sizes[layer]))
        if number % 7 == 0:
            qtbot.mouseClick(window.timeline.track, LEFT, pos=random_place(window, chance))
            qtbot.wait(chance.choice([0, 40]))
    snapshot = settle(qtbot, window)
    assert snapshot.project is session.project
    assert snapshot.spec == session.project.network
    session.time.go_to_newest()
    newest = settle(qtbot, window)
    session.time.seek(newest.timeline.start)
    settle(qtbot, window)
    session.time.go_to_newest()
    assert settle(qtbot, window).theta.tobytes() == newest.theta.tobytes()


def test_an_edit_made_while_a_jump_is_under_way_is_made(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    trained(qtbot, window, 3)
    for _ in range(2):
        session.edits.insert_layer(1)
    trained(qtbot, window, 3)
    depth = session.project.network.depth
    session.time.seek(1)
    session.edits.remove_layer(2)
    snapshot = settle(qtbot, window)
    assert snapshot.spec.depth == session.project.network.depth == depth - 1
    assert snapshot.project is session.project


def test_undo_of_time_travel_keeps_the_layers_that_are_the_same(
    qtbot: QtBot, window: MainWindow
) -> None:
    session = window.session
    trained(qtbot, window, 3)
    session.edits.insert_layer(1)
    trained(qtbot, window, 3)
    session.time.seek(2)
    past = settle(qtbot, window)
    depth = past.spec.depth
    assert session.project.network.depth == depth
    QTest.keyClick(window, Key.Key_Z, CONTROL)
    now = settle(qtbot, window)
    assert now.spec.depth == depth + 1
    assert np.array_equal(now.weights(1), past.weights(1))
    assert np.array_equal(now.weights(depth + 1), past.weights(depth))


def test_jumps_do_not_overtake_what_was_asked_for_between_them(
    qtbot: QtBot, window: MainWindow
) -> None:
    trained(qtbot, window, 6)
    time = window.session.time
    time.seek(2)
    window.session.set_learning_rate(0.5)
    time.seek(1)
    snapshot = settle(qtbot, window)
    assert snapshot.iteration == 1
    assert [mark.iteration for mark in snapshot.timeline.edits] == [2]


def test_a_chosen_link_may_vanish_in_the_past(qtbot: QtBot, window: MainWindow) -> None:
    trained(qtbot, window, 2)
    session = window.session
    session.edits.insert_layer(3)
    trained(qtbot, window, 2)
    depth = session.project.network.depth
    session.selection.clear()
    for link in (Target(depth, 0, (depth - 1, 1)), Target(depth, 0, (depth - 1, -1))):
        window.network_card.view.linkChosen.emit(link)
        session.time.seek(1)
        assert settle(qtbot, window).spec.depth == depth - 1
        window.network_card.view.linkChosen.emit(link)
        session.time.go_to_newest()
        assert settle(qtbot, window).spec.depth == depth
        assert window.formula.explanation is not None


def test_nothing_behind_the_cursor_is_shown_whichever_way_one_comes(
    qtbot: QtBot, window: MainWindow
) -> None:
    trained(qtbot, window, 3)
    trace = window.session.snapshot.trace
    count = len(trace.phases)
    places = [
        *range(0, count, 2),
        *range(count - 1, 0, -3),
        *random.Random(7).sample(range(count), 5),
    ]
    dock = window.docks.dock("deltas")
    dock.show()
    dock.raise_()
    deltas = next(own for own in window.docks.panels if own.panel_id == "deltas")
    for place in places:
        window.session.time.seek(2, place)
        snapshot = settle(qtbot, window)
        assert snapshot.cursor == place
        layers = read(snapshot, "training", snapshot.row).layers
        for number, layer in enumerate(layers[1:], start=1):
            for values, kind in (
                (layer.z, PhaseKind.PREACTIVATION),
                (layer.activation, PhaseKind.ACTIVATION),
                (layer.delta, PhaseKind.DELTA),
            ):
                there = trace.phases.index(_phase(trace, kind, number)) <= place
                assert (values is not None) == there
            row = deltas.rows[number - 1]
            block = next(own for own in deltas.row_blocks() if own.name[1] == row.layer)
            cell = deltas.view.cell(block, 0, 0)
            there = trace.phases.index(_phase(trace, PhaseKind.DELTA, number)) <= place
            assert np.isfinite(cell.value) == there


def _phase(trace: object, kind: PhaseKind, layer: int) -> object:
    return next(own for own in trace.phases if own.kind is kind and own.layer == layer)


def test_panels_follow_steps_by_samples(qtbot: QtBot, window: MainWindow) -> None:
    window.session.set_training("Change batch size", batch_size=5)
    deltas = next(own for own in window.docks.panels if own.panel_id == "deltas")
    window.docks.dock("deltas").show()
    window.docks.dock("deltas").raise_()
    for wanted in (1, 2, 3):
        QTest.keyClick(window, Key.Key_F8)
        assert settle(qtbot, window).row == wanted - 1
        assert deltas.samples.spin.value() == wanted
    QTest.keyClick(window, Key.Key_F8, SHIFT)
    settle(qtbot, window)
    assert deltas.samples.spin.value() == 2


def test_the_drawing_goes_with_inputs_that_change_in_time(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    trained(qtbot, window, 3)
    session.change_project("Other data", load_project("xor").with_epochs(10**6))
    trained(qtbot, window, 3)
    for iteration, inputs in ((1, 25), (5, 2), (2, 25)):
        session.time.seek(iteration)
        snapshot = settle(qtbot, window)
        assert snapshot.spec.inputs == inputs
        assert snapshot.probe is not None and len(snapshot.probe.x) == inputs


def test_divergence_is_gone_into_and_out_of(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    trained(qtbot, window, 3)
    session.set_learning_rate(1e200)
    QTest.keyClick(window, Key.Key_F5)
    qtbot.waitUntil(lambda: session.state is RunState.STOPPED, timeout=10_000)
    assert session.snapshot.divergence is not None
    for panel in window.docks.panels:
        window.docks.dock(panel.panel_id).show()
        window.docks.dock(panel.panel_id).raise_()
        assert not panel.grab().isNull()
    for _ in range(3):
        QTest.keyClick(window, Key.Key_PageUp)
    settle(qtbot, window)
    qtbot.mouseClick(window.notice.button, LEFT)
    assert np.isfinite(settle(qtbot, window).theta).all()
    session.set_learning_rate(0.01)
    before = settle(qtbot, window).iteration
    trained(qtbot, window, 2)
    assert session.snapshot.iteration == before + 2


def test_the_record_of_a_very_long_plan_can_be_grasped(qtbot: QtBot, window: MainWindow) -> None:
    trained(qtbot, window, 4)
    track = window.timeline.track
    assert track.total == 20_000
    far = float(track.width() - 4)
    assert "20,000 of 5,000,000 planned" in track.text_at(far, 20.0)
    window.session.set_training("Change epochs", epochs=1000)
    settle(qtbot, window)
    assert track.total == 5000
    assert "planned" not in track.text_at(far, 20.0)


def test_quitting_amid_held_keys_and_a_run_works_at_once(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Key.Key_F5)
    qtbot.waitUntil(lambda: window.session.snapshot.iteration > 0)
    for number in range(200):
        QTest.keyClick(window, Key.Key_PageUp if number % 2 else Key.Key_PageDown)
        window.session.time.seek(number)
    assert window.session.shut_down()
