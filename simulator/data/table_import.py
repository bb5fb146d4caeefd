"""From a table to a data set: which columns go in, which are predicted, what is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.data.dataset import Dataset, Order, Picture
from simulator.data.encoding import one_hot, quoted
from simulator.data.outcome import Outcome, class_warnings, classes_text
from simulator.data.parts import ALLOWED, part_numbers, parts_text, trouble_with
from simulator.data.readers.errors import (
    Progress,
    ReadError,
    check_progress,
    counted,
    never_cancel,
)
from simulator.data.readers.limits import MANY_CLASSES, MAX_CLASSES, MAX_VALUES
from simulator.data.readers.table import Column, Table

Role = Literal["input", "target", "part", "out"]
Kind = Literal["number", "class"]
Missing = Literal["skip", "fill", "stop"]
MISSING: dict[Missing, str] = {
    "skip": "Leave the row out",
    "fill": "Fill in the column's mean",
    "stop": "Refuse the file",
}
"""What is done about missing values; rows without a target are always left out."""
EMPTY_CLASS = "(empty)"
LARGEST = 1e150
"""Beyond this the square of a value, and so its deviation, is infinite."""


@dataclass(frozen=True, slots=True)
class TableChoices:
    """What is made of a table.

    Attributes
    ----------
    roles, kinds : of each column; one of role "part" says which part each row is.
    missing : what is done about missing values, a key of :data:`MISSING`.
    grid : rows and columns of the picture the inputs are, or None.
    order : how the pixels of the picture stand in a row of the table.
    """

    roles: tuple[Role, ...]
    kinds: tuple[Kind, ...]
    missing: Missing = "skip"
    grid: tuple[int, int] | None = None
    order: Order = "row"

    def with_column(self, place: int, role: Role, kind: Kind) -> TableChoices:
        """The same with another use of the column at ``place``, from 0."""
        roles, kinds = list(self.roles), list(self.kinds)
        roles[place], kinds[place] = role, kind
        return replace(self, roles=tuple(roles), kinds=tuple(kinds))


class _Plan:
    """A table with choices, looked through; raises the reason why it cannot be imported."""

    def __init__(self, table: Table, choices: TableChoices) -> None:
        self.table, self.choices = table, choices
        used = tuple(zip(table.columns, choices.roles, choices.kinds, strict=True))
        self.inputs = [(column, kind) for column, role, kind in used if role == "input"]
        self.targets = [(column, kind) for column, role, kind in used if role == "target"]
        self._check_roles()
        self._check_numbers()
        self.kept = self._kept()
        self.classes: tuple[str, ...] = ()
        self.class_counts: NDArray[np.intp] = np.zeros(0, dtype=np.intp)
        self.class_numbers: NDArray[np.intp] | None = None
        self._check_targets()
        self._check_inputs()
        self.parts = self._parts([column for column, role, _ in used if role == "part"])

    def _where(self, place: int, column: Column) -> str:
        row = int(self.table.row_numbers[place])
        return f"{self.table.name}: row {row:,}, column {_plain(column.name)}"

    def _check_roles(self) -> None:
        name = self.table.name
        if not self.targets:
            raise ReadError(f"{name}: no column left to predict; choose a target.")
        if not self.inputs:
            if len(self.table.columns) == 1:
                raise ReadError(
                    f"{name}: no column left to predict from: it has only 1; the inputs and what "
                    f"they lead to need a column each."
                )
            raise ReadError(f"{name}: no column is an input; choose what to predict from.")
        kinds = {kind for _, kind in self.targets}
        if len(kinds) > 1 or (kinds == {"class"} and len(self.targets) > 1):
            raise ReadError(f"{name}: choose one column of classes as target, or only numbers.")

    def _check_numbers(self) -> None:
        for column, kind in (*self.inputs, *self.targets):
            if kind == "class":
                continue
            if column.complaint is not None:
                place, complaint = column.complaint
                raise ReadError(f"{self._where(place, column)}: {complaint}.")
            if column.words:
                place, text = column.words[0]
                more = len(column.words) - 1
                raise ReadError(
                    f"{self._where(place, column)}: {quoted(text)} is not a number"
                    f"{f' (and {more:,} more cells)' if more else ''}; correct it, or use the "
                    f"column as classes."
                )
            self._check_size(column)

    def _check_size(self, column: Column) -> None:
        if column.limits is not None and max(map(abs, column.limits)) > LARGEST:
            huge = np.flatnonzero(np.abs(column.numbers) > LARGEST)
            raise ReadError(
                f"{self._where(int(huge[0]), column)}: values too large to scale "
                f"({column.numbers[huge[0]]:g})."
            )

    def _kept(self) -> NDArray[np.intp]:
        kept = np.ones(len(self.table), dtype=bool)
        for part, columns in (("input", self.inputs), ("target", self.targets)):
            for column, _ in columns:
                if not len(column.missing):
                    continue
                if self.choices.missing == "stop":
                    raise ReadError(
                        f"{self._where(int(column.missing[0]), column)} is empty; fill it in, or "
                        f"choose to skip or fill missing values."
                    )
                if part == "target" or self.choices.missing == "skip":
                    kept[column.missing] = False
        if not kept.any():
            raise ReadError(
                f"{self.table.name}: no row is left, each lacks a value; leave out the columns "
                f"that are mostly empty."
            )
        return np.flatnonzero(kept)

    def _check_targets(self) -> None:
        name, (first, kind) = self.table.name, self.targets[0]
        if kind == "class":
            labels = [first.labels[place] for place in self.kept.tolist()]
            found = dict.fromkeys(labels)
            if len(found) < 2:
                raise ReadError(
                    f"{name}: only one class ({quoted(labels[0])}) in column "
                    f"{_plain(first.name)}; there must be at least 2."
                )
            if len(found) > MAX_CLASSES:
                raise ReadError(
                    f"{name}: {len(found):,} different classes in column {_plain(first.name)}; at "
                    f"most {MAX_CLASSES:,} can be: is this a text column?"
                )
            if len(labels) * len(found) > MAX_VALUES:
                raise ReadError(f"{name}: too many rows for {len(found):,} classes.")
            self.labels = labels
            # Natural order, as one_hot has it, without encoding every row for it.
            self.classes = one_hot(tuple(found))[1]
            place = {label: number for number, label in enumerate(self.classes)}
            self.class_numbers = np.array([place[label] for label in labels], dtype=np.intp)
            self.class_counts = np.bincount(self.class_numbers)
            return
        for column, _ in self.targets:
            values = column.numbers[self.kept]
            if len(values) > 1 and (values == values[0]).all():
                raise ReadError(
                    f"{name}: the target {_plain(column.name)} is always {values[0]:g}: nothing to "
                    f"learn (R² undefined); choose another column."
                )

    def _parts(self, columns: list[Column]) -> NDArray[np.intp] | None:
        """The part of each row that is kept (N,), or None where no column says it."""
        if not columns:
            return None
        if len(columns) > 1:
            raise ReadError(f"{self.table.name}: choose one column that says the part of each row.")
        (column,) = columns
        texts = [column.labels[place] for place in self.kept.tolist()]
        numbers, wrong = part_numbers(texts)
        if wrong is not None:
            found = quoted(texts[wrong]) if texts[wrong] else "an empty cell"
            raise ReadError(
                f"{self._where(int(self.kept[wrong]), column)}: {found} names no part; write "
                f"{ALLOWED}, or leave the column out."
            )
        trouble = trouble_with(numbers, self.classes, self.class_numbers)
        if trouble:
            raise ReadError(
                f"{self.table.name}: by column {_plain(column.name)} {trouble}; mend it, or leave "
                f"the column out."
            )
        return numbers

    def _check_inputs(self) -> None:
        count = 0
        for column, kind in self.inputs:
            if kind == "number":
                if column.limits is None:
                    raise ReadError(
                        f"{self.table.name}: column {_plain(column.name)} has no numbers; leave it "
                        f"out."
                    )
                count += 1
                continue
            if column.distinct > MANY_CLASSES:
                raise ReadError(
                    f"{self.table.name}: column {_plain(column.name)} has {column.distinct:,} "
                    f"different values, too many for an input each; leave it out."
                )
            count += len(self._input_classes(column))
        self.n_inputs = count
        if len(self.kept) * count > MAX_VALUES:
            raise ReadError(
                f"{self.table.name}: {len(self.kept):,} rows of {count:,} inputs are too many."
            )
        grid = self.choices.grid
        if grid is not None and grid[0] * grid[1] != count:
            raise ReadError(
                f"{self.table.name}: a picture of {grid[0]}×{grid[1]} has {grid[0] * grid[1]:,} "
                f"pixels, but there are {counted(count, 'input')}."
            )

    def _input_classes(self, column: Column) -> tuple[str, ...]:
        found = dict.fromkeys(column.labels[place] or EMPTY_CLASS for place in self.kept.tolist())
        return tuple(sorted(found)) if len(found) < 2 else one_hot(tuple(found))[1]

    def matrix(self, progress: Progress) -> tuple[Array, tuple[str, ...]]:
        """Inputs (N, n_in) and their names."""
        inputs = np.empty((len(self.kept), self.n_inputs))
        names: list[str] = []
        for column, kind in self.inputs:
            check_progress(progress, len(names) / self.n_inputs)
            if kind == "number":
                values = column.numbers[self.kept]
                if len(column.missing):
                    values = np.where(np.isnan(values), np.nanmean(values), values)
                inputs[:, len(names)] = values
                names.append(column.name)
                continue
            labels = np.array([column.labels[place] or EMPTY_CLASS for place in self.kept.tolist()])
            for own in self._input_classes(column):
                inputs[:, len(names)] = labels == own
                names.append(f"{column.name}={own}"[:200])
        return inputs, tuple(names)

    def warnings(self) -> list[str]:
        said = _first_warnings(self.table, self.choices)
        said += self._missing_warnings()
        for column, kind in self.inputs:
            if kind == "number" and column.is_constant and len(self.kept) > 1:
                said.append(
                    f"Column {_plain(column.name)} is constant: it is left unscaled and says "
                    f"nothing."
                )
        if self.classes:
            said += class_warnings(self.classes, self.class_counts)
        return said

    def _missing_warnings(self) -> list[str]:
        said = []
        for column, _ in (*self.inputs, *self.targets):
            count = len(column.missing)
            if not count:
                continue
            row = int(self.table.row_numbers[column.missing[0]])
            filled = self.choices.missing == "fill" and all(
                column is not c for c, _ in self.targets
            )
            done = "filled with the mean" if filled else "left out with their rows"
            if count == 1:
                done = "filled with the mean" if filled else "its row is left out"
                said.append(
                    f"Row {row:,}, column {_plain(column.name)} is empty: {done} (skip, fill or "
                    f"stop, as you choose)."
                )
            else:
                said.append(
                    f"Column {_plain(column.name)} has {count:,} missing values (the first in row "
                    f"{row:,}): {done}."
                )
        return said

    def summary(self) -> str:
        out = len(self.table) - len(self.kept)
        parts = [counted(len(self.kept), "row"), counted(self.n_inputs, "input")]
        if self.choices.grid is not None:
            parts[1] = f"pictures of {self.choices.grid[0]}×{self.choices.grid[1]} pixels"
        if self.classes:
            parts.append(classes_text(self.classes))
        else:
            names = ", ".join(_plain(column.name) for column, _ in self.targets[:5])
            parts.append(f"{counted(len(self.targets), 'number')} to predict: {names}")
        text = ", ".join(parts)
        if out:
            text += f"; {counted(out, 'row')} left out because of missing values"
        if self.parts is not None:
            text += f"; the file says the parts: {parts_text(self.parts)}"
        return f"{text}."


def _plain(name: str) -> str:
    return quoted(name).strip("“”") if name else "without a name"


def table_outcome(table: Table, choices: TableChoices) -> Outcome:
    """What importing would give, or why it cannot be."""
    try:
        plan = _Plan(table, choices)
    except ReadError as problem:
        return Outcome("", tuple(_first_warnings(table, choices)), str(problem))
    return Outcome(plan.summary(), tuple(plan.warnings()), "", plan.n_inputs)


def _first_warnings(table: Table, choices: TableChoices) -> list[str]:
    """What is to be said whether or not the table can be imported."""
    said = list(table.warnings)
    for column, role in zip(table.columns, choices.roles, strict=True):
        name = _plain(column.name)
        if role == "out" and column.kind == "text":
            said.append(f"Column {name} is text or dates: choose how to use it; it is left out.")
        elif role == "out" and column.kind == "empty":
            missing = counted(len(column.missing), "missing value")
            said.append(f"Column {name} has {missing} and no other: left out.")
    return said


def table_dataset(
    table: Table, choices: TableChoices, progress: Progress = never_cancel
) -> Dataset:
    """The data set made of a table.

    Raises
    ------
    ReadError : one sentence with the row and the column.
    Cancelled : when ``progress`` says so.
    """
    plan = _Plan(table, choices)
    inputs, names = plan.matrix(progress)
    if plan.classes:
        targets, classes = one_hot(plan.labels, plan.classes)
    else:
        targets = np.column_stack([column.numbers[plan.kept] for column, _ in plan.targets])
        classes = ()
    picture = None
    if choices.grid is not None:
        picture = Picture(*choices.grid, choices.order)
        top = float(inputs.max(initial=0.0))
        if top > 1.0:
            # Grey levels of a byte, or of the 17 levels of UCI's digits.
            inputs /= 16.0 if top <= 16.0 else 255.0 if top <= 255.0 else top
    return Dataset(
        inputs=inputs,
        targets=targets,
        classes=classes,
        input_names=() if picture is not None else names,
        picture=picture,
        parts=plan.parts,
    )
