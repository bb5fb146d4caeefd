"""The window as a whole, through its buttons, menus and keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator.project import builtin_projects, load_project
from simulator.resource_files import resource_path
from simulator.runner import Runner
from simulator.snapshot import RunState
from simulator.trainer import Trainer
from ui.app import connect_problems
from ui.main_window import DEFAULT_SIZE, SMALLEST_SIZE, MainWindow, first_size
from ui.panels.registry import PANELS
from ui.problems import ProblemReporter
from ui.session import Session
from ui.settings import Settings


def run(qtbot: QtBot, window: MainWindow, iterations: int = 20) -> None:
    start = window.session.snapshot.iteration
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.session.snapshot.iteration >= start + iterations, timeout=10_000)


def go_on_with_the_mouse(qtbot: QtBot, window: MainWindow) -> None:
    """Run again, by the button: without a window manager a closed dialog keeps the keys."""
    start = window.session.snapshot.iteration
    qtbot.mouseClick(window.transport.run_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.snapshot.iteration >= start + 20, timeout=10_000)


def sizes(window: MainWindow) -> tuple[int, ...]:
    return window.session.snapshot.spec.sizes


def test_layers_are_added_and_removed_while_training_and_undone(
    qtbot: QtBot, window: MainWindow
) -> None:
    run(qtbot, window)
    window.session.selection.select(2)
    qtbot.mouseClick(window.inspector.layer_form.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sizes(window) == (25, 20, 20, 20, 20, 5))
    assert window.session.selection.layer == 3
    qtbot.mouseClick(window.inspector.layer_form.remove_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sizes(window) == (25, 20, 20, 20, 5))
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: sizes(window) == (25, 20, 20, 20, 20, 5))
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: sizes(window) == (25, 20, 20, 20, 5))
    assert window.session.state is RunState.RUNNING


def test_settings_change_while_training(qtbot: QtBot, window: MainWindow) -> None:
    run(qtbot, window)
    form = window.inspector.network_form
    for box, text in ((form.learning_rate, "0.005"), (form.seed, "11"), (form.batch_size, "5")):
        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, text)
        QTest.keyClick(box, Qt.Key.Key_Return)
    project = window.session.project
    assert project.optimizer.learning_rate == 0.005
    assert project.training.seed == 11
    assert project.batch_size == 5
    assert (
        "rate 0.005 · batch 5 · seed 11"
        in window.transport.findChild(object, "settings_summary").text()
    )
    qtbot.waitUntil(lambda: len(window.session.snapshot.trace.samples) == 5)
    assert window.session.state is RunState.RUNNING


def test_dropout_given_to_a_layer_shows_in_its_trace(qtbot: QtBot, window: MainWindow) -> None:
    window.session.selection.select(1)
    box = window.inspector.layer_form.dropout
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "0.5")
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.snapshot.spec.layer(1).dropout_rate == 0.5)
    QTest.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: window.session.snapshot.trace is not None)
    mask = window.session.snapshot.trace.mask[0]
    assert set(np.unique(mask)) <= {0.0, 1.0}
    assert 0 < mask.sum() < 20


def test_the_activation_is_chosen_from_the_list(qtbot: QtBot, window: MainWindow) -> None:
    window.session.selection.select(1)
    choice = window.inspector.layer_form.activation
    choice.setFocus()
    QTest.keyClicks(choice, "tanh")
    choice.textActivated.emit("tanh")
    qtbot.waitUntil(lambda: window.session.snapshot.spec.layer(1).activation == "tanh")


def test_reset_returns_to_the_same_start_weights(qtbot: QtBot, window: MainWindow) -> None:
    start = window.session.snapshot.theta.tobytes()
    run(qtbot, window, 50)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.session.snapshot.iteration == 0)
    assert window.session.snapshot.theta.tobytes() == start
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.session.snapshot.theta.tobytes() != start)
    assert window.session.project.training.seed == 4


def test_an_epoch_step_ends_at_the_epochs_end(qtbot: QtBot, window: MainWindow) -> None:
    for epoch in (1, 2):
        QTest.keyClick(window, Qt.Key.Key_F7)
        qtbot.waitUntil(lambda epoch=epoch: window.session.snapshot.epoch == epoch)
        qtbot.waitUntil(lambda: window.session.state is RunState.PAUSED)
        assert window.session.snapshot.iteration == 5 * epoch


def test_a_click_on_the_strip_goes_to_that_phase(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: window.session.snapshot.cursor == 0)
    window.phase_strip.repaint()
    chip = window.phase_strip._chips[4].center().toPoint()
    qtbot.mouseClick(window.phase_strip, Qt.MouseButton.LeftButton, pos=chip)
    qtbot.waitUntil(lambda: window.session.snapshot.cursor == 4)


def test_the_panel_of_the_phase_comes_forward(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(6):
        QTest.keyClick(window, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: window.session.snapshot.cursor == 5)
    assert window.session.snapshot.phase.kind == "dropout"
    qtbot.waitUntil(lambda: not window.docks.panel("masks").visibleRegion().isEmpty())


def test_hidden_panels_are_not_drawn(qtbot: QtBot, window: MainWindow) -> None:
    hidden = window.docks.panel("gradients")
    assert hidden.visibleRegion().isEmpty()
    run(qtbot, window)
    assert hidden.snapshot is None or hidden.snapshot.iteration == 0


def test_light_and_dark_change_everything(qtbot: QtBot, window: MainWindow) -> None:
    def corner() -> int:
        return window.grab().toImage().pixelColor(2, 400).lightness()

    before = corner()
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert abs(corner() - before) > 100
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert corner() == before


def entries_of(action: QAction) -> list[QAction]:
    """The entries of a submenu; an entry that is none is its own."""
    return [action] if action.menu() is None else action.menu().actions()


def test_every_built_in_project_opens_from_the_menu(qtbot: QtBot, window: MainWindow) -> None:
    menu = next(
        action.menu()
        for action in window.menuBar().actions()[0].menu().actions()
        if action.text() == "Open built-in project"
    )
    entries = [entry for group in menu.actions() for entry in entries_of(group)]
    assert [entry.data() for entry in entries] == list(builtin_projects())
    for entry in entries:
        run_before = window.session.state is RunState.RUNNING
        if not run_before:
            QTest.keyClick(window, Qt.Key.Key_F5)
        entry.trigger()
        wanted = load_project(entry.data()).network.sizes
        qtbot.waitUntil(lambda wanted=wanted: sizes(window) == wanted)
        QTest.keyClick(window, Qt.Key.Key_PageDown)
        qtbot.waitUntil(lambda: window.session.snapshot.cursor == 0)


def test_a_project_that_cannot_be_opened_leaves_the_present_one(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps({"network": {"inputs": 2, "layers": []}}), encoding="utf-8")
    window.open(str(broken))
    question = window.files.asking.question
    assert question is not None and question.isVisible()
    said = question.sentence.text()
    assert "broken.json" in said and "layers" in said
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert window.files.asking.question is None
    assert window.session.project.name == "digits-5x5"


def test_divergence_is_a_sentence_in_the_window_and_run_goes_on(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.set_learning_rate(1e6)
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.session.state is RunState.STOPPED)
    qtbot.waitUntil(window.notice.isVisible)
    assert "smaller learning rate" in window.notice.text()
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.notice.isVisible())
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    run(qtbot, window)


@pytest.fixture
def reporter(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ProblemReporter]:
    """Error reporting as the application sets it up."""
    monkeypatch.setenv("BACKLIT_STATE_DIR", str(tmp_path / "state"))
    reporter = ProblemReporter()
    reporter.install()
    connect_problems(reporter, window.session)
    yield reporter
    if reporter.dialog() is not None:
        reporter.dialog().close()
    reporter.uninstall()


class BrokenSlot(QObject):
    """A part of the window that has a bug."""

    def fail(self) -> None:
        raise RuntimeError("a bolt is loose in a slot")


def test_a_bug_in_a_slot_is_a_dialog_and_training_pauses_with_its_work(
    qtbot: QtBot, window: MainWindow, reporter: ProblemReporter, tmp_path: Path
) -> None:
    run(qtbot, window)
    broken = BrokenSlot()
    QTimer.singleShot(0, broken.fail)
    qtbot.waitUntil(lambda: reporter.dialog() is not None and reporter.dialog().isVisible())
    qtbot.waitUntil(lambda: window.session.state is RunState.PAUSED)
    assert window.session.snapshot.iteration >= 20
    log = (tmp_path / "state" / "backlit.log").read_text("utf-8")
    assert "a bolt is loose in a slot" in log
    reporter.dialog().close()
    go_on_with_the_mouse(qtbot, window)


def test_a_bug_in_the_thread_is_a_dialog_and_training_can_go_on(
    qtbot: QtBot, window: MainWindow, reporter: ProblemReporter, tmp_path: Path
) -> None:
    run(qtbot, window)

    def fail(runner: Runner) -> None:
        raise RuntimeError("a bolt is loose in the thread")

    window.session.send(fail)
    qtbot.waitUntil(lambda: reporter.dialog() is not None and reporter.dialog().isVisible())
    qtbot.waitUntil(lambda: window.session.state is RunState.STOPPED)
    assert "a bolt is loose in the thread" in (tmp_path / "state" / "backlit.log").read_text(
        "utf-8"
    )
    reporter.dialog().close()
    go_on_with_the_mouse(qtbot, window)


def test_closing_saves_the_layout_and_the_next_window_takes_it(
    qtbot: QtBot, own_window: MainWindow, tmp_path: Path
) -> None:
    own_window.docks.dock("loss").close()
    own_window.show_notice("Something could not be done.")
    own_window.close()
    session = Session(load_project("xor"))
    again = MainWindow(session, Settings(str(tmp_path / "settings.ini")))
    again.show()
    qtbot.waitExposed(again)
    assert again.docks.dock("loss").isHidden()
    assert not again.notice.isVisible()
    again.close()
    again.deleteLater()


@pytest.mark.parametrize("screen", [(1280, 720), (1366, 728), (1440, 900), (1920, 1040)])
def test_the_first_window_and_its_frame_fit_on_the_screen(screen: tuple[int, int]) -> None:
    size = first_size(QSize(*screen))
    assert size.width() <= screen[0] and size.height() + 30 <= screen[1]
    assert size.width() >= SMALLEST_SIZE.width() and size.height() >= SMALLEST_SIZE.height()
    assert screen < (1600, 940) or size == DEFAULT_SIZE


def test_a_window_nobody_has_sized_is_no_larger_than_it_may_be(
    qtbot: QtBot, own_window: MainWindow, tmp_path: Path
) -> None:
    other = MainWindow(own_window.session, Settings(str(tmp_path / "other.ini")))
    qtbot.addWidget(other)
    assert other.size() == first_size(other.screen().availableSize())


def test_every_control_has_a_name_for_screen_readers(window: MainWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QSlider

    for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QSlider):
        for control in window.findChildren(kind):
            if control.isVisible() and "qt_" not in control.objectName():
                named = control.accessibleName() or getattr(control, "text", str)()
                assert named or control.toolTip(), (kind, control.parent())


def test_panels_have_docks(window: MainWindow) -> None:
    assert len(window.docks.toggle_actions()) == len(PANELS)


def test_after_the_last_epoch_one_can_step_and_run_on(qtbot: QtBot, window: MainWindow) -> None:
    window.session.set_training("Change epochs", epochs=3)
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.session.state is RunState.FINISHED)
    assert window.session.snapshot.iteration == 15
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: window.session.snapshot.cursor == 0)
    assert window.session.snapshot.trace.iteration == 16
    QTest.keyClick(window, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: window.session.snapshot.epoch == 4)
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.session.snapshot.iteration == 35)
    assert window.session.state is RunState.FINISHED


def test_the_speed_is_kept_for_the_next_start(
    qtbot: QtBot, own_window: MainWindow, tmp_path: Path
) -> None:
    own_window.transport.speed.setFocus()
    QTest.keyClick(own_window.transport.speed, Qt.Key.Key_Home)
    own_window.close()
    assert Settings(str(tmp_path / "settings.ini")).whole_number("speed", 50, 0, 100) == 0


def test_a_learning_rate_is_shown_with_all_its_digits(qtbot: QtBot, window: MainWindow) -> None:
    """Pressing Return in the box without an edit must not round the project's number."""
    box = window.inspector.network_form.learning_rate
    for rate in (0.123456789, 3e-12, 0.02):
        window.session.set_learning_rate(rate)
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert window.session.project.optimizer.learning_rate == rate


