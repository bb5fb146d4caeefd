"""A layer dropped between two others, or moved there by keys and menus."""

from __future__ import annotations

import numpy as np
import pytest
from gesture_hands import ALT, LEFT, NetworkHand
from hands import circles
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.project.edits import insert_layer
from simulator.snapshot import RunState
from ui.editor.gestures.moving_layer import MoveLayer
from ui.main_window import MainWindow


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> NetworkHand:
    """A hand on a network of 2, 8, 6, 4 and 1 neurons."""
    made = NetworkHand(qtbot, window)
    made.open(insert_layer(circles(), 2, 4).project)
    return made


def gap(hand: NetworkHand, layer: int) -> QPoint:
    """A point between a layer and the next one, at the height of the titles."""
    columns = hand.view.seen_layout().columns
    point = hand.title(layer)
    if hand.view.seen_layout().turned:
        return QPoint(point.x(), round(-(columns[layer].right + columns[layer + 1].left) / 2))
    return QPoint(round((columns[layer].right + columns[layer + 1].left) / 2), point.y())


def theta(hand: NetworkHand) -> bytes:
    return bytes(hand.session.snapshot.theta.tobytes())


def gesture(hand: NetworkHand) -> MoveLayer:
    found = hand.view.hand.gesture
    assert isinstance(found, MoveLayer)
    return found


def carry(hand: NetworkHand, layer: int, to: QPoint) -> None:
    """Press on a layer's title and move, without letting go."""
    start = hand.title(layer)
    hand.press(start)
    for share in (0.3, 0.7, 1.0):
        hand.move(start + (to - start) * share)


@pytest.mark.parametrize(
    ("layer", "behind", "sizes", "place"),
    [
        (1, 2, (2, 6, 8, 4, 1), 2),
        (1, 3, (2, 6, 4, 8, 1), 3),
        (3, 0, (2, 4, 8, 6, 1), 1),
        (3, 1, (2, 8, 4, 6, 1), 2),
    ],
)
def test_a_layer_is_dropped_between_two_others(
    hand: NetworkHand, layer: int, behind: int, sizes: tuple[int, ...], place: int
) -> None:
    before, project = theta(hand), hand.session.project
    hand.drag(hand.title(layer), gap(hand, behind))
    hand.settle()
    assert hand.spec.sizes == sizes
    assert hand.selection.layers == {place}
    assert hand.session.undo_stack.undoText() == f"Move layer hidden {layer}"
    assert hand.view.layer_offsets == {}
    after = theta(hand)
    hand.undo()
    hand.settle()
    assert hand.session.project is project and theta(hand) == before
    hand.redo()
    hand.settle()
    assert hand.spec.sizes == sizes and theta(hand) == after


