"""One window a file: a lock beside it that ends with the process that holds it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QLockFile, QSysInfo


class Holding(Enum):
    """Who has a file."""

    OURS = "ours"
    OTHER = "other"
    UNREADABLE = "unreadable"
    NO_FOLDER = "no folder"


@dataclass(frozen=True, slots=True)
class Holder:
    """What a lock that could not be had says.

    Attributes
    ----------
    holding : ``OTHER`` a window that is open, perhaps on another computer; ``UNREADABLE`` a lock
        that says nothing; ``NO_FOLDER`` nothing can be written beside the file.
    process : number of the other window's process, 0 if it is unknown.
    host : its computer, "" for this one.
    """

    holding: Holding
    process: int = 0
    host: str = ""


def lock_path(path: Path) -> Path:
    """Where the lock of a file lies."""
    real = Path(os.path.realpath(path))
    return real.with_name(f".{real.name}.lock")


class FileLock:
    """The lock of one file."""

    def __init__(self, path: Path) -> None:
        self._path = lock_path(path)
        self._lock = self._fresh()

    def _fresh(self) -> QLockFile:
        lock = QLockFile(str(self._path))
        # A lock is held as long as the window is open; age says nothing.
        lock.setStaleLockTime(0)
        return lock

    def take(self) -> Holder:
        """Try to have it."""
        if self._lock.tryLock(0):
            return Holder(Holding.OURS)
        if self._lock.error() is QLockFile.LockError.LockFailedError:
            return self._holder()
        return Holder(Holding.NO_FOLDER)

    def _holder(self) -> Holder:
        process, host, _ = self._lock.getLockInfo()
        if process <= 0:
            return Holder(Holding.UNREADABLE)
        here = host == QSysInfo.machineHostName()
        return Holder(Holding.OTHER, process if here else 0, "" if here else host)

    def take_anyway(self) -> Holder:
        """Have it, whatever it says."""
        with contextlib.suppress(OSError):
            self._path.unlink()
        self._lock = self._fresh()
        return self.take()

    def release(self) -> None:
        """Let others have it."""
        self._lock.unlock()
