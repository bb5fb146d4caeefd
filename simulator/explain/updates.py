"""The optimizer opened: what it remembers and what it makes of a gradient, line by line."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.arrays import Array
from simulator.explain.context import Context, Draft, Piece
from simulator.explain.matrices import update_matrix
from simulator.explain.stepping_rules import EPSILON_POWERS, RULES, Step, Values, run
from simulator.explain.words import setting
from simulator.explanation import Line
from simulator.network import Network
from simulator.optimizers import optimizer_parameters
from simulator.quantity import Kind, Quantity, value_of
from simulator.rules import learns


def updated_draft(context: Context, quantity: Quantity) -> Draft:
    """A parameter after the update."""
    prepared = _Prepared(context, quantity)
    lines, values = _lines(context, quantity, prepared)
    before = replace(quantity, kind=Kind.PARAMETER)
    w = context.symbol(before)
    old = value_of(context.trace, before)
    change = values["step"] if prepared.learns else 0.0
    notes = list(prepared.notes)
    if context.project.optimizer.name == "sgd" and prepared.learns:
        sign = "-" if context.notation.update_sign < 0 else "+"
        symbols = f"{w} \\leftarrow {w}{sign}{context.letter('learning_rate')}\\,{prepared.sign}"
        # The step is the only line before it, and part of it.
        template = "{w} − {eta} · {g}" if sign == "-" else "{w} + {eta} · {g}"
        tokens = context.fill(
            template, w=before, eta=Quantity(Kind.LEARNING_RATE), g=prepared.piece
        )
    else:
        symbols = f"{w} \\leftarrow {w}+{_step_sign(context)}"
        tokens = context.fill("{w} + {step}", w=before, step=float(change))
    lines.append(Line(symbols, tokens, old + float(change), label="the new value"))
    limit = context.spec.layer(quantity.layer).max_norm
    if limit > 0.0 and quantity.parameter == "W" and learns(context.trace.rule):
        norm = _row_norm(context, quantity)
        if norm > limit and prepared.learns:
            new = old + float(change)
            lines.append(
                Line(
                    f"{w} \\leftarrow {w}\\,\\frac{{c}}{{\\Vert w\\Vert}}",
                    context.fill("{w} · {c} / {norm}", w=new, c=setting(limit), norm=norm),
                    new * (limit / norm),
                    label="max-norm: the weights into this neuron are too long together",
                )
            )
        elif norm <= limit:
            notes.append(
                f"The weights into this neuron have length {context.number(norm)}, within the "
                f"limit of {setting(limit)}."
            )
    matrix = update_matrix(context, quantity.layer) if quantity.parameter == "W" else None
    return Draft(lines, matrix, notes=notes)


def slot_draft(context: Context, quantity: Quantity) -> Draft:
    """What the optimizer remembers of a parameter after the update."""
    prepared = _Prepared(context, quantity)
    lines, _ = _lines(context, quantity, prepared, until=quantity.name)
    return Draft(lines, notes=list(prepared.notes))


def _lines(
    context: Context, quantity: Quantity, prepared: _Prepared, until: str = ""
) -> tuple[list[Line], Values]:
    """The optimizer's lines for one parameter, up to the memory ``until``."""
    name = context.project.optimizer.name
    values = run(name, _start(context, quantity, prepared.value))
    lines = list(prepared.lines)
    pieces = _pieces(context, quantity, prepared, values)
    for step in RULES[name]:
        if not until and step.name == "step" and not prepared.learns:
            lines.append(Line(f"{_step_sign(context)} = 0", (), 0.0, label="it does not learn"))
            break
        own = replace(quantity, kind=Kind.SLOT, name=step.slot) if step.slot else None
        result = float(values[step.name])
        lines.append(
            Line(
                _symbols(context, step, prepared),
                context.fill(_template(context, step), **pieces),
                result,
                own,
                step.label,
            )
        )
        # From here on it is a number of this calculation, or one that can be asked.
        pieces[step.name] = own if own is not None else result
        if until and step.slot == until:
            break
    return lines, values


