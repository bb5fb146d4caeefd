"""Every number explained: what stands in the lines comes to what the engine computed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quantities import parameters, quantities, trained
from reckoning import reckon
from small_projects import (
    build,
    digits,
    everything,
    layer,
    make,
    normal_data,
    reference,
    regression,
    with_training,
)

from simulator.explain import (
    explain_quantity,
    latex_of,
    latex_of_text,
    most_active_neuron,
    number,
    phase_explanation,
    shown,
)
from simulator.explain.context import Context
from simulator.explain.engine import draft_of
from simulator.explanation import Explanation
from simulator.latex_text import problem_of
from simulator.notation import NEUTRAL, Notation, notations
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project, load_project, project_from_value
from simulator.quantity import Kind, Quantity, value_of
from simulator.runner import Runner
from simulator.trace import Phase, PhaseKind, Trace
from simulator.trainer import Trainer

STRETCHED = replace(
    notations()[2],
    id="stretched",
    loss_factors={name: 2.5 for name in ("mse", "mae", "huber", "hinge", "squared_error")},
)
MIXED = replace(NEUTRAL, id="mixed", error_sign=-1)
"""Delta is the negative derivative, and yet the gradient is taken off."""
ALL = (*notations(), STRETCHED, MIXED)


def close(found: float, wanted: float, scale: float = 1.0) -> bool:
    return math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-12 * max(1.0, scale))


def check(trace: Trace, project: Project, quantity: Quantity, notation: Notation) -> Explanation:
    """One explanation is right in itself."""
    found = explain_quantity(trace, project, quantity, notation)
    engine = value_of(trace, quantity)
    factor = notation.factor(
        quantity.kind,
        loss=project.loss,
        optimizer=project.optimizer.name,
        rule=trace.rule,
        name=quantity.name,
    )
    assert found.lines and found.title and found.symbol and found.plain
    assert found.value == pytest.approx(factor * engine, rel=1e-15, abs=1e-300)
    assert found.lines[-1].result == found.value == shown(trace, project, quantity, notation)
    assert found.lines[-1].quantity == quantity
    # What the lines themselves come to, before the engine's number is put in.
    draft = draft_of(Context(trace, project, notation), quantity)
    worked_out = draft.lines[-1].result
    assert worked_out is not None
    largest = max(abs(line.result or 0.0) for line in draft.lines)
    assert close(worked_out, found.value, largest), (quantity, worked_out, found.value)
    for line in found.lines:
        assert problem_of(line.symbols) == ""
        if line.quantity is not None and line.result is not None:
            assert close(line.result, shown(trace, project, line.quantity, notation), largest)
        for token in line.tokens:
            assert token.text
            if token.quantity is not None:
                assert token.text == number(shown(trace, project, token.quantity, notation))
    for line in explain_quantity(trace, project, quantity, notation, digits=15).lines:
        reckoned = reckon(line)
        if reckoned is not None and line.result is not None:
            assert math.isclose(
                reckoned, line.result, rel_tol=1e-6, abs_tol=1e-9 * (1 + largest)
            ), (
                quantity,
                line,
                reckoned,
            )
    if found.matrix is not None:
        assert problem_of(found.matrix.symbols) == problem_of(found.matrix.numbers) == ""
        assert all(rows > 0 and columns > 0 for _, rows, columns in found.matrix.shapes)
    assert problem_of(latex_of(found).replace("\\\\", "")) == ""
    assert all(note.endswith(".") for note in found.notes)
    assert "None" not in " ".join(found.notes) + found.title
    return found


@settings(max_examples=12)
@given(trained(), st.sampled_from(ALL))
def test_every_number_of_any_network(project: Project, notation: Notation) -> None:
    trainer = Trainer(project)
    trainer.run_iterations(1)
    trace = trainer.trace_iteration()
    asked: set[Quantity] = set()
    operands: set[Quantity] = set()
    for quantity in quantities(trace, rows=1):
        asked.add(quantity)
        operands.update(check(trace, project, quantity, notation).operands)
    # What they were computed from can be asked in turn, down to inputs, targets, start weights.
    while operands - asked:
        quantity = (operands - asked).pop()
        asked.add(quantity)
        operands.update(explain_quantity(trace, project, quantity, notation).operands)


# --- what the project of every feature makes -----------------------------------------------------

NAMES = ("hebb-and", "adaline-and", "perceptron-and", "mcculloch-pitts-xor", "four-samples")


@pytest.mark.parametrize("name", [*NAMES, "shortcut", "three-classes"])
def test_every_number_of_a_built_in_project(name: str) -> None:
    """Learning rules and shortcuts among them, each in a deck's notation."""
    project = load_project(name)
    trace = Trainer(project).trace_iteration()
    notation = ALL[len(name) % len(ALL)]
    for quantity in quantities(trace):
        check(trace, project, quantity, notation)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_the_optimizer_opened_gives_what_the_engine_stored(optimizer: str) -> None:
    """To 1e-12, with dropout, shortcuts, schedules, clipping, max-norm and penalties about."""
    project = everything(optimizer)
    trainer = Trainer(project)
    trainer.run_iterations(3)
    trace = trainer.trace_iteration()
    for notation in (NEUTRAL, notations()[2], STRETCHED):
        context = Context(trace, project, notation)
        for own in list(parameters(trace))[::7]:
            kinds = [replace(own, kind=Kind.UPDATED)]
            kinds += [replace(own, kind=Kind.SLOT, name=name) for name in trace.slots_after]
            for quantity in kinds:
                lines = draft_of(context, quantity).lines
                wanted = context.shown(quantity)
                assert lines[-1].result == pytest.approx(wanted, rel=1e-12, abs=1e-16)
        labels = [line.label for line in draft_of(context, kinds[0]).lines]
        assert labels[-1] in ("the new value", "it does not learn") or "max-norm" in labels[-1]


