"""Predict first: numbers asked for before they are shown, by real keys in the window."""

from __future__ import annotations

import numpy as np
import pytest
from hands import circles
from predict_hands import Student, texts_of
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.explain import number
from simulator.notation import load_notation
from simulator.predictions import is_guessed
from simulator.project import load_project
from simulator.quantity import Kind
from simulator.trace import PhaseKind
from ui.main_window import MainWindow
from ui.predict.predict_bar import IDLE

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def student(qtbot: QtBot, window: MainWindow) -> Student:
    student = Student(qtbot, window)
    student.open(load_project("xor"))
    return student


def test_a_right_answer_makes_the_step_and_counts(qtbot: QtBot, student: Student) -> None:
    student.begin()
    assert student.bar.isVisible() and student.bar.caption.text() == IDLE
    student.asked()
    assert student.cursor == 0
    neuron = student.quantity.neuron + 1
    assert student.bar.caption.text().startswith(f"pre-activation of hidden 1, neuron {neuron}")
    value = student.true_value()
    student.answer(f"{value:.4f}")
    assert student.cursor == 1
    assert student.bar.message.text().startswith("Right: ")
    assert number(value) in student.bar.message.text()
    assert student.window.predict.score.rows() == [(Kind.PREACTIVATION, 1, 0, 0)]
    assert student.bar.score_button.text() == "1 of 1 right"


def test_a_whole_iteration_by_return_alone(qtbot: QtBot, student: Student) -> None:
    """Step, type, Return, Return …: every phase but the inputs is asked for, once."""
    student.begin()
    phases = student.session.snapshot.trace.phases
    student.asked()
    for index in range(1, len(phases)):
        assert student.bar.asking and student.cursor == index - 1
        assert student.quantity.layer == phases[index].layer
        student.answer(f"{student.true_value():.9g}")
        assert student.cursor == index
        if index + 1 < len(phases):
            qtbot.waitUntil(student.bar.next_button.hasFocus)
            QTest.keyClick(student.bar.next_button, Qt.Key.Key_Return)
            qtbot.waitUntil(lambda: student.bar.asking)
    right, wrong, revealed = student.window.predict.score.total
    assert (right, wrong, revealed) == (len(phases) - 1, 0, 0)
    # The next iteration begins with its inputs, which nobody can know.
    iteration = student.session.snapshot.trace.iteration
    student.step()
    qtbot.waitUntil(lambda: student.session.snapshot.trace.iteration == iteration + 1)
    assert student.cursor == 0 and not student.bar.asking
    student.asked()


def test_the_value_is_nowhere_before_the_answer(qtbot: QtBot, student: Student) -> None:
    # No two numbers of such a sample are the same: where the target is 0, delta is the output.
    student.open(circles())
    student.begin()
    student.show_row(int(np.argmax(student.session.snapshot.trace.target[:, 0])))
    phases = student.session.snapshot.trace.phases
    seen_after = 0
    for index in range(1, len(phases)):
        student.asked()
        value = student.true_value()
        if abs(value) > 1e-3:
            before = texts_of(student.window)
            for shown in (number(value).lstrip("−"), f"{abs(value):.4f}", f"{abs(value):.5g}"):
                assert shown not in before, (phases[index], shown)
        for panel in student.window.docks.panels:
            if panel.snapshot is not None and panel.snapshot.trace is not None:
                assert not panel.snapshot.computed(phases[index].kind, phases[index].layer)
                assert panel.snapshot.probe is None and panel.snapshot.evaluation is None
        QTest.mouseClick(student.bar.reveal_button, LEFT)
        qtbot.waitUntil(lambda index=index: student.cursor == index)
        seen_after += number(value) in texts_of(student.window)
    assert seen_after == len(phases) - 1


def test_the_drawings_answer_is_hidden_while_stepping(qtbot: QtBot, student: Student) -> None:
    """It is made with the same weights, and is the very answer where the drawing is the sample."""
    bars = student.window.data_card.bars
    qtbot.waitUntil(lambda: bars.values() is not None)
    student.begin()
    qtbot.waitUntil(lambda: bars.values() is None)
    QTest.keyClick(student.window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: bars.values() is not None)
    QTest.keyClick(student.window, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: bars.values() is None)
    student.window.actions_by_id["predict"].trigger()
    qtbot.waitUntil(lambda: bars.values() is not None)


