"""Edits of the samples themselves: each makes a new data set and says where its rows come from.

Edited data are given data: they are no longer what a generator or a built-in set makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.data.augmentation import AugmentationSpec, augment
from simulator.data.dataset import Dataset
from simulator.data.encoding import quoted

MAX_SAMPLES = 1_000_000
MAX_VARIANTS = 1000
MAX_CLASSES = 1000
NEW = -1
"""In :attr:`DataEdit.rows`: a sample that was not there before."""

Rows = Sequence[int] | NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class DataEdit:
    """Changed data; ``rows`` (N,) says which sample each was before, :data:`NEW` for none."""

    data: Dataset
    rows: NDArray[np.intp]


def class_target(data: Dataset, number: int) -> Array:
    """The target (n_out,) that stands for class ``number``.

    Raises
    ------
    ValueError : one sentence if the targets name no classes, or there is no such class.
    """
    if data.target_classes is None:
        raise ValueError("The targets of these data are numbers, not classes.")
    if not 0 <= number < len(data.class_names):
        raise ValueError(f"There is no class {number + 1}; there are {len(data.class_names)}.")
    low, high = float(data.targets.min()), float(data.targets.max())
    if data.n_outputs == 1:
        return np.array([high if number else low])
    target = np.full(data.n_outputs, low)
    target[number] = high
    return target


def add_samples(data: Dataset, inputs: Array, targets: Array, at: int | None = None) -> DataEdit:
    """With new samples, inputs (K, n_in) and targets (K, n_out), in front of row ``at``.

    Without ``at`` they are the last ones.  Where the data say which samples are which part, the
    new ones are for training.

    Raises
    ------
    ValueError : one sentence on a number that is none, a wrong length, or too many samples.
    """
    inputs = _checked(inputs, data.n_inputs, "input")
    targets = _checked(targets, data.n_outputs, "target")
    if len(inputs) != len(targets):
        raise ValueError(f"{len(inputs):,} inputs cannot have {len(targets):,} targets.")
    _check_amount(len(data) + len(inputs))
    place = len(data) if at is None else min(max(at, 0), len(data))
    rows = np.insert(np.arange(len(data), dtype=np.intp), place, np.full(len(inputs), NEW))
    return DataEdit(
        _given(
            data,
            inputs=np.insert(data.inputs, place, inputs, axis=0),
            targets=np.insert(data.targets, place, targets, axis=0),
            parts=None if data.parts is None else np.insert(data.parts, place, [0] * len(inputs)),
        ),
        rows,
    )


def change_inputs(data: Dataset, row: int, inputs: Array) -> DataEdit:
    """Sample ``row`` with other inputs (n_in,).

    Raises
    ------
    ValueError : one sentence on a sample that is not there or a number that is none.
    """
    _check_rows(data, [row])
    changed = data.inputs.copy()
    changed[row] = _checked(np.asarray(inputs)[None], data.n_inputs, "input")[0]
    return DataEdit(_given(data, inputs=changed), _all_rows(data))


def change_targets(data: Dataset, row: int, targets: Array) -> DataEdit:
    """Sample ``row`` with other targets (n_out,).

    Raises
    ------
    ValueError : one sentence, as :func:`change_inputs`, or if classes could not be told any more.
    """
    _check_rows(data, [row])
    changed = data.targets.copy()
    changed[row] = _checked(np.asarray(targets)[None], data.n_outputs, "target")[0]
    return DataEdit(_keeping_classes(data, _given(data, targets=changed)), _all_rows(data))


def relabel(data: Dataset, rows: Rows, number: int) -> DataEdit:
    """These samples as class ``number``.

    Raises
    ------
    ValueError : one sentence, also if the classes could not be told apart any more.
    """
    rows = _check_rows(data, rows)
    changed = data.targets.copy()
    changed[rows] = class_target(data, number)
    return DataEdit(_keeping_classes(data, _given(data, targets=changed)), _all_rows(data))


def duplicate(data: Dataset, rows: Rows) -> DataEdit:
    """Each of these samples twice, its double right behind it."""
    rows = _check_rows(data, rows)
    _check_amount(len(data) + len(rows))
    repeats = np.ones(len(data), dtype=np.intp)
    repeats[rows] = 2
    return _taken(data, np.repeat(_all_rows(data), repeats))


def delete(data: Dataset, rows: Rows) -> DataEdit:
    """Without these samples.

    Raises
    ------
    ValueError : one sentence if none would be left, or the classes could not be told apart.
    """
    rows = _check_rows(data, rows)
    if len(rows) == len(data):
        raise ValueError("At least one sample must be left to train on.")
    edit = _taken(data, np.delete(_all_rows(data), rows))
    _keeping_classes(data, edit.data)
    return edit


def move(data: Dataset, rows: Rows, to: int) -> DataEdit:
    """These samples, in the order they have, in front of what is sample ``to`` now.

    ``to`` is 0 to N; N is behind the last one.
    """
    rows = _check_rows(data, rows)
    if not 0 <= to <= len(data):
        raise ValueError(f"There is no place {to + 1} among {len(data):,} samples.")
    others = np.delete(_all_rows(data), rows)
    return _taken(data, np.insert(others, int(np.searchsorted(others, to)), rows))


def noisy_variants(
    data: Dataset,
    rows: Rows,
    count: int,
    flip_probability: float = 0.0,
    shift: int = 0,
    noise: float = 0.0,
    seed: int = 0,
) -> DataEdit:
    """``count`` disturbed copies of each of these samples, right behind it.

    A pixel x of a picture becomes 1 - x with ``flip_probability``, pictures move by up to
    ``shift`` pixels (every way as likely, as :func:`~simulator.data.augmentation.augment` does
    it), and Gaussian noise of standard deviation ``noise`` is added; pictures stay within 0..1.
    The same ``seed`` gives the same variants.

    Raises
    ------
    ValueError : one sentence on a number out of range, or if nothing would be disturbed.
    """
    rows = _check_rows(data, rows)
    if not 1 <= count <= MAX_VARIANTS:
        raise ValueError(f"There can be 1 to {MAX_VARIANTS:,} variants of a sample, not {count:,}.")
    if not 0.0 <= flip_probability < 1.0:
        raise ValueError("The share of flipped pixels must be 0 or more and below 100 %.")
    if not (shift >= 0 and noise >= 0.0 and np.isfinite(noise)):
        raise ValueError("A shift and a noise must be 0 or more.")
    if flip_probability == 0.0 and shift == 0 and noise == 0.0:
        raise ValueError("Choose a noise or a shift: without any, the variants would be copies.")
    if data.picture is None and (shift or flip_probability):
        raise ValueError("Only pictures have pixels that can be flipped or shifted.")
    _check_amount(len(data) + count * len(rows))
    repeats = np.ones(len(data), dtype=np.intp)
    repeats[rows] += count
    origin = np.repeat(_all_rows(data), repeats)
    # The first of equal entries is the sample itself, the others are its variants.
    fresh = np.concatenate([[False], origin[1:] == origin[:-1]])
    inputs = data.inputs[origin]
    disturbed = inputs[fresh]
    augment(AugmentationSpec(flip_probability, shift), data.picture, disturbed, seed, 0)
    if noise > 0.0:
        generator = np.random.default_rng([seed, len(disturbed)])
        disturbed = disturbed + noise * generator.standard_normal(disturbed.shape)
    if data.picture is not None:
        disturbed = np.clip(disturbed, 0.0, 1.0)
    inputs[fresh] = disturbed
    # A variant of a test sample tests: what is trained on must not know it.
    parts = _parts_of(data, origin)
    return DataEdit(_given(data, inputs=inputs, targets=data.targets[origin], parts=parts), origin)


def forget_parts(data: Dataset) -> DataEdit:
    """Without saying which sample is which part: chance decides from now on.

    Raises
    ------
    ValueError : one sentence if the data say no parts.
    """
    if data.parts is None:
        raise ValueError("The parts of these data are drawn by chance already.")
    return DataEdit(_given(data, parts=None), _all_rows(data))


def rename_class(data: Dataset, number: int, name: str) -> DataEdit:
    """Class ``number`` called ``name``.

    Raises
    ------
    ValueError : one sentence on an empty name or one that another class has.
    """
    names = _class_names(data)
    if not 0 <= number < len(names):
        raise ValueError(f"There is no class {number + 1}; there are {len(names)}.")
    _check_name(name, names[:number] + names[number + 1 :])
    names[number] = name.strip()
    return DataEdit(
        replace(data, classes=tuple(names), builtin="", generated=None), _all_rows(data)
    )


def add_class(data: Dataset, name: str) -> DataEdit:
    """With one more class, and so one more output; no sample is in it yet.

    Raises
    ------
    ValueError : one sentence on the name, or if the data have a single output for both classes.
    """
    names = _class_names(data)
    _check_name(name, names)
    if data.n_outputs == 1:
        raise ValueError(
            "These data have one output for two classes; a third class needs an output a class."
        )
    if len(names) >= MAX_CLASSES:
        raise ValueError(f"There can be at most {MAX_CLASSES:,} classes.")
    empty = np.full((len(data), 1), float(data.targets.min()))
    targets = np.concatenate([data.targets, empty], axis=1)
    changed = _given(data, targets=targets)
    return DataEdit(replace(changed, classes=(*names, name.strip())), _all_rows(data))


def remove_class(data: Dataset, number: int) -> DataEdit:
    """Without class ``number``: its output and its samples go.

    Raises
    ------
    ValueError : one sentence if fewer than two classes, or no sample, would be left.
    """
    names = _class_names(data)
    if not 0 <= number < len(names):
        raise ValueError(f"There is no class {number + 1}; there are {len(names)}.")
    if data.n_outputs == 1 or len(names) <= 2:
        raise ValueError("At least two classes must be left to tell apart.")
    assert data.target_classes is not None
    rows = np.flatnonzero(data.target_classes != number)
    if not len(rows):
        raise ValueError(f"All samples are of class {quoted(names[number])}; add others first.")
    kept = _taken(data, rows)
    names.pop(number)
    targets = np.delete(kept.data.targets, number, axis=1)
    changed = replace(kept.data, targets=targets, classes=tuple(names))
    return DataEdit(_keeping_classes(data, changed), rows)


def _class_names(data: Dataset) -> list[str]:
    if data.target_classes is None:
        raise ValueError("The targets of these data are numbers, not classes.")
    return list(data.class_names)


def _check_name(name: str, others: list[str]) -> None:
    if not name.strip():
        raise ValueError("A class needs a name.")
    if name.strip() in others:
        raise ValueError(f"There is a class {quoted(name.strip())} already.")


def _keeping_classes(before: Dataset, after: Dataset) -> Dataset:
    """``after``, unless ``before`` has classes and they cannot be told any more."""
    if before.target_classes is not None and after.target_classes is None:
        if before.n_outputs == 1:
            raise ValueError(
                "Each of the two classes needs a sample: with one output they are told apart by "
                "their targets."
            )
        raise ValueError("These targets name classes: one output of a sample is 1, all others 0.")
    return after


def _given(data: Dataset, **changes: Array | NDArray[np.intp] | None) -> Dataset:
    """The data with other numbers, no longer built-in or generated."""
    return replace(data, builtin="", generated=None, **changes)  # type: ignore[arg-type]


def _taken(data: Dataset, rows: NDArray[np.intp]) -> DataEdit:
    inputs, targets = data.inputs[rows], data.targets[rows]
    return DataEdit(_given(data, inputs=inputs, targets=targets, parts=_parts_of(data, rows)), rows)


def _parts_of(data: Dataset, rows: NDArray[np.intp]) -> NDArray[np.intp] | None:
    return None if data.parts is None else data.parts[rows]


def _all_rows(data: Dataset) -> NDArray[np.intp]:
    return np.arange(len(data), dtype=np.intp)


def _check_rows(data: Dataset, rows: Rows) -> NDArray[np.intp]:
    """The rows, ascending and each once."""
    found = np.unique(np.asarray(rows, dtype=np.intp))
    if not len(found):
        raise ValueError("Choose a sample first.")
    outside = found[(found < 0) | (found >= len(data))]
    if len(outside):
        raise ValueError(f"There is no sample {outside[0] + 1:,}; there are {len(data):,}.")
    return found


def _check_amount(samples: int) -> None:
    if samples > MAX_SAMPLES:
        raise ValueError(f"There can be at most {MAX_SAMPLES:,} samples, not {samples:,}.")


def _checked(values: Array, width: int, word: str) -> Array:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 2 or numbers.shape[1] != width:
        raise ValueError(f"A sample has {width:,} {word}{'' if width == 1 else 's'}.")
    if not np.isfinite(numbers).all():
        raise ValueError(f"Each {word} must be a finite number.")
    return numbers
