"""What a viewer gets to see: one immutable picture of the trainer at one moment.

Snapshots cross threads, so every array in them is a read-only copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.divergence import Divergence
from simulator.evaluation import Evaluation
from simulator.project import Project
from simulator.spec import NetworkSpec
from simulator.timeline_view import TimelineView
from simulator.trace import Phase, PhaseKind, Trace


class RunState(StrEnum):
    """What the trainer is doing."""

    PAUSED = "paused"
    RUNNING = "running"
    STEPPING = "stepping"
    FINISHED = "finished"
    STOPPED = "stopped"
    """Training stopped by itself because of a problem; ``Snapshot.message`` says which."""


FIGURES = (
    *("loss", "accuracy", "val_loss", "val_accuracy", "r2", "val_r2"),
    *("penalty", "learning_rate", "mistakes"),
)
"""What is recorded of each epoch, in this order."""


@dataclass(frozen=True, eq=False)
class HistoryView:
    """The curves so far, with one entry a recorded epoch.

    ``epoch`` (E,); ``figures`` (len(FIGURES), E), NaN where a figure was not measured:

    loss : mean over the epoch's samples as they were trained (dropout on), without the penalty.
    accuracy, r2 : of the test-time network on the training data after the epoch; accuracy where
        the data has classes, else R².
    val_loss, val_accuracy, val_r2 : of the test-time network on the validation data.
    penalty : what the regularizers add to the loss after the epoch; NaN without any.
    learning_rate : of the epoch's last update.
    mistakes : samples of the epoch the neurons got wrong when they were trained on, for the
        learning rules that count them.
    """

    epoch: NDArray[np.int64]
    figures: Array

    def __getitem__(self, name: str) -> Array:
        """One figure of every epoch, (E,)."""
        figure: Array = self.figures[FIGURES.index(name)]
        return figure

    @property
    def loss(self) -> Array:
        """The training loss, (E,)."""
        return self["loss"]

    @property
    def accuracy(self) -> Array:
        """The accuracy on the training data, (E,)."""
        return self["accuracy"]

    def up_to(self, epoch: int) -> HistoryView:
        """The curves to the end of ``epoch``."""
        count = int(np.searchsorted(self.epoch, epoch, side="right"))
        if count == len(self.epoch):
            return self
        return HistoryView(self.epoch[:count], self.figures[:, :count])


@dataclass(frozen=True)
class Probe:
    """One input (the drawing) sent through the test-time network (dropout off).

    ``z``, ``activation``: per layer (units,), index 0 is layer 1; ``x``: (n_in,).
    """

    x: Array
    z: tuple[Array, ...]
    activation: tuple[Array, ...]

    @property
    def prediction(self) -> Array:
        """The network's answer, (n_out,)."""
        return self.activation[-1]


@dataclass(frozen=True)
class Snapshot:
    """The trainer at one moment.

    Attributes
    ----------
    revision : grows whenever the project (shape, data, settings) changes; a viewer rebuilds then.
    spec : the network's shape.
    state, message : what the trainer is doing, and a sentence when it stopped by itself.
    epoch, iteration : completed so far.
    last_epoch : where training ends.
    theta : the parameters to show, (parameter_count,): while stepping those before the update,
        layer by layer replaced as the update phases are reached.
    trace : the last iteration, or None before the first.
    cursor : index of the current phase in ``trace.phases`` while stepping, else None.
    history : curves.
    probe : the drawing's pass, or None without a drawing.
    evaluation : of the part of the data a viewer has asked for, with the parameters to show, or
        None; while training runs it may be up to half a second old.
    moving : the moving averages of batch normalization, as in :class:`~simulator.network.Network`.
    project : what is trained at this moment; in the past it may be another than the newest.
    row : the sample of the mini-batch to show, from 0; stepping by samples moves it.
    timeline : how far the record reaches, and what is marked on it.
    recorded : the curves of the whole record, also behind this moment; None as ``history``.
    divergence : which number went wrong first, at the moment training ran away, else None; the
        trace is then of the iteration that failed and the parameters are those it failed with.
    updates_per_second : measured over the last second or so of running, 0 when not running.
    """

    revision: int
    spec: NetworkSpec
    state: RunState
    message: str
    epoch: int
    iteration: int
    last_epoch: int
    theta: Array
    trace: Trace | None
    cursor: int | None
    history: HistoryView
    probe: Probe | None
    updates_per_second: float
    evaluation: Evaluation | None = None
    moving: Array | None = None
    project: Project | None = None
    row: int = 0
    timeline: TimelineView = TimelineView()  # noqa: RUF009 - frozen
    recorded: HistoryView | None = None
    divergence: Divergence | None = None

    @property
    def phase(self) -> Phase | None:
        """The current phase while stepping, else None."""
        if self.trace is None or self.cursor is None:
            return None
        return self.trace.phases[self.cursor]

    def computed(self, kind: PhaseKind, layer: int) -> bool:
        """Whether this phase's value exists at this moment.

        While stepping, what lies behind the cursor does not exist yet and must be shown blank.
        """
        if self.trace is None:
            return False
        phase = Phase(kind, layer)
        if phase not in self.trace.phases:
            return False
        return self.cursor is None or self.trace.phases.index(phase) <= self.cursor

    def weights(self, number: int) -> Array:
        """Weights of layer ``number`` to show now: (units, fan_in)."""
        return self.spec.weights(self.theta, number)

    def biases(self, number: int) -> Array | None:
        """Biases of layer ``number`` to show now: (units,) or None."""
        return self.spec.biases(self.theta, number)
