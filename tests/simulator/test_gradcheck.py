"""The gradient check finds right gradients right, and a wrong one where it is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from small_projects import digits, everything, layer, make, regression

from simulator.activations import ACTIVATIONS
from simulator.backprop import Pass
from simulator.finite_differences import Kink, LossAround
from simulator.gradcheck import STEP, check_gradient, parameter_at, position_of
from simulator.initializers import INITIALIZERS, draw_weights
from simulator.network import LayerParameters, Network
from simulator.project import Project, ProjectError, builtin_projects, load_project
from simulator.project.edits import change_layer, set_links
from simulator.spec import NetworkSpec
from simulator.trace import Trace
from simulator.trainer import Trainer

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


def traced(project: Project) -> tuple[Trace, LossAround]:
    """The project's third iteration, and the loss around it."""
    trainer = Trainer(project)
    trainer.run_iterations(2)
    trace = trainer.trace_iteration()
    return trace, LossAround(project, trace)


def test_the_place_and_the_parameter_are_each_others_way_back() -> None:
    spec = everything().network
    for position in range(spec.parameter_count):
        own = parameter_at(spec, position)
        assert position_of(spec, own.layer, own.neuron, own.source, own.kind) == position
    for wrong in ((0, 0, 0), (1, 6, 0), (1, 0, 9), (5, 0, 0)):
        with pytest.raises(IndexError):
            position_of(spec, *wrong)
    with pytest.raises(IndexError):
        position_of(spec, 1, 0, None, "gamma")


def test_a_single_difference_is_what_the_whole_check_computes() -> None:
    project = digits()
    found = check_gradient(project)
    around = LossAround(project, Trainer(project).trace_iteration())
    place = found.where
    position = position_of(project.network, place.layer, place.neuron, place.source, place.kind)
    own = around.difference(position, STEP)
    assert own.analytic == found.analytic
    assert own.quotient == found.numerical


@pytest.mark.parametrize(
    "project",
    [regression(5, batch_size=3), everything(), everything(precision="float32")],
    ids=["plain", "disturbed", "float32"],
)
def test_the_difference_quotient_is_the_traces_gradient(project: Project) -> None:
    """Masks, noise and the mini-batch are those of the iteration: otherwise this cannot hold."""
    trace, around = traced(project)
    assert around.loss == pytest.approx(trace.loss + trace.penalty, rel=1e-5)
    assert around.gradient.dtype == np.float64
    np.testing.assert_allclose(around.gradient, trace.gradient, rtol=1e-3, atol=1e-5)
    large = np.abs(around.gradient) > 1e-3
    assert large.sum() > 10
    for position in np.flatnonzero(large):
        found = around.difference(int(position), 1e-5)
        assert found.kink is not None or found.relative_error < 1e-6


def test_the_error_is_least_between_truncation_and_cancellation() -> None:
    _, around = traced(regression(5, batch_size=5))
    position = int(np.argmax(np.abs(around.gradient)))
    errors = [around.difference(position, 10.0**-power).relative_error for power in (1, 5, 12)]
    assert errors[1] < 1e-8 < min(errors[0], errors[2])


def test_what_is_asked_changes_nothing() -> None:
    project = everything()
    trace, around = traced(project)
    before = around.at(7, 0.0)
    around.difference(7, 0.1)
    around.difference(30, 1e-3)
    assert around.at(7, 0.0) == before == around.loss
    assert around.gradient is trace.gradient


def test_a_removed_link_has_gradient_0_on_both_sides() -> None:
    project = regression(4)
    links = np.ones((4, 3))
    links[1, 2] = 0.0
    project = set_links(project, 1, links).project
    around = LossAround(project, Trainer(project).trace_iteration())
    found = around.difference(position_of(project.network, 1, 1, 2), 0.1)
    assert (found.analytic, found.quotient, found.relative_error) == (0.0, 0.0, 0.0)


def one_relu(weight: float, loss: str = "mse", activation: str = "relu", **fields: Any) -> Project:
    """y = relu(weight · 1) with target 2."""
    project = make(
        [[1.0]], [[2.0]], [layer(1, activation, bias=False, **fields)], loss, learning_rate=0.1
    )
    return replace(project, parameters=(LayerParameters(W=np.array([[weight]])),))


@pytest.mark.parametrize(
    ("project", "step", "kink"),
    [
        (one_relu(0.01), 0.1, Kink("activation", 1, 0, 0)),
        (one_relu(0.01), 0.001, None),
        (one_relu(0.0), 0.1, Kink("activation", 1, 0, 0)),
        (one_relu(2.95, activation="hard_sigmoid"), 0.1, Kink("activation", 1, 0, 0)),
        (one_relu(0.01, activation="elu"), 0.1, None),
        (one_relu(2.01, "mae", "linear"), 0.1, Kink("loss", 1, 0, 0)),
        (one_relu(2.01, "mae", "linear"), 0.001, None),
        (one_relu(0.01, activation="linear", regularizer="l1"), 0.1, Kink("penalty")),
        (one_relu(0.01, activation="linear", regularizer="l2"), 0.1, None),
    ],
)
def test_a_kink_within_the_step_is_named(project: Project, step: float, kink: Kink | None) -> None:
    around = LossAround(project, Trainer(project).trace_iteration())
    assert around.difference(0, step).kink == kink


def test_what_dropout_takes_away_is_no_kink() -> None:
    project = make(
        [[1.0]], [[2.0]], [layer(1, "relu", bias=False, dropout=0.5), layer(1, "linear")]
    )
    weights = LayerParameters(W=np.array([[0.01]]))
    project = replace(project, parameters=(weights,))
    trainer = Trainer(project)
    kinks = {}
    for _ in range(20):
        trace = trainer.trace_iteration()
        around = LossAround(project, trace)
        around.theta[0] = 0.01
        assert trace.mask[0] is not None
        kinks[bool(trace.mask[0][0, 0])] = around.difference(0, 0.1).kink
    assert kinks == {True: Kink("activation", 1, 0, 0), False: None}


def test_no_gradient_no_loss_around() -> None:
    project = load_project("perceptron-and")
    with pytest.raises(ProjectError, match="perceptron"):
        LossAround(project, Trainer(project).trace_iteration())
    with pytest.raises(ProjectError, match="another network"):
        LossAround(regression(), Trainer(digits()).trace_iteration())
