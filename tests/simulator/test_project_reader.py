"""Project files: what is good is read as it stands, all else is refused with one sentence."""

from __future__ import annotations

import copy
import json
import math
import os
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import ROOT, reference
from test_golden_backprop import NAMES

from simulator.activations import ACTIVATIONS
from simulator.data import Picture
from simulator.divergence import DivergenceError
from simulator.initializers import INITIALIZERS
from simulator.losses import LOSSES
from simulator.project import (
    Project,
    ProjectError,
    builtin_projects,
    load_project,
    project_from_value,
)
from simulator.project.edits import set_links
from simulator.project.reader import project_from_json
from simulator.spec import LayerSpec
from simulator.trainer import Trainer

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such file names")
FULL: dict[str, Any] = {
    "version": 1,
    "name": "full",
    "title": "Everything",
    "about": "Every field there is.",
    "network": {
        "inputs": 4,
        "layers": [
            {
                "units": 3,
                "activation": "tanh",
                "bias": True,
                "initializer": "he_normal",
                "name": "first",
                "W": [[0.1, 0.2, 0.3, 0.4], [1, 2, 3, 4], [-1, -2, -3, -4.5]],
                "b": [0.5, 0, -0.5],
                "dropout": {
                    "rate": 0.25,
                    "style": "classic",
                    "mask": [[1, 0, 1], [1, 1, 1], [0, 0, 1]],
                },
            },
            {"units": 2, "activation": {"name": "softmax"}, "bias": False},
        ],
    },
    "loss": {"name": "categorical_crossentropy"},
    "optimizer": {"name": "sgd", "learning_rate": 0.05},
    "training": {"epochs": 7, "batch_size": 2, "shuffle": False, "seed": 12},
    "data": {
        "inputs": [[0, 1, 0, 1], [1, 0, 1, 0.5], [1, 1, -1, 0]],
        "targets": [[1, 0], [0, 1], [1, 0]],
        "classes": ["yes", "no"],
        "input_names": ["a", "b", "c", "d"],
        "picture": {"rows": 2, "columns": 2, "order": "row"},
    },
}


def full() -> dict[str, Any]:
    return copy.deepcopy(FULL)


def set_at(value: dict[str, Any], path: str, new: Any) -> dict[str, Any]:
    """``value`` with another entry at "network.layers.0.units"."""
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = value
    for part in way:
        place = place[part]
    place[last] = new
    return value


def sentence(error: BaseException) -> str:
    """The message, after making sure that it is one sentence a user can read."""
    message = str(error)
    assert message.endswith("."), message
    assert message.isprintable(), repr(message)
    assert len(message) < 500, len(message)
    for word in ("Traceback", "Error", "<class", "NoneType", "object at 0x"):
        assert word not in message, message
    return message


def refused(make: Callable[[], Any]) -> str:
    with pytest.raises(ProjectError) as caught:
        make()
    return sentence(caught.value)


# --- good projects -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", builtin_projects())
def test_builtin_projects_load_and_train(name: str) -> None:
    project = load_project(name)
    assert project.name == name
    assert project.title
    trainer = Trainer(project)
    trainer.run_epochs(1)
    assert trainer.epoch == 1


def test_the_builtin_projects_are_the_files_with_the_digits_first() -> None:
    names = builtin_projects()
    assert names[0] == "digits-5x5"
    assert {"digits-5x5", "xor", "noisy-xor", "four-samples", "perceptron-and"} <= set(names)
    assert len(set(names)) == len(names) >= 20
    assert {path.stem for path in (ROOT / "resources" / "projects").iterdir()} == set(names)


@pytest.mark.parametrize("name", NAMES)
def test_reference_projects_load(name: str) -> None:
    value = next(case["project"] for case in reference("backprop") if case["name"] == name)
    assert project_from_json(json.dumps(value).encode()).network.depth == len(
        value["network"]["layers"]
    )


def test_of_a_long_path_the_file_is_still_named(tmp_path: Path) -> None:
    missing = tmp_path / ("folder " * 20) / "mine.json"
    with pytest.raises(ProjectError, match=r"^“….*/mine\.json” is neither a file nor"):
        load_project(missing)


