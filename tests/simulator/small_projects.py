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
