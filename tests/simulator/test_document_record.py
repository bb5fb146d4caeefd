"""The record in a document: what could be gone back to before, can be again, to the bit."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from documents import bits, changed_part, rich
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import digits, regression, with_rate, with_training
from walks import run_for, state_of

from simulator.comparison import KeptRun
from simulator.conditions import condition_from_value
from simulator.document import (
    Document,
    document_of,
    keeping,
    open_document,
    pack_document,
    packed,
    resumed_runner,
)
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project, ProjectError, StopSpec
from simulator.project.archive import open_archive
from simulator.project.edits import change_layer, set_links
from simulator.project.writer import project_value
from simulator.runner import Runner
from simulator.timeline_view import TimelineView

CALLBACKS = [
    {"name": "early_stopping", "monitor": "val_loss", "patience": 1000},
    {"name": "reduce_lr_on_plateau", "patience": 2, "factor": 0.9, "min_delta": 0.01},
    {"name": "learning_rate_scheduler", "rates": [[3, 0.02], [9, 0.005]]},
]


def again(runner: Runner) -> Runner:
    """The runner as it comes back from a file."""
    return resumed_runner(open_document(pack_document(document_of(runner))))


def seen(runner: Runner) -> TimelineView:
    """What there is to see of a record, whatever the number of its checkpoints."""
    return replace(runner.timeline.view(), bytes=0, checkpoints=0)


def moment(runner: Runner) -> dict[str, Any]:
    """The state of training, with the project as plain values: its samples are other objects."""
    trainer = runner.trainer
    return {**state_of(trainer), "project": project_value(trainer.project)}


def assert_same(one: Runner, other: Runner) -> None:
    assert seen(one) == seen(other)
    assert moment(one) == moment(other)
    mine, theirs = one.snapshot(), other.snapshot()
    assert mine.recorded is not None and theirs.recorded is not None
    assert mine.recorded.figures.tobytes() == theirs.recorded.figures.tobytes()


def eventful(project: Project) -> Runner:
    """A run with edits, bookmarks, a branch, and its present in its past."""
    runner = Runner(project)
    run_for(runner, 70)
    runner.add_bookmark("before the edit")
    runner.change(with_rate(runner.project, 0.02), text="Learning rate 0.02")
    run_for(runner, 66)
    runner.seek(90)
    runner.change(with_training(runner.project, batch_size=4), text="Batch size 4")
    run_for(runner, 30)
    runner.add_bookmark("in the branch")
    runner.seek(100)
    return runner


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_moment_comes_back_for_every_optimizer(optimizer: str) -> None:
    """With dropout, noise, shuffling, batch normalization, a schedule and callbacks."""
    runner = eventful(rich(optimizer, epochs=60, callbacks=CALLBACKS))
    other = again(runner)
    assert_same(other, runner)
    assert [own.name for own in seen(other).bookmarks] == ["before the edit", "in the branch"]
    assert len(seen(other).branches) == 1
    for iteration in (0, 63, 64, 70, 71, 91, 120, 100):
        runner.seek(iteration)
        other.seek(iteration)
        assert_same(other, runner)
    for own in (runner, other):
        run_for(own, 25)
    assert_same(other, runner)
    for own in (runner, other):
        own.switch_branch(1)
        run_for(own, 9)
    assert_same(other, runner)


STEPS = st.sampled_from(
    ("step_phase", "step_iteration", "step_iteration_back", "run_epoch", "step_epoch_back")
)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(("adam", "momentum", "sgd")),
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 80)), max_size=6),
    st.lists(STEPS, max_size=8),
)
def test_any_record_goes_on_as_if_it_had_never_been_saved(
    optimizer: str, made: list[tuple[int, int]], steps: list[str]
) -> None:
    runner = Runner(rich(optimizer, epochs=12, callbacks=CALLBACKS))
    for kind, number in made:
        if kind < 3:
            run_for(runner, number)
        elif kind == 3:
            runner.seek(number)
        elif kind == 4:
            runner.change(with_rate(runner.project, 0.001 * number))
        else:
            runner.change(change_layer(runner.project, 1, units=3 + number % 4).project)
    other = again(runner)
    assert_same(other, runner)
    for own in (runner, other):
        # A runner that has just been opened has no iteration laid open to step through.
        own.seek(own.trainer.iteration)
    for step in steps:
        for own in (runner, other):
            getattr(own, step)()
            while own.running:
                own.advance(5)
    assert_same(other, runner)


def test_cut_links_and_epoch_starts_of_the_past_come_back() -> None:
    runner = Runner(digits(epochs=100, stop=StopSpec(weight_change=1e-12)))
    run_for(runner, 130)
    links = np.ones((20, 25))
    links[0, :5] = 0.0
    runner.change(set_links(runner.project, 1, links).project)
    run_for(runner, 70)
    other = again(runner)
    for own in (runner, other):
        own.seek(150)
        own.change(set_links(own.project, 1, np.ones((20, 25))).project)
        run_for(own, 12)
    assert_same(other, runner)


def test_the_end_of_training_comes_back() -> None:
    runner = Runner(rich(epochs=6, stop={"loss": 1e9}))
    runner.run()
    while runner.running:
        runner.advance(50)
    other = again(runner)
    mine, theirs = runner.snapshot(), other.snapshot()
    assert (theirs.state, theirs.message) == (mine.state, mine.message)
    assert theirs.message
    for own in (runner, other):
        run_for(own, 7)
    assert_same(other, runner)


def test_a_divergence_behind_a_saved_record_is_rescued_by_it() -> None:
    runner = Runner(regression(epochs=300))
    run_for(runner, 300)
    runner.change(with_rate(runner.project, 1e6))
    other = again(runner)
    for own in (runner, other):
        run_for(own, 50)
    assert other.snapshot().divergence == runner.snapshot().divergence is not None
    assert_same(other, runner)


def complete() -> Document:
    """A document with everything a document may have."""
    runner = eventful(digits(epochs=100))
    found = document_of(runner)
    conditions = ({"kind": "loss_below", "limit": 0.1}, {"kind": "next_epoch"})
    runner.seek(120)
    history = runner.snapshot().history
    other = replace(
        runner.project, data=regression().data, network=regression().network, loss="mse"
    )
    return replace(
        found,
        breakpoints=tuple(
            (condition_from_value(own), bool(place)) for place, own in enumerate(conditions)
        ),
        runs=(
            KeptRun(found.project, history, 2, "slow", False, True, "Stopped."),
            KeptRun(other, history, 0),
        ),
        layout=b"\x00anything\xff" * 100,
        view={"notation": "deck-b", "panels": [{"id": "loss", "at": 0.5}], "ä": None},
        thumbnail=b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    )


def test_everything_comes_back() -> None:
    document = complete()
    found = open_document(pack_document(document))
    assert bits(found) == bits(document)
    assert found.breakpoints == document.breakpoints
    assert (found.layout, found.view, found.thumbnail) == (
        document.layout,
        document.view,
        document.thumbnail,
    )
    assert found.notices == ()
    for mine, theirs in zip(document.runs, found.runs, strict=True):
        assert replace(theirs, project=mine.project, history=mine.history) == mine
        assert theirs.history.figures.tobytes() == mine.history.figures.tobytes()
        assert theirs.project.network == mine.project.network
    assert found.runs[0].project is found.project
    runner = resumed_runner(found)
    assert runner.breakpoints == (document.breakpoints[1][0],)
    assert document_of(runner).breakpoints == ((document.breakpoints[1][0], True),)


def test_data_are_written_and_read_once() -> None:
    """However many projects a record went through."""
    runner = Runner(regression(60))
    for rate in (0.1, 0.2, 0.3):
        run_for(runner, 3)
        runner.change(with_rate(runner.project, rate))
    content = pack_document(document_of(runner))
    names = [name for name in open_archive(content) if name.startswith("arrays/")]
    assert sum("inputs" in name for name in names) == 1
    found = open_document(content)
    assert found.record is not None and len(found.record.stretches) == 4
    data = {id(own.project.data) for own in found.record.stretches}
    prepared = {id(own.project.prepared) for own in found.record.stretches}
    assert len(data) == len(prepared) == 1


def test_training_goes_on_behind_a_document_and_does_not_change_it() -> None:
    runner = eventful(rich(epochs=60, callbacks=CALLBACKS))
    document = document_of(runner)
    before = bits(document)
    run_for(runner, 200)
    runner.change(with_rate(runner.project, 0.5))
    run_for(runner, 5)
    assert bits(document) == before


def test_a_long_record_loses_only_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_STATES", 7)
    runner = Runner(digits(epochs=1000))
    run_for(runner, 3000)
    content, notice = packed(document_of(runner))
    assert notice == ""
    found = open_document(content)
    assert found.record is not None
    assert sum(len(own.states) for own in found.record.stretches) <= 7
    other = resumed_runner(found)
    assert_same(other, runner)
    for iteration in (1, 1000, 2999):
        for own in (runner, other):
            own.seek(iteration)
        assert_same(other, runner)


def test_of_a_record_that_is_too_large_the_oldest_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runner = eventful(digits(epochs=1000))
    monkeypatch.setattr(keeping, "MOST_STATES", 2)
    content, notice = packed(document_of(runner))
    assert notice == (
        "To keep the file small, a branch and what lies before iteration 70 of the record were "
        "left out."
    )
    other = resumed_runner(open_document(content))
    assert (seen(other).start, seen(other).end, seen(other).branches) == (70, 120, ())
    for own in (runner, other):
        own.seek(115)
    assert moment(other) == moment(runner)
    # What lies ahead of the present cannot be left out without it.
    monkeypatch.setattr(keeping, "MOST_STATES", 1)
    runner.seek(75)
    content, notice = packed(document_of(runner))
    assert notice == "The record is too large for the file and was left out."
    assert open_document(content).record is None


def test_a_large_network_has_room_for_a_few_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_BYTES", 1000)
    runner = Runner(digits(epochs=1000))
    run_for(runner, 3000)
    found = open_document(pack_document(document_of(runner)))
    assert found.record is not None
    assert 2 <= sum(len(own.states) for own in found.record.stretches) <= 2 * keeping.LEAST_STATES


def test_a_record_that_cannot_be_read_again_does_not_keep_the_work_from_being_saved() -> None:
    runner = eventful(rich(epochs=60, callbacks=CALLBACKS))
    document = document_of(runner)
    assert document.record is not None
    torn = replace(document, record=replace(document.record, place=0))
    content, notice = packed(torn)
    assert notice.startswith("Without its record and kept runs: record.json does not belong")
    found = open_document(content)
    assert found.record is None
    assert found.state is not None and found.state.iteration == 100


def at(*path: str | int, to: Any) -> Callable[[Any], None]:
    def change(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = to

    return change


COMPLETE = pack_document(complete())


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("record.json", at("place", to=7), "place must be a whole number from 0 to 2"),
        ("record.json", at("place", to=0), "does not belong to this training"),
        ("record.json", at("spacing", to=48), "spacing must be a power of 2"),
        ("record.json", at("numbers", to=1), "numbers must be a whole number from 2"),
        ("record.json", at("courses", to=[]), "courses has 0 entries"),
        ("record.json", at("courses", 0, "untils", 0, to=69), "has gaps"),
        ("record.json", at("courses", 0, "untils", to=[70]), "untils has 1 entries"),
        ("record.json", at("courses", 0, "stretches", 1, to=0), "has gaps"),
        ("record.json", at("courses", 0, "stretches", 1, to=9), "stretches must be"),
        ("record.json", at("courses", 1, "number", to=2), "two branches have the same number"),
        ("record.json", at("courses", 1, "name", to="a\u200bb"), "cannot be a name"),
        ("record.json", at("stretches", 0, "project", to=9), "project must be"),
        ("record.json", at("stretches", 0, "text", to="a\nb"), "text must be a sentence"),
        ("record.json", at("stretches", 0, "start", "row", to=10**4), "a state that is not there"),
        ("record.json", at("stretches", 0, "start", "group", to=5), "group must be"),
        ("record.json", at("stretches", 0, "start", "rate", to=[1, 2]), "rate has 2 entries"),
        ("record.json", at("stretches", 0, "start", "iteration", to=64), "not in order"),
        ("record.json", at("stretches", 0, "final", to={}), "group is missing"),
        ("record.json", at("stretches", 0, "more", to=1), "more is not known"),
        ("record.json", at("states", 0, "theta", to=1), "not there"),
        ("record.json", at("states", 0, "theta", to={"array": "history_epoch"}), "not there"),
        ("record.json", at("states", to=[]), "states has 0 entries"),
        ("record.json", at("bookmarks", 0, "name", to=""), "at least one character"),
        ("record.json", at("bookmarks", 0, "phase", to=-1), "phase must be"),
        ("record.json", at("bookmarks", 0, "stretch", to=99), "stretch must be"),
        ("record.json", at("surprise", to=1), "surprise is not known"),
        ("projects.json", at("projects", 0, "data", to=3), "data must be a whole number"),
        ("projects.json", at("projects", 0, to=1), "must be a JSON object"),
        ("projects.json", at("projects", to=[]), "project must be a whole number from 0 to 0"),
        ("projects.json", at("data", to=[{}]), "data.inputs is missing"),
        ("runs.json", at(0, "number", to=8), "number must be"),
        ("runs.json", at(0, "number", to=0), "given to two runs"),
        ("runs.json", at(0, "label", to=5), "label must be a sentence"),
        ("runs.json", at(0, "history", "stride", to=3), "runs.json: the curves do not belong"),
        ("breakpoints.json", at("breakpoints", 0, "kind", to="x"), "kind must be one of"),
        ("breakpoints.json", at("breakpoints", 0, "watched", to=1), "watched must be true"),
        ("breakpoints.json", at("breakpoints", 0, to=[]), "must be a JSON object"),
        ("training.json", at("iteration", to=10**9), "does not belong to this training"),
        ("training.json", at("iteration", to=0), "does not belong to this training"),
    ],
)
def test_what_does_not_fit_is_said(part: str, change: Any, words: str) -> None:
    with pytest.raises(ProjectError, match=words) as caught:
        open_document(changed_part(COMPLETE, part, change))
    assert str(caught.value).isprintable() and len(str(caught.value)) < 400


def test_states_that_are_no_numbers_are_refused() -> None:
    runner = Runner(regression())
    run_for(runner, 70)
    document = document_of(runner)
    assert document.record is not None
    document.record.stretches[0].checkpoints[0].theta[3] = np.nan
    content, notice = packed(document)
    assert "layer 1 has parameters that are not numbers (NaN)" in notice
    assert open_document(content).state is not None


def test_the_projects_of_a_document_are_json() -> None:
    """Readable by people and by other programs: names and numbers, no code."""
    parts = open_archive(COMPLETE)
    for name in ("record.json", "projects.json", "runs.json", "breakpoints.json", "view.json"):
        assert json.loads(parts[name])
