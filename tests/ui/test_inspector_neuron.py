"""What can be changed of a neuron, through the inspector, while the network trains."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hands import LEFT, Hands, circles
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from table_hands import TableHands

from simulator.project import Project, load_project, project_from_value
from simulator.snapshot import Snapshot
from simulator.trace import Phase, PhaseKind
from ui.inspector.group_heading import GroupHeading
from ui.inspector.parameter_table import NAME
from ui.main_window import MainWindow


@pytest.fixture
def hands(qtbot: QtBot, window: MainWindow) -> Hands:
    """Hands on the third neuron of the second hidden layer, while the network trains."""
    hands = Hands(qtbot, window)
    hands.open(circles())
    hands.session.selection.select(2, 2)
    hands.open_groups()
    hands.run()
    return hands


def names(project: Project, number: int = 2) -> list[str]:
    """The activations of a layer's neurons."""
    layer = project.network.layer(number)
    return [layer.activation_of(neuron)[0] for neuron in range(layer.units)]


def incoming(hands: Hands) -> TableHands:
    """Hands on the weights into the neuron."""
    return TableHands(hands.qtbot, hands.window.inspector.neuron_form.incoming.table)


def scroll_to(hands: Hands, widget: QWidget, place: QPoint | None = None) -> None:
    """Scroll the page until a widget, or a place on it, can be seen."""
    area = hands.page().parentWidget().parentWidget()
    assert isinstance(area, QScrollArea)
    if place is None:
        area.ensureWidgetVisible(widget, 0, 0)
    else:
        at = widget.mapTo(area.widget(), place)
        area.ensureVisible(at.x(), at.y(), 8, 8)


def weights(snapshot: Snapshot, number: int = 2) -> np.ndarray:
    return snapshot.spec.weights(snapshot.theta, number).copy()


