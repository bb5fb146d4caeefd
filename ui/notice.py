"""A sentence above the network about something that could not be done; closes with a click."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from ui.resources import icon
from ui.theme import GRID, Theme


class NoticeBar(QWidget):
    """Shows one sentence, perhaps with a button; ``closed`` when the user has read it.

    ``answered`` says that the button was pressed.
    """

    closed = Signal()
    answered = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID + 4, 4, GRID, 4)
        self._sign = QLabel()
        self._label = QLabel()
        self._label.setObjectName("notice")
        self._label.setWordWrap(True)
        self.button = QPushButton()
        self.button.clicked.connect(self.answered)
        self.button.hide()
        self._close = QToolButton()
        self._close.setAccessibleName("Close this notice")
        self._close.setAutoRaise(True)
        self._close.setFixedSize(28, 28)
        self._close.clicked.connect(self.closed)
        layout.addWidget(self._sign)
        layout.addWidget(self._label, 1)
        layout.addWidget(self.button)
        layout.addWidget(self._close)
        self.apply_theme(theme)

    def text(self) -> str:
        """The sentence on show."""
        return self._label.text()

    def set_text(self, sentence: str) -> None:
        """Show this sentence."""
        self._label.setText(sentence)
        self.setAccessibleName(sentence)
        self._fit()

    def offer(self, answer: str) -> None:
        """Have a button with these words beside the sentence; without words none."""
        self.button.setText(answer)
        self.button.setAccessibleName(answer)
        self.button.setVisible(bool(answer))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as the sentence is in this width."""
        # A tool bar does not listen while it lays its widgets out.
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        words = self._label.heightForWidth(max(200, self._label.width()))
        button = self.button.sizeHint().height() if self.button.text() else 0
        high = max(words, button, self._close.height()) + 8
        if high != self.height():
            self.setFixedHeight(high)
            self.updateGeometry()

    def apply_theme(self, theme: Theme) -> None:
        """Tint the icons."""
        self._sign.setPixmap(icon("triangle-alert", theme, colour=theme.negative).pixmap(18, 18))
        self._close.setIcon(icon("x", theme))
        self._close.setIconSize(QSize(16, 16))
