"""Exported scripts, run, and compared with the training they repeat."""

from __future__ import annotations

import contextlib
import io
import os
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from simulator.data.augmentation import AugmentationSpec
from simulator.evaluation import Evaluator
from simulator.project import Project
from simulator.project.model import StopSpec
from simulator.trainer import Trainer


def writable(project: Project, epochs: int) -> Project:
    """The project without what a script leaves out, for so many epochs."""
    training = replace(
        project.training,
        epochs=epochs,
        callbacks=(),
        stop=StopSpec(),
        augmentation=AugmentationSpec(),
    )
    return replace(project, training=training)


def run(text: bytes, folder: Path) -> dict[str, Any]:
    """What the names of a script are when it has ended; it prints to nowhere."""
    path = folder / "script.py"
    path.write_bytes(text)
    with contextlib.redirect_stdout(io.StringIO()):
        return runpy.run_path(str(path))


def run_alone(text: bytes, folder: Path, backend: str) -> dict[str, Any]:
    """The outputs and losses of a Keras script, run as a user does: in a process of its own.

    Keras and JAX remember types and compiled functions for as long as a process lives, so that
    what another test computed in float32 would be found again in a script's float64.
    """
    path, results = folder / "script.py", folder / "results.npz"
    path.write_bytes(text)
    own = {name: value for name, value in os.environ.items() if name != "JAX_ENABLE_X64"}
    subprocess.run(
        [sys.executable, "-c", SAVE_RESULTS, path, results],
        env=own | {"KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    with np.load(results) as arrays:
        return dict(arrays)


SAVE_RESULTS = """
import runpy, sys
import numpy as np
names = runpy.run_path(sys.argv[1])
np.savez(sys.argv[2], **{name: np.asarray(names[name]) for name in ("outputs", "losses")})
"""


def trained(project: Project) -> tuple[Trainer, Any]:
    """The trainer at its end, and the test-time outputs of the training part."""
    trainer = Trainer(project)
    trainer.run_epochs(project.training.epochs)
    return trainer, Evaluator(project, trainer.network).evaluate().outputs


def assert_same(found: Any, wanted: Any, tolerance: float = 1e-6) -> None:
    """Equal to ``tolerance``, absolutely."""
    np.testing.assert_allclose(np.asarray(found), np.asarray(wanted), rtol=0, atol=tolerance)
