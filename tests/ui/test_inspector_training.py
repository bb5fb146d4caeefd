"""Every setting of the training, through the inspector, while the network trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hands import Hands, circles, single_layer
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.callbacks import (
    CSVLoggerSpec,
    EarlyStoppingSpec,
    LearningRateSchedulerSpec,
    ModelCheckpointSpec,
    ReduceLROnPlateauSpec,
)
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project, load_project
from simulator.rules import RULES
from simulator.schedules import SCHEDULES
from simulator.snapshot import RunState
from ui.main_window import MainWindow

Read = Callable[[Project], Any]


@pytest.fixture
def hands(qtbot: QtBot, window: MainWindow) -> Hands:
    """Hands on a window that trains on generated data, with all groups open."""
    hands = Hands(qtbot, window)
    hands.open(circles())
    hands.open_groups()
    hands.run()
    return hands


SETTINGS: dict[str, list[tuple[str, Any, Read]]] = {
    "Training": [
        ("Learning rate", 0.03, lambda p: p.optimizer.learning_rate),
        ("Mini-batch", 7, lambda p: p.training.batch_size),
        ("Epochs", 70_000, lambda p: p.training.epochs),
        ("Seed", 11, lambda p: p.training.seed),
        ("Shuffle", False, lambda p: p.training.shuffle),
        ("Loss", "mse", lambda p: p.loss),
    ],
    "Clipping": [
        ("clipvalue", 0.5, lambda p: p.optimizer.clipping.clipvalue),
        ("clipnorm", 1.5, lambda p: p.optimizer.clipping.clipnorm),
        ("global_clipnorm", 2.5, lambda p: p.optimizer.clipping.global_clipnorm),
    ],
    "Stop": [
        ("Stop at loss", 1e-9, lambda p: p.training.stop.loss),
        ("Stop at accuracy", 1.0, lambda p: p.training.stop.accuracy),
        ("Stop at weight_change", 1e-12, lambda p: p.training.stop.weight_change),
    ],
    "Data": [
        ("Samples", 30, lambda p: p.data.generated.samples),
        ("Data noise", 0.8, lambda p: p.data.generated.noise),
        ("Data seed", 5, lambda p: p.data.generated.seed),
        ("Generator", "moons", lambda p: p.data.generated.name),
        ("Validation share", 0.25, lambda p: p.training.split.validation),
        ("Test share", 0.25, lambda p: p.training.split.test),
        ("Scaling", "standardize", lambda p: p.training.scaling),
        ("Scaling", "min_max", lambda p: p.training.scaling),
        ("Flip probability", 0.1, lambda p: p.training.augmentation.flip_probability),
        ("Validation frequency", 3, lambda p: p.training.validation_freq),
        ("Precision", "float32", lambda p: p.training.precision),
    ],
    "Inputs": [
        ("Input dropout", 0.2, lambda p: p.network.input_dropout_rate),
        ("Input noise", 0.15, lambda p: p.network.input_noise),
    ],
}


@pytest.mark.parametrize("group", SETTINGS)
def test_every_setting_changes_while_training_and_is_undone(hands: Hands, group: str) -> None:
    for name, value, read in SETTINGS[group]:
        assert read(hands.project) != value, name
        hands.change(name, value)
        assert read(hands.project) == value, name


OTHER_OPTIMIZERS = [name for name in OPTIMIZERS if name != "sgd"]


@pytest.mark.parametrize("name", OTHER_OPTIMIZERS)
def test_every_optimizer_with_its_parameters(hands: Hands, name: str) -> None:
    hands.change("Optimizer", name)
    assert hands.project.optimizer.name == name
    every = {own for kind in OPTIMIZERS.values() for own in kind.defaults}
    own = OPTIMIZERS[name].defaults
    assert {own for own in every if not hands.hidden(f"Optimizer {own}")} == set(own)
    for parameter, default in own.items():
        assert hands.seen(f"Optimizer {parameter}") == default
        hands.act(f"Optimizer {parameter}", default / 2)
    assert dict(hands.project.optimizer.parameters) == {key: own[key] / 2 for key in own}
    hands.goes_on()
    for parameter in reversed(own):
        hands.undo()
        assert hands.seen(f"Optimizer {parameter}") == own[parameter]
    assert hands.project.optimizer.parameters == ()


@pytest.mark.parametrize("name", [name for name in SCHEDULES if name != "constant"])
def test_every_schedule_with_its_parameters(hands: Hands, name: str) -> None:
    hands.change("Schedule warmup_steps", 300)
    hands.change("Schedule", name)
    assert hands.project.optimizer.schedule.name == name
    for parameter, default in SCHEDULES[name].defaults.items():
        assert hands.seen(f"Schedule {parameter}") == default
        hands.change(f"Schedule {parameter}", default / 2 if default else 0.1)
    given = dict(hands.project.optimizer.schedule.parameters)
    assert set(given) == {*SCHEDULES[name].defaults, "warmup_steps"}
    assert given["warmup_steps"] == 300.0
    assert hands.hidden("Schedule alpha") is (name != "cosine_decay")


def test_a_schedule_lowers_the_rate_of_the_next_updates(hands: Hands) -> None:
    hands.act("Schedule", "exponential_decay")
    hands.act("Schedule decay_steps", 5)
    session = hands.session
    hands.qtbot.waitUntil(lambda: session.snapshot.trace.learning_rate < 0.09, timeout=10_000)


def test_the_delta_of_huber(hands: Hands) -> None:
    assert hands.hidden("Loss delta")
    hands.act("Loss", "huber")
    hands.change("Loss delta", 0.5)
    assert hands.project.loss_parameters == (("delta", 0.5),)


def test_classic_dropout_of_the_inputs(hands: Hands) -> None:
    assert hands.hidden("Input dropout style")
    hands.act("Input dropout", 0.2)
    hands.change("Input dropout style", "classic")
    assert hands.project.network.input_dropout_style == "classic"


def test_how_the_samples_are_split(hands: Hands) -> None:
    assert hands.hidden("Stratify") and hands.hidden("Split seed")
    hands.act("Validation share", 0.25)
    hands.change("Split seed", 9)
    hands.change("Stratify", False)
    split = hands.project.training.split
    assert (split.validation, split.stratify) == (0.25, False)
    assert hands.project.training.split_seed == 9
    assert len(hands.project.prepared.validation) == 20


def test_generated_data_grow_and_shrink_while_training(hands: Hands) -> None:
    weights = hands.session.snapshot.spec
    for samples in (200, 3):
        hands.act("Samples", samples)
        assert len(hands.project.data) == 2 * samples
        hands.goes_on()
    assert hands.project.network == weights
    assert hands.seen("Mini-batch") == 6
    assert hands.project.training.batch_size == 10


def test_data_shrink_while_an_iteration_is_laid_open(hands: Hands) -> None:
    hands.pause()
    for _ in range(4):
        QTest.keyClick(hands.window, Qt.Key.Key_PageDown)
    hands.qtbot.waitUntil(lambda: hands.session.snapshot.cursor == 3)
    hands.act("Samples", 2)
    hands.qtbot.waitUntil(lambda: hands.session.snapshot.cursor is None)
    QTest.keyClick(hands.window, Qt.Key.Key_PageDown)
    hands.qtbot.waitUntil(lambda: hands.session.snapshot.cursor == 0)
    assert hands.session.snapshot.trace.samples.max() < 4


CALLBACKS = {
    "Early stopping": (
        EarlyStoppingSpec,
        {"patience": 50_000, "monitor": "accuracy", "min_delta": 0.01,
         "restore_best_weights": False},
    ),
    "Plateau": (
        ReduceLROnPlateauSpec,
        {"monitor": "accuracy", "factor": 0.5, "patience": 50_000, "min_delta": 0.01,
         "cooldown": 2, "min_lr": 0.001},
    ),
    "Checkpoint": (
        ModelCheckpointSpec,
        {"file": "epoch-{epoch}.npz", "monitor": "accuracy", "save_best_only": False,
         "save_freq": 50_000},
    ),
    "CSV log": (CSVLoggerSpec, {"file": "curves.csv"}),
}  # fmt: skip


@pytest.mark.parametrize("title", CALLBACKS)
def test_every_callback_with_its_fields(hands: Hands, title: str) -> None:
    kind, fields = CALLBACKS[title]
    # Every epoch is a little better than the one before: nothing stops by itself.
    training = {"epochs": 10**6, "batch_size": 80}
    hands.open(circles(training=training, optimizer={"learning_rate": 1e-4}))
    hands.run()
    assert all(hands.hidden(f"{title} {field}") for field in fields)
    hands.change(title, True)
    for field, value in fields.items():
        hands.change(f"{title} {field}", value)
    assert hands.project.training.callbacks == (kind(**fields),)
    hands.act(title, False)
    assert hands.project.training.callbacks == ()
    hands.goes_on()


def test_the_rates_of_epochs(hands: Hands) -> None:
    hands.change("Rate by epoch", True)
    hands.change("Rate by epoch rates", "100000: 0.05, 200000: 0.001")
    (own,) = hands.project.training.callbacks
    assert own == LearningRateSchedulerSpec(rates=((100_000, 0.05), (200_000, 0.001)))
    hands.refuse("Rate by epoch rates", "soon: less", "epoch: rate")
    hands.refuse("Rate by epoch rates", "5: -1", "epoch: rate")


def test_callbacks_of_a_file_survive_the_editing_of_others(hands: Hands) -> None:
    rates = {"name": "learning_rate_scheduler", "rates": [[90_000, 0.01]]}
    second = {"name": "early_stopping", "monitor": "accuracy", "patience": 10**8}
    first = {**second, "monitor": "loss"}
    training = {"epochs": 10**6, "batch_size": 10, "callbacks": [first, rates, second]}
    hands.open(circles(training=training))
    given = hands.project.training.callbacks
    hands.act("CSV log", True)
    hands.act("Early stopping patience", 10**7)
    changed = EarlyStoppingSpec(monitor="loss", patience=10**7)
    after = hands.project.training.callbacks
    assert set(after) == {changed, *given[1:], CSVLoggerSpec()}
    assert after.index(changed) < after.index(given[2])


def test_early_stopping_ends_the_training_that_runs(hands: Hands) -> None:
    hands.pause()
    hands.act("Early stopping", True)
    hands.act("Early stopping min_delta", 1000)
    hands.act("Early stopping patience", 3)
    QTest.keyClick(hands.window, Qt.Key.Key_F5)
    hands.qtbot.waitUntil(lambda: hands.session.state is RunState.FINISHED, timeout=10_000)
    assert "Early stopping" in hands.session.snapshot.message


def test_a_callback_watches_validation_where_there_is_some(hands: Hands) -> None:
    hands.act("Validation share", 0.25)
    hands.act("Early stopping", True)
    assert hands.seen("Early stopping monitor") == "val_loss"
    hands.refuse("Validation share", 0, "no samples are kept for validation")


def test_what_cannot_be_is_a_sentence_and_the_old_value(hands: Hands) -> None:
    for name, value, sentence in (
        ("Rule", "perceptron", "trains a single layer"),
        ("Validation share", 0.999, "No sample"),
        ("Generator", "sine", "has 1 input and 1 output, but the network has 2 and 1"),
        ("Generator", "three_blobs", "has 2 inputs and 3 outputs"),
    ):
        hands.refuse(name, value, sentence)
        hands.goes_on()


def test_a_callback_refuses_what_it_cannot_watch_or_write(hands: Hands) -> None:
    hands.act("Checkpoint", True)
    hands.refuse("Checkpoint monitor", "val_loss", "no samples are kept for validation")
    for file in ("up/there.npz", "", ".."):
        hands.refuse("Checkpoint file", file, "file name")
    hands.goes_on()


def test_every_rule_trains_a_single_layer(hands: Hands) -> None:
    hands.open(single_layer())
    hands.run()
    for rule in (*list(RULES)[1:], next(iter(RULES))):
        hands.change("Rule", rule)
        assert hands.project.training.rule == rule
        activation = hands.project.network.layer(1).activation
        if rule in ("perceptron", "mcculloch_pitts"):
            assert activation == "step"
        elif rule in ("backpropagation", "delta_rule"):
            assert activation == "sigmoid"


def test_pictures_are_shifted_no_farther_than_they_are_large(hands: Hands) -> None:
    assert hands.hidden("Shift")
    hands.open(load_project("digits-5x5").with_epochs(10**6))
    hands.run()
    hands.change("Shift", 2)
    assert hands.project.training.augmentation.shift == 2
    assert hands.control("Shift").maximum() == 5
    assert hands.hidden("Generator") and hands.hidden("Samples") and hands.hidden("Data noise")


def test_data_without_noise_or_size_have_no_rows_for_them(hands: Hands) -> None:
    network = {"inputs": 3, "layers": [{"units": 1, "activation": "sigmoid"}]}
    hands.open(circles(network=network, data={"generator": "four_samples"}))
    assert hands.seen("Generator") == "four_samples"
    assert hands.hidden("Samples") and hands.hidden("Data noise") and hands.hidden("Data seed")
