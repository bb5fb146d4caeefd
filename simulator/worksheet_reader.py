"""A calculation somebody filled in: a worksheet's CSV, or a column from a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from simulator.handwork import HandLine
from simulator.project.errors import ProjectError, printable
from simulator.typed_numbers import read_number

MAX_BYTES = 1_000_000
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def read_answers(content: bytes, lines: Sequence[HandLine]) -> tuple[str, ...]:
    """What a file has for each line, "" where nothing; every text is a number.

    A heading with “value” names the column (with “line” and “symbol”, which are then checked);
    else the file is one column, or line numbers and one column.  Decimal commas are understood.

    Raises
    ------
    ProjectError : one sentence.
    """
    if len(content) > MAX_BYTES:
        raise ProjectError("The file is too large for a worksheet: more than 1 MB.")
    rows = _rows(_decoded(content))
    if not rows:
        raise ProjectError("The file is empty.")
    heading = [cell.strip().casefold() for cell in rows[0]]
    named = "value" in heading
    found = _by_heading(heading, rows[1:], lines) if named else _by_place(rows, lines)
    for place, text in enumerate(found, start=1):
        if text:
            try:
                read_number(text)
            except ValueError as problem:
                raise ProjectError(f"Line {place}: {problem}") from None
    return found


def read_column(text: str) -> tuple[str, ...]:
    """The cells of a pasted column, one a row; of several columns the last one.

    Raises
    ------
    ProjectError : one sentence, where a cell is no number.
    """
    found = []
    for place, row in enumerate(text.rstrip("\r\n").splitlines(), start=1):
        cell = row.split("\t")[-1].strip()
        if cell:
            try:
                read_number(cell)
            except ValueError as problem:
                raise ProjectError(f"Pasted row {place}: {problem}") from None
        found.append(cell)
    return tuple(found)


def _decoded(content: bytes) -> str:
    encodings = [name for mark, name in _MARKS if content.startswith(mark)] or ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ProjectError("The file is not a text file; save it as CSV.")


def _rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    delimiter = next((sign for sign in "\t;" if any(sign in line for line in lines)), "")
    if not delimiter:
        first = lines[0] if lines else ""
        named = "value" in (cell.strip('" ').casefold() for cell in first.split(","))
        if "," not in first or not named:
            # A column of numbers, in which a comma is the decimal one; empty rows count.
            rows = text.splitlines()
            while rows and not rows[-1].strip():
                rows.pop()
            return [[row.strip().strip('"')] for row in rows]
        delimiter = ","
    try:
        rows_found = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as problem:
        raise ProjectError(f"The file is no whole CSV: {problem}.") from None
    return [row for row in rows_found if any(cell.strip() for cell in row)]


def _by_heading(
    heading: Sequence[str], rows: Sequence[Sequence[str]], lines: Sequence[HandLine]
) -> tuple[str, ...]:
    value = heading.index("value")
    place_at = heading.index("line") if "line" in heading else None
    symbol_at = heading.index("symbol") if "symbol" in heading else None
    found: dict[int, str] = {}
    for number, row in enumerate(rows, start=2):
        if len(row) != len(heading):
            raise ProjectError(
                f"Row {number} of the file has {_cells(len(row))}, but the heading has "
                f"{len(heading)}."
            )
        place = len(found) + 1
        if place_at is not None:
            text = row[place_at].strip()
            if not text:
                continue
            place = _place(text, number, len(lines))
        if place in found:
            raise ProjectError(f"Line {place} stands in the file twice.")
        if place > len(lines):
            raise _wrong_count(len(rows), lines)
        if symbol_at is not None and row[symbol_at].strip() not in ("", lines[place - 1].plain):
            raise ProjectError(
                f"Line {place} is {printable(row[symbol_at].strip())} in the file, but "
                f"{lines[place - 1].plain} here: the sheet is of another iteration, choice or "
                "notation."
            )
        found[place] = row[value].strip()
    missing = [place for place in range(1, len(lines) + 1) if place not in found]
    if missing:
        raise ProjectError(f"The file has no line {missing[0]} of {len(lines)}.")
    return tuple(found[place] for place in range(1, len(lines) + 1))


def _by_place(rows: Sequence[Sequence[str]], lines: Sequence[HandLine]) -> tuple[str, ...]:
    width = len(rows[0])
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            raise ProjectError(
                f"Row {number} of the file has {_cells(len(row))}, but the first one has {width}."
            )
    if width > 2:
        raise ProjectError(
            f"The file has {width} columns; name the one with your numbers “value” in the first "
            "row."
        )
    if width == 2:
        heading = ["line", "value"]
        return _by_heading(heading, rows, lines)
    if len(rows) != len(lines):
        raise _wrong_count(len(rows), lines)
    return tuple(row[0].strip() for row in rows)


def _place(text: str, row: int, most: int) -> int:
    place = int(text) if text.isdecimal() and text.isascii() and len(text) < 8 else 0
    if not 1 <= place <= most:
        raise ProjectError(
            f"Row {row} of the file is for line {printable(text)}; lines go from 1 to {most}."
        )
    return place


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _wrong_count(count: int, lines: Sequence[HandLine]) -> ProjectError:
    return ProjectError(
        f"The file has {count} numbers, but there are {len(lines)} lines; leave a row empty where "
        "you have none."
    )
