"""Scaling of inputs, column by column.

A scaler belongs to the samples it was fitted to.  Fit it to the training part only and use that one
for every other part: fitted to all samples it would tell the network about those it is tested on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from simulator.arrays import Array

SCALINGS: Mapping[str, str] = MappingProxyType(
    {
        "none": "The inputs stay as they are.",
        "standardize": "Each input has mean 0 and standard deviation 1 over the training samples.",
        "min_max": "Each input reaches from 0 to 1 over the training samples.",
    }
)
"""What each kind of scaling does, in one sentence."""


@dataclass(frozen=True, eq=False)
class Scaler:
    """x -> (x - offset) / scale in each column; arrays are read-only.

    Attributes
    ----------
    offset : (n_in,).
    scale : (n_in,), never 0.
    """

    offset: Array
    scale: Array

    def __post_init__(self) -> None:
        for name in ("offset", "scale"):
            frozen = np.array(getattr(self, name), dtype=np.float64)
            frozen.flags.writeable = False
            object.__setattr__(self, name, frozen)

    def transform(self, X: Array, out: Array | None = None) -> Array:
        """(X - offset) / scale of X (N, n_in) or (n_in,); ``out`` may be X itself."""
        self._check_width(X)
        scaled = np.subtract(X, self.offset, out=out)
        scaled /= self.scale
        return scaled

    def inverse(self, X: Array, out: Array | None = None) -> Array:
        """X scale + offset, which undoes :meth:`transform`; ``out`` may be X itself."""
        self._check_width(X)
        original = np.multiply(X, self.scale, out=out)
        original += self.offset
        return original

    def _check_width(self, X: Array) -> None:
        if X.ndim not in (1, 2) or X.shape[-1] != len(self.offset):
            raise ValueError(
                f"The scaler is for {len(self.offset)} inputs a sample, not for an array of shape "
                f"{X.shape}."
            )


def fit_scaler(kind: str, inputs: Array) -> Scaler | None:
    """The scaler of a kind, a key of :data:`SCALINGS`, for inputs (N, n_in); None for "none".

    "standardize" takes the mean and the population standard deviation (divided by N, as
    scikit-learn's StandardScaler), "min_max" the lowest value and the range.  A column that is
    constant has scale 1 and becomes 0.

    Raises
    ------
    ValueError : one sentence on an unknown kind, on no samples, or on values that are not finite or
        too large to be scaled.
    """
    if kind not in SCALINGS:
        raise ValueError(f"There is no scaling “{kind}”; there are {', '.join(SCALINGS)}.")
    if kind == "none":
        return None
    if inputs.ndim != 2 or not len(inputs):
        raise ValueError(
            "A scaling needs at least one sample, a row each, "
            f"not an array of shape {inputs.shape}."
        )
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    with np.errstate(over="ignore", invalid="ignore"):
        if kind == "min_max":
            offset, scale = low, high - low
        else:
            # The mean of equal values may be off by rounding; their common value is not.
            offset = np.where(low == high, low, inputs.mean(axis=0))
            scale = np.where(low == high, 0.0, inputs.std(axis=0))
    for column, usable in enumerate(np.isfinite(offset) & np.isfinite(scale), start=1):
        if not usable:
            raise ValueError(
                f"Input {column} cannot be scaled: its values are not finite or too large."
            )
    return Scaler(offset, np.where(scale == 0.0, 1.0, scale))
