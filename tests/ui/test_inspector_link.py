"""A link or a bias in the inspector: its value is typed, its numbers asked, its history seen."""

from __future__ import annotations

import numpy as np
import pytest
from hands import LEFT, Hands, circles
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from simulator.parameter_history import ParameterHistory
from simulator.quantity import Kind
from simulator.runner import Runner
from simulator.snapshot import RunState
from simulator.trainer import Trainer
from ui.inspector.link_form import LinkForm
from ui.main_window import MainWindow

LINK = (2, 3, 5)
RETURN = Qt.Key.Key_Return


@pytest.fixture
def hands(qtbot: QtBot, window: MainWindow) -> Hands:
    """Hands on a link into the second hidden layer, before training."""
    hands = Hands(qtbot, window)
    hands.open(circles())
    hands.session.selection.select_link(LINK)
    return hands


@pytest.fixture
def form(hands: Hands) -> LinkForm:
    """The page of the link."""
    return hands.window.inspector.link_form


def theta(hands: Hands, link: tuple[int, int, int] = LINK) -> float:
    snapshot = hands.session.snapshot
    return float(snapshot.theta[snapshot.spec.place_of(*link)])


def type_value(hands: Hands, text: str) -> None:
    field = hands.window.inspector.link_form.value
    hands.qtbot.mouseClick(field, LEFT)
    field.selectAll()
    hands.qtbot.keyClicks(field, text)
    hands.qtbot.keyClick(field, RETURN)


TYPED = (("2/3", 2 / 3), ("-0,31", -0.31), ("-1.5e-3", -0.0015), ("0", 0.0), ("7", 7.0))


def test_a_typed_number_is_the_weight_to_the_bit(hands: Hands) -> None:
    trained: list[float] = []

    def look(runner: Runner) -> None:
        network = runner.trainer.network
        trained.append(float(network.theta[network.spec.place_of(*LINK)]))

    for text, _ in TYPED:
        type_value(hands, text)
        hands.session.send(look)
    hands.qtbot.waitUntil(lambda: len(trained) == len(TYPED))
    assert trained == [value for _, value in TYPED]
    hands.qtbot.waitUntil(lambda: theta(hands) == 7.0)


def test_a_typed_number_is_undone_in_one_step_and_made_again(hands: Hands) -> None:
    before = theta(hands)
    type_value(hands, "2/3")
    hands.qtbot.waitUntil(lambda: theta(hands) == 2 / 3)
    assert hands.session.undo_stack.count() == 1
    hands.undo()
    hands.qtbot.waitUntil(lambda: theta(hands) == before)
    hands.session.undo_stack.redo()
    hands.qtbot.waitUntil(lambda: theta(hands) == 2 / 3)


def test_what_is_no_number_leaves_the_weight_and_says_so(hands: Hands, form: LinkForm) -> None:
    before = theta(hands)
    for text in ("abc", "1/0", "1.000,5", "--3", "1e999"):
        type_value(hands, text)
        assert hands.window.notice.isVisible() and text in hands.window.notice.text()
        assert hands.session.undo_stack.count() == 0
        assert form.value.text() == repr(before)
    hands.qtbot.wait(50)
    assert theta(hands) == before


def test_a_weight_is_typed_while_training_runs(hands: Hands, form: LinkForm) -> None:
    hands.session.edits.freeze([LINK], True)
    hands.run()
    type_value(hands, "2/3")
    hands.goes_on()
    hands.qtbot.waitUntil(lambda: theta(hands) == 2 / 3)
    hands.goes_on()
    assert theta(hands) == 2 / 3
    assert form.frozen.isChecked()


def test_typing_is_not_written_over_by_training(hands: Hands, form: LinkForm) -> None:
    hands.run()
    hands.qtbot.mouseClick(form.value, LEFT)
    form.value.selectAll()
    hands.qtbot.keyClicks(form.value, "0.12")
    hands.goes_on()
    assert form.value.text() == "0.12"
    hands.qtbot.keyClick(form.value, Qt.Key.Key_Escape)
    assert hands.session.undo_stack.count() == 0
    hands.goes_on()


