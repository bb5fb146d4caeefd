"""The samples that an empty project begins with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.data.starting import blank_pictures, first_points
from simulator.project import project_from_value
from simulator.project.adapting import new_project
from simulator.project.writer import project_value
from simulator.trainer import Trainer


@given(st.integers(1, 28), st.integers(2, 28), st.integers(2, 12))
def test_a_grid_begins_with_one_blank_picture_of_each_class(
    rows: int, columns: int, count: int
) -> None:
    names = [f"class {number}" for number in range(count)]
    data = blank_pictures(rows, columns, names)
    assert not data.inputs.any() and data.inputs.shape == (count, rows * columns)
    assert data.picture is not None
    assert (data.picture.rows, data.picture.columns) == (rows, columns)
    assert list(data.class_names) == names
    assert data.target_classes is not None
    assert data.target_classes.tolist() == list(range(count))


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_points_begin_apart_from_each_other(count: int) -> None:
    data = first_points([*"ABCDE"[:count]])
    assert data.inputs.shape == (count, 2) and data.input_names == ("x1", "x2")
    gaps = np.linalg.norm(data.inputs[:, None] - data.inputs[None], axis=2)
    assert gaps[~np.eye(count, dtype=bool)].min() > 1.0
    assert np.allclose(np.linalg.norm(data.inputs, axis=1), 1.0)


@pytest.mark.parametrize("data", [blank_pictures(5, 4, "ab"), first_points(["x", "o", "+"])])
def test_they_make_a_project_that_trains_and_is_stored(data: object) -> None:
    project = new_project(data, "Own", (6, 3))  # type: ignore[arg-type]
    trainer = Trainer(project)
    trainer.run_iterations(20)
    assert np.isfinite(trainer.network.theta).all()
    again = project_from_value(project_value(project))
    assert np.array_equal(again.data.inputs, project.data.inputs)
    assert again.data.class_names == project.data.class_names


def test_two_points_are_learned() -> None:
    trainer = Trainer(new_project(first_points(["A", "B"]), "Own", (4,), scaling="none"))
    trainer.run_iterations(300)
    assert trainer.evaluate().accuracy == 1.0


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["A"], "There must be 2 to 5 classes, not 1."),
        ([*"ABCDEF"], "There must be 2 to 5 classes, not 6."),
        (["A", " "], "Class 2 needs a name."),
        (["A", "B", " A"], "The class “A” is given twice."),
        (["A", "B\nC"], "on one line."),
        (["A", "B" * 41], "at most 40 letters"),
    ],
)
def test_names_that_cannot_be_say_why(names: list[str], sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$") as caught:
        first_points(names)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(("rows", "columns"), [(0, 5), (5, 29), (1, 1)])
def test_grids_that_cannot_be_drawn_on_say_so(rows: int, columns: int) -> None:
    with pytest.raises(ValueError, match="1 to 28 rows and columns"):
        blank_pictures(rows, columns, "ab")
