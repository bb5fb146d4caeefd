"""The loss of one iteration as a function of a single parameter, everything else held fixed.

The quotient (E(w + h) - E(w - h)) / 2h is wrong by some h² (truncation) and by the last digit of
E over h (cancellation); between the two it is best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.activations import Activation
from simulator.arrays import Array
from simulator.backprop import Pass
from simulator.losses import make_loss
from simulator.network import Network
from simulator.project import Project, ProjectError
from simulator.rules import follows_gradient
from simulator.spec import NetworkSpec
from simulator.trace import Trace


class Kink(NamedTuple):
    """Where a derivative jumps between w - h and w + h.

    ``what`` is "activation" (of ``neuron`` from 0 in ``layer``, for sample ``row`` of the
    mini-batch), "loss" (of output ``neuron``, likewise) or "penalty" (of the parameter itself).
    """

    what: str
    layer: int = 0
    neuron: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """A derivative found by backpropagation and by a central difference.

    ``above`` and ``below`` are the loss, with the penalty, at w + h and w - h; ``kink`` is the
    first place where a derivative jumps between them, None if there is none.
    """

    step: float
    above: float
    below: float
    analytic: float
    kink: Kink | None = None

    @property
    def quotient(self) -> float:
        """(E(w + h) - E(w - h)) / 2h."""
        return (self.above - self.below) / (2.0 * self.step)

    @property
    def relative_error(self) -> float:
        """The difference of both over the larger one; 0 where both are 0."""
        larger = max(abs(self.analytic), abs(self.quotient))
        return 0.0 if larger == 0.0 else abs(self.analytic - self.quotient) / larger


def check_has_gradient(project: Project) -> None:
    """Refuse a project whose learning rule follows no gradient.

    Raises
    ------
    ProjectError : one sentence.
    """
    if not follows_gradient(project.training.rule):
        raise ProjectError(
            f"The rule {project.training.rule} follows no gradient, so there is none to check."
        )


class LossAround:
    """The loss of a traced iteration for parameters near those it had.

    Held fixed are its mini-batch and its dropout masks and noise; batch normalization takes the
    mini-batch's own mean and variance anew.  Computed in float64 by a pass of its own, whatever
    precision the project trains with.

    Attributes
    ----------
    theta : (parameter_count,), the parameters before the update.
    gradient : (parameter_count,), by backpropagation, of the mean loss and the penalty: the
        trace's own where that is float64.
    loss : with the penalty, at ``theta``.
    """

    def __init__(self, project: Project, trace: Trace) -> None:
        """
        Raises
        ------
        ProjectError : for a learning rule that follows no gradient, or a trace of another network.
        """
        check_has_gradient(project)
        if trace.spec != project.network:
            raise ProjectError("This iteration is of another network than the project's.")
        self._network = Network(project.network, project.parameters)
        loss = make_loss(project.loss, dict(project.loss_parameters))
        self._pass = Pass(self._network, loss, len(trace.x))
        self._pass.x[...], self._pass.target[...] = trace.x, trace.target
        use_disturbances(self._pass, trace)
        self._kinks = _places_of_kinks(project.network)
        self._loss_kink = {"mae": 0.0, "hinge": 1.0}.get(project.loss)
        self.theta: Array = np.array(trace.theta_before, np.float64)
        self._network.theta[...] = self.theta
        self.loss = self._evaluate()
        if trace.gradient.dtype == np.float64:
            self.gradient: Array = trace.gradient
        else:
            self._pass.backward()
            self.gradient = self._pass.gradient.copy()

    def _evaluate(self) -> float:
        self._pass.forward()
        return self._pass.compute_loss() + self._pass.penalty()

    def at(self, position: int, offset: float) -> float:
        """The loss with the parameter at ``position`` of theta moved by ``offset``.

        A removed link stays removed.
        """
        theta = self._network.theta
        theta[position] = self.theta[position] + offset
        self._network.remove_links()
        value = self._evaluate()
        theta[position] = self.theta[position]
        return value

    def difference(self, position: int, step: float) -> Difference:
        """The gradient at ``position`` against the central difference with ``step`` > 0."""
        above = self.at(position, step)
        sides = self._sides()
        below = self.at(position, -step)
        kink = self._kink_between(sides, self._sides(), position, step)
        return Difference(step, above, below, float(self.gradient[position]), kink)

    def _sides(self) -> list[tuple[str, int, NDArray[np.bool_]]]:
        """On which side of every kink the last pass was: what, layer, (N, units) each."""
        found: list[tuple[str, int, NDArray[np.bool_]]] = []
        for number, column, place in self._kinks:
            index = number - 1
            normalized, mask = self._pass.normalized[index], self._pass.mask[index]
            z = self._pass.z[index] if normalized is None else normalized
            side = (z > place) & column
            # What dropout takes away is no reason for anything.
            found.append(("activation", number, side if mask is None else side & (mask > 0.0)))
        if self._loss_kink is not None:
            output, target = self._pass.output[-1], self._pass.target
            value = output - target if self._loss_kink == 0.0 else output * target
            found.append(("loss", self._network.spec.depth, value > self._loss_kink))
        return found

    def _kink_between(
        self,
        above: list[tuple[str, int, NDArray[np.bool_]]],
        below: list[tuple[str, int, NDArray[np.bool_]]],
        position: int,
        step: float,
    ) -> Kink | None:
        for (what, number, one), (_, _, other) in zip(above, below, strict=True):
            crossed = np.argwhere(one != other)
            if len(crossed):
                return Kink(what, number, int(crossed[0, 1]), int(crossed[0, 0]))
        if abs(self.theta[position]) < step and self._has_kinked_penalty(position):
            return Kink("penalty")
        return None

    def _has_kinked_penalty(self, position: int) -> bool:
        spec = self._network.spec
        for index, layer in enumerate(spec.layers):
            weights, biases = spec.weight_slices[index], spec.bias_slices[index]
            inside = weights.start <= position < weights.stop
            if layer.regularizer.biases and layer.bias:
                inside = inside or biases.start <= position < biases.stop
            if inside:
                return bool(layer.regularizer.l1 > 0.0)
        return False


def use_disturbances(current: Pass, trace: Trace) -> None:
    """Let a pass have the dropout masks and the noise of a traced iteration."""
    for number, mask in enumerate((trace.input_mask, *trace.mask)):
        if mask is not None:
            current.set_mask(number, mask)
    for number, noise in enumerate((trace.input_noise, *trace.noise)):
        if noise is not None:
            current.set_noise(number, noise)


def _kinks_of(function: Activation) -> tuple[float, ...]:
    """The z at which an activation's derivative jumps."""
    if function.name in ("relu", "leaky_relu", "selu"):
        return (0.0,)
    if function.name == "hard_sigmoid":
        return (-3.0, 3.0)
    if function.name == "elu" and getattr(function, "alpha", 1.0) != 1.0:
        return (0.0,)
    return ()


def _places_of_kinks(spec: NetworkSpec) -> list[tuple[int, NDArray[np.bool_], float]]:
    """Layer, (units,) which of its neurons, and at which z."""
    found = []
    for number, layer in enumerate(spec.layers, start=1):
        whole = layer.make_activation()
        parts = getattr(whole, "parts", ((whole, np.arange(layer.units)),))
        for function, columns in parts:
            column = np.zeros(layer.units, np.bool_)
            column[columns] = True
            found += [(number, column, place) for place in _kinks_of(function)]
    return found
