"""Which samples train, which validate and which test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np
from numpy.typing import NDArray

from simulator.counter_random import key, permutation
from simulator.data.dataset import PARTS, Dataset
from simulator.data.encoding import quoted

Rows = NDArray[np.intp]
Counts = NDArray[np.int64]

SPLIT = 3
"""Purpose of the keys that split samples into parts."""
_NO_FOLD = -1


@dataclass(frozen=True, slots=True)
class SplitSpec:
    """Fractions in [0, 1) of the samples that validate and that test, together below 1.

    ``stratify`` gives each class its share in every part.  Where the data themselves say which
    samples are which part, fractions are of those they leave to training.
    """

    validation: float = 0.0
    test: float = 0.0
    stratify: bool = True


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of each part, ascending and read-only; together they are all rows, each once."""

    training: Rows
    validation: Rows
    test: Rows

    def __post_init__(self) -> None:
        for name in ("training", "validation", "test"):
            rows = np.sort(np.asarray(getattr(self, name), dtype=np.intp))
            rows.flags.writeable = False
            object.__setattr__(self, name, rows)


def split_rows(data: Dataset, spec: SplitSpec, seed: int) -> Split:
    """Split the samples by chance, the same for the same data, spec and seed.

    What the data themselves say (:attr:`Dataset.parts`) holds: chance parts only the samples they
    leave to training, into parts they do not have.

    The validation and the test part have N times their fraction of the samples, rounded to the
    nearest (halves up) but at least one if the fraction is above 0; training has the rest.
    Stratified, a part of P samples has P n / N of a class of n samples, rounded up or down: mostly
    by largest remainder, ties to training, so that all three parts keep their size.  Data without
    classes are split as if ``stratify`` were off.

    Raises
    ------
    ValueError : one sentence on a fraction that cannot be used, or if no sample, or none of some
        class, would be left for training.
    """
    given = _given_parts(data, spec)
    free = given[0]
    sizes = _part_sizes(len(free), spec)
    groups = _groups(data, free, spec.stratify, seed)
    counts = _apportion(np.array([len(rows) for rows in groups], dtype=np.int64), sizes)
    parts: tuple[list[Rows], ...] = ([], [], [])
    for rows, count in zip(groups, counts, strict=True):
        for part, chosen in zip(parts, np.split(rows, np.cumsum(count)[:-1]), strict=True):
            part.append(chosen)
    for part, rows in zip(parts[1:], given[1:], strict=True):
        part.append(rows)
    split = Split(*(np.concatenate(part) for part in parts))
    _check_training_classes(data, split.training)
    return split


def k_fold(data: Dataset, folds: int, seed: int, stratify: bool = True) -> tuple[Split, ...]:
    """Splits for cross-validation: every sample validates in exactly one of them and trains else.

    The validation parts differ in size by at most one; stratified, so do their samples of each
    class.  There is no test part, but for the one that the data bring along: it is in no fold.

    Raises
    ------
    ValueError : one sentence if there are not 2 to N folds, or if some fold would leave no sample
        of some class for training.
    """
    rows = fold_rows(data)
    if not 2 <= folds <= len(rows):
        raise ValueError(
            f"{len(rows):,} samples cannot be split into {folds:,} folds: "
            "there must be at least 2 folds and a sample for each."
        )
    # Dealt like cards, class after class.
    dealt = np.concatenate(_groups(data, rows, stratify, seed))
    fold_of = np.full(len(data), _NO_FOLD, dtype=np.intp)
    fold_of[dealt] = np.arange(len(dealt)) % folds
    test = np.flatnonzero(fold_of == _NO_FOLD)
    splits = []
    for fold in range(folds):
        outside = np.flatnonzero((fold_of != fold) & (fold_of != _NO_FOLD))
        _check_training_classes(data, outside)
        splits.append(Split(outside, np.flatnonzero(fold_of == fold), test))
    return tuple(splits)


def fold_rows(data: Dataset) -> Rows:
    """The samples that are dealt into folds: all but a test part that the data bring along."""
    if data.parts is None:
        return np.arange(len(data), dtype=np.intp)
    return np.flatnonzero(data.parts != PARTS.index("test"))


def _given_parts(data: Dataset, spec: SplitSpec) -> list[Rows]:
    """The rows of each part as the data say, all of them for training where they say nothing."""
    if data.parts is None:
        nobody = np.empty(0, dtype=np.intp)
        return [np.arange(len(data), dtype=np.intp), nobody, nobody]
    for name, fraction in (("validation", spec.validation), ("test", spec.test)):
        if fraction and data.has_part(name):
            raise ValueError(
                f"The data bring their own {name} part along, so no share can be drawn for it; "
                f"set the {name} share to 0."
            )
    given = [np.flatnonzero(data.parts == number) for number in range(len(PARTS))]
    if not len(given[0]):
        raise ValueError("No sample would be left for training: the data bring only other parts.")
    return given


