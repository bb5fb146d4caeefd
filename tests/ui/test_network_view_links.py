"""The network view where layers receive from several layers, and links or parameters are held."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from test_network_view import (
    layout_of,
    make_snapshot,
    picture_of,
    point_of,
    show,
)

from simulator.network import LayerParameters
from simulator.snapshot import Snapshot
from simulator.spec import BatchNormalizationSpec, LayerSpec, NetworkSpec
from simulator.trace import Phase, PhaseKind
from ui.editor import highlight, links
from ui.editor.hover import Target
from ui.editor.lanes import MOST_LEVELS, joins, plan
from ui.editor.layout import Margins, arrange
from ui.editor.network_view import NetworkView
from ui.editor.readings import read
from ui.editor.weave import MOST_REMOVED, Bundle, Weave
from ui.held import Held
from ui.theme import DARK, LIGHT

SHORTCUTS = NetworkSpec(
    3,
    (
        LayerSpec(4, "relu"),
        LayerSpec(3, "tanh", sources=(0, 1)),
        LayerSpec(2, "softmax", sources=(0, 1, 2)),
    ),
)


@st.composite
def networks(draw: st.DrawFn) -> NetworkSpec:
    """Any acyclic network: each layer receives from some of those before it."""
    sizes = draw(st.lists(st.integers(1, 9), min_size=2, max_size=7))
    layers = []
    for number, units in enumerate(sizes[1:], start=1):
        sources = draw(st.sets(st.integers(0, number - 1), min_size=1))
        layers.append(LayerSpec(units, "tanh", sources=tuple(sorted(sources))))
    return NetworkSpec(sizes[0], tuple(layers))


def bundles_of(view: NetworkView, snapshot: Snapshot, held: Held | None = None) -> list[Bundle]:
    return Weave(layout_of(view), snapshot.spec, held).bundles(snapshot)


def on_link(part: Bundle, place: int) -> QPoint:
    """A point of the link where it runs in its lane, or halfway."""
    curves = part.curves
    x, y = curves.points(97)
    middle = sum(curves.level) / 2 if curves.lane is not None else (curves.left + curves.right) / 2
    at = int(np.argmin(np.abs(x - middle)))
    return QPoint(round(x[at]), round(y[place, at]))


def bundle(parts: list[Bundle], source: int, layer: int) -> Bundle:
    return next(part for part in parts if (part.source_layer, part.layer) == (source, layer))


def hover(qtbot, view: NetworkView, at: QPoint) -> None:
    """Point at a place, from elsewhere: Qt leaves out a move to where the mouse has been."""
    qtbot.mouseMove(view, QPoint(1, view.height() - 2))
    qtbot.mouseMove(view, at)


# Where they run


@settings(max_examples=100, deadline=None)
@given(networks(), st.integers(500, 1600), st.integers(300, 1000))
def test_every_link_has_its_own_weight_and_passes_no_neuron(
    spec: NetworkSpec, width: int, height: int
) -> None:
    snapshot = make_snapshot(spec)
    layout = arrange(width, height, spec, None, Margins())
    parts = Weave(layout, spec).bundles(snapshot)
    assert [(part.source_layer, part.layer) for part in parts] == joins(spec)
    for part in parts:
        columns = dict(spec.source_columns(part.layer))[part.source_layer]
        weights = snapshot.weights(part.layer)[:, columns]
        assert np.allclose(part.share * part.largest, weights[part.target, part.source])
        x, y = part.curves.points(200)
        assert np.all(np.diff(x) > 0.0)
        for between in layout.columns[part.source_layer + 1 : part.layer]:
            inside = (x >= between.left) & (x <= between.right)
            far = np.abs(y[:, inside, None] - between.y)
            assert far.min() >= between.radius, "a shortcut runs over a neuron"
        assert y.min() >= layout.body.y - 1 and y.max() <= layout.body.bottom + 1


@given(networks())
def test_shortcuts_that_pass_the_same_layers_have_lanes_of_their_own(spec: NetworkSpec) -> None:
    lanes = plan(spec)
    assert set(lanes.of) == {join for join in joins(spec) if join[1] - join[0] > 1}
    crowded = len(lanes.of) > 2 * MOST_LEVELS
    for (first, one), (second, other) in combinations(lanes.of.items(), 2):
        overlap = first[0] < second[1] and second[0] < first[1]
        assert crowded or not overlap or one != other


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_shortcut_is_painted_past_the_layer_between(qtbot, theme) -> None:
    snapshot = make_snapshot(SHORTCUTS)
    view, _ = show(qtbot, snapshot, theme=theme)
    part = bundle(bundles_of(view, snapshot), 0, 2)
    strongest = int(np.argmax(np.abs(part.share)))
    at = on_link(part, strongest)
    colour = picture_of(view).pixelColor(at)
    wanted = QColor(theme.positive if part.share[strongest] > 0 else theme.negative)
    assert abs(colour.hue() - wanted.hue()) < 25 and colour != QColor(theme.panel)


# Pointing


@pytest.mark.parametrize("join", [(0, 1), (0, 2), (0, 3), (1, 3), (2, 3)])
def test_hover_names_the_neuron_a_link_really_comes_from(qtbot, join) -> None:
    snapshot = make_snapshot(SHORTCUTS)
    view, _ = show(qtbot, snapshot, 1000, 700)
    part = bundle(bundles_of(view, snapshot), *join)
    place = int(np.argmax(np.abs(part.share)))
    hover(qtbot, view, on_link(part, place))
    label = view.label()
    assert label is not None
    source, target = int(part.source[place]), int(part.target[place])
    columns = dict(SHORTCUTS.source_columns(join[1]))[join[0]]
    found = label.text
    names = [
        f"input {n + 1} →" if join[0] == 0 else f"hidden {join[0]}, neuron {n + 1} →"
        for n in range(SHORTCUTS.sizes[join[0]])
    ]
    said = [n for n, name in enumerate(names) if name in found]
    into = [n for n in range(SHORTCUTS.sizes[join[1]]) if f", neuron {n + 1} · " in found]
    assert len(said) == 1 and len(into) == 1
    weight = snapshot.weights(join[1])[into[0], columns.start + said[0]]
    assert label.heading.endswith(f"= {weight:+.4f}".replace("-", "−"))
    assert snapshot.trace is not None
    gradient = snapshot.trace.gradient_of(join[1])[0][into[0], columns.start + said[0]]
    assert dict(label.rows)["gradient"] == f"{gradient:+.4f}".replace("-", "−")
    if part.skips:
        assert abs(said[0] - source) <= 1 or abs(into[0] - target) <= 1


def test_a_click_on_a_link_keeps_it_and_says_so(qtbot) -> None:
    snapshot = make_snapshot(SHORTCUTS)
    view, selection = show(qtbot, snapshot, 1000, 700)
    selection.select(1, 1)
    part = bundle(bundles_of(view, snapshot), 0, 3)
    at = on_link(part, int(np.argmax(np.abs(part.share))))
    plain = picture_of(view)
    with qtbot.waitSignal(view.linkChosen) as chosen:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    target = chosen.args[0]
    assert isinstance(target, Target) and target.layer == 3 and target.source[0] == 0
    assert selection.layer is None
    hover(qtbot, view, QPoint(3, 690))
    label = view.label()
    assert label is not None and "input" in label.detail and "output" in label.detail
    assert view.accessibleDescription() == label.text
    assert picture_of(view) != plain
    with qtbot.waitSignal(view.linkChosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert chosen.args == [None] and view.label() is None
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=point_of(view, 2, 0))
    hover(qtbot, view, point_of(view, 2, 0))
    assert view.label() is not None and view.label().heading == "hidden 2, neuron 1"
    hover(qtbot, view, QPoint(3, 690))
    assert view.label() is None, "another selection lets the link go"


def test_links_of_the_selected_neuron_stand_out_over_all_layers() -> None:
    layout = arrange(750, 480, SHORTCUTS, None, Margins())
    snapshot = make_snapshot(SHORTCUTS)
    parts = Weave(layout, SHORTCUTS).bundles(snapshot)
    focus = highlight.focus(snapshot, (1, 2))
    levels = highlight.emphasis(parts, focus, snapshot, read(snapshot, "training", 0))
    for part, level in zip(parts, levels, strict=True):
        mine = (part.layer == 1) & (part.target == 2)
        mine |= (part.source_layer == 1) & (part.source == 2)
        assert np.array_equal(level == links.STRONG, mine)
        assert set(level[~mine].tolist()) <= {links.DIMMED}


@pytest.mark.parametrize(
    ("kind", "layer", "wanted", "backward"),
    [
        (PhaseKind.PREACTIVATION, 3, {(0, 3), (1, 3), (2, 3)}, False),
        (PhaseKind.ERROR, 1, {(1, 2), (1, 3)}, True),
        (PhaseKind.ERROR, 2, {(2, 3)}, True),
        (PhaseKind.GRADIENT, 2, {(0, 2), (1, 2)}, True),
    ],
)
def test_values_flow_along_all_links_of_a_phase(qtbot, kind, layer, wanted, backward) -> None:
    view, _ = show(qtbot, make_snapshot(SHORTCUTS, Phase(PhaseKind.INPUT, 0)))
    view.animated = True
    snapshot = make_snapshot(SHORTCUTS, Phase(kind, layer))
    view.show_snapshot(snapshot)
    flow = view._flow
    assert set(flow.joins) == wanted and flow.backward == backward and flow.active
    still = picture_of(view)
    flow.progress = 0.5
    assert picture_of(view) != still, "the dashes are painted"
    focus = highlight.focus(snapshot, None)
    parts = bundles_of(view, snapshot)
    levels = highlight.emphasis(parts, focus, snapshot, read(snapshot, "training", 0))
    standing = {
        (part.source_layer, part.layer)
        for part, level in zip(parts, levels, strict=True)
        if links.PLAIN in level
    }
    assert standing == wanted


# What is held


def held_network(**given: np.ndarray) -> tuple[NetworkSpec, Held, Snapshot]:
    spec = NetworkSpec(3, (LayerSpec(4, "tanh"), LayerSpec(2, "softmax", sources=(0, 1))))
    held = Held(spec, (LayerParameters(), LayerParameters(**given)))
    return spec, held, make_snapshot(spec)


def test_a_removed_link_is_dashed_and_says_so(qtbot) -> None:
    mask = np.ones((2, 7))
    mask[1, 2] = mask[0, 5] = 0.0
    spec, held, snapshot = held_network(links=mask)
    view, _ = show(qtbot, snapshot, 1000, 700)
    whole = picture_of(view)
    view.set_held(held)
    assert picture_of(view) != whole
    weave = Weave(layout_of(view), spec, held)
    gone = {
        (part.source_layer, int(part.source[n]), int(part.target[n]))
        for part in weave.removed
        for n in range(part.share.size)
    }
    assert gone == {(0, 2, 1), (1, 2, 0)}
    parts = weave.bundles(snapshot)
    assert sum(part.share.size for part in parts) == 12 + 14 - 2
    assert weave.caption(parts) == ""
    removed = bundle(weave.removed, 0, 2)
    hover(qtbot, view, on_link(removed, 0))
    label = view.label()
    assert label is not None
    assert label.heading == "w₂₃⁽²⁾←⁰ removed"
    assert label.detail == "input 3 → output, neuron 2"
    hover(qtbot, view, point_of(view, 2, 1))
    assert "removed" not in view.label().text
    view.set_held(Held())
    assert picture_of(view).size() == whole.size()
    hover(qtbot, view, on_link(removed, 0))
    assert "removed" not in view.label().text


def test_very_many_removed_links_are_counted_instead_of_drawn(qtbot) -> None:
    spec = NetworkSpec(20, (LayerSpec(20, "relu"), LayerSpec(2, "softmax")))
    mask = np.zeros((20, 20))
    mask[0] = 1.0
    held = Held(spec, (LayerParameters(links=mask),))
    snapshot = make_snapshot(spec)
    view, _ = show(qtbot, snapshot)
    view.set_held(held)
    weave = Weave(layout_of(view), spec, held)
    assert not weave.removed and MOST_REMOVED < 380
    assert weave.caption(weave.bundles(snapshot)) == "380 removed links not drawn"
    picture_of(view)


def hover_title(qtbot, view: NetworkView, layer: int) -> dict[str, str]:
    title = layout_of(view).columns[layer].title
    at = QPoint(round(title.x + title.width / 2), round(title.y + 8))
    hover(qtbot, view, at)
    label = view.label()
    assert label is not None
    return dict(label.rows)


def test_a_frozen_layer_has_a_lock_and_says_so(qtbot) -> None:
    spec, _, snapshot = held_network()
    still = replace(spec, layers=(replace(spec.layers[0], trainable=False), spec.layers[1]))
    view, _ = show(qtbot, snapshot)
    title = layout_of(view).columns[1].title
    area = round(title.x), round(title.y), round(title.width), round(title.height)
    free = picture_of(view).copy(*area)
    view.set_held(Held(still))
    view.show_snapshot(make_snapshot(still))
    assert picture_of(view).copy(*area) != free
    assert hover_title(qtbot, view, 1)["frozen"] == "the whole layer"
    hover(qtbot, view, point_of(view, 1, 0))
    assert "b, frozen" in dict(view.label().rows)
    assert "frozen" not in hover_title(qtbot, view, 2)


def test_single_frozen_parameters_say_so(qtbot) -> None:
    weights = np.zeros((2, 7))
    weights[0, 0] = 1.0
    _, held, snapshot = held_network(frozen_W=weights, frozen_b=np.array([0.0, 1.0]))
    view, _ = show(qtbot, snapshot, 1000, 700)
    view.set_held(held)
    assert hover_title(qtbot, view, 2)["frozen"] == "2 of 16 parameters"
    hover(qtbot, view, point_of(view, 2, 1))
    assert "b, frozen" in dict(view.label().rows)
    hover(qtbot, view, point_of(view, 2, 0))
    assert "b, frozen" not in dict(view.label().rows)
    part = bundle(bundles_of(view, snapshot), 0, 2)
    place = part.find(0, 0)
    assert place is not None
    hover(qtbot, view, on_link(part, place))
    assert dict(view.label().rows)["frozen"] == "does not learn"


def test_parameters_of_another_network_are_ignored(qtbot) -> None:
    spec, held, _ = held_network(links=np.zeros((2, 7)))
    other = make_snapshot(NetworkSpec(2, (LayerSpec(3, "tanh"), LayerSpec(1, "sigmoid"))))
    view, _ = show(qtbot, other)
    view.set_held(held)
    picture_of(view)
    assert held.layer(other.spec, 2).removed is None
    wrong = Held(spec, (LayerParameters(links=np.zeros((9, 9))),))
    assert wrong.layer(spec, 1).removed is None


# What layers do to their values


def test_neurons_say_their_own_activation_where_they_differ(qtbot) -> None:
    mixed = (("tanh", ()), ("relu", ()), ("relu", ()))
    spec = NetworkSpec(2, (LayerSpec(3, "tanh", neuron_activations=mixed), LayerSpec(1, "sigmoid")))
    view, _ = show(qtbot, make_snapshot(spec))
    assert hover_title(qtbot, view, 1)["activation"] == "1 tanh, 2 ReLU"
    details = []
    for neuron in range(3):
        hover(qtbot, view, point_of(view, 1, neuron))
        details.append(view.label().detail)
    assert details == ["tanh", "ReLU", "ReLU"]
    hover(qtbot, view, point_of(view, 2, 0))
    assert view.label().detail == ""


def test_dropped_inputs_are_crossed_out(qtbot) -> None:
    spec = NetworkSpec(4, (LayerSpec(2, "softmax"),), input_dropout_rate=0.5)
    snapshot = make_snapshot(spec)
    assert snapshot.trace is not None
    mask = np.array([[1.0, 0.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
    x = snapshot.trace.x
    trace = replace(snapshot.trace, input_mask=mask, input=x * mask * 2.0)
    view = None
    for picture in (None, np.arange(4).reshape(2, 2)):
        if view is not None:
            view.close()
        view, _ = show(qtbot, replace(snapshot, trace=trace))
        if picture is not None:
            view.set_picture_shape(2, 2, picture)
        hover(qtbot, view, point_of(view, 0, 1))
        assert view.label().detail == "dropped in this step"
        hover(qtbot, view, point_of(view, 0, 0))
        assert view.label().detail == ""
        hover(qtbot, view, QPoint(3, 470))
        image = picture_of(view)
        at = point_of(view, 0, 1)
        near = [QPoint(x, y) for x in range(-3, 4) for y in range(-3, 4)]
        assert min(image.pixelColor(at + d).lightness() for d in near) < 100, "the cross"
        view.sample_row = 1
        assert picture_of(view) != image


def test_the_label_tells_what_happens_between_z_and_the_next_layer(qtbot) -> None:
    layer = LayerSpec(3, "tanh", batch_normalization=BatchNormalizationSpec(), noise=0.1)
    spec = NetworkSpec(2, (layer, LayerSpec(1, "sigmoid")))
    snapshot = make_snapshot(spec)
    assert snapshot.trace is not None
    normalized = np.array([[0.5, -0.5, 0.0], [0.1, 0.2, 0.3]])
    noise = np.full((2, 3), 0.25)
    trace = replace(
        snapshot.trace,
        normalized=(normalized, None),
        noise=(noise, None),
        output=(snapshot.trace.activation[0] + noise, snapshot.trace.output[1]),
    )
    view, _ = show(qtbot, replace(snapshot, trace=trace))
    hover(qtbot, view, point_of(view, 1, 1))
    rows = dict(view.label().rows)
    assert list(rows) == ["z", "ẑ", "a", "passed on", "δ", "b"]
    assert rows["ẑ"] == "−0.5000"
    out = trace.output[0][0, 1]
    assert rows["passed on"] == f"{out:+.4f}".replace("-", "−")
    facts = hover_title(qtbot, view, 1)
    assert facts["batch normalization"] == "momentum 0.99" and facts["noise in training"] == "σ 0.1"
