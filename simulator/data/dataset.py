"""The samples of a project, and how a picture becomes an input vector."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array

if TYPE_CHECKING:
    from simulator.data.generators import GeneratorSpec

Order = Literal["column", "row"]
PARTS = ("training", "validation", "test")
"""The parts of a data set."""


@dataclass(frozen=True, slots=True)
class Picture:
    """How the inputs form a picture of ``rows`` x ``columns`` pixels.

    ``order`` says how the picture is unpacked into the input vector: ``"column"`` takes the
    pixels column by column, top to bottom (deck B), ``"row"`` row by row, left to right.
    """

    rows: int
    columns: int
    order: Order = "column"

    @property
    def index(self) -> NDArray[np.intp]:
        """Position in the input vector of each pixel: (rows, columns)."""
        positions = np.arange(self.rows * self.columns, dtype=np.intp)
        if self.order == "column":
            return positions.reshape(self.columns, self.rows).T
        return positions.reshape(self.rows, self.columns)

    def unpack(self, pixels: Array) -> Array:
        """The input vector (rows * columns,) of a picture (rows, columns)."""
        return np.asarray(pixels, dtype=np.float64).reshape(
            -1, order="F" if self.order == "column" else "C"
        )

    def pack(self, inputs: Array) -> Array:
        """The picture (rows, columns) of an input vector (rows * columns,)."""
        return np.asarray(inputs)[self.index]

    def pack_all(self, inputs: Array) -> Array:
        """The pictures (N, rows, columns) of many input vectors (N, rows * columns), uncopied."""
        if self.order == "row":
            return inputs.reshape(len(inputs), self.rows, self.columns)
        return inputs.reshape(len(inputs), self.columns, self.rows).transpose(0, 2, 1)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples with their targets; arrays are read-only.

    Attributes
    ----------
    inputs : (N, n_in).
    targets : (N, n_out).
    classes : a name an output where the targets name classes, else empty.  With one output there
        may be two names: for targets at the lower and at the upper end.
    input_names : a name an input, or empty.
    picture : how the inputs form a picture, or None.
    builtin : the built-in data set this is, or empty.
    generated : what the data was generated from, or None.
    parts : (N,) the part each sample belongs to as the data themselves say, a place in
        :data:`PARTS`; None where the parts are drawn by chance.
    """

    inputs: Array
    targets: Array
    classes: tuple[str, ...] = ()
    input_names: tuple[str, ...] = ()
    picture: Picture | None = None
    builtin: str = ""
    generated: GeneratorSpec | None = None
    parts: NDArray[np.intp] | None = None

    def __post_init__(self) -> None:
        for name in ("inputs", "targets"):
            frozen = np.ascontiguousarray(getattr(self, name), dtype=np.float64).copy()
            frozen.flags.writeable = False
            object.__setattr__(self, name, frozen)
        if self.parts is not None:
            parts = np.array(self.parts, dtype=np.intp)
            parts.flags.writeable = False
            object.__setattr__(self, "parts", parts)

    def __len__(self) -> int:
        return int(self.inputs.shape[0])

    @property
    def n_inputs(self) -> int:
        """Numbers in a sample's input."""
        return int(self.inputs.shape[1])

    @property
    def n_outputs(self) -> int:
        """Numbers in a sample's target."""
        return int(self.targets.shape[1])

    @cached_property
    def not_finite(self) -> int:
        """How many inputs and targets are NaN or infinite."""
        count = 0
        for values in (self.inputs, self.targets):
            # A finite sum needs no second array; one that overflowed says nothing.
            with np.errstate(over="ignore", invalid="ignore"):
                total = float(values.sum())
            if not np.isfinite(total):
                count += int((~np.isfinite(values)).sum())
        return count

    @cached_property
    def class_threshold(self) -> float | None:
        """Where a single output changes class: midway between its two target values.

        None where there are several outputs, or where the targets take more than two values.
        """
        if self.n_outputs != 1:
            return None
        values = np.unique(self.targets)
        return float(values.mean()) if len(values) == 2 else None

    @cached_property
    def target_classes(self) -> NDArray[np.intp] | None:
        """Class number of each sample (N,), or None where the targets name no classes."""
        if self.class_threshold is not None:
            return _classes_above(self.targets, self.class_threshold)
        if self.n_outputs < 2 or not self._one_hot:
            return None
        return _winners(self.targets)

    @cached_property
    def _one_hot(self) -> bool:
        ones = self.targets == self.targets.max()
        return bool((ones.sum(axis=1) == 1).all() and len(np.unique(self.targets)) == 2)

    def predicted_classes(self, outputs: Array) -> NDArray[np.intp] | None:
        """Class numbers (N,) that the outputs (N, n_out) stand for, as ``target_classes``."""
        if self.class_threshold is not None:
            return _classes_above(outputs, self.class_threshold)
        if self.target_classes is None:
            return None
        return _winners(outputs)

    def has_part(self, name: str) -> bool:
        """Whether the data themselves say which samples are this part, one of :data:`PARTS`."""
        return self.parts is not None and bool((self.parts == PARTS.index(name)).any())

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the classes are called, one each; empty where the targets name none."""
        if self.target_classes is None:
            return ()
        return tuple(self.class_name(number) for number in range(max(2, self.n_outputs)))

    def class_name(self, number: int) -> str:
        """What class ``number`` is called."""
        return self.classes[number] if number < len(self.classes) else str(number)


def _classes_above(outputs: Array, threshold: float) -> NDArray[np.intp]:
    """Class 1 where the only output is above the threshold, else 0: (N,)."""
    classes: NDArray[np.intp] = np.greater(outputs[:, 0], threshold).astype(np.intp)
    return classes


def _winners(outputs: Array) -> NDArray[np.intp]:
    """The largest output of each row: (N,)."""
    winners: NDArray[np.intp] = np.argmax(outputs, axis=1)
    return winners
