"""The gradient of any network there can be, against one written again here in plain NumPy.

The reference shares no code with the simulator: it reads theta from the first number to the last,
takes masks and noise from the trace, and gives the loss with its penalty.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_projects import build, layer, normal_data

from simulator.activations import ACTIVATIONS
from simulator.arrays import Array
from simulator.gradcheck import check_gradient
from simulator.losses import LOSSES
from simulator.project import Project
from simulator.spec import LayerSpec, NetworkSpec
from simulator.trace import Trace
from simulator.trainer import Trainer

STEP = 1e-4
ERF = np.vectorize(math.erf, otypes=[float])


def sigmoid(z: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-z))


def elu(z: Array) -> Array:
    return np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1)


PHI: dict[str, Callable[[Array], Array]] = {
    "linear": lambda z: z,
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.2 * z),
    "elu": elu,
    "selu": lambda z: 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * elu(z)),
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "softsign": lambda z: z / (1 + np.abs(z)),
    "hard_sigmoid": lambda z: np.clip(z / 6 + 0.5, 0, 1),
    "gelu": lambda z: z * 0.5 * (1 + ERF(z / math.sqrt(2))),
    "silu": lambda z: z * sigmoid(z),
}
SMOOTH = sorted(name for name, own in ACTIVATIONS.items() if own.differentiable)
KINKS = {"hard_sigmoid": (-3.0, 3.0)}
"""Where a function bends, besides 0."""

EACH: dict[str, Callable[[Array, Array], Array]] = {
    "categorical_crossentropy": lambda y, t: -(t * np.log(y)).sum(axis=1),
    "binary_crossentropy": lambda y, t: -(t * np.log(y) + (1 - t) * np.log(1 - y)).mean(axis=1),
    "mse": lambda y, t: ((y - t) ** 2).mean(axis=1),
    "half_squared_error": lambda y, t: ((y - t) ** 2).sum(axis=1) / 2,
    "squared_error": lambda y, t: ((y - t) ** 2).sum(axis=1),
    "mae": lambda y, t: np.abs(y - t).mean(axis=1),
    "huber": lambda y, t: np.where(np.abs(y - t) <= 1, (y - t) ** 2 / 2, np.abs(y - t) - 0.5).mean(
        axis=1
    ),
    "hinge": lambda y, t: np.maximum(0, 1 - t * y).mean(axis=1),
}


class Reference:
    """A network in plain NumPy, with the mini-batch, masks and noise of a traced iteration.

    ``bends`` collects on which side of every kink the last pass was.
    """

    def __init__(self, project: Project, trace: Trace) -> None:
        self.spec: NetworkSpec = project.network
        self.loss = EACH[project.loss]
        self.trace = trace
        self.bends: list[Any] = []

    def phi(self, own: LayerSpec, z: Array) -> Array:
        names = [own.activation_of(neuron)[0] for neuron in range(own.units)]
        for name in set(names):
            self.bends += [z > kink for kink in KINKS.get(name, (0.0,))]
        if names[0] == "softmax":
            return PHI["softmax"](z)
        columns = [PHI[name](z[:, place]) for place, name in enumerate(names)]
        return np.stack(columns, axis=1)

    def disturbed(self, own: LayerSpec, a: Array, noise: Any, mask: Any) -> Array:
        a = a if noise is None else a + noise
        if mask is None:
            return a
        return a * mask / (1 - own.dropout_rate if own.dropout_style == "inverted" else 1)

    def total(self, theta: Array) -> float:
        """The mean loss of the mini-batch plus every layer's penalty."""
        spec, trace = self.spec, self.trace
        self.bends = []
        numbers = iter(theta)

        def take(rows: int, columns: int) -> Array:
            return np.array([[next(numbers) for _ in range(columns)] for _ in range(rows)])

        outputs = [self.disturbed(spec.input_layer, trace.x, trace.input_noise, trace.input_mask)]
        penalty = 0.0
        for index, own in enumerate(spec.layers):
            sources = own.sources or (index,)
            received = np.hstack([outputs[source] for source in sources])
            W = take(own.units, received.shape[1])
            z = received @ W.T
            paying = [W]
            if own.bias:
                b = take(1, own.units)
                z = z + b
                paying += [b] if own.regularizer.biases else []
            if own.batch_normalization:
                gamma, beta = take(1, own.units), take(1, own.units)
                spread = np.sqrt(z.var(axis=0) + own.batch_normalization.epsilon)
                z = gamma * (z - z.mean(axis=0)) / spread + beta
            penalty += sum(self.penalty(own, values) for values in paying)
            a = self.phi(own, z)
            outputs.append(self.disturbed(own, a, trace.noise[index], trace.mask[index]))
        assert next(numbers, None) is None
        error = outputs[-1] - trace.target
        self.bends += [error > 0, np.abs(error) > 1, outputs[-1] * trace.target > 1]
        return float(self.loss(outputs[-1], trace.target).mean() + penalty)

    def penalty(self, own: LayerSpec, values: Array) -> float:
        self.bends.append(values > 0)
        name, strength = own.regularizer.name, own.regularizer.strength
        absolute, squares = np.abs(values).sum(), (values**2).sum()
        sums = {"none": 0.0, "l1": absolute, "l2": squares}
        return strength * sums.get(name, own.regularizer.beta * squares + absolute)

    def gradient(self, theta: Array) -> Array:
        """Differences over five points, exact to the fourth order; NaN where a kink is near."""
        self.total(theta)
        sides = self.bends
        found = np.full(len(theta), np.nan)
        for place in range(len(theta)):
            values = []
            for steps in (-2, -1, 1, 2):
                moved = theta.copy()
                moved[place] += steps * STEP
                values.append(self.total(moved))
                if not all(map(np.array_equal, sides, self.bends)):
                    break
            else:
                a, b, c, d = values
                found[place] = (a - 8 * b + 8 * c - d) / (12 * STEP)
        return found


