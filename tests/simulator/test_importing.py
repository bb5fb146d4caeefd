"""From files to a project: choices, words for them, and networks that fit and train."""

from __future__ import annotations

import gzip
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.data import Dataset
from simulator.data.importing import dataset, guess, outcome, read_files
from simulator.data.readers import Cancelled, Progress, ReadError, Samples, Table, read_text
from simulator.data.sample_import import SampleChoices
from simulator.data.strokes import stroke_pictures
from simulator.data.table_import import TableChoices
from simulator.project import Project, load_project, project_from_value
from simulator.project.adapting import new_project, suggested_hidden, with_data
from simulator.runner import Runner
from simulator.trainer import Trainer


def made(text: str, **changes: object) -> Dataset:
    table = read_text(text)
    choices = guess(table)
    assert isinstance(choices, TableChoices)
    return dataset(table, replace(choices, **changes))  # type: ignore[arg-type]


def test_classes_become_one_hot_with_their_names() -> None:
    data = made("width,height,kind\n1,2,dog\n3,4,cat\n5,6,dog\n")
    assert data.inputs.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert data.input_names == ("width", "height")
    assert data.class_names == ("cat", "dog")
    assert data.targets.tolist() == [[0, 1], [1, 0], [0, 1]]


def test_numbers_are_predicted_as_they_are() -> None:
    data = made("a,b\n1,2.5\n3,4.5\n")
    assert data.targets.tolist() == [[2.5], [4.5]] and not data.classes


def test_the_target_is_the_column_that_is_called_so() -> None:
    data = made("Label,p,q\n" + "".join(f"{n % 2},{n},{n * n}\n" for n in range(8)))
    assert data.input_names == ("p", "q") and data.class_names == ("0", "1")


def test_classes_as_inputs_become_a_column_each() -> None:
    data = made("colour,y\nred,1\nblue,2\nred,3\n,4\nred,5\n", missing="fill")
    assert data.input_names == ("colour=(empty)", "colour=blue", "colour=red")
    assert data.inputs.sum(axis=1).tolist() == [1.0] * 5


def test_missing_values_are_skipped_filled_or_refused() -> None:
    text = "a,b,y\n1,2,1.5\n,4,2.5\n5,6,\n9,8,3.5\n"
    assert made(text).inputs.tolist() == [[1, 2], [9, 8]]
    assert made(text, missing="fill").inputs.tolist() == [[1, 2], [5, 4], [9, 8]]
    with pytest.raises(ReadError, match=r"row 3, column a is empty; fill it in"):
        made(text, missing="stop")
    table = read_text(text)
    assert outcome(table, guess(table)).summary == (
        "2 rows, 2 inputs, 1 number to predict: y; 2 rows left out because of missing values."
    )


def test_the_summary_says_what_there_is() -> None:
    rows = [f"{n},{n + 1},{name}" for n, name in enumerate(["setosa", "virginica"] * 75)]
    table = read_text("a,b,species\n" + "\n".join(rows))
    assert outcome(table, guess(table)).summary == (
        "150 rows, 2 inputs, 2 classes: setosa, virginica."
    )


@pytest.mark.parametrize(
    ("roles", "kinds", "sentence"),
    [
        (("input", "input", "input"), ("number",) * 3, "no column left to predict"),
        (("out", "out", "target"), ("number",) * 3, "no column is an input"),
        (("input", "target", "target"), ("number", "class", "class"), "one column of classes"),
        (("input", "target", "target"), ("number", "class", "number"), "one column of classes"),
    ],
)
def test_choices_that_do_not_go_together(
    roles: tuple[str, ...], kinds: tuple[str, ...], sentence: str
) -> None:
    table = read_text("a,b,c\n1,2,3\n4,5,7\n")
    result = outcome(table, TableChoices(roles, kinds))  # type: ignore[arg-type]
    assert sentence in result.problem and not result.summary


def test_a_grid_must_have_as_many_pixels_as_there_are_inputs() -> None:
    text = "a,b,c,d,y\n0,255,0,0,x\n255,0,0,51,z\n"
    data = made(text, grid=(2, 2), order="column")
    assert data.inputs.tolist() == [[0, 1, 0, 0], [1, 0, 0, 0.2]]
    assert data.picture is not None and data.picture.order == "column"
    with pytest.raises(ReadError, match="2×3 has 6 pixels, but there are 4 inputs"):
        made(text, grid=(2, 3))


