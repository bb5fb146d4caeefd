"""Data made on demand: an exact shape with Gaussian noise around it.

The samples come in order of class, or of x; shuffling them is the trainer's work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from simulator.arrays import Array
from simulator.data import shapes
from simulator.data.dataset import Dataset
from simulator.data.encoding import quoted
from simulator.data.strokes import stroke_pictures

MAX_SAMPLES = 1_000_000
MAX_NOISE = 1_000_000.0

Make = Callable[[int, float, np.random.Generator], Dataset]


@dataclass(frozen=True, slots=True)
class GeneratorSpec:
    """Which data to generate.

    ``samples`` (1 to :data:`MAX_SAMPLES`) are those of each class, or all where the generator has
    no classes; ``noise`` (0 to :data:`MAX_NOISE`) is a standard deviation.
    """

    name: str
    samples: int
    noise: float
    seed: int


@dataclass(frozen=True)
class Generator:
    """What a generator makes, for the one who chooses among them.

    Attributes
    ----------
    title : its name for people.
    about : one sentence.
    samples, noise : what to begin with.
    per_class : samples are counted for each class, not in all.
    noise_meaning : what the noise moves, or empty where there is none.
    make : (samples, noise, source of randomness) -> data.
    fixed : samples and noise are always those above; a spec's own are not looked at.
    """

    title: str
    about: str
    samples: int
    noise: float
    per_class: bool
    noise_meaning: str
    make: Make
    fixed: bool = False


def generate(spec: GeneratorSpec) -> Dataset:
    """The data a spec describes, a function of the spec alone.

    Raises
    ------
    ValueError : one sentence on the field that cannot be used.
    """
    generator = GENERATORS.get(spec.name)
    if generator is None:
        raise ValueError(
            f"There is no generator {quoted(spec.name)}; there are {', '.join(GENERATORS)}."
        )
    if spec.seed < 0:
        raise ValueError(f"The seed must be 0 or more, not {spec.seed}.")
    if not generator.fixed:
        _check_amounts(spec)
    # The name is part of the seed: two generators with one seed do not share their noise.
    seeds = np.random.SeedSequence([spec.seed, *spec.name.encode()])
    return generator.make(spec.samples, spec.noise, np.random.Generator(np.random.PCG64(seeds)))


def _check_amounts(spec: GeneratorSpec) -> None:
    if not 1 <= spec.samples <= MAX_SAMPLES:
        raise ValueError(f"The samples must be 1 to {MAX_SAMPLES:,}, not {spec.samples:,}.")
    if not (math.isfinite(spec.noise) and 0.0 <= spec.noise <= MAX_NOISE):
        raise ValueError(f"The noise must be 0 to {MAX_NOISE:,.0f}, not {spec.noise}.")


def _plane(shape: shapes.Shape, classes: tuple[str, ...], targets: Array) -> Make:
    """Points in the plane; class c has the target ``targets[c]`` of (C, n_out)."""

    def make(samples: int, noise: float, random: np.random.Generator) -> Dataset:
        inputs = shape(samples).reshape(-1, 2)
        return Dataset(
            inputs=inputs + noise * random.standard_normal(inputs.shape),
            targets=np.repeat(targets, samples, axis=0),
            classes=classes,
            input_names=("x1", "x2"),
        )

    return make


def _curve(function: shapes.Curve, low: float, high: float) -> Make:
    """Targets function(x) + noise at equally spaced x, both ends of the range among them."""

    def make(samples: int, noise: float, random: np.random.Generator) -> Dataset:
        x = np.linspace(low, high, samples)[:, None]
        return Dataset(
            inputs=x,
            targets=function(x) + noise * random.standard_normal(x.shape),
            input_names=("x",),
        )

    return make


def _four_samples(samples: int, noise: float, random: np.random.Generator) -> Dataset:
    """The samples of deck A's sigmoid neuron; input x0 is always 1, its weight is the bias."""
    return Dataset(
        inputs=np.array([[1.0, 0.1, -0.2], [1.0, -0.1, 0.9], [1.0, 1.2, 0.1], [1.0, 1.1, 1.5]]),
        targets=np.array([[0.0], [0.0], [0.0], [1.0]]),
        classes=("0", "1"),
        input_names=("x0", "x1", "x2"),
    )


