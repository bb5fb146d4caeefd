"""Parts that the data bring along: read, kept by every edit and every file, and held to."""

from __future__ import annotations

import gzip
import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from script_runs import assert_same, run, trained

from simulator.comparison import describe_differences
from simulator.crossvalidation import cross_validate
from simulator.data import Dataset, editing
from simulator.data.importing import dataset, guess, outcome, read_files
from simulator.data.readers import ReadError, read_text
from simulator.data.readers.idx import read_idx_files
from simulator.data.sample_import import SampleChoices
from simulator.data.splits import SplitSpec, k_fold, split_rows
from simulator.data.table_import import TableChoices
from simulator.document import Document, open_document
from simulator.document.document import pack_document
from simulator.exchange.code.numpy_script import numpy_script
from simulator.project import Project, ProjectError, load_project, project_from_value
from simulator.project.adapting import new_project, with_data
from simulator.project.data_edits import edit_data
from simulator.project.reader import project_from_json
from simulator.project.writer import project_json
from simulator.trainer import Trainer

PARTS = st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=8, max_size=40)
TABLE = "a,b,split,kind\n" + "".join(
    f"{n},{n * n % 7},{('train', 'Training', 'val', ' TEST', 'train')[n % 5]},{'xyz'[n % 3]}\n"
    for n in range(30)
)


def parted(parts: list[int], two: bool = False) -> Dataset:
    """Samples told apart by their input, in two classes if they are wanted."""
    numbers = np.arange(float(len(parts)))[:, None]
    targets = np.eye(2)[np.arange(len(parts)) % 2] if two else numbers
    return Dataset(numbers, targets, ("even", "odd") if two else (), parts=np.array(parts))


def table_data(text: str) -> Dataset:
    table = read_text(text)
    return dataset(table, guess(table))


def complaint(text: str, part: int | None = None) -> str:
    """Why a table cannot be imported, with column ``part`` saying the parts."""
    table = read_text(text)
    choices = guess(table)
    assert isinstance(choices, TableChoices)
    if part is not None:
        choices = choices.with_column(part, "part", "class")
    return outcome(table, choices).problem


def given_project(**split: float) -> Project:
    project = new_project(table_data(TABLE), "given", (3,), split=SplitSpec(**split))
    return replace(project, training=replace(project.training, epochs=2))


# --- the split ------------------------------------------------------------------------------------


@given(PARTS, st.integers(0, 99))
def test_what_the_data_say_is_the_split(parts: list[int], seed: int) -> None:
    data = parted([0, *parts])
    split = split_rows(data, SplitSpec(), seed)
    assert data.parts is not None
    for rows, number in ((split.training, 0), (split.validation, 1), (split.test, 2)):
        assert rows.tolist() == np.flatnonzero(data.parts == number).tolist()


@given(PARTS, st.integers(0, 99), st.booleans())
def test_chance_parts_only_what_is_left_to_training(
    parts: list[int], seed: int, stratify: bool
) -> None:
    parts = [0] * 12 + [2 * (own == 2) for own in parts]
    data = parted(parts, two=True)
    split = split_rows(data, SplitSpec(0.25, 0.0, stratify), seed)
    assert split.test.tolist() == [row for row, own in enumerate(parts) if own == 2]
    assert len(split.validation) == max(1, int(parts.count(0) * 0.25 + 0.5))
    together = [*split.training, *split.validation, *split.test]
    assert sorted(together) == list(range(len(parts)))


def test_a_share_of_a_part_that_is_given_is_refused() -> None:
    with pytest.raises(ProjectError, match=r"own test part along.*test share to 0"):
        given_project(test=0.2)
    with pytest.raises(ProjectError, match="bring their own validation part"):
        given_project(validation=0.2)
    with pytest.raises(ValueError, match="No sample would be left for training"):
        split_rows(parted([2, 1, 2]), SplitSpec(), 0)
    with pytest.raises(ValueError, match="No sample of class “odd” would be left"):
        split_rows(parted([0, 2, 0, 1], two=True), SplitSpec(), 0)