def _start(context: Context, quantity: Quantity, g: Any, row: bool = False) -> Values:
    """Everything an optimizer's lines start from, in the notation's sign and scale."""
    optimizer, trace = context.project.optimizer, context.trace
    scale = abs(context.factor(Kind.GRADIENT))
    given = optimizer_parameters(optimizer.name, optimizer.parameters)
    plain = given.get("epsilon", 0.0)
    values: Values = {
        **given,
        "u": context.notation.update_sign,
        "eta": trace.learning_rate * context.factor(Kind.LEARNING_RATE),
        "k": trace.update,
        "k_next": trace.update + 1,
        "g": g,
        "epsilon": plain * scale ** EPSILON_POWERS.get(optimizer.name, 0),
        "epsilon_plain": plain,
    }
    flat = trace.theta_before
    values["w"] = _of(context, quantity, flat, row)
    for step in RULES[optimizer.name]:
        if step.slot:
            before = _of(context, quantity, trace.slots_before[step.slot], row)
            values[f"{step.name}_old"] = before * context.factor(Kind.SLOT, step.slot)
    return values


def _of(context: Context, quantity: Quantity, flat: Array, row: bool) -> Any:
    """A parameter's number in a flat vector; of a weight with ``row`` its whole row (fan_in,)."""
    own = _view(context, quantity, flat)
    if quantity.parameter == "W":
        return (
            own[quantity.neuron].astype(np.float64)
            if row
            else float(own[quantity.neuron, quantity.source])
        )
    return float(own[quantity.neuron])


def _view(context: Context, quantity: Quantity, flat: Array) -> Array:
    own = context.spec.array_of(flat, quantity.layer, quantity.parameter)
    if own is None:
        raise KeyError(quantity)
    return own


def _pieces(
    context: Context, quantity: Quantity, prepared: _Prepared, values: Values
) -> dict[str, Piece]:
    """What the templates' names stand for before the first line."""
    found: dict[str, Piece] = {
        key: setting(value) if isinstance(value, float) else str(value)
        for key, value in values.items()
        if isinstance(value, float | int) and not isinstance(value, bool)
    }
    found["g"] = prepared.piece
    found["w"] = replace(quantity, kind=Kind.PARAMETER)
    found["eta"] = Quantity(Kind.LEARNING_RATE)
    for step in RULES[context.project.optimizer.name]:
        if step.slot:
            found[f"{step.name}_old"] = replace(quantity, kind=Kind.SLOT_BEFORE, name=step.slot)
    return found


def _template(context: Context, step: Step) -> str:
    minus = context.notation.update_sign < 0
    template = step.template.replace("{+}", "−" if minus else "+")
    return template.replace("{-}", "−" if minus else "")


def _symbols(context: Context, step: Step, prepared: _Prepared) -> str:
    minus = context.notation.update_sign < 0
    slots = context.notation.slots
    of_step = {
        own.name: slots[own.slot] for own in RULES[context.project.optimizer.name] if own.slot
    }
    names = {
        **of_step,
        "eta": context.letter("learning_rate"),
        "eta_k": f"{context.letter('learning_rate')}_k",
        "step": _step_sign(context),
        "g": prepared.sign,
        "w": context.symbol(replace(prepared.quantity, kind=Kind.PARAMETER)),
        "+": "-" if minus else "+",
        "-": "-" if minus else "",
    }
    return re.sub(r"@(eta_k|eta|step|[a-z]|\+|-)", lambda found: names[found[1]], step.symbols)


def _step_sign(context: Context) -> str:
    taken = "\\Delta" in context.letter("gradient")
    return "\\mathrm{step}" if taken else "\\Delta w"


