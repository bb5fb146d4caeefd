"""Optimizers: how the flat parameter vector moves along the flat gradient.

Names, formulas and defaults are Keras 3's.  In the formulas w is a parameter, g its gradient, eta
the learning rate and k the number of this update, counted from 1.  Every operation writes into a
buffer made at the start.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from simulator.arrays import Array
from simulator.clipping import ClippingSpec
from simulator.schedules import LearningRate, ScheduleSpec

BLOCK = 65_536
"""Parameters updated at a time: the few vectors an update works with then stay in the cache."""


@dataclass(frozen=True, slots=True)
class OptimizerSpec:
    """Which optimizer, with which learning rate (> 0).

    ``parameters`` are (name, value) of those that differ from the optimizer's defaults.
    """

    name: str = "sgd"
    learning_rate: float = 0.01
    parameters: tuple[tuple[str, float], ...] = ()
    schedule: ScheduleSpec = ScheduleSpec()  # noqa: RUF009 - frozen
    clipping: ClippingSpec = ClippingSpec()  # noqa: RUF009 - frozen


class Optimizer(ABC):
    """Moves ``theta`` in place.

    Attributes
    ----------
    rate : the learning rate as a function of the updates made.
    learning_rate : that of the last update.
    iterations : updates made so far with this optimizer.
    scheduled : updates made so far with this schedule, which another optimizer takes over.
    slots : what it remembers of the past by name, each (size,): saved and restored with training.
    """

    defaults: ClassVar[Mapping[str, float]] = MappingProxyType({})
    """Its parameters besides the learning rate."""
    slot_names: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        spec: OptimizerSpec,
        size: int,
        *,
        trainable: Array | None = None,
        groups: Sequence[slice] = (),
        precision: str = "float64",
    ) -> None:
        """``trainable`` (size,) is 0 where a parameter stays as it is; ``groups`` are what
        clipnorm is applied to one by one.
        """
        self.rate = LearningRate(spec.learning_rate, spec.schedule)
        self.learning_rate = self.rate.at(0)
        self.parameters = {**self.defaults, **dict(spec.parameters)}
        self.iterations = 0
        self.scheduled = 0
        self.slots: dict[str, Array] = {name: np.zeros(size, precision) for name in self.slot_names}
        self._blocks = [slice(start, start + BLOCK) for start in range(0, size, BLOCK)]
        self._views = [
            {name: values[block] for name, values in self.slots.items()} for block in self._blocks
        ]
        lengths = [min(BLOCK, size)]
        if size % BLOCK and size > BLOCK:
            lengths.append(size % BLOCK)
        self._buffers = [tuple(np.zeros((2, length), precision)) for length in lengths]
        self._use_block(0)
        self._trainable = trainable
        self._clipping = spec.clipping
        self._groups = groups
        used = spec.clipping.active or trainable is not None
        self._prepared: Array | None = np.zeros(size, precision) if used else None

    def step(self, theta: Array, gradient: Array) -> None:
        """One update of ``theta`` from the gradient of the mini-batch; both (size,)."""
        rate = self.rate
        if rate.is_constant:
            self.learning_rate = rate.initial * rate.factor
        else:
            self.learning_rate = rate.at(self.scheduled)
        self.scheduled += 1
        self.iterations += 1
        if self._prepared is not None:
            gradient = self._prepare(gradient, self._prepared)
        trainable = self._trainable
        if len(self._blocks) == 1:
            self._compute_change(theta, gradient)
            if trainable is not None:
                self._change *= trainable
            np.subtract(theta, self._change, theta)
            return
        for number, block in enumerate(self._blocks):
            self._use_block(number)
            part = theta[block]
            self._compute_change(part, gradient[block])
            if trainable is not None:
                self._change *= trainable[block]
            part -= self._change

    def _use_block(self, number: int) -> None:
        """Let the formulas below see one block of the slots, and buffers of its length."""
        self._own = self._views[number]
        last = number == len(self._blocks) - 1
        self._change, self._scratch = self._buffers[-1 if last else 0]

    def set_learning_rate(self, initial: float) -> None:
        """Use another eta from the next update on."""
        self.rate.initial = initial

    def reduce_rate(self, factor: float) -> None:
        """Multiply every later rate by ``factor``."""
        self.rate.factor *= factor

    def _prepare(self, gradient: Array, out: Array) -> Array:
        """The gradient without what does not learn, and within the limits."""
        out[...] = gradient
        if self._trainable is not None:
            # It has no say in how long the gradient is, nor is it remembered for later.
            out *= self._trainable
        self._clipping.limit(out, self._groups)
        return out

    @abstractmethod
    def _compute_change(self, theta: Array, gradient: Array) -> None:
        """Write what is to be taken off ``theta`` into ``self._change``."""

    def _decay_average(self, slot: str, rate: float, values: Array) -> Array:
        """slot <- rate slot + (1 - rate) values; ``values`` may be the scratch buffer."""
        average = self._own[slot]
        average *= rate
        np.multiply(values, 1.0 - rate, out=self._scratch)
        average += self._scratch
        return average


class SGD(Optimizer):
    """w <- w - eta g."""

    def _compute_change(self, theta: Array, gradient: Array) -> None:
        np.multiply(gradient, self.learning_rate, out=self._change)


class Momentum(Optimizer):
    """v <- momentum v - eta g; w <- w + v.  Polyak 1964; Keras's SGD with momentum."""

    defaults: ClassVar[Mapping[str, float]] = MappingProxyType({"momentum": 0.9})
    slot_names: ClassVar[tuple[str, ...]] = ("velocity",)

    def _compute_change(self, theta: Array, gradient: Array) -> None:
        velocity = self._velocity(gradient)
        np.negative(velocity, out=self._change)

    def _velocity(self, gradient: Array) -> Array:
        velocity = self._own["velocity"]
        velocity *= self.parameters["momentum"]
        np.multiply(gradient, self.learning_rate, out=self._scratch)
        velocity -= self._scratch
        return velocity


