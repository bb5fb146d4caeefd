"""Reads a project from JSON and checks it; every mistake is one sentence naming the field.

The format is described in the README under "Project files".
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from simulator.data import Dataset
from simulator.losses import LOSSES, loss_parameters
from simulator.project import strict_json
from simulator.project.archive import MAX_FILE, ArrayParts, open_archive
from simulator.project.data_reader import read_data
from simulator.project.errors import ProjectError, printable, printable_path
from simulator.project.fields import Fields
from simulator.project.model import Project, check_memory
from simulator.project.network_reader import (
    ABOVE_ZERO,
    read_named,
    read_network,
    read_parameters,
)
from simulator.project.training_reader import read_optimizer, read_training
from simulator.resource_files import resource_path
from simulator.spec import NetworkSpec, Parameters

FORMAT_VERSION = 1
SUFFIX = ".backlit"
"""Of documents: a project, its arrays and its training in one file."""
PROJECT_PART = "project.json"


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
            f"“{printable_path(name)}” is neither a file nor a built-in project ({known})."
        )
    return read_file(path)


@lru_cache(maxsize=1)
def catalog() -> Mapping[str, tuple[str, ...]]:
    """The projects that ship with Backlit by the title of their group, in the order of menus."""
    content = json.loads(resource_path("catalog.json").read_text("utf-8"))
    return MappingProxyType(
        {group["title"]: tuple(group["projects"]) for group in content["groups"]}
    )


def builtin_projects() -> tuple[str, ...]:
    """Names of the projects that ship with Backlit, the first one opened at first start."""
    return tuple(name for group in catalog().values() for name in group)


def builtin_title(name: str) -> str:
    """The title of a built-in project, without reading its data."""
    content = json.loads(resource_path("projects", f"{name}.json").read_text("utf-8"))
    return str(content["title"])


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
            packed = content.startswith(b"PK") or path.suffix.lower() == SUFFIX
            if packed:
                content += stream.read(MAX_FILE + 1 - len(content))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ProjectError(f"“{file}” could not be read: {reason}.") from None
    name = printable(path.stem, 199)
    try:
        if not packed:
            return project_from_json(content, name)
        return project_from_value(ArrayParts(open_archive(content)).json(PROJECT_PART), name)
    except ProjectError as error:
        raise ProjectError(f"“{file}”: {error}") from None


def project_from_json(content: bytes, name: str = "untitled") -> Project:
    """The project a JSON text describes; ``name`` where the text gives none."""
    return project_from_value(strict_json.parse(content), name)


def read_dataset(value: Any) -> Dataset:
    """The samples that a project's "data" describes.

    Raises
    ------
    ProjectError : one sentence.
    """
    return read_data(Fields({"data": value}, ""))


def project_from_value(value: Any, name: str = "untitled", data: Dataset | None = None) -> Project:
    """The project that plain Python dicts, lists and numbers describe; of ``data`` if given."""
    fields = Fields(value, "")
    fields.integer("version", 1, FORMAT_VERSION, default=FORMAT_VERSION)
    network_fields = fields.child("network")
    network = read_network(network_fields)
    training = read_training(fields.child("training", {}))
    if data is None:
        data = read_data(fields)
    _check_fit(network, data)
    check_memory(network, len(data), training.batch_size)
    parameters = read_parameters(network_fields, network, len(data))
    loss, parameters_of_loss = _loss(fields)
    project = Project(
        network=network,
        loss=loss,
        data=data,
        optimizer=read_optimizer(fields.child("optimizer", {"name": "sgd"})),
        training=training,
        parameters=parameters,
        name=fields.text("name", name),
        title=fields.text("title", ""),
        about=fields.text("about", ""),
        loss_parameters=parameters_of_loss,
    )
    fields.finish()
    return project


def _loss(fields: Fields) -> tuple[str, Parameters]:
    """A name, or an object of a name and that loss's parameters, which are above 0."""

    def read(inner: Fields, parameter: str) -> float:
        return inner.number(parameter, "a number above 0", ABOVE_ZERO, math.inf)

    return read_named(fields, "loss", LOSSES, loss_parameters, read)


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
