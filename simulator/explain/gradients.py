"""Gradients explained: the chain rule for one weight, then the mean over the mini-batch."""

from __future__ import annotations

import numpy as np

from simulator.explain.backward import normalized_errors, standardized
from simulator.explain.context import Context, Draft, Piece, Term
from simulator.explain.functions import slope_at
from simulator.explain.matrices import gradient_matrix
from simulator.explain.words import setting
from simulator.explanation import Line, Matrix, Token
from simulator.quantity import Kind, Quantity, value_of

_TINY = 1e-9
"""An output nearer to 0 or 1 has an error too large to be multiplied by its slope."""


def gradient_draft(context: Context, quantity: Quantity) -> Draft:
    """The gradient of a weight, bias, gamma or beta."""
    if quantity.parameter in ("gamma", "beta"):
        return _normalization(context, quantity)
    layer, neuron, column = quantity.layer, quantity.neuron, quantity.source
    trace, size = context.trace, context.size
    left = context.symbol(quantity)
    notes = _notes(context, quantity)
    linked = context.linked(layer)
    if column is not None and linked is not None and linked[neuron, column] == 0.0:
        notes.append("The link is removed, so its gradient is 0.")
        none = tuple((row, 0.0) for row in range(size))
        return Draft([Line(f"{left} = 0", (), 0.0)], samples=none, notes=notes)
    deltas = [context.shown(Quantity(Kind.DELTA, layer, neuron, row)) for row in range(size)]
    received = [1.0] * size
    if column is not None:
        received = trace.received(layer)[:, column].astype(np.float64).tolist()
    turn = context.factor(Kind.GRADIENT) * context.factor(Kind.DELTA)
    turn = -1.0 if turn < 0.0 else 1.0
    lines = _chain_lines(context, quantity)
    terms: list[Term] = []
    for row in range(size):
        pieces: list[Piece] = [Quantity(Kind.DELTA, layer, neuron, row)]
        source = _source(context, quantity, row)
        if source is not None:
            pieces.append(source)
        elif context.notation.bias_as_node:
            pieces.append("1")
        terms.append((deltas[row] * received[row], pieces))
    mean = turn * sum(value for value, _ in terms) / size
    samples = tuple((row, turn * value / size + 0.0) for row, (value, _) in enumerate(terms))
    tokens, minus = context.sum(terms), "" if turn > 0.0 else "−"
    if size > 1:
        tokens = (Token(f"{minus}("), *tokens, Token(f") / {size}"))
        notes.append(f"It is the mean over the {size} samples of this update.")
    elif minus:
        tokens = (Token("−("), *tokens, Token(")"))
    symbols = minus.replace("−", "-") + _symbols(context, quantity)
    label = "delta times what the weight received" if column is not None else "delta"
    share = _penalty(context, quantity)
    if share is None:
        line = Line(f"{left} = {symbols}", tokens, mean, label=label)
        return Draft([*lines, line], _matrix(context, quantity), samples, notes)
    line = Line(f"\\nabla {context.letter('loss')} = {symbols}", tokens, mean, label=label)
    total = Line(
        f"{left} = \\nabla {context.letter('loss')}+\\nabla {context.letter('penalty')}",
        context.fill("{loss} + {penalty}", loss=mean, penalty=float(share.result or 0.0)),
        mean + float(share.result or 0.0),
        label="loss and penalty together",
    )
    notes.append("The penalty's share comes on top of the samples' shares.")
    return Draft([*lines, line, share, total], _matrix(context, quantity), samples, notes)


def _matrix(context: Context, quantity: Quantity) -> Matrix | None:
    return gradient_matrix(context, quantity.layer) if quantity.parameter == "W" else None


def _notes(context: Context, quantity: Quantity) -> list[str]:
    notes = []
    if not context.uses_gradient:
        notes.append(
            "The learning rule follows no gradient; what it takes off the weight has the same form."
        )
        if quantity.layer < context.spec.depth:
            notes.append("It trains the last layer alone.")
    elif context.notation.update_sign > 0:
        notes.append("In this notation the change is added, so it is the negative gradient.")
    return notes


