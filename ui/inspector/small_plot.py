"""A small plot: a frame, two axes with their ends written at them, and room for curves."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.panels.text import MINUS, limit_text
from ui.style import current_scale, numbers_font
from ui.theme import CAPTION_SIZE, DARK, LIGHT, Theme

Array = NDArray[np.float64]
_PAD = 4.0
_USUAL = "−0.012"
"""What there is room for at the side in any case."""
_WIDEST = "−0.012345"
"""What a number at an axis is at most; longer ones are shortened."""


def current_theme() -> Theme:
    """The theme everything is drawn in now.

    A widget's own palette does not tell: a style sheet may have made its background transparent.
    """
    dark = QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128
    return DARK if dark else LIGHT


class SmallPlot(QWidget):
    """Maps numbers to places; subclasses draw in :meth:`_draw`."""

    def __init__(self, name: str, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height = height
        self._x = self._y = (0.0, 1.0)
        self._sides = _told_apart(*self._y)
        self.setObjectName(name)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def theme(self) -> Theme:
        """The theme it is drawn in."""
        return current_theme()

    @property
    def x_range(self) -> tuple[float, float]:
        """The numbers at the left and at the right end."""
        return self._x

    @property
    def y_range(self) -> tuple[float, float]:
        """The numbers at the bottom and at the top."""
        return self._y

    def set_ranges(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show these ranges; one of no width gets some."""
        self._x, self._y = _widened(*x), _widened(*y)
        self._sides = _told_apart(*self._y)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, round(self._height * current_scale()))

    def minimumSizeHint(self) -> QSize:
        return QSize(96, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ApplicationFontChange, QEvent.Type.FontChange):
            self.updateGeometry()
        return super().event(event)

    @property
    def frame(self) -> QRectF:
        """Where the curves are, px; the numbers of the axes stand left of it and below."""
        metrics = QFontMetricsF(numbers_font(CAPTION_SIZE))
        side = max(metrics.horizontalAdvance(text) for text in (_USUAL, *self._sides)) + 4.0
        return QRectF(self.rect()).adjusted(side + 0.5, 0.5, -0.5, -metrics.height() - 0.5)

    def place(self, x: float, y: float) -> QPointF:
        """Where a point is drawn, px."""
        frame = self.frame.adjusted(_PAD, _PAD, -_PAD, -_PAD)
        across = (x - self._x[0]) / (self._x[1] - self._x[0])
        up = (y - self._y[0]) / (self._y[1] - self._y[0])
        return QPointF(frame.left() + across * frame.width(), frame.bottom() - up * frame.height())

    def number_at(self, x: float) -> float:
        """The number on the horizontal axis below a place, px."""
        frame = self.frame.adjusted(_PAD, _PAD, -_PAD, -_PAD)
        share = min(1.0, max(0.0, (x - frame.left()) / max(1.0, frame.width())))
        return self._x[0] + share * (self._x[1] - self._x[0])

    def curve(self, x: Array, y: Array) -> QPolygonF:
        """A curve as it is drawn; what is no number is left out."""
        known = np.isfinite(x) & np.isfinite(y)
        return QPolygonF(
            [self.place(*point) for point in zip(x[known].tolist(), y[known].tolist(), strict=True)]
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, frame = self.theme, self.frame
        painter.setPen(QPen(theme.colour("line"), 1.0))
        painter.setBrush(theme.colour("background"))
        painter.drawRoundedRect(frame, 4, 4)
        painter.setPen(QPen(theme.colour("muted", 0.45), 1.0))
        if self._y[0] < 0.0 < self._y[1]:
            y = self.place(0.0, 0.0).y()
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
        if self._x[0] < 0.0 < self._x[1]:
            x = self.place(0.0, 0.0).x()
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        painter.setFont(numbers_font(CAPTION_SIZE))
        painter.setPen(theme.colour("muted"))
        self._write_ends(painter)
        painter.save()
        painter.setClipRect(frame)
        self._draw(painter)
        painter.restore()
        painter.end()

    def _write_ends(self, painter: QPainter) -> None:
        frame = self.frame
        side = QRectF(0.0, frame.top(), frame.left() - 4.0, frame.height())
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        top, bottom = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
        low, high = self._end_texts()
        lowest, highest = self._sides
        painter.drawText(side, right | top, highest)
        painter.drawText(side, right | bottom, lowest)
        foot = QRectF(frame.left(), frame.bottom(), frame.width(), self.height() - frame.bottom())
        painter.drawText(foot, left | bottom, low)
        painter.drawText(foot, right | bottom, high)

    def _end_texts(self) -> tuple[str, str]:
        """What stands at both ends of the horizontal axis."""
        return _told_apart(*self._x)

    def _draw(self, painter: QPainter) -> None:
        """Draw what is to be seen; outside the frame it is cut off."""
        raise NotImplementedError


def _told_apart(low: float, high: float) -> tuple[str, str]:
    """Both ends with as few decimals as tell them apart, shorter ones where they are large."""
    decimals = max(0, 1 - math.floor(math.log10(high - low)))
    texts = tuple(f"{value + 0.0:.{decimals}f}".replace("-", MINUS) for value in (low, high))
    if all(set(text[-decimals:]) == {"0"} for text in texts) and decimals:
        texts = tuple(text[: -decimals - 1] for text in texts)
    if max(map(len, texts)) > len(_WIDEST):
        texts = tuple(limit_text(float(f"{value:.2g}")) for value in (low, high))
    return texts[0], texts[1]


def _widened(low: float, high: float) -> tuple[float, float]:
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0.0, 1.0
    if high - low > 1e-12 * max(abs(low), abs(high), 1e-300):
        return low, high
    half = max(abs(low), 1e-3) * 0.5
    return low - half, high + half
