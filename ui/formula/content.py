"""What an explanation puts on the card, in each of its views."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from simulator.activations import ACTIVATIONS
from simulator.explain import number, title_of
from simulator.explain.words import setting
from simulator.explanation import Explanation, Line
from simulator.latex_text import plain_text
from simulator.project import Project
from simulator.quantity import Kind, Quantity
from simulator.trace import Trace
from ui.formula.blocks import Asked, Block, Chip, Crumb, Formula, Made, Numbers, SampleRow, Words
from ui.layer_words import activation_name

MOST_CRUMBS = 5
"""Pages of the way that are shown: the first, and the last ones."""
MOST_SAMPLES = 12
"""Samples of a mini-batch whose shares are listed; the largest are."""
CHAIN_LABEL = "chain rule"


class View(IntEnum):
    """The views of a calculation, in the order of their buttons."""

    SUM = 0
    MATRIX = 1
    CHAIN = 2
    PATHS = 3


def views_of(explanation: Explanation) -> list[View]:
    """The views there are of this number; paths are the card's own business."""
    found = [View.SUM]
    if explanation.matrix is not None:
        found.append(View.MATRIX)
    if _chain(explanation):
        found.append(View.CHAIN)
    return found


def _chain(explanation: Explanation) -> tuple[Line, ...]:
    return tuple(line for line in explanation.lines if line.label.startswith(CHAIN_LABEL))


def blocks_of(explanation: Explanation, view: View, digits: int) -> tuple[Block, ...]:
    """The explanation in one view."""
    if view is View.MATRIX and explanation.matrix is not None:
        return _matrix(explanation)
    chain = _chain(explanation)
    lines = chain if view is View.CHAIN and chain else explanation.lines
    if view is View.SUM and len(chain) < len(lines):
        lines = tuple(line for line in lines if line not in chain)
    blocks: list[Block] = [Words(capitalized(explanation.title), "title")]
    for line in lines:
        blocks += _line(line, explanation, digits)
    if view is not View.CHAIN:
        blocks += _samples(explanation, digits)
    blocks += [Words(note) for note in explanation.notes]
    return tuple(blocks)


def _line(line: Line, explanation: Explanation, digits: int) -> list[Block]:
    blocks: list[Block] = []
    if line.label:
        blocks.append(Words(_heading(line.label), "label"))
    if line.symbols:
        blocks.append(Formula(line.symbols, plain_text(line.symbols)))
    chips = [Chip(token.text, token.quantity) for token in line.tokens]
    if line.result is not None and chips == [Chip(setting(line.result))]:
        # "= 1 = 1.0000" says it twice.
        chips = []
    if chips:
        chips.insert(0, Chip("= "))
    if line.result is not None:
        asked = None if line.quantity == explanation.quantity else line.quantity
        chips += [Chip(" = " if chips else "= "), Chip(number(line.result, digits), asked, True)]
    if chips:
        blocks.append(Numbers(tuple(chips)))
    return blocks


def _heading(label: str) -> str:
    """A label as a heading, with activations written as everywhere in the window."""
    for name in ACTIVATIONS:
        own = name.replace("_", " ")
        if label in (own, f"slope of {own}"):
            label = label.removesuffix(own) + activation_name(name)
            break
    return capitalized(label)


def capitalized(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def _matrix(explanation: Explanation) -> tuple[Block, ...]:
    matrix = explanation.matrix
    assert matrix is not None
    blocks: list[Block] = [
        Words(capitalized(explanation.title), "title"),
        Formula(matrix.symbols, plain_text(matrix.symbols)),
    ]
    if matrix.shapes:
        blocks.append(Words("Shapes", "label"))
        shapes = (
            f"{plain_text(sign)}:\N{NO-BREAK SPACE}{rows}×{columns}"
            for sign, rows, columns in matrix.shapes
        )
        blocks.append(Numbers((Chip("   ".join(shapes), symbol=True),)))
    if matrix.numbers:
        blocks.append(Words("With this network’s numbers", "label"))
        blocks.append(Formula(matrix.numbers, "…"))
    blocks += [Words(note) for note in explanation.notes]
    return tuple(blocks)


def _samples(explanation: Explanation, digits: int) -> list[Block]:
    """Each sample's share of a mean over the mini-batch; a sample can be chosen."""
    samples = explanation.samples
    if len(samples) < 2:
        return []
    largest = sorted(samples, key=lambda own: -abs(own[1]))[:MOST_SAMPLES]
    shown = sorted(largest)
    chips: list[Chip] = []
    for row, share in shown:
        chips.append(Chip(" + " if chips else "= "))
        own = Chip(number(share, digits), SampleRow(row))
        negative = own.text.startswith("−") and len(chips) > 1
        chips += [Chip("("), own, Chip(")")] if negative else [own]
    rest = sum(share for row, share in samples) - sum(share for row, share in shown)
    left = len(samples) - len(shown)
    if left:
        chips.append(Chip(f" … {number(rest, digits)} from {left} smaller"))
    total = sum(share for _, share in samples)
    chips += [Chip(" = "), Chip(number(total, digits), None, True)]
    title = f"Mean over the mini-batch: the shares of its {len(samples)} samples"
    return [Words(title, "label"), Numbers(tuple(chips))]


def crumbs(signs: Sequence[str]) -> Numbers:
    """The way to this page; each page before it can be gone back to, of a long way the last."""
    chips: list[Chip] = []
    places = list(range(len(signs)))
    if len(places) > MOST_CRUMBS:
        places = [0, *places[1 - MOST_CRUMBS :]]
    for before, place in zip([0, *places], places, strict=False):
        if place:
            chips.append(Chip(" › … › " if place - before > 1 else " › ", symbol=True))
        last = place + 1 == len(signs)
        chips.append(Chip(signs[place], None if last else Crumb(place - 1), last, True))
    return Numbers(tuple(chips))


def origin(explanation: Explanation, trace: Trace) -> list[Block]:
    """Of a parameter before the update: which update made it, as a link to there."""
    quantity = explanation.quantity
    if quantity.kind not in (Kind.PARAMETER, Kind.SLOT_BEFORE) or trace.iteration <= 1:
        return []
    before = trace.iteration - 1
    return [
        Numbers((Chip(f"Go to the update of iteration {before:,}", Made(before, quantity.layer)),))
    ]


def name_of(asked: Asked, project: Project) -> str:
    """What a click on a number leads to, in words."""
    if isinstance(asked, Quantity):
        return title_of(asked, project)
    if isinstance(asked, SampleRow):
        return "Show the numbers of this sample"
    if isinstance(asked, Made):
        return f"Go to the update of iteration {asked.iteration:,}"
    return "Back to this number" if isinstance(asked, Crumb) else "Light this path"
