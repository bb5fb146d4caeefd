"""A trace holds together, and every explanation says what the trace holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_projects import digits, layer, make, with_training

from simulator.explain import most_active_neuron, number, symbol, title
from simulator.project import Project, load_project
from simulator.trace import Phase, PhaseKind, Trace, phases_of
from simulator.trainer import Trainer

PROJECTS = {
    "digits": lambda: digits(),
    "digits, batch": lambda: digits(batch_size=3),
    "xor": lambda: load_project("xor"),
    "not": lambda: load_project("not"),
    "classic dropout, no bias": lambda: make(
        np.random.default_rng(0).normal(size=(4, 3)),
        np.eye(2)[[0, 1, 1, 0]],
        [
            layer(6, "sigmoid", dropout={"rate": 0.3, "style": "classic"}, bias=False),
            layer(3, "softmax"),
            layer(2, "linear"),
        ],
        "half_squared_error",
        batch_size=4,
    ),
    "dropout on the output": lambda: make(
        np.random.default_rng(0).normal(size=(4, 3)),
        np.eye(2)[[0, 1, 1, 0]],
        [layer(5, "relu"), layer(2, "softmax", dropout={"rate": 0.4, "style": "classic"})],
        "categorical_crossentropy",
        batch_size=2,
    ),
    "targets that do not add up to 1": lambda: make(
        [[1.0, -1.0]],
        [[1.0, 0.5, 0.25]],
        [layer(4), layer(3, "softmax")],
        "categorical_crossentropy",
    ),
    "several yes or no": lambda: make(
        [[1.0, -1.0], [0.5, 0.0]],
        [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]],
        [layer(4), layer(3, "sigmoid")],
        "binary_crossentropy",
        batch_size=2,
    ),
}


@pytest.fixture(params=PROJECTS, ids=lambda name: name)
def project(request: pytest.FixtureRequest) -> Project:
    made: Project = PROJECTS[request.param]()
    return made


def traces(project: Project, count: int = 3) -> list[Trace]:
    trainer = Trainer(project)
    return [trainer.trace_iteration() for _ in range(count)]


# --- the trace -----------------------------------------------------------------------------------


def test_shapes(project: Project) -> None:
    for trace in traces(project):
        spec, rows = project.network, len(trace.samples)
        assert trace.spec is spec
        assert trace.x.shape == (rows, spec.inputs)
        assert trace.target.shape == (rows, spec.outputs)
        assert trace.loss_per_sample.shape == (rows,)
        for index, own in enumerate(spec.layers):
            for arrays in (trace.z, trace.activation, trace.output, trace.error, trace.delta):
                assert arrays[index].shape == (rows, own.units)
            mask = trace.mask[index]
            assert (mask is not None) == (own.dropout_rate > 0.0)
            assert mask is None or mask.shape == (rows, own.units)
            for arrays_of in (trace.gradient_of, trace.updated):
                W, b = arrays_of(index + 1)
                assert W.shape == (own.units, spec.sizes[index])
                assert (b is not None) == own.bias
                assert b is None or b.shape == (own.units,)
        for flat in (trace.theta_before, trace.gradient, trace.theta_after):
            assert flat.shape == (spec.parameter_count,)


def slopes(name: str, a: Any, error: Any) -> Any:
    if name == "softmax":
        return a * (error - (a * error).sum(axis=1, keepdims=True))
    factor = {"linear": np.ones_like(a), "sigmoid": a * (1 - a), "tanh": 1 - a * a, "relu": a > 0}
    return factor[name] * error


def test_the_values_of_a_trace_follow_from_one_another(project: Project) -> None:
    close = {"rtol": 1e-11, "atol": 1e-14}
    for trace in traces(project):
        spec, rows = trace.spec, len(trace.x)
        for index, own in enumerate(spec.layers):
            W = spec.weights(trace.theta_before, index + 1)
            b = spec.biases(trace.theta_before, index + 1)
            below = trace.x if index == 0 else trace.output[index - 1]
            z = below @ W.T + (0.0 if b is None else b)
            np.testing.assert_allclose(trace.z[index], z, **close)
            mask = trace.mask[index]
            factor = 1.0 if mask is None else mask * own.training_scale
            np.testing.assert_allclose(
                trace.output[index], trace.activation[index] * factor, **close
            )
            delta = slopes(own.activation, trace.activation[index], trace.error[index] * factor)
            np.testing.assert_allclose(trace.delta[index], delta, **close)
            if index + 1 < spec.depth:
                above = spec.weights(trace.theta_before, index + 2)
                np.testing.assert_allclose(
                    trace.error[index], trace.delta[index + 1] @ above, **close
                )
            W_gradient, b_gradient = trace.gradient_of(index + 1)
            np.testing.assert_allclose(W_gradient, trace.delta[index].T @ below / rows, **close)
            if b_gradient is not None:
                np.testing.assert_allclose(b_gradient, trace.delta[index].mean(axis=0), **close)
        assert trace.loss == pytest.approx(trace.loss_per_sample.mean(), rel=1e-15)
        np.testing.assert_allclose(
            trace.theta_after,
            trace.theta_before - project.optimizer.learning_rate * trace.gradient,
            **close,
        )


def test_one_iteration_begins_where_the_one_before_ended(project: Project) -> None:
    first, second, third = traces(project)
    assert first.theta_after.tobytes() == second.theta_before.tobytes()
    assert second.theta_after.tobytes() == third.theta_before.tobytes()


def test_phases_of_the_digits() -> None:
    assert [(phase.kind.value, phase.layer) for phase in phases_of(digits().network)] == [
        ("input", 0),
        ("preactivation", 1),
        ("activation", 1),
        ("preactivation", 2),
        ("activation", 2),
        ("dropout", 2),
        ("preactivation", 3),
        ("activation", 3),
        ("preactivation", 4),
        ("activation", 4),
        ("loss", 4),
        ("error", 4),
        ("delta", 4),
        ("gradient", 4),
        ("error", 3),
        ("delta", 3),
        ("gradient", 3),
        ("error", 2),
        ("delta", 2),
        ("gradient", 2),
        ("error", 1),
        ("delta", 1),
        ("gradient", 1),
        ("update", 1),
        ("update", 2),
        ("update", 3),
        ("update", 4),
    ]


def test_a_phase_gives_its_own_array(project: Project) -> None:
    trace = traces(project)[-1]
    by_kind: dict[PhaseKind, Any] = {
        PhaseKind.PREACTIVATION: trace.z,
        PhaseKind.ACTIVATION: trace.activation,
        PhaseKind.DROPOUT: trace.mask,
        PhaseKind.ERROR: trace.error,
        PhaseKind.DELTA: trace.delta,
    }
    for phase in trace.phases:
        if phase.kind in (PhaseKind.GRADIENT, PhaseKind.UPDATE):
            with pytest.raises(KeyError):
                trace.value(phase)
        elif phase.kind is PhaseKind.INPUT:
            assert trace.value(phase) is trace.x
        elif phase.kind is PhaseKind.LOSS:
            assert trace.value(phase) == trace.loss
        else:
            assert trace.value(phase) is by_kind[phase.kind][phase.layer - 1]
    without = next(index for index, mask in enumerate(trace.mask) if mask is None)
    with pytest.raises(KeyError):
        trace.value(Phase(PhaseKind.DROPOUT, without + 1))


# --- numbers in words ----------------------------------------------------------------------------


def parse(text: str) -> float:
    return float(text.replace("−", "-"))


@given(st.floats(-1e300, 1e300))
def test_a_shown_number_is_the_number(value: float) -> None:
    text = number(value)
    assert "-" not in text
    assert abs(parse(text) - value) <= max(5.001e-5, 5.001e-4 * abs(value))
    assert (parse(text) == 0.0) == (value == 0.0)
    assert parse(text) * value >= 0.0
    assert len(text) <= 12


# --- what phases are called -----------------------------------------------------------------------


def test_symbols_and_titles_tell_the_phases_apart(project: Project) -> None:
    phases = phases_of(project.network)
    assert len({symbol(phase) for phase in phases}) == len(phases)
    assert len({title(phase, project.network) for phase in phases}) == len(phases)
    assert symbol(Phase(PhaseKind.DELTA, 12)) == "δ¹²"


def test_the_neuron_explained_by_default_is_the_largest(project: Project) -> None:
    for trace in traces(with_training(project, batch_size=1), 2):
        for phase in trace.phases:
            neuron = most_active_neuron(trace, phase)
            assert 0 <= neuron < trace.spec.sizes[phase.layer]
            if phase.kind in (PhaseKind.PREACTIVATION, PhaseKind.ERROR, PhaseKind.DELTA):
                values = np.abs(trace.value(phase)[0])
                assert values[neuron] == values.max()
