"""Mistakes that other teaching simulators make, each by hand, so that none is made here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from small_projects import build, layer, normal_data, theta_bytes

from simulator.optimizers import OPTIMIZERS, OptimizerSpec
from simulator.project import Project
from simulator.runner import Runner
from simulator.trainer import Trainer

# --- the bias correction of Adam divides ---------------------------------------------------------


@pytest.mark.parametrize("gradient", [1e-3, 0.5, 40.0])
@pytest.mark.parametrize("name", ["adam", "adamax"])
def test_the_first_step_of_adam_is_the_learning_rate(name: str, gradient: float) -> None:
    """m = 0.1 g and v = 0.001 g² over 0.1 and 0.001 are g and g²: eta g / |g|, whatever g is.

    Multiplied by them instead of divided, the step would be some thousand times too small.  The
    epsilon of 1e-7 over √0.001 is what is missing: some 3e-6 / g of the step.
    """
    theta = np.array([1.0, 1.0])
    OPTIMIZERS[name](OptimizerSpec(name, 0.01), 2).step(theta, np.array([gradient, -gradient]))
    np.testing.assert_allclose(theta, [0.99, 1.01], atol=0.01 * 4e-6 / gradient)


def test_the_first_two_steps_of_adam_by_hand() -> None:
    """g = 2, then -1, beta_1 = 0.5, beta_2 = 0.75, eta = 0.1 and no epsilon to speak of.

    m = 1, v = 1: m' = 1 / 0.5 = 2, v' = 1 / 0.25 = 4, a step of 0.1.  Then m = 0, v = 1: none.
    Then g = 3: m = 1.5, v = 3; m' = 1.5 / 0.875, v' = 3 / (1 - 27 / 64).
    """
    parameters = (("beta_1", 0.5), ("beta_2", 0.75), ("epsilon", 1e-300))
    adam = OPTIMIZERS["adam"](OptimizerSpec("adam", 0.1, parameters), 1)
    theta = np.array([0.0])
    third = 0.1 * (1.5 / 0.875) / math.sqrt(3 / (1 - 27 / 64))
    for gradient, wanted in ((2.0, -0.1), (-1.0, -0.1), (3.0, -0.1 - third)):
        adam.step(theta, np.array([gradient]))
        assert theta[0] == pytest.approx(wanted, rel=1e-14)


def test_adam_in_a_project_moves_each_parameter_by_the_learning_rate_first() -> None:
    optimizer = {"name": "adam", "learning_rate": 0.02}
    project = build([layer(3), layer(2, "linear")], normal_data(4, 2, 2), optimizer=optimizer)
    trace = Trainer(project).trace_iteration()
    moved = trace.theta_before - trace.theta_after
    np.testing.assert_allclose(moved, 0.02 * np.sign(trace.gradient), rtol=1e-3)


# --- dropout at test time ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "training", "test"), [("classic", 1.0, 0.8), ("inverted", 1.25, 1.0)]
)
def test_outputs_are_scaled_by_the_share_that_is_kept(
    style: str, training: float, test: float
) -> None:
    """At a rate of 0.2 the keep probability is 0.8.  At 0.5 no mistake between the two shows."""
    layers = [
        layer(1, "linear", W=[[10]], bias=False, dropout={"rate": 0.2, "style": style}),
        layer(1, "linear", W=[[1]], bias=False),
    ]
    trainer = Trainer(build(layers, ([[1]], [[0]]), optimizer=1e-300))
    assert trainer.evaluate().outputs.item() == pytest.approx(10 * test)
    outputs = [trainer.trace_iteration().output[0].item() for _ in range(500)]
    assert set(np.round(outputs, 9)) == {0.0, 10 * training}
    assert np.mean(np.array(outputs) > 0) == pytest.approx(0.8, abs=0.06)


# --- the mean over the mini-batch ----------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 2, 3, 4, 8])
def test_the_penalty_is_not_divided_by_the_batch_size(batch_size: int) -> None:
    """All samples are the same, so gradient and step must not depend on how many there are."""
    own = layer(1, "linear", W=[[2]], b=[0], regularizer={"name": "l2", "lambda": 0.25})
    project = build([own], ([[3]] * 8, [[5]] * 8), "half_squared_error", batch_size=batch_size)
    trace = Trainer(project).trace_iteration()
    np.testing.assert_allclose(trace.gradient, [1 * 3 + 2 * 0.25 * 2, 1], rtol=1e-14)
    assert (trace.loss, trace.penalty) == (0.5, 1.0)


def counted(batch_size: int, samples: int = 5, **training: Any) -> Project:
    """A weight of 0 on inputs of 1, where every target t gives a gradient of -t."""
    own = layer(1, "linear", W=[[0]], bias=False)
    targets = [[10.0**place] for place in range(samples)]
    training = {"shuffle": False, "batch_size": batch_size, **training}
    return build(
        [own], ([[1]] * samples, targets), "half_squared_error", optimizer=1e-300, **training
    )


def test_the_last_smaller_mini_batch_is_averaged_over_its_own_size() -> None:
    """Targets 1, 10, 100, 1000, 10000 in threes: -111 / 3, then -11000 / 2, not over 3."""
    trainer = Trainer(counted(3))
    gradients = [trainer.trace_iteration().gradient.item() for _ in range(4)]
    np.testing.assert_allclose(gradients, [-37, -5500, -37, -5500], rtol=1e-14)


@pytest.mark.parametrize(
    ("batch_size", "means"),
    [(2, [-5.5, -550, -10000]), (4, [-277.75, -10000]), (5, [-2222.2]), (99, [-2222.2])],
)
def test_nothing_of_an_epoch_leaks_into_the_next_one(batch_size: int, means: list[float]) -> None:
    trainer = Trainer(counted(batch_size))
    for _ in range(3):
        found = [trainer.trace_iteration().gradient.item() for _ in means]
        np.testing.assert_allclose(found, means, rtol=1e-14)
    # Nor does what an epoch is said to have lost: each sample counts once, not each mini-batch.
    losses = trainer.history.view().loss
    each = [0.5 * 100.0**place for place in range(5)]
    np.testing.assert_allclose(losses, [np.mean(each)] * 3, rtol=1e-14)


def test_the_loss_of_an_epoch_weighs_samples_not_mini_batches() -> None:
    """Four samples of 0 and one of 8: the mean is 8/5, that of the mini-batches were 4."""
    own = layer(1, "linear", W=[[0]], bias=False)
    data = ([[1]] * 5, [[0], [0], [0], [0], [4]])
    project = build(
        [own], data, "half_squared_error", optimizer=1e-300, shuffle=False, batch_size=4
    )
    trainer = Trainer(project)
    trainer.run_epochs(1)
    assert trainer.history.view().loss.tolist() == [1.6]


def test_an_epoch_visits_every_sample_once_in_an_order_of_its_own() -> None:
    trainer = Trainer(counted(2, samples=7, shuffle=True))
    orders = [
        np.concatenate([trainer.trace_iteration().samples for _ in range(4)]) for _ in range(6)
    ]
    for order in orders:
        assert sorted(order) == list(range(7))
    assert len({tuple(order) for order in orders}) == 6


# --- starting again ------------------------------------------------------------------------------

LAYERS = [layer(5, "tanh", dropout=0.3), layer(2, "linear")]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_reset_returns_to_the_same_start_and_the_same_way(optimizer: str) -> None:
    """Weights, order, masks and the memory of the optimizer begin as they did."""
    fields = {"name": optimizer, "learning_rate": 0.05}
    runner = Runner(build(LAYERS, normal_data(7, 3, 2), optimizer=fields, batch_size=3))
    start = theta_bytes(runner.trainer)
    runner.trainer.run_iterations(5)
    later = theta_bytes(runner.trainer)
    assert later != start
    runner.reset()
    assert theta_bytes(runner.trainer) == start
    assert (runner.trainer.epoch, runner.trainer.iteration) == (0, 0)
    assert len(runner.trainer.history.view().epoch) == 0
    runner.trainer.run_iterations(5)
    assert theta_bytes(runner.trainer) == later


def test_another_seed_draws_other_weights_everywhere() -> None:
    project = build(LAYERS, normal_data(7, 3, 2), seed=1)
    starts = [Trainer(project.with_seed(seed)).network for seed in (1, 2, 1)]
    for index in range(2):
        assert (starts[0].W[index] != starts[1].W[index]).all()
        np.testing.assert_array_equal(starts[0].W[index], starts[2].W[index])
        assert len(np.unique(starts[0].W[index])) == starts[0].W[index].size
        np.testing.assert_array_equal(starts[1].b[index], 0.0)
    runner = Runner(project)
    runner.trainer.run_iterations(3)
    runner.load(project.with_seed(2))
    assert theta_bytes(runner.trainer) == starts[1].theta.tobytes()


def test_weights_that_were_given_are_where_a_reset_returns_to() -> None:
    own = layer(2, "linear", W=[[1, 2, 3], [4, 5, 6]], b=[7, 8])
    runner = Runner(build([own], normal_data(7, 3, 2)))
    runner.trainer.run_epochs(1)
    runner.reset()
    assert runner.trainer.network.theta.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


# --- the order of backpropagation ----------------------------------------------------------------


def test_every_delta_is_computed_with_the_weights_before_the_update() -> None:
    """x = 1, w1 = 2, w2 = 3, t = 0: y = 6, dE/dw2 = 6 · 2, dE/dw1 = 6 · 3 · 1 with the old w2."""
    layers = [
        layer(1, "linear", W=[[2]], bias=False),
        layer(1, "linear", W=[[3]], bias=False),
    ]
    data = ([[1]], [[0]])
    trace = Trainer(build(layers, data, "half_squared_error", optimizer=0.1)).trace_iteration()
    np.testing.assert_allclose(trace.gradient, [18, 12])
    np.testing.assert_allclose(trace.theta_after, [2 - 1.8, 3 - 1.2])
