"""Backlit's engine: neural networks small enough to see through, in NumPy alone.

>>> from simulator import Trainer, load_project
>>> trainer = Trainer(load_project("xor"))
>>> iterations = trainer.run_epochs(2000)
>>> trainer.evaluate().accuracy
1.0
"""

__version__ = "0.1.0"

from simulator.callbacks import (
    Callback,
    CallbackSpec,
    CSVLoggerSpec,
    EarlyStoppingSpec,
    LearningRateSchedulerSpec,
    ModelCheckpointSpec,
    ReduceLROnPlateauSpec,
)
from simulator.clipping import ClippingSpec
from simulator.condition import Condition
from simulator.conditions import (
    GradientAbove,
    GradientBelow,
    LossBelow,
    NextEpoch,
    NextUpdate,
    SampleIs,
    SignChange,
    UpdateAbove,
    WeightAbove,
    condition_from_value,
)
from simulator.crossvalidation import CrossValidation, cross_validate
from simulator.data import Dataset, Picture
from simulator.data.augmentation import AugmentationSpec
from simulator.data.encoding import labels_of, one_hot
from simulator.data.generators import GeneratorSpec, generate
from simulator.data.scaling import Scaler, fit_scaler
from simulator.data.splits import Split, SplitSpec, k_fold, split_rows
from simulator.divergence import Divergence, DivergenceError
from simulator.document import (
    Document,
    load_document,
    resumed,
    resumed_runner,
    save_document,
)
from simulator.ensemble import Ensemble, dropout_ensemble
from simulator.evaluation import Evaluation
from simulator.gradcheck import GradientCheck, check_gradient
from simulator.metrics import class_report, confusion_matrix, r_squared
from simulator.network import LayerParameters, Network
from simulator.optimizers import OptimizerSpec
from simulator.project import (
    Project,
    ProjectError,
    StopSpec,
    TrainingSpec,
    builtin_projects,
    load_project,
    project_from_value,
)
from simulator.regularizers import RegularizerSpec
from simulator.runner import Runner
from simulator.schedules import ScheduleSpec
from simulator.snapshot import Snapshot
from simulator.spec import BatchNormalizationSpec, LayerSpec, NetworkSpec
from simulator.timeline_view import Bookmark, BranchView, Mark, TimelineView
from simulator.trace import Phase, PhaseKind, Trace
from simulator.trainer import Trainer

__all__ = [
    "AugmentationSpec",
    "BatchNormalizationSpec",
    "Bookmark",
    "BranchView",
    "CSVLoggerSpec",
    "Callback",
    "CallbackSpec",
    "ClippingSpec",
    "Condition",
    "CrossValidation",
    "Dataset",
    "Divergence",
    "DivergenceError",
    "Document",
    "EarlyStoppingSpec",
    "Ensemble",
    "Evaluation",
    "GeneratorSpec",
    "GradientAbove",
    "GradientBelow",
    "GradientCheck",
    "LayerParameters",
    "LayerSpec",
    "LearningRateSchedulerSpec",
    "LossBelow",
    "Mark",
    "ModelCheckpointSpec",
    "Network",
    "NetworkSpec",
    "NextEpoch",
    "NextUpdate",
    "OptimizerSpec",
    "Phase",
    "PhaseKind",
    "Picture",
    "Project",
    "ProjectError",
    "ReduceLROnPlateauSpec",
    "RegularizerSpec",
    "Runner",
    "SampleIs",
    "Scaler",
    "ScheduleSpec",
    "SignChange",
    "Snapshot",
    "Split",
    "SplitSpec",
    "StopSpec",
    "TimelineView",
    "Trace",
    "Trainer",
    "TrainingSpec",
    "UpdateAbove",
    "WeightAbove",
    "builtin_projects",
    "check_gradient",
    "class_report",
    "condition_from_value",
    "confusion_matrix",
    "cross_validate",
    "dropout_ensemble",
    "fit_scaler",
    "generate",
    "k_fold",
    "labels_of",
    "load_document",
    "load_project",
    "one_hot",
    "project_from_value",
    "r_squared",
    "resumed",
    "resumed_runner",
    "save_document",
    "split_rows",
]
