"""Advice names what does not go together, and what to use instead; good projects get none."""

from __future__ import annotations

from typing import Any

import pytest
from small_projects import layer, make

from simulator.advice import advice
from simulator.project import builtin_projects, load_project, project_from_value

PLUS_MINUS = [[-1.0], [1.0]]
ZERO_ONE = [[0.0], [1.0]]
ONE_HOT = [[1.0, 0.0], [0.0, 1.0]]


def said(output: str, loss: str, targets: Any, **fields: Any) -> str:
    units = len(targets[0])
    project = make([[0.0], [1.0]], targets, [layer(3), layer(units, output, **fields)], loss)
    return " ".join(advice(project))


@pytest.mark.parametrize("name", builtin_projects())
def test_the_built_in_projects_are_good(name: str) -> None:
    assert advice(load_project(name)) == ()


@pytest.mark.parametrize(
    ("output", "loss", "targets", "words"),
    [
        ("softmax", "hinge", ONE_HOT, ("softmax", "hinge", "use categorical_crossentropy")),
        ("tanh", "binary_crossentropy", PLUS_MINUS, ("targets", "-1 to 1", "hinge")),
        ("softmax", "categorical_crossentropy", [[-1.0, 1.0]] * 2, ("targets", "use mse")),
        ("sigmoid", "hinge", ZERO_ONE, ("−1 and +1", "cross-entropy")),
        ("softmax", "categorical_crossentropy", ZERO_ONE, ("single output", "sigmoid")),
        ("linear", "categorical_crossentropy", ONE_HOT, ("add up to 1", "softmax")),
        ("linear", "binary_crossentropy", ZERO_ONE, ("between 0 and 1", "sigmoid")),
        ("softmax", "binary_crossentropy", ONE_HOT, ("categorical_crossentropy",)),
        ("sigmoid", "mse", PLUS_MINUS, ("sigmoid", "between 0 and 1", "-1 to 1")),
        ("tanh", "mse", [[3.0], [0.0]], ("tanh", "0 to 3")),
        ("relu", "mse", PLUS_MINUS, ("relu", "above 0")),
    ],
)
def test_unsuitable_pairs(output: str, loss: str, targets: Any, words: tuple[str, ...]) -> None:
    found = said(output, loss, targets)
    assert all(word in found for word in words), found


@pytest.mark.parametrize(
    ("output", "loss", "targets"),
    [
        ("softmax", "categorical_crossentropy", ONE_HOT),
        ("sigmoid", "binary_crossentropy", ZERO_ONE),
        ("tanh", "mse", PLUS_MINUS),
        ("tanh", "hinge", PLUS_MINUS),
        ("linear", "hinge", PLUS_MINUS),
        ("linear", "mse", [[-30.0], [5.0]]),
        ("softmax", "half_squared_error", ONE_HOT),
    ],
)
def test_suitable_pairs_get_none(output: str, loss: str, targets: Any) -> None:
    assert said(output, loss, targets) == ""


def test_other_settings_without_sense() -> None:
    assert "stay equal" in advice_of({"initializer": "zeros"})
    assert "stay equal" not in advice_of({"initializer": "zeros", "W": [[1.0], [2.0], [3.0]]})
    assert "at least 2" in advice_of({"batch_normalization": True}, batch_size=1)
    assert advice_of({"batch_normalization": True}, batch_size=2) == ""
    assert "not pictures" in advice_of({}, augmentation={"shift": 1})
    assert "no classes" in advice_of({}, stop={"accuracy": 0.9}, targets=[[0.1], [0.2], [0.3]])
    assert "probabilities" in said("softmax", "categorical_crossentropy", ONE_HOT, dropout=0.5)


def advice_of(hidden: dict[str, Any], targets: Any = None, **training: Any) -> str:
    targets = targets or [[0.0], [1.0], [0.0]]
    value = {
        "network": {
            "inputs": 1,
            "layers": [layer(3, **hidden), layer(1, "linear")],
        },
        "loss": "mse",
        "training": {"batch_size": 2, **training},
        "data": {"inputs": [[0.0], [1.0], [2.0]], "targets": targets},
    }
    return " ".join(advice(project_from_value(value)))
