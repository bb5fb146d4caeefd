"""Any number of an iteration explained: :func:`explain_quantity` and what goes with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from simulator.explain import backward, forward, gradients, losses, parameters, updates
from simulator.explain.context import Context, Draft
from simulator.explain.titles import title_of
from simulator.explanation import Explanation
from simulator.latex_text import plain_text
from simulator.notation import NEUTRAL, Notation
from simulator.project import Project
from simulator.quantity import OF_PARAMETERS, Kind, Quantity, quantity_at
from simulator.trace import Phase, Trace

_WRITERS: Mapping[Kind, Callable[[Context, Quantity], Draft]] = {
    Kind.INPUT: forward.input_draft,
    Kind.TARGET: forward.target_draft,
    Kind.PREACTIVATION: forward.preactivation_draft,
    Kind.NORMALIZED: forward.normalized_draft,
    Kind.ACTIVATION: forward.activation_draft,
    Kind.NOISE: forward.noise_draft,
    Kind.MASK: forward.mask_draft,
    Kind.OUTPUT: forward.output_draft,
    Kind.SAMPLE_LOSS: losses.sample_loss_draft,
    Kind.LOSS: losses.loss_draft,
    Kind.PENALTY: losses.penalty_draft,
    Kind.ERROR: backward.error_draft,
    Kind.DELTA: backward.delta_draft,
    Kind.GRADIENT: gradients.gradient_draft,
    Kind.SLOT_BEFORE: parameters.slot_before_draft,
    Kind.SLOT: updates.slot_draft,
    Kind.LEARNING_RATE: parameters.learning_rate_draft,
    Kind.PARAMETER: parameters.parameter_draft,
    Kind.UPDATED: updates.updated_draft,
}


def explain_quantity(
    trace: Trace,
    project: Project,
    quantity: Quantity,
    notation: Notation = NEUTRAL,
    digits: int = 4,
    terms: int = 6,
) -> Explanation:
    """How a number of this iteration came to be.

    digits : behind the point; terms : of a sum that are written out, the largest.
    Of a parameter's gradient and update ``quantity.row`` is the sample the chain rule is shown for.

    Raises
    ------
    KeyError : this iteration has no such number.
    """
    context = Context(trace, project, notation, digits, terms)
    value = context.shown(quantity)
    draft = draft_of(context, quantity)
    lines = list(draft.lines)
    # What the engine computed is what is shown; the line's own sum may be off by rounding.
    lines[-1] = replace(lines[-1], result=value, quantity=quantity)
    symbol = context.symbol(quantity)
    return Explanation(
        quantity=quantity,
        title=title_of(quantity, project),
        symbol=symbol,
        plain=plain_text(symbol),
        value=value,
        lines=tuple(lines),
        matrix=draft.matrix,
        samples=draft.samples,
        notes=tuple(draft.notes),
    )


def draft_of(context: Context, quantity: Quantity) -> Draft:
    """The lines of a quantity, worked out again from the numbers that stand in them."""
    if quantity.kind is Kind.OUTPUT:
        plain = context.received(quantity.layer, quantity.neuron, quantity.row)
        if plain.kind is not Kind.OUTPUT:
            return draft_of(context, plain)
    return _WRITERS[quantity.kind](context, quantity)


def worked_out(context: Context, quantity: Quantity) -> float:
    """A number from what it is computed from, in the notation's sign and scale."""
    result = draft_of(context, quantity).lines[-1].result
    return math.nan if result is None else result


def phase_explanation(
    trace: Trace,
    project: Project,
    phase: Phase,
    neuron: int = 0,
    source: int | None = None,
    row: int = 0,
    notation: Notation = NEUTRAL,
    digits: int = 4,
    terms: int = 6,
) -> Explanation:
    """What a phase computes of a neuron, or of its weight from column ``source``, explained.

    In the loss phase the row's loss; without ``source`` gradient and update are the bias's, or the
    first weight's where there is none.
    """
    if source is None and trace.spec.biases(trace.gradient, max(phase.layer, 1)) is None:
        source = 0
    quantity = quantity_at(phase, neuron, source, row)
    if quantity.kind in OF_PARAMETERS:
        quantity = replace(quantity, row=row)
    return explain_quantity(trace, project, quantity, notation, digits, terms)


def shown(trace: Trace, project: Project, quantity: Quantity, notation: Notation) -> float:
    """A number in the notation's own sign and scale.

    Raises
    ------
    KeyError : this iteration has no such number.
    """
    return Context(trace, project, notation).shown(quantity)
