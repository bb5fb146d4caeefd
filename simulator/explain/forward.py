"""The forward pass explained: from the inputs through every layer to its outputs."""

from __future__ import annotations

import numpy as np

from simulator.arrays import Array
from simulator.explain.context import Context, Draft, Piece, Term
from simulator.explain.functions import CONSTANTS, WORDS, put, value_at
from simulator.explain.matrices import elementwise, preactivation_matrix
from simulator.explain.words import setting
from simulator.explanation import Line, Token
from simulator.quantity import Kind, Quantity, value_of


def input_draft(context: Context, quantity: Quantity) -> Draft:
    """An input: where it is in the picture, and how it was scaled."""
    project, column, row = context.project, quantity.neuron, context.row(quantity)
    sample = int(context.trace.samples[row])
    symbol = context.symbol(quantity)
    label, notes = f"sample {sample + 1} of the data", []
    picture = project.data.picture
    if picture is not None and picture.rows * picture.columns == context.spec.inputs:
        across, down = (int(own[0]) for own in np.nonzero(picture.index == column)[::-1])
        label = f"pixel in row {down + 1}, column {across + 1} of sample {sample + 1}"
        notes.append(
            f"The picture is unpacked {picture.order} by {picture.order}, so this pixel is input "
            f"{column + 1}."
        )
    value = context.shown(quantity)
    augmented = project.training.augmentation.active
    if augmented:
        notes.append("The picture was moved, turned or disturbed anew for this iteration.")
    scaler = project.prepared.scaler
    if scaler is None:
        return Draft([Line(symbol, (), value, label=label)], notes=notes)
    offset, scale = float(scaler.offset[column]), float(scaler.scale[column])
    raw = value * scale + offset if augmented else float(project.data.inputs[sample, column])
    names = {
        "standardize": ("\\mu", "\\sigma", "mean and standard deviation"),
        "min_max": ("x_{\\min}", "(x_{\\max}-x_{\\min})", "lowest value and range"),
    }
    low, spread, words = names[project.training.scaling]
    notes.append(f"{words.capitalize()} are those of the training samples.")
    below = spread.removeprefix("(").removesuffix(")")
    return Draft(
        [
            Line(
                f"{symbol} = \\frac{{x_{{\\mathrm{{raw}}}}-{low}}}{{{below}}}",
                context.fill("({raw} − {low}) / {scale}", raw=raw, low=offset, scale=scale),
                (raw - offset) / scale,
                label=label,
            )
        ],
        notes=notes,
    )


def target_draft(context: Context, quantity: Quantity) -> Draft:
    """A target: it stands in the data."""
    sample = int(context.trace.samples[context.row(quantity)])
    classes = context.project.data.classes
    value = context.shown(quantity)
    notes = []
    if quantity.neuron < len(classes) and context.spec.outputs > 1:
        notes.append(f"Output {quantity.neuron + 1} stands for “{classes[quantity.neuron]}”.")
    label = f"given with sample {sample + 1} of the data"
    return Draft([Line(context.symbol(quantity), (), value, label=label)], notes=notes)


def preactivation_draft(context: Context, quantity: Quantity) -> Draft:
    """z: the weighted sum of what the neuron receives, and its bias."""
    layer, neuron, row = quantity.layer, quantity.neuron, context.row(quantity)
    spec, trace = context.spec, context.trace
    weights = spec.weights(trace.theta_before, layer)[neuron]
    received = trace.received(layer)[row]
    terms: list[Term] = []
    biases = spec.biases(trace.theta_before, layer)
    bias = Quantity(Kind.PARAMETER, layer, neuron, 0, None, "b")
    as_node = biases is not None and context.notation.bias_as_node
    if as_node and biases is not None:
        terms.append((float(biases[neuron]), [bias, "1"]))
    linked = context.linked(layer)
    removed = 0
    for column in range(spec.fan_in(layer)):
        if linked is not None and linked[neuron, column] == 0.0:
            removed += 1
            continue
        place = context.received(*spec.source_of(layer, column), row)
        value = float(weights[column]) * float(received[column])
        terms.append((value, [context.weight(layer, neuron, column), place]))
    total = sum(value for value, _ in terms)
    tokens = context.sum(terms) if terms else (Token("0"),)
    if biases is not None and not as_node:
        total += float(biases[neuron])
        tokens += (Token(" + "), *context.fill("({b})" if biases[neuron] < 0 else "{b}", b=bias))
    symbols = f"{context.symbol(quantity)} = {sum_symbols(context, layer, neuron, as_node)}"
    if biases is not None and not as_node:
        symbols += f"+{context.symbol(bias)}"
    notes = []
    if removed:
        links = "link is removed and adds" if removed == 1 else "links are removed and add"
        notes.append(f"{removed} {links} nothing.")
    if as_node:
        notes.append("The bias is the weight of a node whose output is always 1.")
    matrix = preactivation_matrix(context, layer, row)
    return Draft([Line(symbols, tokens, total)], matrix, notes=notes)