def _part_sizes(total: int, spec: SplitSpec) -> Counts:
    """Samples for training, validation and test: (3,)."""
    for name, fraction in (("validation", spec.validation), ("test", spec.test)):
        if not 0.0 <= fraction < 1.0:
            raise ValueError(f"The {name} fraction must be 0 or more and below 1, not {fraction}.")
    if not spec.validation + spec.test < 1.0:
        raise ValueError(
            f"The validation fraction {spec.validation} and the test fraction {spec.test} must "
            "together be below 1."
        )
    held_out = [
        max(1, int(total * fraction + 0.5)) if fraction > 0.0 else 0
        for fraction in (spec.validation, spec.test)
    ]
    training = total - sum(held_out)
    if training < 1:
        raise ValueError(
            f"No sample would be left for training: of {total:,}, {held_out[0]:,} would validate "
            f"and {held_out[1]:,} would test."
        )
    return np.array([training, *held_out], dtype=np.int64)


def _groups(data: Dataset, free: Rows, stratify: bool, seed: int) -> list[Rows]:
    """Of some rows those of each class that occurs, or all at once, in an order by chance."""
    numbers = data.target_classes if stratify else None
    if numbers is None:
        groups = [free]
    else:
        own = numbers[free]
        _, sizes = np.unique(own, return_counts=True)
        groups = np.split(free[np.argsort(own, kind="stable")], np.cumsum(sizes)[:-1])
    return [
        rows[permutation(len(rows), key(seed, SPLIT, number))] for number, rows in enumerate(groups)
    ]


def _apportion(classes: Counts, parts: Counts) -> Counts:
    """Samples of each class in each part: (C, 3), from the sizes of the classes and of the parts.

    Every number is classes[c] parts[p] / N rounded up or down; rows sum to ``classes``, columns to
    ``parts``.  Rounding each row by largest remainder may leave the columns uneven; then some rows
    are rounded otherwise.  That such a rounding exists is the integrality of network flows (Cox &
    Ernst 1982, "Controlled rounding").
    """
    counts, remainders = np.divmod(np.multiply.outer(classes, parts), classes.sum())
    places = np.argsort(np.argsort(-remainders, axis=1, kind="stable"), axis=1, kind="stable")
    up = places < (classes - counts.sum(axis=1))[:, None]
    surplus = counts.sum(axis=0) + up.sum(axis=0) - parts
    while surplus.any():
        giver = int(np.argmax(surplus))
        path, rows = next(_exchanges(up, remainders, giver, np.flatnonzero(surplus < 0).tolist()))
        for row, (source, target) in zip(rows, pairwise(path), strict=True):
            up[row, source], up[row, target] = False, True
        surplus[giver] -= 1
        surplus[path[-1]] += 1
    rounded: Counts = counts + up
    return rounded


def _exchanges(
    up: NDArray[np.bool_], remainders: Counts, giver: int, takers: list[int]
) -> Iterator[tuple[tuple[int, ...], list[int]]]:
    """Ways to pass one sample from a part to one of ``takers``: a path of parts, a class a step.

    A class can pass from a part where it was rounded up to one where it was rounded down.
    """
    for length in (2, 3):
        for path in permutations(range(up.shape[1]), length):
            if path[0] != giver or path[-1] not in takers:
                continue
            rows = []
            for source, target in pairwise(path):
                gain = remainders[:, target] - remainders[:, source]
                movable = up[:, source] & ~up[:, target] & (remainders[:, target] > 0)
                if not movable.any():
                    break
                rows.append(int(np.where(movable, gain, np.iinfo(np.int64).min).argmax()))
            else:
                yield path, rows


def _check_training_classes(data: Dataset, training: Rows) -> None:
    numbers = data.target_classes
    if numbers is None:
        return
    everywhere = np.bincount(numbers)
    left = np.bincount(numbers[training], minlength=len(everywhere))
    missing = np.flatnonzero((everywhere > 0) & (left == 0))
    if len(missing):
        number = int(missing[0])
        raise ValueError(
            f"No sample of class {quoted(data.class_name(number))} would be left for training: "
            f"it has {everywhere[number]:,} of the {len(data):,} samples."
        )
