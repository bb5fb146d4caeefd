"""The curve of a link, and many of them as one path that QPainter paints fast.

Fast are anti-aliased lines of at most one device pixel and at most some 40 pixels length; so a
curve is a chain of short lines, and a thicker one is several chains side by side.  (Measured,
1,400 links at 750×480: 13 ms; stroking the same Bézier curves with wide pens takes 230 ms.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QPointF
from PySide6.QtGui import QPainterPath

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

_PIXELS_A_LINE = 22.0
_MOST_CACHED = 2
_ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])


def curve(left: float, right: float, points: int) -> tuple[Array, Array]:
    """x of a link's points, and the share of its rise made there: a cubic Bézier.

    Its control points stand halfway between the columns, so it leaves and arrives level.
    """
    t = np.linspace(0.0, 1.0, points)
    along = 1.5 * t * (1.0 - t) + t**3
    return left + (right - left) * along, t * t * (3.0 - 2.0 * t)


class Curves:
    """The curves from heights ``start`` at x ``left`` to heights ``end`` at ``right``, (m,)."""

    def __init__(self, left: float, right: float, start: Array, end: Array) -> None:
        self.left, self.right = left, right
        self.start, self.end = start, end
        self._cache: dict[tuple[int, float], NDArray[np.void]] = {}

    def only(self, chosen: Indices) -> Curves:
        """Some of the curves."""
        return Curves(self.left, self.right, self.start[chosen], self.end[chosen])

    def exact(self, member: int, ratio: float) -> QPainterPath:
        """One curve as it is, in device pixels (``ratio`` a logical one); slow to stroke."""
        left, right = self.left * ratio, self.right * ratio
        start, end = float(self.start[member]) * ratio, float(self.end[member]) * ratio
        path = QPainterPath(QPointF(left, start))
        middle = (left + right) / 2
        path.cubicTo(QPointF(middle, start), QPointF(middle, end), QPointF(right, end))
        return path

    def path(self, members: Indices, lines: int, ratio: float) -> QPainterPath:
        """Curves as ``lines`` parallel chains each, in device pixels (``ratio`` a logical one)."""
        if lines > _MOST_CACHED:
            return _to_path(self._elements(self.start[members], self.end[members], lines, ratio))
        elements = self._cache.get((lines, ratio))
        if elements is None:
            elements = self._elements(self.start, self.end, lines, ratio)
            self._cache[lines, ratio] = elements
        return _to_path(elements[members])

    def _elements(self, start: Array, end: Array, lines: int, ratio: float) -> NDArray[np.void]:
        """(m, lines, points) path elements."""
        rise = (end - start) * ratio
        tallest = float(np.abs(self.end - self.start).max())
        longest = float(np.hypot(self.right - self.left, tallest)) * ratio
        count = int(np.clip(longest / _PIXELS_A_LINE, 12, 96))
        x, share = curve(self.left * ratio, self.right * ratio, count)
        y = start[:, None] * ratio + rise[:, None] * share
        along, up = np.gradient(x), rise[:, None] * np.gradient(share)
        # A line is one pixel thick across its main direction: no seam may show between two.
        step = np.maximum(along, np.abs(up)) / np.maximum(along**2 + up**2, 1e-12)
        offsets = np.arange(lines)[:, None] - (lines - 1) / 2
        return _elements(
            x - offsets * (up * step)[:, None, :], y[:, None, :] + offsets * (along * step)[:, None]
        )


def path_of(x: Array, y: Array) -> QPainterPath:
    """A path of chains of lines, one a row of (m, points)."""
    return _to_path(_elements(x, y))


def _elements(x: Array, y: Array) -> NDArray[np.void]:
    elements = np.empty(x.shape, _ELEMENT)
    elements["kind"] = 1
    elements["kind"][..., 0] = 0
    elements["x"] = x
    elements["y"] = y
    return elements


def _to_path(elements: NDArray[np.void]) -> QPainterPath:
    """A path in Qt's own stream format: no call per point."""
    head = np.array([elements.size], ">i4").tobytes()
    tail = np.array([0, 1], ">i4").tobytes()
    path = QPainterPath()
    stream = QDataStream(QByteArray(head + elements.tobytes() + tail))
    stream >> path
    return path
