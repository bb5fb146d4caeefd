"""What an explanation of a number is made of; :mod:`simulator.explain` writes them."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line of numbers; with a quantity it is a number that can be asked in turn."""

    text: str
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a calculation.

    Attributes
    ----------
    symbols : the equation in symbols as LaTeX, "" where the line only goes on with numbers.
    tokens : the same with this network's numbers, without the result.
    result : what the line comes to, in the notation's own sign and scale; None for words.
    quantity : what the result is, where it is a quantity.
    label : a word on what the line is ("chain rule", "bias correction"), or "".
    """

    symbols: str = ""
    tokens: tuple[Token, ...] = ()
    result: float | None = None
    quantity: Quantity | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole layer's equation: as LaTeX in symbols, and the shapes of what stands in it.

    ``shapes`` are (symbol in LaTeX, rows, columns); ``numbers`` LaTeX with the numbers put in,
    shortened with dots where a matrix is large.
    """

    symbols: str
    shapes: tuple[tuple[str, int, int], ...] = ()
    numbers: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a number came to be.

    Attributes
    ----------
    quantity : the number that is explained.
    title : in words, e.g. "delta of hidden 3, neuron 7".
    symbol : its sign as LaTeX; ``plain`` the same without LaTeX ("δ₇³").
    value : in the notation's own sign and scale.
    lines : the calculation, in order; the last result is ``value``.
    matrix : the layer's equation as vectors and matrices, where there is one.
    samples : of a mean over the mini-batch each sample's (row, share); their sum is the mean.
    notes : sentences worth knowing (another sign than the engine's, what was left out).
    """

    quantity: Quantity
    title: str
    symbol: str
    plain: str
    value: float
    lines: tuple[Line, ...]
    matrix: Matrix | None = None
    samples: tuple[tuple[int, float], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def operands(self) -> tuple[Quantity, ...]:
        """What it was computed from, each once, in order."""
        found = (token.quantity for line in self.lines for token in line.tokens)
        return tuple(dict.fromkeys(one for one in found if one is not None))
