"""A layer's equations as vectors and matrices: symbols, shapes, and numbers shortened with dots.

One sample is a column vector, as on the slides; W has a row a receiving neuron, or a column in a
notation whose matrices lead from i to j.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.arrays import Array
from simulator.explain.context import Context
from simulator.explain.latex import latex_of_text
from simulator.explain.words import number
from simulator.explanation import Matrix
from simulator.quantity import Kind, Quantity

_ROWS, _COLUMNS = 3, 3
"""Of a matrix that are written out; the last one follows behind the dots."""
Shape = tuple[str, int, int]


def bmatrix(values: Array, digits: int) -> str:
    """A matrix (rows, columns) as LaTeX, a large one shortened with dots."""
    rows, columns = _shortened(values.shape[0], _ROWS), _shortened(values.shape[1], _COLUMNS)
    lines = []
    for row in rows:
        cells = []
        for column in columns:
            if row is None:
                cells.append("\\vdots" if column is not None else "\\ddots")
            elif column is None:
                cells.append("\\cdots")
            else:
                cells.append(latex_of_text(number(float(values[row, column]), digits)))
        lines.append(" & ".join(cells))
    return "\\begin{bmatrix}" + " \\\\ ".join(lines) + "\\end{bmatrix}"


def _shortened(length: int, most: int) -> list[int | None]:
    if length <= most + 1:
        return list(range(length))
    return [*range(most - 1), None, length - 1]


def _column(values: Array, digits: int) -> str:
    return bmatrix(np.asarray(values, np.float64).reshape(-1, 1), digits)


def _digits(context: Context) -> int:
    return min(context.digits, 4)


def preactivation_matrix(context: Context, layer: int, row: int) -> Matrix:
    """z = W a + b of one sample."""
    spec, trace, digits = context.spec, context.trace, _digits(context)
    units, fan_in = spec.layer(layer).units, spec.fan_in(layer)
    W = spec.weights(trace.theta_before, layer)
    z, a = context.sign(Kind.PREACTIVATION, layer), received_sign(context, layer)
    w, turned = weight_sign(context, layer), context.notation.matrix == "from-to"
    left = _transposed(w) if turned else w
    symbols = f"{z} = {left}\\,{a}"
    numbers = (
        f"{_column(trace.z[layer - 1][row], digits)} = {bmatrix(W, digits)}"
        f"{_column(trace.received(layer)[row], digits)}"
    )
    shapes: list[Shape] = [(z, units, 1), (left, units, fan_in), (a, fan_in, 1)]
    biases = spec.biases(trace.theta_before, layer)
    if biases is not None:
        b = context.notation.symbol(Kind.PARAMETER, layer, spec=spec, parameter="b")
        symbols += f"+{b}"
        numbers += f"+{_column(biases, digits)}"
        shapes.append((b, units, 1))
    return Matrix(symbols, tuple(shapes), numbers)


def received_sign(context: Context, layer: int) -> str:
    """What a layer receives, in symbols: one vector, or several on top of each other."""
    parts = [
        context.sign(context.received(source, 0, 0).kind, source)
        for source in context.spec.sources(layer)
    ]
    if len(parts) == 1:
        return parts[0]
    return "\\begin{bmatrix}" + " \\\\ ".join(parts) + "\\end{bmatrix}"


def weight_sign(context: Context, layer: int) -> str:
    """A layer's weight matrix in symbols."""
    return context.notation.symbol(Kind.PARAMETER, layer, spec=context.spec, parameter="W")


def _transposed(symbol: str) -> str:
    return f"{{{symbol}}}^{{\\top}}"


def elementwise(context: Context, quantity: Quantity) -> Matrix:
    """The whole layer's numbers of one kind, each made of its own neuron's."""
    layer, row = quantity.layer, context.row(quantity)
    units = context.spec.sizes[layer]
    digits = _digits(context)
    values = _layer_values(context, quantity.kind, layer, row)
    own = context.sign(quantity.kind, layer)
    shapes: list[Shape] = [(own, units, 1)]
    if quantity.kind is Kind.ACTIVATION:
        before = context.entering(layer, 0, row).kind
        inner = context.sign(before, layer)
        entered = _layer_values(context, before, layer, row)
        phi = context.letter("function")
        shapes.append((inner, units, 1))
        return Matrix(
            f"{own} = {phi}({inner})",
            tuple(shapes),
            f"{_column(values, digits)} = {phi}\\left({_column(entered, digits)}\\right)",
        )
    return Matrix(own, tuple(shapes), f"{own} = {_column(values, digits)}")


def _layer_values(context: Context, kind: Kind, layer: int, row: int) -> Array:
    units = context.spec.sizes[layer]
    return np.array([context.shown(Quantity(kind, layer, neuron, row)) for neuron in range(units)])


