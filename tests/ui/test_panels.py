"""The panels made of cells: they show the numbers they are given, and nothing that is not there."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget
from snapshots import before, make_history, make_snapshot, make_spec, make_trace

from simulator.snapshot import RunState, Snapshot
from simulator.spec import LayerSpec, NetworkSpec
from simulator.trace import Phase, PhaseKind
from ui.panels.activations import PREACTIVATION, ActivationsPanel
from ui.panels.cell_panel import CellPanel
from ui.panels.deltas import PER_LAYER, DeltasPanel
from ui.panels.gradients import GradientsPanel
from ui.panels.heatmap import Cell, HeatmapView
from ui.panels.masks import HINT, MasksPanel
from ui.panels.matrices import BIASES, TILE, WEIGHTS
from ui.panels.panel import Panel
from ui.panels.registry import PANELS, panel_class
from ui.panels.scales import COLOUR_STEPS, STEPS, Scale, largest_of, round_up
from ui.panels.text import limit_text, magnitude, plain, signed
from ui.panels.weights import WeightsPanel
from ui.selection import Selection
from ui.theme import DARK, LIGHT

PICTURE = (5, 5, np.arange(25).reshape(5, 5))
CELL_PANELS = (WeightsPanel, GradientsPanel, DeltasPanel, MasksPanel, ActivationsPanel)
SIZES = ((420, 210), (560, 230), (900, 300))


def shown(qtbot, kind, snapshot: Snapshot, size=(560, 260), picture=PICTURE, names=None):
    """A panel on screen with this snapshot."""
    panel = kind(Selection(), LIGHT)
    qtbot.addWidget(panel)
    panel.set_context(picture, names or ["1", "2", "3", "4", "5"])
    panel.resize(*size)
    panel.show()
    panel.show_snapshot(snapshot)
    QApplication.processEvents()
    return panel


def find(panel: CellPanel, name: tuple[str, int], row: int = 0, column: int = 0) -> Cell:
    block = next(b for b in panel.view.blocks if b.name == name)
    return panel.view.cell(block, row, column)


def place(panel: CellPanel, cell: Cell) -> QPoint:
    """Where a cell is, after scrolling to it."""
    centre = cell.rect.center().toPoint()
    panel.scroll_area.ensureVisible(centre.x(), centre.y(), 4, 4)
    return centre


def point_at(qtbot, panel: CellPanel, cell: Cell) -> str:
    qtbot.mouseMove(panel.view.viewport(), QPoint(1, 1))
    qtbot.mouseMove(panel.view.viewport(), place(panel, cell))
    return panel.readout.text


def click(qtbot, panel: CellPanel, cell: Cell) -> None:
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place(panel, cell))


def colour_at(panel: CellPanel, cell: Cell) -> QColor:
    image = panel.view.grab().toImage()
    ratio = image.devicePixelRatio()
    centre = cell.rect.center() - QPointF(0.5, 0.5)
    return image.pixelColor(round(centre.x() * ratio), round(centre.y() * ratio))


def pixels(widget: QWidget) -> bytes:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return bytes(image.constBits())


# What every panel promises ------------------------------------------------------------------


def test_registry_ids_and_titles_are_unique():
    ids = [panel.panel_id for panel in PANELS]
    titles = [panel.title for panel in PANELS]
    assert len(set(ids)) == len(ids) and len(set(titles)) == len(titles)
    assert {"loss", "weights", "deltas", "masks", "activations", "gradients"} <= set(ids)
    assert panel_class("deltas") is DeltasPanel
    with pytest.raises(KeyError):
        panel_class("no such panel")


@pytest.mark.parametrize("kind", PANELS)
def test_every_widget_has_an_accessible_name(qtbot, kind):
    panel = shown(qtbot, kind, make_snapshot(make_spec(dropout={2: 0.2}), samples=3))
    assert panel.accessibleName() == kind.title
    for child in panel.findChildren(QWidget):
        if child.focusPolicy() != Qt.FocusPolicy.NoFocus and child.isVisible():
            inner = child.accessibleName() or child.parentWidget().accessibleName()
            assert inner, child


@pytest.mark.parametrize("kind", PANELS)
@pytest.mark.parametrize("size", [*SIZES, (400, 200), (900, 260), (60, 40), (1, 1)])
def test_any_size_is_drawn_without_error(qtbot, kind, size):
    panel = shown(qtbot, kind, make_snapshot(make_spec(dropout={2: 0.2})), size)
    panel.grab()


@pytest.mark.parametrize("kind", PANELS)
@pytest.mark.parametrize(
    "sizes", [(1, 1), (2, 2, 1), (25, 1), (3, 64, 64, 2), (784, 128, 10), (2000, 700, 3)]
)
def test_any_network_is_drawn_without_error(qtbot, kind, sizes):
    spec = make_spec(sizes, dropout={1: 0.5})
    panel = shown(qtbot, kind, make_snapshot(spec, samples=2), picture=None)
    panel.grab()
    panel.set_context(PICTURE, [])
    panel.grab()


@pytest.mark.parametrize("kind", PANELS)
def test_without_a_trace_nothing_is_made_up(qtbot, kind):
    snapshot = make_snapshot(make_spec(dropout={2: 0.2}), trace=False)
    panel = shown(qtbot, kind, snapshot)
    panel.grab()
    if isinstance(panel, CellPanel) and kind is not WeightsPanel:
        assert all(np.isnan(panel.view.cell(b, 0, 0).value) for b in panel.view.blocks)


@pytest.mark.parametrize("kind", PANELS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, 1e300, -1e-300])
def test_strange_numbers_are_drawn_without_error(qtbot, kind, value):
    spec = make_spec((4, 3, 2), dropout={1: 0.5})
    trace = make_trace(spec)
    for array in (*trace.z, *trace.activation, *trace.output, *trace.delta, trace.gradient):
        array.flags.writeable = True
        array[...] = value
    theta = np.full(spec.parameter_count, value)
    history = make_history([value] * 5, value)
    snapshot = make_snapshot(spec, trace=trace, theta=theta, history=history)
    panel = shown(qtbot, kind, snapshot, picture=None)
    panel.grab()
    if isinstance(panel, CellPanel):
        for block in panel.view.blocks:
            point_at(qtbot, panel, panel.view.cell(block, 0, 0))


@pytest.mark.parametrize("kind", PANELS)
def test_theme_change_recolours(qtbot, kind):
    history = make_history(np.linspace(2.0, 0.1, 30), 0.8)
    panel = shown(qtbot, kind, make_snapshot(make_spec(dropout={2: 0.2}), history=history))
    light = pixels(panel)
    panel.apply_theme(DARK)
    QApplication.processEvents()
    assert pixels(panel) != light
    assert panel.grab().toImage().pixelColor(0, 0) == QColor(DARK.panel)
    panel.apply_theme(LIGHT)
    QApplication.processEvents()
    assert pixels(panel) == light


@pytest.mark.parametrize("kind", PANELS)
def test_hidden_panel_does_no_work_until_it_is_shown(qtbot, kind, monkeypatch):
    calls = []
    original = kind._show
    monkeypatch.setattr(kind, "_show", lambda self, s: (calls.append(s), original(self, s)))
    panel = kind(Selection(), LIGHT)
    qtbot.addWidget(panel)
    snapshot = make_snapshot(make_spec())
    panel.show_snapshot(snapshot)
    assert not calls
    panel.show()
    assert calls == [snapshot]
    panel.show_snapshot(snapshot)
    assert len(calls) == 1, "the same snapshot again is nothing new"


@pytest.mark.parametrize("kind", CELL_PANELS)
def test_equal_arrays_do_not_repaint(qtbot, kind, monkeypatch):
    spec = make_spec(dropout={2: 0.2})
    panel = shown(qtbot, kind, make_snapshot(spec, seed=1))
    composed = []
    monkeypatch.setattr(panel.view, "_compose", lambda: composed.append(1))
    panel.show_snapshot(make_snapshot(spec, seed=1))
    assert not composed
    panel.show_snapshot(make_snapshot(spec, seed=2))
    assert composed


def test_highlight_follows_the_phase(qtbot):
    spec = make_spec(dropout={2: 0.2})
    trace = make_trace(spec)
    for kind in PANELS:
        panel = shown(qtbot, kind, make_snapshot(spec, trace=trace))
        heard = []
        panel.current_changed.connect(heard.append)
        assert not panel.highlight
        for phase in trace.phases:
            panel.show_snapshot(make_snapshot(spec, trace=trace, at=phase))
            assert panel.highlight == (phase.kind in kind.phases) == kind.concerns(phase)
        panel.show_snapshot(make_snapshot(spec, trace=trace))
        assert not panel.highlight
        assert heard[:1] == [True] * bool(kind.phases)
        assert heard == [n % 2 == 0 for n in range(len(heard))]


def test_every_phase_but_the_error_has_a_panel():
    kinds = frozenset().union(*(panel.phases for panel in PANELS))
    assert kinds == set(PhaseKind) - {PhaseKind.ERROR}


# Weights and gradients ----------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_weight_readout_is_the_weight(qtbot, size):
    snapshot = make_snapshot()
    panel = shown(qtbot, WeightsPanel, snapshot, size)
    for layer, neuron, source in ((2, 6, 2), (3, 19, 0), (4, 4, 19)):
        text = point_at(qtbot, panel, find(panel, (WEIGHTS, layer), neuron, source))
        value = signed(snapshot.weights(layer)[neuron, source])
        assert text == (
            f"layer {layer} · w from neuron {source + 1} to neuron {neuron + 1} = {value}"
        )
    text = point_at(qtbot, panel, find(panel, (BIASES, 3), 7))
    biases = snapshot.biases(3)
    assert biases is not None
    assert text == f"layer 3 · bias of neuron 8 = {signed(biases[7])}"


def test_receptive_field_is_laid_out_as_the_picture(qtbot):
    index = np.random.default_rng(0).permutation(25).reshape(5, 5)
    snapshot = make_snapshot()
    panel = shown(qtbot, WeightsPanel, snapshot, picture=(5, 5, index))
    for neuron, row, column in ((0, 0, 0), (7, 3, 1), (19, 4, 4)):
        cell = find(panel, (TILE, neuron), row, column)
        assert cell.value == snapshot.weights(1)[neuron, index[row, column]]
        text = point_at(qtbot, panel, cell)
        assert f"from input {index[row, column] + 1} " in text
        assert text.endswith(f"to neuron {neuron + 1} = {signed(cell.value)}")


def test_every_parameter_is_shown_once(qtbot):
    snapshot = make_snapshot()
    count = snapshot.spec.parameter_count - 20  # the pictures leave out layer 1's biases
    for picture, expected in ((PICTURE, count), (None, count + 20)):
        panel = shown(qtbot, WeightsPanel, snapshot, picture=picture)
        positions = np.concatenate([b.positions.ravel() for b in panel.view.blocks])
        assert len(positions) == len(set(positions.tolist())) == expected


def test_layers_do_not_overlap_and_are_not_clipped(qtbot):
    for size in (*SIZES, (300, 150), (240, 600)):
        panel = shown(qtbot, WeightsPanel, make_snapshot(), size)
        rects = [block.rect for block in panel.view.blocks]
        assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])
        assert all(panel.view.rect().contains(rect.toAlignedRect()) for rect in rects)


def test_click_selects_the_neuron_and_selection_is_outlined(qtbot):
    panel = shown(qtbot, WeightsPanel, make_snapshot(), (900, 300))
    click(qtbot, panel, find(panel, (WEIGHTS, 2), 6, 2))
    assert (panel.selection.layer, panel.selection.neuron) == (2, 6)
    before_click = pixels(panel.view)
    click(qtbot, panel, find(panel, (TILE, 11), 2, 2))
    assert (panel.selection.layer, panel.selection.neuron) == (1, 11)
    QApplication.processEvents()
    assert pixels(panel.view) != before_click
    layers = panel._outlines(1, 11)
    assert find(panel, (TILE, 11)).block.rect in layers
    column = find(panel, (WEIGHTS, 2), 5, 11)
    assert any(rect.contains(column.rect) for rect in layers)
    click(qtbot, panel, find(panel, (BIASES, 4), 3))
    assert (panel.selection.layer, panel.selection.neuron) == (4, 3)


def test_click_beside_the_cells_changes_nothing(qtbot):
    panel = shown(qtbot, WeightsPanel, make_snapshot(), (900, 300))
    panel.selection.select(2, 3)
    bottom = QPoint(2, panel.view.height() - 2)
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=bottom)
    assert (panel.selection.layer, panel.selection.neuron) == (2, 3)


def test_keyboard_reads_and_selects(qtbot):
    snapshot = make_snapshot(make_spec((2, 3, 1)))
    panel = shown(qtbot, WeightsPanel, snapshot, picture=None)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(panel.view, key)
    expected = signed(snapshot.weights(1)[1, 1])
    assert panel.readout.text == f"layer 1 · w from input 2 to neuron 2 = {expected}"
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    assert (panel.selection.layer, panel.selection.neuron) == (1, 1)
    for _ in range(20):
        qtbot.keyClick(panel.view, Qt.Key.Key_Down)
        qtbot.keyClick(panel.view, Qt.Key.Key_Right)
    assert panel.readout.text.startswith("layer 2 · bias of neuron 1")


def test_signs_have_their_hues_and_the_scale_is_printed(qtbot):
    spec = make_spec((2, 2, 1))
    theta = np.zeros(spec.parameter_count)
    theta[:3] = 0.7, -0.7, 0.0
    panel = shown(qtbot, WeightsPanel, make_snapshot(spec, theta=theta), picture=None)
    assert panel._scale.limit == 0.7
    cells = [find(panel, (WEIGHTS, 1), *at) for at in ((0, 0), (0, 1), (1, 0))]
    tokens = [panel.view.colour_of(cell).name().upper() for cell in cells]
    assert tokens == [LIGHT.positive, LIGHT.negative, LIGHT.zero]
    for cell, name in zip(cells, tokens, strict=True):
        corner = cell.rect.topLeft().toPoint() + QPoint(2, 2)
        assert panel.view.grab().toImage().pixelColor(corner) == QColor(name)
    assert panel.legend.accessibleDescription() == "from -0.7 to 0.7"


def test_readout_follows_the_value_under_a_resting_pointer(qtbot):
    spec = make_spec()
    panel = shown(qtbot, WeightsPanel, make_snapshot(spec, seed=1))
    point_at(qtbot, panel, find(panel, (WEIGHTS, 2), 0, 0))
    later = make_snapshot(spec, seed=2)
    panel.show_snapshot(later)
    assert panel.readout.text.endswith(f"= {signed(later.weights(2)[0, 0])}")
    QApplication.sendEvent(panel.view, QEvent(QEvent.Type.Leave))
    assert panel.readout.text.startswith("Layer 1")


def test_gradients_are_blank_until_computed(qtbot):
    spec = make_spec()
    trace = make_trace(spec)
    at = Phase(PhaseKind.GRADIENT, 3)
    panel = shown(qtbot, GradientsPanel, make_snapshot(spec, trace=trace, at=at))
    done = find(panel, (WEIGHTS, 3), 4, 5)
    assert done.value == spec.weights(trace.gradient, 3)[4, 5]
    assert point_at(qtbot, panel, done) == (
        f"layer 3 · dE/dw from neuron 6 to neuron 5 = {signed(done.value)}"
    )
    open_cell = find(panel, (WEIGHTS, 2), 4, 5)
    assert np.isnan(open_cell.value)
    assert colour_at(panel, open_cell) == QColor(LIGHT.panel)
    assert point_at(qtbot, panel, open_cell).endswith("= not computed yet")
    norm = np.sqrt(np.sum(trace.gradient_of(3)[0] ** 2) + np.sum(trace.gradient_of(3)[1] ** 2))
    assert panel._captions(3)[0] == f"layer 3 · norm {magnitude(norm)}"
    assert panel._captions(2)[0] == "layer 2 · norm –"


# Rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_delta_readout_is_the_delta(qtbot, size):
    snapshot = make_snapshot(shrink=0.1)
    panel = shown(qtbot, DeltasPanel, snapshot, size)
    trace = snapshot.trace
    assert trace is not None
    for layer, neuron in ((1, 0), (2, 19), (3, 7)):
        cell = find(panel, ("row", layer), 0, neuron)
        value = signed(trace.delta[layer - 1][0, neuron])
        assert point_at(qtbot, panel, cell).endswith(f"neuron {neuron + 1} = {value}")
        click(qtbot, panel, cell)
        assert (panel.selection.layer, panel.selection.neuron) == (layer, neuron)
    assert point_at(qtbot, panel, find(panel, ("row", 4), 0, 3)) == (
        f"δ⁴ of output · neuron 4 (“4”) = {signed(trace.delta[3][0, 3])}"
    )


def test_deltas_are_blank_until_computed(qtbot):
    spec = make_spec()
    panel = shown(qtbot, DeltasPanel, make_snapshot(spec, at=Phase(PhaseKind.DELTA, 3)))
    assert np.isfinite(find(panel, ("row", 3), 0, 3).value)
    for layer in (1, 2):
        cell = find(panel, ("row", layer), 0, 3)
        assert np.isnan(cell.value)
        assert colour_at(panel, cell) == QColor(LIGHT.panel)
        assert point_at(qtbot, panel, cell).endswith("not computed yet")
    panel.show_snapshot(make_snapshot(spec, at=before(spec, PhaseKind.DELTA, 4)))
    assert all(np.isnan(panel.view.cell(b, 0, 0).value) for b in panel.view.blocks)


def test_bars_show_vanishing_deltas(qtbot):
    panel = shown(qtbot, DeltasPanel, make_snapshot(shrink=1e-2))
    sizes = [panel._numbers_of[layer][1] for layer in range(1, 5)]
    shares = [panel._share(size) for size in sizes]
    assert shares == sorted(shares) and shares[3] - shares[0] > 0.5
    assert panel._share(0.0) == 0.0 and panel._share(1e-30) == 0.0 and panel._share(np.inf) == 1.0
    assert panel._share(1e-2) - panel._share(1e-6) == pytest.approx(0.5)


def test_scale_per_layer_brings_out_a_vanished_one(qtbot):
    panel = shown(qtbot, DeltasPanel, make_snapshot(shrink=1e-3), (560, 260))
    trace = panel.trace
    strongest = int(np.argmax(np.abs(trace.delta[0][0])))
    common = panel.view.colour_of(find(panel, ("row", 1), 0, strongest))
    assert common.name().upper() == LIGHT.zero
    button = panel.scale_choice.buttons()[PER_LAYER]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    own = panel.view.colour_of(find(panel, ("row", 1), 0, strongest))
    assert own != common


def test_sample_of_the_mini_batch_can_be_chosen(qtbot):
    snapshot = make_snapshot(samples=4)
    for kind in (DeltasPanel, ActivationsPanel):
        panel = shown(qtbot, kind, snapshot, picture=None)
        arrays = snapshot.trace.delta if kind is DeltasPanel else snapshot.trace.activation
        assert panel.samples.isVisible() and panel.samples.spin.maximum() == 4
        assert find(panel, ("row", 2), 0, 5).value == arrays[1][0, 5]
        panel.samples.spin.setFocus()
        qtbot.keyClick(panel.samples.spin, Qt.Key.Key_Up)
        qtbot.keyClick(panel.samples.spin, Qt.Key.Key_Up)
        assert find(panel, ("row", 2), 0, 5).value == arrays[1][2, 5]
        panel.show_snapshot(make_snapshot(samples=1))
        assert not panel.samples.isVisible()
        assert panel.caption.text == "Sample 1 of 1 in the mini-batch"


def test_masks_cross_out_what_was_dropped(qtbot):
    spec = make_spec(dropout={2: 0.5, 3: 0.2})
    snapshot = make_snapshot(spec)
    panel = shown(qtbot, MasksPanel, snapshot)
    trace = snapshot.trace
    assert [row.layer for row in panel.rows] == [2, 3]
    dropped = int((trace.mask[1][0] == 0).sum())
    assert panel._caption(panel.rows[0]) == f"hidden 2 · rate 0.5 · {dropped} of 20 out · kept × 2"
    for neuron in range(20):
        cell = find(panel, ("row", 2), 0, neuron)
        text = point_at(qtbot, panel, cell)
        activation = plain(trace.activation[1][0, neuron])
        if trace.mask[1][0, neuron]:
            assert cell.value == trace.output[1][0, neuron]
            assert text.endswith(f"kept, {activation} × 2 = {plain(cell.value)}")
        else:
            assert np.isnan(cell.value)
            assert text.endswith(f"dropped, {activation} → 0")
    assert panel._plain_layers() == ["hidden 1", "output"]
    click(qtbot, panel, find(panel, ("row", 3), 0, 8))
    assert (panel.selection.layer, panel.selection.neuron) == (3, 8)


def test_masks_are_blank_until_computed_and_explain_themselves(qtbot):
    spec = make_spec(dropout={2: 0.5})
    at = before(spec, PhaseKind.DROPOUT, 2)
    panel = shown(qtbot, MasksPanel, make_snapshot(spec, at=at))
    cell = find(panel, ("row", 2), 0, 3)
    assert np.isnan(cell.value) and colour_at(panel, cell) == QColor(LIGHT.panel)
    assert point_at(qtbot, panel, cell).endswith("not computed yet")
    assert panel._caption(panel.rows[0]) == "hidden 2 · rate 0.5 · kept × 2"
    panel.show_snapshot(make_snapshot(make_spec()))
    assert not panel.view.blocks
    assert HINT.startswith("No layer uses dropout.")
    assert panel.readout.text == ""


def test_activations_show_picture_and_rows(qtbot):
    snapshot = make_snapshot()
    panel = shown(qtbot, ActivationsPanel, snapshot)
    trace = snapshot.trace
    pixel = find(panel, ("picture", 0), 2, 3)
    assert pixel.value == trace.x[0, 13]
    assert point_at(qtbot, panel, pixel) == f"x of input 14 = {plain(trace.x[0, 13])}"
    cell = find(panel, ("row", 3), 0, 9)
    assert point_at(qtbot, panel, cell) == (
        f"a³ of hidden 3 · neuron 10 = {plain(trace.activation[2][0, 9])}"
    )
    qtbot.mouseClick(panel.kind_choice.buttons()[PREACTIVATION], Qt.MouseButton.LeftButton)
    assert point_at(qtbot, panel, find(panel, ("row", 3), 0, 9)) == (
        f"z³ of hidden 3 · neuron 10 = {signed(trace.z[2][0, 9])}"
    )
    click(qtbot, panel, find(panel, ("picture", 0), 2, 3))
    assert (panel.selection.layer, panel.selection.neuron) == (0, 13)


def test_activations_without_a_picture_have_a_row_of_inputs(qtbot):
    snapshot = make_snapshot(make_spec((3, 4, 2)))
    panel = shown(qtbot, ActivationsPanel, snapshot, picture=None)
    assert [row.layer for row in panel.rows] == [0, 1, 2]
    assert find(panel, ("row", 0), 0, 2).value == snapshot.trace.x[0, 2]
    assert find(panel, ("row", 2), 0, 1).value == snapshot.trace.activation[1][0, 1]


def test_activations_are_blank_until_computed(qtbot):
    spec = make_spec()
    at = Phase(PhaseKind.PREACTIVATION, 2)
    panel = shown(qtbot, ActivationsPanel, make_snapshot(spec, at=at))
    assert np.isfinite(find(panel, ("row", 1), 0, 0).value)
    assert np.isnan(find(panel, ("row", 2), 0, 0).value)
    qtbot.mouseClick(panel.kind_choice.buttons()[PREACTIVATION], Qt.MouseButton.LeftButton)
    assert np.isfinite(find(panel, ("row", 2), 0, 0).value)
    assert np.isnan(find(panel, ("row", 3), 0, 0).value)


def test_bounded_activations_have_a_scale_to_one(qtbot):
    spec = NetworkSpec(2, (LayerSpec(3, "relu"), LayerSpec(2, "softmax")))
    trace = make_trace(spec)
    for array, value in zip(trace.activation, (40.0, 1.0), strict=True):
        array.flags.writeable = True
        array[...] = value
    panel = shown(qtbot, ActivationsPanel, make_snapshot(spec, trace=trace), picture=None)
    sure = panel.view.colour_of(find(panel, ("row", 2), 0, 0))
    assert sure.name().upper() == LIGHT.activation


def test_trace_of_another_network_is_not_shown(qtbot):
    trace = make_trace(make_spec((25, 7, 5)))
    panel = shown(qtbot, DeltasPanel, make_snapshot(make_spec(), trace=trace))
    assert np.isnan(find(panel, ("row", 1)).value)


def test_a_changed_network_is_laid_out_anew(qtbot):
    for kind in CELL_PANELS:
        panel = shown(qtbot, kind, make_snapshot(make_spec(dropout={1: 0.5})))
        panel.selection.select(3, 19)
        panel.show_snapshot(make_snapshot(make_spec((4, 3, 2), dropout={1: 0.5})))
        panel.grab()
        assert max(b.positions.max() for b in panel.view.blocks) < 4 * 3 + 3 + 3 * 2 + 2


# Parts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_cells_meet_without_seams_at_any_scale_factor(qtbot, monkeypatch, ratio):
    view = HeatmapView(LIGHT)
    qtbot.addWidget(view)
    monkeypatch.setattr(view, "devicePixelRatioF", lambda: ratio)
    from ui.panels.heatmap import Block

    block = Block(("a", 1), np.arange(12).reshape(3, 4), 3.0, 5.0, 7.0, 9.0)
    view.set_blocks([block], 60, 60)
    view.set_values(np.ones(12), 1.0)
    left, top = round(3 * ratio), round(5 * ratio)
    right, bottom = round(31 * ratio), round(32 * ratio)
    full = view._pixels < 12
    assert full[top:bottom, left:right].all() and full.sum() == (bottom - top) * (right - left)


def test_blank_is_transparent_and_infinite_is_the_end_of_the_scale(qtbot):
    from ui.panels.heatmap import Block

    view = HeatmapView(LIGHT)
    qtbot.addWidget(view)
    view.set_blocks([Block(("a", 1), np.arange(4)[None], 0.0, 0.0, 8.0, 8.0)], 40, 10)
    assert view.set_values(np.array([np.nan, np.inf, -np.inf, 0.0]), 1.0)
    assert not view.set_values(np.array([np.nan, np.inf, -np.inf, 0.0]), 1.0)
    names = [view.colour_of(view.cell(view.blocks[0], 0, c)) for c in range(4)]
    assert names[0].alpha() == 0
    assert [n.name().upper() for n in names[1:]] == [LIGHT.positive, LIGHT.negative, LIGHT.zero]
    assert view.set_values(np.ones(2), 1.0), "fewer values than cells leave the rest blank"
    assert view.colour_of(view.cell(view.blocks[0], 0, 3)).alpha() == 0


def test_scale_changes_rarely():
    scale = Scale()
    assert scale.fit(0.9) == 1.0
    assert scale.fit(0.65) == 1.0, "a little less is no reason to change"
    assert scale.fit(1.1) == 1.5
    assert scale.fit(0.01) == 0.01
    assert scale.fit(0.0) == 0.01 and scale.fit(np.inf) == 0.01 and scale.fit(np.nan) == 0.01
    steady = Scale()
    rng = np.random.default_rng(0)
    limits = [steady.fit(10.0 ** rng.uniform(-4, 0), steady=True) for _ in range(2000)]
    assert np.count_nonzero(np.diff(limits)) < 100


def test_round_up():
    for value in (1e-300, 3e-7, 0.5, 1.0, 1.0001, 2.0, 4.9, 5.1, 9.99, 1e5, 1e300):
        for steps in (STEPS, COLOUR_STEPS):
            found = round_up(value, steps)
            assert value <= found * (1 + 1e-9) and found <= 2.6 * value


def test_largest_of_ignores_what_is_not_finite():
    assert largest_of(np.array([np.nan, -3.0, np.inf, 2.0])) == 3.0
    assert largest_of(np.array([np.nan])) == 0.0
    assert largest_of(np.zeros(0)) == 0.0


def test_numbers_keep_their_signs():
    assert signed(0.4123) == "+0.4123" and signed(-0.4123) == "−0.4123" and signed(0.0) == "0.0000"
    assert signed(-6.123e-6) == "−6.123e−06" and plain(1.5) == "1.5000"
    assert signed(np.nan) == "not a number" and signed(-np.inf) == "−∞" and plain(np.inf) == "∞"
    assert limit_text(0.02) == "0.02" and limit_text(5e-6) == "5e−06" and limit_text(1e6) == "1e+06"
    assert max(len(magnitude(10.0**p * 9.96)) for p in range(-12, 12)) <= 7
    assert len(magnitude(np.nan)) > 0


def test_panel_base_cannot_be_used_as_it_is(qtbot):
    class Empty(Panel):
        panel_id, title = "empty", "Empty"

    panel = Empty(Selection(), LIGHT)
    qtbot.addWidget(panel)
    with pytest.raises(NotImplementedError):
        panel._show(make_snapshot())


def test_running_keeps_scales_steady(qtbot):
    panel = shown(qtbot, DeltasPanel, make_snapshot(seed=1, state=RunState.RUNNING))
    limit = panel._scale.limit
    small = make_snapshot(seed=1, shrink=1.0, state=RunState.RUNNING)
    for array in small.trace.delta:
        array.flags.writeable = True
        array *= 1e-3
    panel.show_snapshot(small)
    assert panel._scale.limit == limit


@pytest.mark.parametrize("kind", [DeltasPanel, MasksPanel, ActivationsPanel])
def test_rows_fit_without_scrolling(qtbot, kind):
    spec = make_spec(dropout={1: 0.2, 2: 0.5, 3: 0.2})
    for samples in (1, 4):
        panel = shown(qtbot, kind, make_snapshot(spec, samples=samples), (420, 210))
        assert not panel.scroll_area.verticalScrollBar().isVisible()
