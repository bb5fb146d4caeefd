"""The command line: the same projects without a window, and without Qt.

Exit status 0: done; 1: the work failed; 2: bad arguments.  Errors go to standard error.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence

from simulator import __version__
from simulator.cli_common import add_command, add_seed_and_json, read_project
from simulator.cli_document import add_export
from simulator.cli_import import add_import
from simulator.cli_reports import add_reports
from simulator.cli_trace import add_trace
from simulator.cli_worksheet import add_worksheet
from simulator.divergence import DivergenceError
from simulator.gradcheck import check_gradient
from simulator.project import ProjectError, builtin_projects, catalog
from simulator.summary import summary


def build_parser() -> argparse.ArgumentParser:
    """The parser with the commands that need no window."""
    known = "\n".join(f"  {', '.join(names)}" for names in catalog().values())
    parser = argparse.ArgumentParser(
        prog="backlit",
        description="A neural network you can see through.",
        epilog=f"PROJECT is a project file or a built-in name:\n{known}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"backlit {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    add_reports(commands)
    add_import(commands)
    add_export(commands)
    add_trace(commands)
    add_worksheet(commands)

    check = add_command(
        commands, "check-gradient", "compare the gradient with differences", run_check_gradient
    )
    add_seed_and_json(check)

    add_command(commands, "summary", "print the table of layers and parameters", run_summary)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the commands that need no window; return the exit status."""
    parser = build_parser()
    parsed = parser.parse_args(arguments)
    if parsed.command is None:
        parser.print_help()
        return 2
    return call(parsed)


def call(parsed: argparse.Namespace) -> int:
    """Do what the parsed arguments ask for; every known failure is one sentence."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a character shows "?" for it.
            stream.reconfigure(errors="replace")
    try:
        status = int(parsed.function(parsed))
        # What is still in the buffer must fail here, where it can be said.
        sys.stdout.flush()
        return status
    except ProjectError as problem:
        return _failed(str(problem), status=2 if _names_no_project(parsed) else 1)
    except DivergenceError as problem:
        return _failed(str(problem))
    except BrokenPipeError:
        # The reader of our output left early; nothing more can be said to it.
        _discard_output()
        return 1
    except OSError as problem:
        _discard_output()
        return _failed(f"The output could not be written: {problem.strerror or problem}.")
    except KeyboardInterrupt:
        return _failed("Interrupted.")


def _discard_output() -> None:
    """Send the rest of the output nowhere: Python would try to write it again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _names_no_project(parsed: argparse.Namespace) -> bool:
    named = getattr(parsed, "project", None)
    return named is not None and named not in builtin_projects() and not os.path.exists(named)


def _failed(sentence: str, status: int = 1) -> int:
    print(f"backlit: {sentence}", file=sys.stderr)
    return status


def run_check_gradient(parsed: argparse.Namespace) -> int:
    """``backlit check-gradient``: status 1 when backpropagation and differences disagree."""
    found = check_gradient(read_project(parsed))
    if parsed.json:
        report = {
            "passed": found.passed,
            "checked": found.checked,
            "relative_error": found.relative_error,
            "layer": found.where.layer,
            "kind": found.where.kind,
            "neuron": found.where.neuron + 1,
            "source": None if found.where.source is None else found.where.source + 1,
            "analytic": found.analytic,
            "numerical": found.numerical,
        }
        print(json.dumps(report))
    else:
        verdict = "right" if found.passed else "WRONG"
        print(f"The gradient is {verdict}: {found.checked:,} parameters checked.")
        print(f"Worst relative error {found.relative_error:.2e} at {found.where}:")
        print(f"  backpropagation      {found.analytic:+.12e}")
        print(f"  central difference   {found.numerical:+.12e}")
    return 0 if found.passed else 1


def run_summary(parsed: argparse.Namespace) -> int:
    """``backlit summary``."""
    project = read_project(parsed)
    print(summary(project.network, project.name))
    return 0
