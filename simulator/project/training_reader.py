"""Reads how a project is trained: optimizer, schedule, splits, stop criteria, callbacks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields as dataclass_fields
from typing import Any

from simulator.arrays import PRECISIONS
from simulator.callbacks import CALLBACKS, MONITORS, CallbackSpec
from simulator.clipping import ClippingSpec
from simulator.data.augmentation import AugmentationSpec
from simulator.data.scaling import SCALINGS
from simulator.data.splits import SplitSpec
from simulator.optimizers import OPTIMIZERS, OptimizerSpec
from simulator.project.errors import ProjectError
from simulator.project.fields import Fields
from simulator.project.limits import MAX_EPOCHS, MAX_SAMPLES, MAX_SEED
from simulator.project.model import StopSpec, TrainingSpec
from simulator.project.network_reader import ABOVE_ZERO, read_named
from simulator.rules import RULES
from simulator.schedules import SCHEDULES, ScheduleSpec, schedule_parameters


def read_optimizer(fields: Fields) -> OptimizerSpec:
    """The optimizer with its learning rate, parameters, schedule and clipping."""
    name = fields.choice("name", OPTIMIZERS, "sgd")
    rate = fields.number("learning_rate", "a number above 0", ABOVE_ZERO, math.inf, default=0.01)
    given = tuple(
        (parameter, read_optimizer_parameter(fields, parameter))
        for parameter in OPTIMIZERS[name].defaults
        if fields.has(parameter)
    )
    schedule, of_schedule = read_named(
        fields, "schedule", SCHEDULES, schedule_parameters, _schedule_parameter, "constant"
    )
    limits = {own.name: _at_least_0(fields, own.name) for own in dataclass_fields(ClippingSpec)}
    fields.finish()
    return OptimizerSpec(
        name, rate, given, ScheduleSpec(schedule, of_schedule), ClippingSpec(**limits)
    )


def _at_least_0(fields: Fields, name: str) -> float:
    return fields.number(name, "a number of at least 0", 0.0, math.inf, default=0.0)


def read_optimizer_parameter(fields: Fields, name: str) -> float:
    """One of an optimizer's parameters besides the learning rate."""
    if name == "epsilon":
        return fields.number(name, "a number above 0", ABOVE_ZERO, math.inf)
    if name in ("weight_decay", "initial_accumulator_value"):
        return fields.number(name, "a number of at least 0", 0.0, math.inf)
    return fields.number(name, "a number from 0 to below 1", 0.0, 1.0)


def _schedule_parameter(fields: Fields, name: str) -> float:
    if name == "decay_steps":
        return fields.number(name, "a number of at least 1", 1.0, math.inf)
    if name in ("drop", "decay_rate"):
        return fields.number(name, "a number above 0", ABOVE_ZERO, math.inf)
    return fields.number(name, "a number of at least 0", 0.0, math.inf)


def read_training(fields: Fields) -> TrainingSpec:
    """How training runs."""
    defaults = TrainingSpec()
    training = TrainingSpec(
        epochs=fields.integer("epochs", 1, MAX_EPOCHS, defaults.epochs),
        batch_size=fields.integer("batch_size", 1, MAX_SAMPLES, defaults.batch_size),
        shuffle=fields.boolean("shuffle", defaults.shuffle),
        seed=fields.integer("seed", 0, MAX_SEED, defaults.seed),
        rule=fields.choice("rule", RULES, defaults.rule),
        precision=fields.choice("precision", PRECISIONS, defaults.precision),
        split=_split(fields),
        split_seed=fields.integer("split_seed", 0, MAX_SEED, defaults.split_seed),
        scaling=fields.choice("scaling", SCALINGS, defaults.scaling),
        augmentation=_augmentation(fields),
        validation_freq=fields.integer("validation_freq", 1, MAX_EPOCHS, defaults.validation_freq),
        stop=_stop(fields),
        callbacks=_callbacks(fields),
    )
    fields.finish()
    return training


