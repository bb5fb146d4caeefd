"""Backlit's engine: neural networks small enough to see through, in NumPy alone.

>>> from simulator import Trainer, load_project
>>> trainer = Trainer(load_project("xor"))
>>> iterations = trainer.run_epochs(2000)
>>> trainer.evaluate().accuracy
1.0
"""

__version__ = "0.1.0"

from simulator.data import Dataset, Picture
from simulator.divergence import DivergenceError
from simulator.evaluation import Evaluation
from simulator.gradcheck import GradientCheck, check_gradient
from simulator.network import LayerParameters, Network
from simulator.optimizers import OptimizerSpec
from simulator.project import (
    Project,
    ProjectError,
    TrainingSpec,
    builtin_projects,
    load_project,
    project_from_value,
)
from simulator.runner import Runner
from simulator.snapshot import Snapshot
from simulator.spec import LayerSpec, NetworkSpec
from simulator.trace import Phase, PhaseKind, Trace
from simulator.trainer import Trainer

__all__ = [
    "Dataset",
    "DivergenceError",
    "Evaluation",
    "GradientCheck",
    "LayerParameters",
    "LayerSpec",
    "Network",
    "NetworkSpec",
    "OptimizerSpec",
    "Phase",
    "PhaseKind",
    "Picture",
    "Project",
    "ProjectError",
    "Runner",
    "Snapshot",
    "Trace",
    "Trainer",
    "TrainingSpec",
    "builtin_projects",
    "check_gradient",
    "load_project",
    "project_from_value",
]
