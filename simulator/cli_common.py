"""What the commands share: arguments, reading the project, a warning in the right place."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulator.advice import advice
from simulator.project import Project, ProjectError, load_project
from simulator.trace import Trace
from simulator.trainer import Trainer

Command = Callable[[argparse.Namespace], int]


def whole_number(low: int) -> Callable[[str], int]:
    """An argparse type: a whole number of at least ``low``."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if value < low or value >= 2**63:
            raise argparse.ArgumentTypeError(
                f"must be a whole number of at least {low} (found “{text[:40]}”)"
            )
        return value

    return parse


def folder(text: str) -> Path:
    """An argparse type: a folder that is there."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"“{text[:80]}” is not a folder")
    return path


def add_command(
    commands: Any, name: str, text: str, function: Command, project: bool = True
) -> argparse.ArgumentParser:
    """Add a subcommand; ``function`` does its work and returns the exit status."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    if project:
        parser.add_argument("project", metavar="PROJECT", help="a project file or built-in name")
    parser.set_defaults(function=function)
    return parser


def add_seed_and_json(parser: argparse.ArgumentParser) -> None:
    """The options most commands have."""
    parser.add_argument("--seed", type=whole_number(0), help="instead of the project's own")
    parser.add_argument("--json", action="store_true", help="print JSON for machines")


def add_epochs(parser: argparse.ArgumentParser) -> None:
    """How long to train."""
    parser.add_argument("--epochs", type=whole_number(1), help="instead of the project's own")


def read_project(parsed: argparse.Namespace) -> Project:
    """The project named by the arguments, with what they change of it.

    Raises
    ------
    ProjectError : one sentence.
    """
    project = load_project(parsed.project)
    if getattr(parsed, "epochs", None) is not None:
        project = project.with_epochs(parsed.epochs)
    if getattr(parsed, "seed", None) is not None:
        project = project.with_seed(parsed.seed)
    return project


def warn(project: Project) -> None:
    """Print the advice on a project to standard error."""
    for sentence in advice(project):
        print(f"backlit: warning: {sentence}", file=sys.stderr)


def trace_at(project: Project, iteration: int) -> Trace:
    """The trace of an iteration, counted from 1.

    Raises
    ------
    ProjectError : when training ends before it; one sentence with the last iteration there is.
    """
    most = project.training.epochs * project.iterations_per_epoch
    if iteration > most:
        raise ProjectError(
            f"--at must be at most {most:,}, the last iteration of this project "
            f"(found {iteration:,})."
        )
    trainer = Trainer(project)
    trainer.run_iterations(iteration - 1)
    if trainer.finished:
        raise ProjectError(
            f"--at must be at most {trainer.iteration:,}, where training stops by itself "
            f"(found {iteration:,})."
        )
    return trainer.trace_iteration()
