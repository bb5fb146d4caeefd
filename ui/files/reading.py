"""Reads large files in a thread of its own, under a small dialog by which it can be given up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from simulator.project import ProjectError
from ui.theme import GRID

SMALL = 256 * 1024
"""Bytes of a file that is read before anybody could see a dialog."""
PATIENCE_MILLISECONDS = 150
"""What takes longer is spoken of."""
NO_MEMORY = "There is not enough memory to read it; close something else and try again."
UNEXPECTED = "It could not be read because of an unexpected problem. What is open is unchanged."


class ReadThread(QThread):
    """Does one thing, and keeps what came of it.

    Signals
    -------
    failed(object) : an exception that nobody expected.
    """

    failed = Signal(object)

    def __init__(self, job: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._job: Callable[[], object] | None = job
        self.made: Any = None
        self.problem = ""

    def run(self) -> None:
        """The thread's life."""
        job, self._job = self._job, None
        assert job is not None
        try:
            self.made = job()
        except ProjectError as problem:
            self.problem = str(problem)
        except MemoryError:
            self.problem = NO_MEMORY
        except Exception as problem:  # the user must hear of every failure
            self.problem = UNEXPECTED
            self.failed.emit(problem)


class ReadingDialog(QDialog):
    """Says what is being read; Esc gives it up."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Reading")
        self.setAccessibleName(words)
        self.setMinimumWidth(380)
        label = QLabel(words)
        label.setProperty("role", "title")
        label.setWordWrap(True)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName(words)
        hint = QLabel("What is open stays until it has been read.")
        hint.setProperty("role", "muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(GRID + 4)
        for part in (label, bar, hint, buttons):
            layout.addWidget(part)


class Reading(QObject):
    """One thing is read at a time; nothing can be edited in the window meanwhile.

    Signals
    -------
    failed(object) : an exception that nobody expected.
    """

    failed = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._threads: set[ReadThread] = set()
        self._thread: ReadThread | None = None
        self._then: Callable[[Any], object] | None = None
        self._refuse: Callable[[str], object] | None = None
        self._words = ""
        self._next: Callable[[], None] | None = None
        self.dialog: ReadingDialog | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being read that is still wanted."""
        return self._thread is not None

    def read(
        self,
        words: str,
        job: Callable[[], object],
        then: Callable[[Any], object],
        refuse: Callable[[str], object],
        large: bool = True,
    ) -> None:
        """Do ``job``, and hand what it makes to ``then``, or a sentence to ``refuse``.

        ``words`` say what is done, if it takes long.  What is not ``large`` is done at once.
        While one thing is read another waits, such as a file that the desktop wants opened; the
        same is not read twice.
        """
        if self._thread is not None:
            if words != self._words:
                self._next = lambda: self.read(words, job, then, refuse, large)
            return
        self._words = words
        thread = ReadThread(job, self)
        thread.failed.connect(self.failed)
        self._thread, self._then, self._refuse = thread, then, refuse
        if not large:
            thread.run()
            self._end(thread)
            return
        self._threads.add(thread)
        thread.finished.connect(self._on_finished)
        thread.start()
        if thread.wait(PATIENCE_MILLISECONDS):
            self._end(thread)
            return
        self.dialog = ReadingDialog(words, self._window)
        self.dialog.rejected.connect(self.give_up)
        self.dialog.open()

    def give_up(self) -> None:
        """What is being read is not wanted any more."""
        self._thread = self._then = self._refuse = None
        self._close_dialog()
        self._begin_next()

    def _begin_next(self) -> None:
        begin, self._next = self._next, None
        if begin is not None:
            begin()

    def _on_finished(self) -> None:
        thread = self.sender()
        if isinstance(thread, ReadThread):
            self._threads.discard(thread)
            self._end(thread)
            thread.made = None
            thread.deleteLater()

    def _end(self, thread: ReadThread) -> None:
        if thread is not self._thread:
            return
        then, refuse = self._then, self._refuse
        # Closing the dialog is no giving up.
        begin, self._next = self._next, None
        self._thread = self._then = self._refuse = None
        self._close_dialog()
        self._next = begin
        if thread.problem and refuse is not None:
            refuse(thread.problem)
        elif then is not None:
            then(thread.made)
        self._begin_next()

    def _close_dialog(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.close()
            dialog.deleteLater()

    def shut_down(self) -> None:
        """Wait for what is being read, out of sight: a thread cannot be stopped in mid-file."""
        self._next = None
        self.give_up()
        if self._threads:
            self._window.hide()
        for thread in tuple(self._threads):
            thread.wait()


def is_large(*paths: Path) -> bool:
    """Whether reading these files takes so long that it must not be done in the GUI thread."""
    size = 0
    for path in paths:
        try:
            size += path.stat().st_size
        except OSError:
            continue
    return size > SMALL
