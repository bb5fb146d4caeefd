"""What stands on the Formula card, before it has a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from simulator.quantity import Quantity

Role = Literal["title", "caption", "note", "label"]


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A sample of the mini-batch that can be chosen, from 0."""

    row: int


@dataclass(frozen=True, slots=True)
class PathPlace:
    """A path in the list of all paths, from 0."""

    place: int


@dataclass(frozen=True, slots=True)
class Made:
    """What made a parameter: the update of an iteration, which one can go to."""

    iteration: int
    layer: int


@dataclass(frozen=True, slots=True)
class Crumb:
    """An earlier page of the trail, from 0."""

    place: int


Asked = Quantity | SampleRow | PathPlace | Made | Crumb
"""What a click on a number asks for."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A number or a sign in a line of numbers; with ``asked`` it can be clicked.

    ``symbol`` sets it in the type of words, which has all raised and lowered digits.
    """

    text: str
    asked: Asked | None = None
    strong: bool = False
    symbol: bool = False

    @property
    def role(self) -> str:
        """How it is set."""
        return f"{'strong' if self.strong else 'number'}{' symbol' if self.symbol else ''}"


@dataclass(frozen=True, slots=True)
class Words:
    """A wrapped line of words."""

    text: str
    role: Role = "note"


@dataclass(frozen=True, slots=True)
class Formula:
    """An equation in LaTeX; ``plain`` is shown until it is typeset."""

    latex: str
    plain: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """A line of numbers, wrapped between its words."""

    chips: tuple[Chip, ...]

    @property
    def text(self) -> str:
        """All of it as one line."""
        return "".join(chip.text for chip in self.chips).strip()


Block = Words | Formula | Numbers


def plain_text(blocks: tuple[Block, ...]) -> str:
    """All of it as lines of text."""
    lines = []
    for block in blocks:
        lines.append(block.plain if isinstance(block, Formula) else block.text)
    return "\n".join(line for line in lines if line)
