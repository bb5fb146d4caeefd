"""Learning-rate schedules against their formulas, and the gradient cut off by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_projects import build, layer, normal_data, theta_bytes, with_rate

from simulator.arrays import Array
from simulator.divergence import DivergenceError
from simulator.network import Network
from simulator.optimizers import OPTIMIZERS
from simulator.project import ProjectError
from simulator.project.edits import insert_layer, set_frozen
from simulator.schedules import SCHEDULES, LearningRate, ScheduleSpec
from simulator.trace import Trace
from simulator.trainer import Trainer

# --- schedules -----------------------------------------------------------------------------------

BY_HAND: list[tuple[str, dict[str, float], dict[int, float]]] = [
    ("constant", {}, {0: 0.1, 1: 0.1, 10**9: 0.1}),
    # Keras's ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.96), its documented formula.
    (
        "exponential_decay",
        {"decay_steps": 1000, "decay_rate": 0.96},
        {0: 0.1, 500: 0.1 * 0.96**0.5, 1000: 0.096, 2000: 0.09216},
    ),
    # The same with staircase=True.
    (
        "step_decay",
        {"decay_steps": 1000, "drop": 0.96},
        {0: 0.1, 999: 0.1, 1000: 0.096, 1999: 0.096, 2000: 0.09216},
    ),
    # Keras's InverseTimeDecay(0.1, decay_steps=1, decay_rate=0.5): 0.1 / (1 + 0.5 k).
    ("inverse_time_decay", {"decay_steps": 1, "decay_rate": 0.5}, {0: 0.1, 2: 0.05, 18: 0.01}),
    (
        "inverse_time_decay",
        {"decay_steps": 4, "decay_rate": 2},
        {1: 0.1 / 1.5, 2: 0.05, 4: 0.1 / 3},
    ),
    # Keras's CosineDecay(0.1, decay_steps=1000, alpha): half a wave, then alpha of the rate.
    (
        "cosine_decay",
        {"decay_steps": 1000},
        {0: 0.1, 250: 0.05 * (1 + math.sqrt(0.5)), 500: 0.05, 1000: 0.0, 5000: 0.0},
    ),
    (
        "cosine_decay",
        {"decay_steps": 1000, "alpha": 0.1},
        {0: 0.1, 500: 0.055, 1000: 0.01, 5000: 0.01},
    ),
    # Four updates of warm-up: a quarter of the rate more at each.
    ("constant", {"warmup_steps": 4}, {0: 0.025, 1: 0.05, 3: 0.1, 4: 0.1, 9: 0.1}),
    (
        "step_decay",
        {"warmup_steps": 2, "decay_steps": 3, "drop": 0.5},
        {0: 0.05, 1: 0.1, 2: 0.1, 4: 0.1, 5: 0.05, 8: 0.025},
    ),
    (
        "cosine_decay",
        {"warmup_steps": 10, "decay_steps": 100, "alpha": 0.5},
        {0: 0.01, 9: 0.1, 10: 0.1, 60: 0.075, 110: 0.05, 999: 0.05},
    ),
]


@pytest.mark.parametrize(("name", "given_", "rates"), BY_HAND)
def test_a_schedule_has_the_rates_of_its_formula(
    name: str, given_: dict[str, float], rates: dict[int, float]
) -> None:
    rate = LearningRate(0.1, ScheduleSpec(name, tuple(given_.items())))
    for updates, wanted in rates.items():
        assert rate.at(updates) == pytest.approx(wanted, rel=1e-13, abs=1e-17)


@given(
    name=st.sampled_from(sorted(SCHEDULES)),
    eta=st.floats(1e-6, 1e3),
    factor=st.floats(1e-3, 1.0),
    updates=st.integers(0, 10**7),
)
def test_every_rate_is_eta_and_the_factor_times_at_most_1(
    name: str, eta: float, factor: float, updates: int
) -> None:
    rate = LearningRate(eta, ScheduleSpec(name))
    full = rate.at(updates)
    assert 0.0 <= full <= eta
    assert rate.at(0) == eta
    rate.factor = factor
    assert rate.at(updates) == pytest.approx(factor * full, rel=1e-12)


def scheduled(name: str = "sgd", **schedule: Any) -> dict[str, Any]:
    return {"name": name, "learning_rate": 0.2, "schedule": schedule}


DECAY = scheduled(name="sgd") | {
    "schedule": {"name": "exponential_decay", "decay_steps": 2, "decay_rate": 0.5}
}
LAYERS = [layer(3), layer(1, "linear")]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_rate_of_each_update_is_recorded(optimizer: str) -> None:
    """Two updates an epoch: each trace has its own rate, the history that of the epoch's last."""
    trainer = Trainer(build(LAYERS, optimizer={**DECAY, "name": optimizer}, batch_size=2))
    assert trainer.learning_rate == 0.2
    rates = [trainer.trace_iteration().learning_rate for _ in range(6)]
    wanted = [0.2 * 0.5 ** (k / 2) for k in range(6)]
    np.testing.assert_allclose(rates, wanted, rtol=1e-14)
    np.testing.assert_allclose(trainer.history.view()["learning_rate"], wanted[1::2], rtol=1e-14)
    assert trainer.learning_rate == pytest.approx(0.2 * 0.5**3)


