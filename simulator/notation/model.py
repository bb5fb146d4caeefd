"""What a notation is: symbols, index order, signs and factors, and how they are put together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.latex_text import plain_text
from simulator.quantity import OF_PARAMETERS, Kind, Quantity
from simulator.rules import BACKPROPAGATION, follows_gradient
from simulator.spec import NetworkSpec

SYMBOLS = (
    *("input", "target", "preactivation", "normalized", "activation", "function", "noise", "mask"),
    *("loss", "penalty", "error", "delta", "weight", "bias", "gamma", "beta", "gradient"),
    "learning_rate",
)
"""What a notation has a symbol for."""
BY_LAYER = frozenset(
    ("preactivation", "normalized", "activation", "noise", "mask", "error", "delta")
) | {"weight", "bias", "gamma", "beta"}
LAYER_SIGNS = {"parentheses": "({})", "brackets": "[{}]", "plain": "{}"}
_SUBSCRIPT = re.compile(r"^(.+?)_(?:\{(.+)\}|(.))$")
_PARTS = {"W": "weight", "b": "bias", "gamma": "gamma", "beta": "beta"}

SLOT_LETTERS: Mapping[str, str] = {
    "velocity": "v",
    "momentum": "m",
    "accumulator": "s",
    "accumulated_gradient": "s",
    "accumulated_change": "d",
    "largest": "u",
}
"""What the optimizer's memories are called in formulas."""
_POWERS = {
    "sgd": {},
    "momentum": {"velocity": 0},
    "nesterov": {"velocity": 0},
    "adagrad": {"accumulator": 2},
    "adadelta": {"accumulated_gradient": 2, "accumulated_change": 0},
    "rmsprop": {"velocity": 2},
    "adam": {"momentum": 1, "velocity": 2},
    "adamw": {"momentum": 1, "velocity": 2},
    "nadam": {"momentum": 1, "velocity": 2},
    "adamax": {"momentum": 1, "largest": 1},
}
"""Which power of a rescaled gradient each optimizer's memory grows with."""
_PROPORTIONAL = frozenset(("sgd", "momentum", "nesterov"))
"""Optimizers whose step is the gradient times the rate, so that the rate takes up a factor."""

Letter = str | tuple[str, str]
"""A symbol, or (hidden layers', output layer's)."""


