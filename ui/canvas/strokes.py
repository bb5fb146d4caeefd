"""Lines and shifts on a grid of pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Cell = tuple[int, int]


def cells_between(start: Cell, end: Cell) -> list[Cell]:
    """All cells of the straight line between two cells, both included (Bresenham)."""
    (y, x), (y1, x1) = start, end
    dx, dy = abs(x1 - x), -abs(y1 - y)
    step_x, step_y = (1 if x < x1 else -1), (1 if y < y1 else -1)
    error = dx + dy
    cells = [(y, x)]
    while (y, x) != (y1, x1):
        twice = 2 * error
        if twice >= dy:
            error += dy
            x += step_x
        if twice <= dx:
            error += dx
            y += step_y
        cells.append((y, x))
    return cells


def shifted(image: NDArray[np.float64], down: int, right: int) -> NDArray[np.float64]:
    """The picture moved by whole pixels; what leaves on one side is lost, zeros come in."""
    rows, columns = image.shape
    result = np.zeros_like(image)
    into = (_span(down, rows), _span(right, columns))
    out_of = (_span(-down, rows), _span(-right, columns))
    result[into] = image[out_of]
    return result


def _span(offset: int, length: int) -> slice:
    return slice(min(length, max(0, offset)), max(0, min(length, length + offset)))
