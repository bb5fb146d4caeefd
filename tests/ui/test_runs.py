"""Kept runs: kept, compared, named and run again with keys and the mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from simulator.comparison import FULL, MOST_RUNS, NOTHING_TO_KEEP
from simulator.project import load_project
from simulator.snapshot import RunState
from simulator.trainer import Trainer
from ui.main_window import MainWindow
from ui.panels.run_looks import DASHES, run_colour
from ui.panels.runs_model import EPOCHS, LIVE, LOSS, NAME
from ui.theme import DARK, LIGHT

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def train(qtbot: QtBot, window: MainWindow, epochs: int = 3) -> None:
    """Train so many epochs with the key."""
    for _ in range(epochs):
        start = window.session.snapshot.epoch
        QTest.keyClick(window, Qt.Key.Key_F7)
        qtbot.waitUntil(
            lambda start=start: (
                window.session.snapshot.epoch == start + 1
                and window.session.state is RunState.PAUSED
            )
        )


def keep(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_K, CONTROL)


def keep_and_restart(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_K, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: window.session.snapshot.iteration == 0)


def cell(window: MainWindow, row: int, column: int) -> str:
    model = window.docks.panel("runs").model
    return str(model.index(row, column).data())


def show_runs(qtbot: QtBot, window: MainWindow) -> None:
    window.docks.dock("runs").raise_()
    qtbot.waitUntil(lambda: not window.docks.panel("runs").visibleRegion().isEmpty())


def test_a_run_is_kept_and_the_next_starts_the_same(qtbot: QtBot, window: MainWindow) -> None:
    start = window.session.snapshot.theta.tobytes()
    train(qtbot, window)
    history = window.session.snapshot.history
    keep_and_restart(qtbot, window)
    assert window.session.snapshot.theta.tobytes() == start
    window.session.set_learning_rate(0.005)
    train(qtbot, window)
    runs = window.lab.runs
    np.testing.assert_array_equal(runs.runs[0].history.figures, history.figures)
    assert runs.names == ["learning rate 0.02"]
    assert runs.live_name == "learning rate 0.005"
    panel = window.docks.panel("loss")
    assert panel.kept.shown == [(0, "learning rate 0.02")]
    assert panel.run_key.isVisible()
    show_runs(qtbot, window)
    assert cell(window, LIVE, NAME) == "This run: learning rate 0.005"
    assert cell(window, 1, NAME) == "learning rate 0.02"
    assert cell(window, 1, EPOCHS) == "3"


def test_the_buttons_of_the_loss_panel_and_the_table_keep(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 1)
    qtbot.mouseClick(window.docks.panel("loss").keep_button, LEFT)
    show_runs(qtbot, window)
    qtbot.mouseClick(window.docks.panel("runs").keep_button, LEFT)
    assert len(window.lab.runs.runs) == 2
    qtbot.mouseClick(window.docks.panel("runs").clear_button, LEFT)
    assert window.lab.runs.runs == ()
    assert not window.docks.panel("loss").run_key.isVisible()


def test_nothing_and_a_ninth_run_are_refused(qtbot: QtBot, window: MainWindow) -> None:
    keep(window)
    assert window.notice.text() == NOTHING_TO_KEEP
    train(qtbot, window, 1)
    for _ in range(MOST_RUNS):
        keep(window)
    assert len(window.lab.runs.runs) == MOST_RUNS
    keep(window)
    assert len(window.lab.runs.runs) == MOST_RUNS
    assert window.notice.text() == FULL and window.notice.isVisible()


def choose(qtbot: QtBot, window: MainWindow, row: int) -> None:
    table = window.docks.panel("runs").table
    place = table.visualRect(table.model().index(row, LOSS)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)


def test_a_run_is_renamed_hidden_and_removed(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 1)
    keep(window)
    keep(window)
    show_runs(qtbot, window)
    panel = window.docks.panel("runs")
    choose(qtbot, window, 2)
    qtbot.mouseClick(panel.rename_button, LEFT)
    editor = panel.table.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "  my   run ")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.lab.runs.names[1] == "my run")
    choose(qtbot, window, 2)
    panel.table.setCurrentIndex(panel.model.index(2, NAME))
    QTest.keyClick(panel.table, Qt.Key.Key_Space)
    assert not window.lab.runs.runs[1].shown
    assert [number for number, _ in window.docks.panel("loss").kept.shown] == [0]
    qtbot.mouseClick(panel.remove_button, LEFT)
    assert [run.label for run in window.lab.runs.runs] == [""]


def test_a_run_is_run_again_and_undone(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 2)
    kept = window.session.project
    keep_and_restart(qtbot, window)
    window.session.set_training("Seed", seed=77)
    window.session.edits.insert_layer(1)
    now = window.session.project
    show_runs(qtbot, window)
    choose(qtbot, window, 1)
    qtbot.mouseClick(window.docks.panel("runs").again_button, LEFT)
    assert window.session.project is kept
    qtbot.waitUntil(lambda: window.session.snapshot.epoch >= 2, timeout=10_000)
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.session.state is RunState.PAUSED)
    first = window.lab.runs.runs[0].history.loss[:2]
    np.testing.assert_array_equal(window.session.snapshot.history.loss[:2], first)
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert window.session.project == now
    assert len(window.lab.runs.runs) == 1


def test_other_data_take_the_runs_away(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 1)
    keep(window)
    window.session.set_learning_rate(0.5)
    assert len(window.lab.runs.runs) == 1
    window.session.set_project(load_project("xor"))
    assert window.lab.runs.runs == ()


def test_bits_are_bits_in_the_table_and_the_curves(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 2)
    keep(window)
    show_runs(qtbot, window)
    loss = window.docks.panel("loss")
    nats = float(cell(window, 1, LOSS))
    drawn = loss.kept.values()[0].copy()
    loss.bits_choice.setFocus()
    QTest.keyClick(loss.bits_choice, Qt.Key.Key_Space)
    assert float(cell(window, 1, LOSS)) == pytest.approx(nats / np.log(2.0), abs=1e-3)
    np.testing.assert_allclose(loss.kept.values()[0], drawn / np.log(2.0))
    assert np.array_equal(loss.kept.values()[0], loss._of("loss")[1])


def test_seeds_arrive_as_kept_runs(qtbot: QtBot, window: MainWindow) -> None:
    window.lab.show_seeds()
    dialog = window.lab.seeds
    qtbot.waitUntil(dialog.isVisible)
    dialog.count.setValue(3)
    dialog.epochs.setValue(4)
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(dialog.start_button.isVisible, timeout=20_000)
    runs = window.lab.runs.runs
    assert [run.project.training.seed for run in runs] == [3, 4, 5]
    assert window.lab.runs.names == ["seed 3", "seed 4", "seed 5"]
    trainer = Trainer(window.session.project.with_epochs(4).with_seed(4))
    trainer.run_epochs(4)
    np.testing.assert_array_equal(runs[1].history.figures, trainer.history.view().figures)
    assert "3 runs are complete" in dialog.status.text()
    assert dialog.count.maximum() == MOST_RUNS - 3


def test_seeds_can_be_given_up(qtbot: QtBot, window: MainWindow) -> None:
    window.lab.show_seeds()
    dialog = window.lab.seeds
    dialog.epochs.setValue(1_000_000)
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: dialog.thread_of_seeds.progress[1] > 0, timeout=10_000)
    qtbot.mouseClick(dialog.cancel_button, LEFT)
    qtbot.waitUntil(dialog.start_button.isVisible, timeout=10_000)
    assert window.lab.runs.runs == ()
    assert "Given up" in dialog.status.text()


def luminance(colour: object) -> float:
    parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in colour[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_run_can_be_seen_and_told_apart(qapp: QApplication, theme: object) -> None:
    ground = luminance(theme.colour("panel").getRgbF())
    signs = {theme.positive.lower(), theme.negative.lower()}
    colours = [run_colour(theme, number) for number in range(MOST_RUNS)]
    for colour in colours:
        low, high = sorted((luminance(colour.getRgbF()), ground))
        assert (high + 0.05) / (low + 0.05) >= 3.0
        assert colour.name() not in signs
    assert len({colour.name() for colour in colours}) == MOST_RUNS == len(set(DASHES))
