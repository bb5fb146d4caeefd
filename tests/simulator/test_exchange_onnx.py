"""ONNX files: onnxruntime predicts from the data as they are what Backlit predicts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import onnx
import onnxruntime
import pytest
from script_runs import assert_same
from small_projects import build, everything, layer, normal_data

from simulator.activations import ACTIVATIONS
from simulator.document import document_of
from simulator.evaluation import Evaluator
from simulator.exchange import exported
from simulator.project import Project, ProjectError, builtin_projects, load_project
from simulator.trainer import Trainer


def check(project: Project, tolerance: float = 1e-12) -> None:
    """onnxruntime agrees on the training part, from its unscaled inputs."""
    trainer = Trainer(project)
    trainer.run_iterations(7)
    content = exported("onnx", document_of(trainer)).content
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    part = project.prepared.training
    inputs = project.data.inputs[part.rows].astype(project.training.precision)
    (found,) = session.run(["outputs"], {"inputs": inputs})
    wanted: Any = Evaluator(project, trainer.network).evaluate().outputs
    assert found.dtype == project.training.precision
    assert_same(found, wanted, tolerance)


@pytest.mark.parametrize(
    "name", [own for own in builtin_projects() if not own.startswith("strokes")]
)
def test_built_in_projects(name: str) -> None:
    check(load_project(name))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation: str) -> None:
    inputs, targets = normal_data(40, 3, 2)
    rule = "backpropagation" if ACTIVATIONS[activation].differentiable else "mcculloch_pitts"
    layers, data = [layer(4, activation), layer(2, "linear")], (3.0 * inputs, targets)
    project = build(layers, data, optimizer=0.001, rule=rule)
    check(project, 1e-6 if activation == "gelu" else 1e-12)


def test_scaling_normalization_shortcuts_and_neurons_of_their_own() -> None:
    check(everything())
    check(everything(precision="float32"), 2e-6)


def test_the_file_is_valid_and_says_which_classes_there_are() -> None:
    project = replace(load_project("digits-5x5"), name="")
    model = onnx.load_from_string(exported("onnx", document_of(Trainer(project))).content)
    onnx.checker.check_model(model, full_check=True)
    properties = {own.key: own.value for own in model.metadata_props}
    assert properties["classes"].split("\n") == list(project.data.class_names)


def test_parameters_that_are_no_numbers_are_not_written() -> None:
    trainer = Trainer(load_project("xor"))
    trainer.network.theta[3] = float("nan")
    with pytest.raises(ProjectError, match="not finite numbers"):
        exported("onnx", document_of(trainer))