def sum_symbols(context: Context, layer: int, neuron: int, as_node: bool) -> str:
    """The sum over all sources of a neuron, in symbols."""
    spec = context.spec
    parts = []
    for source in spec.sources(layer):
        w = context.notation.weight(layer, str(neuron + 1), "i", source, spec=spec)
        kind = context.received(source, 0, 0).kind
        start = "_{i=0}" if as_node and source == spec.sources(layer)[0] else "_{i}"
        parts.append(f"\\sum{start} {w}\\,{context.sign(kind, source, 'i')}")
    return "+".join(parts)


def normalized_draft(context: Context, quantity: Quantity) -> Draft:
    """What batch normalization makes of z."""
    layer, neuron, row = quantity.layer, quantity.neuron, context.row(quantity)
    own = context.spec.layer(layer).batch_normalization
    if own is None:
        raise KeyError(quantity)
    column = context.trace.z[layer - 1][:, neuron].astype(np.float64)
    mean, variance = float(column.mean()), float(column.var())
    places = [Quantity(Kind.PREACTIVATION, layer, neuron, n) for n in range(context.size)]
    z = context.sign(Kind.PREACTIVATION, layer, str(neuron + 1))
    gamma = Quantity(Kind.PARAMETER, layer, neuron, 0, None, "gamma")
    beta = Quantity(Kind.PARAMETER, layer, neuron, 0, None, "beta")
    standardized = (float(column[row]) - mean) / float(np.sqrt(variance + own.epsilon))
    scale, shift = (value_of(context.trace, q) for q in (gamma, beta))
    terms: list[Term] = [
        (float(value), [place]) for value, place in zip(column, places, strict=True)
    ]
    squares: list[Term] = [
        ((own_z - mean) * (own_z - mean), [f"({context.number(own_z - mean)})²"])
        for own_z in column.tolist()
    ]
    lines = [
        Line(
            f"\\mu = \\frac{{1}}{{N}}\\sum_{{n}} {z}",
            (Token("("), *context.sum(terms), Token(f") / {context.size}")),
            mean,
            label="mean over the mini-batch",
        ),
        Line(
            f"\\sigma^{{2}} = \\frac{{1}}{{N}}\\sum_{{n}} ({z}-\\mu)^{{2}}",
            (Token("("), *context.sum(squares), Token(f") / {context.size}")),
            variance,
            label="variance over the mini-batch",
        ),
        Line(
            f"\\hat{{x}} = \\frac{{{z}-\\mu}}{{\\sqrt{{\\sigma^{{2}}+\\epsilon}}}}",
            context.fill(
                "({z} − {mean}) / √({variance} + {epsilon})",
                z=places[row],
                mean=mean,
                variance=variance,
                epsilon=setting(own.epsilon),
            ),
            standardized,
            label="standardized",
        ),
        Line(
            f"{context.symbol(quantity)} = {context.symbol(gamma)}\\,\\hat{{x}}"
            f"+{context.symbol(beta)}",
            context.fill("{g} · {x} + {b}", g=gamma, x=standardized, b=beta),
            scale * standardized + shift,
            label="scaled and shifted",
        ),
    ]
    notes = ["At test time moving averages stand in for the mini-batch's mean and variance."]
    return Draft(lines, notes=notes)


def activation_draft(context: Context, quantity: Quantity) -> Draft:
    """phi(z)."""
    layer, neuron, row = quantity.layer, quantity.neuron, context.row(quantity)
    name, parameters, function = context.function(layer, neuron)
    z = context.entering(layer, neuron, row)
    symbol, matrix = context.symbol(quantity), elementwise(context, quantity)
    if name == "softmax":
        return _softmax(context, quantity)
    value = value_of(context.trace, z)
    words = WORDS[name]
    given: dict[str, Piece] = {key: setting(own) for key, own in parameters.items()}
    line = Line(
        f"{symbol} = {context.letter('function')}({context.symbol(z)})"
        f" = {put(words.formula, context.symbol(z))}",
        context.fill(words.numbers(value), z=z, **CONSTANTS, **given),
        value_at(function, value),
        label=name.replace("_", " "),
    )
    return Draft([line], matrix)


def _softmax(context: Context, quantity: Quantity) -> Draft:
    layer, neuron, row = quantity.layer, quantity.neuron, context.row(quantity)
    units = context.spec.layer(layer).units
    places = [context.entering(layer, k, row) for k in range(units)]
    z = np.array([value_of(context.trace, place) for place in places])
    largest = float(z.max())
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(z - largest)
        share = float(powers[neuron] / powers.sum())
    shift = largest if abs(largest) > 30.0 else 0.0
    minus = f" − {context.number(shift)}" if shift > 0 else f" + {context.number(-shift)}"
    minus = minus if shift else ""

    scaled = np.exp(z - shift)
    entering = context.sign(places[0].kind, layer, str(neuron + 1))
    below = context.sign(places[0].kind, layer, "k")
    lines = [
        Line(
            f"{context.symbol(quantity)} = \\frac{{e^{{{entering}}}}}{{\\sum_{{k}} e^{{{below}}}}}",
            (
                *context.fill("e^({z}" + minus + ")", z=places[neuron]),
                Token(" / ("),
                *_sum_of_powers(context, places, scaled, minus),
                Token(")"),
            ),
            None,
            label="softmax",
        ),
        Line(
            "",
            context.fill("{own} / {all}", own=float(scaled[neuron]), all=float(scaled.sum())),
            share,
        ),
    ]
    notes = []
    if shift:
        notes.append(
            "The largest of the layer's values is taken off all exponents first: that changes "
            "nothing in the quotient and keeps e^z in range."
        )
    return Draft(lines, elementwise(context, quantity), notes=notes)


