"""The matrix products of a training step alone: what no engine on the same BLAS can beat."""

from __future__ import annotations

import numpy as np

from tests.bench.rivals.contender import Contender
from tests.bench.rivals.work import Work


class BareGemms(Contender):
    """Forward X Wᵀ; backward deltaᵀ X and, but for the first layer, delta W.

    Always on the same arrays, so as much as can be stays in the cache.
    """

    name = "the matrix products alone"

    def __init__(self, work: Work) -> None:
        generator = np.random.default_rng(0)
        rows = work.batch_size
        self._products: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        backward = []
        for number, (fan_in, units) in enumerate(zip(work.sizes, work.sizes[1:], strict=False)):
            x = generator.normal(size=(rows, fan_in)).astype(work.dtype)
            W = generator.normal(size=(units, fan_in)).astype(work.dtype)
            delta = generator.normal(size=(rows, units)).astype(work.dtype)
            self._products.append((x, W.T, np.empty_like(delta)))
            of_layer = [(delta.T, x, np.empty_like(W))]
            if number:
                of_layer.append((delta, W, np.empty_like(x)))
            backward.append(of_layer)
        for of_layer in reversed(backward):
            self._products += of_layer

    def reset(self) -> None:
        pass

    def run(self, updates: int) -> None:
        for _ in range(updates):
            for left, right, out in self._products:
                np.dot(left, right, out=out)
