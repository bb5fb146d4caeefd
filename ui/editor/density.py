"""Very many links as a picture of how much ink lies where, made by NumPy in small pieces.

QPainter takes 1.5 s for 39,700 lines; here they are added up.  A link covers, over each short
piece of the way, the interval across it from where it enters to where it leaves.  The ends of all
intervals are counted per pixel, and a running sum across the way makes the ink out of them: two
additions a link and piece, however steep it is.  Ink of several links adds up as that of films
laid over each other does, in any order: opacity = 1 − exp(−ink).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from ui.editor.curves import Array, Curves, Indices

_PIECE = 2.0
"""Device pixels along the way of one piece."""
CHUNK_CELLS = 120_000
"""Pieces of links counted in one go: some 3 ms."""
_THIN = 1e-9


class Window(NamedTuple):
    """A part of the way in pixels of the view: along from..to, across from..to."""

    first: float
    last: float
    low: float
    high: float


class Density:
    """Ink of links in a window, ``ratio`` device pixels to a pixel of the view."""

    def __init__(self, curves: Curves, window: Window, ratio: float) -> None:
        self._curves = curves
        self._window = window
        self._ratio = ratio
        length = max((window.last - window.first) * ratio, 1.0)
        self._pieces = max(1, round(length / _PIECE))
        self._step = length / self._pieces
        self._height = max(1, round((window.high - window.low) * ratio))
        edges = np.linspace(window.first, window.last, self._pieces + 1)
        self._shares = curves.shares(edges).astype(np.float32)
        inside = (edges[1:] > curves.left) & (edges[:-1] < curves.right)
        self._inside = inside.astype(np.float32)
        self._counts = np.zeros(2 * self._pieces * (self._height + 1))

    @property
    def chunk(self) -> int:
        """Links to add in one go."""
        return max(64, CHUNK_CELLS // self._pieces)

    def add(self, members: Indices, opacity: Array, width: Array, positive: Array) -> None:
        """Add links (n,) of these opacities, widths in device pixels, and signs."""
        low, ratio = self._window.low, self._ratio
        start = ((self._curves.start[members] - low) * ratio).astype(np.float32)[:, None]
        end = ((self._curves.end[members] - low) * ratio).astype(np.float32)[:, None]
        across = start + (end - start) * self._shares
        wide = width.astype(np.float32)[:, None]
        rise = np.abs(across[:, 1:] - across[:, :-1])
        covered = rise + wide
        first = np.minimum(across[:, 1:], across[:, :-1]) - wide / 2
        # The ink of a slanted piece is its length times its width, spread over what it covers.
        ink = -np.log1p(-np.minimum(opacity, 0.98)).astype(np.float32)[:, None] * self._inside
        ink = ink * (wide * np.hypot(rise, self._step) / (self._step * covered))
        begin = np.rint(first)
        stop = np.maximum(np.rint(first + covered), begin + 1.0)
        top = self._height
        np.clip(begin, 0, top, out=begin)
        np.clip(stop, 0, top, out=stop)
        row = np.arange(self._pieces, dtype=np.int64) * (top + 1)
        row = row + positive.astype(np.int64)[:, None] * (self._pieces * (top + 1))
        size = self._counts.size
        flat = ink.ravel()
        self._counts += np.bincount((row + begin.astype(np.int64)).ravel(), flat, size)
        self._counts -= np.bincount((row + stop.astype(np.int64)).ravel(), flat, size)

    def image(self, positive: QColor, negative: QColor) -> QImage:
        """The picture of the ink, to be stretched over the window."""
        counts = self._counts.reshape(2, self._pieces, self._height + 1)
        ink = np.cumsum(counts, axis=2, dtype=np.float64)[:, :, : self._height].astype(np.float32)
        np.maximum(ink, 0.0, out=ink)
        total = ink[0] + ink[1]
        opacity = -np.expm1(-total) * 255.0
        share = ink[1] / np.maximum(total, _THIN)
        pixels = np.rint(opacity).astype(np.uint32) << 24
        for shift, one, other in (
            (16, positive.redF(), negative.redF()),
            (8, positive.greenF(), negative.greenF()),
            (0, positive.blueF(), negative.blueF()),
        ):
            channel = np.rint(opacity * (other + (one - other) * share)).astype(np.uint32)
            pixels |= channel << shift
        pixels = np.ascontiguousarray(pixels[::-1] if self._curves.turned else pixels.T)
        return _to_image(pixels)


def _to_image(pixels: NDArray[np.uint32]) -> QImage:
    rows, columns = pixels.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, columns, rows, 4 * columns, form).copy()
