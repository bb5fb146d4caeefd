"""The visual language in one place: colours, the two colour maps, type and space.

Widgets never name a colour: they take it from the current :class:`Theme`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

SIGNED_EXPONENT = 0.7
"""Exponent of |v|/max on its way to a colour: below 1, so that small values stay visible."""

CLASS_COLOURS = (
    "#332288",
    "#117733",
    "#882255",
    "#999933",
    "#661100",
    "#AA4499",
    "#6699CC",
    "#777777",
)
"""Eight colour-blind-safe class colours (after Tol), fixed by class, never used for a sign."""

GRID = 8
"""Base of all spacing, px."""
CONTROL_HEIGHT = 32
CARD_RADIUS = 8
BODY_SIZE = 13
CAPTION_SIZE = 11
WORDS_FAMILY = "Inter"
NUMBERS_FAMILY = "JetBrains Mono"


@dataclass(frozen=True)
class Theme:
    """One set of colours, as ``#RRGGBB``; see the properties for ready-made Qt values.

    On the background and the panel, text and muted, the accent and ``negative_text`` have a
    contrast of 4.5 or more, and the hues of values one of 3 (WCAG 2, text and graphics).
    """

    name: str
    background: str
    panel: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    positive: str
    negative: str
    negative_text: str
    zero: str
    activation: str

    def colour(self, token: str, alpha: float = 1.0) -> QColor:
        """The colour of a token ("accent", "positive", ...), with ``alpha`` in 0..1."""
        colour = QColor(getattr(self, token))
        colour.setAlphaF(alpha)
        return colour

    @cached_property
    def signed_table(self) -> NDArray[np.uint8]:
        """Lookup table (511, 4) RGBA from -max (first) over 0 (middle) to +max (last)."""
        strength = np.linspace(0.0, 1.0, 256) ** SIGNED_EXPONENT
        up = _blend(self.zero, self.positive, strength)
        down = _blend(self.zero, self.negative, strength)
        return np.concatenate([down[:0:-1], up])

    @cached_property
    def activation_table(self) -> NDArray[np.uint8]:
        """Lookup table (256, 4) RGBA from 0 to the largest activation."""
        return _blend(self.zero, self.activation, np.linspace(0.0, 1.0, 256))

    def signed_colour(self, value: float, largest: float) -> QColor:
        """Colour of a signed value on a scale of -largest..largest."""
        share = 0.0 if largest <= 0.0 else max(-1.0, min(1.0, value / largest))
        return QColor(*(int(part) for part in self.signed_table[round(255 + 255 * share)]))

    def activation_colour(self, value: float, largest: float) -> QColor:
        """Colour of an activation on a scale of 0..largest; a negative one keeps its sign's hue."""
        if value < 0.0:
            return self.signed_colour(value, largest)
        share = 0.0 if largest <= 0.0 else min(1.0, value / largest)
        return QColor(*(int(part) for part in self.activation_table[round(255 * share)]))

    def ink_on(self, ground: QColor) -> str:
        """The token in which text is easiest to read on any colour, be it that of a value."""
        tokens = ("text", "panel", "background")
        return max(tokens, key=lambda token: contrast(self.colour(token), ground))


def contrast(first: QColor, second: QColor) -> float:
    """How far two colours can be told apart, from 1 to 21 (WCAG 2, contrast ratio)."""
    darker, lighter = sorted(_luminance(colour) for colour in (first, second))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    """Relative luminance of an sRGB colour, 0..1 (WCAG 2)."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _blend(start: str, stop: str, share: NDArray[np.float64]) -> NDArray[np.uint8]:
    """RGBA rows between two colours, (len(share), 4)."""
    first = np.array(QColor(start).getRgb(), dtype=float)
    last = np.array(QColor(stop).getRgb(), dtype=float)
    return np.rint(first + (last - first) * share[:, None]).astype(np.uint8)


LIGHT = Theme(
    name="light",
    background="#F6F7F9",
    panel="#FFFFFF",
    line="#DDE1E6",
    text="#1B1F24",
    muted="#5B6570",
    accent="#5B4BDB",
    on_accent="#FFFFFF",
    positive="#0B72C4",
    negative="#E36E0A",
    negative_text="#B45708",
    zero="#EEF0F3",
    activation="#167878",
)
DARK = Theme(
    name="dark",
    background="#15181C",
    panel="#1D2126",
    line="#30363D",
    text="#E8EBEF",
    muted="#9BA5B0",
    accent="#9D8CFF",
    on_accent="#15181C",
    positive="#4DA3E8",
    negative="#F5963C",
    negative_text="#F5963C",
    zero="#2A2F36",
    activation="#40BEB4",
)
