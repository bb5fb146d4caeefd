"""Keeps what is open in the user's state folder, every few seconds in which something changed."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from simulator.document.recovery import AutosaveStore, Recoverable, new_key
from ui.files.changes import Changes
from ui.files.open_file import OpenFile
from ui.files.progress import Progress
from ui.files.saving import Saving
from ui.files.write_thread import Job
from ui.settings import Settings

SECONDS, FEWEST, MOST = 10, 1, 3600
SETTING = "autosave_seconds"
SHARE = 0.05
"""Of a processor at most goes into autosaves: those of large data come less often."""
SHARE_OF_TIME = 0.5
"""Of the time at most the disk is kept busy with them, if it is slow."""


class Autosaver(QObject):
    """Writes only what has changed; forgets it when it is saved or given up.

    Attributes
    ----------
    seconds : from one look to the next.

    Signals
    -------
    refused(str) : an autosave could not be written; said once, until one could be.
    """

    refused = Signal(str)

    def __init__(
        self, saving: Saving, changes: Changes, file: OpenFile, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._saving, self._changes, self._file = saving, changes, file
        self._settings = settings
        self.seconds = settings.whole_number(SETTING, SECONDS, FEWEST, MOST)
        self._store: AutosaveStore | None = None
        self._kept: Progress | None = None
        self._under_way = False
        self._began = 0.0
        self._told = False
        self._recovered: Recoverable | None = None
        self.key = new_key()
        saving.autosave_key = self.key_in_use
        saving.autosaved.connect(self._on_autosaved)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.tick)

    def begin(self, store: AutosaveStore) -> None:
        """Keep autosaves there from now on."""
        self._store = self._saving.thread_of_writing.store = store
        self._timer.start(1000 * self.seconds)

    def set_seconds(self, seconds: int) -> None:
        """Look so often from now on, and at later starts."""
        self.seconds = seconds
        self._settings.set_whole_number(SETTING, seconds)
        if self._timer.isActive():
            self._timer.start(1000 * seconds)

    def key_in_use(self) -> str:
        """The key of the document that is open; "" where nothing is kept of it."""
        return "" if self._store is None else self.key

    def begin_document(self) -> None:
        """Another document is open: nothing of the last one is to be recovered."""
        if self._store is not None and self._kept is not None:
            self._put(Job(None, forget=self.key))
        self.key = new_key()
        self._kept = None

    def take_over(self, item: Recoverable) -> None:
        """Keep what was recovered as our own; only then is the old autosave not needed."""
        self._recovered = item
        self.tick()

    def tick(self) -> None:
        """Keep what has changed since the last time."""
        if self._store is None or self._under_way:
            return
        now = self._changes.now
        new = self._kept is None or not self._kept.same(now)
        if (self._changes.modified and new) or self._recovered is not None:
            self._under_way = True
            self._began = time.monotonic()
            job = Job(self._file.path or self._file.origin, autosave=self.key)
            job.recovered = self._recovered
            self._saving.send(job)
        else:
            self._timer.start(1000 * self.seconds)

    def _on_autosaved(self, job: Job) -> None:
        if not job.autosave:
            return
        self._under_way = False
        if job.autosave != self.key:
            # Another document was opened meanwhile.
            self._put(Job(None, forget=job.autosave))
        if job.problem:
            if not self._told:
                self._told = True
                self.refused.emit(job.problem)
        else:
            self._told = False
            self._recovered = None if job.recovered is self._recovered else self._recovered
            if job.autosave == self.key:
                self._kept = job.progress
        # From moment to moment, not from the end of one to the next: that much is lost at most.
        period = max(float(self.seconds), job.work / SHARE, job.seconds / SHARE_OF_TIME)
        wait = max(0.0, self._began + period - time.monotonic())
        self._timer.start(round(1000.0 * wait))

    def _put(self, job: Job) -> None:
        thread = self._saving.thread_of_writing
        if not thread.isRunning():
            thread.start()
        thread.put(job)

    def shut_down(self) -> None:
        """The window closes cleanly: nothing of it is to be recovered.  The writer has ended."""
        self._timer.stop()
        if self._store is not None and self._recovered is None:
            self._store.close(self.key)
            self._store = None
