"""What can be changed of a neuron, through the inspector, while the network trains."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hands import LEFT, Hands, circles
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from simulator.project import Project, load_project, project_from_value
from simulator.snapshot import Snapshot
from ui.inspector.group_heading import GroupHeading
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
    click(hands, "Link 4")
    removed = np.ones((6, 8))
    removed[2, 3] = 0.0
    assert np.array_equal(hands.project.parameters[1].links, removed)
    hands.goes_on()
    assert np.array_equal(weights(hands.session.snapshot) != 0.0, removed != 0.0)
    assert hands.control("Link 4").number == "removed"
    assert not hands.control("Link 4").isChecked()
    hands.undo()
    assert hands.control("Link 4").isChecked()
    hands.goes_on()
    hands.qtbot.waitUntil(lambda: weights(hands.session.snapshot)[2, 3] != 0.0)
    assert hands.control("Link 4").number != "removed"


def test_removed_links_are_counted_and_other_neurons_keep_theirs(hands: Hands) -> None:
    click(hands, "Link 1")
    click(hands, "Link 8")
    heading = next(own for own in hands.page().findChildren(GroupHeading) if own.text() == "Links")
    assert heading.caption == "2 of 8 removed"
    hands.session.selection.select(2, 3)
    assert heading.caption == "8"
    assert all(hands.control(f"Link {place}").isChecked() for place in range(1, 9))
    click(hands, "Link 1")
    assert hands.project.parameters[1].links.sum() == 45
    hands.undo()
    hands.undo()
    hands.undo()
    assert all(given.links is None for given in hands.project.parameters)


def test_links_show_the_weights_of_this_moment(hands: Hands) -> None:
    hands.pause()
    own = weights(hands.session.snapshot)[2]
    shown = [float(hands.control(f"Link {place}").number) for place in range(1, 9)]
    assert shown == pytest.approx(own, abs=1e-3)


def test_links_from_several_layers_are_named_by_their_layer(hands: Hands) -> None:
    hands.session.selection.select(2)
    hands.open_groups()
    hands.act("Receives from 1", True)
    hands.session.selection.select(2, 2)
    texts = [hands.control(f"Link {place}").text() for place in (1, 2, 3, 10)]
    assert texts == ["from input, 1", "from input, 2", "from hidden 1, 1", "from hidden 1, 8"]


def test_of_many_links_one_is_chosen_by_its_number(hands: Hands) -> None:
    layers = [{"units": 70, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}]
    hands.open(circles(network={"inputs": 2, "layers": layers}))
    hands.run()
    hands.session.selection.select(2, 0)
    hands.act("Link number", 66)
    assert hands.control("Link 1").text() == "from 66"
    click(hands, "Link 1")
    links = hands.project.parameters[1].links
    assert links.sum() == 69 and links[0, 65] == 0.0
    hands.goes_on()
    assert weights(hands.session.snapshot)[0, 65] == 0.0
    hands.act("Link number", 65)
    assert hands.control("Link 1").isChecked()
    hands.act("Link number", 66)
    assert not hands.control("Link 1").isChecked()


def test_the_table_names_the_neurons_own_activation_and_all_its_inputs(hands: Hands) -> None:
    hands.act("Neuron activation", "elu")
    hands.session.selection.select(2)
    hands.open_groups()
    hands.act("Receives from 1", True)
    hands.session.selection.select(2, 2)
    table = hands.window.inspector.neuron_form.table
    hands.qtbot.waitUntil(lambda: table.findChild(object, "neuron_weights").text() == "10")
    assert table.findChild(object, "neuron_activation").text() == "elu"


def test_of_an_input_nothing_can_be_changed(hands: Hands) -> None:
    hands.session.selection.select(0, 1)
    assert not [own for own in hands.page().findChildren(GroupHeading) if own.isVisible()]
