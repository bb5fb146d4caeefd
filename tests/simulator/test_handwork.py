"""A calculation by hand: what there is to calculate, and following it to the first slip."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quantities import trained
from small_projects import build, digits, everything, layer, normal_data

from simulator.explain import explain_quantity, shown
from simulator.hand_check import Checked, State, check_calculation
from simulator.handwork import (
    Choice,
    HandLine,
    fitting,
    given_numbers,
    hand_lines,
    read_choice,
)
from simulator.handwork import everything as all_neurons
from simulator.notation import NEUTRAL, load_notation, notations
from simulator.project import Project, ProjectError, load_project
from simulator.quantity import Kind, Quantity
from simulator.trace import Trace
from simulator.trainer import Trainer
from simulator.typed_numbers import TypedNumber, read_number


def trace_of(project: Project, iteration: int = 2) -> Trace:
    trainer = Trainer(project)
    trainer.run_iterations(iteration - 1)
    return trainer.trace_iteration()


def two_two_one() -> Project:
    return build([layer(2, "sigmoid"), layer(1, "linear")], "xor", optimizer=0.5)


def index_of(lines: tuple[HandLine, ...], kind: Kind, number: int, neuron: int = 0) -> int:
    for place, line in enumerate(lines):
        own = line.quantity
        if (own.kind, own.layer, own.neuron) == (kind, number, neuron):
            return place
    raise AssertionError(kind)


def follow(
    trace: Trace, project: Project, texts: list[str], notation: str = "neutral"
) -> tuple[Checked, str]:
    own = load_notation(notation)
    lines = hand_lines(trace, project, fitting(trace, project), own)
    said = [read_number(text) if text else None for text in texts]
    found = check_calculation(trace, project, lines, said, own)
    return found, found.sentence(lines, texts)


# --- what there is to calculate -------------------------------------------------------------------


def test_the_lines_of_a_small_network_in_order() -> None:
    project = two_two_one()
    trace = trace_of(project)
    lines = hand_lines(trace, project, fitting(trace, project))
    assert [line.plain for line in lines[:9]] == [
        *("z₁⁽¹⁾", "z₂⁽¹⁾", "a₁⁽¹⁾", "a₂⁽¹⁾", "z₁⁽²⁾", "a₁⁽²⁾", "Eₙ", "ε₁⁽²⁾", "δ₁⁽²⁾")
    ]
    kinds = [line.quantity.kind for line in lines]
    assert kinds.count(Kind.GRADIENT) == kinds.count(Kind.UPDATED) == 9
    order = [trace.phases.index(line.phase) for line in lines]
    assert order == sorted(order)
    assert lines[0].title == "pre-activation of hidden 1, neuron 1"


def test_delta_that_comes_with_the_loss_needs_no_error() -> None:
    project = build(
        [layer(2, "tanh"), layer(1, "sigmoid")], "xor", "binary_crossentropy", batch_size=2
    )
    trace = trace_of(project)
    lines = hand_lines(trace, project, fitting(trace, project))
    assert {line.quantity.layer for line in lines if line.quantity.kind is Kind.ERROR} == {1}
    assert lines[0].title == "pre-activation of hidden 1, neuron 1, sample 1"
    assert any(line.title == "loss, sample 2" for line in lines)


def test_a_rule_that_trains_the_last_layer_alone() -> None:
    project = load_project("perceptron-and")
    trace = trace_of(project)
    lines = hand_lines(trace, project, fitting(trace, project))
    assert not any(line.quantity.kind is Kind.ERROR for line in lines)
    assert any(line.quantity.kind is Kind.DELTA for line in lines)


def test_of_a_large_network_a_few_neurons_are_calculated_and_that_is_said() -> None:
    project = digits()
    trace = trace_of(project)
    choice = fitting(trace, project, at=(3, 6))
    assert choice.neurons[3] == (6,)
    assert all(len(own) == 1 for own in choice.neurons)
    sentence = choice.sentence(trace.spec, 1)
    assert "Hidden 3: neuron 7." in sentence and "Links from input" in sentence
    lines = hand_lines(trace, project, choice)
    assert len(lines) < 60
    assert {line.quantity.neuron for line in lines if line.quantity.layer == 3} == {6}


def test_too_much_is_refused() -> None:
    project = digits()
    trace = trace_of(project)
    with pytest.raises(ProjectError, match="more than 400 numbers to calculate; choose fewer"):
        hand_lines(trace, project, all_neurons(trace.spec))
    nothing = Choice(((),) * 5, ())
    with pytest.raises(ProjectError, match="Nothing is left to calculate"):
        hand_lines(trace, project, nothing)


@settings(max_examples=40)
@given(trained(), st.data())
def test_given_numbers_and_lines_are_all_that_is_needed(project: Project, data: Any) -> None:
    """Every number in every answer stands on the sheet: given, or on a line before."""
    trace = trace_of(project)
    spec = trace.spec
    own = st.lists(st.integers(0, 2), min_size=1, max_size=2)
    neurons = tuple(tuple(sorted({n % size for n in data.draw(own)})) for size in spec.sizes)
    row = data.draw(st.integers(0, len(trace.x) - 1))
    lines = hand_lines(trace, project, Choice(neurons, (row,)))
    known = {key(one.quantity) for one in given_numbers(trace, project, lines)}
    assert not known & {key(line.quantity) for line in lines}
    for line in lines:
        explanation = explain_quantity(trace, project, line.quantity, terms=10**9)
        for part in explanation.lines:
            if not part.label.startswith("chain rule"):
                for token in part.tokens:
                    if token.quantity is not None and token.quantity.kind is not Kind.SLOT:
                        assert key(token.quantity) in known, (line.plain, token)
        known.add(key(line.quantity))


def key(quantity: Quantity) -> Quantity:
    return replace(quantity, row=0) if quantity.parameter else quantity


@pytest.mark.parametrize(
    ("neurons", "samples", "expected"),
    [
        ("", "", ((0, 1), (0, 1), (0,))),
        ("1: 2", "", ((0, 1), (1,), (0,))),
        ("0: 1; 1: 1-2 ; 2: 1", "1", ((0,), (0, 1), (0,))),
        ("1:2,1", "1", ((0, 1), (0, 1), (0,))),
    ],
)
def test_choices_as_people_write_them(neurons: str, samples: str, expected: Any) -> None:
    spec = two_two_one().network
    choice = read_choice(spec, 1, neurons, samples)
    assert choice.neurons == expected and choice.rows == (0,)


@pytest.mark.parametrize(
    ("neurons", "samples", "sentence"),
    [
        ("2", "", "Write neurons as “layer: neurons”, for example 1: 2, 4-6; 2: 1 (found “2”)."),
        ("x: 2", "", "(found “x: 2”)."),
        ("3: 1", "", "There is no layer 3; the last one is 2."),
        ("1: 3", "", "The neurons of hidden 1 go from 1 to 2 (found 3)."),
        ("1: 0", "", "The neurons of hidden 1 go from 1 to 2 (found 0)."),
        ("1: 2-1", "", "The neurons of hidden 1 go from 1 to 2 (found 2-1)."),
        ("0: 9", "", "The inputs go from 1 to 2 (found 9)."),
        ("1: a", "", "Write neurons of hidden 1 as numbers and ranges"),
        ("", "5", "The samples go from 1 to 4 (found 5)."),
        ("", "1;2", "Write samples as numbers and ranges"),
    ],
)
def test_choices_that_cannot_be(neurons: str, samples: str, sentence: str) -> None:
    with pytest.raises(ProjectError) as caught:
        read_choice(two_two_one().network, 4, neurons, samples)
    assert sentence in str(caught.value)


# --- following it ---------------------------------------------------------------------------------


@settings(max_examples=60)
@given(trained(), st.sampled_from(notations()))
def test_the_engines_own_numbers_are_all_right(project: Project, notation: Any) -> None:
    trace = trace_of(project)
    lines = hand_lines(trace, project, fitting(trace, project), notation)
    said = [TypedNumber(line.value, 1e-6 * max(1.0, abs(line.value))) for line in lines]
    found = check_calculation(trace, project, lines, said, notation)
    assert found.first is None
    assert set(found.states) == {State.RIGHT}


@given(st.integers(2, 5), st.sampled_from([n.id for n in notations()]))
def test_numbers_rounded_to_a_few_digits_are_right(decimals: int, notation: str) -> None:
    project = two_two_one()
    trace = trace_of(project)
    own = load_notation(notation)
    lines = hand_lines(trace, project, fitting(trace, project), own)
    texts = [f"{line.value:.{decimals}f}".replace(".", ",") for line in lines]
    found, sentence = follow(trace, project, texts, notation)
    assert found.first is None
    assert sentence == f"All {len(lines)} numbers are right."


def hand_calculation(project: Project, trace: Trace, wrong_delta: float = 1.0) -> list[str]:
    """2-2-1, sigmoid and linear, mse, calculated here; the output's delta times a slip."""
    W1, b1 = trace.spec.weights(trace.theta_before, 1), trace.spec.biases(trace.theta_before, 1)
    W2, b2 = trace.spec.weights(trace.theta_before, 2), trace.spec.biases(trace.theta_before, 2)
    assert b1 is not None and b2 is not None
    x, t = trace.x[0], trace.target[0]
    z1 = W1 @ x + b1
    a1 = 1.0 / (1.0 + np.exp(-z1))
    y = W2 @ a1 + b2
    error = 2.0 * (y - t)
    delta2 = wrong_delta * error
    error1 = W2.T @ delta2
    delta1 = a1 * (1.0 - a1) * error1
    gradient2 = [*(delta2[0] * a1), delta2[0]]
    gradient1 = [g for j in range(2) for g in (*(delta1[j] * x), delta1[j])]
    old1 = [w for j in range(2) for w in (*W1[j], b1[j])]
    old2 = [*W2[0], b2[0]]
    new1 = [w - 0.5 * g for w, g in zip(old1, gradient1, strict=True)]
    new2 = [w - 0.5 * g for w, g in zip(old2, gradient2, strict=True)]
    numbers = [
        *(*z1, *a1, *y, *y, float((y - t)[0] ** 2), *error, *delta2),
        *(*gradient2, *error1, *delta1, *gradient1, *new1, *new2),
    ]
    return [f"{number:.6f}" for number in numbers]


