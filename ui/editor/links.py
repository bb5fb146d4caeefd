"""The links: which are drawn, how strongly, and which passes nearest to a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPen

from simulator.snapshot import Snapshot
from ui.editor.curves import Curves, curve
from ui.editor.layout import Column, Layout
from ui.editor.readings import largest_of
from ui.theme import SIGNED_EXPONENT, Theme

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Levels = NDArray[np.int8]

MOST_LINKS = 3000
"""Links drawn at most; the weakest of each layer give way."""
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


@dataclass(frozen=True)
class Bundle:
    """The links drawn between two neighbouring columns.

    Attributes
    ----------
    layer : the layer they lead into.
    source, target : (m,) neuron numbers in the layer before and in this one.
    curves : the m ways they take.
    share : (m,) weight on the layer's scale, -1..1; ``largest`` is that scale's end.
    total : links there are between the two layers.
    floor : share from which on links are drawn, when the weakest have given way.
    """

    layer: int
    source: Indices
    target: Indices
    curves: Curves
    share: Array
    largest: float
    total: int
    floor: float = 0.0

    @property
    def strength(self) -> Array:
        """(m,) how strong each link looks, 0..1."""
        share = np.maximum(np.abs(self.share) - self.floor, 0.0) / max(1.0 - self.floor, 1e-9)
        return np.asarray(share**SIGNED_EXPONENT)

    def strongest(self, count: int) -> Bundle:
        """The strongest links only."""
        share = np.abs(self.share)
        if share.size <= count:
            return self
        chosen = np.sort(np.argpartition(share, share.size - count)[share.size - count :])
        return Bundle(
            self.layer,
            self.source[chosen],
            self.target[chosen],
            self.curves.only(chosen),
            self.share[chosen],
            self.largest,
            self.total,
            float(share[chosen].min()),
        )


class Weave:
    """All links of one layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._gaps = [
            _gap(before, after)
            for before, after in zip(layout.columns[:-1], layout.columns[1:], strict=True)
        ]

    def bundles(self, snapshot: Snapshot) -> list[Bundle]:
        """The strongest links between the neurons shown, per layer of the network."""
        parts = [self._bundle(snapshot.weights(n + 1), n) for n in range(len(self._gaps))]
        room = MOST_LINKS
        kept: dict[int, Bundle] = {}
        for left, part in enumerate(sorted(parts, key=lambda part: part.share.size)):
            kept[part.layer] = part.strongest(room // (len(parts) - left))
            room -= kept[part.layer].share.size
        return [kept[part.layer] for part in parts]

    def _bundle(self, weights: Array, gap: int) -> Bundle:
        before, after = self._layout.columns[gap], self._layout.columns[gap + 1]
        largest = largest_of(weights)
        if before.hidden or after.hidden:
            weights = weights[np.ix_(after.shown, before.shown)]
        flat = np.nan_to_num(weights.ravel(), posinf=largest, neginf=-largest)
        share = flat / largest if largest > 0.0 else np.zeros(flat.size)
        source, target, curves = self._gaps[gap]
        return Bundle(
            after.layer, source, target, curves, share, largest, before.units * after.units
        )

    def caption(self, parts: Sequence[Bundle]) -> str:
        """What is not drawn, in words; empty when every link is."""
        drawn = sum(part.share.size for part in parts)
        total = sum(part.total for part in parts)
        if drawn == total:
            return ""
        shown = any(column.hidden for column in self._layout.columns)
        if drawn < MOST_LINKS:
            return f"{drawn:,} of {total:,} links: those between the neurons shown"
        words = f"strongest {drawn:,} of {total:,} links"
        return f"{words}, between the neurons shown" if shown else words


def _gap(before: Column, after: Column) -> tuple[Indices, Indices, Curves]:
    target, source = np.divmod(np.arange(len(after.shown) * len(before.shown)), len(before.shown))
    curves = Curves(before.right, after.left, before.link_y[source], after.link_y[target])
    return before.shown[source], after.shown[target], curves


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
        length = np.hypot(gap, ways.end - ways.start)
        covered = np.bincount(self.step, length, STEPS) * self.width
        return np.asarray(covered / (gap * max(height, 1.0)))


def paint(
    image: QImage,
    ratio: float,
    parts: Sequence[Bundle],
    emphasis: Sequence[Levels],
    theme: Theme,
    scale: float,
    height: float,
) -> None:
    """Paint all bundles.

    ``ratio`` device pixels are one logical; ``emphasis`` is per link; ``height`` is the body's.
    """
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
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


def nearest(
    parts: Sequence[Bundle], x: float, y: float, reach: float = 8.0
) -> tuple[int, int, int] | None:
    """(layer, neuron in it, neuron before it) of the link passing nearest, or None."""
    best: tuple[float, int, int, int] | None = None
    for part in parts:
        ways = part.curves
        if part.share.size == 0 or not ways.left - reach <= x <= ways.right + reach:
            continue
        along, rise = curve(ways.left, ways.right, 65)
        near = np.searchsorted(along, [x - reach, x + reach])
        window = slice(max(min(int(near[0]), 64) - 1, 0), int(near[1]) + 1)
        height = ways.start[:, None] + (ways.end - ways.start)[:, None] * rise[window]
        far = _distance(along[window], height, x, y)
        place = int(np.argmin(far))
        if far[place] <= reach and (best is None or far[place] < best[0]):
            best = float(far[place]), part.layer, int(part.target[place]), int(part.source[place])
    return None if best is None else best[1:]


def _distance(along: Array, height: Array, x: float, y: float) -> Array:
    """(m,) distance of a point from each chain of lines (m, points) with common ``along``."""
    step_x, step_y = np.diff(along), np.diff(height, axis=1)
    to_x, to_y = x - along[:-1], y - height[:, :-1]
    share = (to_x * step_x + to_y * step_y) / np.maximum(step_x**2 + step_y**2, 1e-12)
    share = np.clip(share, 0.0, 1.0)
    far = np.hypot(to_x - share * step_x, to_y - share * step_y)
    return np.asarray(far.min(axis=1))
