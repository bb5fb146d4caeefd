"""Locks that end with the process that holds them, however it ends."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import BinaryIO

_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)

if sys.platform == "win32":
    import msvcrt

    def _try_lock(stream: BinaryIO) -> None:
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(stream: BinaryIO) -> None:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class Lock:
    """Holds a lock file; where the disk knows no locks the file is there, and nobody holds it.

    Raises
    ------
    OSError : where another process holds it, or no file can be made there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = path.open("ab")
        try:
            _try_lock(self._stream)
        except OSError as problem:
            if problem.errno not in _NO_LOCKS:
                self._stream.close()
                raise

    def release(self) -> None:
        """Let others have it; the file goes too."""
        self._stream.close()
        self._path.unlink(missing_ok=True)


def is_locked(path: Path) -> bool:
    """Whether a living process holds a lock file; what the file contains does not matter."""
    try:
        with path.open("rb+") as stream:
            _try_lock(stream)
    except FileNotFoundError:
        return False
    except OSError as problem:
        return problem.errno not in _NO_LOCKS
    return False