def test_no_fold_has_a_sample_of_the_test_part() -> None:
    project = given_project()
    data = project.data
    assert data.parts is not None
    test = np.flatnonzero(data.parts == 2)
    splits = k_fold(data, 3, 0)
    assert sorted(row for own in splits for row in own.validation) == sorted(
        np.flatnonzero(data.parts != 2)
    )
    for own in splits:
        assert own.test.tolist() == test.tolist()
        assert not set(own.training) & set(own.validation)
    tested = np.concatenate([fold.rows for fold in cross_validate(project, 3).folds])
    assert not set(tested) & set(test)
    with pytest.raises(ValueError, match="24 samples cannot be split into 25 folds"):
        k_fold(data, 25, 0)


# --- edits ----------------------------------------------------------------------------------------


@given(PARTS, st.data())
def test_every_edit_of_the_samples_takes_their_parts_along(
    parts: list[int], draw: st.DataObject
) -> None:
    data = parted([0, *parts], two=True)
    row = draw.draw(st.integers(0, len(data) - 1))
    edit = draw.draw(
        st.sampled_from(
            [
                lambda: editing.duplicate(data, [row]),
                lambda: editing.move(data, [row], 0),
                lambda: (
                    editing.delete(data, [row]) if len(data) > 4 else editing.move(data, [0], 1)
                ),
                lambda: editing.noisy_variants(data, [row], 2, noise=0.1),
                lambda: editing.change_inputs(data, row, np.array([7.0])),
                lambda: editing.relabel(data, [row], 1),
                lambda: editing.rename_class(data, 0, "new"),
            ]
        )
    )()
    assert data.parts is not None and edit.data.parts is not None
    assert edit.data.parts.tolist() == data.parts[edit.rows].tolist()


def test_new_samples_are_for_training_and_parts_can_be_forgotten() -> None:
    data = parted([0, 2, 1])
    added = editing.add_samples(data, np.zeros((2, 1)), np.ones((2, 1)), at=1).data
    assert added.parts is not None and added.parts.tolist() == [0, 0, 0, 2, 1]
    assert editing.forget_parts(data).data.parts is None
    with pytest.raises(ValueError, match="drawn by chance already"):
        editing.forget_parts(editing.forget_parts(data).data)


def test_an_edit_that_would_empty_the_training_part_is_refused() -> None:
    project = new_project(parted([0, 2, 2]), "few", (2,))
    with pytest.raises(ProjectError, match="No sample would be left for training"):
        edit_data(project, lambda data: editing.delete(data, [0]))


# --- files ----------------------------------------------------------------------------------------


def test_project_and_document_files_keep_the_parts() -> None:
    project = given_project()
    for again in (
        project_from_json(project_json(project)),
        open_document(pack_document(Document(project))).project,
    ):
        assert again.data.parts is not None and project.data.parts is not None
        assert again.data.parts.tolist() == project.data.parts.tolist()
        assert Trainer(again).project.prepared.test.rows.tolist() == (
            project.prepared.test.rows.tolist()
        )
    assert json.loads(project_json(project))["data"]["parts"][:4] == [
        *("training", "training", "validation", "test")
    ]


@pytest.mark.parametrize("name", ["moons", "digits-5x5"])
def test_parts_of_generated_and_built_in_data_are_kept_too(name: str) -> None:
    project = load_project(name)
    parts = [0] * len(project.data)
    if name == "moons":
        parts[-1] = 2
    data = replace(project.data, parts=parts)
    again = project_from_json(project_json(replace(project, data=data)))
    assert again.data.parts is not None and again.data.parts.tolist() == parts


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (["training", "test", "exam", "test"], "sample 3 is for “exam”; a part is training, val"),
        (["training"] * 3, "3 names; 4 are needed"),
        ("test", "must be a list of names"),
        ([True] * 4, "must be a list of numbers"),
        ([0, 2, "test", 0], "must be a list of numbers"),
        ([["test"]] * 4, "must be a list of names"),
        (["test"] * 4, "No sample would be left for training"),
    ],
)
def test_bad_parts_in_a_project_are_one_sentence(parts: object, sentence: str) -> None:
    value = {
        "network": {"inputs": 1, "layers": [{"units": 1, "activation": "linear"}]},
        "loss": "mse",
        "data": {"inputs": [[1], [2], [3], [4]], "targets": [[1], [2], [3], [4]], "parts": parts},
    }
    with pytest.raises(ProjectError, match=sentence):
        project_from_value(value)