def test_the_lines_of_adam_in_order() -> None:
    project = everything("adam")
    trainer = Trainer(project)
    trainer.run_iterations(1)
    trace = trainer.trace_iteration()
    own = Quantity(Kind.UPDATED, 1, 0, 0, 0, "W")
    found = explain_quantity(trace, project, own)
    assert [line.label for line in found.lines] == [
        "gradient",
        "global_clipnorm 0.5 shortens the gradient",
        "mean of the gradients",
        "mean of the squared gradients",
        "bias correction",
        "",
        "the new value",
    ]
    assert [line.quantity.name for line in found.lines[2:4] if line.quantity] == [
        "momentum",
        "velocity",
    ]
    values = [line.result or 0.0 for line in found.lines]
    g = values[1]
    m_old = value_of(trace, replace(own, kind=Kind.SLOT_BEFORE, name="momentum"))
    v_old = value_of(trace, replace(own, kind=Kind.SLOT_BEFORE, name="velocity"))
    assert values[2] == pytest.approx(0.9 * m_old + 0.1 * g, rel=1e-12)
    assert values[3] == pytest.approx(0.999 * v_old + 0.001 * g * g, rel=1e-12)
    rate = trace.learning_rate * math.sqrt(1 - 0.999**2) / (1 - 0.9**2)
    assert values[4] == pytest.approx(rate, rel=1e-12)
    assert values[5] == pytest.approx(-rate * values[2] / (math.sqrt(values[3]) + 1e-7), rel=1e-12)


# --- by hand --------------------------------------------------------------------------------------


