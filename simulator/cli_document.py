"""Documents on the command line: training that is saved and goes on, and ``backlit export``.

A network's architecture and its weights can be had alone, and given to another project.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from simulator.cli_common import add_command, read_project
from simulator.cli_exchange import add_format, export_format, wanted_format
from simulator.document import Document, load_document, resumed, save_document
from simulator.document.architecture import (
    load_architecture,
    save_architecture,
    with_architecture,
)
from simulator.document.durable import write_durably
from simulator.document.resuming import GoingOn
from simulator.document.weights import export_weights, start_with_weights
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
    parser.add_argument(
        "--architecture", metavar="FILE.json", help="train this network instead of the project's"
    )
    parser.add_argument("--weights", metavar="FILE.npz", help="start with these weights")


def add_export(commands: Any) -> None:
    """Add export."""
    parser = add_command(
        commands,
        "export",
        "write a project as JSON, a part of it, or for another program (Keras, ONNX, Python, CSV)",
        run_export,
    )
    parser.add_argument("output", metavar="OUT", type=Path)
    only = parser.add_mutually_exclusive_group()
    only.add_argument(
        "--architecture", action="store_true", help="the network's layers and links as JSON"
    )
    only.add_argument("--weights", action="store_true", help="its weights as an npz file")
    add_format(only)


def _document(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != SUFFIX:
        raise argparse.ArgumentTypeError(f"must end in {SUFFIX} (found “{path.name[:80]}”)")
    return path


def read_training(parsed: argparse.Namespace, folder: Path | None) -> GoingOn:
    """The training the arguments ask for: of a project from its start, of a document from where it
    stopped.

    A document that was trained to its end goes on for as many epochs again, or ``--epochs`` more.

    Raises
    ------
    ProjectError : one sentence.
    """
    if Path(parsed.project).suffix.lower() != SUFFIX:
        trainer = _begun(parsed, folder)
        return GoingOn(trainer, Document(trainer.project))
    document = load_document(parsed.project)
    for notice in document.notices:
        _warn(notice)
    if document.training is None:
        return GoingOn(_begun(parsed, folder), document)
    if parsed.architecture is not None or parsed.weights is not None:
        raise ProjectError(
            f"“{Path(parsed.project).name}” goes on with its own network; export it and train the "
            f"project to begin with another."
        )
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
    return GoingOn(trainer, document)


def _begun(parsed: argparse.Namespace, folder: Path | None) -> Trainer:
    """A trainer at the start of the project, with the network and the weights asked for."""
    project = read_project(parsed)
    if parsed.architecture is not None:
        project = with_architecture(project, load_architecture(parsed.architecture))
    trainer = Trainer(project, folder)
    if parsed.weights is not None:
        start_with_weights(trainer, parsed.weights)
    return trainer


def save(parsed: argparse.Namespace, training: GoingOn) -> None:
    """Keep a training where ``--save`` asks for it.

    Raises
    ------
    ProjectError : "Not saved: ...".
    """
    if parsed.save is not None:
        _warn(save_document(parsed.save, training.document()))


def run_export(parsed: argparse.Namespace) -> int:
    """``backlit export``."""
    if parsed.weights:
        network = resumed(load_document(parsed.project)).network
        _warn(export_weights(parsed.output, network))
    elif parsed.architecture:
        _warn(save_architecture(parsed.output, read_project(parsed)))
    else:
        other = wanted_format(parsed)
        if other is not None:
            return export_format(parsed, other)
        _warn(write_durably(parsed.output, project_json(read_project(parsed))))
    return 0


def _warn(sentence: str) -> None:
    if sentence:
        print(f"backlit: warning: {sentence}", file=sys.stderr)
