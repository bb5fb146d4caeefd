"""Learning rules of single neurons, by hand: what they learn, what not, and where they are refused.

In the hand calculations the samples come in the order (0,0), (0,1), (1,0), (1,1), and a threshold
neuron fires at z = 0.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import build, layer, normal_data, theta_bytes
from test_project_reader import refused

from simulator.explain import phase_explanation
from simulator.project import Project, load_project
from simulator.project.edits import change_layer, change_rule, insert_layer
from simulator.rules import RULES
from simulator.trace import Phase, PhaseKind
from simulator.trainer import Trainer

BITS = [[0, 0], [0, 1], [1, 0], [1, 1]]
AND, OR, XOR = ([[a & b] for a, b in BITS], [[a | b] for a, b in BITS], [[a ^ b] for a, b in BITS])


def signed(values: Any) -> Any:
    return (2 * np.array(values) - 1).tolist()


def single(
    rule: str,
    activation: str = "step",
    targets: Any = None,
    inputs: Any = None,
    *,
    W: Any = None,
    b: Any = None,
    optimizer: Any = 1.0,
    fields: Any = None,
    **training: Any,
) -> Project:
    """One neuron, its weights 0 unless given, its samples in order."""
    inputs = BITS if inputs is None else inputs
    own = layer(1, activation, W=W or [[0] * len(inputs[0])], b=b or [0], **(fields or {}))
    data = (inputs, AND if targets is None else targets)
    training = {"shuffle": False, "rule": rule, **training}
    return build([own], data, "squared_error", optimizer=optimizer, **training)


# --- McCulloch and Pitts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("W", "b", "inputs", "targets"),
    [
        ([[1, 1]], [-1.5], BITS, AND),
        ([[1, 1]], [-0.5], BITS, OR),
        ([[-1]], [0.5], [[0], [1]], [[1], [0]]),
        ([[1, 1]], [-2], BITS, AND),
    ],
)
def test_weights_set_by_hand_compute_and_or_not(W: Any, b: Any, inputs: Any, targets: Any) -> None:
    trainer = Trainer(single("mcculloch_pitts", "step", targets, inputs, W=W, b=b, batch_size=2))
    assert trainer.evaluate().outputs.tolist() == targets
    before = theta_bytes(trainer)
    trainer.run_epochs(3)
    assert theta_bytes(trainer) == before
    assert trainer.evaluate().accuracy == 1.0
    assert trainer.history.view().loss.tolist() == [0, 0, 0]


def test_threshold_neurons_in_two_layers_compute_xor() -> None:
    """OR and NAND, then AND of the two: the network no single neuron can be."""
    layers = [
        layer(2, "step", W=[[1, 1], [-1, -1]], b=[-0.5, 1.5]),
        layer(1, "step", W=[[1, 1]], b=[-1.5]),
    ]
    trainer = Trainer(build(layers, (BITS, XOR), rule="mcculloch_pitts", batch_size=2))
    before = theta_bytes(trainer)
    trace = trainer.trace_iteration()
    trainer.run_epochs(2)
    assert theta_bytes(trainer) == before
    assert trainer.evaluate().outputs.tolist() == XOR
    np.testing.assert_array_equal(trace.gradient, 0.0)


@pytest.mark.parametrize(
    ("fields", "optimizer"),
    [
        ({"regularizer": "l2"}, 1.0),
        ({"regularizer": {"name": "l1", "biases": True}}, 1.0),
        ({"max_norm": 0.5}, 1.0),
        ({}, {"name": "adamw", "weight_decay": 0.1}),
        ({"noise": 0.1}, 1.0),
        ({"dropout": 0.5}, 1.0),
    ],
)
def test_nothing_is_learned_whatever_else_is_set(fields: Any, optimizer: Any) -> None:
    project = single(
        "mcculloch_pitts", W=[[1, 1]], b=[-1.5], fields=fields, optimizer=optimizer, batch_size=2
    )
    trainer = Trainer(project)
    before = theta_bytes(trainer)
    trainer.run_epochs(2)
    assert theta_bytes(trainer) == before


# --- the perceptron ------------------------------------------------------------------------------


def test_the_first_epoch_of_and_by_hand() -> None:
    """(0,0) fires at z = 0 and must not: b = -1.  (1,1) does not and must: w = (1, 1), b = 0."""
    trainer = Trainer(single("perceptron"))
    thetas = [trainer.trace_iteration().theta_after.tolist() for _ in range(4)]
    assert thetas == [[0, 0, -1], [0, 0, -1], [0, 0, -1], [1, 1, 0]]
    assert trainer.history.view()["mistakes"].tolist() == [2]


def test_the_first_epoch_of_and_with_targets_of_plus_and_minus_1_by_hand() -> None:
    """The first sample alone is a mistake, z = 0 for a target of -1: w = -x = (1, 1), b = -1.

    A mistake moves the weights by one eta x, not by two, though y and t are two apart.
    """
    trainer = Trainer(single("perceptron", "sign", signed(AND), signed(BITS)))
    assert trainer.trace_iteration().theta_after.tolist() == [1, 1, -1]
    trainer.run_epochs(1)
    assert trainer.network.theta.tolist() == [1, 1, -1]
    assert trainer.history.view()["mistakes"].tolist() == [1]
    trainer.run_epochs(1)
    assert trainer.history.view()["mistakes"].tolist() == [1, 0]


def test_a_mini_batch_is_corrected_by_the_mean_of_its_mistakes() -> None:
    """From w = 0 all four fire, three by mistake: b = -3/4, w = -(1/4) (1, 1)."""
    trainer = Trainer(single("perceptron", batch_size=4))
    trainer.run_epochs(1)
    assert trainer.network.theta.tolist() == [-0.25, -0.25, -0.75]
    assert trainer.history.view()["mistakes"].tolist() == [3]


def perceptron_by_hand(inputs: Any, targets: Any, epochs: int) -> tuple[Any, list[int]]:
    w, mistakes = np.zeros(3), []
    for _ in range(epochs):
        mistakes.append(0)
        for x, t in zip(inputs, targets, strict=True):
            x = np.array([*x, 1.0])
            y = 1 if w @ x >= 0 else 0
            w += 0.5 * (t[0] - y) * x
            mistakes[-1] += y != t[0]
    return w, mistakes


@pytest.mark.parametrize("targets", [AND, OR, XOR])
def test_every_epoch_is_rosenblatts(targets: Any) -> None:
    trainer = Trainer(single("perceptron", targets=targets, optimizer=0.5))
    trainer.run_epochs(12)
    w, mistakes = perceptron_by_hand(BITS, targets, 12)
    assert trainer.network.theta.tolist() == w.tolist()
    assert trainer.history.view()["mistakes"].tolist() == mistakes
    assert (mistakes[-1] == 0) == (targets is not XOR)


@settings(max_examples=25)
@given(
    targets=st.sampled_from([AND, OR]),
    activation=st.sampled_from(["step", "sign"]),
    seed=st.integers(0, 10**6),
    optimizer=st.sampled_from([0.03, 1.0, 20.0]),
)
def test_and_and_or_are_learned_in_any_order(
    targets: Any, activation: str, seed: int, optimizer: float
) -> None:
    own = (targets, BITS) if activation == "step" else (signed(targets), signed(BITS))
    trainer = Trainer(
        single("perceptron", activation, *own, optimizer=optimizer, shuffle=True, seed=seed)
    )
    trainer.run_epochs(60)
    mistakes = trainer.history.view()["mistakes"]
    assert mistakes[-1] == 0.0
    assert trainer.evaluate().accuracy == 1.0
    # Once an epoch is free of mistakes, so is every later one.
    first = int(np.argmin(mistakes))
    assert not mistakes[first:].any()


@pytest.mark.parametrize("seed", range(3))
def test_xor_is_never_learned(seed: int) -> None:
    trainer = Trainer(single("perceptron", targets=XOR, shuffle=True, seed=seed, epochs=150))
    trainer.run_epochs(150)
    history = trainer.history.view()
    assert (history["mistakes"] >= 1.0).all()
    assert (history.accuracy < 1.0).all()


def test_other_rules_count_no_mistakes() -> None:
    trainer = Trainer(single("adaline", "linear", optimizer=0.1))
    trainer.run_epochs(1)
    assert np.isnan(trainer.history.view()["mistakes"]).all()


def test_mistakes_of_a_cut_epoch_are_those_of_the_whole_one() -> None:
    whole, cut = (Trainer(single("perceptron", targets=XOR)) for _ in range(2))
    whole.run_epochs(3)
    for count in (1, 2, 3, 3, 1, 2):
        cut.run_iterations(count)
        cut.evaluate()
    assert cut.history.view()["mistakes"].tolist() == whole.history.view()["mistakes"].tolist()


# --- Hebb, Adaline, the delta rule ---------------------------------------------------------------


@pytest.mark.parametrize(("batch_size", "share"), [(1, 1.0), (4, 0.25)])
def test_hebb_adds_target_times_input(batch_size: int, share: float) -> None:
    """Σ t x over AND of ±1: (1,1) twice (-1)(-1) ... w = (2, 2), b = Σ t = -2, times eta = 0.5."""
    project = single("hebb", "linear", signed(AND), signed(BITS), optimizer=0.5)
    trainer = Trainer(replace(project, training=replace(project.training, batch_size=batch_size)))
    trainer.run_epochs(1)
    assert trainer.network.theta.tolist() == [1 * share, 1 * share, -1 * share]
    assert trainer.evaluate().outputs.ravel().tolist() == [-3 * share, -share, -share, share]


@pytest.mark.parametrize("activation", ["linear", "step", "sign"])
def test_adaline_finds_the_least_squares_solution(activation: str) -> None:
    """The error is taken before the threshold, so the threshold does not matter."""
    inputs, _ = normal_data(12, 3, 1)
    targets = np.where(inputs @ [1.0, -2.0, 0.5] + 0.3 > 0.0, 1.0, -1.0)[:, None]
    project = single(
        "adaline",
        activation,
        targets.tolist(),
        inputs.tolist(),
        optimizer=0.4,
        batch_size=12,
        epochs=1500,
    )
    trainer = Trainer(project)
    trainer.run_iterations(1500)
    wanted = np.linalg.lstsq(np.column_stack([inputs, np.ones(12)]), targets, rcond=None)[0]
    np.testing.assert_allclose(trainer.network.theta, wanted[:, 0], rtol=1e-8)


def test_adaline_point_by_point_by_hand() -> None:
    """Delta w = eta (t - z) x: from 0, x = (2, 1), t = 1 gives w = (0.2, 0.1), b = 0.1 at eta 0.1;
    then z = 0.2 · 1 + 0.1 for x = (1, 0), t = 2, so 0.17 is added to w1 and b.
    """
    project = single("adaline", "linear", [[1], [2]], [[2, 1], [1, 0]], optimizer=0.1)
    trainer = Trainer(project)
    np.testing.assert_allclose(trainer.trace_iteration().theta_after, [0.2, 0.1, 0.1])
    np.testing.assert_allclose(trainer.trace_iteration().theta_after, [0.37, 0.1, 0.27])


@pytest.mark.parametrize("rule", ["delta_rule", "backpropagation"])
def test_the_delta_rule_is_the_formula_of_the_curriculum(rule: str) -> None:
    """dE/dw_p = 2 x_p (y - t) (1 - y) y for each of the four samples, and w <- w - eta dE/dw."""
    w, b, eta = np.array([0.3, -0.2]), 0.1, 0.7
    project = single(rule, "sigmoid", W=[w.tolist()], b=[b], optimizer=eta)
    trainer = Trainer(project)
    for x, (t,) in zip(np.array(BITS, float), AND, strict=True):
        y = 1.0 / (1.0 + np.exp(-(w @ x + b)))
        slope = 2.0 * (y - t) * (1.0 - y) * y
        trace = trainer.trace_iteration()
        np.testing.assert_allclose(trace.gradient, [*(slope * x), slope], rtol=1e-13)
        w, b = w - eta * slope * x, b - eta * slope
        np.testing.assert_allclose(trace.theta_after, [*w, b], rtol=1e-13)
        assert trace.loss == pytest.approx((y - t) ** 2)


@pytest.mark.parametrize("rule", ["hebb", "adaline", "perceptron", "delta_rule"])
def test_a_rule_is_stepped_like_backpropagation(rule: str) -> None:
    """The change of each sample is -eta delta x, whatever the rule made delta of."""
    activation = {"perceptron": "step", "delta_rule": "tanh"}.get(rule, "linear")
    trainer = Trainer(single(rule, activation, optimizer=0.3, W=[[0.2, -0.4]], batch_size=3))
    for _ in range(4):
        trace = trainer.trace_iteration()
        assert trace.rule == rule
        delta = trace.delta[0]
        gradient = np.append(delta.T @ trace.x, delta.sum()) / len(trace.x)
        np.testing.assert_allclose(trace.gradient, gradient, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(trace.theta_after, trace.theta_before - 0.3 * gradient)


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["delta_rule", "adaline", "perceptron", "hebb"])
def test_single_layer_rules_refuse_hidden_layers(rule: str) -> None:
    activation = "step" if rule == "perceptron" else "sigmoid"
    layers = [layer(2, activation), layer(1, activation)]
    assert "hidden layers" in refused(lambda: build(layers, rule=rule))
    one = single(rule, activation)
    assert rule in refused(lambda: insert_layer(one, 0, 3))
    assert rule in refused(lambda: change_rule(build([layer(2), layer(1)]), rule))


@pytest.mark.parametrize("activation", ["linear", "sigmoid", "tanh", "relu", "softmax"])
def test_the_perceptron_refuses_what_is_no_threshold(activation: str) -> None:
    assert activation in refused(lambda: single("perceptron", activation))
    assert "step" in refused(lambda: change_layer(single("perceptron"), 1, activation=activation))


@pytest.mark.parametrize("rule", ["backpropagation", "delta_rule"])
@pytest.mark.parametrize("activation", ["step", "sign"])
def test_what_has_no_slope_is_not_trained_by_gradients(rule: str, activation: str) -> None:
    said = refused(lambda: single(rule, activation))
    assert activation in said and "slope" in said
    hidden = [layer(2, ["tanh", activation]), layer(1, "tanh")]
    assert "layer 1" in refused(lambda: build(hidden, rule="backpropagation"))


@pytest.mark.parametrize("rule", ["delta_rule", "adaline", "perceptron", "hebb"])
@pytest.mark.parametrize("field", [{"dropout": 0.5}, {"noise": 1}, {"batch_normalization": True}])
def test_single_layer_rules_refuse_disturbances(rule: str, field: dict[str, Any]) -> None:
    activation = "step" if rule == "perceptron" else "sigmoid"
    assert "dropout" in refused(lambda: single(rule, activation, fields=field))


@pytest.mark.parametrize("rule", ["", "Hebb", "hebbian", None, 1, ["hebb"], {"name": "hebb"}])
def test_an_unknown_rule_is_refused(rule: Any) -> None:
    assert "training.rule" in refused(lambda: single(rule))


def test_an_unknown_rule_is_refused_by_the_edit_too() -> None:
    assert all(name in refused(lambda: change_rule(single("hebb"), "no")) for name in RULES)


@pytest.mark.parametrize(
    ("start", "targets", "rule", "wanted"),
    [
        ("sigmoid", AND, "perceptron", "step"),
        ("sigmoid", signed(AND), "perceptron", "sign"),
        ("step", AND, "backpropagation", "sigmoid"),
        ("sign", signed(AND), "delta_rule", "tanh"),
        ("sigmoid", AND, "hebb", "sigmoid"),
        ("step", AND, "adaline", "step"),
    ],
)
def test_changing_the_rule_brings_a_fitting_activation(
    start: str, targets: Any, rule: str, wanted: str
) -> None:
    before = "adaline" if start in ("step", "sign") else "backpropagation"
    project = single(before, start, targets)
    trainer = Trainer(project)
    trainer.run_epochs(1)
    done = change_rule(project, rule)
    assert done.project.network.layer(1).activation == wanted
    kept = theta_bytes(trainer)
    trainer.change(done.project, done.origin)
    assert theta_bytes(trainer) == kept
    trainer.run_epochs(1)


def test_the_error_on_show_is_the_derivative_of_the_loss() -> None:
    """A rule does not use it, but what the step shows is computed all the same."""
    project = load_project("perceptron-xor")
    trainer = Trainer(project)
    errors = []
    for _ in range(12):
        trace = trainer.trace_iteration()
        np.testing.assert_array_equal(trace.error[0], np.sign(trace.output[0] - trace.target))
        errors.append(float(trace.error[0][0, 0]))
    assert {-1.0, 0.0, 1.0} == set(errors)


def test_the_step_of_a_rule_does_not_speak_of_a_derivative() -> None:
    project = load_project("perceptron-xor")
    trace = Trainer(project).trace_iteration()
    told = phase_explanation(trace, project, Phase(PhaseKind.GRADIENT, 1), 0, 0)
    assert told.symbol == "g(w_{11}^{(1)})"
    assert not any("\\partial" in line.symbols for line in told.lines)
    delta = phase_explanation(trace, project, Phase(PhaseKind.DELTA, 1))
    assert delta.lines[0].symbols == "\\delta_{1}^{(1)} = a_{1}^{(1)}-t_{1}"
    update = phase_explanation(trace, project, Phase(PhaseKind.UPDATE, 1), 0, 0)
    assert update.lines[-1].symbols.endswith("-\\eta\\,g(w_{11}^{(1)})")
