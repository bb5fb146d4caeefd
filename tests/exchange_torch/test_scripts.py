"""PyTorch scripts, and Keras scripts on PyTorch: they train to Backlit's numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from documents import rich
from script_runs import assert_same, run, run_alone, trained, writable
from small_projects import build, everything, layer, normal_data

from simulator.activations import ACTIVATIONS
from simulator.exchange.code.keras_script import keras_script
from simulator.exchange.code.torch_script import torch_script
from simulator.losses import LOSSES
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project, ProjectError, builtin_projects, load_project
from simulator.rules import BACKPROPAGATION, DELTA_RULE

NAMES = [
    name
    for name in builtin_projects()
    if not name.startswith("strokes")
    and load_project(name).training.rule in (BACKPROPAGATION, DELTA_RULE)
]
SMOOTH = [name for name, own in ACTIVATIONS.items() if own.differentiable]


def check(project: Project, folder: Path, tolerance: float = 1e-9) -> None:
    """Losses, weights and outputs of the PyTorch script are those of the trainer."""
    trainer, outputs = trained(project)
    names = run(torch_script(project).content, folder)
    assert_same(names["outputs"], outputs, tolerance)
    assert_same(names["losses"], trainer.history.view().loss, tolerance)
    for index, W in enumerate(trainer.network.W):
        assert_same(names[f"W{index + 1}"].detach().numpy(), W, tolerance)


@pytest.mark.parametrize("name", NAMES)
def test_built_in_projects(name: str, tmp_path: Path) -> None:
    check(load_project(name).with_epochs(3), tmp_path)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_everything_that_can_be_random_or_remembered(optimizer: str, tmp_path: Path) -> None:
    project = writable(everything(optimizer), 4)
    layers = list(project.network.layers)
    # Behind a bias that batch normalization takes off again Adam would follow rounding errors.
    layers[1] = replace(layers[1], bias=False)
    check(replace(project, network=replace(project.network, layers=tuple(layers))), tmp_path)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_torch_s_own_optimizer(optimizer: str, tmp_path: Path) -> None:
    own = {"name": optimizer, "learning_rate": 0.05}
    project = build([layer(3), layer(2, "linear")], normal_data(9, 2, 2), optimizer=own, epochs=5)
    assert b"torch.optim.SGD(parameters" in torch_script(project).content
    check(project, tmp_path)


def test_removed_links(tmp_path: Path) -> None:
    project = writable(rich("rmsprop"), 3)
    layers = (replace(project.network.layers[0], bias=False), *project.network.layers[1:])
    check(replace(project, network=replace(project.network, layers=layers)), tmp_path)


@pytest.mark.parametrize("activation", SMOOTH)
def test_every_activation(activation: str, tmp_path: Path) -> None:
    data = normal_data(9, 3, 2, seed=7)
    check(build([layer(4, activation), layer(2, "linear")], data, epochs=3), tmp_path)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss(loss: str, tmp_path: Path) -> None:
    inputs, targets = normal_data(12, 3, 2, seed=4)
    layers = [layer(4), layer(2, "sigmoid")]
    check(build(layers, (inputs, (targets > 0) * 1.0), loss, epochs=4, batch_size=5), tmp_path)


@pytest.mark.parametrize("name", ["digits-5x5", "xor", "shortcut", "sine"])
def test_keras_trains_the_same_on_pytorch(name: str, tmp_path: Path) -> None:
    project = load_project(name).with_epochs(3)
    trainer, outputs = trained(project)
    names = run_alone(keras_script(project).content, tmp_path, "torch")
    assert_same(names["outputs"], outputs)
    assert_same(names["losses"], trainer.history.view().loss)


def test_rules_are_refused() -> None:
    with pytest.raises(ProjectError, match="use NumPy"):
        torch_script(load_project("perceptron-and"))
