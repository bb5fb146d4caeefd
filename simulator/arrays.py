"""The number type of the engine's arrays, and what sums their rows quickly."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""float64, or float32 where the project's precision says so."""

PRECISIONS = ("float64", "float32")


@lru_cache(maxsize=64)
def _ones(size: int, dtype: np.dtype[Any]) -> Array:
    ones = np.ones(size, dtype)
    ones.flags.writeable = False
    return ones


def ones_like_row(values: Array) -> Array:
    """Ones (units,) for ``values`` (N, units): values · ones sums each row, faster than sum()."""
    return _ones(values.shape[1], values.dtype)
