"""Metrics against examples calculated by hand, and the bounds they keep."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from simulator.metrics import accuracy, class_report, confusion_matrix, r_squared

CLASSES = 4
PAIRS = st.lists(
    st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1)), min_size=1, max_size=50
).map(lambda pairs: np.array(pairs, dtype=np.intp).T)
VALUES = st.floats(-1e3, 1e3).map(lambda value: round(value, 3))
TARGETS = arrays.arrays(
    np.float64, st.tuples(st.integers(2, 12), st.integers(1, 3)), elements=VALUES
)

ACTUAL = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2])
PREDICTED = np.array([0, 0, 0, 1, 2, 1, 1, 0, 2, 1])


# --- classes -------------------------------------------------------------------------------------


def test_confusion_by_hand() -> None:
    matrix = confusion_matrix(ACTUAL, PREDICTED, 3)
    assert matrix.dtype == np.intp
    assert matrix.tolist() == [[3, 1, 1], [1, 2, 0], [0, 1, 1]]
    assert accuracy(ACTUAL, PREDICTED) == 0.6
    assert confusion_matrix(ACTUAL, PREDICTED, 5).sum(axis=1).tolist() == [5, 3, 2, 0, 0]


def test_report_by_hand() -> None:
    """Columns of the matrix sum to 4, 4, 2, rows to 5, 3, 2; right are 3, 2, 1."""
    report = class_report(confusion_matrix(ACTUAL, PREDICTED, 3))
    assert report.precision.tolist() == [3 / 4, 2 / 4, 1 / 2]
    assert report.recall.tolist() == [3 / 5, 2 / 3, 1 / 2]
    assert report.f1.tolist() == [6 / 9, 4 / 7, 2 / 4]
    assert report.support.tolist() == [5, 3, 2]
    assert report.macro_precision == pytest.approx((3 / 4 + 2 / 4 + 1 / 2) / 3, rel=1e-15)
    assert report.macro_recall == pytest.approx((3 / 5 + 2 / 3 + 1 / 2) / 3, rel=1e-15)
    assert report.macro_f1 == pytest.approx((6 / 9 + 4 / 7 + 2 / 4) / 3, rel=1e-15)


def test_what_is_0_of_0_is_nan_and_left_out_of_the_mean() -> None:
    """Class 1 is never predicted, class 2 never actual, class 3 neither."""
    report = class_report(np.array([[2, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    nan = math.nan
    np.testing.assert_array_equal(report.precision, [2 / 3, nan, 0.0, nan])
    np.testing.assert_array_equal(report.recall, [2 / 3, 0.0, nan, nan])
    np.testing.assert_array_equal(report.f1, [2 / 3, 0.0, 0.0, nan])
    assert report.macro_precision == pytest.approx(1 / 3)
    assert report.macro_recall == pytest.approx(1 / 3)
    assert report.macro_f1 == pytest.approx(2 / 9)


@given(PAIRS)
def test_a_confusion_matrix_counts_every_sample_once(pairs: np.ndarray) -> None:
    actual, predicted = pairs
    matrix = confusion_matrix(actual, predicted, CLASSES)
    assert matrix.shape == (CLASSES, CLASSES)
    for i in range(CLASSES):
        for j in range(CLASSES):
            assert matrix[i, j] == sum(pair == (i, j) for pair in zip(*pairs.tolist(), strict=True))
    np.testing.assert_array_equal(confusion_matrix(predicted, actual, CLASSES), matrix.T)
    assert accuracy(actual, predicted) == np.trace(matrix) / len(actual)


@given(PAIRS)
def test_the_bounds_of_a_report(pairs: np.ndarray) -> None:
    matrix = confusion_matrix(*pairs, CLASSES)
    report = class_report(matrix)
    assert report.support.sum() == pairs.shape[1]
    for values in (report.precision, report.recall, report.f1):
        defined = values[~np.isnan(values)]
        assert len(defined) and (defined >= 0.0).all() and (defined <= 1.0).all()
    both = ~np.isnan(report.precision) & ~np.isnan(report.recall) & (np.diagonal(matrix) > 0)
    p, r = report.precision[both], report.recall[both]
    np.testing.assert_allclose(report.f1[both], 2 * p * r / (p + r), rtol=1e-12)
    # Weighted by support, recall is accuracy.
    weighted = np.nansum(report.recall * report.support) / report.support.sum()
    assert weighted == pytest.approx(accuracy(*pairs), rel=1e-12)


@given(PAIRS)
def test_a_perfect_prediction(pairs: np.ndarray) -> None:
    report = class_report(confusion_matrix(pairs[0], pairs[0], CLASSES))
    assert accuracy(pairs[0], pairs[0]) == 1.0
    assert (report.macro_precision, report.macro_recall, report.macro_f1) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("actual", "predicted"),
    [
        (np.zeros(0, int), np.zeros(0, int)),
        (np.zeros(3, int), np.zeros(2, int)),
        (np.zeros(3, int), np.zeros(1, int)),
        (np.zeros((3, 1), int), np.zeros((3, 1), int)),
    ],
)
def test_class_numbers_of_other_shapes_are_refused(
    actual: np.ndarray, predicted: np.ndarray
) -> None:
    with pytest.raises(ValueError, match="must have one shape"):
        accuracy(actual, predicted)
    with pytest.raises(ValueError, match="must have one shape"):
        confusion_matrix(actual, predicted, 2)


@pytest.mark.parametrize("wrong", [np.array([0, 2]), np.array([0, -1]), np.array([0.0, 1.0])])
def test_what_is_no_class_number_is_refused(wrong: np.ndarray) -> None:
    right = np.array([0, 1])
    with pytest.raises(ValueError, match="The actual classes must be integers from 0 to 1"):
        confusion_matrix(wrong, right, 2)
    with pytest.raises(ValueError, match="The predicted classes must be integers from 0 to 1"):
        confusion_matrix(right, wrong, 2)


def test_class_numbers_of_a_narrow_type_do_not_wrap_around() -> None:
    numbers = np.arange(200, dtype=np.uint8)
    np.testing.assert_array_equal(confusion_matrix(numbers, numbers, 200), np.eye(200))


@pytest.mark.parametrize(
    ("matrix", "told"),
    [
        (np.zeros((2, 3), int), "square"),
        (np.zeros(4, int), "square"),
        (np.zeros((2, 2), int), "at least one sample"),
        (np.zeros((0, 0), int), "at least one sample"),
        (np.array([[2, -1], [0, 1]]), "none below 0"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(matrix: np.ndarray, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        class_report(matrix)


# --- outputs -------------------------------------------------------------------------------------


def test_r_squared_by_hand() -> None:
    """Residuals 1, 0, -1, 0: their squares sum to 2; around the mean 2.5 the targets' to 5."""
    t, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 2.0, 4.0, 4.0])
    assert r_squared(t, y) == pytest.approx(0.6, rel=1e-15)
    assert r_squared(t[:, None], y[:, None]) == r_squared(t, y)
    # The second output: squares 4 and 20, so 0.8; the mean of 0.6 and 0.8.
    two_t = np.stack([t, 2 * t], axis=1)
    two_y = np.stack([y, 2 * t + np.array([1.0, -1.0, 1.0, 1.0])], axis=1)
    assert r_squared(two_t, two_y) == pytest.approx(0.7, rel=1e-15)


