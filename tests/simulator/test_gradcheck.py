"""The gradient check finds right gradients right, and a wrong one where it is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_projects import digits, regression

from simulator.activations import ACTIVATIONS
from simulator.backprop import Pass
from simulator.gradcheck import check_gradient, parameter_at
from simulator.initializers import INITIALIZERS, draw_weights
from simulator.network import Network
from simulator.project import ProjectError, builtin_projects, load_project
from simulator.project.edits import change_layer
from simulator.spec import NetworkSpec

FOLLOW_A_GRADIENT = [
    name
    for name in builtin_projects()
    if load_project(name).training.rule in ("backpropagation", "delta_rule")
]


def test_a_rule_without_a_gradient_has_none_to_check() -> None:
    with pytest.raises(ProjectError, match="perceptron"):
        check_gradient(load_project("perceptron-and"))


@pytest.mark.parametrize("name", FOLLOW_A_GRADIENT)
def test_built_in_projects_have_right_gradients(name: str) -> None:
    project = load_project(name)
    found = check_gradient(project)
    assert found.passed
    count = project.network.parameter_count
    assert found.checked == count if count < 2000 else 190 <= found.checked <= 210
    assert found.analytic == pytest.approx(found.numerical, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize(
    "activation",
    [name for name, own in ACTIVATIONS.items() if own.differentiable and name != "softmax"],
)
def test_every_activation_has_a_right_gradient(activation: str) -> None:
    project = change_layer(regression(5, batch_size=3), 1, activation=activation).project
    assert check_gradient(project).passed


def test_a_wrong_gradient_is_found_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    backward = Pass.backward

    def slightly_wrong(self: Pass) -> None:
        backward(self)
        self.network.spec.weights(self.gradient, 3)[7, 2] += 0.01

    monkeypatch.setattr(Pass, "backward", slightly_wrong)
    found = check_gradient(digits())
    assert not found.passed
    assert (found.where.layer, found.where.neuron, found.where.source) == (3, 7, 2)
    assert str(found.where) == "layer 3, weight from 3 to neuron 8"


def test_the_place_of_every_parameter() -> None:
    spec = digits().network
    network = Network(spec)
    network.theta[...] = np.arange(len(network.theta))
    for position in range(len(network.theta)):
        place = parameter_at(spec, position)
        held = network.W[place.layer - 1] if place.source is not None else None
        if held is not None:
            assert held[place.neuron, place.source] == position
        else:
            biases = network.b[place.layer - 1]
            assert biases is not None and biases[place.neuron] == position
    with pytest.raises(IndexError):
        parameter_at(spec, len(network.theta))


SPREAD = {
    "glorot": lambda fan_in, fan_out: np.sqrt(2.0 / (fan_in + fan_out)),
    "he": lambda fan_in, fan_out: np.sqrt(2.0 / fan_in),
    "lecun": lambda fan_in, fan_out: np.sqrt(1.0 / fan_in),
}


@pytest.mark.parametrize("name", list(INITIALIZERS))
def test_initializers_have_their_spread(name: str) -> None:
    fan_out, fan_in = 300, 200
    generator = np.random.Generator(np.random.PCG64(1))
    drawn = draw_weights(name, {}, generator, (fan_out, fan_in))
    assert drawn.shape == (fan_out, fan_in)
    kind, _, shape = name.partition("_")
    wanted = 0.0
    if kind in SPREAD:
        wanted = SPREAD[kind](fan_in, fan_out)
    elif name == "random_uniform":
        wanted = 0.05 / np.sqrt(3.0)
    elif name == "random_normal":
        wanted = 0.05
    assert drawn.std() == pytest.approx(wanted, rel=0.01)
    assert abs(drawn.mean()) <= 0.01 * wanted + 1e-12
    if shape == "uniform":
        assert np.abs(drawn).max() <= wanted * np.sqrt(3.0) + 1e-12


def test_start_weights_are_drawn_per_layer() -> None:
    project = digits()
    spec = project.network
    wider = NetworkSpec(25, (replace(spec.layers[0], units=9), *spec.layers[1:]))
    one, other = Network(spec), Network(wider)
    one.initialize(3)
    other.initialize(3)
    np.testing.assert_array_equal(one.W[2], other.W[2])
    assert not np.array_equal(one.W[1], one.W[2])