def test_every_field_is_read() -> None:
    project = project_from_json(json.dumps(FULL).encode())
    assert (project.name, project.title, project.about) == (
        "full",
        "Everything",
        "Every field there is.",
    )
    assert project.network.inputs == 4
    assert project.network.layers == (
        LayerSpec(3, "tanh", True, 0.25, "classic", "he_normal", "first"),
        LayerSpec(2, "softmax", False, 0.0, "inverted", "glorot_uniform", ""),
    )
    first, second = project.parameters
    layer = FULL["network"]["layers"][0]
    np.testing.assert_array_equal(first.W, layer["W"])
    np.testing.assert_array_equal(first.b, layer["b"])
    np.testing.assert_array_equal(first.mask, layer["dropout"]["mask"])
    assert second.W is second.b is second.mask is None
    assert project.loss == "categorical_crossentropy"
    assert (project.optimizer.name, project.optimizer.learning_rate) == ("sgd", 0.05)
    training = project.training
    assert (training.epochs, training.batch_size, training.seed) == (7, 2, 12)
    assert training.shuffle is False
    np.testing.assert_array_equal(project.data.inputs, FULL["data"]["inputs"])
    np.testing.assert_array_equal(project.data.targets, FULL["data"]["targets"])
    assert project.data.classes == ("yes", "no")
    assert project.data.input_names == ("a", "b", "c", "d")
    assert project.data.picture == Picture(2, 2, "row")
    network = Trainer(project).network
    np.testing.assert_array_equal(network.W[0], layer["W"])
    np.testing.assert_array_equal(network.b[0], layer["b"])


def test_what_is_left_out_has_a_default() -> None:
    project = project_from_value(
        {
            "network": {"inputs": 2, "layers": [{"units": 1, "activation": "linear"}]},
            "loss": "mse",
            "data": "or",
        },
        name="mine",
    )
    assert (project.name, project.title, project.about) == ("mine", "", "")
    assert project.network.layers == (LayerSpec(1, "linear", True, 0.0, "inverted"),)
    assert (project.training.batch_size, project.training.shuffle) == (1, True)
    assert (project.training.epochs, project.training.seed) == (500, 0)
    assert project.optimizer.learning_rate == 0.01


@pytest.mark.parametrize(
    ("dropout", "rate", "style"),
    [
        (0, 0.0, "inverted"),
        (0.3, 0.3, "inverted"),
        ({}, 0.0, "inverted"),
        ({"rate": 0.3}, 0.3, "inverted"),
        ({"rate": 0.3, "style": "classic"}, 0.3, "classic"),
        ({"rate": 0.3, "mask": None}, 0.3, "inverted"),
        ({"rate": 0.9999}, 0.9999, "inverted"),
    ],
)
def test_forms_of_dropout(dropout: Any, rate: float, style: str) -> None:
    layer = project_from_value(set_at(full(), "network.layers.0.dropout", dropout)).network.layer(1)
    assert (layer.dropout_rate, layer.dropout_style) == (rate, style)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(
            ("network.layers.0.activation", name)
            for name, own in ACTIVATIONS.items()
            if own.differentiable
        ),
        *(("network.layers.0.initializer", name) for name in INITIALIZERS),
        *(("loss", name) for name in LOSSES),
        ("version", 1.0),
        ("network.layers.0.units", 3.0),
        ("training.seed", 2**63 - 1),
        ("training.epochs", 10**9),
        ("training.batch_size", 100),
        ("optimizer.learning_rate", 5e-324),
        ("optimizer.learning_rate", 1e308),
        ("optimizer.learning_rate", 3),
        ("data.classes", [1, 2]),
        ("data.picture", None),
        ("data.picture.order", "column"),
        ("name", "Ünïcode − ✓ 𝛿"),
        ("title", "<img src=x>"),
    ],
)
def test_what_is_allowed(path: str, value: Any) -> None:
    project = project_from_json(json.dumps(set_at(full(), path, value)).encode())
    if path == "training.batch_size":
        assert (project.batch_size, project.iterations_per_epoch) == (3, 1)
    if path in ("name", "title"):
        assert getattr(project, path) == value


def test_the_example_of_the_readme_loads() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    example = text.split("## Project files")[1].split("```json\n")[1].split("```")[0]
    project = project_from_json(example.encode())
    assert project.name == "xor"
    Trainer(project).run_epochs(3)


def test_a_project_is_loaded_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    without = full()
    del without["name"]
    path.write_text(json.dumps(without), "utf-8")
    for source in (path, str(path)):
        assert load_project(source).name == "mine"