@given(TARGETS)
def test_r_squared_of_the_mean_is_0_and_of_the_targets_1(targets: np.ndarray) -> None:
    assert r_squared(targets, targets.copy()) == 1.0
    assume((np.ptp(targets, axis=0) > 0).all())
    means = np.broadcast_to(targets.mean(axis=0), targets.shape)
    assert r_squared(targets, means) == pytest.approx(0.0, abs=1e-9)


@given(TARGETS, st.data())
def test_r_squared_is_at_most_1_and_does_not_depend_on_units(
    targets: np.ndarray, draw: st.DataObject
) -> None:
    outputs = draw.draw(arrays.arrays(np.float64, targets.shape, elements=VALUES))
    score = r_squared(targets, outputs)
    assert score <= 1.0
    assert r_squared(8.0 * targets, 8.0 * outputs) == score
    alone = [r_squared(targets[:, n], outputs[:, n]) for n in range(targets.shape[1])]
    assert score == pytest.approx(sum(alone) / len(alone), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("value", [0.0, 0.1, -3.0])
def test_constant_targets_count_1_if_met_and_else_0(value: float) -> None:
    """The mean of three times 0.1 is not 0.1: its "spread" of 1e-34 must not be divided by."""
    targets = np.full(3, value)
    assert r_squared(targets, targets.copy()) == 1.0
    assert r_squared(targets, targets + np.array([0.0, 0.0, 0.5])) == 0.0
    mixed = np.stack([targets, np.array([1.0, 2.0, 3.0])], axis=1)
    outputs = mixed.copy()
    outputs[0, 0] += 1.0
    assert r_squared(mixed, outputs) == 0.5


def test_r_squared_of_float32_is_summed_in_float64() -> None:
    """The squares of these residuals and of the spread would overflow in float32."""
    targets = np.array([0.0, 1e30, 2e30], dtype=np.float32)
    assert r_squared(targets, targets + np.float32(1e30)) == pytest.approx(-0.5, rel=1e-6)


def test_targets_too_narrow_for_their_squares_count_as_constant() -> None:
    targets = np.array([1e-200, 3e-200])
    assert r_squared(targets, targets.copy()) == 1.0
    assert r_squared(targets, np.array([1.0, 1.0])) == 0.0


def test_r_squared_of_one_sample_is_nan() -> None:
    assert math.isnan(r_squared(np.array([1.0]), np.array([1.0])))


def test_outputs_that_ran_away_give_minus_infinity() -> None:
    assert r_squared(np.array([0.0, 1.0]), np.array([0.0, 1e200])) == -math.inf


@pytest.mark.parametrize(
    ("targets", "outputs"),
    [
        ((0,), (0,)),
        ((0, 2), (0, 2)),
        ((3, 0), (3, 0)),
        ((3,), (3, 1)),
        ((3, 2), (3, 1)),
        ((3,), (2,)),
        ((2, 2, 2), (2, 2, 2)),
        ((), ()),
    ],
)
def test_outputs_of_other_shapes_are_refused(
    targets: tuple[int, ...], outputs: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="must have one shape"):
        r_squared(np.zeros(targets), np.zeros(outputs))