@pytest.mark.parametrize("numbers", [[0.0, 1.0, 3.0], [0.5, 0.0, 2.0], [0.0, -1.0, 2.0]])
def test_bad_numbers_of_parts_in_a_document_are_one_sentence(numbers: list[float]) -> None:
    value = {
        "network": {"inputs": 1, "layers": [{"units": 1, "activation": "linear"}]},
        "loss": "mse",
        "data": {
            "inputs": np.eye(3)[:, :1],
            "targets": np.eye(3)[:, :1],
            "parts": np.array(numbers),
        },
    }
    with pytest.raises(ProjectError, match=r"data\.parts must hold 0, 1 and 2"):
        project_from_value(value)


def test_a_script_trains_on_the_same_samples(tmp_path: Path) -> None:
    project = given_project()
    found = run(numpy_script(project).content, tmp_path)
    assert found["training"].tolist() == project.prepared.training.rows.tolist()
    assert len(found["training"]) == 18
    trainer, outputs = trained(project)
    assert_same(found["losses"], trainer.history.view().loss, 1e-9)
    assert_same(found["outputs"], outputs, 1e-9)


def test_runs_are_told_apart_by_who_parts_their_samples() -> None:
    project = given_project()
    drawn = replace(project, data=editing.forget_parts(project.data).data)
    assert describe_differences([project, drawn]) == ["given parts", "drawn parts"]


# --- tables ---------------------------------------------------------------------------------------


def test_a_column_of_parts_is_known_by_its_cells() -> None:
    table = read_text(TABLE)
    choices = guess(table)
    assert isinstance(choices, TableChoices)
    assert choices.roles == ("input", "input", "part", "target")
    assert outcome(table, choices).summary == (
        "30 rows, 2 inputs, 3 classes: x, y, z; the file says the parts: 18 train, 6 validate, "
        "6 test."
    )
    data = dataset(table, choices)
    assert data.parts is not None and data.parts[:5].tolist() == [0, 0, 1, 2, 0]
    # Also where it is the last one, which would be the target.
    last = read_text(
        "a,y,part\n" + "".join(f"{n},{n % 4},{'train' if n % 3 else 'test'}\n" for n in range(12))
    )
    found = guess(last)
    assert isinstance(found, TableChoices) and found.roles == ("input", "target", "part")


def test_numbers_are_never_guessed_to_be_parts() -> None:
    table = read_text("a,split,y\n" + "".join(f"{n},{n % 2},{n * n}\n" for n in range(12)))
    choices = guess(table)
    assert isinstance(choices, TableChoices) and choices.roles == ("input", "input", "target")
    assert "row 2, column split: “0” names no part; write train, val or test" in complaint(
        "a,split,y\n1,0,1\n2,1,2\n3,0,3\n", part=1
    )


