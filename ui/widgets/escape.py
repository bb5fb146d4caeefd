"""Who answers Escape first: what is under way where the keyboard is, or a mode of the window."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

_PROPERTY = "own_escape"


def keep_escape(widget: QWidget, keep: bool) -> None:
    """Say whether the widget has something of its own for Escape to give up."""
    widget.setProperty(_PROPERTY, keep)


def keeps_escape(widget: QWidget | None) -> bool:
    """Whether the widget has something of its own for Escape to give up."""
    return widget is not None and bool(widget.property(_PROPERTY))
