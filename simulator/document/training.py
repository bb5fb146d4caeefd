"""A training's state and curves as JSON and arrays, and back, checked against the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.arrays import Array
from simulator.document.curves import curves_value, read_curves
from simulator.document.not_finite import check_finite
from simulator.document.states import (
    StateArrays,
    counters_value,
    number,
    read_state,
    sizes,
)
from simulator.document.values import float_value, read_array
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project
from simulator.project.archive import PartWriter
from simulator.project.fields import Fields
from simulator.snapshot import HistoryView
from simulator.state import State


@dataclass(frozen=True, eq=False)
class Training:
    """How far a project has been trained.

    Attributes
    ----------
    state : all that training goes on from.
    history, stride : the curves, and the epochs from one point of them to the next.
    epoch_loss : as in :class:`~simulator.trainer.Trainer`.
    """

    state: State
    history: HistoryView
    stride: int
    epoch_loss: float


def training_value(training: Training, project: Project, parts: PartWriter) -> dict[str, Any]:
    """A training as JSON; its arrays go into ``parts``.

    Raises
    ------
    ProjectError : if its parameters are no numbers any more, so that nothing could go on.
    """
    state = training.state
    check_finite(state.theta, state.moving, state.slots, project, "save")
    value: dict[str, Any] = {
        "theta": parts.array("theta", state.theta),
        "moving": parts.array("moving", state.moving),
        "slots": {name: parts.array(f"slot_{name}", own) for name, own in state.slots.items()},
        **counters_value(state, project, parts),
        "last_epoch_loss": float_value(training.epoch_loss),
        "history": curves_value(training.history, training.stride, parts),
    }
    if project.training.stop.weight_change is not None:
        value["epoch_start"] = parts.array("epoch_start", state.epoch_start)
    if state.cut is not None:
        value["cut"] = parts.array("cut", state.cut)
    return value


def read_training(value: Any, project: Project, finite: bool = True) -> Training:
    """The training of a project that a value describes; ``finite`` refuses what is not.

    Raises
    ------
    ProjectError : one sentence on what does not fit the project.
    """
    fields = Fields(value, "training.json")
    arrays = _arrays(fields, project)
    if finite:
        check_finite(arrays.theta, arrays.moving, arrays.slots, project, "open")
    state = read_state(fields, project, arrays)
    history, stride = read_curves(fields.child("history"), state.epoch)
    last = number(fields, "last_epoch_loss")
    fields.finish()
    return Training(state, history, stride, last)


def _arrays(fields: Fields, project: Project) -> StateArrays:
    precision = project.training.precision
    count, averages = sizes(project)
    theta = read_array(fields, "theta", (count,), precision)
    moving = read_array(fields, "moving", (averages,), precision)
    start = theta
    if project.training.stop.weight_change is not None:
        start = read_array(fields, "epoch_start", (count,), precision)
    cut = read_array(fields, "cut", (count,), precision) if fields.has("cut") else None
    return StateArrays(theta, moving, _slots(fields.child("slots"), project, count), start, cut)


def _slots(fields: Fields, project: Project, count: int) -> Mapping[str, Array]:
    names, precision = OPTIMIZERS[project.optimizer.name].slot_names, project.training.precision
    slots = {name: read_array(fields, name, (count,), precision) for name in names}
    fields.finish()
    return slots
