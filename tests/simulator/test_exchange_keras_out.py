"""Keras files: Keras itself reads them, and predicts and trains on as Backlit does."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from real_keras import keras, loaded, predicted
from script_runs import assert_same, writable
from small_projects import build, everything, layer, normal_data

from simulator.activations import ACTIVATIONS
from simulator.clipping import ClippingSpec
from simulator.document import document_of
from simulator.evaluation import Evaluator
from simulator.exchange import exported
from simulator.network import LayerParameters
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project, ProjectError, load_project
from simulator.trainer import Trainer

EVERY_LAYER = [
    layer(6, "tanh", dropout=0.2, noise=0.1, regularizer={"name": "l1", "lambda": 0.001}),
    layer(5, "relu", inputs_from=[0, 1], batch_normalization=True, max_norm=2.0),
    layer(4, {"name": "leaky_relu", "negative_slope": 0.3}, bias=False, trainable=False),
    layer(4, {"name": "elu", "alpha": 0.7}, regularizer="elastic_net", batch_normalization=True),
    layer(3, "softmax", inputs_from=[1, 4], regularizer={"name": "l2", "biases": True}),
]


def every_layer(optimizer: str = "adam", **training: Any) -> Project:
    """All that Keras has layers for."""
    inputs, _ = normal_data(20, 4, 1, seed=3)
    targets = np.eye(3)[np.arange(20) % 3]
    return build(
        EVERY_LAYER,
        (inputs, targets),
        "categorical_crossentropy",
        optimizer={"name": optimizer, "learning_rate": 0.01},
        network={"input_dropout": 0.1, "input_noise": 0.05},
        epochs=3,
        batch_size=6,
        **training,
    )


def trainer_of(project: Project, epochs: int = 3) -> Trainer:
    """A trainer some epochs on."""
    trainer = Trainer(project)
    trainer.run_epochs(epochs)
    return trainer


def outputs_of(trainer: Trainer) -> Any:
    """The test-time outputs for the training part."""
    return Evaluator(trainer.project, trainer.network).evaluate().outputs


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_keras_predicts_the_same(precision: str, tmp_path: Path) -> None:
    trainer = trainer_of(every_layer(precision=precision))
    model = loaded(exported("keras", document_of(trainer)).content, tmp_path)
    inputs = trainer.project.prepared.training.inputs.astype(precision)
    assert_same(predicted(model, inputs), outputs_of(trainer))
    assert {str(own.dtype) for own in model.weights} == {precision}


@pytest.mark.parametrize(
    "activation",
    [own for own, kind in ACTIVATIONS.items() if kind.differentiable],
)
def test_every_activation_is_keras_s(activation: str, tmp_path: Path) -> None:
    data = normal_data(30, 3, 2)
    trainer = trainer_of(build([layer(4, activation), layer(2, "linear")], data), 1)
    model = loaded(exported("keras", document_of(trainer)).content, tmp_path)
    assert_same(predicted(model, data[0]), outputs_of(trainer))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_keras_trains_on_where_backlit_stopped(optimizer: str, tmp_path: Path) -> None:
    data = normal_data(12, 3, 2, seed=5)
    layers = [layer(5, "tanh"), layer(2, "linear")]
    own = {"name": optimizer, "learning_rate": 0.01}
    trainer = trainer_of(build(layers, data, optimizer=own, batch_size=12, epochs=9), 5)
    model = loaded(exported("keras", document_of(trainer)).content, tmp_path)
    for _ in range(3):
        model.train_on_batch(*data)
        trainer.run_iterations(1)
        assert_same(predicted(model, data[0]), outputs_of(trainer))


@pytest.mark.parametrize("loss", ["squared_error", "half_squared_error", "mse", "huber", "mae"])
def test_losses_are_what_keras_computes(loss: str, tmp_path: Path) -> None:
    data = normal_data(12, 3, 4, seed=6)
    trainer = trainer_of(build([layer(4, "linear")], data, loss, batch_size=12, epochs=9), 2)
    model = loaded(exported("keras", document_of(trainer)).content, tmp_path)
    model.reset_metrics()
    found = float(np.ravel(model.train_on_batch(*data))[0])
    trainer.run_epochs(1)
    assert found == pytest.approx(trainer.history.view().loss[-1], abs=1e-6)
    assert_same(predicted(model, data[0]), outputs_of(trainer))


def test_weights_alone_go_into_the_same_layers(tmp_path: Path) -> None:
    trainer = trainer_of(every_layer())
    document = document_of(trainer)
    whole = loaded(exported("keras", document).content, tmp_path)
    path = tmp_path / "own.weights.h5"
    path.write_bytes(exported("keras-weights", document).content)
    fresh = keras.Model.from_config(whole.get_config())
    fresh.load_weights(path)
    for found, wanted in zip(fresh.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_same_project_same_bytes() -> None:
    document = document_of(trainer_of(load_project("xor")))
    assert exported("keras", document).content == exported("keras", document).content


def test_settings_of_layers_arrive(tmp_path: Path) -> None:
    model = loaded(exported("keras", document_of(trainer_of(every_layer()))).content, tmp_path)
    dense = [own for own in model.layers if isinstance(own, keras.layers.Dense)]
    assert [own.units for own in dense] == [6, 5, 4, 4, 3]
    assert float(dense[0].kernel_regularizer.l1) == 0.001
    assert dense[1].kernel_constraint.max_value == 2.0
    assert not dense[2].trainable and not dense[2].use_bias
    assert dense[4].bias_regularizer is not None
    assert [own.rate for own in model.layers if isinstance(own, keras.layers.Dropout)] == [0.1, 0.2]


def test_what_keras_lacks_is_refused_by_the_layer_s_name() -> None:
    for project, sentence in (
        (writable(everything(), 1), "“hidden 3”.*classic|classic.*“hidden 3”"),
        (load_project("perceptron-and"), "no activation step.*“output”"),
        (build([layer(2, ["tanh", "relu"]), layer(1)]), "“hidden 1” have several"),
    ):
        for name in ("keras", "keras-weights"):
            with pytest.raises(ProjectError, match=sentence):
                exported(name, document_of(Trainer(project)))


def test_what_is_not_in_the_file_is_said() -> None:
    project = load_project("xor")
    optimizer = replace(project.optimizer, clipping=ClippingSpec(clipnorm=1.0, clipvalue=0.5))
    links = np.ones((4, 2))
    links[0, 1] = 0.0
    project = replace(project, optimizer=optimizer, parameters=(LayerParameters(links=links),))
    notes = " ".join(exported("keras", document_of(Trainer(project))).notes)
    assert "clipnorm is kept, clipvalue left out" in notes
    assert "Removed links are weights of 0" in notes and "“hidden 1”" in notes


def test_the_file_is_a_plain_zip_of_three_parts() -> None:
    content = exported("keras", document_of(Trainer(load_project("xor")))).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
