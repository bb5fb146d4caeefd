"""Large files are read in a thread of their own, and can be given up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from files_hands import ALT, CONTROL, Windows, shuffled
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from test_files_recovery import left_over

from simulator.document import load_document
from ui.files import opening as opening_module
from ui.files import reading as reading_module
from ui.files import recovery as recovery_module


class Slow:
    """A disk that gives nothing until it is let go; every file counts as large."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.threads: list[threading.Thread] = []
        self.go = threading.Event()
        monkeypatch.setattr(reading_module, "SMALL", 0)
        monkeypatch.setattr(opening_module, "load_document", self.load)
        monkeypatch.setattr(recovery_module, "load_document", self.load)

    def load(self, path: Any) -> Any:
        self.threads.append(threading.current_thread())
        assert self.go.wait(30)
        return load_document(path)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    """A slow disk; it is let go at the end in any case."""
    slow = Slow(monkeypatch)
    yield slow
    slow.go.set()


def test_a_large_file_is_read_beside_the_window(windows: Windows, path: Path, slow: Slow) -> None:
    hands = windows.open(shuffled())
    before = hands.session.project
    hands.files.open(str(path))
    dialog = hands.files.reading.dialog
    assert dialog.isVisible() and dialog.accessibleName() == "Opening “xor.backlit”…"
    # The window lives: frames come, and what is open is what it was.
    hands.session.run()
    start = hands.session.snapshot.iteration
    hands.qtbot.waitUntil(lambda: hands.session.snapshot.iteration > start)
    hands.session.pause()
    assert hands.session.project is before
    slow.go.set()
    hands.settle()
    assert hands.bits()[0] == 9
    assert hands.files.file.is_at(path) and not hands.modified
    assert hands.files.reading.dialog is None and QApplication.activeModalWidget() is None
    assert slow.threads and threading.main_thread() not in slow.threads


def test_given_up_it_changes_nothing(windows: Windows, path: Path, slow: Slow) -> None:
    hands = windows.open(shuffled())
    hands.train(3)
    before, project = hands.bits(), hands.session.project
    hands.files.open(str(path))
    hands.answer(Qt.Key.Key_D, ALT)
    QTest.keyClick(hands.files.reading.dialog, Qt.Key.Key_Escape)
    assert not hands.files.reading.busy
    slow.go.set()
    hands.qtbot.waitUntil(lambda: not hands.files.reading._threads)
    hands.settle()
    assert hands.bits() == before and hands.session.project is project
    assert hands.files.file.path is None and hands.modified
    # And another can be opened.
    hands.files.open(str(path))
    hands.answer(Qt.Key.Key_D, ALT)
    hands.settle()
    assert hands.bits()[0] == 9


def test_it_is_asked_first_and_one_is_read_at_a_time(
    windows: Windows, path: Path, slow: Slow
) -> None:
    hands = windows.open(shuffled())
    hands.train(3)
    hands.files.open(str(path))
    assert hands.question and not slow.threads
    hands.escape()
    assert not hands.files.reading.busy and not slow.threads
    hands.files.open(str(path))
    hands.answer(Qt.Key.Key_D, ALT)
    hands.qtbot.waitUntil(lambda: len(slow.threads) == 1)
    hands.files.opening.open(str(path))
    hands.files.opening.open("and")
    assert len(slow.threads) == 1
    slow.go.set()
    hands.settle()
    hands.qtbot.waitUntil(lambda: len(slow.threads) == 2)
    hands.settle()
    assert hands.session.project.data.builtin == "and" and hands.files.file.path is None


def test_a_bad_one_says_why_and_what_is_open_stays(
    windows: Windows, path: Path, slow: Slow
) -> None:
    path.write_bytes(path.read_bytes()[:-40])
    hands = windows.open(shuffled())
    before = hands.bits()
    hands.files.open(str(path))
    slow.go.set()
    hands.settle()
    assert hands.question.sentence.text() == "“xor.backlit”: it is cut off."
    hands.escape()
    assert hands.bits() == before and hands.files.file.path is None


def test_the_window_closes_when_a_file_was_given_up(
    windows: Windows, path: Path, slow: Slow
) -> None:
    hands = windows.open(shuffled())
    hands.files.open(str(path))
    QTest.keyClick(hands.files.reading.dialog, Qt.Key.Key_Escape)
    threading.Timer(0.2, slow.go.set).start()
    hands.key(Qt.Key.Key_Q, CONTROL)
    assert not hands.window.isVisible()
    assert all(not thread.isRunning() for thread in hands.files.reading._threads)


def test_what_a_crash_has_left_is_read_beside_the_window(
    windows: Windows, tmp_path: Path, slow: Slow
) -> None:
    left_over(tmp_path)
    hands = windows.open(shuffled())
    assert hands.files.offer_recovery()
    assert hands.files.recovery.dialog is None
    assert hands.files.reading.dialog.isVisible()
    slow.go.set()
    hands.qtbot.waitUntil(lambda: hands.files.recovery.dialog is not None)
    QTest.keyClick(hands.files.recovery.dialog, Qt.Key.Key_Return)
    hands.settle()
    assert hands.bits()[0] == 12 and hands.modified
    assert threading.main_thread() not in slow.threads


def test_small_files_and_built_in_projects_are_there_at_once(windows: Windows, path: Path) -> None:
    hands = windows.open(shuffled())
    hands.files.open(str(path))
    assert hands.session.project.name == "xor" and not hands.files.reading.busy
    hands.files.open("xor")
    assert hands.session.project.data.builtin == "xor" and hands.files.file.path is None


def test_a_dropped_model_is_imported(windows: Windows, tmp_path: Path) -> None:
    hands = windows.open(shuffled())
    content = QMimeData()
    model = tmp_path / "digits.keras"
    model.write_bytes(b"none")
    content.setUrls([QUrl.fromLocalFile(str(model))])
    none = Qt.KeyboardModifier(0)
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(50, 50), copy, content, left, none)
    QApplication.sendEvent(hands.window, enter)
    assert hands.files.drops.hint.words == "Drop to import the network of “digits.keras”"
    event = QDropEvent(QPointF(50, 50), copy, content, left, none)
    QApplication.sendEvent(hands.window, event)
    assert hands.window.imports.dialog is None
    dialog = hands.window.exchange.import_dialog
    assert dialog is not None and dialog.isVisible()
    hands.qtbot.waitUntil(lambda: "digits.keras" in dialog.summary.text())
