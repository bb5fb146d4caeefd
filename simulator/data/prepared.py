"""The samples as training uses them: split into parts, and scaled by what the training part is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.data.dataset import Dataset
from simulator.data.scaling import Scaler, fit_scaler
from simulator.data.splits import Split, SplitSpec, split_rows


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the samples: their ``rows`` in the data set, scaled inputs (N, n_in), targets."""

    rows: NDArray[np.intp]
    inputs: Array
    targets: Array

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class PreparedData:
    """Training, validation and test part of a data set, and the scaler of the inputs, if any."""

    training: Part
    validation: Part
    test: Part
    scaler: Scaler | None

    def part(self, name: str) -> Part:
        """The part of this name, one of :data:`~simulator.data.dataset.PARTS`; it may be empty."""
        return {"training": self.training, "validation": self.validation, "test": self.test}[name]


def prepare(data: Dataset, split: SplitSpec, split_seed: int, scaling: str) -> PreparedData:
    """Split ``data`` and scale all parts by the training part.

    What was prepared last of the same data is remembered: an edit of the network makes another
    project of them.

    Raises
    ------
    ValueError : when the split leaves no training data, or a class without any.
    """
    wish = (split, split_seed, scaling)
    known, found = data.__dict__.get("_prepared", (None, None))
    if known != wish or found is None:
        found = prepare_split(data, split_rows(data, split, split_seed), scaling)
        data.__dict__["_prepared"] = (wish, found)
    return cast(PreparedData, found)


def prepare_split(data: Dataset, rows: Split, scaling: str) -> PreparedData:
    """Scale all parts of a split by its training part."""
    scaler = fit_scaler(scaling, data.inputs[rows.training])
    inputs = data.inputs if scaler is None else scaler.transform(data.inputs)

    def part(own: NDArray[np.intp]) -> Part:
        if len(own) == len(data):
            return Part(own, inputs, data.targets)
        return Part(own, inputs[own], data.targets[own])

    return PreparedData(part(rows.training), part(rows.validation), part(rows.test), scaler)
