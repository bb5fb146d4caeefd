"""The network view: where things stand, what is painted, what mouse and keys do."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage

from simulator.network import Network
from simulator.project import load_project
from simulator.runner import Runner
from simulator.snapshot import FIGURES, HistoryView, Probe, RunState, Snapshot
from simulator.spec import LayerSpec, NetworkSpec
from simulator.trace import Phase, PhaseKind, Trace
from ui.editor import highlight, links
from ui.editor.layout import Layout, Margins, arrange, usable_picture
from ui.editor.network_view import NetworkView
from ui.editor.readings import read
from ui.editor.weave import MOST_LINKS, Weave
from ui.selection import Selection
from ui.theme import DARK, LIGHT, Theme

EMPTY = HistoryView(np.zeros(0, np.int64), np.zeros((len(FIGURES), 0)))


def make_spec(*sizes: int, drop: float = 0.0) -> NetworkSpec:
    """ReLU layers and a softmax at the end; the first hidden layer has the dropout."""
    last = len(sizes) - 1
    layers = [
        LayerSpec(
            units,
            "softmax" if number == last else "relu",
            dropout_rate=drop if number == 1 else 0.0,
        )
        for number, units in enumerate(sizes[1:], start=1)
    ]
    return NetworkSpec(sizes[0], tuple(layers))


def make_snapshot(
    spec: NetworkSpec,
    phase: Phase | None = None,
    state: RunState | None = None,
    seed: int = 0,
    samples: int = 2,
) -> Snapshot:
    """Random values everywhere; ``phase`` puts the cursor there."""
    rng = np.random.default_rng(seed)
    network = Network(spec)
    network.theta[:] = rng.normal(size=spec.parameter_count)

    def per_layer() -> tuple[np.ndarray, ...]:
        return tuple(rng.normal(size=(samples, layer.units)) for layer in spec.layers)

    z = per_layer()
    activation = tuple(np.maximum(values, 0.0) + 0.1 for values in z)
    mask = tuple(
        (np.arange(samples * layer.units).reshape(samples, -1) % 3 != 0).astype(float)
        if layer.dropout_rate
        else None
        for layer in spec.layers
    )
    trace = Trace(
        spec=spec,
        epoch=1,
        iteration=1,
        samples=np.arange(samples),
        x=rng.random((samples, spec.inputs)),
        target=rng.random((samples, spec.outputs)),
        z=z,
        activation=activation,
        mask=mask,
        output=activation,
        loss_per_sample=np.ones(samples),
        loss=1.0,
        error=per_layer(),
        delta=per_layer(),
        theta_before=network.theta,
        gradient=rng.normal(size=spec.parameter_count),
        theta_after=network.theta * 0.9,
    )
    cursor = None if phase is None else trace.phases.index(phase)
    if state is None:
        state = RunState.PAUSED if phase is None else RunState.STEPPING
    probe = Probe(rng.random(spec.inputs), tuple(v[0] for v in z), tuple(v[0] for v in activation))
    return Snapshot(0, spec, state, "", 1, 1, 100, network.theta, trace, cursor, EMPTY, probe, 0.0)


def show(
    qtbot, snapshot: Snapshot, width: int = 750, height: int = 480, theme: Theme = LIGHT
) -> tuple[NetworkView, Selection]:
    selection = Selection()
    view = NetworkView(selection, theme)
    view.animated = False
    qtbot.addWidget(view)
    view.resize(width, height)
    view.show_snapshot(snapshot)
    view.show()
    return view, selection


def layout_of(view: NetworkView) -> Layout:
    layout = view.network_layout()
    assert layout is not None
    return layout


def point_of(view: NetworkView, layer: int, neuron: int) -> QPoint:
    column = layout_of(view).columns[layer]
    place = column.place_of(neuron)
    assert place is not None
    return QPoint(round(column.x[place]), round(column.y[place]))


def picture_of(view: NetworkView) -> QImage:
    view.settle()
    return view.grab().toImage()


def around(view: NetworkView, layer: int, neuron: int) -> bytes:
    """The pixels of one node."""
    at = point_of(view, layer, neuron)
    reach = int(layout_of(view).columns[layer].radius)
    part = picture_of(view).copy(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
    return bytes(part.convertToFormat(QImage.Format.Format_RGB32).constBits())


def centre_colour(view: NetworkView, layer: int, neuron: int) -> str:
    return picture_of(view).pixelColor(point_of(view, layer, neuron)).name()


# Layout


def check_layout(layout: Layout, spec: NetworkSpec) -> None:
    for left, right in pairwise(layout.columns):
        assert left.title.right <= right.title.x
        assert left.right < right.left
    for column, units in zip(layout.columns, spec.sizes, strict=True):
        assert len(column.shown) + column.hidden == units
        assert len(column.shown) >= 1
        assert len(set(column.shown.tolist())) == len(column.shown)
        radius = column.radius
        assert radius > 0.0
        assert column.x.min() - radius >= 0.0
        assert column.x.max() + radius <= layout.width
        assert column.y.min() - radius >= column.title.bottom
        assert column.y.max() + radius <= layout.height
        if column.picture is None:
            assert np.all(np.diff(column.y) >= 2 * radius)
        if column.more is not None:
            above = column.y[column.y < column.more.y + column.more.height / 2]
            below = column.y[column.y > column.more.y + column.more.height / 2]
            assert above.max() + radius <= column.more.y + 0.5
            assert below.min() - radius >= column.more.bottom - 0.5


@settings(max_examples=200, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 100), min_size=2, max_size=11),
    width=st.integers(360, 1600),
    height=st.integers(260, 1000),
    rows=st.integers(0, 28),
)
def test_every_node_has_a_place_of_its_own(
    sizes: list[int], width: int, height: int, rows: int
) -> None:
    index = None
    if rows:
        index = np.random.default_rng(rows).permutation(rows * rows).reshape(rows, rows)
        sizes = [rows * rows, *sizes[1:]]
    spec = make_spec(*sizes)
    check_layout(arrange(width, height, spec, index, Margins(right=60.0)), spec)


def test_columns_up_to_sixty_neurons_are_whole_and_wider_ones_show_both_ends() -> None:
    spec = make_spec(60, 784, 2)
    layout = arrange(1300, 800, spec, None, Margins())
    assert layout.columns[0].hidden == 0
    wide = layout.columns[1]
    assert wide.hidden > 700
    assert wide.shown[0] == 0 and wide.shown[-1] == 783
    assert wide.more is not None


def test_the_picture_puts_every_input_where_the_index_says() -> None:
    index = np.array([[5, 4, 3], [0, 1, 2]])
    layout = arrange(750, 480, make_spec(6, 4, 2), index, Margins())
    column = layout.columns[0]
    assert column.picture is not None
    size = 2 * column.radius
    for (row, place), unit in np.ndenumerate(index):
        assert column.x[unit] == pytest.approx(column.picture.x + (place + 0.5) * size)
        assert column.y[unit] == pytest.approx(column.picture.y + (row + 0.5) * size)
        assert abs(column.link_y[unit] - column.y[unit]) <= size / 2
        assert layout.node_at(column.x[unit], column.y[unit]) == (0, unit)
    assert len(set(column.link_y.tolist())) == 6


@pytest.mark.parametrize(
    "index",
    [None, np.arange(4).reshape(2, 2), np.array([[0, 0], [1, 2]]), np.arange(3)],
)
def test_an_index_that_does_not_place_each_input_once_is_no_picture(
    index: np.ndarray | None,
) -> None:
    assert usable_picture(index, 3) is None


# Painting


def test_the_picture_shows_the_values_in_the_order_of_the_index(qtbot) -> None:
    spec = make_spec(4, 3, 2)
    snapshot = make_snapshot(spec)
    assert snapshot.trace is not None
    snapshot.trace.x[0] = [1.0, 0.0, 0.0, 0.0]
    view, _ = show(qtbot, snapshot)
    view.set_picture_shape(2, 2, np.array([[3, 2], [1, 0]]))
    colours = [centre_colour(view, 0, unit) for unit in range(4)]
    assert colours == [LIGHT.activation.lower(), *[LIGHT.zero.lower()] * 3]
    corner = layout_of(view).columns[0].picture
    assert corner is not None
    last = QPoint(int(corner.right - 4), int(corner.bottom - 4))
    assert picture_of(view).pixelColor(last).name() == LIGHT.activation.lower()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_not_computed_yet_is_blank(qtbot, theme: Theme) -> None:
    spec = make_spec(3, 4, 2)
    view, _ = show(qtbot, make_snapshot(spec, Phase(PhaseKind.ACTIVATION, 1)), theme=theme)
    assert {centre_colour(view, 2, n) for n in range(2)} == {theme.zero.lower()}
    assert theme.zero.lower() not in {centre_colour(view, 1, n) for n in range(4)}
    blank = around(view, 2, 0)
    view.show_snapshot(make_snapshot(spec))
    assert centre_colour(view, 2, 0) != theme.zero.lower()
    view.show_snapshot(make_snapshot(spec, Phase(PhaseKind.INPUT, 0), seed=5))
    assert around(view, 2, 0) == blank, "another step leaves nothing of the last one"
    view.show_snapshot(replace(make_snapshot(spec), trace=None))
    assert centre_colour(view, 0, 0) == theme.zero.lower()


def test_deltas_ring_the_neurons_only_once_they_are_computed(qtbot) -> None:
    spec = make_spec(3, 4, 2)
    view, _ = show(qtbot, make_snapshot(spec, Phase(PhaseKind.ERROR, 1)))
    before = around(view, 1, 0)
    output = around(view, 2, 0)
    view.show_snapshot(make_snapshot(spec, Phase(PhaseKind.DELTA, 1)))
    assert around(view, 1, 0) != before
    assert around(view, 2, 0) == output
    view.set_source("drawing")
    assert read(make_snapshot(spec), "drawing", 0).layers[1].delta is None
    assert around(view, 2, 0) != output


def test_a_dropped_neuron_is_drawn_differently(qtbot) -> None:
    spec = make_spec(3, 6, 2, drop=0.5)
    kept, _ = show(qtbot, make_snapshot(spec, Phase(PhaseKind.ACTIVATION, 1)))
    view, _ = show(qtbot, make_snapshot(spec, Phase(PhaseKind.DROPOUT, 1)))
    for neuron in range(6):
        changed = around(view, 1, neuron) != around(kept, 1, neuron)
        assert changed == (neuron % 3 == 0), f"neuron {neuron}"
    at = point_of(view, 1, 0)
    colours = {picture_of(view).pixelColor(at.x() + d, at.y() + d).lightness() for d in (0, 1, -1)}
    assert min(colours) < 100, "the cross"


def test_the_sample_row_chooses_the_values(qtbot) -> None:
    snapshot = make_snapshot(make_spec(3, 4, 2))
    view, _ = show(qtbot, snapshot)
    first = picture_of(view)
    view.sample_row = 1
    assert picture_of(view) != first
    view.sample_row = 99
    picture_of(view)
    assert snapshot.trace is not None
    readings = read(snapshot, "training", 99)
    assert np.array_equal(readings.layers[1].activation, snapshot.trace.activation[0][1])


def test_nothing_is_repainted_when_nothing_changed(qtbot) -> None:
    snapshot = make_snapshot(make_spec(3, 4, 2))
    view, _ = show(qtbot, snapshot)
    picture_of(view)
    painted = view.link_paints
    calls: list[str] = []
    view.update = lambda *args: calls.append("update")
    view.show_snapshot(snapshot)
    view.show_snapshot(replace(snapshot, updates_per_second=3.0))
    assert calls == []
    view.show_snapshot(replace(snapshot, theta=np.sin(snapshot.theta)))
    assert calls == ["update"]
    picture_of(view)
    assert view.link_paints == painted + 1


def test_links_rest_while_running_and_are_exact_when_paused(qtbot) -> None:
    snapshot = make_snapshot(make_spec(25, 20, 20, 20, 5))
    view, _ = show(qtbot, snapshot)
    picture_of(view)
    painted = view.link_paints
    for step in range(5):
        theta = snapshot.theta + 0.01 * step
        view.show_snapshot(replace(snapshot, theta=theta, state=RunState.RUNNING))
        picture_of(view)
    assert view.link_paints <= painted + 2
    last = replace(snapshot, theta=-snapshot.theta)
    view.show_snapshot(last)
    fresh, _ = show(qtbot, last)
    assert picture_of(view) == picture_of(fresh)


def test_a_large_network_draws_the_strongest_links_and_says_so(qtbot) -> None:
    snapshot = make_snapshot(make_spec(2304, 50, 10))
    view, _ = show(qtbot, snapshot, 1300, 800)
    view.set_picture_shape(48, 48, np.arange(2304).reshape(48, 48))
    weave = Weave(layout_of(view), snapshot.spec)
    parts = weave.bundles(snapshot)
    assert sum(part.share.size for part in parts) == MOST_LINKS
    assert weave.caption(parts) == "strongest 60,000 of 115,700 links"
    assert parts[1].share.size == 500, "a small layer keeps all its links"
    weights = np.abs(snapshot.weights(1))
    chosen = weights[parts[0].target, parts[0].source]
    assert chosen.min() >= np.sort(weights, axis=None)[-chosen.size]
    picture_of(view)


def test_links_between_hidden_neurons_are_left_out_and_it_is_said(qtbot) -> None:
    snapshot = make_snapshot(make_spec(3, 300, 2))
    view, _ = show(qtbot, snapshot)
    weave = Weave(layout_of(view), snapshot.spec)
    parts = weave.bundles(snapshot)
    shown = layout_of(view).columns[1].shown
    assert set(parts[0].target) == set(shown)
    drawn = 5 * len(shown)
    assert weave.caption(parts) == f"{drawn} of 1,500 links: those between the neurons shown"


def test_the_links_of_the_phase_stand_out() -> None:
    spec = make_spec(3, 4, 2)
    layout = arrange(750, 480, spec, None, Margins())
    for phase, joins, flowing in (
        (Phase(PhaseKind.INPUT, 0), (), False),
        (Phase(PhaseKind.PREACTIVATION, 1), ((0, 1),), True),
        (Phase(PhaseKind.ACTIVATION, 2), ((1, 2),), False),
        (Phase(PhaseKind.ERROR, 2), (), False),
        (Phase(PhaseKind.ERROR, 1), ((1, 2),), True),
        (Phase(PhaseKind.DELTA, 1), ((1, 2),), False),
        (Phase(PhaseKind.GRADIENT, 1), ((0, 1),), True),
        (Phase(PhaseKind.UPDATE, 2), ((1, 2),), False),
    ):
        snapshot = make_snapshot(spec, phase)
        focus = highlight.focus(snapshot, None)
        assert (focus.column, focus.joins, focus.flowing) == (phase.layer, joins, flowing)
        parts = Weave(layout, spec).bundles(snapshot)
        levels = highlight.emphasis(parts, focus, snapshot, read(snapshot, "training", 0))
        for part, level in zip(parts, levels, strict=True):
            at_work = (part.source_layer, part.layer) in joins
            expected = links.PLAIN if at_work else links.DIMMED
            assert set(level.tolist()) == {expected}


def test_values_flow_once_a_step_and_not_when_turned_off(qtbot) -> None:
    spec = make_spec(3, 4, 2)
    view, _ = show(qtbot, make_snapshot(spec, Phase(PhaseKind.INPUT, 0)))
    flow = view._flow
    view.animated = True
    view.show_snapshot(make_snapshot(spec, Phase(PhaseKind.PREACTIVATION, 1)))
    assert flow.active and flow.joins == ((0, 1),) and not flow.backward
    picture_of(view)
    qtbot.waitUntil(lambda: not flow.active, timeout=3000)
    view.show_snapshot(make_snapshot(spec, Phase(PhaseKind.ERROR, 1)))
    assert flow.active and flow.joins == ((1, 2),) and flow.backward
    view.hide()
    assert not flow.active
    view.show()
    view.animated = False
    view.show_snapshot(make_snapshot(spec, Phase(PhaseKind.GRADIENT, 1)))
    assert not flow.active


# Mouse


def test_hover_shows_the_values_of_a_neuron_and_keeps_them_fresh(qtbot) -> None:
    spec = make_spec(3, 6, 2, drop=0.5)
    snapshot = make_snapshot(spec)
    view, _ = show(qtbot, snapshot)
    assert view.label() is None
    empty = picture_of(view)
    qtbot.mouseMove(view, point_of(view, 1, 3))
    label = view.label()
    assert label is not None and snapshot.trace is not None
    assert label.heading == "hidden 1, neuron 4"
    assert label.detail == "dropped in this step"
    delta = f"{snapshot.trace.delta[0][0, 3]:+.4f}".replace("-", "−")
    assert dict(label.rows)["δ"] == delta
    assert set(dict(label.rows)) == {"z", "a", "δ", "b"}
    assert picture_of(view) != empty
    view.show_snapshot(make_snapshot(spec, Phase(PhaseKind.PREACTIVATION, 1)))
    label = view.label()
    assert label is not None
    assert dict(label.rows)["a"] == dict(label.rows)["δ"] == "not computed yet"
    assert dict(label.rows)["z"][0] in "+−"
    view.show_snapshot(make_snapshot(spec, seed=7, state=RunState.RUNNING))
    later = view.label()
    assert later is not None and later.rows != label.rows
    qtbot.mouseMove(view, QPoint(3, 470))
    assert view.label() is None


def test_hover_shows_weight_and_gradient_of_a_link(qtbot) -> None:
    spec = make_spec(2, 2, 1)
    snapshot = make_snapshot(spec)
    view, _ = show(qtbot, snapshot)
    before, after = layout_of(view).columns[:2]
    quarter = (before.right + after.left) / 2
    qtbot.mouseMove(view, QPoint(round(quarter), round(before.y[0])))
    label = view.label()
    assert label is not None and snapshot.trace is not None
    weight = f"{snapshot.weights(1)[0, 0]:+.4f}".replace("-", "−")
    gradient = f"{snapshot.trace.gradient_of(1)[0][0, 0]:+.4f}".replace("-", "−")
    assert label.heading == f"w₁₁⁽¹⁾ = {weight}"
    assert label.detail == "input 1 → hidden 1, neuron 1"
    assert label.rows == (("gradient", gradient),)
    view.show_snapshot(make_snapshot(spec, Phase(PhaseKind.DELTA, 1)))
    label = view.label()
    assert label is not None and label.rows == (("gradient", "not computed yet"),)


def test_hover_names_inputs_pixels_and_classes(qtbot) -> None:
    view, _ = show(qtbot, make_snapshot(make_spec(4, 3, 2)))
    view.set_class_names(["cat", "dog"])
    view.set_input_names(["height", "weight", "age", "tail"])
    qtbot.mouseMove(view, point_of(view, 2, 1))
    assert view.label().heading == "output, neuron 2 (dog)"
    qtbot.mouseMove(view, point_of(view, 0, 3))
    assert view.label().heading == "input 4 (tail)"
    view.set_picture_shape(2, 2, np.array([[0, 1], [2, 3]]))
    qtbot.mouseMove(view, point_of(view, 0, 3))
    assert view.label().heading == "input, row 2, column 2"


@pytest.mark.parametrize(("layer", "neuron"), [(0, 1), (1, 0), (2, 13), (3, 19), (4, 4)])
def test_a_click_selects_the_neuron_under_it(qtbot, layer: int, neuron: int) -> None:
    view, selection = show(qtbot, make_snapshot(make_spec(5, 20, 20, 20, 5)))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=point_of(view, layer, neuron))
    assert (selection.layer, selection.neuron) == (layer, neuron)
    at = point_of(view, layer, neuron)
    out = round(layout_of(view).columns[layer].radius + 3.5)
    ring = picture_of(view).pixelColor(at.x(), at.y() - out)
    accent = QColor(LIGHT.accent)
    assert abs(ring.hue() - accent.hue()) < 12


def test_clicks_on_titles_select_layers_and_elsewhere_nothing(qtbot) -> None:
    view, selection = show(qtbot, make_snapshot(make_spec(5, 20, 5)))
    title = layout_of(view).columns[1].title
    at = QPoint(round(title.x + title.width / 2), round(title.y + 8))
    plain = picture_of(view)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert (selection.layer, selection.neuron) == (1, None)
    assert picture_of(view) != plain
    with qtbot.waitSignal(view.layerActivated) as activated:
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert activated.args == [1]
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(4, 470))
    assert selection.layer is None


# Keys


def test_arrow_keys_move_the_selection(qtbot) -> None:
    view, selection = show(qtbot, make_snapshot(make_spec(3, 5, 2)))
    view.setFocus(Qt.FocusReason.TabFocusReason)

    def press(key: Qt.Key) -> tuple[int | None, int | None]:
        qtbot.keyClick(view, key)
        return selection.layer, selection.neuron

    assert press(Qt.Key.Key_Right) == (1, 0)
    assert press(Qt.Key.Key_Down) == (1, 1)
    assert press(Qt.Key.Key_Down) == (1, 2)
    assert press(Qt.Key.Key_Up) == (1, 1)
    assert press(Qt.Key.Key_Right)[0] == 2
    assert press(Qt.Key.Key_Right)[0] == 2, "no layer behind the output"
    assert press(Qt.Key.Key_Left)[0] == 1
    assert press(Qt.Key.Key_Left)[0] == 0
    assert press(Qt.Key.Key_Left)[0] == 0
    assert press(Qt.Key.Key_Escape) == (None, None)
    assert press(Qt.Key.Key_Left) == (2, 0)
    selection.select(1)
    assert press(Qt.Key.Key_Right) == (2, None), "a whole layer stays a whole layer"
    with qtbot.waitSignal(view.layerActivated) as activated:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert activated.args == [2]


def test_up_and_down_step_over_neurons_without_a_place(qtbot) -> None:
    view, selection = show(qtbot, make_snapshot(make_spec(3, 500, 2)))
    shown = layout_of(view).columns[1].shown
    edge = int(shown[np.flatnonzero(np.diff(shown) > 1)[0]])
    selection.select(1, edge)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert selection.neuron in shown and selection.neuron > edge + 1
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert selection.neuron == edge
    selection.select(1, 250)
    picture_of(view)
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert selection.neuron == edge


def test_the_description_follows_selection_and_values(qtbot) -> None:
    snapshot = make_snapshot(make_spec(3, 6, 2, drop=0.5))
    view, selection = show(qtbot, snapshot)
    assert view.accessibleName() == "Network"
    assert view.accessibleDescription().startswith("Nothing selected")
    assert snapshot.trace is not None
    selection.select(1, 1)
    value = snapshot.trace.activation[0][0, 1]
    assert view.accessibleDescription() == f"hidden 1, neuron 2, activation {value:.2f}"
    selection.select(1, 0)
    assert view.accessibleDescription().endswith("dropped")
    view.show_snapshot(make_snapshot(snapshot.spec, Phase(PhaseKind.INPUT, 0)))
    assert view.accessibleDescription() == "hidden 1, neuron 1, not computed yet"
    selection.select(2)
    assert view.accessibleDescription() == "output, 2 neurons"


# Edges


@pytest.mark.parametrize("size", [(400, 300), (750, 480), (1600, 1000), (120, 60)])
@pytest.mark.parametrize(
    "sizes",
    [(1, 1), (5, 1), (1, 100, 1), (25, *[20] * 9, 5), (100, 100, 100), (784, 50, 10)],
    ids=lambda sizes: "-".join(map(str, sizes)),
)
def test_any_shape_is_drawn_at_any_size(qtbot, sizes: tuple[int, ...], size) -> None:
    spec = make_spec(*sizes, drop=0.3 if len(sizes) > 2 else 0.0)
    view, selection = show(qtbot, make_snapshot(spec), *size)
    if sizes[0] == 25:
        view.set_picture_shape(5, 5, np.arange(25).reshape(5, 5))
    view.set_class_names([f"a rather long class name {n}" for n in range(spec.outputs)])
    if size[0] >= 400:
        check_layout(layout_of(view), spec)
    for phase in (None, Phase(PhaseKind.ERROR, 1), Phase(PhaseKind.UPDATE, spec.depth)):
        view.show_snapshot(make_snapshot(spec, phase))
        selection.select(spec.depth, spec.outputs - 1)
        qtbot.mouseMove(view, point_of(view, spec.depth, spec.outputs - 1))
        picture_of(view)
    view.apply_theme(DARK)
    view.set_text_scale(1.6)
    picture_of(view)


def test_numbers_that_are_not_finite_do_no_harm(qtbot) -> None:
    spec = make_spec(3, 4, 2)
    snapshot = make_snapshot(spec)
    assert snapshot.trace is not None
    snapshot.trace.activation[0][0, :2] = [np.nan, np.inf]
    snapshot.trace.delta[0][0, :2] = [-np.inf, np.nan]
    theta = snapshot.theta.copy()
    theta[:3] = [np.nan, np.inf, -np.inf]
    view, _ = show(qtbot, replace(snapshot, theta=theta))
    qtbot.mouseMove(view, point_of(view, 1, 0))
    picture_of(view)
    label = view.label()
    assert label is not None and dict(label.rows)["a"] == "not a finite number"


def test_a_new_shape_takes_over_while_something_is_selected(qtbot) -> None:
    view, selection = show(qtbot, make_snapshot(make_spec(25, 20, 20, 20, 5)))
    selection.select(4, 4)
    qtbot.mouseMove(view, point_of(view, 3, 19))
    view.show_snapshot(make_snapshot(make_spec(2, 2, 1)))
    picture_of(view)
    assert view.label() is None
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert selection.layer == 1


def test_a_really_trained_network_is_followed_phase_by_phase(qtbot) -> None:
    project = load_project("digits-5x5")
    runner = Runner(project)
    runner.step_phase()
    view, selection = show(qtbot, runner.snapshot())
    picture = project.data.picture
    assert picture is not None
    view.set_picture_shape(picture.rows, picture.columns, picture.index)
    selection.select(2, 3)
    seen = set()
    assert runner.snapshot().trace is not None
    for _ in runner.snapshot().trace.phases:
        view.show_snapshot(runner.snapshot())
        seen.add(bytes(picture_of(view).constBits()))
        runner.step_phase()
    assert len(seen) > 15
    runner.run_epoch()
    runner.advance(5)
    runner.set_probe(np.ones(project.network.inputs))
    view.show_snapshot(runner.snapshot())
    view.set_source("drawing")
    assert "activation" in view.accessibleDescription()
    picture_of(view)