def test_the_field_shows_all_digits_while_it_is_edited(hands: Hands, form: LinkForm) -> None:
    value = theta(hands)
    assert float(form.value.text()) == pytest.approx(value, abs=1e-4)
    form.value.setFocus(Qt.FocusReason.TabFocusReason)
    assert form.value.text() == repr(value) == form.value.selectedText()
    form.frozen.setFocus()
    assert len(form.value.text()) < len(repr(value))


def test_arrow_keys_step_and_many_steps_are_one_edit(hands: Hands, form: LinkForm) -> None:
    type_value(hands, "0.5")
    for _ in range(3):
        hands.qtbot.keyClick(form.value, Qt.Key.Key_Up)
    hands.qtbot.keyClick(form.value, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    hands.qtbot.waitUntil(lambda: theta(hands) == 0.79)
    assert hands.session.undo_stack.count() == 1


def test_gradient_and_last_update_are_those_of_the_trace(hands: Hands, form: LinkForm) -> None:
    for text in (form.labels["gradient"].text(), form.labels["change"].text()):
        assert text == "–"
    hands.session.time.step("Iteration")
    hands.qtbot.waitUntil(lambda: hands.session.snapshot.iteration == 1)
    trace = hands.session.snapshot.trace
    place = trace.spec.place_of(*LINK)
    assert float(form.labels["gradient"].text()) == pytest.approx(trace.gradient[place], abs=6e-5)
    change = trace.theta_after[place] - trace.theta_before[place]
    assert float(form.labels["change"].text()) == pytest.approx(change, abs=6e-5)
    asked = []
    hands.window.inspector.asked.connect(asked.append)
    hands.qtbot.mouseClick(form.labels["gradient"], LEFT)
    assert (asked[0].kind, asked[0].layer, asked[0].neuron, asked[0].source) == (
        Kind.GRADIENT, 2, 3, 5,
    )  # fmt: skip


def test_a_link_is_cut_and_connected_again(hands: Hands, form: LinkForm) -> None:
    before = theta(hands)
    middle = QPoint(10, form.there.height() // 2)
    hands.qtbot.mouseClick(form.there, LEFT, pos=middle)
    hands.qtbot.waitUntil(lambda: theta(hands) == 0.0)
    assert hands.project.parameters[1].links[3, 5] == 0.0
    assert not form.value.isEnabled() and not form.there.isChecked()
    hands.qtbot.mouseClick(form.there, LEFT, pos=middle)
    assert hands.project.parameters[1].links is None
    assert form.value.isEnabled()
    hands.undo()
    hands.undo()
    hands.qtbot.waitUntil(lambda: theta(hands) == before)


def test_a_frozen_link_stays_while_others_learn(hands: Hands, form: LinkForm) -> None:
    before = theta(hands)
    hands.qtbot.mouseClick(form.frozen, LEFT, pos=QPoint(10, form.frozen.height() // 2))
    hands.run()
    hands.pause()
    assert theta(hands) == before
    assert (
        theta(hands, (2, 3, 4))
        != Trainer(circles()).network.theta[circles().network.place_of(2, 3, 4)]
    )


def test_the_ends_of_a_link_lead_to_its_neurons(hands: Hands, form: LinkForm) -> None:
    assert (form.source.text(), form.target.text()) == ("hidden 1, 6", "hidden 2, 4")
    hands.qtbot.mouseClick(form.source, LEFT)
    selection = hands.session.selection
    assert (selection.layer, selection.neuron) == (1, 5)
    selection.select_link(LINK)
    hands.qtbot.mouseClick(form.target, LEFT)
    assert (selection.layer, selection.neuron) == (2, 3)


def test_a_bias_has_no_link_to_cut(hands: Hands, form: LinkForm) -> None:
    hands.session.selection.select_link((2, 3, -1))
    assert not form.there.isVisible() and not form.source.isEnabled()
    type_value(hands, "0,25")
    hands.qtbot.waitUntil(lambda: theta(hands, (2, 3, -1)) == 0.25)


def check_history(hands: Hands, history: ParameterHistory) -> None:
    trainer = Trainer(circles())
    place = circles().network.place_of(*LINK)
    for iteration, value in zip(history.iterations, history.values, strict=True):
        trainer.run_iterations(int(iteration) - trainer.iteration)
        assert trainer.network.theta[place] == value


def test_the_history_is_that_of_the_engine(hands: Hands, form: LinkForm) -> None:
    for _ in range(60):
        hands.session.time.step("Iteration")
    hands.qtbot.waitUntil(lambda: hands.session.snapshot.iteration == 60)
    page = form.history
    hands.qtbot.waitUntil(
        lambda: page.history is not None and page.history.replayed and page.history.end == 60
    )
    check_history(hands, page.history)
    assert page.history.iterations.tolist() == list(range(61))
    assert page.plot.x.tolist() == list(range(61))
    assert page.plot.y.tolist() == page.history.values.tolist()
    assert page.caption.text() == "Every iteration from 0 on, replayed"
    point = page.plot.place(20.0, 0.0).toPoint()
    hands.qtbot.mouseMove(page.plot, QPoint(point.x(), 20))
    assert page.plot.reading_at(point.x()).startswith("iteration 20: ")
    assert hands.session.snapshot.iteration == 60


def test_the_history_goes_on_while_training_runs(hands: Hands, form: LinkForm) -> None:
    hands.run()
    page = form.history
    hands.qtbot.waitUntil(lambda: len(page.plot.x) > 5)
    assert hands.session.state is RunState.RUNNING
    assert (np.diff(page.plot.x) >= 0).all()
    hands.pause()
    end = hands.session.snapshot.iteration
    hands.qtbot.waitUntil(
        lambda: page.history is not None and page.history.end == end, timeout=20_000
    )
    assert hands.session.state is RunState.PAUSED
    check_history(hands, page.history)
    hands.qtbot.waitUntil(lambda: page.plot.x[-1] == end)
    assert page.plot.y[-1] == theta(hands)


def test_an_edit_is_marked_in_the_history(hands: Hands, form: LinkForm) -> None:
    for _ in range(10):
        hands.session.time.step("Iteration")
    hands.qtbot.waitUntil(lambda: hands.session.snapshot.iteration == 10)
    type_value(hands, "2/3")
    page = form.history
    hands.qtbot.waitUntil(
        lambda: page.history is not None and page.history.edits == (10,) and page.history.replayed
    )
    assert page.history.iterations.tolist() == [*range(11), 10]
    assert page.history.values[-1] == 2 / 3 != page.history.values[-2]


def test_another_link_has_another_history(hands: Hands, form: LinkForm) -> None:
    page = form.history
    hands.qtbot.waitUntil(lambda: page.history is not None)
    hands.session.selection.select_link((1, 0, 1))
    place = circles().network.place_of(1, 0, 1)
    first = Trainer(circles()).network.theta[place]
    hands.qtbot.waitUntil(lambda: page.history is not None and page.history.values[0] == first)


def test_a_link_that_goes_with_its_layer_leaves_the_page(hands: Hands, form: LinkForm) -> None:
    hands.session.selection.select_link((3, 0, 2))
    hands.session.edits.remove_layer(3 - 1)
    hands.session.edits.remove_layer(1)
    assert not form.isVisible()
    hands.undo()
    hands.undo()
    hands.session.selection.select_link(LINK)
    hands.qtbot.waitUntil(lambda: form.history.history is not None)
    assert form.isVisible()
