"""A whole explanation as LaTeX, for a lecture's own slides."""

from __future__ import annotations

import re

from simulator.explain.words import number
from simulator.explanation import Explanation, Line

_SIGNS = {
    "·": "\\cdot ",
    "−": "-",
    "×": "\\times ",
    "²": "^{2}",
    "ᵀ": "^{\\top}",
    "…": "\\ldots ",
    "Σ": "\\sum ",
    "Φ": "\\Phi ",
    "φ": "\\varphi ",
    "π": "\\pi ",
    "∞": "\\infty ",
    "½": "\\frac{1}{2}",
    "≥": "\\ge ",
    "≤": "\\le ",
    "≠": "\\ne ",
    "%": "\\%",
    "‖": "\\Vert ",
    "′": "'",
    "←": "\\leftarrow ",
}
_FUNCTIONS = frozenset(("ln", "exp", "tanh", "max", "min"))
_PATTERN = re.compile(
    r"(?P<power>\d(?:\.\d+)?e[+−]\d+)|(?P<root>√\()|(?P<e>e\^\()"
    r"|(?P<word>[A-Za-z][A-Za-z ,]*[A-Za-z])|(?P<open>\()|(?P<close>\))|(?P<other>.)",
    re.DOTALL,
)


def latex_of(explanation: Explanation, digits: int = 4) -> str:
    """The whole explanation as an aligned LaTeX block (amsmath), numbers put in.

    ``digits`` : behind the point of the results; those in the lines have what they were made with.
    """
    rows: list[str] = []
    for line in explanation.lines:
        rows += _rows(line, digits)
    body = " \\\\\n".join(f"  {row}" for row in rows)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def _rows(line: Line, digits: int) -> list[str]:
    symbols = line.symbols
    left, relation, right = _parted(symbols)
    rows = [f"{left} &{relation} {right}" if relation else f"{left} &"]
    numbers = latex_of_text("".join(token.text for token in line.tokens))
    if numbers:
        rows.append(f"&= {numbers}") if relation else rows.__setitem__(0, f"{left} &= {numbers}")
    result = "" if line.result is None else latex_of_text(number(line.result, digits))
    if result and result != numbers:
        rows.append(f"&= {result}")
    return rows


def _parted(symbols: str) -> tuple[str, str, str]:
    """Left side, relation and right side of an equation."""
    depth = 0
    for place, sign in enumerate(symbols):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth:
            continue
        for relation in ("=", "\\leftarrow "):
            if symbols.startswith(relation, place):
                return (
                    symbols[:place].strip(),
                    relation.strip(),
                    symbols[place + len(relation) :].strip(),
                )
    return symbols, "", ""


def latex_of_text(text: str) -> str:
    """A line of numbers as LaTeX: "2 · √(0.25)" becomes ``2 \\cdot \\sqrt{0.25}``."""
    parts: list[str] = []
    closing: list[str] = []
    for found in _PATTERN.finditer(text):
        kind, piece = found.lastgroup, found.group()
        if kind == "power":
            mantissa, exponent = piece.split("e")
            power = int(exponent.replace("−", "-"))
            parts.append(f"{mantissa}\\cdot 10^{{{power}}}")
        elif kind == "root":
            parts.append("\\sqrt{")
            closing.append("}")
        elif kind == "e":
            parts.append("e^{")
            closing.append("}")
        elif kind == "open":
            parts.append("(")
            closing.append(")")
        elif kind == "close":
            parts.append(closing.pop() if closing else ")")
        elif kind == "word":
            parts.append(f"\\{piece} " if piece in _FUNCTIONS else _words(piece))
        elif piece == "−" and (
            not parts or parts[-1].rstrip().endswith(("(", "\\cdot", "/", "{", "="))
        ):
            # A sign, not a difference: without braces it would be set with room around it.
            parts.append("{-}")
        else:
            parts.append(_SIGNS.get(piece, piece))
    return "".join(parts).strip()


def _words(text: str) -> str:
    # Mathematics knows no blanks, so words would stick to the numbers beside them.
    return "\\ \\mathrm{" + text.replace(" ", "\\ ") + "}\\ "
