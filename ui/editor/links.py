"""How strongly links are drawn, and painting them in small pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from ui.editor.curves import Curves
from ui.editor.density import Density, Window
from ui.editor.weave import Array, Bundle, Indices
from ui.theme import Theme

STEPS = 8
"""Steps of strength that are told apart."""
DIMMED, PLAIN, STRONG = 0, 1, 2
"""How a link stands out: behind the others, as its weight says, in front of the others."""
MOST_INK = 0.42
"""Share of the area between columns that links may darken; beyond it the weak ones fade first."""
FEW = 120
"""Links in sight up to which all are stroked exactly; highlighted ones up to half as many."""
MOST_STROKED = 1200
"""Links of a bundle up to which all are stroked; of more, only the strongest on top of the ink."""
ON_TOP = 150
DIM = 0.33
"""Opacity of a dimmed link, of what it would have."""
_AT_ONCE = 60
"""Links stroked in one piece of work."""


class Looks:
    """Opacity and width (STEPS,) of a bundle's links by strength; ``step`` (m,) is each one's.

    ``height`` is the body's; ``share`` of the links' ink is what of it counts: when zoomed in, the
    same links lie further apart.
    """

    def __init__(self, part: Bundle, height: float, zoom: float = 1.0) -> None:
        count = part.share.size
        strength = np.linspace(0.0, 1.0, STEPS)
        faintest = float(np.clip(1.4 / np.sqrt(max(count, 1)), 0.03, 0.3))
        steep = 1.4 + 2.2 * min(count / 400, 1.0)
        self.width = (0.75 + 1.75 * strength**3) * float(np.clip(1.7 - count / 100, 1.0, 1.6))
        self.step = np.minimum((part.strength * STEPS).astype(np.intp), STEPS - 1)
        area = self._area(part, height) / zoom
        for _ in range(8):
            self.opacity = faintest + (0.95 - faintest) * strength**steep
            ink = float((area * self.opacity).sum())
            if ink <= MOST_INK:
                break
            faintest, steep = 0.85 * faintest, 1.15 * steep
        self.opacity *= min(1.0, MOST_INK / max(ink, 1e-9))
        self._strength = strength

    def standing_out(self) -> Looks:
        """The same links in front of all others."""
        self.opacity = np.maximum(self.opacity, 0.22 + 0.7 * self._strength)
        self.width = self.width + 0.5
        return self

    def _area(self, part: Bundle, height: float) -> Array:
        """(STEPS,) share of the area between the columns that links of each strength cover."""
        ways = part.curves
        gap = max(ways.right - ways.left, 1.0)
        covered = np.bincount(self.step, ways.lengths, STEPS) * self.width
        return np.asarray(covered / (gap * max(height, 1.0)))


class Work(NamedTuple):
    """Links to paint into a picture that shows a box of the view.

    ``part`` with ``looks`` are in layout coordinates, ``curves`` its ways in those of the view;
    ``chosen`` are the links to paint, ``exact`` says each for itself; ``faded`` (chosen,) is what
    of their opacity is left.
    """

    part: Bundle
    curves: Curves
    looks: Looks
    chosen: Indices
    exact: bool
    scale: float
    ratio: float
    box: QRectF
    faded: Array | None = None


def paint(image: QImage, work: Work, theme: Theme) -> Iterator[None]:
    """Paint the links in pieces of a few milliseconds, one a step of the iteration."""
    chosen, faded = work.chosen, work.faded
    if chosen.size > MOST_STROKED and work.curves.lane is None:
        strength = np.abs(work.part.share[chosen])
        order = np.argsort(-strength, kind="stable")
        yield from _paint_ink(image, work, order, theme)
        order = order[:ON_TOP]
        chosen, faded = chosen[order], None if faded is None else faded[order]
    fades = (1.0,) if faded is None else tuple(np.unique(faded))
    for fade in fades:
        members = chosen if faded is None else chosen[faded == fade]
        yield from _paint_strokes(image, work, members, float(fade), theme)


def _paint_ink(image: QImage, work: Work, order: Indices, theme: Theme) -> Iterator[None]:
    """Add up the ink of all links, the strongest first, and lay it into the picture."""
    box, ratio, looks = work.box, work.ratio, work.looks
    if work.curves.turned:
        window = Window(-box.bottom(), -box.top(), box.left(), box.right())
    else:
        window = Window(box.left(), box.right(), box.top(), box.bottom())
    ink = Density(work.curves, window, ratio)
    ordered = work.chosen[order]
    faded = None if work.faded is None else work.faded[order]
    for begin in range(0, ordered.size, ink.chunk):
        members = ordered[begin : begin + ink.chunk]
        step = looks.step[members]
        opacity = looks.opacity[step]
        if faded is not None:
            opacity = opacity * faded[begin : begin + ink.chunk]
        width = looks.width[step] * work.scale * ratio
        ink.add(members, opacity, width, work.part.share[members] > 0.0)
        yield
    laid = ink.image(theme.colour("positive"), theme.colour("negative"))
    yield
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(image.rect()), laid)
    painter.end()
    yield


def _paint_strokes(
    image: QImage, work: Work, chosen: Indices, fade: float, theme: Theme
) -> Iterator[None]:
    """Stroke links, weak before strong; links that look the same in one go."""
    looks, ratio = work.looks, work.ratio
    look = 2 * looks.step[chosen] + (work.part.share[chosen] > 0.0)
    order = np.argsort(look, kind="stable")
    starts = np.searchsorted(look[order], np.arange(2 * STEPS + 1))
    for number in range(2 * STEPS):
        members = chosen[order[starts[number] : starts[number + 1]]]
        visible = fade * float(looks.opacity[number // 2])
        device = float(looks.width[number // 2]) * work.scale * ratio
        lines = max(1, round(1.15 * device))
        if not work.exact:
            visible *= min(1.0, device / lines)
        pen = QPen(theme.colour("positive" if number % 2 else "negative", visible))
        pen.setWidthF(device if work.exact else 1.0)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        for begin in range(0, members.size, _AT_ONCE):
            some = members[begin : begin + _AT_ONCE]
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-work.box.left() * ratio, -work.box.top() * ratio)
            painter.setPen(pen)
            if work.exact:
                for member in some:
                    painter.drawPath(work.curves.exact(int(member), ratio))
            else:
                painter.drawPath(work.curves.path(some, lines, ratio))
            painter.end()
            yield


def stroke(
    painter: QPainter, part: Bundle, curves: Curves, looks: Looks, faded: Array, theme: Theme
) -> None:
    """Every link as a line of its own, weak before strong, for a figure.

    ``faded`` (m,) is what is left of each link's opacity; 0 leaves it out.
    """
    painter.setBrush(Qt.BrushStyle.NoBrush)
    look = 2 * looks.step + (part.share > 0.0)
    for member in np.lexsort((faded, look)):
        if faded[member] == 0.0:
            continue
        step = looks.step[member]
        sign = "positive" if part.share[member] > 0.0 else "negative"
        pen = QPen(theme.colour(sign, float(faded[member] * looks.opacity[step])))
        pen.setWidthF(float(looks.width[step]))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawPath(curves.exact(int(member), 1.0))


def paint_removed(
    painter: QPainter, curves: Curves, members: Indices, theme: Theme, scale: float
) -> None:
    """Removed links, dashed."""
    pen = QPen(theme.colour("muted", 0.45))
    pen.setWidthF(max(1.0, 0.8 * scale))
    pen.setDashPattern([4.0, 4.0])
    for member in members:
        # Else the dashes of links side by side would make a pattern.
        pen.setDashOffset(3.1 * int(member))
        painter.setPen(pen)
        painter.drawPath(curves.exact(int(member), 1.0))