ZERO_ONE = np.array([[0.0], [1.0]])
MINUS_PLUS = np.array([[-1.0], [1.0]])

POINT_NOISE = "Standard deviation by which a point is moved along x1 and along x2."
TARGET_NOISE = "Standard deviation by which a target is moved off the curve."


def _points(title: str, about: str, samples: int, noise: float, make: Make) -> Generator:
    return Generator(title, about, samples, noise, True, POINT_NOISE, make)


def _function(title: str, about: str, make: Make) -> Generator:
    return Generator(title, about, 100, 0.1, False, TARGET_NOISE, make)


GENERATORS: Mapping[str, Generator] = MappingProxyType(
    {
        "noisy_xor": _points(
            "Noisy XOR",
            "Clouds at the four corners (±1, ±1): target −1 where the corner's signs are the same, "
            "+1 where they differ.",
            500,
            0.3,
            _plane(shapes.xor_corners, ("same", "differ"), MINUS_PLUS),
        ),
        "two_spirals": _points(
            "Two spirals",
            "Two spirals of three turns wound into each other, which few networks tell apart.",
            97,
            0.0,
            _plane(shapes.spirals, ("first", "second"), ZERO_ONE),
        ),
        "circles": _points(
            "Circles",
            "A circle of radius 0.5 inside one of radius 1: no straight line separates them.",
            200,
            0.1,
            _plane(shapes.circles, ("outer", "inner"), ZERO_ONE),
        ),
        "moons": _points(
            "Moons",
            "Two half circles, each reaching into the other.",
            200,
            0.1,
            _plane(shapes.moons, ("upper", "lower"), ZERO_ONE),
        ),
        "blobs": _points(
            "Two blobs",
            "Clouds around (−1, −1) and (1, 1), which a straight line separates if they are small.",
            100,
            0.4,
            _plane(shapes.at_centres([(-1.0, -1.0), (1.0, 1.0)]), ("A", "B"), ZERO_ONE),
        ),
        "three_blobs": _points(
            "Three blobs",
            "Clouds around the corners of a triangle, with an output for each class.",
            100,
            0.3,
            _plane(shapes.at_centres(shapes.TRIANGLE), ("A", "B", "C"), np.eye(3)),
        ),
        "gaussian_quadrants": _points(
            "Four quadrants",
            "A cloud in each quadrant around (±1, ±1), with an output for each of the four.",
            100,
            0.3,
            _plane(shapes.at_centres(shapes.QUADRANTS), ("I", "II", "III", "IV"), np.eye(4)),
        ),
        "four_samples": Generator(
            "Four samples",
            "The four samples of the single sigmoid neuron, where input x0 is always 1 and its "
            "weight is the bias.",
            4,
            0.0,
            False,
            "",
            _four_samples,
            fixed=True,
        ),
        "strokes": Generator(
            "Signs of strokes",
            "28×28 pictures of ten signs of three strokes each, moved a little: as large as MNIST, "
            "until you open your own.",
            200,
            0.15,
            True,
            "Standard deviation by which a pixel's grey is changed.",
            stroke_pictures,
        ),
        "sine": _function("Sine", "sin x from x = −π to π.", _curve(np.sin, -np.pi, np.pi)),
        "sinc": _function(
            "Sinc",
            "sin(πx) / (πx) from x = −4 to 4: a peak with ripples.",
            _curve(np.sinc, -4.0, 4.0),
        ),
        "bump": _function(
            "Bump", "The Gaussian exp(−x²) from x = −3 to 3.", _curve(shapes.bump, -3.0, 3.0)
        ),
        "step": _function(
            "Step", "0 below x = 0 and 1 above, from x = −1 to 1.", _curve(shapes.step, -1.0, 1.0)
        ),
        "absolute": _function(
            "Absolute value",
            "|x| from x = −1 to 1, which two ReLU units can draw exactly.",
            _curve(np.abs, -1.0, 1.0),
        ),
        "polynomial": _function(
            "Polynomial", "x³ − x from x = −1.5 to 1.5.", _curve(shapes.cubic, -1.5, 1.5)
        ),
    }
)
"""Every generator by the name a spec gives it."""
