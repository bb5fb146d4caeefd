"""Numbers as people write them: decimal points or commas, any minus sign, fractions, powers."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

MAX_LENGTH = 60
_MINUS = str.maketrans({sign: "-" for sign in "−–—‐‑‒﹣-"})
_BLANKS = re.compile(r"[\s\u00a0\u2007\u202f]+")
_POWER = re.compile(r"(?:[·×*x]10\^?|e)(?P<power>[+-]?\d{1,4}|\([+-]?\d{1,4}\))$", re.IGNORECASE)
_PLAIN = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d*)(?:[.,](?P<decimals>\d*))?", re.ASCII)
_SLACK = 1e-9
"""Half a unit in the last place is itself no binary number."""


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A number somebody wrote.

    ``unit`` is what 1 in its last place stands for (0.01 of "0.31"); 0 of a fraction, which is
    exact.
    """

    value: float
    unit: float = 0.0

    def rounds_to(self, value: float) -> bool:
        """Whether ``value``, rounded to as many places as were written, is this number.

        So few places that nothing is left of the value do not count: 0 is no 0.4.
        """
        away = abs(value - self.value)
        half = 0.5 * self.unit * (1.0 + _SLACK) + _SLACK * max(abs(value), abs(self.value))
        return away <= min(half, max(0.05 * abs(value), 0.005))

    def comes_from(self, value: float) -> bool:
        """Whether it may be ``value``, calculated with numbers that were rounded as it is."""
        away = abs(value - self.value)
        carried = max(2.5 * self.unit, 0.01 * abs(value))
        return self.rounds_to(value) or away <= min(carried, max(0.05 * abs(value), 0.005))


def read_number(text: str) -> TypedNumber:
    """What a text says: "−0,31", "2/3", "1e-3", "4·10^-5".

    Raises
    ------
    ValueError : one sentence on what is wrong with it.
    """
    shown = "".join(sign if sign.isprintable() else "?" for sign in text.strip()[:24])
    if len(text.strip()) > 24:
        shown += "…"
    bare = _BLANKS.sub("", text).translate(_MINUS)
    if not bare:
        raise ValueError("Type a number, for example −0.31 or 2/3.")
    if len(bare) > MAX_LENGTH:
        raise ValueError(f"“{shown}” is too long for a number.")
    top, slash, bottom = bare.partition("/")
    first = _decimal(top, shown)
    if not slash:
        return first
    second = _decimal(bottom, shown)
    if second.value == 0.0:
        raise ValueError(f"“{shown}” divides by 0.")
    value = first.value / second.value
    if not math.isfinite(value):
        raise ValueError(f"“{shown}” is too large.")
    return TypedNumber(value)


def _decimal(text: str, shown: str) -> TypedNumber:
    power = 0
    found = _POWER.search(text)
    if found is not None and found.start() > 0:
        power = int(found["power"].strip("()"))
        text = text[: found.start()]
    if sum(text.count(sign) for sign in ".,") > 1:
        raise ValueError(f"Write “{shown}” without separators between thousands.")
    own = _PLAIN.fullmatch(text)
    if own is None or not (own["whole"] or own["decimals"]):
        raise ValueError(f"“{shown}” is not a number; write it as −0.31, 2/3 or 1e-3.")
    decimals = own["decimals"] or ""
    value = float(f"{own['sign']}{own['whole'] or 0}.{decimals or 0}e{power}")
    if not math.isfinite(value):
        raise ValueError(f"“{shown}” is too large.")
    # The 0 of "−0" has no sign worth keeping.
    return TypedNumber(value + 0.0, float(f"1e{power - len(decimals)}"))
