"""Keras files: ``.keras`` (a model) and ``.weights.h5`` (its weights), as Keras 3 writes them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.exchange.extras import load_h5py
from simulator.exchange.keras_layers import Config, KerasLayer, KerasLayers
from simulator.exchange.keras_training import KerasTraining, optimizer_variables
from simulator.exchange.model import Exported, Trained
from simulator.project import Project

KERAS_VERSION = "3.0.0"
"""The format is that of Keras 3 from its first version on."""


def keras_model(trained: Trained) -> Exported:
    """A ``.keras`` file: layers, weights, optimizer with its state, loss.

    Raises
    ------
    ProjectError : one sentence, if Keras has no such layer, or h5py is not installed.
    """
    h5py = load_h5py()
    project = trained.project
    built = KerasLayers(trained.network, project.training.precision)
    training = KerasTraining(trained)
    config = {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": _functional(project, built.layers),
        "registered_name": "Functional",
        "build_config": {"input_shape": None},
        "compile_config": training.config,
    }
    scheduled = isinstance(training.config["optimizer"]["config"]["learning_rate"], dict)
    variables = optimizer_variables(trained, built.layers, scheduled)
    parts = {
        "metadata.json": _json(
            {"keras_version": KERAS_VERSION, "date_saved": "1980-01-01@00:00:00"}
        ),
        "config.json": _json(config),
        "model.weights.h5": _weights(h5py, built.layers, project.name, variables),
    }
    notes = (*built.notes, *training.notes, *_notes(project))
    return Exported(_zipped(parts), notes)


def keras_weights(trained: Trained) -> Exported:
    """A ``.weights.h5`` file, for ``model.load_weights`` of the same layers.

    Raises
    ------
    ProjectError : as :func:`keras_model`.
    """
    h5py = load_h5py()
    project = trained.project
    built = KerasLayers(trained.network, project.training.precision)
    # What a model that was compiled and not yet trained expects beside its weights.
    scheduled = project.optimizer.schedule.name != "constant"
    fresh = optimizer_variables(trained, [], scheduled)[: 1 if scheduled else 2]
    content = _weights(h5py, built.layers, project.name, fresh)
    notes = (*built.notes, *_notes(project))
    return Exported(content, notes)


def containers(kinds: Sequence[str]) -> list[str]:
    """Where Keras keeps the weights of layers of these classes: dense, dense_1, dropout, ..."""
    counts: dict[str, int] = {}
    places = []
    for kind in kinds:
        name = _snake(kind)
        count = counts.get(name, 0)
        counts[name] = count + 1
        places.append(f"{name}_{count}" if count else name)
    return places


def _snake(kind: str) -> str:
    """Keras's own rule: BatchNormalization becomes batch_normalization."""
    name = re.sub(r"\W+", "", kind)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _notes(project: Project) -> list[str]:
    notes = []
    spec = project.network
    frozen = [
        spec.layer_name(number)
        for number, given in enumerate(project.parameters, start=1)
        if given.frozen_W is not None or given.frozen_b is not None
    ]
    removed = [
        spec.layer_name(number)
        for number, given in enumerate(project.parameters, start=1)
        if given.links is not None and not given.links.all()
    ]
    if removed:
        notes.append(
            f"Removed links are weights of 0, which training in Keras would change (of "
            f"{_listed(removed)})."
        )
    if frozen:
        notes.append(f"Single frozen parameters learn again in Keras (of {_listed(frozen)}).")
    if project.prepared.scaler is not None:
        notes.append(
            f"The inputs must be scaled as here ({project.training.scaling}); the file has the "
            f"network alone."
        )
    return notes


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _functional(project: Project, layers: Sequence[KerasLayer]) -> Config:
    precision = project.training.precision
    units = {layer.name: layer.units for layer in layers}
    return {
        "name": re.sub(r"[^A-Za-z0-9]+", "_", project.name).strip("_") or "model",
        "trainable": True,
        "layers": [_described(layer, units, precision) for layer in layers],
        "input_layers": [layers[0].name, 0, 0],
        "output_layers": [layers[-1].name, 0, 0],
    }


def _described(layer: KerasLayer, units: dict[str, int], precision: str) -> Config:
    received: list[Any] = [
        {
            "class_name": "__keras_tensor__",
            "config": {
                "shape": [None, units[name]],
                "dtype": precision,
                "keras_history": [name, 0, 0],
            },
        }
        for name in layer.inputs
    ]
    arguments = [received] if layer.kind == "Concatenate" else received
    described: Config = {
        "module": "keras.layers",
        "class_name": layer.kind,
        "config": layer.config,
        "registered_name": None,
        "name": layer.name,
        "inbound_nodes": [{"args": arguments, "kwargs": {}}] if layer.inputs else [],
    }
    if layer.kind in ("Dense", "BatchNormalization"):
        described["build_config"] = {"input_shape": [None, layer.received[0]]}
    elif layer.kind == "Concatenate":
        described["build_config"] = {"input_shape": [[None, width] for width in layer.received]}
    return described


def _weights(
    h5py: Any, layers: Sequence[KerasLayer], name: str, optimizer: Sequence[NDArray[Any]]
) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        places = containers([layer.kind for layer in layers])
        for layer, place in zip(layers, places, strict=True):
            group = file.create_group(f"layers/{place}/vars")
            group.attrs["name"] = layer.name
            _put(group, layer.weights)
        if optimizer:
            _put(file.create_group("optimizer/vars"), optimizer)
        file.create_group("vars").attrs["name"] = name
    return stream.getvalue()


def _put(group: Any, arrays: Sequence[NDArray[Any]]) -> None:
    for number, values in enumerate(arrays):
        group.create_dataset(str(number), data=np.asarray(values))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            # A fixed date: the same model gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return stream.getvalue()