def test_a_wrong_answer_is_told_with_the_slip_and_the_calculation(
    qtbot: QtBot, student: Student
) -> None:
    student.begin()
    student.asked()
    for _ in range(3):
        QTest.mouseClick(student.bar.reveal_button, LEFT)
        qtbot.waitUntil(lambda: student.bar.telling)
        qtbot.waitUntil(lambda: student.session.settled)
        student.asked()
    phase = student.session.snapshot.trace.phases[student.cursor + 1]
    assert phase.kind is PhaseKind.ACTIVATION and phase.layer == 2
    z = student.session.snapshot.trace.z[1][0, 0]
    student.answer(f"{z:.6f}".replace(".", ","))
    message = student.bar.message.text()
    assert message.startswith(f"Not quite: you said {z:.6f}".replace(".", ","))
    assert message.endswith("That is what the activation function is applied to.")
    assert "1 / (1 + e" in student.bar.working.text()
    assert student.window.predict.score.total == (0, 1, 3)


@pytest.mark.parametrize("minus", ["-", "−", "–"])
def test_commas_and_any_minus_are_understood(student: Student, minus: str) -> None:
    student.begin()
    student.asked()
    value = student.true_value()
    text = f"{value:.4f}".replace(".", ",").replace("-", minus)
    student.answer(text)
    assert student.bar.message.text().startswith("Right")


def test_what_is_no_number_is_refused_and_the_question_stays(student: Student) -> None:
    student.begin()
    student.asked()
    for text, sentence in (
        ("abc", "“abc” is not a number; write it as −0.31, 2/3 or 1e-3."),
        ("", "Type a number, for example −0.31 or 2/3."),
        ("1/0", "“1/0” divides by 0."),
    ):
        student.write(text)
        if not text:
            QTest.keyClick(student.bar.field, Qt.Key.Key_Delete)
        QTest.keyClick(student.bar.field, Qt.Key.Key_Return)
        assert student.bar.message.text() == sentence
        assert student.bar.asking and student.cursor == 0
    assert student.window.predict.score.total == (0, 0, 0)


def test_no_key_leads_past_a_question(qtbot: QtBot, student: Student) -> None:
    """However fast PgDown is pressed, nothing is shown that was not asked for."""
    student.turn_on()
    for _ in range(25):
        student.step()
    qtbot.waitUntil(lambda: student.bar.asking)
    qtbot.wait(150)
    assert student.cursor == 0
    for _ in range(5):
        QTest.keyClick(student.window, Qt.Key.Key_F10)
    qtbot.wait(100)
    assert student.cursor == 0 and student.bar.asking


def test_reveal_counts_as_revealed_and_the_table_can_be_copied_and_reset(
    qtbot: QtBot, student: Student
) -> None:
    student.begin()
    student.asked()
    QTest.mouseClick(student.bar.reveal_button, LEFT)
    qtbot.waitUntil(lambda: student.cursor == 1)
    qtbot.mouseClick(student.bar.score_button, LEFT)
    dialog = student.window.predict.score_dialog
    assert dialog.isVisible()
    shown = [[dialog.model.index(r, c).data() for c in range(4)] for r in range(2)]
    assert shown == [["Pre-activations", "0", "0", "1"], ["Total", "0", "0", "1"]]
    qtbot.mouseClick(dialog.copy_button, LEFT)
    assert QGuiApplication.clipboard().text() == (
        "kind,right,wrong,revealed\nPre-activations,0,0,1\nTotal,0,0,1\n"
    )
    qtbot.mouseClick(dialog.reset_button, LEFT)
    assert student.bar.score_button.text() == "0 of 0 right"
    assert dialog.hint.isVisible() and not dialog.copy_button.isEnabled()


def test_a_question_asked_again_is_not_counted_again(qtbot: QtBot, student: Student) -> None:
    student.begin()
    student.asked()
    student.answer("1000")
    assert student.window.predict.score.total == (0, 1, 0)
    QTest.keyClick(student.window, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: student.cursor == 0)
    student.asked()
    student.answer(f"{student.true_value():.6f}")
    assert student.window.predict.score.total == (0, 1, 0)
    assert "not counted again" in student.bar.message.text()


def test_only_the_kinds_chosen_are_asked_for(qtbot: QtBot, student: Student) -> None:
    student.begin()
    for kind, action in student.window.predict.options._kinds.items():
        if kind is not Kind.DELTA:
            action.trigger()
    phases = student.session.snapshot.trace.phases
    first = next(n for n, p in enumerate(phases) if is_guessed(p, {Kind.DELTA}))
    for index in range(1, first):
        student.step()
        qtbot.waitUntil(lambda index=index: student.cursor == index)
        qtbot.waitUntil(lambda: student.session.settled)
        assert not student.bar.asking
    student.asked()
    assert student.quantity.kind is Kind.DELTA
    # Not asking for deltas any more drops the question.
    student.window.predict.options._kinds[Kind.DELTA].trigger()
    assert not student.bar.asking


