"""Models and weights that Keras saved, read into a project.

Nothing in a file is executed, imported or unpickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.data import Dataset
from simulator.document import Document, document_of
from simulator.exchange.extras import load_h5py
from simulator.exchange.hdf5 import Contents, read_hdf5
from simulator.exchange.keras_compile import UnknownSettingError, read_loss, read_optimizer
from simulator.exchange.keras_graph import Graph, Node, read_graph
from simulator.exchange.keras_layers import KerasLayers
from simulator.exchange.keras_network import KerasNetwork, network_of
from simulator.exchange.model import Imported
from simulator.exchange.packed import unzipped
from simulator.network import LayerParameters, Network
from simulator.optimizers import OptimizerSpec
from simulator.project import Project, ProjectError, project_from_value, strict_json
from simulator.project.errors import printable
from simulator.project.fields import Fields
from simulator.project.model import check_memory
from simulator.project.writer import project_value
from simulator.spec import NetworkSpec, Parameters
from simulator.trainer import Trainer

_PARTS = ("metadata.json", "config.json", "model.weights.h5")


def read_keras_model(content: bytes, project: Project, title: str) -> Imported:
    """The model of a ``.keras`` file, on the data and with the split, batches ... of ``project``.

    Raises
    ------
    ProjectError : one sentence: what is wrong with the file, which layer is not known, or that
        the model does not fit the data.
    """
    load_h5py()
    parts = unzipped(content, _PARTS)
    _check_version(strict_json.parse(parts["metadata.json"]))
    config = strict_json.parse(parts["config.json"])
    found = network_of(read_graph(config))
    _check_shape(found.spec, project.data)
    weights = read_hdf5(parts["model.weights.h5"])
    notes = list(found.notes)
    compiled = config.get("compile_config")
    optimizer, loss, loss_parameters = _trained_with(compiled, found.spec, project, notes)
    training = replace(project.training, precision=_precision(weights), rule="backpropagation")
    check_memory(found.spec, len(project.data), training.batch_size)
    made = replace(
        project,
        network=found.spec,
        loss=loss,
        loss_parameters=loss_parameters,
        optimizer=optimizer,
        training=training,
        parameters=(),
        name=title,
        title=title,
        about="",
    )
    network = Network(found.spec, (), training.precision)
    found.fill(network, weights)
    return Imported(_document(made, network), tuple(notes))


def read_keras_weights(content: bytes, project: Project) -> Imported:
    """The weights of a ``.weights.h5`` file, for the network of ``project``.

    Raises
    ------
    ProjectError : one sentence, also where the weights are of another network.
    """
    load_h5py()
    network = Network(project.network, project.parameters, project.training.precision)
    network.initialize(project.training.seed, project.parameters)
    # The layers that Keras would build this network from say where its weights stand.
    layers = KerasLayers(network, project.training.precision).layers
    nodes = tuple(
        Node(layer.kind, layer.name, Fields(layer.config, layer.name), layer.inputs)
        for layer in layers
    )
    found = network_of(Graph(nodes, nodes, project.network.inputs, nodes[-1].name))
    weights = read_hdf5(content)
    _check_layers(found, weights)
    found.fill(network, weights)
    removed = network.theta.copy()
    network.remove_links()
    notes = []
    if not np.array_equal(removed, network.theta):
        notes.append("Weights of removed links are left out.")
    return Imported(_document(project, network), tuple(notes))


def _check_version(value: Any) -> None:
    version = Fields(value, "metadata.json").text("keras_version")
    major = version.split(".", 1)[0]
    if not major.isdigit():
        raise ProjectError(f"it has an unknown version (“{printable(version)}”).")
    if int(major) < 3:
        raise ProjectError(
            f"it was saved by Keras {printable(version)}; open it in Keras 3 and save it again."
        )
    if int(major) > 3:
        raise ProjectError(
            f"it was saved by Keras {printable(version)}; this Backlit reads files of Keras 3."
        )


def _check_shape(spec: NetworkSpec, data: Dataset) -> None:
    if (spec.inputs, spec.outputs) != (data.n_inputs, data.n_outputs):
        raise ProjectError(
            f"the model has {_counted(spec.inputs, 'input')} and "
            f"{_counted(spec.outputs, 'output')}, the open project’s data have {data.n_inputs:,} "
            f"and {data.n_outputs:,}; open or import data that fit first."
        )


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def _check_layers(found: KerasNetwork, weights: Contents) -> None:
    """Refuse weights of layers that the network does not have."""
    wanted = found.expected()
    for path in weights.arrays:
        if path.startswith("layers/") and path not in wanted:
            raise ProjectError(
                f"it has weights of a layer that the network does not have (“{printable(path)}”)."
            )


def _precision(weights: Contents) -> str:
    kinds = {own.dtype.str for path, own in weights.arrays.items() if path.startswith("layers/")}
    return "float64" if "<f8" in kinds else "float32"


def _trained_with(
    compiled: Any, spec: NetworkSpec, project: Project, notes: list[str]
) -> tuple[OptimizerSpec, str, Parameters]:
    """Optimizer and loss from the file where they are known, else those of the project."""
    if not isinstance(compiled, Mapping) or not compiled:
        loss, parameters = _fitting_loss(spec, project)
        notes.append(
            f"The model was saved without an optimizer and a loss; {project.optimizer.name} and "
            f"{loss} are used."
        )
        return project.optimizer, loss, parameters
    try:
        optimizer = read_optimizer(compiled)
    except UnknownSettingError as problem:
        optimizer = project.optimizer
        notes.append(f"{problem}; {optimizer.name} stays.")
    try:
        loss, parameters = read_loss(compiled, spec.outputs)
    except UnknownSettingError as problem:
        loss, parameters = _fitting_loss(spec, project)
        notes.append(f"{problem}; {loss} is used.")
    return optimizer, loss, parameters


def _fitting_loss(spec: NetworkSpec, project: Project) -> tuple[str, Parameters]:
    """The project's loss, unless the outputs ask for another."""
    last = spec.layers[-1].activation
    usual = {"softmax": "categorical_crossentropy", "sigmoid": "binary_crossentropy"}
    if last == project.network.layers[-1].activation:
        return project.loss, project.loss_parameters
    return usual.get(last, "mse"), ()


def _document(project: Project, network: Network) -> Document:
    """A project that starts with these parameters; as a document where more is needed."""
    given = []
    for index in range(project.network.depth):
        own = project.parameters[index] if index < len(project.parameters) else LayerParameters()
        bias = network.b[index]
        W = network.W[index].astype(np.float64)
        b = None if bias is None else bias.astype(np.float64)
        given.append(replace(own, W=W, b=b))
    made = _checked(replace(project, parameters=tuple(given)))
    if not network.moving.size:
        return Document(made)
    # Start values have no place for what batch normalization has learned: training begins there.
    trainer = Trainer(made)
    trainer.restore((network.theta, network.moving))
    return document_of(trainer)


def _checked(project: Project) -> Project:
    """The project, once it has passed every check of a project file."""
    value = project_value(project, lambda name, values: values)
    del value["data"]
    return project_from_value(value, project.name, project.data)
