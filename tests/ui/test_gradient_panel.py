"""The gradient check panel: its numbers are the simulator's, of the parameter that is chosen."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hands import circles
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from snapshots import make_snapshot

from simulator.finite_differences import LossAround
from simulator.gradcheck import position_of
from simulator.project import Project, load_project
from simulator.snapshot import Snapshot
from simulator.trainer import Trainer
from ui.editor.hover import Target
from ui.panels.gradient_check import WAITING, GradientCheckPanel
from ui.panels.gradient_work import STEPS, Question, answer
from ui.panels.text import MINUS
from ui.selection import Selection
from ui.theme import LIGHT


def traced(project: Project) -> Snapshot:
    """A snapshot with the project's first iteration."""
    trace = Trainer(project).trace_iteration()
    return make_snapshot(project.network, trace=trace)


@pytest.fixture
def panel(qtbot: QtBot) -> GradientCheckPanel:
    panel = GradientCheckPanel(Selection(), LIGHT)
    qtbot.addWidget(panel)
    panel.resize(560, 240)
    panel.show()
    panel.show_project(circles())
    panel.show_snapshot(traced(circles()))
    qtbot.waitUntil(lambda: not panel.work.busy)
    return panel


def number(panel: GradientCheckPanel, place: int) -> float:
    return float(panel.numbers[place].text().replace(MINUS, "-"))


def wait(qtbot: QtBot, panel: GradientCheckPanel) -> None:
    qtbot.waitUntil(lambda: not panel.work.busy)


def type_into(box: object, text: str) -> None:
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def test_the_numbers_are_those_of_the_chosen_weight(
    qtbot: QtBot, panel: GradientCheckPanel
) -> None:
    type_into(panel.layer, "2")
    type_into(panel.neuron, "3")
    type_into(panel.source, "4")
    wait(qtbot, panel)
    project, trace = circles(), panel.snapshot.trace
    around = LossAround(project, trace)
    expected = around.difference(position_of(project.network, 2, 2, 3), panel.step)
    assert number(panel, 0) == pytest.approx(expected.above, rel=1e-9)
    assert number(panel, 1) == pytest.approx(expected.below, rel=1e-9)
    assert number(panel, 2) == pytest.approx(expected.quotient, rel=1e-9)
    gradient = project.network.weights(trace.gradient, 2)[2, 3]
    assert number(panel, 3) == pytest.approx(gradient, rel=1e-9)
    assert number(panel, 4) == pytest.approx(expected.relative_error, rel=0.06)
    assert "mini-batch" in panel.note.text


def test_zero_stands_for_the_bias(qtbot: QtBot, panel: GradientCheckPanel) -> None:
    type_into(panel.source, "0")
    assert panel.source.text() == "bias"
    wait(qtbot, panel)
    biases = circles().network.biases(panel.snapshot.trace.gradient, 1)
    assert number(panel, 3) == pytest.approx(biases[0], rel=1e-9)


def test_the_slider_moves_h_over_all_its_range(qtbot: QtBot, panel: GradientCheckPanel) -> None:
    panel.slider.setFocus()
    errors = []
    for key, h in ((Qt.Key.Key_Home, 0.1), (Qt.Key.Key_End, 1e-12)):
        QTest.keyClick(panel.slider, key)
        assert panel.step == pytest.approx(h)
        errors.append(number(panel, 4))
    panel.slider.setValue(16)
    assert panel.h_text.text() == "1e−05"
    assert number(panel, 4) < min(errors)
    assert len(STEPS) == 45 and STEPS[-1] == pytest.approx(1e-12)


def test_the_chosen_link_and_the_selected_neuron_are_followed(
    qtbot: QtBot, panel: GradientCheckPanel
) -> None:
    panel.choose_link(Target(3, 0, (2, 5)))
    assert panel.chosen == (3, 0, 5)
    panel.selection.select(2, 4)
    weights = panel.snapshot.weights(2)[4]
    assert panel.chosen == (2, 4, int(np.argmax(np.abs(weights))))
    panel.choose_link(None)
    panel.selection.select(0, 1)
    assert panel.chosen[:2] == (2, 4)


def test_a_smaller_network_limits_the_choice(qtbot: QtBot, panel: GradientCheckPanel) -> None:
    panel.choose(2, 5, 7)
    small = load_project("xor")
    panel.show_project(small)
    layer, neuron, source = panel.chosen
    assert neuron < small.network.layer(layer).units
    assert source is None or source < small.network.fan_in(layer)
    assert panel.numbers[0].text() == "–"
    assert panel.note.text == WAITING


def test_a_rule_without_gradient_says_so(qtbot: QtBot, panel: GradientCheckPanel) -> None:
    project = load_project("perceptron-and")
    panel.show_project(project)
    panel.show_snapshot(traced(project))
    wait(qtbot, panel)
    assert "perceptron follows no gradient" in panel.note.text
    assert panel.numbers[3].text() == "–"


def test_dropout_is_named_as_held_fixed(qtbot: QtBot, panel: GradientCheckPanel) -> None:
    project = load_project("digits-5x5")
    panel.show_project(project)
    panel.show_snapshot(traced(project))
    panel.choose(4, 0, None)
    wait(qtbot, panel)
    assert "dropout masks" in panel.note.text


def test_a_kink_within_h_is_explained(qtbot: QtBot, panel: GradientCheckPanel) -> None:
    project = load_project("digits-5x5")
    panel.show_project(project)
    snapshot = traced(project)
    panel.show_snapshot(snapshot)
    around = LossAround(project, snapshot.trace)
    kinked = next(
        place
        for place in range(project.network.weight_slices[0].stop)
        if around.difference(place, 0.1).kink is not None
    )
    neuron, source = divmod(kinked, 25)
    panel.choose(1, neuron, source)
    wait(qtbot, panel)
    QTest.keyClick(panel.slider, Qt.Key.Key_Home)
    assert "crosses the kink" in panel.note.text
    QTest.keyClick(panel.slider, Qt.Key.Key_End)
    assert "crosses the kink" not in panel.note.text


def test_a_hidden_panel_works_nothing_out(qtbot: QtBot, panel: GradientCheckPanel) -> None:
    panel.hide()
    panel.show_snapshot(traced(circles(training={"epochs": 5, "batch_size": 7})))
    assert not panel.work.busy
    panel.show()
    assert panel.work.busy


def test_a_question_given_up_has_no_answer() -> None:
    project = circles()
    cancelled = threading.Event()
    cancelled.set()
    question = Question(project, Trainer(project).trace_iteration(), 0)
    assert answer(question, cancelled) is None
    found = answer(question)
    assert found is not None and len(found.differences) == len(STEPS)