def test_a_right_calculation_and_one_with_a_slip_that_is_carried_on() -> None:
    project = two_two_one()
    trace = trace_of(project)
    lines = hand_lines(trace, project, fitting(trace, project))
    found, sentence = follow(trace, project, hand_calculation(project, trace))
    assert sentence == f"All {len(lines)} numbers are right."
    texts = hand_calculation(project, trace, wrong_delta=-1.0)
    found, sentence = follow(trace, project, texts)
    place = index_of(lines, Kind.DELTA, 2)
    assert found.first == place
    assert found.slip is not None and found.slip.name == "target minus output"
    assert found.rest_follows
    assert State.WRONG not in found.states[place + 1 :]
    assert sentence.startswith(
        f"Line {place + 1} is the first that differs: delta of output, neuron 1, δ₁⁽²⁾. "
        f"You have {texts[place]}, it is "
    )
    assert sentence.endswith(
        "That is target minus output; here it is output minus target. "
        "From here on your numbers follow from this slip."
    )
    assert found.expected[-1] == pytest.approx(float(texts[-1]), abs=1e-6)


def test_a_second_slip_does_not_follow_from_the_first() -> None:
    project = two_two_one()
    trace = trace_of(project)
    texts = hand_calculation(project, trace, wrong_delta=2.0)
    texts[-1] = "17"
    found, sentence = follow(trace, project, texts)
    assert found.slip is not None and found.slip.name == "factor 2"
    assert found.states[-1] is State.WRONG
    assert not found.rest_follows
    assert "follow from" not in sentence


