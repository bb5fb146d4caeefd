"""Dropout's ensemble: every mask once, probabilities that add up, and deck C's example."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_projects import layer, make, reference

from simulator.ensemble import Ensemble, dropout_ensemble
from simulator.project import project_from_value
from simulator.trainer import Trainer


def ensemble_of(layers: list[dict[str, Any]], x: list[float], **network: Any) -> Ensemble:
    outputs = layers[-1]["units"]
    project = project_from_value(
        {
            "network": {"inputs": len(x), "layers": layers, **network},
            "loss": "mse",
            "data": {"inputs": [x], "targets": [[0.0] * outputs]},
        }
    )
    return dropout_ensemble(project, Trainer(project).network, np.array(x))


@pytest.mark.parametrize("style", ["classic", "inverted"])
def test_two_linear_inputs_of_deck_c(style: str) -> None:
    """The mean of the four is half of the full network: classic halves, inverted doubles first."""
    facts = reference("facts")["dropout_of_a_two_input_linear_neuron"]
    own = layer(1, "linear", bias=False, W=[facts["w"]])
    found = ensemble_of([own], facts["x"], input_dropout={"rate": facts["rate"], "style": style})
    assert [member.masks[0] for member in found.members] == [(1, 1), (1, 0), (0, 1), (0, 0)]
    scale = 1.0 if style == "classic" else 2.0
    assert found.mean[0] == pytest.approx(scale * facts["mean_over_the_four_masks"], rel=1e-12)
    assert found.test_output[0] == pytest.approx(found.mean[0], rel=1e-12)
    full = facts["test_output_with_full_weights"]
    assert found.full_output[0] == pytest.approx(full, rel=1e-12)


@given(st.integers(1, 4), st.integers(1, 3), st.floats(0.01, 0.9), st.integers(0, 99))
def test_the_probabilities_are_those_of_drawing(
    inputs: int, units: int, rate: float, seed: int
) -> None:
    x = np.random.default_rng(seed).normal(size=inputs).tolist()
    hidden = layer(units, "relu", dropout=rate)
    found = ensemble_of([hidden, layer(2, "linear")], x, input_dropout=0.25)
    assert len({member.masks for member in found.members}) == 2 ** (inputs + units)
    assert sum(member.probability for member in found.members) == pytest.approx(1.0)
    for member in found.members:
        kept, dropped = member.masks[1].count(1), member.masks[1].count(0)
        inner = member.masks[0].count(1), member.masks[0].count(0)
        wanted = (1 - rate) ** kept * rate**dropped * 0.75 ** inner[0] * 0.25 ** inner[1]
        assert member.probability == pytest.approx(wanted)
    weighted = sum(member.probability * member.output for member in found.members)
    np.testing.assert_allclose(found.mean, weighted, rtol=1e-9, atol=1e-12)


def test_a_linear_network_is_the_mean_of_its_ensemble() -> None:
    hidden = layer(3, "linear", dropout=0.4)
    found = ensemble_of([hidden, layer(2, "linear")], [0.3, -1.0], input_dropout=0.2)
    np.testing.assert_allclose(found.mean, found.test_output, rtol=1e-12)


def test_one_network_or_too_many_are_said() -> None:
    with pytest.raises(ValueError, match="only one network"):
        ensemble_of([layer(1, "linear")], [1.0])
    with pytest.raises(ValueError, match="Batch normalization"):
        normalized = layer(3, dropout=0.5, batch_normalization=True)
        ensemble_of([normalized, layer(1, "linear")], [1.0])
    with pytest.raises(ValueError, match="13 units"):
        ensemble_of([layer(13, dropout=0.5), layer(1, "linear")], [1.0])


def test_the_network_is_left_as_it_was() -> None:
    project = make([[1.0]], [[0.0]], [layer(3, dropout=0.5), layer(1, "linear")])
    network = Trainer(project).network
    before = network.theta.tobytes()
    dropout_ensemble(project, network, np.array([1.0]))
    assert network.theta.tobytes() == before