def test_the_rate_recorded_is_the_rate_used() -> None:
    trainer = Trainer(build(LAYERS, optimizer=DECAY, batch_size=2))
    for _ in range(5):
        trace = trainer.trace_iteration()
        moved = trace.theta_before - trace.theta_after
        np.testing.assert_allclose(moved, trace.learning_rate * trace.gradient, atol=1e-15)


def test_at_the_end_of_a_cosine_nothing_moves_any_more() -> None:
    optimizer = DECAY | {"schedule": {"name": "cosine_decay", "decay_steps": 3}}
    trainer = Trainer(build(LAYERS, optimizer=optimizer, batch_size=4))
    trainer.run_epochs(3)
    before = theta_bytes(trainer)
    trainer.run_epochs(2)
    assert theta_bytes(trainer) == before


def test_a_schedule_goes_on_through_an_edit_and_its_undo() -> None:
    project = build(LAYERS, optimizer=DECAY, batch_size=2)
    trainer = Trainer(project)
    trainer.run_iterations(3)
    memory = Network(project.network)
    memory.theta[...] = trainer.network.theta
    done = insert_layer(project, 1, 2)
    trainer.change(done.project, done.origin)
    assert trainer.trace_iteration().learning_rate == pytest.approx(0.2 * 0.5**1.5)
    trainer.change(project, (1, None), memory)
    assert trainer.trace_iteration().learning_rate == pytest.approx(0.2 * 0.5**2)


def test_another_rate_is_scheduled_from_where_training_is() -> None:
    project = build(LAYERS, optimizer=DECAY, batch_size=2)
    trainer = Trainer(project)
    trainer.run_iterations(4)
    trainer.change(with_rate(project, 1.0))
    assert trainer.trace_iteration().learning_rate == pytest.approx(0.25)
    trainer.change(project)
    assert trainer.trace_iteration().learning_rate == pytest.approx(0.2 * 0.5**2.5)


def test_another_optimizer_goes_on_with_the_schedule() -> None:
    """A rate that has decayed does not jump back up because the optimizer is another one."""
    project = build(LAYERS, optimizer=DECAY, batch_size=2)
    trainer = Trainer(project)
    trainer.run_iterations(4)
    trainer.change(replace(project, optimizer=replace(project.optimizer, name="adam")))
    assert trainer.trace_iteration().learning_rate == pytest.approx(0.2 * 0.5**2)
    trainer.change(project)
    assert trainer.trace_iteration().learning_rate == pytest.approx(0.2 * 0.5**2.5)


@pytest.mark.parametrize(
    ("name", "growth"), [("step_decay", "drop"), ("exponential_decay", "decay_rate")]
)
def test_a_decay_that_grows_beyond_all_floats_is_said_in_a_sentence(name: str, growth: str) -> None:
    """Refused by the reader, or a divergence when it comes to that; never an OverflowError."""
    schedule = {"name": name, growth: 1e200, "decay_steps": 1}
    optimizer = {"name": "sgd", "learning_rate": 1e-300, "schedule": schedule}
    with pytest.raises((ProjectError, DivergenceError)):
        Trainer(build(LAYERS, optimizer=optimizer)).run_epochs(9)


# --- clipping ------------------------------------------------------------------------------------


def clipped(*, batch_size: int = 4, **limits: float) -> Trace:
    """The first iteration of sgd with a rate of 0.5 on data that give a long gradient."""
    layers = [layer(3, batch_normalization=True), layer(2, "linear")]
    data = normal_data(4, 2, 2)
    data = (data[0], 100.0 * data[1])
    optimizer = {"name": "sgd", "learning_rate": 0.5, **limits}
    return Trainer(
        build(layers, data, optimizer=optimizer, batch_size=batch_size)
    ).trace_iteration()


def step(trace: Trace) -> Array:
    return trace.theta_before - trace.theta_after


def parts(trace: Trace) -> list[slice]:
    """Weights and biases of both layers, gamma and beta of the first: all that learns, in order."""
    sizes = [6, 3, 3, 3, 6, 2]
    ends = np.cumsum([0, *sizes])
    assert ends[-1] == len(trace.gradient)
    return [slice(a, b) for a, b in pairwise(ends)]


