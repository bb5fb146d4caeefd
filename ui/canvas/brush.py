"""What the drawing tools do to a picture; no widget in here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ui.canvas.strokes import Cell

Picture = NDArray[np.float64]
LARGEST_PEN = 4
SMALL_GRID = 10
"""Grids up to this many rows and columns are drawn on pixel by pixel."""
_SPREAD = {1: 0.0, 2: 1.25, 3: 2.5, 4: 4.5}
"""Twice the variance of a soft pen, in pixels squared, by its size."""
_RADIUS = {1: 0.0, 2: 1.0, 3: 1.5, 4: 2.1}
"""Pixels whose centres are within this distance belong to a hard pen."""


@dataclass(frozen=True)
class Pen:
    """How wide and how dark is drawn; ``grey`` pens have soft edges and any level in 0..1."""

    size: int = 1
    level: float = 1.0
    grey: bool = False

    @property
    def ink(self) -> float:
        """The level it draws with: black and white know full ink only."""
        return self.level if self.grey else 1.0


def pen_for(pictures: Picture, rows: int, columns: int) -> Pen:
    """A pen that draws as the pictures (n, rows, columns) are: one pixel, or a soft stroke."""
    grey = bool(len(pictures)) and not np.isin(pictures, (0.0, 1.0)).all()
    return Pen(size=1 if max(rows, columns) <= SMALL_GRID else 2, grey=grey)


def stamp(size: int, soft: bool) -> list[tuple[Cell, float]]:
    """Pixels a pen touches around its middle, and how much of its ink each gets."""
    reach = size
    found = []
    for row in range(-reach, reach + 1):
        for column in range(-reach, reach + 1):
            square = row * row + column * column
            if not soft or size == 1:
                share = 1.0 if square <= _RADIUS[size] ** 2 else 0.0
            else:
                share = float(np.exp(-square / _SPREAD[size]))
            if share >= 0.04:
                found.append(((row, column), share))
    return found


def drawn(picture: Picture, cells: Iterable[Cell], pen: Pen, erase: bool) -> Picture:
    """The picture with the pen led over these cells; those outside are left out.

    Ink covers what is fainter; the eraser is as wide as the pen and empties what it touches.
    """
    rows, columns = picture.shape
    result = picture.copy()
    touched = stamp(pen.size, soft=pen.grey and not erase)
    for row, column in cells:
        for (down, right), share in touched:
            r, c = row + down, column + right
            if not (0 <= r < rows and 0 <= c < columns):
                continue
            if erase:
                result[r, c] = 0.0
            elif pen.size == 1:
                result[r, c] = pen.ink
            else:
                result[r, c] = max(result[r, c], share * pen.ink)
    return result


def filled(picture: Picture, cell: Cell, value: float) -> Picture:
    """All pixels as bright as the one at ``cell`` and joined to it by edges, with ``value``."""
    result = picture.copy()
    rows, columns = picture.shape
    old = picture[cell]
    waiting, seen = [cell], {cell}
    while waiting:
        row, column = waiting.pop()
        result[row, column] = value
        for near in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            inside = 0 <= near[0] < rows and 0 <= near[1] < columns
            if inside and near not in seen and picture[near] == old:
                seen.add(near)
                waiting.append(near)
    return result


def noisy(picture: Picture, strength: float, grey: bool, random: np.random.Generator) -> Picture:
    """The picture disturbed: each pixel flips with probability ``strength``; of a grey picture
    each moves by Gaussian noise of that standard deviation instead, within 0..1."""
    if grey:
        return np.clip(picture + strength * random.standard_normal(picture.shape), 0.0, 1.0)
    flipped = random.random(picture.shape) < strength
    return np.where(flipped, 1.0 - picture, picture)