def _source(context: Context, quantity: Quantity, row: int) -> Quantity | None:
    """What a weight received of a sample; None of a bias."""
    if quantity.source is None:
        return None
    return context.received(*context.spec.source_of(quantity.layer, quantity.source), row)


def _symbols(context: Context, quantity: Quantity) -> str:
    own = context.symbol(Quantity(Kind.DELTA, quantity.layer, quantity.neuron))
    source = _source(context, quantity, 0)
    if source is not None:
        own += f"\\,{context.symbol(source)}"
    elif context.notation.bias_as_node:
        own += "\\cdot 1"
    return own if context.size == 1 else f"\\frac{{1}}{{N}}\\sum_n {own}"


def _penalty(context: Context, quantity: Quantity) -> Line | None:
    """What the regularizer adds to the gradient, or None where it adds nothing."""
    own = context.spec.layer(quantity.layer).regularizer
    if not own.active or (quantity.parameter == "b" and not own.biases):
        return None
    place = Quantity(
        Kind.PARAMETER, quantity.layer, quantity.neuron, 0, quantity.source, quantity.parameter
    )
    weight = value_of(context.trace, place)
    factor = context.factor(Kind.GRADIENT)
    w = context.symbol(place)
    parts, templates = [], []
    if own.l1:
        parts.append(f"{setting(own.l1)}\\,\\mathrm{{sign}}({w})")
        templates.append(f"{setting(own.l1)} · sign({{w}})")
    if own.l2:
        parts.append(f"2\\cdot {setting(own.l2)}\\,{w}")
        templates.append(f"2 · {setting(own.l2)} · {{w}}")
    symbols, template = "+".join(parts), " + ".join(templates)
    if factor != 1.0:
        scale = "" if abs(factor) == 1.0 else f"{setting(abs(factor))}\\cdot "
        symbols = f"{'-' if factor < 0.0 else ''}{scale}({symbols})"
        scale = "" if abs(factor) == 1.0 else f"{setting(abs(factor))} · "
        template = f"{'−' if factor < 0.0 else ''}{scale}({template})"
    share = own.l1 * float(np.sign(weight)) + 2.0 * own.l2 * weight
    return Line(
        f"\\nabla {context.letter('penalty')} = {symbols}".replace("e−", "\\mathrm{e}-"),
        context.fill(template, w=place),
        factor * share,
        label=f"the penalty's share ({own.name.replace('_', ' ')})",
    )


# --- the chain rule -------------------------------------------------------------------------------


def _derivative(above: str, below: str) -> str:
    return f"\\frac{{\\partial {above}}}{{\\partial {below}}}"


def _chain_lines(context: Context, quantity: Quantity) -> list[Line]:
    """dE/dw factor by factor for one sample; nothing where a rule replaces the gradient."""
    if not context.uses_gradient:
        return []
    layer, neuron, row = quantity.layer, quantity.neuron, context.row(quantity)
    spec, trace = context.spec, context.trace
    loss = context.letter("loss")
    if context.size > 1:
        loss = context.symbol(Quantity(Kind.SAMPLE_LOSS))
    parameter = Quantity(Kind.PARAMETER, layer, neuron, 0, quantity.source, quantity.parameter)
    w = context.symbol(parameter)
    z = Quantity(Kind.PREACTIVATION, layer, neuron, row)
    z_sign = context.symbol(z)
    delta = Quantity(Kind.DELTA, layer, neuron, row)
    source = _source(context, quantity, row)
    received: Piece = "1" if source is None else source
    input_value = 1.0 if source is None else context.shown(source)
    minus = "-" if context.factor(Kind.DELTA) < 0.0 else ""
    left = f"{minus}{_derivative(loss, w)}"
    of_sample = f", sample {row + 1} of the mini-batch" if context.size > 1 else ""
    last = _derivative(z_sign, w)
    name = context.function(layer, neuron)[0]
    out = Quantity(Kind.ACTIVATION, layer, neuron, row)
    short = Line(
        f"{left} = {minus}{_derivative(loss, z_sign)}\\cdot {last}",
        context.fill("{delta} · {a}", delta=delta, a=received),
        context.shown(delta) * input_value,
        label=f"chain rule{of_sample}",
    )
    if spec.layer(layer).batch_normalization is not None or trace.noise[layer - 1] is not None:
        return [short]
    if layer == spec.depth and trace.fused:
        answers = trace.activation[-1][row].astype(np.float64)
        targets = trace.target[row]
        edge = answers if name == "softmax" else np.minimum(answers, 1.0 - answers)
        if bool((edge[(targets != 0.0) | (name != "softmax")] < _TINY).any()):
            return [short]
    if trace.mask[layer - 1] is not None:
        return [short]
    if name == "softmax":
        return [_softmax_chain(context, quantity, left, minus, loss, last, received, of_sample)]
    value = value_of(trace, z)
    slope = slope_at(context.function(layer, neuron)[2], value, value_of(trace, out))
    error = Quantity(Kind.ERROR, layer, neuron, row)
    a_sign = context.symbol(out)
    return [
        Line(
            f"{left} = {minus}{_derivative(loss, a_sign)}\\cdot {_derivative(a_sign, z_sign)}"
            f"\\cdot {last}",
            context.fill("{e} · {slope} · {a}", e=error, slope=slope, a=received),
            context.shown(error) * slope * input_value,
            label=f"chain rule{of_sample}",
        )
    ]


