"""The commands that report on a trained network, as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_cli import backlit, parse

from simulator.data.dataset import PARTS
from simulator.project import load_project
from simulator.trainer import Trainer


def file(tmp_path: Path, **changes: Any) -> str:
    value: dict[str, Any] = {
        "network": {"inputs": 2, "layers": [{"units": 1, "activation": "sigmoid"}]},
        "loss": "binary_crossentropy",
        "optimizer": {"name": "adam", "learning_rate": 0.1},
        "training": {"epochs": 20, "batch_size": 8, "validation_split": 0.2, "test_split": 0.1},
        "data": {"generator": "blobs", "samples": 20, "noise": 1.0},
    }
    path = tmp_path / "project.json"
    path.write_text(json.dumps({**value, **changes}), "utf-8")
    return str(path)


def test_train_reports_every_part(tmp_path: Path) -> None:
    path = file(tmp_path)
    found = parse(backlit("train", path, "--json").stdout)
    trainer = Trainer(load_project(path))
    trainer.run_epochs(20)
    for part in PARTS[1:]:
        wanted = trainer.evaluate(part)
        assert found[part] == {"loss": wanted.loss, "accuracy": wanted.accuracy}
    text = backlit("train", path).stdout
    assert "validation loss" in text and "test loss" in text


def test_warnings_go_to_standard_error_and_into_the_json(tmp_path: Path) -> None:
    layers = [{"units": 1, "activation": "softmax"}]
    result = backlit("train", file(tmp_path, network={"inputs": 2, "layers": layers}), "--json")
    assert result.returncode == 0
    assert result.stderr.startswith("backlit: warning: softmax of a single output")
    assert "single output" in parse(result.stdout)["warnings"][0]


def test_the_sentence_of_a_stopped_run_is_printed(tmp_path: Path) -> None:
    path = file(tmp_path, training={"epochs": 5000, "stop": {"loss": 0.6}})
    result = backlit("train", path)
    assert "the loss is at or below 0.6" in result.stdout
    assert parse(backlit("train", path, "--json").stdout)["epochs"] < 5000


def test_callbacks_write_where_the_user_says(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    training = {"epochs": 4, "callbacks": [{"name": "csv_logger"}, {"name": "model_checkpoint"}]}
    result = backlit("train", file(tmp_path, training=training), "--folder", str(out))
    assert result.returncode == 0
    assert sorted(path.name for path in out.iterdir()) == ["best.npz", "training.csv"]
    assert len((out / "training.csv").read_text("utf-8").splitlines()) == 5
    assert backlit("train", "xor", "--folder", str(tmp_path / "no")).returncode == 2


def test_evaluate_prints_the_confusion_matrix(tmp_path: Path) -> None:
    path = file(tmp_path)
    found = parse(backlit("evaluate", path, "--json").stdout)
    assert list(found) == list(PARTS)
    trainer = Trainer(load_project(path))
    trainer.run_epochs(20)
    for part in PARTS:
        wanted = trainer.evaluate(part)
        assert wanted.confusion is not None and wanted.report is not None
        assert found[part]["confusion"] == wanted.confusion.tolist()
        assert np.sum(found[part]["confusion"]) == found[part]["samples"] == len(wanted.rows)
        assert found[part]["recall"] == wanted.report.recall.tolist()
    text = backlit("evaluate", path, "--part", "test").stdout
    assert "test: 4 samples" in text and "precision" in text and "training" not in text


def test_evaluate_of_a_part_that_is_not_there() -> None:
    result = backlit("evaluate", "xor", "--part", "test", "--epochs", "1")
    assert result.returncode == 1
    assert "test_split" in result.stderr


def test_evaluate_of_a_regression_has_r_squared() -> None:
    found = parse(backlit("evaluate", "sine", "--epochs", "300", "--json").stdout)
    assert found["training"]["r2"] > 0.5
    assert found["training"]["accuracy"] is None
    assert "confusion" not in found["training"]


def test_cross_validate(tmp_path: Path) -> None:
    path = file(tmp_path)
    found = parse(backlit("cross-validate", path, "--folds", "4", "--json").stdout)
    scores = [fold["accuracy"] for fold in found["folds"]]
    assert len(scores) == 4
    assert found["mean_score"] == pytest.approx(np.mean(scores))
    text = backlit("cross-validate", path, "--folds", "4").stdout
    assert text.count("fold ") == 4 and "±" in text
    refused = backlit("cross-validate", "digits-5x5", "--folds", "5")
    assert refused.returncode == 1 and refused.stderr.count("\n") == 1


def test_ensemble_of_deck_c() -> None:
    found = parse(backlit("ensemble", "dropout-ensemble", "--untrained", "--json").stdout)
    assert [member["masks"][0] for member in found["members"]] == [[1, 1], [1, 0], [0, 1], [0, 0]]
    assert found["mean"] == pytest.approx([-0.1])
    assert found["full_output"] == pytest.approx([-0.2])
    text = backlit("ensemble", "dropout-ensemble", "--untrained").stdout
    assert "mean of all 4" in text and "-0.1000" in text
    assert "only one network" in backlit("ensemble", "xor", "--epochs", "1").stderr
    assert "no sample 9" in backlit("ensemble", "dropout-ensemble", "--sample", "9").stderr