def test_deck_a_by_hand() -> None:
    """N5: dE/dw_p = 2 x_p (y - t) (1 - y) y for E = (y - t)², in deck A's symbols."""
    project = with_training(load_project("four-samples"), batch_size=1, shuffle=False)
    deck_a = notations()[1]
    trainer = Trainer(project)
    samples = [[1.0, 0.1, -0.2], [1.0, -0.1, 0.9], [1.0, 1.2, 0.1], [1.0, 1.1, 1.5]]
    targets = [0.0, 0.0, 0.0, 1.0]
    w = [1.0, -1.0, 1.0]
    rate = project.optimizer.learning_rate
    for x, t in zip(samples, targets, strict=True):
        trace = trainer.trace_iteration()
        a = sum(own * value for own, value in zip(w, x, strict=True))
        y = 1.0 / (1.0 + math.exp(-a))
        error = Quantity(Kind.ERROR, 1)
        found = explain_quantity(trace, project, error, deck_a)
        assert found.value == pytest.approx(2.0 * (y - t), rel=1e-12)
        assert "".join(token.text for token in found.lines[0].tokens) == (
            f"2 · ({number(y)} − {number(t)})"
        )
        for p in range(3):
            own = Quantity(Kind.GRADIENT, 1, 0, 0, p, "W")
            found = explain_quantity(trace, project, own, deck_a)
            assert found.symbol == f"\\frac{{\\partial E}}{{\\partial w_{{1{p + 1}}}}}"
            wanted = 2.0 * x[p] * (y - t) * (1.0 - y) * y
            assert found.value == pytest.approx(wanted, rel=1e-12)
            chain = found.lines[0]
            assert chain.label == "chain rule"
            assert chain.result == pytest.approx(wanted, rel=1e-12)
            factors = [number(2.0 * (y - t)), number((1.0 - y) * y)]
            text = "".join(token.text for token in chain.tokens)
            assert [own.strip("()") for own in text.split(" · ")][:2] == factors
            w[p] -= rate * wanted
        new = explain_quantity(trace, project, Quantity(Kind.UPDATED, 1, 0, 0, 1, "W"), deck_a)
        assert new.lines[-1].symbols == (
            "w_{12} \\leftarrow w_{12}-\\gamma\\,\\frac{\\partial E}{\\partial w_{12}}"
        )
        assert new.value == pytest.approx(w[1], rel=1e-12)


CASES = {case["name"]: case for case in reference("backprop")}
SIGNS = {"deck-a": (1, 1), "deck-b": (-1, -1), "deck-c": (1, 1), "deck-d": (1, 1)}
"""What error and delta, and the gradient, of each deck are times the derivative."""
DIGITS = [
    ("5x5 digits, one sample", 0),
    ("5x5 digits, three ReLU layers of 20, softmax cross-entropy", 2),
    ("5x5 digits, sigmoid layers, half SSE", 2),
]


@pytest.mark.parametrize("deck", sorted(SIGNS))
@pytest.mark.parametrize(("name", "row"), DIGITS)
def test_the_third_digit_in_each_deck(name: str, row: int, deck: str) -> None:
    """Walked phase by phase; every number in the formulas against those of PyTorch and Keras."""
    case = CASES[name]
    project = with_training(project_from_value(case["project"]), shuffle=False)
    expected = case["expected"]["layers"]
    trace = Trainer(project).trace_iteration()
    notation = next(own for own in notations() if own.id == deck)
    of_delta, of_gradient = SIGNS[deck]
    seen = set()
    for phase in trace.phases:
        if phase.layer == 0:
            continue
        neuron = most_active_neuron(trace, phase)
        column = 4
        own = phase_explanation(trace, project, phase, neuron, column, row, notation)
        value = expected_value(case, phase, neuron, column, row, (of_delta, of_gradient))
        if value is None:
            continue
        seen.add(phase.kind)
        assert own.value == pytest.approx(value, rel=1e-12, abs=1e-15)
        assert number(own.lines[-1].result or 0.0) == number(own.value)
        for line in own.lines:
            for token in line.tokens:
                found = golden(token.quantity, expected, project, row, (of_delta, of_gradient))
                if found is not None:
                    assert float(token.text.replace("−", "-")) == pytest.approx(
                        found, abs=5.01e-5, rel=5.01e-4
                    )
    assert len(seen) == 6


