"""Augmentation: pictures disturbed anew each time they are trained on.

Flipped pixels and small shifts make more out of few pictures (deck D names it as a regulariser).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator import counter_random
from simulator.arrays import Array
from simulator.data.dataset import Picture


@dataclass(frozen=True, slots=True)
class AugmentationSpec:
    """How the pictures of a mini-batch are disturbed.

    Attributes
    ----------
    flip_probability : probability in [0, 1) that a pixel x becomes 1 - x.
    shift : a picture moves by up to so many pixels up or down and left or right, every way as
        likely as the others; what comes in from the edge is 0.
    """

    flip_probability: float = 0.0
    shift: int = 0

    @property
    def active(self) -> bool:
        """Whether anything is disturbed."""
        return self.flip_probability > 0.0 or self.shift > 0


def augment(
    spec: AugmentationSpec, picture: Picture | None, inputs: Array, seed: int, iteration: int
) -> None:
    """Disturb ``inputs`` (N, n_in) in place, as a function of (seed, iteration) alone.

    ``picture`` says where the pixels are; without it nothing is shifted.
    """
    stream = counter_random.key(seed, counter_random.AUGMENTATION, iteration)
    generator = counter_random.generator(stream)
    if spec.shift > 0 and picture is not None:
        moves = generator.integers(-spec.shift, spec.shift, size=(len(inputs), 2), endpoint=True)
        for row, (down, right) in zip(inputs, moves, strict=True):
            row[picture.index] = shifted(picture.pack(row), int(down), int(right))
    if spec.flip_probability > 0.0:
        flipped = generator.random(inputs.shape) < spec.flip_probability
        np.copyto(inputs, 1.0 - inputs, where=flipped)


def shifted(pixels: Array, down: int, right: int) -> Array:
    """The picture (rows, columns) moved; what comes in from the edge is 0."""
    moved = np.zeros_like(pixels)
    rows, columns = pixels.shape
    if abs(down) >= rows or abs(right) >= columns:
        return moved
    moved[max(down, 0) : rows + min(down, 0), max(right, 0) : columns + min(right, 0)] = pixels[
        max(-down, 0) : rows + min(-down, 0), max(-right, 0) : columns + min(-right, 0)
    ]
    return moved
