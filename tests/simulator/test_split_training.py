"""Parts kept for validation and test teach nothing, and are judged by what training knows."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import build, everything, layer, normal_data, with_training

from simulator.data import Dataset
from simulator.losses import LOSSES
from simulator.project import Project
from simulator.project.limits import EVALUATION_ROWS
from simulator.trainer import Trainer


def with_rows(project: Project, rows: Any, **values: Any) -> Project:
    """The project with other numbers in these samples."""
    data = project.data
    changed = {}
    for name in ("inputs", "targets"):
        array = getattr(data, name).copy()
        if name in values:
            array[rows] = values[name]
        changed[name] = array
    fields = {"classes": data.classes, "picture": data.picture}
    return replace(project, data=Dataset(**changed, **fields))


def end(project: Project, epochs: int = 3) -> tuple[bytes, bytes, bytes]:
    trainer = Trainer(project)
    trainer.run_epochs(epochs)
    return (
        trainer.network.theta.tobytes(),
        trainer.network.moving.tobytes(),
        trainer.history.view().loss.tobytes(),
    )


@pytest.mark.parametrize("scaling", ["none", "standardize", "min_max"])
@pytest.mark.parametrize("part", ["validation", "test"])
def test_what_is_kept_back_teaches_nothing(part: str, scaling: str) -> None:
    """Other pictures, far away, in a project with everything on: the same weights to the bit."""
    project = everything(scaling=scaling, test_split=0.2, validation_split=0.2)
    rows = project.prepared.part(part).rows
    assert len(rows) >= 4
    assert end(with_rows(project, rows, inputs=1e6)) == end(project)
    training = project.prepared.training.rows[:1]
    assert end(with_rows(project, training, inputs=0.5)) != end(project)


def test_targets_that_are_kept_back_teach_nothing() -> None:
    layers = [layer(3), layer(2, "linear")]
    project = build(layers, normal_data(20, 3, 2), validation_split=0.25, batch_size=4)
    rows = project.prepared.validation.rows
    other = with_rows(project, rows, targets=-1e9)
    assert end(other) == end(project)
    one, two = Trainer(project), Trainer(other)
    assert one.evaluate("validation").loss != two.evaluate("validation").loss


@pytest.mark.parametrize(("scaling", "kind"), [("standardize", 0), ("min_max", 1)])
def test_the_scaler_knows_the_training_samples_only(scaling: str, kind: int) -> None:
    inputs, targets = normal_data(30, 4, 2)
    project = build(
        [layer(2, "linear")],
        (inputs, targets),
        scaling=scaling,
        validation_split=0.3,
        test_split=0.2,
    )
    prepared = project.prepared
    own = inputs[prepared.training.rows]
    offset = own.mean(axis=0) if kind == 0 else own.min(axis=0)
    scale = own.std(axis=0) if kind == 0 else own.max(axis=0) - own.min(axis=0)
    np.testing.assert_allclose(prepared.scaler.offset, offset, rtol=1e-12)
    np.testing.assert_allclose(prepared.scaler.scale, scale, rtol=1e-12)
    seen = []
    trainer = Trainer(project)
    for name in ("training", "validation", "test"):
        part = prepared.part(name)
        np.testing.assert_allclose(part.inputs, (inputs[part.rows] - offset) / scale, rtol=1e-12)
        found = trainer.evaluate(name)
        np.testing.assert_array_equal(found.rows, part.rows)
        np.testing.assert_array_equal(found.targets, targets[part.rows])
        seen += part.rows.tolist()
    assert sorted(seen) == list(range(30))
    assert [len(prepared.part(name)) for name in ("training", "validation", "test")] == [15, 9, 6]
    # Scaled training inputs have exactly what the scaling promises; the others need not.
    scaled = prepared.training.inputs
    if kind == 0:
        np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-14)
    else:
        np.testing.assert_allclose([scaled.min(axis=0), scaled.max(axis=0)], [[0] * 4, [1] * 4])
    x = inputs[prepared.test.rows[0]]
    probe = trainer.probe(x, trainer.network.theta)
    np.testing.assert_allclose(probe.prediction, trainer.evaluate("test").outputs[0], rtol=1e-13)


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_the_validation_figures_of_the_history_are_those_of_an_evaluation(
    loss: str, precision: str
) -> None:
    layers = [layer(4, dropout=0.5, noise=1, batch_normalization=True), layer(3, "softmax")]
    data = (normal_data(24, 3, 1)[0], np.eye(3)[np.arange(24) % 3])
    training = {"validation_split": 0.3, "batch_size": 5, "precision": precision}
    trainer = Trainer(build(layers, data, loss, **training))
    for _ in range(3):
        trainer.run_epochs(1)
        found = trainer.evaluate("validation")
        history = trainer.history.view()
        assert history["val_loss"][-1] == found.loss
        assert history["val_accuracy"][-1] == found.accuracy
        assert history.accuracy[-1] == trainer.evaluate().accuracy
        assert found.loss == pytest.approx(by_hand(loss, found.outputs, found.targets), rel=1e-5)
        right = (found.outputs.argmax(axis=1) == found.targets.argmax(axis=1)).mean()
        assert found.accuracy == pytest.approx(right)
    assert np.isnan(history["val_r2"]).all()


def by_hand(loss: str, y: Any, t: Any) -> float:
    """The mean loss of outputs, by the formulas of the decks."""
    each = {
        "categorical_crossentropy": lambda: -(t * np.log(y)).sum(axis=1),
        "binary_crossentropy": lambda: -(t * np.log(y) + (1 - t) * np.log(1 - y)).mean(axis=1),
        "mse": lambda: ((y - t) ** 2).mean(axis=1),
        "half_squared_error": lambda: ((y - t) ** 2).sum(axis=1) / 2,
        "squared_error": lambda: ((y - t) ** 2).sum(axis=1),
        "mae": lambda: np.abs(y - t).mean(axis=1),
        "huber": lambda: ((y - t) ** 2 / 2).mean(axis=1),
        "hinge": lambda: np.maximum(0, 1 - t * y).mean(axis=1),
    }
    return float(each[loss]().mean())


def test_r2_stands_in_where_there_are_no_classes() -> None:
    """R² = 1 - Σ(t - y)² / Σ(t - mean t)², the mean of the outputs, on each part."""
    stop = {"name": "early_stopping", "monitor": "r2", "patience": 99}
    project = build(
        [layer(2, "linear")], normal_data(30, 3, 2), validation_split=0.3, callbacks=[stop]
    )
    trainer = Trainer(project)
    trainer.run_epochs(2)
    history = trainer.history.view()
    for part, name in (("training", "r2"), ("validation", "val_r2")):
        found = trainer.evaluate(part)
        t, y = found.targets, found.outputs
        each = 1 - ((t - y) ** 2).sum(axis=0) / ((t - t.mean(axis=0)) ** 2).sum(axis=0)
        assert found.r2 == pytest.approx(each.mean(), rel=1e-12)
        assert history[name][-1] == found.r2
        assert math.isnan(found.accuracy)
        assert found.confusion is None
    assert np.isnan(history.accuracy).all()
    assert np.isnan(history["val_accuracy"]).all()


def test_a_part_with_nothing_in_it() -> None:
    trainer = Trainer(build([layer(1, "sigmoid")], "xor"))
    found = trainer.evaluate("validation")
    assert math.isnan(found.loss) and math.isnan(found.accuracy) and math.isnan(found.r2)
    assert (len(found.rows), found.outputs.shape) == (0, (0, 1))
    trainer.run_epochs(1)
    assert np.isnan(trainer.history.view()["val_loss"]).all()


@pytest.mark.parametrize("frequency", [1, 2, 3])
def test_validation_every_so_many_epochs_and_at_the_last(frequency: int) -> None:
    project = build(
        [layer(2, "linear")],
        normal_data(10, 2, 2),
        validation_split=0.3,
        validation_freq=frequency,
        epochs=7,
    )
    trainer = Trainer(project)
    trainer.run_epochs(7)
    history = trainer.history.view()
    measured = ~np.isnan(history["val_loss"])
    wanted = [epoch % frequency == 0 or epoch == 7 for epoch in range(1, 8)]
    assert measured.tolist() == wanted
    assert not np.isnan(history.loss).any()


def test_a_part_larger_than_one_pass_is_evaluated_whole() -> None:
    """Neither twice nor not at all: the rows behind the last full pass are taken by themselves."""
    count = EVALUATION_ROWS + 5
    inputs = np.arange(count, dtype=float)[:, None] / count
    own = layer(1, "linear", W=[[1]], b=[0])
    trainer = Trainer(build([own], (inputs, np.zeros((count, 1))), "mse"))
    found = trainer.evaluate()
    np.testing.assert_allclose(found.outputs, inputs)
    assert found.loss == pytest.approx((inputs**2).mean(), rel=1e-12)


# --- float32 -------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(seed=st.integers(0, 100), optimizer=st.sampled_from(["sgd", "adam", "rmsprop", "nadam"]))
def test_float32_is_close_to_float64(seed: int, optimizer: str) -> None:
    layers = [layer(5, "tanh"), layer(4, "sigmoid", inputs_from=[0, 1]), layer(2, "linear")]
    fields = {"name": optimizer, "learning_rate": 0.01}
    project = build(layers, normal_data(12, 3, 2), optimizer=fields, batch_size=4, seed=seed)
    short, long = (Trainer(with_training(project, precision=f"float{n}")) for n in (32, 64))
    for trainer in (short, long):
        trainer.run_epochs(3)
    assert short.network.theta.dtype == np.float32
    assert long.network.theta.dtype == np.float64
    np.testing.assert_allclose(short.network.theta, long.network.theta, rtol=2e-3, atol=2e-4)
    assert (short.network.theta != long.network.theta).any()
    losses = [trainer.history.view().loss for trainer in (short, long)]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)


def test_precision_changed_in_the_middle_keeps_what_was_learned() -> None:
    project = everything()
    trainer = Trainer(project)
    trainer.run_epochs(2)
    theta, moving = (own.copy() for own in trainer.parameters())
    for precision in ("float32", "float64"):
        trainer.change(with_training(project, precision=precision))
        assert trainer.network.theta.dtype == trainer.network.moving.dtype == precision
        np.testing.assert_allclose(trainer.network.theta, theta, rtol=1e-7)
        np.testing.assert_allclose(trainer.network.moving, moving, rtol=1e-7)
        trace = trainer.trace_iteration()
        assert trace.theta_after.dtype == precision
        trainer.restore((theta, moving))


CERTAIN = [
    ("softmax", "binary_crossentropy", [[40], [-40]]),
    ("softmax", "mse", [[200], [-200]]),
    ("softmax", "categorical_crossentropy", [[200], [-200]]),
    ("sigmoid", "categorical_crossentropy", [[200], [-200]]),
    ("sigmoid", "binary_crossentropy", [[200], [-200]]),
]


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize(("activation", "loss", "W"), CERTAIN)
def test_a_network_that_is_quite_certain_has_a_finite_loss(
    activation: str, loss: str, W: Any, right: bool, precision: str
) -> None:
    """Probabilities that round to exactly 0 and 1 are no divergence, least of all when right."""
    targets = np.eye(2) if right else np.eye(2)[::-1]
    own = layer(2, activation, W=W, b=[0, 0])
    project = build([own], ([[1], [-1]], targets), loss, optimizer=1e-6, precision=precision)
    trainer = Trainer(project)
    found = trainer.evaluate().loss
    assert math.isfinite(found)
    assert found < 1e-6 if right else found > 0.5
    if right:
        trainer.run_epochs(2)
        assert trainer.epoch == 2


@pytest.mark.parametrize(
    "activation", ["sigmoid", "tanh", "softplus", "silu", "gelu", "elu", "selu"]
)
def test_far_out_every_activation_is_finite_in_float32(activation: str) -> None:
    layers = [layer(4, activation, W=[[1], [10], [-10], [0.5]], b=[0] * 4), layer(1, "linear")]
    data = ([[90], [-90], [9], [0]], [[0]] * 4)
    trainer = Trainer(build(layers, data, optimizer=1e-12, precision="float32", batch_size=4))
    trace = trainer.trace_iteration()
    assert np.isfinite(trace.activation[0]).all() and np.isfinite(trace.gradient).all()
    double = Trainer(build(layers, data, optimizer=1e-12, batch_size=4)).trace_iteration()
    np.testing.assert_allclose(trace.activation[0], double.activation[0], rtol=1e-5, atol=1e-37)
    np.testing.assert_allclose(trace.gradient, double.gradient, rtol=1e-4, atol=1e-6)