def _split(fields: Fields) -> SplitSpec:
    allowed = "a number from 0 to below 1"
    validation = fields.number("validation_split", allowed, 0.0, 1.0, default=0.0)
    test = fields.number("test_split", allowed, 0.0, 1.0, default=0.0)
    if validation + test >= 1.0:
        raise ProjectError(
            f"{fields.path('validation_split')} and test_split take {validation + test:.0%} of the "
            f"samples together; some must be left for training."
        )
    return SplitSpec(validation, test, fields.boolean("stratify", True))


def _augmentation(fields: Fields) -> AugmentationSpec:
    inner = fields.child("augmentation", {})
    found = AugmentationSpec(
        flip_probability=inner.number(
            "flip_probability", "a number from 0 to below 1", 0.0, 1.0, default=0.0
        ),
        shift=inner.integer("shift", 0, 1000, 0),
    )
    inner.finish()
    return found


def _stop(fields: Fields) -> StopSpec:
    inner = fields.child("stop", {})

    def bound(name: str, allowed: str, high: float) -> float | None:
        if inner.raw(name, None) is None:
            return None
        return inner.number(name, allowed, 0.0, high)

    found = StopSpec(
        loss=bound("loss", "a number of at least 0", math.inf),
        accuracy=bound("accuracy", "a number from 0 to 1", math.nextafter(1.0, 2.0)),
        weight_change=bound("weight_change", "a number of at least 0", math.inf),
    )
    inner.finish()
    return found


def _callbacks(fields: Fields) -> tuple[CallbackSpec, ...]:
    if fields.raw("callbacks", None) is None:
        return ()
    found = []
    for place, item in enumerate(fields.items("callbacks", 0, 20), start=1):
        inner = Fields(item, f"{fields.path('callbacks')} {place}")
        kind = CALLBACKS[inner.choice("name", CALLBACKS)]
        given: dict[str, Any] = {}
        for own in dataclass_fields(kind):
            if inner.has(own.name):
                given[own.name] = _CALLBACK_FIELDS[own.name](inner)
        inner.finish()
        found.append(kind(**given))
    return tuple(found)


def _file(fields: Fields, name: str) -> str:
    """A file name without a folder: a project decides what is written, never where."""
    text = fields.text(name)
    if not text or text in (".", "..") or any(sign in text for sign in '/\\:*?"<>|'):
        raise fields.fail(name, 'a file name without a folder and without \\ / : * ? " < > |', text)
    if len(text.encode()) > 200:
        raise fields.fail(name, "a file name of at most 200 bytes", text)
    return text


def _rates(fields: Fields, name: str) -> tuple[tuple[int, float], ...]:
    rates: list[tuple[int, float]] = []
    for entry in fields.items(name, 1, 1000):
        if isinstance(entry, list) and len(entry) == 2:
            entry = {"epoch": entry[0], "rate": entry[1]}
        if not isinstance(entry, dict):
            raise fields.fail(name, "a list of [epoch, learning rate] pairs", entry)
        pair = Fields(entry, fields.path(name))
        epoch = pair.integer("epoch", 1, MAX_EPOCHS)
        if any(epoch == earlier for earlier, _ in rates):
            raise ProjectError(f"{fields.path(name)} names epoch {epoch:,} twice.")
        rates.append((epoch, pair.number("rate", "a number above 0", ABOVE_ZERO, math.inf)))
        pair.finish()
    return tuple(rates)


_CALLBACK_FIELDS: dict[str, Callable[[Fields], Any]] = {
    "monitor": lambda fields: fields.choice("monitor", MONITORS),
    "min_delta": lambda fields: _at_least_0(fields, "min_delta"),
    "patience": lambda fields: fields.integer("patience", 1, MAX_EPOCHS),
    "restore_best_weights": lambda fields: fields.boolean("restore_best_weights"),
    "factor": lambda fields: fields.number(
        "factor", "a number above 0 and below 1", ABOVE_ZERO, 1.0
    ),
    "cooldown": lambda fields: fields.integer("cooldown", 0, MAX_EPOCHS),
    "min_lr": lambda fields: _at_least_0(fields, "min_lr"),
    "rates": lambda fields: _rates(fields, "rates"),
    "file": lambda fields: _file(fields, "file"),
    "save_best_only": lambda fields: fields.boolean("save_best_only"),
    "save_freq": lambda fields: fields.integer("save_freq", 1, MAX_EPOCHS),
}
