"""Importing users' own data: read files, look at what was guessed, choose, make a data set.

``read_files`` takes time and can be cancelled; ``guess`` and ``outcome`` answer at once, so that
a dialog can follow every choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.data.dataset import Dataset
from simulator.data.outcome import Outcome
from simulator.data.readers import (
    Progress,
    ReadError,
    Samples,
    Table,
    TableFormat,
    never_cancel,
    read_csv,
    read_idx_files,
    read_npz,
    read_pictures,
    reader_for,
)
from simulator.data.readers.errors import shown_name
from simulator.data.readers.pictures import SIDE
from simulator.data.sample_import import (
    SampleChoices,
    guess_samples,
    sample_dataset,
    sample_outcome,
)
from simulator.data.table_guess import guess_table
from simulator.data.table_import import TableChoices, table_dataset, table_outcome

Found = Table | Samples
Choices = TableChoices | SampleChoices


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read: the format of a table, and the grid of picture files."""

    table: TableFormat = TableFormat()  # noqa: RUF009 - frozen
    grid: tuple[int, int] = (SIDE, SIDE)


def read_files(
    paths: Sequence[Path],
    options: ReadOptions = ReadOptions(),
    progress: Progress = never_cancel,
) -> Found:
    """What the files hold, by kind: one table, one npz file, IDX files together, pictures.

    Raises
    ------
    ReadError : one sentence with the file and what to do.
    Cancelled : when ``progress`` says so.
    """
    if not paths:
        raise ReadError("No file was chosen.")
    kinds = {reader_for(path) for path in paths}
    if len(kinds) > 1:
        raise ReadError("The files are of different kinds; choose those of one data set.")
    (kind,) = kinds
    if kind in ("table", "npz") and len(paths) > 1:
        raise ReadError(f"Choose one file; {shown_name(paths[1])} is a data set of its own.")
    if kind == "table":
        return read_csv(paths[0], options.table, progress)
    if kind == "npz":
        return read_npz(paths[0], progress)
    if kind == "idx":
        return read_idx_files(paths, progress)
    return read_pictures(paths, *options.grid, progress)


def guess(found: Found) -> Choices:
    """What is probably meant."""
    return guess_table(found) if isinstance(found, Table) else guess_samples(found)


def outcome(found: Found, choices: Choices) -> Outcome:
    """What importing would give in words, or why it cannot be."""
    if isinstance(found, Table):
        assert isinstance(choices, TableChoices)
        return table_outcome(found, choices)
    assert isinstance(choices, SampleChoices)
    return sample_outcome(found, choices)


def dataset(found: Found, choices: Choices, progress: Progress = never_cancel) -> Dataset:
    """The data set that was chosen.

    Raises
    ------
    ReadError : one sentence.
    Cancelled : when ``progress`` says so.
    """
    if isinstance(found, Table):
        assert isinstance(choices, TableChoices)
        return table_dataset(found, choices, progress)
    assert isinstance(choices, SampleChoices)
    return sample_dataset(found, choices, progress)
