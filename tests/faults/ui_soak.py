"""F16: a long while of training, drawing, editing and saving: nothing grows, nothing is refused.

``python -m tests.faults.ui_soak 600`` runs for so many seconds and saves every thirty.  It reports
how resident memory went up behind the first third, in MiB an hour, and opens every saved file.
``python -m tests.faults.ui_soak 600 run`` (or ``step``) has the user only run (or step).

What a run keeps is bounded (512 states, curves of 65,536 epochs, eight branches, 1,000 edits, 4 MB
of pictures of nodes), but only some hours of clicking fill it, and what fills looks like a leak.
So the bounds are smaller here: all is full in the first third, and what still grows behind it
leaks.  ``python -m tests.faults.ui_soak 600 all large`` leaves the bounds as they are.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from simulator.document import load_document
from simulator.project import load_project
from simulator.timeline import Timeline
from simulator.trainer import Trainer
from tests.faults.ui_flood import memory_mib
from ui.app import GarbageCollector, connect_problems, make_application
from ui.main_window import MainWindow
from ui.problems import ProblemReporter
from ui.session import Session
from ui.settings import Settings

SAVE_SECONDS = 30.0
ACT_MILLISECONDS = 250
SLOPE_ALLOWED = 60.0
"""MiB an hour over ten minutes: 7 MiB behind the first third, what blocks of memory that have not
been given back may take."""
KINDS = {"all": range(8), "step": (3,), "run": (6,)}
"""What the user does, by the argument that asks for it."""


class SmallTimeline(Timeline):
    """Keeps 64 states."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer, max_states=64)


def small_bounds() -> contextlib.ExitStack:
    """Until it is closed the record, undo and pictures are full within a minute."""
    stack = contextlib.ExitStack()
    for what, bound in (
        ("simulator.stepping.Timeline", SmallTimeline),
        ("simulator.timeline.MOST_BRANCH_POINTS", 512),
        ("simulator.history.CAPACITY", 2048),
        ("ui.session.MOST_EDITS", 50),
        ("ui.editor.nodes._MOST_PIXELS", 200_000),
    ):
        stack.enter_context(mock.patch(what, bound))
    return stack


class User(QObject):
    """Draws, steps, edits, undoes and saves, at random."""

    def __init__(self, window: MainWindow, folder: Path, seed: int, kinds: Sequence[int]) -> None:
        super().__init__(window)
        self._window = window
        self._kinds = kinds
        self._chance = random.Random(seed)
        self._file = folder / "soak.backlit"
        self._saved_at = time.perf_counter()
        self.saved: list[int] = []
        self.memory: list[tuple[float, float]] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._act)
        self._timer.start(ACT_MILLISECONDS)

    def _act(self) -> None:
        if QApplication.activeModalWidget() is not None:
            return
        now = time.perf_counter()
        self.memory.append((now, memory_mib()))
        if now - self._saved_at >= SAVE_SECONDS:
            self._saved_at = now
            self.save()
            return
        window = self._window
        kind = self._chance.choice(self._kinds)
        if kind < 3:
            canvas = window.data_card.canvas
            at = QPoint(
                self._chance.randrange(canvas.width()), self._chance.randrange(canvas.height())
            )
            QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
        elif kind == 3:
            QTest.keyClick(window, self._chance.choice([Qt.Key.Key_PageDown, Qt.Key.Key_PageUp]))
        elif kind == 4:
            window.session.set_learning_rate(self._chance.choice([0.01, 0.02]))
        elif kind == 5:
            window.session.undo_stack.undo()
        else:
            window.session.run()

    def save(self) -> None:
        """Save as a user does, under the same name each time, and read the last file."""
        if self._file.exists():
            self.saved.append(load_document(self._file).state.iteration)
            self._window.actions_by_id["save"].trigger()
        else:
            QTimer.singleShot(500, self, self._choose_file)
            self._window.actions_by_id["save_as"].trigger()

    def _choose_file(self) -> None:
        dialog = self._window.findChild(QFileDialog)
        dialog.findChild(QLineEdit).setText(str(self._file))
        dialog.accept()


def main() -> int:
    """Run for so many seconds as the first argument says; 0 if nothing grew or failed."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    kinds = KINDS[sys.argv[2] if len(sys.argv) > 2 else "all"]
    large = sys.argv[3:] == ["large"]
    application = make_application()
    with (
        contextlib.nullcontext() if large else small_bounds(),
        tempfile.TemporaryDirectory() as folder,
    ):
        os.environ["BACKLIT_STATE_DIR"] = folder
        reporter = ProblemReporter(application)
        reporter.install()
        told: list[str] = []
        reporter.reported.connect(told.append)
        collector = GarbageCollector(application)
        session = Session(load_project("digits-5x5").with_epochs(10**9))
        window = MainWindow(session, Settings(str(Path(folder, "settings.ini"))))
        connect_problems(reporter, session)
        window.resize(1280, 800)
        window.transport.set_speed(100)
        session.start()
        window.show()
        session.run()
        user = User(window, Path(folder), 11, kinds)
        QTimer.singleShot(round(1000 * seconds), application, application.quit)
        application.exec()
        when, mib = np.array(user.memory).T
        late = when - when[0] > seconds / 3
        slope = 3600 * np.polyfit(when[late], mib[late], 1)[0]
        iterations = session.snapshot.iteration
        user.deleteLater()
        window.close()
        ended = session.shut_down()
        del collector
    read = len(user.saved)
    held = slope <= SLOPE_ALLOWED and not told and ended and read >= seconds // SAVE_SECONDS - 2
    print(
        f"F16 soak: {seconds:.0f} s, {iterations:,} iterations, {read} saved files read; memory "
        f"{' '.join(f'{own:.0f}' for own in mib[:: max(1, len(mib) // 8)])} MiB in eighths, "
        f"{slope:+.1f} MiB/h of {SLOPE_ALLOWED:.0f} behind the first third; "
        f"{len(told)} problems; {'held' if held else 'NOT HELD'}"
    )
    for sentence in told[:3]:
        print(f"  {sentence}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
