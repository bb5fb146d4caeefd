"""CSV and TSV files, and tables from the clipboard, read whole into numbers and text cells."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, TextIO

import numpy as np

from simulator.arrays import Array
from simulator.data.encoding import quoted
from simulator.data.readers.encodings import ENCODINGS, guess_encoding
from simulator.data.readers.errors import (
    Progress,
    ReadError,
    check_progress,
    check_size,
    never_cancel,
    shown_name,
)
from simulator.data.readers.limits import (
    MAX_FILE_BYTES,
    MAX_ROWS,
    MAX_TEXT_CELLS,
    MAX_VALUES,
)
from simulator.data.readers.numbers import Reading, is_missing, is_quick
from simulator.data.readers.records import Record, records
from simulator.data.readers.sources import opened
from simulator.data.readers.table import Column, Table
from simulator.data.readers.table_format import (
    DELIMITERS,
    GUESS_ALL,
    TableFormat,
    guess_decimals,
    guess_delimiter,
    guess_header,
)

HEAD = 100
"""Rows kept as text for the preview."""
_GUESS_LINES = 200
_GUESS_CHARACTERS = 200_000
_CHUNK = 500


def read_csv(
    path: Path, wanted: TableFormat = GUESS_ALL, progress: Progress = never_cancel
) -> Table:
    """The table in a file; what ``wanted`` leaves open is guessed.

    Raises
    ------
    ReadError : one sentence with the file, the row, the column and what to do.
    Cancelled : when ``progress`` says so.
    """
    name = shown_name(path)
    with opened(path) as (stream, size):
        encoding, warnings = wanted.encoding, []
        share = 0.0
        if not encoding:
            share = 0.15
            guess = guess_encoding(stream, size, name, lambda done: progress(share * done))
            encoding = guess.encoding
            if guess.doubtful_row is not None:
                warnings.append(
                    f"Row {guess.doubtful_row:,} is not UTF-8: the file is read as "
                    f"{ENCODINGS[encoding]}; check the preview or choose the encoding."
                )
            stream.seek(0)

        def tell() -> None:
            place = stream.tell()
            check_size(place, size, name)
            check_progress(progress, share + (1.0 - share) * place / size)

        return _read(stream, replace(wanted, encoding=encoding), warnings, name, path.stem, tell)


def read_text(
    content: str, wanted: TableFormat = GUESS_ALL, progress: Progress = never_cancel
) -> Table:
    """The table in a text, as spreadsheets put it into the clipboard.

    Raises
    ------
    ReadError : as :func:`read_csv`.
    Cancelled : when ``progress`` says so.
    """
    name = "The clipboard"
    if not content.strip():
        raise ReadError(f"{name} holds no text; copy the cells of a table first.")
    if len(content) > MAX_FILE_BYTES // 4:
        raise ReadError(f"{name} holds too much text; save it as a CSV file.")
    if "\0" in content:
        raise ReadError(f"{name} contains binary data, so it is not a text table.")
    encoded = content.removeprefix("\ufeff").encode("utf-8", "replace")
    stream = io.BytesIO(encoded)

    def tell() -> None:
        check_progress(progress, stream.tell() / len(encoded))

    return _read(stream, replace(wanted, encoding="utf-8"), [], name, "pasted table", tell)


def _read(
    stream: BinaryIO,
    wanted: TableFormat,
    warnings: list[str],
    name: str,
    title: str,
    tell: Callable[[], None],
) -> Table:
    codec = "utf-8-sig" if wanted.encoding == "utf-8" else wanted.encoding
    text = io.TextIOWrapper(stream, encoding=codec, newline=None)
    try:
        return _read_text(text, wanted, warnings, name, title, tell)
    finally:
        text.detach()


def _read_text(
    text: TextIO,
    wanted: TableFormat,
    warnings: list[str],
    name: str,
    title: str,
    tell: Callable[[], None],
) -> Table:
    try:
        sample = text.readlines(_GUESS_CHARACTERS) if not wanted.delimiter else []
    except UnicodeError:
        raise ReadError(f"{name} is not valid text in this encoding; choose another.") from None
    delimiter = wanted.delimiter or guess_delimiter(
        [line for line in sample if line.strip()][:_GUESS_LINES]
    )
    text.seek(0)
    found = records(text, delimiter, name)
    first = list(islice((own for own in found if any(own[1])), _GUESS_LINES))
    if not first:
        raise ReadError(f"{name}: no rows; the file holds nothing but empty lines.")
    rows = [cells for _, cells, _ in first]
    comma, thousands, said = guess_decimals(rows, delimiter)
    if wanted.comma is None and wanted.thousands is None:
        warnings.extend(said)
    form = replace(
        wanted,
        delimiter=delimiter,
        comma=comma if wanted.comma is None else wanted.comma,
        thousands=(thousands and wanted.comma in (None, comma))
        if wanted.thousands is None
        else wanted.thousands,
    )
    header = wanted.header
    if header is None:
        header = guess_header(rows, form.reading)
        if not header:
            warnings.append(
                "Is row 1 a header? It holds numbers, so it is read as data; the columns have no "
                "names."
            )
    form = replace(form, header=header)
    names = _names(rows[0], header, warnings)
    body = chain(first[1:] if header else first, (own for own in found if any(own[1])))
    scan = _Scan(form.reading, len(names), name, DELIMITERS[delimiter])
    scan.read(body, tell)
    if not scan.row_numbers:
        raise ReadError(f"{name}: no rows below the names of the columns.")
    if len(scan.row_numbers) == 1:
        warnings.append(f"{name}: only 1 row; training needs at least 2.")
    return Table(
        name=name,
        format=form,
        columns=scan.columns(names),
        row_numbers=np.array(scan.row_numbers, dtype=np.intp),
        head=tuple(tuple(cells) for cells in scan.head),
        warnings=tuple(warnings),
        title=title,
    )


def _names(cells: list[str], header: bool, warnings: list[str]) -> tuple[str, ...]:
    """The columns' names, each another one."""
    if not header:
        return tuple(f"x{number}" for number in range(1, len(cells) + 1))
    names: list[str] = []
    taken: set[str] = set()
    told: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        wanted = "".join(c if c.isprintable() else " " for c in cell[:200])
        if not wanted:
            warnings.append(f"Column {number:,} has no name; it is called “column {number}”.")
            wanted = f"column {number}"
        own, copy = wanted, 2
        while own in taken:
            own, copy = f"{wanted} ({copy})", copy + 1
        if own != wanted and wanted not in told:
            told.add(wanted)
            times = "twice" if cells.count(cell) == 2 else f"{cells.count(cell):,} times"
            warnings.append(
                f"Column name {quoted(wanted)} appears {times}; the second is called {quoted(own)}."
            )
        taken.add(own)
        names.append(own)
    return tuple(names)