class Nesterov(Momentum):
    """v <- momentum v - eta g; w <- w + momentum v - eta g.  Nesterov 1983, in Keras's form."""

    def _compute_change(self, theta: Array, gradient: Array) -> None:
        velocity = self._velocity(gradient)
        np.multiply(velocity, -self.parameters["momentum"], out=self._change)
        np.multiply(gradient, self.learning_rate, out=self._scratch)
        self._change += self._scratch


class Adagrad(Optimizer):
    """s <- s + g²; w <- w - eta g / sqrt(s + epsilon).  Duchi, Hazan & Singer 2011."""

    defaults: ClassVar[Mapping[str, float]] = MappingProxyType(
        {"initial_accumulator_value": 0.1, "epsilon": 1e-7}
    )
    slot_names: ClassVar[tuple[str, ...]] = ("accumulator",)

    def __init__(self, spec: OptimizerSpec, size: int, **more: Any) -> None:
        super().__init__(spec, size, **more)
        self.slots["accumulator"][...] = self.parameters["initial_accumulator_value"]

    def _compute_change(self, theta: Array, gradient: Array) -> None:
        accumulator = self._own["accumulator"]
        np.multiply(gradient, gradient, out=self._scratch)
        accumulator += self._scratch
        np.add(accumulator, self.parameters["epsilon"], out=self._scratch)
        np.sqrt(self._scratch, out=self._scratch)
        np.multiply(gradient, self.learning_rate, out=self._change)
        self._change /= self._scratch


