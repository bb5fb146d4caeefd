"""How weights start.  Names and formulas are Keras's; a weight matrix is (fan_out, fan_in)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from simulator.arrays import Array

Shape = tuple[int, int]
Draw = Callable[[np.random.Generator, Shape, Mapping[str, float]], Array]


@dataclass(frozen=True)
class Initializer:
    """What it does in a sentence, how it draws, and the parameters it takes."""

    about: str
    draw: Draw
    defaults: Mapping[str, float] = field(default_factory=dict)


def _uniform(scale: Callable[[Shape], float]) -> Draw:
    def draw(generator: np.random.Generator, shape: Shape, given: Mapping[str, float]) -> Array:
        limit = np.sqrt(scale(shape))
        return generator.uniform(-limit, limit, shape)

    return draw


def _normal(variance: Callable[[Shape], float]) -> Draw:
    def draw(generator: np.random.Generator, shape: Shape, given: Mapping[str, float]) -> Array:
        return generator.normal(0.0, np.sqrt(variance(shape)), shape)

    return draw


def _constant(generator: np.random.Generator, shape: Shape, given: Mapping[str, float]) -> Array:
    return np.full(shape, given["value"])


def _zeros(generator: np.random.Generator, shape: Shape, given: Mapping[str, float]) -> Array:
    return np.zeros(shape)


def _between(generator: np.random.Generator, shape: Shape, given: Mapping[str, float]) -> Array:
    low, high = sorted((given["minval"], given["maxval"]))
    return generator.uniform(low, high, shape)


def _bell(generator: np.random.Generator, shape: Shape, given: Mapping[str, float]) -> Array:
    return generator.normal(given["mean"], given["stddev"], shape)


INITIALIZERS: Mapping[str, Initializer] = MappingProxyType(
    {
        "glorot_uniform": Initializer(
            "U(−r, r), r = √(6 / (fan_in + fan_out)); for tanh and sigmoid (Glorot & Bengio 2010)",
            _uniform(lambda shape: 6.0 / (shape[0] + shape[1])),
        ),
        "glorot_normal": Initializer(
            "N(0, 2 / (fan_in + fan_out)); for tanh and sigmoid (Glorot & Bengio 2010)",
            _normal(lambda shape: 2.0 / (shape[0] + shape[1])),
        ),
        "he_uniform": Initializer(
            "U(−r, r), r = √(6 / fan_in); for ReLU (He et al. 2015)",
            _uniform(lambda shape: 6.0 / shape[1]),
        ),
        "he_normal": Initializer(
            "N(0, 2 / fan_in); for ReLU (He et al. 2015)",
            _normal(lambda shape: 2.0 / shape[1]),
        ),
        "lecun_uniform": Initializer(
            "U(−r, r), r = √(3 / fan_in); for SELU (LeCun et al. 1998)",
            _uniform(lambda shape: 3.0 / shape[1]),
        ),
        "lecun_normal": Initializer(
            "N(0, 1 / fan_in); for SELU (LeCun et al. 1998)",
            _normal(lambda shape: 1.0 / shape[1]),
        ),
        "random_uniform": Initializer(
            "U(minval, maxval), whatever the size of the layer",
            _between,
            {"minval": -0.05, "maxval": 0.05},
        ),
        "random_normal": Initializer(
            "N(mean, stddev²), whatever the size of the layer",
            _bell,
            {"mean": 0.0, "stddev": 0.05},
        ),
        "constant": Initializer(
            "Every weight the same; the neurons of a layer then stay equal",
            _constant,
            {"value": 0.0},
        ),
        "zeros": Initializer(
            "Every weight 0: right for one layer, but hidden neurons then stay equal", _zeros
        ),
    }
)


def initializer_parameters(name: str, given: Iterable[tuple[str, float]] = ()) -> dict[str, float]:
    """The parameters an initializer has, ``given`` or else their defaults; most have none."""
    return {**INITIALIZERS[name].defaults, **dict(given)}


def draw_weights(
    name: str, given: Mapping[str, float], generator: np.random.Generator, shape: Shape
) -> Array:
    """Start weights (fan_out, fan_in); parameters that are not given have their defaults."""
    initializer = INITIALIZERS[name]
    return initializer.draw(generator, shape, {**initializer.defaults, **given})
