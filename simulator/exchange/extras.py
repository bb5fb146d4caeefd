"""The optional packages that other programs' formats need, loaded when they are asked for."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from simulator.project.errors import ProjectError


def load_h5py() -> Any:
    """The module h5py, which reads and writes HDF5.

    Raises
    ------
    ProjectError : one sentence on how to get it.
    """
    return _load("h5py", "Keras files", "keras")


def load_onnx() -> Any:
    """The module onnx.

    Raises
    ------
    ProjectError : one sentence on how to get it.
    """
    return _load("onnx", "ONNX files", "onnx")


def _load(module: str, what: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        if getattr(sys, "frozen", False):
            # Nothing can be installed into the executable.
            raise ProjectError(
                f"{what} need the package {module}, which this executable does not contain; use "
                f"the Python package of Backlit for them"
            ) from None
        raise ProjectError(
            f'{what} need the package {module}; install it with: pip install "backlit[{extra}]"'
        ) from None
