"""The way back explained: error and delta of every neuron."""

from __future__ import annotations

import numpy as np

from simulator.arrays import Array
from simulator.explain.context import Context, Draft, Piece, Term
from simulator.explain.functions import CONSTANTS, WORDS, put, slope_at
from simulator.explain.losses import output_error_line, pair, pair_signs
from simulator.explain.matrices import delta_matrix, difference_matrix, elementwise, error_matrix
from simulator.explain.words import setting
from simulator.explanation import Line
from simulator.quantity import Kind, Quantity, value_of
from simulator.rules import Perceptron


def error_draft(context: Context, quantity: Quantity) -> Draft:
    """dE/d(output): from the loss, or from the layers that receive from this one."""
    layer, neuron, row = quantity.layer, quantity.neuron, context.row(quantity)
    spec, trace = context.spec, context.trace
    notes = []
    if context.notation.error_sign < 0:
        notes.append("In this notation the error is target minus output: the negative derivative.")
    if layer == spec.depth:
        if context.trace.fused:
            notes.append("Delta is computed without it, in one go with the loss.")
        elif not context.uses_gradient:
            notes.append("The learning rule does not use it.")
        line = output_error_line(context, quantity)
        return Draft([line], elementwise(context, quantity), notes=notes)
    if not context.uses_gradient:
        note = "The learning rule trains the last layer alone: nothing goes back to this one."
        return Draft([Line(context.symbol(quantity), (), 0.0)], notes=[note])
    terms: list[Term] = []
    symbols = []
    factor = context.factor(Kind.ERROR)
    for following in spec.consumers[layer]:
        columns = dict(spec.source_columns(following))[layer]
        column = columns.start + neuron
        weights = spec.weights(trace.theta_before, following)[:, column]
        deltas = trace.delta[following - 1][row]
        linked = context.linked(following)
        for k in range(spec.layer(following).units):
            if linked is not None and linked[k, column] == 0.0:
                continue
            value = factor * float(weights[k]) * float(deltas[k])
            delta = Quantity(Kind.DELTA, following, k, row)
            terms.append((value, [context.weight(following, k, column), delta]))
        symbols.append(
            f"\\sum_{{k}} "
            f"{context.notation.weight(following, 'k', str(neuron + 1), layer, spec=spec)}"
            f"\\,{context.sign(Kind.DELTA, following, 'k')}"
        )
    tokens = context.sum(terms)
    line = Line(
        f"{context.symbol(quantity)} = {'+'.join(symbols)}",
        tokens,
        sum(value for value, _ in terms),
        label="from the layers behind",
    )
    return Draft([line], error_matrix(context, layer, row), notes=notes)


def delta_draft(context: Context, quantity: Quantity) -> Draft:
    """dE/dz: through dropout, activation and batch normalization; or what a rule says."""
    layer, row = quantity.layer, context.row(quantity)
    if not context.uses_gradient:
        return _rule_delta(context, quantity)
    normalizes = context.spec.layer(layer).batch_normalization is not None
    fused = context.trace.fused and layer == context.spec.depth
    if normalizes:
        return _normalized_delta(context, quantity)
    if fused:
        line, notes = _fused_line(context, quantity, context.symbol(quantity))
        y, t = (context.sign(own.kind, layer) for own in pair(context, row, 0))
        difference = f"{t}-{y}" if context.factor(Kind.DELTA) < 0.0 else f"{y}-{t}"
        matrix = difference_matrix(context, layer, row, difference)
        return Draft([line], matrix, notes=notes)
    lines = slope_lines(context, quantity, context.symbol(quantity))
    name = context.function(layer, quantity.neuron)[0]
    if name == "softmax":
        return Draft(lines, elementwise(context, quantity))
    slopes = [_slope(context, layer, neuron, row) for neuron in range(context.spec.sizes[layer])]
    scales = [_kept(context, layer, neuron, row) for neuron in range(context.spec.sizes[layer])]
    own = [slope * scale for slope, scale in zip(slopes, scales, strict=True)]
    return Draft(lines, delta_matrix(context, layer, row, own), notes=_dropped(context, quantity))


