"""What counts as a number in a table: less than Python's ``float`` takes.

``float`` reads "1_000", full-width digits, "nan" and "1e999"; a table of data must not.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

MISSING = frozenset(
    ("", "na", "n/a", "#n/a", "nan", "null", "none", "?", "-", "–", "nil", "missing")
)
"""What stands for a value that is not there, in lower case."""
SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}'\N{RIGHT SINGLE QUOTATION MARK}"
"""Signs between groups of three digits, beside the point or the comma."""
_MINUS = "\N{MINUS SIGN}"
_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([.,'’ \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*", re.ASCII)
_LOOKS_LIKE = re.compile(r"[+-]?[\d.,_'’ \u00a0\u202f]*\d[\d.,_'’ \u00a0\u202f]*(?:[eE][+-]?\d+)?")
_HEXADECIMAL = re.compile(r"[+-]?0[xX][0-9a-fA-F]+")
_INFINITE = frozenset(("inf", "infinity", "∞", "#div/0!"))
_LONGEST = 400
_QUICK = re.compile(r'[0-9.+\-,;|\t "\n]*', re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """How numbers are written: with a decimal comma or point, with or without thousands.

    ``thousands`` allows groups of three digits, parted by the other sign of the two, a space or an
    apostrophe.
    """

    comma: bool = False
    thousands: bool = False

    def number(self, cell: str) -> float | None:
        """The number a cell stands for, or None where it is none (or infinite)."""
        text = cell.replace(_MINUS, "-")
        if len(text) > _LONGEST:
            return None
        if self.thousands:
            text = self._ungrouped(text)
        if self.comma:
            if "." in text:
                return None
            text = text.replace(",", ".")
        if _PLAIN.fullmatch(text) is None:
            return None
        value = float(text)
        return value if math.isfinite(value) else None

    def _ungrouped(self, text: str) -> str:
        sign, other = (",", ".") if self.comma else (".", ",")
        whole, point, rest = text.partition(sign)
        match = _GROUPED.fullmatch(whole)
        if match is None or (match[1] != other and match[1] not in SPACES):
            return text
        return whole.replace(match[1], "") + point + rest

    def complaint(self, cell: str) -> str:
        """Why a cell is no number, if it looks as if it were meant as one; else empty."""
        shown = f"“{cell[:40]}”"
        text = cell.replace(_MINUS, "-")
        if text.lstrip("+-").lower() in _INFINITE:
            return "infinite value"
        if _HEXADECIMAL.fullmatch(text):
            return f"{shown} is not a number (write it in decimal digits)"
        if _LOOKS_LIKE.fullmatch(text) is None:
            return ""
        if _PLAIN.fullmatch(text.replace(",", ".") if self.comma else text):
            return "number too large" if len(text) <= _LONGEST else f"{shown} is not a number"
        if "_" in text or not text.isascii():
            return f"{shown} is not a number (use plain digits)"
        return f"{shown} is not a number{self._grouping(text)}"

    def _grouping(self, text: str) -> str:
        match = _GROUPED.fullmatch(text)
        if match is None:
            return ""
        meant = text.replace(match[1], "")
        if match[1] in ",." and text.count(match[1]) == 1:
            part = text.replace(match[1], ".")
            return (
                f": it may mean {part} (decimal {'comma' if match[1] == ',' else 'point'}) or "
                f"{meant} (thousands); choose which"
            )
        return f": if it means {meant}, allow thousands separators"


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.lower() in MISSING


def is_quick(line: str) -> bool:
    """Whether ``float`` reads or refuses every cell of a line as a plain :class:`Reading` would."""
    return _QUICK.fullmatch(line) is not None
