"""The main job: a network trains, and a document of it goes on to the bit."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from simulator.document import load_document, resumed, save_document
from simulator.gradcheck import check_gradient
from simulator.project import load_project
from simulator.trainer import Trainer
from ui.selftest.check import Check, expect

PROJECT = "digits-5x5"
EPOCHS = 300


def work_checks() -> list[Check]:
    """The checks."""
    return [("training", _training), ("gradient", _gradient), ("document", _document)]


def _training() -> str:
    trainer = Trainer(load_project(PROJECT).with_epochs(EPOCHS))
    before = trainer.evaluate().loss
    trainer.run_epochs(EPOCHS)
    after = trainer.evaluate()
    expect(after.loss < before / 2, f"the loss went from {before:.4g} to {after.loss:.4g} only")
    expect(after.accuracy == 1.0, f"{after.accuracy:.0%} of the digits are right, not all")
    return f"loss {before:.3g} → {after.loss:.3g}, all digits right"


def _gradient() -> str:
    found = check_gradient(load_project(PROJECT))
    expect(found.passed, f"relative error {found.relative_error:.2e} at {found.where}")
    return f"{found.checked:,} parameters, relative error {found.relative_error:.1e}"


def _document() -> str:
    """Kept in the middle of training and opened again, it ends where one that never stopped does,
    with dropout and shuffling on."""
    trainer = Trainer(load_project(PROJECT).with_epochs(EPOCHS))
    trainer.run_iterations(101)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "self-test.backlit")
        save_document(path, trainer)
        size = path.stat().st_size
        opened = resumed(load_document(path))
    for each in (trainer, opened):
        each.run_iterations(250)
    same = np.array_equal(opened.network.theta, trainer.network.theta)
    expect(same and opened.iteration == trainer.iteration, "what was opened goes on differently")
    return f"{size / 1000:,.0f} kB saved, opened, equal to the bit after 250 more iterations"
