"""Learning-rate schedules: the rate as a function of the number of updates made.

With eta the optimizer's learning rate and k the updates made so far, counted from 0 behind the
warm-up.  Names and formulas are Keras's where Keras has them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Parameters = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ScheduleSpec:
    """Which schedule; ``parameters`` are (name, value) of those that differ from the defaults."""

    name: str = "constant"
    parameters: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Schedule:
    """The factor on the learning rate after k updates, and the parameters it takes."""

    about: str
    factor: Callable[[float, Parameters], float]
    defaults: Parameters = field(default_factory=dict)


WARM_UP: Parameters = MappingProxyType({"warmup_steps": 0.0})
"""Every schedule's own: over so many updates the rate rises evenly from 0 to eta before it."""


def _constant(k: float, given: Parameters) -> float:
    return 1.0


def _step(k: float, given: Parameters) -> float:
    return float(given["drop"] ** math.floor(k / given["decay_steps"]))


def _exponential(k: float, given: Parameters) -> float:
    return float(given["decay_rate"] ** (k / given["decay_steps"]))


def _cosine(k: float, given: Parameters) -> float:
    share = min(k / given["decay_steps"], 1.0)
    return (1.0 - given["alpha"]) * 0.5 * (1.0 + math.cos(math.pi * share)) + given["alpha"]


def _inverse_time(k: float, given: Parameters) -> float:
    return 1.0 / (1.0 + given["decay_rate"] * k / given["decay_steps"])


SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {
        "constant": Schedule("The learning rate stays as it is", _constant),
        "step_decay": Schedule(
            "η · drop^⌊k / decay_steps⌋: falls at once every so many updates",
            _step,
            {"drop": 0.5, "decay_steps": 1000.0},
        ),
        "exponential_decay": Schedule(
            "η · decay_rate^(k / decay_steps): falls a little at every update",
            _exponential,
            {"decay_rate": 0.5, "decay_steps": 1000.0},
        ),
        "inverse_time_decay": Schedule(
            "η / (1 + decay_rate · k / decay_steps)",
            _inverse_time,
            {"decay_rate": 1.0, "decay_steps": 1000.0},
        ),
        "cosine_decay": Schedule(
            "Half a cosine wave from η down to α η over decay_steps updates "
            "(Loshchilov & Hutter 2017)",
            _cosine,
            {"decay_steps": 10_000.0, "alpha": 0.0},
        ),
    }
)


def schedule_parameters(name: str, given: Iterable[tuple[str, float]] = ()) -> dict[str, float]:
    """The parameters a schedule has, ``given`` or else their defaults."""
    return {**SCHEDULES[name].defaults, **WARM_UP, **dict(given)}


class LearningRate:
    """The rate of each update.

    Attributes
    ----------
    initial : eta, > 0.
    factor : what a callback multiplied every rate by, 1 at the start.
    """

    def __init__(self, initial: float, spec: ScheduleSpec) -> None:
        self.initial = initial
        self.factor = 1.0
        self._given = schedule_parameters(spec.name, spec.parameters)
        self._schedule = SCHEDULES[spec.name]
        self._warm_up = self._given["warmup_steps"]
        self.is_constant = spec.name == "constant" and self._warm_up == 0.0

    def at(self, updates: int) -> float:
        """The rate of the update behind so many: 0 gives that of the first one."""
        if self.is_constant:
            return self.initial * self.factor
        if updates < self._warm_up:
            return self.initial * self.factor * (updates + 1) / self._warm_up
        try:
            share = self._schedule.factor(updates - self._warm_up, self._given)
        except OverflowError:
            # A rate that grows beyond all numbers ends training as any divergence does.
            share = math.inf
        return self.initial * self.factor * share
