"""The command line: the same projects without a window, and without Qt.

Exit status 0: done; 1: the work failed; 2: bad arguments.  Errors go to standard error.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, TextIO

from simulator import __version__
from simulator.divergence import DivergenceError
from simulator.evaluation import Evaluation
from simulator.gradcheck import check_gradient
from simulator.project import Project, ProjectError, builtin_projects, load_project
from simulator.summary import summary
from simulator.trace import Phase, PhaseKind, Trace
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


def build_parser() -> argparse.ArgumentParser:
    """The parser with the commands that need no window."""
    known = ", ".join(builtin_projects())
    parser = argparse.ArgumentParser(
        prog="backlit",
        description="A neural network you can see through.",
        epilog=f"PROJECT is a project file or a built-in name: {known}.",
    )
    parser.add_argument("--version", action="version", version=f"backlit {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    train = add_command(commands, "train", "train a project and print the result", run_train)
    train.add_argument("--epochs", type=whole_number(1), help="instead of the project's own")
    train.add_argument("--seed", type=whole_number(0), help="instead of the project's own")
    train.add_argument("--json", action="store_true", help="print JSON for machines")

    trace = add_command(commands, "trace", "lay the first iteration open", run_trace)
    trace.add_argument("--seed", type=whole_number(0), help="instead of the project's own")
    trace.add_argument("--json", action="store_true", help="print JSON for machines")

    check = add_command(
        commands, "check-gradient", "compare the gradient with differences", run_check_gradient
    )
    check.add_argument("--seed", type=whole_number(0), help="instead of the project's own")
    check.add_argument("--json", action="store_true", help="print JSON for machines")

    add_command(commands, "summary", "print the table of layers and parameters", run_summary)
    return parser


def add_command(
    commands: Any, name: str, text: str, function: Command, project: bool = True
) -> argparse.ArgumentParser:
    """Add a subcommand; ``function`` does its work and returns the exit status."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    if project:
        parser.add_argument("project", metavar="PROJECT", help="a project file or built-in name")
    parser.set_defaults(function=function)
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


def _project(parsed: argparse.Namespace) -> Project:
    project = load_project(parsed.project)
    if getattr(parsed, "epochs", None) is not None:
        project = project.with_epochs(parsed.epochs)
    if getattr(parsed, "seed", None) is not None:
        project = project.with_seed(parsed.seed)
    return project


def run_train(parsed: argparse.Namespace) -> int:
    """``backlit train``."""
    project = _project(parsed)
    trainer = Trainer(project)
    start = time.perf_counter()
    train_with_progress(trainer, quiet=parsed.json)
    seconds = time.perf_counter() - start
    result = trainer.evaluate()
    if parsed.json:
        print(json.dumps(_result(trainer, result, seconds)))
    else:
        print_result(trainer, result, seconds)
    return 0