def _dropped(context: Context, quantity: Quantity) -> list[str]:
    kept = _kept(context, quantity.layer, quantity.neuron, context.row(quantity))
    return ["The neuron was dropped, so no error gets through it."] if kept == 0.0 else []


def _slope(context: Context, layer: int, neuron: int, row: int) -> float:
    z = value_of(context.trace, context.entering(layer, neuron, row))
    a = value_of(context.trace, Quantity(Kind.ACTIVATION, layer, neuron, row))
    return slope_at(context.function(layer, neuron)[2], z, a)


def _kept(context: Context, layer: int, neuron: int, row: int) -> float:
    """What dropout multiplies an output by: 0, 1 or the scale."""
    mask = context.trace.mask[layer - 1]
    scale = context.spec.layer(layer).training_scale
    return 1.0 if mask is None else float(mask[row, neuron]) * scale


def slope_lines(context: Context, quantity: Quantity, left: str) -> list[Line]:
    """From the error at a neuron's output to that at its activation's input, two lines."""
    layer, neuron, row = quantity.layer, quantity.neuron, context.row(quantity)
    name, parameters, function = context.function(layer, neuron)
    if name == "softmax":
        return _softmax_lines(context, quantity, left)
    z = context.entering(layer, neuron, row)
    a = Quantity(Kind.ACTIVATION, layer, neuron, row)
    value = value_of(context.trace, z)
    slope = slope_at(function, value, value_of(context.trace, a))
    words = WORDS[name]
    prime = f"{context.letter('function')}'({context.symbol(z)})"
    names: dict[str, Piece] = {key: setting(own) for key, own in parameters.items()}
    if name == "silu":
        names["s"] = float(1.0 / (1.0 + np.exp(-max(value, -709.0))))
    first = Line(
        f"{prime} = {put(words.slope, context.symbol(z), context.symbol(a))}",
        context.fill(words.slope_numbers(value), z=z, a=a, **CONSTANTS, **names),
        slope,
        label=f"slope of {name.replace('_', ' ')}",
    )
    error = Quantity(Kind.ERROR, layer, neuron, row)
    symbols, template = f"{prime}\\,{context.symbol(error)}", "{slope} · {error}"
    more: dict[str, Piece] = {"slope": slope, "error": error}
    if context.trace.mask[layer - 1] is not None:
        mask = Quantity(Kind.MASK, layer, neuron, row)
        more["mask"] = mask
        symbols = f"{prime}\\,{context.symbol(mask)}"
        template = "{slope} · {mask}"
        own = context.spec.layer(layer)
        if own.dropout_style == "inverted":
            symbols += "\\,\\frac{1}{1-p}"
            template += f" / (1 − {setting(own.dropout_rate)})"
        symbols += f"\\,{context.symbol(error)}"
        template += " · {error}"
    # The error's factor is the delta's too where a gradient is followed.
    result = slope * _kept(context, layer, neuron, row) * context.shown(error)
    second = Line(f"{left} = {symbols}", context.fill(template, **more), result)
    return [first, second]


def _softmax_lines(context: Context, quantity: Quantity, left: str) -> list[Line]:
    """Through the softmax's whole Jacobian: every output depends on every z."""
    layer, neuron, row = quantity.layer, quantity.neuron, context.row(quantity)
    units, trace = context.spec.layer(layer).units, context.trace
    activation = trace.activation[layer - 1][row].astype(np.float64)
    errors = [context.shown(Quantity(Kind.ERROR, layer, k, row)) for k in range(units)]
    passed = [errors[k] * _kept(context, layer, k, row) for k in range(units)]
    drops = trace.mask[layer - 1] is not None
    terms: list[Term] = []
    for k in range(units):
        pieces: list[Piece] = [Quantity(Kind.ACTIVATION, layer, k, row)]
        pieces.append(passed[k] if drops else Quantity(Kind.ERROR, layer, k, row))
        terms.append((float(activation[k]) * passed[k], pieces))
    mean = sum(value for value, _ in terms)
    a = context.sign(Kind.ACTIVATION, layer, str(neuron + 1))
    e = context.sign(Kind.ERROR, layer, str(neuron + 1))
    ak, ek = (context.sign(kind, layer, "k") for kind in (Kind.ACTIVATION, Kind.ERROR))
    own: Piece = passed[neuron] if drops else Quantity(Kind.ERROR, layer, neuron, row)
    return [
        Line(
            f"s = \\sum_{{k}} {ak}\\,{ek}",
            context.sum(terms),
            mean,
            label="what all outputs have in common" + (", behind dropout" if drops else ""),
        ),
        Line(
            f"{left} = {a}\\,({e}-s)",
            context.fill(
                "{a} · ({e} − {s})",
                a=Quantity(Kind.ACTIVATION, layer, neuron, row),
                e=own,
                s=mean,
            ),
            float(activation[neuron]) * (passed[neuron] - mean),
            label="softmax: a (1 − a) on the diagonal, −a a beside it",
        ),
    ]


