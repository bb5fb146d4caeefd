"""What becomes of a network when its inputs change places and its classes come and go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import small_projects as small
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.network import LayerParameters, Network
from simulator.project import Project, ProjectError, load_project
from simulator.project.data_edits import (
    CarriedEdit,
    NeuronMap,
    add_class,
    carried,
    change_grid,
    change_order,
    remove_class,
)
from simulator.runner import Runner
from simulator.trainer import Trainer


def shortcut(order: str = "row", rows: int = 2, columns: int = 3) -> Project:
    """2 x 3 pictures whose inputs reach the second layer and the output by shortcuts, too."""
    rng = np.random.default_rng(5)
    data: dict[str, Any] = {
        "inputs": rng.random((8, rows * columns)).tolist(),
        "targets": np.eye(3)[np.arange(8) % 3].tolist(),
        "classes": ["a", "b", "c"],
        "picture": {"rows": rows, "columns": columns, "order": order},
    }
    layers = [
        small.layer(4, batch_normalization=True),
        small.layer(3, "relu", inputs_from=[0, 1]),
        small.layer(3, "softmax", inputs_from=[0, 2]),
    ]
    return small.build(
        layers,
        data,
        "categorical_crossentropy",
        network={"inputs": rows * columns},
        optimizer={"name": "adam", "learning_rate": 0.05},
        batch_size=3,
        epochs=1000,
    )


def changed(runner: Runner, edit: CarriedEdit, places: NeuronMap, project: Project) -> Network:
    """Make a carried edit as the window does; the network that came out."""
    base = Network(project.network, project.parameters)
    base.initialize(project.training.seed, project.parameters)
    live = runner.trainer.network
    runner.change(project, edit.origin, carried(live, base, places))
    return runner.trainer.network


def answers(runner: Runner, inputs: np.ndarray) -> np.ndarray:
    """The network's outputs to (N, n_in)."""
    theta = runner.trainer.network.theta
    return np.array([runner.trainer.probe(own, theta).prediction for own in inputs])


@pytest.mark.parametrize("order", ["row", "column"])
def test_the_other_order_answers_the_same_and_comes_back(order):
    project = shortcut("column" if order == "row" else "row")
    runner = Runner(project)
    runner.trainer.run_iterations(40)
    before = answers(runner, project.data.inputs)
    theta = runner.trainer.network.theta.copy()
    edit = change_order(project, order)
    assert edit.project.data.picture.order == order
    pictures = project.data.inputs[:, project.data.picture.index]
    assert np.array_equal(edit.project.data.inputs[:, edit.project.data.picture.index], pictures)
    changed(runner, edit, edit.there, edit.project)
    assert np.allclose(answers(runner, edit.project.data.inputs), before, atol=1e-12)
    assert not np.array_equal(runner.trainer.network.theta, theta)
    changed(runner, edit, edit.back, project)
    assert np.array_equal(runner.trainer.network.theta, theta)
    runner.trainer.run_iterations(10)


@given(
    rows=st.integers(1, 5),
    columns=st.integers(1, 5),
    order=st.sampled_from(["row", "column"]),
)
@settings(max_examples=25, deadline=None)
def test_another_grid_keeps_the_weights_of_the_pixels_that_stay(rows, columns, order):
    project = shortcut(order, 3, 2)
    runner = Runner(project)
    runner.trainer.run_iterations(5)
    old = runner.trainer.network.W[0].copy()
    edit = change_grid(project, rows, columns)
    network = changed(runner, edit, edit.there, edit.project)
    assert network.spec.inputs == rows * columns
    for new, was in enumerate(edit.there.inputs):
        if was >= 0:
            assert np.array_equal(network.W[0][:, new], old[:, was])
            assert np.array_equal(edit.project.data.inputs[:, new], project.data.inputs[:, was])
        else:
            assert not edit.project.data.inputs[:, new].any()
    kept = np.sort(edit.there.inputs[edit.there.inputs >= 0])
    assert len(kept) == min(rows, 3) * min(columns, 2)
    runner.trainer.run_iterations(5)


