"""From arrays of samples to a data set: grid, grey levels, how many of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.data.dataset import Dataset, Order, Picture
from simulator.data.outcome import Outcome, class_warnings, classes_text
from simulator.data.parts import parts_text, trouble_with
from simulator.data.readers.errors import (
    Progress,
    ReadError,
    check_progress,
    counted,
    never_cancel,
)
from simulator.data.readers.limits import MAX_GRID, MAX_ROWS, MAX_VALUES
from simulator.data.readers.pictures import box_average
from simulator.data.readers.samples import Samples

_BLOCK = 2048
Parts = Literal["kept", "mixed", "training"]
PARTS_WORDS: tuple[Parts, ...] = ("kept", "mixed", "training")
BRIGHT = 0.5
"""A background brighter than this is inverted: ink is 1 and paper 0, as in MNIST."""


@dataclass(frozen=True, slots=True)
class SampleChoices:
    """What is made of samples.

    Attributes
    ----------
    grid : rows and columns that pictures are averaged to; None as they are.
    invert : whether dark becomes light.
    order : how a picture is unpacked into the inputs.
    at_most : use no more samples than this, evenly spread over all; None for all.
    parts : where the files say the parts, whether these are kept, or all samples mixed so that
        parts can be drawn by chance, or only the training part is taken.
    """

    grid: tuple[int, int] | None = None
    invert: bool = False
    order: Order = "row"
    at_most: int | None = None
    parts: Parts = "kept"


def guess_samples(samples: Samples) -> SampleChoices:
    """Pictures with a bright background are inverted."""
    bright = samples.background is not None and samples.background > BRIGHT
    return SampleChoices(invert=bright)


class _Plan:
    """Samples with choices, looked through; raises the reason why they cannot be imported."""

    def __init__(self, samples: Samples, choices: SampleChoices) -> None:
        self.samples, self.choices = samples, choices
        name, shape = samples.name, samples.shape
        if choices.grid is not None:
            if shape is None:
                raise ReadError(f"{name}: the samples are no pictures, so they have no grid.")
            if not all(1 <= length <= MAX_GRID for length in choices.grid):
                raise ReadError(f"The grid must have 1 to {MAX_GRID} rows and columns.")
            shape = choices.grid
        self.shape = shape
        self.n_inputs = shape[0] * shape[1] if shape is not None else samples.inputs[0].size
        if choices.at_most is not None and choices.at_most < 1:
            raise ReadError("At least 1 sample must be used.")
        there = np.arange(len(samples), dtype=np.intp)
        if samples.parts is not None and choices.parts == "training":
            there = np.flatnonzero(samples.parts == 0)
        count = min(len(there), choices.at_most or len(there))
        self.rows: NDArray[np.intp] = there[np.linspace(0, len(there) - 1, count).astype(np.intp)]
        outputs = len(samples.classes) or 1
        most = min(MAX_ROWS, MAX_VALUES // max(self.n_inputs, outputs))
        if count > most:
            raise ReadError(
                f"{name}: {count:,} samples of {self.n_inputs:,} inputs are too many; use at most "
                f"{most:,} of them."
            )
        self._check_targets()
        self.parts = self._parts()

    def _parts(self) -> NDArray[np.intp] | None:
        """The part of each sample that is taken (N,), or None where chance decides."""
        samples = self.samples
        if samples.parts is None or self.choices.parts != "kept":
            return None
        parts = samples.parts[self.rows]
        numbers = None if samples.labels is None else samples.labels[self.rows]
        trouble = trouble_with(parts, samples.classes, numbers)
        if trouble:
            raise ReadError(
                f"{samples.name}: by the parts that the files say {trouble}; let them be drawn by "
                f"chance instead, or use more samples."
            )
        return parts

    def _check_targets(self) -> None:
        name, labels, targets = self.samples.name, self.samples.labels, self.samples.targets
        self.counts: NDArray[np.intp] = np.zeros(0, dtype=np.intp)
        if labels is not None:
            classes = self.samples.classes
            self.counts = np.bincount(labels[self.rows], minlength=len(classes))
            if int((self.counts > 0).sum()) < 2:
                only = classes[int(labels[self.rows[0]])]
                raise ReadError(f"{name}: only one class (“{only}”); there must be at least 2.")
        elif targets is None:
            raise ReadError(f"{name}: there are no labels; choose the file that has them, too.")
        elif len(self.rows) > 1 and (targets[self.rows] == targets[self.rows[0]]).all():
            raise ReadError(
                f"{name}: the target is always {targets[0].flat[0]:g}: nothing to learn (R² "
                f"undefined)."
            )

    def warnings(self) -> tuple[str, ...]:
        said = list(self.samples.warnings)
        if self.choices.invert and self.samples.background is not None:
            bright = self.samples.background > BRIGHT
            said.append(
                "The background is bright, so the pictures are inverted: ink becomes 1, paper 0."
                if bright
                else "The pictures are inverted although their background is dark."
            )
        if len(self.rows) == 1:
            said.append("Only 1 sample; training needs at least 2.")
        if self.samples.labels is not None:
            said += class_warnings(self.samples.classes, self.counts)
        return tuple(said)

    def summary(self) -> str:
        parts = [counted(len(self.rows), "sample" if self.shape is None else "picture")]
        if self.shape is None:
            parts.append(counted(self.n_inputs, "input"))
        else:
            parts[0] += f" of {self.shape[0]}×{self.shape[1]} pixels"
        if self.samples.labels is not None:
            parts.append(classes_text(self.samples.classes))
        elif self.samples.targets is not None:
            parts.append(f"{counted(self.samples.targets.shape[1], 'number')} to predict")
        text = ", ".join(parts)
        out = len(self.samples) - len(self.rows)
        if out:
            text += f"; {counted(out, 'sample')} left out as chosen"
        if self.parts is not None:
            text += f"; the files say the parts: {parts_text(self.parts)}"
        return f"{text}."


def sample_outcome(samples: Samples, choices: SampleChoices) -> Outcome:
    """What importing would give, or why it cannot be."""
    try:
        plan = _Plan(samples, choices)
    except ReadError as problem:
        return Outcome("", samples.warnings, str(problem))
    return Outcome(plan.summary(), plan.warnings(), "", plan.n_inputs)


def picture_values(
    samples: Samples,
    choices: SampleChoices,
    rows: NDArray[np.intp],
    progress: Progress = never_cancel,
) -> Array:
    """Pictures (N, rows, columns), or inputs (N, n_in), of some samples; pixels are from 0 to 1.

    Raises
    ------
    Cancelled : when ``progress`` says so.
    """
    if samples.shape is None:
        return samples.inputs[rows].astype(np.float64)
    grid = choices.grid or samples.shape
    values = np.empty((len(rows), *grid))
    # In blocks, so that there is no second copy of all as float64.
    for start in range(0, len(rows), _BLOCK):
        block = samples.inputs[rows[start : start + _BLOCK]] / samples.largest
        if grid != samples.shape:
            block = box_average(block, *grid)
        values[start : start + _BLOCK] = 1.0 - block if choices.invert else block
        check_progress(progress, start / len(rows))
    return values


def sample_dataset(
    samples: Samples, choices: SampleChoices, progress: Progress = never_cancel
) -> Dataset:
    """The data set made of samples.

    Raises
    ------
    ReadError : one sentence.
    Cancelled : when ``progress`` says so.
    """
    plan = _Plan(samples, choices)
    values = picture_values(samples, choices, plan.rows, progress)
    picture = None if plan.shape is None else Picture(*plan.shape, choices.order)
    if picture is not None and choices.order == "column":
        values = values.transpose(0, 2, 1)
    if samples.labels is not None:
        targets = np.zeros((len(plan.rows), len(samples.classes)))
        targets[np.arange(len(plan.rows)), samples.labels[plan.rows]] = 1.0
    else:
        assert samples.targets is not None
        targets = samples.targets[plan.rows].astype(np.float64)
    return Dataset(
        inputs=values.reshape(len(plan.rows), -1),
        targets=targets,
        classes=samples.classes,
        picture=picture,
        parts=plan.parts,
    )
