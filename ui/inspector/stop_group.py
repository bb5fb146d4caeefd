"""Settings of what happens at the end of an epoch: stopping, and Keras's callbacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from simulator.callbacks import (
    CALLBACKS,
    CallbackSpec,
    CSVLoggerSpec,
    EarlyStoppingSpec,
    LearningRateSchedulerSpec,
    ModelCheckpointSpec,
    ReduceLROnPlateauSpec,
)
from simulator.project import Project
from simulator.project.limits import MAX_EPOCHS
from ui.inspector.controls import Check, Choice, Control, Decimal, Line, Optional, WholeNumber
from ui.inspector.forms import Group, Setting
from ui.inspector.limits import BELOW_ONE, LEAST, MAX_SPIN, MOST
from ui.inspector.words import MONITORS
from ui.project_edits import (
    callback_of,
    change_callback,
    change_part_of_training,
    rates_as_text,
    rates_from_text,
    switch_callback,
)
from ui.session import Session

EPOCHS = min(MAX_EPOCHS, MAX_SPIN)
_TITLES = {
    EarlyStoppingSpec: ("Early stopping", "Stop without progress"),
    ReduceLROnPlateauSpec: ("Plateau", "Lower the rate"),
    LearningRateSchedulerSpec: ("Rate by epoch", "Set the rate"),
    ModelCheckpointSpec: ("Checkpoint", "Save the weights"),
    CSVLoggerSpec: ("CSV log", "Write the figures"),
}
_MONITOR = "The figure of each epoch that is watched."
_FILE = (
    "A file name. The file goes to the folder of the project file; for a built-in project to "
    "“Backlit” in your documents."
)


class StopGroup(Group):
    """When training ends before its last epoch, and what else happens at each epoch's end."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Stop & callbacks", session, False, parent)
        self.add(
            _stop("loss", "Loss at most", "the mean training loss is at or below this", MOST, 0.01),
            _stop("accuracy", "Accuracy from", "so many training samples are right", 1.0, 0.99),
            _stop(
                "weight_change",
                "Change at most",
                "no parameter changed by more than this",
                MOST,
                1e-4,
            ),
            *_callback(
                EarlyStoppingSpec,
                ("monitor", _MONITOR, _monitor),
                ("patience", "Epochs to wait for progress.", _epochs(1)),
                ("min_delta", "Less than this is no progress.", _from_zero),
                (
                    "restore_best_weights",
                    "Go back to the weights of the best epoch (Keras: restore_best_weights).",
                    lambda name: Check(name, "Restore the best"),
                ),
            ),
            *_callback(
                ReduceLROnPlateauSpec,
                ("monitor", _MONITOR, _monitor),
                (
                    "factor",
                    "What the learning rate is multiplied by.",
                    lambda name: Decimal(name, LEAST, BELOW_ONE),
                ),
                ("patience", "Epochs to wait for progress.", _epochs(1)),
                ("min_delta", "Less than this is no progress.", _from_zero),
                ("cooldown", "Epochs without watching after the rate was lowered.", _epochs(0)),
                ("min_lr", "The learning rate does not fall below this.", _from_zero),
            ),
            *_callback(LearningRateSchedulerSpec),
            _rates(),
            *_callback(
                ModelCheckpointSpec,
                ("file", f"{_FILE} With {{epoch}} in it there is one file an epoch.", Line),
                ("monitor", _MONITOR, _monitor),
                (
                    "save_best_only",
                    "Write only when the watched figure is better than ever.",
                    lambda name: Check(name, "Only the best"),
                ),
                ("save_freq", "Epochs between two files.", _epochs(1)),
            ),
            *_callback(CSVLoggerSpec, ("file", _FILE, Line)),
        )

    def summary(self, project: Project) -> str:
        stop = project.training.stop
        parts = [f"loss ≤ {stop.loss:g}"] if stop.loss is not None else []
        parts += [f"accuracy ≥ {stop.accuracy:g}"] if stop.accuracy is not None else []
        parts += [f"change ≤ {stop.weight_change:g}"] if stop.weight_change is not None else []
        parts += [_TITLES[type(own)][0].lower() for own in project.training.callbacks]
        return " · ".join(parts)


def _stop(name: str, label: str, when: str, most: float, start: float) -> Setting:
    return Setting(
        label,
        f"Stop at an epoch in which {when}.",
        Optional(f"Stop at {name}", 0.0, most, start, 0.01 if most == 1.0 else start),
        lambda project: getattr(project.training.stop, name),
        lambda project, value: change_part_of_training(project, "stop", **{name: value}),
        undo="Stop",
    )


def _epochs(least: int) -> Callable[[str], Control]:
    return lambda name: WholeNumber(name, least, EPOCHS)


def _from_zero(name: str) -> Control:
    return Decimal(name, 0.0, MOST, first=1e-4)


def _monitor(name: str) -> Control:
    return Choice(name, list(MONITORS), MONITORS)


Field = tuple[str, str, Callable[[str], Control]]
_LABELS = {"restore_best_weights": "weights", "save_best_only": "which"}


def _callback(kind: type[CallbackSpec], *fields: Field) -> list[Setting]:
    """A check box that makes the callback, and its fields below while it is there."""
    title, words = _TITLES[kind]
    settings = [
        Setting(
            title,
            f"{CALLBACKS[kind.name].about} (Keras: {_keras_name(kind)}).",
            Check(title, words),
            lambda project: callback_of(project, kind) is not None,
            lambda project, on: switch_callback(project, kind, on),
        )
    ]
    for name, about, make in fields:
        settings.append(_field(kind, name, about, make(f"{title} {name}")))
    return settings


def _field(kind: type[CallbackSpec], name: str, about: str, control: Control) -> Setting:
    return Setting(
        f"  {_LABELS.get(name, name)}",
        about,
        control,
        lambda project: getattr(callback_of(project, kind), name),
        lambda project, value: change_callback(project, kind, **{name: value}),
        lambda project: callback_of(project, kind) is not None,
        undo=f"{_TITLES[kind][0]} {name}",
    )


def _rates() -> Setting:
    kind = LearningRateSchedulerSpec

    def read(project: Project) -> Any:
        own = callback_of(project, kind)
        return "" if own is None else rates_as_text(own.rates)

    return Setting(
        "  rates",
        "The learning rate from an epoch on: epoch: rate, separated by commas.",
        Line("Rate by epoch rates", "100: 0.001, 200: 0.0001"),
        read,
        lambda project, text: change_callback(project, kind, rates=rates_from_text(text)),
        lambda project: callback_of(project, kind) is not None,
        undo="Rate by epoch",
    )


def _keras_name(kind: type[CallbackSpec]) -> str:
    return kind.__name__.removesuffix("Spec")
