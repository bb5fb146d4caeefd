"""Randomness as a function of counters: no generator to rewind, any iteration can be drawn again.

A number is ``mix(key + (position + 1) * GOLDEN)``, the output function of SplitMix64 (Steele, Lea
& Flood 2014, "Fast splittable pseudorandom number generators"), where the key is itself mixed from
(seed, purpose, epoch or iteration, layer).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

SHUFFLE = 1
"""Purpose of the keys that order the samples of an epoch."""
DROPOUT = 2
"""Purpose of the keys that decide which outputs are dropped."""

NOISE = 4
"""Purpose of the keys of the Gaussian noise on outputs."""
AUGMENTATION = 5
"""Purpose of the keys that disturb the pictures of a mini-batch."""
START_AGAIN = 6
"""Purpose of the keys that weights are drawn with when they start again."""

_MASK = 0xFFFF_FFFF_FFFF_FFFF
_GOLDEN = 0x9E37_79B9_7F4A_7C15
_FIRST = 0xBF58_476D_1CE4_E5B9
_SECOND = 0x94D0_49BB_1331_11EB


def key(*counters: int) -> int:
    """One 64-bit key from several counters, each below 2**64; their order matters."""
    state = 0
    for counter in counters:
        state = _mix((state ^ (counter & _MASK)) + _GOLDEN)
    return state


@lru_cache(maxsize=256)
def _layer_key(seed: int, layer: int) -> int:
    return key(seed, DROPOUT, layer)


def dropout_key(seed: int, layer: int, iteration: int) -> int:
    """The key of one layer's masks in one iteration; only the iteration is mixed anew."""
    return _mix((_layer_key(seed, layer) ^ iteration) + _GOLDEN)


def _mix(word: int) -> int:
    word &= _MASK
    word = ((word ^ (word >> 30)) * _FIRST) & _MASK
    word = ((word ^ (word >> 27)) * _SECOND) & _MASK
    return word ^ (word >> 31)


def positions(size: int) -> Words:
    """The part of the numbers that does not depend on the key, made once per buffer: (size,)."""
    with np.errstate(over="ignore"):
        return np.arange(1, size + 1, dtype=np.uint64) * np.uint64(_GOLDEN)


def fill(out: Words, scratch: Words, offsets: Words, stream: int | Words) -> None:
    """Write the numbers of the key ``stream`` into ``out``.

    ``out`` and ``scratch`` have the same shape; ``offsets`` and, where there are several keys,
    ``stream`` are broadcast to it.
    """
    np.add(offsets, np.uint64(stream) if isinstance(stream, int) else stream, out=out)
    np.right_shift(out, np.uint64(30), out=scratch)
    out ^= scratch
    out *= np.uint64(_FIRST)
    np.right_shift(out, np.uint64(27), out=scratch)
    out ^= scratch
    out *= np.uint64(_SECOND)
    np.right_shift(out, np.uint64(31), out=scratch)
    out ^= scratch


def threshold(probability: float) -> np.uint64:
    """A number drawn by :func:`fill` is below this with the given probability in [0, 1)."""
    return np.uint64(min(int(probability * 2.0**64), _MASK))


def permutation(size: int, stream: int) -> NDArray[np.intp]:
    """An order of ``size`` things, every one as likely as the others: (size,)."""
    offsets = positions(size)
    drawn = np.empty_like(offsets)
    fill(drawn, np.empty_like(offsets), offsets, stream)
    return np.argsort(drawn, kind="stable")


def generator(stream: int) -> np.random.Generator:
    """NumPy's own distributions as a function of a key; some 20 µs dearer than :func:`fill`.

    Philox is counter-based by design: Salmon et al. 2011, "Parallel random numbers: as easy as
    1, 2, 3".
    """
    return np.random.Generator(np.random.Philox(key=stream))
