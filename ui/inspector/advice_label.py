"""What a teacher would say about the settings: a sign and a few sentences, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from ui.resources import icon
from ui.stylesheet import mixed
from ui.theme import DARK, GRID, LIGHT

SIGN = 16


class AdviceLabel(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("advice")
        self._sign = QLabel()
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID, GRID, GRID)
        row.setSpacing(GRID)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        self._dark: bool | None = None
        self._apply_palette()
        self.hide()

    def text(self) -> str:
        """The sentences on show, one a line."""
        return self._words.text()

    def show_advice(self, sentences: Sequence[str]) -> None:
        """Show these sentences; none hides the label."""
        self._words.setText("\n".join(sentences))
        self.setAccessibleName(self.text())
        self.setVisible(bool(sentences))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._apply_palette()

    def _apply_palette(self) -> None:
        dark = self.palette().color(QPalette.ColorRole.Window).lightness() < 128
        if dark is self._dark:
            return
        self._dark = dark
        theme = DARK if dark else LIGHT
        self._sign.setPixmap(icon("triangle-alert", theme, SIGN, theme.negative).pixmap(SIGN, SIGN))
        self.setStyleSheet(
            f"#advice {{ background: {mixed(theme.panel, theme.negative, 0.1)}; "
            f"border: 1px solid {mixed(theme.panel, theme.negative, 0.5)}; border-radius: 6px; }}"
        )
