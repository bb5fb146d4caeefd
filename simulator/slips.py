"""Slips that are often made in a calculation by hand, each worked out from the trace.

A slip is a wrong way to compute a number.  What it would give is computed, never guessed; a wrong
answer that equals it has probably come about so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from simulator.explain import shown
from simulator.explain.backward import slope_lines
from simulator.explain.context import Context
from simulator.explain.engine import worked_out
from simulator.notation import NEUTRAL, Notation
from simulator.predictions import TOLERANCES, Tolerance
from simulator.project import Project
from simulator.quantity import Kind, Quantity, value_of
from simulator.rules import follows_gradient
from simulator.trace import Trace


@dataclass(frozen=True, slots=True)
class Slip:
    """A wrong way: its name, what it gives, and a sentence."""

    name: str
    value: float
    sentence: str


def slips(
    trace: Trace, project: Project, quantity: Quantity, notation: Notation = NEUTRAL
) -> tuple[Slip, ...]:
    """What a number comes to in each wrong way there is for it, the telling ones first.

    Raises
    ------
    KeyError : this iteration has no such number.
    """
    context = Context(trace, project, notation)
    value = context.shown(quantity)
    found = list(_WAYS.get(quantity.kind, _none)(context, quantity))
    found += _general(context, quantity, value)
    finite = (own for own in found if np.isfinite(own.value))
    return tuple(own for own in finite if abs(own.value - value) > 1e-9 * max(1.0, abs(value)))


def recognize(
    guess: float,
    trace: Trace,
    project: Project,
    quantity: Quantity,
    notation: Notation = NEUTRAL,
    tolerance: Tolerance = TOLERANCES[0],
) -> Slip | None:
    """The slip that gives this wrong answer, or None.

    Of several within the tolerance the nearest is meant; of equally near ones the first.
    """
    value = shown(trace, project, quantity, notation)
    near = [
        own
        for own in slips(trace, project, quantity, notation)
        if tolerance.accepts(guess, own.value) and not tolerance.accepts(own.value, value)
    ]
    return min(near, key=lambda own: abs(own.value - guess), default=None)


def _none(context: Context, quantity: Quantity) -> Iterator[Slip]:
    yield from ()


def _general(context: Context, quantity: Quantity, value: float) -> Iterator[Slip]:
    at_output = quantity.layer == context.spec.depth
    if quantity.kind in (Kind.ERROR, Kind.DELTA) and at_output:
        minus = context.factor(quantity.kind) < 0.0
        wrong, right = ("output minus target", "target minus output")[:: 1 if minus else -1]
        yield Slip(wrong, -value, f"That is {wrong}; here it is {right}.")
    yield Slip("sign", -value, "The sign is the other way round.")
    yield Slip("factor 2", 2.0 * value, "That is twice as much: a factor 2 too many.")
    yield Slip("factor ½", 0.5 * value, "That is half of it: a factor 2 is missing.")


def _with_new_weights(context: Context) -> Context:
    return replace(context, trace=replace(context.trace, theta_before=context.trace.theta_after))


def _preactivation(context: Context, quantity: Quantity) -> Iterator[Slip]:
    trace, layer = context.trace, quantity.layer
    if context.spec.biases(trace.theta_before, layer) is not None:
        without = trace.theta_before.copy()
        own = context.spec.biases(without, layer)
        assert own is not None
        own[...] = 0.0
        value = worked_out(replace(context, trace=replace(trace, theta_before=without)), quantity)
        yield Slip("bias", value, "That is the sum without the bias.")
    value = worked_out(_with_new_weights(context), quantity)
    yield Slip("new weight", value, "That uses the weights after the update; they come later.")


def _activation(context: Context, quantity: Quantity) -> Iterator[Slip]:
    z = context.entering(quantity.layer, quantity.neuron, context.row(quantity))
    entering = value_of(context.trace, z)
    yield Slip("activation", entering, "That is what the activation function is applied to.")
    if context.function(quantity.layer, quantity.neuron)[0] == "softmax" and entering < 700.0:
        sentence = "That is not divided by the sum over all outputs."
        yield Slip("softmax sum", float(np.exp(entering)), sentence)


def _error(context: Context, quantity: Quantity) -> Iterator[Slip]:
    if quantity.layer < context.spec.depth:
        value = worked_out(_with_new_weights(context), quantity)
        yield Slip("new weight", value, "That uses the weights after the update.")


def _delta(context: Context, quantity: Quantity) -> Iterator[Slip]:
    trace, layer, row = context.trace, quantity.layer, context.row(quantity)
    if not follows_gradient(trace.rule):
        return
    prime = f"{context.notation.plain(Kind.PREACTIVATION, layer, spec=context.spec)}"
    place = Quantity(Kind.ERROR, layer, quantity.neuron, row)
    fused = trace.fused and layer == context.spec.depth
    name = context.function(layer, quantity.neuron)[0]
    normalizes = context.spec.layer(layer).batch_normalization is not None
    if fused:
        if name == "sigmoid":
            slope = slope_lines(context, quantity, "")[0].result or 0.0
            yield Slip(
                "slope",
                slope * context.shown(quantity),
                "That is multiplied by the activation's slope, which the loss cancels.",
            )
        return
    mask = trace.mask[layer - 1]
    kept = 1.0
    if mask is not None:
        kept = float(mask[row, quantity.neuron]) * context.spec.layer(layer).training_scale
    yield Slip(
        "slope",
        context.shown(place) * kept,
        f"That is the error alone: the activation's slope at {prime} is missing.",
    )
    if layer < context.spec.depth and not normalizes and name != "softmax":
        changed = _with_new_weights(context)
        error = worked_out(changed, place) / context.factor(Kind.ERROR)
        errors = list(trace.error)
        errors[layer - 1] = errors[layer - 1].copy()
        errors[layer - 1][row, quantity.neuron] = error
        own = replace(context, trace=replace(trace, error=tuple(errors)))
        yield Slip(
            "new weight", worked_out(own, quantity), "That uses the weights after the update."
        )


def _gradient(context: Context, quantity: Quantity) -> Iterator[Slip]:
    if quantity.parameter not in ("W", "b"):
        return
    trace, value = context.trace, context.shown(quantity)
    turn = context.factor(Kind.GRADIENT)
    deltas = trace.delta[quantity.layer - 1][:, quantity.neuron].astype(np.float64)
    if quantity.source is not None:
        yield Slip(
            "input",
            turn * float(deltas.mean()),
            "That is delta alone: what the weight received is missing.",
        )
    if context.size > 1:
        yield Slip(
            "mean",
            value * context.size,
            f"That is the sum over the mini-batch: it is divided by its {context.size} samples.",
        )
        row = context.row(quantity)
        received = 1.0
        if quantity.source is not None:
            received = float(trace.received(quantity.layer)[row, quantity.source])
        yield Slip(
            "one sample",
            turn * float(deltas[row]) * received,
            f"That is this sample's alone: the gradient is the mean over all {context.size}.",
        )


def _updated(context: Context, quantity: Quantity) -> Iterator[Slip]:
    trace = context.trace
    old = value_of(trace, replace(quantity, kind=Kind.PARAMETER))
    new = value_of(trace, quantity)
    if trace.learning_rate != 1.0 and context.project.optimizer.name == "sgd":
        gradient = value_of(trace, replace(quantity, kind=Kind.GRADIENT))
        yield Slip("learning rate", old - gradient, "The learning rate is missing.")
    yield Slip("direction", 2.0 * old - new, "That goes the other way: up the loss, not down.")
    yield Slip("step alone", new - old, "That is the change alone; the old value is missing.")
    yield Slip("old value", old, "That is the value before the update.")


_WAYS = {
    Kind.PREACTIVATION: _preactivation,
    Kind.ACTIVATION: _activation,
    Kind.ERROR: _error,
    Kind.DELTA: _delta,
    Kind.GRADIENT: _gradient,
    Kind.UPDATED: _updated,
}
