"""What to say when training runs away: which layer's numbers were the first to go."""

from __future__ import annotations

import numpy as np

from simulator.backprop import Pass


class DivergenceError(ArithmeticError):
    """Training stopped because the loss grew without limit; the text is for the user."""


def describe(done: Pass) -> str:
    """Where and how the last forward pass went wrong, to be put in brackets behind "at …"."""
    spec = done.network.spec
    for number in range(1, spec.depth + 1):
        weights = done.network.W[number - 1]
        name = spec.layer_name(number)
        if not np.isfinite(weights).all():
            return f" (first in the weights of layer {number}, {name}: the update overflowed)"
        if not np.isfinite(done.z[number - 1]).all():
            return (
                f" (first in the pre-activations of layer {number}, {name}: its weights have grown "
                f"to {float(np.abs(weights).max()):.3g})"
            )
        if not np.isfinite(done.activation[number - 1]).all():
            return f" (first in the activations of layer {number}, {name})"
    return ""
