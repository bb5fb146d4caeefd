"""What a project's callbacks remember, as JSON and arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.arrays import Array
from simulator.document.values import float_value, read_array, read_float
from simulator.project import Project, ProjectError
from simulator.project.archive import PartWriter
from simulator.project.fields import Fields
from simulator.state import Memory

MEMORIES: Mapping[str, Mapping[str, type]] = {
    "early_stopping": {"best": float, "best_epoch": int, "wait": int, "_best_parameters": tuple},
    "reduce_lr_on_plateau": {"best": float, "wait": int, "cooldown": int},
    "learning_rate_scheduler": {},
    "model_checkpoint": {"best": float},
    "csv_logger": {"_begun": bool},
}
"""By callback: what it remembers besides what its spec says, and of what type."""


def memories_value(
    memories: tuple[Memory, ...], project: Project, parts: PartWriter, prefix: str = ""
) -> list[dict[str, Any]]:
    """Each callback by its place in the project; a user's own are code and cannot be kept.

    The names of arrays begin with ``prefix``.
    """
    specs: list[Any] = list(project.training.callbacks)
    value = []
    for spec, memory in memories:
        if spec is None or spec not in specs:
            continue
        place = specs.index(spec)
        specs[place] = None
        own: dict[str, Any] = {"callback": place + 1}
        for name, kind in MEMORIES[spec.name].items():
            found = memory[name]
            if kind is float:
                own[name.strip("_")] = float_value(found)
            elif kind is tuple and found is not None:
                own[name.strip("_")] = [
                    parts.array(f"{prefix}callback_{place + 1}_{part}", array)
                    for part, array in zip(("theta", "moving"), found, strict=True)
                ]
            else:
                own[name.strip("_")] = found
        value.append(own)
    return value


def read_memories(
    fields: Fields, project: Project, parameters: int, moving: int
) -> tuple[Memory, ...]:
    """What :func:`memories_value` gave.

    Raises
    ------
    ProjectError : one sentence.
    """
    specs, taken, memories = project.training.callbacks, set(), []
    for item in fields.items("callbacks", 0, len(specs)):
        inner = Fields(item, "training.json: callback")
        place = inner.integer("callback", 1, len(specs))
        if place in taken:
            raise ProjectError(f"training.json names callback {place} twice.")
        taken.add(place)
        spec = specs[place - 1]
        memory = dict(spec.make().state())
        for name, kind in MEMORIES[spec.name].items():
            field = name.strip("_")
            if kind is float:
                memory[name] = read_float(inner.raw(field), inner.path(field))
            elif kind is int:
                memory[name] = inner.integer(field, 0, 2**62)
            elif kind is bool:
                memory[name] = inner.boolean(field)
            else:
                sizes = (parameters, moving)
                memory[name] = _best(inner, field, sizes, project.training.precision)
        inner.finish()
        memories.append((spec, memory))
    return tuple(memories)


def _best(
    fields: Fields, name: str, sizes: tuple[int, int], precision: str
) -> tuple[Array, Array] | None:
    if fields.raw(name) is None:
        return None
    theta, moving = (
        read_array(Fields({name: own}, "training.json: callback"), name, (size,), precision)
        for own, size in zip(fields.items(name, 2, 2), sizes, strict=True)
    )
    return theta, moving
