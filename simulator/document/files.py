"""Documents on disk: saved so that there is always a whole one, and read."""

from __future__ import annotations

import os
from pathlib import Path

from simulator.document.document import Document, document_of, open_document, packed
from simulator.document.durable import backup_of, write_durably
from simulator.document.not_finite import NotFiniteError
from simulator.project import Project, ProjectError
from simulator.project.archive import MAX_FILE, VERSION, Squeezed, version_of
from simulator.project.errors import printable
from simulator.project.reader import load_project
from simulator.runner import Runner
from simulator.trainer import Trainer

_START = 2**20
"""Bytes at the start of a file in which its list of parts is looked for."""


def save_document(
    path: str | os.PathLike[str],
    source: Trainer | Runner | Project | Document,
    squeezed: Squeezed | None = None,
) -> str:
    """Write a document; return a warning in one sentence, or "" where all went well.

    An earlier file of this name is kept as ``name.backlit~``.  The bytes are read again in memory
    before they are written; ``squeezed`` as for :func:`~simulator.document.packed`.

    Raises
    ------
    ProjectError : "Not saved: ..."; the file on disk is then what it was.
    """
    if isinstance(source, Project):
        source = Document(source)
    document = source if isinstance(source, Document) else document_of(source)
    try:
        content, notice = packed(document, squeezed)
    except ProjectError as problem:
        raise ProjectError(f"Not saved: {problem}") from None
    return write_document(path, content) or notice


def write_document(path: str | os.PathLike[str], content: bytes) -> str:
    """Write the bytes of a document; return a warning in one sentence, or "".

    A file in an older format is kept as ``name.v1.backlit`` (of version 1) for good.

    Raises
    ------
    ProjectError : "Not saved: ..."; the file on disk is then what it was.
    """
    place = Path(os.path.realpath(path))
    warning = keep_older_format(place)
    return write_durably(place, content) or warning


def keep_older_format(path: Path) -> str:
    """Keep a file that is in an older format under another name; a warning if that cannot be."""
    try:
        with path.open("rb") as stream:
            version = version_of(stream.read(_START))
    except OSError:
        return ""
    if version is None or version >= VERSION:
        return ""
    kept = path.with_name(f"{path.stem}.v{version}{path.suffix}")
    try:
        os.link(path, kept)
    except FileExistsError:
        # The first one is what its older program wrote.
        return ""
    except OSError:
        # A disk without hard links.
        try:
            write_durably(kept, path.read_bytes(), backup=False)
        except (OSError, ProjectError):
            return (
                f"Saved, but the file in the format of version {version} could not be kept as "
                f"“{printable(kept.name, 80)}”."
            )
    return ""


def load_document(path: str | os.PathLike[str], mend: bool = False) -> Document:
    """Read a document; of a built-in name or a JSON file the project.

    ``mend`` as for :func:`~simulator.document.open_document`; the file stays as it is.

    Raises
    ------
    NotFiniteError : likewise, with the file's name.
    ProjectError : one sentence that names the file.
    """
    place = Path(path)
    try:
        with place.open("rb") as stream:
            content = stream.read(2)
            if content != b"PK" and place.suffix.lower() != ".backlit":
                return Document(load_project(path))
            content += stream.read(MAX_FILE)
    except FileNotFoundError:
        return Document(load_project(path))
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise ProjectError(f"“{printable(place.name, 80)}” could not be read: {reason}.") from None
    try:
        return open_document(content, printable(place.stem, 199), mend)
    except NotFiniteError as problem:
        name = printable(place.name, 80)
        raise NotFiniteError(
            f"“{name}”: {problem.what}", problem.advice, _good_copy(place)
        ) from None
    except ProjectError as problem:
        sentence = f"“{printable(place.name, 80)}”: {problem}{_good_copy(place)}"
        raise ProjectError(sentence) from None


def _good_copy(path: Path) -> str:
    """A sentence that names the previous version of a damaged file, if that can be opened."""
    backup = backup_of(path)
    try:
        open_document(backup.read_bytes())
    except (OSError, ProjectError):
        return ""
    return f" Its previous version, “{printable(backup.name, 80)}”, can be opened."
