"""The records of a delimited text, with the rows they stand in, read strictly.

Python's ``csv`` lets a quote inside a cell pass and swallows everything behind one that is never
closed; both are refused here, with the row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from simulator.data.readers.errors import ReadError
from simulator.data.readers.limits import MAX_CELL, MAX_COLUMNS, MAX_LINE
from simulator.data.readers.table_format import DELIMITERS

Record = tuple[int, list[str], str]
"""Its row as a spreadsheet counts them, its cells without spaces around them, its raw text."""


class _Lines:
    """The lines of a text, none longer than allowed; remembers those of the record at hand."""

    def __init__(self, text: TextIO, delimiter: str, name: str) -> None:
        self._text, self._delimiter, self._name = text, delimiter, name
        self.raw: list[str] = []
        self.row = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > MAX_LINE:
            raise self._too_long(line)
        cells = line.count(self._delimiter)
        if cells >= MAX_COLUMNS and '"' not in line:
            raise self._too_many(line.rstrip("\n").rstrip(self._delimiter).count(self._delimiter))
        self.raw.append(line)
        return line

    def _too_long(self, line: str) -> ReadError:
        """Count the line's cells to its end: what is wrong is either their number or their size."""
        delimiters = 0
        while line and not line.endswith("\n"):
            delimiters += line.count(self._delimiter)
            line = self._text.readline(MAX_LINE)
        delimiters += line.count(self._delimiter)
        if delimiters >= MAX_COLUMNS:
            return self._too_many(delimiters)
        return ReadError(f"{self._name}: row {self.row:,} is too long: a cell of it is too long.")

    def _too_many(self, delimiters: int) -> ReadError:
        return ReadError(
            f"{self._name}: too many columns ({delimiters + 1:,}; at most {MAX_COLUMNS:,}) in row "
            f"{self.row:,}; is the {DELIMITERS[self._delimiter]} what parts the cells?"
        )


def records(text: TextIO, delimiter: str, name: str) -> Iterator[Record]:
    """The records of a text that is opened with all line ends made "\\n"; blank rows are counted.

    Raises
    ------
    ReadError : one sentence with the row, for a stray or unclosed quote, a cell or a line that is
        too long, too many columns, or bytes that are no text.
    """
    lines = _Lines(text, delimiter, name)
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t")
    row = 0
    while True:
        row += 1
        lines.row = row
        lines.raw.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _quote_error(str(error), lines, row, name) from None
        except UnicodeError:
            raise ReadError(
                f"{name}: row {row + len(lines.raw):,} or one soon after is not valid text in this "
                f"encoding; choose another one."
            ) from None
        raw = "".join(lines.raw)
        if '"' in raw:
            _check_quotes(raw, delimiter, row, name)
        if len(raw) > MAX_CELL and max(map(len, cells), default=0) > MAX_CELL:
            raise _cell_too_long(row, name)
        yield row, [cell.strip() for cell in cells], raw


def _quote_error(message: str, lines: _Lines, row: int, name: str) -> ReadError:
    if "unexpected end of data" in message or ("limit" in message and len(lines.raw) > 1):
        return ReadError(
            f"{name}: a quote opened in row {row:,} is never closed; add the closing quote, or "
            f"write a quote inside a cell twice."
        )
    if "limit" in message:
        return _cell_too_long(row, name)
    return _stray(row, name)


def _cell_too_long(row: int, name: str) -> ReadError:
    return ReadError(f"{name}: row {row:,}: cell too long (more than {MAX_CELL:,} characters).")


def _stray(row: int, name: str) -> ReadError:
    return ReadError(
        f"{name}: row {row:,}: stray quote; put the whole cell in quotes and write the quote in it "
        f"twice."
    )


def _check_quotes(raw: str, delimiter: str, row: int, name: str) -> None:
    """Refuse a quote inside a cell that does not begin with one."""
    quoted, start, previous = False, True, ""
    for character in raw:
        if quoted:
            quoted = character != '"'
            start = False
        elif character == '"':
            if not start and previous != '"':
                raise _stray(row, name)
            quoted = True
        elif character == delimiter:
            start = True
        elif character != " " or not start:
            start = False
        previous = character
