"""Changing the network with handles, drags, wheel, fields and keys."""

from __future__ import annotations

import pytest
from gesture_hands import CONTROL, LEFT, SHIFT, NetworkHand
from hands import circles
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator.project.writer import project_json
from simulator.snapshot import RunState
from ui.editor.handles import HandleKind
from ui.main_window import MainWindow


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> NetworkHand:
    """A hand on a network of 2, 8, 6 and 1 neurons."""
    made = NetworkHand(qtbot, window)
    made.open(circles())
    return made


def gap(hand: NetworkHand, layer: int) -> QPoint:
    """A point between a layer and the next one."""
    columns = hand.view.seen_layout().columns
    middle = (columns[layer].right + columns[layer + 1].left) / 2
    return QPoint(round(middle), round(hand.view.seen_layout().body.y) + 60)


# Handles


def test_the_plus_between_two_layers_adds_one_there(hand: NetworkHand) -> None:
    hand.use(HandleKind.ADD_LAYER, 1, gap(hand, 1))
    assert hand.spec.sizes == (2, 8, 8, 6, 1)
    hand.settle()
    assert hand.selection.layers == {2}
    hand.undo()
    assert hand.spec.sizes == (2, 8, 6, 1)


def test_plus_and_minus_below_a_layer_add_and_remove_neurons(hand: NetworkHand) -> None:
    hand.use(HandleKind.ADD_NEURON, 2, hand.neuron(2, 3))
    hand.settle()
    hand.use(HandleKind.ADD_NEURON, 2, hand.neuron(2, 3))
    hand.settle()
    assert hand.spec.sizes == (2, 8, 8, 1)
    hand.use(HandleKind.REMOVE_NEURON, 1, hand.neuron(1, 3))
    hand.settle()
    assert hand.spec.sizes == (2, 7, 8, 1)


def test_handles_are_large_enough_say_what_they_do_and_keep_off_input_and_output(
    hand: NetworkHand,
) -> None:
    for layer in range(4):
        hand.move(QPoint(1, 1))
        hand.move(hand.neuron(layer, 0))
        shown = hand.view.hand.handles()
        own = {handle.kind for handle in shown if handle.layer == layer}
        assert own == {
            0: {HandleKind.DRAW_LINK},
            3: set(),
        }.get(layer, set(HandleKind) - {HandleKind.ADD_LAYER})
        for handle in shown:
            assert handle.box.width() >= 24 and handle.box.height() >= 24
            assert handle.tip
            assert hand.view.rect().contains(handle.box.toRect())


def test_a_handle_lights_under_the_mouse_and_the_cursor_tells_what_a_press_does(
    hand: NetworkHand,
) -> None:
    handle = hand.handle(HandleKind.DRAW_LINK, 1, hand.neuron(1, 3))
    before = hand.view.grab().toImage()
    hand.move(handle.box.center().toPoint())
    assert hand.view.cursor().shape() is Qt.CursorShape.CrossCursor
    assert hand.view.grab().toImage() != before
    hand.move(hand.neuron(1, 3))
    assert hand.view.cursor().shape() is Qt.CursorShape.PointingHandCursor
    hand.move(hand.empty())
    assert hand.view.cursor().shape() is Qt.CursorShape.ArrowCursor


# Links


def test_a_drag_from_one_neuron_to_another_draws_a_link_across_layers(hand: NetworkHand) -> None:
    hand.drag(hand.neuron(1, 2), hand.neuron(3, 0))
    assert hand.spec.sources(3) == (1, 2)
    hand.settle()
    links = hand.session.project.parameters[2].links
    assert links.sum() == 7, "six from the layer before, and the one that was drawn"
    assert links[0, 2] == 1.0
    hand.undo()
    assert hand.spec.sources(3) == (2,)


def test_the_handle_of_a_neuron_draws_a_link_too(hand: NetworkHand) -> None:
    handle = hand.handle(HandleKind.DRAW_LINK, 1, hand.neuron(1, 2))
    hand.drag(handle.box.center().toPoint(), hand.neuron(3, 0))
    assert hand.spec.sources(3) == (1, 2)


def test_dropping_on_a_title_joins_whole_layers(hand: NetworkHand) -> None:
    hand.drag(hand.neuron(0, 0), hand.title(2))
    assert hand.spec.sources(2) == (0, 1)
    own = hand.session.project.parameters
    assert not own or own[1].links is None or own[1].links.all()


