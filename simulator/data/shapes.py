"""The exact shapes the generators spread their noise around.

Points in the plane are (C, samples, 2): ``samples`` points for each of C classes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from simulator.arrays import Array

Shape = Callable[[int], Array]
Curve = Callable[[Array], Array]

QUADRANTS = ((1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0))
"""The corners of the square, quadrant I to IV."""
TRIANGLE = ((0.0, 1.0), (-(3.0**0.5) / 2.0, -0.5), (3.0**0.5 / 2.0, -0.5))
"""The corners of an equilateral triangle on the unit circle."""


def xor_corners(samples: int) -> Array:
    """The corners (±1, ±1): class 0 where the signs are the same, class 1 where they differ.

    The points of a class take its two corners in turn; the first has one more if ``samples`` is
    odd.
    """
    corners = np.array([[(-1.0, -1.0), (1.0, 1.0)], [(-1.0, 1.0), (1.0, -1.0)]])
    return corners[:, np.arange(samples) % 2]


def spirals(samples: int) -> Array:
    """Two spirals of three turns, one the other turned by half a turn.

    Lang & Witbrock 1988, "Learning to tell two spirals apart": with 97 samples point i is at the
    angle i pi / 16 from the vertical and at the radius 6.5 (104 - i) / 104, i = 0 ... 96.
    """
    steps = np.linspace(0.0, 96.0, samples)
    angle, radius = steps * np.pi / 16.0, 6.5 * (104.0 - steps) / 104.0
    first = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=-1)
    # Subtracted, for -first would have a zero with a sign.
    return np.stack([first, 0.0 - first])


def circles(samples: int) -> Array:
    """Circles of radius 1 and 0.5 about the origin: scikit-learn's make_circles(factor=0.5)."""
    angle = np.linspace(0.0, 2.0 * np.pi, samples, endpoint=False)
    outer = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return np.stack([outer, 0.5 * outer])


def moons(samples: int) -> Array:
    """Two half circles, each reaching into the other: scikit-learn's make_moons.

    The upper is (cos t, sin t), the lower (1 - cos t, 0.5 - sin t), t = 0 ... pi.
    """
    angle = np.linspace(0.0, np.pi, samples)
    x, y = np.cos(angle), np.sin(angle)
    return np.stack([np.stack([x, y], axis=-1), np.stack([1.0 - x, 0.5 - y], axis=-1)])


def at_centres(centres: Sequence[Sequence[float]]) -> Shape:
    """The shape whose class c has all its points at ``centres[c]``."""

    def shape(samples: int) -> Array:
        return np.repeat(np.array(centres)[:, None, :], samples, axis=1)

    return shape


def bump(x: Array) -> Array:
    """exp(-x²)."""
    return np.exp(-np.square(x))


def step(x: Array) -> Array:
    """0 below x = 0, 1 above, and halfway at x = 0 itself."""
    return np.heaviside(x, 0.5)


def cubic(x: Array) -> Array:
    """x³ - x."""
    return x**3 - x
