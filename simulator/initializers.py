"""How weights start.  Names and formulas are Keras's; a weight matrix is (fan_out, fan_in)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Initializer = Callable[[np.random.Generator, tuple[int, ...]], Array]


def zeros(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """All weights 0: every neuron of a layer then stays equal, which is worth seeing once."""
    return np.zeros(shape)


def glorot_uniform(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """U(-r, r) with r = sqrt(6 / (fan_in + fan_out)).  Glorot & Bengio 2010, eq. 16."""
    limit = np.sqrt(6.0 / (shape[0] + shape[1]))
    return generator.uniform(-limit, limit, shape)


def glorot_normal(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """N(0, 2 / (fan_in + fan_out)), not truncated.  Glorot & Bengio 2010, eq. 12."""
    return generator.normal(0.0, np.sqrt(2.0 / (shape[0] + shape[1])), shape)


def he_uniform(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """U(-r, r) with r = sqrt(6 / fan_in), made for ReLU.  He et al. 2015."""
    limit = np.sqrt(6.0 / shape[1])
    return generator.uniform(-limit, limit, shape)


def he_normal(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """N(0, 2 / fan_in), not truncated.  He et al. 2015, eq. 10."""
    return generator.normal(0.0, np.sqrt(2.0 / shape[1]), shape)


def lecun_uniform(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """U(-r, r) with r = sqrt(3 / fan_in), made for SELU.  LeCun et al. 1998."""
    limit = np.sqrt(3.0 / shape[1])
    return generator.uniform(-limit, limit, shape)


def lecun_normal(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """N(0, 1 / fan_in), not truncated.  LeCun et al. 1998."""
    return generator.normal(0.0, np.sqrt(1.0 / shape[1]), shape)


def random_uniform(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """U(-0.05, 0.05), whatever the size of the layer; Keras's range."""
    return generator.uniform(-0.05, 0.05, shape)


def random_normal(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """N(0, 0.05²), whatever the size of the layer; Keras's spread."""
    return generator.normal(0.0, 0.05, shape)


INITIALIZERS: Mapping[str, Initializer] = MappingProxyType(
    {
        "glorot_uniform": glorot_uniform,
        "glorot_normal": glorot_normal,
        "he_uniform": he_uniform,
        "he_normal": he_normal,
        "lecun_uniform": lecun_uniform,
        "lecun_normal": lecun_normal,
        "random_uniform": random_uniform,
        "random_normal": random_normal,
        "zeros": zeros,
    }
)
