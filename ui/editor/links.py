"""The links: which are drawn, and how strongly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPen

from ui.editor.weave import Array, Bundle, Indices, Levels
from ui.theme import Theme

FAINTEST = 0.02
"""Opacity below which a link is left out."""
STEPS = 8
"""Steps of strength that are told apart."""
DIMMED, PLAIN, STRONG = 0, 1, 2
"""How a link stands out: behind the others, as its weight says, in front of the others."""
MOST_INK = 0.42
"""Share of the area between columns that links may darken; beyond it the weak ones fade first."""
FEW = 120
"""Links up to which all are stroked exactly; highlighted ones of a bundle up to half as many."""
DIM = 0.33
"""Opacity of a dimmed link, of what it would have."""


class _Looks:
    """Opacity and width (STEPS,) of a bundle's links by strength, DIMMED, PLAIN or STRONG."""

    def __init__(self, part: Bundle, standing: int, height: float) -> None:
        count = part.share.size
        strength = np.linspace(0.0, 1.0, STEPS)
        faintest = float(np.clip(1.4 / np.sqrt(max(count, 1)), 0.03, 0.3))
        steep = 1.4 + 2.2 * min(count / 400, 1.0)
        self.width = (0.75 + 1.75 * strength**3) * float(np.clip(1.7 - count / 100, 1.0, 1.6))
        self.step = np.minimum((part.strength * STEPS).astype(np.intp), STEPS - 1)
        area = self._area(part, height)
        for _ in range(8):
            self.opacity = faintest + (0.95 - faintest) * strength**steep
            ink = float((area * self.opacity).sum())
            if ink <= MOST_INK:
                break
            faintest, steep = 0.85 * faintest, 1.15 * steep
        self.opacity *= min(1.0, MOST_INK / max(ink, 1e-9))
        if standing == STRONG:
            self.opacity = np.maximum(self.opacity, 0.22 + 0.7 * strength)
            self.width += 0.5
        elif standing == DIMMED:
            self.opacity *= DIM

    def _area(self, part: Bundle, height: float) -> Array:
        """(STEPS,) share of the area between the columns that links of each strength cover."""
        ways = part.curves
        gap = max(ways.right - ways.left, 1.0)
        covered = np.bincount(self.step, ways.lengths, STEPS) * self.width
        return np.asarray(covered / (gap * max(height, 1.0)))


def paint(
    image: QImage,
    ratio: float,
    parts: Sequence[Bundle],
    removed: Sequence[Bundle],
    emphasis: Sequence[Levels],
    theme: Theme,
    scale: float,
    height: float,
) -> None:
    """Paint all bundles, and dashed below them those of ``removed`` links.

    ``ratio`` device pixels are one logical; ``emphasis`` is per link; ``height`` is the body's.
    """
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_removed(painter, ratio, removed, theme, scale)
    few = sum(part.share.size for part in parts) <= FEW
    for standing in (DIMMED, PLAIN, STRONG):
        for part, levels in zip(parts, emphasis, strict=True):
            chosen = np.flatnonzero(levels == standing)
            if chosen.size == 0:
                continue
            looks = _Looks(part, standing, height)
            exact = few or (standing == STRONG and chosen.size <= FEW // 2)
            _paint_bundle(painter, ratio, part, chosen, looks, theme, scale, exact)
    painter.end()


def _paint_removed(
    painter: QPainter, ratio: float, removed: Sequence[Bundle], theme: Theme, scale: float
) -> None:
    pen = QPen(theme.colour("muted", 0.45))
    pen.setWidthF(max(1.0, 0.8 * scale * ratio))
    pen.setDashPattern([4.0, 4.0])
    for part in removed:
        for member in range(part.share.size):
            # Else the dashes of links side by side would make a pattern.
            pen.setDashOffset(3.1 * member)
            painter.setPen(pen)
            painter.drawPath(part.curves.exact(member, ratio))


def _paint_bundle(
    painter: QPainter,
    ratio: float,
    part: Bundle,
    chosen: Indices,
    looks: _Looks,
    theme: Theme,
    scale: float,
    exact: bool,
) -> None:
    """Paint links of one bundle, weak before strong; links that look the same in one go."""
    look = 2 * looks.step[chosen] + (part.share[chosen] > 0.0)
    order = np.argsort(look, kind="stable")
    starts = np.searchsorted(look[order], np.arange(2 * STEPS + 1))
    for number in range(2 * STEPS):
        members = order[starts[number] : starts[number + 1]]
        visible = float(looks.opacity[number // 2])
        if members.size == 0 or visible < FAINTEST:
            continue
        device = float(looks.width[number // 2]) * scale * ratio
        lines = max(1, round(1.15 * device))
        if not exact:
            visible *= min(1.0, device / lines)
        pen = QPen(theme.colour("positive" if number % 2 else "negative", visible))
        pen.setWidthF(device if exact else 1.0)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        if exact:
            for member in chosen[members]:
                painter.drawPath(part.curves.exact(int(member), ratio))
        else:
            painter.drawPath(part.curves.path(chosen[members], lines, ratio))
