"""The gradient of a project checked against finite differences of its own loss."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.finite_differences import LossAround, check_has_gradient
from simulator.project import Project
from simulator.spec import NetworkSpec
from simulator.trainer import Trainer

STEP = 1e-5
"""h of the central difference; its error of some h² and 1e-16/h is least near here."""
TOLERANCE = 1e-5
"""A relative error above this is a wrong gradient, or a kink (of ReLU) within h."""
MAX_PARAMETERS = 20_000
"""More are not checked one by one but sampled evenly."""
WORK = 2e9
"""Fewer, too, where a pass is so dear that this many multiplications would be exceeded."""
MIN_PARAMETERS = 200


@dataclass(frozen=True, slots=True)
class Parameter:
    """Where a number of ``theta`` stands: layer (from 1), neuron and source (from 0).

    ``source`` is the column of a weight, None for the others; ``kind`` is "weight", "bias", or
    "gamma" or "beta" of batch normalization.
    """

    layer: int
    neuron: int
    source: int | None
    kind: str = "weight"

    def __str__(self) -> str:
        if self.source is None:
            return f"layer {self.layer}, {self.kind} of neuron {self.neuron + 1}"
        return f"layer {self.layer}, weight from {self.source + 1} to neuron {self.neuron + 1}"


@dataclass(frozen=True)
class GradientCheck:
    """The outcome, at the parameter that fits worst.

    ``analytic`` is from backpropagation, ``numerical`` is (E(w + h) - E(w - h)) / 2h;
    ``relative_error`` is their difference over the larger one, or over the largest gradient there
    is times 1e-4 where both are smaller (or over what differences can tell from 0); ``checked``
    counts the parameters.
    """

    where: Parameter
    analytic: float
    numerical: float
    relative_error: float
    checked: int

    @property
    def passed(self) -> bool:
        """Whether every checked parameter agrees."""
        return self.relative_error <= TOLERANCE


def check_gradient(project: Project, step: float = STEP) -> GradientCheck:
    """Compare the gradient of the project's first iteration with central differences.

    The dropout masks are those of that iteration, for both.

    Raises
    ------
    DivergenceError : when that iteration's loss is not finite.
    ProjectError : for a learning rule that follows no gradient.
    """
    check_has_gradient(project)
    # Differences need all the digits there are, however few the project trains with.
    project = replace(project, training=replace(project.training, precision="float64"))
    trace = Trainer(project).trace_iteration()
    around = LossAround(project, trace)
    size = len(trace.theta_before)
    affordable = int(WORK / (size * len(trace.x)))
    most = max(MIN_PARAMETERS, min(MAX_PARAMETERS, affordable))
    positions = np.arange(0, size, max(1, -(-size // most)))
    numerical = np.array(
        [(around.at(int(p), step) - around.at(int(p), -step)) / (2.0 * step) for p in positions]
    )
    # The loss is known to its last digit or so, the quotient to that much over the step.
    noise = 2.0 * np.finfo(np.float64).eps * abs(trace.loss + trace.penalty) / step
    return _worst(project.network, positions, trace.gradient[positions], numerical, noise)


def _worst(
    spec: NetworkSpec,
    positions: NDArray[np.intp],
    analytic: Array,
    numerical: Array,
    noise: float,
) -> GradientCheck:
    larger = np.maximum(np.abs(analytic), np.abs(numerical))
    least = max(1e-4 * float(larger.max()), 1e-16, noise / TOLERANCE)
    scale = np.maximum(larger, least)
    errors = np.abs(analytic - numerical) / scale
    worst = int(np.argmax(errors))
    return GradientCheck(
        where=parameter_at(spec, int(positions[worst])),
        analytic=float(analytic[worst]),
        numerical=float(numerical[worst]),
        relative_error=float(errors[worst]),
        checked=len(positions),
    )


def parameter_at(spec: NetworkSpec, position: int) -> Parameter:
    """Which parameter stands at ``position`` of ``theta``.

    Raises
    ------
    IndexError : when there is none.
    """
    for number in range(1, spec.depth + 1):
        weights, own = spec.weight_slices[number - 1], spec.layer_slices[number - 1]
        if weights.start <= position < weights.stop:
            neuron, source = divmod(position - weights.start, spec.fan_in(number))
            return Parameter(number, neuron, source)
        if weights.stop <= position < own.stop:
            layer = spec.layer(number)
            place, neuron = divmod(position - weights.stop, layer.units)
            kinds = [*(["bias"] if layer.bias else []), "gamma", "beta"]
            return Parameter(number, neuron, None, kinds[place])
    raise IndexError(f"no parameter {position}")


def position_of(
    spec: NetworkSpec, layer: int, neuron: int, source: int | None, kind: str = "weight"
) -> int:
    """Where a parameter stands in ``theta``: the way back from :func:`parameter_at`.

    Raises
    ------
    IndexError : the network has no such parameter.
    """
    if not (1 <= layer <= spec.depth and 0 <= neuron < spec.layer(layer).units):
        raise IndexError(f"no neuron {neuron} in layer {layer}")
    if source is not None:
        if not 0 <= source < spec.fan_in(layer):
            raise IndexError(f"no source {source} of layer {layer}")
        first: int = spec.weight_slices[layer - 1].start
        return first + neuron * spec.fan_in(layer) + source
    own = spec.layer(layer)
    kinds = ["bias"] if own.bias else []
    if own.batch_normalization is not None:
        kinds += ["gamma", "beta"]
    if kind not in kinds:
        raise IndexError(f"layer {layer} has no {kind}")
    behind: int = spec.weight_slices[layer - 1].stop
    return behind + kinds.index(kind) * own.units + neuron
