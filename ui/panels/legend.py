"""The scale beside a picture: a bar of its colours with numbers at its ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.panels.text import MINUS, limit_text
from ui.style import current_scale, numbers_font
from ui.theme import CAPTION_SIZE, Theme

BAR = 12
"""Thickness of the bar, px."""


def paint_colour_bar(painter: QPainter, rect: QRectF, table: NDArray[np.uint8]) -> None:
    """Fill ``rect`` with the colours of an (n, 4) table: up if it is high, else to the right."""
    upright = rect.height() > rect.width()
    colours = np.ascontiguousarray(table[::-1, None] if upright else table[None])
    height, width = colours.shape[:2]
    image = QImage(colours.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    painter.drawImage(rect, image)


class ColourScale(QWidget):
    """An upright bar from -limit (bottom) over 0 to +limit (top)."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limit = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Colour scale")
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take over colours and size of type."""
        self._theme = theme
        self._font = numbers_font(CAPTION_SIZE)
        self.updateGeometry()
        self.update()

    def set_limit(self, limit: float) -> None:
        """Put another number at the ends."""
        if limit != self._limit:
            self._limit = limit
            self.setAccessibleDescription(f"from -{limit:g} to {limit:g}")
            self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for any limit."""
        return QSize(BAR + 6 + QFontMetrics(self._font).horizontalAdvance("+0.007"), 80)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bar and numbers."""
        painter = QPainter(self)
        metrics = QFontMetrics(self._font)
        line = metrics.height()
        top = 2.0
        bar = QRectF(0.0, top, BAR, min(self.height() - 4.0, 190.0 * current_scale()))
        paint_colour_bar(painter, bar, self._theme.signed_table)
        painter.setFont(self._font)
        painter.setPen(self._theme.colour("text"))
        end = limit_text(self._limit)
        texts = (("+" + end, bar.top() + line / 2), ("0", bar.center().y()))
        for text, middle in (*texts, (MINUS + end, bar.bottom() - line / 2)):
            place = QRectF(bar.right() + 6, middle - line / 2, self.width(), line)
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            if text == "0":
                text = " 0"
                tick = QPointF(bar.right(), middle)
                painter.drawLine(tick, tick + QPointF(3.0, 0.0))
            painter.drawText(place, left, text)