class _Prepared:
    """The gradient of one parameter as the optimizer uses it.

    Attributes
    ----------
    value : in the notation's sign and scale; ``sign`` its symbol, ``piece`` how it stands in lines.
    lines, notes : what was done to the gradient before.
    learns : whether the update moves this parameter.
    """

    def __init__(self, context: Context, quantity: Quantity) -> None:
        self.quantity = quantity
        gradient = replace(quantity, kind=Kind.GRADIENT, name="")
        self.lines: list[Line] = []
        self.notes: list[str] = []
        self.piece: Piece = gradient
        self.sign = context.symbol(gradient)
        self.value = context.shown(gradient)
        simple = context.project.optimizer.name == "sgd"
        mask = trainable(context)
        self.learns = mask is None or _of(context, quantity, mask, False) != 0.0
        if not simple:
            tokens = (context.token(gradient),)
            self.lines.append(Line(f"g = {self.sign}", tokens, self.value, label="gradient"))
            self.sign = "g"
        if not self.learns:
            self.notes.append(_why_not(context, quantity))
            self._becomes(Line("g = 0", (), 0.0, label="it does not learn"))
        if context.project.optimizer.clipping.active:
            self._clip(context, quantity, mask)

    def _becomes(self, line: Line) -> None:
        self.lines.append(line)
        self.value = float(line.result or 0.0)
        self.piece, self.sign = self.value, "g"

    def _clip(self, context: Context, quantity: Quantity, mask: Array | None) -> None:
        """The optimizer's limits, in its order: each component, each array, the whole."""
        limits, factor = context.project.optimizer.clipping, context.factor(Kind.GRADIENT)
        scale = abs(factor)
        flat = context.trace.gradient.astype(np.float64)
        if mask is not None:
            flat *= mask
        if limits.clipvalue > 0.0:
            limit = limits.clipvalue * scale
            np.clip(flat, -limits.clipvalue, limits.clipvalue, out=flat)
            if abs(self.value) > limit:
                self._becomes(
                    Line(
                        "g \\leftarrow \\max(-c,\\,\\min(c,\\,g))",
                        context.fill(
                            f"max(−{setting(limit)}, min({setting(limit)}, {{g}}))", g=self.piece
                        ),
                        math.copysign(limit, self.value),
                        label=f"clipvalue {setting(limit)} cuts it off",
                    )
                )
            else:
                self.notes.append(f"clipvalue {setting(limit)} leaves this gradient as it is.")
        if limits.clipnorm > 0.0:
            for group in context.spec.variables:
                own = _view(context, quantity, np.arange(len(flat), dtype=np.float64))
                here = group.start <= int(own.flat[0]) < group.stop
                _shorten(flat[group], limits.clipnorm, self if here else None, context, "clipnorm")
        if limits.global_clipnorm > 0.0:
            _shorten(flat, limits.global_clipnorm, self, context, "global_clipnorm")


def _shorten(
    vector: Array, limit: float, told: _Prepared | None, context: Context, name: str
) -> None:
    """Scale a vector down to a limit in place, and write what that does to the parameter."""
    largest = float(np.abs(vector).max())
    scale = abs(context.factor(Kind.GRADIENT))
    if not 0.0 < largest < math.inf:
        return
    norm = largest * math.sqrt(float(np.square(vector / largest).sum()))
    if norm > limit:
        vector *= limit / norm
    if told is None:
        return
    shown, most = norm * scale, limit * scale
    if norm <= limit:
        told.notes.append(
            f"{name} {setting(most)} is not reached: the gradient's length is "
            f"{context.number(shown)}."
        )
        return
    told._becomes(
        Line(
            "g \\leftarrow g\\,\\frac{c}{\\Vert g\\Vert}",
            context.fill("{g} · {c} / {norm}", g=told.piece, c=setting(most), norm=shown),
            told.value * (limit / norm),
            label=f"{name} {setting(most)} shortens the gradient",
        )
    )


def trainable(context: Context) -> Array | None:
    """1 where training moves a parameter, 0 where not, flat; None where it moves all."""
    project, spec = context.project, context.spec
    if not learns(context.trace.rule):
        return np.zeros(spec.parameter_count)
    return Network(spec, project.parameters).trainable_mask


def _why_not(context: Context, quantity: Quantity) -> str:
    linked = context.linked(quantity.layer)
    column = quantity.source
    if not learns(context.trace.rule):
        return "A McCulloch–Pitts neuron does not learn: its weights are set by hand."
    if column is not None and linked is not None and linked[quantity.neuron, column] == 0.0:
        return "The link is removed: its weight stays 0."
    if not context.spec.layer(quantity.layer).trainable:
        return "The whole layer is frozen."
    return "The parameter is frozen: it stays as it is."


def _row_norm(context: Context, quantity: Quantity) -> float:
    """Length of the weights into a neuron behind the optimizer's step, before max-norm."""
    flat = context.trace.gradient.astype(np.float64)
    mask = trainable(context)
    if mask is not None:
        flat *= mask
    context.project.optimizer.clipping.limit(flat, context.spec.variables)
    g = _of(context, quantity, flat, True) * context.factor(Kind.GRADIENT)
    change = run(context.project.optimizer.name, _start(context, quantity, g, row=True))["step"]
    if mask is not None:
        change = change * _of(context, quantity, mask, True)
    new = _of(context, quantity, context.trace.theta_before, True) + change
    return float(np.sqrt(np.square(new).sum()))
