"""Autosaves in a folder of their own: what is open is written there, and found after a crash.

Of each open document the last few autosaves are kept, each a whole document with a note beside it
(``<key>-<n>.backlit`` and ``.json``).  As long as its process lives it holds a lock, which ends
with the process however that ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulator.document.durable import TEMPORARY, NotSavedError, write_durably
from simulator.document.files import load_document
from simulator.document.locks import Lock, is_locked
from simulator.project import ProjectError, strict_json
from simulator.project.errors import printable
from simulator.project.fields import Fields
from simulator.project.reader import SUFFIX

GENERATIONS = 3
"""Autosaves kept of each open document."""
STALE_SECONDS = 24 * 3600.0
"""Temporary files of this age belong to nobody any more."""
MOST_FOLDERS = 50
_FOLDERS = "folders.json"
_KEY = re.compile(r"[0-9a-f]{16}")
_SAVE = re.compile(rf"([0-9a-f]{{16}})-(\d{{1,18}}){re.escape(SUFFIX)}")
_OWN = re.compile(rf"([0-9a-f]{{16}})-\d{{1,18}}({re.escape(SUFFIX)}|\.json)")
_LOCK = re.compile(r"([0-9a-f]{16})\.lock")
_NOTE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Recoverable:
    """Work that its process did not live to save.

    Attributes
    ----------
    key : of the open document it was made for.
    path : the autosave.
    document : the file that was open, None for one that had never been saved.
    name : what to call it.
    written : when, in UTC.
    epoch, iteration : how far it was trained.
    damaged : one sentence on why it cannot be opened; empty for one that can.
    superseded : whether the file that was open has been saved since.
    """

    key: str
    path: Path
    document: Path | None
    name: str
    written: datetime
    epoch: int = 0
    iteration: int = 0
    damaged: str = ""
    superseded: bool = False


@dataclass(frozen=True)
class _Note:
    """What stands beside an autosave."""

    document: Path | None
    name: str
    written: datetime
    epoch: int
    iteration: int


@dataclass
class _Own:
    """A document this process has open."""

    lock: Lock
    number: int = 0
    digest: str = ""
    kept: list[int] = field(default_factory=list)


def new_key() -> str:
    """A key for a document that has just been opened."""
    return secrets.token_hex(8)


class AutosaveStore:
    """The autosaves in ``folder``, which is made when it is first needed."""

    def __init__(self, folder: Path, generations: int = GENERATIONS) -> None:
        self.folder = folder
        self._generations = generations
        self._open: dict[str, _Own] = {}

    # --- Writing ----------------------------------------------------------------------------------

    def write(
        self,
        key: str,
        document: Path | None,
        content: bytes,
        name: str = "",
        epoch: int = 0,
        iteration: int = 0,
    ) -> bool:
        """Keep the bytes of a document; False where they are those kept last.

        Raises
        ------
        NotSavedError : "Not autosaved: ..."; what was kept before is still there.
        """
        digest = hashlib.sha256(content).hexdigest()
        own = self._own(key)
        if digest == own.digest:
            return False
        number = own.number + 1
        note = {
            "document": None if document is None else os.fspath(document.absolute()),
            "name": printable(name, 200),
            "written": datetime.now(UTC).isoformat(),
            "epoch": epoch,
            "iteration": iteration,
            "process": os.getpid(),
            "sha256": digest,
        }
        path = self._path(key, number)
        try:
            # The note first: an autosave is never without it.
            write_durably(path.with_suffix(".json"), json.dumps(note, indent=1).encode())
            write_durably(path, content)
        except NotSavedError as problem:
            self._unlink(key, number)
            raise NotSavedError(f"Not autosaved: {problem.reason}.", problem.reason) from None
        own.number, own.digest = number, digest
        own.kept.append(number)
        while len(own.kept) > self._generations:
            self._unlink(key, own.kept.pop(0))
        return True

    def discard(self, key: str) -> None:
        """Forget the autosaves of a document: it was saved, or is not wanted any more."""
        own = self._open.get(key)
        if own is not None:
            for number in own.kept:
                self._unlink(key, number)
            own.kept.clear()
            own.digest = ""

    def close(self, key: str) -> None:
        """The document is not open any more, and nothing of it is to be recovered."""
        self.discard(key)
        own = self._open.pop(key, None)
        if own is not None:
            own.lock.release()

    def _own(self, key: str) -> _Own:
        if key not in self._open:
            if _KEY.fullmatch(key) is None:
                raise ValueError(f"{key!r} is no key")
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._open[key] = _Own(Lock(self._lock_path(key)))
            except OSError as problem:
                reason = problem.strerror or type(problem).__name__
                raise NotSavedError(f"Not autosaved: {reason}.", reason) from None
        return self._open[key]

    def _path(self, key: str, number: int) -> Path:
        return self.folder / f"{key}-{number}{SUFFIX}"

    def _lock_path(self, key: str) -> Path:
        return self.folder / f"{key}.lock"

    def _unlink(self, key: str, number: int) -> None:
        path = self._path(key, number)
        for own in (path, path.with_suffix(".json")):
            _unlink(own)

    # --- After a crash ----------------------------------------------------------------------------

    def found(self) -> list[Recoverable]:
        """What processes that are gone have left, newest first.

        Of each document the newest autosave that can be opened; where none can, the newest, with
        a sentence in ``damaged``.
        """
        left: dict[str, list[int]] = {}
        for key, number in self._saves():
            left.setdefault(key, []).append(number)
        items = [
            self._recoverable(key, sorted(numbers, reverse=True))
            for key, numbers in left.items()
            if key not in self._open and not is_locked(self._lock_path(key))
        ]
        return sorted(items, key=lambda own: own.written, reverse=True)

    def _saves(self) -> Iterator[tuple[str, int]]:
        for entry in _entries(self.folder):
            found = _SAVE.fullmatch(entry.name)
            if found is not None:
                yield found[1], int(found[2])

    def _recoverable(self, key: str, numbers: list[int]) -> Recoverable:
        damaged: Recoverable | None = None
        for number in numbers:
            own = self._examined(key, self._path(key, number))
            if not own.damaged:
                return own
            damaged = damaged or own
        assert damaged is not None
        return damaged

    def _examined(self, key: str, path: Path) -> Recoverable:
        note = _read_note(path.with_suffix(".json"))
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError:
            written = datetime.fromtimestamp(0, UTC)
        problem, name, state = "", "", None
        try:
            found = load_document(path)
            state = found.state
            name = found.project.title or found.project.name
        except ProjectError as caught:
            problem = str(caught)
        document = note.document if note else None
        written = note.written if note else written
        return Recoverable(
            key=key,
            path=path,
            document=document,
            name=(note.name if note else "") or (document.stem if document else "") or name,
            written=written,
            epoch=state.epoch if state else 0,
            iteration=state.iteration if state else 0,
            damaged=problem,
            superseded=document is not None and _is_newer(document, written),
        )

    def remove(self, item: Recoverable) -> None:
        """Delete all that was left of a document."""
        self._remove_all(item.key)

    def _remove_all(self, key: str) -> None:
        """Every file of a key, the lock last."""
        for entry in _entries(self.folder):
            found = _OWN.fullmatch(entry.name)
            if found is not None and found[1] == key:
                _unlink(Path(entry.path))
        _unlink(self._lock_path(key))

    # --- Tidying up -------------------------------------------------------------------------------

    def remember(self, folder: Path) -> None:
        """Note a folder that a document was saved in, to tidy up there after a crash."""
        known, folder = self._folders(), folder.absolute()
        if folder in known:
            return
        wanted = [os.fspath(own) for own in (folder, *known)][:MOST_FOLDERS]
        # Where it fails nothing is lost but the tidying up.
        with contextlib.suppress(OSError, NotSavedError):
            self.folder.mkdir(parents=True, exist_ok=True)
            content = json.dumps(wanted, indent=1).encode()
            write_durably(self.folder / _FOLDERS, content, backup=False)

    def clean(self, now: float | None = None) -> list[Path]:
        """Delete what saves that were killed have left, a day old at least; what was deleted.

        With it go the notes and locks of processes that are gone and left no autosave.
        """
        limit = (time.time() if now is None else now) - STALE_SECONDS
        self._clean_own(limit)
        gone = []
        for folder in (self.folder, *self._folders()):
            for entry in _entries(folder):
                if TEMPORARY.fullmatch(entry.name) and _is_older(entry, limit):
                    _unlink(Path(entry.path))
                    gone.append(Path(entry.path))
        return gone

    def _clean_own(self, limit: float) -> None:
        used = {key for key, _ in self._saves()} | self._open.keys()
        for entry in _entries(self.folder):
            found = _LOCK.fullmatch(entry.name)
            if found is None or found[1] in used or not _is_older(entry, limit):
                continue
            if not is_locked(Path(entry.path)):
                self._remove_all(found[1])

    def _folders(self) -> list[Path]:
        value = _read_json(self.folder / _FOLDERS)
        if not isinstance(value, list):
            return []
        return [Path(own) for own in value[:MOST_FOLDERS] if isinstance(own, str) and own]


def age_in_words(written: datetime, now: datetime) -> str:
    """How long ago something was written: "3 minutes ago"."""
    seconds = max(0.0, (now - written).total_seconds())
    for size, name in ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count:,} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def _read_note(path: Path) -> _Note | None:
    """The note in a file, None where it is missing or damaged: the autosave itself is whole."""
    value = _read_json(path)
    if not isinstance(value, dict):
        return None
    fields = Fields(value, "note")
    try:
        document = fields.raw("document")
        if document is not None and not (isinstance(document, str) and "\0" not in document):
            return None
        written = datetime.fromisoformat(fields.text("written"))
        return _Note(
            document=Path(document) if document else None,
            name=fields.text("name"),
            written=written if written.tzinfo else written.replace(tzinfo=UTC),
            epoch=fields.integer("epoch", 0, 2**62),
            iteration=fields.integer("iteration", 0, 2**62),
        )
    except (ProjectError, ValueError):
        return None


def _read_json(path: Path) -> Any:
    try:
        with path.open("rb") as stream:
            return strict_json.parse(stream.read(_NOTE_BYTES))
    except (OSError, ProjectError):
        return None


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda own: own.name)
    except OSError:
        return []


def _is_newer(document: Path, written: datetime) -> bool:
    try:
        return document.stat().st_mtime > written.timestamp()
    except OSError:
        return False


def _is_older(entry: os.DirEntry[str], limit: float) -> bool:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    return entry.is_file(follow_symlinks=False) and found.st_mtime < limit


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)
