"""Many links: what is drawn is what is said, and from near every link is drawn for itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.snapshot import RunState
from tests.ui.test_network_view import make_snapshot, make_spec, show
from ui.editor import links
from ui.editor.curves import Curves
from ui.editor.density import Density, Window
from ui.editor.hover import Target
from ui.editor.layout import Margins, arrange
from ui.editor.link_filter import POSITIONS, left_out_at
from ui.editor.network_view import NetworkView
from ui.editor.viewport import Place
from ui.editor.weave import Weave, nearest
from ui.main_window import MainWindow
from ui.theme import LIGHT

BIG = make_spec(784, 50, 10)
INDEX = np.arange(784).reshape(28, 28)


def big_view(qtbot: QtBot) -> NetworkView:
    view, _ = show(qtbot, make_snapshot(BIG))
    view.set_picture_shape(28, 28, INDEX)
    return view


def drawn(view: NetworkView) -> int:
    return sum(part.share.size for part in view._scene.link_layer.parts)


# What is said


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 30), min_size=2, max_size=5),
    left_out=st.floats(0.0, 0.999),
    seed=st.integers(0, 99),
)
def test_the_threshold_leaves_out_that_share_and_the_weakest_only(
    sizes: list[int], left_out: float, seed: int
) -> None:
    spec = make_spec(*sizes)
    snapshot = make_snapshot(spec, seed=seed)
    weave = Weave(arrange(900, 600, spec, None, Margins()), spec)
    least = weave.threshold(snapshot, left_out)
    parts = weave.bundles(snapshot, least)
    every = np.abs(np.concatenate([snapshot.weights(n).ravel() for n in range(1, len(sizes))]))
    kept = sum(part.share.size for part in parts)
    assert kept == int((every >= least).sum())
    assert kept == every.size - int(left_out * every.size)
    for part in parts:
        weights = snapshot.weights(part.layer)[part.target, part.source]
        assert np.all(np.abs(weights) >= least)
        assert np.allclose(part.share * part.largest, weights)
    words = weave.caption(parts, least)
    if kept == every.size:
        assert words == ""
    else:
        assert words.startswith(f"showing {kept:,} of {every.size:,} links, |w| ≥ ")


def test_all_links_of_a_large_network_are_drawn_and_nothing_is_said(qtbot: QtBot) -> None:
    view = big_view(qtbot)
    view.settle()
    assert drawn(view) == 39_700
    assert view.link_note == ""


def test_the_slider_leaves_out_the_weakest_and_says_what_is_left(
    qtbot: QtBot, window: MainWindow
) -> None:
    card = window.network_card
    card.view.settle()
    assert card.view.link_note == ""
    card.links.slider.setFocus()
    for _ in range(5):
        QTest.keyClick(card.links.slider, Qt.Key.Key_PageUp)
    assert card.links.slider.value() == 50
    card.view.settle()
    count = drawn(card.view)
    assert count == 1400 - int(left_out_at(50) * 1400) == 350
    weights = [window.session.snapshot.weights(n).ravel() for n in range(1, 5)]
    least = np.sort(np.abs(np.concatenate(weights)))[-350]
    assert card.view.link_note == f"showing 350 of 1,400 links, |w| ≥ {least:.2f}"
    QTest.keyClick(card.links.slider, Qt.Key.Key_Home)
    card.view.settle()
    assert card.view.link_note == ""
    QTest.keyClick(card.links.slider, Qt.Key.Key_End)
    card.view.settle()
    assert drawn(card.view) >= 1, "the strongest link always stays"


def test_keys_move_the_slider_that_has_the_keyboard_and_step_elsewhere(
    qtbot: QtBot, window: MainWindow
) -> None:
    slider, session = window.network_card.links.slider, window.session
    slider.setFocus()
    qtbot.waitUntil(slider.hasFocus)
    before = slider.maximum() // 2
    slider.setValue(before)
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert slider.value() > before
    qtbot.keyClick(slider, Qt.Key.Key_PageDown)
    assert slider.value() == before
    qtbot.wait(50)
    assert session.state is RunState.PAUSED
    window.network_card.view.setFocus()
    qtbot.keyClick(window.network_card.view, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: session.state is RunState.STEPPING)


def test_a_remote_steps_even_when_the_speed_was_touched_last(
    qtbot: QtBot, window: MainWindow
) -> None:
    speed, session = window.transport.speed, window.session
    qtbot.mouseClick(speed, Qt.MouseButton.LeftButton)
    before = speed.value()
    qtbot.keyClick(speed, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: session.state is RunState.STEPPING)
    assert speed.value() == before


def test_the_slider_is_remembered(qtbot: QtBot, window: MainWindow) -> None:
    window.network_card.links.slider.setValue(42)
    assert window._settings.whole_number("weakest_link", 0, 0, POSITIONS) == 42


def test_a_link_that_is_left_out_cannot_be_pointed_at(qtbot: QtBot) -> None:
    view, _ = show(qtbot, make_snapshot(make_spec(4, 3, 2)))
    view.settle()
    part = view._scene.link_layer.parts[0]
    weakest = int(np.argmin(np.abs(part.share)))
    target = Target(1, int(part.target[weakest]), (0, int(part.source[weakest])))
    assert view._scene.link_layer.find(target) is not None
    view.set_left_out(0.5)
    view.settle()
    assert view._scene.link_layer.find(target) is None


# From near


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(2, 12), min_size=2, max_size=4),
    scale=st.floats(1.0, 30.0),
    at=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
    along=st.floats(0.3, 0.7),
    choice=st.integers(0, 10**6),
)
def test_pointing_at_a_link_finds_it_under_any_zoom(
    sizes: list[int], scale: float, at: tuple[float, float], along: float, choice: int
) -> None:
    spec = make_spec(*sizes)
    parts = Weave(arrange(900, 600, spec, None, Margins()), spec).bundles(make_snapshot(spec))
    part = parts[choice % len(parts)]
    member = choice % part.share.size
    place = Place(scale, -900 * (scale - 1) * at[0], -600 * (scale - 1) * at[1])
    seen = part.seen(member, place).curves
    x = seen.left + along * (seen.right - seen.left)
    y = float(seen.across_at(np.array([x]))[0, 0])
    there = place.to_layout(QPointF(x, y))
    found = nearest(parts, there.x(), there.y(), 8.0 / scale)
    assert found is not None
    if found != (part.layer, int(part.target[member]), (0, int(part.source[member]))):
        ours = next(p for p in parts if p.layer == found[0])
        other = ours.seen(ours.find(found[1], found[2][1]), place).curves
        assert abs(float(other.across_at(np.array([x]))[0, 0]) - y) < 1.0, "they cross there"


def test_far_away_links_are_summed_up_and_from_near_each_is_stroked(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = big_view(qtbot)
    works: list[links.Work] = []
    paint = links.paint

    def noting(image: QImage, work: links.Work, theme: object) -> object:
        works.append(work)
        return paint(image, work, theme)

    monkeypatch.setattr(links, "paint", noting)
    view.set_left_out(0.5)
    view.settle()
    assert any(work.chosen.size > links.MOST_STROKED and not work.exact for work in works)
    works.clear()
    column = view.network_layout().columns[2]
    view.viewport.zoom(20.0, QPointF(column.x[4], column.y[4]))
    view.settle()
    near = [work for work in works if work.box.intersects(QRectF(view.rect()))]
    here = [work for work in near if work.chosen.size and work.part.layer == 2]
    assert here and all(work.chosen.size < 500 for work in here)
    assert all(work.exact for work in here if work.chosen.size <= 60)


@settings(max_examples=60, deadline=None)
@given(
    left=st.floats(0.0, 300.0),
    gap=st.floats(20.0, 900.0),
    ends=st.tuples(st.floats(-500.0, 900.0), st.floats(-500.0, 900.0)),
)
def test_a_curve_counts_as_seen_exactly_if_it_comes_into_the_window(
    left: float, gap: float, ends: tuple[float, float]
) -> None:
    curves = Curves(left, left + gap, np.array([ends[0]]), np.array([ends[1]]))
    x, y = curves.points(2001)
    inside = (x >= 100) & (x <= 400) & (y[0] >= 50) & (y[0] <= 350)
    near = (x >= 98) & (x <= 402) & (y[0] >= 48) & (y[0] <= 352)
    seen = curves.seen((100.0, 400.0), (50.0, 350.0)).size == 1
    assert seen or not inside.any()
    assert near.any() or not seen or gap < 30.0 or np.abs(np.diff(y[0])).max() > 2.0


def test_density_draws_a_link_where_qpainter_does() -> None:
    curves = Curves(0.0, 200.0, np.array([20.0]), np.array([150.0]))
    window = Window(0.0, 200.0, 0.0, 180.0)
    ink = Density(curves, window, 1.0)
    one = np.array([0])
    ink.add(one, np.array([0.9]), np.array([2.0]), np.array([True]))
    image = ink.image(LIGHT.colour("positive"), LIGHT.colour("negative"))
    x, y = curves.points(100)
    for along, across in zip(x[2:-2], y[0, 2:-2], strict=True):
        column = int(along * image.width() / 200.0)
        alphas = [image.pixelColor(column, row).alpha() for row in range(image.height())]
        assert abs(int(np.argmax(alphas)) - across) <= 4.0
    colour = image.pixelColor(50, int(np.interp(100.0, x, y[0])))
    assert colour.blue() > colour.red(), "positive is blue"


def test_ink_adds_up_in_any_order_and_pieces() -> None:
    rng = np.random.default_rng(4)
    curves = Curves(0.0, 160.0, rng.uniform(0, 120, 400), rng.uniform(0, 120, 400))
    window = Window(0.0, 160.0, 0.0, 120.0)
    opacity, width = rng.uniform(0.02, 0.4, 400), rng.uniform(0.7, 2.0, 400)
    positive = rng.random(400) > 0.5
    images = []
    for order, size in ((np.arange(400), 400), (rng.permutation(400), 37)):
        ink = Density(curves, window, 1.0)
        for begin in range(0, 400, size):
            some = order[begin : begin + size]
            ink.add(some, opacity[some], width[some], positive[some])
        image = ink.image(LIGHT.colour("positive"), LIGHT.colour("negative"))
        images.append(np.frombuffer(image.constBits(), np.uint8).astype(int))
    assert np.abs(images[0] - images[1]).max() <= 1


# Painting in pieces


def test_a_large_network_is_complete_after_some_frames_and_shows_something_at_once(
    qtbot: QtBot,
) -> None:
    view = big_view(qtbot)
    first = view.grab().toImage()
    assert not view.settled
    qtbot.waitUntil(lambda: view.settled, timeout=20_000)
    complete = view.grab().toImage()
    assert first != complete

    def inked(image: QImage) -> int:
        ground = LIGHT.colour("panel").name()
        rows = range(100, 400, 7)
        return sum(image.pixelColor(300, y).name() != ground for y in rows)

    assert 0 < inked(first) <= inked(complete)


def test_changed_weights_are_shown_in_the_end_also_while_running(qtbot: QtBot) -> None:
    view = big_view(qtbot)
    view.settle()
    painted, before = view.link_paints, view.grab().toImage()
    snapshot = view._scene.snapshot
    for step in range(1, 40):
        theta = snapshot.theta * (1.0 - 0.05 * step)
        view.show_snapshot(replace(snapshot, theta=theta, state=RunState.RUNNING))
        view.grab()
    last = replace(snapshot, theta=-snapshot.theta)
    view.show_snapshot(last)
    view.settle()
    assert view.link_paints > painted
    fresh = big_view(qtbot)
    fresh.show_snapshot(last)
    fresh.settle()
    assert view.grab().toImage() == fresh.grab().toImage() != before


def test_while_moving_the_old_picture_is_shown_and_then_a_sharp_one(qtbot: QtBot) -> None:
    view = big_view(qtbot)
    view.settle()
    painted = view.link_paints
    for _ in range(5):
        view.viewport.zoom(1.2)
        moving = view.grab().toImage()
    assert view.link_paints == painted
    qtbot.waitUntil(lambda: view.settled, timeout=20_000)
    assert view.link_paints > painted
    assert view.grab().toImage() != moving


def test_a_long_column_shows_more_of_its_neurons_from_near_and_none_is_lost(qtbot: QtBot) -> None:
    view, _ = show(qtbot, make_snapshot(make_spec(3, 300, 2)))
    column = view.network_layout().columns[1]
    assert column.hidden > 200
    shown = len(column.shown)
    view.viewport.zoom(3.0)
    nearer = view.network_layout().columns[1]
    assert len(nearer.shown) > shown and len(nearer.shown) + nearer.hidden == 300
    view.viewport.zoom(4.0)
    assert view.network_layout().columns[1].hidden == 0
    view.viewport.fit()
    assert len(view.network_layout().columns[1].shown) == shown
