"""Callbacks that change the learning rate, and that what is said of a rate is what is used."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import build, with_training
from test_callbacks import CURVES, DATA, LAYERS, Steered, watched

from simulator.callbacks import Callback, CSVLoggerSpec, Logs, ReduceLROnPlateauSpec, Training
from simulator.divergence import DivergenceError
from simulator.project.edits import insert_layer
from simulator.runner import Runner
from simulator.trainer import Trainer


def keras_plateau(values: list[float], rate: float, spec: ReduceLROnPlateauSpec) -> list[float]:
    """The rate behind each epoch, as keras.callbacks.ReduceLROnPlateau sets it."""
    best, wait, cooldown, rates = math.inf, 0, 0, []
    for value in values:
        if cooldown > 0:
            cooldown -= 1
            wait = 0
        if value < best - spec.min_delta:
            best, wait = value, 0
        elif not cooldown > 0:
            wait += 1
            if wait >= spec.patience and rate > spec.min_lr:
                rate = max(rate * spec.factor, spec.min_lr)
                cooldown, wait = spec.cooldown, 0
        rates.append(rate)
    return rates


@settings(max_examples=60)
@given(
    values=CURVES,
    factor=st.sampled_from([0.1, 0.5, 0.9]),
    patience=st.integers(1, 3),
    min_delta=st.sampled_from([0.0, 0.07]),
    cooldown=st.integers(0, 2),
    min_lr=st.sampled_from([0.0, 0.03, 0.1, 1.0]),
)
def test_reducing_on_a_plateau_is_that_of_keras(values: list[float], **fields: Any) -> None:
    spec = ReduceLROnPlateauSpec(monitor="loss", **fields)
    rates: list[float] = []

    class Rates(Callback):
        def on_epoch_end(self, training: Training, epoch: int, logs: Logs) -> None:
            rates.append(training.learning_rate)

    own = [Steered(values), spec.make(), Rates()]
    Trainer(watched(epochs=len(values)), callbacks=own).run_epochs(len(values))
    np.testing.assert_allclose(rates, keras_plateau(values, 0.1, spec), rtol=1e-13)


class Halve(Callback):
    """Halves the rate after each epoch."""

    def on_epoch_end(self, training: Training, epoch: int, logs: Logs) -> None:
        training.reduce_rate(0.5)


def used_rate(trainer: Trainer) -> float:
    """The rate of the next update, measured by what it does under sgd."""
    trace = trainer.trace_iteration()
    place = int(np.abs(trace.gradient).argmax())
    return float((trace.theta_before - trace.theta_after)[place] / trace.gradient[place])


def test_the_trace_has_the_rate_its_update_was_made_with() -> None:
    """Also the last of an epoch, behind which a callback changes the rate."""
    trainer = Trainer(watched(), callbacks=[Halve()])
    for _ in range(6):
        trace = trainer.trace_iteration()
        moved = trace.theta_before - trace.theta_after
        np.testing.assert_allclose(moved, trace.learning_rate * trace.gradient, atol=1e-14)


def test_a_reduced_rate_is_kept_by_edits_and_by_another_optimizer() -> None:
    project = watched()
    trainer = Trainer(project, callbacks=[Halve()])
    trainer.run_epochs(2)
    done = insert_layer(project, 1, 2)
    trainer.change(done.project, done.origin)
    assert used_rate(trainer) == pytest.approx(0.025)
    momentum = build(LAYERS, DATA, optimizer={"name": "momentum", "learning_rate": 0.1})
    trainer = Trainer(momentum, callbacks=[Halve()])
    trainer.run_epochs(2)
    trainer.change(project)
    assert trainer.learning_rate == pytest.approx(0.025)
    assert used_rate(trainer) == pytest.approx(0.025)


def test_other_callbacks_begin_with_the_full_rate() -> None:
    """What is said and what is used are the same rate."""
    project = watched({"name": "reduce_lr_on_plateau", "patience": 1, "min_delta": 1e6})
    trainer = Trainer(project)
    trainer.run_epochs(4)
    assert trainer.learning_rate == pytest.approx(1e-4)
    trainer.change(with_training(project, callbacks=(CSVLoggerSpec(),)))
    said = trainer.learning_rate
    assert used_rate(trainer) == pytest.approx(said)
    assert said == pytest.approx(0.1)


SCHEDULER = {"name": "learning_rate_scheduler", "rates": [[1, 0.05], [3, 0.02], [4, 0.3]]}


def test_rates_set_from_given_epochs_on() -> None:
    trainer = Trainer(watched(SCHEDULER))
    trainer.run_epochs(6)
    rates = trainer.history.view()["learning_rate"].tolist()
    assert rates == [0.05, 0.05, 0.02, 0.3, 0.3, 0.3]


def test_the_rate_of_epoch_1_does_not_come_back_when_training_is_extended() -> None:
    trainer = Trainer(watched(SCHEDULER, epochs=5))
    trainer.run_epochs(5)
    trainer.extend(2)
    trainer.run_epochs(2)
    assert trainer.history.view()["learning_rate"].tolist()[-3:] == [0.3, 0.3, 0.3]


def test_stepping_past_the_end_keeps_the_rate_that_was_set() -> None:
    runner = Runner(watched(SCHEDULER, epochs=4))
    runner.run()
    runner.advance(100)
    runner.step_iteration()
    assert runner.snapshot().trace is not None
    assert runner.trainer.learning_rate == 0.3


def test_a_rate_that_was_set_is_kept_by_an_edit() -> None:
    project = watched(SCHEDULER)
    trainer = Trainer(project)
    trainer.run_epochs(3)
    done = insert_layer(project, 1, 2)
    trainer.change(done.project, done.origin)
    trainer.run_epochs(2)
    assert trainer.history.view()["learning_rate"].tolist() == [0.05, 0.05, 0.02, 0.3, 0.3]


def test_after_a_divergence_the_rate_that_is_said_is_used() -> None:
    """The halved rate is given up with the epoch it came from: said and used alike."""
    trainer = Trainer(watched(rate=60.0), callbacks=[Halve()])
    with pytest.raises(DivergenceError):
        trainer.run_epochs(500)
    said = trainer.learning_rate
    assert used_rate(trainer) == pytest.approx(said)
