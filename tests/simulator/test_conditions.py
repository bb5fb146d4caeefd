"""Conditions: a run stops at exactly the first iteration at which one holds, and says why."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_projects import build, digits, everything, layer, normal_data, regression, theta_bytes
from walks import run, run_for

from simulator.condition import Condition
from simulator.conditions import (
    CONDITIONS,
    GradientAbove,
    GradientBelow,
    LossBelow,
    NextEpoch,
    NextUpdate,
    SampleIs,
    SignChange,
    UpdateAbove,
    WeightAbove,
    condition_from_value,
)
from simulator.project import Project, ProjectError
from simulator.runner import Runner
from simulator.snapshot import RunState
from simulator.trace import PhaseKind, Trace
from simulator.trainer import Trainer

DIGITS = digits(epochs=200)


def first(
    project: Project, holds: Callable[[Trainer, Trace], bool], behind: int = 0, limit: int = 1000
) -> int:
    """The first iteration behind ``behind`` at which something holds, looked for by hand."""
    trainer = Trainer(project)
    trainer.run_iterations(behind)
    for _ in range(limit):
        trace = trainer.trace_iteration()
        if holds(trainer, trace):
            return trainer.iteration
    raise AssertionError("it never holds")


def answer(trainer: Trainer, row: int) -> int:
    inputs = trainer.project.data.inputs
    return int(trainer.probe(inputs[row], trainer.network.theta).prediction.argmax())


CASES: dict[str, tuple[Condition, Callable[[Trainer, Trace], bool]]] = {
    "update": (NextUpdate(), lambda trainer, trace: True),
    "epoch": (NextEpoch(), lambda trainer, trace: trainer.epoch > 2),
    "loss": (LossBelow(0.3), lambda trainer, trace: trace.loss < 0.3),
    "epoch's loss": (
        LossBelow(1.0, "epoch"),
        lambda trainer, trace: trainer.iteration % 5 == 0 and trainer.history.view().loss[-1] < 1.0,
    ),
    "right": (SampleIs(2), lambda trainer, trace: answer(trainer, 2) == 2),
    "wrong": (SampleIs(2, right=False), lambda trainer, trace: answer(trainer, 2) != 2),
    "weight": (
        WeightAbove(0.6),
        lambda trainer, trace: max(np.abs(own).max() for own in trainer.network.W) > 0.6,
    ),
    "weight of a layer": (
        WeightAbove(0.65, layer=2),
        lambda trainer, trace: np.abs(trainer.network.W[1]).max() > 0.65,
    ),
    "gradient": (
        GradientAbove(8.0),
        lambda trainer, trace: np.linalg.norm(trace.gradient) > 8.0,
    ),
    "gradient of a layer": (
        GradientBelow(0.2, layer=3),
        lambda trainer, trace: (
            np.linalg.norm(np.concatenate([own.ravel() for own in trace.gradient_of(3)])) < 0.2
        ),
    ),
    "update of a layer": (
        UpdateAbove(0.05, layer=4),
        lambda trainer, trace: (
            max(
                np.abs(new - old).max()
                for new, old in zip(
                    trace.updated(4),
                    (
                        trace.spec.weights(trace.theta_before, 4),
                        trace.spec.biases(trace.theta_before, 4),
                    ),
                    strict=True,
                )
            )
            > 0.05
        ),
    ),
}


@pytest.mark.parametrize("slice_", [1, 50])
@pytest.mark.parametrize("name", CASES)
def test_a_run_stops_exactly_where_the_condition_first_holds(name: str, slice_: int) -> None:
    condition, holds = CASES[name]
    start = 10
    wanted = first(DIGITS, holds, start)
    runner = Runner(DIGITS)
    run_for(runner, start)
    runner.run_until(condition)
    assert runner.running
    run(runner, slice_)
    snapshot = runner.snapshot()
    assert (snapshot.iteration, snapshot.state) == (wanted, RunState.PAUSED)
    assert f"iteration {wanted:,} " in snapshot.message and snapshot.message.endswith(".")
    assert snapshot.trace is not None and snapshot.trace.iteration == wanted
    trainer = Trainer(DIGITS)
    trainer.run_iterations(wanted)
    assert theta_bytes(runner.trainer) == theta_bytes(trainer)


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("update", "epoch")])
def test_a_breakpoint_stops_where_it_begins_to_hold_and_not_before(name: str) -> None:
    condition, holds = CASES[name]
    trainer = Trainer(DIGITS)
    wanted, before = [], None
    for _ in range(400):
        now = bool(holds(trainer, trainer.trace_iteration()))
        if name == "epoch's loss" and trainer.iteration % 5:
            continue
        if now and before is False:
            wanted.append(trainer.iteration)
        before = now
    runner = Runner(DIGITS)
    runner.step_iteration()
    runner.set_breakpoints((WeightAbove(1e9), condition))
    found = []
    while runner.trainer.iteration < 400:
        runner.run()
        runner.advance(400 - runner.trainer.iteration)
        if runner.state is RunState.PAUSED:
            found.append(runner.trainer.iteration)
        runner.pause()
    assert found == wanted


@pytest.mark.parametrize("sample", [1, 3, None])
@pytest.mark.parametrize("drawn", [False, True])
def test_a_run_stops_where_a_neuron_changes_its_sign(sample: int | None, drawn: bool) -> None:
    number, neuron = 2, 4
    drawing = np.linspace(0.0, 1.0, 25)
    inputs = DIGITS.data.inputs

    def sign(trainer: Trainer, x: np.ndarray, theta: np.ndarray) -> float:
        return float(np.sign(trainer.probe(x, theta).z[number - 1][neuron]))

    def changed(trainer: Trainer, trace: Trace) -> bool:
        x = inputs[sample] if sample is not None else drawing if drawn else inputs[trace.samples[0]]
        before = sign(trainer, x, trace.theta_before)
        return before != sign(trainer, x, trace.theta_after)

    runner = Runner(DIGITS)
    runner.set_probe(drawing if drawn else None)
    for behind in (0, first(DIGITS, changed)):
        wanted = first(DIGITS, changed, behind)
        runner.run_until(SignChange(number, neuron, sample))
        run(runner)
        assert runner.trainer.iteration == wanted
        message = runner.snapshot().message
        assert "neuron 5 of layer 2 went from" in message
        assert ("negative" in message) and ("positive" in message)


def test_a_breakpoint_also_stops_a_run_to_the_end_of_the_epoch() -> None:
    runner = Runner(DIGITS)
    runner.set_breakpoints((UpdateAbove(0.0),))
    runner.step_iteration()
    runner.set_breakpoints((SampleIs(2),))
    wanted = first(DIGITS, CASES["right"][1])
    while runner.trainer.iteration < wanted:
        runner.run_epoch()
        run(runner)
    assert runner.trainer.iteration == wanted


def test_a_run_until_what_never_happens_goes_to_the_end() -> None:
    runner = Runner(regression(epochs=3))
    runner.run_until(WeightAbove(1e9))
    run(runner)
    assert runner.snapshot().state is RunState.FINISHED
    runner.run_until(NextUpdate())
    run(runner)
    assert runner.trainer.iteration == 16


def test_the_next_update_of_an_iteration_on_show_is_its_own() -> None:
    runner = Runner(DIGITS)
    runner.step_phase()
    runner.run_until(NextUpdate())
    snapshot = runner.snapshot()
    assert snapshot.phase is not None and snapshot.phase.kind is PhaseKind.UPDATE
    assert (snapshot.phase.layer, snapshot.iteration) == (1, 0)
    runner.run_to_update()
    phase = runner.snapshot().phase
    assert phase is not None and (phase.kind, phase.layer) == (PhaseKind.UPDATE, 1)
    assert runner.snapshot().iteration == 1


def test_watching_changes_nothing() -> None:
    project = everything(epochs=4)
    runner = Runner(project)
    runner.set_breakpoints((LossBelow(0.0), SignChange(1, 0, 3), SampleIs(0, right=False)))
    while runner.state is not RunState.FINISHED:
        runner.run()
        run(runner)
    plain = Trainer(project)
    plain.run_iterations(10**6)
    assert theta_bytes(runner.trainer) == theta_bytes(plain)


def test_a_breakpoint_on_what_an_edit_took_away_waits_for_it() -> None:
    small = regression(epochs=50)
    runner = Runner(DIGITS)
    runner.set_breakpoints((WeightAbove(0.0, layer=4), SignChange(4, 4, 4)))
    runner.change(small)
    run_for(runner, 20)
    assert runner.trainer.iteration == 20


# --- plain values --------------------------------------------------------------------------------

EXAMPLES: list[Condition] = [
    *(condition for condition, _ in CASES.values()),
    SignChange(1, 0),
    SignChange(2, 3, 4),
]


@pytest.mark.parametrize("condition", EXAMPLES, ids=lambda own: own.text)
def test_a_condition_is_read_back_from_its_value(condition: Condition) -> None:
    value = json.loads(json.dumps(condition.value()))
    assert condition_from_value(value) == condition
    assert condition.text and "\n" not in condition.text


def test_every_condition_has_an_example() -> None:
    assert {type(own) for own in EXAMPLES} == set(CONDITIONS.values())


WRONG: list[Any] = [
    *(None, 3, "loss_below", [], {}, {"kind": None}, {"kind": "no"}, {"kind": ["loss_below"]}),
    {"kind": "loss_below"},
    {"kind": "loss_below", "limit": 1, "more": 2},
    {"kind": "loss_below", "limit": 1, "of": "batch"},
    {"kind": "next_update", "limit": 1},
    {"kind": "sign_change", "layer": 1},
    {"kind": "sign_change", "neuron": 1},
    {"kind": "sample_is"},
    {"kind": "sample_is", "sample": 0, "right": 1},
    *({"kind": "loss_below", "limit": own} for own in ("1", None, True, -1, math.nan, math.inf)),
    {"kind": "weight_above", "limit": 10**400},
    *({"kind": "sample_is", "sample": own} for own in (-1, 0.5, "0", True, 2**31, None)),
    *({"kind": "weight_above", "limit": 1, "layer": own} for own in (0, -1, 1.5, "1", True)),
]


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_what_is_no_condition_is_refused(value: Any) -> None:
    with pytest.raises(ProjectError) as caught:
        condition_from_value(value)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
FIELDS = st.sampled_from(["limit", "layer", "neuron", "sample", "right", "of", "more"])


@given(st.sampled_from([*CONDITIONS, "?"]), st.dictionaries(FIELDS, PLAIN, max_size=4))
def test_any_value_is_read_or_refused(kind: str, value: dict[str, Any]) -> None:
    try:
        condition = condition_from_value({"kind": kind, **value})
    except ProjectError:
        return
    assert condition_from_value(condition.value()) == condition
    runner = Runner(regression())
    try:
        runner.run_until(condition)
    except ProjectError as problem:
        assert str(problem).endswith(".")
        return
    runner.advance(3)


@pytest.mark.parametrize(
    "condition",
    [
        SignChange(5, 0),
        SignChange(2, 20),
        SignChange(2, 0, 5),
        SampleIs(5),
        WeightAbove(1.0, layer=9),
    ],
    ids=lambda own: own.text,
)
def test_a_condition_the_project_cannot_meet_is_refused(condition: Condition) -> None:
    runner = Runner(DIGITS)
    for refused in (runner.run_until, lambda own: runner.set_breakpoints((own,))):
        with pytest.raises(ProjectError) as caught:
            refused(condition)
        assert str(caught.value).endswith(".")
    assert runner.snapshot().state is RunState.PAUSED


def test_right_and_wrong_need_classes() -> None:
    runner = Runner(build([layer(2, "linear")], normal_data(4, 3, 2)))
    with pytest.raises(ProjectError, match="classes"):
        runner.run_until(SampleIs(0))
