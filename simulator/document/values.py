"""Single values of a training in JSON: floats to the bit, arrays of a given shape and type."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.project import ProjectError
from simulator.project.fields import Fields, shown

_NOT_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def float_value(value: float) -> float | str:
    """A float as JSON, which has no infinity: repr gives every finite one back to the bit."""
    value = float(value)
    return value if math.isfinite(value) else str(value)


def read_float(value: Any, where: str) -> float:
    """What :func:`float_value` gave.

    Raises
    ------
    ProjectError : one sentence.
    """
    if isinstance(value, str) and value in _NOT_FINITE:
        return _NOT_FINITE[value]
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1.8e308:
        raise ProjectError(f"{where} must be a number (found {shown(value)}).")
    return float(value)


def read_array(fields: Fields, name: str, shape: tuple[int, ...], kind: str) -> NDArray[Any]:
    """An array of this shape and NumPy type.

    Raises
    ------
    ProjectError : one sentence.
    """
    value = fields.raw(name)
    if not isinstance(value, np.ndarray):
        raise ProjectError(f"{fields.path(name)} must be an array (found {shown(value)}).")
    if value.shape != shape or value.dtype != np.dtype(kind):
        raise ProjectError(
            f"{fields.path(name)} does not fit the network: it is {_words(value.shape)} of "
            f"{value.dtype}, expected is {_words(shape)} of {kind}."
        )
    return value


def _words(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{size:,}" for size in shape) or "a number"
