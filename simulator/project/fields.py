"""Reads the fields of a JSON object one by one; every mistake becomes one sentence.

The sentence names the field and says what is allowed and what was found.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.project.errors import ProjectError, printable

Array = NDArray[np.float64]

MISSING = object()
MAX_FLOAT = sys.float_info.max


def shown(value: Any) -> str:
    """A found value as it stands in a sentence: short, in quotes if it is text."""
    if isinstance(value, str):
        return f"“{printable(value)}”"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        if abs(value) < 10**18:
            return f"{value:,}"
        return f"an integer of some {int(value.bit_length() * math.log10(2)) + 1:,} digits"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "an object"


class Fields:
    """The fields of one JSON object; ``where`` is how sentences call it ("layer 2", "")."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            subject = where or "the project"
            raise ProjectError(f"{subject} must be a JSON object (found {shown(value)}).")
        self._value: dict[str, Any] = value
        self._where = where
        self._known: set[str] = set()

    def path(self, name: str) -> str:
        """How a sentence calls the field: "optimizer.learning_rate", "layer 2: units"."""
        if not self._where:
            return name
        separator = ": " if self._where[-1].isdigit() else "."
        return f"{self._where}{separator}{name}"

    def fail(self, name: str, allowed: str, found: Any) -> ProjectError:
        """The error for a field that is not what is allowed."""
        return ProjectError(f"{self.path(name)} must be {allowed} (found {shown(found)}).")

    def raw(self, name: str, default: Any = MISSING) -> Any:
        """The field as it stands; without a default it must be there."""
        self._known.add(name)
        value = self._value.get(name, MISSING)
        if value is not MISSING:
            return value
        if default is MISSING:
            raise ProjectError(f"{self.path(name)} is missing.")
        return default

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        self._known.add(name)
        return name in self._value

    def finish(self) -> None:
        """Call after the last field was read: a field nobody asked for is a mistake."""
        for name in self._value:
            if name not in self._known:
                allowed = ", ".join(sorted(self._known))
                found = self.path(printable(name))
                raise ProjectError(f"{found} is not known; allowed here: {allowed}.")

    def child(self, name: str, default: Any = MISSING) -> Fields:
        """The fields of the object in this field."""
        return Fields(self.raw(name, default), self.path(name))

    def items(self, name: str, low: int, high: int) -> list[Any]:
        """A list of ``low`` to ``high`` entries."""
        value = self.raw(name)
        if not isinstance(value, list):
            raise self.fail(name, "a list", value)
        if not low <= len(value) <= high:
            raise ProjectError(
                f"{self.path(name)} has {len(value):,} entries; allowed are {low:,} to {high:,}."
            )
        return value

    def integer(self, name: str, low: int, high: int, default: Any = MISSING) -> int:
        """A whole number from ``low`` to ``high``."""
        value = self.raw(name, default)
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole or not low <= value <= high:
            raise self.fail(name, f"a whole number from {low:,} to {high:,}", value)
        return int(value)

    def number(
        self, name: str, allowed: str, low: float, high: float, default: Any = MISSING
    ) -> float:
        """A finite number in [low, high); ``allowed`` says so in words.

        An open lower end is given by :func:`math.nextafter`.
        """
        value = self.raw(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fail(name, allowed, value)
        # Compared before it is made a float: a whole number may be larger than any float.
        if not low <= value < high or not -MAX_FLOAT <= value <= MAX_FLOAT:
            raise self.fail(name, allowed, value)
        return float(value)

    def boolean(self, name: str, default: Any = MISSING) -> bool:
        """true or false."""
        value = self.raw(name, default)
        if not isinstance(value, bool):
            raise self.fail(name, "true or false", value)
        return value

    def text(self, name: str, default: Any = MISSING) -> str:
        """A text of at most 200 characters, without control characters and lone surrogates."""
        value = self.raw(name, default)
        if not isinstance(value, str) or len(value) > 200:
            raise self.fail(name, "a text of at most 200 characters", value)
        self._check_characters(name, value)
        return value

    def _check_characters(self, name: str, text: str) -> None:
        if any(ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 for c in text):
            raise ProjectError(f"{self.path(name)} has an invalid character.")

    def choice(self, name: str, choices: Collection[str], default: Any = MISSING) -> str:
        """One of several words."""
        value = self.raw(name, default)
        if not isinstance(value, str) or value not in choices:
            allowed = ", ".join(choices)
            if isinstance(value, str):
                raise ProjectError(
                    f"{self.path(name)} {shown(value)} is unknown; allowed: {allowed}."
                )
            raise self.fail(name, f"one of {allowed}", value)
        return value

    def texts(self, name: str, count: int) -> tuple[str, ...]:
        """A list of ``count`` texts or numbers, as texts; empty if the field is not there."""
        value = self.raw(name, [])
        if not isinstance(value, list) or not all(_is_name(v) for v in value):
            raise self.fail(name, "a list of names", value)
        if value and len(value) != count:
            raise ProjectError(f"{self.path(name)} has {len(value)} names; {count} are needed.")
        for entry in value:
            self._check_characters(name, str(entry))
        return tuple(str(entry)[:200] for entry in value)

    def array(self, name: str, shape: tuple[int | None, ...], meaning: str) -> Array:
        """Finite numbers in nested lists of this shape; None in ``shape`` is any length >= 1."""
        value = self.raw(name)
        array = _numbers(value, len(shape))
        wanted = " × ".join("n" if size is None else f"{size:,}" for size in shape)
        if array is None:
            raise ProjectError(
                f"{self.path(name)} must be {_nesting(len(shape))} of numbers, "
                f"{wanted} ({meaning})."
            )
        fits = all(
            (size >= 1 if want is None else size == want)
            for size, want in zip(array.shape, shape, strict=True)
        )
        if not fits:
            found = " × ".join(f"{size:,}" for size in array.shape)
            raise ProjectError(
                f"{self.path(name)} has the shape {found}; needed is {wanted} ({meaning})."
            )
        if not np.isfinite(array).all():
            raise ProjectError(f"{self.path(name)} holds a value that is not a finite number.")
        return array


def _is_name(value: Any) -> bool:
    """A text, or a whole number short enough to be one."""
    if isinstance(value, bool):
        return False
    return isinstance(value, str) or (isinstance(value, int) and abs(value) < 10**18)


def _nesting(depth: int) -> str:
    return "a list" if depth == 1 else "a list of equally long lists"


def _numbers(value: Any, depth: int) -> Array | None:
    """Nested lists of numbers as an array of ``depth`` dimensions, None if they are not that.

    An array, as documents and the Python API may give, is one already.
    """
    if isinstance(value, np.ndarray):
        fits = value.dtype == np.float64 and value.ndim == depth
        return value if fits and value.size else None
    if depth == 1:
        if not isinstance(value, list):
            return None
        if any(isinstance(v, bool) or not isinstance(v, int | float) for v in value):
            return None
        try:
            return np.array(value, dtype=np.float64)
        except OverflowError:
            return np.array([math.inf])
    if not isinstance(value, list):
        return None
    rows: list[Array] = []
    for entry in value:
        row = _numbers(entry, depth - 1)
        if row is None or (rows and row.shape != rows[0].shape):
            return None
        rows.append(row)
    return np.stack(rows) if rows else None
