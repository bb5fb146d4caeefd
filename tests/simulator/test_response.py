"""A neuron's activation as a curve: the engine's own function and its own way back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_projects import digits

from simulator.activations import ACTIVATIONS
from simulator.response import response
from simulator.spec import LayerSpec
from simulator.trainer import Trainer

SMOOTH = sorted(name for name, own in ACTIVATIONS.items() if own.differentiable)
PLACES = np.linspace(-3.7, 3.9, 41)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_slope_is_that_of_the_curve(name: str) -> None:
    layer = LayerSpec(4, name)
    others = np.array([0.3, -1.0, 0.7, 2.0])
    step = 1e-6
    around = [response(layer, 2, PLACES + away, others).activation for away in (-step, step)]
    found = response(layer, 2, PLACES, others)
    assert found.slope is not None
    assert (around[1] - around[0]) / (2 * step) == pytest.approx(found.slope, abs=1e-6)


@pytest.mark.parametrize("name", ["step", "sign"])
def test_a_jump_has_no_slope(name: str) -> None:
    found = response(LayerSpec(3, name), 0, PLACES)
    assert found.slope is None
    assert set(found.activation) == ({0.0, 1.0} if name == "step" else {-1.0, 1.0})


@given(st.integers(0, 4), st.integers(0, 50))
def test_at_its_own_z_a_neuron_answers_as_in_training(neuron: int, seed: int) -> None:
    trainer = Trainer(digits(seed=seed))
    trace = trainer.trace_iteration()
    for number, layer in enumerate(trace.spec.layers, start=1):
        z = trace.z[number - 1][0]
        found = response(layer, neuron, z[neuron : neuron + 1], z)
        assert found.activation[0] == pytest.approx(trace.activation[number - 1][0, neuron])


def test_softmax_depends_on_the_neighbours() -> None:
    layer = LayerSpec(3, "softmax")
    alone = response(layer, 0, PLACES, np.zeros(3)).activation
    beside = response(layer, 0, PLACES, np.array([0.0, 5.0, 0.0])).activation
    assert (beside < alone).all()
    assert alone[0] + 2.0 / (np.exp(PLACES[0]) + 2.0) == pytest.approx(1.0)


def test_a_neuron_with_an_activation_of_its_own_has_its_own_curve() -> None:
    layer = LayerSpec(2, "tanh", neuron_activations=(("tanh", ()), ("elu", (("alpha", 0.5),))))
    assert response(layer, 0, PLACES).activation == pytest.approx(np.tanh(PLACES))
    assert response(layer, 1, np.array([-30.0])).activation[0] == pytest.approx(-0.5)
    mixed = LayerSpec(2, "tanh", neuron_activations=(("tanh", ()), ("step", ())))
    assert response(mixed, 1, PLACES).slope is None


def test_far_out_everything_stays_finite_that_can() -> None:
    for name in SMOOTH:
        found = response(LayerSpec(2, name), 0, np.array([-1000.0, 1000.0]))
        assert np.isfinite(found.activation).all() and found.slope is not None
        assert np.isfinite(found.slope).all(), name


def test_a_neuron_that_is_not_there() -> None:
    with pytest.raises(IndexError, match="no neuron 3"):
        response(LayerSpec(3, "tanh"), 3, PLACES)