@pytest.mark.parametrize(
    ("source", "target", "note"),
    [
        ((1, 0), (2, 3), "There is a link already"),
        ((2, 0), (1, 3), "Links lead to a later layer"),
        ((1, 0), (1, 3), "Links lead to a later layer"),
        ((1, 0), (0, 1), "Inputs receive no links"),
    ],
)
def test_a_link_that_cannot_be_says_why_and_changes_nothing(
    hand: NetworkHand, source: tuple[int, int], target: tuple[int, int], note: str
) -> None:
    before = hand.session.project
    hand.press(hand.neuron(*source))
    hand.move(hand.neuron(*source) + QPoint(25, 5))
    hand.move(hand.neuron(*target))
    assert hand.view.hand.gesture.note == note
    hand.view.grab()
    QTest.mouseRelease(hand.view, LEFT, pos=hand.neuron(*target))
    assert hand.session.project is before


def test_escape_gives_up_a_link_half_drawn(hand: NetworkHand) -> None:
    before = hand.session.project
    hand.press(hand.neuron(1, 2))
    hand.move(hand.neuron(3, 0))
    assert hand.view.hand.gesture is not None
    hand.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(hand.view, LEFT, pos=hand.neuron(3, 0))
    assert hand.session.project is before and hand.view.hand.gesture is None
    assert hand.selection.neurons == {(1, 2)}, "one Escape gives up one thing"
    hand.key(Qt.Key.Key_Escape)
    assert hand.selection.empty


def test_delete_cuts_links_and_drawing_one_again_brings_its_weight_back(hand: NetworkHand) -> None:
    link = (2, 0, 0)
    weight = hand.weight(link)
    hand.click(hand.link(link))
    hand.click(hand.link((3, 0, 5)), CONTROL)
    hand.key(Qt.Key.Key_Delete)
    hand.settle()
    assert hand.session.project.parameters[1].links[0, 0] == 0.0
    assert hand.session.project.parameters[2].links[0, 5] == 0.0
    assert hand.weight(link) == 0.0
    hand.drag(hand.neuron(1, 0), hand.neuron(2, 0))
    hand.settle()
    assert hand.weight(link) == weight


def test_a_bundle_is_cut_and_connected_again(hand: NetworkHand) -> None:
    hand.click(hand.title(1))
    hand.click(hand.title(2), CONTROL)
    action = hand.window.actions_by_id["cut_bundle"]
    assert action.text() == "Cut all links from hidden 1 to hidden 2"
    action.trigger()
    hand.settle()
    assert not hand.session.project.parameters[1].links.any()
    hand.selection.clear()
    hand.window.actions_by_id["connect_fully"].trigger()
    hand.settle()
    own = hand.session.project.parameters[1].links
    assert own is None or own.all()


# Weights


def test_the_wheel_over_the_chosen_link_changes_its_weight_in_one_step_to_undo(
    hand: NetworkHand,
) -> None:
    link = (2, 0, 0)
    at = hand.link(link)
    before = hand.weight(link)
    hand.wheel(at, 1)
    assert hand.view.viewport.scale > 1.0, "the wheel zooms until a link is chosen"
    hand.view.viewport.fit()
    hand.click(at)
    count = hand.session.undo_stack.count()
    for _ in range(3):
        hand.wheel(at, 1)
    hand.wheel(at, -1, SHIFT)
    hand.settle()
    assert hand.weight(link) == pytest.approx(before + 0.29, abs=1e-9)
    assert hand.session.undo_stack.count() == count + 1
    assert hand.view.viewport.scale == 1.0
    hand.wheel(at, 1, CONTROL)
    assert hand.view.viewport.scale > 1.0, "with Ctrl it zooms"
    hand.undo()
    hand.settle()
    assert hand.weight(link) == before


@pytest.mark.parametrize(
    ("text", "value"), [("0.5", 0.5), ("-0,25", -0.25), ("2/3", 2 / 3), ("1e-3", 1e-3)]
)
def test_a_weight_is_typed_over_its_link(hand: NetworkHand, text: str, value: float) -> None:
    link = (2, 0, 0)
    hand.click(hand.link(link))
    hand.key(Qt.Key.Key_Return)
    hand.type(text)
    hand.settle()
    assert hand.weight(link) == value
    assert hand.view.hand.typing.editor is None
    assert hand.view.hasFocus()


