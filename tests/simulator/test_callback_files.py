"""Files that callbacks write, criteria that stop training, and callbacks that cannot be read."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_projects import build, layer, normal_data, theta_bytes, with_training
from test_callbacks import Seen, watched
from test_project_reader import refused

from simulator.callbacks import CSVLogger, EarlyStoppingSpec
from simulator.network import Network
from simulator.snapshot import FIGURES
from simulator.trainer import Trainer

# --- files ---------------------------------------------------------------------------------------


def theta_of(path: Path, trainer: Trainer) -> bytes:
    """The parameters of an npz file in the order of theta."""
    network = Network(trainer.project.network)
    with np.load(path) as arrays:
        for index in range(network.spec.depth):
            network.W[index][...] = arrays[f"W{index + 1}"]
            network.b[index][...] = arrays[f"b{index + 1}"]
        assert len(arrays.files) == 2 * network.spec.depth
    return network.theta.tobytes()


def test_a_file_every_so_many_epochs_holds_the_weights_of_that_epoch(tmp_path: Path) -> None:
    fields = {"file": "w{epoch}.npz", "save_best_only": False, "save_freq": 2}
    seen = Seen()
    project = watched({"name": "model_checkpoint", **fields})
    trainer = Trainer(project, folder=tmp_path, callbacks=[seen])
    trainer.run_epochs(7)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w2.npz", "w4.npz", "w6.npz"]
    for epoch in (2, 4, 6):
        assert theta_of(tmp_path / f"w{epoch}.npz", trainer) == seen.theta[epoch]


def test_the_best_epoch_is_in_the_file(tmp_path: Path) -> None:
    """A rate at which the loss goes up and down, so that the last epoch is not the best one."""
    seen = Seen()
    project = watched({"name": "model_checkpoint", "monitor": "loss"}, rate=0.9)
    trainer = Trainer(project, folder=tmp_path, callbacks=[seen])
    for _ in range(20):
        trainer.run_epochs(1)
        losses = trainer.history.view().loss
        best = int(losses.argmin()) + 1
        assert theta_of(tmp_path / "best.npz", trainer) == seen.theta[best]
    assert (np.diff(losses) > 0).any()
    assert [path.name for path in tmp_path.iterdir()] == ["best.npz"]


def test_everything_that_is_learned_is_in_the_file(tmp_path: Path) -> None:
    layers = [layer(3, batch_normalization=True, bias=False), layer(2, "linear")]
    project = build(
        layers, normal_data(10, 2, 2), batch_size=5, callbacks=[{"name": "model_checkpoint"}]
    )
    trainer = Trainer(project, folder=tmp_path)
    trainer.run_epochs(1)
    network = trainer.network
    with np.load(tmp_path / "best.npz") as arrays:
        found = {name: arrays[name].tolist() for name in arrays.files}
    assert found == {
        "W1": network.W[0].tolist(),
        "gamma1": network.gamma[0].tolist(),
        "beta1": network.beta[0].tolist(),
        "moving_mean1": network.moving_mean[0].tolist(),
        "moving_variance1": network.moving_variance[0].tolist(),
        "W2": network.W[1].tolist(),
        "b2": network.b[1].tolist(),
    }


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def check_log(path: Path, trainer: Trainer) -> None:
    """Each line is an epoch of the history, to the last digit; what was not measured is empty."""
    history = trainer.history.view()
    rows = rows_of(path)
    assert [int(row["epoch"]) for row in rows] == history.epoch.tolist()
    for place, row in enumerate(rows):
        assert tuple(row) == ("epoch", *FIGURES) == ("epoch", *CSVLogger.COLUMNS)
        for name in FIGURES:
            wanted = history[name][place]
            assert row[name] == "" if math.isnan(wanted) else float(row[name]) == wanted


def test_the_log_is_the_history(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    data = (rng.normal(size=(20, 2)), np.eye(2)[np.arange(20) % 2])
    layers = [layer(3, regularizer="l2"), layer(2, "softmax")]
    project = build(
        layers,
        data,
        "categorical_crossentropy",
        batch_size=7,
        validation_split=0.25,
        validation_freq=2,
        epochs=5,
        callbacks=[{"name": "csv_logger", "file": "log file.csv"}],
    )
    trainer = Trainer(project, folder=tmp_path)
    trainer.run_iterations(4)
    check_log(tmp_path / "log file.csv", trainer)
    trainer.run_epochs(9)
    trainer.extend(2)
    trainer.run_epochs(2)
    check_log(tmp_path / "log file.csv", trainer)
    rows = rows_of(tmp_path / "log file.csv")
    # Epoch 5 was the last one when it was run, so it is measured out of turn.
    assert [row["val_loss"] != "" for row in rows] == [False, True, False, True, True, True, True]
    assert all(row["penalty"] and row["loss"] and row["learning_rate"] for row in rows)
    assert not any(row["r2"] or row["val_r2"] or row["mistakes"] for row in rows)


def test_the_log_of_a_regression_has_r2(tmp_path: Path) -> None:
    project = watched({"name": "csv_logger"}, validation_split=0.3)
    trainer = Trainer(project, folder=tmp_path)
    trainer.run_epochs(2)
    check_log(tmp_path / "training.csv", trainer)
    (last,) = rows_of(tmp_path / "training.csv")[1:]
    assert float(last["r2"]) == trainer.evaluate().r2
    assert float(last["val_r2"]) == trainer.evaluate("validation").r2
    assert last["accuracy"] == last["val_accuracy"] == ""


def test_a_new_run_begins_the_log_anew_and_another_callback_does_not(tmp_path: Path) -> None:
    project = watched({"name": "csv_logger"})
    Trainer(project, folder=tmp_path).run_epochs(5)
    trainer = Trainer(project, folder=tmp_path)
    trainer.run_epochs(2)
    check_log(tmp_path / "training.csv", trainer)
    both = (*project.training.callbacks, EarlyStoppingSpec("loss"))
    trainer.change(with_training(project, callbacks=both))
    trainer.run_epochs(2)
    check_log(tmp_path / "training.csv", trainer)


WRITERS = [
    {"name": "csv_logger"},
    {"name": "model_checkpoint"},
    {"name": "model_checkpoint", "file": "all-{epoch}.npz", "save_best_only": False},
]


def test_without_a_folder_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trainer = Trainer(watched(*WRITERS))
    trainer.run_epochs(3)
    assert list(tmp_path.iterdir()) == []
    plain = Trainer(watched())
    plain.run_epochs(3)
    assert theta_bytes(trainer) == theta_bytes(plain)


@pytest.mark.parametrize("name", ["é" * 200, "x" * 200])
def test_a_file_name_that_can_be_read_can_be_written(tmp_path: Path, name: str) -> None:
    """Whatever the reader takes must not end training with an OSError in the middle of a run."""
    try:
        project = watched(*[{**own, "file": name} for own in WRITERS[1:]])
    except ValueError:
        return
    Trainer(project, folder=tmp_path).run_epochs(1)
    assert [path.name for path in tmp_path.iterdir()] == [name]


# --- criteria that stop training -----------------------------------------------------------------


def test_training_stops_at_a_loss() -> None:
    plain = Trainer(watched())
    plain.run_epochs(30)
    losses = plain.history.view().loss
    limit = float(losses[9])
    trainer = Trainer(watched(stop={"loss": limit}))
    trainer.run_epochs(30)
    first = int(np.argmax(losses <= limit)) + 1
    assert trainer.epoch == first <= 10
    assert "loss" in trainer.stop_reason


def test_training_stops_at_an_accuracy() -> None:
    project = build([layer(4), layer(1, "sigmoid")], "or", optimizer=2.0, stop={"accuracy": 1.0})
    trainer = Trainer(project)
    trainer.run_epochs(500)
    accuracy = trainer.history.view().accuracy
    assert trainer.epoch < 500
    assert accuracy[-1] == 1.0
    assert (accuracy[:-1] < 1.0).all()
    assert "accuracy" in trainer.stop_reason


@pytest.mark.parametrize(("limit", "stops"), [(0.5, True), (0.4, False)])
def test_training_stops_when_no_parameter_moves_more(limit: float, stops: bool) -> None:
    """Both samples pull by 0.25 in each of the first epochs: 0.5 in the whole epoch."""
    own = layer(1, "linear", W=[[0]], bias=False)
    data = ([[1], [1]], [[1000], [1000]])
    project = build([own], data, "mae", optimizer=0.25, stop={"weight_change": limit}, epochs=5)
    trainer = Trainer(project)
    trainer.run_epochs(5)
    assert trainer.epoch == (1 if stops else 5)
    assert trainer.network.theta[0] == 0.5 * trainer.epoch
    assert ("0.5" in trainer.stop_reason) == stops


def test_what_is_0_when_nothing_moves_stops_too() -> None:
    own = layer(1, "linear", W=[[1]], bias=False)
    project = build([own], ([[2]], [[1]]), optimizer=1e-300, stop={"weight_change": 0})
    trainer = Trainer(project)
    trainer.run_epochs(5)
    assert trainer.epoch == 1


@pytest.mark.parametrize("stop", [{"loss": 1e9}, {"accuracy": 0}, {"weight_change": 1e9}])
def test_a_criterion_that_is_met_stops_each_epoch_and_extend_goes_on(stop: Any) -> None:
    trainer = Trainer(build([layer(1, "sigmoid")], "and", stop=stop, epochs=10))
    for epoch in (1, 2, 3):
        trainer.run_epochs(10)
        assert (trainer.epoch, trainer.finished) == (epoch, True)
        trainer.extend(5)
        assert not trainer.finished
    trainer.change(with_training(trainer.project, stop=type(trainer.project.training.stop)()))
    trainer.run_epochs(4)
    assert trainer.epoch == 7


# --- what cannot be read -------------------------------------------------------------------------

NUMBERS: list[Any] = [-1, -1e-9, "1", None, True, [], {}, 10**400]
COUNTS: list[Any] = [0, -1, 1.5, "1", None, True, [], 10**400]
WRONG: dict[str, dict[str, list[Any]]] = {
    "early_stopping": {
        "monitor": ["", "Loss", "penalty", None, 1, ["loss"], {}],
        "min_delta": NUMBERS,
        "patience": COUNTS,
        "restore_best_weights": [0, 1, "true", None, []],
    },
    "reduce_lr_on_plateau": {
        "monitor": ["no", None],
        "factor": [0, 1, 1.5, *NUMBERS],
        "patience": COUNTS,
        "min_delta": NUMBERS,
        "cooldown": [-1, 0.5, "1", None, True, 10**400],
        "min_lr": NUMBERS,
    },
    "learning_rate_scheduler": {
        "rates": [
            *([], {}, None, 1, "1", [1], [[1]], [[]], [[0, 1]], [[1, 0]], [[1, -1]], [["1", 1]]),
            *([[1, "1"]], [[1.5, 1]], [[1, 1, 1]], [[1, 1], [1, 2]], [None], [{"epoch": 1}]),
            *([{"epoch": 1, "rate": 1, "more": 1}], [[True, 1]], [[1, 10**400]]),
        ],
    },
    "model_checkpoint": {
        "file": [
            *("", ".", "..", "a/b", "../a", "/a", "a\\b", "c:a", "a*", "a?", 'a"', "a<", "a|"),
            *("a\n", "a\0", "x" * 201, None, 1, [], {}),
        ],
        "monitor": ["", None],
        "save_best_only": [0, None, "no"],
        "save_freq": COUNTS,
    },
    "csv_logger": {"file": ["", "a/b", "..", None, 3]},
}
CASES = [
    (name, field, value)
    for name, fields in WRONG.items()
    for field, values in fields.items()
    for value in values
]


@pytest.mark.parametrize(("name", "field", "value"), CASES)
def test_a_wrong_field_of_a_callback_is_refused(name: str, field: str, value: Any) -> None:
    good = {"name": "csv_logger"}
    said = refused(lambda: watched(good, {"name": name, field: value}))
    assert field in said and "training.callbacks 2" in said


@pytest.mark.parametrize("value", [{}, 1, "csv_logger", ["csv_logger"], [None], [[]], [{}]])
def test_what_is_no_list_of_callbacks_is_refused(value: Any) -> None:
    assert "training.callbacks" in refused(lambda: build([layer(1)], callbacks=value))


@pytest.mark.parametrize("name", ["", "EarlyStopping", None, 1])
def test_an_unknown_callback_is_refused(name: Any) -> None:
    assert "early_stopping" in refused(lambda: watched({"name": name}))


@pytest.mark.parametrize("name", WRONG)
def test_an_unknown_field_of_a_callback_is_refused(name: str) -> None:
    assert "more" in refused(lambda: watched({"name": name, "more": 1}))


def test_more_callbacks_than_anyone_needs_are_refused() -> None:
    watched(*[{"name": "csv_logger"}] * 20)
    assert "21" in refused(lambda: watched(*[{"name": "csv_logger"}] * 21))


@pytest.mark.parametrize("name", ["early_stopping", "reduce_lr_on_plateau", "model_checkpoint"])
@pytest.mark.parametrize("monitor", ["val_loss", "val_r2"])
def test_validation_can_be_watched_only_where_there_is_any(name: str, monitor: str) -> None:
    said = refused(lambda: watched({"name": name, "monitor": monitor}))
    assert monitor in said and "validation" in said
    watched({"name": name, "monitor": monitor}, validation_split=0.2)
