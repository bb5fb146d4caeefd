"""The import dialog, worked with mouse and keys: guesses, choices, refusals, one undoable edit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from simulator.project import load_project
from ui.dialogs.import_data import ImportDialog
from ui.dialogs.import_models import NAME, USE, VALUES
from ui.main_window import MainWindow
from ui.session import Session
from ui.theme import Theme

LEFT = Qt.MouseButton.LeftButton
FLOWERS = "width,height,kind\n" + "".join(
    f"{n},{n * n % 7},{('rose', 'tulip')[n % 2]}\n" for n in range(40)
)


@pytest.fixture
def dialog(qtbot: QtBot, light: Theme) -> Iterator[ImportDialog]:
    """An empty dialog on the digits."""
    dialog = ImportDialog(Session(load_project("digits-5x5")), light)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    yield dialog
    dialog.shut_down()


def write(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def idle(qtbot: QtBot, dialog: ImportDialog) -> None:
    qtbot.waitUntil(
        lambda: not dialog.thread_of_import.isRunning() and dialog.files_button.isEnabled(),
        timeout=20_000,
    )


def read(qtbot: QtBot, dialog: ImportDialog, *paths: str) -> None:
    dialog.read_paths(paths)
    idle(qtbot, dialog)


def summary(dialog: ImportDialog) -> str:
    return dialog.outcome_view.summary.text()


def choose(qtbot: QtBot, box: QComboBox, text: str) -> None:
    """Open the list with F4 and pick an entry with the keys."""
    wanted = next(place for place in range(box.count()) if box.itemText(place).startswith(text))
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_F4)
    qtbot.waitUntil(box.view().isVisible)
    qtbot.keyClick(box.view(), Qt.Key.Key_Home)
    for _ in range(wanted):
        qtbot.keyClick(box.view(), Qt.Key.Key_Down)
    qtbot.keyClick(box.view(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not box.view().isVisible())


def use(qtbot: QtBot, dialog: ImportDialog, row: int, place: int) -> None:
    """Click a column of the list, then what it is used as."""
    page = dialog.table_page
    middle = page.columns.visualRect(page.columns_model.index(row, NAME)).center()
    qtbot.mouseClick(page.columns.viewport(), LEFT, pos=middle)
    qtbot.mouseClick(page.use.buttons()[place], LEFT)


def columns(dialog: ImportDialog, column: int) -> list[str]:
    model = dialog.table_page.columns_model
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_an_empty_dialog_says_what_it_takes(dialog: ImportDialog) -> None:
    assert dialog.pages.currentWidget() is dialog.hint
    assert "CSV" in dialog.hint.text() and "folder" in dialog.hint.text()
    assert not dialog.import_button.isEnabled()
    assert dialog.reason.text() == "Choose data first."
    assert not dialog.progress.isVisible()


def test_guesses_are_shown_and_can_be_changed(
    qtbot: QtBot, dialog: ImportDialog, tmp_path: Path
) -> None:
    read(qtbot, dialog, write(tmp_path, "flowers.csv", FLOWERS))
    assert summary(dialog) == "40 rows, 2 inputs, 2 classes: rose, tulip."
    assert columns(dialog, NAME) == ["width", "height", "kind"]
    assert columns(dialog, USE) == ["input", "input", "target"]
    assert columns(dialog, VALUES) == ["numbers", "numbers", "classes"]
    rows = dialog.table_page.rows_model
    assert [rows.index(1, column).data() for column in range(3)] == ["1", "1", "tulip"]
    assert rows.headerData(1, Qt.Orientation.Vertical, Qt.ItemDataRole.DisplayRole) == "3"
    use(qtbot, dialog, 2, 3)
    assert columns(dialog, USE) == ["input", "input", "left out"]
    assert "no column left to predict" in summary(dialog)
    assert not dialog.import_button.isEnabled()
    assert dialog.reason.text() == "It cannot be imported like this."
    use(qtbot, dialog, 0, 1)
    assert summary(dialog) == "40 rows, 1 input, 1 number to predict: width."
    qtbot.mouseClick(dialog.table_page.kind.buttons()[1], LEFT)
    assert "40 classes: 0, 1, 2" in summary(dialog)
    assert "has only 1 row" in dialog.outcome_view.warnings.text()
    use(qtbot, dialog, 2, 1)
    assert columns(dialog, USE) == ["input", "input", "target"]
    assert dialog.import_button.isEnabled()


def test_parts_that_a_table_says_are_kept_or_left_out(
    qtbot: QtBot, dialog: ImportDialog, tmp_path: Path
) -> None:
    parts = [("train", "test")[n % 4 > 0] for n in range(40)]
    text = "a,split,b,y\n" + "".join(f"{n},{own},{n},{n}\n" for n, own in enumerate(parts))
    read(qtbot, dialog, write(tmp_path, "parted.csv", text))
    assert columns(dialog, USE) == ["input", "part", "input", "target"]
    assert columns(dialog, VALUES) == ["numbers", "parts", "numbers", "numbers"]
    assert summary(dialog).endswith("; the file says the parts: 10 train, 30 test.")
    use(qtbot, dialog, 0, 2)
    assert columns(dialog, USE) == ["part", "left out", "input", "target"]
    assert "row 2, column a: “0” names no part" in summary(dialog)
    assert not dialog.import_button.isEnabled()
    use(qtbot, dialog, 0, 0)
    assert "parts" not in summary(dialog)
    use(qtbot, dialog, 1, 2)
    qtbot.mouseClick(dialog.import_button, LEFT)
    idle(qtbot, dialog)
    project = dialog._session.project
    assert project.prepared.test.rows.tolist() == [n for n in range(40) if n % 4]
    dialog._session.undo_stack.undo()
    assert dialog._session.project.data.parts is None


def test_a_bad_file_is_one_sentence_and_changes_nothing(
    qtbot: QtBot, dialog: ImportDialog, tmp_path: Path
) -> None:
    project = dialog._session.project
    read(qtbot, dialog, write(tmp_path, "short.csv", "a,b,c\n1,2,3\n4,5\n"))
    assert "“short.csv”: row 3 has 2 cells, expected 3" in summary(dialog)
    assert dialog.outcome_view.sign.isVisible() and not dialog.import_button.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog._session.project is project and dialog.isVisible()
    read(qtbot, dialog, write(tmp_path, "good.csv", FLOWERS))
    assert dialog.import_button.isEnabled()
    read(qtbot, dialog, write(tmp_path, "cut.npz", b"PK\x03\x04"))
    assert "“cut.npz” is damaged" in summary(dialog) and not dialog.import_button.isEnabled()
    assert dialog.pages.currentWidget() is dialog.hint


def test_another_encoding_is_the_way_out(
    qtbot: QtBot, dialog: ImportDialog, tmp_path: Path
) -> None:
    read(qtbot, dialog, write(tmp_path, "t.csv", "a;n\n1,5;Ã(\n2,5;y\n".encode("cp1252")))
    assert "row 2 is not valid text" in summary(dialog)
    page = dialog.table_page
    assert dialog.pages.currentWidget() is page and columns(dialog, NAME) == []
    choose(qtbot, page.encoding, "Latin-1")
    idle(qtbot, dialog)
    # What was not chosen is still guessed.
    assert page.delimiter.currentText() == "Semicolon" and page.decimal.currentText() == "Comma"
    assert summary(dialog) == "2 rows, 1 input, 2 classes: y, Ã(."


def test_the_format_can_be_changed(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    read(qtbot, dialog, write(tmp_path, "t.csv", '1,"1,000"\n2,"2,000"\n3,"1,500"\n'))
    page = dialog.table_page
    assert "“1,000” is not a number" in summary(dialog)
    assert "Is row 1 a header?" in dialog.outcome_view.warnings.text()
    qtbot.mouseClick(page.thousands, LEFT, pos=QPoint(10, page.thousands.height() // 2))
    idle(qtbot, dialog)
    assert summary(dialog) == "3 rows, 1 input, 1 number to predict: x2."
    assert dialog._found.columns[1].numbers.tolist() == [1000, 2000, 1500]
    qtbot.mouseClick(page.header, LEFT, pos=QPoint(10, page.header.height() // 2))
    idle(qtbot, dialog)
    assert summary(dialog) == "2 rows, 1 input, 1 number to predict: 1,000."


def test_missing_values_as_chosen(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    read(qtbot, dialog, write(tmp_path, "t.csv", "a,b\n1,2.5\n,3.5\n4,1.5\n"))
    assert "1 row left out because of missing values" in summary(dialog)
    choose(qtbot, dialog.table_page.missing, "Fill")
    assert summary(dialog) == "3 rows, 1 input, 1 number to predict: b."
    choose(qtbot, dialog.table_page.missing, "Refuse")
    assert "row 3, column a is empty" in summary(dialog)
    assert not dialog.import_button.isEnabled()


def pictures(folder: Path) -> str:
    random = np.random.default_rng(0)
    path = folder / "signs.npz"
    np.savez(path, x=random.integers(0, 256, (40, 8, 8)).astype("u1"), y=np.arange(40) % 4)
    return str(path)


def test_pictures_are_shown_as_they_would_be_imported(
    qtbot: QtBot, dialog: ImportDialog, tmp_path: Path
) -> None:
    read(qtbot, dialog, pictures(tmp_path))
    page = dialog.pictures_page
    assert dialog.pages.currentWidget() is page
    assert summary(dialog) == "40 pictures of 8×8 pixels, 4 classes: 0, 1, 2, 3."
    before = page.preview.grab().toImage()
    qtbot.mouseClick(page.invert, LEFT, pos=QPoint(10, page.invert.height() // 2))
    assert page.preview.grab().toImage() != before
    assert "inverted" in dialog.outcome_view.warnings.text()
    for box, value in ((page.rows, "4"), (page.columns, "2"), (page.at_most, "20")):
        box.setFocus()
        box.selectAll()
        qtbot.keyClicks(box, value)
        qtbot.keyClick(box, Qt.Key.Key_Tab)
    assert summary(dialog).startswith("20 pictures of 4×2 pixels, 4 classes: 0, 1, 2, 3; 20")
    assert dialog.project_choices.kind_of_scaling == "none"


def test_long_work_shows_progress_and_can_be_cancelled(
    qtbot: QtBot, dialog: ImportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "long.csv", "a,b\n" + "1,2\n" * 200_000)
    with qtbot.waitSignal(dialog.thread_of_import.finished, timeout=20_000):
        dialog.read_paths([path])
        assert dialog.progress.isVisible() and not dialog.files_button.isEnabled()
        assert summary(dialog) == "Reading…"
        qtbot.mouseClick(dialog.cancel_button, LEFT)
    idle(qtbot, dialog)
    assert summary(dialog) == "Reading was cancelled; choose data again."
    assert dialog.isVisible() and not dialog.import_button.isEnabled()
    qtbot.mouseClick(dialog.cancel_button, LEFT)
    assert not dialog.isVisible()


# --- in the window -------------------------------------------------------------------------------


def opened(qtbot: QtBot, window: MainWindow) -> ImportDialog:
    qtbot.waitUntil(lambda: window.imports.dialog is not None and window.imports.dialog.isVisible())
    dialog = window.imports.dialog
    idle(qtbot, dialog)
    return dialog


def finish(qtbot: QtBot, window: MainWindow, dialog: ImportDialog) -> None:
    qtbot.mouseClick(dialog.import_button, LEFT)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=20_000)
    project = window.session.project
    qtbot.waitUntil(lambda: window.session.snapshot.spec == project.network)
    # Without a window manager the closed dialog keeps the keys.
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def trains(qtbot: QtBot, window: MainWindow) -> None:
    start = window.session.snapshot.iteration
    QTest.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: window.session.snapshot.iteration > start)


def test_one_edit_that_can_be_undone(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = window.session.project
    drawn = window.data_card.drawing().size
    assert drawn == 25
    paths = [write(tmp_path, "flowers.csv", FLOWERS)]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (paths, ""))
    QTest.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    dialog = opened(qtbot, window)
    qtbot.mouseClick(dialog.files_button, LEFT)
    idle(qtbot, dialog)
    finish(qtbot, window, dialog)
    project = window.session.project
    assert project.network.sizes == (2, 20, 20, 20, 2)
    assert project.data.class_names == ("rose", "tulip")
    assert project.training.scaling == "standardize"
    assert "flowers" in window.windowTitle()
    trains(qtbot, window)
    assert window.session.undo_stack.count() == 1
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.project is before
    qtbot.waitUntil(lambda: window.session.snapshot.spec == before.network)
    trains(qtbot, window)
    again = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window, Qt.Key.Key_Z, again)
    assert window.session.project is project
    qtbot.waitUntil(lambda: window.session.snapshot.spec == project.network)
    trains(qtbot, window)


def test_a_suggested_network_replaces_the_layers(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.imports.import_paths([pictures(tmp_path)])
    dialog = opened(qtbot, window)
    hidden = dialog.project_choices.hidden
    assert hidden.itemText(0) == "As now: 20, 20, 20" and hidden.itemText(1) == "Suggested: 16"
    choose(qtbot, hidden, "Suggested")
    finish(qtbot, window, dialog)
    assert window.session.project.network.sizes == (64, 16, 4)
    trains(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.project.network.sizes == (25, 20, 20, 20, 5)


def test_a_table_of_a_spreadsheet_is_pasted(qtbot: QtBot, window: MainWindow) -> None:
    QGuiApplication.clipboard().setText(FLOWERS.replace(",", "\t"))
    window.actions_by_id["paste_table"].trigger()
    dialog = opened(qtbot, window)
    assert summary(dialog) == "40 rows, 2 inputs, 2 classes: rose, tulip."
    QGuiApplication.clipboard().clear()
    qtbot.mouseClick(dialog.paste_button, LEFT)
    idle(qtbot, dialog)
    assert summary(dialog) == "The clipboard holds no text; copy the cells of a table first."


def dropped(window: MainWindow, *paths: str) -> bool:
    """Drag files onto the window and let go; whether it took them."""
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(path) for path in paths])
    none = Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(300, 300), copy, content, LEFT, none)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    drop = QDropEvent(QPointF(300, 300), copy, content, LEFT, none)
    drop.ignore()
    QApplication.sendEvent(window, drop)
    return drop.isAccepted()


def test_files_dropped_on_the_window_are_imported(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    assert dropped(window, write(tmp_path, "flowers.csv", FLOWERS))
    assert "2 classes: rose, tulip" in summary(opened(qtbot, window))


def test_the_window_closes_while_a_file_is_read(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.imports.import_paths([write(tmp_path, "long.csv", "a,b\n" + "1,2\n" * 200_000)])
    thread = window.imports.dialog.thread_of_import
    window.close()
    assert thread.isFinished() or not thread.isRunning()
