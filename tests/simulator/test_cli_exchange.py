"""``backlit export`` and ``import`` of other programs' files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.cli import main
from simulator.document import load_document, resumed
from simulator.exchange import FORMATS
from simulator.project import load_project
from simulator.trainer import Trainer


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_by_its_name(name: str, tmp_path: Path) -> None:
    document = tmp_path / "xor.backlit"
    assert main(["train", "xor", "--epochs", "2", "--save", str(document)]) == 0
    out = tmp_path / f"out{FORMATS[name].suffix}"
    assert main(["export", str(document), str(out), "--format", name]) == 0
    assert out.stat().st_size > 30


@pytest.mark.parametrize("ending", [".keras", ".weights.h5", ".onnx"])
def test_some_endings_say_it_all(ending: str, tmp_path: Path) -> None:
    out = tmp_path / f"xor{ending}"
    assert main(["export", "xor", str(out)]) == 0
    assert out.exists()


def test_others_do_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "xor.py"
    assert main(["export", "xor", str(out)]) == 1
    assert "--format with one of numpy, keras-script, pytorch" in capsys.readouterr().err
    assert not out.exists()
    assert main(["export", "xor", str(tmp_path / "xor.json")]) == 0
    assert load_project(tmp_path / "xor.json").network == load_project("xor").network


def test_what_a_format_lacks_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out.keras")
    assert main(["export", "perceptron-and", out]) == 1
    assert "no activation step" in capsys.readouterr().err
    assert main(["export", "sine", out]) == 0
    with pytest.raises(SystemExit) as caught:
        main(["export", "xor", out, "--format", "excel"])
    assert caught.value.code == 2


def test_a_model_goes_out_and_comes_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, weights = tmp_path / "xor.keras", tmp_path / "xor.weights.h5"
    main(["export", "xor", str(model)])
    main(["export", "xor", str(weights)])
    wanted = Trainer(load_project("xor")).network.theta
    for path in (model, weights):
        for out in (tmp_path / "in.backlit", tmp_path / "in.json"):
            assert main(["import", str(path), "-o", str(out), "--project", "xor"]) == 0
            assert "2-4-1" in capsys.readouterr().out
            np.testing.assert_array_equal(resumed(load_document(out)).network.theta, wanted)


def test_importing_needs_data_that_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, out = tmp_path / "xor.keras", str(tmp_path / "in.json")
    main(["export", "xor", str(model)])
    capsys.readouterr()
    for arguments, sentence in (
        ([str(model)], "--project PROJECT"),
        ([str(model), str(model), "--project", "xor"], "name one file"),
        ([str(model), "--project", "digits-5x5"], "2 inputs and 1 output"),
        ([str(tmp_path / "no.keras"), "--project", "xor"], "“no.keras” could not be read"),
    ):
        assert main(["import", *arguments, "-o", out]) == 1
        assert sentence in capsys.readouterr().err
    assert not Path(out).exists()
