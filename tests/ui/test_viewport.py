"""Zoom and pan: what wheel, keys and mouse do, and that a point seen is the point meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.test_network_view import make_snapshot, make_spec, point_of, show
from ui.editor.network_view import NetworkView
from ui.editor.viewport import LARGEST, STEP, WHOLE, Viewport
from ui.main_window import MainWindow

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
CONTROL = Qt.KeyboardModifier.ControlModifier

moves = st.lists(
    st.one_of(
        st.tuples(
            st.just("zoom"), st.floats(0.2, 5.0), st.floats(0.0, 750.0), st.floats(0.0, 480.0)
        ),
        st.tuples(st.just("pan"), st.floats(-900.0, 900.0), st.floats(-900.0, 900.0)),
        st.tuples(st.just("size"), st.floats(360.0, 1900.0), st.floats(260.0, 1000.0)),
    ),
    max_size=12,
)


def make_viewport(steps: list[tuple]) -> Viewport:
    viewport = Viewport()
    viewport.set_size(QSizeF(750.0, 480.0))
    for kind, *given_ in steps:
        if kind == "zoom":
            viewport.zoom(given_[0], QPointF(given_[1], given_[2]))
        elif kind == "pan":
            viewport.pan(*given_)
        else:
            viewport.set_size(QSizeF(*given_))
    return viewport


def turn(view: QWidget, at: QPoint, notches: float, keys: Qt.KeyboardModifier) -> None:
    """Turn the wheel over a point of the view."""
    place = QPointF(at)
    event = QWheelEvent(
        place,
        QPointF(view.mapToGlobal(at)),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def close(one: QPointF, other: QPointF, within: float = 1e-6) -> bool:
    return (one - other).manhattanLength() <= within


@given(moves, st.floats(0.0, 750.0), st.floats(0.0, 480.0))
def test_a_point_goes_to_the_view_and_back(steps: list[tuple], x: float, y: float) -> None:
    viewport, point = make_viewport(steps), QPointF(x, y)
    assert close(viewport.to_layout(viewport.to_view(point)), point)
    assert close(viewport.to_view(viewport.to_layout(point)), point)


@given(moves)
def test_the_network_never_leaves_the_view(steps: list[tuple]) -> None:
    viewport = make_viewport(steps)
    seen, size = viewport.visible, viewport.size
    whole = QRectF(QPointF(), size)
    assert 1.0 <= viewport.scale <= LARGEST
    assert whole.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(seen)
    viewport.fit()
    assert viewport.whole and viewport.place == WHOLE


@given(moves, st.floats(1.0, 4.0), st.floats(0.0, 750.0), st.floats(0.0, 480.0))
def test_what_is_under_the_pointer_stays_there_when_zooming_in(
    steps: list[tuple], factor: float, x: float, y: float
) -> None:
    viewport = make_viewport(steps)
    at = QPointF(min(x, viewport.size.width()), min(y, viewport.size.height()))
    before = viewport.to_layout(at)
    viewport.zoom(factor, at)
    assert close(viewport.to_layout(at), before, 1e-6 * viewport.size.width())


def test_a_box_is_shown_as_large_as_it_fits_and_in_the_middle() -> None:
    viewport = make_viewport([])
    box = QRectF(300.0, 200.0, 50.0, 20.0)
    viewport.show_box(box, 40.0)
    assert viewport.scale == pytest.approx(670.0 / 50.0)
    assert close(viewport.to_view(box.center()), QPointF(375.0, 240.0))


def test_revealing_moves_no_further_than_needed() -> None:
    viewport = make_viewport([("zoom", 4.0, 0.0, 0.0)])
    before = viewport.place
    viewport.reveal(QRectF(20.0, 20.0, 10.0, 10.0), 10.0)
    assert viewport.place == before, "it is seen already"
    viewport.reveal(QRectF(300.0, 20.0, 10.0, 10.0), 10.0)
    assert viewport.place.box_to_view(QRectF(300.0, 20.0, 10.0, 10.0)).right() == 740.0
    assert viewport.place.y == before.y


# The view


@pytest.fixture
def view(qtbot: QtBot) -> NetworkView:
    view, _ = show(qtbot, make_snapshot(make_spec(6, 5, 3)))
    return view


def test_the_wheel_zooms_at_the_pointer(view: NetworkView) -> None:
    at = point_of(view, 1, 2)
    turn(view, at, 2.0, Qt.KeyboardModifier.NoModifier)
    assert view.viewport.scale == pytest.approx(STEP**2)
    assert close(view.viewport.to_view(QPointF(at)), QPointF(at))
    turn(view, at, -1.0, CONTROL)
    assert view.viewport.scale == pytest.approx(STEP)
    turn(view, at, -3.0, Qt.KeyboardModifier.NoModifier)
    assert view.viewport.whole, "never smaller than fitted"


@pytest.mark.parametrize("how", ["middle button", "space and left button"])
def test_dragging_moves_the_network(view: NetworkView, how: str) -> None:
    view.viewport.zoom(4.0)
    before, at = view.viewport.place, QPoint(300, 200)
    button = MIDDLE if how == "middle button" else LEFT
    if button is LEFT:
        view.setFocus()
        QTest.keyPress(view, Qt.Key.Key_Space)
    QTest.mousePress(view, button, pos=at)
    QTest.mouseMove(view, at + QPoint(30, -20))
    QTest.mouseMove(view, at + QPoint(50, -30))
    QTest.mouseRelease(view, button, pos=at + QPoint(50, -30))
    if button is LEFT:
        QTest.keyRelease(view, Qt.Key.Key_Space)
    place = view.viewport.place
    assert (place.x - before.x, place.y - before.y) == (50.0, -30.0)
    QTest.mouseMove(view, at)
    assert view.viewport.place == place, "it was let go"
    assert view._scene.link is None, "nothing was clicked"


def test_a_double_click_on_nothing_fits_and_on_a_neuron_does_not(
    qtbot: QtBot, view: NetworkView
) -> None:
    view.viewport.zoom(2.0, QPointF(point_of(view, 1, 2)))
    qtbot.mouseDClick(view, LEFT, pos=point_of(view, 1, 2))
    assert not view.viewport.whole
    spots = [QPoint(x, y) for x in range(20, 730, 30) for y in range(60, 440, 20)]
    empty = next(at for at in spots if view.target_at(QPointF(at)) is None)
    qtbot.mouseDClick(view, LEFT, pos=empty)
    assert view.viewport.whole


def test_neurons_are_pointed_at_where_they_are_seen(view: NetworkView) -> None:
    view.viewport.zoom(3.0, QPointF(point_of(view, 1, 2)))
    seen = view.seen_layout()
    assert seen is not None
    found = 0
    for column in seen.columns:
        for unit, x, y in zip(column.shown, column.x, column.y, strict=True):
            if seen.window.contains(x, y):
                target = view.target_at(QPointF(x, y))
                assert (target.layer, target.neuron) == (column.layer, unit)
                found += 1
    assert found >= 2


def test_actions_zoom_and_the_header_says_how_far(qtbot: QtBot, window: MainWindow) -> None:
    card = window.network_card
    assert not card.zoom.isVisible()
    assert not window.actions_by_id["zoom_fit"].isEnabled()
    QTest.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    QTest.keyClick(window, Qt.Key.Key_Equal, CONTROL)
    assert card.view.viewport.scale == pytest.approx(STEP**2)
    assert card.zoom.isVisible() and card.zoom.text() == "156 %"
    QApplication.processEvents()
    assert card.zoom.width() >= card.zoom.sizeHint().width(), "the number is not cut"
    QTest.keyClick(window, Qt.Key.Key_Minus, CONTROL)
    assert card.zoom.text() == "125 %"
    QTest.keyClick(window, Qt.Key.Key_0, CONTROL)
    assert card.view.viewport.whole and not card.zoom.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    qtbot.mouseClick(card.zoom, LEFT)
    assert card.view.viewport.whole


def test_zoom_to_selection_brings_it_into_the_middle(window: MainWindow) -> None:
    view, selection = window.network_card.view, window.session.selection
    action = window.actions_by_id["zoom_selection"]
    assert not action.isEnabled()
    selection.select(2, 3)
    assert action.isEnabled()
    action.trigger()
    column = view.network_layout().columns[2]
    place = column.place_of(3)
    seen = view.viewport.to_view(QPointF(column.x[place], column.y[place]))
    assert view.viewport.scale > 2.0
    assert close(seen, QPointF(view.width() / 2, view.height() / 2), 2.0)
    selection.select(1, None)
    action.trigger()
    seen_column = view.seen_layout().columns[1]
    assert seen_column.y.min() > 0.0 and seen_column.y.max() < view.height()


def test_words_keep_their_size_and_titles_their_edge(view: NetworkView) -> None:
    size, titles = view._scene._words.fonts.caption.pixelSize(), view.seen_layout().columns
    view.viewport.zoom(5.0, QPointF(point_of(view, 1, 2)))
    view.settle()
    assert view._scene._words.fonts.caption.pixelSize() == size
    zoomed = view.seen_layout().columns[1]
    assert zoomed.title.y == titles[1].title.y
    assert zoomed.title.x <= zoomed.centre <= zoomed.title.right
