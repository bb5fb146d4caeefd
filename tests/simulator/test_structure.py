"""Edits of single neurons, links and parameters: everything else stays, to the bit."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.alteration import Lost
from simulator.lineage import NEW, Lineage
from simulator.optimizers import OptimizerSpec
from simulator.project import Project, ProjectError
from simulator.project.carrying import Edit, given_of
from simulator.project.edits import insert_layer, remove_layer, set_frozen, set_links
from simulator.project.parameter_edits import initialise_again, set_parameters, start_theta
from simulator.project.structure import (
    connect_fully,
    cut_links,
    draw_layer_link,
    draw_link,
    freeze,
    freeze_layer,
    insert_neuron,
    remove_neurons,
    rename_layer,
    set_activation,
    set_dropout,
)
from simulator.runner import Runner
from simulator.trainer import Trainer
from tests.simulator.small_projects import layer, make

Fields = dict[str, Any]
RNG = np.random.default_rng(5)
INPUTS, TARGETS = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 2))
MASK = (RNG.random((6, 5)) < 0.7).astype(float)


def shortcut(**training: Any) -> Project:
    """3 inputs; 5 tanh with batch normalization and given dropout masks; 4; 2 from all of them."""
    dropout = {"rate": 0.3, "mask": MASK.tolist()}
    links = np.ones((5, 3))
    links[1, 2] = links[3, 0] = 0.0
    activation = ["tanh", "sigmoid", {"name": "leaky_relu", "negative_slope": 0.1}, "tanh", "elu"]
    frozen = {"W": np.eye(5, 3).tolist(), "b": [0, 0, 1, 0, 1]}
    project = make(
        INPUTS,
        TARGETS,
        [
            layer(
                5,
                activation,
                batch_normalization=True,
                dropout=dropout,
                links=links.tolist(),
                frozen=frozen,
                b=[0.1, 0.2, 0.3, 0.4, 0.5],
            ),
            layer(4, inputs_from=[0, 1]),
            layer(2, "linear", inputs_from=[0, 1, 2]),
        ],
        batch_size=2,
        **training,
    )
    return replace(project, optimizer=OptimizerSpec("adam", 0.01))


def trained(project: Project | None = None, iterations: int = 7) -> Trainer:
    trainer = Trainer(project or shortcut())
    trainer.run_iterations(iterations)
    return trainer


def apply(trainer: Trainer, edit: Edit) -> tuple[Lineage, Lost]:
    before = trainer.project.network
    lineage = Lineage.of(before, edit.project.network, edit.origin, edit.neurons)
    return lineage, trainer.change(edit.project, lineage, values=edit.values)


def everything(trainer: Trainer) -> tuple[bytes, ...]:
    """All that is learned, to the bit."""
    slots = [trainer.state().slots[name].tobytes() for name in sorted(trainer.state().slots)]
    return (trainer.network.theta.tobytes(), trainer.network.moving.tobytes(), *slots)


def take_back(trainer: Trainer, before: Project, lineage: Lineage, lost: Lost) -> Lost:
    return trainer.change(before, lineage.inverse(before.network), lost)


# --- Neurons --------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", [[2], [0], [4], [0, 3], [1, 2, 3, 4]])
def test_every_other_neuron_keeps_everything(gone: list[int]) -> None:
    trainer = trained()
    old, network = trainer.project, trainer.network
    state = trainer.state()
    before = {"theta": state.theta, **state.slots}
    means, variances = network.moving_mean[0].copy(), network.moving_variance[0].copy()
    apply(trainer, remove_neurons(old, 1, gone))
    kept = np.delete(np.arange(5), gone)
    new, spec = trainer.project, trainer.project.network
    assert spec.sizes == (3, len(kept), 4, 2)
    after = {"theta": trainer.state().theta, **trainer.state().slots}
    for name, values in before.items():
        now = after[name]
        np.testing.assert_array_equal(spec.weights(now, 1), old.network.weights(values, 1)[kept])
        for part in ("biases", "gamma", "beta"):
            one, other = getattr(spec, part)(now, 1), getattr(old.network, part)(values, 1)
            np.testing.assert_array_equal(one, other[kept])
        for number, columns in (
            (2, [0, 1, 2, *(3 + kept)]),
            (3, [0, 1, 2, *(3 + kept), 8, 9, 10, 11]),
        ):
            np.testing.assert_array_equal(
                spec.weights(now, number), old.network.weights(values, number)[:, columns]
            )
            np.testing.assert_array_equal(
                spec.biases(now, number), old.network.biases(values, number)
            )
    np.testing.assert_array_equal(trainer.network.moving_mean[0], means[kept])
    np.testing.assert_array_equal(trainer.network.moving_variance[0], variances[kept])
    given, had = new.parameters[0], old.parameters[0]
    np.testing.assert_array_equal(given.mask, MASK[:, kept])
    np.testing.assert_array_equal(given_of(new, 1).b, had.b[kept])
    np.testing.assert_array_equal(_or(given.links, 1.0, (len(kept), 3)), had.links[kept])
    np.testing.assert_array_equal(_or(given.frozen_W, 0.0, (len(kept), 3)), had.frozen_W[kept])
    np.testing.assert_array_equal(_or(given.frozen_b, 0.0, (len(kept),)), had.frozen_b[kept])
    for place, neuron in enumerate(kept):
        assert spec.layer(1).activation_of(place) == old.network.layer(1).activation_of(neuron)


def _or(values: Any, usual: float, shape: tuple[int, ...]) -> Any:
    return np.full(shape, usual) if values is None else values


@pytest.mark.parametrize("at", [0, 2, 5, None])
def test_a_neuron_is_put_between_the_others(at: int | None) -> None:
    trainer = trained()
    old, theta = trainer.project, trainer.network.theta.copy()
    place = 5 if at is None else at
    apply(trainer, insert_neuron(old, 1, at))
    spec, now = trainer.project.network, trainer.network.theta
    others = np.delete(np.arange(6), place)
    np.testing.assert_array_equal(spec.weights(now, 1)[others], old.network.weights(theta, 1))
    np.testing.assert_array_equal(
        np.delete(spec.weights(now, 3), 3 + place, axis=1), old.network.weights(theta, 3)
    )
    assert spec.weights(now, 1)[place].all() and spec.weights(now, 3)[:, 3 + place].all()
    assert spec.biases(now, 1)[place] == 0.0 and spec.gamma(now, 1)[place] == 1.0
    assert trainer.network.moving_variance[0][place] == 1.0
    given = trainer.project.parameters[0]
    assert given.links[place].all() and not given.frozen_W[place].any()
    assert given.mask[:, place].all() and given.frozen_b[place] == 0.0
    np.testing.assert_array_equal(given.mask[:, others], MASK)
    before = old.network.layer(1).activation_of(max(place - 1, 0))
    assert spec.layer(1).activation_of(place) == before
    trainer.run_iterations(9)


EDITS: dict[str, Callable[[Project], Edit]] = {
    "remove a neuron": lambda p: remove_neurons(p, 1, [2]),
    "remove several": lambda p: remove_neurons(p, 2, [0, 3]),
    "insert a neuron": lambda p: insert_neuron(p, 1, 2),
    "insert a layer": lambda p: insert_layer(p, 1, 3),
    "remove a layer": lambda p: remove_layer(p, 1),
    "cut": lambda p: cut_links(p, [(1, 0, 1), (3, 1, 4), (2, 2, 0)]),
    "draw what was cut": lambda p: draw_link(p, (0, 2), (1, 1)),
    "freeze": lambda p: freeze(p, [(2, 0, 0), (2, 1, -1)], True),
    "let learn": lambda p: freeze(p, [(1, 0, 0), (1, 2, -1)], False),
    "freeze a layer": lambda p: freeze_layer(p, 2, True),
    "connect fully": lambda p: connect_fully(p, 1),
    "type": lambda p: set_parameters(p, {(1, 2, 0): 0.5, (3, 1, -1): -2.0}),
    "type a frozen one": lambda p: set_parameters(p, {(1, 0, 0): 0.25}),
    "another activation": lambda p: set_activation(p, 1, "relu", [0, 1]),
    "no dropout": lambda p: set_dropout(p, 1, 0.0),
    "noise of the inputs": lambda p: set_dropout(p, 0, 0.1),
    "start again": lambda p: initialise_again(p, [1, 2], [(3, 0)], start_theta(p), 1, False),
    "another optimizer": lambda p: Edit(
        replace(p, optimizer=OptimizerSpec("sgd", 0.01)), (1, 2, 3)
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_undo_and_redo_bring_back_every_bit(name: str) -> None:
    trainer = trained()
    before, was = trainer.project, everything(trainer)
    edit = EDITS[name](before)
    lineage, lost = apply(trainer, edit)
    changed = everything(trainer)
    assert changed != was or edit.project is not before
    again = take_back(trainer, before, lineage, lost)
    assert everything(trainer) == was
    trainer.change(edit.project, lineage, again)
    assert everything(trainer) == changed


@pytest.mark.parametrize("name", EDITS)
def test_undo_after_training_and_redo_bring_back_every_bit(name: str) -> None:
    trainer = trained()
    before = trainer.project
    edit = EDITS[name](before)
    lineage, lost = apply(trainer, edit)
    trainer.run_iterations(5)
    there = everything(trainer)
    again = take_back(trainer, before, lineage, lost)
    trainer.change(edit.project, lineage, again)
    assert everything(trainer) == there
    trainer.run_iterations(5)


def test_undo_keeps_what_was_trained_since() -> None:
    trainer = trained()
    before, theta = trainer.project, trainer.network.theta.copy()
    lineage, lost = apply(trainer, remove_neurons(before, 1, [1, 3]))
    trainer.run_iterations(4)
    since, small = trainer.network.theta.copy(), trainer.project.network
    take_back(trainer, before, lineage, lost)
    now = before.network.weights(trainer.network.theta, 1)
    np.testing.assert_array_equal(now[[0, 2, 4]], small.weights(since, 1))
    np.testing.assert_array_equal(now[[1, 3]], before.network.weights(theta, 1)[[1, 3]])


def test_lineages_in_a_row_are_one() -> None:
    first = shortcut()
    one = insert_neuron(first, 1, 1)
    two = remove_neurons(one.project, 1, [0, 3])
    three = insert_layer(two.project, 0, 2)
    specs = [own.network for own in (first, one.project, two.project, three.project)]
    made = [
        Lineage.of(specs[place], specs[place + 1], edit.origin, edit.neurons)
        for place, edit in enumerate((one, two, three))
    ]
    whole = made[2].behind(made[1]).behind(made[0])
    assert whole.layers == (None, 1, 2, 3)
    assert whole.neurons[2].tolist() == [NEW, 1, 3, 4]
    numbers = np.arange(float(specs[0].parameter_count))
    places = numbers
    for lineage, (before, after) in zip(made, itertools.pairwise(specs), strict=True):
        moved = np.full(after.parameter_count, -1.0)
        found = lineage.parameters(before, after)
        assert found is not None
        moved[found >= 0] = places[found[found >= 0]]
        places = moved
    np.testing.assert_array_equal(whole.parameters(specs[0], specs[3]), places)


# --- Links ----------------------------------------------------------------------------------------


def test_a_link_drawn_again_has_the_weight_it_had() -> None:
    trainer = trained()
    weight = trainer.network.W[2][1, 4]
    apply(trainer, cut_links(trainer.project, [(3, 1, 4)]))
    assert trainer.network.W[2][1, 4] == 0.0
    trainer.run_iterations(3)
    # Another neuron goes, so that the link has another place; it is still the same one.
    apply(trainer, remove_neurons(trainer.project, 1, [0]))
    apply(trainer, draw_link(trainer.project, (1, 0), (3, 1)))
    assert trainer.network.W[2][1, 3] == weight != 0.0


def test_a_link_that_never_was_there_is_drawn_as_at_the_start() -> None:
    project = shortcut()
    trainer = trained(project)
    apply(trainer, draw_link(project, (0, 2), (1, 1)))
    full = Trainer(set_links(project, 1, np.ones((5, 3))).project)
    assert trainer.network.W[0][1, 2] == full.network.W[0][1, 2] != 0.0


def test_a_shortcut_of_one_link() -> None:
    project = make(INPUTS, TARGETS, [layer(4), layer(3), layer(2, "linear")])
    trainer = trained(project)
    theta = trainer.network.theta.copy()
    apply(trainer, draw_link(project, (0, 1), (3, 0)))
    spec = trainer.project.network
    assert spec.sources(3) == (0, 2)
    links = trainer.project.parameters[2].links
    np.testing.assert_array_equal(links, [[0, 1, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1]])
    np.testing.assert_array_equal(
        spec.weights(trainer.network.theta, 3)[:, 3:], project.network.weights(theta, 3)
    )
    assert spec.weights(trainer.network.theta, 3)[0, 1] != 0.0
    apply(trainer, draw_layer_link(trainer.project, 0, 3))
    assert trainer.project.parameters[2].links is None
    apply(trainer, draw_layer_link(trainer.project, 1, 3))
    assert trainer.project.network.sources(3) == (0, 1, 2)
    trainer.run_iterations(5)


def test_removed_links_have_no_sign() -> None:
    trainer = trained()
    apply(trainer, cut_links(trainer.project, [(2, n, c) for n in range(4) for c in range(8)]))
    assert trainer.network.W[1].tobytes() == np.zeros((4, 8)).tobytes()


# --- Parameters -----------------------------------------------------------------------------------


def test_a_typed_value_counts_from_the_next_iteration_on() -> None:
    trainer = trained()
    theta = trainer.network.theta.copy()
    apply(trainer, set_parameters(trainer.project, {(2, 3, 6): 2 / 3, (2, 0, -1): -1.5}))
    spec = trainer.project.network
    places = [spec.place_of(2, 3, 6), spec.place_of(2, 0, -1)]
    theta[places] = 2 / 3, -1.5
    assert trainer.network.theta.tobytes() == theta.tobytes()
    trace = trainer.trace_iteration()
    np.testing.assert_array_equal(trace.theta_before, theta)


def test_a_value_typed_at_the_start_is_what_training_starts_with() -> None:
    project = shortcut()
    start = start_theta(project)
    edit = set_parameters(project, {(2, 3, 6): 0.5}, start)
    assert Trainer(edit.project).network.W[1][3, 6] == 0.5
    start[project.network.place_of(2, 3, 6)] = 0.5
    assert Trainer(edit.project).network.theta.tobytes() == start.tobytes()


@pytest.mark.parametrize("numbers, neurons", [([2], None), (None, [(1, 1), (2, 0)]), (None, None)])
def test_starting_again_leaves_what_is_frozen_or_removed(
    numbers: list[int] | None, neurons: list[tuple[int, int]] | None
) -> None:
    trainer = trained()
    project, theta = trainer.project, trainer.network.theta.copy()
    edit = initialise_again(project, numbers, neurons, theta, 0, False)
    assert edit.project is project
    apply(trainer, edit)
    spec = project.network
    chosen = np.zeros(spec.parameter_count)
    for number in range(1, 4):
        rows = [n for n in range(spec.sizes[number]) if (number, n) in (neurons or ())]
        if number in (numbers or ()) or (numbers is None and neurons is None):
            rows = list(range(spec.sizes[number]))
        for part in (spec.weights, spec.biases, spec.gamma, spec.beta):
            own = part(chosen, number)
            if own is not None:
                own[rows] = 1.0
    mask = trainer.network.trainable_mask
    assert mask is not None
    changed = trainer.network.theta != theta
    assert not changed[(chosen == 0.0) | (mask == 0.0)].any()
    assert changed[(chosen == 1.0) & (mask == 1.0)].mean() > 0.8
    for values in trainer.state().slots.values():
        assert not values[chosen == 1.0].any()
    again = initialise_again(project, numbers, neurons, theta, 1, False)
    assert again.values is not None and edit.values is not None
    assert (again.values.theta.values != edit.values.theta.values).any()


def test_an_edit_is_an_entry_of_the_record() -> None:
    runner = Runner(shortcut())
    runner.run()
    runner.advance(10)
    runner.pause()
    edit = set_parameters(runner.project, {(2, 3, 6): 0.5})
    runner.change(edit.project, edit.origin, None, "Change weight", edit.values)
    gone = remove_neurons(runner.project, 1, [0, 4])
    lineage = Lineage.of(runner.project.network, gone.project.network, gone.origin, gone.neurons)
    runner.change(gone.project, lineage, None, "Remove 2 neurons")
    cut = cut_links(runner.project, [(3, 1, 4)])
    runner.run()
    runner.advance(5)
    runner.pause()
    runner.change(cut.project, cut.origin, None, "Cut 1 link")
    runner.step_iteration()
    there = everything(runner.trainer)
    marks = [(mark.iteration, mark.text) for mark in runner.timeline.view().edits]
    assert marks == [(10, "Change weight; Remove 2 neurons"), (15, "Cut 1 link")]
    runner.seek(3)
    assert runner.project.network.sizes == (3, 5, 4, 2)
    runner.seek(16)
    assert everything(runner.trainer) == there
    runner.seek(14)
    runner.step_iteration()
    runner.step_iteration()
    assert everything(runner.trainer) == there
    # What the link had when it was cut is known there as well.
    runner.seek(15)
    runner.change(draw_link(runner.project, (1, 1), (3, 1)).project)
    assert runner.trainer.network.W[2][1, 4] != 0.0


# --- Refusals -------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[Callable[[Project], object], str]] = {
    "remove an output": (lambda p: remove_neurons(p, 3, [0]), "hidden"),
    "remove an input": (lambda p: remove_neurons(p, 0, [0]), "hidden"),
    "remove all": (lambda p: remove_neurons(p, 2, range(4)), "at least one"),
    "remove none": (lambda p: remove_neurons(p, 2, []), "Layer 2"),
    "remove neuron 9": (lambda p: remove_neurons(p, 2, [8]), "Layer 2"),
    "insert an output": (lambda p: insert_neuron(p, 3), "hidden"),
    "insert far away": (lambda p: insert_neuron(p, 2, 7), "place 8"),
    "cut a bias": (lambda p: cut_links(p, [(1, 0, -1)]), "bias"),
    "cut what is cut": (lambda p: cut_links(p, [(1, 1, 2)]), "already"),
    "cut column 99": (lambda p: cut_links(p, [(1, 1, 99)]), "no such link"),
    "cut nothing": (lambda p: cut_links(p, []), "already"),
    "draw what is there": (lambda p: draw_link(p, (0, 0), (1, 0)), "already"),
    "draw backwards": (lambda p: draw_link(p, (2, 0), (1, 0)), "other way"),
    "draw sideways": (lambda p: draw_link(p, (2, 0), (2, 1)), "one layer"),
    "draw to an input": (lambda p: draw_link(p, (2, 0), (0, 1)), "inputs"),
    "draw to layer 9": (lambda p: draw_link(p, (2, 0), (9, 1)), "no such layer"),
    "draw to neuron 9": (lambda p: draw_link(p, (2, 0), (3, 8)), "no such neuron"),
    "connect what is": (lambda p: connect_fully(p, 2), "Layer 2 is fully"),
    "join what is": (lambda p: draw_layer_link(p, 1, 2), "fully connected"),
    "freeze a removed link": (lambda p: freeze(p, [(1, 1, 2)], True), "draw the link"),
    "type a removed link": (lambda p: set_parameters(p, {(1, 1, 2): 1.0}), "draw it again"),
    "type NaN": (lambda p: set_parameters(p, {(1, 1, 1): np.nan}), "number"),
    "type 1e300": (lambda p: set_parameters(p, {(1, 1, 1): 1e300}), "1e100"),
    "type column -2": (lambda p: set_parameters(p, {(1, 1, -2): 1.0}), "no such link"),
    "rename the inputs": (lambda p: rename_layer(p, 0, "eye"), "input"),
    "two lines": (lambda p: rename_layer(p, 1, "a\nb"), "one line"),
    "far too long": (lambda p: rename_layer(p, 1, "a" * 201), "200"),
    "dropout 1": (lambda p: set_dropout(p, 0, 1.0), "below 1"),
    "dropout NaN": (lambda p: set_dropout(p, 1, float("nan")), "dropout"),
    "softmax of one": (lambda p: set_activation(p, 1, "softmax", [0]), "whole layer"),
    "unknown": (lambda p: set_activation(p, 1, "foo"), "foo"),
    "no slope": (lambda p: set_activation(p, 1, "step", [1]), "slope"),
    "activation of neuron 9": (lambda p: set_activation(p, 1, "relu", [8]), "Layer 1"),
    "start layer 9 again": (
        lambda p: initialise_again(p, [9], None, start_theta(p), 0, False),
        "no layer 9",
    ),
    "start what is frozen again": (
        lambda p: initialise_again(
            freeze_layer(p, 2, True).project, [2], None, start_theta(p), 0, False
        ),
        "frozen",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_with_one_sentence(name: str) -> None:
    make_edit, word = REFUSED[name]
    with pytest.raises(ProjectError) as refused:
        make_edit(shortcut())
    sentence = str(refused.value)
    assert word in sentence and sentence.endswith(".") and "\n" not in sentence


def test_a_bias_that_is_not_there() -> None:
    project = make(INPUTS, TARGETS, [layer(3, bias=False), layer(2, "linear")])
    for edit in (
        lambda: set_parameters(project, {(1, 0, -1): 1.0}),
        lambda: freeze(project, [(1, 0, -1)], True),
    ):
        with pytest.raises(ProjectError, match="bias"):
            edit()


def test_all_weights_of_a_large_layer_are_frozen_and_kept() -> None:
    project = make(INPUTS, TARGETS, [layer(40), layer(2, "linear")])
    frozen = set_frozen(project, 1, np.ones((40, 3)), np.ones(40)).project
    trainer = trained(frozen)
    before = trainer.network.W[0].copy()
    apply(trainer, remove_neurons(trainer.project, 1, [7]))
    trainer.run_iterations(6)
    assert trainer.network.W[0].tobytes() == np.delete(before, 7, axis=0).tobytes()
