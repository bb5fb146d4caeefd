"""Documents on the command line: training that is saved and goes on, and ``backlit export``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from simulator.cli_common import add_command, read_project
from simulator.document import load_document, resumed, save_document
from simulator.document.durable import write_durably
from simulator.project import ProjectError
from simulator.project.reader import SUFFIX
from simulator.project.writer import project_json
from simulator.trainer import Trainer


def add_save(parser: argparse.ArgumentParser) -> None:
    """The option that keeps what was trained."""
    parser.add_argument(
        "--save",
        type=_document,
        metavar=f"OUT{SUFFIX}",
        help="keep project and training; train this file to go on from there",
    )


def add_export(commands: Any) -> None:
    """Add export."""
    parser = add_command(
        commands, "export", "write a project as JSON: network, training and data", run_export
    )
    parser.add_argument("output", metavar="OUT.json", type=Path)


def _document(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != SUFFIX:
        raise argparse.ArgumentTypeError(f"must end in {SUFFIX} (found “{path.name[:80]}”)")
    return path


def read_trainer(parsed: argparse.Namespace, folder: Path | None) -> Trainer:
    """The trainer the arguments ask for: of a project from its start, of a document from where it
    stopped.

    A document that was trained to its end goes on for as many epochs again, or ``--epochs`` more.

    Raises
    ------
    ProjectError : one sentence.
    """
    if Path(parsed.project).suffix.lower() != SUFFIX:
        return Trainer(read_project(parsed), folder)
    document = load_document(parsed.project)
    if document.training is None:
        return Trainer(read_project(parsed), folder)
    if parsed.seed is not None:
        raise ProjectError(
            f"“{Path(parsed.project).name}” goes on with the seed it was begun with; leave --seed "
            f"out, or export it and train the project."
        )
    trainer = resumed(document, folder)
    if parsed.epochs is not None:
        trainer.extend(parsed.epochs)
    elif trainer.finished:
        trainer.extend(document.project.training.epochs)
    return trainer


def save(parsed: argparse.Namespace, trainer: Trainer) -> None:
    """Keep a training where ``--save`` asks for it.

    Raises
    ------
    ProjectError : "Not saved: ...".
    """
    if parsed.save is not None:
        _warn(save_document(parsed.save, trainer))


def run_export(parsed: argparse.Namespace) -> int:
    """``backlit export``."""
    content = project_json(read_project(parsed))
    _warn(write_durably(parsed.output, content))
    return 0


def _warn(sentence: str) -> None:
    if sentence:
        print(f"backlit: warning: {sentence}", file=sys.stderr)