def error_matrix(context: Context, layer: int, row: int) -> Matrix:
    """epsilon = W^T delta of one sample, over all layers that receive from this one."""
    spec, trace, digits = context.spec, context.trace, _digits(context)
    units = spec.layer(layer).units
    turned = context.notation.matrix == "from-to"
    own = context.sign(Kind.ERROR, layer)
    shapes: list[Shape] = [(own, units, 1)]
    symbols, numbers = [], []
    for following in spec.consumers[layer]:
        columns = dict(spec.source_columns(following))[layer]
        W = spec.weights(trace.theta_before, following)[:, columns]
        w, delta = weight_sign(context, following), context.sign(Kind.DELTA, following)
        left = w if turned else _transposed(w)
        symbols.append(f"{left}\\,{delta}")
        shapes += [(left, units, len(W)), (delta, len(W), 1)]
        deltas = _layer_values(context, Kind.DELTA, following, row)
        numbers.append(f"{bmatrix(W.T, digits)}{_column(deltas, digits)}")
    values = _layer_values(context, Kind.ERROR, layer, row)
    return Matrix(
        f"{own} = {'+'.join(symbols)}",
        tuple(shapes),
        f"{_column(values, digits)} = {'+'.join(numbers)}",
    )


def delta_matrix(context: Context, layer: int, row: int, slopes: Sequence[float]) -> Matrix:
    """delta = phi'(z) ⊙ epsilon of one sample, with the slopes of every neuron."""
    units, digits = context.spec.layer(layer).units, _digits(context)
    own, error = context.sign(Kind.DELTA, layer), context.sign(Kind.ERROR, layer)
    inner = context.sign(context.entering(layer, 0, row).kind, layer)
    slope = f"{context.letter('function')}'({inner})"
    shapes: tuple[Shape, ...] = ((own, units, 1), (slope, units, 1), (error, units, 1))
    errors = _layer_values(context, Kind.ERROR, layer, row)
    deltas = _layer_values(context, Kind.DELTA, layer, row)
    return Matrix(
        f"{own} = {slope}\\odot {error}",
        shapes,
        f"{_column(deltas, digits)} = {_column(np.array(slopes), digits)}\\odot "
        f"{_column(errors, digits)}",
    )


def difference_matrix(context: Context, layer: int, row: int, symbols: str) -> Matrix:
    """delta of an output layer that is taken together with the loss."""
    units, digits = context.spec.layer(layer).units, _digits(context)
    own = context.sign(Kind.DELTA, layer)
    deltas = _layer_values(context, Kind.DELTA, layer, row)
    return Matrix(f"{own} = {symbols}", ((own, units, 1),), f"{own} = {_column(deltas, digits)}")


def gradient_matrix(context: Context, layer: int) -> Matrix:
    """The gradient of all weights: delta a^T, over the mini-batch its mean."""
    spec, trace, digits = context.spec, context.trace, _digits(context)
    units, fan_in, size = spec.layer(layer).units, spec.fan_in(layer), context.size
    turned = context.notation.matrix == "from-to"
    own = context.gradient_sign(layer)
    delta, a = context.sign(Kind.DELTA, layer), received_sign(context, layer)
    deltas = trace.delta[layer - 1] * context.factor(Kind.DELTA)
    received = trace.received(layer)
    gradient = trace.gradient_of(layer)[0] * context.factor(Kind.GRADIENT)
    minus = "-" if context.factor(Kind.GRADIENT) * context.factor(Kind.DELTA) < 0 else ""
    mean = f"\\frac{{1}}{{{size}}}" if size > 1 else ""
    first, second = (a, delta) if turned else (delta, a)
    left, right = (received, deltas) if turned else (deltas, received)
    shown = gradient.T if turned else gradient
    symbols = f"{own} = {minus}{mean}{first}\\,{_transposed(second)}"
    shapes: tuple[Shape, ...] = (
        (own, *shown.shape),
        (first, left.shape[1], size),
        (_transposed(second), size, right.shape[1]),
    )
    assert shown.shape in ((units, fan_in), (fan_in, units))
    regularizer = spec.layer(layer).regularizer
    if regularizer.active:
        symbols += f"+\\nabla {context.letter('penalty')}"
    numbers = (
        f"{bmatrix(shown + 0.0, digits)} = {minus}{mean}{bmatrix(left.T + 0.0, digits)}"
        f"{bmatrix(right + 0.0, digits)}"
    )
    if regularizer.active:
        numbers = f"{own} = {bmatrix(shown + 0.0, digits)}"
    return Matrix(symbols, shapes, numbers)


def update_matrix(context: Context, layer: int) -> Matrix:
    """The new weights of a layer."""
    spec, trace, digits = context.spec, context.trace, _digits(context)
    turned = context.notation.matrix == "from-to"
    w = weight_sign(context, layer)
    before, after = spec.weights(trace.theta_before, layer), trace.updated(layer)[0]
    if turned:
        before, after = before.T, after.T
    rows, columns = before.shape
    if context.project.optimizer.name == "sgd":
        step = context.gradient_sign(layer)
        sign = "-" if context.notation.update_sign < 0 else "+"
        symbols = f"{w} \\leftarrow {w}{sign}{context.letter('learning_rate')}\\,{step}"
    else:
        symbols = f"{w} \\leftarrow {w}+\\Delta w"
    shapes: tuple[Shape, ...] = ((w, rows, columns),)
    change = (after.astype(np.float64) - before) + 0.0
    numbers = f"{bmatrix(after, digits)} = {bmatrix(before, digits)}+{bmatrix(change, digits)}"
    return Matrix(symbols, shapes, numbers)
