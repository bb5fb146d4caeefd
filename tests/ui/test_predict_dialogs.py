"""The hand calculation and the worksheet in the window, by keys, clipboard and files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from predict_hands import CONTROL, Student
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from simulator.hand_check import State
from simulator.project import load_project
from simulator.quantity import Kind
from ui.main_window import MainWindow
from ui.predict.hand_dialog import NOTHING, HandDialog
from ui.predict.hand_model import STATE, YOURS
from ui.predict.printing import html_of, rich
from ui.predict.worksheet_dialog import WorksheetDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def student(qtbot: QtBot, window: MainWindow) -> Student:
    """With an iteration of XOR on show, and a sample of it whose inputs are not all 0."""
    student = Student(qtbot, window)
    student.open(load_project("xor"))
    QTest.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: student.session.snapshot.trace is not None)
    qtbot.waitUntil(lambda: student.session.settled)
    student.show_row(2)
    return student


@pytest.fixture
def hand(qtbot: QtBot, student: Student) -> HandDialog:
    """The hand calculation, opened by Ctrl+H."""
    QTest.keyClick(student.window, Qt.Key.Key_H, CONTROL)
    dialog = student.window.predict.hand
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.table.hasFocus() or dialog.focusWidget() is dialog.table
    return dialog


@pytest.fixture
def sheet(qtbot: QtBot, student: Student) -> WorksheetDialog:
    """The worksheet, opened by Ctrl+P."""
    QTest.keyClick(student.window, Qt.Key.Key_P, CONTROL)
    dialog = student.window.predict.worksheet
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def editor_of(dialog: HandDialog) -> QLineEdit:
    """The field that is open in the table."""
    editors = dialog.table.viewport().findChildren(QLineEdit)
    return next(own for own in editors if own.isVisible())


def type_line(dialog: HandDialog, text: str) -> None:
    """Type into the current line and press Return."""
    table = dialog.table
    row = table.row
    QTest.keyClick(table, text[0])
    editor = editor_of(dialog)
    QTest.keyClicks(editor, text[1:])
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert table.row == min(row + 1, len(dialog.model.lines) - 1)


def numbers(dialog: HandDialog, digits: int = 4) -> list[str]:
    return [f"{line.value:.{digits}f}" for line in dialog.model.lines]


def states(dialog: HandDialog) -> list[str]:
    model = dialog.model
    return [model.index(row, STATE).data() for row in range(model.rowCount())]


def test_numbers_are_typed_in_and_followed(qtbot: QtBot, hand: HandDialog) -> None:
    right = numbers(hand)
    for text in right[:3]:
        type_line(hand, text.replace(".", ","))
    assert hand.model.texts[:3] == [text.replace(".", ",") for text in right[:3]]
    QTest.keyClick(hand, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    # A key presses the button for a moment first.
    qtbot.waitUntil(lambda: states(hand)[:4] == ["right", "right", "right", ""])
    count = len(hand.model.lines)
    assert hand.verdict.text() == f"All 3 numbers you filled in are right; {count - 3} to go."
    type_line(hand, "7")
    qtbot.mouseClick(hand.check_button, LEFT)
    assert states(hand)[3] == "differs"
    assert hand.verdict.text().startswith("Line 4 is the first that differs: ")
    assert hand.working.text().startswith(hand.model.lines[3].plain)
    assert hand.table.row == 3
    # What is changed has to be checked again.
    type_line(hand, right[3])
    assert set(states(hand)) == {""}


def test_a_slip_is_named_and_the_numbers_behind_it_follow(
    qtbot: QtBot, hand: HandDialog, student: Student
) -> None:
    """The delta of the output with the wrong sign, and gradients of it that are right again."""
    lines = hand.model.lines
    delta = next(n for n, line in enumerate(lines) if line.quantity.kind is Kind.DELTA)
    texts = numbers(hand, 8)
    trace, size = student.session.snapshot.trace, 4
    own = -lines[delta].value
    texts[delta] = f"{own:.8f}"
    for n in range(delta + 1, delta + 5):
        column = lines[n].quantity.source
        shares = trace.delta[1][:, 0] * trace.activation[0][:, column]
        shares[2] = own * trace.activation[0][2, column]
        texts[n] = f"{shares.sum() / size:.8f}"
    QGuiApplication.clipboard().setText("\n".join(texts[: delta + 5]))
    QTest.keyClick(hand.table, Qt.Key.Key_V, CONTROL)
    qtbot.mouseClick(hand.check_button, LEFT)
    verdict = hand.verdict.text()
    assert f"Line {delta + 1} is the first that differs" in verdict
    assert "That is target minus output; here it is output minus target." in verdict
    assert "From here on your numbers follow from this slip." in verdict
    assert states(hand)[delta : delta + 5] == ["differs", *["follows"] * 4]


def test_a_column_is_pasted_from_the_current_line_on(qtbot: QtBot, hand: HandDialog) -> None:
    right = numbers(hand)
    hand.table.go_to(2)
    QGuiApplication.clipboard().setText("\r\n".join(t.replace(".", ",") for t in right[2:6]))
    qtbot.mouseClick(hand.paste_button, LEFT)
    assert hand.model.texts[:2] == ["", ""] and hand.model.texts[6] == ""
    qtbot.mouseClick(hand.check_button, LEFT)
    assert states(hand)[2:6] == ["right"] * 4
    for text, sentence in (
        ("", "There is nothing to paste; copy a column of numbers first."),
        ("1\nx", "Pasted row 2: “x” is not a number; write it as −0.31, 2/3 or 1e-3."),
        ("1\n" * 500, "The column has 500 numbers, but from this line on there are"),
    ):
        QGuiApplication.clipboard().setText(text)
        before = list(hand.model.texts)
        QTest.keyClick(hand.table, Qt.Key.Key_V, CONTROL)
        assert sentence in hand.verdict.text()
        assert hand.model.texts == before


def test_what_is_no_number_is_named_when_checked(qtbot: QtBot, hand: HandDialog) -> None:
    type_line(hand, "0.5")
    type_line(hand, "half")
    qtbot.mouseClick(hand.check_button, LEFT)
    assert hand.verdict.text().startswith("Line 2: “half” is not a number")
    assert hand.table.row == 1
    QTest.keyClick(hand.table, Qt.Key.Key_Delete)
    assert hand.model.texts[1] == ""


def test_keys_of_the_table(hand: HandDialog) -> None:
    table = hand.table
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.row == 1
    QTest.keyClick(table, Qt.Key.Key_Return)
    editor = editor_of(hand)
    QTest.keyClicks(editor, "2/3")
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert hand.model.texts[1] == "2/3" and table.row == 2
    index = hand.model.index(1, YOURS)
    spoken = hand.model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == f"{hand.model.lines[1].title}: 2/3"


def test_a_calculation_that_has_begun_is_kept_until_asked(
    qtbot: QtBot, hand: HandDialog, student: Student
) -> None:
    type_line(hand, "0.5")
    hand.close()
    # Without a window manager a closed dialog keeps the keys.
    student.session.time.step("Iteration")
    qtbot.waitUntil(lambda: student.session.snapshot.iteration == 2)
    student.window.predict.show_hand_calculation()
    assert hand.model.texts[0] == "0.5" and "iteration 1 " in hand.card.caption()
    qtbot.mouseClick(hand.renew_button, LEFT)
    assert hand.model.texts[0] == "" and "iteration 2 " in hand.card.caption()


def test_neurons_and_samples_are_chosen(qtbot: QtBot, hand: HandDialog) -> None:
    assert hand.limits.text() == "Only this: Sample 3 of the 4 in the mini-batch."
    field = hand.form.neurons
    field.setFocus()
    QTest.keyClicks(field, "1: 2")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert "Hidden 1: neuron 2." in hand.limits.text()
    assert {n.quantity.neuron for n in hand.model.lines if n.quantity.layer == 1} == {1}
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "9: 2")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert hand.verdict.text() == "There is no layer 9; the last one is 2."
    assert not hand.check_button.isEnabled() and hand.hint.isVisible()


def test_of_a_large_network_the_chosen_neuron(qtbot: QtBot, student: Student) -> None:
    student.open(load_project("digits-5x5"))
    QTest.keyClick(student.window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: student.session.snapshot.trace is not None)
    student.session.selection.select(2, 6)
    student.window.predict.show_hand_calculation()
    hand = student.window.predict.hand
    assert "Hidden 2: neuron 7." in hand.limits.text()
    assert len(hand.model.lines) < 60


def test_without_an_iteration_it_says_what_to_do(student: Student) -> None:
    student.open(load_project("and"))
    for show in (
        student.window.predict.show_hand_calculation,
        student.window.predict.show_worksheet,
    ):
        show()
    hand, sheet = student.window.predict.hand, student.window.predict.worksheet
    assert hand.hint.text() == NOTHING and not hand.check_button.isEnabled()
    assert sheet.message.text() == NOTHING and not sheet.print_button.isEnabled()
    hand._on_check()
    assert hand.model.lines == ()


def test_the_table_fits_its_dialog(hand: HandDialog) -> None:
    table = hand.table
    assert table.horizontalScrollBar().maximum() == 0
    spare = table.viewport().rect().adjusted(0, 0, 1, 1)
    last = table.visualRect(hand.model.index(0, STATE))
    assert spare.contains(last.topRight())
    for button in (hand.check_button, hand.close_button, hand.open_button):
        assert hand.rect().contains(button.mapTo(hand, QPoint(0, 0)))


# --- worksheets -----------------------------------------------------------------------------------


def save(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, sheet: WorksheetDialog, kind: str, path: Path
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(sheet.save_buttons[kind], LEFT)


def test_each_file_is_saved(
    qtbot: QtBot, sheet: WorksheetDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(monkeypatch, qtbot, sheet, "PDF", tmp_path / "sheet.pdf")
    assert sheet.message.text() == "“sheet.pdf” was saved."
    content = (tmp_path / "sheet.pdf").read_bytes()
    assert content.startswith(b"%PDF") and content.rstrip().endswith(b"%%EOF")
    save(monkeypatch, qtbot, sheet, "LaTeX", tmp_path / "sheet")
    text = (tmp_path / "sheet.tex").read_text("utf-8")
    assert text.startswith("\\documentclass") and "\\blank}" in text
    save(monkeypatch, qtbot, sheet, "CSV", tmp_path / "sheet.csv")
    assert (tmp_path / "sheet.csv").read_bytes().startswith(b"\xef\xbb\xbfline,symbol,name,value")
    assert sorted(own.name for own in tmp_path.iterdir() if "sheet" in own.name) == [
        *("sheet.csv", "sheet.pdf", "sheet.tex")
    ]


def test_what_cannot_be_saved_is_said(
    qtbot: QtBot, sheet: WorksheetDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("mine")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    save(monkeypatch, qtbot, sheet, "CSV", path)
    assert sheet.message.text() == "“sheet.csv” could not be written: No space left on device."
    assert path.read_text() == "mine"


def test_a_saved_csv_filled_in_is_opened_and_right(
    qtbot: QtBot,
    hand: HandDialog,
    sheet: WorksheetDialog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sheet.answers.setChecked(True)
    path = tmp_path / "sheet.csv"
    save(monkeypatch, qtbot, sheet, "CSV", path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(hand.open_button, LEFT)
    assert hand.verdict.text() == "“sheet.csv” was read. Press Check."
    qtbot.mouseClick(hand.check_button, LEFT)
    assert hand.verdict.text() == f"All {len(hand.model.lines)} numbers are right."
    assert all(hand.model.state(n) is State.RIGHT for n in range(len(hand.model.lines)))
    texts = list(hand.model.texts)
    path.write_bytes(b"\x89PNG\x00")
    qtbot.mouseClick(hand.open_button, LEFT)
    assert hand.verdict.text() == (
        "“sheet.csv” was not used. The file is not a text file; save it as CSV."
    )
    assert hand.model.texts == texts
    path.unlink()
    qtbot.mouseClick(hand.open_button, LEFT)
    assert hand.verdict.text() == "“sheet.csv” cannot be read: No such file or directory."


def test_the_page_has_the_answers_only_when_asked_for(qtbot: QtBot, sheet: WorksheetDialog) -> None:
    values = [sheet.sheet.number(line.value) for line in sheet.sheet.lines]
    given = {sheet.sheet.number(own.value) for _, lines in sheet.sheet.given for own in lines}
    page = sheet.page.toPlainText()
    hidden = [value for value in values if value not in given and value != "0" and "." in value]
    assert len(hidden) > 10
    assert not [value for value in hidden if value in page]
    assert page.count("____________") == len(values)
    QTest.mouseClick(sheet.answers, LEFT, pos=QPoint(8, sheet.answers.height() // 2))
    page = sheet.page.toPlainText()
    assert all(value in page for value in hidden)
    assert "____" not in page


def test_the_page_is_written_as_the_window_is(sheet: WorksheetDialog, student: Student) -> None:
    assert "Notation: Neutral" in sheet.page.toPlainText()
    student.window.notation.choose("deck-b")
    page = sheet.page.toPlainText()
    assert "Notation: Deck B" in page and "XOR" in page
    assert "Iteration 1, epoch 1" in page


def test_signs_become_real_raised_and_lowered_type() -> None:
    assert rich("w₁₄,₁⁽¹⁾ new") == "w<sub>14,1</sub><sup>(1)</sup> new"
    assert rich("Σᵢ w₁ᵢ⁽¹⁾ xᵢ") == "Σ<sub>i</sub> w<sub>1i</sub><sup>(1)</sup> x<sub>i</sub>"
    assert rich("a < b & 2") == "a &lt; b &amp; 2"


def test_titles_of_users_are_no_html(sheet: WorksheetDialog) -> None:
    own = replace(sheet.sheet, title="<img src=x> & co")
    assert "<h1 style='font-size: 15pt'>&lt;img src=x&gt; &amp; co</h1>" in html_of(own)
