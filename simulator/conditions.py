"""Conditions a run can be stopped by: run until one holds, or pause wherever one begins to.

A condition is frozen and has a plain value to be kept as.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from simulator.arrays import Array
from simulator.condition import Condition, Moment
from simulator.project import Project, ProjectError
from simulator.trace import Trace
from simulator.trainer import Trainer


@dataclass(frozen=True, slots=True)
class NextUpdate(Condition):
    """The next iteration is complete."""

    kind: ClassVar[str] = "next_update"

    @property
    def text(self) -> str:
        return "the next update"

    def measure(self, moment: Moment) -> float:
        return float(moment.trainer.iteration)

    def holds(self, before: float, now: float) -> bool:
        return now != before

    def happened(self, before: float, now: float) -> str:
        return "its update is made"


@dataclass(frozen=True, slots=True)
class NextEpoch(Condition):
    """The epoch is complete."""

    kind: ClassVar[str] = "next_epoch"

    @property
    def text(self) -> str:
        return "the end of the epoch"

    def measure(self, moment: Moment) -> float:
        return float(moment.trainer.epoch)

    def holds(self, before: float, now: float) -> bool:
        return now != before

    def happened(self, before: float, now: float) -> str:
        return "the epoch is complete"


@dataclass(frozen=True, slots=True)
class SignChange(Condition):
    """A neuron's pre-activation changes its sign in the test-time network.

    ``layer`` is counted from 1, ``neuron`` and ``sample`` (a row of the data) from 0.  Without a
    sample it is looked at for the drawing; without a drawing, for the first sample of each
    iteration's own mini-batch, before and behind its update.
    """

    layer: int
    neuron: int
    sample: int | None = None
    kind: ClassVar[str] = "sign_change"

    @property
    def text(self) -> str:
        which = "" if self.sample is None else f" for sample {self.sample + 1}"
        return f"neuron {self.neuron + 1} of layer {self.layer} changes its sign{which}"

    def measure(self, moment: Moment) -> float:
        x = self._input(moment)
        trainer = moment.trainer
        return math.nan if x is None else self._sign(trainer, x, trainer.network.theta)

    def before(self, moment: Moment) -> float | None:
        """The sign before this iteration's update, where each iteration has a sample of its own."""
        if self.sample is not None or self._is_drawn(moment) or moment.trace is None:
            return None
        x = self._input(moment)
        assert x is not None
        return self._sign(moment.trainer, x, moment.trace.theta_before)

    def _is_drawn(self, moment: Moment) -> bool:
        """Whether it is looked at for the drawing; at another time that may have another size."""
        drawing = moment.drawing
        inputs = moment.trainer.project.network.inputs
        return self.sample is None and drawing is not None and len(drawing) == inputs

    def _input(self, moment: Moment) -> Array | None:
        """The input it is looked at for, as it is in the data set: (n_in,)."""
        inputs: Array = moment.trainer.project.data.inputs
        if self._is_drawn(moment):
            return moment.drawing
        row = self.sample
        if row is None and moment.trace is not None:
            row = int(moment.trace.samples[0])
        found: Array | None = None if row is None else inputs[row]
        return found

    def _sign(self, trainer: Trainer, x: Array, theta: Array) -> float:
        return float(np.sign(trainer.probe(x, theta).z[self.layer - 1][self.neuron]))

    def holds(self, before: float, now: float) -> bool:
        return before != now and not math.isnan(before) and not math.isnan(now)

    def happened(self, before: float, now: float) -> str:
        signs = {-1.0: "negative", 0.0: "0", 1.0: "positive"}
        which = "" if self.sample is None else f" for sample {self.sample + 1}"
        return (
            f"the pre-activation of neuron {self.neuron + 1} of layer {self.layer} "
            f"went from {signs[before]} to {signs[now]}{which}"
        )

    def check(self, project: Project) -> None:
        _check_layer(project, self.layer)
        units = project.network.layers[self.layer - 1].units
        if not 0 <= self.neuron < units:
            raise ProjectError(
                f"layer {self.layer} has no neuron {self.neuron + 1}; it has {units:,}."
            )
        _check_sample(project, self.sample)


