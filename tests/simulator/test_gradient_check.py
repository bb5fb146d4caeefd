"""The gradient against central differences of the loss, for every activation and every loss."""

from __future__ import annotations

from itertools import cycle, islice, product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_projects import layer, make

from simulator.activations import ACTIVATIONS
from simulator.arrays import Array
from simulator.backprop import Pass
from simulator.divergence import DivergenceError
from simulator.losses import LOSSES
from simulator.network import Network
from simulator.project import Project
from simulator.trace import Trace
from simulator.trainer import Trainer

STEP = 1e-6
PROBABILITIES = ("sigmoid", "softmax")
"""Activations whose outputs a cross-entropy can take."""


SMOOTH = [name for name, function in ACTIVATIONS.items() if function.differentiable]
BENT_AT_ZERO = ("relu", "leaky_relu", "selu")
STYLES = ("inverted", "classic")


def sensible(activation: str, loss: str, style: str | None = None) -> bool:
    """Whether a loss is defined for what this output layer gives.

    Inverted dropout scales outputs above 1, which is outside of binary cross-entropy.
    """
    if loss == "categorical_crossentropy":
        return activation in PROBABILITIES
    if loss == "binary_crossentropy":
        return activation in PROBABILITIES and style != "inverted"
    return True


PAIRS = [(a, e) for a, e in product(SMOOTH, LOSSES) if sensible(a, e)]


def numerical_gradient(project: Project, trace: Trace) -> Array:
    """Central differences of the mini-batch's mean loss, with the masks of that iteration."""
    network = Network(project.network)
    current = Pass(network, LOSSES[project.loss], len(trace.x))
    current.x[...], current.target[...] = trace.x, trace.target
    current.draw(project.training.seed, trace.iteration)
    for drawn, seen in zip(current.mask, trace.mask, strict=True):
        if seen is not None:
            np.testing.assert_array_equal(drawn, seen)

    def loss_at(theta: Array) -> float:
        network.theta[...] = theta
        current.forward()
        return current.compute_loss()

    assert loss_at(trace.theta_before) == trace.loss
    gradient = np.empty_like(trace.gradient)
    for position in range(len(gradient)):
        theta = trace.theta_before.copy()
        theta[position] += STEP
        above = loss_at(theta)
        theta[position] = trace.theta_before[position] - STEP
        gradient[position] = (above - loss_at(theta)) / (2 * STEP)
    return gradient


def far_from_kinks(trace: Trace) -> bool:
    """Whether no ReLU or its like is so near to 0 that a small step crosses it.

    Exactly 0 without a bias is far: the layer before is silent, and a small step leaves it so.
    """
    return all(
        (np.abs(z) > 1e-4).all() or (not spec.bias and ((np.abs(z) > 1e-4) | (z == 0.0)).all())
        for z, spec in zip(trace.z, trace.spec.layers, strict=True)
        if spec.activation in BENT_AT_ZERO
    )


def check(project: Project, trace: Trace) -> None:
    numerical = numerical_gradient(project, trace)
    # The loss is known to about 1e-15 of itself, the quotient to that much over the step.
    noise = 2e-8 * max(1.0, float(np.abs(numerical).max())) + 1e-15 * abs(trace.loss) / STEP
    np.testing.assert_allclose(trace.gradient, numerical, rtol=2e-6, atol=noise)


def targets_for(loss: str, rows: int, columns: int, rng: np.random.Generator) -> Array:
    if loss == "categorical_crossentropy":
        return np.eye(columns)[rng.integers(columns, size=rows)]
    return rng.uniform(0.05, 0.95, size=(rows, columns))


def project_of(
    hidden: list[str],
    output: str,
    loss: str,
    *,
    bias: bool = True,
    dropout: Any = 0.0,
    output_dropout: Any = 0.0,
    samples: int = 4,
    units: int = 3,
    outputs: int = 2,
    **training: Any,
) -> Project:
    rng = np.random.default_rng(training.get("seed", 0))
    layers = [layer(units, name, bias=bias, dropout=dropout) for name in hidden]
    layers.append(layer(outputs, output, bias=bias, dropout=output_dropout))
    for one in layers if bias else []:
        one["b"] = rng.normal(size=one["units"]).tolist()
    return make(
        rng.normal(size=(samples, 2)),
        targets_for(loss, samples, outputs, rng),
        layers,
        loss,
        learning_rate=0.001,
        **training,
    )


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_every_activation_with_every_loss(output: str, loss: str) -> None:
    """Every hidden activation too, and around them in turn: dropout of both styles, biases."""
    ways = product([None, *STYLES], [True, False])
    first = PAIRS.index((output, loss))
    for hidden, (style, bias) in zip(SMOOTH, islice(cycle(ways), first % 6, None), strict=False):
        dropout = {"rate": 0.3, "style": style} if style else 0.0
        project = project_of(
            [hidden], output, loss, bias=bias, dropout=dropout, batch_size=3, seed=5
        )
        trainer = Trainer(project)
        full, smaller = trainer.trace_iteration(), trainer.trace_iteration()
        assert (len(full.x), len(smaller.x)) == (3, 1)
        for trace in (full, smaller):
            assert far_from_kinks(trace), "choose another seed"
            check(project, trace)


@pytest.mark.parametrize(
    ("output", "loss", "style"),
    [(*pair, style) for pair in PAIRS for style in STYLES if sensible(*pair, style)],
)
def test_dropout_on_the_output_layer(output: str, loss: str, style: str) -> None:
    project = project_of(
        ["tanh"], output, loss, output_dropout={"rate": 0.5, "style": style}, batch_size=4, seed=3
    )
    trainer = Trainer(project)
    for _ in range(3):
        trace = trainer.trace_iteration()
        assert far_from_kinks(trace), "choose another seed"
        check(project, trace)


@st.composite
def projects(draw: st.DrawFn) -> Project:
    names = st.sampled_from(sorted(SMOOTH))
    output, loss = draw(st.sampled_from(PAIRS))
    rate = draw(st.sampled_from([0.0, 0.2, 0.5, 0.7]))
    style = draw(st.sampled_from(STYLES))
    return project_of(
        draw(st.lists(names, max_size=3)),
        output,
        loss,
        bias=draw(st.booleans()),
        dropout={"rate": rate, "style": style},
        samples=draw(st.integers(1, 5)),
        units=draw(st.integers(1, 4)),
        outputs=draw(st.integers(1, 3)),
        batch_size=draw(st.integers(1, 6)),
        seed=draw(st.integers(0, 2**63 - 1)),
    )


@settings(max_examples=150)
@given(projects(), st.integers(0, 4))
def test_any_small_network(project: Project, before: int) -> None:
    trainer = Trainer(project)
    try:
        trainer.run_iterations(before)
        trace = trainer.trace_iteration()
    except DivergenceError:
        assume(False)
    assume(far_from_kinks(trace))
    check(project, trace)