def test_a_slip_in_a_past_line_is_not_blamed_on_what_follows_it_rightly() -> None:
    """Right numbers behind a wrong one (a slip of the pen) stay right."""
    project = two_two_one()
    trace = trace_of(project)
    texts = hand_calculation(project, trace)
    texts[2] = "0.9999"
    found, _ = follow(trace, project, texts)
    assert found.first == 2
    assert [state for n, state in enumerate(found.states) if n != 2] == [State.RIGHT] * (
        len(texts) - 1
    )


def test_empty_lines_are_gone_over() -> None:
    project = two_two_one()
    trace = trace_of(project)
    texts = hand_calculation(project, trace)
    found, sentence = follow(trace, project, [""] * len(texts))
    assert found.first is None and set(found.states) == {State.EMPTY}
    assert sentence == "Fill in what you have calculated, then press Check."
    some = [*texts[:3], *[""] * (len(texts) - 3)]
    found, sentence = follow(trace, project, some)
    assert sentence == f"All 3 numbers you filled in are right; {len(texts) - 3} to go."


def test_a_slip_in_deck_bs_own_signs() -> None:
    project = two_two_one()
    trace = trace_of(project)
    deck = load_notation("deck-b")
    lines = hand_lines(trace, project, fitting(trace, project), deck)
    texts = [f"{line.value:.6f}" for line in lines]
    place = index_of(lines, Kind.ERROR, 2)
    texts[place] = f"{-lines[place].value:.6f}"
    found, sentence = follow(trace, project, texts, "deck-b")
    assert found.first == place
    assert "here it is target minus output" in sentence


@settings(max_examples=30)
@given(st.data())
def test_any_one_changed_number_is_found(data: Any) -> None:
    project = build([layer(2, "tanh"), layer(2, "softmax")], normal_data(2, 2, 2), batch_size=2)
    trace = trace_of(project)
    lines = hand_lines(trace, project, fitting(trace, project))
    place = data.draw(st.integers(0, len(lines) - 1))
    said = [TypedNumber(line.value, 1e-6) for line in lines]
    said[place] = TypedNumber(lines[place].value + 3.0, 1e-6)
    assert check_calculation(trace, project, lines, said).first == place


def test_a_calculation_changes_nothing_of_the_trace() -> None:
    project = everything(batch_size=4)
    trace = trace_of(project)
    lines = hand_lines(trace, project, fitting(trace, project))
    before = [shown(trace, project, line.quantity, NEUTRAL) for line in lines]
    check_calculation(trace, project, lines, [TypedNumber(7.0)] * len(lines))
    after = [shown(trace, project, line.quantity, NEUTRAL) for line in lines]
    assert before == after
