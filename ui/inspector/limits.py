"""What the inspector's numbers may be: the same as in a project file, where a box can hold it."""

from __future__ import annotations

LEAST = 1e-15
"""Stands for "above 0": the smallest number a box can show."""
MOST = 1e9
BELOW_ONE = 1.0 - 1e-15
MAX_SPIN = 2**31 - 1

FIRST_STEPS = {"warmup_steps": 100.0, "weight_decay": 0.001}
"""Where a parameter goes when it is stepped up from 0; others go to 0.01."""

_ABOVE_ZERO = frozenset({"epsilon", "drop", "decay_rate", "delta"})
_FROM_ZERO = frozenset({"weight_decay", "initial_accumulator_value", "warmup_steps", "stddev"})
_SHARES = frozenset({"momentum", "beta_1", "beta_2", "rho"})


def limits_of(name: str) -> tuple[float, float]:
    """The lowest and the highest value of a parameter."""
    if name in _ABOVE_ZERO:
        return LEAST, MOST
    if name in _FROM_ZERO:
        return 0.0, MOST
    if name in _SHARES:
        return 0.0, BELOW_ONE
    if name == "decay_steps":
        return 1.0, MOST
    return -MOST, MOST
