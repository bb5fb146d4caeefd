"""Fields beyond the first ones: what is good is read, all else is a sentence that names it."""

from __future__ import annotations

import copy
import json
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_project_reader import SCALARS, load_or_refuse, places, refused, sentence, set_at

from simulator.callbacks import (
    CSVLoggerSpec,
    EarlyStoppingSpec,
    LearningRateSchedulerSpec,
    ModelCheckpointSpec,
    ReduceLROnPlateauSpec,
)
from simulator.clipping import ClippingSpec
from simulator.data.augmentation import AugmentationSpec
from simulator.data.splits import SplitSpec
from simulator.divergence import DivergenceError
from simulator.optimizers import OPTIMIZERS
from simulator.project import ProjectError, project_from_value
from simulator.project.model import StopSpec
from simulator.project.reader import project_from_json
from simulator.regularizers import RegularizerSpec
from simulator.schedules import SCHEDULES, ScheduleSpec, schedule_parameters
from simulator.spec import BatchNormalizationSpec
from simulator.trainer import Trainer

RICH: dict[str, Any] = {
    "network": {
        "inputs": 4,
        "input_dropout": {"rate": 0.1, "style": "classic"},
        "input_noise": 0.2,
        "layers": [
            {
                "units": 3,
                "activation": ["tanh", "elu", {"name": "leaky_relu", "negative_slope": 0.3}],
                "dropout": {"rate": 0.25, "style": "classic"},
                "noise": 0.5,
                "regularizer": {"name": "elastic_net", "lambda": 0.1, "beta": 2, "biases": True},
                "max_norm": 3,
                "links": [[1, 0, 1, 1], [1, 1, 1, 1], [0, 0, 0, 1]],
                "frozen": {"W": [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], "b": [0, 1, 0]},
                "initializer": {"name": "random_normal", "mean": 0.1, "stddev": 0.2},
            },
            {
                "units": 2,
                "activation": "softmax",
                "inputs_from": [0, 1],
                "batch_normalization": {"momentum": 0.9, "epsilon": 0.01},
                "trainable": False,
                "bias": False,
            },
        ],
    },
    "loss": {"name": "huber", "delta": 2},
    "optimizer": {
        "name": "adamw",
        "learning_rate": 0.05,
        "beta_1": 0.8,
        "beta_2": 0.9,
        "epsilon": 1e-6,
        "weight_decay": 0.01,
        "schedule": {
            "name": "cosine_decay",
            "decay_steps": 50,
            "alpha": 0.1,
            "warmup_steps": 3,
        },
        "clipvalue": 0.5,
        "clipnorm": 1,
        "global_clipnorm": 2,
    },
    "training": {
        "epochs": 7,
        "batch_size": 2,
        "rule": "backpropagation",
        "precision": "float32",
        "validation_split": 0.25,
        "test_split": 0.1,
        "stratify": False,
        "split_seed": 5,
        "scaling": "min_max",
        "augmentation": {"flip_probability": 0.1, "shift": 1},
        "validation_freq": 2,
        "stop": {"loss": 0.01, "accuracy": 1, "weight_change": 0},
        "callbacks": [
            {
                "name": "early_stopping",
                "monitor": "val_loss",
                "min_delta": 0.1,
                "patience": 3,
                "restore_best_weights": False,
            },
            {
                "name": "reduce_lr_on_plateau",
                "monitor": "accuracy",
                "factor": 0.5,
                "patience": 2,
                "min_delta": 0,
                "cooldown": 1,
                "min_lr": 0.001,
            },
            {"name": "learning_rate_scheduler", "rates": [[2, 0.5], {"epoch": 4, "rate": 0.1}]},
            {
                "name": "model_checkpoint",
                "file": "a{epoch}.npz",
                "monitor": "loss",
                "save_best_only": False,
                "save_freq": 2,
            },
            {"name": "csv_logger", "file": "log.csv"},
        ],
    },
    "data": {
        "inputs": [[n, n % 3, n % 5, 1] for n in range(12)],
        "labels": ["a", "b"] * 6,
        "picture": {"rows": 2, "columns": 2, "order": "row"},
    },
}


def rich() -> dict[str, Any]:
    return copy.deepcopy(RICH)


