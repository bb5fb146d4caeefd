"""Tables: every bad one is refused, or told of, with one sentence; good ones are read exactly."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.data.importing import guess, outcome, read_files
from simulator.data.readers import (
    Cancelled,
    ReadError,
    Table,
    TableFormat,
    read_csv,
    read_text,
    reader_for,
)
from simulator.data.readers import csv_file as csv_file_module
from simulator.data.readers import sources as sources_module
from simulator.data.readers.numbers import Reading, is_quick

REFUSED: list[tuple[str, str | bytes, str]] = [
    ("csv-empty", "", "the file is empty"),
    ("csv-header-only", "a,b\n", "no rows"),
    ("csv-one-column", "a\n1\n2\n", "no column left to predict"),
    ("csv-ragged-short", "a,b,c\n1,2,3\n4,5\n", "row 3 has 2 cells, expected 3"),
    ("csv-ragged-long", "a,b\n1,2\n3,4,5\n", "row 3 has 3 cells, expected 2"),
    ("csv-text-in-number", "a,b\n1,2\nx,4\n", "row 3, column a: “x” is not a number"),
    ("csv-inf", "a,b\ninf,1\n2,3\n", "row 2, column a: infinite value"),
    ("csv-1e999", "a,b\n1e999,1\n", "row 2, column a: number too large"),
    ("csv-400-digits", f"a,b\n{'9' * 400},1\n", "row 2: number too large"),
    ("csv-underscore", "a,b\n1_000,1\n", "“1_000” is not a number"),
    ("csv-fullwidth-digits", "a,b\n１２,1\n", "“１２” is not a number"),
    ("csv-hex", "a,b\n0x10,1\n", "“0x10” is not a number"),
    ("csv-thousands", 'a,b\n"1,000",1\n', "“1,000” is not a number"),
    ("csv-unclosed-quote", 'a,b\n"1,2\n3,4\n5,6\n', "quote opened in row 2 is never closed"),
    ("csv-quote-in-field", 'a,b\n1"2,3\n', "row 2: stray quote"),
    ("csv-text-behind-quote", 'a,b\n"1"2,3\n', "row 2: stray quote"),
    ("csv-nul", "a,b\n1,\0\n", "contains binary data"),
    ("csv-binary", b"PK\x03\x04" + bytes(range(256)), "is not a text table"),
    ("csv-pdf", b"%PDF-1.7\n1,2\n", "is not a text table: it is a PDF document"),
    ("csv-bad-utf8", b"a,b\n\xc3\x28,1\n", "row 2 is not valid text"),
    ("csv-cut-utf8", b"a,b\n1,2\n3,\xc3", "row 3 is not valid text"),
    ("csv-odd-utf16", "a,b\n1,2\n".encode("utf-16")[:-1], "is not valid text"),
    ("csv-field-200k", "a,b\n" + "x" * 200_000 + ",1\n", "row 2: cell too long"),
    ("csv-1M-columns", ",".join(["1"] * 1_000_000) + "\n", "too many columns (1,000,000; at most"),
    ("csv-1-line-no-newline", "1," * 2_000_000, "too many columns"),
    ("csv-long-line", "a,b\n" + "x" * 5_000_000, "row 2 is too long"),
    ("csv-single-class", "x,y\n1,cat\n2,cat\n", "only one class (“cat”)"),
    ("csv-huge-values", "a,b\n1e308,1\n-1e308,2\n", "values too large to scale"),
    ("csv-constant-target", "a,b\n1,5\n2,5\n", "the target b is always 5: nothing to learn"),
    ("csv-all-empty", ",,\n,,\n", "no rows"),
    ("csv-blank", "\n\n  \n", "no rows"),
]
WARNED: list[tuple[str, str | bytes, str]] = [
    ("csv-one-row", "a,b\n1,2\n", "only 1 row; training needs at least 2"),
    ("csv-dup-header", "a,a\n1,2\n", "name “a” appears twice"),
    ("csv-empty-header", "a,,c\n1,2,3\n", "Column 2 has no name"),
    ("csv-no-header", "1,2\n3,4\n", "Is row 1 a header?"),
    ("csv-missing-cell", "a,b\n1,2\n,4\n", "Row 3, column a is empty: its row is left out (skip"),
    ("csv-nan-word", "a,b\nNaN,1\nNA,2\nnull,3\n", "3 missing values"),
    ("csv-decimal-comma", "a;b\n1,5;2,5\n", "Decimal comma? “1,5” is read as 1.5"),
    ("csv-doubtful-comma", "a;b\n1,500;2\n", "If it means 1500, choose decimal point"),
    ("csv-both-signs", "a;b\n1.234,5;2\n", "“1.234,5” is read as 1234.5"),
    ("csv-latin1", "name,b\ncaf\xe9,1\n".encode("latin1"), "Row 2 is not UTF-8"),
    ("csv-constant-column", "a,b\n5,1\n5,2\n5,3\n", "Column a is constant: it is left unscaled"),
    ("csv-empty-class-after-split", "x,y\n1,a\n2,a\n3,a\n4,b\n", "Class “b” has only 1 row"),
    (
        "csv-1000-classes",
        "x,y\n" + "".join(f"{n},n{n}\n" for n in range(1000)),
        "1,000 different classes: is this a text column?",
    ),
    (
        "csv-date-column",
        "d,y\n2020-01-01,1\n2020-01-02,2\n",
        "Column d is text or dates: choose how to use it",
    ),
]
ACCEPTED: list[tuple[str, str | bytes, list[str], str]] = [
    ("csv-utf16", "a,b\n1,2\n".encode("utf-16"), ["a", "b"], ","),
    ("csv-utf16-without-mark", "a,b\n1,2\n".encode("utf-16-le"), ["a", "b"], ","),
    ("csv-utf8-bom", "\ufeffa,b\n1,2\n3,4\n", ["a", "b"], ","),
    ("csv-cr-only", "a,b\r1,2\r3,4\r", ["a", "b"], ","),
    ("csv-crlf-mixed", "a,b\r\n1,2\n3,4\r\n", ["a", "b"], ","),
    ("csv-formula-cells", "a,b\n=1+1,@SUM(A1)\n", ["a", "b"], ","),
    ("csv-semicolon", "a;b\n1;2\n", ["a", "b"], ";"),
    ("csv-tab", "a\tb\n1\t2\n", ["a", "b"], "\t"),
    ("csv-blank-lines", "a,b\n\n1,2\n\n", ["a", "b"], ","),
    ("csv-offset-float32", "a,y\n100000000,0\n100000001,1\n", ["a", "y"], ","),
]


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / f"{name}.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def verdict(path: Path) -> tuple[str, tuple[str, ...]]:
    """The reason of a refusal, else empty, and the warnings."""
    try:
        found = read_files([path])
    except ReadError as problem:
        return str(problem), ()
    result = outcome(found, guess(found))
    assert bool(result.summary) != bool(result.problem)
    return result.problem, result.warnings


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED, ids=[c[0] for c in REFUSED])
def test_what_cannot_be_used_is_refused(
    tmp_path: Path, name: str, content: str | bytes, sentence: str
) -> None:
    problem, _ = verdict(write(tmp_path, name, content))
    assert sentence in problem
    assert f"“{name}.csv”" in problem
    assert "\n" not in problem and len(problem) < 300


@pytest.mark.parametrize(("name", "content", "sentence"), WARNED, ids=[c[0] for c in WARNED])
def test_what_is_doubtful_is_told(
    tmp_path: Path, name: str, content: str | bytes, sentence: str
) -> None:
    _, warnings = verdict(write(tmp_path, name, content))
    assert any(sentence in warning for warning in warnings), warnings


@pytest.mark.parametrize(
    ("name", "content", "names", "delimiter"), ACCEPTED, ids=[c[0] for c in ACCEPTED]
)
def test_what_is_good_opens(
    tmp_path: Path, name: str, content: str | bytes, names: list[str], delimiter: str
) -> None:
    table = read_csv(write(tmp_path, name, content))
    assert [column.name for column in table.columns] == names
    assert table.format.delimiter == delimiter
    assert all("is row 1" not in warning.lower() for warning in table.warnings)


def test_formulas_stay_text(tmp_path: Path) -> None:
    table = read_csv(write(tmp_path, "formula", "a,b\n=1+1,@SUM(A1)\n"))
    assert [column.words for column in table.columns] == [((0, "=1+1"),), ((0, "@SUM(A1)"),)]


def test_large_offsets_keep_their_digits(tmp_path: Path) -> None:
    table = read_csv(write(tmp_path, "offset", "a,y\n100000000,0\n100000001,1\n"))
    assert table.columns[0].numbers.tolist() == [1e8, 1e8 + 1]


def test_a_file_of_2_gb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as stream:
        stream.truncate(2_000_000_000)
    problem, _ = verdict(path)
    assert problem == "“big.csv” is 2.0 GB; the limit is 500.0 MB."


def test_a_locked_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "locked", "a,b\n1,2\n")

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "You may not read “locked.csv”" in verdict(path)[0]


def test_a_file_that_grows_meanwhile_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "grows", "a,b\n1,2\n3,4\n")

    def grow(share: float) -> bool:
        with path.open("ab") as stream:
            stream.write(b"5,6\n")
        return True

    with pytest.raises(ReadError, match=r"“grows\.csv” changed while it was read; try again"):
        read_csv(path, progress=grow)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"“none\.csv” is not there"):
        read_csv(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ReadError, match="is a folder"):
        read_csv(tmp_path / "folder.csv")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(ReadError, match="no file that can be read"):
        read_csv(tmp_path / "pipe.csv")


# --- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "reading", "value"),
    [
        ("1.5", Reading(), 1.5),
        ("−2", Reading(), -2.0),
        (".5e-3", Reading(), 0.0005),
        ("1,5", Reading(), None),
        ("1,5", Reading(comma=True), 1.5),
        ("1.5", Reading(comma=True), None),
        ("1,000", Reading(thousands=True), 1000.0),
        ("1,000,000.5", Reading(thousands=True), 1000000.5),
        ("1.000,5", Reading(comma=True, thousands=True), 1000.5),
        ("1 000", Reading(thousands=True), 1000.0),
        ("1,00", Reading(thousands=True), None),
        ("1,0000", Reading(thousands=True), None),
        ("1_000", Reading(), None),
        ("1e999", Reading(), None),
        ("nan", Reading(), None),
        ("١", Reading(), None),
        ("1" * 5000, Reading(), None),
    ],
)
def test_numbers_are_read_strictly(cell: str, reading: Reading, value: float | None) -> None:
    assert reading.number(cell) == value


@given(st.text(alphabet='0123456789.+-,;|\t "\n_eE１n', max_size=12))
def test_the_quick_way_reads_what_the_strict_one_reads(line: str) -> None:
    if not is_quick(line):
        return
    for cell in line.replace('"', "").split(","):
        try:
            value = float(cell)
        except ValueError:
            assert Reading().number(cell.strip()) is None
        else:
            assert Reading().number(cell.strip()) == value


@given(
    st.lists(
        st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3),
        min_size=2,
        max_size=8,
    ),
    st.sampled_from([(",", "."), (";", ","), (";", "."), ("\t", ","), ("|", ".")]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_every_way_to_write_a_table_gives_the_same_numbers(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[float]],
    signs: tuple[str, str],
    encoding: str,
    end: str,
) -> None:
    delimiter, decimal = signs
    lines = [delimiter.join("äbc")]
    lines += [delimiter.join(repr(v).replace(".", decimal) for v in row) for row in rows]
    path = tmp_path_factory.mktemp("table") / "t.csv"
    path.write_bytes(end.join(lines).encode(encoding))
    form = TableFormat(
        encoding="cp1252" if encoding == "cp1252" else "", comma=decimal == ",", header=True
    )
    table = read_csv(path, form)
    assert np.column_stack([c.numbers for c in table.columns]).tolist() == rows
    assert [column.name for column in table.columns] == ["ä", "b", "c"]
    assert table.format.delimiter == delimiter


# --- what is guessed -----------------------------------------------------------------------------


def kinds(text: str, **wanted: Any) -> list[str]:
    return [column.kind for column in read_text(text, TableFormat(**wanted)).columns]


def test_kinds_of_columns() -> None:
    text = "n,c,t,e\n1,red,one thing,\n2,blue,another,NA\n3,red,a third,\n4,red,and more,?\n"
    assert kinds(text) == ["number", "class", "text", "empty"]


def test_a_quoted_cell_may_hold_anything() -> None:
    table = read_text('a,b\n"x, ""y""\nz",1\n"w",2\n')
    assert [text for _, text in table.columns[0].words] == ['x, "y"\nz', "w"]
    assert table.row_numbers.tolist() == [2, 3]


def test_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    table = read_text("a,b\n\n1,2\n\n\n3,4\n")
    assert table.row_numbers.tolist() == [3, 6]


def test_names_are_made_different() -> None:
    table = read_text("a,a,a,a (2),\n1,2,3,4,5\n")
    names = [column.name for column in table.columns]
    assert len(set(names)) == 5 and names[0] == "a" and names[4] == "column 5"


def test_what_is_wanted_wins_over_the_guess() -> None:
    table = read_text("1;2,5\n3;4,5\n", TableFormat(header=True, comma=False, delimiter=";"))
    assert [column.name for column in table.columns] == ["1", "2,5"]
    assert table.columns[1].complaint is not None
    assert not any("header" in warning for warning in table.warnings)


def test_the_clipboard_is_a_table() -> None:
    table = read_text("width\tkind\r\n1,5\tcat\r\n2,5\tdog\r\n")
    assert table.format.delimiter == "\t" and table.format.comma
    assert table.columns[0].numbers.tolist() == [1.5, 2.5]
    for text in ("", "  \n "):
        with pytest.raises(ReadError, match="The clipboard holds no text"):
            read_text(text)


def test_a_long_quiet_reading_can_be_cancelled(tmp_path: Path) -> None:
    path = write(tmp_path, "long", "a,b\n" + "1,2\n" * 20_000)
    shares: list[float] = []

    def stop(share: float) -> bool:
        shares.append(share)
        return share < 0.5

    with pytest.raises(Cancelled):
        read_csv(path, progress=stop)
    assert shares == sorted(shares) and 0.5 <= shares[-1] <= 1.0


def test_too_many_words_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file_module, "MAX_TEXT_CELLS", 3)
    with pytest.raises(ReadError, match="more than 3 cells that are no numbers"):
        read_text("a,b\nx,1\ny,2\nz,3\nw,4\n")


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file_module, "MAX_ROWS", 3)
    with pytest.raises(ReadError, match="more than 3 rows"):
        read_text("a,b\n" + "1,2\n" * 4)


# --- never a traceback ---------------------------------------------------------------------------


def attempt(content: bytes, folder: Path, ending: str = ".csv") -> Table | None:
    """Read some bytes; what is no ReadError fails the test."""
    path = folder / f"t{ending}"
    path.write_bytes(content)
    try:
        found = read_files([path])
    except ReadError as problem:
        assert str(problem).endswith((".", "?")) and "\n" not in str(problem)
        return None
    outcome(found, guess(found))
    assert isinstance(found, Table)
    return found


GOOD = 'näme,"b, c",kind\n1.5,2,"x ""y"""\n-3,4e5,z\n5,,z\n'.encode()


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "cp1252"])
def test_a_table_cut_anywhere_is_read_or_refused(tmp_path: Path, codec: str) -> None:
    content = GOOD.decode().encode(codec)
    for length in range(len(content)):
        attempt(content[:length], tmp_path)


