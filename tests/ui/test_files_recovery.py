"""Autosaves, and what is left of them by a crash: a process that is really killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from files_hands import FileHands, Windows, shuffled
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.document import document_of, load_document, pack_document, resumed, save_document
from simulator.document.recovery import AutosaveStore, Recoverable, new_key
from simulator.project import load_project
from simulator.trainer import Trainer
from ui.files.recovery_dialog import RecoveryDialog
from ui.files.write_thread import Job
from ui.theme import Theme

ROOT = Path(__file__).parents[2]


def autosaves(folder: Path) -> list[Path]:
    return sorted((folder / "recovery").glob("*.backlit"))


def kept(hands: FileHands) -> None:
    """Wait until the last autosave is of this moment."""
    hands.qtbot.waitUntil(
        lambda: (
            hands.files.autosaver._kept is not None
            and hands.files.autosaver._kept.same(hands.files.changes.now)
        ),
        timeout=15_000,
    )


def offered(hands: FileHands) -> RecoveryDialog:
    assert hands.files.offer_recovery()
    hands.qtbot.waitUntil(lambda: not hands.files.reading.busy, timeout=60_000)
    dialog = hands.files.recovery.dialog
    hands.qtbot.waitUntil(dialog.isVisible)
    dialog.activateWindow()
    hands.qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def left_over(folder: Path, name: str = "xor", document: Path | None = None) -> None:
    """As if a process had ended without a word: its lock is let go, its autosave is there."""
    store = AutosaveStore(folder / "recovery")
    trainer = Trainer(load_project(name))
    trainer.run_iterations(12)
    key = new_key()
    store.write(key, document, pack_document(document_of(trainer)), name, 3, 12)
    store._open[key].lock._stream.close()


def test_only_what_has_changed_is_kept_and_a_clean_end_leaves_nothing(
    windows: Windows, tmp_path: Path
) -> None:
    hands = windows.open(shuffled(), seconds=1)
    hands.files.autosaver.tick()
    assert not autosaves(tmp_path)
    hands.train(5)
    kept(hands)
    first = autosaves(tmp_path)
    assert len(first) == 1
    assert resumed(load_document(first[0])).iteration == hands.bits()[0]
    hands.files.autosaver.tick()
    hands.settle()
    assert autosaves(tmp_path) == first
    hands.train(5)
    kept(hands)
    assert len(autosaves(tmp_path)) == 2
    hands.save_as(tmp_path / "x.backlit")
    assert not autosaves(tmp_path)
    hands.train(5)
    kept(hands)
    assert autosaves(tmp_path)
    hands.end()
    assert not autosaves(tmp_path)
    assert not windows.open(shuffled()).files.offer_recovery()


def test_work_of_a_killed_process_is_recovered_to_the_bit(windows: Windows, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "BACKLIT_STATE_DIR": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    settings = tmp_path / "config" / "Backlit" / "Backlit.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text("[General]\nautosave_seconds=1\nsettings_version=1\n", encoding="utf-8")
    file = tmp_path / "lecture.backlit"
    save_document(file, shuffled())
    before = file.read_bytes()
    code = (
        "import sys; from ui.app import EarlyReading, run_window;"
        "run_window(EarlyReading(sys.argv[1]), sys.argv[1], start_training=True)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(file)], cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 60
        while not autosaves(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert file.read_bytes() == before
    hands = windows.open(load_project("xor"))
    dialog = offered(hands)
    assert dialog.list.count() == 1
    words = dialog.list.item(0).text()
    assert "5×5 digits" in words and "iteration" in words and str(file) in words
    assert "ago" in words or "just now" in words
    assert not dialog.list.item(0).icon().isNull()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    hands.settle()
    iteration, theta = hands.bits()
    assert iteration > 0
    never_stopped = Trainer(shuffled())
    never_stopped.run_iterations(iteration)
    assert theta == never_stopped.network.theta.tobytes()
    assert hands.modified and hands.files.file.path == file
    assert hands.session.undo_stack.count() == 0
    # Our own autosave is in its place now; saving ends with none.
    hands.qtbot.waitUntil(lambda: hands.files.autosaver._recovered is None, timeout=10_000)
    hands.save()
    assert not autosaves(tmp_path)
    assert resumed(load_document(file)).iteration == iteration


def test_later_leaves_it_and_discard_deletes_it(windows: Windows, tmp_path: Path) -> None:
    left_over(tmp_path)
    left_over(tmp_path, "and")
    hands = windows.open(shuffled())
    dialog = offered(hands)
    assert dialog.list.count() == 2
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert len(autosaves(tmp_path)) == 2
    dialog = offered(hands)
    QTest.keyClick(dialog, Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    hands.qtbot.waitUntil(lambda: len(autosaves(tmp_path)) == 1)
    assert dialog.isVisible()
    # A button pressed by its letter stays down for a moment.
    hands.qtbot.waitUntil(lambda: not dialog.discard_button.isDown())
    QTest.keyClick(dialog, Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    hands.qtbot.waitUntil(lambda: not autosaves(tmp_path))
    assert hands.files.recovery.dialog is None
    assert hands.session.project.name == "digits-5x5"


def test_damaged_autosaves_can_only_be_discarded(windows: Windows, tmp_path: Path) -> None:
    left_over(tmp_path)
    path = autosaves(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-40])
    dialog = offered(windows.open(shuffled()))
    assert "Cannot be opened" in dialog.list.item(0).text()
    assert not dialog.recover_button.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    assert not autosaves(tmp_path)


def test_recovered_work_of_a_file_saved_since_is_a_copy(windows: Windows, tmp_path: Path) -> None:
    file = tmp_path / "newer.backlit"
    left_over(tmp_path, document=file)
    time.sleep(0.02)
    save_document(file, load_project("xor"))
    hands = windows.open(shuffled())
    dialog = offered(hands)
    assert "saved again since" in dialog.list.item(0).text()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    hands.settle()
    assert hands.bits()[0] == 12
    assert hands.files.file.path is None and hands.modified


def test_an_autosave_that_cannot_be_written_is_said_once(windows: Windows, tmp_path: Path) -> None:
    (tmp_path / "recovery").write_text("a file where the folder should be", encoding="utf-8")
    hands = windows.open(shuffled(), seconds=1)
    said: list[str] = []
    hands.files.autosaver.refused.connect(said.append)
    hands.train(3)
    hands.qtbot.waitUntil(lambda: bool(said), timeout=10_000)
    assert said[0].startswith("Not autosaved: ")
    assert hands.window.notice.isVisible()
    hands.train(3)
    hands.files.autosaver.tick()
    hands.settle()
    assert len(said) == 1
    assert hands.modified


def test_the_dialog_says_how_old_work_is(qtbot: QtBot, light: Theme) -> None:
    from PySide6.QtWidgets import QWidget

    now = datetime(2030, 1, 2, 12, 0, tzinfo=UTC)
    item = Recoverable("0" * 16, Path("x"), None, "digits", now - timedelta(minutes=3), 4, 20)
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = RecoveryDialog([item], [b"no picture"], light, parent, now)
    text = dialog.list.item(0).text()
    assert "3 minutes ago" in text and "never saved" in text and "Epoch 4, iteration 20" in text


@pytest.mark.parametrize(
    ("seconds", "work", "period"),
    [
        # From moment to moment: what an autosave took is part of the ten minutes.
        (30.0, 1.0, 600.0),
        # A processor may work a twentieth of the time, a slow disk half of it.
        (50.0, 45.0, 900.0),
        (400.0, 1.0, 800.0),
    ],
)
def test_how_soon_the_next_one_comes(
    windows: Windows, seconds: float, work: float, period: float
) -> None:
    hands = windows.open(shuffled(), seconds=600)
    autosaver = hands.files.autosaver
    autosaver._began = time.monotonic() - seconds
    autosaver._on_autosaved(Job(None, autosave=autosaver.key, seconds=seconds, work=work))
    assert autosaver._timer.interval() / 1000 == pytest.approx(period - seconds, abs=5)


def test_recovered_work_outlives_a_window_that_has_not_heard_that_it_is_kept(
    windows: Windows, tmp_path: Path
) -> None:
    """Its own autosave is written and the old one deleted; the word of it comes too late."""
    left_over(tmp_path)
    (old,) = autosaves(tmp_path)
    hands = windows.open(shuffled())
    autosaver = hands.files.autosaver
    hands.files.saving.autosaved.disconnect(autosaver._on_autosaved)
    QTest.keyClick(offered(hands), Qt.Key.Key_Return)
    hands.qtbot.waitUntil(
        lambda: autosaves(tmp_path) not in ([], [old]) and not old.exists(), timeout=10_000
    )
    hands.end()
    (left,) = autosaves(tmp_path)
    assert left != old and resumed(load_document(left)).iteration == 12


@pytest.mark.parametrize("finished", [True, False])
def test_of_what_was_given_up_for_another_file_nothing_is_kept(
    windows: Windows, tmp_path: Path, finished: bool
) -> None:
    hands = windows.open(shuffled())
    hands.train(3)
    hands.files.autosaver.tick()
    if finished:
        kept(hands)
        assert len(autosaves(tmp_path)) == 1
    # Else its autosave is still under way while the other file is opened.
    hands.files.opening.open("xor")
    hands.qtbot.waitUntil(
        lambda: not hands.files.autosaver._under_way and not autosaves(tmp_path), timeout=10_000
    )
    hands.end()
    assert not autosaves(tmp_path)
