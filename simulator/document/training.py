"""A training's state and curves as JSON and arrays, and back, checked against the project."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.document.memories import memories_value, read_memories
from simulator.document.values import float_value, read_array, read_float
from simulator.history import CAPACITY
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project, ProjectError
from simulator.project.archive import PartWriter
from simulator.project.errors import printable
from simulator.project.fields import Fields
from simulator.snapshot import FIGURES, HistoryView
from simulator.state import State

_MOST = 2**62
"""Of any counter."""
_SENTENCE = 1000


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
    state, history = training.state, training.history
    _check_finite(state.theta, state.moving, project, "save")
    value: dict[str, Any] = {
        "theta": parts.array("theta", state.theta),
        "moving": parts.array("moving", state.moving),
        "slots": {name: parts.array(f"slot_{name}", own) for name, own in state.slots.items()},
        "updates": list(state.updates),
        "rate": [float_value(own) for own in state.rate],
        "given_rate": float_value(state.given_rate),
        "epoch": state.epoch,
        "iteration": state.iteration,
        "position": state.position,
        "epoch_loss": float_value(state.epoch_loss),
        "last_epoch_loss": float_value(training.epoch_loss),
        "mistakes": state.mistakes,
        "last_epoch": state.last_epoch,
        "stop_reason": printable(state.stop_reason, _SENTENCE),
        "loss_limit": float_value(state.loss_limit),
        "callbacks": memories_value(state.callbacks, project, parts),
        "history": {
            "stride": training.stride,
            "names": list(FIGURES),
            "epoch": parts.array("history_epoch", history.epoch),
            "figures": parts.array("history_figures", history.figures),
        },
    }
    if project.training.stop.weight_change is not None:
        value["epoch_start"] = parts.array("epoch_start", state.epoch_start)
    return value


def read_training(value: Any, project: Project) -> Training:
    """The training of a project that a value describes.

    Raises
    ------
    ProjectError : one sentence on what does not fit the project.
    """
    fields = Fields(value, "training.json")
    precision = project.training.precision
    count = project.network.parameter_count
    normalized = sum(own.units for own in project.network.layers if own.batch_normalization)
    theta = read_array(fields, "theta", (count,), precision)
    moving = read_array(fields, "moving", (2 * normalized,), precision)
    _check_finite(theta, moving, project, "open")
    start = theta
    if project.training.stop.weight_change is not None:
        start = read_array(fields, "epoch_start", (count,), precision)
    rates = fields.items("rate", 3, 3)
    rate = tuple(read_float(own, "training.json: rate") for own in rates)
    updates = tuple(_counter(own) for own in fields.items("updates", 2, 2))
    state = State(
        theta=theta,
        moving=moving,
        slots=_slots(fields.child("slots"), project, count),
        updates=(updates[0], updates[1]),
        rate=(rate[0], rate[1], rate[2]),
        given_rate=_float(fields, "given_rate"),
        epoch=fields.integer("epoch", 0, _MOST),
        iteration=fields.integer("iteration", 0, _MOST),
        position=fields.integer("position", 0, project.training_size - 1),
        epoch_loss=_float(fields, "epoch_loss"),
        mistakes=fields.integer("mistakes", 0, _MOST),
        last_epoch=fields.integer("last_epoch", 0, _MOST),
        stop_reason=_sentence(fields, "stop_reason"),
        loss_limit=_float(fields, "loss_limit"),
        epoch_start=start,
        callbacks=read_memories(fields, project, count, 2 * normalized),
    )
    # A schedule may end at a rate of 0.
    if not all(own >= 0.0 for own in (*rate, state.given_rate, state.loss_limit)):
        raise ProjectError("training.json: a learning rate or the loss limit is below 0.")
    history, stride = _history(fields.child("history"), state.epoch)
    last = _float(fields, "last_epoch_loss")
    fields.finish()
    return Training(state, history, stride, last)


def _float(fields: Fields, name: str) -> float:
    return read_float(fields.raw(name), fields.path(name))


def _counter(value: Any) -> int:
    return Fields({"updates": value}, "training.json").integer("updates", 0, _MOST)


def _sentence(fields: Fields, name: str) -> str:
    value = fields.raw(name)
    if not isinstance(value, str) or len(value) > _SENTENCE + 1 or not value.isprintable():
        raise fields.fail(name, "a sentence", value)
    return value


def _slots(fields: Fields, project: Project, count: int) -> Mapping[str, Array]:
    names, precision = OPTIMIZERS[project.optimizer.name].slot_names, project.training.precision
    slots = {name: read_array(fields, name, (count,), precision) for name in names}
    fields.finish()
    return slots


def _history(fields: Fields, epoch: int) -> tuple[HistoryView, int]:
    names = fields.items("names", 0, 100)
    stride = fields.integer("stride", 1, _MOST)
    epochs = fields.raw("epoch")
    size = len(epochs) if isinstance(epochs, np.ndarray) and epochs.ndim == 1 else 0
    epochs = read_array(fields, "epoch", (size,), "int64")
    given = read_array(fields, "figures", (len(names), size), "float64")
    fields.finish()
    rising = bool((np.diff(epochs, prepend=0) > 0).all()) and not (epochs % stride).any()
    ended = bool(size == 0 or epochs[-1] <= epoch)
    if not (rising and ended and size <= CAPACITY and stride & stride - 1 == 0):
        raise ProjectError("training.json: the curves do not belong to this training.")
    figures = np.full((len(FIGURES), size), math.nan)
    for row, name in enumerate(names):
        if name in FIGURES:
            figures[FIGURES.index(name)] = given[row]
    return HistoryView(epochs, figures), stride


def _check_finite(theta: Array, moving: NDArray[Any], project: Project, verb: str) -> None:
    if np.isfinite(theta).all() and np.isfinite(moving).all():
        return
    advice = "step back or reset first" if verb == "save" else "open a copy from before"
    for number, part in enumerate(project.network.layer_slices, start=1):
        own = theta[part]
        if not np.isfinite(own).all():
            kind = "not numbers (NaN)" if np.isnan(own).any() else "infinite"
            raise ProjectError(f"layer {number} has parameters that are {kind}; {advice}.")
    raise ProjectError(f"batch normalization has averages that are not finite; {advice}.")
