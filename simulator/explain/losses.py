"""Losses explained: of one sample, of the mini-batch, and what they say of each output."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from simulator.arrays import Array
from simulator.explain.context import Context, Draft, Piece, Term
from simulator.explain.words import setting
from simulator.explanation import Line, Token
from simulator.losses import loss_parameters, make_loss, smallest
from simulator.quantity import Kind, Quantity, value_of

_SYMBOLS = {
    "categorical_crossentropy": "-\\sum_{i} @t\\,\\ln @y",
    "binary_crossentropy": "-\\frac{1}{n}\\sum_{i} (@t\\,\\ln @y+(1-@t)\\,\\ln(1-@y))",
    "mse": "\\frac{1}{n}\\sum_{i} (@y-@t)^{2}",
    "half_squared_error": "\\frac{1}{2}\\sum_{i} (@y-@t)^{2}",
    "squared_error": "\\sum_{i} (@y-@t)^{2}",
    "mae": "\\frac{1}{n}\\sum_{i} |@y-@t|",
    "huber": "\\frac{1}{n}\\sum_{i} h(@y-@t)",
    "hinge": "\\frac{1}{n}\\sum_{i} \\max(0,\\,1-@t\\,@y)",
}
_DERIVATIVES = {
    "categorical_crossentropy": "-\\frac{@t}{@y}",
    "binary_crossentropy": "\\frac{1}{n}\\,\\frac{@y-@t}{@y\\,(1-@y)}",
    "mse": "\\frac{2}{n}\\,(@y-@t)",
    "half_squared_error": "@y-@t",
    "squared_error": "2\\,(@y-@t)",
    "mae": "\\frac{1}{n}\\,\\mathrm{sign}(@y-@t)",
    "huber": "\\frac{1}{n}\\,\\max(-d,\\,\\min(d,\\,@y-@t))",
    "hinge": "-\\frac{1}{n}\\,@t\\ \\mathrm{if}\\ @t\\,@y<1,\\ \\mathrm{else}\\ 0",
}
_AVERAGES = frozenset(("binary_crossentropy", "mse", "mae", "huber", "hinge"))
"""Losses whose name says mean: over the n outputs."""


def pair(context: Context, row: int, index: int) -> tuple[Quantity, Quantity]:
    """An output of the network and its target."""
    depth = context.spec.depth
    return context.received(depth, index, row), Quantity(Kind.TARGET, depth, index, row)


def pair_signs(context: Context, index: str) -> tuple[str, str]:
    """The same in symbols, with a letter or number as index."""
    depth = context.spec.depth
    y = context.sign(context.received(depth, 0, 0).kind, depth, index)
    return y, context.sign(Kind.TARGET, depth, index)


def _parameters(context: Context) -> dict[str, float]:
    project = context.project
    return loss_parameters(project.loss, project.loss_parameters)


def sample_loss_draft(context: Context, quantity: Quantity) -> Draft:
    """The loss of one row of the mini-batch."""
    row, name, n = context.row(quantity), context.project.loss, context.spec.outputs
    y_sign, t_sign = pair_signs(context, "i")
    factor = context.factor(Kind.SAMPLE_LOSS)
    scale = "" if factor == 1.0 else f"{setting(factor)}\\cdot "
    symbols = _SYMBOLS[name].replace("@y", y_sign).replace("@t", t_sign)
    terms = _terms(context, row)
    total = sum(value for value, _ in terms)
    share = 1.0 / n if name in _AVERAGES else 0.5 if name == "half_squared_error" else 1.0
    sign = -1.0 if name.endswith("crossentropy") else 1.0
    before = "" if factor == 1.0 else f"{setting(factor)} · "
    before += "−" if sign < 0.0 else ""
    if name in _AVERAGES and n > 1:
        before += f"1 / {n} · "
    elif name == "half_squared_error":
        before += "½ · "
    tokens = context.sum(terms)
    if before and (len(terms) > 1 or sign < 0.0):
        tokens = (Token(before + "("), *tokens, Token(")"))
    elif before:
        tokens = (Token(before), *tokens)
    notes = []
    if context.trace.fused:
        notes.append(
            "The loss is computed from the pre-activations in one go, so it stays exact where "
            "an output is rounded to 0 or 1."
        )
    if context.size > 1:
        notes.append(f"The loss of the mini-batch is the mean over its {context.size:,} samples.")
    if context.trace.penalty:
        notes.append(
            "The penalty on the weights comes on top: "
            f"{context.number(context.shown(Quantity(Kind.PENALTY)))}."
        )
    line = Line(
        f"{context.symbol(quantity)} = {scale}{symbols}", tokens, factor * sign * share * total
    )
    return Draft([line], notes=notes)


def _terms(context: Context, row: int) -> list[Term]:
    """What is added up over the outputs, without the factor before it."""
    name, trace = context.project.loss, context.trace
    answers = trace.output[-1][row].astype(np.float64)
    targets = trace.target[row].astype(np.float64)
    # Logarithms of 0 are cut off as the engine's are.
    least = smallest(trace.output[-1])
    bend = _parameters(context).get("delta", 1.0)
    terms: list[Term] = []
    for index in range(context.spec.outputs):
        y, t = pair(context, row, index)
        a, b = float(answers[index]), float(targets[index])
        fill = context.fill
        if name == "categorical_crossentropy":
            if b == 0.0:
                continue
            value = b * _log(context, row, index, least)
            terms.append((value, [fill("{t} · ln({y})", t=t, y=y)]))
        elif name == "binary_crossentropy":
            first, second = _both_logs(context, row, index, a, least)
            value = b * first + (1.0 - b) * second
            template = "{t} · ln({y}) + (1 − {t}) · ln(1 − {y})"
            terms.append((value, [fill(template, t=t, y=y)]))
        elif name == "mae":
            terms.append((abs(a - b), [fill("|{y} − {t}|", t=t, y=y)]))
        elif name == "huber":
            size = abs(a - b)
            if size <= bend:
                terms.append((size * size / 2, [fill("({y} − {t})² / 2", t=t, y=y)]))
            else:
                template = f"{setting(bend)} · (|{{y}} − {{t}}| − {setting(bend / 2)})"
                terms.append((bend * (size - bend / 2), [fill(template, t=t, y=y)]))
        elif name == "hinge":
            terms.append((max(0.0, 1.0 - a * b), [fill("max(0, 1 − {t} · {y})", t=t, y=y)]))
        else:
            # A product beyond all numbers is ∞; Python's power would raise.
            terms.append(((a - b) * (a - b), [fill("({y} − {t})²", t=t, y=y)]))
    return terms


def _log(context: Context, row: int, index: int, least: float) -> float:
    """ln y of a softmax output, from z where the engine takes it from there."""
    if not context.trace.fused:
        return math.log(max(float(context.trace.output[-1][row, index]), least))
    z = _entered(context)[row].astype(np.float64)
    shifted = z - z.max()
    return float(shifted[index] - np.log(np.exp(shifted).sum()))


def _both_logs(
    context: Context, row: int, index: int, answer: float, least: float
) -> tuple[float, float]:
    """ln y and ln(1 - y)."""
    if not context.trace.fused:
        return math.log(max(answer, least)), math.log(max(1.0 - answer, least))
    z = float(_entered(context)[row, index])
    return -float(np.logaddexp(0.0, -z)), -float(np.logaddexp(0.0, z))


def _entered(context: Context) -> Array:
    """What the last activation works on: (N, n_out)."""
    trace = context.trace
    own = trace.normalized[-1] if trace.normalized else None
    return trace.z[-1] if own is None else own


def loss_draft(context: Context, quantity: Quantity) -> Draft:
    """The mean over the mini-batch."""
    size = context.size
    places = [Quantity(Kind.SAMPLE_LOSS, context.spec.depth, 0, row) for row in range(size)]
    values = [context.shown(place) for place in places]
    samples = tuple((row, value / size) for row, value in enumerate(values))
    terms: list[Term] = [(value, [place]) for value, place in zip(values, places, strict=True)]
    tokens = context.sum(terms)
    if size > 1:
        tokens = (Token("("), *tokens, Token(f") / {size}"))
    own = context.symbol(places[0])
    symbols = f"{context.symbol(quantity)} = \\frac{{1}}{{N}}\\sum_{{n}} {own}"
    notes = []
    if context.trace.penalty:
        notes.append("The penalty on the weights is not in it; it stands beside it.")
    return Draft([Line(symbols, tokens, sum(values) / size)], samples=samples, notes=notes)


def penalty_draft(context: Context, quantity: Quantity) -> Draft:
    """What the regularizers of all layers add to the loss."""
    spec, trace, scale = context.spec, context.trace, context.factor(Kind.PENALTY)
    lines, totals = [], []
    for number, layer in enumerate(spec.layers, start=1):
        own = layer.regularizer
        if not own.active:
            continue
        for parameter in ("W", "b") if own.biases and layer.bias else ("W",):
            values = (
                spec.weights(trace.theta_before, number)
                if parameter == "W"
                else spec.biases(trace.theta_before, number)
            )
            assert values is not None
            symbol = context.notation.symbol(Kind.PARAMETER, number, spec=spec, parameter=parameter)
            for strength, power in ((own.l1, 1), (own.l2, 2)):
                if not strength:
                    continue
                flat = values.astype(np.float64).ravel()
                sizes = np.abs(flat) ** power
                terms: list[Term] = [
                    (size, partial(_penalized, context, number, parameter, place, power))
                    for place, size in enumerate(sizes.tolist())
                ]
                written = f"|{symbol}|" if power == 1 else f"({symbol})^{{2}}"
                total = scale * strength * float(sizes.sum())
                totals.append(total)
                start = f"{setting(scale * strength)} · ("
                lines.append(
                    Line(
                        f"{setting(scale * strength).replace('−', '-')}\\sum {written}",
                        (Token(start), *context.sum(terms), Token(")")),
                        total,
                        label=f"{spec.layer_name(number)}, {own.name.replace('_', ' ')}",
                    )
                )
    if not lines:
        note = "No layer has a penalty."
        return Draft([Line(context.symbol(quantity), (Token("0"),), 0.0)], notes=[note])
    if len(lines) > 1:
        parts: list[Term] = [(value, [value]) for value in totals]
        lines.append(Line(context.symbol(quantity), context.sum(parts), sum(totals)))
    else:
        lines[0] = Line(
            f"{context.symbol(quantity)} = {lines[0].symbols}",
            lines[0].tokens,
            lines[0].result,
            label=lines[0].label,
        )
    return Draft(lines, notes=["It is added once to the mini-batch's mean loss."])


def _penalized(
    context: Context, number: int, parameter: str, place: int, power: int
) -> Sequence[Piece]:
    fan_in = context.spec.fan_in(number)
    neuron, column = divmod(place, fan_in) if parameter == "W" else (place, None)
    own = Quantity(Kind.PARAMETER, number, neuron, 0, column, parameter)
    return [context.fill("|{w}|" if power == 1 else "({w})²", w=own)]


def output_error_line(context: Context, quantity: Quantity) -> Line:
    """dE/dy of one output, in the notation's sign."""
    row, index, n = context.row(quantity), quantity.neuron, context.spec.outputs
    name, factor = context.project.loss, context.factor(Kind.ERROR)
    y, t = pair(context, row, index)
    y_sign, t_sign = pair_signs(context, str(index + 1))
    symbols = _DERIVATIVES[name].replace("@y", y_sign).replace("@t", t_sign)
    one = "" if n == 1 else f" / {n}"
    turned = factor < 0.0
    difference = "({t} − {y})" if turned else "({y} − {t})"
    minus = "" if turned else "−"
    value_y, value_t = value_of(context.trace, y), value_of(context.trace, t)
    bend = _parameters(context).get("delta", 1.0)
    inner = difference[1:-1]
    template = {
        "categorical_crossentropy": f"{minus}{{t}} / {{y}}",
        "binary_crossentropy": f"{difference} / ({{y}} · (1 − {{y}})){one}",
        "mse": f"2 · {difference}{one}",
        "half_squared_error": inner,
        "squared_error": f"2 · {difference}",
        "mae": f"sign{difference}{one}",
        "huber": f"max(−{setting(bend)}, min({setting(bend)}, {inner})){one}",
        "hinge": (f"{minus}{{t}}{one}" if value_t * value_y < 1.0 else "0"),
    }[name]
    if turned:
        symbols = _turned(symbols, y_sign, t_sign)
    if abs(factor) != 1.0:
        template = f"{setting(abs(factor))} · ({template})"
        symbols = f"{setting(abs(factor))}\\cdot ({symbols})"
    result = factor * _derivative(context, row, index)
    return Line(f"{context.symbol(quantity)} = {symbols}", context.fill(template, y=y, t=t), result)


def _turned(symbols: str, y: str, t: str) -> str:
    """The negative of a derivative: y - t becomes t - y, a leading minus goes."""
    if f"{y}-{t}" in symbols:
        return symbols.replace(f"{y}-{t}", f"{t}-{y}")
    return symbols.removeprefix("-")


def _derivative(context: Context, row: int, index: int) -> float:
    """dE_n/dy by the engine's own formula, from the numbers on show."""
    loss = make_loss(context.project.loss, dict(context.project.loss_parameters))
    answers, targets = context.trace.output[-1][row : row + 1], context.trace.target[row : row + 1]
    out, scratch = np.zeros_like(answers), np.zeros_like(answers)
    loss.error(answers.copy(), targets.copy(), out, scratch)
    return float(out[0, index])
