"""Models of other programs, read into a project on the data that is open."""

from __future__ import annotations

from pathlib import Path

from simulator.exchange.keras_reader import read_keras_model, read_keras_weights
from simulator.exchange.limits import MAX_FILE
from simulator.exchange.model import Imported
from simulator.project import Project, ProjectError
from simulator.project.errors import printable

SUFFIXES = (".keras", ".weights.h5")
"""Endings of files that can be imported."""


def is_model(path: Path) -> bool:
    """Whether a file is, by its name, a model or weights of another program."""
    return path.name.lower().endswith((".keras", ".h5", ".hdf5"))


def import_model(path: Path, project: Project) -> Imported:
    """A ``.keras`` model on the project's data, or ``.weights.h5`` for its network.

    Raises
    ------
    ProjectError : one sentence that names the file.
    """
    shown, name = printable(path.name, 80), path.name.lower()
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_FILE + 1)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise ProjectError(f"“{shown}” could not be read: {reason}.") from None
    try:
        if len(content) > MAX_FILE:
            raise ProjectError(f"it is larger than {MAX_FILE // 2**20} MB.")
        if name.endswith(".keras"):
            return read_keras_model(content, project, printable(path.stem, 190))
        if name.endswith(".weights.h5"):
            return read_keras_weights(content, project)
    except ProjectError as problem:
        raise ProjectError(f"“{shown}”: {problem}") from None
    raise ProjectError(
        f"“{shown}” can be read only as a Keras 3 file ending in .keras or .weights.h5; save the "
        f"model as that from Keras."
    )
