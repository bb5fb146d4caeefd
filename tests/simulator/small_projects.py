"""Projects for tests, made the way users make them: from plain values through the reader."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from simulator.project import Project, load_project, project_from_value
from simulator.trainer import Trainer

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"


def reference(name: str) -> Any:
    """The reference values in ``tests/data/<name>.json``."""
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


def layer(units: int, activation: str = "tanh", **fields: Any) -> dict[str, Any]:
    """A layer as it stands in a project file."""
    return {"units": units, "activation": activation, **fields}


def make(
    inputs: Any,
    targets: Any,
    layers: Sequence[dict[str, Any]],
    loss: str = "mse",
    *,
    learning_rate: float = 0.1,
    **training: Any,
) -> Project:
    """A project on the given samples; ``training`` is the field of that name."""
    inputs, targets = np.asarray(inputs, float), np.asarray(targets, float)
    return project_from_value(
        {
            "network": {"inputs": inputs.shape[1], "layers": list(layers)},
            "loss": loss,
            "optimizer": {"name": "sgd", "learning_rate": learning_rate},
            "training": training,
            "data": {"inputs": inputs.tolist(), "targets": targets.tolist()},
        }
    )


def regression(samples: int = 5, **training: Any) -> Project:
    """A small project without dropout: 3 inputs, 4 tanh, 2 linear outputs, mse."""
    rng = np.random.default_rng(1)
    return make(
        rng.normal(size=(samples, 3)),
        rng.normal(size=(samples, 2)),
        [layer(4), layer(2, "linear")],
        **training,
    )


def with_rate(project: Project, learning_rate: float) -> Project:
    """The project with another learning rate."""
    return replace(project, optimizer=replace(project.optimizer, learning_rate=learning_rate))


def with_training(project: Project, **changes: Any) -> Project:
    """The project with other training settings."""
    return replace(project, training=replace(project.training, **changes))


def digits(**changes: Any) -> Project:
    """The built-in digits (with dropout and shuffle), with other training settings."""
    return with_training(load_project("digits-5x5"), **changes)


def theta_bytes(trainer: Trainer) -> bytes:
    """All parameters to the bit."""
    return trainer.network.theta.tobytes()


def build(
    layers: Sequence[dict[str, Any]],
    data: Any = "xor",
    loss: str = "mse",
    *,
    optimizer: Any = None,
    network: Any = None,
    **training: Any,
) -> Project:
    """A project of layers on ``data``, a name or (inputs, targets), with any fields there are.

    ``optimizer`` is a learning rate of sgd or the whole field; ``network`` are fields besides the
    layers.
    """
    if isinstance(data, tuple):
        inputs, targets = (np.asarray(own, float) for own in data)
        data = {"inputs": inputs.tolist(), "targets": targets.tolist()}
    if not isinstance(optimizer, dict):
        optimizer = {"name": "sgd", "learning_rate": 0.1 if optimizer is None else optimizer}
    value = {"network": {"layers": list(layers), **(network or {})}, "loss": loss, "data": data}
    if "inputs" not in value["network"]:
        value["network"]["inputs"] = len(data["inputs"][0]) if isinstance(data, dict) else 2
    return project_from_value({**value, "optimizer": optimizer, "training": training})


def normal_data(samples: int, inputs: int, outputs: int, seed: int = 0) -> tuple[Any, Any]:
    """Inputs and targets that follow no rule, from the normal distribution."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(samples, inputs)), rng.normal(size=(samples, outputs))


def everything(optimizer: str = "adam", data_seed: int = 0, **training: Any) -> Project:
    """A project with all that can be random or remembered at once, on 3 x 3 pictures."""
    rng = np.random.default_rng(data_seed)
    inputs = np.round(rng.random((23, 9)), 2)
    layers = [
        layer(6, "tanh", dropout=0.2, noise=0.1, regularizer={"name": "l1", "lambda": 0.001}),
        layer(5, "relu", inputs_from=[0, 1], batch_normalization=True, max_norm=2.0),
        layer(4, ["tanh", "tanh", "elu", "sigmoid"], dropout={"rate": 0.3, "style": "classic"}),
        layer(3, "softmax", inputs_from=[1, 3], regularizer="l2"),
    ]
    return project_from_value(
        {
            "network": {"inputs": 9, "layers": layers, "input_dropout": 0.1, "input_noise": 0.05},
            "loss": "categorical_crossentropy",
            "optimizer": {
                "name": optimizer,
                "learning_rate": 0.01,
                "schedule": {"name": "cosine_decay", "decay_steps": 60, "warmup_steps": 4},
                "global_clipnorm": 0.5,
            },
            "training": {
                "epochs": 6,
                "batch_size": 4,
                "seed": 3,
                "scaling": "standardize",
                "validation_split": 0.2,
                "augmentation": {"flip_probability": 0.05, "shift": 1},
                **training,
            },
            "data": {
                "inputs": inputs.tolist(),
                "targets": np.eye(3)[np.arange(23) % 3].tolist(),
                "picture": {"rows": 3, "columns": 3, "order": "row"},
            },
        }
    )
