"""Layers that were dragged: in order, apart, inside the view, with everything that belongs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_network_view import make_spec

from simulator.spec import LayerSpec, NetworkSpec
from ui.editor.layout import Layout, Margins, arrange
from ui.editor.shifts import shifted
from ui.editor.turning import arrange_turned


def laid_out(turned: bool, spec: NetworkSpec, index: np.ndarray | None = None) -> Layout:
    margins = Margins(right=60.0)
    if turned:
        return arrange_turned(900.0, 600.0, spec, index, margins)
    return arrange(900.0, 600.0, spec, index, margins)


@settings(max_examples=60, deadline=None)
@given(
    st.booleans(),
    st.dictionaries(st.integers(0, 4), st.floats(-2.0, 2.0), max_size=5),
)
def test_columns_keep_their_order_their_distance_and_stay_inside(
    turned: bool, offsets: dict[int, float]
) -> None:
    before = laid_out(turned, make_spec(9, 6, 5, 4, 3), np.arange(9).reshape(3, 3))
    gaps = [after.left - own.right for own, after in pairwise(before.columns)]
    layout = shifted(before, offsets)
    low, high = (-600.0, 0.0) if turned else (0.0, 900.0)
    for own, after in pairwise(layout.columns):
        assert after.left - own.right >= min(80.0, *gaps) - 1e-6
    for own, old in zip(layout.columns, before.columns, strict=True):
        assert own.left >= low and own.right <= high
        moved = own.left - old.left
        assert own.right - old.right == pytest.approx(moved)
        way = (0.0, -moved) if turned else (moved, 0.0)
        assert np.allclose(own.x - old.x, way[0]) and np.allclose(own.y - old.y, way[1])
        assert np.allclose(own.link_y, old.link_y)
        if own.picture is not None:
            assert own.picture.x - old.picture.x == pytest.approx(way[0])
            assert own.picture.y - old.picture.y == pytest.approx(way[1])


@pytest.mark.parametrize("turned", [False, True])
def test_nothing_dragged_changes_nothing_and_titles_meet_halfway(turned: bool) -> None:
    before = laid_out(turned, make_spec(4, 6, 3))
    assert shifted(before, {}) is before
    same = shifted(before, {1: 0.0})
    for own, old in zip(same.columns, before.columns, strict=True):
        assert own.title == pytest.approx(old.title)
    layout = shifted(before, {1: 0.08})
    for own, after in pairwise(layout.columns):
        middle = (own.centre + after.centre) / 2
        edge = -own.title.y if turned else own.title.right
        assert edge == pytest.approx(middle, abs=4.0)


def test_lanes_end_at_the_layers_they_pass() -> None:
    spec = NetworkSpec(3, (LayerSpec(4), LayerSpec(3), LayerSpec(2, sources=(0, 2))))
    layout = shifted(laid_out(False, spec), {1: 0.1, 2: -0.05})
    lane = layout.lanes[0, 3]
    assert lane.x == layout.columns[1].left and lane.right == layout.columns[2].right