def test_mnist_as_a_table_is_seen_to_be_pictures() -> None:
    random = np.random.default_rng(0)
    rows = np.column_stack([np.arange(60) % 10, random.integers(0, 256, (60, 64))])
    text = "\n".join(",".join(map(str, row)) for row in rows.tolist())
    data = made(text)
    assert data.picture is not None and (data.picture.rows, data.picture.columns) == (8, 8)
    assert data.class_names == tuple("0123456789")
    assert data.inputs.tolist() == (rows[:, 1:] / 255).tolist()


def samples() -> Samples:
    pixels = np.arange(6 * 4 * 4, dtype=np.uint8).reshape(6, 4, 4)
    return Samples("“s”", pixels, ("a", "b"), np.array([0, 1, 0, 1, 0, 1]), background=0.9)


def test_pictures_are_inverted_averaged_unpacked_and_thinned() -> None:
    own = samples()
    assert guess(own) == SampleChoices(invert=True)
    exact = own.inputs / 255
    data = dataset(own, SampleChoices(grid=(2, 2), invert=True, order="column", at_most=4))
    means = exact.reshape(6, 2, 2, 2, 2).mean(axis=(2, 4))[[0, 1, 3, 5]]
    assert data.picture is not None and len(data) == 4
    assert np.allclose(data.inputs[:, data.picture.index], 1 - means)
    assert "2 samples left out as chosen" in outcome(own, SampleChoices(at_most=4)).summary
    with pytest.raises(ReadError, match="1 to 256 rows"):
        dataset(own, SampleChoices(grid=(0, 2)))
    with pytest.raises(ReadError, match="only one class"):
        dataset(own, SampleChoices(at_most=1))


def test_nothing_too_large_is_made() -> None:
    pixels = np.broadcast_to(np.zeros((1, 100, 100), np.uint8), (20_000, 100, 100))
    own = Samples("“s”", pixels, ("a", "b"), np.arange(20_000) % 2)
    result = outcome(own, SampleChoices())
    assert result.problem == (
        "“s”: 20,000 samples of 10,000 inputs are too many; use at most 10,000 of them."
    )
    assert not outcome(own, SampleChoices(at_most=10_000)).problem
    assert not outcome(own, SampleChoices(grid=(28, 28))).problem


# --- the project ---------------------------------------------------------------------------------


def classes(inputs: int, outputs: int, count: int = 30) -> Dataset:
    random = np.random.default_rng(inputs)
    targets = np.eye(outputs)[np.arange(count) % outputs]
    return Dataset(random.normal(size=(count, inputs)), targets, tuple("abcdefghij"[:outputs]))


def numbers(inputs: int, outputs: int) -> Dataset:
    random = np.random.default_rng(inputs)
    return Dataset(random.normal(size=(9, inputs)), random.normal(size=(9, outputs)))


def test_what_fits_keeps_every_layer() -> None:
    project = load_project("digits-5x5")
    changed = with_data(project, classes(25, 5), "mine")
    assert changed.edit.project.network == project.network
    assert changed.edit.origin == (1, 2, 3, 4) and changed.notes == ()
    assert changed.edit.project.title == "mine"


def test_only_the_first_and_last_layer_are_made_to_fit() -> None:
    project = load_project("digits-5x5")
    edit = with_data(project, classes(7, 3)).edit
    assert edit.project.network.sizes == (7, 20, 20, 20, 3)
    assert edit.origin == (None, 2, 3, None)
    assert edit.project.network.layers[:-1] == project.network.layers[:-1]
    assert edit.project.loss == "categorical_crossentropy"


def test_another_sort_of_target_gets_another_output() -> None:
    edit = with_data(load_project("digits-5x5"), numbers(25, 5)).edit
    assert edit.project.network.layers[-1].activation == "linear"
    assert edit.project.loss == "mse" and edit.origin == (1, 2, 3, None)
    back = with_data(edit.project, classes(25, 5)).edit
    assert back.project.network.layers[-1].activation == "softmax"


def test_callbacks_of_what_there_is_no_more_are_left_out() -> None:
    value = {
        "network": {"inputs": 2, "layers": [{"units": 2, "activation": "softmax"}]},
        "loss": "categorical_crossentropy",
        "training": {"callbacks": [{"name": "early_stopping", "monitor": "accuracy"}]},
        "data": {"inputs": [[0, 1], [1, 0]], "targets": [[0, 1], [1, 0]]},
    }
    changed = with_data(project_from_value(value), numbers(2, 1))
    assert changed.edit.project.training.callbacks == ()
    assert changed.notes == ("Callbacks and stop criteria of the old data are left out.",)


