"""The Formula card: the phase's equation with the engine's numbers, in views, for copying."""

from __future__ import annotations

import math

import pytest
from formula_hands import (
    LEFT,
    click,
    formulas,
    hover,
    piece_of,
    pieces,
    results,
    step_in,
    step_to,
    titles,
)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from simulator.explain import most_active_neuron
from simulator.project import project_from_value
from simulator.quantity import Kind, Quantity, value_of
from simulator.snapshot import RunState
from simulator.trace import Phase, PhaseKind, phases_of
from ui.editor.hover import Target
from ui.formula.blocks import SampleRow, Words
from ui.formula.content import View
from ui.formula.formula_card import OF_TRAINING
from ui.formula.moment import HINT, HINTS
from ui.main_window import MainWindow


def view_button(window: MainWindow, view: View) -> QPushButton:
    """The button of a view."""
    return window.formula.tools.views.buttons()[view]


def test_before_and_while_training_it_says_what_to_do(qtbot: QtBot, window: MainWindow) -> None:
    formula = window.formula
    assert formula.explanation is None
    assert formula.sheet.blocks[0].text.startswith(HINT)
    assert not formula.tools.isVisible() and not formula.copy_button.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.session.state is RunState.RUNNING)
    qtbot.waitUntil(lambda: formula.sheet.blocks == (Words(HINTS[RunState.RUNNING]),))
    assert formula.caption() == ""


def test_every_phase_shows_the_engines_number(qtbot: QtBot, window: MainWindow) -> None:
    session, formula = window.session, window.formula
    for index in range(len(phases_of(session.project.network))):
        QTest.keyClick(window, Qt.Key.Key_PageDown)
        qtbot.waitUntil(lambda index=index: session.snapshot.cursor == index)
        explanation, trace = formula.explanation, session.snapshot.trace
        assert explanation is not None
        value = value_of(trace, explanation.quantity)
        assert explanation.value == value, "neutral signs are the engine's"
        assert results(window)[-1] == pytest.approx(value, abs=6e-5)
        phase = session.snapshot.phase
        if phase.kind not in (PhaseKind.LOSS, PhaseKind.INPUT):
            assert explanation.quantity.neuron == most_active_neuron(trace, phase)
            assert explanation.quantity.layer == phase.layer
        assert formulas(window), phase


def test_the_selected_neuron_is_explained(qtbot: QtBot, window: MainWindow) -> None:
    phase = Phase(PhaseKind.PREACTIVATION, 2)
    step_to(qtbot, window, phase)
    window.session.selection.select(2, 11)
    assert titles(window) == ["Pre-activation of hidden 2, neuron 12"]
    assert window.formula.caption() == "hidden 2, neuron 12"
    trace = window.session.snapshot.trace
    assert results(window) == [pytest.approx(trace.z[1][0, 11], abs=6e-5)]
    # Paused without a cursor, the activation of what is selected is explained.
    QTest.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: window.session.snapshot.cursor is None)
    trace = window.session.snapshot.trace
    assert titles(window) == ["Activation of hidden 2, neuron 12"]
    assert results(window) == [pytest.approx(trace.activation[1][0, 11], abs=6e-5)]


def test_equations_are_typeset_without_being_waited_for(qtbot: QtBot, window: MainWindow) -> None:
    sheet, renderer = window.formula.sheet, window.desk.renderer

    def show(key: Qt.Key | None, kind: PhaseKind) -> None:
        if key is not None:
            QTest.keyClick(window, key)
        qtbot.waitUntil(lambda: window.session.snapshot.phase.kind is kind)
        qtbot.waitUntil(lambda: all(renderer.is_known(latex) for latex in formulas(window)))
        sheet.grab()

    step_to(qtbot, window, Phase(PhaseKind.DELTA, 3))
    show(None, PhaseKind.DELTA)
    drawn = [piece for piece in sheet._pieces if piece.role == "formula"]
    assert len(drawn) >= len(formulas(window)) >= 1
    show(Qt.Key.Key_PageUp, PhaseKind.ERROR)
    show(Qt.Key.Key_PageDown, PhaseKind.DELTA)
    qtbot.waitUntil(lambda: not renderer.busy)
    count, pictures = renderer.typeset_count, renderer.drawn_count
    show(Qt.Key.Key_PageUp, PhaseKind.ERROR)
    show(Qt.Key.Key_PageDown, PhaseKind.DELTA)
    assert renderer.typeset_count == count, "what was typeset is not typeset again"
    assert renderer.drawn_count == pictures, "nor drawn again"