class Adadelta(Optimizer):
    """s <- rho s + (1 - rho) g²; u = g sqrt(d + epsilon) / sqrt(s + epsilon);
    d <- rho d + (1 - rho) u²; w <- w - eta u.  Zeiler 2012.
    """

    defaults: ClassVar[Mapping[str, float]] = MappingProxyType({"rho": 0.95, "epsilon": 1e-7})
    slot_names: ClassVar[tuple[str, ...]] = ("accumulated_gradient", "accumulated_change")

    def _compute_change(self, theta: Array, gradient: Array) -> None:
        rho, epsilon = self.parameters["rho"], self.parameters["epsilon"]
        np.multiply(gradient, gradient, out=self._scratch)
        squares = self._decay_average("accumulated_gradient", rho, self._scratch)
        np.add(self._own["accumulated_change"], epsilon, out=self._change)
        np.add(squares, epsilon, out=self._scratch)
        self._change /= self._scratch
        np.sqrt(self._change, out=self._change)
        self._change *= gradient
        np.multiply(self._change, self._change, out=self._scratch)
        self._decay_average("accumulated_change", rho, self._scratch)
        self._change *= self.learning_rate


class RMSprop(Optimizer):
    """s <- rho s + (1 - rho) g²; w <- w - eta g / sqrt(s + epsilon).  Tieleman & Hinton 2012."""

    defaults: ClassVar[Mapping[str, float]] = MappingProxyType({"rho": 0.9, "epsilon": 1e-7})
    slot_names: ClassVar[tuple[str, ...]] = ("velocity",)

    def _compute_change(self, theta: Array, gradient: Array) -> None:
        np.multiply(gradient, gradient, out=self._scratch)
        average = self._decay_average("velocity", self.parameters["rho"], self._scratch)
        np.add(average, self.parameters["epsilon"], out=self._scratch)
        np.sqrt(self._scratch, out=self._scratch)
        np.multiply(gradient, self.learning_rate, out=self._change)
        self._change /= self._scratch


