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
    """The curves from heights ``start`` at x ``left`` to heights ``end`` at ``right``, (m,).

    With a ``lane`` they first go to those heights, (m,), run level from x ``level[0]`` to
    ``level[1]`` past what stands between, and go to their end from there.
    """

    def __init__(
        self,
        left: float,
        right: float,
        start: Array,
        end: Array,
        lane: Array | None = None,
        level: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self.left, self.right = left, right
        self.start, self.end = start, end
        self.lane, self.level = lane, level
        self._cache: dict[tuple[int, float], NDArray[np.void]] = {}

    def only(self, chosen: Indices) -> Curves:
        """Some of the curves."""
        lane = None if self.lane is None else self.lane[chosen]
        return Curves(self.left, self.right, self.start[chosen], self.end[chosen], lane, self.level)

    @property
    def lengths(self) -> Array:
        """(m,) about how long each curve is."""
        if self.lane is None:
            return np.asarray(np.hypot(self.right - self.left, self.end - self.start))
        first, last = self.level
        up = np.hypot(first - self.left, self.lane - self.start)
        down = np.hypot(self.right - last, self.end - self.lane)
        return np.asarray(up + down + last - first)

    def points(self, count: int) -> tuple[Array, Array]:
        """x of the points of all curves, ascending, and their y, (m, points)."""
        if self.lane is None:
            x, share = curve(self.left, self.right, count)
            return x, self.start[:, None] + (self.end - self.start)[:, None] * share
        first, last = self.level
        ends = max(count // 3, 9)
        up_x, up = curve(self.left, first, ends)
        down_x, down = curve(last, self.right, ends)
        level_x = np.linspace(first, last, max(count // 3, 5))[1:-1]
        level = np.broadcast_to(self.lane[:, None], (len(self.lane), len(level_x)))
        parts = (
            self.start[:, None] + (self.lane - self.start)[:, None] * up,
            level,
            self.lane[:, None] + (self.end - self.lane)[:, None] * down,
        )
        return np.concatenate([up_x, level_x, down_x]), np.concatenate(parts, axis=1)

    def exact(self, member: int, ratio: float) -> QPainterPath:
        """One curve as it is, in device pixels (``ratio`` a logical one); slow to stroke."""
        x, y = self.left * ratio, float(self.start[member]) * ratio
        path = QPainterPath(QPointF(x, y))
        right, end = self.right * ratio, float(self.end[member]) * ratio
        if self.lane is not None:
            first, last = self.level[0] * ratio, self.level[1] * ratio
            lane = float(self.lane[member]) * ratio
            middle = (x + first) / 2
            path.cubicTo(QPointF(middle, y), QPointF(middle, lane), QPointF(first, lane))
            path.lineTo(QPointF(last, lane))
            x, y = last, lane
        middle = (x + right) / 2
        path.cubicTo(QPointF(middle, y), QPointF(middle, end), QPointF(right, end))
        return path

    def path(self, members: Indices, lines: int, ratio: float) -> QPainterPath:
        """Curves as ``lines`` parallel chains each, in device pixels (``ratio`` a logical one)."""
        if lines > _MOST_CACHED:
            return _to_path(self.only(members)._elements(lines, ratio, self._count(ratio)))
        elements = self._cache.get((lines, ratio))
        if elements is None:
            elements = self._elements(lines, ratio, self._count(ratio))
            self._cache[lines, ratio] = elements
        return _to_path(elements[members])

    def _count(self, ratio: float) -> int:
        """Points a curve needs, for lines that paint fast."""
        longest = float(self.lengths.max()) * ratio
        return int(np.clip(longest / _PIXELS_A_LINE, 12, 96))

    def _elements(self, lines: int, ratio: float, count: int) -> NDArray[np.void]:
        """(m, lines, points) path elements."""
        x, y = self.points(count)
        x, y = x * ratio, y * ratio
        along, up = np.gradient(x), np.gradient(y, axis=1)
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
