"""The menus of what is selected in the network."""

from __future__ import annotations

import pytest
from gesture_hands import CONTROL, RIGHT, NetworkHand
from hands import circles
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from ui.actions import ACTIONS
from ui.dialogs.keyboard import keyboard_rows
from ui.main_window import MainWindow


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> NetworkHand:
    """A hand on a network of 2, 8, 6 and 1 neurons."""
    made = NetworkHand(qtbot, window)
    made.open(circles())
    return made


def ask(hand: NetworkHand, at: QPoint) -> QMenu:
    """Open the menu with the right button."""
    QTest.mouseClick(hand.view, RIGHT, pos=at)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse,
        at,
        hand.view.mapToGlobal(at),
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(hand.view, event)
    menu = hand.window.network_desk.menu.menu
    assert menu is not None and menu.isVisible()
    return menu


def entry(menu: QMenu, text: str) -> QAction:
    """An entry of the menu, or of a menu in it."""
    for action in menu.actions():
        if action.text() == text:
            return action
    raise AssertionError(f"{text} is not in {[action.text() for action in menu.actions()]}")


def choose(menu: QMenu, text: str) -> None:
    """Choose an entry with the mouse."""
    place = menu.actionGeometry(entry(menu, text)).center()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=place)


def test_the_menu_of_a_link_cuts_it(hand: NetworkHand) -> None:
    link = (2, 0, 0)
    choose(ask(hand, hand.link(link)), "Cut link")
    assert hand.selection.links == {link}
    assert hand.session.project.parameters[1].links[0, 0] == 0.0


def test_the_menu_of_a_link_cuts_its_bundle(hand: NetworkHand) -> None:
    choose(ask(hand, hand.link((3, 0, 5))), "Cut all links from hidden 2 to output")
    assert not hand.session.project.parameters[2].links.any()


def test_the_menu_of_neurons_sets_their_activation(hand: NetworkHand) -> None:
    hand.click(hand.neuron(1, 1))
    hand.click(hand.neuron(1, 2), CONTROL)
    menu = ask(hand, hand.neuron(1, 2))
    assert hand.selection.neurons == {(1, 1), (1, 2)}, "what was selected stays so"
    activations = entry(menu, "Activation").menu()
    assert [a.text() for a in activations.actions() if a.isChecked()] == ["tanh"]
    activations.popup(QPoint(0, 0))
    choose(activations, "ReLU")
    names = [hand.spec.layer(1).activation_of(n)[0] for n in range(4)]
    assert names == ["tanh", "relu", "relu", "tanh"]
    menu.close()
    hand.session.undo_stack.undo()
    assert hand.spec.layer(1).activation_names == ("tanh",)


def test_the_menu_of_a_layer_sets_its_dropout(hand: NetworkHand) -> None:
    menu = ask(hand, hand.title(2))
    assert hand.selection.layers == {2}
    rates = entry(menu, "Dropout").menu()
    assert [a.text() for a in rates.actions() if a.isChecked()] == ["None"]
    rates.popup(QPoint(0, 0))
    choose(rates, "0.5")
    assert hand.spec.layer(2).dropout_rate == 0.5


def test_the_menu_of_nothing_adds_and_connects(hand: NetworkHand) -> None:
    hand.click(hand.neuron(1, 1))
    menu = ask(hand, hand.empty())
    assert hand.selection.empty
    entry(menu, "Make fully connected")
    choose(menu, "Add hidden layer")
    assert hand.spec.depth == 4


def test_the_menu_opens_beside_the_selection_from_the_keyboard(hand: NetworkHand) -> None:
    hand.click(hand.neuron(1, 1))
    hand.key(Qt.Key.Key_M, CONTROL)
    menu = hand.window.network_desk.menu.menu
    assert menu.isVisible()
    where = hand.view.mapFromGlobal(menu.pos())
    assert (where - hand.neuron(1, 1)).manhattanLength() < 60
    menu.close()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, QPoint(1, 1), hand.view.mapToGlobal(QPoint(1, 1))
    )
    QApplication.sendEvent(hand.view, event)
    assert hand.window.network_desk.menu.menu.isVisible()
    assert hand.selection.neurons == {(1, 1)}


def test_no_menu_offers_what_cannot_be_done(hand: NetworkHand) -> None:
    texts = [action.text() for action in ask(hand, hand.title(0)).actions()]
    assert "Remove layer" not in texts and "Rename layer…" not in texts
    assert "Activation" not in texts and "Dropout" in texts


def test_keys_of_the_network_are_told_and_none_is_taken_twice() -> None:
    keys = [key for spec in ACTIONS for key in spec.shortcut.split("; ") if key]
    assert len(keys) == len(set(keys))
    told = dict(keyboard_rows())
    assert "Del, Backspace" in told and "Ctrl+L, Ins" in told


def test_keys_of_the_network_leave_other_fields_alone(hand: NetworkHand) -> None:
    hand.click(hand.neuron(1, 1))
    before = hand.session.project
    field = hand.window.data_card
    hand.window.transport.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClick(field, Qt.Key.Key_Plus)
    assert hand.session.project is before