class Adam(Optimizer):
    """m <- beta_1 m + (1 - beta_1) g; v <- beta_2 v + (1 - beta_2) g²;
    w <- w - eta_k m / (sqrt(v) + epsilon), eta_k = eta sqrt(1 - beta_2^k) / (1 - beta_1^k).

    Kingma & Ba 2015, in the order of the end of their section 2, which is Keras's.
    """

    defaults: ClassVar[Mapping[str, float]] = MappingProxyType(
        {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
    )
    slot_names: ClassVar[tuple[str, ...]] = ("momentum", "velocity")

    def _compute_change(self, theta: Array, gradient: Array) -> None:
        beta_1, beta_2 = self.parameters["beta_1"], self.parameters["beta_2"]
        mean = self._decay_average("momentum", beta_1, gradient)
        self._divide_by_spread(gradient, mean)
        correction = math.sqrt(1.0 - beta_2**self.iterations) / (1.0 - beta_1**self.iterations)
        self._change *= self.learning_rate * correction

    def _divide_by_spread(self, gradient: Array, numerator: Array) -> None:
        """change <- numerator / (sqrt(v) + epsilon), with the new v."""
        np.multiply(gradient, gradient, out=self._scratch)
        squares = self._decay_average("velocity", self.parameters["beta_2"], self._scratch)
        np.sqrt(squares, out=self._scratch)
        self._scratch += self.parameters["epsilon"]
        np.divide(numerator, self._scratch, out=self._change)


class AdamW(Adam):
    """As Adam, after w <- w - eta weight_decay w.  Loshchilov & Hutter 2019."""

    defaults: ClassVar[Mapping[str, float]] = MappingProxyType(
        {"weight_decay": 0.004, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
    )

    def _compute_change(self, theta: Array, gradient: Array) -> None:
        super()._compute_change(theta, gradient)
        np.multiply(theta, self.learning_rate * self.parameters["weight_decay"], out=self._scratch)
        self._change += self._scratch


class Adamax(Optimizer):
    """m as in Adam; u <- max(beta_2 u, |g|); w <- w - eta / (1 - beta_1^k) m / (u + epsilon).

    Kingma & Ba 2015, section 7.1.
    """

    defaults: ClassVar[Mapping[str, float]] = Adam.defaults
    slot_names: ClassVar[tuple[str, ...]] = ("momentum", "largest")

    def _compute_change(self, theta: Array, gradient: Array) -> None:
        beta_1 = self.parameters["beta_1"]
        mean = self._decay_average("momentum", beta_1, gradient)
        largest = self._own["largest"]
        largest *= self.parameters["beta_2"]
        np.absolute(gradient, out=self._scratch)
        np.maximum(largest, self._scratch, out=largest)
        np.add(largest, self.parameters["epsilon"], out=self._scratch)
        np.divide(mean, self._scratch, out=self._change)
        self._change *= self.learning_rate / (1.0 - beta_1**self.iterations)


class Nadam(Optimizer):
    """Adam with Nesterov's look ahead: with mu_k = beta_1 (1 - 0.96^k / 2) and their products
    U_k = mu_1 ... mu_k,

    m and v as in Adam; m' = mu_{k+1} m / (1 - U_{k+1}) + (1 - mu_k) g / (1 - U_k);
    v' = v / (1 - beta_2^k); w <- w - eta m' / (sqrt(v') + epsilon).  Dozat 2016, Keras's schedule.
    """

    defaults: ClassVar[Mapping[str, float]] = Adam.defaults
    slot_names: ClassVar[tuple[str, ...]] = ("momentum", "velocity")

    def __init__(self, spec: OptimizerSpec, size: int, **more: Any) -> None:
        super().__init__(spec, size, **more)
        self._product = (0, 1.0)

    def _compute_change(self, theta: Array, gradient: Array) -> None:
        beta_1, beta_2 = self.parameters["beta_1"], self.parameters["beta_2"]
        step = self.iterations
        now, ahead = nadam_momentum(beta_1, step), nadam_momentum(beta_1, step + 1)
        # Where training was resumed from an earlier state, from the start.
        known = self._product if self._product[0] <= step else (0, 1.0)
        product = nadam_product(beta_1, step, known)
        self._product = (step, product)
        mean = self._decay_average("momentum", beta_1, gradient)
        np.multiply(mean, ahead / (1.0 - product * ahead), out=self._change)
        np.multiply(gradient, (1.0 - now) / (1.0 - product), out=self._scratch)
        self._change += self._scratch
        np.multiply(gradient, gradient, out=self._scratch)
        squares = self._decay_average("velocity", beta_2, self._scratch)
        np.divide(squares, 1.0 - beta_2**step, out=self._scratch)
        np.sqrt(self._scratch, out=self._scratch)
        self._scratch += self.parameters["epsilon"]
        self._change /= self._scratch
        self._change *= self.learning_rate


def nadam_momentum(beta_1: float, k: int) -> float:
    """mu_k of :class:`Nadam`."""
    return float(beta_1 * (1.0 - 0.5 * 0.96**k))


def nadam_product(beta_1: float, k: int, known: tuple[int, float] = (0, 1.0)) -> float:
    """U_k of :class:`Nadam`, from an earlier one that is ``known``, as (its k, U_k)."""
    done, product = known
    for number in range(done + 1, k + 1):
        if product == 0.0:
            break
        product *= nadam_momentum(beta_1, number)
    return product


OPTIMIZERS: Mapping[str, type[Optimizer]] = MappingProxyType(
    {
        "sgd": SGD,
        "momentum": Momentum,
        "nesterov": Nesterov,
        "adagrad": Adagrad,
        "adadelta": Adadelta,
        "rmsprop": RMSprop,
        "adam": Adam,
        "adamax": Adamax,
        "nadam": Nadam,
        "adamw": AdamW,
    }
)


def optimizer_parameters(name: str, given: Iterable[tuple[str, float]] = ()) -> dict[str, float]:
    """The parameters an optimizer has, ``given`` or else their defaults; SGD has none."""
    return {**OPTIMIZERS[name].defaults, **dict(given)}
