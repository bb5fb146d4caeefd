"""Asks for a short name."""

from __future__ import annotations

from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

LONGEST = 60


def ask_name(parent: QWidget, title: str, label: str, suggestion: str) -> str:
    """The name the user types, at most 60 characters; "" when nothing was wanted."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(suggestion)
    field = dialog.findChild(QLineEdit)
    if field is not None:
        field.setMaxLength(LONGEST)
        field.selectAll()
    if not dialog.exec():
        return ""
    return dialog.textValue().strip()
