"""What each optimizer does to one parameter, line by line, in the notation's sign and scale.

``g`` is the gradient as the optimizer uses it; ``u`` the update's sign (-1 where eta g is taken
off).  The formulas are those of :mod:`simulator.optimizers`, written for a gradient that may be
turned round (u = 1) or stretched by a factor: epsilon is stretched with it, so that the step stays
the engine's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.optimizers import nadam_momentum, nadam_product

Values = dict[str, Any]
"""By name: numbers, or arrays of one parameter each."""


@dataclass(frozen=True)
class Step:
    """One line: what it is called, in symbols, as a template of names, and how it is computed.

    ``slot`` : the memory it is the new value of, or "".  In symbols ``@+`` is the sign of the
    update as it stands between two terms, ``@-`` as it stands before one.
    """

    name: str
    symbols: str
    template: str
    compute: Callable[[Values], Any]
    slot: str = ""
    label: str = ""


def _mean(name: str, slot: str, beta: str, value: str, label: str) -> Step:
    """slot <- beta slot + (1 - beta) value, where value is "g", "g²" or "U²"."""
    squared = value.endswith("²")
    letter = value.removesuffix("²")
    sign = {"U": "u"}.get(letter, letter)
    latex = f"{sign}^{{2}}" if squared else sign
    greek = {"rho": "\\rho", "beta_1": "\\beta_1", "beta_2": "\\beta_2"}[beta]

    def compute(own: Values) -> Any:
        new = own[letter] * own[letter] if squared else own[letter]
        return own[beta] * own[f"{name}_old"] + (1.0 - own[beta]) * new

    shown = "{" + letter + "}" + ("²" if squared else "")
    return Step(
        name,
        f"@{name} \\leftarrow {greek}\\,@{name}+(1-{greek})\\,{latex}",
        "{" + beta + "} · {" + name + "_old} + (1 − {" + beta + "}) · " + shown,
        compute,
        slot,
        label,
    )


_VELOCITY = Step(
    "v",
    "@v \\leftarrow \\mu\\,@v @+ @eta\\,g",
    "{momentum} · {v_old} {+} {eta} · {g}",
    lambda own: own["momentum"] * own["v_old"] + own["u"] * own["eta"] * own["g"],
    "velocity",
    "velocity",
)
_SQUARES = "mean of the squared gradients"
_ADAM = (
    _mean("m", "momentum", "beta_1", "g", "mean of the gradients"),
    _mean("v", "velocity", "beta_2", "g²", _SQUARES),
)
_CORRECTED = Step(
    "eta_k",
    "@eta_k = @eta\\,\\frac{\\sqrt{1-\\beta_2^{k}}}{1-\\beta_1^{k}}",
    "{eta} · √(1 − {beta_2}^{k}) / (1 − {beta_1}^{k})",
    lambda own: (
        own["eta"]
        * (math.sqrt(1.0 - own["beta_2"] ** own["k"]) / (1.0 - own["beta_1"] ** own["k"]))
    ),
    label="bias correction",
)


RULES: Mapping[str, tuple[Step, ...]] = {
    "sgd": (
        Step(
            "step",
            "@step = @-@eta\\,@g",
            "{-}{eta} · {g}",
            lambda own: own["u"] * own["eta"] * own["g"],
        ),
    ),
    "momentum": (_VELOCITY, Step("step", "@step = @v", "{v}", lambda own: own["v"])),
    "nesterov": (
        _VELOCITY,
        Step(
            "step",
            "@step = \\mu\\,@v @+ @eta\\,g",
            "{momentum} · {v} {+} {eta} · {g}",
            lambda own: own["momentum"] * own["v"] + own["u"] * own["eta"] * own["g"],
            label="look ahead",
        ),
    ),
    "adagrad": (
        Step(
            "s",
            "@s \\leftarrow @s+g^{2}",
            "{s_old} + {g}²",
            lambda own: own["s_old"] + own["g"] * own["g"],
            "accumulator",
            "sum of the squared gradients",
        ),
        Step(
            "step",
            "@step = @-\\frac{@eta\\,g}{\\sqrt{@s+\\epsilon}}",
            "{-}{eta} · {g} / √({s} + {epsilon})",
            lambda own: own["u"] * own["eta"] * own["g"] / np.sqrt(own["s"] + own["epsilon"]),
        ),
    ),
    "adadelta": (
        _mean("s", "accumulated_gradient", "rho", "g²", _SQUARES),
        Step(
            "U",
            "u = g\\,\\frac{\\sqrt{@d+\\epsilon}}{\\sqrt{@s+\\epsilon}}",
            "{g} · √({d_old} + {epsilon_plain}) / √({s} + {epsilon})",
            lambda own: (
                own["g"]
                * np.sqrt(own["d_old"] + own["epsilon_plain"])
                / np.sqrt(own["s"] + own["epsilon"])
            ),
            label="the gradient, scaled by earlier changes",
        ),
        _mean("d", "accumulated_change", "rho", "U²", "mean of the squared changes"),
        Step(
            "step",
            "@step = @-@eta\\,u",
            "{-}{eta} · {U}",
            lambda own: own["u"] * own["eta"] * own["U"],
        ),
    ),
    "rmsprop": (
        _mean("v", "velocity", "rho", "g²", _SQUARES),
        Step(
            "step",
            "@step = @-\\frac{@eta\\,g}{\\sqrt{@v+\\epsilon}}",
            "{-}{eta} · {g} / √({v} + {epsilon})",
            lambda own: own["u"] * own["eta"] * own["g"] / np.sqrt(own["v"] + own["epsilon"]),
        ),
    ),
    "adam": (
        *_ADAM,
        _CORRECTED,
        Step(
            "step",
            "@step = @-@eta_k\\,\\frac{@m}{\\sqrt{@v}+\\epsilon}",
            "{-}{eta_k} · {m} / (√({v}) + {epsilon})",
            lambda own: own["u"] * own["eta_k"] * own["m"] / (np.sqrt(own["v"]) + own["epsilon"]),
        ),
    ),
    "adamw": (
        *_ADAM,
        _CORRECTED,
        Step(
            "decay",
            "d = @eta\\,\\lambda\\,@w",
            "{eta} · {weight_decay} · {w}",
            lambda own: own["eta"] * own["weight_decay"] * own["w"],
            label="weight decay",
        ),
        Step(
            "step",
            "@step = @-@eta_k\\,\\frac{@m}{\\sqrt{@v}+\\epsilon}-d",
            "{-}{eta_k} · {m} / (√({v}) + {epsilon}) − {decay}",
            lambda own: (
                own["u"] * own["eta_k"] * own["m"] / (np.sqrt(own["v"]) + own["epsilon"])
                - own["decay"]
            ),
        ),
    ),
    "adamax": (
        _ADAM[0],
        Step(
            "n",
            "@n \\leftarrow \\max(\\beta_2\\,@n,\\,|g|)",
            "max({beta_2} · {n_old}, |{g}|)",
            lambda own: np.maximum(own["beta_2"] * own["n_old"], np.abs(own["g"])),
            "largest",
            "largest gradient, fading",
        ),
        Step(
            "eta_k",
            "@eta_k = \\frac{@eta}{1-\\beta_1^{k}}",
            "{eta} / (1 − {beta_1}^{k})",
            lambda own: own["eta"] / (1.0 - own["beta_1"] ** own["k"]),
            label="bias correction",
        ),
        Step(
            "step",
            "@step = @-@eta_k\\,\\frac{@m}{@n+\\epsilon}",
            "{-}{eta_k} · {m} / ({n} + {epsilon})",
            lambda own: own["u"] * own["eta_k"] * own["m"] / (own["n"] + own["epsilon"]),
        ),
    ),
    "nadam": (
        *_ADAM,
        Step(
            "mu",
            "\\mu_k = \\beta_1\\,(1-\\frac{1}{2}\\,0.96^{k})",
            "{beta_1} · (1 − ½ · 0.96^{k})",
            lambda own: nadam_momentum(own["beta_1"], own["k"]),
            label="momentum of this update",
        ),
        Step(
            "ahead",
            "\\mu_{k+1} = \\beta_1\\,(1-\\frac{1}{2}\\,0.96^{k+1})",
            "{beta_1} · (1 − ½ · 0.96^{k_next})",
            lambda own: nadam_momentum(own["beta_1"], own["k"] + 1),
            label="momentum of the next one",
        ),
        Step(
            "product",
            "U_k = \\mu_1\\cdots\\mu_k",
            "product of the first {k} momenta",
            lambda own: nadam_product(own["beta_1"], own["k"]),
        ),
        Step(
            "hat",
            "\\hat{m} = \\frac{\\mu_{k+1}\\,@m}{1-U_k\\,\\mu_{k+1}}+\\frac{(1-\\mu_k)\\,g}{1-U_k}",
            "{ahead} · {m} / (1 − {product} · {ahead}) + (1 − {mu}) · {g} / (1 − {product})",
            lambda own: (
                own["ahead"] / (1.0 - own["product"] * own["ahead"]) * own["m"]
                + (1.0 - own["mu"]) / (1.0 - own["product"]) * own["g"]
            ),
            label="bias correction and look ahead",
        ),
        Step(
            "v_hat",
            "\\hat{v} = \\frac{@v}{1-\\beta_2^{k}}",
            "{v} / (1 − {beta_2}^{k})",
            lambda own: own["v"] / (1.0 - own["beta_2"] ** own["k"]),
            label="bias correction",
        ),
        Step(
            "step",
            "@step = @-@eta\\,\\frac{\\hat{m}}{\\sqrt{\\hat{v}}+\\epsilon}",
            "{-}{eta} · {hat} / (√({v_hat}) + {epsilon})",
            lambda own: (
                own["u"] * own["eta"] * own["hat"] / (np.sqrt(own["v_hat"]) + own["epsilon"])
            ),
        ),
    ),
}
"""Every optimizer's lines, in the order in which it works."""

EPSILON_POWERS: Mapping[str, int] = {
    **dict.fromkeys(("adagrad", "adadelta", "rmsprop"), 2),
    **dict.fromkeys(("adam", "adamw", "adamax", "nadam"), 1),
}
"""Which power of the gradient's factor epsilon is stretched by."""


def run(name: str, values: Values) -> Values:
    """Work the lines of an optimizer out, one after the other; all values by name."""
    found = dict(values)
    for step in RULES[name]:
        found[step.name] = step.compute(found)
    return found
