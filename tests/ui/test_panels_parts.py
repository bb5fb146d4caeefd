"""Panels of networks with shortcuts, removed links, batch normalization, noise; confusion."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from snapshots import make_snapshot, make_spec, make_trace
from test_panels import click, find, point_at, shown

from simulator.data import Dataset
from simulator.data.splits import SplitSpec
from simulator.evaluation import Evaluation
from simulator.network import LayerParameters
from simulator.project import Project, load_project
from simulator.spec import BatchNormalizationSpec, LayerSpec, NetworkSpec
from simulator.trace import Phase, PhaseKind
from simulator.trainer import Trainer
from ui.held import Held
from ui.panels.activations import ACTIVATION, NORMALIZED, OUTPUT, ActivationsPanel
from ui.panels.confusion import MATRIX, ConfusionPanel
from ui.panels.gradients import GradientsPanel
from ui.panels.masks import MasksPanel
from ui.panels.matrices import BIASES, GAMMA, WEIGHTS
from ui.panels.text import magnitude, plain, signed
from ui.panels.weights import WeightsPanel
from ui.selection import Selection
from ui.theme import DARK, LIGHT

SHORTCUTS = NetworkSpec(
    3,
    (
        LayerSpec(4, "relu"),
        LayerSpec(3, "tanh", sources=(0, 1), batch_normalization=BatchNormalizationSpec()),
        LayerSpec(2, "softmax", sources=(0, 1, 2)),
    ),
)


# Weights ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [WeightsPanel, GradientsPanel])
def test_a_matrix_has_a_column_for_every_source(qtbot, kind):
    snapshot = make_snapshot(SHORTCUTS)
    panel = shown(qtbot, kind, snapshot, (900, 320), picture=None)
    blocks = [block for block in panel.view.blocks if block.name == (WEIGHTS, 3)]
    assert [block.columns for block in blocks] == [3, 4, 3]
    apart = [b.left - (a.left + a.columns * a.cell_width) for a, b in pairwise(blocks)]
    assert min(apart) >= 3, "sources are a little apart"
    values = snapshot.theta if kind is WeightsPanel else snapshot.trace.gradient
    matrix = SHORTCUTS.weights(values, 3)
    derivative = "" if kind is WeightsPanel else "dE/d"
    for block, source, column, start in (
        (blocks[0], "input 3", 2, 0),
        (blocks[1], "hidden 1, neuron 4", 3, 3),
        (blocks[2], "hidden 2, neuron 1", 0, 7),
    ):
        cell = panel.view.cell(block, 1, column)
        expected = signed(matrix[1, start + column])
        assert point_at(qtbot, panel, cell) == (
            f"layer 3 · {derivative}w from {source} to neuron 2 = {expected}"
        )
        click(qtbot, panel, cell)
        assert (panel.selection.layer, panel.selection.neuron) == (3, 1)
    outlined = panel._outlines(1, 3)
    assert any(rect.contains(panel.view.cell(blocks[1], 0, 3).rect) for rect in outlined)
    assert not any(rect.contains(panel.view.cell(blocks[2], 0, 0).rect) for rect in outlined)


def test_all_parameters_of_batch_normalization_are_shown(qtbot):
    snapshot = make_snapshot(SHORTCUTS)
    panel = shown(qtbot, WeightsPanel, snapshot, (900, 320), picture=None)
    positions = np.concatenate([b.positions.ravel() for b in panel.view.blocks])
    assert sorted(positions.tolist()) == list(range(SHORTCUTS.parameter_count))
    gamma = SHORTCUTS.gamma(snapshot.theta, 2)
    cell = find(panel, (GAMMA, 2), 1)
    assert point_at(qtbot, panel, cell) == f"layer 2 · γ of neuron 2 = {signed(gamma[1])}"
    gradients = shown(qtbot, GradientsPanel, snapshot, (900, 320), picture=None)
    part = snapshot.trace.gradient[SHORTCUTS.layer_slices[1]]
    assert gradients._captions(2)[0].endswith(magnitude(float(np.sqrt(part @ part))))


def test_removed_and_frozen_parameters_say_so(qtbot):
    snapshot = make_snapshot(SHORTCUTS)
    panel = shown(qtbot, WeightsPanel, snapshot, (900, 320), picture=None)
    links, frozen = np.ones((2, 10)), np.zeros((2, 10))
    links[1, 4] = 0.0
    frozen[0, 0] = 1.0
    given = (LayerParameters(), LayerParameters(), LayerParameters(None, None, None, links, frozen))
    panel.held = Held(SHORTCUTS, given)
    panel._on_project()
    blocks = [block for block in panel.view.blocks if block.name == (WEIGHTS, 3)]
    removed = panel.view.cell(blocks[1], 1, 1)
    assert np.isnan(removed.value)
    assert point_at(qtbot, panel, removed).endswith("to neuron 2 = removed")
    assert point_at(qtbot, panel, panel.view.cell(blocks[0], 0, 0)).endswith(", frozen")
    assert "frozen" not in point_at(qtbot, panel, find(panel, (BIASES, 3), 0))


# Activations and masks ----------------------------------------------------------------------

DISTURBED = NetworkSpec(
    4,
    (
        LayerSpec(3, "tanh", batch_normalization=BatchNormalizationSpec(), noise=0.1),
        LayerSpec(2, "softmax"),
    ),
    input_dropout_rate=0.5,
)


def disturbed_trace():
    trace = make_trace(DISTURBED)
    noise = np.array([[0.25, -0.25, 0.5]])
    mask = np.array([[1.0, 0.0, 1.0, 0.0]])
    return replace(
        trace,
        normalized=(np.array([[0.5, -0.5, 0.0]]), None),
        noise=(noise, None),
        output=(trace.activation[0] + noise, trace.output[1]),
        input_mask=mask,
        input=trace.x * mask * 2.0,
    )


def test_normalized_values_are_shown_while_they_are_computed(qtbot):
    trace = disturbed_trace()
    panel = shown(qtbot, ActivationsPanel, make_snapshot(DISTURBED, trace=trace), picture=None)
    assert panel.kind_choice.current() == ACTIVATION
    at = Phase(PhaseKind.NORMALIZATION, 1)
    panel.show_snapshot(make_snapshot(DISTURBED, trace=trace, at=at))
    assert panel.kind_choice.current() == NORMALIZED
    cell = find(panel, ("row", 1), 0, 1)
    assert point_at(qtbot, panel, cell) == "ẑ¹ of hidden 1 · neuron 2 = −0.5000"
    other = find(panel, ("row", 2), 0, 1)
    assert point_at(qtbot, panel, other).endswith("no batch normalization")
    at = Phase(PhaseKind.NOISE, 1)
    panel.show_snapshot(make_snapshot(DISTURBED, trace=trace, at=at))
    assert panel.kind_choice.current() == OUTPUT
    text = point_at(qtbot, panel, find(panel, ("row", 1), 0, 0))
    before = trace.activation[0][0, 0]
    assert text == (
        f"ã¹ of hidden 1 · neuron 1 = {plain(before + 0.25)} ({plain(before)} with noise +0.2500)"
    )
    panel.show_snapshot(make_snapshot(DISTURBED, trace=trace, at=Phase(PhaseKind.LOSS, 2)))
    assert panel.kind_choice.current() == ACTIVATION, "back to what the user had chosen"


def test_the_input_is_shown_as_it_is_passed_on(qtbot):
    trace = disturbed_trace()
    panel = shown(qtbot, ActivationsPanel, make_snapshot(DISTURBED, trace=trace), picture=None)
    qtbot.mouseClick(panel.kind_choice.buttons()[OUTPUT], Qt.MouseButton.LeftButton)
    cells = [find(panel, ("row", 0), 0, n) for n in range(4)]
    assert [cell.value for cell in cells] == trace.input[0].tolist()
    assert point_at(qtbot, panel, cells[1]) == "ã⁰ of input 2 = 0.0000 (dropped)"
    at = Phase(PhaseKind.INPUT, 0)
    panel.show_snapshot(make_snapshot(DISTURBED, trace=trace, at=at))
    assert np.isnan(find(panel, ("row", 0), 0, 0).value), "before the dropout of the input"


def test_only_what_a_network_computes_is_offered(qtbot):
    panel = shown(qtbot, ActivationsPanel, make_snapshot(make_spec((3, 4, 2))), picture=None)
    assert [b.isVisible() for b in panel.kind_choice.buttons()] == [True, True, False, False]
    panel.show_snapshot(make_snapshot(DISTURBED))
    assert all(button.isVisible() for button in panel.kind_choice.buttons())


def test_masks_have_a_row_for_the_inputs(qtbot):
    trace = disturbed_trace()
    panel = shown(qtbot, MasksPanel, make_snapshot(DISTURBED, trace=trace), picture=None)
    assert [row.layer for row in panel.rows] == [0]
    assert panel._caption(panel.rows[0]) == "input · rate 0.5 · 2 of 4 out · kept × 2"
    kept, gone = find(panel, ("row", 0), 0, 0), find(panel, ("row", 0), 0, 1)
    x = trace.x[0]
    assert kept.value == 2.0 * x[0] and np.isnan(gone.value)
    assert point_at(qtbot, panel, gone) == f"input 2: dropped, {plain(x[1])} → 0"
    at = Phase(PhaseKind.INPUT, 0)
    panel.show_snapshot(make_snapshot(DISTURBED, trace=trace, at=at))
    assert np.isnan(find(panel, ("row", 0), 0, 0).value)


# Confusion ----------------------------------------------------------------------------------


def blobs(validation: float = 0.25) -> Project:
    """Three classes with samples that cannot all be told apart."""
    rng = np.random.default_rng(1)
    inputs = np.concatenate([rng.normal(centre, 1.0, size=(20, 2)) for centre in (0.0, 1.0, 2.0)])
    data = Dataset(inputs, np.repeat(np.eye(3), 20, axis=0), ("cat", "dog", "owl"))
    project = load_project("digits-5x5")
    network = NetworkSpec(2, (LayerSpec(4, "tanh"), LayerSpec(3, "softmax")))
    training = replace(project.training, split=SplitSpec(validation), epochs=5)
    return replace(project, network=network, data=data, training=training, parameters=())


def confusion(qtbot, project: Project) -> tuple[ConfusionPanel, Trainer, list[str]]:
    trainer = Trainer(project)
    trainer.run_iterations(60)
    panel = ConfusionPanel(Selection(), LIGHT)
    qtbot.addWidget(panel)
    asked: list[str] = []
    panel.evaluation_wanted.connect(asked.append)
    panel.show_project(project)
    panel.resize(460, 260)
    panel.show()
    panel.show_snapshot(make_snapshot(project.network))
    QApplication.processEvents()
    return panel, trainer, asked


def test_confusion_counts_the_samples(qtbot):
    panel, trainer, asked = confusion(qtbot, blobs())
    assert asked == ["training"]
    evaluation = trainer.evaluate("training")
    panel.show_evaluation(evaluation)
    matrix = evaluation.confusion
    total = int(matrix.sum())
    assert f"accuracy {100 * evaluation.accuracy:.1f} %" in panel.summary.text
    assert f"{total} samples" in panel.summary.text
    for row in range(3):
        for column in range(3):
            cell = find(panel, (MATRIX, 0), row, column)
            assert cell.value == matrix[row, column] / matrix[row].sum()
            text = point_at(qtbot, panel, cell)
            assert text.startswith(
                f"actual “{evaluation.classes[row]}”, "
                f"network says “{evaluation.classes[column]}”: {matrix[row, column]} of"
            )
    click(qtbot, panel, find(panel, (MATRIX, 0), 0, 2))
    assert (panel.selection.layer, panel.selection.neuron) == (2, 2)
    light = panel.grab().toImage()
    panel.apply_theme(DARK)
    assert panel.grab().toImage() != light


def test_confusion_asks_only_while_it_can_be_seen(qtbot):
    panel, trainer, asked = confusion(qtbot, blobs())
    qtbot.mouseClick(panel.part_choice.buttons()[1], Qt.MouseButton.LeftButton)
    assert asked == ["training", "validation"]
    panel.show_evaluation(trainer.evaluate("training"))
    assert not panel.view.blocks, "the answer to an earlier question"
    panel.show_evaluation(trainer.evaluate("validation"))
    assert panel.view.blocks and "15 samples" in panel.summary.text
    panel.hide()
    panel.show()
    panel.on_seen(False)
    panel.on_seen(False)
    panel.on_seen(True)
    assert asked[2:] == ["", "validation", "", "validation"]
    assert not panel.part_choice.buttons()[2].isEnabled(), "there are no test samples"
    panel.show_project(blobs(validation=0.0))
    assert panel.part == "training" and asked[-1] == "training" and not panel.view.blocks


def test_confusion_of_numbers_is_r2(qtbot):
    project = blobs()
    data = Dataset(project.data.inputs, project.data.inputs[:, :1] * 0.5, ())
    network = NetworkSpec(2, (LayerSpec(1, "linear"),))
    project = replace(project, data=data, network=network, loss="mse")
    panel, trainer, _ = confusion(qtbot, project)
    blank = panel.grab().toImage()
    evaluation = trainer.evaluate("training")
    panel.show_evaluation(evaluation)
    assert not panel.view.blocks
    assert panel.summary.text.startswith(f"R² {evaluation.r2:.4f}".replace("-", "−"))
    assert panel.grab().toImage() != blank
    panel.show_evaluation(None)
    assert panel.summary.text == ""


@pytest.mark.parametrize("classes", [2, 10, 60])
@pytest.mark.parametrize("size", [(300, 150), (460, 230), (900, 500), (60, 40)])
def test_any_number_of_classes_is_drawn(qtbot, classes, size):
    panel = ConfusionPanel(Selection(), LIGHT)
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.show()
    panel.show_snapshot(make_snapshot(make_spec((2, classes))))
    actual = np.arange(3 * classes) % classes
    names = tuple(f"a rather long name {n}" for n in range(classes))
    outputs = np.eye(classes)[actual]
    panel.show_evaluation(
        Evaluation(0.5, 1.0, outputs, outputs, actual, 0.0, actual, actual, names)
    )
    QApplication.processEvents()
    panel.grab()
    block = panel.view.blocks[0]
    assert block.rows == block.columns == classes
    assert block.rect.bottom() <= panel.view.height()