def test_what_is_given_for_links_and_start_values_moves_along():
    project = shortcut()
    rng = np.random.default_rng(0)
    links = np.ones((3, 10))
    links[1, 4] = links[0, 8] = 0.0
    given_parameters = (
        LayerParameters(W=rng.random((4, 6))),
        LayerParameters(links=links, frozen_W=1.0 - np.roll(links, 1)),
    )
    project = replace(project, parameters=given_parameters)
    edit = change_order(project, "column")
    places = edit.there.inputs
    first, second = edit.project.parameters[:2]
    assert np.array_equal(first.W, given_parameters[0].W[:, places])
    assert np.array_equal(second.links[:, :6], links[:, :6][:, places])
    assert np.array_equal(second.links[:, 6:], links[:, 6:])
    larger = change_grid(project, 3, 3).project.parameters
    assert larger[0].W is None
    assert larger[1].links.shape == (3, 13) and larger[1].links.sum() == 3 * 13 - 2
    Trainer(replace(edit.project)).run_iterations(3)


def test_a_new_class_gets_a_neuron_and_all_others_keep_their_weights():
    project = shortcut()
    links = np.ones((3, 9))
    links[2, 1] = 0.0
    mask = LayerParameters(links=links, frozen_b=np.array([1.0, 0.0, 0.0]))
    project = replace(project, parameters=(LayerParameters(), LayerParameters(), mask))
    runner = Runner(project)
    runner.trainer.run_iterations(20)
    old = runner.trainer.network.W[2].copy()
    edit = add_class(project, "d")
    assert edit.project.network.outputs == edit.project.data.n_outputs == 4
    runner.change(edit.project, edit.origin)
    assert np.array_equal(runner.trainer.network.W[2][:3], old)
    assert edit.project.parameters[2].links.shape == (4, 9)
    assert edit.project.parameters[2].frozen_b.tolist() == [1, 0, 0, 0]
    runner.trainer.run_iterations(5)
    assert runner.trainer.network.W[2][2, 1] == 0.0


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_class_goes_with_its_neuron_and_its_samples(number):
    project = shortcut()
    runner = Runner(project)
    runner.trainer.run_iterations(20)
    old, biases = runner.trainer.network.W[2].copy(), runner.trainer.network.b[2].copy()
    edit = remove_class(project, number)
    assert len(edit.project.data) == int((project.data.target_classes != number).sum())
    network = changed(runner, edit, edit.there, edit.project)
    assert np.array_equal(network.W[2], np.delete(old, number, axis=0))
    assert np.array_equal(network.b[2], np.delete(biases, number))
    runner.trainer.run_iterations(5)


def test_neurons_with_activations_of_their_own_keep_them():
    layers = [
        small.layer(3),
        small.layer(3, ["tanh", "sigmoid", "linear"]),
    ]
    data = (np.random.default_rng(1).random((6, 2)), np.eye(3)[[0, 1, 2, 0, 1, 2]])
    project = small.build(layers, data)
    fewer = remove_class(project, 0).project.network.layers[-1]
    assert [fewer.activation_of(neuron)[0] for neuron in range(2)] == ["sigmoid", "linear"]
    more = add_class(project, "3").project.network.layers[-1]
    assert [more.activation_of(neuron)[0] for neuron in range(4)] == [
        "tanh",
        "sigmoid",
        "linear",
        "linear",
    ]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: change_order(load_project("xor"), "row"),
            "The inputs of these data are no picture.",
        ),
        (
            lambda: change_grid(load_project("xor"), 5, 5),
            "The inputs of these data are no picture.",
        ),
        (lambda: change_grid(shortcut(), 29, 5), "A grid has 1 to 28 rows and columns."),
        (lambda: change_grid(shortcut(), 5, 0), "A grid has 1 to 28 rows and columns."),
        (lambda: add_class(load_project("xor"), "x"), "needs an output a class"),
        (lambda: add_class(shortcut(), "a"), "There is a class “a” already."),
        (lambda: remove_class(shortcut(), 3), "There is no class 4"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(make, sentence):
    with pytest.raises(ProjectError) as problem:
        make()
    assert sentence in str(problem.value)
