"""A project as the plain values that :mod:`simulator.project.reader` reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.callbacks import CallbackSpec
from simulator.data import Dataset
from simulator.data.dataset import PARTS
from simulator.network import LayerParameters
from simulator.optimizers import OptimizerSpec
from simulator.project.errors import ProjectError
from simulator.project.model import Project, TrainingSpec
from simulator.project.reader import FORMAT_VERSION
from simulator.project.strict_json import MAX_BYTES
from simulator.spec import LayerSpec, NetworkSpec, Parameters

Numbers = Callable[[str, NDArray[Any]], Any]
"""What stands for an array of this name."""


def _lists(name: str, values: NDArray[Any]) -> Any:
    return values.tolist()


def project_json(project: Project) -> bytes:
    """The project as the text of a project file: its network, training and data, no weights.

    Raises
    ------
    ProjectError : if it would be larger than what can be read again.
    """
    # A number takes two bytes at least: what is far too large is not written out to be counted.
    content = b""
    data = project.data
    if 2 * data.inputs.size <= MAX_BYTES or data.builtin or data.generated:
        content = json.dumps(project_value(project), ensure_ascii=False, indent=1).encode()
    if not 0 < len(content) <= MAX_BYTES:
        raise ProjectError(
            f"The project has too many samples for a JSON file (at most {MAX_BYTES:,} bytes); save "
            f"it as a .backlit file."
        )
    return content


def project_value(project: Project, numbers: Numbers = _lists, data: bool = True) -> dict[str, Any]:
    """Everything a project is, as dicts, lists and numbers; ``numbers`` gives its arrays.

    Its samples only where ``data`` is wanted.
    """
    value: dict[str, Any] = {
        "version": FORMAT_VERSION,
        "name": _text(project.name),
        "title": _text(project.title),
        "about": _text(project.about),
        "network": _network(project, numbers),
        "loss": _named(project.loss, project.loss_parameters),
        "optimizer": _optimizer(project.optimizer),
        "training": _training(project.training),
    }
    if data:
        value["data"] = data_value(project.data, numbers)
    return value


def _text(text: str) -> str:
    """A text as the reader takes it: without control characters, not too long."""
    clean = ("?" if ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 else c for c in text[:200])
    return "".join(clean)


def _named(name: str, parameters: Parameters) -> Any:
    return {"name": name, **dict(parameters)} if parameters else name


def _network(project: Project, numbers: Numbers) -> dict[str, Any]:
    spec, given = project.network, project.parameters
    layers = []
    for number, layer in enumerate(spec.layers, start=1):
        own = given[number - 1] if number <= len(given) else LayerParameters()
        layers.append(layer_value(layer, own, number, numbers))
    return {
        "inputs": spec.inputs,
        "input_dropout": _input_dropout(spec),
        "input_noise": spec.input_noise,
        "layers": layers,
    }


def _input_dropout(spec: NetworkSpec) -> dict[str, Any]:
    return {"rate": spec.input_dropout_rate, "style": spec.input_dropout_style}


def layer_value(
    layer: LayerSpec, given: LayerParameters, number: int, numbers: Numbers = _lists
) -> dict[str, Any]:
    """Layer ``number`` and what is given for its parameters, as the reader of networks takes it."""
    penalty, normalization = layer.regularizer, layer.batch_normalization
    value: dict[str, Any] = {
        "units": layer.units,
        "activation": [_named(*own) for own in layer.neuron_activations]
        or _named(layer.activation, layer.activation_parameters),
        "bias": layer.bias,
        "dropout": {"rate": layer.dropout_rate, "style": layer.dropout_style},
        "noise": layer.noise,
        "initializer": _named(layer.initializer, layer.initializer_parameters),
        "regularizer": {
            "name": penalty.name,
            "lambda": penalty.strength,
            "beta": penalty.beta,
            "biases": penalty.biases,
        },
        "max_norm": layer.max_norm,
        "batch_normalization": asdict(normalization) if normalization else False,
        "trainable": layer.trainable,
        "name": _text(layer.name),
    }
    if layer.sources:
        value["inputs_from"] = list(layer.sources)
    # What a layer without dropout or without biases has no use for cannot be read.
    if given.mask is not None and layer.dropout_rate:
        value["dropout"]["mask"] = numbers(f"mask{number}", given.mask)
    frozen: dict[str, Any] = {}
    for into, name, values, used in (
        (value, "W", given.W, True),
        (value, "b", given.b, layer.bias),
        (value, "links", given.links, True),
        (frozen, "W", given.frozen_W, True),
        (frozen, "b", given.frozen_b, layer.bias),
    ):
        if values is not None and used:
            part = f"frozen_{name}" if into is frozen else f"start_{name}"
            into[name] = numbers(f"{part.lower()}{number}", values)
    if frozen:
        value["frozen"] = frozen
    return value


def _optimizer(spec: OptimizerSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "learning_rate": spec.learning_rate,
        **dict(spec.parameters),
        "schedule": _named(spec.schedule.name, spec.schedule.parameters),
        **asdict(spec.clipping),
    }


def _training(spec: TrainingSpec) -> dict[str, Any]:
    plain = ("epochs", "batch_size", "shuffle", "seed", "rule", "precision", "split_seed")
    return {
        **{name: getattr(spec, name) for name in (*plain, "scaling", "validation_freq")},
        "validation_split": spec.split.validation,
        "test_split": spec.split.test,
        "stratify": spec.split.stratify,
        "augmentation": asdict(spec.augmentation),
        "stop": {name: own for name, own in asdict(spec.stop).items() if own is not None},
        "callbacks": [_callback(own) for own in spec.callbacks],
    }


def _callback(spec: CallbackSpec) -> dict[str, Any]:
    return {"name": spec.name, **asdict(spec)}


def part_names(data: Dataset) -> list[str]:
    """The name of each sample's part as the data say it, empty if they do not."""
    return [] if data.parts is None else [PARTS[number] for number in data.parts.tolist()]


def data_value(data: Dataset, numbers: Numbers) -> Any:
    """By name, or the samples.

    Generated data are written out too where arrays have a place: another machine may round them
    otherwise.
    """
    if data.builtin and data.parts is None:
        return data.builtin
    origin: dict[str, Any] = {}
    if data.generated is not None:
        own = asdict(data.generated)
        origin = {"generator": own.pop("name"), **own}
        if numbers is _lists and data.parts is None:
            return origin
    value: dict[str, Any] = {
        "inputs": numbers("inputs", data.inputs),
        "targets": numbers("targets", data.targets),
    }
    if data.classes:
        count = max(2, data.n_outputs)
        value["classes"] = [_text(data.class_name(number)) for number in range(count)]
    if data.input_names:
        value["input_names"] = [_text(name) for name in data.input_names]
    if data.picture is not None:
        value["picture"] = asdict(data.picture)
    if data.parts is not None:
        value["parts"] = (
            part_names(data)
            if numbers is _lists
            else numbers("parts", data.parts.astype(np.float64))
        )
    if origin:
        value["generated"] = origin
    return value
