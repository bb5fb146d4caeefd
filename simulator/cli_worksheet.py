"""``backlit worksheet``: an iteration as a sheet to fill in, or with the answers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from simulator.cli_common import add_command, read_project, trace_at, whole_number
from simulator.handwork import Choice, fitting, read_choice
from simulator.notation import PRESETS, load_notation
from simulator.project import Project, ProjectError
from simulator.trace import Trace
from simulator.whole_file import write_whole
from simulator.worksheet import csv_text, latex_text, make_worksheet

_MOST_DIGITS = 15


def add_worksheet(commands: Any) -> None:
    """Add the command."""
    parser = add_command(commands, "worksheet", "an iteration to calculate by hand", run_worksheet)
    count = whole_number(1)
    add = parser.add_argument
    add("--at", type=count, default=1, metavar="N", help="which iteration (1)")
    add("--format", choices=("latex", "csv"), default="latex")
    add("--answers", action="store_true", help="with every number worked out")
    known = ", ".join(PRESETS)
    add("--notation", metavar="NAME", help=f"how it is written: {known}, or a .json file")
    add(
        "--neurons",
        metavar="LIST",
        help="“layer: neurons”, as “1: 2, 4-6; 2: 1” (layer 0: inputs); as many as fit if none",
    )
    add("--samples", metavar="LIST", help="of the mini-batch, as “1, 3”")
    add("--digits", type=count, default=4, metavar="D", help="behind the point (4)")
    add("--seed", type=whole_number(0), help="instead of the project's own")
    add("-o", "--output", type=Path, metavar="FILE", help="write it there instead of printing it")


def run_worksheet(parsed: argparse.Namespace) -> int:
    """``backlit worksheet``; status 2 where an argument does not go with the project."""
    project = read_project(parsed)
    try:
        notation = load_notation(parsed.notation or PRESETS[0])
        if parsed.digits > _MOST_DIGITS:
            raise ProjectError(
                f"--digits must be at most {_MOST_DIGITS} (found {parsed.digits:,})."
            )
        trace = trace_at(project, parsed.at)
        choice = _choice(parsed, trace, project)
        sheet = make_worksheet(trace, project, choice, notation, parsed.answers, parsed.digits)
    except ProjectError as problem:
        print(f"backlit: {problem}", file=sys.stderr)
        return 2
    text = latex_text(sheet) if parsed.format == "latex" else csv_text(sheet)
    if parsed.output is None:
        print(text, end="")
    else:
        write_whole(parsed.output, text.encode("utf-8"))
    return 0


def _choice(parsed: argparse.Namespace, trace: Trace, project: Project) -> Choice:
    if parsed.neurons is None and parsed.samples is None:
        return fitting(trace, project)
    return read_choice(trace.spec, len(trace.x), parsed.neurons or "", parsed.samples or "")
