"""Pictures of 28 x 28 grey levels in ten classes, for networks as large as those for MNIST.

Each class is a sign of three soft strokes; a sample is the sign moved a little, with its own
strength and noisy pixels.  The signs are the same for every seed.
"""

from __future__ import annotations

import numpy as np

from simulator.arrays import Array
from simulator.data.dataset import Dataset, Picture

SIDE = 28
CLASSES = 10
MOVES = 2
"""A sign is moved by up to so many pixels each way."""


def signs() -> Array:
    """The ten signs: (10, 28, 28), from 0 to 1, empty near the edge."""
    random = np.random.Generator(np.random.PCG64(28))
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    found = np.zeros((CLASSES, SIDE, SIDE))
    along = np.linspace(0.0, 1.0, 24)
    for sign in found:
        for _ in range(3):
            ends = random.uniform(7.0, SIDE - 8.0, size=(3, 2))
            # A quadratic Bézier curve, drawn with a soft round brush.
            weights = np.stack([(1 - along) ** 2, 2 * along * (1 - along), along**2], axis=1)
            for row, column in weights @ ends:
                brush = np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / 2.5)
                np.maximum(sign, brush, out=sign)
    return found


def stroke_pictures(samples: int, noise: float, random: np.random.Generator) -> Dataset:
    """``samples`` pictures of each sign; ``noise`` is the standard deviation of a pixel."""
    count = CLASSES * samples
    pictures = np.empty((count, SIDE, SIDE))
    moves = random.integers(-MOVES, MOVES, size=(count, 2), endpoint=True)
    strength = random.uniform(0.6, 1.0, size=count)
    all_signs = signs()
    for place, (move, own) in enumerate(zip(moves, strength, strict=True)):
        sign = all_signs[place // samples]
        pictures[place] = own * np.roll(sign, move, axis=(0, 1))
    pictures += noise * random.standard_normal(pictures.shape)
    np.clip(pictures, 0.0, 1.0, out=pictures)
    return Dataset(
        inputs=pictures.reshape(count, -1),
        targets=np.repeat(np.eye(CLASSES), samples, axis=0),
        classes=tuple(str(number) for number in range(CLASSES)),
        picture=Picture(SIDE, SIDE, "row"),
    )
