"""Keras itself, on JAX, to read what is exported and to write what is imported."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Read when Keras and JAX are first loaded. Both compute in float64 only if asked to.
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_ENABLE_X64", "1")  # JAX would turn float64 into float32
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras
import numpy as np

__all__ = ["fresh_keras", "keras", "loaded", "predicted", "saved"]


@contextlib.contextmanager
def fresh_keras() -> Iterator[None]:
    """Keras as a script finds it that is run by itself; its settings do not outlast the script."""
    from keras.src.backend.common import dtypes

    floatx, rounding = keras.config.floatx(), dict(dtypes.BIT64_TO_BIT32_DTYPE)
    _forget(dtypes)
    try:
        yield
    finally:
        keras.config.set_floatx(floatx)
        dtypes.BIT64_TO_BIT32_DTYPE.update(rounding)
        _forget(dtypes)


def _forget(module: Any) -> None:
    """Empty the caches of a module's functions."""
    for own in vars(module).values():
        if hasattr(own, "cache_clear"):
            own.cache_clear()


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
