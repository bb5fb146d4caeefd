"""Documents for tests, small enough to damage at every byte."""

from __future__ import annotations

import json
from typing import Any

from small_projects import regression

from simulator.document import Document, document_of
from simulator.document.document import pack_document
from simulator.document.projects import ProjectList
from simulator.document.records import record_value
from simulator.document.runs import runs_value
from simulator.document.training import training_value
from simulator.project import Project, project_from_value
from simulator.project.archive import PartWriter, make_archive, open_archive
from simulator.project.writer import project_value
from simulator.trainer import Trainer


def rich_value(optimizer: str = "adam", **training: Any) -> dict[str, Any]:
    """A project with dropout, noise, batch normalization, shuffle, a schedule and callbacks."""
    rows = [[(n * 7 % 11) / 11, (n * 5 % 13) / 13, n % 3 - 1.0] for n in range(24)]
    return {
        "name": "rich",
        "network": {
            "inputs": 3,
            "input_dropout": 0.1,
            "layers": [
                {
                    "units": 5,
                    "activation": "tanh",
                    "dropout": 0.3,
                    "noise": 0.05,
                    "batch_normalization": True,
                    "regularizer": "l2",
                    "links": [[1, 1, 0]] * 5,
                },
                {"units": 4, "activation": ["tanh", "relu", "tanh", "elu"], "max_norm": 2.0},
                {"units": 1, "activation": "linear", "inputs_from": [1, 2]},
            ],
        },
        "loss": "mse",
        "optimizer": {
            "name": optimizer,
            "learning_rate": 0.01,
            "clipnorm": 1.0,
            "schedule": {"name": "exponential_decay", "decay_rate": 0.9, "decay_steps": 50},
        },
        "training": {
            "epochs": 30,
            "batch_size": 5,
            "seed": 7,
            "validation_split": 0.25,
            "scaling": "standardize",
            "stop": {"weight_change": 1e-9},
            "callbacks": [
                {"name": "early_stopping", "monitor": "val_loss", "patience": 8},
                {"name": "reduce_lr_on_plateau", "patience": 2, "factor": 0.5, "min_delta": 0.01},
                {"name": "learning_rate_scheduler", "rates": [[3, 0.02], [9, 0.005]]},
                {"name": "model_checkpoint", "file": "best.npz"},
                {"name": "csv_logger", "file": "log.csv"},
            ],
            **training,
        },
        "data": {"inputs": rows, "targets": [[a * b - c] for a, b, c in rows]},
    }


def rich(optimizer: str = "adam", **training: Any) -> Project:
    """The project of :func:`rich_value`."""
    return project_from_value(rich_value(optimizer, **training))


def small_document(iterations: int = 7) -> Document:
    """A small network in the middle of its second epoch."""
    trainer = Trainer(regression(5))
    trainer.run_iterations(iterations)
    return document_of(trainer)


def small_bytes() -> bytes:
    """The bytes of :func:`small_document`."""
    return pack_document(small_document())


def changed(name: str, change: Any) -> bytes:
    """A document with one JSON part changed, and all hashes right."""
    return changed_part(small_bytes(), name, change)


def changed_part(content: bytes, name: str, change: Any) -> bytes:
    """As :func:`changed`, of another document."""
    parts = open_archive(content)
    value = json.loads(parts[name])
    change(value)
    return make_archive({**parts, name: json.dumps(value).encode()})


def with_array(name: str, values: Any) -> bytes:
    """A document with another array in place of one of its own, and all hashes right."""
    parts = open_archive(small_bytes())
    writer = PartWriter()
    writer.array(name, values)
    assert f"arrays/{name}.npy" in parts
    return make_archive(parts | writer.finished())


def bits(document: Document) -> dict[str, object]:
    """Everything in a document but what belongs to the window, to be compared to the bit."""
    writer = PartWriter()
    projects = ProjectList(document.project, writer)
    writer.json("project.json", project_value(document.project, writer.numbers))
    if document.training is not None:
        value = training_value(document.training, document.project, writer)
        writer.json("training.json", value)
    if document.record is not None:
        writer.json("record.json", record_value(document.record, projects, writer))
    writer.json("runs.json", runs_value(document.runs, projects, writer))
    writer.json("projects.json", projects.value())
    return dict(writer.finished())
