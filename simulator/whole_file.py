"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from simulator.project.errors import ProjectError, printable


def write_whole(path: Path, content: bytes) -> None:
    """Write a file; an earlier one stays as it is until the new one is complete.

    Raises
    ------
    ProjectError : one sentence, if it cannot be written.
    """
    temporary = ""
    try:
        temporary = written_beside(path, content)
        os.replace(temporary, path)
    except OSError as problem:
        remove_quietly(temporary)
        reason = problem.strerror or type(problem).__name__
        shown = printable(path.name, 80)
        raise ProjectError(f"“{shown}” could not be written: {reason}.") from None


def written_beside(path: Path, content: bytes) -> str:
    """The content in a temporary file beside ``path``, on the disk, ready to replace it.

    Raises
    ------
    OSError : it cannot be written; no temporary file is left.
    """
    handle, temporary = tempfile.mkstemp(prefix=".backlit-", suffix=".tmp", dir=path.parent)
    try:
        try:
            _write_all(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        os.chmod(temporary, _mode(path))
    except BaseException:
        remove_quietly(temporary)
        raise
    return temporary


def remove_quietly(path: str) -> None:
    """Remove a file if it is there and can be removed."""
    with contextlib.suppress(OSError):
        os.unlink(path)


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        # 1 MB at a time: a full disk is noticed early.
        rest = rest[os.write(handle, rest[: 2**20]) :]


def _mode(path: Path) -> int:
    """The mode of the file there is, else what a file that is simply written would have."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
