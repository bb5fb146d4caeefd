"""What is drawn anew in each training pass: dropout masks and Gaussian noise.

Both are a function of (seed, layer, iteration) alone, so any iteration can be drawn again.
"""

from __future__ import annotations

import numpy as np

from simulator import counter_random
from simulator.arrays import Array
from simulator.spec import LayerSpec


class DropoutDraw:
    """Draws one layer's masks, for a block of iterations at a time because that is faster.

    ``number`` is the layer's, 0 for the inputs; ``shape`` (N, units) that of a mask.
    """

    def __init__(self, number: int, shape: tuple[int, int], layer: LayerSpec, like: Array) -> None:
        self.number = number
        size = shape[0] * shape[1]
        self._length = max(1, min(64, 65_536 // size))
        self._shape = (self._length, *shape)
        self._scale = layer.training_scale
        self._limit = counter_random.threshold(layer.keep_probability)
        self._offsets = counter_random.positions(size)
        self._words = np.zeros((self._length, size), dtype=np.uint64)
        self._scratch = np.zeros_like(self._words)
        self._block = (-1, -1)
        # Transposed, so that a mask comes column by column, as the pass keeps its buffers.
        kept = (self._length, shape[1], shape[0])
        self._masks: Array = np.zeros(kept, like.dtype)
        self._factors: Array = np.zeros(kept, like.dtype)

    def draw(self, seed: int, iteration: int) -> tuple[Array, Array]:
        """The mask of an iteration, and the mask times its scale: (N, units) each."""
        number, position = divmod(iteration, self._length)
        if self._block != (seed, number):
            self._draw_block(seed, number)
        return self._masks[position].T, self._factors[position].T

    def _draw_block(self, seed: int, number: int) -> None:
        first = number * self._length
        keys = np.array(
            [
                counter_random.dropout_key(seed, self.number, first + position)
                for position in range(self._length)
            ],
            dtype=np.uint64,
        )
        counter_random.fill(self._words, self._scratch, self._offsets, keys[:, None])
        drawn = (self._words < self._limit).reshape(self._shape)
        self._masks[...] = drawn.transpose(0, 2, 1)
        np.multiply(self._masks, self._scale, out=self._factors)
        self._block = (seed, number)


class NoiseDraw:
    """Draws one layer's Gaussian noise; ``number`` 0 is the inputs."""

    def __init__(self, number: int, shape: tuple[int, int], deviation: float) -> None:
        self.number = number
        self._shape = shape
        self._deviation = deviation

    def draw(self, seed: int, iteration: int, out: Array) -> None:
        """Write the noise of an iteration into ``out``: (N, units)."""
        key = counter_random.key(seed, counter_random.NOISE, self.number, iteration)
        out[...] = counter_random.generator(key).standard_normal(self._shape)
        out *= self._deviation
