"""Steps of every grain forward and back, runs to a condition, and breakpoints."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from simulator.conditions import LossBelow
from simulator.project import load_project
from simulator.snapshot import RunState
from ui.dialogs.stop_conditions import BreakpointsDialog
from ui.main_window import MainWindow
from ui.transport.transport_bar import GRAINS

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def moment(window: MainWindow) -> tuple[int, int | None, int]:
    snapshot = window.session.snapshot
    number = snapshot.trace.iteration if snapshot.cursor is not None else snapshot.iteration
    return number, snapshot.cursor, snapshot.row


def press(
    qtbot: QtBot, window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE
) -> tuple[int, int | None, int]:
    before = window.session.snapshot
    QTest.keyClick(window, key, modifier)
    qtbot.waitUntil(lambda: window.session.snapshot is not before)
    qtbot.waitUntil(lambda: window.session.state is not RunState.RUNNING, timeout=10_000)
    return moment(window)


def choose(qtbot: QtBot, window: MainWindow, grain: str) -> None:
    qtbot.mouseClick(window.transport.grain.buttons()[GRAINS.index(grain)], LEFT)
    assert window.transport.grain_name == grain


def test_back_is_offered_only_where_there_is_something_before(
    qtbot: QtBot, window: MainWindow
) -> None:
    back = window.actions_by_id["back"]
    assert not back.isEnabled()
    press(qtbot, window, Qt.Key.Key_PageDown)
    press(qtbot, window, Qt.Key.Key_PageDown)
    qtbot.waitUntil(back.isEnabled)
    press(qtbot, window, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: not back.isEnabled())


@pytest.mark.parametrize(("grain", "length"), [("Phase", None), ("Iteration", 1), ("Epoch", 5)])
def test_step_and_back_follow_the_grain(
    qtbot: QtBot, window: MainWindow, grain: str, length: int | None
) -> None:
    choose(qtbot, window, grain)
    first = press(qtbot, window, Qt.Key.Key_F10)
    second = press(qtbot, window, Qt.Key.Key_F10)
    wanted = ((1, 0, 0), (1, 1, 0)) if length is None else None
    if wanted is None:
        assert (first[0], second[0]) == (length, 2 * length)
    else:
        assert (first, second) == wanted
    assert press(qtbot, window, Qt.Key.Key_F10, SHIFT)[0] == first[0]


def test_phases_go_back_across_iterations(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_F6)
    press(qtbot, window, Qt.Key.Key_PageDown)
    assert moment(window)[:2] == (2, 0)
    before = press(qtbot, window, Qt.Key.Key_PageUp)
    last = len(window.session.snapshot.trace.phases) - 1
    assert before[0] == 1
    assert before[1] in (None, last)


def test_samples_of_a_mini_batch_are_stepped_through(qtbot: QtBot, window: MainWindow) -> None:
    project = load_project("digits-5x5")
    window.session.set_project(project)
    window.session.set_training("Change batch size", batch_size=5)
    qtbot.waitUntil(lambda: window.session.snapshot.project is window.session.project)
    press(qtbot, window, Qt.Key.Key_PageDown)
    choose(qtbot, window, "Sample")
    assert press(qtbot, window, Qt.Key.Key_F10)[2] == 0
    assert press(qtbot, window, Qt.Key.Key_F10)[2] == 1
    assert window.network_card.view.sample_row == 1
    assert press(qtbot, window, Qt.Key.Key_F10, SHIFT)[2] == 0
    assert window.network_card.view.sample_row == 0


def test_two_hundred_keys_are_all_followed(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(200):
        QTest.keyClick(window, Qt.Key.Key_PageDown)
    phases = len(press_count(qtbot, window, 200))
    expected = divmod(199, phases)
    assert moment(window)[:2] == (expected[0] + 1, expected[1])
    for _ in range(200):
        QTest.keyClick(window, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: window.session.time.at_start, timeout=20_000)


def press_count(qtbot: QtBot, window: MainWindow, presses: int) -> tuple[object, ...]:
    """The phases of an iteration, once so many presses have been followed."""
    qtbot.waitUntil(lambda: window.session.snapshot.trace is not None)
    phases = window.session.snapshot.trace.phases
    number, cursor = divmod(presses - 1, len(phases))
    qtbot.waitUntil(lambda: moment(window)[:2] == (number + 1, cursor), timeout=20_000)
    return phases


def chosen(window: MainWindow, text: str) -> None:
    menu = window.transport.run_to.menu()
    menu.aboutToShow.emit()
    next(own for own in menu.actions() if own.text() == text).trigger()


def test_run_to_the_next_epoch_and_again_on_top(qtbot: QtBot, window: MainWindow) -> None:
    chosen(window, "Next epoch")
    qtbot.waitUntil(lambda: window.session.snapshot.iteration == 5)
    qtbot.waitUntil(lambda: window.session.state is RunState.PAUSED)
    menu = window.transport.run_to.menu()
    menu.aboutToShow.emit()
    assert menu.actions()[0].text().startswith("Again: ")
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: window.session.snapshot.iteration == 10)


def test_a_breakpoint_stops_a_run_and_says_why(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_B, CONTROL | SHIFT)
    dialog = window.findChild(BreakpointsDialog)
    assert dialog is not None and dialog.isVisible()
    dialog.form.limit.setFocus()
    dialog.form.limit.selectAll()
    QTest.keyClicks(dialog.form.limit, "0.5")
    qtbot.mouseClick(dialog.add_button, LEFT)
    close = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close)
    qtbot.mouseClick(close, LEFT)
    assert window.session.time.breakpoints == ((LossBelow(0.5), True),)
    assert window.transport.breakpoints.isVisible()
    qtbot.mouseClick(window.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: window.session.snapshot.iteration > 0)
    qtbot.waitUntil(lambda: window.session.state is RunState.PAUSED, timeout=10_000)
    assert window.session.snapshot.trace.loss < 0.5
    assert "below 0.5" in window.notice.text()
    window.session.time.set_breakpoints(((LossBelow(0.5), False),))
    assert not window.transport.breakpoints.isVisible()
