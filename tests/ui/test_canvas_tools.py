"""The canvas's tools, worked with mouse, tablet and keys, and taken back with Ctrl+Z."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator.data.augmentation import shifted
from simulator.data.centering import mean_placement, placed_as, placement
from simulator.project import load_project
from simulator.runner import Runner
from simulator.snapshot import Probe
from ui.canvas.brush import Pen, drawn, filled, noisy, pen_for, stamp
from ui.canvas.changed_most import changed_most
from ui.canvas.pixel_canvas import PixelCanvas
from ui.main_window import MainWindow
from ui.theme import Theme

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def place(canvas: PixelCanvas, row: int, column: int) -> QPoint:
    return canvas.cell_rect(row, column).center().toPoint()


def drag(canvas: PixelCanvas, start: tuple[int, int], end: tuple[int, int], button=LEFT) -> None:
    QTest.mousePress(canvas, button, pos=place(canvas, *start))
    QTest.mouseMove(canvas, place(canvas, *end))
    QTest.mouseRelease(canvas, button, pos=place(canvas, *end))


def press(window: MainWindow, button: str) -> None:
    QTest.mouseClick(getattr(window.data_card.tools, button), LEFT)


@pytest.fixture
def canvas(qtbot: QtBot, light: Theme) -> PixelCanvas:
    widget = PixelCanvas(theme=light)
    qtbot.addWidget(widget)
    widget.resize(300, 300)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


# What the tools do to a picture -----------------------------------------------------------------


def test_a_pen_gets_wider_and_soft_pens_fade_outwards():
    sizes = [sum(share for _, share in stamp(size, soft=False)) for size in (1, 2, 3, 4)]
    assert sizes[0] == 1 and sizes == sorted(set(sizes))
    soft = dict(stamp(3, soft=True))
    assert soft[0, 0] == 1.0 > soft[0, 1] > soft[0, 2] > 0.0
    assert soft[1, 0] == soft[-1, 0] == soft[0, -1]


def test_ink_covers_what_is_fainter_and_never_leaves_the_picture():
    pen = Pen(2, 0.8, grey=True)
    once = drawn(np.zeros((6, 6)), [(0, 0)], pen, erase=False)
    assert once[0, 0] == 0.8 and 0.0 < once[0, 1] < 0.8
    dark = np.ones((6, 6))
    assert np.array_equal(drawn(dark, [(3, 3)], pen, erase=False), dark)
    assert drawn(dark, [(3, 3)], pen, erase=True).sum() == 36 - 5
    assert not drawn(np.zeros((3, 3)), [(9, 9)], pen, erase=False).any()


def test_filling_stops_at_edges_of_other_brightness():
    picture = np.zeros((5, 5))
    picture[:, 2] = 1.0
    left = filled(picture, (0, 0), 0.5)
    assert (left[:, :2] == 0.5).all() and (left[:, 2] == 1.0).all() and not left[:, 3:].any()
    assert np.array_equal(filled(left, (4, 0), 0.5), left)


def test_noise_flips_or_blurs_and_stays_a_picture():
    random = np.random.default_rng(0)
    picture = np.tile([0.0, 1.0], (20, 10))
    flipped = noisy(picture, 0.2, grey=False, random=random)
    assert set(np.unique(flipped)) == {0.0, 1.0}
    assert 0.1 < (flipped != picture).mean() < 0.3
    grey = noisy(picture, 0.2, grey=True, random=random)
    assert grey.min() >= 0.0 and grey.max() <= 1.0 and len(np.unique(grey)) > 50


def test_the_pen_is_as_the_samples_are():
    assert pen_for(np.eye(5)[None], 5, 5) == Pen(1, 1.0, grey=False)
    assert pen_for(np.eye(28)[None], 28, 28).size == 2
    assert pen_for(0.3 * np.eye(5)[None], 5, 5).grey


# With mouse, tablet and keys --------------------------------------------------------------------


def test_a_wide_pen(canvas):
    canvas.pen = Pen(3)
    QTest.mouseClick(canvas, LEFT, pos=place(canvas, 2, 2))
    assert canvas.image()[1:4, 1:4].all() and canvas.image().sum() == 9
    QTest.mouseClick(canvas, RIGHT, pos=place(canvas, 0, 0))
    assert canvas.image().sum() == 8


def test_the_fill_tool(canvas):
    canvas.tool = "fill"
    image = np.zeros((5, 5))
    image[2] = 1.0
    canvas.set_image(image)
    QTest.mouseClick(canvas, LEFT, pos=place(canvas, 4, 4))
    assert canvas.image()[3:].all() and not canvas.image()[:2].any()
    QTest.mouseClick(canvas, RIGHT, pos=place(canvas, 4, 4))
    assert not canvas.image().any()


def test_digits_are_grey_levels_and_shift_moves_the_picture(canvas):
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_5)
    assert canvas.image()[0, 0] == pytest.approx(5 / 9)
    QTest.keyClick(canvas, Qt.Key.Key_9)
    assert canvas.image()[0, 0] == 1.0
    QTest.keyClick(canvas, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(canvas, Qt.Key.Key_Down, SHIFT)
    assert np.argwhere(canvas.image()).tolist() == [[1, 1]]
    QTest.keyClick(canvas, Qt.Key.Key_0, CONTROL)
    assert canvas.image()[0, 0] == 0.0 and canvas.image().sum() == 1.0


def test_a_grey_pen_draws_its_level_on_lit_pixels_too(canvas):
    canvas.pen = Pen(1, 0.5, grey=True)
    canvas.set_image(np.ones((5, 5)))
    QTest.mouseClick(canvas, LEFT, pos=place(canvas, 1, 1))
    assert canvas.image()[1, 1] == 0.5


def tablet(
    canvas: PixelCanvas, kind: QTabletEvent.Type, spot: QPoint, pressure: float, end
) -> None:
    capabilities = QPointingDevice.Capability.Position | QPointingDevice.Capability.Pressure
    device = QPointingDevice("pen", 1, QPointingDevice.DeviceType.Stylus, end, capabilities, 1, 1)
    over = QPointF(canvas.mapToGlobal(spot))
    event = QTabletEvent(
        kind,
        device,
        QPointF(spot),
        over,
        pressure,
        0,
        0,
        0,
        0,
        0,
        Qt.KeyboardModifier.NoModifier,
        LEFT,
        LEFT,
    )
    QApplication.sendEvent(canvas, event)


def test_a_stylus_presses_and_its_other_end_erases(canvas):
    canvas.pen = Pen(1, 1.0, grey=True)
    kinds, ends = QTabletEvent.Type, QPointingDevice.PointerType
    tablet(canvas, kinds.TabletPress, place(canvas, 1, 0), 0.25, ends.Pen)
    tablet(canvas, kinds.TabletMove, place(canvas, 1, 4), 0.25, ends.Pen)
    tablet(canvas, kinds.TabletRelease, place(canvas, 1, 4), 0.0, ends.Pen)
    assert (canvas.image()[1] == 0.25).all() and canvas.image().sum() == 1.25
    tablet(canvas, kinds.TabletPress, place(canvas, 1, 2), 0.9, ends.Eraser)
    tablet(canvas, kinds.TabletRelease, place(canvas, 1, 2), 0.0, ends.Eraser)
    assert canvas.image()[1, 2] == 0.0


def test_one_gesture_is_said_once_with_its_name(qtbot, canvas):
    said: list[str] = []
    canvas.gesture_ended.connect(said.append)
    drag(canvas, (0, 0), (4, 4))
    drag(canvas, (0, 0), (4, 4), RIGHT)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert said == ["Draw", "Erase", "Draw by keys", "Clear drawing"]


# In the window ----------------------------------------------------------------------------------


def test_strokes_are_undone_and_made_again_one_by_one(qtbot, window):
    card, undo = window.data_card, window.session.undo_stack
    before = card.drawing()
    drag(card.canvas, (1, 0), (3, 0))
    drawing = card.drawing()
    press(window, "invert_button")
    QTest.mouseClick(card.tools.shift_buttons["arrow-left"], LEFT)
    QTest.mouseClick(card.tools.shift_buttons["arrow-left"], LEFT)
    press(window, "clear_button")
    assert [undo.text(n) for n in range(undo.count())] == [
        "Draw",
        "Invert drawing",
        "Move drawing",
        "Clear drawing",
    ]
    assert window.actions_by_id["undo"].text() == "Undo clear drawing"
    pictures = [card.drawing()]
    for _ in range(undo.count()):
        QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
        pictures.append(card.drawing())
    assert np.array_equal(pictures[-1], before) and card.sample == 2
    assert np.array_equal(pictures[-2], drawing)
    for picture in reversed(pictures[:-1]):
        QTest.keyClick(window, Qt.Key.Key_Z, CONTROL | SHIFT)
        assert np.array_equal(card.drawing(), picture)
    assert card.sample is None


def test_undoing_a_stroke_names_what_that_changed(qtbot, window):
    session, card = window.session, window.data_card
    qtbot.waitUntil(lambda: session.snapshot.probe is not None)
    QTest.mouseClick(card.canvas, LEFT, pos=place(card.canvas, 1, 0))
    QTest.mouseClick(card.canvas, LEFT, pos=place(card.canvas, 1, 1))
    qtbot.waitUntil(lambda: card.change_text() != "")
    before = session.snapshot.probe
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: not np.array_equal(session.snapshot.probe.x, before.x))
    wanted = changed_most(before, session.snapshot.probe)
    qtbot.waitUntil(lambda: card.change_text() == wanted.wordings[0])


def test_noise_is_other_each_time_and_can_be_taken_back(qtbot, window):
    card = window.data_card
    card.tools.options.noise.setValue(30)
    start = card.drawing()
    press(window, "noise_button")
    first = card.drawing()
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert np.array_equal(card.drawing(), start)
    press(window, "noise_button")
    assert not np.array_equal(first, start) and not np.array_equal(card.drawing(), first)


def test_the_eraser_is_a_tool(qtbot, window):
    card = window.data_card
    QTest.mouseClick(card.tools.tool_buttons["eraser"], LEFT)
    drag(card.canvas, (0, 0), (0, 4))
    assert not card.drawing()[0].any()
    QTest.mouseClick(card.tools.tool_buttons["pencil"], LEFT)
    drag(card.canvas, (0, 0), (0, 4))
    assert card.drawing()[0].all()


def test_the_options_change_the_pen(qtbot, window):
    card = window.data_card
    QTest.mouseClick(card.tools.options.colours.buttons()[1], LEFT)
    card.tools.options.level.setValue(3)
    QTest.mouseClick(card.canvas, LEFT, pos=place(card.canvas, 1, 0))
    assert card.drawing()[1, 0] == pytest.approx(1 / 3)


def test_centring_is_off_without_a_picture_and_says_why(qtbot, window):
    tools = window.data_card.tools
    assert tools.centre_button.isEnabled()
    press(window, "clear_button")
    assert not tools.centre_button.isEnabled()
    assert tools.centre_button.toolTip().endswith("nothing is drawn yet")


def test_a_drawing_off_centre_is_centred_as_the_samples_are(qtbot, window):
    window.session.set_project(load_project("strokes-784-50-10"))
    card, data = window.data_card, window.session.project.data
    qtbot.waitUntil(lambda: card.drawing().shape == (28, 28))
    usual = mean_placement(data.inputs[:500, data.picture.index])
    card.canvas.edit_image(np.zeros((28, 28)))
    drag(card.canvas, (2, 2), (9, 2))
    press(window, "centre_button")
    own = placement(card.drawing())
    assert abs(own.row - usual.row) <= 1.0 and abs(own.column - usual.column) <= 1.0
    assert own.side == pytest.approx(usual.side, abs=2.0)


@pytest.mark.parametrize(("down", "right"), [(0, 1), (0, -1), (2, -3), (-4, 2)])
def test_centring_takes_a_shift_back(down, right):
    data = load_project("strokes-784-50-10").data
    pictures = np.where(data.inputs[:50, data.picture.index] > 0.45, 1.0, 0.0)
    usual = placement(pictures[7])
    moved = placed_as(shifted(pictures[7], down, right), usual)
    assert np.abs(moved - pictures[7]).sum() <= 0.02 * pictures[7].sum()


def test_centring_scales_what_is_too_small_or_too_large():
    wanted = placement(np.pad(np.ones((14, 14)), 7))
    for side in (5, 8, 26):
        drawing = np.zeros((28, 28))
        drawing[1 : 1 + side, 1 : 1 + side] = 1.0
        own = placement(placed_as(drawing, wanted))
        assert abs(own.side - 14) <= 1.0
        assert abs(own.row - wanted.row) <= 0.5 and abs(own.column - wanted.column) <= 0.5
    assert not placed_as(np.zeros((28, 28)), wanted).any()


# What a stroke changed --------------------------------------------------------------------------


def probe_of(*layers: list[float]) -> Probe:
    arrays = tuple(np.array(values) for values in layers)
    return Probe(np.zeros(1), arrays, arrays)


def test_the_neuron_that_changed_most_is_a_hidden_one():
    change = changed_most(
        probe_of([0.0, 0.1], [0.2, 0.12], [1.0, 0.0]), probe_of([0.0, 0.3], [0.2, 0.81], [0.0, 1.0])
    )
    assert (change.layer, change.neuron) == (2, 1)
    assert change.wordings[0] == "Hidden 2, neuron 2 changed most: 0.12 → 0.81"
    same = probe_of([0.0], [1.0])
    assert changed_most(same, same) is None
    assert changed_most(probe_of([0.5]), probe_of([-0.5])).wordings[1] == (
        "Output, neuron 1: 0.50 → −0.50"
    )
    assert changed_most(probe_of([0.0], [1.0]), probe_of([0.0, 1.0], [0.0])) is None


def test_a_stroke_marks_the_neuron_it_changed_in_words_and_in_the_network(qtbot, window):
    session, card = window.session, window.data_card

    def train(runner: Runner) -> None:
        runner.trainer.run_iterations(200)

    session.send(train)
    qtbot.waitUntil(lambda: session.snapshot.iteration == 200)
    assert card.change_text() == ""
    before = session.snapshot.probe
    untouched = window.network_card.view.grab().toImage()
    QTest.mouseClick(card.canvas, LEFT, pos=place(card.canvas, 1, 0))
    qtbot.waitUntil(lambda: card.change_text() != "")
    wanted = changed_most(before, session.snapshot.probe)
    assert wanted is not None and card.change_text() == wanted.wordings[0]
    qtbot.waitUntil(lambda: window.network_card.view.grab().toImage() != untouched)
    QTest.mouseClick(card.strip, LEFT, pos=card.strip.tile_rect(0).center())
    assert card.change_text() == ""


# From picture to vector -------------------------------------------------------------------------


def test_the_pixels_are_numbered_from_one_as_they_are_unpacked(qtbot, window):
    canvas = window.data_card.canvas
    press(window, "numbers_button")
    QTest.mouseClick(canvas, LEFT, pos=place(canvas, 0, 0))
    assert canvas.accessibleDescription() == "row 1, column 1 (input 1), empty"
    QTest.mouseClick(canvas, LEFT, pos=place(canvas, 4, 1))
    assert canvas.accessibleDescription() == "row 5, column 2 (input 10), empty"


def test_the_unpacking_is_played_and_says_where_pixels_go(qtbot, window):
    press(window, "unpack_button")
    dialog = window.data_desk.drawing.dialog
    assert dialog.isVisible() and dialog.view.playing
    qtbot.waitUntil(lambda: dialog.view.progress > 3, timeout=8000)
    QTest.mouseClick(dialog.play_button, LEFT)
    assert not dialog.view.playing
    dialog.slider.setValue(7)
    assert "pixel 7 is at row 2, column 2." in dialog.words.text()
    dialog.close()


def test_without_animation_everything_is_there_at_once(qtbot, window):
    window.actions_by_id["animate"].setChecked(False)
    press(window, "unpack_button")
    dialog = window.data_desk.drawing.dialog
    assert not dialog.view.playing and dialog.view.progress == 25
    dialog.close()


def test_the_other_order_leaves_the_answers_as_they_are(qtbot, window):
    session, card = window.session, window.data_card

    def train(runner: Runner) -> None:
        runner.trainer.run_iterations(150)

    session.send(train)
    qtbot.waitUntil(lambda: session.snapshot.iteration == 150)
    drawing, answer = card.drawing(), session.snapshot.probe.prediction
    weights = session.snapshot.weights(1)
    press(window, "unpack_button")
    dialog = window.data_desk.drawing.dialog
    QTest.mouseClick(dialog.order.buttons()[1], LEFT)
    assert session.project.data.picture.order == "row"
    assert np.array_equal(card.drawing(), drawing)
    qtbot.waitUntil(lambda: not np.array_equal(session.snapshot.weights(1), weights))
    qtbot.waitUntil(lambda: session.snapshot.probe is not None)
    assert np.allclose(session.snapshot.probe.prediction, answer, atol=1e-12)
    moved = session.snapshot.weights(1)
    picture = session.project.data.picture
    assert np.array_equal(moved[:, picture.index], weights[:, np.arange(25).reshape(5, 5).T])
    dialog.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: np.array_equal(session.snapshot.weights(1), weights))
    assert session.project.data.picture.order == "column"
    assert session.project.data.builtin == "digits-5x5"


def test_another_grid_keeps_the_pixels_and_their_weights(qtbot, window):
    session, card = window.session, window.data_card
    qtbot.waitUntil(lambda: session.snapshot.probe is not None)
    weights, answer = session.snapshot.weights(1), session.snapshot.probe.prediction
    before = card.drawing()
    window.data_desk.set_grid(9, 7)
    assert session.project.network.inputs == 63 and card.caption() == "9×7"
    qtbot.waitUntil(lambda: session.snapshot.spec.inputs == 63)
    assert np.array_equal(card.drawing()[2:7, 1:6], before)
    qtbot.waitUntil(
        lambda: session.snapshot.probe is not None and len(session.snapshot.probe.x) == 63
    )
    assert np.allclose(session.snapshot.probe.prediction, answer, atol=1e-12)
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: session.snapshot.spec.inputs == 25)
    assert np.array_equal(session.snapshot.weights(1), weights)
    window.data_desk.set_grid(29, 5)
    assert window.notice.text() == "A grid has 1 to 28 rows and columns."
