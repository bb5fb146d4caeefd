"""Curves of many points: thinning that keeps every peak, and axes in the theme's hand."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPen

from ui.panels.scales import round_up
from ui.panels.text import MINUS, superscript
from ui.theme import Theme

_ENDS = 10


def peak_indices(values: NDArray[np.float64], bins: int) -> NDArray[np.intp]:
    """Which points of a curve to draw, at most two a bin: each bin's smallest and largest.

    Points are cut into bins of equal count.  Not-a-number and infinite values count as missing; a
    bin in which all are missing keeps one of them, as a gap.
    """
    count = len(values)
    bins = max(1, bins)
    if count <= 2 * bins:
        return np.arange(count)
    size = -(-count // bins)
    rows = -(-count // size)
    padded = np.full(rows * size, np.nan)
    padded[:count] = values
    padded[~np.isfinite(padded)] = np.nan
    table = padded.reshape(rows, size)
    missing = np.isnan(table)
    starts = np.arange(rows) * size
    low = np.where(missing, np.inf, table).argmin(axis=1) + starts
    high = np.where(missing, -np.inf, table).argmax(axis=1) + starts
    return np.unique(np.concatenate([low, high]))


class Axis(pg.AxisItem):
    """An axis with few round ticks, grid lines in the theme's line colour, numbers in their font.

    With ``decades`` set, its values are powers of ten.
    """

    def __init__(self, orientation: str, pixels_per_tick: int) -> None:
        super().__init__(orientation)
        self.decades = False
        self._pixels_per_tick = pixels_per_tick
        self.enableAutoSIPrefix(False)
        self.setStyle(
            tickLength=0,
            maxTickLevel=0,
            tickAlpha=255,
            tickTextOffset=6,
            hideOverlappingLabels=40,
        )

    def dress(self, theme: Theme, font: QFont, *, grid: bool, token: str = "muted") -> None:
        """Take over colours and type."""
        self.setPen(QPen(theme.colour("line"), 1.0))
        self.setTickPen(QPen(theme.colour("line"), 1.0))
        self.setTextPen(QPen(theme.colour(token)))
        self.setTickFont(font)
        self.setGrid(255 if grid else False)

    def boundingRect(self) -> QRectF:
        """With room for the labels at both ends, which grid lines would otherwise take away."""
        rect = QRectF(super().boundingRect())
        upright = self.orientation in ("left", "right")
        return rect.adjusted(0, -_ENDS, 0, _ENDS) if upright else rect

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        """One level of ticks, at round numbers."""
        low, high = min(minVal, maxVal), max(minVal, maxVal)
        if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
            return []
        spacing = round_up((high - low) * self._pixels_per_tick / max(size, 1.0))
        if self.decades:
            spacing = max(1.0, float(math.ceil(spacing)))
        first = math.ceil(low / spacing - 1e-9)
        last = math.floor(high / spacing + 1e-9)
        return [(spacing, [n * spacing for n in range(first, min(last, first + 50) + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The numbers at the ticks."""
        if self.decades:
            return [_power_text(round(value)) for value in values]
        if not values:
            return []
        if spacing < 1e-4 or max(abs(value) for value in values) >= 1e7:
            texts = [f"{value:.3g}" for value in values]
        else:
            digits = max(0, -math.floor(math.log10(spacing) + 1e-9))
            texts = [f"{value:,.{digits}f}" for value in values]
        return [text.replace("-", MINUS) for text in texts]


def _power_text(power: int) -> str:
    """10 to a power as a number while that is short."""
    return f"{10.0**power:g}" if -3 <= power <= 3 else f"10{superscript(power)}"
