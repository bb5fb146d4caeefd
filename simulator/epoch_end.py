"""What is measured at the end of an epoch, and whether it ends training."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.evaluation import Evaluator
from simulator.project import Project
from simulator.project.model import StopSpec


def measure(project: Project, evaluator: Evaluator) -> dict[str, float]:
    """The figures that take a pass over the data; R² stands in where there are no classes."""
    has_classes = project.data.target_classes is not None
    logs = {}
    if has_classes:
        logs["accuracy"] = evaluator.accuracy()
    elif _watches(project, "r2"):
        logs["r2"] = evaluator.evaluate().r2
    if len(project.prepared.validation):
        found = evaluator.evaluate("validation")
        logs["val_loss"] = found.loss
        logs["val_accuracy" if has_classes else "val_r2"] = (
            found.accuracy if has_classes else found.r2
        )
    return logs


def _watches(project: Project, figure: str) -> bool:
    """Whether a figure that nobody sees by default is worth a pass over the data."""
    return any(getattr(spec, "monitor", figure) == figure for spec in project.training.callbacks)


def stop_reason(stop: StopSpec, epoch: int, logs: Mapping[str, float], change: float) -> str:
    """Why training ends behind ``epoch``, as a sentence; "" where it goes on.

    ``change`` is the largest change of a parameter in the epoch.
    """
    if stop.loss is not None and logs["loss"] <= stop.loss:
        return f"Stopped at epoch {epoch:,}: the loss is at or below {stop.loss:g}."
    accuracy = logs.get("accuracy", 0.0)
    if stop.accuracy is not None and accuracy >= stop.accuracy:
        return f"Stopped at epoch {epoch:,}: the accuracy is {accuracy:.1%}."
    if stop.weight_change is not None and change <= stop.weight_change:
        return (
            f"Stopped at epoch {epoch:,}: no parameter changed by more than {stop.weight_change:g}."
        )
    return ""
