"""Class labels as one-hot targets and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.data import Dataset
from simulator.data.builtin import builtin_data
from simulator.data.encoding import labels_of, one_hot, quoted

LABELS = st.lists(st.text(max_size=4) | st.integers(-20, 20), min_size=2).filter(
    lambda labels: len({str(label) for label in labels}) > 1
)


def test_by_hand() -> None:
    targets, classes = one_hot(["cat", "dog", "ant", "dog"])
    assert classes == ("ant", "cat", "dog")
    assert targets.tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 0, 1]]


def test_the_order_of_given_classes_is_kept() -> None:
    targets, classes = one_hot([2, "0"], ["2", "1", "0"])
    assert classes == ("2", "1", "0")
    assert targets.tolist() == [[1, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    "ordered",
    [
        ["-2", "-1.5", "0", "3e0", "10", "1e2"],
        ["2", "10", "a", "b"],
        ["x2", "x10", "x10a", "y1"],
        ["", "007b", "7c"],
        ["week 9 day 10", "week 10 day 2"],
        ["1.5.2", "1.10.1"],
        ["inf", "nan"],
        ["v" + "9" * 5000, "v1" + "0" * 5000],
    ],
)
def test_classes_sort_as_people_do(ordered: list[str]) -> None:
    for labels in (ordered, ordered[::-1]):
        assert one_hot(labels)[1] == tuple(ordered)


def test_whole_numbers_sort_by_value() -> None:
    assert one_hot(list(range(11)))[1] == tuple(str(number) for number in range(11))


@given(LABELS)
def test_every_row_has_one_1_in_the_column_of_its_label(labels: list[str | int]) -> None:
    targets, classes = one_hot(labels)
    assert targets.shape == (len(labels), len(classes))
    assert set(classes) == {str(label) for label in labels} and len(set(classes)) == len(classes)
    assert sorted(np.unique(targets)) == [0.0, 1.0]
    np.testing.assert_array_equal(targets.sum(axis=1), 1.0)
    assert [classes[column] for column in targets.argmax(axis=1)] == [str(x) for x in labels]
    assert one_hot(labels[::-1])[1] == classes


@given(LABELS)
def test_labels_of_undoes_one_hot(labels: list[str | int]) -> None:
    targets, classes = one_hot(labels)
    data = Dataset(np.zeros((len(labels), 1)), targets, classes)
    assert labels_of(data) == tuple(str(label) for label in labels)


def test_labels_of_one_output_and_of_unnamed_classes() -> None:
    assert labels_of(builtin_data("and")) == ("0", "0", "0", "1")
    signs = Dataset(np.zeros((2, 1)), np.array([[1.0], [-1.0]]), ("low", "high"))
    assert labels_of(signs) == ("high", "low")
    assert labels_of(Dataset(np.zeros((2, 1)), np.eye(2))) == ("0", "1")


def test_targets_that_name_no_classes_have_no_labels() -> None:
    with pytest.raises(ValueError, match="name no classes"):
        labels_of(Dataset(np.zeros((3, 1)), np.array([[0.0], [0.5], [2.0]])))


@pytest.mark.parametrize(
    ("labels", "classes", "told"),
    [
        ([], [], "at least 2 classes, not 0"),
        (["a", "a"], [], "at least 2 classes, not 1"),
        (["a"], ["a"], "at least 2 classes, not 1"),
        (["b"], ["b", "a", "b"], "The class “b” is given twice"),
        (["a", "b", "c"], ["a", "b"], "label “c” in row 3 is not one of the classes “a”, “b”."),
        (["a", " a"], ["a", "b"], "label “ a” in row 2"),
        (["x"], [str(n) for n in range(11)], "“8”, “9”, …."),
    ],
)
def test_labels_that_cannot_be_used_are_told(
    labels: list[str], classes: list[str], told: str
) -> None:
    with pytest.raises(ValueError) as error:
        one_hot(labels, classes)
    assert told in str(error.value)


@given(st.text(max_size=100))
def test_a_quoted_text_is_one_short_line(text: str) -> None:
    shown = quoted(text)
    assert shown.isprintable() and len(shown) <= 43
    if text.isprintable() and len(text) <= 40:
        assert shown == f"“{text}”"