def test_matrix_and_chain(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.PREACTIVATION, 3))
    assert [view for view in View if view_button(window, view).isVisible()] == [
        View.SUM,
        View.MATRIX,
    ]
    qtbot.mouseClick(view_button(window, View.MATRIX), LEFT)
    words = window.formula.sheet.accessibleDescription()
    assert "20×20" in words.replace("\N{NO-BREAK SPACE}", " ") and "20×1" in words
    assert any("bmatrix" in latex for latex in formulas(window))
    step_to(qtbot, window, Phase(PhaseKind.GRADIENT, 3))
    assert window.formula.tools.views.current() == View.MATRIX, "the view stays"
    qtbot.mouseClick(view_button(window, View.CHAIN), LEFT)
    trace, explanation = window.session.snapshot.trace, window.formula.explanation
    assert results(window)[-1] == pytest.approx(value_of(trace, explanation.quantity), abs=6e-5)
    factors = [p.asked.kind for p in pieces(window) if isinstance(p.asked, Quantity)]
    assert Kind.ERROR in factors or Kind.DELTA in factors


def test_digits_are_settable_and_remembered(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.LOSS, 4))
    digits = window.formula.tools.digits
    digits.setFocus()
    digits.selectAll()
    QTest.keyClicks(digits, "8")
    QTest.keyClick(digits, Qt.Key.Key_Return)
    loss = float(window.session.snapshot.trace.loss_per_sample[0])
    assert f"{loss:.8f}" in window.formula.sheet.accessibleDescription()
    assert window._settings.whole_number("formula_digits", 4, 2, 10) == 8
    QTest.keyClick(digits, Qt.Key.Key_Down)
    assert f"{loss:.7f}" in window.formula.sheet.accessibleDescription()


def test_a_number_and_its_place_in_the_network_light_up_together(
    qtbot: QtBot, window: MainWindow
) -> None:
    step_to(qtbot, window, Phase(PhaseKind.ERROR, 3))
    view, sheet = window.network_card.view, window.formula.sheet
    weight = piece_of(window, Kind.PARAMETER)
    hover(qtbot, window, weight)
    wanted = Target(4, weight.asked.neuron, (3, window.formula.explanation.quantity.neuron))
    assert view._scene.pointed == wanted
    delta = piece_of(window, Kind.DELTA)
    hover(qtbot, window, delta)
    assert view._scene.pointed == Target(4, delta.asked.neuron)
    column = view.network_layout().columns[4]
    place = column.place_of(delta.asked.neuron)
    qtbot.mouseMove(view, QPoint(round(column.x[place]), round(column.y[place])))
    assert sheet._lit == {delta.asked}


def test_copying(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.DELTA, 4))
    formula, board = window.formula, QGuiApplication.clipboard()
    entries = {action.text(): action for action in formula.menu.actions()}

    def choose(text: str) -> None:
        formula.menu.popup(window.mapToGlobal(window.rect().center()))
        qtbot.waitUntil(formula.menu.isVisible)
        place = formula.menu.actionGeometry(entries[text]).center()
        qtbot.mouseClick(formula.menu, LEFT, pos=place)

    choose("Copy as LaTeX")
    latex = board.text()
    assert latex.startswith("\\begin{aligned}") and "\\delta" in latex
    shown = f"{formula.explanation.value:.4f}"
    assert shown.lstrip("-") in latex
    assert formula.caption() == "copied as LaTeX"
    choose("Copy as text")
    assert board.text().splitlines()[0] == titles(window)[0]
    assert shown.replace("-", "−") in board.text()
    choose("Copy as image")
    image = board.image()
    assert image.width() >= 2 * formula.sheet.width()
    ground = image.pixelColor(0, 0)
    inked = sum(
        image.pixelColor(x, y) != ground
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    )
    assert inked > 50
    qtbot.waitUntil(lambda: formula.caption().startswith("output, neuron"))


