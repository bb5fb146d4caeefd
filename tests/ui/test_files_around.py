"""What happens around the open file: questions, locks, other programs, drops, the list of files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from files_hands import CONTROL, FileHands, FileName, Windows, shuffled
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from simulator.document import load_document, resumed, save_document
from ui.files import lock, neighbours
from ui.files.lock import FileLock, Holding, lock_path
from ui.files.recent import MOST
from ui.settings import Settings

LEFT = Qt.MouseButton.LeftButton
HOLD = """
import sys, time
from PySide6.QtCore import QCoreApplication
from pathlib import Path
from ui.files.lock import FileLock
app = QCoreApplication([])
lock = FileLock(Path(sys.argv[1]))
print(lock.take().holding.value, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def hands(windows: Windows) -> FileHands:
    """One of them, on the digits."""
    return windows.open(shuffled())


# --- Closing ------------------------------------------------------------------------------------


def test_closing_asks_and_every_answer_does_what_it_says(hands: FileHands, tmp_path: Path) -> None:
    path = tmp_path / "kept.backlit"
    hands.save_as(path)
    hands.train(3)
    hands.key(Qt.Key.Key_Q, CONTROL)
    assert "“kept.backlit”" in hands.question.sentence.text()
    hands.escape()
    assert hands.window.isVisible() and hands.modified
    hands.key(Qt.Key.Key_Q, CONTROL)
    hands.answer(Qt.Key.Key_S)
    hands.qtbot.waitUntil(lambda: not hands.window.isVisible(), timeout=10_000)
    assert resumed(load_document(path)).iteration >= 3
    assert not lock_path(path).exists()


def test_not_saving_loses_only_what_was_not_saved(hands: FileHands, tmp_path: Path) -> None:
    path = tmp_path / "kept.backlit"
    hands.save_as(path)
    hands.session.run()
    hands.qtbot.waitUntil(lambda: hands.modified, timeout=10_000)
    hands.window.close()
    hands.answer(Qt.Key.Key_D)
    assert not hands.window.isVisible()
    assert resumed(load_document(path)).iteration == 0


def test_a_failing_save_keeps_the_window(hands: FileHands, tmp_path: Path) -> None:
    path = tmp_path / "kept.backlit"
    hands.save_as(path)
    hands.train(3)
    path.unlink()
    path.mkdir()
    hands.window.close()
    hands.answer(Qt.Key.Key_S)
    hands.written()
    assert "it is a folder" in hands.question.sentence.text()
    hands.escape()
    assert hands.window.isVisible() and hands.modified


def test_giving_up_the_name_of_the_file_keeps_the_window(hands: FileHands) -> None:
    hands.train(2)
    hands.window.close()
    typing = FileName(None)
    hands.answer(Qt.Key.Key_Return, Qt.KeyboardModifier(0))
    assert typing.suggested
    assert hands.window.isVisible() and not hands.files.saving.busy


def test_a_window_with_nothing_to_save_closes_at_once_while_a_save_is_waited_for(
    hands: FileHands, tmp_path: Path
) -> None:
    hands.train(2)
    typing = FileName(str(tmp_path / "x.backlit"))
    hands.window.actions_by_id["save_as"].trigger()
    assert typing.taken
    hands.window.close()
    assert hands.window.isVisible()
    hands.qtbot.waitUntil(lambda: not hands.window.isVisible(), timeout=10_000)
    assert (tmp_path / "x.backlit").is_file()


def test_opening_another_project_asks_first(hands: FileHands, path: Path) -> None:
    hands.train(2)
    hands.window.open(str(path))
    hands.escape()
    assert hands.session.project.name == "digits-5x5"
    hands.window.open(str(path))
    hands.answer(Qt.Key.Key_D)
    hands.settle()
    assert hands.bits()[0] == 9 and not hands.modified


# --- Locks --------------------------------------------------------------------------------------


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the file open, but does not answer."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout.readline().strip() == "ours"
    yield process
    process.kill()
    process.wait()


def test_a_file_open_elsewhere_can_be_looked_at_or_copied(
    hands: FileHands, path: Path, holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    before = path.read_bytes()
    hands.window.open(str(path))
    assert "is open in another window" in hands.question.sentence.text()
    assert "anyway" not in hands.question.buttons
    hands.escape()
    assert hands.session.project.name == "digits-5x5"
    hands.window.open(str(path))
    hands.answer(Qt.Key.Key_R)
    hands.settle()
    assert hands.bits()[0] == 9
    assert "(read-only)" in hands.window.windowTitle()
    assert "open elsewhere" in hands.files.bar.text() and hands.files.bar.isVisible()
    hands.train(2)
    other = tmp_path / "other.backlit"
    typing = FileName(str(other))
    hands.key(Qt.Key.Key_S, CONTROL)
    hands.written()
    assert typing.taken and path.read_bytes() == before
    assert hands.window.windowTitle().startswith("other.backlit[*]")
    hands.window.open(str(path))
    hands.answer(Qt.Key.Key_C)
    hands.settle()
    assert hands.modified and hands.files.file.path is None
    assert hands.files.file.suggestion("").name == "xor copy.backlit"


def test_the_lock_of_a_process_that_was_killed_is_no_obstacle(
    hands: FileHands, path: Path, holder: subprocess.Popen[str]
) -> None:
    holder.kill()
    holder.wait()
    assert lock_path(path).exists()
    hands.window.open(str(path))
    hands.settle()
    assert hands.files.asking.question is None
    assert hands.bits()[0] == 9


@pytest.mark.parametrize("content", [b"", b"garbage\x00\xff"])
def test_a_lock_that_says_nothing_can_be_passed(
    hands: FileHands, path: Path, content: bytes
) -> None:
    lock_path(path).write_bytes(content)
    hands.window.open(str(path))
    assert "may be open elsewhere" in hands.question.sentence.text()
    hands.answer(Qt.Key.Key_A)
    hands.settle()
    assert hands.files.file.path == path and not hands.files.file.read_only
    assert FileLock(path).take().holding is Holding.OTHER


def test_where_nothing_can_be_written_the_file_is_read_only(
    hands: FileHands, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A write-protected folder does not stop the superuser; one that is not there stops everybody.
    known = lock.lock_path
    missing = tmp_path / "missing" / "lock"
    monkeypatch.setattr(lock, "lock_path", lambda own: missing if own == path else known(own))
    hands.window.open(str(path))
    hands.settle()
    assert "cannot be written to" in hands.files.bar.text()
    assert hands.bits()[0] == 9
    hands.train(2)
    typing = FileName(str(tmp_path / "elsewhere.backlit"))
    hands.qtbot.mouseClick(hands.files.bar.buttons["save_as"], LEFT)
    hands.written()
    assert typing.taken and not hands.files.bar.isVisible()
    assert not hands.modified


def test_a_write_protected_file_is_read_only(
    hands: FileHands, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Asked for the superuser, every file can be written.
    asked = os.access
    monkeypatch.setattr(os, "access", lambda own, mode: own != path and asked(own, mode))
    hands.window.open(str(path))
    hands.settle()
    assert "is write-protected" in hands.files.bar.text()
    assert "(read-only)" in hands.window.windowTitle()


def test_the_window_that_has_the_file_comes_to_the_front(hands: FileHands, path: Path) -> None:
    hands.window.open(str(path))
    hands.settle()
    called: list[bool] = []
    hands.files.neighbours.called.connect(lambda: called.append(True))
    code = (
        "import sys; from PySide6.QtCore import QCoreApplication; app = QCoreApplication([]);"
        "from ui.files.neighbours import is_open_elsewhere;"
        "print(is_open_elsewhere(sys.argv[1]), is_open_elsewhere(sys.argv[2]))"
    )
    other = path.with_name("nobody-has-it.backlit")
    shutil.copy(path, other)
    asking = subprocess.Popen(
        [sys.executable, "-c", code, str(path), str(other)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    hands.qtbot.waitUntil(lambda: asking.poll() is not None, timeout=20_000)
    assert asking.stdout.read().split() == ["True", "False"]
    assert called == [True]
    assert not lock_path(other).exists()


def test_nobody_answers_for_a_process_that_is_no_window(path: Path) -> None:
    assert not neighbours.call(1, path)
    assert not neighbours.call(0, path)


# --- Other programs -----------------------------------------------------------------------------


def changed(path: Path) -> None:
    """Another program trains the file on."""
    trainer = resumed(load_document(path))
    trainer.run_iterations(4)
    save_document(path, trainer)


def noticed(hands: FileHands, words: str) -> None:
    hands.qtbot.waitUntil(lambda: words in hands.files.bar.text(), timeout=10_000)
    assert hands.files.bar.isVisible()


def test_a_file_changed_by_others_is_read_again(hands: FileHands, path: Path) -> None:
    hands.window.open(str(path))
    hands.settle()
    changed(path)
    noticed(hands, "was changed by another program")
    hands.qtbot.mouseClick(hands.files.bar.buttons["reload"], LEFT)
    hands.settle()
    assert hands.bits()[0] == 13
    assert not hands.modified and not hands.files.bar.isVisible()


def test_keeping_mine_saves_over_it_and_keeps_the_other(hands: FileHands, path: Path) -> None:
    hands.window.open(str(path))
    hands.settle()
    hands.train(20)
    changed(path)
    other = path.read_bytes()
    noticed(hands, "Reloading takes your changes away")
    hands.qtbot.mouseClick(hands.files.bar.buttons["keep"], LEFT)
    assert hands.modified
    hands.save()
    assert hands.files.asking.question is None
    assert path.with_name("xor.backlit~").read_bytes() == other
    assert resumed(load_document(path)).iteration == hands.bits()[0]


def test_saving_over_a_change_nobody_has_seen_asks(hands: FileHands, path: Path) -> None:
    hands.window.open(str(path))
    hands.settle()
    hands.train(20)
    # No notice comes while the question would be asked.
    hands.files.file.begin_writing()
    changed(path)
    hands.key(Qt.Key.Key_S, CONTROL)
    assert "was changed by another program" in hands.question.sentence.text()
    hands.escape()
    assert resumed(load_document(path)).iteration == 13
    hands.key(Qt.Key.Key_S, CONTROL)
    hands.answer(Qt.Key.Key_O)
    hands.files.file.end_writing()
    hands.written()
    assert resumed(load_document(path)).iteration == hands.bits()[0]


def test_a_file_that_vanishes_can_be_saved_again(hands: FileHands, path: Path) -> None:
    hands.window.open(str(path))
    hands.settle()
    assert not hands.modified
    path.unlink()
    noticed(hands, "is not there any more")
    assert hands.modified
    hands.qtbot.mouseClick(hands.files.bar.buttons["save"], LEFT)
    hands.written()
    assert not hands.modified
    assert resumed(load_document(path)).iteration == 9


def test_writing_the_same_again_is_no_change(hands: FileHands, path: Path) -> None:
    hands.window.open(str(path))
    hands.settle()
    path.write_bytes(path.read_bytes())
    os.utime(path, (1, 1))
    hands.files.file.look()
    assert not hands.files.bar.text()


# --- Drops and the list -------------------------------------------------------------------------


def drag(hands: FileHands, *paths: Path) -> QMimeData:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    none = Qt.KeyboardModifier(0)
    event = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, content, LEFT, none)
    QApplication.sendEvent(hands.window, event)
    return content


def drop(hands: FileHands, content: QMimeData) -> None:
    none = Qt.KeyboardModifier(0)
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, content, LEFT, none)
    QApplication.sendEvent(hands.window, event)


def test_a_dropped_project_is_opened(hands: FileHands, path: Path) -> None:
    hint = hands.files.drops.hint
    content = drag(hands, path)
    assert hint.isVisible() and hint.words == "Drop to open “xor.backlit”"
    assert hint.geometry() == hands.window.rect()
    QApplication.sendEvent(hands.window, QDragLeaveEvent())
    assert not hint.isVisible()
    content = drag(hands, path)
    drop(hands, content)
    hands.settle()
    assert not hint.isVisible()
    assert hands.bits()[0] == 9


def test_dropped_data_are_imported(hands: FileHands, tmp_path: Path) -> None:
    data = tmp_path / "flowers.csv"
    data.write_text("a,b\n1,2\n3,4\n5,7\n", encoding="utf-8")
    content = drag(hands, data)
    assert hands.files.drops.hint.words == "Drop to import “flowers.csv” as data"
    drop(hands, content)
    dialog = hands.window.imports.dialog
    hands.qtbot.waitUntil(lambda: "3 rows" in dialog.outcome_view.summary.text(), timeout=20_000)


def test_what_is_no_file_is_not_taken(hands: FileHands) -> None:
    content = QMimeData()
    content.setText("words")
    none = Qt.KeyboardModifier(0)
    event = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, content, LEFT, none)
    QApplication.sendEvent(hands.window, event)
    assert not hands.files.drops.hint.isVisible()


def test_recent_files_are_listed_and_missing_ones_say_so(
    hands: FileHands, path: Path, tmp_path: Path
) -> None:
    recent = hands.files.recent
    assert [own.isEnabled() for own in recent.menu.actions()] == [False]
    gone = tmp_path / "gone.backlit"
    recent.add(gone)
    hands.window.open(str(path))
    hands.settle()
    recent.menu.aboutToShow.emit()
    first, second = recent.menu.actions()[:2]
    assert first.isEnabled() and "xor.backlit" in first.text()
    assert not second.isEnabled() and "is not there now" in second.text()
    assert "moved, renamed or deleted" in second.toolTip()
    hands.window.open("digits-5x5")
    hands.settle()
    recent.menu.actions()[0].trigger()
    hands.settle()
    assert hands.bits()[0] == 9
    for number in range(20):
        recent.add(tmp_path / f"{number}.backlit")
    assert len(recent.paths) == MOST and recent.paths[0].endswith("19.backlit")
    assert Settings(str(hands.folder / "window-0.ini")) is not None
    next(own for own in recent.menu.actions() if own.text() == "Clear list").trigger()
    assert recent.paths == []


@pytest.mark.parametrize("stored", ["{", "3", "[1, null]", '["a\\u0000b", ""]', "[" * 100_000])
def test_a_damaged_list_of_files_is_empty(hands: FileHands, stored: str) -> None:
    hands.window._settings.set_text("recent_files", stored)
    assert hands.files.recent.paths == []
