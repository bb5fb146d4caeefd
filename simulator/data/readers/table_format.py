"""How a table is written: what parts the cells, whether the first row has names, the decimals."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.data.readers.numbers import Reading, is_missing

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
"""What can part the cells, and what it is called."""
_BY_TRUST = ("\t", ";", "|", ",")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?", re.ASCII)
_COMMA_3 = re.compile(r"[+-]?[0-9]{1,3},[0-9]{3}", re.ASCII)
_POINT = re.compile(r"[+-]?[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?", re.ASCII)
_COMMA_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+", re.ASCII)
_POINT_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class TableFormat:
    """How a table is written; what is empty or None is to be guessed.

    Attributes
    ----------
    encoding : a key of :data:`simulator.data.readers.encodings.ENCODINGS`.
    delimiter : a key of :data:`DELIMITERS`.
    header : whether the first row holds the columns' names.
    comma : whether numbers have a decimal comma.
    thousands : whether numbers have their digits in groups of three.
    """

    encoding: str = ""
    delimiter: str = ""
    header: bool | None = None
    comma: bool | None = None
    thousands: bool | None = None

    @property
    def reading(self) -> Reading:
        """How the numbers of the table are read."""
        return Reading(bool(self.comma), bool(self.thousands))


GUESS_ALL = TableFormat()


def guess_delimiter(lines: Sequence[str]) -> str:
    """What parts the cells of the first lines of a table; a comma where nothing seems to."""
    best, best_share = ",", 0.0
    for delimiter in _BY_TRUST:
        counts = Counter(len(row) for row in _rows(lines, delimiter) if row)
        if not counts:
            continue
        cells, rows = counts.most_common(1)[0]
        share = rows / sum(counts.values()) if cells > 1 else 0.0
        if share > best_share:
            best, best_share = delimiter, share
    return best


def _rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter != "\t"))
    except csv.Error:
        return []


def guess_decimals(
    rows: Sequence[Sequence[str]], delimiter: str
) -> tuple[bool, bool, tuple[str, ...]]:
    """Whether there are decimal commas, and thousands; with what must be said about the guess."""
    cells = [cell for row in rows for cell in row]
    commas = [cell for cell in cells if _COMMA.fullmatch(cell)]
    for pattern, comma in ((_COMMA_GROUPED, True), (_POINT_GROUPED, False)):
        found = [cell for cell in cells if pattern.fullmatch(cell)]
        if found:
            meant = Reading(comma, True).number(found[0])
            return comma, True, (f"“{found[0]}” is read as {meant:g}: check the preview.",)
    if not commas or any(_POINT.fullmatch(cell) for cell in cells):
        return False, False, ()
    doubtful = all(_COMMA_3.fullmatch(cell) for cell in commas)
    if doubtful and delimiter == ",":
        # A quoted "1,000" among decimal points: nobody can tell, so nobody guesses.
        return False, False, ()
    example = Reading(True).number(commas[0])
    sentence = f"Decimal comma? “{commas[0]}” is read as {example:g}: check the preview."
    if doubtful:
        sentence += (
            f" If it means {commas[0].replace(',', '')}, choose decimal point and allow thousands."
        )
    return True, False, (sentence,)


def guess_header(rows: Sequence[Sequence[str]], reading: Reading) -> bool:
    """Whether the first row holds names: it does unless it has a number in it."""
    if not rows:
        return False
    first = rows[0]
    if any(reading.number(cell) is not None or reading.complaint(cell) for cell in first):
        return False
    return any(not is_missing(cell) for cell in first)
