"""Optimizer and loss from a Keras model's compile config, as far as they are known here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from simulator.clipping import ClippingSpec
from simulator.exchange.keras_names import LOSSES, OPTIMIZERS, SHORT_LOSSES
from simulator.optimizers import OPTIMIZERS as OWN_OPTIMIZERS
from simulator.optimizers import OptimizerSpec
from simulator.project.errors import printable
from simulator.schedules import ScheduleSpec
from simulator.spec import Parameters

_BY_CLASS = {kind: name for name, (kind, _) in OPTIMIZERS.items() if kind != "SGD"}
_LOSS_BY_CLASS = {kind: name for name, kind in LOSSES.items()}
_BELOW_ONE = ("momentum", "rho", "beta_1", "beta_2")
_SCHEDULES = {
    "ExponentialDecay": ("exponential_decay", ("decay_steps", "decay_rate")),
    "InverseTimeDecay": ("inverse_time_decay", ("decay_steps", "decay_rate")),
    "CosineDecay": ("cosine_decay", ("decay_steps", "alpha")),
}


class UnknownSettingError(ValueError):
    """A part of a compile config that is not known here; its text goes into a note."""


def read_optimizer(config: Any) -> OptimizerSpec:
    """The optimizer of a compile config.

    Raises
    ------
    UnknownSettingError : if there is none, or not one that is known here.
    """
    kind, given = _object(config.get("optimizer") if isinstance(config, Mapping) else None)
    if kind == "SGD":
        momentum = _number(given, "momentum", 0.0)
        name = "sgd" if not momentum else "nesterov" if given.get("nesterov") else "momentum"
    elif kind in _BY_CLASS:
        name = _BY_CLASS[kind]
    else:
        raise UnknownSettingError(
            f"The optimizer {printable(kind) or 'of the file'} is not known here"
        )
    for setting in ("use_ema", "amsgrad", "centered"):
        if given.get(setting):
            raise UnknownSettingError(f"The optimizer’s {setting} is not known here")
    if kind == "RMSprop" and given.get("momentum"):
        raise UnknownSettingError("The optimizer’s momentum is not known here")
    if name != "adamw" and given.get("weight_decay"):
        raise UnknownSettingError("The optimizer’s weight_decay is not known here")
    parameters: list[tuple[str, float]] = []
    for parameter, default in OWN_OPTIMIZERS[name].defaults.items():
        value = _number(given, parameter, default)
        below = 1.0 if parameter in _BELOW_ONE else math.inf
        if not 0.0 <= value < below:
            raise UnknownSettingError(f"The optimizer’s {parameter} is out of range")
        if value != default:
            parameters.append((parameter, value))
    rate, schedule = _rate(given.get("learning_rate"))
    clipping = {
        name: _number(given, name, 0.0) for name in ("clipvalue", "clipnorm", "global_clipnorm")
    }
    if not all(limit >= 0.0 for limit in clipping.values()):
        raise UnknownSettingError("The limit on the gradient is out of range")
    return OptimizerSpec(name, rate, tuple(parameters), schedule, ClippingSpec(**clipping))


def read_loss(config: Any, outputs: int) -> tuple[str, Parameters]:
    """The loss of a compile config, for so many outputs.

    Raises
    ------
    UnknownSettingError : if there is none, or not one that is known here.
    """
    value = config.get("loss") if isinstance(config, Mapping) else None
    if isinstance(value, str):
        kind, name = value, SHORT_LOSSES.get(value, "")
        given: Mapping[str, Any] = {}
    else:
        kind, given = _object(value)
        name = _LOSS_BY_CLASS.get(kind, "")
    if not name:
        raise UnknownSettingError(f"The loss {printable(kind) or 'of the file'} is not known here")
    if given.get("from_logits") or given.get("label_smoothing"):
        raise UnknownSettingError("A loss of logits, or with label smoothing, is not known here")
    weight = config.get("loss_weights")
    if weight is not None and weight != 1.0:
        factors = {outputs * 1.0: "squared_error", outputs * 0.5: "half_squared_error"}
        if name != "mse" or not isinstance(weight, float) or weight not in factors:
            raise UnknownSettingError("The weight of the loss is not known here")
        return factors[weight], ()
    if name == "huber":
        delta = _number(given, "delta", 1.0)
        if delta <= 0.0:
            raise UnknownSettingError("The loss’s delta is out of range")
        return name, (("delta", delta),) if delta != 1.0 else ()
    return name, ()


def _rate(value: Any) -> tuple[float, ScheduleSpec]:
    """The learning rate, and the schedule it follows."""
    if not isinstance(value, Mapping):
        return _positive({"learning_rate": value}, "learning_rate"), ScheduleSpec()
    kind, given = _object(value)
    if kind not in _SCHEDULES or given.get("warmup_target") is not None:
        raise UnknownSettingError(f"The schedule {printable(kind)} is not known here")
    name, parameters = _SCHEDULES[kind]
    rate = _positive(given, "initial_learning_rate")
    found = [(parameter, _number(given, parameter, math.nan)) for parameter in parameters]
    if given.get("staircase"):
        if name != "exponential_decay":
            raise UnknownSettingError("A schedule with staircase is not known here")
        name = "step_decay"
        found = [("drop" if own == "decay_rate" else own, value) for own, value in found]
    for parameter, number in found:
        if not number > 0.0 and not (parameter == "alpha" and number == 0.0):
            raise UnknownSettingError(f"The schedule’s {parameter} is out of range")
    return rate, ScheduleSpec(name, tuple(found))


def _object(value: Any) -> tuple[str, Mapping[str, Any]]:
    """Class and config of an object, or a bare name in Keras's spelling."""
    if isinstance(value, str):
        names = {name: kind for kind, name in OPTIMIZERS.values()}
        return names.get(value, value), {"learning_rate": 0.01 if value == "sgd" else 0.001}
    if isinstance(value, Mapping) and isinstance(value.get("config"), Mapping):
        return str(value.get("class_name", "")), value["config"]
    return "", {}


def _number(given: Mapping[str, Any], name: str, default: float) -> float:
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e300:
        raise UnknownSettingError(f"The setting {name} is no number")
    return float(value)


def _positive(given: Mapping[str, Any], name: str) -> float:
    value = _number(given, name, 0.0)
    if not value > 0.0:
        raise UnknownSettingError("There is no learning rate")
    return _exact(value)


def _exact(value: float) -> float:
    """0.001 for what Keras made of it in float32, 0.0010000000474974513."""
    single = np.float32(value)
    return float(str(single)) if float(single) == value else value
