"""``backlit trace``: one iteration laid open, as numbers or explained phase by phase."""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import asdict
from typing import Any

from simulator.cli_common import (
    add_command,
    add_seed_and_json,
    read_project,
    trace_at,
    whole_number,
)
from simulator.explain import (
    latex_of,
    most_active_neuron,
    number,
    phase_explanation,
    title,
)
from simulator.explanation import Explanation, Line
from simulator.latex_text import plain_equation
from simulator.notation import PRESETS, Notation, load_notation
from simulator.project import Project, ProjectError
from simulator.trace import Phase, PhaseKind, Trace

_MOST_DIGITS = 15
_CHOICES = ("layer", "neuron", "source", "sample", "notation", "latex", "digits")
"""What only an explanation has; any of them asks for one."""
_SPECIAL = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        **{"\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}"},
    }
)


class _UsageError(Exception):
    """An argument that does not go with the project; its text is one sentence."""


def add_trace(commands: Any) -> None:
    """Add the command."""
    parser = add_command(commands, "trace", "lay an iteration open", run_trace)
    add_seed_and_json(parser)
    count, place = whole_number(1), whole_number(0)
    parser.add_argument("--at", type=count, default=1, metavar="N", help="which iteration (1)")
    parser.add_argument(
        "--explain", action="store_true", help="phase by phase as equations with their numbers"
    )
    parser.add_argument("--layer", type=place, metavar="L", help="explain this layer; 0: inputs")
    parser.add_argument("--neuron", type=count, metavar="J", help="explain this neuron")
    parser.add_argument("--source", type=count, metavar="I", help="and its weight from this one")
    parser.add_argument("--sample", type=count, metavar="K", help="which of the mini-batch (1)")
    known = ", ".join(PRESETS)
    parser.add_argument(
        "--notation", metavar="NAME", help=f"how it is written: {known}, or a .json file"
    )
    parser.add_argument("--latex", action="store_true", help="as LaTeX (amsmath)")
    parser.add_argument("--digits", type=count, metavar="D", help="behind the point (4)")


def run_trace(parsed: argparse.Namespace) -> int:
    """``backlit trace``; status 2 where an argument does not go with the project."""
    project = read_project(parsed)
    try:
        notation = _notation(parsed)
        trace = _trace_at(project, parsed.at)
        wanted = [name for name in _CHOICES if getattr(parsed, name) not in (None, False)]
        if parsed.explain or wanted:
            return _explain(parsed, project, trace, notation)
    except _UsageError as problem:
        print(f"backlit: {problem}", file=sys.stderr)
        return 2
    _print_trace(trace, parsed.json)
    return 0


def _notation(parsed: argparse.Namespace) -> Notation:
    try:
        return load_notation(parsed.notation or PRESETS[0])
    except ProjectError as problem:
        raise _UsageError(str(problem)) from None


def _trace_at(project: Project, iteration: int) -> Trace:
    try:
        return trace_at(project, iteration)
    except ProjectError as problem:
        raise _UsageError(str(problem)) from None


# --- the numbers ----------------------------------------------------------------------------------


def _print_trace(trace: Trace, as_json: bool) -> None:
    phases = [trace_entry(trace, phase) for phase in trace.phases]
    if as_json:
        print(json.dumps(phases))
        return
    print(f"epoch {trace.epoch}, iteration {trace.iteration}, samples ", end="")
    print(", ".join(str(int(sample) + 1) for sample in trace.samples))
    for entry in phases:
        print(f"\n{entry['kind']}, layer {entry['layer']}")
        value = entry["value"]
        for name, part in value.items() if isinstance(value, dict) else [("", value)]:
            _print_numbers(name, part)


def trace_entry(trace: Trace, phase: Phase) -> dict[str, Any]:
    """One phase as JSON: kind, layer (0 for the input), value; arrays as nested lists.

    ``gradient`` and ``update`` have {"W", "b"} as value, with gamma and beta where there is batch
    normalization (the update holds the new parameters),
    ``dropout`` the mask of 0 and 1, ``loss`` the mean with each sample's beside it.
    """
    entry: dict[str, Any] = {"kind": phase.kind.value, "layer": phase.layer}
    if phase.kind in (PhaseKind.GRADIENT, PhaseKind.UPDATE):
        of = trace.gradient_of if phase.kind is PhaseKind.GRADIENT else trace.updated
        W, b = of(phase.layer)
        value = {"W": W.tolist()} if b is None else {"W": W.tolist(), "b": b.tolist()}
        flat = trace.gradient if phase.kind is PhaseKind.GRADIENT else trace.theta_after
        gamma, beta = trace.spec.gamma(flat, phase.layer), trace.spec.beta(flat, phase.layer)
        if gamma is not None and beta is not None:
            value |= {"gamma": gamma.tolist(), "beta": beta.tolist()}
        entry["value"] = value
        return entry
    found = trace.value(phase)
    entry["value"] = found if isinstance(found, float) else found.tolist()
    if phase.kind is PhaseKind.LOSS:
        entry["per_sample"] = trace.loss_per_sample.tolist()
        entry["penalty"] = trace.penalty
    if phase.kind is PhaseKind.DROPOUT:
        layer = trace.spec.layer(phase.layer)
        entry["scale"] = layer.training_scale
        output = trace.output[phase.layer - 1] if phase.layer else trace.input
        entry["output"] = None if output is None else output.tolist()
    return entry


