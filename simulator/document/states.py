"""States of a training: their counters as JSON, and back, checked against the project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from simulator.arrays import Array
from simulator.document.memories import memories_value, read_memories
from simulator.document.values import float_value, read_float
from simulator.project import Project, ProjectError
from simulator.project.archive import PartWriter
from simulator.project.errors import printable
from simulator.project.fields import Fields
from simulator.state import State

MOST = 2**62
"""Of any counter."""
SENTENCE = 1000
"""Characters of a text, at most."""


class StateArrays(NamedTuple):
    """The arrays of a state; see :class:`~simulator.state.State`."""

    theta: Array
    moving: Array
    slots: Mapping[str, Array]
    epoch_start: Array
    cut: Array | None


def counters_value(
    state: State, project: Project, parts: PartWriter, prefix: str = ""
) -> dict[str, Any]:
    """Everything in a state but its own arrays; those its callbacks remember go into ``parts``."""
    return {
        "updates": list(state.updates),
        "rate": [float_value(own) for own in state.rate],
        "given_rate": float_value(state.given_rate),
        "epoch": state.epoch,
        "iteration": state.iteration,
        "position": state.position,
        "epoch_loss": float_value(state.epoch_loss),
        "mistakes": state.mistakes,
        "last_epoch": state.last_epoch,
        "stop_reason": printable(state.stop_reason, SENTENCE),
        "loss_limit": float_value(state.loss_limit),
        "callbacks": memories_value(state.callbacks, project, parts, prefix),
    }


def read_state(fields: Fields, project: Project, arrays: StateArrays) -> State:
    """The state of a project that these fields and arrays describe.

    Raises
    ------
    ProjectError : one sentence on what does not fit the project.
    """
    where = fields.path("").rstrip(". :")
    rates = fields.items("rate", 3, 3)
    rate = tuple(read_float(own, fields.path("rate")) for own in rates)
    updates = tuple(
        Fields({"updates": own}, where).integer("updates", 0, MOST)
        for own in fields.items("updates", 2, 2)
    )
    state = State(
        theta=arrays.theta,
        moving=arrays.moving,
        slots=arrays.slots,
        updates=(updates[0], updates[1]),
        rate=(rate[0], rate[1], rate[2]),
        given_rate=number(fields, "given_rate"),
        epoch=fields.integer("epoch", 0, MOST),
        iteration=fields.integer("iteration", 0, MOST),
        position=fields.integer("position", 0, project.training_size - 1),
        epoch_loss=number(fields, "epoch_loss"),
        mistakes=fields.integer("mistakes", 0, MOST),
        last_epoch=fields.integer("last_epoch", 0, MOST),
        stop_reason=sentence(fields, "stop_reason"),
        loss_limit=number(fields, "loss_limit"),
        epoch_start=arrays.epoch_start,
        callbacks=read_memories(fields, project, len(arrays.theta), len(arrays.moving)),
        cut=arrays.cut,
    )
    # A schedule may end at a rate of 0.
    if not all(own >= 0.0 for own in (*rate, state.given_rate, state.loss_limit)):
        raise ProjectError(f"{where}: a learning rate or the loss limit is below 0.")
    return state


def sizes(project: Project) -> tuple[int, int]:
    """How many parameters and moving averages a project's network has."""
    normalized = sum(own.units for own in project.network.layers if own.batch_normalization)
    return project.network.parameter_count, 2 * normalized


def number(fields: Fields, name: str) -> float:
    """A float, perhaps infinite or NaN."""
    return read_float(fields.raw(name), fields.path(name))


def sentence(fields: Fields, name: str) -> str:
    """A line of text that a user may be shown."""
    value = fields.raw(name)
    if not isinstance(value, str) or len(value) > SENTENCE + 1 or not value.isprintable():
        raise fields.fail(name, "a sentence", value)
    return value
