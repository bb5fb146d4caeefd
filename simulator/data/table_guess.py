"""What the columns of a table probably are meant as."""

from __future__ import annotations

import math

import numpy as np

from simulator.data.parts import PART_NAMES, names_parts, part_numbers
from simulator.data.readers.table import Column, Table
from simulator.data.table_import import Kind, Role, TableChoices

TARGET_NAMES = frozenset(
    ("label", "labels", "class", "classes", "target", "y", "species", "category", "klasse", "ziel")
)
_FEWEST_PIXELS = 64


def guess_table(table: Table) -> TableChoices:
    """The target is the column that is called so, else the last one; text and dates stay out.

    A column whose cells name parts, as train and test, says the part of each row.
    """
    part = next((column for column in table.columns if _says_part(column)), None)
    target = _guess_target(table, part)
    roles: list[Role] = []
    kinds: list[Kind] = []
    for column in table.columns:
        wordy = column.kind in ("class", "text")
        if column is target:
            roles.append("target")
            kinds.append("class" if wordy or column.looks_like_classes else "number")
        elif column is part:
            roles.append("part")
            kinds.append("class")
        else:
            roles.append("out" if column.kind in ("empty", "text") else "input")
            kinds.append("class" if wordy else "number")
    return TableChoices(tuple(roles), tuple(kinds), grid=_guess_grid(table, roles))


def _says_part(column: Column) -> bool:
    """Whether all cells name parts, or the header says that they do and most of them are so."""
    texts = [text for _, text in column.words]
    if not texts or len(column.text_rows) < len(column.numbers):
        return False
    if names_parts(texts):
        return True
    numbers, _ = part_numbers(texts)
    return column.name.lower() in PART_NAMES and int((numbers >= 0).sum()) * 2 >= len(texts)


def _guess_target(table: Table, part: Column | None) -> Column | None:
    columns = [column for column in table.columns if column is not part]
    filled = [column for column in columns if column.kind != "empty"]
    if not filled:
        return None
    for column in filled:
        if column.name.lower() in TARGET_NAMES:
            return column
    first, others = filled[0], filled[1:]
    if not table.format.header and _side(len(others)) and first.looks_like_classes:
        # As MNIST is written in tables: the digit, then its pixels.
        return first
    return filled[-1]


def _side(pixels: int) -> int:
    side = math.isqrt(pixels)
    return side if side * side == pixels and pixels >= _FEWEST_PIXELS else 0


def _guess_grid(table: Table, roles: list[Role]) -> tuple[int, int] | None:
    """Square pictures, if the inputs are as many whole numbers from 0 to 255."""
    inputs = [c for c, role in zip(table.columns, roles, strict=True) if role == "input"]
    side = _side(len(inputs))
    if not side:
        return None
    for column in inputs:
        if len(column.text_rows) or column.limits is None:
            return None
        if column.limits[0] < 0 or column.limits[1] > 255:
            return None
        if (column.numbers != np.floor(column.numbers)).any():
            return None
    return side, side