def expected_value(
    case: Any, phase: Phase, neuron: int, column: int, row: int, signs: tuple[int, int]
) -> float | None:
    """What a phase must come to by the reference file, in a deck's sign."""
    layer = case["expected"]["layers"][phase.layer - 1]
    if phase.kind is PhaseKind.LOSS:
        return float(case["expected"]["loss_per_sample"][row])
    if phase.kind is PhaseKind.GRADIENT:
        return float(signs[1] * layer["gradient"]["W"][neuron][column])
    if phase.kind is PhaseKind.UPDATE:
        return float(layer["update"]["W"][neuron][column])
    if phase.kind is PhaseKind.DELTA:
        return float(signs[0] * layer["delta"][row][neuron])
    names = {PhaseKind.PREACTIVATION: "preactivation", PhaseKind.ACTIVATION: "output"}
    return float(layer[names[phase.kind]][row][neuron]) if phase.kind in names else None


def golden(
    quantity: Quantity | None, expected: Any, project: Project, row: int, signs: tuple[int, int]
) -> float | None:
    """A number of a formula from the reference file, in a deck's sign."""
    if quantity is None:
        return None
    layer = expected[quantity.layer - 1]
    j, n = quantity.neuron, quantity.row
    if quantity.kind is Kind.PREACTIVATION:
        return float(layer["preactivation"][n][j])
    if quantity.kind in (Kind.ACTIVATION, Kind.OUTPUT):
        return float(layer["output"][n][j])
    if quantity.kind is Kind.DELTA:
        return float(signs[0] * layer["delta"][n][j])
    if quantity.kind is Kind.GRADIENT and quantity.source is not None:
        return float(signs[1] * layer["gradient"]["W"][j][quantity.source])
    given = project.parameters[quantity.layer - 1] if quantity.layer else None
    if quantity.kind is Kind.PARAMETER and given is not None and quantity.source is not None:
        assert given.W is not None
        return float(given.W[j, quantity.source])
    return None


def test_deck_b_adds_its_change() -> None:
    """epsilon = y - ŷ, W <- W + alpha delta y: the numbers' signs, and what stands in the lines."""
    project = digits()
    trace = Trainer(project).trace_iteration()
    deck_b = notations()[2]
    delta = explain_quantity(trace, project, Quantity(Kind.DELTA, 4, 1), deck_b)
    assert delta.lines[-1].symbols == "\\delta_{2}^{(4)} = y_{2}-\\hat{y}_{2}^{(4)}"
    assert delta.value == pytest.approx(float(trace.target[0, 1] - trace.output[-1][0, 1]))
    weight = Quantity(Kind.UPDATED, 4, 1, 0, 4, "W")
    update = explain_quantity(trace, project, weight, deck_b)
    assert update.lines[-1].symbols == (
        "W_{2,5}^{(4)} \\leftarrow W_{2,5}^{(4)}+\\alpha\\,\\Delta W_{2,5}^{(4)}"
    )
    numbers = [t.quantity for t in update.lines[-1].tokens if t.quantity is not None]
    before, rate, change = (shown(trace, project, own, deck_b) for own in numbers)
    assert before + rate * change == pytest.approx(update.value, rel=1e-12)
    assert change == pytest.approx(-float(trace.gradient_of(4)[0][1, 4]), rel=1e-12)


def test_a_loss_that_is_written_larger_leaves_the_step_as_it_is() -> None:
    """E, error, delta and gradient are stretched, the rate shrinks, the update is the engine's."""
    project = regression()
    trace = Trainer(project).trace_iteration()
    for notation in (replace(NEUTRAL, loss_factors={"mse": 0.5}), STRETCHED):
        factor = notation.loss_factor("mse")
        for kind, power in ((Kind.LOSS, 1), (Kind.LEARNING_RATE, -1)):
            found = shown(trace, project, Quantity(kind), notation)
            assert found == pytest.approx(factor**power * value_of(trace, Quantity(kind)))
        for kind in (Kind.ERROR, Kind.DELTA):
            own = Quantity(kind, 2, 1, 0)
            wanted = factor * abs(value_of(trace, own))
            assert abs(shown(trace, project, own, notation)) == pytest.approx(wanted)
        new = Quantity(Kind.UPDATED, 2, 1, 0, 2, "W")
        assert shown(trace, project, new, notation) == value_of(trace, new)