def test_every_new_field_is_read() -> None:
    project = project_from_json(json.dumps(RICH).encode())
    network, training, optimizer = project.network, project.training, project.optimizer
    assert (network.input_dropout_rate, network.input_dropout_style) == (0.1, "classic")
    assert network.input_noise == 0.2
    first, second = network.layers
    assert first.neuron_activations == (
        *(("tanh", ()), ("elu", ())),
        ("leaky_relu", (("negative_slope", 0.3),)),
    )
    assert (first.noise, first.max_norm, first.trainable) == (0.5, 3.0, True)
    assert first.regularizer == RegularizerSpec("elastic_net", 0.1, 2.0, True)
    assert first.initializer_parameters == (("mean", 0.1), ("stddev", 0.2))
    assert (second.sources, second.trainable) == ((0, 1), False)
    assert second.batch_normalization == BatchNormalizationSpec(0.9, 0.01)
    given_ = project.parameters[0]
    assert given_.links.tolist() == RICH["network"]["layers"][0]["links"]
    assert given_.frozen_W.tolist() == RICH["network"]["layers"][0]["frozen"]["W"]
    assert given_.frozen_b.tolist() == [0, 1, 0]
    assert project.loss_parameters == (("delta", 2.0),)
    assert dict(optimizer.parameters) == {
        **{"weight_decay": 0.01, "beta_1": 0.8, "beta_2": 0.9},
        "epsilon": 1e-6,
    }
    assert optimizer.schedule.name == "cosine_decay"
    assert dict(optimizer.schedule.parameters) == {
        **{"decay_steps": 50, "alpha": 0.1},
        "warmup_steps": 3,
    }
    assert optimizer.clipping == ClippingSpec(0.5, 1.0, 2.0)
    assert (training.rule, training.precision) == ("backpropagation", "float32")
    assert (training.split, training.split_seed) == (SplitSpec(0.25, 0.1, False), 5)
    assert (training.scaling, training.validation_freq) == ("min_max", 2)
    assert training.augmentation == AugmentationSpec(0.1, 1)
    assert training.stop == StopSpec(0.01, 1.0, 0.0)
    assert training.callbacks == (
        EarlyStoppingSpec("val_loss", 0.1, 3, False),
        ReduceLROnPlateauSpec("accuracy", 0.5, 2, 0.0, 1, 0.001),
        LearningRateSchedulerSpec(((2, 0.5), (4, 0.1))),
        ModelCheckpointSpec("a{epoch}.npz", "loss", False, 2),
        CSVLoggerSpec("log.csv"),
    )
    trainer = Trainer(project)
    trainer.run_iterations(20)
    assert trainer.iteration == 20


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_is_read_by_name_and_with_its_parameters(name: str) -> None:
    for value in (name, {"name": name}):
        project = project_from_value(set_at(rich(), "optimizer.schedule", value))
        assert project.optimizer.schedule == ScheduleSpec(name)
    parameters = dict.fromkeys(schedule_parameters(name), 1.0)
    project = project_from_value(set_at(rich(), "optimizer.schedule", {"name": name, **parameters}))
    assert dict(project.optimizer.schedule.parameters) == parameters


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_parameter_of_an_optimizer_is_read(name: str) -> None:
    parameters = dict.fromkeys(OPTIMIZERS[name].defaults, 0.5)
    project = project_from_value(set_at(rich(), "optimizer", {"name": name, **parameters}))
    assert dict(project.optimizer.parameters) == parameters


# --- what is refused -----------------------------------------------------------------------------

HUGE = 10**400
NO_NUMBERS: tuple[Any, ...] = (None, True, "1", [], {}, [1], HUGE)
FROM_0: tuple[Any, ...] = (*NO_NUMBERS, -1, -1e-300)
ABOVE_0: tuple[Any, ...] = (*FROM_0, 0)
SHARE: tuple[Any, ...] = (*FROM_0, 1, 1.5)
NO_FLAG: tuple[Any, ...] = (None, 0, 1, "true", [], {})
NO_WORD: tuple[Any, ...] = (None, 1, True, "", "nonsense", [], {})
COUNT: tuple[Any, ...] = (*NO_NUMBERS, 0, -1, 1.5)
FIRST, SECOND = "network.layers.0", "network.layers.1"
REGULARIZER, NORMALIZATION = f"{FIRST}.regularizer", f"{SECOND}.batch_normalization"
SCHEDULE = "optimizer.schedule"