@LINUX
@pytest.mark.parametrize("stem", ["a" * 240, "line\nbreak", os.fsdecode(b"\xff\xfe")])
def test_the_name_of_a_file_is_no_reason_to_refuse_it(tmp_path: Path, stem: str) -> None:
    path = tmp_path / f"{stem}.json"
    without = full()
    del without["name"]
    path.write_text(json.dumps(without), "utf-8")
    name = load_project(path).name
    assert name.isprintable() and len(name) <= 200


# --- fields that are wrong -----------------------------------------------------------------------

DELETE = object()
BAD: dict[str, tuple[str, Any, tuple[str, ...]]] = {
    # id: path, new value, what the sentence must say (field, what is allowed or found)
    "activation unknown": (
        "network.layers.1.activation",
        "foo",
        ("layer 2: activation", "“foo”", "softmax"),
    ),
    "activation dunder": ("network.layers.0.activation", "__class__", ("layer 1: activation",)),
    "activation number": ("network.layers.0.activation", 3, ("layer 1: activation", "tanh")),
    "activation null": ("network.layers.0.activation", None, ("layer 1: activation", "tanh")),
    "activation object": ("network.layers.0.activation", {"name": "foo"}, ("activation", "“foo”")),
    "activation extra": (
        "network.layers.1.activation",
        {"name": "relu", "alpha": 1},
        ("layer 2: activation", "alpha", "name"),
    ),
    "activation missing": ("network.layers.0.activation", DELETE, ("layer 1: activation", "miss")),
    "loss unknown": ("loss", "foo", ("loss", "“foo”", "mse")),
    "loss list": ("loss", ["mse"], ("loss", "mse")),
    "loss missing": ("loss", DELETE, ("loss", "missing")),
    "optimizer unknown": ("optimizer.name", "adamant", ("optimizer.name", "“adamant”", "sgd")),
    "optimizer text": ("optimizer", "sgd", ("optimizer", "“sgd”")),
    "rate text": ("optimizer.learning_rate", "fast", ("learning_rate", "number", "“fast”")),
    "rate true": ("optimizer.learning_rate", True, ("learning_rate", "number", "true")),
    "rate negative": ("optimizer.learning_rate", -1, ("learning_rate", "above 0", "-1")),
    "rate 0": ("optimizer.learning_rate", 0, ("learning_rate", "above 0", "0")),
    "rate -0.0": ("optimizer.learning_rate", -0.0, ("learning_rate", "above 0")),
    "rate null": ("optimizer.learning_rate", None, ("learning_rate", "null")),
    "rate list": ("optimizer.learning_rate", [0.1], ("learning_rate", "number")),
    "units 0": ("network.layers.1.units", 0, ("layer 2: units", "1", "found 0")),
    "units -5": ("network.layers.1.units", -5, ("layer 2: units", "1", "-5")),
    "units 2.5": ("network.layers.1.units", 2.5, ("layer 2: units", "whole number", "2.5")),
    "units 1e9": ("network.layers.1.units", 10**9, ("layer 2: units", "100,000")),
    "units 1e300": ("network.layers.1.units", 1e300, ("layer 2: units", "100,000")),
    "units huge": ("network.layers.1.units", 10**299, ("layer 2: units", "100,000")),
    "units text": ("network.layers.1.units", "8", ("layer 2: units", "whole number", "“8”")),
    "units true": ("network.layers.1.units", True, ("layer 2: units", "whole number", "true")),
    "units missing": ("network.layers.1.units", DELETE, ("layer 2: units", "missing")),
    "inputs 0": ("network.inputs", 0, ("network.inputs", "1")),
    "inputs do not fit": ("network.inputs", 5, ("network.inputs", "data.inputs")),
    "inputs missing": ("network.inputs", DELETE, ("network.inputs", "missing")),
    "bias text": ("network.layers.0.bias", "yes", ("layer 1: bias", "true or false", "“yes”")),
    "bias 1": ("network.layers.0.bias", 1, ("layer 1: bias", "true or false")),
    "initializer unknown": ("network.layers.0.initializer", "x", ("initializer", "he_normal")),
    "layer name 201": ("network.layers.0.name", "x" * 201, ("layer 1: name", "200")),
    "layer null": ("network.layers.0", None, ("layer 1", "object", "null")),
    "layer unknown field": (
        "network.layers.0.neurons",
        3,
        ("layer 1: neurons", "not known", "units"),
    ),
    "layers empty": ("network.layers", [], ("network.layers", "1", "100")),
    "layers object": ("network.layers", {}, ("network.layers", "list")),
    "layers missing": ("network.layers", DELETE, ("network.layers", "missing")),
    "layers 10000": (
        "network.layers",
        [{"units": 2, "activation": "relu"}] * 10_000,
        ("network.layers", "10,000", "100"),
    ),
    "network missing": ("network", DELETE, ("network", "missing")),
    "network text": ("network", "mlp", ("network", "object", "“mlp”")),
    "network list": ("network", [], ("network", "object")),
    "W rows": ("network.layers.0.W", [[1, 2, 3, 4]] * 2, ("layer 1: W", "2 × 4", "3 × 4")),
    "W columns": ("network.layers.0.W", [[1, 2, 3]] * 3, ("layer 1: W", "3 × 3", "3 × 4")),
    "W flat": ("network.layers.0.W", [1, 2, 3], ("layer 1: W", "3 × 4")),
    "W ragged": ("network.layers.0.W", [[1, 2, 3, 4], [1], [1, 2]], ("layer 1: W", "equally")),
    "W text": ("network.layers.0.W", [["a"] * 4] * 3, ("layer 1: W", "numbers")),
    "W true": ("network.layers.0.W", [[True] * 4] * 3, ("layer 1: W", "numbers")),
    "W null": ("network.layers.0.W", [[None] * 4] * 3, ("layer 1: W", "numbers")),
    "W deeper": ("network.layers.0.W", [[[1]] * 4] * 3, ("layer 1: W", "numbers")),
    "W empty": ("network.layers.0.W", [], ("layer 1: W", "3 × 4")),
    "W number": ("network.layers.0.W", 1, ("layer 1: W", "3 × 4")),
    "b length": ("network.layers.0.b", [1, 2], ("layer 1: b", "2", "3")),
    "b nested": ("network.layers.0.b", [[1, 2, 3]], ("layer 1: b", "3")),
    "b number": ("network.layers.0.b", 0, ("layer 1: b", "3")),
    "b without bias": ("network.layers.1.b", [1, 2], ("layer 2: b", "bias")),
    "dropout 1": ("network.layers.1.dropout", 1.0, ("layer 2: dropout", "below 1")),
    "dropout -0.1": ("network.layers.1.dropout", -0.1, ("layer 2: dropout", "from 0")),
    "dropout true": ("network.layers.1.dropout", True, ("layer 2: dropout", "number")),
    "dropout text": ("network.layers.1.dropout", "half", ("layer 2: dropout", "number", "half")),
    "dropout null": ("network.layers.1.dropout", None, ("layer 2: dropout", "null")),
    "dropout rate 1": ("network.layers.0.dropout.rate", 1, ("dropout.rate", "below 1")),
    "dropout style": ("network.layers.0.dropout.style", "x", ("dropout.style", "classic")),
    "dropout extra": ("network.layers.0.dropout.p", 0.1, ("dropout.p", "not known", "rate")),
    "mask 2": (
        "network.layers.0.dropout.mask",
        [[1, 0, 2]] * 3,
        ("layer 1: dropout.mask", "0", "1"),
    ),
    "mask 0.5": ("network.layers.0.dropout.mask", [[1, 0, 0.5]] * 3, ("dropout.mask", "0", "1")),
    "mask -1": ("network.layers.0.dropout.mask", [[1, 0, -1]] * 3, ("dropout.mask", "0", "1")),
    "mask true": ("network.layers.0.dropout.mask", [[True] * 3] * 3, ("dropout.mask",)),
    "mask rows": ("network.layers.0.dropout.mask", [[1, 0, 1]], ("dropout.mask", "3 × 3")),
    "mask columns": ("network.layers.0.dropout.mask", [[1, 0]] * 3, ("dropout.mask", "3 × 3")),
    "mask without rate": ("network.layers.0.dropout.rate", 0, ("dropout.rate", "above 0")),
    "batch 0": ("training.batch_size", 0, ("training.batch_size", "1", "found 0")),
    "batch -1": ("training.batch_size", -1, ("training.batch_size", "-1")),
    "batch 1.5": ("training.batch_size", 1.5, ("training.batch_size", "whole number")),
    "epochs 0": ("training.epochs", 0, ("training.epochs", "1")),
    "epochs 1e10": ("training.epochs", 10**10, ("training.epochs", "1,000,000,000")),
    "seed -1": ("training.seed", -1, ("training.seed", "0")),
    "seed 2**63": ("training.seed", 2**63, ("training.seed", "9,223,372,036,854,775,807")),
    "shuffle text": ("training.shuffle", "no", ("training.shuffle", "true or false")),
    "training extra": ("training.epoch", 5, ("training.epoch", "not known", "epochs")),
    "data missing": ("data", DELETE, ("data", "missing")),
    "data unknown": ("data", "mnist", ("data", "“mnist”", "xor")),
    "data null": ("data", None, ("data", "null")),
    "targets missing": ("data.targets", DELETE, ("data.targets", "missing")),
    "data inputs missing": ("data.inputs", DELETE, ("data.inputs", "missing")),
    "data inputs empty": ("data.inputs", [], ("data.inputs",)),
    "data inputs of nothing": ("data.inputs", [[], [], []], ("data.inputs",)),
    "data inputs ragged": ("data.inputs", [[1, 2, 3, 4], [1, 2]], ("data.inputs", "equally")),
    "data inputs text": ("data.inputs", [["1", "2", "3", "4"]] * 3, ("data.inputs", "numbers")),
    "targets rows": ("data.targets", [[1, 0]] * 4, ("data.targets", "4 × 2", "3 × n")),
    "targets columns": ("data.targets", [[1, 0, 0]] * 3, ("data.classes", "2", "3")),
    "targets do not fit": (
        "data",
        {"inputs": [[0, 1, 0, 1]] * 3, "targets": [[1, 0, 0]] * 3},
        ("layer 2: units", "2", "data.targets", "3"),
    ),
    "targets ragged": ("data.targets", [[1], [1, 0], [0]], ("data.targets", "equally")),
    "targets flat": ("data.targets", [1, 0, 1], ("data.targets", "lists")),
    "classes count": ("data.classes", ["a", "b", "c"], ("data.classes", "3", "2")),
    "classes text": ("data.classes", "ab", ("data.classes", "list")),
    "classes true": ("data.classes", [True, False], ("data.classes", "list")),
    "classes null": ("data.classes", [None, "a"], ("data.classes", "list")),
    "classes control": ("data.classes", ["a\nb", "c"], ("data.classes",)),
    "classes surrogate": ("data.classes", ["\ud800", "c"], ("data.classes",)),
    "input names count": ("data.input_names", ["a"], ("data.input_names", "1", "4")),
    "input names control": ("data.input_names", ["a", "b", "c", "\x1b[31m"], ("input_names",)),
    "picture size": ("data.picture", {"rows": 3, "columns": 3}, ("data.picture", "9", "4")),
    "picture rows 0": ("data.picture.rows", 0, ("data.picture.rows", "1")),
    "picture order": ("data.picture.order", "diagonal", ("data.picture.order", "column")),
    "picture text": ("data.picture", "2x2", ("data.picture", "object")),
    "picture extra": ("data.picture.size", 4, ("data.picture.size", "not known")),
    "data extra": ("data.colours", [], ("data.colours", "not known", "targets")),
    "data labels and targets": ("data.labels", ["a"], ("data.labels", "data.targets", "both")),
    "top level extra": ("layers", [], ("layers", "not known", "network")),
    "version 2": ("version", 2, ("version", "1", "found 2")),
    "version text": ("version", "1", ("version", "whole number")),
    "name number": ("name", 5, ("name", "text")),
    "name 201": ("name", "x" * 201, ("name", "200")),
    "name nul": ("name", "a\0b", ("name", "invalid character")),
    "name line break": ("name", "a\nb", ("name", "invalid character")),
    "name surrogate": ("name", "\ud800", ("name", "invalid character")),
    "title surrogate": ("title", "a\udfff", ("title", "invalid character")),
    "about list": ("about", ["x"], ("about", "text")),
    # Found values that would break the sentence.
    "line break in a word": ("loss", "ms\ne", ("loss",)),
    "escape in a word": ("network.layers.0.activation", "\x1b[31mred", ("activation",)),
    "surrogate in a word": ("loss", "\ud800", ("loss",)),
    "line break in an unknown field": ("a\nb", 1, ("not known",)),
    "surrogate in an unknown field": ("\ud800", 1, ("not known",)),
    "long unknown field": ("x" * 100_000, 1, ("not known",)),
}


