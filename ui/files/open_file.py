"""The file that the window shows: held by a lock, watched for what others do to it."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from simulator.document.on_disk import Change, Fingerprint, fingerprint, what_happened
from ui.files.lock import FileLock

DOCUMENT = ".backlit"
SETTLE_MILLISECONDS = 300
"""Others write in several strokes; only then is the file looked at."""


class OpenFile(QObject):
    """Where the window's document is on the disk, if it is anywhere.

    Attributes
    ----------
    path : the file, or None.
    origin : where what is open came from, to suggest a name; None for nowhere.
    read_only : a sentence on why it is not written to; "" if it is.

    Signals
    -------
    happened(object) : a :class:`Change` that somebody else has made to it.
    """

    happened = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.origin: Path | None = None
        self.read_only = ""
        self._lock: FileLock | None = None
        self._known: Fingerprint | None = None
        self._told = Change.SAME
        self._busy = 0
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._on_touched)
        self._watcher.directoryChanged.connect(self._on_touched)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MILLISECONDS)
        self._timer.timeout.connect(self.look)
        QGuiApplication.instance().applicationStateChanged.connect(self._on_state)

    def is_at(self, path: Path) -> bool:
        """Whether this is the file that is open."""
        return self.path is not None and os.path.realpath(path) == os.path.realpath(self.path)

    def hold(
        self,
        path: Path,
        lock: FileLock | None,
        known: Fingerprint | None = None,
        read_only: str = "",
    ) -> None:
        """This is the file from now on; ``known`` is what was read or written there."""
        if lock is not self._lock:
            self._release()
        self._lock = lock
        self.path = self.origin = path
        self.read_only = read_only
        self._known = known or fingerprint(path)
        self._told = Change.SAME
        self._watch()

    def let_go(self, origin: Path | None = None) -> None:
        """No file from now on."""
        self._release()
        self.path = None
        self.origin = origin
        self.read_only = ""
        self._known = None
        self._told = Change.SAME
        self._watch()

    @property
    def folder(self) -> Path:
        """Where to look for files."""
        if self.origin is not None:
            return self.origin.parent
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        return Path(QStandardPaths.writableLocation(documents))

    def suggestion(self, title: str) -> Path:
        """What to save as; ``title`` where there is no file yet."""
        if self.origin is not None and self.read_only:
            return self.origin.with_name(f"{self.origin.stem} copy{DOCUMENT}")
        if self.origin is not None:
            return self.origin.with_suffix(DOCUMENT)
        name = "".join(own if own.isalnum() or own in " -_.×" else "-" for own in title)
        return self.folder / f"{name.strip(' .') or 'Untitled'}{DOCUMENT}"

    @property
    def lock(self) -> FileLock | None:
        """The lock on it."""
        return self._lock

    def change(self) -> Change:
        """What others have done to it since it was read or written."""
        return Change.SAME if self.path is None else what_happened(self.path, self._known)

    def accept(self) -> None:
        """The file may stay what others made of it; only what happens later counts."""
        if self.path is not None:
            self._known = fingerprint(self.path)
        self._told = Change.SAME
        self._watch()

    def begin_writing(self) -> None:
        """What happens to the file from now on is our own doing."""
        self._busy += 1

    def end_writing(self) -> None:
        """It is written, or could not be."""
        self._busy -= 1

    def look(self) -> None:
        """Tell of what others have done to it, once."""
        if self.path is None or self._busy:
            return
        change = self.change()
        self._watch()
        if change is not self._told:
            self._told = change
            self.happened.emit(change)

    def _on_touched(self, path: str) -> None:
        self._timer.start()

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self.look()

    def _watch(self) -> None:
        """Watch the file and its folder: a file that is replaced drops out of the list."""
        watched = [*self._watcher.files(), *self._watcher.directories()]
        wanted = []
        if self.path is not None:
            there = (str(self.path), str(self.path.parent))
            wanted = [own for own in there if os.path.exists(own)]
        gone = [own for own in watched if own not in wanted]
        new = [own for own in wanted if own not in watched]
        if gone:
            self._watcher.removePaths(gone)
        if new:
            self._watcher.addPaths(new)

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
