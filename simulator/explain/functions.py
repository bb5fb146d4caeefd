"""Activations and their slopes in words: LaTeX, and the same with a neuron's numbers.

In the LaTeX ``@z`` stands for what the activation works on and ``@a`` for what it gives; the
templates name the numbers {z}, {a} and the activation's parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from simulator.activations import Activation, Selu

Choice = Callable[[float], str]


def _always(template: str) -> Choice:
    return lambda z: template


def _above(first: str, second: str) -> Choice:
    return lambda z: first if z > 0.0 else second


@dataclass(frozen=True)
class Words:
    """The formula of an activation and of its slope, each in symbols and as templates by z."""

    formula: str
    numbers: Choice
    slope: str
    slope_numbers: Choice


def _pieces(first: str, second: str) -> str:
    return f"{first}\\ \\mathrm{{if}}\\ @z>0,\\ \\mathrm{{else}}\\ {second}"


_SIGMOID = "1 / (1 + e^(−{z}))"

WORDS: Mapping[str, Words] = {
    "linear": Words("@z", _always("{z}"), "1", _always("1")),
    "sigmoid": Words(
        "\\frac{1}{1+e^{-@z}}", _always(_SIGMOID), "@a\\,(1-@a)", _always("{a} · (1 − {a})")
    ),
    "tanh": Words("\\tanh(@z)", _always("tanh({z})"), "1-{@a}^{2}", _always("1 − {a}²")),
    "relu": Words("\\max(0,\\,@z)", _always("max(0, {z})"), _pieces("1", "0"), _above("1", "0")),
    "leaky_relu": Words(
        _pieces("@z", "s\\,@z"),
        _above("{z}", "{negative_slope} · {z}"),
        _pieces("1", "s"),
        _above("1", "{negative_slope}"),
    ),
    "elu": Words(
        _pieces("@z", "\\alpha\\,(e^{@z}-1)"),
        _above("{z}", "{alpha} · (e^({z}) − 1)"),
        _pieces("1", "\\alpha\\,e^{@z}"),
        _above("1", "{alpha} · e^({z})"),
    ),
    "selu": Words(
        "1.0507\\,(" + _pieces("@z", "1.6733\\,(e^{@z}-1)") + ")",
        _above("{scale} · {z}", "{scale} · {shape} · (e^({z}) − 1)"),
        "1.0507\\,(" + _pieces("1", "1.6733\\,e^{@z}") + ")",
        _above("{scale}", "{scale} · {shape} · e^({z})"),
    ),
    "softplus": Words(
        "\\ln(1+e^{@z})",
        _always("ln(1 + e^({z}))"),
        "\\frac{1}{1+e^{-@z}}",
        _always(_SIGMOID),
    ),
    "softsign": Words(
        "\\frac{@z}{1+|@z|}",
        _always("{z} / (1 + |{z}|)"),
        "\\frac{1}{(1+|@z|)^{2}}",
        _always("1 / (1 + |{z}|)²"),
    ),
    "hard_sigmoid": Words(
        "\\max(0,\\,\\min(1,\\,\\frac{@z}{6}+\\frac{1}{2}))",
        _always("max(0, min(1, {z} / 6 + ½))"),
        "\\frac{1}{6}\\ \\mathrm{if}\\ |@z|<3,\\ \\mathrm{else}\\ 0",
        lambda z: "1 / 6" if abs(z) < 3.0 else "0",
    ),
    "gelu": Words(
        "@z\\,\\Phi(@z)",
        _always("{z} · Φ({z})"),
        "\\Phi(@z)+\\frac{@z\\,e^{-@z^{2}/2}}{\\sqrt{2\\pi}}",
        _always("Φ({z}) + {z} · e^(−{z}² / 2) / √(2 · π)"),
    ),
    "silu": Words(
        "\\frac{@z}{1+e^{-@z}}",
        _always("{z} / (1 + e^(−{z}))"),
        "s+@a\\,(1-s),\\ s=\\frac{1}{1+e^{-@z}}",
        _always("{s} + {a} · (1 − {s})"),
    ),
    "step": Words(
        "1\\ \\mathrm{if}\\ @z\\ge 0,\\ \\mathrm{else}\\ 0",
        lambda z: "1, as {z} ≥ 0" if z >= 0.0 else "0, as {z} is negative",
        "",
        _always(""),
    ),
    "sign": Words(
        "1\\ \\mathrm{if}\\ @z\\ge 0,\\ \\mathrm{else}\\ -1",
        lambda z: "1, as {z} ≥ 0" if z >= 0.0 else "−1, as {z} is negative",
        "",
        _always(""),
    ),
}
"""Of every activation but softmax, which needs the whole layer."""


CONSTANTS: Mapping[str, float] = {"scale": Selu.SCALE, "shape": Selu.ALPHA}
"""What the templates name besides parameters."""


def put(latex: str, z: str, a: str = "") -> str:
    """The LaTeX with a neuron's own symbols."""
    # A symbol that has a superscript cannot take another one bare.
    latex = latex.replace("@z^", f"({z})^").replace("{@a}^", f"({a})^")
    return latex.replace("@z", z).replace("@a", a)


def value_at(function: Activation, z: float) -> float:
    """phi(z), as the engine computes it."""
    out, rows = np.zeros((1, 1)), np.zeros((1, 1))
    function.forward(np.full((1, 1), z), out, rows)
    return float(out[0, 0])


def slope_at(function: Activation, z: float, activation: float) -> float:
    """phi'(z), as the engine computes it on the way back."""
    delta, rows = np.zeros((1, 1)), np.zeros((1, 1))
    function.backward(np.full((1, 1), z), np.full((1, 1), activation), np.ones((1, 1)), delta, rows)
    return float(delta[0, 0])