def test_a_learning_rate_steps_by_its_own_size(qtbot: QtBot, window: MainWindow) -> None:
    box = window.inspector.network_form.learning_rate
    for rate, above in ((0.02, 0.021), (3e-5, 3.1e-5), (4.0, 4.1)):
        window.session.set_learning_rate(rate)
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Up)
        assert window.session.project.optimizer.learning_rate == pytest.approx(above)


def test_a_wheel_in_passing_changes_nothing(qtbot: QtBot, window: MainWindow) -> None:
    box = window.inspector.network_form.learning_rate
    window.setFocus()
    assert not box.hasFocus()
    centre = QPointF(box.rect().center())
    place = QPointF(box.mapToGlobal(centre.toPoint()))
    none, turned = Qt.MouseButton.NoButton, QPoint(0, 120)
    for focused in (False, True):
        if focused:
            box.setFocus()
        wheel = QWheelEvent(
            *(centre, place, QPoint(), turned, none),
            *(Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False),
        )
        before = window.session.project.optimizer.learning_rate
        QApplication.sendEvent(box, wheel)
        assert (window.session.project.optimizer.learning_rate != before) is focused


def test_a_number_beyond_the_box_stays_as_it_is(qtbot: QtBot, window: MainWindow) -> None:
    window.session.set_training("Change seed", seed=2**40)
    window.session.change_layer(1, "Change dropout", dropout_rate=0.99)
    window.session.selection.select(1)
    for box in (window.inspector.network_form.seed, window.inspector.layer_form.dropout):
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Return)
    assert window.session.project.training.seed == 2**40
    assert window.session.project.network.layer(1).dropout_rate == 0.99


