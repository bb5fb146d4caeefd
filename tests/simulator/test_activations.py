"""Activations and fused losses against reference values, and where exp would overflow."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_projects import layer, make, reference

from simulator.activations import ACTIVATIONS
from simulator.arrays import Array
from simulator.losses import LOSSES
from simulator.trainer import Trainer

REFERENCE = reference("activations")
GOLDEN_NAMES = {
    "leaky_relu": "leaky_relu(0.2)",
    "elu": "elu(1.0)",
    "gelu": "gelu(exact)",
}
"""How the reference calls those whose parameter it names."""
ELEMENTWISE = [
    *("linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu"),
    *("softplus", "softsign", "hard_sigmoid", "gelu", "silu"),
]


def forward(name: str, z: Any) -> Array:
    z = np.atleast_2d(np.asarray(z, dtype=np.float64))
    out = np.full_like(z, np.nan)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        ACTIVATIONS[name].forward(z, out, np.full((len(z), 1), np.nan))
    return out


def backward(name: str, z: Any, error: Any) -> Array:
    z = np.atleast_2d(np.asarray(z, dtype=np.float64))
    error = np.atleast_2d(np.asarray(error, dtype=np.float64))
    delta = np.full_like(z, np.nan)
    activation = forward(name, z)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        ACTIVATIONS[name].backward(z, activation, error, delta, np.full((len(z), 1), np.nan))
    return delta


def test_every_activation_is_under_test() -> None:
    assert set(ACTIVATIONS) == {*ELEMENTWISE, "softmax", "step", "sign"}
    assert all(function.name == name for name, function in ACTIVATIONS.items())


@pytest.mark.parametrize(("name", "low"), [("step", 0.0), ("sign", -1.0)])
def test_thresholds(name: str, low: float) -> None:
    """They fire from 0 on, and no gradient goes back through them."""
    z = np.array([[-1000.0, -1e-300, -0.0, 0.0, 1e-300, 1000.0]])
    out, rows = np.empty_like(z), np.empty((1, 1))
    function = ACTIVATIONS[name]
    function.forward(z, out, rows)
    assert out.tolist() == [[low, low, 1.0, 1.0, 1.0, 1.0]]
    assert not function.differentiable
    with pytest.raises(TypeError, match=name):
        function.backward(z, out, z, np.empty_like(z), rows)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_value_and_derivative(name: str) -> None:
    z = np.array(REFERENCE["z"])
    assert {-1000.0, 1000.0} <= set(z)
    wanted = REFERENCE["activations"][GOLDEN_NAMES.get(name, name)]
    # Far out the derivative is a small difference from 1, known to 1e-16 of 1 and no better.
    # The reference takes Phi(z) as 1 + erf, which is known to 1e-16 of 1; ours keeps its digits.
    known = 2e-16 if name == "gelu" else 1e-300
    np.testing.assert_allclose(forward(name, z)[0], wanted["a"], rtol=1e-14, atol=known)
    derivative = backward(name, z, np.ones_like(z))[0]
    np.testing.assert_allclose(derivative, wanted["da_dz"], rtol=1e-13, atol=4e-16)
    error = np.linspace(-3.0, 2.0, len(z))
    np.testing.assert_allclose(
        backward(name, z, error)[0], error * wanted["da_dz"], rtol=1e-13, atol=1e-15
    )


def test_softmax() -> None:
    wanted = REFERENCE["softmax"]
    z = np.array(wanted["z"])
    assert np.abs(z).max() == 1000.0
    np.testing.assert_allclose(forward("softmax", z), wanted["a"], rtol=1e-13, atol=1e-300)
    for column in range(z.shape[1]):
        error = np.zeros_like(z)
        error[:, column] = 1.0
        row = np.array(wanted["jacobian"])[:, :, column]
        np.testing.assert_allclose(backward("softmax", z, error), row, rtol=1e-12, atol=1e-16)


def test_relu_has_no_slope_at_zero() -> None:
    assert backward("relu", [0.0, -0.0, 1e-300, -1e-300], np.ones(4)).tolist() == [[0, 0, 1, 0]]


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=6))
def test_any_finite_z_stays_in_range(z: list[float]) -> None:
    sigmoid, tanh, relu = (forward(name, z) for name in ("sigmoid", "tanh", "relu"))
    assert ((sigmoid >= 0.0) & (sigmoid <= 1.0)).all()
    assert (np.abs(tanh) <= 1.0).all()
    assert (relu == [max(0.0, value) for value in z]).all()
    softmax = forward("softmax", z)
    assert ((softmax >= 0.0) & (softmax <= 1.0)).all()
    assert math.isclose(softmax.sum(), 1.0, rel_tol=1e-12)


@given(st.lists(st.floats(-50.0, 50.0), min_size=2, max_size=5), st.floats(-1000.0, 1000.0))
def test_softmax_does_not_feel_a_shift(z: list[float], shift: float) -> None:
    shifted = forward("softmax", np.array(z) + shift)
    np.testing.assert_allclose(shifted, forward("softmax", z), rtol=1e-11)


def extreme(loss: str, z: Any, target: Any) -> tuple[Array, Array]:
    """Loss per sample and delta of a fused pair, for an output layer with this z."""
    z, target = np.array(z, float), np.array(target, float)
    name = LOSSES[loss].fused
    assert name is not None
    activation, rows = np.zeros_like(z), np.zeros((len(z), 1))
    out, delta, scratch = np.zeros(len(z)), np.zeros_like(z), np.zeros_like(z)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        LOSSES[loss].fused_forward(z, target, activation, out, scratch, rows)
        np.testing.assert_array_equal(activation, forward(name, z))
        LOSSES[loss].fused_delta(activation, target, delta, scratch)
    return out, delta


def test_categorical_crossentropy_is_exact_far_out() -> None:
    z = [[1000.0, 0.0, -1000.0]] * 3
    loss, delta = extreme("categorical_crossentropy", z, np.eye(3))
    assert loss.tolist() == [0.0, 1000.0, 2000.0]
    assert delta.tolist() == [[0, 0, 0], [1, -1, 0], [1, 0, -1]]
    loss, delta = extreme("categorical_crossentropy", [[1000.0, 1000.0]], [[1.0, 0.0]])
    np.testing.assert_allclose(loss, math.log(2.0), rtol=1e-15)
    assert delta.tolist() == [[-0.5, 0.5]]


def test_binary_crossentropy_is_exact_far_out() -> None:
    z = [[1000.0], [1000.0], [-1000.0], [-1000.0]]
    target = [[1.0], [0.0], [1.0], [0.0]]
    loss, delta = extreme("binary_crossentropy", z, target)
    assert loss.tolist() == [0.0, 1000.0, 1000.0, 0.0]
    np.testing.assert_allclose(delta, [[0.0], [1.0], [-1.0], [0.0]], rtol=0, atol=1e-300)
    loss, delta = extreme("binary_crossentropy", [[1000.0, -1000.0]], [[0.0, 1.0]])
    assert loss.tolist() == [1000.0]
    assert delta.tolist() == [[0.5, -0.5]]


@pytest.mark.parametrize(
    ("activation", "loss", "columns"),
    [("softmax", "categorical_crossentropy", 3), ("sigmoid", "binary_crossentropy", 3)],
)
def test_fused_is_the_same_as_one_after_the_other(activation: str, loss: str, columns: int) -> None:
    rng = np.random.default_rng(0)
    z, target = rng.normal(size=(4, columns)), np.eye(columns)[[0, 1, 2, 0]]
    out, scratch, error = np.zeros(4), np.zeros_like(z), np.zeros_like(z)
    prediction = forward(activation, z)
    LOSSES[loss].per_sample(prediction, target, out, scratch)
    LOSSES[loss].error(prediction, target, error, scratch)
    fused_out, fused_delta = extreme(loss, z, target)
    np.testing.assert_allclose(fused_out, out, rtol=1e-12)
    np.testing.assert_allclose(fused_delta, backward(activation, z, error), rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("weight", [1000.0, -1000.0])
@pytest.mark.parametrize(
    ("activation", "loss"),
    [("softmax", "categorical_crossentropy"), ("sigmoid", "binary_crossentropy")],
)
def test_a_whole_iteration_far_out_is_finite(activation: str, loss: str, weight: float) -> None:
    W = [[weight], [-weight]]
    project = make([[1.0]], [[0.0, 1.0]], [layer(2, activation, W=W)], loss, learning_rate=1.0)
    trainer = Trainer(project)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        trace = trainer.trace_iteration()
    wrong = weight > 0
    assert trace.loss == ((2000.0 if activation == "softmax" else 1000.0) if wrong else 0.0)
    share = 1.0 if activation == "softmax" else 0.5
    wanted = [[share, -share]] if wrong else [[0.0, 0.0]]
    np.testing.assert_allclose(trace.delta[0], wanted, rtol=0, atol=1e-300)
    for array in (*trace.error, *trace.delta, trace.gradient, trace.theta_after):
        assert np.isfinite(array).all()


def test_facts_of_the_decks() -> None:
    facts = reference("facts")["loss_example"]
    p, t = np.array([facts["p"]]), np.array([facts["t"]])
    out, scratch = np.zeros(1), np.zeros((1, 3))
    LOSSES["categorical_crossentropy"].per_sample(p, t, out, scratch)
    np.testing.assert_allclose(out, facts["ce_nats"], rtol=1e-14)
    for name, factor in (("squared_error", 1.0), ("half_squared_error", 0.5), ("mse", 1 / 3)):
        LOSSES[name].per_sample(p, t, out, scratch)
        np.testing.assert_allclose(out, factor * facts["squared_error_all_classes"], rtol=1e-14)