def _print_numbers(name: str, value: Any) -> None:
    rows = value if isinstance(value, list) and isinstance(value[0], list) else [value]
    for row in rows:
        numbers = row if isinstance(row, list) else [row]
        print(f"  {name:<2}" + " ".join(f"{number:+.4f}" for number in numbers))


# --- explained ------------------------------------------------------------------------------------


def _explain(parsed: argparse.Namespace, project: Project, trace: Trace, notation: Notation) -> int:
    _check(parsed, trace)
    digits = parsed.digits or 4
    found: list[tuple[Phase, Explanation]] = []
    for phase in trace.phases:
        if parsed.layer is not None and phase.layer != parsed.layer:
            continue
        row = (parsed.sample or 1) - 1
        neuron = most_active_neuron(trace, phase) if parsed.neuron is None else parsed.neuron - 1
        if parsed.layer is None and neuron >= trace.spec.sizes[phase.layer]:
            continue
        source = None if parsed.source is None else parsed.source - 1
        if source is None or source >= trace.spec.fan_in(max(phase.layer, 1)):
            source = _largest_source(trace, phase, neuron)
        own = phase_explanation(trace, project, phase, neuron, source, row, notation, digits)
        found.append((phase, own))
    if parsed.json:
        print(json.dumps([_entry(phase, own) for phase, own in found]))
    elif parsed.latex:
        _print_latex(trace, notation, digits, found)
    else:
        _print_text(parsed, trace, notation, digits, found)
    return 0


def _largest_source(trace: Trace, phase: Phase, neuron: int) -> int:
    """The column of a neuron's largest gradient: what to explain where none is named."""
    if phase.layer == 0:
        return 0
    return int(abs(trace.gradient_of(phase.layer)[0][neuron]).argmax())


def _check(parsed: argparse.Namespace, trace: Trace) -> None:
    spec = trace.spec
    _at_most(parsed, "layer", spec.depth, "the number of layers")
    _at_most(parsed, "sample", len(trace.x), "the samples of this mini-batch")
    _at_most(parsed, "digits", _MOST_DIGITS, "all there are")
    if parsed.layer is not None:
        units = spec.sizes[parsed.layer]
        _at_most(parsed, "neuron", units, f"the neurons of {spec.layer_name(parsed.layer)}")
        if parsed.layer:
            fan_in = spec.fan_in(parsed.layer)
            _at_most(parsed, "source", fan_in, "the numbers each of its neurons receives")
    else:
        _at_most(parsed, "neuron", max(spec.sizes), "the neurons of the largest layer")
        largest = max(spec.fan_in(n) for n in range(1, spec.depth + 1))
        _at_most(parsed, "source", largest, "the most numbers a neuron receives")


def _at_most(parsed: argparse.Namespace, name: str, most: int, what: str) -> None:
    value = getattr(parsed, name)
    if value is not None and value > most:
        raise _UsageError(f"--{name} must be at most {most:,}, {what} (found {value:,}).")


def _print_text(
    parsed: argparse.Namespace,
    trace: Trace,
    notation: Notation,
    digits: int,
    found: list[tuple[Phase, Explanation]],
) -> None:
    row = (parsed.sample or 1) - 1
    of_batch = f" ({row + 1} of {len(trace.x)} in the mini-batch)" if len(trace.x) > 1 else ""
    print(
        f"epoch {trace.epoch}, iteration {trace.iteration}, sample {int(trace.samples[row]) + 1}"
        f"{of_batch}, notation {notation.title}"
    )
    for phase, own in found:
        print(f"\n{title(phase, trace.spec)}: {own.title}")
        for line in own.lines:
            _print_line(line, digits)
        for note in own.notes:
            print(f"  {note}")


def _print_line(line: Line, digits: int) -> None:
    label = f"   ({line.label})" if line.label else ""
    if line.symbols or label:
        print(f"  {plain_equation(line.symbols)}{label}")
    numbers = "".join(token.text for token in line.tokens)
    result = "" if line.result is None else number(line.result, digits)
    for text in (numbers, result if result != numbers else ""):
        if text:
            print(f"    = {text}")


def _print_latex(
    trace: Trace, notation: Notation, digits: int, found: list[tuple[Phase, Explanation]]
) -> None:
    print(f"% Iteration {trace.iteration}, notation {notation.id}; needs the package amsmath.")
    for phase, own in found:
        heading = f"{title(phase, trace.spec)}: {own.title}".replace("·", "--")
        print(f"\n\\paragraph{{{heading.translate(_SPECIAL)}}}")
        print(f"\\[\n{latex_of(own, digits)}\n\\]")
        if own.matrix is not None:
            print(f"\\[\n  {own.matrix.symbols}\n\\]")


def _entry(phase: Phase, own: Explanation) -> dict[str, Any]:
    """One explanation as JSON; a number that is not finite is null."""
    return {
        "phase": {"kind": phase.kind.value, "layer": phase.layer},
        "quantity": asdict(own.quantity),
        "title": own.title,
        "symbol": own.symbol,
        "plain": own.plain,
        "value": _finite(own.value),
        "lines": [
            {
                "symbols": line.symbols,
                "numbers": "".join(token.text for token in line.tokens),
                "operands": [asdict(t.quantity) for t in line.tokens if t.quantity is not None],
                "result": None if line.result is None else _finite(line.result),
                "label": line.label,
            }
            for line in own.lines
        ],
        "matrix": None if own.matrix is None else asdict(own.matrix),
        "samples": [[row, _finite(share)] for row, share in own.samples],
        "notes": list(own.notes),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
