"""Numbers as the panels write them: short, with true minus signs."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"
BLANK = "\N{EN DASH}"
"""Stands for a value that has not been computed yet."""
NORM_BAR = "\N{DOUBLE VERTICAL LINE}"
"""Only the words' family has this glyph: never set it in the numbers' family."""
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def superscript(number: int) -> str:
    """``number`` in raised digits."""
    return str(number).translate(_SUPERSCRIPTS)


def signed(value: float) -> str:
    """A value with its sign: "+0.4123", "−6.123e−06"; four decimals where they say something."""
    return _number(value, "+")


def plain(value: float) -> str:
    """As :func:`signed`, without a plus."""
    return _number(value, "")


def magnitude(value: float) -> str:
    """A size with two to four significant digits: "0.0091", "9.1e−06", at most 7 wide."""
    if not math.isfinite(value):
        return _not_finite(value, "")
    if value == 0.0 or 1e-3 <= abs(value) < 1e3:
        text = f"{value:.4f}" if abs(value) < 10.0 else f"{value:.2f}"
    else:
        text = f"{value:.1e}"
    return text.replace("-", MINUS)


def limit_text(value: float) -> str:
    """The end of a scale, as short as it goes: "0.02", "5e−06"."""
    text = f"{value:g}" if 1e-3 <= abs(value) < 1e4 or value == 0.0 else f"{value:.0e}"
    return text.replace("-", MINUS)


def _number(value: float, plus: str) -> str:
    if not math.isfinite(value):
        return _not_finite(value, plus)
    if value == 0.0 or 1e-3 <= abs(value) < 1e4:
        text = f"{value + 0.0:{plus}.4f}" if value else "0.0000"
    else:
        text = f"{value:{plus}.3e}"
    return text.replace("-", MINUS)


def _not_finite(value: float, plus: str) -> str:
    if math.isnan(value):
        return "not a number"
    return (plus if value > 0 else MINUS) + "∞"
