"""Reads a project from JSON and checks it; every mistake is one sentence naming the field.

The format is described in the README under "Project files".
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, cast

from simulator.activations import ACTIVATIONS, activation_parameters
from simulator.data import Dataset, Picture
from simulator.data.builtin import BUILTIN_DATA, builtin_data
from simulator.initializers import INITIALIZERS
from simulator.losses import LOSSES, loss_parameters
from simulator.network import Array, DropoutStyle, LayerParameters, LayerSpec, NetworkSpec
from simulator.optimizers import OPTIMIZERS, OptimizerSpec
from simulator.project import strict_json
from simulator.project.errors import ProjectError, printable
from simulator.project.fields import MAX_FLOAT, Fields
from simulator.project.model import (
    MAX_EPOCHS,
    MAX_LAYERS,
    MAX_SEED,
    MAX_UNITS,
    Project,
    TrainingSpec,
    check_memory,
)
from simulator.resource_files import resource_path

ABOVE_ZERO = math.nextafter(0.0, 1.0)
MAX_SAMPLES = 1_000_000
FORMAT_VERSION = 1


def load_project(source: str | os.PathLike[str]) -> Project:
    """Load a built-in project by name, or a project file by path.

    Raises
    ------
    ProjectError : one sentence that names the file, the field and what is allowed.
    """
    name = os.fspath(source)
    if name in builtin_projects():
        return read_file(resource_path("projects", f"{name}.json"))
    path = Path(name)
    if not os.path.exists(path):
        known = ", ".join(builtin_projects())
        raise ProjectError(
            f"“{printable(name, 80)}” is neither a file nor a built-in project ({known})."
        )
    return read_file(path)


def builtin_projects() -> tuple[str, ...]:
    """Names of the projects that ship with Backlit, the first one opened at first start."""
    found = sorted(path.stem for path in resource_path("projects").glob("*.json"))
    found.sort(key=lambda name: name != "digits-5x5")
    return tuple(found)


def read_file(path: Path) -> Project:
    """The project in a file.

    Raises
    ------
    ProjectError : one sentence that names the file.
    """
    file = printable(path.name, 80)
    try:
        with path.open("rb") as stream:
            # One byte more than allowed is enough to know, also of a file that never ends.
            content = stream.read(strict_json.MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ProjectError(f"“{file}” could not be read: {reason}.") from None
    try:
        return project_from_json(content, name=printable(path.stem, 199))
    except ProjectError as error:
        raise ProjectError(f"“{file}”: {error}") from None


def project_from_json(content: bytes, name: str = "untitled") -> Project:
    """The project a JSON text describes; ``name`` where the text gives none."""
    return project_from_value(strict_json.parse(content), name)


def project_from_value(value: Any, name: str = "untitled") -> Project:
    """The project that plain Python dicts, lists and numbers describe."""
    fields = Fields(value, "")
    fields.integer("version", 1, FORMAT_VERSION, default=FORMAT_VERSION)
    network_fields = fields.child("network")
    network = _network(network_fields)
    training = _training(fields.child("training", {}))
    data = _data(fields)
    _check_fit(network, data)
    check_memory(network, len(data), training.batch_size)
    parameters = _parameters(network_fields, network, len(data))
    loss, parameters_of_loss = _loss(fields)
    project = Project(
        network=network,
        loss=loss,
        data=data,
        optimizer=_optimizer(fields.child("optimizer", {"name": "sgd"})),
        training=training,
        parameters=parameters,
        name=fields.text("name", name),
        title=fields.text("title", ""),
        about=fields.text("about", ""),
        loss_parameters=parameters_of_loss,
    )
    fields.finish()
    return project


Parameters = tuple[tuple[str, float], ...]


def _loss(fields: Fields) -> tuple[str, Parameters]:
    """A name, or an object of a name and that loss's parameters, which are above 0."""

    def read(inner: Fields, parameter: str) -> float:
        return inner.number(parameter, "a number above 0", ABOVE_ZERO, math.inf)

    return _named(fields, "loss", LOSSES, loss_parameters, read)


def _activation(fields: Fields) -> tuple[str, Parameters]:
    """A name, or an object of a name and that activation's parameters."""

    def read(inner: Fields, parameter: str) -> float:
        return inner.number(parameter, "a finite number", -MAX_FLOAT, math.inf)

    return _named(fields, "activation", ACTIVATIONS, activation_parameters, read)


def _named(
    fields: Fields,
    field: str,
    choices: Collection[str],
    parameters_of: Callable[[str], Collection[str]],
    read: Callable[[Fields, str], float],
) -> tuple[str, Parameters]:
    if not isinstance(fields.raw(field), dict):
        return fields.choice(field, choices), ()
    inner = fields.child(field)
    name = inner.choice("name", choices)
    given = tuple((own, read(inner, own)) for own in parameters_of(name) if inner.has(own))
    inner.finish()
    return name, given


def _network(fields: Fields) -> NetworkSpec:
    inputs = fields.integer("inputs", 1, MAX_UNITS)
    items = fields.items("layers", 1, MAX_LAYERS)
    layers = tuple(_layer(Fields(item, f"layer {n}")) for n, item in enumerate(items, start=1))
    fields.finish()
    return NetworkSpec(inputs, layers)


