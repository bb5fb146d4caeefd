"""All paths from the loss to a weight, as lines on the card and as links to be lit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulator.explain import number, title_of
from simulator.explanation import Explanation
from simulator.latex_text import plain_text
from simulator.paths import Path, Paths, paths_to
from simulator.project import Project, ProjectError
from simulator.quantity import Kind, Quantity
from simulator.spec import NetworkSpec
from simulator.trace import Trace
from ui.editor.paths_overlay import LitLink
from ui.formula.blocks import Block, Chip, Numbers, PathPlace, Words
from ui.writing import Writing

WITH_FACTORS = 8
"""Paths up to which each is written out factor by factor."""
MOST_ROWS = 64
"""Samples of a mini-batch up to which paths are those of their mean."""


@dataclass(frozen=True)
class PathsPage:
    """``blocks`` for the card; ``paths`` to be lit, None where there are none."""

    blocks: tuple[Block, ...]
    paths: Paths | None
    spec: NetworkSpec

    def links(self, alone: int | None = None) -> tuple[LitLink, ...]:
        """The links on all listed paths, or on one alone."""
        if self.paths is None:
            return ()
        listed = self.paths.listed if alone is None else self.paths.listed[alone : alone + 1]
        return lit_links(listed)


def leads_to(quantity: Quantity) -> bool:
    """Whether paths lead to this number's parameter."""
    kinds = (Kind.GRADIENT, Kind.PARAMETER, Kind.UPDATED)
    return quantity.kind in kinds and quantity.parameter in ("W", "b")


def lit_links(paths: Sequence[Path]) -> tuple[LitLink, ...]:
    """The links on these paths, with what runs through each of them."""
    sizes: dict[tuple[tuple[int, int], tuple[int, int]], float] = {}
    sums: dict[tuple[tuple[int, int], tuple[int, int]], float] = {}
    for path in paths:
        for later, earlier in zip(path.neurons, path.neurons[1:], strict=False):
            # From a neuron of a softmax to another of the same layer there is no link.
            if later[0] > earlier[0]:
                link = (earlier, later)
                sizes[link] = sizes.get(link, 0.0) + abs(path.product)
                sums[link] = sums.get(link, 0.0) + path.product
    largest = max(sizes.values(), default=0.0) or 1.0
    return tuple(
        LitLink(source, target, size / largest * (1.0 if sums[source, target] >= 0.0 else -1.0))
        for (source, target), size in sizes.items()
    )


def paths_page(
    trace: Trace, project: Project, explanation: Explanation, writing: Writing, digits: int
) -> PathsPage:
    """The paths to the parameter of a gradient that has been explained."""
    quantity, spec = explanation.quantity, trace.spec
    weight = replace(quantity, kind=Kind.PARAMETER, row=0)
    title = Words(f"All paths to the {title_of(weight, project)}", "title")
    size = len(trace.x)
    row = None if 1 < size <= MOST_ROWS else min(quantity.row, size - 1)
    try:
        paths = paths_to(trace, project, weight, row)
        if row is None and not paths.listed and paths.count:
            row = min(quantity.row, size - 1)
            paths = paths_to(trace, project, weight, row)
    except ProjectError as problem:
        return PathsPage((title, Words(str(problem))), None, spec)
    factor = writing.factor(Kind.GRADIENT)
    blocks: list[Block] = [title, Words(_how_many(paths, row, size))]
    with_factors = len(paths.listed) <= WITH_FACTORS
    for place, path in enumerate(paths.listed):
        blocks += _path(path, place, spec, writing, digits, factor, with_factors)
    left = paths.count - len(paths.listed)
    if left:
        text = f"the other {left:,} together " if paths.listed else f"all {left:,} together "
        blocks.append(Numbers((Chip(text), Chip(number(factor * paths.rest, digits)))))
    total = number(factor * paths.total + 0.0, digits)
    blocks.append(Words("Sum of all paths", "label"))
    blocks.append(Numbers((Chip("= "), Chip(total, None, True))))
    engine, words = _engine(explanation, row, size)
    blocks.append(Words(words, "label"))
    asked = None if row is not None and size > 1 else quantity
    blocks.append(Numbers((Chip("= "), Chip(number(engine, digits), asked, True))))
    return PathsPage(tuple(blocks), paths, spec)


def _how_many(paths: Paths, row: int | None, size: int) -> str:
    if paths.count == 0:
        return "No path leads to this weight."
    words = f"{paths.count:,} paths lead" if paths.count > 1 else "One path leads"
    words += " from the loss to this weight"
    if paths.count > len(paths.listed):
        words += f"; these are the {len(paths.listed)} largest" if paths.listed else ""
    if size > 1 and row is not None:
        words += f". Here for sample {row + 1:,} of the mini-batch"
    elif size > 1:
        each = "Each product" if paths.count > 1 else "Its product"
        words += f". {each} is a mean over the {size:,} samples"
    return f"{words}. Point at one to light it alone."


def _path(
    path: Path,
    place: int,
    spec: NetworkSpec,
    writing: Writing,
    digits: int,
    factor: float,
    with_factors: bool,
) -> list[Block]:
    loss = plain_text(writing.notation.letter("loss"))
    neurons = (
        writing.of_quantity(Quantity(_kind(layer), layer, neuron), spec)
        for layer, neuron in path.neurons
    )
    route = " ← ".join((loss, *neurons))
    product = number(factor * path.product + 0.0, digits)
    blocks: list[Block] = [
        Numbers((Chip(f"{product}", PathPlace(place), True), Chip(f"   {route}", symbol=True)))
    ]
    if with_factors and path.factors:
        chips = [Chip("= " if factor > 0.0 else "= −1 · ")]
        for position, own in enumerate(path.factors):
            text = number(own.value, digits)
            text = f"({text})" if text.startswith("−") and position else text
            # Signs of this notation stand in front; the factors are the derivatives themselves.
            asked = (
                own.quantity
                if own.quantity is not None and _same_sign(own.quantity, writing)
                else None
            )
            chips += [Chip(" · " if position else ""), Chip(text, asked)]
        blocks.append(Numbers(tuple(chips)))
    return blocks


def _kind(layer: int) -> Kind:
    return Kind.ACTIVATION if layer else Kind.INPUT


def _same_sign(quantity: Quantity, writing: Writing) -> bool:
    return writing.factor(quantity.kind, quantity.name) == 1.0


def _engine(explanation: Explanation, row: int | None, size: int) -> tuple[float, str]:
    """The engine's own number to compare with, and what it is."""
    if row is None or size == 1:
        shares = sum(share for _, share in explanation.samples)
        if explanation.samples and abs(shares - explanation.value) > 1e-9 * abs(shares):
            return shares, "Backpropagation’s gradient, without the penalty"
        return explanation.value, "Backpropagation’s gradient"
    shares_by_row = dict(explanation.samples)
    return shares_by_row[row] * size, "Backpropagation’s gradient of this sample"
