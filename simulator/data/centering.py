"""Where pictures lie on their grid, and how to bring a drawing to where the samples are.

The means over the training pictures say how large a picture is and where its weight lies; a
drawing is scaled and moved to be like that, as MNIST's digits were (LeCun et al. 1998).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.arrays import Array

INK = 0.25
"""From this share of its darkest pixel on, a pixel belongs to what is drawn."""
_LEAST_CHANGE = 0.15
"""A size that differs by less is left as it is: small grids would only blur."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Larger side of the box around the ink, in pixels, and the centre of mass (row, column)."""

    side: float
    row: float
    column: float


def placement(pixels: Array) -> Placement | None:
    """Of one picture (rows, columns); None without any ink."""
    top, bottom, left, right = _box(pixels)
    if bottom <= top:
        return None
    mass = float(pixels.sum())
    rows, columns = np.indices(pixels.shape)
    return Placement(
        float(max(bottom - top, right - left)),
        float((rows * pixels).sum()) / mass,
        float((columns * pixels).sum()) / mass,
    )


def mean_placement(pictures: Array) -> Placement | None:
    """The mean over pictures (N, rows, columns); None if none of them has ink."""
    found = [own for own in map(placement, pictures) if own is not None]
    if not found:
        return None
    each = np.array([(own.side, own.row, own.column) for own in found])
    return Placement(*(float(mean) for mean in each.mean(axis=0)))


def placed_as(pixels: Array, wanted: Placement) -> Array:
    """What is drawn on ``pixels`` (rows, columns), as large as wanted, and where it is wanted.

    It moves by whole pixels, to the place whose centre of mass is nearest and where nothing is
    cut; its size stays if it differs by less than 15 %.
    """
    own = placement(pixels)
    if own is None:
        return pixels.copy()
    top, bottom, left, right = _box(pixels)
    ink = pixels[top:bottom, left:right]
    factor = wanted.side / own.side
    if abs(factor - 1.0) >= _LEAST_CHANGE:
        high, wide = (
            min(edge, max(1, round(size * factor)))
            for edge, size in zip(pixels.shape, ink.shape, strict=True)
        )
        ink = _resampled(ink, high, wide)
        if np.isin(pixels, (0.0, 1.0)).all():
            ink = (ink >= 0.5).astype(np.float64)
    centre = placement(ink)
    if centre is None:
        return pixels.copy()
    result = np.zeros_like(pixels)
    row = _start(wanted.row - centre.row, pixels.shape[0] - ink.shape[0])
    column = _start(wanted.column - centre.column, pixels.shape[1] - ink.shape[1])
    result[row : row + ink.shape[0], column : column + ink.shape[1]] = ink
    return result


def _start(place: float, last: int) -> int:
    return min(max(round(place), 0), last)


def _box(pixels: Array) -> tuple[int, int, int, int]:
    """Rows top to bottom and columns left to right around the ink; all 0 without any."""
    darkest = float(pixels.max(initial=0.0))
    if darkest <= 0.0:
        return 0, 0, 0, 0
    inked = pixels >= INK * darkest
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _resampled(pixels: Array, rows: int, columns: int) -> Array:
    """The picture on another grid: each new pixel is the mean over the area it covers."""
    down, across = _shares(pixels.shape[0], rows), _shares(pixels.shape[1], columns)
    resampled: Array = down @ pixels @ across.T
    return resampled


def _shares(old: int, new: int) -> Array:
    """(new, old): the share of each new pixel's length that lies in each old one; rows sum to 1."""
    edges = np.arange(new + 1) * (old / new)
    first, last = edges[:-1, None], edges[1:, None]
    pixel = np.arange(old)[None]
    covered = np.clip(np.minimum(last, pixel + 1) - np.maximum(first, pixel), 0.0, None)
    shares: Array = covered / covered.sum(axis=1, keepdims=True)
    return shares
