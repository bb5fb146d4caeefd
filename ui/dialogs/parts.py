"""What dialogs are put together from: a column within margins, words, a line of buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from ui.theme import GRID


def column_of(dialog: QDialog, spacing: int = GRID + 4) -> QVBoxLayout:
    """The layout of a dialog: one part below the other, ``spacing`` px between them."""
    column = QVBoxLayout(dialog)
    column.setContentsMargins(20, 20, 20, 16)
    column.setSpacing(spacing)
    return column


def muted_label(text: str = "") -> QLabel:
    """Words beside what matters, on as many lines as they need."""
    label = QLabel(text)
    label.setProperty("role", "muted")
    label.setWordWrap(True)
    return label


def primary_button(text: str) -> QPushButton:
    """The button of what the dialog is for, which Return presses."""
    button = QPushButton(text)
    button.setProperty("role", "primary")
    button.setDefault(True)
    return button


def buttons_line(*right: QPushButton, left: Sequence[QPushButton] = ()) -> QHBoxLayout:
    """Buttons at the end of a dialog, the primary one last; ``left`` are what it does besides."""
    line = QHBoxLayout()
    line.setSpacing(GRID)
    for button in left:
        line.addWidget(button)
    line.addStretch(1)
    for button in right:
        line.addWidget(button)
    return line
