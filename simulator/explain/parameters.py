"""Parameters, memories and the learning rate before an update: where they come from."""

from __future__ import annotations

from simulator.explain.context import Context, Draft, Piece
from simulator.explain.words import setting
from simulator.explanation import Line
from simulator.initializers import INITIALIZERS
from simulator.quantity import Quantity
from simulator.schedules import WARM_UP, LearningRate, schedule_parameters


def parameter_draft(context: Context, quantity: Quantity) -> Draft:
    """A weight or bias: drawn or given at the start, else what the update before made of it."""
    iteration = context.trace.iteration
    symbol, value = context.symbol(quantity), context.shown(quantity)
    linked = context.linked(quantity.layer)
    column = quantity.source
    if column is not None and linked is not None and linked[quantity.neuron, column] == 0.0:
        line = Line(symbol, (), value, label="the link is removed: its weight is 0")
        return Draft([line])
    if iteration > 1:
        label = f"the result of iteration {iteration - 1:,}, or of an edit behind it"
        return Draft([Line(symbol, (), value, label=label)])
    notes = []
    given = context.project.parameters
    own = given[quantity.layer - 1] if quantity.layer <= len(given) else None
    layer = context.spec.layer(quantity.layer)
    if quantity.parameter == "W" and (own is None or own.W is None):
        seed = context.project.training.seed
        label = f"drawn by {layer.initializer} with seed {seed}"
        notes.append(f"{layer.initializer}: {INITIALIZERS[layer.initializer].about}.")
    elif quantity.parameter == "W" or (quantity.parameter == "b" and own and own.b is not None):
        label = "given in the project"
    else:
        label = {"b": "biases start at 0", "gamma": "gamma starts at 1"}.get(
            quantity.parameter, "beta starts at 0"
        )
    return Draft([Line(symbol, (), value, label=label)], notes=notes)


def slot_before_draft(context: Context, quantity: Quantity) -> Draft:
    """What the optimizer remembered before: its start value, or the result of the last update."""
    update = context.trace.update
    label = "the start value" if update <= 1 else f"the result of update {update - 1:,}"
    return Draft([Line(context.symbol(quantity), (), context.shown(quantity), label=label)])


_SCHEDULES = {
    "step_decay": (
        "\\eta_0\\cdot d^{\\lfloor k/s\\rfloor}",
        "{rate} · {drop}^({k} / {decay_steps}, rounded down)",
    ),
    "exponential_decay": ("\\eta_0\\cdot r^{k/s}", "{rate} · {decay_rate}^({k} / {decay_steps})"),
    "inverse_time_decay": (
        "\\frac{\\eta_0}{1+r\\,k/s}",
        "{rate} / (1 + {decay_rate} · {k} / {decay_steps})",
    ),
    "cosine_decay": (
        "\\eta_0\\,((1-\\alpha)\\,\\frac{1+\\cos(\\pi k/s)}{2}+\\alpha)",
        "{rate} · ((1 − {alpha}) · (1 + cos(π · {k} / {decay_steps})) / 2 + {alpha})",
    ),
}


def learning_rate_draft(context: Context, quantity: Quantity) -> Draft:
    """The rate of this update, and the schedule it comes from."""
    optimizer, trace = context.project.optimizer, context.trace
    symbol, value = context.symbol(quantity), context.shown(quantity)
    factor = context.factor(quantity.kind)
    notes = []
    if factor != 1.0:
        notes.append(
            "The rate takes up the factor on this notation's loss, so that the step is the same."
        )
    done = trace.update - 1
    rate = LearningRate(optimizer.learning_rate, optimizer.schedule)
    if rate.at(done) != trace.learning_rate:
        label = "as a schedule, a callback or an edit has left it"
        return Draft([Line(symbol, (), value, label=label)], notes=notes)
    start = setting(factor * optimizer.learning_rate)
    if rate.is_constant:
        return Draft([Line(symbol, (), value, label="set in the project")], notes=notes)
    name = optimizer.schedule.name
    given = schedule_parameters(name, optimizer.schedule.parameters)
    warm = given.pop(next(iter(WARM_UP)))
    names: dict[str, Piece] = {key: setting(own) for key, own in given.items()}
    names |= {"rate": start, "k": str(done - int(warm)), "warm": setting(warm), "n": str(done + 1)}
    symbols, template, label = "\\eta_0", "{rate}", "constant"
    if done < warm:
        symbols, template, label = "\\eta_0\\,\\frac{k+1}{w}", "{rate} · {n} / {warm}", "warm-up"
    elif name in _SCHEDULES:
        (symbols, template), label = _SCHEDULES[name], name.replace("_", " ")
    symbols = symbols.replace("\\eta", context.letter("learning_rate"))
    line = Line(
        f"{symbol} = {symbols}",
        context.fill(template, **names),
        factor * rate.at(done),
        label=label,
    )
    return Draft([line], notes=notes)
