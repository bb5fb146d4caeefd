"""The loss panel: validation, other figures, bits, penalty, and what was not measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from snapshots import make_snapshot, make_spec

from simulator.project import load_project
from simulator.snapshot import FIGURES, HistoryView
from ui.panels.figures import charts, series
from ui.panels.loss import LossPanel
from ui.selection import Selection
from ui.theme import LIGHT

SPEC = make_spec((2, 2, 1))
NAN = np.nan


def history(**figures: object) -> HistoryView:
    columns = {name: np.asarray(values, float) for name, values in figures.items()}
    count = len(next(iter(columns.values())))
    table = np.full((len(FIGURES), count), NAN)
    for name, values in columns.items():
        table[FIGURES.index(name)] = values
    return HistoryView(np.arange(1, count + 1), table)


@pytest.fixture
def panel(qtbot):
    panel = LossPanel(Selection(), LIGHT)
    qtbot.addWidget(panel)
    panel.resize(700, 420)
    panel.show()
    QApplication.processEvents()
    return panel


def feed(panel: LossPanel, **figures: object) -> None:
    panel.show_snapshot(make_snapshot(SPEC, trace=False, history=history(**figures)))


def choose(qtbot, panel: LossPanel, name: str) -> None:
    """Choose a chart with the keyboard."""
    names = [panel.chart_choice.itemText(n) for n in range(panel.chart_choice.count())]
    panel.chart_choice.setFocus()
    qtbot.keyClick(panel.chart_choice, Qt.Key.Key_Home)
    for _ in range(names.index(name)):
        qtbot.keyClick(panel.chart_choice, Qt.Key.Key_Down)
    assert panel.chart_choice.currentText() == name
    panel.chart_choice.activated.emit(panel.chart_choice.currentIndex())


def point(panel: LossPanel, qtbot, epoch: float) -> list[str]:
    box = panel.plot.box
    middle = sum(box.viewRange()[1]) / 2
    place = panel.plot.mapFromScene(box.mapViewToScene(QPointF(epoch, middle)))
    qtbot.mouseMove(panel.plot.viewport(), QPoint(2, 2))
    qtbot.mouseMove(panel.plot.viewport(), place)
    return panel.plot.tip.text().split("\n")


def test_validation_is_dashed_and_named(panel, qtbot):
    feed(panel, loss=[2.0, 1.0], accuracy=[0.5, 0.75])
    assert not panel.key.isVisible()
    feed(
        panel, loss=[2.0, 1.0], val_loss=[2.5, 1.5], accuracy=[0.5, 0.75], val_accuracy=[0.25, 0.5]
    )
    assert panel.key.isVisible()
    assert panel.plot.left[1].getData()[1].tolist() == [2.5, 1.5]
    assert panel.plot.right[1].getData()[1].tolist() == [25.0, 50.0]
    solid, dashed = (curve.opts["pen"] for curve in panel.plot.left)
    assert not solid.dashPattern() and dashed.dashPattern()
    assert panel.plot.box.viewRange()[1][1] >= 2.5
    assert panel.readout.text == (
        "loss 1.0000 · validation loss 1.5000 · accuracy 75 % · validation accuracy 50 %"
    )
    assert point(panel, qtbot, 1.0)[2] == "validation loss 2.5000"


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_epochs_that_were_not_measured_are_joined(measured):
    values = np.where(measured, np.arange(len(measured), dtype=float), NAN)
    epochs, found = series(history(loss=np.ones(len(measured)), val_loss=values), "val_loss", 2.0)
    assert epochs.tolist() == [n + 1 for n, there in enumerate(measured) if there]
    assert found.tolist() == [2.0 * n for n, there in enumerate(measured) if there]


def test_gaps_are_joined_on_the_screen(panel):
    feed(panel, loss=[3.0, 2.0, 1.0, 0.5], val_loss=[NAN, 2.0, NAN, 1.0])
    x, y = panel.plot.left[1].getData()
    assert x.tolist() == [2.0, 4.0] and y.tolist() == [2.0, 1.0]
    feed(panel, loss=[3.0, 2.0], val_loss=[NAN, 2.0])
    assert len(panel.plot.left[1].getData()[0]) == 2, "a single point can be seen"


def test_only_what_was_measured_is_offered(panel):
    def names(**given):
        return [chart.name for chart in charts(history(**given))]

    assert names(loss=[1.0]) == ["Loss"]
    assert names(loss=[1.0], accuracy=[0.5], learning_rate=[0.1]) == [
        *("Loss", "Accuracy", "Learning rate")
    ]
    assert names(loss=[1.0], val_r2=[0.5], penalty=[0.1]) == ["Loss", "R²", "Penalty"]
    assert "Mistakes" in names(loss=[1.0], mistakes=[3])
    feed(panel, loss=[1.0], mistakes=[3], learning_rate=[0.1])
    assert [panel.chart_choice.itemText(n) for n in range(panel.chart_choice.count())] == [
        *("Loss", "Learning rate", "Mistakes")
    ]


def test_another_figure_is_chosen_and_stays(panel, qtbot):
    feed(panel, loss=[2.0, 1.0], accuracy=[0.5, 0.6], learning_rate=[0.1, 0.05], mistakes=[4, 0])
    choose(qtbot, panel, "Learning rate")
    assert panel.plot.left[0].getData()[1].tolist() == [0.1, 0.05]
    assert not panel.plot.right_axis.isVisible()
    assert panel.readout.text == "learning rate 0.05"
    assert panel.plot.left_axis.labelText == "learning rate"
    feed(panel, loss=[2.0] * 3, accuracy=[0.5] * 3, learning_rate=[0.1, 0.05, 0.025])
    assert panel.chart_choice.currentText() == "Learning rate"
    assert panel.plot.left[0].getData()[1].tolist() == [0.1, 0.05, 0.025]
    choose(qtbot, panel, "Accuracy")
    assert panel.plot.left[0].getData()[1].tolist() == [50.0] * 3
    assert panel.plot.box.viewRange()[1] == pytest.approx([0.0, 104.0])
    assert not panel.log_choice.isVisible()
    feed(panel, loss=[2.0])
    assert panel.chart_choice.currentText() == "Loss"


def test_mistakes_of_an_epoch(panel, qtbot):
    feed(panel, loss=[0.5, 0.0], mistakes=[3, 0])
    choose(qtbot, panel, "Mistakes")
    assert panel.plot.left[0].getData()[1].tolist() == [3.0, 0.0]
    assert point(panel, qtbot, 1.0) == ["epoch 1", "mistakes 3"]


def test_r2_stands_in_where_there_is_no_accuracy(panel):
    feed(panel, loss=[1.0, 0.5], r2=[-0.4, 0.9], val_r2=[NAN, 0.8])
    assert panel.plot.right_axis.labelText == "R²"
    assert panel.plot.right[0].getData()[1].tolist() == [-0.4, 0.9]
    low, high = panel.plot.right_box.viewRange()[1]
    assert low <= -0.4 and high >= 1.0
    assert "R² 0.900 · validation R² 0.800" in panel.readout.text


def test_cross_entropy_is_in_nats_or_bits(panel, qtbot):
    project = load_project("digits-5x5")
    panel.show_project(project)
    feed(panel, loss=[np.log(2.0), 2.0 * np.log(2.0)], val_loss=[np.log(2.0)] * 2)
    assert panel.plot.left_axis.labelText == "loss, nats"
    qtbot.mouseClick(panel.bits_choice, Qt.MouseButton.LeftButton, pos=QPoint(8, 14))
    assert panel.plot.left_axis.labelText == "loss, bits"
    assert panel.plot.left[0].getData()[1] == pytest.approx([1.0, 2.0])
    assert panel.plot.left[1].getData()[1] == pytest.approx([1.0, 1.0])
    assert panel.readout.text == "loss 2.0000 · validation loss 1.0000"
    assert point(panel, qtbot, 1.0)[1] == "loss 1.0000"
    layers = (
        *project.network.layers[:-1],
        replace(project.network.layers[-1], activation="linear"),
    )
    network = replace(project.network, layers=layers)
    panel.show_project(replace(project, loss="mse", network=network))
    assert not panel.bits_choice.isVisible()
    assert panel.plot.left_axis.labelText == "loss"
    assert panel.plot.left[0].getData()[1] == pytest.approx([np.log(2.0), 2.0 * np.log(2.0)])


def test_the_axis_says_that_the_penalty_is_not_in_it(panel, qtbot):
    feed(panel, loss=[1.0, 0.5])
    assert panel.plot.left_axis.labelText == "loss"
    feed(panel, loss=[1.0, 0.5], penalty=[0.25, 0.125])
    assert panel.plot.left_axis.labelText == "loss (penalty not included)"
    assert panel.readout.text == "loss 0.5000 · penalty 0.1250"
    assert point(panel, qtbot, 1.0)[-1] == "penalty 0.2500"
    panel.resize(420, 200)
    QApplication.processEvents()
    assert panel.plot.left_axis.labelText == "loss, no penalty", "shorter where there is no room"
