"""Small icon buttons side by side, in the theme's colour and the size of type."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QToolButton

from ui.resources import icon
from ui.style import current_scale
from ui.theme import Theme

_BUTTON, _ICON = 28, 16


class IconButtons:
    """Adds buttons to a row and keeps their icons in the theme's colour."""

    def __init__(self, row: QHBoxLayout) -> None:
        self._row = row
        self._icons: dict[QToolButton, str] = {}

    def add(self, name: str, text: str) -> QToolButton:
        """A button with the icon ``name``; a key in brackets in its tooltip is not its name."""
        button = QToolButton()
        button.setAutoRaise(True)
        button.setToolTip(text)
        button.setAccessibleName(text.split(" (")[0])
        self._icons[button] = name
        self._row.addWidget(button)
        return button

    def apply_theme(self, theme: Theme) -> None:
        """Tint the icons, and fit them to the size of type."""
        edge, side = (round(length * current_scale()) for length in (_ICON, _BUTTON))
        for button, name in self._icons.items():
            button.setIcon(icon(name, theme, edge))
            button.setIconSize(QSize(edge, edge))
            button.setFixedSize(side, side)
