"""Guesses: numbers as people write them, when a guess is right, slips by name, the score."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quantities import quantities, trained
from small_projects import build, layer, normal_data, regression

from simulator.arrays import Array
from simulator.explain import shown
from simulator.notation import load_notation, notations
from simulator.predictions import (
    KINDS,
    TOLERANCES,
    Outcome,
    Score,
    Tolerance,
    is_guessed,
)
from simulator.project import Project, load_project
from simulator.quantity import Kind, Quantity
from simulator.slips import recognize, slips
from simulator.trace import Phase, PhaseKind, Trace
from simulator.trainer import Trainer
from simulator.typed_numbers import TypedNumber, read_number

FINITE = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)
DEFAULT = TOLERANCES[0]


def trace_of(project: Project, iteration: int = 2) -> Trace:
    trainer = Trainer(project)
    trainer.run_iterations(iteration - 1)
    return trainer.trace_iteration()


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("0.31", 0.31), ("0,31", 0.31), (" 0,31 ", 0.31), (".5", 0.5), ("5.", 5.0)),
        *(("-0.31", -0.31), ("−0.31", -0.31), ("–0,31", -0.31), ("—0.31", -0.31), ("+2", 2.0)),
        *(("2/3", 2 / 3), ("−2/3", -2 / 3), ("0,5 / 2", 0.25), ("1/-4", -0.25)),
        *(("1e-3", 0.001), ("1E−3", 0.001), ("2·10^-3", 0.002), ("2×10^3", 2000.0)),
        *(("1 234.5", 1234.5), ("1\u202f234,5", 1234.5), ("007", 7.0), ("2x10^(-3)", 0.002)),
    ],
)
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    assert read_number(text).value == pytest.approx(value, rel=1e-15)


@given(FINITE, st.integers(0, 12), st.sampled_from(".,"), st.sampled_from("-−–"))
def test_every_number_is_read_back(value: float, digits: int, point: str, minus: str) -> None:
    text = f"{value:.{digits}f}"
    found = read_number(text.replace("-", minus).replace(".", point))
    assert found.value == float(text)
    assert found.unit == pytest.approx(10.0**-digits)
    assert math.copysign(1.0, found.value) == 1.0 or found.value != 0.0


@given(FINITE, st.integers(0, 12))
def test_powers_of_ten_are_read_back(value: float, digits: int) -> None:
    text = f"{value:.{digits}e}"
    found = read_number(text)
    assert found.value == float(text)
    exponent = int(text.split("e")[1])
    assert found.unit == pytest.approx(10.0 ** (exponent - digits))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Type a number, for example −0.31 or 2/3."),
        ("  ", "Type a number, for example −0.31 or 2/3."),
        ("abc", "“abc” is not a number; write it as −0.31, 2/3 or 1e-3."),
        ("-", "“-” is not a number; write it as −0.31, 2/3 or 1e-3."),
        ("0.3.1", "Write “0.3.1” without separators between thousands."),
        ("1,000.5", "Write “1,000.5” without separators between thousands."),
        ("1/0", "“1/0” divides by 0."),
        ("1/", "“1/” is not a number; write it as −0.31, 2/3 or 1e-3."),
        ("1/2/3", "“1/2/3” is not a number; write it as −0.31, 2/3 or 1e-3."),
        ("1e999", "“1e999” is too large."),
        ("nan", "“nan” is not a number; write it as −0.31, 2/3 or 1e-3."),
        ("inf", "“inf” is not a number; write it as −0.31, 2/3 or 1e-3."),
        ("1_000", "“1_000” is not a number; write it as −0.31, 2/3 or 1e-3."),
        ("٣", "“٣” is not a number; write it as −0.31, 2/3 or 1e-3."),
        ("1\x002", "“1?2” is not a number; write it as −0.31, 2/3 or 1e-3."),
        ("9" * 61, f"“{'9' * 24}…” is too long for a number."),
    ],
)
def test_what_is_no_number_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_number(text)
    assert str(caught.value) == sentence


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_a_sentence(text: str) -> None:
    try:
        found = read_number(text)
    except ValueError as problem:
        assert str(problem).endswith(".") and "\n" not in str(problem)
    else:
        assert math.isfinite(found.value)


@given(FINITE, st.integers(2, 10))
def test_a_rounded_number_is_the_number(value: float, digits: int) -> None:
    assert read_number(f"{value:.{digits}f}").rounds_to(value)


def test_another_number_is_not_it_and_nothing_left_is_not_it_either() -> None:
    assert not read_number("0.31").rounds_to(0.316)
    assert read_number("0.31").rounds_to(0.314)
    assert not read_number("0").rounds_to(0.4)
    assert not read_number("1").rounds_to(0.6)
    assert read_number("0.00").rounds_to(0.0004)
    assert not TypedNumber(0.3333).rounds_to(1 / 3)
    assert read_number("1/3").rounds_to(1 / 3)


# --- tolerance ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guess", "value", "right"),
    [
        *((0.41, 0.4123, True), (0.42, 0.4123, True), (0.43, 0.4123, False)),
        *((-0.41, 0.4123, False), (101.0, 100.0, True), (106.0, 100.0, False)),
        *((0.0, 0.0, True), (0.009, 0.0, True), (0.02, 0.0, False)),
        *((0.0, 0.004, False), (0.0041, 0.00412, True), (0.004, 0.0044, False)),
        *((math.nan, 1.0, False), (1.0, math.nan, False), (1.0, math.inf, False)),
    ],
)
def test_the_default_tolerance(guess: float, value: float, right: bool) -> None:
    assert DEFAULT.accepts(guess, value) is right


@given(FINITE, st.sampled_from(TOLERANCES))
def test_the_value_itself_is_always_right(value: float, tolerance: Tolerance) -> None:
    assert tolerance.accepts(value, value)


@given(FINITE.filter(lambda v: abs(v) > 1e-300), st.integers(2, 6))
def test_rounding_to_the_digits_asked_for_is_right(value: float, digits: int) -> None:
    rounded = float(f"{value:.{digits - 1}e}")
    assert Tolerance("", digits).accepts(rounded, value)


def test_measures_can_be_set_alone() -> None:
    assert Tolerance("", 0, 0.05).accepts(1.05, 1.0)
    assert not Tolerance("", 0, 0.05).accepts(1.06, 1.0)
    assert Tolerance("", 0, 0.0, 0.1).accepts(0.1, 0.004)
    assert not Tolerance("", 0, 0.0, 0.1).accepts(0.11, 0.004)
    assert not Tolerance("", 3).accepts(0.412, 0.4134)


# --- slips ----------------------------------------------------------------------------------------


def hidden_sigmoid() -> Project:
    """Full batches of 4, sigmoid and mse: every slip there is can be made on it."""
    return build(
        [layer(3, "sigmoid"), layer(2, "sigmoid")],
        normal_data(4, 2, 2),
        optimizer=0.5,
        batch_size=4,
    )


def fused() -> Project:
    layers = [layer(3, "tanh"), layer(1, "sigmoid")]
    return build(layers, "xor", "binary_crossentropy", optimizer=0.5, batch_size=4)


def pair(trace: Trace, flat: Array, number: int) -> tuple[Array, Array]:
    W, b = trace.spec.weights(flat, number), trace.spec.biases(flat, number)
    assert b is not None
    return W, b


def by_hand(trace: Trace) -> dict[tuple[str, Quantity], float]:
    """Wrong answers, calculated with nothing but arrays."""
    W1, b1 = pair(trace, trace.theta_before, 1)
    W2, _ = pair(trace, trace.theta_before, 2)
    new_W2, _ = pair(trace, trace.theta_after, 2)
    a1, delta2 = trace.activation[0], trace.delta[1]
    slope = a1[0] * (1.0 - a1[0])
    gradient, _ = trace.gradient_of(2)
    z = Quantity(Kind.PREACTIVATION, 1, 1)
    delta = Quantity(Kind.DELTA, 1, 1)
    weight = Quantity(Kind.GRADIENT, 2, 0, 0, 1, "W")
    error = Quantity(Kind.ERROR, 1, 1)
    update = Quantity(Kind.UPDATED, 2, 0, 0, 1, "W")
    return {
        ("bias", z): float(trace.x[0] @ W1[1]),
        ("activation", Quantity(Kind.ACTIVATION, 1, 1)): float(trace.x[0] @ W1[1] + b1[1]),
        ("new weight", error): float(delta2[0] @ new_W2[:, 1]),
        ("slope", delta): float(delta2[0] @ W2[:, 1]),
        ("new weight", delta): float(delta2[0] @ new_W2[:, 1] * slope[1]),
        ("input", weight): float(delta2[:, 0].mean()),
        ("mean", weight): float(delta2[:, 0] @ a1[:, 1]),
        ("one sample", weight): float(delta2[0, 0] * a1[0, 1]),
        ("learning rate", update): float(W2[0, 1] - gradient[0, 1]),
        ("direction", update): float(W2[0, 1] + 0.5 * gradient[0, 1]),
        ("step alone", update): float(-0.5 * gradient[0, 1]),
        ("old value", update): float(W2[0, 1]),
        ("sign", delta): -float(trace.delta[0][0, 1]),
        ("factor 2", delta): 2.0 * float(trace.delta[0][0, 1]),
        ("factor ½", delta): 0.5 * float(trace.delta[0][0, 1]),
        ("output minus target", Quantity(Kind.DELTA, 2, 0)): -float(delta2[0, 0]),
    }


def test_each_slip_is_known_by_the_number_it_gives() -> None:
    project = hidden_sigmoid()
    trace = trace_of(project)
    exact = Tolerance("", 0, 1e-9)
    wrong = by_hand(trace)
    assert len(wrong) == 16
    for (name, quantity), value in wrong.items():
        if name == "output minus target":
            # The engine's own delta is output minus target.
            name = "target minus output"
        found = recognize(value, trace, project, quantity, tolerance=exact)
        assert found is not None and found.name == name, (name, quantity, found)
        assert found.value == pytest.approx(value, rel=1e-12)
        assert found.sentence.endswith(".")


def test_a_slope_that_the_loss_cancels() -> None:
    project = fused()
    trace = trace_of(project)
    y, t = float(trace.activation[1][1, 0]), float(trace.target[1, 0])
    delta = Quantity(Kind.DELTA, 2, 0, 1)
    found = recognize((y - t) * y * (1.0 - y), trace, project, delta)
    assert found is not None and found.name == "slope"


def test_a_softmax_that_is_not_divided() -> None:
    project = load_project("digits-5x5")
    trace = trace_of(project)
    for neuron in range(5):
        power = float(np.exp(trace.z[3][0, neuron]))
        found = recognize(power, trace, project, Quantity(Kind.ACTIVATION, 4, neuron))
        assert found is not None and found.name == "softmax sum"


def test_target_minus_output_is_right_in_deck_b_and_the_other_way_is_named() -> None:
    project = fused()
    trace = trace_of(project)
    deck = load_notation("deck-b")
    delta = Quantity(Kind.DELTA, 2, 0, 1)
    own = shown(trace, project, delta, deck)
    assert own == pytest.approx(-float(trace.delta[1][1, 0]))
    found = recognize(-own, trace, project, delta, deck)
    assert found is not None and found.name == "output minus target"
    assert "it is target minus output" in found.sentence


def test_no_slip_is_named_where_none_was_made() -> None:
    project = hidden_sigmoid()
    trace = trace_of(project)
    delta = Quantity(Kind.DELTA, 1, 1)
    assert recognize(123.0, trace, project, delta) is None
    assert recognize(float(trace.delta[0][0, 1]), trace, project, delta) is None


@given(trained(), st.data())
def test_a_slip_is_never_the_right_answer(project: Project, data: Any) -> None:
    trace = trace_of(project)
    some = [q for q in quantities(trace) if q.kind in KINDS]
    quantity = data.draw(st.sampled_from(some))
    notation = data.draw(st.sampled_from(notations()))
    value = shown(trace, project, quantity, notation)
    for own in slips(trace, project, quantity, notation):
        assert math.isfinite(own.value)
        assert own.value != value
        assert own.sentence.endswith(".")


# --- which are asked, and the score ---------------------------------------------------------------


def test_what_is_given_or_drawn_is_not_asked() -> None:
    asked = {kind for kind in PhaseKind if is_guessed(Phase(kind, 1))}
    assert asked == set(PhaseKind) - {PhaseKind.INPUT, PhaseKind.NOISE, PhaseKind.DROPOUT}
    only = {kind for kind in PhaseKind if is_guessed(Phase(kind, 1), {Kind.DELTA})}
    assert only == {PhaseKind.DELTA}


def test_the_score_counts_by_kind_and_each_question_once() -> None:
    score = Score()
    assert score.rows() == [] and score.total == (0, 0, 0)
    assert score.add(Kind.DELTA, Outcome.RIGHT, "one")
    assert not score.add(Kind.DELTA, Outcome.WRONG, "one")
    assert score.add(Kind.DELTA, Outcome.REVEALED, "two")
    assert score.add(Kind.ACTIVATION, Outcome.WRONG)
    assert score.rows() == [(Kind.ACTIVATION, 0, 1, 0), (Kind.DELTA, 1, 0, 1)]
    assert score.total == (1, 1, 1)
    table = list(csv.reader(io.StringIO(score.csv())))
    assert table == [
        ["kind", "right", "wrong", "revealed"],
        ["Activations", "0", "1", "0"],
        ["Deltas", "1", "0", "1"],
        ["Total", "1", "1", "1"],
    ]
    score.reset()
    assert score.rows() == []
    assert score.add(Kind.DELTA, Outcome.WRONG, "one")


def test_slips_of_a_single_sample_name_no_mean() -> None:
    project = regression(1)
    trace = trace_of(project)
    names = {own.name for own in slips(trace, project, Quantity(Kind.GRADIENT, 1, 0, 0, 0, "W"))}
    assert "mean" not in names and "one sample" not in names and "input" in names
