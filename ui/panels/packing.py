"""Where the layers of a matrix panel stand: rectangles packed in lines or in columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from ui.panels.heatmap import Block
from ui.theme import GRID

_SPACE = 2 * GRID


@dataclass
class Item:
    """One layer's part of the picture: its size, and its place once it is packed.

    ``across`` is the number of pictures in a line, 0 for a matrix.
    """

    layer: int
    width: float
    height: float
    across: int = 0
    left: float = 0.0
    top: float = 0.0
    blocks: list[Block] = field(default_factory=list)


Packing = tuple[float, float, list[tuple[float, float]]]


def bottom(items: Sequence[Item]) -> int:
    """The height that placed layers take."""
    return math.ceil(max(item.top + item.height for item in items)) + 3


def pack_shelves(items: Sequence[Item], width: int, height: int) -> Packing:
    """Left to right, then the next line: width and height taken, and each item's place."""
    left = top = line = widest = 0.0
    places = []
    for item in items:
        if left and left + item.width > width:
            left, top, line = 0.0, top + line + GRID, 0.0
        places.append((left, top))
        widest = max(widest, left + item.width)
        left += item.width + _SPACE
        line = max(line, item.height)
    return widest, top + line, places


def pack_columns(items: Sequence[Item], width: int, height: int) -> Packing:
    """Top to bottom, then the next column: width and height taken, and each item's place."""
    left = top = column = tallest = 0.0
    places = []
    for item in items:
        if top and top + item.height > height:
            left, top, column = left + column + _SPACE, 0.0, 0.0
        places.append((left, top))
        tallest = max(tallest, top + item.height)
        top += item.height + GRID
        column = max(column, item.width)
    return left + column, tallest, places