def click(hands: Hands, name: str) -> None:
    box = hands.control(name)
    hands.qtbot.mouseClick(box, LEFT, pos=QPoint(10, box.height() // 2))


def test_a_neuron_gets_an_activation_of_its_own(hands: Hands) -> None:
    assert hands.seen("Neuron activation") == "as the layer"
    hands.change("Neuron activation", "relu")
    assert names(hands.project) == ["tanh", "tanh", "relu", "tanh", "tanh", "tanh"]
    hands.change("Neuron activation", "as the layer")
    assert names(hands.project) == ["tanh"] * 6


def test_the_parameters_of_a_neurons_activation_are_its_own(hands: Hands) -> None:
    hands.act("Neuron activation", "elu")
    hands.session.selection.select(2, 4)
    hands.act("Neuron activation", "elu")
    hands.change("Neuron activation alpha", 0.5)
    layer = hands.project.network.layer(2)
    assert layer.activation_of(4) == ("elu", (("alpha", 0.5),))
    assert layer.activation_of(2) == ("elu", ())
    hands.session.selection.select(2, 2)
    assert hands.seen("Neuron activation alpha") == 1.0
    hands.session.selection.select(2, 0)
    assert hands.seen("Neuron activation") == "tanh"
    assert hands.hidden("Neuron activation alpha")


def test_a_layer_of_different_neurons_says_so_and_is_made_one_again(hands: Hands) -> None:
    hands.act("Neuron activation", "relu")
    hands.session.selection.select(2)
    assert hands.seen("Activation") == "tanh + relu"
    hands.change("Activation", "elu")
    assert names(hands.project) == ["elu"] * 6


def test_softmax_is_for_whole_layers_only(hands: Hands) -> None:
    assert hands.control("Neuron activation").findText("softmax") < 0
    hands.open(load_project("digits-5x5").with_epochs(10**6))
    hands.run()
    hands.session.selection.select(4, 1)
    hands.refuse("Neuron activation", "relu", "Softmax works on the whole layer")
    hands.goes_on()


def test_an_activation_without_slope_is_refused(hands: Hands) -> None:
    hands.refuse("Neuron activation", "step", "has no slope")


def test_frozen_weights_stay_while_all_others_learn(hands: Hands) -> None:
    hands.change("Freeze weights", True)
    hands.change("Freeze bias", True)
    hands.goes_on()
    before = hands.session.snapshot
    hands.goes_on()
    after = hands.session.snapshot
    same = (weights(before) == weights(after)).all(axis=1)
    assert same.tolist() == [False, False, True, False, False, False]
    kept = before.biases(2) == after.biases(2)
    assert kept.tolist() == [False, False, True, False, False, False]
    hands.act("Freeze weights", False)
    hands.act("Freeze bias", False)
    given = hands.project.parameters[1]
    assert given.frozen_W is None and given.frozen_b is None


def test_a_bias_that_is_not_there_cannot_be_frozen(hands: Hands) -> None:
    hands.session.change_layer(2, "Change bias", bias=False)
    assert hands.hidden("Freeze bias") and not hands.hidden("Freeze weights")


def test_weights_frozen_in_part_show_so_and_are_frozen_by_a_click(hands: Hands) -> None:
    hands.open(partly_frozen())
    hands.session.selection.select(1, 0)
    box = hands.control("Freeze weights")
    assert box.checkState() is Qt.CheckState.PartiallyChecked
    click(hands, "Freeze weights")
    assert hands.project.parameters[0].frozen_W.tolist() == [[1, 1], [0, 0]]
    assert box.checkState() is Qt.CheckState.Checked
    hands.undo()
    assert box.checkState() is Qt.CheckState.PartiallyChecked


def partly_frozen() -> Project:
    layer: dict[str, Any] = {"units": 2, "activation": "tanh", "frozen": {"W": [[0, 1], [0, 0]]}}
    return project_from_value(
        {
            "network": {"inputs": 2, "layers": [layer, {"units": 1, "activation": "sigmoid"}]},
            "loss": "mse",
            "data": "xor",
        }
    )


def test_a_link_is_removed_and_put_back_while_training(hands: Hands) -> None:
    table, link = incoming(hands), (2, 2, 3)
    table.click_link(link)
    removed = np.ones((6, 8))
    removed[2, 3] = 0.0
    assert np.array_equal(hands.project.parameters[1].links, removed)
    hands.goes_on()
    assert np.array_equal(weights(hands.session.snapshot) != 0.0, removed != 0.0)
    assert table.text(link) == "removed" and not table.checked(link, NAME)
    hands.undo()
    assert table.checked(link, NAME)
    hands.goes_on()
    hands.qtbot.waitUntil(lambda: weights(hands.session.snapshot)[2, 3] != 0.0)
    assert table.text(link) != "removed"


def test_removed_links_are_counted_and_other_neurons_keep_theirs(hands: Hands) -> None:
    incoming(hands).click_link((2, 2, 0))
    incoming(hands).click_link((2, 2, 7))
    heading = next(
        own for own in hands.page().findChildren(GroupHeading) if own.text() == "Incoming weights"
    )
    assert heading.caption == "2 of 8 removed + bias"
    hands.session.selection.select(2, 3)
    assert heading.caption == "8 + bias"
    assert all(incoming(hands).checked((2, 3, place), NAME) for place in range(8))
    incoming(hands).click_link((2, 3, 0))
    assert hands.project.parameters[1].links.sum() == 45
    for _ in range(3):
        hands.undo()
    assert all(given.links is None for given in hands.project.parameters)


def test_the_tables_show_the_weights_of_this_moment(hands: Hands) -> None:
    hands.pause()
    snapshot = hands.session.snapshot
    own = weights(snapshot)[2]
    shown = [float(incoming(hands).text((2, 2, place))) for place in range(8)]
    assert shown == pytest.approx(own, abs=1e-3)
    assert float(incoming(hands).text((2, 2, -1))) == pytest.approx(snapshot.biases(2)[2], abs=1e-3)
    out = TableHands(hands.qtbot, hands.window.inspector.neuron_form.outgoing.table)
    assert out.table.parameters.items == [(3, 0, 2)]
    assert float(out.text((3, 0, 2))) == pytest.approx(weights(snapshot, 3)[0, 2], abs=1e-3)


def test_links_from_several_layers_are_named_by_their_layer(hands: Hands) -> None:
    hands.session.selection.select(2)
    hands.open_groups()
    hands.act("Receives from 1", True)
    hands.session.selection.select(2, 2)
    names = [incoming(hands).text((2, 2, place), NAME) for place in (-1, 0, 1, 2, 9)]
    assert names == ["bias", "input, 1", "input, 2", "hidden 1, 1", "hidden 1, 8"]


def test_a_weight_typed_into_the_table_is_it_to_the_bit(hands: Hands) -> None:
    hands.pause()
    before = weights(hands.session.snapshot)
    incoming(hands).type((2, 2, 4), "2/3")
    hands.qtbot.waitUntil(lambda: weights(hands.session.snapshot)[2, 4] == 2 / 3)
    after = weights(hands.session.snapshot)
    after[2, 4] = before[2, 4]
    assert np.array_equal(before, after)
    hands.undo()
    hands.qtbot.waitUntil(lambda: np.array_equal(weights(hands.session.snapshot), before))


def test_a_bias_is_typed_while_training(hands: Hands) -> None:
    incoming(hands).click_frozen((2, 2, -1))
    incoming(hands).type((2, 2, -1), "-1/3")
    hands.goes_on()
    hands.qtbot.waitUntil(lambda: hands.session.snapshot.biases(2)[2] == -1 / 3)
    hands.goes_on()
    assert hands.session.snapshot.biases(2)[2] == -1 / 3


def test_what_is_no_number_stays_out_of_the_table(hands: Hands) -> None:
    hands.pause()
    before = hands.session.snapshot.theta.copy()
    incoming(hands).type((2, 2, 4), "one")
    hands.qtbot.waitUntil(lambda: "“one” is not a number" in hands.window.notice.text())
    assert hands.session.undo_stack.count() == 0
    incoming(hands).type((2, 2, 4), "0.5", Qt.Key.Key_Escape)
    hands.qtbot.wait(50)
    assert np.array_equal(hands.session.snapshot.theta, before)


def test_the_keyboard_alone_changes_a_weight(hands: Hands) -> None:
    hands.pause()
    table = incoming(hands).table
    table.setFocus()
    table.setCurrentIndex(table.parameters.index(0, NAME))
    hands.qtbot.keyClick(table, Qt.Key.Key_Down)
    hands.qtbot.keyClick(table, Qt.Key.Key_Return)
    editor = table.findChild(QLineEdit, "parameter_editor")
    assert float(editor.text()) == weights(hands.session.snapshot)[2, 0]
    hands.qtbot.keyClicks(editor, "1/8")
    hands.qtbot.keyClick(editor, Qt.Key.Key_Return)
    hands.qtbot.waitUntil(lambda: weights(hands.session.snapshot)[2, 0] == 0.125)


def test_single_weights_are_frozen_in_the_table(hands: Hands) -> None:
    incoming(hands).click_frozen((2, 2, 1))
    frozen = np.zeros((6, 8))
    frozen[2, 1] = 1.0
    assert np.array_equal(hands.project.parameters[1].frozen_W, frozen)
    assert hands.control("Freeze weights").checkState() is Qt.CheckState.PartiallyChecked
    hands.goes_on()
    before = weights(hands.session.snapshot)
    hands.goes_on()
    same = weights(hands.session.snapshot) == before
    assert same[2, 1] and not same[2, 0]
    incoming(hands).click_frozen((2, 2, 1))
    assert hands.project.parameters[1].frozen_W is None


def test_the_point_on_the_curve_is_that_of_the_trace(hands: Hands) -> None:
    hands.pause()
    hands.window.network_card.set_source("training")
    form = hands.window.inspector.neuron_form
    trace = hands.session.snapshot.trace
    for kind in (PhaseKind.PREACTIVATION, PhaseKind.ACTIVATION):
        phase = Phase(kind, 2)
        hands.session.step_to_phase(trace.phases.index(phase))
        hands.qtbot.waitUntil(lambda phase=phase: hands.session.snapshot.phase == phase)
        moment = form.curve.moment
        assert moment.z == trace.z[1][0, 2]
        if kind is PhaseKind.PREACTIVATION:
            assert moment.a is None and moment.slope is None
        else:
            assert moment.a == trace.activation[1][0, 2]
            assert moment.slope == pytest.approx(1.0 - moment.a**2)
    z, a = form.curve.points
    assert a == pytest.approx(np.tanh(z))
    slope = form.table.findChild(object, "neuron_slope").text()
    assert float(slope) == pytest.approx(form.curve.moment.slope, abs=1e-4)


def test_the_gradient_of_the_bias_is_that_of_the_trace(hands: Hands) -> None:
    hands.pause()
    hands.window.network_card.set_source("training")
    trace = hands.session.snapshot.trace
    text = hands.window.inspector.neuron_form.table.findChild(object, "neuron_gradient").text()
    assert float(text) == pytest.approx(trace.gradient_of(2)[1][2], rel=1e-3, abs=1e-4)


def test_softmax_says_that_it_looks_at_the_whole_layer(hands: Hands) -> None:
    hands.open(load_project("digits-5x5").with_epochs(10**6))
    hands.session.selection.select(4, 1)
    curve = hands.window.inspector.neuron_form.curve
    assert "whole layer" in curve.note
    hands.session.time.step("Iteration")
    hands.window.network_card.set_source("training")
    hands.qtbot.waitUntil(lambda: curve.moment is not None and curve.moment.a is not None)
    trace = hands.session.snapshot.trace
    own = trace.z[3][0]
    assert curve.moment.z == own[1] and curve.moment.a == trace.activation[3][0, 1]
    z, a = curve.points
    rest = np.exp(np.delete(own, 1)).sum()
    assert a == pytest.approx(np.exp(z) / (np.exp(z) + rest))


def test_where_the_inputs_are_a_picture_so_are_the_weights(hands: Hands) -> None:
    hands.open(load_project("digits-5x5").with_epochs(10**6))
    hands.session.selection.select(1, 3)
    snapshot = hands.session.snapshot
    group = hands.window.inspector.neuron_form.incoming
    own = weights(snapshot, 1)[3]
    hands.qtbot.waitUntil(lambda: group.picture.height() >= group.picture.sizeHint().height())
    scroll_to(hands, group.picture)
    # Deck B unpacks column by column.
    assert np.array_equal(group.picture.pixels, own.reshape(5, 5).T)
    place = group.picture.rect_of(7).center().toPoint()
    scroll_to(hands, group.picture, place)
    hands.qtbot.mouseMove(group.picture, place)
    assert group.reading.text() == f"pixel 3, 2 · input 8 · w = {own[7]:.4f}"
    hands.qtbot.mouseClick(group.picture, LEFT, pos=place)
    assert group.picture.current == 7
    table = group.table
    assert table.parameters.items[table.currentIndex().row()] == (1, 3, 7)
    hands.qtbot.keyClick(group.picture, Qt.Key.Key_Right)
    assert group.picture.current == 12
    hands.qtbot.keyClick(group.picture, Qt.Key.Key_Return)
    editor = table.findChild(QLineEdit, "parameter_editor")
    hands.qtbot.keyClicks(editor, "0,75")
    hands.qtbot.keyClick(editor, Qt.Key.Key_Return)
    hands.qtbot.waitUntil(lambda: weights(hands.session.snapshot, 1)[3, 12] == 0.75)
    hands.qtbot.waitUntil(lambda: group.picture.pixels[2, 2] == 0.75)
    hands.session.selection.select(2, 3)
    assert not group.picture.isVisible()


def test_the_table_names_the_neurons_own_activation_and_all_its_inputs(hands: Hands) -> None:
    hands.act("Neuron activation", "elu")
    hands.session.selection.select(2)
    hands.open_groups()
    hands.act("Receives from 1", True)
    hands.session.selection.select(2, 2)
    table = hands.window.inspector.neuron_form.table
    hands.qtbot.waitUntil(lambda: table.findChild(object, "neuron_weights").text() == "10")
    assert table.findChild(object, "neuron_activation").text() == "elu"


def test_an_input_has_only_weights_that_lead_away_from_it(hands: Hands) -> None:
    hands.session.selection.select(0, 1)
    visible = [own.text() for own in hands.page().findChildren(GroupHeading) if own.isVisible()]
    assert visible == ["Outgoing weights"]
    out = TableHands(hands.qtbot, hands.window.inspector.neuron_form.outgoing.table)
    assert out.table.parameters.items == [(1, neuron, 1) for neuron in range(8)]
    assert out.text((1, 7, 1), NAME) == "hidden 1, 8"
    hands.pause()
    out.type((1, 7, 1), "0.5")
    hands.qtbot.waitUntil(lambda: weights(hands.session.snapshot, 1)[7, 1] == 0.5)