WRONG: dict[str, tuple[Any, ...]] = {
    "network.input_dropout": (None, True, "1", [], HUGE, -1, 1),
    "network.input_dropout.rate": SHARE,
    "network.input_dropout.style": NO_WORD,
    "network.input_noise": FROM_0,
    f"{FIRST}.activation": ([], ["tanh"], ["tanh"] * 4, ["tanh", "tanh", "softmax"], [1, 2, 3]),
    f"{FIRST}.activation.2.negative_slope": NO_NUMBERS,
    f"{FIRST}.activation.2.name": NO_WORD,
    f"{FIRST}.noise": FROM_0,
    f"{FIRST}.max_norm": FROM_0,
    REGULARIZER: (None, 1, True, "", "l3", [], {}),
    f"{REGULARIZER}.name": NO_WORD,
    f"{REGULARIZER}.lambda": FROM_0,
    f"{REGULARIZER}.beta": FROM_0,
    f"{REGULARIZER}.biases": NO_FLAG,
    f"{FIRST}.links": (1, "1", [], [[1, 0, 1, 1]], [[1] * 4] * 4, [[1] * 3] * 3, [[2] * 4] * 3),
    f"{FIRST}.frozen": (1, "1", [], True, [[0]], {"w": []}, {"W": None}, {"b": [0.5, 0, 0]}),
    f"{FIRST}.frozen.W": (None, 1, [], [[0] * 4] * 2, [[0.5] * 4] * 3, [["0"] * 4] * 3),
    f"{FIRST}.frozen.b": (None, 1, [], [1], [2, 0, 0], [True, 0, 0], [HUGE, 0, 0]),
    f"{FIRST}.initializer.stddev": FROM_0,
    f"{SECOND}.trainable": NO_FLAG,
    f"{SECOND}.inputs_from": (0, "0", {}, [], [2], [-1], [0, 0], [1.0], [True], [None], [HUGE]),
    NORMALIZATION: (None, 0, 1, "yes", []),
    f"{NORMALIZATION}.momentum": SHARE,
    f"{NORMALIZATION}.epsilon": ABOVE_0,
    "loss.delta": ABOVE_0,
    "optimizer.beta_1": SHARE,
    "optimizer.beta_2": SHARE,
    "optimizer.epsilon": ABOVE_0,
    "optimizer.weight_decay": FROM_0,
    SCHEDULE: NO_WORD,
    f"{SCHEDULE}.name": NO_WORD,
    f"{SCHEDULE}.decay_steps": (*FROM_0, 0, 0.5),
    f"{SCHEDULE}.alpha": FROM_0,
    f"{SCHEDULE}.warmup_steps": FROM_0,
    "optimizer.clipvalue": FROM_0,
    "optimizer.clipnorm": FROM_0,
    "optimizer.global_clipnorm": FROM_0,
    "training.rule": NO_WORD,
    "training.precision": (*NO_WORD, "float16", "float", "double"),
    "training.validation_split": SHARE,
    "training.test_split": SHARE,
    "training.stratify": NO_FLAG,
    "training.split_seed": (None, True, "1", [], -1, 0.5, 2**63, HUGE),
    "training.scaling": NO_WORD,
    "training.augmentation": (None, 1, True, "shift", []),
    "training.augmentation.flip_probability": SHARE,
    "training.augmentation.shift": (None, True, "1", [], -1, 0.5, 1001, HUGE),
    "training.validation_freq": COUNT,
    "training.stop": (None, 1, True, "loss", []),
    "training.stop.loss": (True, "1", [], {}, -1, HUGE),
    "training.stop.accuracy": (True, "1", [], {}, -1, 1.1, HUGE),
    "training.stop.weight_change": (True, "1", [], {}, -1, HUGE),
}
CASES = [(path, value) for path, values in WRONG.items() for value in values]


@pytest.mark.parametrize(("path", "value"), CASES)
def test_a_wrong_field_is_refused_by_its_name(path: str, value: Any) -> None:
    said = refused(lambda: project_from_value(set_at(rich(), path, value)))
    names = [part for part in path.split(".") if not part.isdigit()]
    # A part of a field may be called by what it stands in: "layer 1: links".
    assert any(name in said for name in names[-2:]), said
    if path.startswith("network.layers"):
        assert f"layer {int(path.split('.')[2]) + 1}" in said


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e400", "-1e999"])
@pytest.mark.parametrize("path", [path for path in WRONG if FROM_0[-1] in WRONG[path]])
def test_what_is_not_finite_is_refused_as_text(path: str, word: str) -> None:
    text = json.dumps(set_at(rich(), path, "HERE")).replace('"HERE"', word)
    said = refused(lambda: project_from_json(text.encode()))
    assert "finite" in said or "range" in said or "NaN" in said


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("path", [path for path in WRONG if FROM_0[-1] in WRONG[path]])
def test_what_is_not_finite_is_refused_from_python(path: str, number: float) -> None:
    said = refused(lambda: project_from_value(set_at(rich(), path, number)))
    assert path.split(".")[-1] in said