@dataclass(frozen=True, slots=True)
class LossBelow(Condition):
    """The loss falls below ``limit``: that of an iteration's mini-batch, or of a whole epoch.

    ``of`` is "iteration" or "epoch"; an epoch's is the mean over its samples as they were trained.
    """

    limit: float
    of: str = "iteration"
    kind: ClassVar[str] = "loss_below"

    @property
    def text(self) -> str:
        return f"{self._measured} is below {self.limit:g}"

    @property
    def _measured(self) -> str:
        return "the epoch's loss" if self.of == "epoch" else "the mini-batch's loss"

    def measure(self, moment: Moment) -> float:
        if self.of == "epoch":
            return moment.trainer.epoch_loss
        return math.nan if moment.trace is None else moment.trace.loss

    def holds(self, before: float, now: float) -> bool:
        return now < self.limit

    def happened(self, before: float, now: float) -> str:
        return f"{self._measured} is {now:.4g}, below {self.limit:g}"


@dataclass(frozen=True, slots=True)
class SampleIs(Condition):
    """The test-time network gives sample ``sample`` (a row of the data) the right class, or not."""

    sample: int
    right: bool = True
    kind: ClassVar[str] = "sample_is"

    @property
    def text(self) -> str:
        return f"sample {self.sample + 1} is {'right' if self.right else 'wrong'}"

    def measure(self, moment: Moment) -> float:
        trainer, data = moment.trainer, moment.trainer.project.data
        answer = trainer.probe(data.inputs[self.sample], trainer.network.theta).prediction
        predicted = data.predicted_classes(answer[None])
        if predicted is None or data.target_classes is None:
            return math.nan
        return float(predicted[0] == data.target_classes[self.sample])

    def holds(self, before: float, now: float) -> bool:
        return now == float(self.right)

    def happened(self, before: float, now: float) -> str:
        return self.text

    def check(self, project: Project) -> None:
        if project.data.target_classes is None:
            raise ProjectError("The targets name no classes, so no sample is right or wrong.")
        _check_sample(project, self.sample)


@dataclass(frozen=True, slots=True)
class _OfLayer(Condition):
    """A number of layer ``layer``, counted from 1, or of the whole network."""

    limit: float
    layer: int | None = None
    word: ClassVar[str]
    above: ClassVar[bool] = True

    @property
    def _measured(self) -> str:
        return self.word + ("" if self.layer is None else f" of layer {self.layer}")

    @property
    def text(self) -> str:
        return f"{self._measured} is {'above' if self.above else 'below'} {self.limit:g}"

    def holds(self, before: float, now: float) -> bool:
        return now > self.limit if self.above else now < self.limit

    def happened(self, before: float, now: float) -> str:
        return f"{self._measured} is {now:.4g}, {'above' if self.above else 'below'} {self.limit:g}"

    def check(self, project: Project) -> None:
        if self.layer is not None:
            _check_layer(project, self.layer)

    def _part(self, trace: Trace, values: Array) -> Array:
        """The part of a flat vector that is this layer's."""
        if self.layer is None:
            return values
        return values[trace.spec.layer_slices[self.layer - 1]]


@dataclass(frozen=True, slots=True)
class WeightAbove(_OfLayer):
    """The size |w| of some weight (not of a bias) exceeds ``limit``."""

    kind: ClassVar[str] = "weight_above"
    word: ClassVar[str] = "the largest |weight|"

    def measure(self, moment: Moment) -> float:
        W = moment.trainer.network.W
        own = W if self.layer is None else W[self.layer - 1 : self.layer]
        return max(float(np.abs(weights).max()) for weights in own)


