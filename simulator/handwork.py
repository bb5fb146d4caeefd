"""One iteration calculated by hand: what there is to calculate, in order, and what is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.explain import title_of
from simulator.explain.context import Context
from simulator.explain.engine import draft_of
from simulator.explanation import Line
from simulator.latex_text import plain_text
from simulator.notation import NEUTRAL, Notation
from simulator.project import Project, ProjectError
from simulator.project.errors import printable
from simulator.quantity import OF_PARAMETERS, Kind, Quantity, quantity_at
from simulator.rules import follows_gradient
from simulator.spec import NetworkSpec
from simulator.trace import Phase, PhaseKind, Trace

MOST_LINES = 400
"""More than anybody calculates by hand."""
FEW_LINES = 80
"""A network that has no more is calculated whole, unless something else is chosen."""
ALL_TERMS = 10**9
_OF_SAMPLES = frozenset(Kind) - OF_PARAMETERS - {Kind.LOSS, Kind.PENALTY, Kind.LEARNING_RATE}
_RANGE = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?", re.ASCII)


@dataclass(frozen=True)
class Choice:
    """Which neurons and samples to calculate.

    Attributes
    ----------
    neurons : by layer, from 0 for the inputs (of which only the links are meant), indices from 0.
    rows : samples of the mini-batch, from 0.
    """

    neurons: tuple[tuple[int, ...], ...]
    rows: tuple[int, ...] = (0,)

    def sentence(self, spec: NetworkSpec, size: int) -> str:
        """The choice in words: "Hidden 2: neurons 1 and 4. Sample 1 of 4.", "" for everything."""
        parts = []
        for layer, own in enumerate(self.neurons):
            if layer and len(own) < spec.sizes[layer]:
                name = spec.layer_name(layer)
                parts.append(f"{name[:1].upper()}{name[1:]}: {_counted('neuron', own)}.")
        if self.neurons and len(self.neurons[0]) < spec.sizes[0]:
            parts.append(f"Links from {_counted('input', self.neurons[0])}.")
        if len(self.rows) < size:
            samples = _counted("sample", self.rows)
            parts.append(f"{samples.capitalize()} of the {size} in the mini-batch.")
        return " ".join(parts)


def _counted(word: str, indices: Sequence[int]) -> str:
    numbers = [str(index + 1) for index in indices]
    if not numbers:
        return f"no {word}"
    if len(numbers) == 1:
        return f"{word} {numbers[0]}"
    return f"{word}s {', '.join(numbers[:-1])} and {numbers[-1]}"


def everything(spec: NetworkSpec, rows: Sequence[int] = (0,)) -> Choice:
    """All neurons."""
    return Choice(tuple(tuple(range(size)) for size in spec.sizes), tuple(rows))


def fitting(
    trace: Trace, project: Project, row: int = 0, at: tuple[int, int] | None = None
) -> Choice:
    """All of a small network; of a large one the neuron ``at`` (layer, neuron), or each layer's
    most active one, and the links between them.
    """
    spec = trace.spec
    whole = everything(spec, range(len(trace.x)))
    for choice in (whole, replace(whole, rows=(row,))):
        if sum(1 for _ in _wanted(trace, choice)) <= FEW_LINES:
            return choice
    neurons = [int(np.argmax(np.abs(values[row]))) for values in (trace.x, *trace.activation)]
    if at is not None and at[0] <= spec.depth:
        neurons[at[0]] = at[1]
    return Choice(tuple((own,) for own in neurons), (row,))


def read_choice(spec: NetworkSpec, size: int, neurons: str = "", samples: str = "") -> Choice:
    """A choice as people write it: "1: 2, 4-6; 2: 1" (layer: neurons; 0: inputs), "1, 3".

    Layers that are not named, and an empty text, mean everything; numbers count from 1.

    Raises
    ------
    ProjectError : one sentence.
    """
    found = list(everything(spec).neurons)
    for part in filter(None, (own.strip() for own in neurons.split(";"))):
        layer_text, colon, listed = part.partition(":")
        if not colon or not layer_text.strip().isdecimal() or not layer_text.isascii():
            raise ProjectError(
                "Write neurons as “layer: neurons”, for example 1: 2, 4-6; 2: 1 "
                f"(found “{printable(part)}”)."
            )
        layer = int(layer_text)
        if layer > spec.depth:
            raise ProjectError(f"There is no layer {layer}; the last one is {spec.depth}.")
        what = f"neurons of {spec.layer_name(layer)}" if layer else "inputs"
        found[layer] = _indices(listed, spec.sizes[layer], what)
    rows = _indices(samples, size, "samples") if samples.strip() else tuple(range(size))
    return Choice(tuple(found), rows)


def _indices(text: str, most: int, what: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.split(","):
        own = _RANGE.fullmatch(re.sub(r"\s", "", part).replace("–", "-"))
        if own is None:
            raise ProjectError(
                f"Write {what} as numbers and ranges, for example 1, 3-5 "
                f"(found “{printable(text)}”)."
            )
        first = int(own[1])
        last = int(own[2] or first)
        if not 1 <= first <= last <= most:
            raise ProjectError(
                f"The {what} go from 1 to {most:,} (found {printable(part.strip())})."
            )
        found.update(range(first - 1, last))
    return tuple(sorted(found))


# --- what there is to calculate -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandLine:
    """A number to calculate: which, in which phase, how it is called; ``value`` is what it is."""

    quantity: Quantity
    phase: Phase
    symbol: str
    plain: str
    title: str
    value: float


def hand_lines(
    trace: Trace, project: Project, choice: Choice, notation: Notation = NEUTRAL
) -> tuple[HandLine, ...]:
    """Everything a student calculates of an iteration, in order.

    Raises
    ------
    ProjectError : nothing is chosen, or more than :data:`MOST_LINES`.
    """
    context = Context(trace, project, notation)
    lines: list[HandLine] = []
    for phase, quantity in _wanted(trace, choice):
        if len(lines) == MOST_LINES:
            raise ProjectError(
                f"That is more than {MOST_LINES} numbers to calculate; choose fewer neurons or "
                "samples."
            )
        lines.append(_line(context, phase, quantity))
    if not lines:
        raise ProjectError("Nothing is left to calculate; choose at least one neuron.")
    return tuple(lines)


def _line(context: Context, phase: Phase, quantity: Quantity) -> HandLine:
    symbol, title = context.symbol(quantity), title_of(quantity, context.project)
    if context.size > 1 and quantity.kind in _OF_SAMPLES:
        title = f"{title.removesuffix(' of this sample')}, sample {quantity.row + 1}"
    value = context.shown(quantity)
    return HandLine(quantity, phase, symbol, plain_text(symbol), title, value)


def _wanted(trace: Trace, choice: Choice) -> Iterator[tuple[Phase, Quantity]]:
    descends = follows_gradient(trace.rule)
    depth = trace.spec.depth
    for phase in trace.phases:
        kind, layer = phase.kind, phase.layer
        # Noise and masks are given, so the output behind the last of them is one line.
        drops = kind is PhaseKind.NOISE and Phase(PhaseKind.DROPOUT, layer) in trace.phases
        if kind is PhaseKind.INPUT or drops:
            continue
        if kind is PhaseKind.ERROR and layer == depth and (trace.fused or not descends):
            continue
        if phase.backward and layer < depth and not descends:
            continue
        if kind is PhaseKind.UPDATE and layer < depth and not descends:
            continue
        if kind is PhaseKind.LOSS:
            for row in choice.rows:
                yield phase, quantity_at(phase, row=row)
        elif kind in (PhaseKind.GRADIENT, PhaseKind.UPDATE):
            for own in _parameters(trace, choice, layer):
                yield phase, replace(own, kind=quantity_at(phase).kind)
        else:
            for row in choice.rows:
                for neuron in choice.neurons[layer]:
                    quantity = quantity_at(phase, neuron, None, row)
                    if kind is PhaseKind.NOISE:
                        quantity = replace(quantity, kind=Kind.OUTPUT)
                    yield phase, quantity


def _parameters(trace: Trace, choice: Choice, layer: int) -> Iterator[Quantity]:
    spec = trace.spec
    own = spec.layer(layer)
    names = ["b"] if own.bias else []
    names += ["gamma", "beta"] if own.batch_normalization is not None else []
    row = choice.rows[0] if choice.rows else 0
    for neuron in choice.neurons[layer]:
        for column in range(spec.fan_in(layer)):
            source, index = spec.source_of(layer, column)
            if index in choice.neurons[source]:
                yield Quantity(Kind.PARAMETER, layer, neuron, row, column, "W")
        for name in names:
            yield Quantity(Kind.PARAMETER, layer, neuron, row, None, name)


def is_aside(line: Line) -> bool:
    """Whether a line of an explanation is another way to the number, not needed to calculate it."""
    return line.label.startswith("chain rule")


def given_numbers(
    trace: Trace, project: Project, lines: Sequence[HandLine], notation: Notation = NEUTRAL
) -> tuple[HandLine, ...]:
    """All that the lines are calculated from without being lines themselves, each once."""
    context = Context(trace, project, notation, terms=ALL_TERMS)
    calculated = {_key(line.quantity) for line in lines}
    found: dict[Quantity, HandLine] = {}
    for line in lines:
        for own in draft_of(context, line.quantity).lines:
            for token in () if is_aside(own) else own.tokens:
                quantity = token.quantity
                if quantity is None or quantity.kind is Kind.SLOT:
                    continue
                key = _key(quantity)
                if key in calculated or key in found:
                    continue
                found[key] = _line(context, line.phase, quantity)
    return tuple(found.values())


def _key(quantity: Quantity) -> Quantity:
    """The same number by one name: a parameter's is not one sample's."""
    return replace(quantity, row=0) if quantity.kind in OF_PARAMETERS else quantity
