"""What a file was when it was last read or written, to notice what others do to it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path


class Change(StrEnum):
    """What has happened to a file since a fingerprint of it was taken."""

    SAME = "same"
    CHANGED = "changed"
    VANISHED = "vanished"
    APPEARED = "appeared"


@dataclass(frozen=True)
class Fingerprint:
    """A file at one moment.

    Attributes
    ----------
    size : bytes.
    modified : when it was written, in UTC.
    digest : SHA-256 of its content.
    stamp : what the folder says of it; as long as that is the same the content is not read again.
    """

    size: int
    modified: datetime
    digest: str
    stamp: tuple[int, int, int]


def fingerprint(path: str | os.PathLike[str]) -> Fingerprint | None:
    """The fingerprint of a file; None where there is none, or none that can be read."""
    try:
        with Path(path).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            found = os.fstat(stream.fileno())
    except OSError:
        return None
    modified = datetime.fromtimestamp(found.st_mtime, UTC)
    return Fingerprint(found.st_size, modified, digest, _stamp(found))


def _stamp(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns


def what_happened(path: str | os.PathLike[str], before: Fingerprint | None) -> Change:
    """What has happened to a file since ``before`` (None: there was none).

    One written again with the same content is the same file.
    """
    try:
        found = _stamp(os.stat(path))
    except OSError:
        return Change.SAME if before is None else Change.VANISHED
    if before is None:
        return Change.APPEARED
    if found == before.stamp:
        return Change.SAME
    now = fingerprint(path)
    if now is None:
        return Change.VANISHED
    return Change.SAME if now.digest == before.digest else Change.CHANGED