def check(project: Project, trace: Trace) -> int:
    """Loss and gradient of a traced iteration, at every parameter that is not at a kink.

    The number of these parameters is returned.
    """
    theta = trace.theta_before
    own = Reference(project, trace)
    total = own.total(theta)
    assert trace.loss + trace.penalty == pytest.approx(total, rel=1e-11)
    numerical = own.gradient(theta)
    there = ~np.isnan(numerical)
    for number, given_ in enumerate(project.parameters, start=1):
        if given_.links is not None:
            removed = project.network.weights(np.arange(len(theta)), number)[given_.links == 0]
            np.testing.assert_array_equal(trace.gradient[removed.astype(int)], 0.0)
            there[removed.astype(int)] = False
    if not there.any():
        return 0
    # Rounding of the loss over the step, and of normalization where a neuron hardly varies.
    noise = 1e-9 * max(1.0, abs(total), float(np.abs(numerical[there]).max()))
    np.testing.assert_allclose(trace.gradient[there], numerical[there], rtol=1e-6, atol=noise)
    return int(there.sum())


# --- any network ---------------------------------------------------------------------------------


def disturbance(draw: st.DrawFn) -> Any:
    style = draw(st.sampled_from(["inverted", "classic"]))
    return {"rate": draw(st.sampled_from([0.0, 0.2, 0.5])), "style": style}


@st.composite
def penalties(draw: st.DrawFn) -> Any:
    return {
        "name": draw(st.sampled_from(["none", "l1", "l2", "elastic_net"])),
        "lambda": draw(st.sampled_from([0.0, 0.01, 0.3])),
        "beta": draw(st.sampled_from([0.0, 0.5, 2.0])),
        "biases": draw(st.booleans()),
    }


def common(draw: st.DrawFn, units: int, sizes: list[int], rng: np.random.Generator) -> Any:
    """What any layer may have: sources, links, biases, penalty, batch normalization."""
    number = len(sizes)
    sources = sorted(draw(st.sets(st.integers(0, number - 1), max_size=number)) | {number - 1})
    fields: dict[str, Any] = {"inputs_from": sources, "regularizer": draw(penalties())}
    fan_in = sum(sizes[source] for source in sources)
    if draw(st.booleans()):
        fields["links"] = rng.integers(0, 2, (units, fan_in)).tolist()
    if draw(st.booleans()):
        fields["b"] = rng.normal(size=units).tolist()
    else:
        fields["bias"] = False
    fields["batch_normalization"] = draw(st.sampled_from([False, False, True]))
    return fields