def test_a_column_left_out_leaves_the_parts_to_chance() -> None:
    table = read_text(TABLE)
    choices = guess(table)
    assert isinstance(choices, TableChoices)
    assert dataset(table, choices.with_column(2, "out", "class")).parts is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "a,split,y\n1,train,1\n2,trian,2\n3,test,3\n4,train,4\n",
            "The clipboard: row 3, column split: “trian” names no part; write train, val or test, "
            "or leave the column out.",
        ),
        (
            "a,split,y\n1,train,1\n2,,2\n3,test,3\n",
            "The clipboard: row 3, column split: an empty cell names no part; write train, val or "
            "test, or leave the column out.",
        ),
        (
            "a,split,y\n1,val,1\n2,test,2\n3,test,3\n",
            "The clipboard: by column split no sample is for training; mend it, or leave the "
            "column out.",
        ),
        (
            "a,split,y\n1,train,1\n2,train,2\n3,train,3\n",
            "The clipboard: by column split all samples are for training, so no part is told "
            "apart; mend it, or leave the column out.",
        ),
        (
            "a,split,kind\n1,train,x\n2,train,x\n3,test,y\n4,test,x\n",
            "The clipboard: by column split no sample of class “y” is for training; mend it, or "
            "leave the column out.",
        ),
    ],
)
def test_bad_columns_of_parts_are_one_sentence(text: str, sentence: str) -> None:
    said = complaint(text)
    assert said == sentence


def test_two_columns_of_parts_are_refused() -> None:
    text = "a,split,set,y\n1,train,train,1\n2,test,test,2\n3,train,test,5\n"
    assert "choose one column that says the part" in complaint(text, part=2)


# --- arrays ---------------------------------------------------------------------------------------


def idx(values: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, values.ndim]) + b"".join(struct.pack(">I", n) for n in values.shape)
    return head + values.astype(np.uint8).tobytes()


def mnist(folder: Path, name: str, labels: list[int], pack: bool = False, side: int = 2) -> Path:
    """Files of images and labels as MNIST's are called; the path of the images."""
    ending = ".gz" if pack else ""
    packed = gzip.compress if pack else bytes
    images = folder / f"{name}-images-idx3-ubyte{ending}"
    images.write_bytes(packed(idx(np.arange(len(labels) * side * side).reshape(-1, side, side))))
    beside = folder / f"{name}-labels-idx1-ubyte{ending}"
    beside.write_bytes(packed(idx(np.array(labels))))
    return images


@pytest.mark.parametrize("pack", [False, True])
def test_mnists_test_files_beside_are_the_test_part(tmp_path: Path, pack: bool) -> None:
    images = mnist(tmp_path, "train", [0, 1, 1, 0])
    mnist(tmp_path, "t10k", [1, 0], pack)
    samples = read_files([images])
    choices = guess(samples)
    assert isinstance(choices, SampleChoices)
    data = dataset(samples, choices)
    assert data.parts is not None and data.parts.tolist() == [0, 0, 0, 0, 2, 2]
    said = outcome(samples, choices)
    assert "The test part was found beside it, in “t10k-images" in said.warnings[-1]
    assert said.summary.endswith("the files say the parts: 4 train, 2 test.")
    assert dataset(samples, replace(choices, parts="mixed")).parts is None
    alone = dataset(samples, replace(choices, parts="training"))
    assert alone.parts is None and len(alone) == 4
    # Chosen by hand, they are the same.
    chosen = read_idx_files(sorted(tmp_path.iterdir()))
    assert chosen.parts is not None and chosen.parts.tolist() == data.parts.tolist()


def test_test_files_that_cannot_be_used_are_left_out_with_a_sentence(tmp_path: Path) -> None:
    images = mnist(tmp_path, "train", [0, 1, 1, 0])
    mnist(tmp_path, "t10k", [1, 0], side=3)
    samples = read_idx_files([images])
    assert len(samples) == 4 and samples.parts is None
    assert (
        "test files beside it are left out: The files hold images of different"
        in (samples.warnings[-1])
    )
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(b"\0\0\x08")
    assert "the header is cut off" in read_idx_files([images]).warnings[-1]


def test_a_class_that_only_the_test_files_have_is_told(tmp_path: Path) -> None:
    images = mnist(tmp_path, "train", [0, 1, 1, 0])
    mnist(tmp_path, "t10k", [1, 2])
    samples = read_files([images])
    choices = guess(samples)
    assert isinstance(choices, SampleChoices)
    assert outcome(samples, choices).problem == (
        "“train-images-idx3-ubyte”: by the parts that the files say no sample of class “2” is for "
        "training; let them be drawn by chance instead, or use more samples."
    )
    assert not outcome(samples, replace(choices, parts="mixed")).problem