# --- the confusion matrix -------------------------------------------------------------------------


def test_the_confusion_matrix_counts_what_the_network_gets_right(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.set_project(load_project("three-classes"))
    window.docks.dock("confusion").raise_()
    panel = window.docks.panel("confusion")
    qtbot.waitUntil(lambda: "accuracy" in panel.summary.text)
    assert "180 samples" in panel.summary.text
    qtbot.mouseClick(panel.part_choice.buttons()[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "60 samples" in panel.summary.text)
    QTest.keyClick(window, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: window.session.snapshot.epoch == 1)
    qtbot.waitUntil(lambda: window.session.state is RunState.PAUSED)
    trainer = Trainer(load_project("three-classes"))
    trainer.run_epochs(1)
    wanted = 100.0 * trainer.evaluate("validation").accuracy
    qtbot.waitUntil(lambda: f"accuracy {wanted:.1f} %" in panel.summary.text)
    window.docks.dock("deltas").raise_()
    qtbot.waitUntil(lambda: window.session.snapshot.evaluation is None)


# --- files of callbacks ---------------------------------------------------------------------------


def test_callbacks_write_beside_the_project_file(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    content = json.loads(resource_path("projects", "xor.json").read_text("utf-8"))
    content["training"] |= {"epochs": 3, "callbacks": [{"name": "csv_logger", "file": "log.csv"}]}
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    window.session.open(path)
    qtbot.waitUntil(lambda: sizes(window) == (2, 4, 1))
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.session.state is RunState.FINISHED)
    lines = (tmp_path / "log.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["epoch", "1", "2", "3"]