def train_with_progress(trainer: Trainer, quiet: bool = False, out: TextIO | None = None) -> None:
    """Train to the end, with a progress bar unless ``quiet``."""
    if quiet:
        trainer.run_epochs(trainer.project.training.epochs)
        return
    from tqdm import tqdm

    total = trainer.project.training.epochs
    stride = max(1, total // 200)
    with tqdm(total=total, unit="epoch", file=out or sys.stderr, desc="training") as bar:
        while not trainer.finished:
            before = trainer.epoch
            trainer.run_epochs(stride)
            bar.update(trainer.epoch - before)


def _result(trainer: Trainer, result: Evaluation, seconds: float) -> dict[str, Any]:
    return {
        "project": trainer.project.name,
        "seed": trainer.project.training.seed,
        "epochs": trainer.epoch,
        "iterations": trainer.iteration,
        "loss": result.loss,
        "accuracy": None if math.isnan(result.accuracy) else result.accuracy,
        "seconds": round(seconds, 6),
    }


def print_result(trainer: Trainer, result: Evaluation, seconds: float) -> None:
    """The result table for people: the totals, then each sample's answer (of at most 20)."""
    project = trainer.project
    data = project.data
    print(f"{project.title or project.name}: {trainer.epoch:,} epochs, ", end="")
    print(f"{trainer.iteration:,} iterations in {seconds:.2f} s, seed {project.training.seed}")
    accuracy = "" if math.isnan(result.accuracy) else f" · accuracy {100 * result.accuracy:.1f} %"
    print(f"loss {result.loss:.6f}{accuracy}  ({project.loss}, dropout off)")
    predicted = data.predicted_classes(result.outputs)
    print()
    wanted = data.target_classes
    for row in range(min(len(data), 20)):
        outputs = "  ".join(f"{value:6.3f}" for value in result.outputs[row, :10])
        if predicted is None or wanted is None:
            print(f"  sample {row + 1:>2}   {outputs}")
            continue
        mark = "right" if predicted[row] == wanted[row] else "WRONG"
        names = (
            f"{data.class_name(int(wanted[row])):>6} → {data.class_name(int(predicted[row])):<6}"
        )
        print(f"  {names} {mark}   {outputs}")
    if len(data) > 20:
        print(f"  … {len(data) - 20:,} more samples")


def run_trace(parsed: argparse.Namespace) -> int:
    """``backlit trace``."""
    trace = Trainer(_project(parsed)).trace_iteration()
    phases = [trace_entry(trace, phase) for phase in trace.phases]
    if parsed.json:
        print(json.dumps(phases))
        return 0
    print(f"epoch {trace.epoch}, iteration {trace.iteration}, samples ", end="")
    print(", ".join(str(int(sample) + 1) for sample in trace.samples))
    for entry in phases:
        print(f"\n{entry['kind']}, layer {entry['layer']}")
        value = entry["value"]
        for name, part in value.items() if isinstance(value, dict) else [("", value)]:
            _print_numbers(name, part)
    return 0


def trace_entry(trace: Trace, phase: Phase) -> dict[str, Any]:
    """One phase as JSON: kind, layer (0 for the input), value; arrays as nested lists.

    ``gradient`` and ``update`` have {"W", "b"} as value (the update holds the new parameters),
    ``dropout`` the mask of 0 and 1, ``loss`` the mean with each sample's beside it.
    """
    entry: dict[str, Any] = {"kind": phase.kind.value, "layer": phase.layer}
    if phase.kind in (PhaseKind.GRADIENT, PhaseKind.UPDATE):
        of = trace.gradient_of if phase.kind is PhaseKind.GRADIENT else trace.updated
        W, b = of(phase.layer)
        entry["value"] = {"W": W.tolist()} if b is None else {"W": W.tolist(), "b": b.tolist()}
        return entry
    value = trace.value(phase)
    entry["value"] = value if isinstance(value, float) else value.tolist()
    if phase.kind is PhaseKind.LOSS:
        entry["per_sample"] = trace.loss_per_sample.tolist()
    if phase.kind is PhaseKind.DROPOUT:
        layer = trace.spec.layer(phase.layer)
        entry["scale"] = layer.training_scale
        entry["output"] = trace.output[phase.layer - 1].tolist()
    return entry


def _print_numbers(name: str, value: Any) -> None:
    rows = value if isinstance(value, list) and isinstance(value[0], list) else [value]
    for row in rows:
        numbers = row if isinstance(row, list) else [row]
        print(f"  {name:<2}" + " ".join(f"{number:+.4f}" for number in numbers))


def run_check_gradient(parsed: argparse.Namespace) -> int:
    """``backlit check-gradient``: status 1 when backpropagation and differences disagree."""
    found = check_gradient(_project(parsed))
    if parsed.json:
        report = {
            "passed": found.passed,
            "checked": found.checked,
            "relative_error": found.relative_error,
            "layer": found.where.layer,
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
    project = _project(parsed)
    print(summary(project.network, project.name))
    return 0
