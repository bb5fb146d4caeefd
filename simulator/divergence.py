"""What to say when training runs away: which number was the first to go, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.arrays import Array
from simulator.backprop import Pass
from simulator.trace import Trace


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first number of an iteration that was not finite, or the one that grew most.

    Attributes
    ----------
    iteration : whose loss was not finite or beyond all limits, counted from 1; nothing was
        updated then.
    layer, neuron : where it is; ``layer`` counted from 1, ``neuron`` from 0, None for the loss.
    what : "weights" (of a parameter: weight, bias, gamma or beta), "pre-activation", "activation"
        or "loss".
    source : of a weight the column of its matrix, None for anything else.
    value : the number itself.
    cause : a sentence on it for the user.
    last_good : the iterations completed at the last moment whose loss was within the limit.
    row : the sample of the mini-batch it was seen in, None for parameters.
    """

    iteration: int
    layer: int
    neuron: int | None
    what: str
    source: int | None
    value: float
    cause: str
    last_good: int
    row: int | None = None

    def with_last_good(self, iteration: int) -> Divergence:
        """The same with another moment to go back to."""
        return replace(self, last_good=iteration)


class DivergenceError(ArithmeticError):
    """Training stopped because the loss grew without limit; the text is for the user.

    Attributes
    ----------
    divergence : which number went first; ``last_good`` is the iteration the trainer fell back to.
    trace : the iteration that failed, as far as it went, its updates not made; None where the
        last update of training was to blame and nobody had laid that iteration open.
    rate : the learning rate it happened with.
    updated : whether the loss was good, but no longer behind the update: the last one of training.
    """

    def __init__(
        self, divergence: Divergence, rate: float, trace: Trace | None, updated: bool
    ) -> None:
        super().__init__(sentence(divergence, rate))
        self.divergence = divergence
        self.rate = rate
        self.trace = trace
        self.updated = updated


def sentence(divergence: Divergence, rate: float) -> str:
    """What happened, what is kept, and what to do about it."""
    return (
        f"Training stopped: the loss grew without limit at iteration {divergence.iteration:,} "
        f"({divergence.cause}). "
        f"The weights of iteration {divergence.last_good:,} are kept. "
        f"Try a smaller learning rate than {rate:g}."
    )


def locate(done: Pass, iteration: int) -> Divergence:
    """The first number that went wrong in the forward pass ``done`` of an iteration.

    In the order of calculation: a layer's parameters, its pre-activations, its activations, and
    then the next layer's; the loss at last.  Where all are finite, the largest weight is named:
    it is what has grown.
    """
    spec = done.network.spec
    for number in range(1, spec.depth + 1):
        found = _in_layer(done, number)
        if found is not None:
            return replace(found, iteration=iteration)
    if not np.isfinite(done.mean_loss):
        broken = ~np.isfinite(done.loss_per_sample)
        row = int(broken.argmax()) if broken.any() else None
        cause = f"first in the loss, which is {done.mean_loss:g}"
        return Divergence(iteration, spec.depth, None, "loss", None, done.mean_loss, cause, 0, row)
    number = 1 + max(
        range(spec.depth), key=lambda index: float(np.abs(done.network.W[index]).max())
    )
    neuron, source = _place(np.abs(done.network.W[number - 1]))
    value = float(done.network.W[number - 1][neuron, source])
    cause = (
        f"all numbers are finite; the largest weight is {value:.3g}, in layer {number}, "
        f"{spec.layer_name(number)}, neuron {neuron + 1}, from input {source + 1}"
    )
    return Divergence(iteration, number, neuron, "weights", source, value, cause, 0)


def _in_layer(done: Pass, number: int) -> Divergence | None:
    spec, network, index = done.network.spec, done.network, number - 1
    name = f"layer {number}, {spec.layer_name(number)}"
    weights = network.W[index]
    if not np.isfinite(weights).all():
        neuron, source = _place(~np.isfinite(weights))
        value = float(weights[neuron, source])
        cause = (
            f"first in the weights of {name}: the update overflowed, and the weight of neuron "
            f"{neuron + 1} from input {source + 1} is {value:g}"
        )
        return Divergence(0, number, neuron, "weights", source, value, cause, 0)
    for word, own in (
        ("biases", network.b[index]),
        ("scales", network.gamma[index]),
        ("shifts", network.beta[index]),
    ):
        if own is not None and not np.isfinite(own).all():
            neuron = int((~np.isfinite(own)).argmax())
            value = float(own[neuron])
            cause = (
                f"first in the {word} of {name}: the update overflowed, and that of neuron "
                f"{neuron + 1} is {value:g}"
            )
            return Divergence(0, number, neuron, "weights", None, value, cause, 0)
    found = _first_broken(done.z[index])
    if found is not None:
        row, neuron, value = found
        cause = (
            f"first in the pre-activations of {name}: that of neuron {neuron + 1} is {value:g}, "
            f"its weights have grown to {float(np.abs(weights).max()):.3g}"
        )
        return Divergence(0, number, neuron, "pre-activation", None, value, cause, 0, row)
    for values in (done.normalized[index], done.activation[index], done.output[index]):
        found = None if values is None else _first_broken(values)
        if found is not None:
            row, neuron, value = found
            cause = f"first in the activations of {name}: that of neuron {neuron + 1} is {value:g}"
            return Divergence(0, number, neuron, "activation", None, value, cause, 0, row)
    return None


def _first_broken(values: Array) -> tuple[int, int, float] | None:
    """Row, neuron and value of the first number of ``values`` (N, units) that is not finite."""
    broken = ~np.isfinite(values)
    if not broken.any():
        return None
    row, neuron = _place(broken)
    return row, neuron, float(values[row, neuron])


def _place(values: Array) -> tuple[int, int]:
    """Row and column of the largest entry, the first of them."""
    row, column = np.unravel_index(int(np.argmax(values)), values.shape)
    return int(row), int(column)
