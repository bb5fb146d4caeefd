"""A number that tells, when it is clicked, that its origin is asked for."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

TIP = "Click to see how this number came about"


class AskedLabel(QLabel):
    """``clicked`` on a click, or on Return or Space with the keyboard on it."""

    clicked = Signal()

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._open = False

    def set_open(self, answers: bool) -> None:
        """Whether there is something to ask."""
        if answers == self._open:
            return
        self._open = answers
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if answers else Qt.FocusPolicy.NoFocus)
        self.setToolTip(TIP if answers else "")
        if answers:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._open and event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._open and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._open:
            return
        painter = QPainter(self)
        palette = self.palette()
        colour = palette.accent().color() if self.hasFocus() else palette.placeholderText().color()
        pen = QPen(colour, 1.5 if self.hasFocus() else 1.0)
        pen.setStyle(Qt.PenStyle.SolidLine if self.hasFocus() else Qt.PenStyle.DotLine)
        painter.setPen(pen)
        y = self.height() - 1.0
        text = self.text()
        metrics = self.fontMetrics()
        wide = metrics.horizontalAdvance(text.strip())
        right = float(self.width())
        painter.drawLine(QPointF(right - wide, y), QPointF(right, y))
        painter.end()