def save(folder: Path, **arrays: object) -> Path:
    path = folder / "own.npz"
    np.savez(path, **{name: np.asarray(own) for name, own in arrays.items()})
    return path


def test_arrays_of_an_npz_file_are_parts(tmp_path: Path) -> None:
    inputs = np.arange(10.0)[:, None]
    path = save(
        tmp_path,
        x_test=inputs[8:],
        y_test=inputs[8:],
        x_val=inputs[6:8],
        y_val=inputs[6:8],
        x_train=inputs[:6] + 0.5,
        y_train=inputs[:6] + 0.5,
    )
    samples = read_files([path])
    data = dataset(samples, guess(samples))
    assert data.parts is not None and data.parts.tolist() == [0] * 6 + [1] * 2 + [2] * 2
    assert data.inputs[6:].ravel().tolist() == [6.0, 7.0, 8.0, 9.0]


@pytest.mark.parametrize("kind", ["U10", "S10"])
def test_an_array_of_names_says_the_parts(tmp_path: Path, kind: str) -> None:
    names = np.array(["train", "Test", "train", "val"]).astype(kind)
    samples = read_files([save(tmp_path, x=np.eye(4), y=[0.5, 1, 2, 3], split=names)])
    data = dataset(samples, guess(samples))
    assert data.parts is not None and data.parts.tolist() == [0, 2, 0, 1]


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"split": ["train", "test", "exam", "val"]}, "“exam” of sample 3, which names no part"),
        ({"split": ["train", "test"]}, "“split” has 2 but there are 4 samples"),
        ({"split": [b"train", b"\xff\xfe", b"test", b"test"]}, "texts that cannot be read"),
        ({"names": ["a", "b", "c", "d"]}, "array type not allowed (text"),
    ],
)
def test_bad_arrays_of_parts_are_one_sentence(
    tmp_path: Path, arrays: dict[str, list[str]], sentence: str
) -> None:
    with pytest.raises(ReadError) as refused:
        read_files([save(tmp_path, x=np.eye(4), y=[0.5, 1, 2, 3], **arrays)])
    assert sentence in str(refused.value)


def test_numbers_in_an_array_called_split_are_not_guessed(tmp_path: Path) -> None:
    samples = read_files([save(tmp_path, x=np.eye(4), y=[0.5, 1, 2, 3], split=[0, 0, 1, 1])])
    assert dataset(samples, guess(samples)).parts is None


def test_a_part_without_samples_is_refused(tmp_path: Path) -> None:
    nothing = np.zeros((0, 1))
    path = save(tmp_path, x_train=np.eye(2), y_train=[1, 2], x_test=nothing[:, [0, 0]], y_test=[])
    with pytest.raises(ReadError, match="“x_test” holds no samples; remove it, or fill it"):
        read_files([path])


# --- into a project -------------------------------------------------------------------------------


def test_a_suggested_project_draws_no_part_that_is_given() -> None:
    project = new_project(table_data(TABLE), "given")
    assert project.training.split == SplitSpec()
    many = parted([0] * 80 + [2] * 20)
    project = new_project(many, "many")
    assert project.training.split == SplitSpec(validation=0.2)
    assert [len(project.prepared.part(own)) for own in ("training", "validation", "test")] == [
        *(64, 16, 20)
    ]


def test_given_parts_replace_those_a_project_drew() -> None:
    drawn = new_project(parted([0] * 100), "drawn", split=SplitSpec(0.1, 0.2))
    other = Dataset(drawn.data.inputs + 1, drawn.data.targets, parts=[0] * 70 + [2] * 30)
    adapted = with_data(drawn, other)
    assert adapted.edit.project.training.split == SplitSpec(0.1, 0.0)
    assert len(adapted.edit.project.prepared.test) == 30
    assert adapted.notes == ("The parts that the data bring along replace those drawn by chance.",)
