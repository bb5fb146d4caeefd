"""The network from bottom to top: the same network, with layers as rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF
from pytestqt.qtbot import QtBot

from simulator.trace import Phase, PhaseKind
from tests.ui.test_network_view import make_snapshot, make_spec, show
from ui.editor.hover import Target
from ui.editor.layout import Margins
from ui.editor.network_view import NetworkView
from ui.editor.paths_overlay import link_path
from ui.editor.turning import arrange_turned
from ui.editor.viewport import Place
from ui.editor.weave import Weave, nearest
from ui.main_window import MainWindow


@pytest.fixture
def window(own_window: MainWindow) -> MainWindow:
    """The mouse has not been in it before."""
    return own_window


def turned_view(qtbot: QtBot, *sizes: int) -> NetworkView:
    view, _ = show(qtbot, make_snapshot(make_spec(*sizes)))
    view.set_arrangement(True, False)
    return view


@settings(max_examples=100, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 100), min_size=2, max_size=8),
    width=st.integers(360, 1600),
    height=st.integers(260, 1000),
    side=st.integers(0, 12),
)
def test_every_node_has_a_place_of_its_own_in_its_row(
    sizes: list[int], width: int, height: int, side: int
) -> None:
    index = None
    if side:
        index = np.random.default_rng(side).permutation(side * side).reshape(side, side)
        sizes = [side * side, *sizes[1:]]
    spec = make_spec(*sizes)
    margins = Margins(header=110.0, footer=12.0, left=20.0, right=30.0)
    layout = arrange_turned(width, height, spec, index, margins, foot=18.0)
    assert layout.turned
    for lower, upper in zip(layout.columns, layout.columns[1:], strict=False):
        assert lower.y.min() - lower.radius > upper.y.max() + upper.radius - 1e-6
        assert lower.right < upper.left, "along the way, links run upwards"
        assert lower.title.y >= upper.title.bottom - 1e-6
    for column, units in zip(layout.columns, spec.sizes, strict=True):
        radius = column.radius
        assert len(column.shown) + column.hidden == units
        assert column.x.min() - radius >= 110.0 and column.x.max() + radius <= width
        assert column.y.min() - radius >= 0.0 and column.y.max() + radius <= height - 18.0
        if column.picture is None:
            assert np.all(np.diff(column.x) >= 2 * radius - 1e-9)
    if index is not None:
        column = layout.columns[0]
        cell = 2 * column.radius
        for (row, place), unit in np.ndenumerate(index):
            assert column.x[unit] == pytest.approx(column.picture.x + (place + 0.5) * cell)
            assert column.y[unit] == pytest.approx(column.picture.y + (row + 0.5) * cell)
            assert layout.node_at(column.x[unit], column.y[unit]) == (0, unit)


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(2, 10), min_size=2, max_size=4),
    scale=st.floats(1.0, 20.0),
    choice=st.integers(0, 10**6),
)
def test_pointing_at_a_link_finds_it_under_any_zoom(
    sizes: list[int], scale: float, choice: int
) -> None:
    spec = make_spec(*sizes)
    layout = arrange_turned(900, 700, spec, None, Margins(100.0, 12.0, 10.0, 20.0))
    parts = Weave(layout, spec).bundles(make_snapshot(spec))
    part = parts[choice % len(parts)]
    member = choice % part.share.size
    place = Place(scale, -450.0 * (scale - 1.0), -350.0 * (scale - 1.0))
    path = part.seen(member, place).curves.exact(0, 1.0)
    at = path.pointAtPercent(0.4)
    there = place.to_layout(at)
    found = nearest(parts, *layout.along(there.x(), there.y()), 8.0 / scale)
    assert found is not None
    if found != (part.layer, int(part.target[member]), (part.layer - 1, int(part.source[member]))):
        other = next(p for p in parts if p.layer == found[0])
        other_path = other.seen(other.find(found[1], found[2][1]), place).curves.exact(0, 1.0)
        near = min((other_path.pointAtPercent(n / 400) - at).manhattanLength() for n in range(401))
        assert near < 4.0, "they cross there"


def test_neurons_titles_and_links_are_found_where_they_are_seen(qtbot: QtBot) -> None:
    view = turned_view(qtbot, 6, 5, 3)
    layout = view.seen_layout()
    assert layout.columns[0].y[0] > layout.columns[2].y[0]
    for column in layout.columns:
        for unit, x, y in zip(column.shown, column.x, column.y, strict=True):
            assert view.target_at(QPointF(x, y)) == Target(column.layer, int(unit))
        title = column.title
        middle = QPointF(title.x + title.width / 2, title.y + title.height / 2)
        assert view.target_at(middle) == Target(column.layer)
    first, last = layout.columns[0], layout.columns[1]
    path = link_path(layout, (0, 2), (1, 3))
    ends = path.pointAtPercent(0.0), path.pointAtPercent(1.0)
    assert ends[0].x() == pytest.approx(first.x[2]) and ends[0].y() < first.y[2]
    assert ends[1].x() == pytest.approx(last.x[3]) and ends[1].y() > last.y[3]


def test_it_paints_links_flow_words_and_phases(qtbot: QtBot) -> None:
    spec = make_spec(4, 5, 3)
    view, _ = show(qtbot, make_snapshot(spec, Phase(PhaseKind.INPUT, 0)))
    view.set_arrangement(True, False)
    view.set_class_names(["a", "b", "c"])
    view.settle()
    before = view.grab().toImage()
    view.animated = True
    view.show_snapshot(make_snapshot(spec, Phase(PhaseKind.PREACTIVATION, 1)))
    assert view._flow.active
    qtbot.wait(60)
    assert view.grab().toImage() != before
    view._flow.stop()
    view.viewport.zoom(4.0)
    view.settle()


def test_the_action_turns_the_network_and_is_remembered(qtbot: QtBot, window: MainWindow) -> None:
    view, actions = window.network_card.view, window.actions_by_id
    upright = view.grab().toImage()
    assert not view.network_layout().turned
    actions["bottom_up"].trigger()
    assert view.network_layout().turned
    assert view.grab().toImage() != upright
    assert window._settings.flag("network_bottom_up", False)
    actions["bottom_up"].trigger()
    assert not view.network_layout().turned


def test_inputs_can_stand_in_a_column_and_none_is_dropped_silently(window: MainWindow) -> None:
    view, action = window.network_card.view, window.actions_by_id["inputs_picture"]
    assert action.isChecked()
    assert view.network_layout().columns[0].picture is not None
    action.trigger()
    column = view.network_layout().columns[0]
    assert column.picture is None and len(column.shown) + column.hidden == 25
    action.trigger()
    assert view.network_layout().columns[0].picture is not None


def test_hovering_says_what_a_neuron_holds(qtbot: QtBot) -> None:
    view = turned_view(qtbot, 4, 3, 2)
    column = view.seen_layout().columns[1]
    qtbot.mouseMove(view, QPoint(2, 2))
    qtbot.mouseMove(view, QPoint(round(column.x[1]), round(column.y[1])))
    assert view.label().heading == "hidden 1, neuron 2"
