"""Every unexpected error is logged, said once in a sentence, and survived."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, qWarning
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.problem import Problem, sentence_of
from ui.problems import ProblemReporter, log, state_folder

ROOT = Path(__file__).parents[2]


class Clock:
    """A clock that stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reporter(
    qtbot: QtBot, light, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ProblemReporter]:
    monkeypatch.setenv("BACKLIT_STATE_DIR", str(tmp_path / "state"))
    reporter = ProblemReporter(clock=clock)
    reporter.install()
    yield reporter
    if reporter.dialog() is not None:
        reporter.dialog().close()
    reporter.uninstall()


class Failing(QObject):
    """Raises in a slot."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked.connect(self.fail)

    def fail(self) -> None:
        raise ZeroDivisionError("division by zero")


class FailingThread(QThread):
    def run(self) -> None:
        raise ValueError("lost in a thread")


def log_text(reporter: ProblemReporter) -> str:
    return (state_folder() / "backlit.log").read_text(encoding="utf-8")


def test_an_error_in_a_slot(qtbot, reporter):
    failing = Failing()
    with qtbot.waitSignal(reporter.reported) as reported:
        failing.asked.emit()
    assert reported.args[0].endswith("division by zero.")
    assert "Traceback" not in reported.args[0]
    assert "Traceback" in log_text(reporter) and "ZeroDivisionError" in log_text(reporter)


def test_an_error_in_a_timer(qtbot, reporter):
    failing = Failing()
    with qtbot.waitSignal(reporter.reported):
        QTimer.singleShot(0, failing.fail)


def test_an_error_in_a_qt_thread(qtbot, reporter):
    thread = FailingThread()
    with qtbot.waitSignal(reporter.reported) as reported:
        thread.start()
    assert thread.wait(5000)
    assert "lost in a thread" in reported.args[0]


def test_an_error_in_a_python_thread(qtbot, reporter):
    thread = threading.Thread(target=Failing.fail, args=(None,), name="counting")
    with qtbot.waitSignal(reporter.reported):
        thread.start()
    thread.join()
    assert "in counting" in log_text(reporter)


def test_an_error_while_cleaning_up(qtbot, reporter):
    class Untidy:
        def __del__(self) -> None:
            raise RuntimeError("not now")

    with qtbot.waitSignal(reporter.reported) as reported:
        Untidy()
        gc.collect()
    assert "not now" in reported.args[0]


def test_a_caught_error_handed_in(qtbot, reporter):
    with qtbot.waitSignal(reporter.reported) as reported:
        reporter.report(MemoryError())
    assert reported.args == ["There is not enough memory for this."]
    with qtbot.waitSignal(reporter.reported) as reported:
        reporter.report("The file is gone.")
    assert reported.args == ["The file is gone."]


def test_the_same_problem_is_shown_once_in_five_seconds(qtbot, reporter, clock):
    failing = Failing()
    shown: list[str] = []
    reporter.reported.connect(shown.append)
    for _ in range(40):
        failing.asked.emit()
        QApplication.processEvents()
        clock.now += 0.3
    assert len(shown) == 1
    assert log_text(reporter).count("Traceback") == 1
    clock.now += 5.0
    failing.asked.emit()
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert "and 39 times just before" in log_text(reporter)


def test_different_problems_are_all_told_in_one_dialog(qtbot, reporter):
    shown: list[str] = []
    reporter.reported.connect(shown.append)
    for number in range(3):
        reporter.report(f"Problem {number}.")
    qtbot.waitUntil(lambda: len(shown) == 3)
    dialog = reporter.dialog()
    assert dialog.sentence.text() == "Problem 0. (And 2 more problems.)"
    assert len([w for w in QApplication.topLevelWidgets() if w is dialog]) == 1


def test_the_dialog(qtbot, reporter):
    failing = Failing()
    with qtbot.waitSignal(reporter.reported):
        failing.asked.emit()
    dialog = reporter.dialog()
    assert dialog.isVisible() and not dialog.isModal()
    assert "Your work is kept" in dialog.safe.text()
    assert "Traceback" not in dialog.sentence.text()
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    assert "Traceback" in copied and "PySide6" in copied and "Backlit" in copied
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.finished):
        qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert reporter.dialog() is None


def test_stopping_by_keyboard_passes_through(reporter, monkeypatch):
    passed: list[type] = []
    old = reporter._old_hooks
    monkeypatch.setattr(reporter, "_old_hooks", (lambda kind, *rest: passed.append(kind), *old[1:]))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert passed == [KeyboardInterrupt]
    assert reporter.dialog() is None


def test_warnings_of_qt_are_logged(reporter):
    qWarning("a warning of Qt")
    assert "WARNING Qt: a warning of Qt" in log_text(reporter)


def test_uninstalling_restores_everything(qapp, tmp_path, monkeypatch):
    monkeypatch.setenv("BACKLIT_STATE_DIR", str(tmp_path))
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook, list(log.handlers))
    reporter = ProblemReporter()
    reporter.install()
    reporter.install()
    assert sys.excepthook != before[0]
    reporter.uninstall()
    reporter.uninstall()
    after = (sys.excepthook, threading.excepthook, sys.unraisablehook, list(log.handlers))
    assert after == before


def test_a_folder_that_cannot_be_written_is_survived(qtbot, light, tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("BACKLIT_STATE_DIR", str(blocked / "below"))
    reporter = ProblemReporter()
    reporter.install()
    try:
        with qtbot.waitSignal(reporter.reported):
            reporter.report(ValueError("still told"))
    finally:
        reporter.dialog().close()
        reporter.uninstall()


def test_an_error_after_the_reporter_is_gone_is_printed(qapp, capfd):
    import shiboken6

    reporter = ProblemReporter()
    shiboken6.delete(reporter)
    reporter.report(ValueError("too late"))
    assert "too late" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FileNotFoundError(2, "No such file or directory", "a.csv"), "no such file"),
        (MemoryError(), "not enough memory"),
        (ValueError(), "ValueError"),
        (ValueError("first line\nsecond line"), "first line second line."),
        (ValueError("x" * 5000), "x…."),
    ],
)
def test_sentences_are_short(error, sentence):
    text = sentence_of(error)
    assert sentence in text and "\n" not in text and len(text) < 260 and text.endswith(".")


def test_a_problem_keeps_no_frame_alive():
    try:
        raise ValueError("here")
    except ValueError as error:
        problem = Problem.of(error, "main")
    assert problem.location.startswith(__file__)
    assert not any(isinstance(part, BaseException) for part in vars(problem).values())


def run_python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"QT_QPA_PLATFORM": "offscreen", "BACKLIT_STATE_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


START = """
from PySide6.QtWidgets import QApplication
from ui.problems import ProblemReporter
app = QApplication([])
reporter = ProblemReporter()
reporter.install()
"""


def test_a_crash_is_written_down_and_told_at_the_next_start(tmp_path):
    crashed = run_python(START + "import faulthandler; faulthandler._sigsegv()", tmp_path)
    assert crashed.returncode != 0
    assert "Segmentation fault" in (tmp_path / "crash.txt").read_text()
    started = run_python(START + "print(reporter.last_crash); reporter.uninstall()", tmp_path)
    assert "Segmentation fault" in started.stdout and started.returncode == 0
    assert not (tmp_path / "crash.txt").exists()
    assert "the previous run crashed" in (tmp_path / "backlit.log").read_text()


def test_the_program_ends_cleanly_with_the_hooks_in_place(tmp_path):
    code = START + "from PySide6.QtCore import QTimer; QTimer.singleShot(0, app.quit); app.exec()"
    ended = run_python(code, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