def _sum_of_powers(
    context: Context, places: list[Quantity], powers: Array, minus: str
) -> tuple[Token, ...]:
    """e^z of the layer's largest in order, and what the others come to."""
    order = np.argsort(-powers, kind="stable")[: context.terms]
    kept = sorted(int(k) for k in order)
    tokens: list[Token] = []
    for k in kept:
        if tokens:
            tokens.append(Token(" + "))
        tokens += context.fill("e^({z}" + minus + ")", z=places[k])
    rest = [k for k in range(len(places)) if k not in set(kept)]
    if rest:
        total = context.number(float(powers[rest].sum()))
        words = "term" if len(rest) == 1 else "terms"
        tokens.append(Token(f" … +{total} from {len(rest)} smaller {words}"))
    return tuple(tokens)


def noise_draft(context: Context, quantity: Quantity) -> Draft:
    """Noise: drawn anew for each iteration."""
    deviation = context.spec.layer(quantity.layer).noise
    label = f"drawn from a normal distribution with standard deviation {setting(deviation)}"
    return Draft(
        [Line(context.symbol(quantity), (), context.shown(quantity), label=label)],
        notes=[_drawn(context, "Noise"), "At test time there is none."],
    )


def mask_draft(context: Context, quantity: Quantity) -> Draft:
    """A dropout mask: 1 keeps the neuron, 0 drops it."""
    layer = context.spec.layer(quantity.layer)
    given = context.project.parameters
    own = given[quantity.layer - 1].mask if 0 < quantity.layer <= len(given) else None
    label = (
        f"drawn: 0 with probability {setting(layer.dropout_rate)}"
        if own is None
        else "given in the project"
    )
    notes = [] if own is not None else [_drawn(context, "The mask")]
    return Draft(
        [Line(context.symbol(quantity), (), context.shown(quantity), label=label)], notes=notes
    )


def _drawn(context: Context, what: str) -> str:
    return (
        f"{what} follows from seed {context.project.training.seed}, the layer and iteration "
        f"{context.trace.iteration:,} alone."
    )


def output_draft(context: Context, quantity: Quantity) -> Draft:
    """What the next layers receive: the activation behind noise and dropout."""
    layer, neuron, row = quantity.layer, quantity.neuron, context.row(quantity)
    trace, own = context.trace, context.spec.layer(layer)
    a = Quantity(Kind.ACTIVATION if layer else Kind.INPUT, layer, neuron, row)
    noises = trace.noise[layer - 1] if layer and trace.noise else trace.input_noise
    masks = trace.mask[layer - 1] if layer else trace.input_mask
    noise = noises if layer == 0 or trace.noise else None
    value, symbols, template = value_of(trace, a), context.symbol(a), "{a}"
    names: dict[str, Piece] = {"a": a}
    notes = []
    if noise is not None:
        own_noise = Quantity(Kind.NOISE, layer, neuron, row)
        names["n"] = own_noise
        symbols, template = f"{symbols}+{context.symbol(own_noise)}", "{a} + {n}"
        value += float(noise[row, neuron])
    if masks is not None:
        mask = Quantity(Kind.MASK, layer, neuron, row)
        names["m"] = mask
        scale = own.training_scale
        if noise is not None:
            symbols, template = f"({symbols})", f"({template})"
        symbols, template = f"{context.symbol(mask)}\\,{symbols}", "{m} · " + template
        value *= float(masks[row, neuron]) * scale
        if own.dropout_style == "inverted":
            symbols = f"\\frac{{1}}{{1-p}}\\,{symbols}"
            template = f"1 / (1 − {setting(own.dropout_rate)}) · {template}"
            notes.append("Kept outputs are scaled up in training, so nothing is scaled at test.")
        else:
            notes.append(
                f"Nothing is scaled in training; at test time all outputs are multiplied by "
                f"{setting(own.inference_scale)}."
            )
        out = int(np.count_nonzero(masks[row] == 0.0))
        state = "kept" if masks[row, neuron] else "dropped"
        notes.append(f"{out} of {own.units} neurons are out; this one is {state}.")
    left = context.symbol(quantity)
    line = Line(f"{left} = {symbols}", context.fill(template, **names), value)
    return Draft([line], elementwise(context, quantity), notes=notes)
