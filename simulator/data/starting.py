"""What an empty project begins with: one sample of each class, to be drawn over or moved.

A network learns from samples only, so there is no project without any.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simulator.data.dataset import Dataset, Picture
from simulator.data.encoding import one_hot, quoted

MAX_SIDE = 28
"""Rows and columns that can be drawn on."""
MAX_CLASSES = 100
MAX_PLANE_CLASSES = 5
MAX_NAME = 40


def blank_pictures(rows: int, columns: int, classes: Sequence[str]) -> Dataset:
    """A blank picture of each class: inputs (C, rows * columns) of zeros, targets one-hot (C, C).

    Raises
    ------
    ValueError : one sentence on a grid that cannot be drawn on, or on the names.
    """
    if not (1 <= rows <= MAX_SIDE and 1 <= columns <= MAX_SIDE and rows * columns > 1):
        raise ValueError(f"A grid has 1 to {MAX_SIDE} rows and columns, and 2 pixels at least.")
    names = checked_names(classes, MAX_CLASSES)
    targets, _ = one_hot(names, names)
    blank = np.zeros((len(names), rows * columns))
    return Dataset(blank, targets, names, picture=Picture(rows, columns))


def first_points(classes: Sequence[str]) -> Dataset:
    """A point of each class: inputs (C, 2) on the unit circle, targets one-hot (C, C).

    Raises
    ------
    ValueError : one sentence on the names.
    """
    names = checked_names(classes, MAX_PLANE_CLASSES)
    targets, _ = one_hot(names, names)
    angles = math.pi / 4 + 2 * math.pi * np.arange(len(names)) / len(names)
    inputs = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    return Dataset(inputs, targets, names, input_names=("x1", "x2"))


def checked_names(classes: Sequence[str], most: int) -> tuple[str, ...]:
    """The names of classes, without blanks around them.

    Raises
    ------
    ValueError : one sentence if they are fewer than 2 or more than ``most``, or if one is empty,
        too long or given twice.
    """
    names = tuple(name.strip() for name in classes)
    if not 2 <= len(names) <= most:
        raise ValueError(f"There must be 2 to {most} classes, not {len(names)}.")
    for number, name in enumerate(names):
        if not name:
            raise ValueError(f"Class {number + 1} needs a name.")
        if len(name) > MAX_NAME or not name.isprintable():
            raise ValueError(
                f"The class {quoted(name)} needs a name of at most {MAX_NAME} letters on one line."
            )
        if name in names[:number]:
            raise ValueError(f"The class {quoted(name)} is given twice.")
    return names
