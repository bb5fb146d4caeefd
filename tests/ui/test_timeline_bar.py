"""Going back and forth on the timeline with mouse and keys; marks, branches and undo."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.project import Project, load_project
from simulator.runner import Runner
from simulator.snapshot import RunState
from simulator.trainer import Trainer
from ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
END = 400


@pytest.fixture
def trained(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The window on the digits after 400 of 1,250 iterations."""
    window.session.set_project(load_project("digits-5x5").with_epochs(250))

    def train(runner: Runner) -> None:
        runner.run()
        while runner.trainer.iteration < END:
            runner.advance(END - runner.trainer.iteration)
        runner.pause()

    window.session.send(train)
    at(qtbot, window, END)
    return window


def at(qtbot: QtBot, window: MainWindow, iteration: int) -> None:
    qtbot.waitUntil(lambda: window.session.snapshot.iteration == iteration, timeout=10_000)
    assert window.session.state is not RunState.RUNNING


def fresh(project: Project, iteration: int) -> bytes:
    trainer = Trainer(project)
    trainer.run_iterations(iteration)
    return trainer.network.theta.tobytes()


def place(window: MainWindow, iteration: int) -> QPoint:
    track = window.timeline.track
    return QPoint(round(track.x_of(iteration)), 20)


def press(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    QTest.keyClick(window.timeline.track, key, modifier or Qt.KeyboardModifier.NoModifier)


def test_dragging_the_handle_goes_to_a_past_iteration(qtbot: QtBot, trained: MainWindow) -> None:
    track = trained.timeline.track
    qtbot.mousePress(track, LEFT, pos=place(trained, END))
    for iteration in range(380, 119, -20):
        qtbot.mouseMove(track, place(trained, iteration))
    target = track.iteration_at(place(trained, 120).x())
    qtbot.mouseRelease(track, LEFT, pos=place(trained, 120))
    at(qtbot, trained, target)
    assert abs(target - 120) <= 2
    snapshot = trained.session.snapshot
    assert snapshot.theta.tobytes() == fresh(trained.session.project, target)
    assert f"iteration {target:,} of {END}" in trained.timeline.words.text()


def test_a_click_beyond_the_record_goes_to_its_end(qtbot: QtBot, trained: MainWindow) -> None:
    press(trained, Qt.Key.Key_Home)
    at(qtbot, trained, 0)
    qtbot.mouseClick(trained.timeline.track, LEFT, pos=place(trained, 1200))
    at(qtbot, trained, END)


def test_keys_go_by_iterations_and_epochs(qtbot: QtBot, trained: MainWindow) -> None:
    for key, modifier, wanted in (
        (Qt.Key.Key_Left, None, 399),
        (Qt.Key.Key_Left, CONTROL, 394),
        (Qt.Key.Key_Right, None, 395),
        (Qt.Key.Key_Home, None, 0),
        (Qt.Key.Key_Right, CONTROL, 5),
        (Qt.Key.Key_End, None, END),
    ):
        press(trained, key, modifier)
        at(qtbot, trained, wanted)


def test_held_arrow_keys_lose_no_iteration(qtbot: QtBot, trained: MainWindow) -> None:
    for _ in range(30):
        press(trained, Qt.Key.Key_Left)
    at(qtbot, trained, END - 30)


def test_one_click_leads_back_to_the_newest(qtbot: QtBot, trained: MainWindow) -> None:
    assert not trained.timeline.newest.isEnabled()
    press(trained, Qt.Key.Key_Home)
    at(qtbot, trained, 0)
    qtbot.waitUntil(trained.timeline.newest.isEnabled)
    qtbot.mouseClick(trained.timeline.newest, LEFT)
    at(qtbot, trained, END)
    qtbot.waitUntil(lambda: not trained.timeline.newest.isEnabled())


def test_a_click_on_a_flag_goes_to_the_bookmark(qtbot: QtBot, trained: MainWindow) -> None:
    trained.session.time.seek(100)
    at(qtbot, trained, 100)
    trained.session.time.add_bookmark("here it clicks")
    qtbot.waitUntil(lambda: bool(trained.session.snapshot.timeline.bookmarks))
    press(trained, Qt.Key.Key_End)
    at(qtbot, trained, END)
    flag = QPoint(place(trained, 100).x() + 3, 5)
    assert "here it clicks" in trained.timeline.track.text_at(float(flag.x()), 5.0)
    qtbot.mouseClick(trained.timeline.track, LEFT, pos=flag)
    at(qtbot, trained, 100)


def edit_at(qtbot: QtBot, window: MainWindow, iteration: int, rate: float) -> None:
    window.session.time.seek(iteration)
    at(qtbot, window, iteration)
    window.session.set_learning_rate(rate)
    qtbot.waitUntil(lambda: settled(window))


def settled(window: MainWindow) -> bool:
    return window.session.snapshot.project is window.session.project


def entry(window: MainWindow, text: str, inside: str = "") -> Callable[[], None]:
    """What triggers an entry of the menu of marks."""
    menu = window.timeline.menu
    menu.aboutToShow.emit()
    if inside:
        menu = next(own.menu() for own in menu.actions() if inside in own.text())
    return next(own for own in menu.actions() if text in own.text()).trigger


def test_an_edit_in_the_past_is_marked_and_makes_a_branch_to_go_back_to(
    qtbot: QtBot, trained: MainWindow
) -> None:
    before = trained.session.project
    edit_at(qtbot, trained, 200, 0.005)
    view = trained.session.snapshot.timeline
    assert [mark.iteration for mark in view.edits] == [200]
    assert [(branch.fork, branch.end) for branch in view.branches] == [(200, END)]
    entry(trained, "Go there", "Branch")()
    at(qtbot, trained, END)
    qtbot.waitUntil(lambda: settled(trained))
    assert trained.session.project == before
    assert trained.session.snapshot.theta.tobytes() == fresh(before, END)


def test_the_project_of_the_past_is_shown_and_undo_brings_the_edit_back(
    qtbot: QtBot, trained: MainWindow
) -> None:
    old = trained.session.project
    edit_at(qtbot, trained, END, 0.005)
    new = trained.session.project
    trained.session.selection.select(1, 2)
    for iteration in (100, 150, 50):
        trained.session.time.seek(iteration)
        at(qtbot, trained, iteration)
    assert trained.session.project == old
    assert (trained.session.selection.layer, trained.session.selection.neuron) == (1, 2)
    assert "another time" in trained.session.undo_stack.undoText()
    QTest.keyClick(trained, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: settled(trained) and trained.session.project == new)
    assert trained.session.snapshot.iteration == 50


def test_going_back_and_forth_leaves_nothing_to_undo(qtbot: QtBot, trained: MainWindow) -> None:
    edit_at(qtbot, trained, END, 0.005)
    count, new = trained.session.undo_stack.count(), trained.session.project
    trained.session.time.seek(100)
    at(qtbot, trained, 100)
    trained.session.time.go_to_newest()
    at(qtbot, trained, END)
    qtbot.waitUntil(lambda: settled(trained))
    assert trained.session.project == new
    assert trained.session.undo_stack.count() == count


def test_quitting_while_seeking_works_at_once(qtbot: QtBot, trained: MainWindow) -> None:
    for iteration in range(0, END, 3):
        trained.session.time.seek(iteration)
    assert trained.session.shut_down()


def test_the_words_take_no_more_room_than_they_need(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F5)
    words = window.timeline.words
    for iteration in (20, 40, 60, 80, 100):
        qtbot.waitUntil(lambda least=iteration: window.session.snapshot.iteration >= least)
        needed = words.fontMetrics().horizontalAdvance(words.text())
        assert needed <= words.width() <= max(300, needed + 130)