def test_the_tolerance_can_be_set(student: Student) -> None:
    student.begin()
    chosen = {action.text(): action for action in student.window.predict.options.actions()}
    chosen["Within 0.1"].trigger()
    student.asked()
    value = student.true_value()
    student.answer(f"{value + 0.09:.6f}")
    assert student.bar.message.text().startswith("Right")
    chosen["Within 0.001"].trigger()
    student.asked()
    value = student.true_value()
    student.answer(f"{value + 0.002:.6f}")
    assert student.bar.message.text().startswith("Not quite")


def test_the_neuron_chosen_is_the_one_asked_for(qtbot: QtBot, student: Student) -> None:
    student.begin()
    student.session.selection.select(1, 2)
    student.asked()
    assert (student.quantity.layer, student.quantity.neuron) == (1, 2)
    assert student.bar.caption.text().startswith("pre-activation of hidden 1, neuron 3")
    student.session.selection.select(1, 0)
    assert student.quantity.neuron == 0
    assert student.bar.question.text() == "What will z₁⁽¹⁾ be?"


def test_the_sample_on_show_is_asked_for(qtbot: QtBot, student: Student) -> None:
    student.begin()
    student.show_row(1)
    student.asked()
    assert student.quantity.row == 1
    assert "sample 2 of the mini-batch" in student.bar.caption.text()
    value = student.session.snapshot.trace.z[0][1, student.quantity.neuron]
    assert student.true_value() == pytest.approx(value)


def test_answers_are_in_the_notation_of_the_window(qtbot: QtBot, student: Student) -> None:
    """In deck B delta is target minus output; a question that waits is asked anew."""
    student.begin()
    phases = student.session.snapshot.trace.phases
    delta = next(n for n, p in enumerate(phases) if p.kind is PhaseKind.DELTA)
    for index in range(1, delta):
        student.asked()
        QTest.mouseClick(student.bar.reveal_button, LEFT)
        qtbot.waitUntil(lambda index=index: student.cursor == index)
    student.asked()
    student.window.notation.choose("deck-b")
    assert student.bar.question.text() == "What will δ₁⁽²⁾ be?"
    trace = student.session.snapshot.trace
    own = -trace.delta[1][0, 0]
    assert student.true_value(load_notation("deck-b")) == pytest.approx(own)
    student.answer(f"{-own:.6f}")
    assert "That is output minus target; here it is target minus output." in (
        student.bar.message.text()
    )


def test_going_elsewhere_drops_the_question(qtbot: QtBot, student: Student) -> None:
    student.begin()
    student.asked()
    QTest.keyClick(student.window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: not student.bar.asking)
    assert student.window.predict.score.total == (0, 0, 0)
    qtbot.waitUntil(lambda: student.session.settled)
    student.step()
    qtbot.waitUntil(lambda: student.cursor == 0)
    student.asked()
    student.open(circles())
    assert not student.bar.asking


def test_turning_it_off_steps_freely_again(qtbot: QtBot, student: Student) -> None:
    student.begin()
    student.asked()
    qtbot.mouseClick(student.bar.close_button, LEFT)
    assert not student.bar.isVisible()
    assert not student.window.transport.predict.isChecked()
    for index in (1, 2, 3):
        student.step()
        qtbot.waitUntil(lambda index=index: student.cursor == index)
    qtbot.mouseClick(student.window.transport.predict, LEFT)
    assert student.window.predict.is_on and student.bar.isVisible()


def test_everything_has_a_name_and_can_be_reached_by_tab(student: Student) -> None:
    student.begin()
    student.asked()
    bar = student.bar
    assert bar.field.accessibleName().startswith("What will z")
    order = [bar.check_button, bar.reveal_button, bar.score_button]
    bar.field.setFocus()
    for wanted in order:
        QTest.keyClick(student.window.focusWidget(), Qt.Key.Key_Tab)
        assert student.window.focusWidget() is wanted
    for button in (bar.options, bar.close_button):
        assert button.accessibleName()


def test_the_bar_is_as_high_as_its_words(student: Student) -> None:
    student.begin()
    student.asked()
    low = student.bar.height()
    student.answer("1000")
    bar = student.bar
    assert bar.height() > low
    for label in (bar.message, bar.working):
        assert label.isVisible()
        assert label.height() >= label.heightForWidth(label.width())
        assert bar.rect().contains(label.geometry())