OBJECTS = (
    *("", "network", FIRST, REGULARIZER, NORMALIZATION, "network.input_dropout"),
    *(f"{FIRST}.frozen", f"{FIRST}.activation.2", f"{FIRST}.initializer", "loss", "optimizer"),
    *(SCHEDULE, "training", "training.augmentation", "training.stop", "training.callbacks.0"),
    *("data", "data.picture"),
)


@pytest.mark.parametrize("place", OBJECTS)
def test_a_field_nobody_knows_is_refused_everywhere(place: str) -> None:
    value = rich()
    if place == "":
        value["rubbish"] = 1
    else:
        set_at(value, f"{place}.rubbish", 1)
    assert "rubbish" in refused(lambda: project_from_value(value))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"training.validation_split": 0.6, "training.test_split": 0.4}, ("100%", "training")),
        ({f"{SECOND}.inputs_from": [0]}, ("layer 1", "no other layer")),
        ({f"{FIRST}.activation": "step"}, ("layer 1", "slope")),
        ({"training.rule": "hebb"}, ("hebb", "single layer")),
        ({"training.validation_split": 0}, ("val_loss", "validation")),
        ({"data.labels": ["a"] * 11 + ["b"], "training.validation_split": 0.9}, ()),
        ({f"{SECOND}.frozen": {"b": [0, 0]}}, ("layer 2", "bias")),
        ({f"{SECOND}.b": [0, 0]}, ("layer 2", "bias")),
    ],
)
def test_parts_that_do_not_go_together_are_refused(
    changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    value = rich()
    for path, new in changes.items():
        set_at(value, path, new)
    said = refused(lambda: project_from_value(value))
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    "given_",
    [
        {"name": "random_uniform", "minval": -1.7e308, "maxval": 1.7e308},
        {"name": "random_normal", "mean": 1.7e308, "stddev": 1.7e308},
        {"name": "constant", "value": 1.7e308},
    ],
)
def test_start_weights_beyond_all_bounds_are_refused_or_diverge(given_: Any) -> None:
    """Never an OverflowError of NumPy's generator."""
    value = set_at(rich(), f"{FIRST}.initializer", given_)
    with warnings.catch_warnings(), pytest.raises((ProjectError, DivergenceError)):
        warnings.simplefilter("ignore")
        Trainer(project_from_value(value)).run_epochs(2)


# --- anything at all -----------------------------------------------------------------------------

PLACES = places(RICH)
NAMES = sorted({path[-1] for path in PLACES if isinstance(path[-1], str)})
NUMBERS = st.sampled_from([0, 1, -1, 0.5, 2, 3, 1e-300, 1e300, 1e308, 5e-324, 2**63, 10**299])
VALUES = st.recursive(
    SCALARS | NUMBERS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=600)
@given(st.data())
def test_any_mutation_is_read_or_refused_and_trains_or_diverges(data: st.DataObject) -> None:
    value = rich()
    for _ in range(data.draw(st.integers(1, 3))):
        now = places(value)
        if not now:
            break
        path = data.draw(st.sampled_from(now))
        parent: Any = value
        for name in path[:-1]:
            parent = parent[name]
        how = data.draw(st.sampled_from(["delete", "replace", "number", "copy", "add"]))
        if how == "delete":
            del parent[path[-1]]
        elif how == "add" and isinstance(parent, dict):
            parent[data.draw(st.sampled_from(NAMES))] = data.draw(VALUES)
        elif how == "copy":
            source: Any = RICH
            for name in data.draw(st.sampled_from(PLACES)):
                source = source[name]
            parent[path[-1]] = copy.deepcopy(source)
        else:
            parent[path[-1]] = data.draw(NUMBERS if how == "number" else VALUES)
    project = load_or_refuse(value)
    if project is None or project.network.parameter_count > 10_000:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            trainer = Trainer(project)
            trainer.run_epochs(2)
            trainer.evaluate("validation")
        except DivergenceError as error:
            sentence(error)
