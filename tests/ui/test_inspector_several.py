"""Several neurons or links in the inspector: what they share is shown, and changed at once."""

from __future__ import annotations

import numpy as np
import pytest
from hands import LEFT, Hands, circles
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot
from table_hands import TableHands

from ui.inspector.controls import Check
from ui.inspector.several_form import SeveralForm
from ui.main_window import MainWindow

LINKS = [(2, 0, 1), (2, 3, 5), (3, 0, 2)]
NEURONS = [(1, 0), (1, 4), (2, 2)]


@pytest.fixture
def hands(qtbot: QtBot, window: MainWindow) -> Hands:
    """Hands on the inspector of a network that has not been trained."""
    hands = Hands(qtbot, window)
    hands.open(circles())
    return hands


@pytest.fixture
def form(hands: Hands) -> SeveralForm:
    """The page of several things."""
    return hands.window.inspector.several_form


def click(hands: Hands, box: Check) -> None:
    hands.qtbot.mouseClick(box, LEFT, pos=QPoint(10, box.height() // 2))


def type_value(hands: Hands, text: str) -> None:
    field = hands.window.inspector.several_form.value
    hands.qtbot.mouseClick(field, LEFT)
    field.selectAll()
    hands.qtbot.keyClicks(field, text)
    hands.qtbot.keyClick(field, Qt.Key.Key_Return)


def theta(hands: Hands, links: list[tuple[int, int, int]]) -> list[float]:
    snapshot = hands.session.snapshot
    return [float(snapshot.theta[snapshot.spec.place_of(*own)]) for own in links]


def test_links_are_counted_and_listed(hands: Hands, form: SeveralForm) -> None:
    hands.session.selection.select_many(links=[*LINKS, (2, 0, -1)])
    assert form.isVisible()
    assert hands.window.inspector.caption() == "3 links, 1 bias"
    assert form.value.text() == "" and form.value.placeholderText() == "mixed"
    values = theta(hands, [(2, 0, -1), *LINKS])
    for word, value in (("mean", np.mean(values)), ("min", min(values)), ("max", max(values))):
        assert f"{word} {value:.4f}".replace("-0.0000", "0.0000") in form.counts.text()
    assert form.table.parameters.rowCount() == 4


def test_one_number_for_several_links_is_one_edit(hands: Hands, form: SeveralForm) -> None:
    hands.session.selection.select_many(links=LINKS)
    before = hands.session.snapshot.theta.copy()
    type_value(hands, "2/3")
    hands.qtbot.waitUntil(lambda: theta(hands, LINKS) == [2 / 3] * 3)
    assert form.value.value == 2 / 3
    places = [hands.project.network.place_of(*own) for own in LINKS]
    rest = np.delete(hands.session.snapshot.theta, places)
    assert np.array_equal(rest, np.delete(before, places))
    assert hands.session.undo_stack.count() == 1
    hands.undo()
    hands.qtbot.waitUntil(lambda: np.array_equal(hands.session.snapshot.theta, before))


def test_what_is_no_number_changes_none_of_them(hands: Hands, form: SeveralForm) -> None:
    hands.session.selection.select_many(links=LINKS)
    before = hands.session.snapshot.theta.copy()
    type_value(hands, "1/0")
    assert "divides by 0" in hands.window.notice.text()
    assert hands.session.undo_stack.count() == 0 and form.value.text() == ""
    hands.qtbot.wait(50)
    assert np.array_equal(hands.session.snapshot.theta, before)


def test_links_are_frozen_together_and_some_show_as_some(hands: Hands, form: SeveralForm) -> None:
    hands.session.edits.freeze(LINKS[:1], True)
    hands.session.undo_stack.clear()
    hands.session.selection.select_many(links=LINKS)
    assert form.frozen.checkState() is Qt.CheckState.PartiallyChecked
    assert "1 frozen" in form.counts.text()
    click(hands, form.frozen)
    assert form.frozen.checkState() is Qt.CheckState.Checked
    assert hands.project.parameters[1].frozen_W.sum() == 2
    assert hands.session.undo_stack.count() == 1
    hands.undo()
    assert form.frozen.checkState() is Qt.CheckState.PartiallyChecked


def test_links_are_cut_and_connected_in_one_step_each(hands: Hands, form: SeveralForm) -> None:
    hands.session.selection.select_many(links=LINKS)
    before = theta(hands, LINKS)
    click(hands, form.there)
    hands.qtbot.waitUntil(lambda: theta(hands, LINKS) == [0.0] * 3)
    assert "3 removed" in form.counts.text()
    assert hands.session.undo_stack.count() == 1
    click(hands, form.there)
    assert all(own.links is None for own in hands.project.parameters)
    assert hands.session.undo_stack.count() == 2
    hands.undo()
    hands.undo()
    hands.qtbot.waitUntil(lambda: theta(hands, LINKS) == before)


def test_a_single_one_of_several_links_is_typed_in_the_table(
    hands: Hands, form: SeveralForm
) -> None:
    hands.session.selection.select_many(links=LINKS)
    TableHands(hands.qtbot, form.table).type(LINKS[1], "0.5")
    hands.qtbot.waitUntil(lambda: theta(hands, LINKS)[1] == 0.5)
    assert theta(hands, LINKS)[0] != 0.5


def test_neurons_of_several_layers_get_one_activation_in_one_step(
    hands: Hands, form: SeveralForm
) -> None:
    hands.session.selection.select_many(NEURONS)
    assert hands.window.inspector.caption() == "3 neurons of 2 layers"
    assert form.activation.shown == "tanh"
    hands.act("Common activation", "relu")
    network = hands.project.network
    assert [network.layer(n).activation_of(k)[0] for n, k in NEURONS] == ["relu"] * 3
    assert network.layer(1).activation_of(1)[0] == "tanh"
    assert hands.session.undo_stack.count() == 1
    hands.undo()
    assert hands.project.network == circles().network


def test_different_activations_show_as_mixed(hands: Hands, form: SeveralForm) -> None:
    hands.session.edits.set_activation(1, "relu", [4])
    hands.session.selection.select_many(NEURONS)
    assert form.activation.shown == "mixed"


def test_one_bias_for_several_neurons(hands: Hands, form: SeveralForm) -> None:
    hands.session.selection.select_many(NEURONS)
    biases = [(*own, -1) for own in NEURONS]
    assert form.value.value == 0.0
    type_value(hands, "-0,5")
    hands.qtbot.waitUntil(lambda: theta(hands, biases) == [-0.5] * 3)
    assert hands.session.undo_stack.count() == 1


def test_weights_and_biases_of_several_neurons_stay_while_others_learn(
    hands: Hands, form: SeveralForm
) -> None:
    hands.session.selection.select_many(NEURONS)
    click(hands, form.frozen)
    click(hands, form.frozen_biases)
    own = [(1, 0, 0), (1, 4, 1), (2, 2, 7), (2, 2, -1)]
    before, other = theta(hands, own), theta(hands, [(1, 1, 0)])
    hands.run()
    hands.pause()
    assert theta(hands, own) == before and theta(hands, [(1, 1, 0)]) != other


def test_several_neurons_are_initialised_again(hands: Hands, form: SeveralForm) -> None:
    hands.session.selection.select_many(NEURONS)
    own, other = theta(hands, [(1, 0, 0), (2, 2, 3)]), theta(hands, [(1, 1, 0)])
    hands.qtbot.mouseClick(form.again, LEFT)
    hands.qtbot.waitUntil(lambda: theta(hands, [(1, 0, 0)])[0] != own[0])
    assert theta(hands, [(2, 2, 3)])[0] != own[1]
    assert theta(hands, [(1, 1, 0)]) == other


def test_inputs_have_nothing_to_change(hands: Hands, form: SeveralForm) -> None:
    hands.session.selection.select_many([(0, 0), (0, 1)])
    assert hands.window.inspector.caption() == "2 neurons of input"
    for control in (form.activation, form.value, form.frozen, form.again):
        assert not control.isEnabled()


def test_whole_layers_count_all_their_neurons(hands: Hands, form: SeveralForm) -> None:
    hands.session.selection.select_many(layers=[1, 2])
    assert hands.window.inspector.caption() == "14 neurons of 2 layers"
    assert form.counts.text() == "64 weights in"
