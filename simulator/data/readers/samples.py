"""Samples as arrays, as IDX files, npz files and pictures hold them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.data.readers.errors import ReadError

Numbers = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Samples:
    """Inputs of any kind of number, with labels, targets, or neither.

    Attributes
    ----------
    name : of the file or folder, in quotes, as sentences say it.
    inputs : (N, rows, columns) for pictures, else (N, n_in).
    classes : names of the classes there are, in order; empty where there are none.
    labels : (N,) the number of each sample's class, or None.
    targets : (N, n_out) numbers to predict, or None.
    background : of pictures, the brightness of their edges from 0 to 1, or None if unknown.
    parts : (N,) the part of each sample as the files say, a place in
        :data:`~simulator.data.dataset.PARTS`, or None.
    warnings : sentences on what was guessed or left out.
    title : what a project made of it is called.
    """

    name: str
    inputs: Numbers
    classes: tuple[str, ...] = ()
    labels: NDArray[np.intp] | None = None
    targets: Numbers | None = None
    background: float | None = None
    parts: NDArray[np.intp] | None = None
    warnings: tuple[str, ...] = ()
    title: str = ""

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def shape(self) -> tuple[int, int] | None:
        """Rows and columns of a picture, or None where the samples are none."""
        return None if self.inputs.ndim != 3 else (self.inputs.shape[1], self.inputs.shape[2])

    @cached_property
    def largest(self) -> float:
        """What white is: 255 for bytes and other numbers up to there, 1 for fractions."""
        if self.inputs.dtype == np.uint8:
            return 255.0
        top = float(self.inputs.max())
        return 1.0 if top <= 1.0 else 255.0 if top <= 255.0 else top


def check_finite(values: Numbers, name: str) -> None:
    """Refuse numbers that are none.

    Raises
    ------
    ReadError : one sentence with how many there are and where the first is.
    """
    if values.dtype.kind != "f":
        return
    # Row by row blocks: the mask of a large array at once would be large, too.
    flat = values.reshape(len(values), -1)
    wrong, first = 0, -1
    for start in range(0, len(flat), 4096):
        bad = ~np.isfinite(flat[start : start + 4096])
        count = int(bad.sum())
        if count and first < 0:
            first = start + int(np.flatnonzero(bad.any(axis=1))[0])
        wrong += count
    if wrong:
        there = "values that are not numbers" if wrong > 1 else "value that is not a number"
        raise ReadError(
            f"{name} has {wrong:,} {there} (NaN or infinite), the first in sample {first + 1:,}; "
            f"training needs numbers: mend them, or remove these samples."
        )


def classes_of(labels: NDArray[Any], name: str, least: int = 10) -> tuple[tuple[str, ...], Numbers]:
    """Names of the classes that occur, and each sample's number among them: (N,).

    Labels reach from 0 to 9, or are numbered without a gap.

    Raises
    ------
    ReadError : one sentence on a label that cannot be one, or if there is but one class.
    """
    if labels.dtype.kind == "f":
        check_finite(labels, name)
        if not (labels == np.floor(labels)).all():
            raise ReadError(f"{name}: labels must be whole numbers.")
    numbers = labels.astype(np.int64)
    found, places = np.unique(numbers, return_inverse=True)
    without_gap = len(found) == int(found[-1]) - int(found[0]) + 1
    if found[0] < 0 or (found[-1] >= least and not without_gap):
        wrong = int(found[0]) if found[0] < 0 else int(found[found >= least][0])
        place = int(np.flatnonzero(numbers == wrong)[0]) + 1
        raise ReadError(
            f"{name}: label {wrong} is outside 0–{least - 1} (sample {place:,}); labels reach from "
            f"0 to {least - 1}, or are numbered without a gap."
        )
    if len(found) < 2:
        raise ReadError(f"{name}: only one class (“{found[0]}”); there must be at least 2.")
    return tuple(str(number) for number in found.tolist()), places.reshape(-1)
