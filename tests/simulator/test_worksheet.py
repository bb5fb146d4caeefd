"""Worksheets: LaTeX and CSV, with and without answers; files that were filled in; the command."""

from __future__ import annotations

import csv
import io
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quantities import trained
from small_projects import build, digits, everything, layer, normal_data

from simulator.cli import main
from simulator.hand_check import State, check_calculation
from simulator.handwork import fitting, hand_lines, read_choice
from simulator.latex_text import problem_of
from simulator.notation import load_notation, notations
from simulator.project import Project, ProjectError
from simulator.trace import Trace
from simulator.trainer import Trainer
from simulator.typed_numbers import read_number
from simulator.whole_file import write_whole
from simulator.worksheet import COLUMNS, Worksheet, csv_text, latex_text, make_worksheet
from simulator.worksheet_reader import MAX_BYTES, read_answers, read_column


def trace_of(project: Project, iteration: int = 2) -> Trace:
    trainer = Trainer(project)
    trainer.run_iterations(iteration - 1)
    return trainer.trace_iteration()


def two_two_one() -> Project:
    return build([layer(2, "sigmoid"), layer(1, "linear")], "xor", optimizer=0.5)


def sheet_of(project: Project, answers: bool = False, notation: str = "neutral") -> Worksheet:
    trace = trace_of(project)
    own = load_notation(notation)
    return make_worksheet(trace, project, fitting(trace, project), own, answers)


def body(latex: str) -> str:
    return latex.partition("\\begin{document}")[2].partition("\\end{document}")[0]


# --- LaTeX ----------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(trained(), st.sampled_from(notations()), st.booleans())
def test_the_document_is_well_formed(project: Project, notation: Any, answers: bool) -> None:
    trace = trace_of(project)
    sheet = make_worksheet(trace, project, fitting(trace, project), notation, answers)
    text = latex_text(sheet)
    own = body(text).replace("\\$", "").replace("\\%", "").replace("\\#", "")
    assert own.count("$") % 2 == 0
    assert problem_of(own.replace("$", "")) == ""
    opened = re.findall(r"\\begin\{(\w+)\}", text)
    closed = re.findall(r"\\end\{(\w+)\}", text)
    assert sorted(opened) == sorted(closed)
    assert set(opened) == {"document", "flushleft"} | ({"aligned"} if answers else set())
    assert text.count("\\[") == text.count("\\]")
    assert re.findall(r"\\usepackage(?:\[\w+\])?\{(\w+)\}", text) == ["inputenc", "amsmath"]


@pytest.mark.parametrize("name", ["2-2-1", "adam", "softmax", "everything"])
@pytest.mark.parametrize("notation", ["neutral", "deck-b"])
def test_answers_stand_on_the_sheet_only_when_asked_for(name: str, notation: str) -> None:
    """No number of a sheet to fill in is the answer of a line."""
    project = {
        "2-2-1": two_two_one(),
        "adam": build([layer(3), layer(2)], normal_data(4, 2, 2), optimizer={"name": "adam"}),
        "softmax": digits(),
        "everything": everything(batch_size=4),
    }[name]
    own_notation = load_notation(notation)
    trace = trace_of(project)
    choice = fitting(trace, project)
    blank = make_worksheet(trace, project, choice, own_notation, digits=12)
    filled = make_worksheet(trace, project, choice, own_notation, answers=True, digits=12)
    given_digits = {leading(line.value) for _, lines in blank.given for line in lines}
    hidden = 0
    latex, table = body(latex_text(blank)), csv_text(blank)
    for line in blank.lines:
        own = leading(line.value)
        # A link from an input of 0 keeps its weight, which is given; a linear neuron's slope is 1.
        if own not in given_digits and abs(line.value) > 1e-3:
            assert own not in latex and own not in table, line.title
            hidden += 1
    assert hidden >= 12
    answers = [row[3] for row in csv.reader(io.StringIO(csv_text(filled))) if row[0].isdigit()]
    assert [float(own) for own in answers] == pytest.approx([own.value for own in blank.lines])
    assert latex_text(blank).count("\\blank") == len(blank.lines) + 1
    assert "\\blank}" in latex_text(filled) and latex_text(filled).count("\\blank") == 1


def leading(value: float) -> str:
    """Enough digits of a number to know it by, as they stand in any way of writing it."""
    return f"{abs(value):.9g}"[:9]


