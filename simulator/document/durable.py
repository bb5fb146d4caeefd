"""Writing a file so that neither a crash nor a power cut can take both versions of it.

Order: temporary file in the same folder, fsync, previous version linked as backup, replace, fsync
of the folder.  Until the replacement any failure means "not saved"; behind it the new file is
there, and a failure is a warning.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from pathlib import Path

from simulator.project.errors import ProjectError, printable
from simulator.whole_file import remove_quietly, written_beside

TEMPORARY = re.compile(r"\.backlit-\w{8}\.tmp")
"""What a file is called before it is whole; one that is left belongs to a save that was killed."""


class NotSavedError(ProjectError):
    """A file that could not be written; ``reason`` says why, to follow a colon."""

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def backup_of(path: Path) -> Path:
    """Where the previous version of a file is kept."""
    return path.with_name(path.name + "~")


def write_durably(path: Path, content: bytes, backup: bool = True) -> str:
    """Write a file; return a warning in one sentence, or "".

    The previous version is kept where ``backup`` is wanted.

    Raises
    ------
    NotSavedError : "Not saved: ..."; the file is then what it was.
    """
    # A link stays a link: what it leads to is replaced.
    path = Path(os.path.realpath(path))
    temporary, warning, existed = "", "", False
    try:
        existed = path.exists()
        if path.is_dir():
            raise _not_saved(path, "it is a folder", existed=False)
        if existed and not os.access(path, os.W_OK):
            raise _not_saved(path, "the file is read-only", existed)
        temporary = written_beside(path, content)
        if existed and backup:
            warning = _keep_previous(path)
        os.replace(temporary, path)
    except OSError as problem:
        remove_quietly(temporary)
        raise _not_saved(path, _reason(problem), existed) from None
    return _sync_folder(path) or warning


def _keep_previous(path: Path) -> str:
    """Keep the file there is as the backup; a warning if that cannot be."""
    # The old backup stays until the new one is whole, the file itself in any case.
    handover = f"{path}~.tmp"
    try:
        remove_quietly(handover)
        try:
            os.link(path, handover)
        except OSError:
            # A disk without hard links, as USB sticks mostly are.
            shutil.copyfile(path, handover)
        os.replace(handover, backup_of(path))
    except OSError as problem:
        remove_quietly(handover)
        return f"Saved, but the previous version could not be kept: {_reason(problem)}."
    return ""


def _sync_folder(path: Path) -> str:
    """Have the folder's new entry on the disk; a warning if that cannot be."""
    if os.name != "posix":
        return ""
    try:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as problem:
        return (
            f"Saved, but the disk did not confirm it ({_reason(problem)}); save again before you "
            f"switch off."
        )
    return ""


def _reason(problem: OSError) -> str:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    if problem.errno == errno.EROFS:
        return "the disk is read-only"
    if problem.errno in (errno.EACCES, errno.EPERM):
        return "the folder does not allow it"
    if problem.errno == errno.EIO:
        return "the disk reported an error"
    return problem.strerror or type(problem).__name__


def _not_saved(path: Path, reason: str, existed: bool) -> NotSavedError:
    what = printable(path.name, 80)
    kept = " The file on disk is the previous version." if existed else ""
    sentence = f"Not saved: “{what}”: {reason}. What is open is unchanged.{kept}"
    return NotSavedError(sentence, reason)
