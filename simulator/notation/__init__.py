"""How a lecturer writes: symbols, index order, signs, factors; presets and files of one's own."""

from simulator.notation.model import SLOT_LETTERS, SYMBOLS, Notation
from simulator.notation.reader import (
    NEUTRAL,
    PRESETS,
    load_notation,
    notations,
    read_notation,
)

__all__ = (
    "NEUTRAL",
    "PRESETS",
    "SLOT_LETTERS",
    "SYMBOLS",
    "Notation",
    "load_notation",
    "notations",
    "read_notation",
)
