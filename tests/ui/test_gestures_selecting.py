"""Selecting neurons, layers and links of the network with mouse and keys."""

from __future__ import annotations

import pytest
from gesture_hands import ALT, CONTROL, LEFT, SHIFT, NetworkHand
from hands import circles, single_layer
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from ui.editor.gestures import hint
from ui.editor.handles import HandleKind
from ui.main_window import MainWindow


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> NetworkHand:
    """A hand on a network of 2, 8, 6 and 1 neurons."""
    made = NetworkHand(qtbot, window)
    made.open(circles())
    return made


def test_a_click_selects_and_with_ctrl_or_shift_it_adds_and_takes_out(hand: NetworkHand) -> None:
    selection = hand.selection
    hand.click(hand.neuron(1, 2))
    assert selection.neurons == {(1, 2)}
    hand.click(hand.neuron(2, 0), CONTROL)
    hand.click(hand.neuron(1, 4), SHIFT)
    assert selection.neurons == {(1, 2), (2, 0), (1, 4)}
    assert (selection.layer, selection.neuron) == (1, 4)
    hand.click(hand.neuron(1, 4), CONTROL)
    assert selection.neurons == {(1, 2), (2, 0)}
    assert selection.neuron is not None, "views that show one thing show one that is left"
    hand.click(hand.neuron(2, 5))
    assert selection.neurons == {(2, 5)}
    hand.click(hand.empty())
    assert selection.empty and selection.layer is None


def test_a_click_on_the_network_before_selects_nothing_that_is_gone(hand: NetworkHand) -> None:
    link, neuron = hand.link((2, 0, 7)), hand.neuron(2, 5)
    hand.session.set_project(single_layer())
    # The view shows the network before until the training thread has answered.
    assert hand.view.spec != hand.spec
    hand.click(link)
    hand.click(neuron, CONTROL)
    assert hand.selection.empty
    hand.settle()
    hand.click(hand.neuron(1, 0))
    assert hand.selection.neurons == {(1, 0)}


def test_titles_select_layers_also_several(hand: NetworkHand) -> None:
    hand.click(hand.title(1))
    assert hand.selection.layers == {1} and hand.selection.neuron is None
    hand.click(hand.title(2), CONTROL)
    assert hand.selection.layers == {1, 2} and hand.selection.layer == 2
    hand.click(hand.title(2), CONTROL)
    assert hand.selection.layers == {1} and hand.selection.layer == 1


def test_links_are_selected_one_or_several(hand: NetworkHand) -> None:
    one, other = (2, 0, 0), (3, 0, 5)
    hand.click(hand.neuron(1, 1))
    chosen = []
    hand.view.linkChosen.connect(chosen.append)
    hand.click(hand.link(one))
    assert hand.selection.links == {one} and hand.selection.layer is None
    assert chosen[-1] == (2, 0, (1, 0))
    hand.click(hand.link(other), CONTROL)
    assert hand.selection.links == {one, other} and hand.selection.link == other
    hand.click(hand.link(other), CONTROL)
    assert hand.selection.links == {one} and hand.selection.link == one
    hand.click(hand.neuron(1, 1))
    assert not hand.selection.links and chosen[-1] is None


def box_around(hand: NetworkHand, layer: int, first: int, last: int) -> tuple[QPoint, QPoint]:
    """Corners of a rectangle around some neurons of a layer."""
    reach = round(hand.view.seen_layout().columns[layer].radius) + 12
    start, end = hand.neuron(layer, first), hand.neuron(layer, last)
    pitch = (hand.neuron(layer, 1) - hand.neuron(layer, 0)).y() // 2
    return start - QPoint(reach, pitch), end + QPoint(reach, pitch)


def test_a_rubber_band_selects_the_neurons_in_it(hand: NetworkHand) -> None:
    start, end = box_around(hand, 1, 2, 5)
    hand.drag(start, end)
    assert hand.selection.neurons == {(1, n) for n in (2, 3, 4, 5)}
    start, end = box_around(hand, 2, 0, 1)
    hand.drag(end, start, SHIFT)
    assert hand.selection.neurons == {(1, 2), (1, 3), (1, 4), (1, 5), (2, 0), (2, 1)}
    hand.drag(start, end)
    assert hand.selection.neurons == {(2, 0), (2, 1)}


def test_a_rubber_band_follows_the_mouse_and_escape_brings_back_what_was(
    hand: NetworkHand,
) -> None:
    hand.click(hand.neuron(3, 0))
    start, end = box_around(hand, 1, 0, 7)
    hand.press(start)
    hand.move(end)
    assert len(hand.selection.neurons) == 8
    hand.move(start + (end - start) / 2)
    assert 0 < len(hand.selection.neurons) < 8
    hand.key(Qt.Key.Key_Escape)
    assert hand.view.hand.gesture is None
    QTest.mouseRelease(hand.view, LEFT, pos=end)
    assert len(hand.selection.neurons) < 2, "letting go afterwards does nothing"


