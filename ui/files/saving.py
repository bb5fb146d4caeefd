"""Saves documents: the training thread hands the moment over, a thread of its own writes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from simulator.document.on_disk import Change
from simulator.project.errors import printable
from simulator.runner import Runner
from ui.files import wordings as words
from ui.files.asking import Asking, Go
from ui.files.lock import FileLock, Holding
from ui.files.open_file import DOCUMENT, OpenFile
from ui.files.window_part import window_part
from ui.files.write_thread import Job, WriteThread

if TYPE_CHECKING:
    from ui.main_window import MainWindow

SLOW_MILLISECONDS = 700
"""A save that takes longer is spoken of before it has ended."""


class Saving(QObject):
    """Save, Save as, Save a copy; training goes on meanwhile.

    Signals
    -------
    saved(object) : a :class:`Job` that was written.
    autosaved(object) : a job of an autosave, written or not.
    slow() : a save is taking its time.
    """

    saved = Signal(object)
    autosaved = Signal(object)
    slow = Signal()

    def __init__(self, window: MainWindow, file: OpenFile, asking: Asking, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._session = window, window.session
        self._file, self._asking = file, asking
        self._pending: dict[Job, tuple[FileLock | None, Go | None]] = {}
        self._when_idle: Go | None = None
        self.autosave_key: Callable[[], str] = str
        self.thread_of_writing = WriteThread(self)
        self.thread_of_writing.ended.connect(self._on_ended)
        self.thread_of_writing.failed.connect(self._on_failed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SLOW_MILLISECONDS)
        self._timer.timeout.connect(self.slow)

    @property
    def busy(self) -> bool:
        """Whether a save of the user's is on its way."""
        return bool(self._pending)

    def when_idle(self, go: Go) -> None:
        """Do something once all saves on their way have ended well."""
        self._when_idle = go

    # What the user asks for

    def save(self, then: Go | None = None) -> None:
        """Save where the file is, or ask where; ``then`` follows only if it is saved."""
        path = self._file.path
        if path is None or self._file.read_only:
            self.save_as(then)
        elif self._file.change() in (Change.CHANGED, Change.APPEARED):
            self._asking.ask(
                "Overwrite?",
                f"{words.named(path)} was changed by another program.",
                f"If you overwrite it, its present version is kept as "
                f"“{printable(path.name, 60)}~”.",
                (
                    (words.SAVE_AS, lambda: self.save_as(then)),
                    (words.OVERWRITE, lambda: self._write(path, self._file.lock, then)),
                    (words.GIVE_UP, None),
                ),
            )
        else:
            self._write(path, self._file.lock, then)

    def save_as(self, then: Go | None = None) -> None:
        """Save in another file, which is the window's from then on."""
        path = self._asked_path("Save as", self._file.suggestion(self._name))
        if path is None:
            return
        if self._file.is_at(path) and not self._file.read_only:
            self._write(path, self._file.lock, then)
            return
        lock = FileLock(path)
        if lock.take().holding is Holding.OTHER:
            self._say_not_saved(f"Not saved: {words.named(path)} is open in another window.")
            return
        self._write(path, lock, then)

    def save_copy(self) -> None:
        """Save in another file; the window's stays what it is."""
        suggested = self._file.suggestion(self._name)
        copy = suggested.with_name(f"{suggested.stem} copy{DOCUMENT}")
        path = self._asked_path("Save a copy", copy)
        if path is None:
            return
        if self._file.is_at(path):
            self.save()
        else:
            self._begin(Job(path, own=False), None, None)

    @property
    def _name(self) -> str:
        project = self._session.project
        return project.title or project.name

    def _asked_path(self, title: str, suggestion: Path) -> Path | None:
        dialog = QFileDialog(self._window, title, str(suggestion.parent), words.SAVE_FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(DOCUMENT[1:])
        dialog.selectFile(suggestion.name)
        chosen = dialog.selectedFiles() if dialog.exec() else []
        dialog.deleteLater()
        return Path(chosen[0]) if chosen else None

    # Writing

    def _write(self, path: Path, lock: FileLock | None, then: Go | None) -> None:
        self._file.begin_writing()
        self._begin(Job(path, forget=self.autosave_key()), lock, then)

    def _begin(self, job: Job, lock: FileLock | None, then: Go | None) -> None:
        self._pending[job] = lock, then
        self._timer.start()
        self.send(job)

    def send(self, job: Job) -> None:
        """Have a job taken down by the training thread, and written."""
        job.window = window_part(self._window)
        thread = self.thread_of_writing
        if not thread.isRunning():
            thread.start()

        def take(runner: Runner) -> None:
            thread.take(runner, job)

        self._session.send(take)

    def _on_ended(self, job: Job) -> None:
        if job.autosave or job.target is None:
            self.autosaved.emit(job)
            return
        lock, then = self._pending.pop(job)
        self._timer.stop()
        if job.own:
            self._file.end_writing()
        if job.problem:
            if lock is not None and lock is not self._file.lock:
                lock.release()
            self._when_idle = None
            self._say_not_saved(job.problem)
            return
        if job.own:
            assert job.target is not None
            self._file.hold(job.target, lock, job.written)
        self.saved.emit(job)
        if then is not None:
            then()
        go = self._when_idle
        if go is not None and not self._pending:
            self._when_idle = None
            go()

    def _say_not_saved(self, sentence: str) -> None:
        self._asking.ask(
            *("Not saved", sentence, "Your work is still open in this window."),
            ((words.SAVE_AS, self.save_as), (words.CLOSE, None)),
        )

    def _on_failed(self, problem: object) -> None:
        self._session.failed.emit(problem)

    def shut_down(self) -> None:
        """Wait for what is being written."""
        if self.thread_of_writing.isRunning():
            self.thread_of_writing.shut_down()