def broken(path: str, new: Any) -> dict[str, Any]:
    value = full()
    if new is not DELETE:
        return set_at(value, path, new)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = value
    for part in way:
        place = place[part]
    del place[last]
    return value


@pytest.mark.parametrize(("path", "new", "words"), BAD.values(), ids=BAD)
def test_a_wrong_field_is_refused(path: str, new: Any, words: tuple[str, ...]) -> None:
    content = json.dumps(broken(path, new)).encode()
    message = refused(lambda: project_from_json(content))
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    "number",
    [math.nan, math.inf, -math.inf, 10**400, -(10**5000)],
    ids=["NaN", "inf", "-inf", "10**400", "-10**5000"],
)
@pytest.mark.parametrize(
    "path",
    [
        "optimizer.learning_rate",
        "network.layers.0.units",
        "network.layers.0.W",
        "network.layers.0.dropout",
        "data.inputs",
        "training.seed",
    ],
)
def test_numbers_out_of_range_from_python(path: str, number: float) -> None:
    """Values that a JSON text cannot bring, but Python code can."""
    new = [[number] * 4] * 3 if path[-1] in "Ws" and path != "network.layers.0.units" else number
    message = refused(lambda: project_from_value(broken(path, new)))
    assert path.split(".")[-1] in message


# --- texts that are no JSON ----------------------------------------------------------------------


