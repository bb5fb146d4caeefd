"""The loss panel: no peak is lost, nothing breaks it, and what it says is what was recorded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from snapshots import make_history, make_snapshot, make_spec

from simulator.snapshot import RunState
from ui.panels.curves import Axis, peak_indices
from ui.panels.loss import LossPanel
from ui.selection import Selection
from ui.theme import LIGHT

SPEC = make_spec((2, 2, 1))


def snapshot(loss, accuracy=np.nan, state=None):
    return make_snapshot(SPEC, trace=False, history=make_history(loss, accuracy), state=state)


@pytest.fixture
def panel(qtbot):
    panel = LossPanel(Selection(), LIGHT)
    qtbot.addWidget(panel)
    panel.resize(560, 230)
    panel.show()
    QApplication.processEvents()
    return panel


def wheel(panel: LossPanel, steps: int = 3) -> None:
    """Turn the wheel over the middle of the plot."""
    viewport = panel.plot.viewport()
    middle = QPointF(viewport.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(viewport.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)
    QApplication.processEvents()


def send(widget, kind, place, button, buttons) -> None:
    """A mouse event with buttons held."""
    where, globally = QPointF(place), QPointF(widget.mapToGlobal(place))
    held = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(kind, where, globally, button, buttons, held))


def hover(qtbot, panel: LossPanel, epoch: float) -> str:
    """Point at an epoch; what is read off there."""
    box = panel.plot.box
    middle = sum(box.viewRange()[1]) / 2
    place = panel.plot.mapFromScene(box.mapViewToScene(QPointF(epoch, middle)))
    qtbot.mouseMove(panel.plot.viewport(), QPoint(2, 2))
    qtbot.mouseMove(panel.plot.viewport(), place)
    return panel.plot.tip.text()


values = st.lists(
    st.one_of(st.floats(-1e6, 1e6), st.sampled_from([np.nan, np.inf, -np.inf])), max_size=400
)


@given(values, st.integers(1, 60))
@settings(max_examples=300, deadline=None)
def test_thinning_keeps_smallest_and_largest(points, bins):
    array = np.array(points, dtype=float)
    kept = peak_indices(array, bins)
    assert len(kept) <= max(2 * bins, 0) or len(kept) == len(array) <= 2 * bins
    assert np.all(np.diff(kept) > 0)
    assert len(kept) == 0 or (kept[0] >= 0 and kept[-1] < len(array))
    finite = array[np.isfinite(array)]
    if len(finite):
        shown = array[kept]
        shown = shown[np.isfinite(shown)]
        assert shown.min() == finite.min() and shown.max() == finite.max()


@given(st.integers(2, 5000), st.integers(10, 300))
@settings(max_examples=60, deadline=None)
def test_thinning_keeps_the_peaks_of_every_bin(count, bins):
    array = np.random.default_rng(count).normal(size=count)
    kept = set(peak_indices(array, bins).tolist())
    size = -(-count // bins)
    if count > 2 * bins:
        for start in range(0, count, size):
            part = array[start : start + size]
            assert {start + int(part.argmin()), start + int(part.argmax())} <= kept


def test_empty_state_teaches(panel):
    panel.show_snapshot(snapshot([]))
    assert panel.plot.hint.isVisible()
    assert panel.plot.hint.text() == "Press Run: the loss of each epoch appears here"
    assert panel.readout.text == ""
    panel.grab()
    panel.show_snapshot(snapshot([2.0, 1.0]))
    assert not panel.plot.hint.isVisible()
    panel.show_snapshot(snapshot([]))
    assert panel.plot.hint.isVisible()


def test_last_value_is_printed(panel):
    panel.show_snapshot(snapshot([2.0, 0.0123], 1.0))
    assert panel.readout.text == "loss 0.0123 · accuracy 100 %"
    panel.show_snapshot(snapshot([2.0, 0.0123]))
    assert panel.readout.text == "loss 0.0123"


def test_accuracy_axis_only_with_classes(panel):
    panel.show_snapshot(snapshot([2.0, 1.0]))
    assert not panel.plot.right_axis.isVisible() and not panel.plot.right[0].isVisible()
    panel.show_snapshot(snapshot([2.0, 1.0], [0.25, 0.75]))
    assert panel.plot.right_axis.isVisible()
    assert panel.plot.right[0].getData()[1].tolist() == [25.0, 75.0]
    assert panel.plot.right_axis.range == pytest.approx([0.0, 104.0])


@pytest.mark.parametrize(
    "loss",
    [
        [np.nan] * 3,
        [np.inf] * 3,
        [1.0, np.nan, np.inf, -np.inf, 2.0],
        [0.0, 0.0],
        [-1.0, 2.0],
        [1e300, 1e-300],
        [5e-324, 1.0],
        [1.0],
        list(np.linspace(5, 0, 70_000)),
    ],
)
def test_any_losses_are_drawn(panel, qtbot, loss):
    for accuracy in (np.nan, 0.5):
        panel.show_snapshot(snapshot(loss, accuracy))
        panel.grab()
        panel.log_choice.setChecked(not panel.log_choice.isChecked())
        panel.grab()
        hover(qtbot, panel, 1.0)
        low, high = panel.plot.box.viewRange()[1]
        assert np.isfinite([low, high]).all() and low < high


def test_long_histories_are_thinned_to_the_width(panel):
    loss = np.exp(-np.linspace(0, 8, 50_000)) + 0.01
    loss[31_415] = 4.0
    panel.show_snapshot(snapshot(loss, 0.5))
    x, y = panel.plot.left[0].getData()
    assert len(x) <= 2 * panel.plot.box.width() + 2
    assert y.max() == 4.0 and x[y.argmax()] == 31_416
    assert not panel.plot.left[0].opts["antialias"]
    panel.show_snapshot(snapshot(loss[:4000], 0.5))
    assert panel.plot.left[0].opts["antialias"]
    panel.show_snapshot(snapshot(loss[:4001], 0.5, RunState.RUNNING))
    assert not panel.plot.left[0].opts["antialias"]


def test_pointer_reads_off_the_recorded_values(panel, qtbot):
    loss = np.random.default_rng(0).random(100) + 0.5
    panel.show_snapshot(snapshot(loss, 0.4))
    for epoch in (1, 37, 100):
        expected = f"epoch {epoch}\nloss {loss[epoch - 1]:.4f}\naccuracy 40 %"
        assert hover(qtbot, panel, epoch - 0.2) == expected
        assert panel.plot.tip.isVisible()
    qtbot.mouseMove(panel.plot.viewport(), QPoint(2, 2))
    assert not panel.plot.tip.isVisible()


def test_range_is_automatic_until_the_user_zooms(panel, qtbot):
    panel.show_snapshot(snapshot(np.linspace(2, 1, 100), 0.5))
    assert panel.plot.box.viewRange()[0] == [0.0, 100.0]
    panel.show_snapshot(snapshot(np.linspace(2, 1, 150), 0.5))
    assert panel.plot.box.viewRange()[0] == [0.0, 150.0]
    assert not panel.fit_button.isVisible()
    wheel(panel)
    zoomed = panel.plot.box.viewRange()
    assert zoomed[0][1] - zoomed[0][0] < 150.0
    assert panel.fit_button.isVisible()
    panel.show_snapshot(snapshot(np.linspace(2, 1, 400), 0.5))
    assert panel.plot.box.viewRange() == zoomed
    assert panel.plot.right[0].getViewBox().viewRange()[0] == pytest.approx(zoomed[0])
    assert panel.plot.right_axis.range == pytest.approx([0.0, 104.0])
    qtbot.mouseClick(panel.fit_button, Qt.MouseButton.LeftButton)
    assert panel.plot.box.viewRange()[0] == [0.0, 400.0]
    assert not panel.fit_button.isVisible()


def test_dragging_pans(panel, qtbot):
    panel.show_snapshot(snapshot(np.linspace(2, 1, 100), 0.5))
    start = panel.plot.box.viewRange()[0]
    viewport = panel.plot.viewport()
    middle = viewport.rect().center()
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    kinds = QEvent.Type
    send(viewport, kinds.MouseButtonPress, middle, left, left)
    for step in range(1, 8):
        send(viewport, kinds.MouseMove, middle - QPoint(10 * step, 0), none, left)
        qtbot.wait(15)
    send(viewport, kinds.MouseButtonRelease, middle - QPoint(70, 0), left, none)
    QApplication.processEvents()
    assert panel.plot.box.viewRange()[0][0] > start[0]
    assert panel.fit_button.isVisible()


def test_zooming_in_brings_back_detail(panel):
    loss = np.random.default_rng(1).random(60_000)
    panel.show_snapshot(snapshot(loss))
    panel.plot.box.setRange(xRange=(1000.0, 1100.0), padding=0.0)
    panel.plot.box.sigRangeChangedManually.emit([True, True])
    x, y = panel.plot.left[0].getData()
    inside = (x >= 1000) & (x <= 1100)
    assert np.array_equal(y[inside], loss[999:1100])


def test_log_scale(panel, qtbot):
    panel.show_snapshot(snapshot([100.0, 1.0, 0.001, 0.0]))
    qtbot.mouseClick(panel.log_choice, Qt.MouseButton.LeftButton, pos=QPoint(8, 14))
    assert panel.log_choice.isChecked()
    _, y = panel.plot.left[0].getData()
    assert y[:3] == pytest.approx([2.0, 0.0, -3.0]) and np.isnan(y[3])
    low, high = panel.plot.box.viewRange()[1]
    assert low == -3.0 and high == pytest.approx(2.1)
    assert hover(qtbot, panel, 3.0) == "epoch 3\nloss 0.0010"


def test_same_history_is_not_drawn_again(panel, monkeypatch):
    first = snapshot([2.0, 1.0])
    panel.show_snapshot(first)
    drawn = []
    monkeypatch.setattr(panel, "_draw", lambda: drawn.append(1))
    again = make_snapshot(SPEC, trace=False, history=first.history)
    panel.show_snapshot(again)
    assert not drawn


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0, 250), (-3, 2), (0, 1e-9), (0, 1e12), (5, 5), (0, np.inf)]
)
def test_ticks_are_few_and_round(low, high):
    axis = Axis("left", 34)
    for decades in (False, True):
        axis.decades = decades
        levels = axis.tickValues(low, high, 150)
        ticks = levels[0][1] if levels else []
        assert len(ticks) <= 8
        strings = axis.tickStrings(ticks, 1.0, levels[0][0] if levels else 1.0)
        assert len(set(strings)) == len(strings) == len(ticks)