def test_it_says_what_it_is_about_in_the_notation_chosen() -> None:
    project = two_two_one()
    sheet = sheet_of(project, notation="deck-b")
    text = latex_text(sheet)
    sample = int(trace_of(project).samples[0]) + 1
    assert f"Iteration 2, epoch 1; sample {sample} of the data" in text
    assert "Deck B (ChemE 4H03)" in text
    assert "v_{1}^{(1)}" in text and "z_{1}^{(1)}" not in text
    assert "\\subsection*{Forward -- hidden 1 -- pre-activation}" in text
    assert [step.first for step in sheet.steps][:3] == [1, 3, 5]
    headings = [heading for heading, _ in sheet.given]
    assert headings == ["Sample", "Parameters before the update", "Optimizer"]


def test_titles_of_users_are_escaped() -> None:
    project = build([layer(1)], "xor")
    project = replace(project, title="50 % of {a}_b & \\input{x} #1 ~^$")
    text = latex_text(sheet_of(project))
    assert (
        "\\section*{50 \\% of \\{a\\}\\_b \\& \\textbackslash{}input\\{x\\} \\#1 "
        "\\textasciitilde{}\\textasciicircum{}\\$}" in text
    )


def test_neurons_and_samples_can_be_chosen() -> None:
    project = digits(batch_size=5)
    trace = trace_of(project, 1)
    choice = read_choice(trace.spec, 5, "0: 1, 2; 1: 3; 2: 4; 3: 7; 4: 2-3", "2")
    sheet = make_worksheet(trace, project, choice)
    assert sheet.facts[-1] == (
        "Hidden 1: neuron 3. Hidden 2: neuron 4. Hidden 3: neuron 7. Output: neurons 2 and 3. "
        "Links from inputs 1 and 2. Sample 2 of the 5 in the mini-batch."
    )
    assert {line.quantity.row for line in sheet.lines} == {1}
    assert "Other samples" in [heading for heading, _ in sheet.given]


# --- CSV, there and back --------------------------------------------------------------------------


def test_the_csv_has_a_line_for_everything() -> None:
    sheet = sheet_of(two_two_one())
    rows = list(csv.reader(io.StringIO(csv_text(sheet))))
    assert tuple(rows[0]) == COLUMNS
    numbered = [row for row in rows[1:] if row[0]]
    assert [int(row[0]) for row in numbered] == list(range(1, len(sheet.lines) + 1))
    assert all(row[3] == "" for row in numbered)
    assert all(row[3] != "" for row in rows[1:] if not row[0])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("semicolons", [False, True])
def test_a_filled_in_csv_is_read_back_and_right(encoding: str, semicolons: bool) -> None:
    project = two_two_one()
    trace = trace_of(project)
    lines = hand_lines(trace, project, fitting(trace, project))
    text = csv_text(sheet_of(project, answers=True))
    if semicolons:
        # As a spreadsheet with decimal commas saves it.
        rows = list(csv.reader(io.StringIO(text)))
        for row in rows:
            row[3] = row[3].replace(".", ",")
        out = io.StringIO()
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
        text = out.getvalue()
    found = read_answers(text.encode(encoding), lines)
    said = [read_number(own) for own in found]
    checked = check_calculation(trace, project, lines, said)
    assert set(checked.states) == {State.RIGHT}


@pytest.mark.parametrize(
    "text",
    [
        "{0}\n{1}\n{2}",
        "{0}\r\n{1}\r\n{2}\r\n\r\n",
        "1;{0}\n2;{1}\n3;{2}",
        "3\t{2}\n1\t{0}\n2\t{1}\n",
        "value\n{0}\n{1}\n{2}",
        "Value;line\n{2};3\n{0};1\n{1};2",
    ],
)
@pytest.mark.parametrize("point", [".", ","])
def test_columns_and_headings_of_ones_own(text: str, point: str) -> None:
    lines = lines_of(3)
    numbers = [own.replace(".", point) for own in ("0.25", "−1.5", "1e-3")]
    assert read_answers(text.format(*numbers).encode(), lines) == tuple(numbers)


def lines_of(count: int) -> Any:
    project = two_two_one()
    trace = trace_of(project)
    return hand_lines(trace, project, fitting(trace, project))[:count]


