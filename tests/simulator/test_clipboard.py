"""Layers as a text for the clipboard, and what other texts are refused with."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from simulator.project import Project, ProjectError
from simulator.project.clipboard import copy_layers, paste_layers
from simulator.project.edits import insert_layer
from simulator.project.limits import MAX_LAYERS
from simulator.project.strict_json import MAX_BYTES
from simulator.trainer import Trainer
from tests.simulator.small_projects import layer, make
from tests.simulator.test_structure import shortcut

PLAIN_DATA = np.arange(12.0).reshape(4, 3) / 10, np.arange(8.0).reshape(4, 2) / 10


def plain() -> Project:
    return make(
        *PLAIN_DATA,
        [
            layer(4, "relu", batch_normalization=True, name="first"),
            layer(4, frozen={"W": np.eye(4).tolist(), "b": [0, 1, 0, 0]}, max_norm=3.0),
            layer(2, "linear"),
        ],
    )


def trained(project: Project) -> Trainer:
    trainer = Trainer(project)
    trainer.run_iterations(9)
    return trainer


def copied(trainer: Trainer, numbers: Any) -> str:
    network = trainer.network
    return copy_layers(trainer.project, numbers, network.theta, network.moving)


def pasted(trainer: Trainer, numbers: Any, after: int) -> Trainer:
    edit = paste_layers(trainer.project, copied(trainer, numbers), after)
    trainer.change(edit.project, edit.origin, None, edit.values)
    return trainer


def test_a_pasted_layer_is_the_copied_one_with_its_weights() -> None:
    trainer = trained(plain())
    weights, biases = trainer.network.W[1].copy(), trainer.network.b[1].copy()
    pasted(trainer, [2], 2)
    spec, given = trainer.project.network, trainer.project.parameters
    assert spec.sizes == (3, 4, 4, 4, 2)
    assert spec.layer(3) == spec.layer(2)
    assert trainer.network.W[2].tobytes() == weights.tobytes()
    assert trainer.network.b[2].tobytes() == biases.tobytes()
    np.testing.assert_array_equal(given[2].frozen_W, np.eye(4))
    np.testing.assert_array_equal(given[2].frozen_b, [0, 1, 0, 0])
    # What is pasted stays through a reset.
    assert Trainer(trainer.project).network.W[2].tobytes() == weights.tobytes()
    trainer.run_iterations(5)
    assert trainer.network.W[2][0, 0] == weights[0, 0]


def test_what_batch_normalization_learned_comes_along() -> None:
    trainer = trained(plain())
    network = trainer.network
    learned = [
        own[0].copy()
        for own in (network.gamma, network.beta, network.moving_mean, network.moving_variance)
    ]
    pasted(trainer, [1], 0)
    network = trainer.network
    for index in (0, 1):
        for own, values in zip(
            (network.gamma, network.beta, network.moving_mean, network.moving_variance),
            learned,
            strict=True,
        ):
            assert own[index].tobytes() == values.tobytes()


def test_layers_that_were_joined_stay_joined() -> None:
    trainer = trained(shortcut())
    inner = trainer.network.W[1][:, 3:].copy()
    pasted(trainer, [1, 2], 2)
    spec = trainer.project.network
    assert spec.sizes == (3, 5, 4, 5, 4, 2)
    assert [spec.sources(number) for number in (3, 4, 5)] == [(2,), (3,), (0, 1, 4)]
    np.testing.assert_array_equal(trainer.network.W[3], inner)
    assert trainer.project.parameters[2].mask is None
    trainer.run_iterations(5)


@pytest.mark.parametrize("numbers", [[1, 3], [3, 1], [2, 3], [1], [3], [0, 2]])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_any_layers_can_be_pasted_anywhere(numbers: list[int], after: int) -> None:
    for project in (plain(), shortcut()):
        trainer = pasted(trained(project), numbers, after)
        count = len(set(numbers) - {0})
        assert trainer.project.network.depth == 3 + count
        trainer.run_iterations(5)
        assert np.isfinite(trainer.network.theta).all()


def test_layers_go_to_another_project() -> None:
    text = copied(trained(plain()), [1, 2])
    other = make([[0.0], [1.0]], [[1.0], [0.0]], [layer(3), layer(1, "sigmoid")])
    edit = paste_layers(other, text, 1)
    assert edit.project.network.sizes == (1, 3, 4, 4, 1)
    assert edit.project.network.layer(2).name == "first"
    # The layer in front has as many neurons as the copied one had inputs.
    assert edit.project.parameters[1].W is not None
    edit = paste_layers(other, text, 0)
    assert edit.project.parameters[0].W is None
    Trainer(edit.project).run_iterations(4)


def test_nothing_to_copy() -> None:
    trainer = Trainer(plain())
    for numbers in ([], [0]):
        with pytest.raises(ProjectError, match="Select a layer"):
            copied(trainer, numbers)
    with pytest.raises(ProjectError, match="no layer 9"):
        copied(trainer, [9])


@pytest.mark.parametrize("units", [800, 2100])
def test_too_many_weights_to_copy(units: int) -> None:
    project = make(*PLAIN_DATA, [layer(units), layer(units), layer(2, "linear")])
    with pytest.raises(ProjectError, match="too many weights"):
        copied(Trainer(project), [2])


# --- Bad texts ------------------------------------------------------------------------------------


def changed(**fields: Any) -> str:
    value = json.loads(copied(Trainer(plain()), [1, 2]))
    layers = fields.pop("layer", {})
    value["layers"][1].update(layers)
    value.update(fields)
    return json.dumps({name: own for name, own in value.items() if own != "gone"})


BAD: dict[str, tuple[str, str]] = {
    "nothing": ("", "copy a layer"),
    "words": ("Dear Sir or Madam", "copy a layer"),
    "a number": ("12", "copy a layer"),
    "JSON of something else": ('{"kind": "picture"}', "copy a layer"),
    "a list": ('["backlit-layers"]', "copy a layer"),
    "cut off": (changed()[:-40], "not valid JSON"),
    "a lone surrogate": (changed()[:-1] + "\ud800}", "not valid JSON"),
    "deep": ('{"kind": "backlit-layers", "a": ' + "[" * 100, "nested"),
    "NaN": (changed().replace('"inputs": 3', '"inputs": NaN'), "NaN"),
    "twice": ('{"kind": "backlit-layers", "kind": "backlit-layers"}', "twice"),
    "far too long": ('{"kind": "backlit-layers"}' + " " * MAX_BYTES, "too large"),
    "a later version": (changed(version=2), "version"),
    "no version": (changed(version="gone"), "version"),
    "another field": (changed(colour="red"), "colour"),
    "no layers": (changed(layers=[], normalization=[]), "layers"),
    "no inputs": (changed(inputs=0), "inputs"),
    "10**9 units": (changed(layer={"units": 10**9}), "units"),
    "too much memory": (
        changed(
            inputs=100_000,
            layers=[{"units": 100_000, "activation": "tanh"}] * 90,
            normalization=[None] * 90,
        ),
        "memory",
    ),
    "unknown activation": (changed(layer={"activation": "foo"}), "foo"),
    "W does not fit": (changed(layer={"W": [[1, 2]]}), "W has the shape"),
    "W of words": (changed(layer={"W": "many"}), "W"),
    "links of 0.5": (changed(layer={"links": [[0.5] * 4] * 4}), "links"),
    "from a later layer": (changed(layer={"inputs_from": [2]}), "inputs_from"),
    "used by none": (changed(layer={"inputs_from": [0], "W": None, "frozen": None}), "layer 1"),
    "averages missing": (changed(normalization=[None]), "normalization"),
    "averages of words": (changed(normalization=["a", None]), "normalization"),
    "a variance below 0": (
        changed(
            normalization=[
                {name: [-1.0] * 4 for name in ("gamma", "beta", "moving_mean", "moving_variance")},
                None,
            ]
        ),
        "below 0",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_another_text_is_refused_with_one_sentence(name: str) -> None:
    text, word = BAD[name]
    project = plain()
    with pytest.raises(ProjectError) as refused:
        paste_layers(project, text, 1)
    sentence = str(refused.value)
    assert word in sentence and sentence.endswith(".") and "\n" not in sentence


def test_where_layers_cannot_be_pasted() -> None:
    text = copied(Trainer(plain()), [2])
    for after in (-1, 3, 99):
        with pytest.raises(ProjectError, match="behind"):
            paste_layers(plain(), text, after)
    project = plain()
    while project.network.depth < MAX_LAYERS:
        project = insert_layer(project, 1, 1).project
    with pytest.raises(ProjectError, match=f"at most {MAX_LAYERS}"):
        paste_layers(project, text, 1)
