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
_MOST_KEPT = 3000
"""Curves of which the points are kept."""
_ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])


def curve(left: float, right: float, points: int) -> tuple[Array, Array]:
    """Where along the way a link's points are, and the share of its rise made there: a Bézier.

    Its control points stand halfway between the columns, so it leaves and arrives level.
    """
    t = np.linspace(0.0, 1.0, points)
    along = 1.5 * t * (1.0 - t) + t**3
    return left + (right - left) * along, t * t * (3.0 - 2.0 * t)


class Curves:
    """The curves from heights ``start`` at ``left`` to heights ``end`` at ``right``, (m,).

    Heights are across the way, ``left`` and ``right`` along it.  With a ``lane`` they first go to
    those heights, (m,), run level from ``level[0]`` to ``level[1]`` past what stands between, and
    go to their end from there.  ``turned`` curves run up the view: along is −y, across is x.
    """

    def __init__(
        self,
        left: float,
        right: float,
        start: Array,
        end: Array,
        lane: Array | None = None,
        level: tuple[float, float] = (0.0, 0.0),
        turned: bool = False,
    ) -> None:
        self.turned = turned
        self.left, self.right = left, right
        self.start, self.end = start, end
        self.lane, self.level = lane, level
        self._cache: dict[tuple[int, float], NDArray[np.void]] = {}

    def only(self, chosen: Indices) -> Curves:
        """Some of the curves."""
        lane = None if self.lane is None else self.lane[chosen]
        ends = self.start[chosen], self.end[chosen]
        return Curves(self.left, self.right, *ends, lane, self.level, self.turned)

    def moved(self, scale: float, along: float, across: float) -> Curves:
        """The curves ``scale`` as large, moved by so much along and across the way."""
        if (scale, along, across) == (1.0, 0.0, 0.0):
            return self
        first, last = self.level
        return Curves(
            along + scale * self.left,
            along + scale * self.right,
            across + scale * self.start,
            across + scale * self.end,
            None if self.lane is None else across + scale * self.lane,
            (along + scale * first, along + scale * last),
            self.turned,
        )

    def seen(self, along: tuple[float, float], across: tuple[float, float]) -> Indices:
        """Numbers of the curves that come into a window of the way; all of those in lanes."""
        if self.lane is not None:
            return np.arange(self.start.size)
        if along[0] > self.right or along[1] < self.left:
            return np.arange(0)
        shares = self.shares(np.clip(along, self.left, self.right))
        rise = self.end - self.start
        one, other = self.start + rise * shares[0], self.start + rise * shares[1]
        inside = (np.maximum(one, other) >= across[0]) & (np.minimum(one, other) <= across[1])
        return np.flatnonzero(inside)

    def shares(self, along: Array) -> Array:
        """The share of a curve's rise that is made at these places along the way."""
        table, share = curve(self.left, self.right, 257)
        return np.asarray(np.interp(along, table, share))

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
        """Places along the way, ascending, and across it, (m, points), of all curves' points."""
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

    def across_at(self, along: Array) -> Array:
        """(m, points) where across the way the curves are at these places along it."""
        if self.lane is None:
            return self.start[:, None] + (self.end - self.start)[:, None] * self.shares(along)
        table, across = self.points(97)
        place = np.clip(np.searchsorted(table, along), 1, len(table) - 1)
        step = np.maximum(table[place] - table[place - 1], 1e-12)
        share = np.clip((along - table[place - 1]) / step, 0.0, 1.0)
        return across[:, place - 1] * (1.0 - share) + across[:, place] * share

    def exact(self, member: int, ratio: float) -> QPainterPath:
        """One curve as it is, in device pixels (``ratio`` a logical one); slow to stroke."""

        def point(along: float, across: float) -> QPointF:
            x, y = (across, -along) if self.turned else (along, across)
            return QPointF(x * ratio, y * ratio)

        left, start = self.left, float(self.start[member])
        right, end = self.right, float(self.end[member])
        path = QPainterPath(point(left, start))
        if self.lane is not None:
            first, last = self.level
            lane = float(self.lane[member])
            middle = (left + first) / 2
            path.cubicTo(point(middle, start), point(middle, lane), point(first, lane))
            path.lineTo(point(last, lane))
            left, start = last, lane
        middle = (left + right) / 2
        path.cubicTo(point(middle, start), point(middle, end), point(right, end))
        return path

    def path(self, members: Indices, lines: int, ratio: float) -> QPainterPath:
        """Curves as ``lines`` parallel chains each, in device pixels (``ratio`` a logical one)."""
        if lines > _MOST_CACHED or self.start.size > _MOST_KEPT:
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
        x = x - offsets * (up * step)[:, None, :]
        y = y[:, None, :] + offsets * (along * step)[:, None]
        return _elements(y, -x) if self.turned else _elements(x, y)


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