def _fused_line(context: Context, quantity: Quantity, left: str) -> tuple[Line, list[str]]:
    """Softmax or sigmoid taken together with its cross-entropy."""
    index, row, n = quantity.neuron, context.row(quantity), context.spec.outputs
    factor = context.factor(Kind.DELTA)
    y, t = pair(context, row, index)
    y_sign, t_sign = pair_signs(context, str(index + 1))
    value_y, value_t = value_of(context.trace, y), value_of(context.trace, t)
    targets = context.trace.target[row].astype(np.float64)
    total, share = 1.0, 1.0
    if context.project.loss == "categorical_crossentropy":
        total = float(targets.sum())
    else:
        share = 1.0 / n
    whole = abs(total - 1.0) < 1e-12
    answer, first = (y_sign, "{y}") if whole else (f"{y_sign}\\sum_k t_k", "{total} · {y}")
    order = (
        (f"{t_sign}-{answer}", f"{{t}} − {first}")
        if factor < 0.0
        else (f"{answer}-{t_sign}", f"{first} − {{t}}")
    )
    symbols, template = order
    scale = abs(factor)
    if share != 1.0:
        symbols, template = f"\\frac{{{symbols}}}{{{n}}}", f"({template}) / {n}"
    if scale != 1.0:
        symbols = f"{setting(scale)}\\cdot ({symbols})"
        template = f"{setting(scale)} · ({template})"
    function = context.function(quantity.layer, index)[0]
    line = Line(
        f"{left} = {symbols}",
        context.fill(template, y=y, t=t, total=total),
        factor * (value_y * total - value_t) * share,
        label=f"{function} and cross-entropy taken together",
    )
    notes = [
        f"The slope of {function} and the derivative of the cross-entropy cancel, so delta is "
        "simply the difference."
    ]
    if context.notation.error_sign < 0:
        notes.append("In this notation delta is the negative derivative.")
    return line, notes


def normalized_errors(context: Context, layer: int, neuron: int) -> Array:
    """dE_n/dy of each row, y being what batch normalization gives a neuron: (N,), as shown."""
    found = np.empty(context.size)
    for row in range(context.size):
        quantity = Quantity(Kind.DELTA, layer, neuron, row)
        if context.trace.fused and layer == context.spec.depth:
            line = _fused_line(context, quantity, "")[0]
        else:
            line = slope_lines(context, quantity, "")[-1]
        assert line.result is not None
        found[row] = line.result
    return found


def standardized(context: Context, layer: int, neuron: int) -> tuple[Array, float]:
    """(z - mean) / deviation of each row (N,), and the deviation."""
    own = context.spec.layer(layer).batch_normalization
    assert own is not None
    z = context.trace.z[layer - 1][:, neuron].astype(np.float64)
    deviation = float(np.sqrt(z.var() + own.epsilon))
    return (z - z.mean()) / deviation, deviation