def test_with_alt_a_rubber_band_selects_links(hand: NetworkHand) -> None:
    layout = hand.view.seen_layout()
    left, right = layout.columns[2], layout.columns[3]
    start = QPoint(round(left.left) - 9, round(layout.body.y) + 2)
    hand.press(start, ALT)
    end = QPoint(round(right.right) + 6, round(layout.body.bottom) - 2)
    QTest.mouseMove(hand.view, start + QPoint(40, 40))
    send_move(hand, end)
    assert hand.selection.links == {(3, 0, n) for n in range(6)}
    assert not hand.selection.neurons


def send_move(hand: NetworkHand, at: QPoint) -> None:
    """Move with Alt held, which Qt's own helper cannot."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at),
        QPointF(hand.view.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        LEFT,
        ALT,
    )
    QApplication.sendEvent(hand.view, event)


def test_select_all_takes_the_layer_or_all_hidden_neurons(hand: NetworkHand) -> None:
    hand.key(Qt.Key.Key_A, CONTROL)
    assert len(hand.selection.neurons) == 14
    hand.click(hand.title(2))
    hand.key(Qt.Key.Key_A, CONTROL)
    assert hand.selection.neurons == {(2, n) for n in range(6)}
    hand.key(Qt.Key.Key_Escape)
    assert hand.selection.empty


def test_arrows_with_shift_add_and_with_ctrl_walk_along_links(hand: NetworkHand) -> None:
    hand.click(hand.neuron(1, 0))
    hand.key(Qt.Key.Key_Down, SHIFT)
    hand.key(Qt.Key.Key_Down, SHIFT)
    assert hand.selection.neurons == {(1, 0), (1, 1), (1, 2)}
    hand.key(Qt.Key.Key_Up, SHIFT)
    assert hand.selection.neurons == {(1, 0), (1, 1)}
    hand.click(hand.neuron(2, 3))
    hand.key(Qt.Key.Key_Down, CONTROL)
    assert hand.selection.links == {(2, 3, -1)}, "the bias comes first"
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Down)
    assert hand.selection.links == {(2, 3, 1)}
    assert hand.view.label().heading.startswith("w"), "its weight is told"
    hand.key(Qt.Key.Key_Left)
    assert hand.selection.neurons == {(1, 1)}


def test_what_is_selected_is_highlighted(hand: NetworkHand) -> None:
    plain = hand.view.grab().toImage()
    pictures = [plain]
    for select in (
        lambda: hand.selection.select_many(neurons=[(1, 0), (1, 1)]),
        lambda: hand.selection.select_many(neurons=[(1, 0), (1, 1), (2, 2)]),
        lambda: hand.selection.select_many(links=[(2, 0, 0)]),
        lambda: hand.selection.select_many(links=[(2, 0, 0), (2, 1, 1)]),
        lambda: hand.selection.select_many(layers=[1]),
        lambda: hand.selection.select_many(layers=[1, 2]),
    ):
        select()
        picture = hand.view.grab().toImage()
        assert all(picture != other for other in pictures)
        pictures.append(picture)
    hand.selection.select_many(neurons=[(1, 0), (1, 1)], layers=[2])
    assert hand.view.accessibleDescription() == "2 neurons, 1 layer selected"


def test_empty_space_and_handles_tell_what_can_be_done(hand: NetworkHand) -> None:
    def told(at: QPoint) -> str:
        hand.move(QPoint(1, 1))
        hand.move(at)
        event = QHelpEvent(QEvent.Type.ToolTip, at, hand.view.mapToGlobal(at))
        QApplication.sendEvent(hand.view, event)
        return QToolTip.text()

    assert told(hand.empty()) == hint.TIP
    handle = hand.handle(HandleKind.ADD_NEURON, 1, hand.neuron(1, 0))
    assert told(handle.box.center().toPoint()) == "Add a neuron to hidden 1"


def test_a_hint_stands_below_the_network_while_nothing_is_selected(hand: NetworkHand) -> None:
    hand.window.resize(1600, 1000)
    hand.open(circles(network={"inputs": 2, "layers": [{"units": 1, "activation": "sigmoid"}]}))
    body = hand.view.seen_layout().body
    strip = QRect(0, round(body.bottom) - 14, hand.view.width(), 14)

    def colours() -> int:
        image = hand.view.grab(strip).toImage()
        return len({image.pixel(x, y) for x in range(image.width()) for y in range(14)})

    assert colours() > 5
    hand.selection.select(1)
    hand.move(hand.empty())
    hand.selection.select_many(links=[(1, 0, -1)])
    assert colours() <= 5
