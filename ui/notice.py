"""A sentence above the network about something that could not be done; closes with a click."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from ui.resources import icon
from ui.theme import GRID, Theme


class NoticeBar(QWidget):
    """Shows one sentence; ``closed`` when the user has read it."""

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID + 4, 4, GRID, 4)
        self._sign = QLabel()
        self._label = QLabel()
        self._label.setObjectName("notice")
        self._label.setWordWrap(True)
        self._close = QToolButton()
        self._close.setAccessibleName("Close this notice")
        self._close.setAutoRaise(True)
        self._close.setFixedSize(28, 28)
        self._close.clicked.connect(self.closed)
        layout.addWidget(self._sign)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._close)
        self.apply_theme(theme)

    def text(self) -> str:
        """The sentence on show."""
        return self._label.text()

    def set_text(self, sentence: str) -> None:
        """Show this sentence."""
        self._label.setText(sentence)
        self.setAccessibleName(sentence)

    def apply_theme(self, theme: Theme) -> None:
        """Tint the icons."""
        self._sign.setPixmap(icon("triangle-alert", theme, colour=theme.negative).pixmap(18, 18))
        self._close.setIcon(icon("x", theme))
        self._close.setIconSize(QSize(16, 16))
