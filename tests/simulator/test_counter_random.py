"""Counter-based randomness: the published numbers, and no pattern that a mask could show."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import counter_random
from simulator.counter_random import DROPOUT, SHUFFLE, Words, dropout_key, key, permutation

COUNTER = st.integers(0, 2**64 - 1)


def words(stream: int, size: int) -> Words:
    out = np.zeros(size, dtype=np.uint64)
    counter_random.fill(out, np.zeros_like(out), counter_random.positions(size), stream)
    return out


def test_the_numbers_are_those_of_splitmix64() -> None:
    """The first numbers of Vigna's reference code for the seeds 0 and 1234567."""
    assert [hex(int(word)) for word in words(0, 3)] == [
        "0xe220a8397b1dcdaf",
        "0x6e789e6aa1b965f4",
        "0x6c45d188009454f",
    ]
    assert words(1234567, 5).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@given(COUNTER, st.integers(1, 50), st.integers(1, 50))
def test_a_longer_buffer_begins_with_the_shorter(stream: int, one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    np.testing.assert_array_equal(words(stream, longer)[:shorter], words(stream, shorter))


@given(st.lists(COUNTER, min_size=1, max_size=5), st.integers(1, 20))
def test_many_keys_at_once_are_each_key_alone(streams: list[int], size: int) -> None:
    keys = np.array(streams, dtype=np.uint64)[:, None]
    out = np.zeros((len(streams), size), dtype=np.uint64)
    counter_random.fill(out, np.zeros_like(out), counter_random.positions(size), keys)
    for row, stream in zip(out, streams, strict=True):
        np.testing.assert_array_equal(row, words(stream, size))


@given(st.lists(COUNTER, min_size=1, max_size=4))
def test_a_key_has_64_bits_and_is_a_function_of_its_counters(counters: list[int]) -> None:
    assert 0 <= key(*counters) < 2**64
    assert key(*counters) == key(*counters)


def test_keys_do_not_collide() -> None:
    keys = [key(seed, SHUFFLE, epoch) for seed in range(60) for epoch in range(60)]
    keys += [
        dropout_key(seed, layer, iteration)
        for seed in range(20)
        for layer in range(1, 10)
        for iteration in range(100)
    ]
    assert len(set(keys)) == len(keys)
    assert key(1, 2) != key(2, 1)
    assert key(0) != key(0, 0) != key(0, 0, 0)
    assert key(3, SHUFFLE, 4) != key(3, DROPOUT, 4)


def test_every_order_is_as_likely_as_the_others() -> None:
    rounds = 12_000
    found = Counter(tuple(permutation(4, key(5, SHUFFLE, n)).tolist()) for n in range(rounds))
    assert set(found) == set(permutations(range(4)))
    wanted = rounds / 24
    # Chi-squared with 23 degrees of freedom is below 49.7 in 999 of 1000 cases.
    assert sum((count - wanted) ** 2 / wanted for count in found.values()) < 49.7


@given(st.integers(0, 200), COUNTER)
def test_an_order_is_a_permutation(size: int, stream: int) -> None:
    assert sorted(permutation(size, stream).tolist()) == list(range(size))


@pytest.mark.parametrize("probability", [0.0, 0.01, 0.3, 0.5, 0.99, 1.0 - 2.0**-53])
def test_a_number_is_below_the_threshold_with_its_probability(probability: float) -> None:
    size = 200_000
    share = (words(key(8), size) < counter_random.threshold(probability)).mean()
    deviation = (probability * (1.0 - probability) / size) ** 0.5
    assert abs(share - probability) <= 5.0 * deviation


def test_bits_and_neighbours_show_no_pattern() -> None:
    size = 100_000
    drawn = words(key(9, DROPOUT, 1), size)
    for bit in range(64):
        ones = int(((drawn >> np.uint64(bit)) & np.uint64(1)).sum())
        assert abs(ones - size / 2) < 5.0 * (size / 4) ** 0.5
    unit = drawn / 2.0**64
    following = words(key(9, DROPOUT, 2), size) / 2.0**64
    for one, other in ((unit[1:], unit[:-1]), (unit, following)):
        assert abs(np.corrcoef(one, other)[0, 1]) < 5.0 / size**0.5