def test_flipped_bits_are_read_or_refused(tmp_path: Path) -> None:
    for place in range(len(GOOD)):
        for bit in range(8):
            flipped = bytearray(GOOD)
            flipped[place] ^= 1 << bit
            attempt(bytes(flipped), tmp_path)


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_random_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    attempt(content, tmp_path_factory.getbasetemp())


@settings(max_examples=200)
@given(st.text(alphabet='a1.,;\t"\n\r é|-', max_size=60))
def test_random_tables_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    table = attempt(content.encode(), tmp_path_factory.getbasetemp())
    if table is not None:
        assert all(len(row) == len(table.columns) for row in table.head)
        assert all(len(column.numbers) == len(table) for column in table.columns)


def test_what_a_file_is_follows_from_its_ending_or_its_first_bytes(tmp_path: Path) -> None:
    for name, content, kind in (
        ("a.csv", b"1,2", "table"),
        ("b", b"a b c", "table"),
        ("train-images-idx3-ubyte", b"", "idx"),
        ("c", b"\0\0\x08\x01", "idx"),
        ("d.gz", b"\x1f\x8b\x08", "idx"),
        ("e.npz", b"", "npz"),
        ("f", b"PK\x03\x04", "npz"),
        ("g.PNG", b"", "pictures"),
        ("h", b"\x89PNG\r\n\x1a\n", "pictures"),
    ):
        (tmp_path / name).write_bytes(content)
        assert reader_for(tmp_path / name) == kind, name
    assert reader_for(tmp_path) == "pictures"
    assert sources_module.kind_of(b"plain words") == ""