def text_with(old: str, new: str) -> bytes:
    text = json.dumps(FULL)
    assert text.count(old) >= 1
    return text.replace(old, new, 1).encode()


RATE = '"learning_rate": 0.05'
TEXTS: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "empty": (b"", ("empty",)),
    "one byte": (b"x", ("not valid JSON", "line 1")),
    "spaces": (b"  \n ", ("not valid JSON",)),
    "zero bytes": (b"\0" * 100, ("zero bytes",)),
    "NaN": (text_with(RATE, '"learning_rate": NaN'), ("NaN", "finite")),
    "Infinity": (text_with(RATE, '"learning_rate": Infinity'), ("Infinity", "finite")),
    "-Infinity": (text_with(RATE, '"learning_rate": -Infinity'), ("-Infinity", "finite")),
    "1e400": (text_with(RATE, '"learning_rate": 1e400'), ("1e400", "out of range")),
    "-1e400": (text_with(RATE, '"learning_rate": -1e400'), ("-1e400", "out of range")),
    "1e400 in W": (text_with("[1, 2, 3, 4]", "[1, 2, 3, 1e400]"), ("1e400", "out of range")),
    "5000 digits": (text_with("0.05", "9" * 5000), ("integer", "5,000 digits")),
    "duplicate key": (
        text_with('"version": 1', '"version": 1, "version": 1'),
        ("version", "twice"),
    ),
    "duplicate units": (text_with('"units": 3', '"units": 3, "units": 4'), ("units", "twice")),
    "duplicate with a line break": (b'{"a\\nb": 1, "a\\nb": 2}', ("twice",)),
    "duplicate long": (b'{"%s": 1, "%s": 2}' % (b"x" * 10_000, b"x" * 10_000), ("twice",)),
    "100,000 [": (b"[" * 100_000, ("nested too deeply", "64")),
    "50,000 objects": (b'{"a": ' * 50_000, ("nested too deeply",)),
    "closed depth bomb": (b"[" * 65 + b"]" * 65, ("nested too deeply",)),
    "byte-order mark": (b"\xef\xbb\xbf" + json.dumps(FULL).encode(), ("byte-order mark",)),
    "UTF-16": (json.dumps(FULL).encode("utf-16"), ("UTF-8",)),
    "UTF-16 without mark": (json.dumps(FULL).encode("utf-16-le"), ()),
    "UTF-32": (json.dumps(FULL).encode("utf-32"), ("UTF-8",)),
    "bad UTF-8": (b'{"name": "\xff"}', ("UTF-8", "byte 11")),
    "cut UTF-8": ('{"name": "ü"}'.encode()[:11], ("UTF-8",)),
    "raw surrogate": (b'{"name": "\xed\xa0\x80"}', ("UTF-8",)),
    "trailing comma": (text_with('"version": 1,', '"version": 1,,'), ("not valid JSON", "line 1")),
    "trailing comma in a list": (text_with("[0.5, 0, -0.5]", "[0.5, 0,]"), ("not valid JSON",)),
    "comment": (b"// hello\n" + json.dumps(FULL).encode(), ("not valid JSON", "line 1")),
    "single quotes": (b"{'version': 1}", ("not valid JSON",)),
    "Python words": (text_with("true", "True"), ("not valid JSON",)),
    "leading zero": (text_with("0.05", "00.05"), ("not valid JSON",)),
    "plus sign": (text_with("0.05", "+0.05"), ("not valid JSON",)),
    "hexadecimal": (text_with("0.05", "0x10"), ("not valid JSON",)),
    "cut off": (json.dumps(FULL).encode()[:-1], ("not valid JSON",)),
    "two values": (json.dumps(FULL).encode() + b"{}", ("not valid JSON",)),
    "raw line break in a text": (b'{"name": "a\nb"}', ("not valid JSON",)),
    "list": (b"[]", ("object",)),
    "list of a project": (b"[" + json.dumps(FULL).encode() + b"]", ("object",)),
    "null": (b"null", ("object", "null")),
    "number": (b"5", ("object", "5")),
    "text": (b'"project"', ("object", "“project”")),
    "true": (b"true", ("object", "true")),
    "empty object": (b"{}", ("network", "missing")),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), ("UTF-8",)),
    "too large": (b" " * (8 * 2**20 + 1), ("too large", "8,388,608 bytes")),
}