@st.composite
def projects(draw: st.DrawFn) -> Project:
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    sizes = [draw(st.integers(1, 3))]
    samples = draw(st.integers(2, 5))
    layers = []
    for _ in range(draw(st.integers(0, 3))):
        units = draw(st.integers(1, 3))
        names: Any = draw(st.sampled_from(SMOOTH))
        if draw(st.booleans()):
            own = st.sampled_from([name for name in SMOOTH if name != "softmax"])
            names = [draw(own) for _ in range(units)]
        fields = common(draw, units, sizes, rng)
        noise = draw(st.sampled_from([0.0, 0.0, 0.3]))
        layers.append(layer(units, names, dropout=disturbance(draw), noise=noise, **fields))
        sizes.append(units)
    outputs = draw(st.integers(1, 3))
    loss = draw(st.sampled_from(sorted(LOSSES)))
    fields = common(draw, outputs, sizes, rng)
    if loss.endswith("crossentropy"):
        # Probabilities must stay between 0 and 1, so nothing may disturb them.
        allowed = ["sigmoid", "softmax"]
        if loss == "binary_crossentropy" and outputs == 1:
            allowed = ["sigmoid"]
        targets = rng.uniform(0.1, 0.9, size=(samples, outputs))
    else:
        allowed = SMOOTH
        fields |= {"dropout": disturbance(draw), "noise": draw(st.sampled_from([0.0, 0.3]))}
        targets = rng.normal(size=(samples, outputs))
    layers.append(layer(outputs, draw(st.sampled_from(allowed)), **fields))
    network = {"input_dropout": disturbance(draw), "input_noise": draw(st.sampled_from([0.0, 0.2]))}
    return build(
        layers,
        (rng.normal(size=(samples, sizes[0])), targets),
        loss,
        optimizer=0.001,
        network=network,
        batch_size=draw(st.integers(2, 5)),
        seed=seed,
    )


@settings(max_examples=150)
@given(projects())
def test_any_network(project: Project) -> None:
    trainer = Trainer(project)
    for _ in range(min(2, project.iterations_per_epoch)):
        assume(check(project, trainer.trace_iteration()))


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("activation", SMOOTH)
def test_every_activation_with_every_loss_behind_everything(activation: str, loss: str) -> None:
    """A shortcut, per-neuron activations, normalization, noise, dropout and penalties at once."""
    probability = loss.endswith("crossentropy")
    final = activation if not probability or activation == "softmax" else "sigmoid"
    layers = [
        layer(3, activation, noise=0.1, dropout=0.2, regularizer="elastic_net"),
        layer(2, ["tanh", "silu"], inputs_from=[0, 1], batch_normalization=True),
        layer(2, final, inputs_from=[1, 2], regularizer={"name": "l2", "biases": True}),
    ]
    inputs, targets = normal_data(4, 3, 2, seed=len(activation))
    data = (inputs, sigmoid(targets) if probability else targets)
    network = {"input_dropout": 0.2, "input_noise": 0.1}
    project = build(layers, data, loss, network=network, batch_size=4, seed=11)
    assert check(project, Trainer(project).trace_iteration())


# --- the simulator's own check -------------------------------------------------------------------

FEATURES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "shortcut": ({}, {"inputs_from": [0, 1]}),
    "penalty": ({"regularizer": {"name": "elastic_net", "biases": True}}, {"regularizer": "l1"}),
    "neurons": ({"activation": ["tanh", "gelu", "silu"]}, {}),
    "noise": ({"noise": 0.5}, {"noise": 0.5}),
    "dropout": ({"dropout": 0.5}, {"dropout": {"rate": 0.5, "style": "classic"}}),
    "frozen": ({"trainable": False}, {"frozen": {"b": [1, 0]}}),
    "max_norm": ({"max_norm": 0.01}, {"max_norm": 0.01}),
    "links": ({"links": [[1, 0], [0, 1], [1, 1]]}, {"links": [[0, 1, 1], [1, 1, 0]]}),
    "normalization": ({"batch_normalization": True}, {"batch_normalization": True}),
}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("feature", FEATURES)
def test_the_simulators_own_check_passes(feature: str, seed: int) -> None:
    hidden, output = FEATURES[feature]
    layers = [layer(3, **{"activation": "tanh", **hidden}), layer(2, "sigmoid", **output)]
    network = {"input_dropout": 0.3, "input_noise": 0.1}
    project = build(layers, normal_data(5, 2, 2), network=network, batch_size=5, seed=seed)
    outcome = check_gradient(project)
    assert outcome.passed, outcome
    assert outcome.checked == project.network.parameter_count
    assert str(outcome.where)


def test_the_simulators_own_check_of_a_project_in_float32() -> None:
    """The numbers of training are short, the check itself need not be."""
    project = build([layer(3), layer(1, "linear")], batch_size=4, precision="float32")
    assert check_gradient(project).relative_error < 1e-4


def test_the_simulators_own_check_finds_a_wrong_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slope that is off by a hundredth is seen."""
    kind = type(ACTIVATIONS["tanh"])
    right = kind.backward

    def wrong(self: Any, z: Any, activation: Any, error: Any, delta: Any, rows: Any) -> None:
        right(self, z, activation, error, delta, rows)
        delta *= 1.01

    monkeypatch.setattr(kind, "backward", wrong)
    outcome = check_gradient(build([layer(3), layer(1, "linear")], batch_size=4))
    assert not outcome.passed
    assert outcome.relative_error == pytest.approx(0.01, rel=0.02)
