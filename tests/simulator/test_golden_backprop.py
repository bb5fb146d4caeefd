"""One update of whole networks against PyTorch and Keras, value by value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_projects import reference, with_training

from simulator.project import Project, project_from_value
from simulator.trainer import Trainer

CASES = {case["name"]: case for case in reference("backprop")}
NAMES = [
    "hinge",
    "mae regression",
    "huber regression",
    "mse regression",
    "multi-label bce",
    "silu and gelu",
    "single sigmoid neuron, squared error",
    "single sigmoid neuron, binary cross-entropy",
    "5x5 digits, three ReLU layers of 20, softmax cross-entropy",
    "5x5 digits, sigmoid layers, half SSE",
    "5x5 digits, softmax with half SSE (full softmax Jacobian)",
    "5x5 digits, one sample",
    "noisy XOR 2-2-1 tanh, output without bias",
    "noisy XOR 2-5-1 tanh, output without bias",
    "deep sigmoid (vanishing deltas)",
    "dropout with given masks, inverted",
    "dropout with given masks, classic",
]


def close(found: Any, wanted: Any, what: str) -> None:
    """Equal to 1e-12, relative to each number or (where a sum cancels) 1e-15 of the largest."""
    wanted = np.asarray(wanted, dtype=np.float64)
    found = np.asarray(found)
    assert found.shape == wanted.shape, what
    floor = 1e-15 * max(1.0, float(np.abs(wanted).max()))
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=floor, err_msg=what)


def project_of(name: str) -> Project:
    return with_training(project_from_value(CASES[name]["project"]), shuffle=False)


def test_every_case_is_there() -> None:
    assert set(NAMES) <= set(CASES)
    assert set(NAMES) == set(CASES)


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_a_trace(name: str) -> None:
    expected = CASES[name]["expected"]
    trace = Trainer(project_of(name)).trace_iteration()
    close(trace.loss, expected["loss"], "loss")
    close(trace.loss_per_sample, expected["loss_per_sample"], "loss_per_sample")
    assert len(expected["layers"]) == trace.spec.depth
    for number, layer in enumerate(expected["layers"], start=1):
        close(trace.z[number - 1], layer["preactivation"], f"preactivation {number}")
        close(trace.output[number - 1], layer["output"], f"output {number}")
        close(trace.delta[number - 1], layer["delta"], f"delta {number}")
        for what, arrays in (
            ("gradient", trace.gradient_of(number)),
            ("update", trace.updated(number)),
        ):
            W, b = arrays
            close(W, layer[what]["W"], f"{what} W {number}")
            if "b" in layer[what]:
                close(b, layer[what]["b"], f"{what} b {number}")
            else:
                assert b is None


@pytest.mark.parametrize("name", NAMES)
def test_the_parameters_after_a_run(name: str) -> None:
    trainer = Trainer(project_of(name))
    assert trainer.run_iterations(1) == 1
    for number, layer in enumerate(CASES[name]["expected"]["layers"], start=1):
        close(trainer.network.W[number - 1], layer["update"]["W"], f"W {number}")
        if "b" in layer["update"]:
            close(trainer.network.b[number - 1], layer["update"]["b"], f"b {number}")


@pytest.mark.parametrize("name", NAMES)
def test_the_project_is_read_as_it_is_written(name: str) -> None:
    """The values above would not notice a field that is read and never used."""
    written = CASES[name]["project"]
    project = project_of(name)
    trainer = Trainer(project)
    assert project.optimizer.learning_rate == written["optimizer"]["learning_rate"]
    assert project.training.batch_size == written["training"]["batch_size"]
    for number, layer in enumerate(written["network"]["layers"], start=1):
        np.testing.assert_array_equal(trainer.network.W[number - 1], layer["W"])
        read = project.network.layer(number)
        named = {"name": read.activation, **dict(read.activation_parameters)}
        wanted = layer["activation"]
        assert named == (wanted if isinstance(wanted, dict) else {"name": wanted})
        if "dropout" in layer:
            given = project.parameters[number - 1].mask
            np.testing.assert_array_equal(given, layer["dropout"]["mask"])
