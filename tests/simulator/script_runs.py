"""Exported scripts, run, and compared with the training they repeat."""

from __future__ import annotations

import contextlib
import io
import runpy
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
    _forget_types()
    with contextlib.redirect_stdout(io.StringIO()):
        return runpy.run_path(str(path))


def _forget_types() -> None:
    """Have Keras work out result types anew, as in a process of the script's own."""
    dtypes = sys.modules.get("keras.src.backend.common.dtypes")
    for own in vars(dtypes).values() if dtypes else ():
        if hasattr(own, "cache_clear"):
            own.cache_clear()


def trained(project: Project) -> tuple[Trainer, Any]:
    """The trainer at its end, and the test-time outputs of the training part."""
    trainer = Trainer(project)
    trainer.run_epochs(project.training.epochs)
    return trainer, Evaluator(project, trainer.network).evaluate().outputs


def assert_same(found: Any, wanted: Any, tolerance: float = 1e-6) -> None:
    """Equal to ``tolerance``, absolutely."""
    np.testing.assert_allclose(np.asarray(found), np.asarray(wanted), rtol=0, atol=tolerance)