def _normalized_delta(context: Context, quantity: Quantity) -> Draft:
    """Through the activation, then back through what all samples of the mini-batch share."""
    layer, neuron, row = quantity.layer, quantity.neuron, context.row(quantity)
    e_sign = "e"
    if context.trace.fused and layer == context.spec.depth:
        lines = [_fused_line(context, quantity, e_sign)[0]]
    else:
        lines = slope_lines(context, quantity, e_sign)
    errors = normalized_errors(context, layer, neuron)
    x_hat, deviation = standardized(context, layer, neuron)
    gamma = Quantity(Kind.PARAMETER, layer, neuron, 0, None, "gamma")
    mean, common = float(errors.mean()), float((errors * x_hat).mean())
    size = context.size
    sums: list[Term] = [(value, [value]) for value in errors.tolist()]
    products: list[Term] = [
        (e * x, [e, x]) for e, x in zip(errors.tolist(), x_hat.tolist(), strict=True)
    ]
    lines += [
        Line(
            "\\bar{e} = \\frac{1}{N}\\sum_n e_n",
            context.fill("({all}) / {n}", all=context.sum(sums), n=str(size)),
            mean,
            label="mean over the mini-batch",
        ),
        Line(
            "c = \\frac{1}{N}\\sum_n e_n\\,\\hat{x}_n",
            context.fill("({all}) / {n}", all=context.sum(products), n=str(size)),
            common,
            label="what it has in common with the standardized z",
        ),
        Line(
            f"{context.symbol(quantity)} = \\frac{{{context.symbol(gamma)}}}{{\\sigma}}\\,"
            "(e-\\bar{e}-\\hat{x}\\,c)",
            context.fill(
                "{g} / {sigma} · ({e} − {mean} − {x} · {c})",
                g=gamma,
                sigma=deviation,
                e=float(errors[row]),
                mean=mean,
                x=float(x_hat[row]),
                c=common,
            ),
            value_of(context.trace, gamma)
            / deviation
            * float(errors[row] - mean - x_hat[row] * common),
            label="back through batch normalization",
        ),
    ]
    note = "Each sample moves the mean and variance of all, so all samples have a part in it."
    return Draft(lines, elementwise(context, quantity), notes=[note])


def _rule_delta(context: Context, quantity: Quantity) -> Draft:
    """What a learning rule corrects the neuron by; no slope is in it."""
    layer, index, row = quantity.layer, quantity.neuron, context.row(quantity)
    rule, factor = context.trace.rule, context.factor(Kind.DELTA)
    symbol = context.symbol(quantity)
    if layer < context.spec.depth:
        note = "The learning rule trains the last layer alone; this one is set by hand."
        return Draft([Line(symbol, (), 0.0)], notes=[note])
    y, t = pair(context, row, index)
    z = Quantity(Kind.PREACTIVATION, layer, index, row)
    y_sign, t_sign = pair_signs(context, str(index + 1))
    z_sign, turned = context.symbol(z), factor < 0.0
    values = {own: value_of(context.trace, own) for own in (y, t, z)}
    if rule == "mcculloch_pitts":
        note = "A McCulloch–Pitts neuron does not learn."
        return Draft([Line(f"{symbol} = 0", (), 0.0)], notes=[note])
    if rule == "hebb":
        minus = "" if turned else "-"
        line = Line(
            f"{symbol} = {minus}{t_sign}",
            context.fill("{t}" if turned else "−{t}", t=t),
            -factor * values[t],
        )
        note = "Hebb: a link grows where input and target go together."
        return Draft([line], elementwise(context, quantity), notes=[note])
    left, left_sign, span = (z, z_sign, 1.0) if rule == "adaline" else (y, y_sign, 1.0)
    if rule == "perceptron":
        span = Perceptron.SPANS[context.spec.layers[-1].activation]
    pieces = (t_sign, left_sign) if turned else (left_sign, t_sign)
    symbols = f"{pieces[0]}-{pieces[1]}"
    template = "{t} − {own}" if turned else "{own} − {t}"
    if span != 1.0:
        symbols, template = f"\\frac{{{symbols}}}{{{span:g}}}", f"({template}) / {span:g}"
    note = {
        "adaline": "The error before the threshold (Widrow–Hoff).",
        "perceptron": "It is 0 when the answer is right: then nothing changes.",
    }[rule]
    line = Line(
        f"{symbol} = {symbols}",
        context.fill(template, own=left, t=t),
        factor * (values[left] - values[t]) / span,
    )
    return Draft([line], elementwise(context, quantity), notes=[note])