def _softmax_chain(
    context: Context,
    quantity: Quantity,
    left: str,
    minus: str,
    loss: str,
    last: str,
    received: Piece,
    of_sample: str,
) -> Line:
    """Through all outputs: each depends on this neuron's z."""
    layer, neuron, row = quantity.layer, quantity.neuron, context.row(quantity)
    a = context.trace.activation[layer - 1][row].astype(np.float64)
    terms: list[Term] = []
    for k in range(len(a)):
        slope = float(a[k]) * ((1.0 if k == neuron else 0.0) - float(a[neuron]))
        error = Quantity(Kind.ERROR, layer, k, row)
        value = context.shown(error)
        if value != 0.0:
            terms.append((value * slope, [error, slope]))
    total = sum(value for value, _ in terms)
    z = context.symbol(Quantity(Kind.PREACTIVATION, layer, neuron, row))
    own = context.sign(Kind.ACTIVATION, layer, "k")
    value = context.shown(received) if isinstance(received, Quantity) else 1.0
    return Line(
        f"{left} = {minus}\\sum_k {_derivative(loss, own)}\\cdot {_derivative(own, z)}"
        f"\\cdot {last}",
        context.fill("({all}) · {a}", all=context.sum(terms), a=received),
        total * value,
        label=f"chain rule{of_sample}",
    )


# --- batch normalization --------------------------------------------------------------------------


def _normalization(context: Context, quantity: Quantity) -> Draft:
    """gamma: the mean of e times the standardized z; beta: the mean of e."""
    layer, neuron, size = quantity.layer, quantity.neuron, context.size
    errors = normalized_errors(context, layer, neuron)
    x_hat = standardized(context, layer, neuron)[0]
    turn = context.factor(Kind.GRADIENT) * context.factor(Kind.DELTA)
    turn = -1.0 if turn < 0.0 else 1.0
    gamma = quantity.parameter == "gamma"
    terms: list[Term] = [
        (e * x, [e, x]) if gamma else (e, [e])
        for e, x in zip(errors.tolist(), x_hat.tolist(), strict=True)
    ]
    minus = "" if turn > 0.0 else "−"
    mean = turn * sum(value for value, _ in terms) / size
    inner = "e_n\\,\\hat{x}_n" if gamma else "e_n"
    line = Line(
        f"{context.symbol(quantity)} = {minus.replace('−', '-')}\\frac{{1}}{{N}}\\sum_n {inner}",
        (Token(f"{minus}("), *context.sum(terms), Token(f") / {size}")),
        mean,
        label="over the mini-batch",
    )
    samples = tuple((row, turn * value / size + 0.0) for row, (value, _) in enumerate(terms))
    notes = [
        *_notes(context, quantity),
        "e is the error behind the activation, x̂ the standardized pre-activation.",
    ]
    return Draft([line], None, samples, notes)
