"""What is common to the scripts: how text and arrays become code."""

from __future__ import annotations

import base64
import textwrap
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.project.errors import ProjectError

WIDTH = 88
READABLE = 20_000
"""Arrays of up to so many numbers are written as numbers, larger ones packed."""
MAX_NUMBERS = 20_000_000


class Script:
    """Lines of a Python script."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._indent = ""
        self._unpacked_at = 0
        self.uses_packed = False

    def __call__(self, *lines: str) -> None:
        """Add lines at the current indent; an empty one is empty."""
        self._lines += [f"{self._indent}{line}" if line else "" for line in lines]

    def section(self, title: str, *comments: str) -> None:
        """A heading, with comments under it."""
        dashes = "-" * max(3, WIDTH - len(title) - 8)
        self("", "", f"# --- {title} {dashes}")
        for comment in comments:
            self.comment(comment)

    def comment(self, text: str) -> None:
        """A sentence as comment lines."""
        width = WIDTH - len(self._indent) - 2
        for line in textwrap.wrap(text, width):
            self(f"# {line}")

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Lines of a function, a loop or a condition."""
        self(head)
        self._indent += "    "
        yield
        self._indent = self._indent[:-4]

    def place_for_unpacked(self) -> None:
        """Where the function that unpacks large arrays goes, if any array turns out large."""
        self._unpacked_at = len(self._lines)

    def array(self, name: str, values: NDArray[Any], kind: str = "float") -> None:
        """An array of numbers, exactly as it is; ``kind`` is float or int."""
        plain = np.asarray(values)
        if plain.size > MAX_NUMBERS:
            raise ProjectError(
                f"The script would hold {plain.size:,} numbers (at most {MAX_NUMBERS:,}); use "
                f"fewer samples or a smaller network."
            )
        if plain.size > READABLE:
            self.uses_packed = True
            self._packed(name, plain, kind)
            return
        whole = bool((plain == np.round(plain)).all()) and not np.signbit(plain).any()
        rows = [_row(row, whole) for row in np.atleast_2d(plain).tolist()]
        ending = [] if kind == "int" or not whole else ["    dtype=float,"]
        if plain.ndim < 2:
            text = f"{name} = np.array([{rows[0]}]{', dtype=float' if ending else ''})"
            if len(text) + len(self._indent) <= WIDTH:
                self(text)
                return
            self(f"{name} = np.array(", "    [", *_wrapped(rows[0], 8), "    ],", *ending, ")")
            return
        self(f"{name} = np.array(", "    [")
        for row in rows:
            if len(row) + 12 <= WIDTH:
                self(f"        [{row}],")
            else:
                self("        [", *_wrapped(row, 12), "        ],")
        self("    ],", *ending, ")")

    def _packed(self, name: str, values: NDArray[Any], kind: str) -> None:
        small = bool((values == values.astype(np.float32)).all()) and kind == "float"
        stored = values.astype("<i8" if kind == "int" else "<f4" if small else "<f8")
        text = base64.b85encode(zlib.compress(stored.tobytes(), 9)).decode()
        shape = ", ".join(str(size) for size in values.shape) + ("," if values.ndim == 1 else "")
        self(f"{name} = unpacked(", f'    "{stored.dtype.str}", ({shape}),', '    r"""')
        # base85 has neither quotes nor backslashes.
        self._lines += [text[place : place + 100] for place in range(0, len(text), 100)]
        self('    """,', ")")

    def text(self) -> str:
        """The whole script."""
        unpacked = [*_UNPACKED.split("\n"), "", ""] * self.uses_packed
        lines: list[str] = []
        for line in [
            *self._lines[: self._unpacked_at],
            *unpacked,
            *self._lines[self._unpacked_at :],
        ]:
            # Two empty lines at most, as PEP 8 has them.
            if line or lines[-2:] != ["", ""]:
                lines.append(line)
        return "\n".join(lines).strip() + "\n"


_UNPACKED = '''\
def unpacked(kind, shape, text):
    """A large array: its bytes compressed and written as letters (base 85)."""
    numbers = zlib.decompress(base64.b85decode("".join(text.split())))
    return np.frombuffer(numbers, kind).reshape(shape).astype(float)'''


def _row(values: list[Any], whole: bool) -> str:
    return ", ".join(str(int(own)) if whole else repr(own) for own in values)


def _wrapped(row: str, indent: int) -> list[str]:
    lines = textwrap.wrap(row + ",", WIDTH - indent, break_long_words=False)
    return [" " * indent + line for line in lines]


def literal(value: float) -> str:
    """A number as it stands in code: 0.1, 5, 1e-07."""
    return str(int(value)) if value == int(value) and abs(value) < 1e6 else repr(float(value))
