"""``backlit export`` and ``import`` of other programs' files: Keras, ONNX, scripts, CSV."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from simulator.document import Document, load_document, save_document
from simulator.document.durable import write_durably
from simulator.exchange import FORMATS, exported, format_of, import_model, is_model
from simulator.project import ProjectError, load_project
from simulator.project.reader import SUFFIX
from simulator.project.writer import project_json

_ENDINGS = "; ".join(f"{name}: {kind.about}" for name, kind in FORMATS.items())


def add_format(parser: argparse._MutuallyExclusiveGroup) -> None:
    """The option that says what is written; a telling ending of the name is enough."""
    parser.add_argument(
        "--format",
        choices=("project", *FORMATS),
        help=f"what to write; known by the endings .keras, .weights.h5, .onnx. {_ENDINGS}",
    )


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """The option that a model is imported with."""
    parser.add_argument(
        "--project",
        metavar="PROJECT",
        help="with a .keras or .weights.h5 file: the project whose data (and network) it is for",
    )


def wanted_format(parsed: argparse.Namespace) -> str | None:
    """The format that ``backlit export`` is to write; None for a project.

    Raises
    ------
    ProjectError : if the ending leaves it open.
    """
    if parsed.format is not None:
        return None if parsed.format == "project" else str(parsed.format)
    name = parsed.output.name
    if parsed.output.suffix.lower() in (".py", ".csv"):
        fitting = [own for own, kind in FORMATS.items() if name.lower().endswith(kind.suffix)]
        raise ProjectError(
            f"“{name[:80]}” can be several things; add --format with one of {', '.join(fitting)}."
        )
    return format_of(parsed.output)


def export_format(parsed: argparse.Namespace, name: str) -> int:
    """Write a file of another program."""
    document = load_document(parsed.project)
    made = exported(name, document)
    _say_notes(made.notes)
    warning = write_durably(parsed.output, made.content)
    if warning:
        _say_notes((warning,))
    return 0


def imports_model(parsed: argparse.Namespace) -> bool:
    """Whether ``backlit import`` was given a model instead of data."""
    return any(is_model(path) for path in parsed.files)


def run_model_import(parsed: argparse.Namespace) -> int:
    """Read a model into a project on the data of ``--project``."""
    if len(parsed.files) > 1:
        raise ProjectError("A model is imported by itself; name one file.")
    path: Path = parsed.files[0]
    if parsed.project is None:
        raise ProjectError(
            f"“{path.name[:80]}” is a model without data; name a project with data that fit: "
            f"--project PROJECT."
        )
    made = import_model(path, load_project(parsed.project))
    _say_notes(made.notes)
    _write(parsed.output, made.document)
    network = made.document.project.network
    sizes = "-".join(str(size) for size in network.sizes)
    print(f"{parsed.output}: a network {sizes} with {network.parameter_count:,} parameters")
    return 0


def _write(path: Path, document: Document) -> None:
    if path.suffix.lower() == SUFFIX:
        warning = save_document(path, document)
    elif document.training is not None:
        raise ProjectError(
            f"“{path.name[:80]}” has no place for the averages of batch normalization; save a "
            f"{SUFFIX} file."
        )
    else:
        warning = write_durably(path, project_json(document.project))
    if warning:
        _say_notes((warning,))


def _say_notes(notes: tuple[str, ...]) -> None:
    for note in notes:
        print(f"backlit: note: {note}", file=sys.stderr)