def test_lines_may_be_left_empty() -> None:
    assert read_answers(b"0.5\n\n0.25\n", lines_of(3)) == ("0.5", "", "0.25")
    assert read_answers(b"line,value\n1,0.5\n2,\n3,0.25\n", lines_of(3)) == ("0.5", "", "0.25")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n \n", "The file is empty."),
        (b"0.5\n0.25", "The file has 2 numbers, but there are 3 lines; leave a row empty where "),
        (b"1\n2\n3\n4", "The file has 4 numbers, but there are 3 lines"),
        (b"0.5\nhalf\n1", "Line 2: “half” is not a number; write it as −0.31, 2/3 or 1e-3."),
        (b"line,value\n1,0.5\n2,0.5", "The file has no line 3 of 3."),
        (b"line,value\n1,0.5\n1,0.5\n3,1", "Line 1 stands in the file twice."),
        (b"line,value\n4,0.5", "Row 2 of the file is for line 4; lines go from 1 to 3."),
        (b"line,value\nx,0.5", "Row 2 of the file is for line x; lines go from 1 to 3."),
        (b"line,value\n1,0.5\n2", "Row 3 of the file has 1 cell, but the heading has 2."),
        (b"line,value\n1,0,5", "Row 2 of the file has 3 cells, but the heading has 2."),
        (b"1;2;3\n1;2;3\n1;2;3", "The file has 3 columns; name the one with your numbers “value”"),
        (b"1;2\n1;2;3\n", "Row 2 of the file has 3 cells, but the first one has 2."),
        (b'line,value\n1,"0.5', "The file is no whole CSV: "),
        (
            "line,symbol,value\n1,δ₁⁽²⁾,0.5".encode(),
            "Line 1 is δ₁⁽²⁾ in the file, but z₁⁽¹⁾ here: the sheet is of another iteration, ",
        ),
        (b"\x00\x01\x02\x03", "The file is not a text file; save it as CSV."),
        (b"\xff\xfe\x00", "The file is not a text file; save it as CSV."),
        (b"\xef\xbb\xbf\xff\xff", "The file is not a text file; save it as CSV."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "The file is not a text file; save it as CSV."),
        (b"\x81\x8d\n1\n2", "The file is not a text file; save it as CSV."),
        (b"1" * (MAX_BYTES + 1), "The file is too large for a worksheet: more than 1 MB."),
    ],
)
def test_files_that_cannot_be_used_are_refused_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(ProjectError) as caught:
        read_answers(content, lines_of(3))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_answers_or_a_sentence(content: bytes) -> None:
    try:
        found = read_answers(content, lines_of(3))
    except ProjectError as problem:
        assert str(problem).endswith(".")
    else:
        assert len(found) == 3


def test_a_pasted_column() -> None:
    assert read_column("0,5\r\n\r\n1/4\r\n") == ("0,5", "", "1/4")
    assert read_column("a₁\t0.5\na₂\t0.25") == ("0.5", "0.25")
    with pytest.raises(ProjectError, match="Pasted row 2: “x” is not a number"):
        read_column("1\nx\n")


# --- files and the command ------------------------------------------------------------------------


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sheet.tex"
    write_whole(path, b"first")
    assert path.read_bytes() == b"first"

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(ProjectError) as caught:
        write_whole(path, b"second")
    assert str(caught.value) == "“sheet.tex” could not be written: No space left on device."
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"“x\.csv” could not be written: No such file"):
        write_whole(tmp_path / "none" / "x.csv", b"")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worksheet", "xor", "--at", "3", "--samples", "1"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("\\documentclass") and "Iteration 3" in text
    out = tmp_path / "sheet.csv"
    assert main(["worksheet", "xor", "--format", "csv", "--answers", "-o", str(out)]) == 0
    assert capsys.readouterr().out == ""
    rows = list(csv.reader(io.StringIO(out.read_text("utf-8"))))
    assert tuple(rows[0]) == COLUMNS and all(row[3] for row in rows)
    with_digits = ["worksheet", "xor", "--answers", "--digits", "2", "--notation", "deck-a"]
    assert main(with_digits) == 0
    assert not re.search(r"\d\.\d{3}", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--at", "99999999"], 2, "--at must be at most"),
        (["--neurons", "7: 1"], 2, "There is no layer 7"),
        (["--samples", "9"], 2, "The samples go from 1 to 4 (found 9)."),
        (["--notation", "deck-z"], 2, "is neither a notation"),
        (["--digits", "16"], 2, "--digits must be at most 15 (found 16)."),
        (["-o", "/nowhere/at/all.tex"], 1, "“all.tex” could not be written"),
    ],
)
def test_the_command_refuses_in_a_sentence(
    arguments: list[str], status: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["worksheet", "xor", *arguments]) == status
    captured = capsys.readouterr()
    assert sentence in captured.err and captured.out == ""
    assert captured.err.count("\n") == 1
