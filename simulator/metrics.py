"""How good predictions are, as numbers: of class numbers (N,), and of outputs (N,) or (N, n_out).

The definitions are scikit-learn's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array

Integers = NDArray[np.intp]


def confusion_matrix(actual: Integers, predicted: Integers, classes: int) -> Integers:
    """How many samples of class i are predicted as class j: (C, C), a row each actual class.

    Raises
    ------
    ValueError : one sentence if the class numbers (N,) are empty, of different length, or not
        integers from 0 to ``classes`` - 1.
    """
    _check_class_numbers(actual, predicted)
    for name, numbers in (("actual", actual), ("predicted", predicted)):
        if numbers.dtype.kind not in "iu" or numbers.min() < 0 or numbers.max() >= classes:
            raise ValueError(f"The {name} classes must be integers from 0 to {classes - 1}.")
    pairs = actual.astype(np.intp) * classes + predicted.astype(np.intp)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def accuracy(actual: Integers, predicted: Integers) -> float:
    """Share of the samples whose predicted class (N,) is the actual one (N,).

    Raises
    ------
    ValueError : one sentence if they are empty or of different length.
    """
    _check_class_numbers(actual, predicted)
    return float(np.mean(actual == predicted))


@dataclass(frozen=True, eq=False)
class ClassReport:
    """Precision, recall and f1 of each class, and their macro averages.

    0 / 0 is NaN, and a macro average is the mean of what is not NaN (scikit-learn's
    ``zero_division=numpy.nan``).

    Attributes
    ----------
    precision : (C,), right among those predicted as the class; NaN if none is.
    recall : (C,), right among those of the class; NaN if there are none.
    f1 : (C,), 2 right / (predicted + actual), the harmonic mean of the two; NaN if the class is
        neither predicted nor actual.
    support : (C,), samples of the class.
    """

    precision: Array
    recall: Array
    f1: Array
    support: Integers

    @property
    def macro_precision(self) -> float:
        """Mean precision of the classes that have one."""
        return _mean_of_defined(self.precision)

    @property
    def macro_recall(self) -> float:
        """Mean recall of the classes that have one."""
        return _mean_of_defined(self.recall)

    @property
    def macro_f1(self) -> float:
        """Mean f1 of the classes that have one."""
        return _mean_of_defined(self.f1)


def class_report(matrix: Integers) -> ClassReport:
    """The report of a confusion matrix (C, C), rows actual.

    Raises
    ------
    ValueError : one sentence if the matrix is not square, or counts no samples or fewer than none.
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"A confusion matrix must be square, not of shape {matrix.shape}.")
    if not matrix.any() or matrix.min() < 0:
        raise ValueError("A confusion matrix must count at least one sample, and none below 0.")
    right, predicted, actual = np.diagonal(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    return ClassReport(
        precision=_ratio(right, predicted),
        recall=_ratio(right, actual),
        f1=_ratio(2 * right, predicted + actual),
        support=actual,
    )


def r_squared(targets: Array, outputs: Array) -> float:
    """Coefficient of determination R², the mean over the outputs: 1 - sum (t - y)² / sum (t - t̄)².

    The sums are taken in float64.  As in scikit-learn's r2_score, an output whose targets are all
    equal counts 1 if it meets them exactly, else 0; of a single sample R² is NaN.

    Raises
    ------
    ValueError : one sentence if targets and outputs are empty or not of the same shape, (N,) or
        (N, n_out).
    """
    if targets.ndim not in (1, 2) or targets.shape != outputs.shape or not targets.size:
        raise ValueError(
            "Targets and outputs must have one shape, (N,) or (N, n_out), and not be empty, but "
            f"theirs are {targets.shape} and {outputs.shape}."
        )
    if len(targets) < 2:
        return float("nan")
    t, y = (
        array.astype(np.float64, copy=False).reshape(len(array), -1) for array in (targets, outputs)
    )
    with np.errstate(over="ignore", invalid="ignore"):
        residual = np.square(t - y).sum(axis=0)
        spread = np.square(t - t.mean(axis=0)).sum(axis=0)
        # The mean of equal targets is rounded, so their spread may miss 0 by a little.
        constant = (t.min(axis=0) == t.max(axis=0)) | (spread == 0.0)
        scores = 1.0 - residual / np.where(constant, 1.0, spread)
    scores[constant] = residual[constant] == 0.0
    return float(scores.mean())


def _check_class_numbers(actual: Integers, predicted: Integers) -> None:
    if actual.ndim != 1 or actual.shape != predicted.shape or not actual.size:
        raise ValueError(
            "Actual and predicted classes must have one shape, (N,), and not be empty, but theirs "
            f"are {actual.shape} and {predicted.shape}."
        )


def _ratio(part: Integers, whole: Integers) -> Array:
    """part / whole, NaN where whole is 0: (C,)."""
    ratio = np.full(len(whole), np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


def _mean_of_defined(values: Array) -> float:
    """Mean of those that are not NaN, NaN if all are."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")
