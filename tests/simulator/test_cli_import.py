"""``backlit import``: the file it writes opens and trains; what cannot be is one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from simulator import cli_import
from simulator.cli import main
from simulator.project import load_project

IRIS = "width;height;kind\n" + "".join(
    f"{n},5;{n * n % 7},25;{('cat', 'dog', 'eel')[n % 3]}\n" for n in range(60)
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "own data.csv"
    path.write_text(IRIS, "utf-8")
    return path


def run(*arguments: object) -> int:
    return main(["import", *(str(own) for own in arguments)])


def test_the_project_it_writes_opens_and_trains(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made.json"
    assert run(table, "-o", made) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("60 rows, 2 inputs, 3 classes: cat, dog, eel.\n")
    assert "warning: Decimal comma? “0,5” is read as 0.5" in printed.err
    project = load_project(made)
    assert project.network.sizes == (2, 8, 3)
    assert project.data.inputs[:3].tolist() == [[0.5, 0.25], [1.5, 1.25], [2.5, 4.25]]
    assert project.data.input_names == ("width", "height")
    assert project.training.scaling == "standardize"
    assert len(project.prepared.validation) == 12
    assert main(["train", str(made), "--epochs", "2", "--json"]) == 0


def test_everything_can_be_chosen(table: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.json"
    options = ("--targets", "height", "--inputs", "1,kind", "--hidden", "5,4", "--scaling", "none")
    more = ("--validation", "0.5", "--delimiter", "semicolon", "--header", "yes")
    decimal = ("--decimal", "comma", "--encoding", "utf-8", "--missing", "stop")
    assert run(table, "-o", made, *options, *more, *decimal) == 0
    project = load_project(made)
    assert project.network.sizes == (4, 5, 4, 1) and project.loss == "mse"
    assert project.data.input_names == ("width", "kind=cat", "kind=dog", "kind=eel")
    assert project.training.scaling == "none" and len(project.prepared.validation) == 30
    assert run(table, "-o", made, "--classes", "2", "--targets", "height", "--hidden", "0") == 0
    assert load_project(made).network.sizes == (4, 4)


def test_parts_of_a_table_are_kept_chosen_or_drawn(tmp_path: Path) -> None:
    path, made = tmp_path / "parted.csv", tmp_path / "made.json"
    rows = "".join(f"{n},{'val' if n % 5 else 'train'},{n % 7},{n}\n" for n in range(40))
    path.write_text("a,split,b,y\n" + rows.replace(",6,", ",test,"))
    assert run(path, "-o", made, "--inputs", "a") == 0
    project = load_project(made)
    assert project.prepared.training.rows.tolist() == [n for n in range(40) if n % 5 == 0]
    assert project.network.inputs == 1 and project.training.split.validation == 0.0
    assert run(path, "-o", made, "--part", "none", "--inputs", "a") == 0
    assert load_project(made).data.parts is None
    assert run(path, "-o", made, "--validation", "0.2", "--inputs", "a") == 1


def test_parts_of_arrays_are_kept_or_mixed(tmp_path: Path) -> None:
    path, made = tmp_path / "a.npz", tmp_path / "made.json"
    x = np.arange(60.0)[:, None]
    np.savez(path, x_train=x[:40], y_train=x[:40] + 0.5, x_test=x[40:], y_test=x[40:] + 0.5)
    for words, count, test in (((), 60, 20), (("mixed",), 60, 0), (("training",), 40, 0)):
        assert run(path, "-o", made, *(("--parts", *words) if words else ())) == 0
        project = load_project(made)
        assert (len(project.data), len(project.prepared.test)) == (count, test)


def test_pictures_and_thinning(tmp_path: Path) -> None:
    pixels = np.arange(40 * 36, dtype=np.uint8).reshape(40, 6, 6)
    path, made = tmp_path / "a.npz", tmp_path / "made.json"
    np.savez(path, x=pixels, y=np.arange(40) % 2)
    options = ("--grid", "3x2", "--samples", "20", "--invert", "yes", "--order", "column")
    assert run(path, "-o", made, *options) == 0
    data = load_project(made).data
    assert data.picture is not None and len(data) == 20
    assert (data.picture.rows, data.picture.columns, data.picture.order) == (3, 2, "column")
    exact = 1 - pixels[0].reshape(3, 2, 2, 3).mean(axis=(1, 3)) / 255
    assert np.abs(data.picture.pack(data.inputs[0]) - exact).max() <= 0.5e-4


def test_what_cannot_be_is_one_sentence(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made.json"
    for arguments, sentence in (
        ((tmp_path / "none.csv", "-o", made), "“none.csv” is not there"),
        ((table, "-o", made, "--targets", "depth"), "has no column “depth”; there are width"),
        ((table, "-o", made, "--grid", "3x3"), "has 9 pixels, but there are 2 inputs"),
        ((table, "-o", made, "--samples", "3"), "is a table, which is read whole"),
        ((table, "-o", tmp_path / "no" / "made.json"), "“made.json” could not be written"),
        ((table, "-o", made, "--decimal", "point"), "“0,5” is not a number"),
    ):
        assert run(*arguments) == 1
        error = capsys.readouterr().err.splitlines()[-1]
        assert error.startswith("backlit: ") and sentence in error, error
    assert not made.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own data.csv"]


def test_a_project_too_large_for_its_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_import, "MAX_BYTES", 20_000)
    path, made = tmp_path / "a.npz", tmp_path / "made.json"
    random = np.random.default_rng(0)
    for count in (100, 300):
        made.write_text("precious")
        np.savez(
            path, x=random.integers(0, 256, (count, 8, 8)).astype("u1"), y=np.arange(count) % 5
        )
        assert run(path, "-o", made) == 1
        assert "use fewer samples (--samples" in capsys.readouterr().err
        assert made.read_text() == "precious"
    assert run(path, "-o", made, "--samples", "30") == 0
    assert len(made.read_bytes()) <= 20_000
    assert json.loads(made.read_text())["network"]["inputs"] == 64


@pytest.mark.parametrize(
    "option",
    [
        ("--grid", "0x5"),
        ("--grid", "5"),
        ("--delimiter", "x"),
        ("--hidden", "1,,2"),
        ("--hidden", "-3"),
        ("--validation", "1"),
        ("--validation", "half"),
        ("--targets", "a,,b"),
        ("--samples", "0"),
    ],
)
def test_bad_arguments_are_told_before_anything_is_read(
    option: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        run("none.csv", "-o", "x.json", *option)
    assert left.value.code == 2
    assert f"argument {option[0]}" in capsys.readouterr().err
