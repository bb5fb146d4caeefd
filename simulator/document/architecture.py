"""A network's architecture alone, as JSON: layers, connections and removed links, no weights."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from simulator.document.durable import write_durably
from simulator.network import LayerParameters
from simulator.project import Project, ProjectError, load_project, project_from_value, strict_json
from simulator.project.errors import printable
from simulator.project.fields import Fields
from simulator.project.model import check_memory
from simulator.project.network_reader import read_network
from simulator.project.writer import project_value
from simulator.spec import NetworkSpec

FORMAT = "backlit-architecture"
VERSION = 1


@dataclass(frozen=True, eq=False)
class Architecture:
    """A network without weights; ``value`` is what stands in a project's "network"."""

    network: NetworkSpec
    value: dict[str, Any]


def architecture_of(project: Project) -> Architecture:
    """The architecture of a project's network."""
    # What was removed or frozen belongs to it; start weights and dropout's own masks do not.
    kept = tuple(
        LayerParameters(links=own.links, frozen_W=own.frozen_W, frozen_b=own.frozen_b)
        for own in project.parameters
    )
    value = project_value(replace(project, parameters=kept), data=False)
    return Architecture(project.network, value["network"])


def with_architecture(project: Project, architecture: Architecture) -> Project:
    """The project with this network, untrained.

    Raises
    ------
    ProjectError : one sentence, where the network does not fit the project's data or training.
    """
    value = {**project_value(project, data=False), "network": architecture.value}
    # Through JSON, which knows no tuples.
    return project_from_value(json.loads(json.dumps(value)), data=project.data)


def architecture_json(project: Project) -> bytes:
    """The architecture of a project's network as the text of a file."""
    value = {
        "format": FORMAT,
        "version": VERSION,
        "network": architecture_of(project).value,
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def save_architecture(path: str | os.PathLike[str], project: Project) -> str:
    """Write the architecture of a project's network; return a warning, or "".

    Raises
    ------
    ProjectError : "Not saved: ...".
    """
    return write_durably(Path(path), architecture_json(project))


def load_architecture(path: str | os.PathLike[str]) -> Architecture:
    """Read an architecture; of a project file or a built-in project that of its network.

    Raises
    ------
    ProjectError : one sentence that names the file.
    """
    place = Path(path)
    try:
        with place.open("rb") as stream:
            content = stream.read(strict_json.MAX_BYTES + 1)
    except OSError:
        # A built-in name, or load_project says what is wrong.
        return architecture_of(load_project(path))
    if content.startswith(b"PK"):
        return architecture_of(load_project(path))
    try:
        value = strict_json.parse(content)
        if not isinstance(value, dict) or "format" not in value:
            return architecture_of(project_from_value(value))
        return _read(Fields(value, ""))
    except ProjectError as problem:
        raise ProjectError(f"“{printable(place.name, 80)}”: {problem}") from None


def _read(fields: Fields) -> Architecture:
    fields.choice("format", (FORMAT,))
    fields.integer("version", 1, VERSION)
    value = fields.raw("network")
    network = read_network(Fields(value, "network"))
    fields.finish()
    check_memory(network, 1, 1)
    return Architecture(network, value)
