"""Optimizers against reference steps, and what they promise at their first step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_projects import reference

from simulator.arrays import Array
from simulator.optimizers import OPTIMIZERS, OptimizerSpec

REFERENCE = reference("optimizers")
RENAMED = {"nesterov": {"nesterov"}}
"""Hyperparameters of the reference that are a name of their own here."""


def spec_of(name: str, hyperparameters: dict[str, Any]) -> OptimizerSpec:
    rest = {
        key: value
        for key, value in hyperparameters.items()
        if key != "learning_rate" and key not in RENAMED.get(name, set())
    }
    return OptimizerSpec(name, hyperparameters["learning_rate"], tuple(rest.items()))


def run(spec: OptimizerSpec, start: Array, gradients: Array) -> list[Array]:
    optimizer = OPTIMIZERS[spec.name](spec, len(start))
    theta = start.copy()
    steps = []
    for gradient in gradients:
        optimizer.step(theta, gradient)
        steps.append(theta.copy())
    return steps


def test_every_optimizer_is_under_test() -> None:
    assert set(OPTIMIZERS) == set(REFERENCE["optimizers"])


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_every_step_equals_the_reference(name: str) -> None:
    case = REFERENCE["optimizers"][name]
    spec = spec_of(name, case["hyperparameters"])
    assert set(dict(spec.parameters)) == set(OPTIMIZERS[name].defaults)
    steps = run(spec, np.array(REFERENCE["w0"]), np.array(REFERENCE["grads"]))
    assert len(steps) == len(case["w_after_each_step"]) == 8
    for step, wanted in zip(steps, case["w_after_each_step"], strict=True):
        np.testing.assert_allclose(step, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_a_parameter_that_is_set_matters(name: str) -> None:
    gradients = np.array(REFERENCE["grads"])
    start = np.array(REFERENCE["w0"])
    plain = run(OptimizerSpec(name, 0.05), start, gradients)[-1]
    for parameter, default in OPTIMIZERS[name].defaults.items():
        other = OptimizerSpec(name, 0.05, ((parameter, default * 0.8 + 0.03),))
        assert not np.array_equal(run(other, start, gradients)[-1], plain), parameter


@given(st.floats(1e-3, 1e3), st.floats(1e-4, 1.0))
def test_adams_first_step_is_the_learning_rate(gradient: float, rate: float) -> None:
    """Its bias correction divides by 1 - beta^k: multiplied instead, the step would be 0.003."""
    spec = OptimizerSpec("adam", rate, (("epsilon", 1e-300),))
    (first,) = run(spec, np.zeros(1), np.array([[gradient]]))
    assert first[0] == pytest.approx(-rate, rel=1e-9)


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_a_parameter_without_gradient_stays(name: str) -> None:
    spec = OptimizerSpec(name, 0.1, (("weight_decay", 0.0),) if name == "adamw" else ())
    steps = run(spec, np.array([0.3, -2.0]), np.zeros((5, 2)))
    assert all(np.array_equal(step, [0.3, -2.0]) for step in steps)


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_slots_are_what_training_resumes_from(name: str) -> None:
    """Copying slots and counter into a fresh optimizer gives the same bytes from then on."""
    spec, gradients = OptimizerSpec(name, 0.05), np.array(REFERENCE["grads"])
    start = np.array(REFERENCE["w0"])
    whole = run(spec, start, gradients)
    first = OPTIMIZERS[name](spec, len(start))
    theta = start.copy()
    for gradient in gradients[:3]:
        first.step(theta, gradient)
    second = OPTIMIZERS[name](spec, len(start))
    second.iterations = first.iterations
    for slot, values in first.slots.items():
        second.slots[slot][...] = values
    for gradient in gradients[3:]:
        second.step(theta, gradient)
    assert theta.tobytes() == whole[-1].tobytes()
