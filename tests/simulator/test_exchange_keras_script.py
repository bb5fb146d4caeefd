"""Keras scripts, run on JAX: they train to the same numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from script_runs import assert_same, run_alone, trained, writable
from small_projects import build, everything, layer, normal_data

from simulator.clipping import ClippingSpec
from simulator.exchange.code.keras_script import keras_script
from simulator.project import Project, ProjectError, load_project


def check(project: Project, folder: Path) -> None:
    trainer, outputs = trained(project)
    names = run_alone(keras_script(project).content, folder, "jax")
    assert_same(names["outputs"], outputs)
    if not any(own.regularizer.active for own in project.network.layers):
        assert_same(names["losses"], trainer.history.view().loss)


@pytest.mark.parametrize("name", ["digits-5x5", "xor", "shortcut", "sine", "dropout-ensemble"])
def test_built_in_projects(name: str, tmp_path: Path) -> None:
    check(load_project(name).with_epochs(3), tmp_path)


def test_all_that_keras_has_at_once(tmp_path: Path) -> None:
    project = writable(everything("nadam"), 3)
    layers = [replace(own, neuron_activations=()) for own in project.network.layers]
    # Behind a bias that batch normalization takes off again Adam would follow rounding errors.
    layers[1] = replace(layers[1], bias=False)
    check(replace(project, network=replace(project.network, layers=tuple(layers))), tmp_path)


def test_links_and_frozen_parameters_are_held(tmp_path: Path) -> None:
    layers = [
        layer(3, links=[[1, 0], [1, 1], [0, 1]], max_norm=0.9),
        layer(1, "sigmoid", frozen={"W": [[1, 0, 0]]}),
    ]
    check(build(layers, loss="binary_crossentropy", epochs=4), tmp_path)


def test_what_keras_lacks_is_refused() -> None:
    two = replace(load_project("xor").optimizer, clipping=ClippingSpec(1.0, 1.0))
    for project, sentence in (
        (load_project("perceptron-and"), "not by the rule perceptron; use NumPy"),
        (writable(everything(), 1), "“hidden 3” have several"),
        (replace(load_project("xor"), optimizer=two), "one way at a time"),
        (
            build(
                [layer(2, batch_normalization=True, trainable=False), layer(1)],
                normal_data(5, 2, 1),
            ),
            "batch normalization stands still",
        ),
    ):
        with pytest.raises(ProjectError, match=sentence):
            keras_script(project)
