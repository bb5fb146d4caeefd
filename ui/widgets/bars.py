"""One bar a class: what the network answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.style import current_scale, numbers_font, words_font
from ui.theme import CAPTION_SIZE, LIGHT, Theme

ROW_LEAST, ROW_WANTED = 13, 22
HINT = "Draw something to see the answer"
_GAP = 8.0
_LABEL_SHARE = 0.34
_NUMBER = "0.000"


class ClassBars(QWidget):
    """Rows "label | bar | 0.994"; the largest value is the winner and printed bold."""

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._classes: list[str] = []
        self._values: NDArray[np.float64] | None = None
        self._hint = HINT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("The network's answer")

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def classes(self) -> list[str]:
        """The labels of the rows."""
        return list(self._classes)

    def set_classes(self, classes: Sequence[str]) -> None:
        """One row a class; the values are forgotten."""
        self._classes = [str(name) for name in classes]
        self._values = None
        self._describe()
        self.updateGeometry()
        self.update()

    def set_hint(self, text: str) -> None:
        """What is said while there are no values."""
        self._hint = text
        self._describe()
        self.update()

    def values(self) -> NDArray[np.float64] | None:
        """The values on show, (classes,), or None."""
        return self._values

    def set_values(self, values: ArrayLike | None) -> None:
        """Show one value a class, or the hint for None.

        Raises
        ------
        ValueError : if there are not as many values as classes.
        """
        if values is None:
            if self._values is None:
                return
            self._values = None
        else:
            new = np.array(values, dtype=float).reshape(-1)
            if len(new) != len(self._classes):
                raise ValueError(f"{len(new)} values for {len(self._classes)} classes")
            if self._values is not None and np.array_equal(new, self._values, equal_nan=True):
                return
            new.flags.writeable = False
            self._values = new
        self._describe()
        self.update()

    def winner(self) -> int | None:
        """Index of the largest value, or None without one (or with a single class)."""
        values = self._values
        if values is None or len(values) < 2 or not np.isfinite(values).any():
            return None
        return int(np.nanargmax(values))

    def sizeHint(self) -> QSize:
        return QSize(180, self._height(ROW_WANTED))

    def minimumSizeHint(self) -> QSize:
        return QSize(96, self._height(ROW_LEAST))

    def _height(self, row: int) -> int:
        return round(max(1, len(self._classes)) * row * current_scale())

    def _describe(self) -> None:
        if self._values is None:
            self.setAccessibleDescription(self._hint or HINT)
            return
        pairs = zip(self._classes, self._values, strict=True)
        self.setAccessibleDescription(", ".join(f"{n}: {_text(v)}" for n, v in pairs))

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FontChange:
            self.updateGeometry()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._classes:
            self._paint_rows(painter, event.rect().top(), event.rect().bottom())
        painter.end()

    def _paint_rows(self, painter: QPainter, top: int, bottom: int) -> None:
        scale = current_scale()
        height = min(self.height() / len(self._classes), ROW_WANTED * scale)
        size = 12.0 if height >= 16 * scale else 11.0
        plain, bold = numbers_font(size), numbers_font(size, QFont.Weight.Bold)
        metrics = QFontMetricsF(bold)
        widest = max(metrics.horizontalAdvance(name) for name in self._classes)
        label_width = min(widest + 1, self.width() * _LABEL_SHARE)
        number_width = metrics.horizontalAdvance("-" + _NUMBER)
        left = label_width + _GAP
        track = QRectF(left, 0, max(8.0, self.width() - left - number_width), 0)
        winner = self.winner()
        for row, name in enumerate(self._classes):
            line = QRectF(0, row * height, self.width(), height)
            if line.bottom() < top or line.top() > bottom:
                continue
            won = row == winner
            thick = max(5.0, min(11.0 * scale, height * 0.5))
            place = QRectF(track.left(), line.center().y() - thick / 2, track.width(), thick)
            self._paint_bar(painter, place, row)
            painter.setFont(bold if won else plain)
            lively = won or (winner is None and self._values is not None)
            painter.setPen(self._theme.colour("text" if lively else "muted"))
            label = metrics.elidedText(name, Qt.TextElideMode.ElideRight, label_width + 0.5)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, line.top(), label_width + 1, height), middle, label)
            area = QRectF(self.width() - number_width, line.top(), number_width, height)
            number = "–" if self._values is None else _text(float(self._values[row]))
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | middle, number)
        if self._values is None and self._hint:
            self._paint_hint(painter, track, height)

    def _paint_bar(self, painter: QPainter, place: QRectF, row: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("zero"))
        painter.drawRoundedRect(place, 2, 2)
        values = self._values
        if values is None or not np.isfinite(values[row]):
            return
        value = float(values[row])
        largest = max(1.0, float(np.max(np.abs(values[np.isfinite(values)]))))
        bar = QRectF(place)
        bar.setWidth(max(1.0, place.width() * min(1.0, abs(value) / largest)))
        painter.setBrush(self._theme.colour("activation" if value >= 0.0 else "negative"))
        painter.drawRoundedRect(bar, min(2.0, bar.width() / 2), 2)

    def _paint_hint(self, painter: QPainter, track: QRectF, height: float) -> None:
        font = words_font(CAPTION_SIZE)
        metrics = QFontMetricsF(font)
        room = self.width() - track.left()
        text = metrics.elidedText(self._hint, Qt.TextElideMode.ElideRight, room)
        total = height * len(self._classes)
        area = QRectF(track.left(), total / 2 - 9, metrics.horizontalAdvance(text) + 12, 18)
        area.moveCenter(QRectF(track.left(), 0, room, total).center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("panel"))
        painter.drawRect(area)
        painter.setFont(font)
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def _text(value: float) -> str:
    """A value in at most six characters: "0.994", "-0.120", "12.30", "1e+06"."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else ("inf" if value > 0 else "-inf")
    size = abs(value)
    if size < 9.9995:
        return f"{value + 0.0:.3f}".replace("-0.000", "0.000")
    if size < 999.5:
        return f"{value:.1f}"
    return f"{value:.0e}"
