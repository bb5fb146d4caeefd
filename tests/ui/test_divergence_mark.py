"""What the window shows when training runs away, and the one button back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hands import circles
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from snapshots import make_spec

from simulator.divergence import Divergence
from simulator.snapshot import RunState
from ui.editor import divergence_mark
from ui.editor.divergence_mark import clear_place, lines_of, number_text
from ui.editor.marks import node_box
from ui.editor.names import Names
from ui.lab import BACK
from ui.main_window import MainWindow


def blow_up(qtbot: QtBot, window: MainWindow) -> None:
    """Train with a rate that no training survives."""
    layers = [{"units": 4, "activation": "relu"}, {"units": 1, "activation": "linear"}]
    project = circles(
        network={"inputs": 2, "layers": layers},
        loss="mse",
        optimizer={"learning_rate": 1e6},
    )
    window.session.set_project(project)
    qtbot.waitUntil(lambda: window.session.snapshot.spec == project.network)
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.session.state is RunState.STOPPED, timeout=10_000)


def test_the_network_names_it_and_one_button_goes_back(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[Divergence] = []
    paint = divergence_mark.paint

    def watched(*given: object) -> None:
        painted.append(given[3])
        paint(*given)

    monkeypatch.setattr(divergence_mark, "paint", watched)
    blow_up(qtbot, window)
    found = window.session.snapshot.divergence
    assert found is not None
    qtbot.waitUntil(lambda: found in painted)
    assert window.notice.isVisible() and "without limit" in window.notice.text()
    assert window.notice.button.isVisible() and window.notice.button.text() == BACK
    qtbot.mouseClick(window.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.snapshot.divergence is None)
    assert window.session.snapshot.iteration == found.last_good
    assert np.isfinite(window.session.snapshot.theta).all()
    qtbot.waitUntil(lambda: not window.notice.isVisible())
    painted.clear()
    window.network_card.view.repaint()
    assert painted == []
    assert not window.notice.button.text()


def test_an_ordinary_notice_has_no_button(qtbot: QtBot, window: MainWindow) -> None:
    window.show_notice("Something else.")
    assert window.notice.isVisible()
    assert not window.notice.button.isVisible()


@pytest.mark.parametrize(
    ("value", "text"),
    [(math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "NaN"), (-1.25e40, "−1.25e+40")],
)
def test_numbers_that_went_wrong_are_written_as_such(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize("neuron", range(5))
def test_the_label_covers_few_neurons_and_not_what_it_is_about(
    window: MainWindow, neuron: int
) -> None:
    layout = window.network_card.view.network_layout()
    last = len(layout.columns) - 1
    boxes = [
        node_box(layout, column.layer, number)
        for column in layout.columns[1:]
        for number in range(column.units)
    ]
    ring = node_box(layout, last, neuron).adjusted(-10, -10, 10, 10)
    view = QRectF(0, 0, layout.width, layout.height)
    label = clear_place(layout, QRectF(0, 0, 240, 80), ring, view)
    assert view.contains(label)
    assert not label.intersects(ring)
    beside = QRectF(ring.left() - 250, ring.center().y() - 40, 240, 80)
    covered = [sum(box.intersects(own) for own in boxes) for box in (label, beside)]
    assert covered[0] <= covered[1]


def test_the_label_has_name_value_step_and_cause() -> None:
    spec = make_spec((3, 4, 2))
    found = Divergence(1203, 1, 2, "pre-activation", None, math.inf, "its weights grew", 1200)
    assert lines_of(found, spec, Names(["a", "b"], [])) == [
        "Pre-activation of hidden 1, neuron 3: ∞",
        "at iteration 1,203",
        "its weights grew",
    ]
    weight = Divergence(7, 2, 1, "weights", 3, 2e30, "it grew", 0)
    assert lines_of(weight, spec, Names([], []))[0] == "Weight of output, neuron 2, from 4: 2e+30"
    loss = Divergence(7, 2, None, "loss", None, 1e9, "it grew", 0)
    assert lines_of(loss, spec, Names([], []))[0] == "Loss of the mini-batch: 1e+09"