def test_the_update_shows_each_line_of_the_optimizer(qtbot: QtBot, window: MainWindow) -> None:
    window.session.set_optimizer("adam")
    qtbot.waitUntil(lambda: window.session.snapshot.project is window.session.project)
    phase = Phase(PhaseKind.UPDATE, 4)
    step_to(qtbot, window, phase)
    explanation = window.formula.explanation
    trace = window.session.snapshot.trace
    assert len(explanation.lines) >= 5, "m, v, both corrected, the step, the new value"
    slots = [line.quantity for line in explanation.lines if line.quantity is not None]
    for slot in ("momentum", "velocity"):
        own = next(q for q in slots if q.kind is Kind.SLOT and q.name == slot)
        assert value_of(trace, own) == trace.slots_after[slot][_place(trace, own)]
    assert results(window)[-1] == pytest.approx(value_of(trace, explanation.quantity), abs=6e-5)


def _place(trace, quantity: Quantity) -> int:
    """Where a weight stands among the parameters."""
    first = trace.spec.weight_slices[quantity.layer - 1].start
    return first + quantity.neuron * trace.spec.fan_in(quantity.layer) + quantity.source


def test_the_mean_over_the_batch_shows_each_samples_share(qtbot: QtBot, window: MainWindow) -> None:
    value = {
        "network": {
            "inputs": 2,
            "layers": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
        },
        "loss": "mse",
        "optimizer": {"learning_rate": 0.1},
        "training": {"epochs": 10**6, "batch_size": 4},
        "data": {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]},
    }
    window.session.set_project(project_from_value(value))
    qtbot.waitUntil(lambda: window.session.snapshot.spec == window.session.project.network)
    step_to(qtbot, window, Phase(PhaseKind.GRADIENT, 1))
    rows = [piece for piece in pieces(window) if isinstance(piece.asked, SampleRow)]
    assert [piece.asked.row for piece in rows] == [0, 1, 2, 3]
    explanation, trace = window.formula.explanation, window.session.snapshot.trace
    gradient = value_of(trace, explanation.quantity)
    total = math.fsum(float(piece.text.replace("−", "-")) for piece in rows)
    assert total == pytest.approx(gradient, abs=3e-4)
    click(qtbot, window, rows[2])
    qtbot.waitUntil(lambda: window.session.snapshot.row == 2)
    assert window.network_card.view.sample_row == 2
    deltas = {p.asked.row for p in pieces(window) if isinstance(p.asked, Quantity)}
    assert deltas == {0, 1, 2, 3}, "the mean is of all samples"
    qtbot.mouseClick(view_button(window, View.CHAIN), LEFT)
    rows_of_chain = {p.asked.row for p in pieces(window) if isinstance(p.asked, Quantity)}
    assert rows_of_chain == {2}


def test_it_scrolls_and_never_clips(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(960, 640)
    step_to(qtbot, window, Phase(PhaseKind.PREACTIVATION, 1))
    formula = window.formula
    qtbot.waitUntil(lambda: formula.area.verticalScrollBar().maximum() > 0)
    placed = formula.sheet._placed
    assert formula.sheet.height() >= placed.height
    assert max(piece.rect.right() for piece in placed.pieces) <= formula.sheet.width()
    formula.sheet.setFocus()
    for _ in pieces(window):
        QTest.keyClick(formula.sheet, Qt.Key.Key_Right)
    assert formula.area.verticalScrollBar().value() > 0, "the keyboard takes the view along"


def test_a_step_shows_the_phase_again(qtbot: QtBot, window: MainWindow) -> None:
    step_in(qtbot, window)
    step_to(qtbot, window, Phase(PhaseKind.ACTIVATION, 3))
    window.session.selection.select(1, 4)
    assert titles(window) == ["Activation of hidden 1, neuron 5"]
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: window.session.snapshot.phase == Phase(PhaseKind.PREACTIVATION, 4))
    assert titles(window)[0].startswith("Pre-activation of output")


def test_it_says_so_while_the_network_shows_the_drawing(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.ACTIVATION, 1))
    assert Words(OF_TRAINING) not in window.formula.sheet.blocks
    for place, shown in ((1, True), (0, False)):
        qtbot.mouseClick(window.network_card.source.buttons()[place], LEFT)
        assert (Words(OF_TRAINING) in window.formula.sheet.blocks) is shown
