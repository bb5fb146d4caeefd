"""Batch normalization by hand: mini-batch statistics in training, moving averages at test time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import build, layer, normal_data, theta_bytes, with_training

from simulator.arrays import Array
from simulator.network import Network
from simulator.project.edits import change_layer, insert_layer
from simulator.runner import Runner
from simulator.spec import BatchNormalizationSpec
from simulator.trace import PhaseKind
from simulator.trainer import Trainer


def one(
    inputs: Any, targets: Any, *, momentum: float = 0.75, epsilon: float = 1.0, **training: Any
) -> Trainer:
    """One linear neuron of weight 1 without bias, normalized."""
    own = layer(
        1,
        "linear",
        W=[[1]],
        bias=False,
        batch_normalization={"momentum": momentum, "epsilon": epsilon},
    )
    training = {"batch_size": len(inputs), "shuffle": False, **training}
    return Trainer(build([own], (inputs, targets), "squared_error", **training))


def test_forward_and_backward_by_hand() -> None:
    """z = 0, 0, 4, 8 with mean 3 and biased variance (9 + 9 + 1 + 25) / 4 = 11.

    With epsilon = 5 the deviation is 4, so y = -3/4, -3/4, 1/4, 5/4.  For targets y - e / 2 the
    errors are e = (1, 0, 0, 1): dE/dgamma = mean(e y) = (-3/4 + 5/4) / 4, dE/dbeta = 1/2, and
    dE_n/dz = 1/4 (e - 1/2 - y / 8).
    """
    targets = [[-1.25], [-0.75], [0.25], [0.75]]
    trainer = one([[0], [0], [4], [8]], targets, epsilon=5.0)
    trace = trainer.trace_iteration()
    np.testing.assert_array_equal(trace.z[0].ravel(), [0, 0, 4, 8])
    y = np.array([-0.75, -0.75, 0.25, 1.25])
    np.testing.assert_allclose(trace.normalized[0].ravel(), y, rtol=1e-15)
    np.testing.assert_allclose(trace.output[0].ravel(), y, rtol=1e-15)
    e = np.array([1.0, 0.0, 0.0, 1.0])
    np.testing.assert_allclose(trace.error[0].ravel(), e, atol=1e-15)
    delta = 0.25 * (e - 0.5 - y * 0.125)
    np.testing.assert_allclose(trace.delta[0].ravel(), delta, rtol=1e-13)
    weight = (0.0 + 0.0 + 4 * delta[2] + 8 * delta[3]) / 4
    np.testing.assert_allclose(trace.gradient, [weight, 0.125, 0.5], rtol=1e-13)
    # The moving averages: 3/4 of 0 and 1, 1/4 of 3 and 11.
    assert trainer.network.moving_mean[0].tolist() == [0.75]
    assert trainer.network.moving_variance[0].tolist() == [0.75 + 2.75]


def test_moving_averages_after_several_updates_by_hand() -> None:
    """Mini-batches (0, 2) and (4, 8): means 1 and 6, biased variances 1 and 4."""
    trainer = one([[0], [2], [4], [8]], [[0]] * 4, batch_size=2, optimizer=1e-300)
    mean, variance = 0.0, 1.0
    for _ in range(3):
        for own_mean, own_variance in ((1.0, 1.0), (6.0, 4.0)):
            trainer.run_iterations(1)
            mean = 0.75 * mean + 0.25 * own_mean
            variance = 0.75 * variance + 0.25 * own_variance
            np.testing.assert_allclose(trainer.network.moving_mean[0], [mean], rtol=1e-14)
            np.testing.assert_allclose(trainer.network.moving_variance[0], [variance], rtol=1e-14)


def test_the_test_time_network_uses_the_moving_averages() -> None:
    trainer = one([[0], [2], [4], [8]], [[0], [1], [2], [3]])
    network = trainer.network
    z = np.array([0.0, 2.0, 4.0, 8.0])
    # At the start they are 0 and 1.
    np.testing.assert_allclose(trainer.evaluate().outputs.ravel(), z / np.sqrt(2.0))
    trainer.run_iterations(3)
    W, gamma, beta = (own[0].item() for own in (network.W, network.gamma, network.beta))
    mean, variance = network.moving_mean[0].item(), network.moving_variance[0].item()
    wanted = gamma * (W * z - mean) / np.sqrt(variance + 1.0) + beta
    np.testing.assert_allclose(trainer.evaluate().outputs.ravel(), wanted, rtol=1e-14)
    probe = trainer.probe(np.array([2.0]), network.theta)
    assert probe.prediction.item() == pytest.approx(wanted[1], rel=1e-14)


@given(momentum=st.sampled_from([0.0, 0.5, 0.99]), updates=st.integers(1, 30))
@settings(max_examples=20)
def test_of_unchanging_mini_batches_the_averages_approach_their_statistics(
    momentum: float, updates: int
) -> None:
    """Of a layer that does not learn, so that its z stay as they are."""
    slow = one([[0], [2], [4], [8]], [[0]] * 4, momentum=momentum)
    slow.change(change_layer(slow.project, 1, trainable=False).project)
    slow.run_iterations(updates)
    old = momentum**updates
    np.testing.assert_allclose(slow.network.moving_mean[0], [(1 - old) * 3.5], rtol=1e-12)
    np.testing.assert_allclose(
        slow.network.moving_variance[0], [old + (1 - old) * 8.75], rtol=1e-12
    )


def test_a_mini_batch_of_one_is_all_beta() -> None:
    """Its mean is itself and its variance 0: nothing of the sample gets through, and no NaN."""
    trainer = one([[3], [7]], [[1], [1]], batch_size=1, epsilon=1e-3)
    for sample in (3.0, 7.0):
        mean = trainer.network.moving_mean[0].item()
        beta = trainer.network.beta[0].item()
        trace = trainer.trace_iteration()
        assert trace.output[0].item() == beta
        assert trace.gradient.tolist() == [0.0, 0.0, 2.0 * (beta - 1.0)]
        assert trace.delta[0].item() == 0.0
        z = trace.theta_before[0] * sample
        assert trainer.network.moving_mean[0].item() == pytest.approx(0.75 * mean + 0.25 * z)


@pytest.mark.parametrize("bias", [True, False])
def test_gamma_and_beta_are_counted_and_learned(bias: bool) -> None:
    """A neuron has fan_in weights, a bias if it may, gamma and beta; the moving ones are none."""
    layers = [layer(4, batch_normalization=True, bias=bias), layer(2, "linear")]
    project = build(layers, normal_data(6, 3, 2), batch_size=3)
    assert project.network.parameters_per_layer == (4 * (3 + bias + 2), 10)
    trainer = Trainer(project)
    network = trainer.network
    assert len(network.theta) == project.network.parameter_count
    assert (network.gamma[0].tolist(), network.beta[0].tolist()) == ([1] * 4, [0] * 4)
    assert network.gamma[1] is network.beta[1] is network.moving_mean[1] is None
    assert (network.b[0] is None) != bias
    trainer.run_iterations(1)
    assert (network.gamma[0] != 1.0).all()
    assert (network.beta[0] != 0.0).all()
    trace = trainer.trace_iteration()
    own = project.network.layer_slices[0]
    np.testing.assert_allclose(
        trace.theta_after[own], trace.theta_before[own] - 0.1 * trace.gradient[own]
    )


def test_a_bias_before_normalization_does_nothing() -> None:
    """The mean takes it off again, so its gradient is 0 but for rounding."""
    layers = [layer(4, batch_normalization=True), layer(2, "linear")]
    trace = Trainer(build(layers, normal_data(6, 3, 2), batch_size=6)).trace_iteration()
    np.testing.assert_allclose(trace.gradient_of(1)[1], 0.0, atol=1e-15)
    assert np.abs(trace.gradient_of(1)[0]).min() > 1e-6


@pytest.mark.parametrize(
    ("activation", "loss"),
    [("softmax", "categorical_crossentropy"), ("sigmoid", "binary_crossentropy"), ("tanh", "mse")],
)
def test_a_normalized_output_layer(activation: str, loss: str) -> None:
    """What the loss and its gradient are computed from is behind the normalization."""
    own = layer(2, activation, batch_normalization=True)
    targets = np.eye(2)[[0, 1, 0, 1, 1]]
    data = (normal_data(5, 3, 1)[0], targets)
    trace = Trainer(build([own], data, loss, batch_size=5)).trace_iteration()
    z = trace.z[0]
    y = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-3)
    a: Array = {
        "softmax": np.exp(y) / np.exp(y).sum(axis=1, keepdims=True),
        "sigmoid": 1 / (1 + np.exp(-y)),
        "tanh": np.tanh(y),
    }[activation]
    np.testing.assert_allclose(trace.output[0], a, rtol=1e-12)
    if activation == "tanh":
        each = ((a - targets) ** 2).mean(axis=1)
    else:
        logarithms = np.log(np.where(targets == 1, a, 1 - a if activation == "sigmoid" else 1))
        each = -logarithms.sum(axis=1) / (2 if activation == "sigmoid" else 1)
    np.testing.assert_allclose(trace.loss_per_sample, each, rtol=1e-11)


def stacked(**training: Any) -> Trainer:
    layers = [layer(4, batch_normalization=True), layer(1, "linear", batch_normalization=True)]
    return Trainer(build(layers, normal_data(7, 3, 1), batch_size=3, **training))


def test_looking_does_not_train() -> None:
    """Evaluations, probes and stepping move neither parameters nor averages."""
    plain = stacked(validation_split=0.3)
    plain.run_iterations(6)
    runner = Runner(with_training(plain.project))
    runner.set_probe(np.array([0.5, -1.0, 2.0]))
    while runner.trainer.iteration < 6:
        before = runner.trainer.network.moving.copy()
        snapshot = runner.snapshot()
        runner.trainer.evaluate()
        runner.trainer.evaluate("validation")
        assert snapshot.probe is not None
        np.testing.assert_array_equal(runner.trainer.network.moving, before)
        runner.step_phase()
    assert theta_bytes(runner.trainer) == theta_bytes(plain)
    assert runner.trainer.network.moving.tobytes() == plain.network.moving.tobytes()
    kinds = [phase.kind for phase in runner.snapshot().trace.phases]
    assert kinds.count(PhaseKind.NORMALIZATION) == 2


def test_the_smaller_last_mini_batch_is_normalized_by_itself() -> None:
    trainer = stacked()
    for size in (3, 3, 1):
        trace = trainer.trace_iteration()
        assert len(trace.z[0]) == size
        z = trace.z[0]
        gamma = trainer.project.network.gamma(trace.theta_before, 1)
        beta = trainer.project.network.beta(trace.theta_before, 1)
        wanted = gamma * (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-3) + beta
        np.testing.assert_allclose(trace.normalized[0], wanted, rtol=1e-10, atol=1e-12)


def test_edits_keep_gamma_beta_and_the_moving_averages() -> None:
    trainer = stacked()
    trainer.run_epochs(3)
    network = trainer.network
    kept = [own[0].copy() for own in (network.gamma, network.moving_mean, network.moving_variance)]
    done = insert_layer(trainer.project, 1, 2)
    trainer.change(done.project, done.origin)
    network = trainer.network
    for own, before in zip(
        (network.gamma, network.moving_mean, network.moving_variance), kept, strict=True
    ):
        np.testing.assert_array_equal(own[0], before)
    grown = change_layer(trainer.project, 1, units=6)
    trainer.change(grown.project, grown.origin)
    network = trainer.network
    np.testing.assert_array_equal(network.moving_variance[0], [*kept[2], 1, 1])
    np.testing.assert_array_equal(network.gamma[0], [*kept[0], 1, 1])
    trainer.run_epochs(1)


def test_normalization_switched_off_and_on_again() -> None:
    trainer = stacked()
    trainer.run_epochs(2)
    weights = trainer.network.W[0].copy()
    memory = Network(trainer.project.network)
    memory.theta[...], memory.moving[...] = trainer.network.theta, trainer.network.moving
    project = trainer.project
    trainer.change(change_layer(project, 1, batch_normalization=None).project)
    assert trainer.network.gamma[0] is None
    np.testing.assert_array_equal(trainer.network.W[0], weights)
    trainer.change(project, memory=memory)
    assert trainer.network.theta.tobytes() == memory.theta.tobytes()
    assert trainer.network.moving.tobytes() == memory.moving.tobytes()


def test_the_defaults_are_those_of_keras() -> None:
    own = build([layer(1, batch_normalization=True)]).network.layer(1).batch_normalization
    assert own == BatchNormalizationSpec(momentum=0.99, epsilon=1e-3)
    assert build([layer(1, batch_normalization=False)]).network.layer(1).batch_normalization is None
