"""What an explanation is written from: the trace, the project, the notation, and how long."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from simulator.activations import Activation, activation_parameters, make_activation
from simulator.arrays import Array
from simulator.explain.words import number
from simulator.explanation import Line, Matrix, Token
from simulator.notation import Notation
from simulator.project import Project
from simulator.quantity import Kind, Quantity, value_of
from simulator.rules import follows_gradient
from simulator.spec import NetworkSpec
from simulator.trace import Trace

Piece = Quantity | float | str | tuple[Token, ...]
"""A factor of a product: a quantity, a number of no name, or text as it stands."""
Term = tuple[float, Sequence[Piece] | Callable[[], Sequence[Piece]]]
"""A product of a sum: its value, and its factors (or what gives them, where there are many)."""
_NAME = re.compile(r"\{(\w+)\}")


@dataclass
class Draft:
    """What the writers of one kind of quantity give, as in an explanation.

    The last line's result is worked out again from what stands in the lines; it is the engine's
    number up to rounding.
    """

    lines: list[Line]
    matrix: Matrix | None = None
    samples: tuple[tuple[int, float], ...] = ()
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Context:
    """One trace seen through one notation."""

    trace: Trace
    project: Project
    notation: Notation
    digits: int = 4
    terms: int = 6

    @cached_property
    def spec(self) -> NetworkSpec:
        """The network's shape at this iteration."""
        return self.trace.spec

    @cached_property
    def size(self) -> int:
        """Samples in the mini-batch, N."""
        return len(self.trace.x)

    @property
    def uses_gradient(self) -> bool:
        """Whether delta is a derivative of the loss, not what a learning rule says."""
        return follows_gradient(self.trace.rule)

    # --- numbers ----------------------------------------------------------------------------------

    def factor(self, kind: Kind, name: str = "") -> float:
        """What the engine's number is multiplied by to be the notation's."""
        return self.notation.factor(
            kind,
            loss=self.project.loss,
            optimizer=self.project.optimizer.name,
            rule=self.trace.rule,
            name=name,
        )

    def shown(self, quantity: Quantity) -> float:
        """A number in the notation's own sign and scale."""
        value = value_of(self.trace, quantity)
        factor = self.factor(quantity.kind, quantity.name)
        # Adding 0 turns the −0 of a changed sign into 0.
        return value * factor + 0.0

    def number(self, value: float) -> str:
        """A number with the digits asked for."""
        return number(value, self.digits)

    def row(self, quantity: Quantity) -> int:
        """The sample a quantity is of, within the mini-batch."""
        return min(quantity.row, self.size - 1)

    # --- symbols ----------------------------------------------------------------------------------

    def symbol(self, quantity: Quantity) -> str:
        """The sign of a quantity as LaTeX."""
        if quantity.kind is Kind.GRADIENT and self._is_no_derivative:
            return f"g({self.notation.of(replace(quantity, kind=Kind.PARAMETER), self.spec)})"
        return self.notation.of(quantity, self.spec)

    @property
    def _is_no_derivative(self) -> bool:
        """Whether a learning rule's correction would be written as a derivative of the loss."""
        return not self.uses_gradient and "\\partial" in self.letter("gradient")

    def gradient_sign(self, layer: int) -> str:
        """The gradient of a layer's weights in symbols."""
        if self._is_no_derivative:
            return f"g({self.notation.symbol(Kind.PARAMETER, layer, spec=self.spec)})"
        return self.notation.symbol(Kind.GRADIENT, layer, spec=self.spec, parameter="W")

    def sign(self, kind: Kind, layer: int, index: str = "") -> str:
        """The sign of a layer's numbers with a letter as index: ``a_{i}^{(2)}``."""
        return with_index(self.notation.symbol(kind, layer, spec=self.spec), index)

    def letter(self, key: str) -> str:
        """The bare letter a notation has for something."""
        return self.notation.letter(key)

    # --- what is next to what ---------------------------------------------------------------------

    def received(self, layer: int, neuron: int, row: int) -> Quantity:
        """What the next layers get of a neuron, by its simplest name."""
        if layer == 0:
            plain = self.trace.input_mask is None and self.trace.input_noise is None
            return Quantity(Kind.INPUT if plain else Kind.OUTPUT, 0, neuron, row)
        index = layer - 1
        noise = self.trace.noise[index] if self.trace.noise else None
        plain = self.trace.mask[index] is None and noise is None
        return Quantity(Kind.ACTIVATION if plain else Kind.OUTPUT, layer, neuron, row)

    def entering(self, layer: int, neuron: int, row: int) -> Quantity:
        """What the activation of a neuron works on."""
        normalizes = self.spec.layer(layer).batch_normalization is not None
        kind = Kind.NORMALIZED if normalizes else Kind.PREACTIVATION
        return Quantity(kind, layer, neuron, row)

    def function(self, layer: int, neuron: int) -> tuple[str, dict[str, float], Activation]:
        """Name, parameters and the activation itself of one neuron."""
        name, given = self.spec.layer(layer).activation_of(neuron)
        parameters = activation_parameters(name, given)
        return name, parameters, make_activation(name, parameters)

    def weight(self, layer: int, neuron: int, column: int) -> Quantity:
        """A weight before the update."""
        return Quantity(Kind.PARAMETER, layer, neuron, 0, column, "W")

    def linked(self, layer: int) -> Array | None:
        """1 where a weight of the layer is there, 0 where its link is removed; None if all are."""
        given = self.project.parameters
        return given[layer - 1].links if layer <= len(given) else None

    # --- lines ------------------------------------------------------------------------------------

    def token(self, quantity: Quantity) -> Token:
        """A number that can be asked in turn."""
        return Token(self.number(self.shown(quantity)), quantity)

    def fill(self, template: str, **names: Piece) -> tuple[Token, ...]:
        """A line of numbers: "{a} · {b}" with each name's number put in."""
        tokens: list[Token] = []
        parts = _NAME.split(template)
        for position, part in enumerate(parts):
            if position % 2 == 0:
                if part:
                    tokens.append(Token(part))
                continue
            following = parts[position + 1]
            self._put(tokens, names[part], raised=following.startswith(("²", "^")))
        return joined(tokens)

    def _put(self, tokens: list[Token], piece: Piece, raised: bool = False) -> None:
        if isinstance(piece, str):
            tokens.append(Token(piece))
            return
        if isinstance(piece, tuple):
            tokens += piece
            return
        own = self.token(piece) if isinstance(piece, Quantity) else Token(self.number(piece))
        before = tokens[-1].text.rstrip() if tokens else ""
        bare = not before or before[-1] in "(=|,"
        signed = own.text.startswith("−")
        # A power of ten cannot be raised to another power bare.
        if (signed and (raised or not bare)) or (raised and "e" in own.text):
            tokens += [Token("("), own, Token(")")]
        else:
            tokens.append(own)

    def sum(self, terms: Sequence[Term]) -> tuple[Token, ...]:
        """Products added up: those of the largest value in order, and what the others come to."""
        kept: Sequence[int] = range(len(terms))
        if len(terms) > self.terms:
            sizes = np.abs(np.array([value for value, _ in terms]))
            order = np.argsort(-np.nan_to_num(sizes, nan=np.inf), kind="stable")[: self.terms]
            kept = sorted(int(place) for place in order if sizes[place] != 0.0)
        tokens: list[Token] = []
        for place in kept:
            if tokens:
                tokens.append(Token(" + "))
            pieces = terms[place][1]
            for position, piece in enumerate(pieces() if callable(pieces) else pieces):
                if position:
                    tokens.append(Token(" · "))
                self._put(tokens, piece)
        chosen = set(kept)
        others = [value for place, (value, _) in enumerate(terms) if place not in chosen]
        rest = [value for value in others if value != 0.0]
        if rest:
            total = self.number(float(sum(rest)))
            sign = "" if total.startswith("−") else "+"
            words = "term" if len(rest) == 1 else "terms"
            tokens.append(Token(f" … {sign}{total} from {len(rest)} smaller {words}"))
        if not tokens:
            tokens.append(Token("0"))
        return joined(tokens)


def with_index(symbol: str, index: str) -> str:
    """A layer's symbol with an index: ``a^{(2)}`` becomes ``a_{i}^{(2)}``."""
    if not index:
        return symbol
    base, caret, upper = symbol.partition("^")
    found = re.match(r"^(.+?)_\{(.+)\}$", base)
    if found:
        base, index = found[1], f"{found[2]},{index}"
    return f"{base}_{{{index}}}{caret}{upper}"


def joined(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The same with neighbouring texts made one."""
    found: list[Token] = []
    for token in tokens:
        if found and token.quantity is None and found[-1].quantity is None:
            found[-1] = Token(found[-1].text + token.text)
        else:
            found.append(token)
    return tuple(found)
