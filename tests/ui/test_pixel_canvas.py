"""The canvas, drawn on with real mouse, touch and key events."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.canvas.pixel_canvas import PixelCanvas
from ui.canvas.strokes import cells_between, shifted
from ui.theme import Theme

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def canvas(qtbot: QtBot, light: Theme) -> PixelCanvas:
    widget = PixelCanvas(theme=light)
    qtbot.addWidget(widget)
    widget.resize(180, 170)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def place(canvas: PixelCanvas, row: int, column: int) -> QPoint:
    return canvas.cell_rect(row, column).center().toPoint()


def drag(canvas: PixelCanvas, start: tuple[int, int], end: tuple[int, int], button=LEFT) -> None:
    """One fast drag: no mouse position between the two."""
    QTest.mousePress(canvas, button, pos=place(canvas, *start))
    QTest.mouseMove(canvas, place(canvas, *end))
    QTest.mouseRelease(canvas, button, pos=place(canvas, *end))


def lit(canvas: PixelCanvas) -> set[tuple[int, int]]:
    return {(int(r), int(c)) for r, c in np.argwhere(canvas.image() > 0.5)}


def test_a_click_lights_a_pixel_and_a_second_one_clears_it(qtbot, canvas):
    with qtbot.waitSignal(canvas.edited) as edited:
        qtbot.mouseClick(canvas, LEFT, pos=place(canvas, 1, 3))
    assert lit(canvas) == {(1, 3)}
    assert np.array_equal(edited.args[0], canvas.image())
    qtbot.mouseClick(canvas, LEFT, pos=place(canvas, 1, 3))
    assert lit(canvas) == set()


def test_the_picture_handed_out_cannot_be_changed(qtbot, canvas):
    with qtbot.waitSignal(canvas.edited) as edited:
        qtbot.mouseClick(canvas, LEFT, pos=place(canvas, 0, 0))
    first = edited.args[0]
    with pytest.raises(ValueError):
        first[0, 0] = 0.0
    qtbot.mouseClick(canvas, LEFT, pos=place(canvas, 4, 4))
    assert first[4, 4] == 0.0


def test_a_fast_drag_leaves_no_gap(canvas):
    drag(canvas, (2, 0), (2, 4))
    assert lit(canvas) == {(2, c) for c in range(5)}


def test_a_drag_that_leaves_the_canvas_draws_up_to_its_edge(canvas):
    QTest.mousePress(canvas, LEFT, pos=place(canvas, 0, 0))
    QTest.mouseMove(canvas, place(canvas, 0, 4) + QPoint(200, 0))
    QTest.mouseRelease(canvas, LEFT, pos=place(canvas, 0, 4))
    assert lit(canvas) == {(0, c) for c in range(5)}


def test_starting_on_a_lit_pixel_erases(canvas):
    canvas.set_image(np.ones((5, 5)))
    drag(canvas, (0, 0), (4, 4))
    assert len(lit(canvas)) == 20


def test_the_right_button_erases(canvas):
    canvas.set_image(np.ones((5, 5)))
    drag(canvas, (4, 0), (4, 4), RIGHT)
    assert len(lit(canvas)) == 20
    drag(canvas, (4, 0), (4, 4), RIGHT)
    assert len(lit(canvas)) == 20


@pytest.mark.parametrize(("tool", "before", "after"), [("pen", 1.0, 25), ("eraser", 0.0, 0)])
def test_a_chosen_tool_overrides_the_first_pixel(canvas, tool, before, after):
    canvas.tool = tool
    canvas.set_image(np.full((5, 5), before))
    drag(canvas, (0, 0), (0, 4))
    assert len(lit(canvas)) == after


def test_keyboard(qtbot, canvas):
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Space):
        qtbot.keyClick(canvas, key)
    assert lit(canvas) == {(1, 2)}
    assert canvas.accessibleDescription() == "row 2, column 3, lit"
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert lit(canvas) == set()
    assert canvas.accessibleDescription() == "row 2, column 3, empty"
    for _ in range(9):
        qtbot.keyClick(canvas, Qt.Key.Key_Up)
        qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.focus_cell() == (0, 0)


def test_delete_clears_once(qtbot, canvas):
    canvas.set_image(np.ones((5, 5)))
    with qtbot.waitSignal(canvas.edited):
        qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    with qtbot.assertNotEmitted(canvas.edited):
        qtbot.keyClick(canvas, Qt.Key.Key_Delete)


def test_touch(qtbot, canvas):
    finger = QTest.createTouchDevice(QPointingDevice.DeviceType.TouchScreen)
    QTest.touchEvent(canvas, finger).press(0, place(canvas, 0, 0)).commit()
    QTest.touchEvent(canvas, finger).move(0, place(canvas, 4, 4)).commit()
    QTest.touchEvent(canvas, finger).release(0, place(canvas, 4, 4)).commit()
    assert lit(canvas) == {(n, n) for n in range(5)}


def test_pictures_from_the_program_are_silent_and_limited(qtbot, canvas):
    with qtbot.assertNotEmitted(canvas.edited):
        canvas.set_image([[2.0, -1.0, np.nan, 0.5, 1.0]] * 5)
    assert canvas.image()[0].tolist() == [1.0, 0.0, 0.0, 0.5, 1.0]
    with pytest.raises(ValueError):
        canvas.set_image(np.zeros((4, 5)))
    with pytest.raises(ValueError):
        canvas.set_shape(29, 5)
    with pytest.raises(ValueError):
        canvas.set_indices(np.arange(6))


@pytest.mark.parametrize("shape", [(1, 1), (5, 5), (7, 3), (8, 8), (28, 28)])
@pytest.mark.parametrize("size", [(64, 64), (121, 160), (300, 90)])
def test_pixels_are_square_and_inside(qtbot, canvas, shape, size):
    canvas.set_shape(*shape)
    canvas.resize(*size)
    first, last = canvas.cell_rect(0, 0), canvas.cell_rect(shape[0] - 1, shape[1] - 1)
    assert first.width() == first.height() > 0
    assert first.left() >= 0 and first.top() >= 0
    assert last.right() <= size[0] and last.bottom() <= size[1]
    assert canvas.cell_at(last.center()) == (shape[0] - 1, shape[1] - 1)


def test_painted_in_the_colour_of_activation(qtbot, theme):
    canvas = PixelCanvas(theme=theme)
    qtbot.addWidget(canvas)
    canvas.resize(161, 161)
    canvas.set_image(np.eye(5))
    canvas.set_indices(np.arange(25).reshape(5, 5))
    picture = canvas.grab().toImage()

    def colour_of(row: int, column: int) -> str:
        spot = canvas.cell_rect(row, column).topLeft() + QPoint(4, 4)
        return picture.pixelColor((spot * picture.devicePixelRatio()).toPoint()).name()

    assert colour_of(0, 0) == colour_of(4, 4) == theme.activation.lower()
    assert colour_of(0, 1) == colour_of(4, 0) == theme.zero.lower()


def test_lines_have_no_gap():
    for end in [(0, 0), (3, 9), (-4, 2), (7, -7), (0, 5)]:
        cells = cells_between((0, 0), end)
        assert cells[0] == (0, 0) and cells[-1] == end
        steps = np.abs(np.diff(np.array(cells), axis=0))
        assert len(cells) == 1 or steps.max() == 1


def test_shifting_loses_what_leaves():
    image = np.arange(9.0).reshape(3, 3)
    assert shifted(image, 1, 0).tolist() == [[0, 0, 0], [0, 1, 2], [3, 4, 5]]
    assert shifted(image, 0, -1).tolist() == [[1, 2, 0], [4, 5, 0], [7, 8, 0]]
    assert not shifted(image, 5, 0).any()