def test_typing_the_weight_it_has_already_changes_nothing(hand: NetworkHand) -> None:
    link = (2, 1, 3)
    hand.selection.select_link(link)
    for text in ("0.25", "1/4"):
        hand.key(Qt.Key.Key_Return)
        hand.type(text)
        hand.settle()
        assert hand.weight(link) == 0.25
        assert hand.session.undo_stack.count() == 1
    hand.key(Qt.Key.Key_F6)
    hand.settle()
    learned = hand.weight(link)
    hand.key(Qt.Key.Key_Return)
    hand.type(repr(learned))
    hand.settle()
    assert hand.session.undo_stack.count() == 1
    hand.key(Qt.Key.Key_Return)
    hand.type("0.25")
    hand.settle()
    assert (hand.weight(link), hand.session.undo_stack.count()) == (0.25, 2)


def test_a_double_click_opens_the_field_and_a_bad_number_keeps_it_open(hand: NetworkHand) -> None:
    link = (2, 0, 0)
    before = hand.session.project
    QTest.mouseDClick(hand.view, LEFT, pos=hand.link(link))
    editor = hand.view.hand.typing.editor
    hand.type("0.5.5")
    assert editor.isVisible() and editor.message.isVisible()
    assert editor.message.text() == "Write “0.5.5” without separators between thousands."
    assert hand.session.project is before
    hand.type("abc")
    assert "abc" in editor.message.text()
    hand.end_typing(Qt.Key.Key_Escape)
    assert hand.view.hand.typing.editor is None and hand.session.project is before
    assert hand.selection.links == {link}, "Escape closed the field only"


def test_no_handle_shows_below_the_field(hand: NetworkHand) -> None:
    hand.click(hand.neuron(2, 3))
    hand.move(hand.neuron(2, 3))
    assert hand.view.hand.handles()
    hand.key(Qt.Key.Key_Return)
    hand.move(hand.neuron(2, 3) + QPoint(3, 0))
    assert hand.view.hand.typing.editor is not None
    assert not hand.view.hand.handles()
    hand.end_typing(Qt.Key.Key_Escape)
    assert hand.view.hand.handles()


def test_a_bias_and_several_weights_are_typed(hand: NetworkHand) -> None:
    hand.click(hand.neuron(2, 3))
    hand.key(Qt.Key.Key_Return)
    hand.type("0,75")
    hand.settle()
    assert hand.weight((2, 3, -1)) == 0.75
    hand.click(hand.link((2, 0, 0)))
    hand.click(hand.link((3, 0, 5)), CONTROL)
    hand.key(Qt.Key.Key_Return)
    hand.type("-1")
    hand.settle()
    assert hand.weight((2, 0, 0)) == hand.weight((3, 0, 5)) == -1.0
    hand.undo()
    hand.settle()
    assert hand.weight((2, 0, 0)) != -1.0 and hand.weight((3, 0, 5)) != -1.0


# Layers and neurons


def test_delete_removes_the_selected_neurons_of_several_layers_in_one_step(
    hand: NetworkHand,
) -> None:
    hand.click(hand.neuron(1, 2))
    hand.click(hand.neuron(1, 5), CONTROL)
    hand.click(hand.neuron(2, 0), CONTROL)
    kept = hand.weight((2, 1, 3))
    hand.key(Qt.Key.Key_Backspace)
    hand.settle()
    assert hand.spec.sizes == (2, 6, 5, 1)
    assert hand.weight((2, 0, 2)) == kept, "every other weight is kept"
    assert hand.selection.empty
    hand.undo()
    hand.settle()
    assert hand.spec.sizes == (2, 8, 6, 1)
    assert hand.weight((2, 1, 3)) == kept


def test_keys_add_and_remove_neurons_and_layers(hand: NetworkHand) -> None:
    hand.click(hand.title(2))
    for _ in range(3):
        hand.key(Qt.Key.Key_Plus)
    assert hand.spec.sizes == (2, 8, 9, 1)
    hand.key(Qt.Key.Key_Minus)
    assert hand.spec.sizes == (2, 8, 8, 1)
    hand.key(Qt.Key.Key_Insert)
    assert hand.spec.sizes == (2, 8, 8, 8, 1)
    assert hand.selection.layers == {3}
    hand.key(Qt.Key.Key_Delete)
    assert hand.spec.sizes == (2, 8, 8, 1)


def test_delete_leaves_input_and_output_alone(hand: NetworkHand) -> None:
    before = hand.session.project
    for layer in (0, 3):
        hand.click(hand.title(layer))
        hand.key(Qt.Key.Key_Delete)
        hand.click(hand.neuron(layer, 0))
        hand.key(Qt.Key.Key_Delete)
    assert hand.session.project is before


