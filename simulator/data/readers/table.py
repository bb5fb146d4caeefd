"""A table as it was read: numbers, and the cells that are none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.data.readers.numbers import is_missing
from simulator.data.readers.table_format import TableFormat

Rows = NDArray[np.intp]
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b|\d{1,2}:\d{2}")
FEW_CLASSES = 20
"""Whole numbers that take no more values than this may be classes."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a table.

    Attributes
    ----------
    number : of the column, from 1.
    name : what its header says, made unique; "column 3" where it says nothing.
    numbers : (N,), NaN where the cell is no number.
    text_rows, texts : the places (from 0) of the cells that are no numbers, and their text.
    complaint : (place, why) of the first cell that looks like a number without being one.
    lookalikes : how many such cells there are.
    """

    number: int
    name: str
    numbers: Array
    text_rows: Rows
    texts: tuple[str, ...]
    complaint: tuple[int, str] | None
    lookalikes: int

    @cached_property
    def missing(self) -> Rows:
        """Places of the cells without a value."""
        return np.array(
            [r for r, text in zip(self.text_rows, self.texts, strict=True) if is_missing(text)],
            dtype=np.intp,
        )

    @cached_property
    def words(self) -> tuple[tuple[int, str], ...]:
        """(place, text) of the cells that are neither numbers nor missing."""
        pairs = zip(self.text_rows.tolist(), self.texts, strict=True)
        return tuple((place, text) for place, text in pairs if not is_missing(text))

    @cached_property
    def distinct(self) -> int:
        """How many different values there are, missing ones aside."""
        numbers = self.numbers[~np.isnan(self.numbers)]
        return len(np.unique(numbers)) + len({text for _, text in self.words})

    @cached_property
    def limits(self) -> tuple[float, float] | None:
        """The smallest and the largest number, or None where there is none."""
        numbers = self.numbers[~np.isnan(self.numbers)]
        return (float(numbers.min()), float(numbers.max())) if len(numbers) else None

    @property
    def is_constant(self) -> bool:
        """Whether all numbers are the same, and there is nothing else."""
        return self.limits is not None and self.limits[0] == self.limits[1] and not self.words

    @cached_property
    def kind(self) -> str:
        """The guess what the values are: "number", "class", "text" or "empty".

        Words make classes if they come again, else they are text.  A column at least half of
        numbers is one of numbers, and its other cells are mistakes.
        """
        total = len(self.numbers)
        words = len(self.words)
        if words + len(self.missing) == total and not words:
            return "empty"
        numeric = total - len(self.missing) - words + self.lookalikes
        if numeric * 2 >= total - len(self.missing):
            return "number"
        if any(_DATE.match(text) for _, text in self.words[:FEW_CLASSES]):
            return "text"
        again = self.distinct < words and self.distinct <= max(2, words // 2)
        return "class" if again else "text"

    @cached_property
    def looks_like_classes(self) -> bool:
        """Whether numbers may name classes: a few whole numbers that come again and again."""
        numbers = self.numbers[~np.isnan(self.numbers)]
        if self.words or not len(numbers) or not (numbers == np.floor(numbers)).all():
            return False
        if set(np.unique(numbers)[:3].tolist()) in ({0.0, 1.0}, {-1.0, 1.0}):
            return True
        return 2 <= self.distinct <= FEW_CLASSES and len(numbers) >= 3 * self.distinct

    @cached_property
    def labels(self) -> list[str]:
        """Each cell as the name of a class; empty where there is no value."""
        labels = ["" if np.isnan(value) else label_of(value) for value in self.numbers.tolist()]
        for place, text in self.words:
            labels[place] = text
        return labels


def label_of(value: float) -> str:
    """A number as the name of a class: "5", not "5.0"."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


@dataclass(frozen=True, eq=False)
class Table:
    """What a file, or the clipboard, holds.

    Attributes
    ----------
    name : of the file, in quotes, as sentences say it.
    format : how it is written, with everything that was guessed.
    columns : all of the same length.
    row_numbers : (N,) the row of each sample as a spreadsheet counts it, the header being 1.
    head : the first rows as text.
    warnings : sentences on what was guessed or mended.
    title : what a project made of it is called.
    """

    name: str
    format: TableFormat
    columns: tuple[Column, ...]
    row_numbers: Rows
    head: tuple[tuple[str, ...], ...]
    warnings: tuple[str, ...]
    title: str

    def __len__(self) -> int:
        return len(self.row_numbers)