# --- sums, samples, inputs ------------------------------------------------------------------------


def test_a_long_sum_shows_its_largest_terms_in_order() -> None:
    project = digits()
    trace = Trainer(project).trace_iteration()
    weights = project.network.weights(trace.theta_before, 1)
    for neuron in range(20):
        own = Quantity(Kind.PREACTIVATION, 1, neuron)
        line = explain_quantity(trace, project, own, terms=3).lines[-1]
        products = weights[neuron] * trace.x[0]
        there = np.count_nonzero(products)
        asked = [token.quantity for token in line.tokens if token.quantity is not None]
        columns = [own.source for own in asked if own.source is not None]
        assert len(columns) == 3 and columns == sorted(columns)
        assert set(columns) == set(np.argsort(-np.abs(products), kind="stable")[:3].tolist())
        text = "".join(token.text for token in line.tokens)
        rest = float(np.delete(products, columns).sum())
        sign = "" if rest < 0 else "+"
        assert f" … {sign}{number(rest)} from {there - 3} smaller terms + " in text
        everything_ = explain_quantity(trace, project, own, terms=100).lines[-1]
        assert len(everything_.tokens) > len(line.tokens)


@pytest.mark.parametrize("notation", ALL, ids=lambda own: own.id)
def test_the_samples_shares_add_up_to_the_gradient(notation: Notation) -> None:
    project = with_training(regression(), batch_size=4, shuffle=False)
    trace = Trainer(project).trace_iteration()
    for own in parameters(trace):
        quantity = replace(own, kind=Kind.GRADIENT)
        found = explain_quantity(trace, project, quantity, notation)
        assert [row for row, _ in found.samples] == [0, 1, 2, 3]
        total = math.fsum(share for _, share in found.samples)
        assert total == pytest.approx(found.value, rel=1e-12, abs=1e-15)
    loss = explain_quantity(trace, project, Quantity(Kind.LOSS), notation)
    assert math.fsum(share for _, share in loss.samples) == pytest.approx(loss.value, rel=1e-12)


def test_the_chain_rule_is_of_the_sample_asked_for() -> None:
    project = with_training(regression(), batch_size=4, shuffle=False)
    trace = Trainer(project).trace_iteration()
    for row in range(4):
        own = phase_explanation(trace, project, Phase(PhaseKind.GRADIENT, 1), 2, 1, row)
        share = trace.delta[0][row, 2] * trace.x[row, 1]
        assert own.lines[0].label == f"chain rule, sample {row + 1} of the mini-batch"
        assert own.lines[0].result == pytest.approx(float(share), rel=1e-12)


def test_an_input_says_which_pixel_it_is() -> None:
    project = digits()
    trace = Trainer(project).trace_iteration()
    found = explain_quantity(trace, project, Quantity(Kind.INPUT, 0, 7))
    sample = int(trace.samples[0]) + 1
    # Unpacked column by column: input 8 is the third pixel of the second column.
    assert found.lines[0].label == f"pixel in row 3, column 2 of sample {sample}"


@pytest.mark.parametrize("scaling", ["standardize", "min_max"])
def test_a_scaled_input_is_traced_to_its_raw_value(scaling: str) -> None:
    project = with_training(regression(), scaling=scaling)
    trace = Trainer(project).trace_iteration()
    raw = project.data.inputs[int(trace.samples[0]), 1]
    found = explain_quantity(trace, project, Quantity(Kind.INPUT, 0, 1))
    assert number(float(raw)).lstrip("−") in "".join(token.text for token in found.lines[0].tokens)
    assert draft_of(Context(trace, project, NEUTRAL), found.quantity).lines[0].result == (
        pytest.approx(found.value, rel=1e-12)
    )