@dataclass(frozen=True)
class Notation:
    """A way of writing; see :mod:`simulator.notation.reader` for the fields of a file.

    Attributes
    ----------
    id, title, about : its short name, what menus show, a sentence or two.
    symbols : LaTeX by the names in :data:`SYMBOLS`.
    index_order, matrix : "to-from" or "from-to".
    layer : how the layer's number is set; ``layer_numbers`` when it is.
    error_sign : error and delta are this times the derivative.
    update_sign : -1 for w <- w - eta g, +1 for w <- w + eta g.
    bias_as_node : whether a bias is the weight w_{j0} of a node whose output is 1.
    loss_factors : by the loss's name, what the project's loss is multiplied by.
    slots : LaTeX by the names in :data:`SLOT_LETTERS`.
    """

    id: str
    title: str
    about: str
    symbols: Mapping[str, Letter] = field(hash=False)
    index_order: str = "to-from"
    layer: str = "parentheses"
    layer_numbers: str = "always"
    matrix: str = "to-from"
    error_sign: int = 1
    update_sign: int = -1
    bias_as_node: bool = False
    loss_factors: Mapping[str, float] = field(default_factory=dict, hash=False)
    slots: Mapping[str, str] = field(default_factory=lambda: SLOT_LETTERS, hash=False)

    # --- numbers ----------------------------------------------------------------------------------

    def loss_factor(self, loss: str) -> float:
        """What the project's loss is multiplied by to be the deck's."""
        return self.loss_factors.get(loss, 1.0)

    def factor(
        self,
        kind: Kind,
        *,
        loss: str = "",
        optimizer: str = "sgd",
        rule: str = BACKPROPAGATION,
        name: str = "",
    ) -> float:
        """What the engine's number is multiplied by to be this notation's.

        ``name`` is a slot's; ``loss``, ``optimizer`` and ``rule`` are the project's.  The loss
        factor scales loss, error, delta and gradient; the rate takes up its inverse where the step
        is proportional to the gradient, so the step itself is the engine's.
        """
        scale = self.loss_factor(loss)
        if kind in (Kind.LOSS, Kind.SAMPLE_LOSS):
            return scale
        if kind is Kind.ERROR:
            return self.error_sign * scale
        if not follows_gradient(rule):
            # A rule's delta is no derivative of the loss.
            scale = 1.0
        if kind is Kind.PENALTY:
            return scale
        if kind is Kind.DELTA:
            return self.error_sign * scale
        if kind is Kind.GRADIENT:
            return -self.update_sign * scale
        if kind is Kind.LEARNING_RATE:
            return 1.0 / scale if optimizer in _PROPORTIONAL else 1.0
        if kind in (Kind.SLOT, Kind.SLOT_BEFORE):
            power = _POWERS[optimizer][name]
            signed = name == "momentum"
            return float(scale**power) * (-self.update_sign if signed else 1)
        return 1.0

    # --- symbols ----------------------------------------------------------------------------------

    def symbol(
        self,
        kind: Kind,
        layer: int,
        neuron: int | None = None,
        source: tuple[int, int] | int | None = None,
        *,
        spec: NetworkSpec,
        parameter: str = "",
        name: str = "",
    ) -> str:
        """The sign of a quantity as LaTeX, e.g. ``\\delta_{7}^{(3)}``; of a layer without neuron.

        neuron : from 0.  source : of a weight its column from 0, or (layer, neuron) it comes from.
        parameter : "W", "b", "gamma" or "beta"; without it a weight where there is a source or no
        neuron, else a bias.  name : a slot's.
        """
        if kind is Kind.LEARNING_RATE:
            return self.letter("learning_rate")
        if kind is Kind.LOSS:
            return self.letter("loss")
        if kind is Kind.SAMPLE_LOSS:
            return _indexed(self.letter("loss"), "n", "")
        if kind is Kind.PENALTY:
            return self.letter("penalty")
        if kind in OF_PARAMETERS:
            return self._of_parameter(kind, layer, neuron, source, spec, parameter, name)
        index = "" if neuron is None else str(neuron + 1)
        if kind is Kind.TARGET:
            return _indexed(self.letter("target"), index, "")
        if kind is Kind.OUTPUT:
            disturbed = spec.layer(layer)
            own = self.letter("activation" if layer else "input", layer, spec)
            if disturbed.dropout_rate > 0.0 or disturbed.noise > 0.0:
                base, below = _split(own)
                own = f"\\tilde{{{base}}}" + (f"_{{{below}}}" if below else "")
            return _indexed(own, index, self.layer_sign("activation", layer, spec))
        if layer == 0 and kind not in (Kind.NOISE, Kind.MASK):
            return _indexed(self.letter("input"), index, "")
        return _indexed(
            self.letter(kind.value, layer, spec), index, self.layer_sign(kind.value, layer, spec)
        )

    def _of_parameter(
        self,
        kind: Kind,
        layer: int,
        neuron: int | None,
        source: tuple[int, int] | int | None,
        spec: NetworkSpec,
        parameter: str,
        name: str,
    ) -> str:
        if not parameter:
            parameter = "W" if source is not None or neuron is None else "b"
        own = self._parameter(layer, neuron, source, spec, parameter, kind is Kind.UPDATED)
        if kind is Kind.GRADIENT:
            return self.letter("gradient").replace("@w", own)
        if kind is Kind.SLOT:
            return f"{self.slots[name]}({own})"
        if kind is Kind.SLOT_BEFORE:
            return f"{self.slots[name]}_{{\\mathrm{{old}}}}({own})"
        return own

    def _parameter(
        self,
        layer: int,
        neuron: int | None,
        source: tuple[int, int] | int | None,
        spec: NetworkSpec,
        parameter: str,
        new: bool,
    ) -> str:
        as_node = self.bias_as_node and parameter == "b" and neuron is not None
        index = "" if neuron is None else str(neuron + 1)
        if parameter == "W" and neuron is not None and source is not None:
            place = spec.source_of(layer, source) if isinstance(source, int) else source
            return self.weight(layer, index, str(place[1] + 1), place[0], spec=spec, new=new)
        if as_node:
            index = self._pair(index, "0", False)
        key = "weight" if as_node else _PARTS[parameter]
        sign = self.layer_sign(key, layer, spec)
        if new:
            sign = f"{sign},\\mathrm{{new}}" if sign else "\\mathrm{new}"
        return _indexed(self.letter(key, layer, spec), index, sign)

    def weight(
        self,
        layer: int,
        to: str,
        source: str,
        source_layer: int,
        *,
        spec: NetworkSpec,
        new: bool = False,
    ) -> str:
        """The sign of a weight with any indices: numbers from 1, or letters as in ``w_{ki}``."""
        wide = max(spec.sizes[layer], spec.sizes[source_layer]) > 9
        sign = self.layer_sign("weight", layer, spec)
        if spec.sources(layer) != (layer - 1,):
            sign = f"{sign or layer} \\leftarrow {source_layer}"
        if new:
            sign = f"{sign},\\mathrm{{new}}" if sign else "\\mathrm{new}"
        return _indexed(self.letter("weight", layer, spec), self._pair(to, source, wide), sign)

    def _pair(self, to: str, source: str, wide: bool) -> str:
        first, second = (to, source) if self.index_order == "to-from" else (source, to)
        return f"{first},{second}" if wide or len(to) > 1 else f"{first}{second}"

    def letter(self, key: str, layer: int = 0, spec: NetworkSpec | None = None) -> str:
        """The bare symbol for what is called ``key`` in :data:`SYMBOLS`, in a layer's own form."""
        own = self.symbols[key]
        if isinstance(own, str):
            return own
        return own[spec is not None and layer == spec.depth]

    def layer_sign(self, key: str, layer: int, spec: NetworkSpec) -> str:
        """How the layer is written at a symbol: "(3)", "[3]", or "" where it is not."""
        if key not in BY_LAYER or layer == 0:
            return ""
        if self.layer_numbers == "needed":
            own = self.letter(key, layer, spec)
            numbers = range(1, spec.depth + 1)
            if sum(self.letter(key, number, spec) == own for number in numbers) < 2:
                return ""
        return LAYER_SIGNS[self.layer].format(layer)

    def plain(
        self,
        kind: Kind,
        layer: int,
        neuron: int | None = None,
        source: tuple[int, int] | int | None = None,
        *,
        spec: NetworkSpec,
        parameter: str = "",
        name: str = "",
    ) -> str:
        """The same without LaTeX, for labels: "δ₇⁽³⁾"."""
        latex = self.symbol(kind, layer, neuron, source, spec=spec, parameter=parameter, name=name)
        return plain_text(latex)

    def of(self, quantity: Quantity, spec: NetworkSpec) -> str:
        """The symbol of a quantity as LaTeX."""
        return self.symbol(
            quantity.kind,
            quantity.layer,
            quantity.neuron,
            quantity.source,
            spec=spec,
            parameter=quantity.parameter,
            name=quantity.name,
        )


def _split(letter: str) -> tuple[str, str]:
    """A letter without the subscript it comes with, and that subscript."""
    found = _SUBSCRIPT.match(letter)
    return (found[1], found[2] or found[3]) if found else (letter, "")


def _indexed(letter: str, index: str, sign: str) -> str:
    base, below = _split(letter)
    index = f"{below},{index}" if below and index else below or index
    lower = f"_{{{index}}}" if index else ""
    upper = f"^{{{sign}}}" if sign else ""
    return f"{base}{lower}{upper}"