def test_a_rare_class_is_not_lost_to_validation() -> None:
    targets = np.eye(2)[[0] * 99 + [1]]
    rare = Dataset(np.arange(100.0)[:, None], targets, ("a", "b"))
    assert 99 in new_project(rare, "rare").prepared.training.rows


@given(st.integers(1, 30), st.integers(2, 6), st.sampled_from(["digits-5x5", "xor", "moons"]))
def test_whatever_comes_trains_and_goes_back(inputs: int, outputs: int, name: str) -> None:
    project = load_project(name)
    runner = Runner(project)
    edit = with_data(project, classes(inputs, outputs), scaling="standardize").edit
    runner.change(edit.project, edit.origin)
    runner.step_iteration()
    assert np.isfinite(runner.snapshot().theta).all()
    back = [None if old is None else old for old in edit.origin]
    runner.change(project, back)
    assert runner.project is project
    runner.step_iteration()


def idx(array: np.ndarray) -> bytes:
    shape = b"".join(struct.pack(">I", own) for own in array.shape)
    return struct.pack(">HBB", 0, 8, array.ndim) + shape + array.tobytes()


def trained(project: Project, epochs: int) -> float:
    trainer = Trainer(project)
    trainer.run_epochs(epochs)
    return float(trainer.evaluate("validation").accuracy)


def test_files_like_mnists_train_784_50_10(tmp_path: Path) -> None:
    """W3 of the curriculum, with signs of strokes instead of digits."""
    random = np.random.default_rng(5)
    drawn = stroke_pictures(120, 0.1, random)
    order = random.permutation(len(drawn))
    pixels = np.rint(drawn.inputs[order] * 255).astype(np.uint8).reshape(-1, 28, 28)
    labels = drawn.targets[order].argmax(axis=1).astype(np.uint8)
    for stem, part in (("train", slice(0, 1000)), ("t10k", slice(1000, None))):
        (tmp_path / f"{stem}-images-idx3-ubyte").write_bytes(idx(pixels[part]))
        packed = gzip.compress(idx(labels[part]))
        (tmp_path / f"{stem}-labels-idx1-ubyte.gz").write_bytes(packed)
    found = read_files(sorted(tmp_path.iterdir()))
    data = dataset(found, guess(found))
    assert len(data) == 1200 and data.inputs.tolist() == (pixels.reshape(1200, 784) / 255).tolist()
    project = new_project(data, "mnist")
    assert project.network.sizes == (784, 50, 10)
    assert suggested_hidden(784) == (50,)
    assert trained(project, 5) >= 0.9


def test_a_table_trains(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    lines = ["Länge;Breite;Art"]
    for name, middle in (("groß", 300.0), ("klein", 100.0)):
        lines += [
            f"{a:.2f};{b:.2f};{name}".replace(".", ",")
            for a, b in random.normal(middle, 30.0, (60, 2))
        ]
    path = tmp_path / "blätter.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    found = read_files([path])
    assert isinstance(found, Table)
    project = new_project(dataset(found, guess(found)), found.title)
    assert project.data.class_names == ("groß", "klein") and project.title == "blätter"
    assert trained(project, 20) >= 0.95


def cancelled_at(count: int) -> Progress:
    """Progress that gives the work up when it is asked for the ``count``-th time."""
    asked: list[float] = []

    def goes_on(share: float) -> bool:
        assert 0.0 <= share <= 1.0
        asked.append(share)
        return len(asked) < count

    return goes_on


def test_making_a_data_set_can_be_given_up_between_its_pieces() -> None:
    table = read_text("a,b,y\n" + "".join(f"{n},{n * n},{n}\n" for n in range(9)))
    samples = Samples("“many”", np.zeros((5000, 2, 2), np.uint8), targets=np.arange(5000)[:, None])
    for found, pieces in ((table, 2), (samples, 3)):
        for count in range(1, pieces + 1):
            with pytest.raises(Cancelled):
                dataset(found, guess(found), cancelled_at(count))
        assert len(dataset(found, guess(found), cancelled_at(pieces + 1))) == len(found)


def test_reading_a_large_array_can_be_given_up_amid_it(tmp_path: Path) -> None:
    path = tmp_path / "large.npz"
    np.savez_compressed(path, x=np.zeros((6, 1 << 20)), y=np.arange(6) + 0.5)
    for count in range(1, 13):
        with pytest.raises(Cancelled):
            read_files([path], progress=cancelled_at(count))