def test_f2_renames_the_layer(hand: NetworkHand) -> None:
    hand.click(hand.title(1))
    hand.key(Qt.Key.Key_F2)
    hand.type("edges")
    hand.settle()
    assert hand.spec.layer_name(1) == "edges"
    hand.undo()
    assert hand.spec.layer_name(1) == "hidden 1"


def test_layers_are_copied_pasted_and_duplicated_with_their_weights(hand: NetworkHand) -> None:
    hand.click(hand.title(1))
    weight = hand.weight((1, 3, 1))
    hand.key(Qt.Key.Key_C, CONTROL)
    hand.key(Qt.Key.Key_D, CONTROL | SHIFT)
    hand.settle()
    assert hand.spec.sizes == (2, 8, 8, 6, 1)
    assert hand.weight((1, 3, 1)) == weight
    hand.click(hand.title(3))
    hand.key(Qt.Key.Key_V, CONTROL)
    hand.settle()
    assert hand.spec.sizes == (2, 8, 8, 6, 8, 1)


def test_pasting_something_else_is_refused_with_a_sentence(hand: NetworkHand) -> None:
    before = hand.session.project
    QApplication.clipboard().setText("Dear all,")
    hand.key(Qt.Key.Key_V, CONTROL)
    assert hand.session.project is before
    assert hand.window.notice.isVisible() and hand.window.notice.text()


def test_freezing_holds_what_is_selected_and_lets_it_learn_again(hand: NetworkHand) -> None:
    hand.click(hand.neuron(1, 2))
    hand.key(Qt.Key.Key_F)
    own = hand.session.project.parameters[0]
    assert own.frozen_W.sum() == 2 and own.frozen_b.sum() == 1
    assert hand.window.actions_by_id["freeze"].text() == "Let it learn"
    hand.key(Qt.Key.Key_F)
    own = hand.session.project.parameters[0]
    assert own.frozen_W is None or not own.frozen_W.any()
    hand.click(hand.title(2))
    hand.key(Qt.Key.Key_F)
    assert not hand.spec.layer(2).trainable


def test_a_dragged_layer_makes_room_and_is_tidied_up(hand: NetworkHand) -> None:
    before, project = hand.neuron(1, 0), hand.session.project
    tidy = hand.window.actions_by_id["tidy_layout"]
    assert not tidy.isEnabled()
    hand.drag(hand.title(1), hand.title(1) + QPoint(40, 3))
    assert abs((hand.neuron(1, 0) - before).x() - 40) <= 1
    assert hand.session.project is project, "where a layer stands is no matter of the project"
    hand.drag(hand.title(0), hand.title(0) + QPoint(900, 0))
    columns = hand.view.seen_layout().columns
    assert columns[0].right < columns[1].left, "layers keep their order"
    assert columns[-1].right < hand.view.width()
    assert hand.session.project is project
    hand.press(hand.title(2))
    hand.move(hand.title(2) - QPoint(40, 0))
    hand.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(hand.view, LEFT, pos=hand.empty())
    tidy.trigger()
    assert hand.neuron(1, 0) == before


# All together


def test_twelve_gestures_undone_and_redone_leave_the_same_bytes(hand: NetworkHand) -> None:
    def state() -> tuple[bytes, bytes]:
        hand.settle()
        return project_json(hand.session.project), hand.theta()

    start = state()
    steps = (
        lambda: hand.use(HandleKind.ADD_LAYER, 1, gap(hand, 1)),
        lambda: hand.use(HandleKind.ADD_NEURON, 1, hand.neuron(1, 3)),
        lambda: hand.drag(hand.neuron(1, 2), hand.neuron(3, 4)),
        lambda: (hand.click(hand.link((3, 0, 8 + 1))), hand.key(Qt.Key.Key_Delete)),
        lambda: (
            (hand.selection.select_link((2, 1, 1)), hand.key(Qt.Key.Key_Return))
            and hand.type("2/3")
        ),
        lambda: (hand.click(hand.neuron(1, 4)), hand.key(Qt.Key.Key_Delete)),
        lambda: (hand.click(hand.title(2)), hand.key(Qt.Key.Key_F2)) and hand.type("middle"),
        lambda: (hand.click(hand.title(2)), hand.key(Qt.Key.Key_D, CONTROL | SHIFT)),
        lambda: (hand.click(hand.neuron(1, 0)), hand.key(Qt.Key.Key_F)),
        lambda: (hand.click(hand.title(1)), hand.key(Qt.Key.Key_Minus)),
        lambda: (
            hand.click(hand.title(1)),
            hand.window.actions_by_id["initialise_again"].trigger(),
        ),
        lambda: hand.drag(hand.neuron(0, 1), hand.title(3)),
        lambda: (hand.click(hand.title(2)), hand.key(Qt.Key.Key_Delete)),
    )
    for number, step in enumerate(steps, start=1):
        step()
        hand.settle()
        assert hand.session.undo_stack.count() == number
        hand.selection.clear()
    end = state()
    assert end != start
    for _ in steps:
        hand.undo()
        hand.settle()
    assert not hand.session.undo_stack.canUndo()
    assert state() == start
    for _ in steps:
        hand.redo()
        hand.settle()
    assert state() == end


