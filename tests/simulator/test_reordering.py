"""Moving a layer between others: where it goes, what stays to the bit, and the way back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.alteration import Lost
from simulator.lineage import Lineage
from simulator.optimizers import OptimizerSpec
from simulator.project import Project, ProjectError
from simulator.project.carrying import Edit, given_of
from simulator.project.reordering import move_layer
from simulator.spec import NetworkSpec
from simulator.trainer import Trainer
from tests.simulator.small_projects import layer, make

RNG = np.random.default_rng(3)
INPUTS, TARGETS = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 2))


def zeros_and_ones(rows: int, columns: int, share: float) -> list[list[float]]:
    return (RNG.random((rows, columns)) < share).astype(float).tolist()


def chain(*more: dict[str, Any]) -> Project:
    """3-4-5-4-2 with removed links, frozen parameters, given biases and dropout masks."""
    fields: list[dict[str, Any]] = [
        {"batch_normalization": True, "links": zeros_and_ones(4, 3, 0.7)},
        {"frozen": {"W": zeros_and_ones(5, 4, 0.3), "b": [0, 1, 0, 1, 0]}},
        {"dropout": {"rate": 0.3, "mask": zeros_and_ones(6, 4, 0.7)}, "b": [1, 2, 3, 4]},
        {},
    ]
    for own, added in zip(fields, more, strict=False):
        own |= added
    units = (4, 5, 4, 2)
    kinds = ("tanh", "sigmoid", "relu", "linear")
    layers = [
        layer(size, kind, **own) for size, kind, own in zip(units, kinds, fields, strict=True)
    ]
    project = make(INPUTS, TARGETS, layers, batch_size=2)
    return replace(project, optimizer=OptimizerSpec("adam", 0.01))


def shortcuts() -> Project:
    """The same, but the output also receives from the inputs and the first layer."""
    return chain({}, {}, {}, {"inputs_from": [0, 1, 3]})


def everything(trainer: Trainer) -> tuple[bytes, ...]:
    slots = [trainer.state().slots[name].tobytes() for name in sorted(trainer.state().slots)]
    return (trainer.network.theta.tobytes(), trainer.network.moving.tobytes(), *slots)


def apply(trainer: Trainer, edit: Edit) -> tuple[Lineage, Lost]:
    before = trainer.project.network
    lineage = Lineage.of(before, edit.project.network, edit.origin, edit.neurons)
    return lineage, trainer.change(edit.project, lineage, values=edit.values)


def blocks(spec: NetworkSpec, values: np.ndarray, number: int) -> dict[int, np.ndarray]:
    """The weights into a layer from each of its sources."""
    weights = spec.weights(values, number)
    return {source: weights[:, columns] for source, columns in spec.source_columns(number)}


@pytest.mark.parametrize(
    ("number", "after", "order"),
    [
        (1, 2, (2, 1, 3, 4)),
        (1, 3, (2, 3, 1, 4)),
        (2, 0, (2, 1, 3, 4)),
        (2, 3, (1, 3, 2, 4)),
        (3, 0, (3, 1, 2, 4)),
        (3, 1, (1, 3, 2, 4)),
    ],
)
def test_a_chain_stays_a_chain(number: int, after: int, order: tuple[int, ...]) -> None:
    edit = move_layer(chain(), number, after)
    assert edit.origin == order
    assert edit.project.network.is_chain
    units = {1: 4, 2: 5, 3: 4, 4: 2}
    assert edit.project.network.sizes == (3, *(units[own] for own in order))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([chain, shortcuts]),
    st.integers(1, 3),
    st.integers(0, 3),
    st.integers(0, 5),
)
def test_everything_that_can_be_kept_is_kept(
    make_project: Any, number: int, after: int, iterations: int
) -> None:
    project = make_project()
    trainer = Trainer(project)
    trainer.run_iterations(iterations)
    state, old = trainer.state(), project.network
    before = {"theta": state.theta.copy(), **{n: own.copy() for n, own in state.slots.items()}}
    moving = [own if own is None else own.copy() for own in trainer.network.moving_variance]
    was = everything(trainer)
    if after in (number - 1, number):
        with pytest.raises(ProjectError, match="stands there already"):
            move_layer(project, number, after)
        return
    edit = move_layer(project, number, after)
    lineage, lost = apply(trainer, edit)
    spec = edit.project.network
    assert sorted(edit.origin) == [1, 2, 3, 4] and edit.origin[-1] == 4
    assert spec.parameter_count == trainer.network.theta.size
    now = {"theta": trainer.state().theta, **trainer.state().slots}
    old_number = {0: 0} | {place: own for place, own in enumerate(edit.origin, start=1)}
    given_theta = {
        name: vector_of(edit.project, name, usual)
        for name, usual in (("links", 1.0), ("frozen_W", 0.0))
    }
    had = {
        name: vector_of(project, name, usual) for name, usual in (("links", 1.0), ("frozen_W", 0.0))
    }
    for place in range(1, 5):
        own = old_number[place]
        for part in ("biases", "gamma", "beta"):
            for name, values in before.items():
                mine, theirs = (
                    getattr(spec, part)(now[name], place),
                    getattr(old, part)(values, own),
                )
                assert (mine is None) == (theirs is None)
                if mine is not None:
                    assert mine.tobytes() == theirs.tobytes()
        earlier = {name: blocks(old, values, own) for name, values in before.items()}
        for source in spec.sources(place):
            joined = old_number[source] in earlier["theta"]
            for name, values in now.items():
                if joined:
                    kept = earlier[name][old_number[source]]
                    assert blocks(spec, values, place)[source].tobytes() == kept.tobytes()
            for name, usual in (("links", 1.0), ("frozen_W", 0.0)):
                mine = blocks(spec, given_theta[name], place)[source]
                wanted = blocks(old, had[name], own)[old_number[source]] if joined else usual
                assert (mine == wanted).all()
        assert (given_of(edit.project, place).mask is None) == (given_of(project, own).mask is None)
        after_moving, had_moving = trainer.network.moving_variance[place - 1], moving[own - 1]
        assert (after_moving is None) == (had_moving is None)
        if after_moving is not None and had_moving is not None:
            assert after_moving.tobytes() == had_moving.tobytes()
    trainer.run_iterations(3)
    there = everything(trainer)
    again = trainer.change(project, lineage.inverse(old), lost)
    trainer.change(edit.project, lineage, again)
    assert everything(trainer) == there
    other = Trainer(project)
    other.run_iterations(iterations)
    lineage, lost = apply(other, edit)
    other.change(project, lineage.inverse(old), lost)
    assert everything(other) == was


def vector_of(project: Project, name: str, usual: float) -> np.ndarray:
    """What is given of all weights, laid out as theta."""
    spec = project.network
    vector = np.full(spec.parameter_count, usual)
    for number in range(1, spec.depth + 1):
        own = getattr(given_of(project, number), name)
        if own is not None:
            spec.weights(vector, number)[...] = own
    return vector


def test_shortcuts_that_still_lead_to_a_later_layer_stay() -> None:
    # The output receives from the inputs, and from layers 1 and 3.
    network = move_layer(shortcuts(), 2, 3).project.network
    assert [network.sources(own) for own in range(1, 5)] == [(0,), (1,), (2,), (0, 1, 3)]
    network = move_layer(shortcuts(), 1, 3).project.network
    assert [network.sources(own) for own in range(1, 5)] == [(0,), (1,), (2,), (0, 3)]
    own = chain({}, {}, {"inputs_from": [0, 2]})
    network = move_layer(own, 3, 1).project.network
    assert [network.sources(own) for own in range(1, 5)] == [(0,), (0, 1), (2,), (3,)]


def test_moving_there_and_back_is_the_same_network() -> None:
    project = chain()
    there = move_layer(project, 1, 3).project
    assert move_layer(there, 3, 0).project.network == project.network


@pytest.mark.parametrize(
    ("number", "after", "sentence"),
    [
        (0, 2, "Only hidden layers can be moved; input and output keep their places."),
        (4, 1, "Only hidden layers can be moved; input and output keep their places."),
        (-1, 1, "Only hidden layers can be moved; input and output keep their places."),
        (2, 4, "A layer stands between the input and the output."),
        (2, -1, "A layer stands between the input and the output."),
        (2, 1, "Layer hidden 2 stands there already."),
        (2, 2, "Layer hidden 2 stands there already."),
    ],
)
def test_what_cannot_be_is_one_sentence(number: int, after: int, sentence: str) -> None:
    with pytest.raises(ProjectError) as refused:
        move_layer(chain(), number, after)
    assert str(refused.value) == sentence


def test_no_layer_is_left_without_a_way_on() -> None:
    # Layer 1 leads to layer 3 alone, beside layer 2.
    project = chain({}, {"inputs_from": [0], "frozen": {}}, {"inputs_from": [1, 2]})
    with pytest.raises(ProjectError) as refused:
        move_layer(project, 3, 0)
    assert str(refused.value) == (
        "Layer hidden 3 cannot go there: layer hidden 1 would lead nowhere; link it to a later "
        "layer first."
    )
