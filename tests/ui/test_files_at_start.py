"""``backlit FILE``: the window is there first, then the file, or what is wrong with it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from files_hands import Windows, shuffled
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from test_files_recovery import left_over

from simulator.document import load_document, open_document
from simulator.document.durable import backup_of
from simulator.project import load_project
from simulator.project.archive import make_archive, open_archive
from simulator.project.archive.npy import from_npy, to_npy
from simulator.trainer import Trainer
from ui.files import early_reading
from ui.files.early_reading import EarlyReading

ROOT = Path(__file__).parents[2]
START = """
import os, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from ui import __main__ as program
from ui.files import early_reading
from ui.files.question import Question
from ui.main_window import MainWindow

path, let_go = Path(sys.argv[1]), Path(sys.argv[2])
load = early_reading.load_document

def slow(source):
    while not let_go.exists():
        time.sleep(0.01)
    return load(source)

early_reading.load_document = slow
program.missing_display = lambda: None

def look():
    window = next((w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)), None)
    box = QApplication.activeModalWidget()
    if window is None or not window.isVisible():
        return
    if isinstance(box, Question):
        print("said:", box.sentence.text(), flush=True)
        box.close()
        QTimer.singleShot(0, window.close)
    elif not let_go.exists():
        if window.files.reading.dialog is not None:
            print("waiting:", window.files.reading.dialog.accessibleName(), flush=True)
            let_go.touch()
    elif window.files.file.path is not None:
        print("shown:", window.windowTitle(), window.session.project.name, flush=True)
        window.close()

from ui.app import make_application
application = make_application()
timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
sys.exit(program.main([str(path)]))
"""


def started(path: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """``backlit FILE`` from a disk that gives nothing until the window is there."""
    environment = {
        **os.environ,
        "BACKLIT_STATE_DIR": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        [sys.executable, "-c", START, str(path), str(folder / "let-go")],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_slow_file_comes_into_a_window_that_is_there(path: Path, tmp_path: Path) -> None:
    ended = started(path, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        "waiting: Opening “xor.backlit”…",
        "shown: xor.backlit[*] — Backlit xor",
    ]


def test_what_is_wrong_with_a_file_stands_in_the_window(path: Path, tmp_path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])
    before = path.read_bytes()
    ended = started(path, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    waiting, said = ended.stdout.splitlines()
    assert waiting.startswith("waiting:") and said == "said: “xor.backlit”: it is cut off."
    assert path.read_bytes() == before


def test_what_a_crash_has_left_is_offered_behind_the_file(
    windows: Windows, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    monkeypatch.setattr(
        early_reading, "load_document", lambda own: go.wait(30) and load_document(own)
    )
    left_over(tmp_path)
    hands = windows.open(shuffled())
    reading = EarlyReading(str(path))
    assert reading.soon() is None
    hands.files.open_late(reading, str(path))
    hands.qtbot.waitUntil(lambda: hands.files.reading.dialog is not None)
    assert hands.files.recovery.dialog is None
    go.set()
    hands.qtbot.waitUntil(lambda: hands.files.recovery.dialog is not None)
    assert hands.files.file.is_at(path) and hands.session.project.name == "xor"
    assert reading.soon().project is hands.session.project
    QTest.keyClick(hands.files.recovery.dialog, Qt.Key.Key_Escape)


def test_a_file_that_is_given_up_leaves_the_window(
    windows: Windows, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    monkeypatch.setattr(
        early_reading, "load_document", lambda own: go.wait(30) and load_document(own)
    )
    hands = windows.open(shuffled())
    before = hands.session.project
    hands.files.open_late(EarlyReading(str(path)), str(path))
    hands.qtbot.waitUntil(lambda: hands.files.reading.dialog is not None)
    QTest.keyClick(hands.files.reading.dialog, Qt.Key.Key_Escape)
    go.set()
    hands.qtbot.waitUntil(lambda: not hands.files.reading._threads)
    assert hands.session.project is before and hands.files.file.path is None
    assert hands.files.asking.question is None


def without_numbers(path: Path) -> bytes:
    """Put NaN into the first parameter of a file, with all its hashes right; what it was."""
    before = path.read_bytes()
    parts = open_archive(before)
    theta = from_npy(parts["arrays/theta.npy"], "theta")
    theta[0] = np.nan
    path.write_bytes(make_archive({**parts, "arrays/theta.npy": to_npy(theta)}))
    return before


@pytest.mark.parametrize("late", [False, True])
def test_parameters_that_are_no_numbers_can_start_anew(
    windows: Windows, path: Path, late: bool
) -> None:
    good = without_numbers(path)
    bad = path.read_bytes()
    hands = windows.open(shuffled())
    before = hands.session.project
    if late:
        hands.files.open_late(EarlyReading(str(path)), str(path))
    else:
        hands.files.open(str(path))
    question = hands.question
    assert question.sentence.text() == (
        "“xor.backlit”: layer 1 has parameters that are not numbers (NaN)."
    )
    assert hands.session.project is before
    hands.answer(Qt.Key.Key_S)
    hands.settle()
    assert hands.session.project.name == "xor" and hands.files.file.is_at(path)
    fresh, (iteration, theta) = Trainer(load_project("xor")), hands.bits()
    was = open_document(good).state
    assert iteration == was.iteration == 9
    found = np.frombuffer(theta)
    assert found[0] == fresh.network.theta[0] and np.array_equal(found[1:], was.theta[1:])
    # It is nowhere on the disk as it is on show, and the file is what it was.
    assert hands.modified and path.read_bytes() == bad
    assert hands.window.notice.isVisible()
    hands.save()
    assert not hands.modified and open_document(path.read_bytes()).state.theta.tobytes() == theta
    assert backup_of(path).read_bytes() == bad


def test_such_a_file_may_be_left(windows: Windows, path: Path) -> None:
    without_numbers(path)
    bad = path.read_bytes()
    hands = windows.open(shuffled())
    before = hands.session.project
    hands.files.open(str(path))
    hands.escape()
    hands.settle()
    assert hands.session.project is before and not hands.modified
    assert hands.files.file.path is None and path.read_bytes() == bad
