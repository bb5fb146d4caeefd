"""Splits: every sample in one part, every class with its share, and the same again for a seed."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import chain
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.data import Dataset
from simulator.data.builtin import builtin_data
from simulator.data.splits import Split, SplitSpec, _apportion, k_fold, split_rows

SEED = st.integers(0, 2**63 - 1)
FRACTION = st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.25, 1 / 3, 0.4])
SIZES = st.lists(st.integers(10, 30), min_size=2, max_size=8)
"""Samples of each class, enough for one to be left for training."""
RANDOM = st.randoms(use_true_random=False)


def classified(numbers: list[int], classes: int = 5) -> Dataset:
    names = tuple("abcdefghij"[:classes])
    return Dataset(np.zeros((len(numbers), 2)), np.eye(classes)[numbers], names)


def shuffled(sizes: list[int], random: Random) -> Dataset:
    numbers = [number for number, size in enumerate(sizes) for _ in range(size)]
    random.shuffle(numbers)
    return classified(numbers, len(sizes))


def plain(samples: int) -> Dataset:
    return Dataset(np.zeros((samples, 1)), np.arange(float(samples))[:, None])


def parts(split: Split) -> list[list[int]]:
    return [part.tolist() for part in (split.training, split.validation, split.test)]


def class_counts(data: Dataset, rows: np.ndarray) -> Counter[int]:
    assert data.target_classes is not None
    return Counter(data.target_classes[rows].tolist())


# --- three parts ---------------------------------------------------------------------------------


@given(SIZES, FRACTION, FRACTION, st.booleans(), SEED, RANDOM)
def test_every_sample_is_in_exactly_one_part(
    sizes: list[int], validation: float, test: float, named: bool, seed: int, random: Random
) -> None:
    data = shuffled(sizes, random) if named else plain(sum(sizes))
    split = split_rows(data, SplitSpec(validation, test), seed)
    assert sorted(chain(*parts(split))) == list(range(sum(sizes)))
    for part in (split.training, split.validation, split.test):
        assert part.dtype == np.intp
        assert part.tolist() == sorted(part.tolist())
        assert not part.flags.writeable
    assert len(split.training)


@given(st.integers(6, 500), FRACTION, FRACTION, SEED)
def test_the_size_of_a_part_is_its_fraction_rounded(
    samples: int, validation: float, test: float, seed: int
) -> None:
    split = split_rows(plain(samples), SplitSpec(validation, test), seed)
    for part, fraction in ((split.validation, validation), (split.test, test)):
        wanted = math.floor(samples * fraction + 0.5)
        assert len(part) == (max(1, wanted) if fraction else 0)


@given(SIZES, FRACTION, FRACTION, SEED, RANDOM)
def test_a_class_has_its_share_of_every_part(
    sizes: list[int], validation: float, test: float, seed: int, random: Random
) -> None:
    """Its share to within one sample, with every part as large as it would be without classes."""
    data = shuffled(sizes, random)
    split = split_rows(data, SplitSpec(validation, test), seed)
    without = split_rows(plain(len(data)), SplitSpec(validation, test), seed)
    assert [len(part) for part in parts(split)] == [len(part) for part in parts(without)]
    for part in (split.training, split.validation, split.test):
        counts = class_counts(data, part)
        for number, size in enumerate(sizes):
            assert abs(counts[number] - Fraction(len(part) * size, len(data))) < 1


def check_shares(sizes: list[int], wanted: list[int]) -> None:
    counts = _apportion(np.array(sizes), np.array(wanted))
    np.testing.assert_array_equal(counts.sum(axis=1), sizes)
    np.testing.assert_array_equal(counts.sum(axis=0), wanted)
    assert (np.abs(counts * sum(sizes) - np.multiply.outer(sizes, wanted)) < sum(sizes)).all()


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12), st.data())
def test_shares_are_rounded_up_or_down_whatever_the_sizes(
    sizes: list[int], draw: st.DataObject
) -> None:
    """Also where some class would be left without training samples, which a split refuses."""
    total = sum(sizes)
    first = draw.draw(st.integers(0, total))
    second = draw.draw(st.integers(0, total - first))
    check_shares(sizes, [first, second, total - first - second])


def test_a_sample_passes_by_way_of_the_third_part() -> None:
    """No class can pass a sample straight from the part with too many to the one with too few."""
    check_shares([2, 3, 2, 1, 3, 2, 3, 3, 2, 3, 3, 3, 2, 3, 2, 2], [7, 18, 14])


def test_a_class_whose_share_is_whole_passes_no_sample() -> None:
    check_shares([1, 1, 2, 5, 5, 1, 5], [2, 14, 4])


def test_many_small_classes_share_the_validation_part() -> None:
    """By largest remainder in each class alone, all five would keep every sample for training."""
    data = classified([number for number in range(5) for _ in range(4)])
    split = split_rows(data, SplitSpec(0.1, 0.1), 0)
    assert [len(part) for part in parts(split)] == [16, 2, 2]
    assert max(class_counts(data, split.validation).values()) == 1
    assert max(class_counts(data, split.test).values()) == 1


def test_the_largest_remainder_gets_the_sample() -> None:
    """Shares of the validation part of 3: 1.8, 0.9 and 0.3."""
    data = classified([0] * 6 + [1] * 3 + [2])
    split = split_rows(data, SplitSpec(0.3), 7)
    assert class_counts(data, split.validation) == {0: 2, 1: 1}
    assert class_counts(data, split.training) == {0: 4, 1: 2, 2: 1}


def test_the_split_of_deck_d() -> None:
    """40,000, 20,000 and 10,000 of 70,000, though 2/7 and 1/7 are no exact floats."""
    numbers = [row * row % 10 for row in range(70_000)]
    data = classified(numbers, 10)
    split = split_rows(data, SplitSpec(2 / 7, 1 / 7), 0)
    assert [len(part) for part in parts(split)] == [40_000, 20_000, 10_000]


@pytest.mark.parametrize("stratify", [True, False])
def test_two_classes_of_one_output_count_as_classes(stratify: bool) -> None:
    data = Dataset(np.zeros((40, 1)), np.array([[-1.0], [1.0]] * 20))
    splits = [split_rows(data, SplitSpec(0.5, 0.0, stratify), seed) for seed in range(20)]
    balanced = [class_counts(data, split.validation) == {0: 10, 1: 10} for split in splits]
    assert all(balanced) == stratify


def test_without_fractions_all_samples_train() -> None:
    assert parts(split_rows(plain(5), SplitSpec(), 3)) == [[0, 1, 2, 3, 4], [], []]


@given(st.integers(20, 60), SEED)
def test_a_split_is_a_function_of_the_seed(samples: int, seed: int) -> None:
    spec = SplitSpec(0.3, 0.2)
    data = classified([row % 2 for row in range(samples)], 2)
    assert parts(split_rows(data, spec, seed)) == parts(split_rows(data, spec, seed))
    others = [parts(split_rows(data, spec, (seed + step) % 2**63)) for step in range(1, 4)]
    assert any(other != parts(split_rows(data, spec, seed)) for other in others)


@pytest.mark.parametrize("stratify", [True, False])
def test_every_sample_is_as_likely_to_validate(stratify: bool) -> None:
    data = classified([0] * 6 + [1] * 4, 2)
    rounds = 4000
    found = Counter[int]()
    for seed in range(rounds):
        found.update(
            parts(split_rows(plain(10) if not stratify else data, SplitSpec(0.5), seed))[1]
        )
    deviation = (rounds * 0.25) ** 0.5
    assert all(abs(found[row] - rounds / 2) < 5.0 * deviation for row in range(10))


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (SplitSpec(-0.1), "The validation fraction must be 0 or more and below 1, not -0.1."),
        (SplitSpec(0.0, 1.0), "The test fraction must be 0 or more and below 1, not 1.0."),
        (SplitSpec(math.nan), "not nan"),
        (SplitSpec(0.5, 0.5), "must together be below 1"),
    ],
)
def test_fractions_that_cannot_be_used_are_told(spec: SplitSpec, told: str) -> None:
    with pytest.raises(ValueError, match="fraction") as error:
        split_rows(plain(10), spec, 0)
    assert told in str(error.value)


def test_training_is_never_left_without_samples() -> None:
    with pytest.raises(ValueError, match="of 2, 1 would validate and 1 would test"):
        split_rows(plain(2), SplitSpec(0.1, 0.1), 0)
    with pytest.raises(ValueError, match="No sample would be left for training"):
        split_rows(plain(0), SplitSpec(), 0)


@pytest.mark.parametrize("stratify", [True, False])
def test_a_class_that_could_not_be_trained_is_named(stratify: bool) -> None:
    with pytest.raises(ValueError, match=r"class “[1-5]” .* it has 1 of the 5 samples"):
        split_rows(builtin_data("digits-5x5"), SplitSpec(0.2, 0.0, stratify), 0)


# --- folds ---------------------------------------------------------------------------------------


FOLDED = st.lists(st.integers(2, 20), min_size=2, max_size=6)
"""Samples of each class, enough for one to be left for training in every fold."""


@given(FOLDED, st.integers(2, 10), st.booleans(), SEED, RANDOM)
def test_every_sample_validates_in_exactly_one_fold(
    sizes: list[int], folds: int, named: bool, seed: int, random: Random
) -> None:
    data = shuffled(sizes, random) if named else plain(sum(sizes))
    folds = min(folds, len(data))
    splits = k_fold(data, folds, seed)
    assert len(splits) == folds
    everything = list(range(len(data)))
    assert sorted(row for split in splits for row in parts(split)[1]) == everything
    for split in splits:
        assert sorted(parts(split)[0] + parts(split)[1]) == everything
        assert parts(split)[1] == sorted(parts(split)[1])
        assert parts(split)[2] == []
    lengths = [len(split.validation) for split in splits]
    assert max(lengths) - min(lengths) <= 1


@given(FOLDED, st.integers(2, 10), SEED, RANDOM)
def test_folds_have_equally_many_of_a_class(
    sizes: list[int], folds: int, seed: int, random: Random
) -> None:
    data = shuffled(sizes, random)
    folds = min(folds, len(data))
    counts = [class_counts(data, split.validation) for split in k_fold(data, folds, seed)]
    for number in range(len(sizes)):
        found = [count[number] for count in counts]
        assert max(found) - min(found) <= 1


def test_folds_that_are_not_stratified_follow_chance() -> None:
    data = classified([0] * 20 + [1] * 20, 2)
    splits = [k_fold(data, 2, seed, stratify=False)[0] for seed in range(20)]
    assert {class_counts(data, split.validation)[0] for split in splits} > {10}


def test_folds_are_a_function_of_the_seed() -> None:
    data = plain(40)
    first = [parts(split) for split in k_fold(data, 4, 1)]
    assert [parts(split) for split in k_fold(data, 4, 1)] == first
    assert [parts(split) for split in k_fold(data, 4, 2)] != first


def test_leaving_one_out() -> None:
    splits = k_fold(plain(6), 6, 0)
    assert sorted(split.validation.tolist() for split in splits) == [[row] for row in range(6)]


@pytest.mark.parametrize("folds", [-1, 0, 1, 6])
def test_a_number_of_folds_that_cannot_be_used_is_told(folds: int) -> None:
    with pytest.raises(ValueError, match=f"5 samples cannot be split into {folds} folds"):
        k_fold(plain(5), folds, 0)


def test_a_class_with_one_sample_cannot_be_validated_by_folds() -> None:
    with pytest.raises(ValueError, match=r"class “b” .* it has 1 of the 7 samples"):
        k_fold(classified([0, 0, 0, 1, 0, 2, 2]), 3, 0)
