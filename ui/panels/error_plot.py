"""The relative error over h, both in powers of ten, with the chosen h marked."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPen

from ui.panels.curves import Axis
from ui.style import current_scale, numbers_font, words_font
from ui.theme import CAPTION_SIZE, Theme

_LOWEST = 1e-13


class ErrorPlot(pg.PlotWidget):
    """A curve of one error an h: truncation on the right, cancellation on the left."""

    def __init__(self, theme: Theme) -> None:
        self._left, self._bottom = Axis("left", 40), Axis("bottom", 80)
        super().__init__(axisItems={"left": self._left, "bottom": self._bottom}, enableMenu=False)
        self.setAccessibleName("Relative error over h")
        self.setMinimumSize(120, 60)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.getPlotItem()
        item.hideButtons()
        item.setMouseEnabled(False, False)
        item.layout.setContentsMargins(0, 6, 8, 0)
        self._left.decades = self._bottom.decades = True
        self._curve = pg.PlotCurveItem(connect="finite", antialias=True)
        self._here = pg.InfiniteLine(angle=90, movable=False)
        self._dot = pg.ScatterPlotItem(pxMode=True)
        box = item.getViewBox()
        box.disableAutoRange()
        for part in (self._curve, self._here, self._dot):
            box.addItem(part, ignoreBounds=True)
        self._box = box
        box.setRange(xRange=(-12.2, -0.8), yRange=(-13.0, 1.0), padding=0.0)
        self.dress(theme)
        box.sigResized.connect(self._write_labels)

    def dress(self, theme: Theme) -> None:
        """Take over colours and size of type."""
        scale = current_scale()
        numbers = numbers_font(CAPTION_SIZE)
        self.setBackground(theme.colour("panel"))
        self._left.dress(theme, numbers, grid=True)
        self._bottom.dress(theme, numbers, grid=False)
        self._left.setWidth(round(58 * scale))
        self._bottom.setHeight(round(34 * scale))
        self._theme = theme
        self._write_labels()
        pen = QPen(theme.colour("activation"), 1.5 * scale)
        pen.setCosmetic(True)
        self._curve.setPen(pen)
        self._here.setPen(QPen(theme.colour("accent"), 0.0))
        self._dot.setBrush(theme.colour("accent"))
        self._dot.setPen(None)
        self._dot.setSize(8 * scale)

    def _write_labels(self) -> None:
        """Name the axes; the upright name is the longest that has room."""
        words = words_font(CAPTION_SIZE)
        metrics, room = QFontMetrics(words), self._box.height() + 12.0
        names = ("relative error", "error", "")
        left = next(name for name in names if metrics.horizontalAdvance(name) <= room)
        for axis, text in ((self._left, left), (self._bottom, "h")):
            axis.label.setFont(words)
            style = {"color": self._theme.muted, "font-size": f"{words.pixelSize()}px"}
            axis.setLabel(text, **style)
            # pyqtgraph would leave a label of another length where the last one stood.
            axis.resizeEvent()

    def show_errors(self, steps: tuple[float, ...], errors: list[float], place: int) -> None:
        """Draw the error at each step, and mark the one chosen; an error of 0 is at the bottom."""
        x = np.log10(np.array(steps))
        if not errors:
            self._curve.clear()
            self._dot.clear()
            self._here.setValue(x[place])
            return
        with np.errstate(invalid="ignore"):
            y = np.log10(np.clip(np.array(errors), _LOWEST, None))
        y[~np.isfinite(y)] = np.nan
        self._curve.setData(x, y)
        self._here.setValue(x[place])
        self._dot.setData([x[place]], [y[place]] if np.isfinite(y[place]) else [0.0])
