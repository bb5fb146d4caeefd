"""The phase strip: nothing overlaps, the current phase can be seen, all can be reached."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from snapshots import make_snapshot

from simulator.spec import BatchNormalizationSpec, LayerSpec, NetworkSpec
from ui.theme import LIGHT
from ui.transport.phase_strip import PhaseStrip

TITLE = 250


@pytest.fixture
def strip(qtbot) -> PhaseStrip:
    strip = PhaseStrip(LIGHT)
    qtbot.addWidget(strip)
    strip.resize(700, strip.height())
    strip.show()
    qtbot.waitExposed(strip)
    return strip


@st.composite
def networks(draw: st.DrawFn) -> NetworkSpec:
    """Deep ones, with whatever makes more phases."""
    layers = tuple(
        LayerSpec(
            2,
            "tanh",
            noise=draw(st.sampled_from([0.0, 0.1])),
            dropout_rate=draw(st.sampled_from([0.0, 0.2])),
            batch_normalization=draw(st.sampled_from([None, BatchNormalizationSpec()])),
        )
        for _ in range(draw(st.integers(1, 12)))
    )
    return NetworkSpec(2, layers, input_noise=0.1, input_dropout_rate=0.1)


# The strip is given all it shows anew in each example.
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(networks(), st.floats(0.0, 1.0), st.integers(600, 2000))
def test_phases_never_overlap_and_the_current_one_is_seen(strip, spec, share, width):
    snapshot = make_snapshot(spec)
    cursor = round(share * (len(snapshot.trace.phases) - 1))
    strip.resize(width, strip.height())
    strip.show_snapshot(replace(snapshot, cursor=cursor))
    strip.grab()
    chips = strip._chips
    assert len(chips) == len(snapshot.trace.phases)
    gaps = [after.left() - before.right() for before, after in pairwise(chips)]
    assert min(gaps) >= -1e-6
    assert chips[cursor].left() >= TITLE and chips[cursor].right() <= strip.width()
    assert abs(gaps[0]) < 1e-6 and abs(gaps[1]) < 1e-6 < gaps[2], "input phases stand with x"


def turn(strip: PhaseStrip, way: int) -> None:
    """Turn the wheel over the strip."""
    place = QPointF(500, 10)
    none, held = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(place, place, QPoint(), QPoint(0, way), none, held, phase, False)
    QApplication.sendEvent(strip, event)
    strip.grab()


def test_a_deep_network_is_scrolled_with_the_wheel(qtbot, strip):
    spec = NetworkSpec(2, (LayerSpec(2, "tanh", dropout_rate=0.1),) * 12)
    strip.show_snapshot(make_snapshot(spec))
    start = strip.grab().toImage()
    assert strip._chips[-1].left() > strip.width()
    for _ in range(40):
        turn(strip, -120)
    assert strip._chips[-1].right() <= strip.width()
    assert strip.grab().toImage() != start
    last = strip._chips[-1].center().toPoint()
    with qtbot.waitSignal(strip.phase_chosen) as chosen:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=last)
    assert chosen.args == [len(strip._chips) - 1]
    for _ in range(40):
        turn(strip, 120)
    assert strip.grab().toImage() == start
