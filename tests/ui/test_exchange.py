"""Export and import of other programs' files from the window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from files_hands import FileName
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.document import Document
from simulator.exchange import FORMATS, exported, import_model
from simulator.exchange.model import trained
from simulator.project import load_project
from simulator.snapshot import RunState
from ui.main_window import MainWindow


@pytest.fixture
def window(own_window: MainWindow) -> MainWindow:
    """Nothing of another test's export is under way in it."""
    return own_window


def export_with_hands(window: MainWindow, qtbot: QtBot, name: str, path: Path) -> None:
    """Menu, choice in the list, Return, file name."""
    window.actions_by_id["export_model"].trigger()
    dialog = window.exchange.export_dialog
    assert dialog is not None
    qtbot.waitExposed(dialog)
    for _ in range(list(FORMATS).index(name)):
        QTest.keyClick(dialog.formats, Qt.Key.Key_Down)
    assert dialog.chosen == name
    typed = FileName(str(path))
    QTest.keyClick(dialog.formats, Qt.Key.Key_Return)
    assert typed.taken or typed.suggested
    qtbot.waitUntil(lambda: path.exists() or bool(dialog.result.text()[9:]))


def test_a_running_training_is_exported_as_it_is(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.actions_by_id["run"].trigger()
    qtbot.waitUntil(lambda: window.session.snapshot.iteration > 100)
    path = tmp_path / "net.keras"
    export_with_hands(window, qtbot, "keras", path)
    qtbot.waitUntil(lambda: window.exchange.export_dialog is None)
    assert window.session.state is RunState.RUNNING
    assert window.files.toast.text() == "Exported “net.keras”"
    made = import_model(path, window.session.project)
    network = trained(made.document).network
    assert np.isfinite(network.theta).all()
    start = trained(Document(load_project("digits-5x5"))).network
    assert not np.array_equal(network.theta, start.theta)


def test_the_ending_may_be_left_out_and_notes_are_read_in_the_dialog(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    assert window.session.set_training("Scale", scaling="standardize")
    export_with_hands(window, qtbot, "keras", tmp_path / "net")
    dialog = window.exchange.export_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: "standardize" in dialog.result.text())
    assert (tmp_path / "net.keras").exists() and dialog.export_button.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.exchange.export_dialog is None)


def test_what_cannot_be_written_is_said_and_nothing_is_left(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "log.csv"
    export_with_hands(window, qtbot, "log", path)
    dialog = window.exchange.export_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: "train at least one epoch" in dialog.result.text())
    assert list(tmp_path.glob("*.csv")) == []


def test_esc_in_the_file_dialog_writes_nothing(window: MainWindow, qtbot: QtBot) -> None:
    window.exchange.show_export()
    dialog = window.exchange.export_dialog
    assert dialog is not None
    typed = FileName(None)
    qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    assert typed.suggested.endswith(".keras")
    assert not window.exchange.thread_of_exchange.isRunning()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Another network for the digits, in a file of Keras."""
    project = load_project("digits-5x5")
    path = tmp_path / "other.keras"
    path.write_bytes(exported("keras", Document(project.with_seed(9))).content)
    return path


def test_an_imported_model_is_looked_at_and_then_used(
    window: MainWindow, qtbot: QtBot, model: Path
) -> None:
    wanted = trained(Document(load_project("digits-5x5").with_seed(9))).network
    typed = FileName(str(model))
    window.actions_by_id["import_model"].trigger()
    # No file is suggested; the folder is whatever this computer has.
    assert not typed.suggested.endswith(".keras")
    dialog = window.exchange.import_dialog
    assert dialog is not None
    before = window.session.project
    qtbot.waitUntil(dialog.import_button.isEnabled)
    assert "25 – 20 – 20 – 20 – 5" in dialog.summary.text() and window.session.project is before
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.project.title == "other")
    qtbot.waitUntil(lambda: window.session.settled and window.session.snapshot.iteration == 0)
    np.testing.assert_array_equal(window.session.snapshot.theta, wanted.theta)
    assert window.windowTitle() == "other[*] — Backlit" and window.isWindowModified()
    assert window.files.file.path is None and window.exchange.import_dialog is None


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"", "the file is empty"), (b"PK\3\4", "damaged or cut off")]
)
def test_a_broken_model_is_refused_in_the_dialog(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path, before = tmp_path / "broken.keras", window.session.project
    path.write_bytes(content)
    window.exchange.import_model(path)
    dialog = window.exchange.import_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: sentence in dialog.summary.text())
    assert "“broken.keras”" in dialog.summary.text() and dialog.import_button.isHidden()
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert window.session.project is before and window.exchange.import_dialog is None


def test_closing_the_dialog_while_it_reads_leaves_all_as_it_was(
    window: MainWindow, qtbot: QtBot, model: Path
) -> None:
    before = window.session.project
    window.exchange.import_model(model)
    dialog = window.exchange.import_dialog
    assert dialog is not None
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.exchange.import_dialog is None
    window.exchange.shut_down()
    qtbot.wait(50)
    assert window.session.project is before
