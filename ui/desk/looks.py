"""How classes and parts look, the same in every view of the desk."""

from __future__ import annotations

from PySide6.QtGui import QColor

from ui.stylesheet import mixed
from ui.theme import CLASS_COLOURS, Theme

PART_LETTERS = {"training": "", "validation": "V", "test": "T"}


def class_colour(theme: Theme, number: int) -> QColor:
    """The colour of a class; on dark ground it is lighter, beyond the eighth they come again."""
    colour = CLASS_COLOURS[number % len(CLASS_COLOURS)]
    return QColor(mixed(colour, theme.text, 0.45) if theme.name == "dark" else colour)


def part_colour(theme: Theme, part: str) -> QColor:
    """The ground of the letter that says what a sample is kept for."""
    return theme.colour("text" if part == "test" else "muted")
