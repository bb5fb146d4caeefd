"""Callbacks at the end of an epoch, the criteria that stop training, and the files they write."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import build, layer, normal_data, theta_bytes, with_training
from test_project_reader import refused

from simulator.callbacks import Callback, Logs, Training
from simulator.project import Project
from simulator.project.edits import insert_layer, set_links
from simulator.trainer import Trainer

LAYERS = [layer(3), layer(2, "linear")]
DATA = normal_data(10, 2, 2)
NOISY = 0.9
"""A rate at which the loss of DATA goes up and down."""


def watched(*callbacks: dict[str, Any], rate: Any = 0.1, **training: Any) -> Project:
    """A regression of ten samples, five an update, with these callbacks."""
    training = {"batch_size": 5, "seed": 2, "callbacks": list(callbacks), **training}
    return build(LAYERS, DATA, optimizer=rate, **training)


class Seen(Callback):
    """Keeps what it is told, and the parameters of each epoch's end."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.logs: dict[int, dict[str, float]] = {}
        self.theta: dict[int, bytes] = {}

    def on_train_begin(self, training: Training) -> None:
        self.events.append("begin")

    def on_epoch_end(self, training: Training, epoch: int, logs: Logs) -> None:
        self.events.append(epoch)
        self.logs[epoch] = dict(logs)
        self.theta[epoch] = training.parameters()[0].tobytes()

    def on_train_end(self, training: Training) -> None:
        self.events.append("end")


class Steered(Callback):
    """Forges the figure the callbacks behind it see, by an epoch's number."""

    def __init__(self, values: list[float]) -> None:
        self.values = values

    def on_epoch_end(self, training: Training, epoch: int, logs: Logs) -> None:
        logs["loss"] = self.values[epoch - 1]  # type: ignore[index]


# --- a callback of one's own ---------------------------------------------------------------------


def test_a_callback_of_ones_own_is_told_of_everything_in_order() -> None:
    seen = Seen()
    trainer = Trainer(watched(epochs=3), callbacks=[seen])
    trainer.run_iterations(1)
    assert seen.events == ["begin"]
    trainer.run_epochs(9)
    assert seen.events == ["begin", 1, 2, 3, "end"]
    trainer.extend(2)
    trainer.run_epochs(2)
    assert seen.events == ["begin", 1, 2, 3, "end", "begin", 4, 5, "end"]
    history = trainer.history.view()
    for place, epoch in enumerate(history.epoch):
        for name in ("loss", "learning_rate"):
            assert seen.logs[epoch][name] == history[name][place]


def test_a_callback_of_ones_own_can_stop_and_steer() -> None:
    class Two(Seen):
        def on_epoch_end(self, training: Training, epoch: int, logs: Logs) -> None:
            super().on_epoch_end(training, epoch, logs)
            training.set_learning_rate(1.0 / (epoch + 1))
            if epoch == 2:
                training.stop("Twice is enough.")

    own = Two()
    trainer = Trainer(watched(epochs=9), callbacks=[own])
    assert trainer.run_epochs(9) == 4
    assert (trainer.stop_reason, trainer.finished) == ("Twice is enough.", True)
    assert own.events == ["begin", 1, 2, "end"]
    assert trainer.history.view()["learning_rate"].tolist() == [0.1, 0.5]
    assert trainer.learning_rate == pytest.approx(1 / 3)


def test_callbacks_that_only_watch_change_nothing() -> None:
    own, plain = Trainer(watched(), callbacks=[Seen(), Seen()]), Trainer(watched())
    own.run_epochs(4)
    plain.run_epochs(4)
    assert theta_bytes(own) == theta_bytes(plain)


# --- early stopping ------------------------------------------------------------------------------


def keras_early_stopping(values: list[float], patience: int, min_delta: float) -> tuple[int, int]:
    """(epoch it stops at or 0, best epoch), as keras.callbacks.EarlyStopping does for a loss."""
    best, best_epoch, wait = math.inf, 0, 0
    for epoch, value in enumerate(values, start=1):
        wait += 1
        if value < best - min_delta:
            best, best_epoch, wait = value, epoch, 0
        elif wait >= patience:
            return epoch, best_epoch
    return 0, best_epoch


CURVES = st.lists(st.sampled_from([1.0, 0.9, 0.85, 0.8, 0.5, 1.5]), min_size=1, max_size=12)


@settings(max_examples=60)
@given(
    values=CURVES,
    patience=st.integers(1, 4),
    min_delta=st.sampled_from([0.0, 0.07, 0.2]),
    restore=st.booleans(),
)
def test_early_stopping_is_that_of_keras(
    values: list[float], patience: int, min_delta: float, restore: bool
) -> None:
    """Any curve, forged by a callback that comes first, and its best weights to the bit."""
    fields = {"monitor": "loss", "patience": patience, "min_delta": min_delta}
    project = watched(
        {"name": "early_stopping", "restore_best_weights": restore, **fields}, epochs=len(values)
    )
    (stopping,) = project.training.callbacks
    seen = Seen()
    plain = with_training(project, callbacks=())
    trainer = Trainer(plain, callbacks=[Steered(values), seen, stopping.make()])
    trainer.run_epochs(len(values))
    stopped, best = keras_early_stopping(values, patience, min_delta)
    assert trainer.epoch == (stopped or len(values))
    assert bool(trainer.stop_reason) == bool(stopped)
    wanted = best if restore else trainer.epoch
    assert theta_bytes(trainer) == seen.theta[wanted]
    if stopped:
        assert f"epoch {best}" in trainer.stop_reason
        assert ("restored" in trainer.stop_reason) == restore


