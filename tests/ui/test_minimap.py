"""The map of the network: when it is there, what it shows, and moving the view with it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.test_network_view import make_snapshot, make_spec, show
from ui.editor.network_view import NetworkView
from ui.theme import DARK, LIGHT

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot: QtBot) -> NetworkView:
    view, _ = show(qtbot, make_snapshot(make_spec(20, 12, 4)))
    view.settle()
    return view


def middle(view: NetworkView) -> QPointF:
    return view.viewport.to_layout(QPointF(view.width() / 2, view.height() / 2))


def test_it_is_there_only_while_zoomed_in(view: NetworkView) -> None:
    assert not view.map.isVisible()
    view.viewport.zoom(2.0)
    assert view.map.isVisible()
    assert view.rect().contains(view.map.geometry())
    view.viewport.fit()
    assert not view.map.isVisible()


def test_a_click_brings_that_place_into_the_middle(qtbot: QtBot, view: NetworkView) -> None:
    view.viewport.zoom(6.0)
    at = QPoint(view.map.width() // 3, view.map.height() // 3)
    qtbot.mouseClick(view.map, LEFT, pos=at)
    wanted = view.map.to_layout(QPointF(at))
    assert (middle(view) - wanted).manhattanLength() < 1.0
    assert view.viewport.scale == pytest.approx(6.0)


def test_dragging_the_frame_moves_the_view_with_it(view: NetworkView) -> None:
    view.viewport.zoom(6.0)
    before, held = middle(view), view.map.frame().center().toPoint()
    QTest.mousePress(view.map, LEFT, pos=held)
    QTest.mouseMove(view.map, held + QPoint(20, 10))
    QTest.mouseRelease(view.map, LEFT, pos=held + QPoint(20, 10))
    share = view.width() / view.map.width()
    moved = middle(view) - before
    assert moved.x() == pytest.approx(20 * share, abs=share)
    assert moved.y() == pytest.approx(10 * share, abs=share)
    QTest.mouseMove(view.map, QPoint(2, 2))
    assert (middle(view) - before - moved).manhattanLength() < 1e-6, "it was let go"


def test_it_stays_in_the_corner_when_the_view_is_resized(view: NetworkView) -> None:
    view.viewport.zoom(3.0)
    view.resize(1000, 700)
    assert view.rect().contains(view.map.geometry())
    assert view.map.geometry().right() > 0.9 * view.width()


def test_it_shows_links_and_neurons_in_the_colours_of_the_theme(view: NetworkView) -> None:
    view.viewport.zoom(3.0)
    view.settle()
    light = view.map.grab().toImage()
    colours = {light.pixelColor(x, 40).name() for x in range(0, light.width(), 2)}
    assert len(colours) > 5
    view.apply_theme(DARK)
    view.settle()
    dark = view.map.grab().toImage()
    at = QPoint(light.width() // 2, 4)
    assert light.pixelColor(at).lightness() > 128 > dark.pixelColor(at).lightness()
    view.apply_theme(LIGHT)


def test_it_shows_the_picture_of_the_input(qtbot: QtBot) -> None:
    view, _ = show(qtbot, make_snapshot(make_spec(25, 12, 4)))
    view.set_picture_shape(5, 5, np.arange(25).reshape(5, 5))
    view.viewport.zoom(3.0)
    view.settle()
    box = view.network_layout().columns[0].picture
    assert box is not None
    share = view.map.width() / view.width()
    seen = view.map.grab().toImage()
    pixels = {
        seen.pixelColor(
            round(share * (box.x + (place + 0.5) * box.width / 5)),
            round(share * (box.y + (row + 0.5) * box.height / 5)),
        ).name()
        for row in range(5)
        for place in range(5)
    }
    assert len(pixels) > 3, "every input has a shade of its own"
