"""The parts of data as files name them: training, validation, test."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.data.dataset import PARTS
from simulator.data.encoding import quoted

PART_WORDS = {"train": 0, "training": 0, "val": 1, "validation": 1, "test": 2}
"""What files call a part, and its place in :data:`~simulator.data.dataset.PARTS`.

A 0 or 1 says nothing: some files mean the training part by it and some the test part.
"""
PART_NAMES = frozenset(("split", "part", "parts", "set", "subset", "partition"))
"""What files call the column, or the array, that says the part."""
ALLOWED = "train, val or test"


def part_numbers(texts: Sequence[str]) -> tuple[NDArray[np.intp], int | None]:
    """The part of each text (N,), and the place of the first one that names none."""
    known = {text: PART_WORDS.get(text.strip().lower(), -1) for text in set(texts)}
    numbers = np.array([known[text] for text in texts], dtype=np.intp)
    wrong = np.flatnonzero(numbers < 0)
    return numbers, int(wrong[0]) if len(wrong) else None


def names_parts(texts: Sequence[str]) -> bool:
    """Whether these are names of parts, and of more than one."""
    found = {PART_WORDS.get(text.strip().lower()) for text in set(texts)}
    return None not in found and len(found) > 1


def trouble_with(
    parts: NDArray[np.intp], classes: Sequence[str], numbers: NDArray[np.intp] | None
) -> str:
    """Why samples cannot be parted like this, as half a sentence; empty where they can.

    ``numbers`` (N,) are the places of their classes in ``classes``.
    """
    counts = np.bincount(parts, minlength=len(PARTS))
    if not counts[0]:
        return "no sample is for training"
    if counts[0] == len(parts):
        return "all samples are for training, so no part is told apart"
    if numbers is None:
        return ""
    there = np.bincount(numbers, minlength=len(classes))
    trained = np.bincount(numbers[parts == 0], minlength=len(classes))
    missing = np.flatnonzero((there > 0) & (trained == 0))
    if not len(missing):
        return ""
    return f"no sample of class {quoted(classes[int(missing[0])])} is for training"


def parts_text(parts: NDArray[np.intp]) -> str:
    """How many samples each part has: "120 train, 30 test"."""
    counts = np.bincount(parts, minlength=len(PARTS)).tolist()
    words = zip(counts, ("train", "validate", "test"), strict=True)
    return ", ".join(f"{count:,} {word}" for count, word in words if count)
