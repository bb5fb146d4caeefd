"""Penalties: figures and gradients, added once a mini-batch and never to the loss that is shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_projects import build, layer, normal_data, reference

from simulator.arrays import Array
from simulator.project import Project
from simulator.regularizers import RegularizerSpec
from simulator.trainer import Trainer

FIGURES = reference("facts")["regularizers"]
W = np.array(FIGURES["W"])
B = [0.3, -0.7, 0.0, 1.1]
DATA = normal_data(5, 3, 4)
KINDS = ("l1", "l2", "elastic_net")


def figures(kind: str) -> Any:
    """The reference penalty and gradient of a kind."""
    return next(own for name, own in FIGURES.items() if name.split(":")[0] == kind)


def penalized(kind: str, *, biases: Any = None, **training: Any) -> Project:
    """One linear layer with the weights of the reference, paying this penalty."""
    regularizer = {"name": kind, "lambda": FIGURES["lambda"], "beta": FIGURES["beta"]}
    if biases is not None:
        regularizer["biases"] = biases
    own = layer(4, "linear", W=W.tolist(), b=B, regularizer=regularizer)
    return build([own], DATA, shuffle=False, **training)


def data_gradient(x: Array, target: Array) -> tuple[Array, Array]:
    """The gradient of the mean of mse over the samples, by its formula."""
    error = 2.0 / 4 * (x @ W.T + B - target)
    return error.T @ x / len(x), error.mean(axis=0)


@pytest.mark.parametrize("batch_size", [1, 2, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_penalty_and_gradient_are_those_of_the_decks(kind: str, batch_size: int) -> None:
    trace = Trainer(penalized(kind, batch_size=batch_size)).trace_iteration()
    assert len(trace.x) == batch_size
    assert trace.penalty == pytest.approx(figures(kind)["penalty"], abs=1e-12)
    of_data, of_biases = data_gradient(trace.x, trace.target)
    gradient, gradient_b = trace.gradient_of(1)
    np.testing.assert_allclose(gradient - of_data, figures(kind)["gradient"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(gradient_b, of_biases, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_smaller_batch_pays_the_same_penalty(kind: str) -> None:
    """What is added does not depend on the size of the mini-batch it is added to."""
    trainer = Trainer(penalized(kind, batch_size=3))
    trainer.trace_iteration()
    trace = trainer.trace_iteration()
    assert len(trace.x) == 2
    plain = Trainer(penalized("none", batch_size=3))
    plain.trace_iteration()
    plain.network.theta[...] = trace.theta_before
    added = trace.gradient - plain.trace_iteration().gradient
    weights = trace.theta_before[:12]
    l1, l2 = {"l1": (1.0, 0.0), "l2": (0.0, 1.0), "elastic_net": (1.0, 0.5)}[kind]
    wanted = 0.02 * (l1 * np.sign(weights) + 2.0 * l2 * weights)
    np.testing.assert_allclose(added[:12], wanted, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(added[12:], 0.0)


@pytest.mark.parametrize(
    ("kind", "added", "gradient"),
    [
        ("l1", 0.02 * 2.1, [0.02, -0.02, 0.0, 0.02]),
        ("l2", 0.02 * 1.79, [0.012, -0.028, 0.0, 0.044]),
        ("elastic_net", 0.02 * (0.5 * 1.79 + 2.1), [0.026, -0.034, 0.0, 0.042]),
    ],
)
def test_biases_pay_only_when_asked(kind: str, added: float, gradient: list[float]) -> None:
    """Σ|b| = 2.1 and Σb² = 1.79; the penalty of a bias of exactly 0 pulls nowhere."""
    for biases, factor in ((None, 0.0), (False, 0.0), (True, 1.0)):
        trace = Trainer(penalized(kind, biases=biases, batch_size=5)).trace_iteration()
        wanted = figures(kind)["penalty"] + factor * added
        assert trace.penalty == pytest.approx(wanted, abs=1e-12)
        found = trace.gradient_of(1)[1] - data_gradient(trace.x, trace.target)[1]
        np.testing.assert_allclose(found, factor * np.array(gradient), rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_every_loss_that_is_shown_is_without_the_penalty(kind: str) -> None:
    trainer, plain = (Trainer(penalized(name, batch_size=5)) for name in (kind, "none"))
    assert trainer.evaluate().loss == plain.evaluate().loss
    assert trainer.evaluate().penalty == pytest.approx(figures(kind)["penalty"], abs=1e-12)
    assert plain.evaluate().penalty == 0.0
    trace = trainer.trace_iteration()
    assert trace.loss == plain.trace_iteration().loss
    history = trainer.history.view()
    assert history.loss.tolist() == plain.history.view().loss.tolist()
    assert trace.loss == pytest.approx(history.loss[0], rel=1e-14)
    # That of the epoch is the penalty behind its last update, for the weights as they then are.
    assert history["penalty"][0] == trainer.evaluate().penalty != trace.penalty
    assert np.isnan(plain.history.view()["penalty"]).all()


@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_weights_that_only_pay_shrink_by_the_same_factor_at_each_update(batch_size: int) -> None:
    """Without inputs w <- w (1 - 2 eta lambda), for any size of a mini-batch."""
    own = layer(1, "linear", W=[[3.0, -2.0]], regularizer={"name": "l2", "lambda": 0.5})
    data = (np.zeros((4, 2)), np.zeros((4, 1)))
    trainer = Trainer(build([own], data, optimizer=0.1, batch_size=batch_size))
    trainer.run_epochs(1)
    updates = 4 // batch_size
    np.testing.assert_allclose(trainer.network.W[0], [[3 * 0.9**updates, -2 * 0.9**updates]])


def test_l1_takes_the_same_off_every_weight_and_nothing_off_zero() -> None:
    own = layer(1, "linear", W=[[3.0, 0.0, -2.0]], regularizer={"name": "l1", "lambda": 0.5})
    trainer = Trainer(build([own], (np.zeros((1, 3)), np.zeros((1, 1))), optimizer=0.1))
    trainer.run_epochs(10)
    np.testing.assert_allclose(trainer.network.W[0], [[2.5, 0.0, -1.5]], rtol=0, atol=1e-14)


def test_each_layer_pays_its_own() -> None:
    """lambda 0.1 · (1 + 2) for the first layer, 0.2 · 0.5 · 9 + 0.2 · 3 for the second."""
    layers = [
        layer(2, "linear", W=[[1], [-2]], regularizer={"name": "l1", "lambda": 0.1}),
        layer(1, "linear", W=[[3, 0]], regularizer={"name": "elastic_net", "lambda": 0.2}),
    ]
    assert Trainer(build(layers, normal_data(3, 1, 1))).evaluate().penalty == pytest.approx(1.8)


@pytest.mark.parametrize("name", ["none", *KINDS])
def test_a_strength_of_0_changes_not_a_bit(name: str) -> None:
    trainers = []
    for regularizer in ({"name": name, "lambda": 0.0}, "none"):
        layers = [layer(3, regularizer=regularizer), layer(1, "linear", regularizer=regularizer)]
        trainers.append(Trainer(build(layers, normal_data(5, 2, 1), batch_size=2)))
        trainers[-1].run_epochs(3)
    assert trainers[0].network.theta.tobytes() == trainers[1].network.theta.tobytes()
    assert trainers[0].evaluate().penalty == 0.0


def test_a_name_alone_has_the_defaults() -> None:
    project = build([layer(1, "linear", regularizer="elastic_net")])
    assert project.network.layer(1).regularizer == RegularizerSpec("elastic_net", 0.01, 0.5, False)


@given(
    kind=st.sampled_from(KINDS),
    strength=st.floats(0.0, 10.0),
    beta=st.floats(0.0, 10.0),
    values=st.lists(st.floats(-100.0, 100.0), min_size=1, max_size=6),
)
def test_the_gradient_is_the_slope_of_the_penalty(
    kind: str, strength: float, beta: float, values: list[float]
) -> None:
    """A penalty of |w| and w² is a parabola on each side of 0, so a central difference is exact."""
    spec = RegularizerSpec(kind, strength, beta)
    weights = np.array([value if abs(value) > 1e-2 else 1e-2 for value in values])
    gradient = np.zeros_like(weights)
    spec.add_gradient(weights, gradient, np.zeros_like(weights))
    for place in range(len(weights)):
        step = np.zeros_like(weights)
        step[place] = 5e-3
        slope = (spec.penalty(weights + step) - spec.penalty(weights - step)) / 1e-2
        scale = 1.0 + spec.penalty(weights)
        assert gradient[place] == pytest.approx(slope, abs=1e-11 * scale, rel=1e-9)