@pytest.mark.parametrize(("content", "words"), TEXTS.values(), ids=TEXTS)
def test_what_is_not_strict_json_is_refused(content: bytes, words: tuple[str, ...]) -> None:
    message = refused(lambda: project_from_json(content))
    for word in words:
        assert word in message


def test_64_levels_are_not_too_deep() -> None:
    message = refused(lambda: project_from_json(b"[" * 64 + b"]" * 64))
    assert "object" in message
    brackets = json.dumps(set_at(full(), "about", "[{" * 90)).encode()
    assert project_from_json(brackets).about == "[{" * 90


# --- files ---------------------------------------------------------------------------------------


def test_a_file_is_named_in_the_sentence(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(b"{")
    message = refused(lambda: load_project(path))
    assert "broken.json" in message
    assert str(tmp_path) not in message


def test_an_unknown_name_lists_the_builtin_ones() -> None:
    message = refused(lambda: load_project("digitz"))
    assert "digitz" in message and "digits-5x5" in message and "xor" in message


@pytest.mark.parametrize("name", ["", "a" * 300, "a" * 5000, "nul\0byte", "no/such/file.json", "."])
def test_paths_that_are_no_files(name: str) -> None:
    refused(lambda: load_project(name))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder.json"
    folder.mkdir()
    assert "folder.json" in refused(lambda: load_project(folder))


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")
def test_a_file_that_cannot_be_read_is_refused() -> None:
    """Reading at address 0 fails with an I/O error, also for root."""
    assert "could not be read" in refused(lambda: load_project("/proc/self/mem"))


@LINUX
@pytest.mark.parametrize("name", ["line\nbreak", "\x1b[31mred", os.fsdecode(b"\xff")])
def test_a_strange_file_name_leaves_the_sentence_readable(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    refused(lambda: load_project(path))
    path.write_bytes(b"{")
    refused(lambda: load_project(path))


def peak_of(action: Callable[[], Any]) -> int:
    """Most bytes that Python and NumPy had allocated during ``action``."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_far_too_large_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)
    assert "too large" in refused(lambda: load_project(path))
    assert peak_of(lambda: refused(lambda: load_project(path))) < 20 * 2**20


@pytest.mark.parametrize(
    "layers",
    [
        [10**9],
        [10**9, 10**9],
        [10**300],
        [100_000] * 10,
        [100_000] * 100,
    ],
    ids=["1e9", "1e9 twice", "1e300", "100,000 ten times", "100,000 hundred times"],
)
def test_a_huge_network_is_refused_without_allocating_it(layers: list[int]) -> None:
    value = full()
    value["network"]["layers"] = [
        *({"units": units, "activation": "relu"} for units in layers),
        {"units": 2, "activation": "softmax"},
    ]
    value["network"]["layers"] = value["network"]["layers"][-100:]
    assert peak_of(lambda: refused(lambda: project_from_value(value))) < 10 * 2**20


def test_the_buffers_of_an_evaluation_count_as_memory_too() -> None:
    """Few parameters and a mini-batch of 1, but 1,024 rows go through 5 million neurons at once."""
    value = full()
    layers = [{"units": 1 + 99_999 * (n % 2), "activation": "relu"} for n in range(99)]
    value["network"] = {"inputs": 1, "layers": [*layers, {"units": 1, "activation": "linear"}]}
    value["loss"], value["training"] = "mse", {"batch_size": 1}
    value["data"] = {"inputs": [[0.0]] * 1024, "targets": [[0.0]] * 1024}
    assert "memory" in refused(lambda: project_from_value(value))


# --- anything at all -----------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    TEXT,
    st.sampled_from(["tanh", "mse", "xor", "sgd", 0, 1, -1, 2, 10**299, 1e308, -0.0]),
)
FIELDS = st.one_of(
    st.sampled_from(
        [
            *FULL,
            *FULL["network"],
            *FULL["network"]["layers"][0],
            *FULL["data"],
            *FULL["training"],
            "learning_rate",
            "rate",
            "style",
            "mask",
            "rows",
            "columns",
            "order",
        ]
    ),
    TEXT,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner, max_size=5),
    max_leaves=20,
)


def load_or_refuse(value: Any) -> Project | None:
    """The project, or None if it was refused with a sentence; anything else fails."""
    found = []
    for load in (
        lambda: project_from_json(json.dumps(value).encode()),
        lambda: project_from_value(value),
    ):
        try:
            found.append(load())
        except ProjectError as error:
            sentence(error)
            found.append(None)
    # NaN and infinity are refused by the text reader and by the value reader alike.
    assert (found[0] is None) == (found[1] is None)
    return found[0]


@settings(max_examples=300)
@given(VALUES)
def test_any_json_value_loads_or_is_refused(value: Any) -> None:
    load_or_refuse(value)


@settings(max_examples=300)
@given(st.binary(max_size=60) | TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_refused(content: bytes) -> None:
    refused(lambda: project_from_json(content))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all nodes below the root."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    found = []
    for name in keys:
        found.append((*path, name))
        found += places(value[name], (*path, name))
    return found


PLACES = places(FULL)


@settings(max_examples=500)
@given(st.data())
def test_any_mutation_of_a_project_loads_or_is_refused(data: st.DataObject) -> None:
    value = full()
    for _ in range(data.draw(st.integers(1, 3))):
        now = places(value)
        if not now:
            break
        path = data.draw(st.sampled_from(now))
        parent: Any = value
        for name in path[:-1]:
            parent = parent[name]
        how = data.draw(st.sampled_from(["delete", "replace", "insert", "copy"]))
        if how == "delete":
            del parent[path[-1]]
        elif how == "replace":
            parent[path[-1]] = data.draw(VALUES)
        elif how == "copy":
            source: Any = FULL
            for name in data.draw(st.sampled_from(PLACES)):
                source = source[name]
            parent[path[-1]] = copy.deepcopy(source)
        elif isinstance(parent, list):
            parent.insert(path[-1], data.draw(VALUES))
        else:
            parent[data.draw(FIELDS)] = data.draw(VALUES)
    project = load_or_refuse(value)
    if project is not None and project.network.parameter_count < 100_000:
        try:
            Trainer(project).run_iterations(3)
        except DivergenceError as error:
            sentence(error)


def test_a_removed_link_keeps_the_start_weight_it_would_have_when_drawn_again() -> None:
    value = {
        "network": {
            "inputs": 2,
            "layers": [
                {"units": 1, "activation": "linear", "W": [[-0.05, 0.3]], "links": [[0, 1]]},
            ],
        },
        "loss": "mse",
        "data": {"inputs": [[0, 1], [1, 0]], "targets": [[0], [1]]},
    }
    project = project_from_value(value)
    assert project.parameters[0].W is not None
    assert project.parameters[0].W.tolist() == [[-0.05, 0.3]]
    assert Trainer(project).network.W[0].tolist() == [[0.0, 0.3]]
    drawn_again = set_links(project, 1, np.ones((1, 2))).project
    assert Trainer(drawn_again).network.W[0].tolist() == [[-0.05, 0.3]]
