"""All that a project can be written as, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from simulator.document import Document
from simulator.exchange.code.keras_script import keras_script
from simulator.exchange.code.numpy_script import numpy_script
from simulator.exchange.code.torch_script import torch_script
from simulator.exchange.keras_writer import keras_model, keras_weights
from simulator.exchange.model import Exported, Trained, trained
from simulator.exchange.onnx_writer import onnx_model
from simulator.exchange.tables import predictions, training_log
from simulator.project import Project, ProjectError


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes
    ----------
    title : in menus and help; ``about`` says in a sentence what is in the file.
    suffix : the ending of its name.
    write : makes it of a trained project.
    """

    title: str
    about: str
    suffix: str
    write: Callable[[Trained], Exported]


def _of_project(write: Callable[[Project], Exported]) -> Callable[[Trained], Exported]:
    return lambda given: write(given.project)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "keras": Format(
            "Keras model",
            "Layers, weights, optimizer and loss, to open in Keras 3",
            ".keras",
            keras_model,
        ),
        "keras-weights": Format(
            "Keras weights",
            "The weights alone, for load_weights in Keras 3",
            ".weights.h5",
            keras_weights,
        ),
        "onnx": Format(
            "ONNX model",
            "The trained network, scaling included, for onnxruntime",
            ".onnx",
            onnx_model,
        ),
        "numpy": Format(
            "NumPy script",
            "Data, start weights and every formula; trains to the same numbers",
            ".py",
            _of_project(numpy_script),
        ),
        "keras-script": Format(
            "Keras script",
            "Data, start weights and training in Keras, to the same numbers",
            ".py",
            _of_project(keras_script),
        ),
        "pytorch": Format(
            "PyTorch script",
            "Data, start weights and training in PyTorch, to the same numbers",
            ".py",
            _of_project(torch_script),
        ),
        "log": Format(
            "Training log", "Loss, accuracy and the rest of every epoch", ".csv", training_log
        ),
        "predictions": Format(
            "Predictions", "Every sample with its target and the output for it", ".csv", predictions
        ),
    }
)
"""Every format by its name on the command line, in the order of menus."""


def exported(name: str, document: Document) -> Exported:
    """The file of a format, with what is trained in it where it has weights.

    Raises
    ------
    ProjectError : one sentence: what the format cannot express, or which package is missing.
    """
    given = trained(document)
    if not given.network.theta.size or not _finite(given):
        raise ProjectError("The parameters are not finite numbers; step back or reset first.")
    return FORMATS[name].write(given)


def _finite(given: Trained) -> bool:
    theta, moving = given.network.theta, given.network.moving
    # A sum that is finite leaves no doubt; one that is not may have overflowed, which is as bad.
    return abs(float(theta.sum())) < float("inf") and abs(float(moving.sum())) < float("inf")


def format_of(path: Path) -> str | None:
    """The format that the ending of a name stands for alone; None where it stands for several."""
    name = path.name.lower()
    endings = [own for own, kind in FORMATS.items() if name.endswith(kind.suffix)]
    return endings[0] if len(endings) == 1 else None
