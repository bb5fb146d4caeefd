"""The number type of the engine's arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""float64, or float32 where the project's precision says so."""

PRECISIONS = ("float64", "float32")
