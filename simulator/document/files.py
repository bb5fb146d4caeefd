"""Documents on disk: saved so that there is always a whole one, and read."""

from __future__ import annotations

import os
from pathlib import Path

from simulator.document.document import Document, document_of, open_document, pack_document
from simulator.document.durable import write_durably
from simulator.project import Project, ProjectError
from simulator.project.archive import MAX_FILE
from simulator.project.errors import printable
from simulator.project.reader import load_project
from simulator.runner import Runner
from simulator.trainer import Trainer


def save_document(
    path: str | os.PathLike[str], source: Trainer | Runner | Project | Document
) -> str:
    """Write a document; return a warning in one sentence, or "" where all went well.

    An earlier file of this name is kept as ``name.backlit~``.  The bytes are read again in memory
    before they are written.

    Raises
    ------
    ProjectError : "Not saved: ..."; the file on disk is then what it was.
    """
    if isinstance(source, Project):
        source = Document(source)
    document = source if isinstance(source, Document) else document_of(source)
    try:
        content = pack_document(document)
    except ProjectError as problem:
        raise ProjectError(f"Not saved: {problem}") from None
    return write_durably(Path(path), content)


def load_document(path: str | os.PathLike[str]) -> Document:
    """Read a document; of a built-in name or a JSON file the project.

    Raises
    ------
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
        return open_document(content, printable(place.stem, 199))
    except ProjectError as problem:
        raise ProjectError(f"“{printable(place.name, 80)}”: {problem}") from None
