"""Every field of a layer, through the inspector, while the network trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hands import LEFT, Hands, circles
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from simulator.activations import ACTIVATIONS, activation_parameters
from simulator.initializers import INITIALIZERS, initializer_parameters
from simulator.project import Project
from simulator.regularizers import REGULARIZERS
from simulator.spec import BatchNormalizationSpec, LayerSpec
from ui.inspector.group_heading import GroupHeading
from ui.main_window import MainWindow


@pytest.fixture
def hands(qtbot: QtBot, window: MainWindow) -> Hands:
    """Hands on the second hidden layer of a network that trains."""
    hands = Hands(qtbot, window)
    hands.open(circles())
    hands.session.selection.select(2)
    hands.open_groups()
    hands.run()
    return hands


def layer(project: Project, number: int = 2) -> LayerSpec:
    return project.network.layer(number)


FIELDS: list[tuple[str, Any, Callable[[LayerSpec], Any]]] = [
    ("Units", 9, lambda own: own.units),
    ("Units", 3, lambda own: own.units),
    ("Dropout rate", 0.25, lambda own: own.dropout_rate),
    ("Dropout style", "classic", lambda own: own.dropout_style),
    ("Bias", False, lambda own: own.bias),
    ("Name", "the middle", lambda own: own.name),
    ("max_norm", 2.0, lambda own: own.max_norm),
    ("Noise", 0.1, lambda own: own.noise),
]


def test_every_field_changes_while_training_and_is_undone(hands: Hands) -> None:
    for name, value, read in FIELDS:
        assert read(layer(hands.project)) != value, name
        hands.change(name, value)
        assert read(layer(hands.project)) == value, name
    assert layer(hands.project, 1) == layer(circles(), 1)


def test_freezing_holds_the_layer_while_the_others_learn(hands: Hands) -> None:
    hands.change("Freeze layer", True)
    assert not layer(hands.project).trainable
    hands.goes_on()
    before = hands.session.snapshot
    hands.goes_on()
    after = hands.session.snapshot
    slices = hands.project.network.layer_slices
    assert np.array_equal(before.theta[slices[1]], after.theta[slices[1]])
    assert not np.array_equal(before.theta[slices[0]], after.theta[slices[0]])


def test_every_activation_with_its_parameters(hands: Hands) -> None:
    for name in ACTIVATIONS:
        if name == "tanh" or not ACTIVATIONS[name].differentiable:
            continue
        hands.act("Activation", name)
        assert layer(hands.project).activation == name
        hands.goes_on()
        for parameter, default in activation_parameters(name).items():
            assert hands.seen(f"Activation {parameter}") == default
            hands.change(f"Activation {parameter}", default / 2)
            assert layer(hands.project).activation_parameters == ((parameter, default / 2),)
        assert hands.hidden("Activation alpha") is (name != "elu")
        assert hands.hidden("Activation negative_slope") is (name != "leaky_relu")
    hands.change("Activation", "tanh")
    assert layer(hands.project).activation_parameters == ()


@pytest.mark.parametrize("name", ["step", "sign"])
def test_an_activation_without_slope_is_refused(hands: Hands, name: str) -> None:
    hands.refuse("Activation", name, "has no slope")
    hands.goes_on()


def test_every_initializer_with_its_parameters(hands: Hands) -> None:
    for name in INITIALIZERS:
        if name == "glorot_uniform":
            continue
        hands.act("Initializer", name)
        assert layer(hands.project).initializer == name
        for parameter, default in initializer_parameters(name).items():
            assert hands.seen(f"Initializer {parameter}") == default
            hands.act(f"Initializer {parameter}", 0.25)
            assert dict(layer(hands.project).initializer_parameters)[parameter] == 0.25
    hands.change("Initializer", "glorot_uniform")
    assert layer(hands.project).initializer_parameters == ()
    hands.act("Initializer", "random_normal")
    hands.change("Initializer stddev", 1e-5)
    assert dict(layer(hands.project).initializer_parameters) == {"stddev": 1e-5}


def test_every_regularizer_with_its_parameters(hands: Hands) -> None:
    assert hands.hidden("Regularizer strength") and hands.hidden("Regularizer biases")
    for name in REGULARIZERS:
        if name != "none":
            hands.change("Regularizer", name)
            assert layer(hands.project).regularizer.name == name
    hands.change("Regularizer strength", 1e-4)
    hands.change("Regularizer beta", 0.75)
    hands.change("Regularizer biases", True)
    found = layer(hands.project).regularizer
    assert (found.strength, found.beta, found.biases) == (1e-4, 0.75, True)
    hands.act("Regularizer", "l2")
    assert hands.hidden("Regularizer beta") and not hands.hidden("Regularizer strength")


def test_batch_normalization_with_its_parameters(hands: Hands) -> None:
    assert hands.hidden("Batch normalization momentum")
    hands.change("Batch normalization", True)
    hands.change("Batch normalization momentum", 0.9)
    hands.change("Batch normalization epsilon", 1e-5)
    expected = BatchNormalizationSpec(momentum=0.9, epsilon=1e-5)
    assert layer(hands.project).batch_normalization == expected
    hands.act("Batch normalization", False)
    assert layer(hands.project).batch_normalization is None
    hands.goes_on()


def test_the_number_of_parameters_is_that_of_the_network(hands: Hands) -> None:
    def words() -> str:
        return hands.window.inspector.layer_form.parameters_text

    assert words() == "8 · 6 + 6 = 54 parameters"
    hands.act("Batch normalization", True)
    assert words() == "8 · 6 + 6 + 2 · 6 for γ, β = 66 parameters"
    hands.act("Bias", False)
    hands.act("Receives from 1", True)
    assert words() == "10 · 6 + 2 · 6 for γ, β = 72 parameters"
    assert hands.project.network.parameters_per_layer[1] == 72


def test_a_shortcut_is_made_and_taken_back_while_training(hands: Hands) -> None:
    hands.session.selection.select(3)
    for name in ("Receives from 1", "Receives from 2"):
        assert hands.control(name).isChecked() is False
        hands.act(name, True)
        hands.goes_on()
    assert hands.project.network.sources(3) == (0, 1, 2)
    hands.qtbot.waitUntil(lambda: hands.session.snapshot.spec.fan_in(3) == 16)
    hands.undo()
    hands.goes_on()
    assert hands.project.network.is_chain
    assert [hands.control(f"Receives from {n}").isChecked() for n in (1, 2, 3)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("number", "source", "sentence"),
    [(1, 1, "at least one layer"), (3, 3, "used by no other layer")],
)
def test_a_layer_keeps_what_the_network_needs(
    hands: Hands, number: int, source: int, sentence: str
) -> None:
    hands.session.selection.select(number)
    if number == 3:
        hands.act("Receives from 1", True)
    project = hands.project
    hands.act(f"Receives from {source}", False)
    assert sentence in hands.window.notice.text() and hands.window.notice.isVisible()
    assert hands.project is project
    assert hands.control(f"Receives from {source}").isChecked()
    hands.goes_on()


def test_the_outputs_are_as_many_as_the_data_have_targets(hands: Hands) -> None:
    assert hands.control("Units").isEnabled()
    hands.session.selection.select(3)
    assert not hands.control("Units").isEnabled()
    assert "target" in hands.control("Units").toolTip()


def test_of_the_input_layer_what_disturbs_it_can_be_changed(hands: Hands) -> None:
    hands.session.selection.select(0)
    visible = [own.text() for own in hands.page().findChildren(GroupHeading) if own.isVisible()]
    assert visible == ["Inputs"]
    hands.change("Input dropout", 0.2)
    hands.change("Input noise", 0.3)
    hands.session.selection.clear()
    hands.open_groups()
    assert (hands.seen("Input dropout"), hands.seen("Input noise")) == (0.2, 0.3)


def test_each_layer_shows_its_own_values(hands: Hands) -> None:
    hands.act("Units", 4)
    hands.act("Activation", "elu")
    hands.session.selection.select(1)
    assert (hands.seen("Units"), hands.seen("Activation")) == (8, "tanh")
    hands.act("Units", 5)
    hands.session.selection.select(2)
    assert (hands.seen("Units"), hands.seen("Activation")) == (4, "elu")
    assert hands.project.network.sizes == (2, 5, 4, 1)


def test_the_same_field_of_two_layers_is_undone_one_by_one(hands: Hands) -> None:
    hands.act("Dropout rate", 0.2)
    hands.session.selection.select(1)
    hands.act("Dropout rate", 0.3)
    hands.undo()
    assert layer(hands.project, 1).dropout_rate == 0.0
    assert layer(hands.project, 2).dropout_rate == 0.2


def test_powers_of_ten_can_be_typed(hands: Hands) -> None:
    hands.act("Batch normalization", True)
    box = hands.control("Batch normalization epsilon")
    box.setFocus()
    box.selectAll()
    for key in "2.5e-9":
        hands.qtbot.keyClicks(box, key)
    assert box.text() == "2.5e-9"
    hands.qtbot.keyClicks(box, "x")
    assert box.text() == "2.5e-9"
    hands.qtbot.keyClick(box, Qt.Key.Key_Return)
    assert layer(hands.project).batch_normalization.epsilon == 2.5e-9


def test_half_a_number_or_one_out_of_range_leaves_the_old_one(hands: Hands) -> None:
    for text in ("1e", "1.5", "-"):
        hands.act("Dropout rate", text)
        assert layer(hands.project).dropout_rate == 0.0
        assert hands.seen("Dropout rate") == 0.0


def test_the_figures_of_a_layer_are_those_of_its_weights(hands: Hands) -> None:
    hands.pause()
    numbers = hands.window.inspector.layer_form.numbers
    own = hands.session.snapshot.weights(2)
    shown = [numbers.figures[key].value() for key in ("largest", "mean", "smallest")]
    assert shown == [own.max(), own.mean(), own.min()]
    assert numbers.shape.text() == "W 6 × 8, b 6"
    z, a = numbers.curve.points
    assert a == pytest.approx(np.tanh(z))


def test_a_layer_is_initialised_again_and_only_that(hands: Hands) -> None:
    hands.pause()
    before = hands.session.snapshot
    hands.qtbot.mouseClick(hands.window.inspector.layer_form.again_button, LEFT)
    hands.qtbot.waitUntil(
        lambda: not np.array_equal(hands.session.snapshot.weights(2), before.weights(2))
    )
    after = hands.session.snapshot
    assert not after.biases(2).any() and np.array_equal(after.weights(1), before.weights(1))
    hands.undo()
    hands.qtbot.waitUntil(lambda: np.array_equal(hands.session.snapshot.theta, before.theta))


def test_a_cut_layer_is_made_fully_connected(hands: Hands) -> None:
    button = hands.window.inspector.layer_form.full_button
    assert not button.isEnabled()
    hands.session.edits.cut_links([(2, 0, 0), (2, 3, 4)])
    assert button.isEnabled()
    hands.qtbot.mouseClick(button, LEFT)
    assert hands.project.parameters[1].links is None and not button.isEnabled()


def test_a_layer_is_copied_and_pasted_with_its_weights(hands: Hands) -> None:
    hands.pause()
    form = hands.window.inspector.layer_form
    own = hands.session.snapshot.weights(2).copy()
    hands.qtbot.mouseClick(form.copy_button, LEFT)
    hands.session.selection.select(1)
    hands.qtbot.mouseClick(form.paste_button, LEFT)
    assert hands.project.network.sizes == (2, 8, 6, 6, 1)
    hands.qtbot.waitUntil(lambda: hands.session.snapshot.spec == hands.project.network)
    assert np.array_equal(hands.session.snapshot.weights(2), own)
    hands.undo()
    assert hands.project.network.sizes == (2, 8, 6, 1)


def test_what_is_no_layer_is_not_pasted(hands: Hands) -> None:
    QGuiApplication.clipboard().setText("a shopping list")
    project = hands.project
    hands.qtbot.mouseClick(hands.window.inspector.layer_form.paste_button, LEFT)
    assert hands.project is project and hands.window.notice.text()


def test_the_inspector_gets_more_room_and_gives_it_back(hands: Hands) -> None:
    room, card = hands.window.room, hands.window.inspector
    before = card.height()
    hands.qtbot.mouseClick(room.button, LEFT)
    assert card.height() > 1.3 * before
    assert room.button.toolTip() == "Give the formula its room back"
    hands.qtbot.mouseClick(room.button, LEFT)
    assert abs(card.height() - before) < 20