class _Scan:
    """Takes the records in, in chunks: a matrix of numbers, and the few cells that are none."""

    def __init__(self, reading: Reading, width: int, name: str, delimiter: str) -> None:
        self._reading, self._width, self._name = reading, width, name
        self._delimiter = delimiter
        self._chunks: list[Array] = []
        self._texts: list[tuple[list[int], list[str]]] = [([], []) for _ in range(width)]
        self._complaints: list[tuple[int, str] | None] = [None] * width
        self._lookalikes = [0] * width
        self._text_cells = 0
        self._known: dict[str, str] = {}
        self.row_numbers: list[int] = []
        self.head: list[list[str]] = []

    def read(self, body: Iterator[Record], tell: Callable[[], None]) -> None:
        """Take all records in, calling ``tell`` now and then."""
        most = min(MAX_ROWS, MAX_VALUES // self._width)
        plain = not (self._reading.comma or self._reading.thousands)
        while chunk := list(islice(body, _CHUNK)):
            if len(self.row_numbers) + len(chunk) > most:
                raise ReadError(
                    f"{self._name} has more than {most:,} rows of {self._width:,} columns, which "
                    f"is too much; split the file."
                )
            values = [self._row(record, plain) for record in chunk]
            numbers = np.array(values, dtype=np.float64)
            if np.isinf(numbers).any():
                place = int(np.flatnonzero(np.isinf(numbers).any(axis=1))[0])
                raise ReadError(f"{self._name}: row {chunk[place][0]:,}: number too large.")
            self._chunks.append(numbers)
            tell()

    def _row(self, record: Record, plain: bool) -> list[float]:
        row, cells, raw = record
        if len(cells) != self._width:
            raise ReadError(
                f"{self._name}: row {row:,} has {len(cells):,} "
                f"{'cell' if len(cells) == 1 else 'cells'}, expected {self._width:,}; is the "
                f"{self._delimiter} what parts the cells?"
            )
        place = len(self.row_numbers)
        self.row_numbers.append(row)
        if place < HEAD:
            self.head.append(cells)
        if plain and is_quick(raw):
            try:
                return list(map(float, cells))
            except ValueError:
                pass
        return [self._cell(place, column, cell) for column, cell in enumerate(cells)]

    def _cell(self, place: int, column: int, cell: str) -> float:
        value = self._reading.number(cell)
        if value is not None:
            return value
        self._text_cells += 1
        if self._text_cells > MAX_TEXT_CELLS:
            raise ReadError(
                f"{self._name} has more than {MAX_TEXT_CELLS:,} cells that are no numbers, which "
                f"is too much; remove the columns of text."
            )
        rows, texts = self._texts[column]
        rows.append(place)
        texts.append(self._known.setdefault(cell, cell))
        if not is_missing(cell):
            complaint = self._reading.complaint(cell)
            if complaint:
                self._lookalikes[column] += 1
                if self._complaints[column] is None:
                    self._complaints[column] = (place, complaint)
        return float("nan")

    def columns(self, names: tuple[str, ...]) -> tuple[Column, ...]:
        """The columns of what was read."""
        numbers = np.concatenate(self._chunks)
        self._chunks.clear()
        return tuple(
            Column(
                number=place + 1,
                name=name,
                numbers=numbers[:, place],
                text_rows=np.array(self._texts[place][0], dtype=np.intp),
                texts=tuple(self._texts[place][1]),
                complaint=self._complaints[place],
                lookalikes=self._lookalikes[place],
            )
            for place, name in enumerate(names)
        )
