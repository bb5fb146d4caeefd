"""Callbacks: what happens at the end of each epoch besides training.  Names are Keras's.

A spec is part of the project; what a callback remembers during a run is in the object its
:meth:`~CallbackSpec.make` makes.  Users of the Python API may subclass :class:`Callback` and hand
theirs to the :class:`~simulator.trainer.Trainer`.
"""

from __future__ import annotations

import csv
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Protocol

from simulator.arrays import Array

Logs = Mapping[str, float]
"""The figures of an epoch by name: loss, accuracy, val_loss, ...; those not measured are absent."""

MONITORS = ("loss", "accuracy", "r2", "val_loss", "val_accuracy", "val_r2")
"""What can be watched; the larger the better for accuracy and R², else the smaller."""


class Training(Protocol):
    """What a callback may see and do."""

    @property
    def learning_rate(self) -> float:
        """That of the next update."""

    epoch: int
    """Epochs completed."""

    @property
    def folder(self) -> Path | None:
        """Where files go; None where none are written."""

    @property
    def replaying(self) -> bool:
        """Whether this epoch is trained again: what it wrote to files is there already."""

    def stop(self, reason: str) -> None:
        """End training after this epoch; ``reason`` is a sentence."""

    def set_learning_rate(self, initial: float) -> None:
        """Change the rate that schedules start from."""

    def reduce_rate(self, factor: float) -> None:
        """Multiply every later rate."""

    def parameters(self) -> tuple[Array, Array]:
        """Copies of theta and of the moving averages of batch normalization."""

    def restore(self, parameters: tuple[Array, Array]) -> None:
        """Use earlier parameters again."""

    def save_weights(self, path: Path) -> None:
        """Write the parameters to a file."""


class Callback(ABC):
    """Is told of the end of each epoch."""

    def on_train_begin(self, training: Training) -> None:  # noqa: B027 - nothing by default
        """Training starts, or goes on after it had ended."""

    @abstractmethod
    def on_epoch_end(self, training: Training, epoch: int, logs: Logs) -> None:
        """Epoch ``epoch`` (counted from 1) is complete."""

    def on_train_end(self, training: Training) -> None:  # noqa: B027 - nothing by default
        """The last epoch is complete, or training was stopped by a callback."""

    def state(self) -> Mapping[str, Any]:
        """What it remembers now; a callback that changes an object in place must copy it."""
        return dict(vars(self))

    def restore(self, state: Mapping[str, Any]) -> None:
        """Remember again what :meth:`state` gave."""
        vars(self).clear()
        vars(self).update(state)


@dataclass(frozen=True)
class CallbackSpec(ABC):
    """Which callback, with which settings."""

    name: ClassVar[str]
    about: ClassVar[str]

    @abstractmethod
    def make(self) -> Callback:
        """The callback for a run."""


def _is_better(monitor: str, value: float, best: float, min_delta: float) -> bool:
    if monitor.endswith("loss"):
        return value < best - min_delta
    return value > best + min_delta


def _worst(monitor: str) -> float:
    return math.inf if monitor.endswith("loss") else -math.inf


@dataclass(frozen=True)
class EarlyStoppingSpec(CallbackSpec):
    """Stop when ``monitor`` has not improved by more than ``min_delta`` for ``patience`` epochs.

    ``restore_best_weights`` goes back to the parameters of the best epoch.  Prechelt 1998.
    """

    name: ClassVar[str] = "early_stopping"
    about: ClassVar[str] = "Stop when the watched figure no longer improves (Prechelt 1998)"
    monitor: str = "val_loss"
    min_delta: float = 0.0
    patience: int = 10
    restore_best_weights: bool = True

    def make(self) -> Callback:
        return EarlyStopping(self)


