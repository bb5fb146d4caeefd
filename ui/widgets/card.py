"""A card: a framed part of the window with a heading, a caption and room for more."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.style import current_scale
from ui.theme import GRID, Theme
from ui.widgets.labels import ElidedLabel, Heading

PADDING = GRID + 4
_CONTROL = 28


class Card(QFrame):
    """``body`` is the layout below the header; colours come from the style sheet."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controls: list[QWidget] = []
        self.setProperty("role", "card")
        self.setAccessibleName(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PADDING, GRID, PADDING, PADDING)
        outer.setSpacing(GRID // 2)
        self._title = Heading(title)
        self._caption = ElidedLabel(heading=True, alignment=Qt.AlignmentFlag.AlignRight)
        self._header = QHBoxLayout()
        self._header.setContentsMargins(0, 0, 0, 0)
        self._header.setSpacing(GRID)
        self._header.addWidget(self._title)
        self._header.addStretch(1)
        self._header.addStrut(20)
        self._header.addWidget(self._caption)
        outer.addLayout(self._header)
        outer.setAlignment(self._header, Qt.AlignmentFlag.AlignTop)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(GRID)
        outer.addLayout(self.body, 1)

    def title(self) -> str:
        """The heading."""
        return self._title.text()

    def set_title(self, text: str) -> None:
        """Change the heading."""
        self._title.setText(text)
        self.setAccessibleName(text)

    def caption(self) -> str:
        """The text at the right of the header."""
        return self._caption.text()

    def set_caption(self, text: str, *shorter: str) -> None:
        """Change the text at the right of the header.

        Where there is no room it gives way to the first of ``shorter`` that fits, else it is cut.
        """
        self._caption.setText(text, *shorter)

    def add_header_widget(self, widget: QWidget) -> None:
        """Put a control at the right end of the header."""
        self._controls.append(widget)
        self._header.addWidget(widget)
        self._fit_controls()

    def _fit_controls(self) -> None:
        for control in self._controls:
            control.setMaximumHeight(round(_CONTROL * current_scale()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_controls()

    def apply_theme(self, theme: Theme) -> None:
        """Nothing of its own to recolour; cards that paint override this."""