def test_by_value() -> None:
    """Each component for itself is cut off at ± 0.25, so a step is at most 0.125."""
    trace = clipped(clipvalue=0.25)
    np.testing.assert_allclose(step(trace), 0.5 * np.clip(trace.gradient, -0.25, 0.25), atol=1e-14)
    assert np.abs(step(trace)).max() == pytest.approx(0.125)
    # What is shown is the gradient as it was computed.
    assert np.abs(trace.gradient).max() > 1.0


def test_by_norm_of_weights_and_biases_each() -> None:
    """As Keras, each variable for itself: W and b of a layer, gamma and beta."""
    trace = clipped(clipnorm=0.3)
    longer = 0
    for own in parts(trace):
        length = np.linalg.norm(trace.gradient[own])
        longer += length > 0.3
        wanted = 0.5 * trace.gradient[own] * min(1.0, 0.3 / max(length, 1e-300))
        np.testing.assert_allclose(step(trace)[own], wanted, rtol=1e-12, atol=1e-14)
    assert longer >= 4


def test_by_global_norm() -> None:
    trace = clipped(global_clipnorm=0.3)
    length = np.linalg.norm(trace.gradient)
    assert length > 1.0
    np.testing.assert_allclose(step(trace), 0.5 * 0.3 / length * trace.gradient, atol=1e-14)


@given(limit=st.floats(1e-6, 5.0))
def test_a_clipped_step_of_sgd_is_exactly_as_long_as_rate_times_limit(limit: float) -> None:
    trace = clipped(global_clipnorm=limit)
    assert np.linalg.norm(trace.gradient) > limit
    assert np.linalg.norm(step(trace)) == pytest.approx(0.5 * limit, rel=1e-9)


@pytest.mark.parametrize(
    "limits", [{"clipvalue": 1e6}, {"clipnorm": 1e6}, {"global_clipnorm": 1e6}]
)
def test_a_gradient_below_the_limit_is_left_as_it_is(limits: dict[str, float]) -> None:
    assert clipped(**limits).theta_after.tobytes() == clipped().theta_after.tobytes()


def test_limits_apply_one_after_the_other() -> None:
    """Value, then the norm of each part, then the whole: the last one is met exactly."""
    trace = clipped(clipvalue=0.2, clipnorm=0.3, global_clipnorm=0.4)
    wanted = np.clip(trace.gradient, -0.2, 0.2)
    for own in parts(trace):
        wanted[own] *= min(1.0, 0.3 / max(np.linalg.norm(wanted[own]), 1e-300))
    wanted *= 0.4 / np.linalg.norm(wanted)
    np.testing.assert_allclose(step(trace), 0.5 * wanted, atol=1e-14)


def test_what_is_frozen_has_no_say_in_the_length() -> None:
    """Of the gradient (3, 4) the 4 is frozen: what is left is 3 long, so it is scaled to 1."""
    own = layer(1, "linear", W=[[0, 0]], bias=False)
    optimizer = {"name": "sgd", "learning_rate": 1.0, "global_clipnorm": 1.0}
    project = build([own], ([[3, 4]], [[0.5]]), "squared_error", optimizer=optimizer)
    trace = Trainer(project).trace_iteration()
    np.testing.assert_allclose(trace.gradient, [-3, -4])
    np.testing.assert_allclose(trace.theta_after, [0.6, 0.8])
    frozen = set_frozen(project, 1, np.array([[0.0, 1.0]]), None).project
    np.testing.assert_allclose(Trainer(frozen).trace_iteration().theta_after, [1, 0])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_sees_the_clipped_gradient(name: str) -> None:
    """With a limit every update is that of the same optimizer given the clipped gradient."""
    spec = {"name": name, "learning_rate": 0.1, "global_clipnorm": 0.3}
    project = build(LAYERS, optimizer=spec, batch_size=2)
    trainer = Trainer(project)
    theta = trainer.network.theta.copy()
    plain = OPTIMIZERS[name](
        replace(project.optimizer, clipping=type(project.optimizer.clipping)()), len(theta)
    )
    shortened = 0
    for _ in range(4):
        trace = trainer.trace_iteration()
        length = float(np.linalg.norm(trace.gradient))
        shortened += length > 0.3
        plain.step(theta, trace.gradient * min(1.0, 0.3 / length))
        np.testing.assert_allclose(trace.theta_after, theta, rtol=1e-9, atol=1e-12)
    assert shortened


def test_a_gradient_too_long_for_its_square_is_still_cut_to_the_limit() -> None:
    """Components of 1e200 overflow when they are squared, but the limit is what it is for."""
    own = layer(1, "linear", W=[[0, 0]], bias=False)
    optimizer = {"name": "sgd", "learning_rate": 1.0, "global_clipnorm": 5.0}
    project = build([own], ([[3e160, 4e160]], [[0.5]]), "squared_error", optimizer=optimizer)
    trace = Trainer(project).trace_iteration()
    np.testing.assert_allclose(trace.theta_after, [3, 4], rtol=1e-12)