class EarlyStopping(Callback):
    """``best``, ``best_epoch`` and ``wait`` are as in Keras."""

    def __init__(self, spec: EarlyStoppingSpec) -> None:
        self.spec = spec
        self._begin()

    def _begin(self) -> None:
        self.best = _worst(self.spec.monitor)
        self.best_epoch = 0
        self.wait = 0
        self._best_parameters: tuple[Array, Array] | None = None

    def on_train_begin(self, training: Training) -> None:
        self._begin()

    def on_epoch_end(self, training: Training, epoch: int, logs: Logs) -> None:
        value = logs.get(self.spec.monitor)
        if value is None:
            return
        self.wait += 1
        if _is_better(self.spec.monitor, value, self.best, self.spec.min_delta):
            self.best, self.best_epoch, self.wait = value, epoch, 0
            if self.spec.restore_best_weights:
                self._best_parameters = training.parameters()
        elif self.wait >= self.spec.patience:
            kept = (
                f"; the weights of epoch {self.best_epoch:,} are restored"
                if self._best_parameters is not None
                else ""
            )
            training.stop(
                f"Early stopping at epoch {epoch:,}: {self.spec.monitor} was best at epoch "
                f"{self.best_epoch:,} ({self.best:.4g}){kept}."
            )

    def on_train_end(self, training: Training) -> None:
        if self._best_parameters is not None:
            training.restore(self._best_parameters)


@dataclass(frozen=True)
class ReduceLROnPlateauSpec(CallbackSpec):
    """Multiply the learning rate by ``factor`` after ``patience`` epochs without improvement.

    ``cooldown`` epochs are then waited; no rate falls below ``min_lr``.
    """

    name: ClassVar[str] = "reduce_lr_on_plateau"
    about: ClassVar[str] = "Lower the learning rate when the watched figure no longer improves"
    monitor: str = "loss"
    factor: float = 0.1
    patience: int = 10
    min_delta: float = 1e-4
    cooldown: int = 0
    min_lr: float = 0.0

    def make(self) -> Callback:
        return ReduceLROnPlateau(self)


class ReduceLROnPlateau(Callback):
    """``best``, ``wait`` and ``cooldown`` are as in Keras."""

    def __init__(self, spec: ReduceLROnPlateauSpec) -> None:
        self.spec = spec
        self._begin()

    def _begin(self) -> None:
        self.best = _worst(self.spec.monitor)
        self.wait = 0
        self.cooldown = 0

    def on_train_begin(self, training: Training) -> None:
        self._begin()

    def on_epoch_end(self, training: Training, epoch: int, logs: Logs) -> None:
        value = logs.get(self.spec.monitor)
        if value is None:
            return
        if self.cooldown > 0:
            self.cooldown -= 1
            self.wait = 0
        if _is_better(self.spec.monitor, value, self.best, self.spec.min_delta):
            self.best, self.wait = value, 0
        elif self.cooldown == 0:
            self.wait += 1
            rate = training.learning_rate
            if self.wait >= self.spec.patience and rate > self.spec.min_lr:
                training.reduce_rate(max(self.spec.factor, self.spec.min_lr / rate))
                self.cooldown, self.wait = self.spec.cooldown, 0


@dataclass(frozen=True)
class LearningRateSchedulerSpec(CallbackSpec):
    """Set the learning rate at given epochs: (epoch counted from 1, rate > 0) each."""

    name: ClassVar[str] = "learning_rate_scheduler"
    about: ClassVar[str] = "Set another learning rate from a given epoch on"
    rates: tuple[tuple[int, float], ...] = ((100, 0.001),)

    def make(self) -> Callback:
        return LearningRateScheduler(self)


class LearningRateScheduler(Callback):
    """Changes the rate behind the epoch before the one it is given for."""

    def __init__(self, spec: LearningRateSchedulerSpec) -> None:
        self._rates = dict(spec.rates)

    def on_train_begin(self, training: Training) -> None:
        if training.epoch == 0 and 1 in self._rates:
            training.set_learning_rate(self._rates[1])

    def on_epoch_end(self, training: Training, epoch: int, logs: Logs) -> None:
        if epoch + 1 in self._rates:
            training.set_learning_rate(self._rates[epoch + 1])


