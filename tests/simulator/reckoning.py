"""Works out what stands in a line of numbers, as a reader with a calculator would."""

from __future__ import annotations

import math
import re

from simulator.explanation import Line

_NAMES = {
    "sqrt": math.sqrt,
    "exp": lambda x: math.exp(x) if x < 700.0 else math.inf,
    "log": lambda x: math.log(x) if x > 0.0 else -math.inf,
    "tanh": math.tanh,
    "cos": math.cos,
    "pi": math.pi,
    "max": max,
    "min": min,
    "abs": abs,
    "sign": lambda x: float((x > 0.0) - (x < 0.0)),
    "Phi": lambda x: 0.5 * math.erfc(-x / math.sqrt(2.0)),
}


def reckon(line: Line) -> float | None:
    """What the numbers of a line come to; None where words stand in it."""
    text = "".join(token.text for token in line.tokens)
    text = re.sub(r", as .*$", "", text)
    text = re.sub(r" … ([+−]?)(\S+) from \d+ smaller terms?", _rest, text)
    if not text or "product of" in text or "rounded" in text:
        return None
    text = re.sub(r"\|([^|]+)\|", r"abs(\1)", text)
    for sign, word in (
        *(("e^(", "exp("), ("√(", "sqrt("), ("ln(", "log("), ("Φ(", "Phi("), ("π", "pi")),
        *(("·", "*"), ("−", "-"), ("²", "**2"), ("½", "0.5"), ("^", "**")),
    ):
        text = text.replace(sign, word)
    try:
        return float(eval(text, {"__builtins__": {}}, _NAMES))
    except ZeroDivisionError:
        return None


def _rest(found: re.Match[str]) -> str:
    sign = found[1] or "+"
    return f" {sign} {found[2]}"