def test_a_start_weight_says_where_it_comes_from() -> None:
    project = digits()
    trainer = Trainer(project)
    first, second = trainer.trace_iteration(), trainer.trace_iteration()
    own = Quantity(Kind.PARAMETER, 1, 0, 0, 0, "W")
    assert explain_quantity(first, project, own).lines[0].label == "drawn by he_uniform with seed 3"
    assert "iteration 1" in explain_quantity(second, project, own).lines[0].label
    bias = Quantity(Kind.PARAMETER, 1, 0, 0, None, "b")
    assert explain_quantity(first, project, bias).lines[0].label == "biases start at 0"
    given = project_from_value(CASES["5x5 digits, one sample"]["project"])
    trace = Trainer(given).trace_iteration()
    assert explain_quantity(trace, given, own).lines[0].label == "given in the project"


def test_what_does_not_exist_is_a_key_error() -> None:
    project = regression()
    trace = Trainer(project).trace_iteration()
    for quantity in (
        Quantity(Kind.MASK, 1),
        Quantity(Kind.NORMALIZED, 1),
        Quantity(Kind.SLOT, 1, 0, 0, 0, "W", "velocity"),
        Quantity(Kind.GRADIENT, 1, 0, 0, None, "gamma"),
    ):
        with pytest.raises(KeyError):
            explain_quantity(trace, project, quantity)


def test_ziamath_can_set_every_line_of_an_iteration() -> None:
    """What the window draws its formulas with."""
    ziamath = pytest.importorskip("ziamath")
    project = load_project("xor")
    trace = Trainer(project).trace_iteration()
    seen = set()
    for notation in (NEUTRAL, notations()[4]):
        for phase in trace.phases:
            own = phase_explanation(trace, project, phase, 0, 0, 1, notation)
            for line in own.lines:
                numbers = latex_of_text("".join(token.text for token in line.tokens))
                seen |= {line.symbols, numbers, own.symbol}
            if own.matrix is not None:
                seen |= {own.matrix.symbols, own.matrix.numbers}
    for latex in sorted(seen - {""}):
        assert ziamath.Latex(latex).svg().startswith("<svg")


def test_a_removed_link_adds_nothing_and_says_so() -> None:
    layers = [layer(2, links=[[1, 0, 1], [1, 1, 1]]), layer(1, "linear")]
    project = build(layers, normal_data(3, 3, 1), batch_size=3)
    trace = Trainer(project).trace_iteration()
    found = explain_quantity(trace, project, Quantity(Kind.PREACTIVATION, 1, 0))
    sources = [own.source for own in found.operands if own.kind is Kind.PARAMETER]
    assert sources == [0, 2, None]
    assert found.notes == ("1 link is removed and adds nothing.",)
    gone = Quantity(Kind.GRADIENT, 1, 0, 0, 1, "W")
    assert "The link is removed, so its gradient is 0." in (
        explain_quantity(trace, project, gone).notes
    )
    update = explain_quantity(trace, project, replace(gone, kind=Kind.UPDATED))
    assert update.value == 0.0 and "The link is removed: its weight stays 0." in update.notes


@pytest.mark.parametrize("name", ["mse", "mae", "huber", "hinge", "squared_error"])
def test_numbers_beyond_all_limits_are_explained_too(name: str) -> None:
    given = layer(1, "linear", batch_normalization=True), layer(1, "linear")
    project = make([[1e200], [-1e200], [0.0]], [[1.0], [-1.0], [1.0]], list(given), loss=name)
    plain = make([[1e200], [-1e200]], [[1.0], [-1.0]], [layer(1, "linear")], loss=name)
    for own in (project, plain):
        runner = Runner(own)
        runner.step_iteration()
        trace = runner.snapshot().trace
        assert trace is not None
        for quantity in quantities(trace):
            explain_quantity(trace, own, quantity, NEUTRAL)
