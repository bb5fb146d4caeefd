"""Keras itself, on JAX, to read what is exported and to write what is imported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# Read when Keras and JAX are first loaded. Both compute in float64 only if asked to.
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_ENABLE_X64", "1")  # JAX would turn float64 into float32
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras
import numpy as np

__all__ = ["keras", "loaded", "predicted", "saved"]


def loaded(content: bytes, folder: Path) -> Any:
    """The model that Keras makes of a ``.keras`` file."""
    path = folder / "model.keras"
    path.write_bytes(content)
    return keras.saving.load_model(path)


def saved(model: Any, folder: Path) -> bytes:
    """The ``.keras`` file that Keras writes."""
    path = folder / "saved.keras"
    model.save(path)
    return path.read_bytes()


def predicted(model: Any, inputs: Any) -> Any:
    """The model's outputs for some inputs."""
    return np.asarray(model.predict(np.asarray(inputs), verbose=0, batch_size=4096))
