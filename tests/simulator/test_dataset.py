"""Samples, classes, and how a picture becomes an input vector."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_projects import reference

from simulator.data import Dataset, Picture
from simulator.data.builtin import BUILTIN_DATA, builtin_data
from simulator.data.dataset import Order

PICTURES = st.builds(
    Picture, st.integers(1, 7), st.integers(1, 7), st.sampled_from(["column", "row"])
)


def data(targets: object, **fields: object) -> Dataset:
    rows = np.array(targets, dtype=np.float64)
    return Dataset(np.zeros((len(rows), 2)), rows, **fields)


# --- pictures ------------------------------------------------------------------------------------


@given(PICTURES)
def test_packing_and_unpacking_undo_each_other(picture: Picture) -> None:
    vector = np.arange(float(picture.rows * picture.columns))
    packed = picture.pack(vector)
    assert packed.shape == (picture.rows, picture.columns)
    np.testing.assert_array_equal(picture.unpack(packed), vector)
    np.testing.assert_array_equal(packed, picture.index)


@given(PICTURES, st.data())
def test_a_pixel_is_where_the_order_says(picture: Picture, draw: st.DataObject) -> None:
    row = draw.draw(st.integers(0, picture.rows - 1))
    column = draw.draw(st.integers(0, picture.columns - 1))
    pixels = np.zeros((picture.rows, picture.columns))
    pixels[row, column] = 1.0
    position = (
        column * picture.rows + row if picture.order == "column" else row * picture.columns + column
    )
    assert np.flatnonzero(picture.unpack(pixels)).tolist() == [position]
    assert picture.index[row, column] == position


def test_the_digits_are_those_of_the_deck_column_by_column() -> None:
    wanted = reference("digits_5x5")
    digits = builtin_data("digits-5x5")
    assert digits.classes == tuple(str(label) for label in wanted["labels"])
    assert digits.picture == Picture(5, 5, "column")
    np.testing.assert_array_equal(digits.targets, np.eye(5))
    for row, label in enumerate(wanted["labels"]):
        pixels = [[float(dot) for dot in line] for line in wanted["rows"][str(label)]]
        np.testing.assert_array_equal(digits.inputs[row], np.array(pixels).T.ravel())
        np.testing.assert_array_equal(digits.picture.pack(digits.inputs[row]), pixels)


# --- classes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("targets", "threshold", "classes"),
    [
        ([[0], [1], [1]], 0.5, [0, 1, 1]),
        ([[-1], [1]], 0.0, [0, 1]),
        ([[5], [2]], 3.5, [1, 0]),
        ([[0.25], [0.5]], 0.375, [0, 1]),
        ([[0], [1], [2]], None, None),
        ([[1], [1]], None, None),
    ],
)
def test_the_two_classes_of_one_output(
    targets: object, threshold: float | None, classes: list[int] | None
) -> None:
    found = data(targets)
    assert found.class_threshold == threshold
    if classes is None:
        assert found.target_classes is None
        assert found.predicted_classes(found.targets) is None
    else:
        assert found.target_classes is not None
        assert found.target_classes.tolist() == classes
        around = np.array([[threshold - 1e-9], [threshold + 1e-9]])
        predicted = found.predicted_classes(around)
        assert predicted is not None and predicted.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("targets", "classes"),
    [
        ([[1, 0, 0], [0, 0, 1]], [0, 2]),
        ([[1, -1], [-1, 1]], [0, 1]),
        ([[0, 0.9, 0], [0.9, 0, 0]], [1, 0]),
        ([[1, 1, 0], [0, 0, 1]], None),
        ([[0, 0, 0], [0, 0, 1]], None),
        ([[0.5, 0.5], [1, 0]], None),
        ([[0.7, 0.3], [0.2, 0.8]], None),
        ([[3, 3], [3, 3]], None),
    ],
)
def test_classes_of_several_outputs_are_one_hot(targets: object, classes: list[int] | None) -> None:
    found = data(targets)
    assert found.class_threshold is None
    if classes is None:
        assert found.target_classes is None
    else:
        assert found.target_classes is not None
        assert found.target_classes.tolist() == classes
        outputs = np.array(targets) * 0.1 + 5.0
        predicted = found.predicted_classes(outputs)
        assert predicted is not None and predicted.tolist() == classes


def test_class_names() -> None:
    named = data([[1, 0], [0, 1]], classes=("cat", "dog"))
    assert [named.class_name(number) for number in range(3)] == ["cat", "dog", "2"]


# --- data sets -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("and", lambda a, b: a and b),
        ("or", lambda a, b: a or b),
        ("xor", lambda a, b: a != b),
        ("not", lambda a: not a),
    ],
)
def test_truth_tables(name: str, rule: object) -> None:
    table = builtin_data(name)
    assert len(table) == 2**table.n_inputs
    assert len({tuple(row) for row in table.inputs}) == len(table)
    for row, target in zip(table.inputs, table.targets, strict=True):
        assert target.tolist() == [float(rule(*(bool(x) for x in row)))]
    assert table.classes == ("0", "1")
    assert len(table.input_names) == table.n_inputs


@pytest.mark.parametrize("name", BUILTIN_DATA)
def test_builtin_data_has_classes_and_is_read_only(name: str) -> None:
    found = builtin_data(name)
    assert found.builtin == name
    assert found.target_classes is not None
    for array in (found.inputs, found.targets):
        with pytest.raises(ValueError):
            array[0, 0] = 7.0


def test_data_is_a_copy_of_what_it_was_made_from() -> None:
    inputs, targets = np.zeros((2, 3)), np.ones((2, 1))
    made = Dataset(inputs, targets)
    inputs[...], targets[...] = 9.0, 9.0
    assert not made.inputs.any() and (made.targets == 1.0).all()
    assert (len(made), made.n_inputs, made.n_outputs) == (2, 3, 1)


@pytest.mark.parametrize("order", ["row", "column"])
def test_all_pictures_at_once_are_those_one_by_one(order: Order) -> None:
    picture = Picture(3, 2, order)
    inputs = np.arange(24.0).reshape(4, 6)
    packed = picture.pack_all(inputs)
    assert packed.tolist() == [picture.pack(row).tolist() for row in inputs]
    assert np.shares_memory(packed, inputs)