@dataclass(frozen=True, slots=True)
class GradientAbove(_OfLayer):
    """The 2-norm of an iteration's gradient exceeds ``limit``."""

    kind: ClassVar[str] = "gradient_above"
    word: ClassVar[str] = "the gradient's norm"

    def measure(self, moment: Moment) -> float:
        if moment.trace is None:
            return math.nan
        return float(np.linalg.norm(self._part(moment.trace, moment.trace.gradient)))


@dataclass(frozen=True, slots=True)
class GradientBelow(GradientAbove):
    """The 2-norm of an iteration's gradient falls below ``limit``."""

    kind: ClassVar[str] = "gradient_below"
    above: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class UpdateAbove(_OfLayer):
    """An iteration changes some parameter by more than ``limit``."""

    kind: ClassVar[str] = "update_above"
    word: ClassVar[str] = "the largest update"

    def measure(self, moment: Moment) -> float:
        trace = moment.trace
        if trace is None:
            return math.nan
        return float(np.abs(self._part(trace, trace.theta_after - trace.theta_before)).max())


CONDITIONS: Mapping[str, type[Condition]] = MappingProxyType(
    {
        own.kind: own
        for own in (
            *(NextUpdate, NextEpoch, SignChange, LossBelow, SampleIs),
            *(WeightAbove, GradientAbove, GradientBelow, UpdateAbove),
        )
    }
)
"""All conditions by their kind."""


def condition_from_value(value: Any) -> Condition:
    """Read what :meth:`Condition.value` gave.

    Raises
    ------
    ProjectError : a sentence saying what is wrong with it.
    """
    if not isinstance(value, Mapping):
        raise ProjectError(f"A condition must be an object with a kind, not {value!r:.40}.")
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in CONDITIONS:
        raise ProjectError(
            f"A condition's kind must be one of {', '.join(CONDITIONS)}; {kind!r:.40} is none."
        )
    known = {own.name: own for own in fields(CONDITIONS[kind])}  # type: ignore[arg-type]
    given = {key: own for key, own in value.items() if key != "kind"}
    for key in given:
        if key not in known:
            raise ProjectError(f"{kind} has no field {key!r:.40}.")
    for name, reader in _READERS.items():
        if name not in known:
            continue
        if name in given:
            given[name] = reader(f"{kind}.{name}", given[name])
        elif name in ("limit", "neuron") or (name, kind) in _NEEDED:
            raise ProjectError(f"{kind} needs a {name}.")
    return CONDITIONS[kind](**given)


_NEEDED = {("layer", "sign_change"), ("sample", "sample_is")}


def _number(name: str, value: Any) -> float:
    wrong = isinstance(value, bool) or not isinstance(value, int | float)
    try:
        number = math.nan if wrong else float(value)
    except OverflowError:
        number = math.inf
    if not (math.isfinite(number) and number >= 0.0):
        raise ProjectError(f"{name} must be a number of at least 0, not {value!r:.40}.")
    return number


def _count(least: int) -> Any:
    def read(name: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**31:
            raise ProjectError(
                f"{name} must be a whole number of at least {least}, not {value!r:.40}."
            )
        return value

    return read


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ProjectError(f"{name} must be true or false, not {value!r:.40}.")
    return value


def _of(name: str, value: Any) -> str:
    if value not in ("iteration", "epoch"):
        raise ProjectError(f"{name} must be iteration or epoch, not {value!r:.40}.")
    return str(value)


_READERS: Mapping[str, Any] = MappingProxyType(
    {
        "limit": _number,
        "layer": _count(1),
        "neuron": _count(0),
        "sample": _count(0),
        "right": _flag,
        "of": _of,
    }
)


def _check_layer(project: Project, layer: int) -> None:
    depth = project.network.depth
    if not 1 <= layer <= depth:
        raise ProjectError(f"There is no layer {layer}; the network has {depth}.")


def _check_sample(project: Project, sample: int | None) -> None:
    samples = len(project.data.inputs)
    if sample is not None and not 0 <= sample < samples:
        raise ProjectError(f"There is no sample {sample + 1}; the data have {samples:,}.")