def test_the_best_weights_are_restored_with_their_moving_averages() -> None:
    layers = [layer(3, batch_normalization={"momentum": 0.5}), layer(2, "linear")]
    stop = {"name": "early_stopping", "monitor": "val_loss", "patience": 3}
    project = build(
        layers, DATA, optimizer=0.3, batch_size=4, callbacks=[stop], validation_split=0.3
    )
    trainer = Trainer(project)
    trainer.run_epochs(100)
    assert 0 < trainer.epoch < 100
    history = trainer.history.view()
    best = history["val_loss"].argmin()
    assert best == trainer.epoch - 1 - 3
    assert trainer.evaluate("validation").loss == history["val_loss"][best]
    plain = Trainer(with_training(project, callbacks=()))
    plain.run_epochs(int(best) + 1)
    assert theta_bytes(trainer) == theta_bytes(plain)
    assert trainer.network.moving.tobytes() == plain.network.moving.tobytes()


@pytest.mark.parametrize(("monitor", "targets"), [("accuracy", 2), ("val_accuracy", 2), ("r2", 1)])
def test_of_accuracy_and_r2_the_larger_is_the_better(monitor: str, targets: int) -> None:
    """The figure grows in this training, so nothing stops it; watched as a loss it would."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(20, 2))
    first = (inputs[:, 0] > 0).astype(int)
    wanted = np.eye(2)[first] if targets == 2 else inputs[:, :1]
    stop = {"name": "early_stopping", "monitor": monitor, "patience": 12}
    split = 0.3 if monitor.startswith("val") else 0.0
    project = build(
        [layer(targets, "linear")],
        (inputs, wanted),
        optimizer=0.003,
        validation_split=split,
        callbacks=[stop],
        epochs=12,
    )
    trainer = Trainer(project)
    trainer.run_epochs(12)
    figures = trainer.history.view()[monitor]
    assert figures[-1] > figures[0] or figures[0] == 1.0
    assert trainer.stop_reason == ""


def test_a_stopped_run_goes_on_after_extend() -> None:
    stop = {"name": "early_stopping", "monitor": "loss", "patience": 1}
    trainer = Trainer(watched(stop, rate=NOISY))
    trainer.run_epochs(100)
    first = trainer.epoch
    assert trainer.stop_reason and first < 100
    assert trainer.run_iterations(1) == 0
    trainer.extend(1)
    assert (trainer.finished, trainer.stop_reason) == (False, "")
    assert trainer.run_epochs(5) == 2
    assert trainer.epoch == first + 1


def test_early_stopping_survives_an_edit_of_the_network() -> None:
    """Best weights of another shape are no weights to go back to."""
    stop = {"name": "early_stopping", "monitor": "loss", "patience": 1}
    project = watched(stop, epochs=8)
    trainer = Trainer(project)
    trainer.run_epochs(3)
    done = insert_layer(project, 0, 40)
    trainer.change(done.project, done.origin)
    trainer.network.theta[...] *= 30.0
    trainer.run_epochs(8)
    assert trainer.finished
    assert trainer.network.spec.depth == 3


def test_restored_weights_have_no_links_that_were_removed() -> None:
    stop = {"name": "early_stopping", "monitor": "loss", "patience": 1}
    project = watched(stop, epochs=8)
    trainer = Trainer(project)
    trainer.run_epochs(3)
    links = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    trainer.change(set_links(project, 1, links).project)
    trainer.network.theta[...] *= 30.0
    trainer.run_epochs(8)
    assert trainer.network.W[0][0, 1] == 0.0


def test_the_trace_of_the_last_iteration_shows_its_own_update() -> None:
    """Not the weights that a callback then went back to."""
    stop = {"name": "early_stopping", "monitor": "loss", "patience": 1}
    trainer = Trainer(watched(stop, rate=NOISY, epochs=100))
    while not trainer.finished:
        trace = trainer.trace_iteration()
    assert "restored" in trainer.stop_reason
    np.testing.assert_allclose(trace.theta_after, trace.theta_before - NOISY * trace.gradient)


@pytest.mark.parametrize("monitor", ["accuracy", "val_accuracy"])
def test_a_figure_that_the_data_do_not_have_cannot_be_watched(monitor: str) -> None:
    """Otherwise the callback would wait for ever without a word."""
    stop = {"name": "early_stopping", "monitor": monitor}
    assert monitor in refused(lambda: watched(stop, validation_split=0.3))


# --- edits in the middle of it -------------------------------------------------------------------


def test_callbacks_that_are_added_later_are_told_that_training_begins() -> None:
    seen = Seen()
    trainer = Trainer(watched(epochs=2), callbacks=[seen])
    scheduler = {"name": "learning_rate_scheduler", "rates": [[1, 0.4]]}
    trainer.change(watched(scheduler, epochs=2))
    trainer.run_epochs(2)
    assert trainer.history.view()["learning_rate"].tolist() == [0.4, 0.4]


def test_more_epochs_after_the_end_are_a_new_beginning() -> None:
    """Whether they come from extend() or from the project: every end has had its beginning."""
    seen = Seen()
    project = watched(epochs=2)
    trainer = Trainer(project, callbacks=[seen])
    trainer.run_epochs(2)
    trainer.change(project.with_epochs(3))
    trainer.run_epochs(2)
    assert seen.events == ["begin", 1, 2, "end", "begin", 3, "end"]