def test_gestures_take_effect_while_training_runs(hand: NetworkHand) -> None:
    QTest.keyClick(hand.window, Qt.Key.Key_F5)
    hand.qtbot.waitUntil(lambda: hand.session.state is RunState.RUNNING)
    hand.use(HandleKind.ADD_NEURON, 1, hand.neuron(1, 3))
    hand.settle()
    hand.drag(hand.neuron(1, 2), hand.neuron(3, 0))
    hand.settle()
    hand.selection.select_link((2, 0, 0))
    hand.key(Qt.Key.Key_F)
    hand.key(Qt.Key.Key_Return)
    hand.type("0.125")
    hand.settle()
    start = hand.session.snapshot.iteration
    hand.qtbot.waitUntil(lambda: hand.session.snapshot.iteration > start + 20)
    assert hand.session.state is RunState.RUNNING
    assert hand.spec.sizes == (2, 9, 6, 1) and hand.spec.sources(3) == (1, 2)
    assert hand.weight((2, 0, 0)) == 0.125, "it is frozen at what was typed"
    hand.key(Qt.Key.Key_Delete)
    hand.settle()
    assert hand.weight((2, 0, 0)) == 0.0
    for _ in range(5):
        hand.undo()
        hand.settle()
    assert hand.spec.sizes == (2, 8, 6, 1)


def test_an_edit_while_stepping_keeps_what_the_phase_shows(hand: NetworkHand) -> None:
    for _ in range(3):
        QTest.keyClick(hand.window, Qt.Key.Key_PageDown)
    hand.qtbot.waitUntil(lambda: hand.session.state is RunState.STEPPING)
    hand.settle()
    link = (3, 0, 5)
    hand.click(hand.link(link))
    hand.key(Qt.Key.Key_Return)
    hand.type("0.5")
    hand.settle()
    snapshot = hand.session.snapshot
    if snapshot.trace is not None and snapshot.cursor is not None:
        trace = snapshot.trace
        weights = trace.spec.weights(trace.theta_before, 2)
        biases = trace.spec.biases(trace.theta_before, 2)
        expected = trace.output[0][0] @ weights.T + biases
        assert trace.z[1][0] == pytest.approx(expected)
    assert hand.weight(link) == 0.5


def test_gestures_work_zoomed_in_and_in_a_presentation(hand: NetworkHand) -> None:
    hand.window.actions_by_id["presentation"].trigger()
    hand.qtbot.waitUntil(lambda: hand.window.presentation.on)
    QApplication.processEvents()
    hand.view.setFocus()
    hand.view.viewport.zoom(2.0, hand.neuron(2, 2).toPointF())
    QApplication.processEvents()
    hand.click(hand.neuron(2, 2))
    assert hand.selection.neurons == {(2, 2)}
    hand.use(HandleKind.ADD_NEURON, 2, hand.neuron(2, 2))
    hand.settle()
    assert hand.spec.sizes == (2, 8, 7, 1)
    link = (2, 2, 2)
    hand.click(hand.link(link))
    assert hand.selection.links == {link}
    hand.wheel(hand.link(link), -1)
    hand.key(Qt.Key.Key_Return)
    hand.end_typing(Qt.Key.Key_Escape)
    hand.press(hand.neuron(2, 1))
    hand.move(hand.neuron(2, 1) + QPoint(30, 10))
    hand.key(Qt.Key.Key_Escape)
    assert hand.view.hand.gesture is None
    assert hand.window.presentation.on, "Escape gave up what was under way, not the presentation"
    hand.window.actions_by_id["presentation"].trigger()
