"""Models that Keras saved become projects with the same layers, weights and outputs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real_keras import keras, predicted, saved
from script_runs import assert_same
from small_projects import build, layer, normal_data

from simulator.document import document_of, load_document, resumed, save_document
from simulator.evaluation import Evaluator
from simulator.exchange import Imported, exported, import_model
from simulator.exchange.keras_reader import read_keras_model, read_keras_weights
from simulator.exchange.model import trained
from simulator.project import Project, ProjectError
from simulator.trainer import Trainer

layers = keras.layers
ALIKE = ["tanh", "relu", "sigmoid", "elu", "softplus", "linear"]


def on(inputs: int, outputs: int) -> Project:
    """A project whose data fit."""
    return build([layer(outputs, "linear")], normal_data(7, inputs, outputs))


def outputs_of(made: Imported) -> Any:
    """What the imported network gives for the data."""
    own = trained(made.document)
    return Evaluator(own.project, own.network).evaluate().outputs


def test_a_sequential_model(tmp_path: Path) -> None:
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(5, "relu", kernel_regularizer="l2", name="first"),
            layers.Dropout(0.25),
            layers.Dense(4, use_bias=False),
            layers.LeakyReLU(negative_slope=0.1),
            layers.Dense(2, layers.ELU(0.5)),
        ]
    )
    model.compile(keras.optimizers.Adam(0.003, beta_1=0.8, clipnorm=1.0), "mae")
    project = on(3, 2)
    made = read_keras_model(saved(model, tmp_path), project, "own")
    assert_same(outputs_of(made), predicted(model, project.data.inputs))
    found = made.document.project
    assert found.network.sizes == (3, 5, 4, 2)
    first, second, third = found.network.layers
    assert (first.name, first.activation, first.dropout_rate) == ("first", "relu", 0.25)
    assert (first.regularizer.name, first.regularizer.strength) == ("l2", 0.01)
    assert second.activation_parameters == (("negative_slope", 0.1),) and not second.bias
    assert third.activation_parameters == (("alpha", 0.5),)
    assert (found.loss, found.optimizer.name, found.optimizer.learning_rate) == (
        *("mae", "adam"),
        0.003,
    )
    assert dict(found.optimizer.parameters) == {"beta_1": 0.8}
    assert found.optimizer.clipping.clipnorm == 1.0
    assert found.training.precision == "float32" and made.notes == ()


def test_a_functional_model_with_skips_joined_in_any_order(tmp_path: Path) -> None:
    inputs = keras.Input((4,))
    noisy = layers.Dropout(0.1)(layers.GaussianNoise(0.2)(inputs))
    first = layers.Dense(3, "tanh")(noisy)
    dense = layers.Dense(5, kernel_constraint=keras.constraints.MaxNorm(2.5, axis=0))(first)
    second = layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(dense))
    joined = layers.Concatenate()([second, noisy, first])
    model = keras.Model(inputs, layers.Dense(2, "softmax")(joined))
    rng = np.random.default_rng(0)
    model.set_weights([rng.random(own.shape) for own in model.get_weights()])
    project = on(4, 2)
    made = read_keras_model(saved(model, tmp_path), project, "own")
    assert_same(outputs_of(made), predicted(model, project.data.inputs))
    spec = made.document.project.network
    assert spec.layers[2].sources == (0, 1, 2)
    assert (spec.input_noise, spec.input_dropout_rate) == (0.2, 0.1)
    assert spec.layers[1].max_norm == 2.5 and spec.layers[1].batch_normalization is not None
    assert "without an optimizer" in made.notes[0]
    # What batch normalization has learned is kept in a document, too.
    path = tmp_path / "own.backlit"
    save_document(path, made.document)
    again = resumed(load_document(path))
    assert_same(Evaluator(again.project, again.network).evaluate().outputs, outputs_of(made), 0)


def test_pictures_are_flattened_and_losses_are_recognized(tmp_path: Path) -> None:
    model = keras.Sequential(
        [keras.Input((2, 3)), layers.Flatten(), layers.Dense(2, "sigmoid")], name="pictures"
    )
    model.compile("sgd", keras.losses.BinaryCrossentropy())
    project = on(6, 2)
    made = read_keras_model(saved(model, tmp_path), project, "own")
    pictures = project.data.inputs.reshape(-1, 2, 3)
    assert_same(outputs_of(made), predicted(model, pictures))
    assert made.document.project.loss == "binary_crossentropy"
    assert made.document.project.optimizer.name == "sgd"


def test_what_is_not_known_of_training_is_said(tmp_path: Path) -> None:
    model = keras.Sequential(
        [keras.Input((2,)), layers.Dense(1, kernel_initializer="orthogonal", name="x")]
    )
    model.compile(keras.optimizers.Lion(), "poisson")
    made = read_keras_model(saved(model, tmp_path), on(2, 1), "own")
    notes = " ".join(made.notes)
    assert "Lion" in notes and "poisson" in notes and "Orthogonal" in notes.title()
    assert made.document.project.loss == "mse"


def unknown_models() -> dict[str, Any]:
    """Models that have no place here, by what their refusal says."""
    inputs = keras.Input((2,))
    dense = layers.Dense(2)(inputs)
    shared = layers.Dense(2, name="shared")
    return {
        "“looked_up” \\(Rescaling\\) is of a class": layers.Dense(1)(
            layers.Rescaling(2.0, name="looked_up")(inputs)
        ),
        "“run” \\(Lambda\\) holds a program": layers.Lambda(lambda x: x, name="run")(inputs),
        "used 2 times": layers.Dense(1)(shared(shared(inputs))),
        "“mish”, which is not known": layers.Dense(1, "mish")(inputs),
        "the order here is Dense": layers.Dense(1)(
            layers.BatchNormalization()(layers.Activation("relu")(dense))
        ),
        "changes the output of a layer that others receive": layers.Dense(1)(
            layers.Concatenate()([dense, layers.Dropout(0.5)(dense)])
        ),
        "is of a class that is not known": layers.Dense(1)(layers.Add()([inputs, dense])),
        "without scale": layers.Dense(1)(layers.BatchNormalization(scale=False)(dense)),
        "other regularizer|another regularizer": layers.Dense(
            1, kernel_regularizer="l1", bias_regularizer="l2"
        )(inputs),
        "only axis 0": layers.Dense(1, kernel_constraint=keras.constraints.MaxNorm(1, axis=1))(
            inputs
        ),
    } | {"": inputs}


@pytest.mark.parametrize("sentence", [own for own in unknown_models() if own])
def test_unknown_layers_are_refused_by_name(sentence: str, tmp_path: Path) -> None:
    models = unknown_models()
    output = models[sentence]
    source = output
    while source._keras_history.operation._inbound_nodes[0].input_tensors:
        source = source._keras_history.operation._inbound_nodes[0].input_tensors[0]
    content = saved(keras.Model(source, output), tmp_path)
    with pytest.raises(ProjectError, match=sentence):
        read_keras_model(content, on(2, 1), "own")


def test_a_model_that_does_not_fit_the_data_says_what_would(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    with pytest.raises(
        ProjectError, match="3 inputs and 2 outputs, the open project’s data have 2"
    ):
        read_keras_model(saved(model, tmp_path), on(2, 1), "own")


def test_weights_that_keras_saved_go_into_the_open_network(tmp_path: Path) -> None:
    project = build([layer(3), layer(2, "linear", batch_normalization=True)], normal_data(6, 4, 2))
    inputs = keras.Input((4,))
    second = layers.Dense(2)(layers.Dense(3, "tanh")(inputs))
    model = keras.Model(inputs, layers.BatchNormalization()(second))
    path = tmp_path / "own.weights.h5"
    model.save_weights(path)
    made = import_model(path, project)
    assert_same(outputs_of(made), predicted(model, project.data.inputs))
    fields = {"batch_normalization": True}
    other = build([layer(4), layer(2, "linear", **fields)], normal_data(6, 4, 2))
    with pytest.raises(ProjectError, match=r"own.weights.h5”: .*4 × 3, expected 4 × 4"):
        import_model(path, other)
    deeper = build([layer(3), layer(2, "linear")], normal_data(6, 4, 2))
    with pytest.raises(ProjectError, match="weights of a layer that the network does not have"):
        import_model(path, deeper)


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Any network that Keras has layers for, with any weights."""
    depth = draw(st.integers(1, 4))
    made = []
    for number in range(1, depth + 1):
        own = layer(
            draw(st.integers(1, 4)) if number < depth else 2,
            draw(st.sampled_from([*ALIKE, {"name": "leaky_relu", "negative_slope": 0.25}])),
            bias=draw(st.booleans()),
            dropout=draw(st.sampled_from([0.0, 0.3])),
            noise=draw(st.sampled_from([0.0, 0.1])),
            batch_normalization=draw(st.booleans()),
            trainable=draw(st.booleans()),
            max_norm=draw(st.sampled_from([0.0, 2.0])),
            regularizer={"name": draw(st.sampled_from(["none", "l1", "l2"])), "lambda": 0.125},
        )
        before = draw(st.sets(st.integers(0, number - 1)))
        own["inputs_from"] = sorted(before | {number - 1})
        made.append(own)
    return build(
        made,
        normal_data(4, 3, 2),
        draw(st.sampled_from(["mse", "mae", "squared_error", "huber"])),
        optimizer={
            "name": draw(st.sampled_from(["sgd", "nesterov", "adam"])),
            "learning_rate": 0.1,
        },
        network={"input_noise": draw(st.sampled_from([0.0, 0.5]))},
        precision=draw(st.sampled_from(["float64", "float32"])),
        seed=draw(st.integers(0, 99)),
    )


@given(project=projects())
@settings(max_examples=30)
def test_out_and_in_again_is_the_same_to_the_bit(project: Project) -> None:
    trainer = Trainer(project)
    trainer.run_iterations(2)
    document = document_of(trainer)
    made = read_keras_model(exported("keras", document).content, project, project.name)
    again = trained(made.document)
    assert again.network.theta.tobytes() == trainer.network.theta.tobytes()
    assert again.network.moving.tobytes() == trainer.network.moving.tobytes()
    unnamed = replace(
        again.project.network,
        layers=tuple(
            replace(
                own, regularizer=was.regularizer if not was.regularizer.active else own.regularizer
            )
            for own, was in zip(again.project.network.layers, project.network.layers, strict=True)
        ),
    )
    assert unnamed == project.network
    assert again.project.optimizer == project.optimizer
    assert again.project.loss in (project.loss, "mse")
    weights = read_keras_weights(exported("keras-weights", document).content, project)
    assert trained(weights.document).network.theta.tobytes() == trainer.network.theta.tobytes()
