"""Class labels as numbers and back."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from simulator.arrays import Array
from simulator.data.dataset import Dataset

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DIGITS = re.compile(r"([0-9]+)")
_LISTED = 10
"""Classes a sentence lists at most."""


def quoted(text: str, length: int = 40) -> str:
    """A user's text as it may stand in a sentence: in quotes, one line, not too long."""
    shown = "".join(c if c.isprintable() else "?" for c in text[:length])
    return f"“{shown}…”" if len(text) > length else f"“{shown}”"


def one_hot(
    labels: Sequence[str | int], classes: Sequence[str] = ()
) -> tuple[Array, tuple[str, ...]]:
    """A 1 in the column of each sample's class, else 0: (N, C), and the classes by column.

    A label is compared as text, so 1 and "1" are the same class and "1" and "1.0" are not.
    Without ``classes`` they are those that occur, in natural order: numbers by value and before
    other text, "x2" before "x10".

    Raises
    ------
    ValueError : one sentence on a label that is not among ``classes``, a class given twice, or
        fewer than two classes.
    """
    texts = [str(label) for label in labels]
    columns = tuple(classes) or tuple(sorted(set(texts), key=_natural))
    if len(columns) < 2:
        raise ValueError(f"There must be at least 2 classes, not {len(columns)}.")
    column_of = {name: column for column, name in enumerate(columns)}
    if len(column_of) < len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise ValueError(f"The class {quoted(twice)} is given twice.")
    for row, text in enumerate(texts, start=1):
        if text not in column_of:
            listed = ", ".join(quoted(name) for name in columns[:_LISTED])
            more = ", …" if len(columns) > _LISTED else ""
            raise ValueError(
                f"The label {quoted(text)} in row {row} is not one of the classes {listed}{more}."
            )
    encoded = np.zeros((len(texts), len(columns)))
    encoded[np.arange(len(texts)), [column_of[text] for text in texts]] = 1.0
    return encoded, columns


def labels_of(data: Dataset) -> tuple[str, ...]:
    """The class label of each sample.

    Raises
    ------
    ValueError : one sentence if the targets name no classes.
    """
    numbers = data.target_classes
    if numbers is None:
        raise ValueError("The targets of these data name no classes.")
    return tuple(data.class_name(number) for number in numbers.tolist())


def _natural(text: str) -> tuple[int, float, tuple[tuple[int, str], ...], str]:
    """What natural order sorts a label by: a number's value, else its text with digits as numbers.

    A run of digits counts by its length without leading zeros first: Python refuses to read very
    long ones as numbers.
    """
    if _NUMBER.fullmatch(text):
        return (0, float(text), (), text)
    runs = []
    for place, run in enumerate(_DIGITS.split(text)):
        digits = run.lstrip("0")
        runs.append((len(digits), digits) if place % 2 else (-1, run))
    return (1, 0.0, tuple(runs), text)
