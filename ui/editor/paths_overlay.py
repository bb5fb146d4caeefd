"""Paths through the network, lit in front of its links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from ui.editor.curves import Curves
from ui.editor.layout import Layout
from ui.theme import Theme

_VEIL = 0.72
"""How much of the other links the veil between them and the lit ones hides."""
_THIN, _THICK = 1.0, 4.5
_FAINTEST = 0.25


@dataclass(frozen=True, slots=True)
class LitLink:
    """A link on a path: from (layer, neuron) to (layer, neuron).

    ``share`` is what runs through it on the scale of the strongest, -1..1.
    """

    source: tuple[int, int]
    target: tuple[int, int]
    share: float


def link_path(
    layout: Layout, source: tuple[int, int], target: tuple[int, int]
) -> QPainterPath | None:
    """The way of one link; None if one of its ends has no place."""
    before, after = layout.columns[source[0]], layout.columns[target[0]]
    first, last = before.place_of(source[1]), after.place_of(target[1])
    if first is None or last is None:
        return None
    lane = layout.lanes.get((source[0], target[0]))
    height, level = None, (0.0, 0.0)
    if lane is not None:
        height, level = np.array([lane.y + lane.height / 2]), (lane.x, lane.right)
    start, end = before.link_y[first : first + 1], after.link_y[last : last + 1]
    ways = Curves(before.right, after.left, start, end, height, level, layout.turned)
    return ways.exact(0, 1.0)


def paint(painter: QPainter, layout: Layout, links: Sequence[LitLink], theme: Theme) -> int:
    """Veil all links and paint these in front, the strongest last; returns how many it painted."""
    painter.fillRect(QRectF(*layout.window), theme.colour("panel", _VEIL))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painted = 0
    for link in sorted(links, key=lambda one: abs(one.share)):
        path = link_path(layout, link.source, link.target)
        if path is None:
            continue
        strength = min(1.0, abs(link.share))
        colour = theme.colour("positive" if link.share > 0.0 else "negative")
        colour.setAlphaF(_FAINTEST + (1.0 - _FAINTEST) * strength)
        pen = QPen(colour, _THIN + (_THICK - _THIN) * strength)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.strokePath(path, pen)
        painted += 1
    return painted