def test_a_mark_shows_where_it_would_go_and_escape_leaves_everything(hand: NetworkHand) -> None:
    project, before = hand.session.project, hand.neuron(1, 0)
    carry(hand, 1, gap(hand, 2))
    assert gesture(hand).after == 2
    hand.qtbot.wait(1)
    image = hand.view.grab().toImage()
    ratio = hand.view.devicePixelRatioF()
    line = gap(hand, 2)
    accent = hand.view.hand.ground.theme.colour("accent")
    height = hand.view.height()
    colours = {
        image.pixelColor(round(line.x() * ratio), round(y * ratio)).name()
        for y in range(height // 3, 2 * height // 3)
    }
    assert accent.name() in colours
    hand.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(hand.view, LEFT, pos=hand.empty())
    assert hand.view.hand.gesture is None
    assert hand.session.project is project and not hand.session.undo_stack.canUndo()
    assert hand.neuron(1, 0) == before


def test_going_back_before_letting_go_only_makes_room(hand: NetworkHand) -> None:
    project = hand.session.project
    start = hand.title(2)
    carry(hand, 2, gap(hand, 0))
    assert gesture(hand).after == 0
    hand.move(start + QPoint(20, 0))
    assert gesture(hand).after is None
    QTest.mouseRelease(hand.view, LEFT, pos=start + QPoint(20, 0))
    assert hand.session.project is project
    assert set(hand.view.layer_offsets) == {2}


def test_input_and_output_stay_where_they_are(hand: NetworkHand) -> None:
    project = hand.session.project
    hand.drag(hand.title(0), gap(hand, 2))
    hand.drag(hand.title(4), gap(hand, 1))
    assert hand.session.project is project
    hand.window.actions_by_id["tidy_layout"].trigger()
    for end, sizes in ((hand.title(4), (2, 6, 4, 8, 1)), (hand.title(0), (2, 8, 6, 4, 1))):
        layer = hand.spec.sizes.index(8)
        hand.drag(hand.title(layer), end)
        hand.settle()
        assert hand.spec.sizes == sizes, "no layer passes the inputs or the outputs"


def test_columns_dragged_before_keep_their_places(hand: NetworkHand) -> None:
    hand.drag(hand.title(3), hand.title(3) + QPoint(15, 0))
    (offset,) = hand.view.layer_offsets.values()
    hand.drag(hand.title(1), gap(hand, 3))
    hand.settle()
    assert hand.view.layer_offsets == {2: offset}


def test_what_cannot_be_says_why_and_changes_nothing(hand: NetworkHand) -> None:
    # Hidden 1 leads to hidden 3 alone, beside hidden 2.
    hand.session.edits.draw_layer_link(0, 2)
    hand.session.edits.draw_layer_link(1, 3)
    changed = hand.session.project.network.layer(2)
    hand.session.change_layer(2, "Change sources", sources=(0,))
    hand.settle()
    assert changed != hand.spec.layer(2)
    project, said = hand.session.project, []
    hand.session.refused.connect(said.append)
    carry(hand, 3, gap(hand, 0))
    assert "hidden 1 would lead nowhere" in gesture(hand).refusal
    QTest.mouseRelease(hand.view, LEFT, pos=gap(hand, 0))
    assert hand.session.project is project
    assert len(said) == 1 and "hidden 1 would lead nowhere" in said[0]


def test_keys_and_menu_move_the_selected_layer(hand: NetworkHand) -> None:
    earlier = hand.window.actions_by_id["move_earlier"]
    later = hand.window.actions_by_id["move_later"]
    assert not earlier.isEnabled() and not later.isEnabled()
    hand.click(hand.title(2))
    hand.key(Qt.Key.Key_Right, ALT)
    hand.settle()
    assert hand.spec.sizes == (2, 8, 4, 6, 1) and hand.selection.layers == {3}
    assert earlier.isEnabled() and not later.isEnabled()
    hand.key(Qt.Key.Key_Left, ALT)
    hand.settle()
    hand.key(Qt.Key.Key_Left, ALT)
    hand.settle()
    assert hand.spec.sizes == (2, 6, 8, 4, 1) and hand.selection.layers == {1}
    assert not earlier.isEnabled() and later.isEnabled()
    later.trigger()
    hand.settle()
    assert hand.spec.sizes == (2, 8, 6, 4, 1)
    hand.click(hand.title(0))
    assert not earlier.isEnabled() and not later.isEnabled()


def test_from_bottom_to_top_layers_are_dragged_upwards(hand: NetworkHand) -> None:
    hand.window.actions_by_id["bottom_up"].trigger()
    hand.qtbot.waitUntil(lambda: hand.view.seen_layout().turned)
    title = hand.title(1)
    hand.drag(title, QPoint(title.x(), gap(hand, 2).y()))
    hand.settle()
    assert hand.spec.sizes == (2, 6, 8, 4, 1)


def test_a_layer_moves_while_training_runs(hand: NetworkHand) -> None:
    QTest.keyClick(hand.window, Qt.Key.Key_F5)
    hand.qtbot.waitUntil(lambda: hand.session.state is RunState.RUNNING)
    hand.drag(hand.title(1), gap(hand, 2))
    hand.settle()
    start = hand.session.snapshot.iteration
    hand.qtbot.waitUntil(lambda: hand.session.snapshot.iteration > start + 20)
    assert hand.session.state is RunState.RUNNING
    assert hand.spec.sizes == (2, 6, 8, 4, 1)
    assert np.isfinite(hand.session.snapshot.theta).all()
    hand.undo()
    hand.settle()
    assert hand.spec.sizes == (2, 8, 6, 4, 1)