@dataclass(frozen=True)
class ModelCheckpointSpec(CallbackSpec):
    """Write the weights to ``file``, with ``{epoch}`` in its name one file an epoch.

    ``save_best_only`` writes only when ``monitor`` is better than ever; ``save_freq`` is the
    number of epochs between two files.
    """

    name: ClassVar[str] = "model_checkpoint"
    about: ClassVar[str] = "Write the weights to a file, at the best epoch or every so many"
    file: str = "best.npz"
    monitor: str = "loss"
    save_best_only: bool = True
    save_freq: int = 1

    def make(self) -> Callback:
        return ModelCheckpoint(self)


class ModelCheckpoint(Callback):
    """``best`` is as in Keras."""

    def __init__(self, spec: ModelCheckpointSpec) -> None:
        self.spec = spec
        self.best = _worst(spec.monitor)

    def on_epoch_end(self, training: Training, epoch: int, logs: Logs) -> None:
        if epoch % self.spec.save_freq:
            return
        if self.spec.save_best_only:
            value = logs.get(self.spec.monitor)
            if value is None or not _is_better(self.spec.monitor, value, self.best, 0.0):
                return
            self.best = value
        if training.folder is None or training.replaying:
            return
        name = self.spec.file.replace("{epoch}", str(epoch))
        try:
            training.folder.mkdir(parents=True, exist_ok=True)
            training.save_weights(training.folder / name)
        except OSError as problem:
            training.stop(_unwritten(name, problem))


@dataclass(frozen=True)
class CSVLoggerSpec(CallbackSpec):
    """Write each epoch's figures as a line of ``file``; a run begins the file anew."""

    name: ClassVar[str] = "csv_logger"
    about: ClassVar[str] = "Write loss, accuracy and the rest of each epoch to a CSV file"
    file: str = "training.csv"

    def make(self) -> Callback:
        return CSVLogger(self)


class CSVLogger(Callback):
    """Each line is written and closed at once, so that a crash loses none.

    Where training goes on from the past in another way, its lines follow those already written.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = (
        *("loss", "accuracy", "val_loss", "val_accuracy", "r2", "val_r2"),
        *("penalty", "learning_rate", "mistakes"),
    )

    def __init__(self, spec: CSVLoggerSpec) -> None:
        self.spec = spec
        self._begun = False

    def on_epoch_end(self, training: Training, epoch: int, logs: Logs) -> None:
        if training.folder is None:
            return
        if training.replaying:
            self._begun = True
            return
        try:
            self._write(training.folder / self.spec.file, epoch, logs)
        except OSError as problem:
            training.stop(_unwritten(self.spec.file, problem))

    def restore(self, state: Mapping[str, Any]) -> None:
        # Whether the file is begun is the file's state, and a file does not go back in time.
        begun = self._begun
        super().restore(state)
        self._begun = self._begun or begun

    def _write(self, path: Path, epoch: int, logs: Logs) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        goes_on = self._begun and path.exists()
        with path.open("a" if goes_on else "w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            if not goes_on:
                writer.writerow(("epoch", *self.COLUMNS))
            writer.writerow((epoch, *(_cell(logs.get(name)) for name in self.COLUMNS)))
        self._begun = True


def _unwritten(name: str, problem: OSError) -> str:
    return (
        f"Training stopped: “{name}” could not be written: {problem.strerror or problem}. Choose "
        f"another folder, or remove the callback."
    )


def _cell(value: float | None) -> str:
    return "" if value is None else repr(float(value))


CALLBACKS: Mapping[str, type[CallbackSpec]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            *(EarlyStoppingSpec, ReduceLROnPlateauSpec, LearningRateSchedulerSpec),
            *(ModelCheckpointSpec, CSVLoggerSpec),
        )
    }
)
