"""The data card as a whole."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from simulator.project import load_project
from ui.canvas.data_card import CANVAS_LEAST, DataCard
from ui.theme import Theme

LEFT = Qt.MouseButton.LeftButton
CLASSES = ["1", "2", "3", "4", "5"]


def shown(qtbot: QtBot, card: DataCard, width: int = 250, height: int = 430) -> DataCard:
    qtbot.addWidget(card)
    card.resize(width, height)
    card.show()
    qtbot.waitExposed(card)
    return card


@pytest.fixture
def card(qtbot: QtBot, light: Theme) -> DataCard:
    data = load_project("digits-5x5").data
    card = DataCard(light)
    images = data.inputs[:, data.picture.index]
    card.set_data(images, data.inputs, CLASSES, CLASSES, (5, 5))
    return shown(qtbot, card)


@pytest.fixture
def plain(qtbot: QtBot, light: Theme) -> DataCard:
    inputs = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    card = DataCard(light)
    card.set_data(None, inputs, ["0", "1", "1", "0"], ["y"], None)
    return shown(qtbot, card)


def test_drawing_says_so(qtbot, card):
    spot = card.canvas.cell_rect(2, 2).center().toPoint()
    with qtbot.waitSignal(card.drawn) as drawn:
        qtbot.mouseClick(card.canvas, LEFT, pos=spot)
    assert drawn.args[0].sum() == 1.0 and drawn.args[0][2, 2] == 1.0
    assert np.array_equal(card.drawing(), drawn.args[0])


def test_a_sample_is_loaded(qtbot, card):
    said: list[object] = []
    card.sample_chosen.connect(said.append)
    card.drawn.connect(said.append)
    qtbot.mouseClick(card.strip, LEFT, pos=card.strip.tile_rect(2).center())
    chosen, drawn = said
    assert chosen == 2
    assert drawn[0].tolist() == [1.0] * 5
    assert np.array_equal(card.canvas.image(), drawn)


def test_editing_a_sample_lets_go_of_it(qtbot, card):
    card.show_sample(1)
    assert card.strip.selected() == 1
    qtbot.mouseClick(card.canvas, LEFT, pos=card.canvas.cell_rect(2, 0).center().toPoint())
    assert card.strip.selected() is None


def test_the_answer_in_words(qtbot, card):
    assert card.answer.text() == "Draw a digit, then press Run"
    card.show_sample(2)
    card.set_prediction([0.0, 0.004, 0.994, 0.0, 0.002])
    assert card.answer.text() == "Sample 3 · network says 3"
    assert card.bars.winner() == 2
    qtbot.mouseClick(card.clear_button, LEFT)
    assert card.answer.text() == "Network says 3"
    card.set_prediction(None)
    assert card.answer.text() == "Draw a digit, then press Run"


def test_tools(qtbot, card):
    card.show_sample(0)
    before = card.drawing()
    qtbot.mouseClick(card.tools.invert_button, LEFT)
    assert np.array_equal(card.drawing(), 1.0 - before)
    qtbot.mouseClick(card.tools.invert_button, LEFT)
    qtbot.mouseClick(card.tools.shift_buttons["arrow-down"], LEFT)
    assert np.array_equal(card.drawing()[1:], before[:-1])
    qtbot.mouseClick(card.clear_button, LEFT)
    assert not card.drawing().any()


def test_places_in_the_input_vector_on_demand(qtbot, card):
    assert not card.tools.numbers_button.isVisible()
    card.set_indices(np.arange(25).reshape(5, 5).T)
    before = card.canvas.grab().toImage()
    qtbot.mouseClick(card.tools.numbers_button, LEFT)
    assert card.canvas.grab().toImage() != before


def test_inputs_that_are_no_picture(qtbot, plain):
    assert not plain.canvas.isVisible()
    assert len(plain.sliders.numbers) == 2
    with qtbot.waitSignal(plain.drawn) as drawn:
        qtbot.mouseClick(plain.strip, LEFT, pos=plain.strip.tile_rect(2).center())
    assert drawn.args[0].tolist() == [1.0, 0.0]
    number = plain.sliders.numbers[1]
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "0.5")
    with qtbot.waitSignal(plain.drawn) as drawn:
        QTest.keyClick(number, Qt.Key.Key_Return)
    assert drawn.args[0].tolist() == [1.0, 0.5]
    slider = plain.sliders.sliders[0]
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert plain.drawing().tolist() == [0.0, 0.5]
    plain.set_prediction([0.25])
    assert plain.answer.text() == "Network says 0.25"
    plain.clear_drawing()
    assert not plain.drawing().any()


def test_too_many_inputs_for_sliders(qtbot, light):
    card = DataCard(light)
    card.set_data(None, np.ones((3, 40)), ["a", "b", "c"], ["a", "b", "c"], None)
    shown(qtbot, card)
    card.show_sample(1)
    assert card.drawing().tolist() == [1.0] * 40


def test_other_data_of_another_kind(qtbot, card):
    card.set_data(None, np.zeros((4, 3)), list("abcd"), ["y"], None)
    assert card.title() == "Inputs" and card.drawing().shape == (3,)
    card.set_data(np.zeros((2, 8, 8)), np.zeros((2, 64)), ["a", "b"], ["a", "b"], (8, 8))
    assert card.title() == "Canvas" and card.caption() == "8×8"
    assert card.drawing().shape == (8, 8)
    assert card.answer.text() == "Draw a picture, then press Run"


def test_a_sample_that_is_not_there(qtbot, card):
    with qtbot.assertNotEmitted(card.drawn):
        card.show_sample(99)
        card.show_sample(-1)


@pytest.mark.parametrize("classes", [2, 5, 10, 26])
@pytest.mark.parametrize("height", [430, 500, 640, 700])
def test_nothing_is_clipped_or_overlaps(qtbot, light, classes, height):
    names = [str(n) for n in range(classes)]
    card = DataCard(light)
    images = np.zeros((60, 5, 5))
    card.set_data(images, images.reshape(60, -1), ["x"] * 60, names, (5, 5))
    shown(qtbot, card, height=height)
    assert card.minimumSizeHint().height() <= 430
    column = card.canvas.parentWidget().parentWidget()
    parts = [
        child
        for child in column.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if child.isVisible()
    ]
    boxes = sorted((part.geometry() for part in parts), key=lambda box: box.top())
    assert boxes[0].top() >= 0 and boxes[-1].bottom() < column.height()
    assert all(upper.bottom() < lower.top() for upper, lower in pairwise(boxes))
    assert card.canvas.height() >= CANVAS_LEAST
    assert card.canvas.cell_rect(4, 4).bottom() <= card.canvas.height()
    assert card.tools.above.height() >= 28 and card.tools.add.height() >= 28
    assert card.tools.left.height() >= 4 * 28 and card.tools.right.height() >= 4 * 28


def test_the_samples_give_way_before_the_canvas(qtbot, light):
    images = np.zeros((60, 5, 5))
    card = DataCard(light)
    card.set_data(images, images.reshape(60, -1), ["x"] * 60, CLASSES, (5, 5))
    shown(qtbot, card, height=700)
    tall = card.canvas.height(), card.strip_area.height()
    card.resize(250, 500)
    short = card.canvas.height(), card.strip_area.height()
    assert tall[1] - short[1] > 2 * (tall[0] - short[0])


def test_a_row_of_samples_is_seen_whole_where_the_window_is_small(qtbot, card):
    assert card.strip_area.height() >= card.strip.tile_rect(0).height()


def test_presentation_size(qtbot, large):
    card = DataCard(large)
    images = np.zeros((5, 5, 5))
    card.set_data(images, images.reshape(5, -1), CLASSES, CLASSES, (5, 5))
    shown(qtbot, card, 400, 700)
    assert card.bars.height() >= 5 * 17 * 1.6
    assert card.tools.clear_button.height() >= 44
    assert not card.grab().isNull()


def test_other_colours(qtbot, theme):
    data = load_project("digits-5x5").data
    card = shown(qtbot, DataCard(theme))
    card.set_data(data.inputs[:, data.picture.index], data.inputs, CLASSES, CLASSES, (5, 5))
    card.show_sample(0)
    card.apply_theme(theme)
    image = card.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, 250, 2) for y in range(0, 430, 2)}
    assert {theme.activation.lower(), theme.zero.lower(), theme.panel.lower()} <= colours