def _layer(fields: Fields) -> LayerSpec:
    units = fields.integer("units", 1, MAX_UNITS)
    activation, parameters = _activation(fields)
    bias = fields.boolean("bias", True)
    rate = 0.0
    style = "inverted"
    dropout = fields.raw("dropout", 0.0)
    if isinstance(dropout, dict):
        inner = fields.child("dropout")
        rate = _rate(inner, "rate")
        style = inner.choice("style", ("inverted", "classic"), "inverted")
        inner.raw("mask", None)
        inner.finish()
    else:
        rate = _rate(fields, "dropout")
    for later in ("W", "b"):
        fields.raw(later, None)
    layer = LayerSpec(
        units=units,
        activation=activation,
        bias=bias,
        dropout_rate=rate,
        dropout_style=cast(DropoutStyle, style),
        initializer=fields.choice("initializer", INITIALIZERS, "glorot_uniform"),
        name=fields.text("name", ""),
        activation_parameters=parameters,
    )
    fields.finish()
    return layer


def _rate(fields: Fields, name: str) -> float:
    return fields.number(name, "a number from 0 to below 1", 0.0, 1.0, default=0.0)


def _parameters(fields: Fields, network: NetworkSpec, samples: int) -> tuple[LayerParameters, ...]:
    parameters = []
    for number, item in enumerate(fields.items("layers", 1, MAX_LAYERS), start=1):
        layer = network.layer(number)
        fan_in = network.sizes[number - 1]
        inner = Fields(item, f"layer {number}")
        W = b = mask = None
        if inner.raw("W", None) is not None:
            W = inner.array("W", (layer.units, fan_in), "units × inputs of the layer")
        if inner.raw("b", None) is not None:
            if not layer.bias:
                raise ProjectError(f"{inner.path('b')} is given, but bias is false.")
            b = inner.array("b", (layer.units,), "one for each unit")
        dropout = inner.raw("dropout", None)
        if isinstance(dropout, dict) and dropout.get("mask") is not None:
            mask = _mask(inner.child("dropout"), samples, layer)
        parameters.append(LayerParameters(W, b, mask))
    return tuple(parameters)


def _mask(fields: Fields, samples: int, layer: LayerSpec) -> Array:
    mask = fields.array("mask", (samples, layer.units), "samples × units")
    if not ((mask == 0.0) | (mask == 1.0)).all():
        raise ProjectError(f"{fields.path('mask')} must hold only 0 (dropped) and 1 (kept).")
    if layer.dropout_rate == 0.0:
        raise ProjectError(f"{fields.path('rate')} must be above 0 where a mask is given.")
    return mask


def _optimizer(fields: Fields) -> OptimizerSpec:
    name = fields.choice("name", OPTIMIZERS, "sgd")
    rate = fields.number("learning_rate", "a number above 0", ABOVE_ZERO, math.inf, default=0.01)
    given = tuple(
        (parameter, _optimizer_parameter(fields, parameter))
        for parameter in OPTIMIZERS[name].defaults
        if fields.has(parameter)
    )
    fields.finish()
    return OptimizerSpec(name, rate, given)


def _optimizer_parameter(fields: Fields, name: str) -> float:
    if name == "epsilon":
        return fields.number(name, "a number above 0", ABOVE_ZERO, math.inf)
    if name in ("weight_decay", "initial_accumulator_value"):
        return fields.number(name, "a number of at least 0", 0.0, math.inf)
    return fields.number(name, "a number from 0 to below 1", 0.0, 1.0)


def _training(fields: Fields) -> TrainingSpec:
    defaults = TrainingSpec()
    training = TrainingSpec(
        epochs=fields.integer("epochs", 1, MAX_EPOCHS, defaults.epochs),
        batch_size=fields.integer("batch_size", 1, MAX_SAMPLES, defaults.batch_size),
        shuffle=fields.boolean("shuffle", defaults.shuffle),
        seed=fields.integer("seed", 0, MAX_SEED, defaults.seed),
    )
    fields.finish()
    return training


def _data(fields: Fields) -> Dataset:
    if isinstance(fields.raw("data"), str):
        return builtin_data(fields.choice("data", BUILTIN_DATA))
    inner = fields.child("data")
    inputs = inner.array("inputs", (None, None), "a row for each sample")
    if not inner.has("targets"):
        raise ProjectError("data.targets is missing; give one row of targets for each input row.")
    targets = inner.array("targets", (len(inputs), None), "a row for each sample")
    data = Dataset(
        inputs=inputs,
        targets=targets,
        classes=inner.texts("classes", max(2, targets.shape[1])),
        input_names=inner.texts("input_names", inputs.shape[1]),
        picture=_picture(inner, inputs.shape[1]),
    )
    inner.finish()
    return data


def _picture(fields: Fields, inputs: int) -> Picture | None:
    if fields.raw("picture", None) is None:
        return None
    inner = fields.child("picture")
    rows = inner.integer("rows", 1, 1000)
    columns = inner.integer("columns", 1, 1000)
    order = inner.choice("order", ("column", "row"), "column")
    inner.finish()
    if rows * columns != inputs:
        raise ProjectError(
            f"{fields.path('picture')} is {rows} × {columns} = {rows * columns:,} pixels, but a "
            f"sample has {inputs:,} inputs; the two must be equal."
        )
    return Picture(rows, columns, "row" if order == "row" else "column")


def _check_fit(network: NetworkSpec, data: Dataset) -> None:
    if data.n_inputs != network.inputs:
        raise ProjectError(
            f"network.inputs is {network.inputs:,}, but a row of data.inputs has "
            f"{data.n_inputs:,} numbers; the two must be equal."
        )
    if data.n_outputs != network.outputs:
        raise ProjectError(
            f"layer {network.depth}: units is {network.outputs:,}, but a row of data.targets has "
            f"{data.n_outputs:,} numbers; the two must be equal."
        )
