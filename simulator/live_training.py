"""The live parts of a training: what moves, and how to go back to a moment of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator import counter_random
from simulator.arrays import Array
from simulator.callbacks import Callback, CallbackSpec
from simulator.evaluation import Evaluation, Evaluator
from simulator.history import History
from simulator.kernel import NumpyKernel
from simulator.network import Network
from simulator.optimizers import OPTIMIZERS, Optimizer
from simulator.probing import Prober
from simulator.project import Project
from simulator.recording import frozen, record
from simulator.rules import learns
from simulator.snapshot import Probe
from simulator.state import State
from simulator.trace import Trace
from simulator.weights import save_weights

DIVERGENCE_FACTOR = 1000.0
"""Training stops at a mini-batch whose loss is so many times that of the start, or of 1."""


class Begun(NamedTuple):
    """The moment before an iteration."""

    theta: Array
    slots: Mapping[str, Array]
    update: int
    penalty: float
    epoch: int
    iteration: int
    samples: NDArray[np.intp]


class LiveTraining:
    """Network, optimizer, counters and curves of a project in training.

    The attributes are those of :class:`~simulator.trainer.Trainer`, which makes them move.
    """

    def __init__(self, project: Project, folder: Path | None) -> None:
        self.project = project
        self._given_rate = project.optimizer.learning_rate
        self.folder = folder
        self.replaying = False
        self.history = History()
        self.last_epoch = project.training.epochs
        self.stop_reason = ""
        self.epoch = 0
        self.iteration = 0
        self.epoch_loss = math.nan
        self._position = 0
        self._epoch_loss = 0.0
        self._mistakes = 0
        # What an epoch's last update gave, before a callback put other parameters in its place.
        self._last_update: Array
        self._kept: tuple[State, State, State]
        # The weights that removed links had when they were cut, NaN for none.
        self._cut: Array | None = None
        self._callbacks: dict[Callback, CallbackSpec | None] = {}
        self._build()
        self._epoch_start = self.network.theta.copy()
        self._order = self._order_of(1)
        self.network.initialize(project.training.seed, project.parameters)
        self._watch_loss()

    def _build(self) -> None:
        """Network and buffers for the project; the parameters are still 0."""
        project = self.project
        self._size, self._batch_size = project.training_size, project.batch_size
        self._file_order = np.arange(self._size, dtype=np.intp)
        self._has_penalty = any(layer.regularizer.active for layer in project.network.layers)
        spec, precision = project.network, project.training.precision
        self.network = Network(spec, project.parameters, precision)
        self._optimizer = self._new_optimizer()
        self._kernel = NumpyKernel(project, self.network, self._optimizer)
        self._evaluator = Evaluator(project, self.network)
        self._prober = Prober(project)

    def _new_optimizer(self) -> Optimizer:
        """The project's optimizer, which remembers nothing yet."""
        project, network = self.project, self.network
        trainable = network.trainable_mask
        if not learns(project.training.rule):
            trainable = np.zeros(network.spec.parameter_count)
        return OPTIMIZERS[project.optimizer.name](
            project.optimizer,
            network.spec.parameter_count,
            trainable=trainable,
            groups=network.spec.variables,
            precision=project.training.precision,
        )

    def _order_of(self, epoch: int) -> NDArray[np.intp]:
        """The order in which an epoch (counted from 1) visits the training samples: (N,).

        A mini-batch of all samples has no order.
        """
        if not self.project.training.shuffle or self._batch_size == self._size:
            return self._file_order
        seed = self.project.training.seed
        return counter_random.permutation(
            self._size, counter_random.key(seed, counter_random.SHUFFLE, epoch)
        )

    @property
    def finished(self) -> bool:
        """Whether all epochs up to ``last_epoch`` have been trained, or training was stopped."""
        return self.epoch >= self.last_epoch or bool(self.stop_reason)

    @property
    def learning_rate(self) -> float:
        """That of the next update."""
        return self._optimizer.rate.at(self._optimizer.scheduled)

    def set_learning_rate(self, initial: float) -> None:
        """Change the learning rate that schedules start from."""
        self._optimizer.set_learning_rate(initial)

    def reduce_rate(self, factor: float) -> None:
        """Multiply every later learning rate by ``factor``."""
        self._optimizer.reduce_rate(factor)

    def parameters(self) -> tuple[Array, Array]:
        """Copies of theta and of the moving averages of batch normalization."""
        return self.network.theta.copy(), self.network.moving.copy()

    def restore(self, parameters: tuple[Array, Array]) -> None:
        """Use earlier parameters again; counters, optimizer and history stay."""
        self.network.theta[...], self.network.moving[...] = parameters
        self.network.remove_links()

    def save_weights(self, path: Path) -> None:
        """Write the parameters as an npz file; see :func:`simulator.weights.save_weights`."""
        save_weights(self.network, path)

    def _watch_loss(self, roughly: bool = False) -> None:
        """Take the loss of this start as the measure of one that grows without limit.

        ``roughly`` looks at some of the samples only.
        """
        largest = math.nextafter(math.inf, 0.0)
        loss = self._evaluator.first_loss() if roughly else self.evaluate().loss
        if math.isfinite(loss):
            largest = min(largest, DIVERGENCE_FACTOR * max(loss, 1.0))
        self._kernel.loss_limit = largest
        start = self.state()
        self._kept = (start, start, start)
        self._epoch_start = start.theta

    def state(self) -> State:
        """This moment, to be returned to with :meth:`return_to`."""
        optimizer = self._optimizer
        return State(
            theta=self.network.theta.copy(),
            moving=self.network.moving.copy(),
            slots={name: values.copy() for name, values in optimizer.slots.items()},
            updates=(optimizer.iterations, optimizer.scheduled),
            rate=(optimizer.rate.initial, optimizer.rate.factor, optimizer.learning_rate),
            given_rate=self._given_rate,
            epoch=self.epoch,
            iteration=self.iteration,
            position=self._position,
            epoch_loss=self._epoch_loss,
            mistakes=self._mistakes,
            last_epoch=self.last_epoch,
            stop_reason=self.stop_reason,
            loss_limit=self._kernel.loss_limit,
            epoch_start=self._epoch_start,
            callbacks=tuple((spec, own.state()) for own, spec in self._callbacks.items()),
            cut=self._cut,
        )

    def return_to(self, state: State, project: Project, start: State) -> None:
        """Go to a moment of this training, in which ``project`` was trained.

        ``start`` is the state behind the last change before it.  The history stays as it is.
        """
        if project is not self.project:
            self.project = project
            self._build()
        self._use(state)
        self.last_epoch, self.stop_reason = state.last_epoch, state.stop_reason
        self._given_rate = state.given_rate
        self._kernel.loss_limit = state.loss_limit
        self._epoch_start = state.epoch_start
        self._cut = state.cut
        self._kept = (start, state, state)
        at_work = list(self._callbacks.items())
        self._callbacks = {}
        for spec, memory in state.callbacks:
            place = next((i for i, own in enumerate(at_work) if own[1] == spec), None)
            callback = spec.make() if place is None and spec else at_work.pop(place or 0)[0]
            callback.restore(memory)
            self._callbacks[callback] = spec

    def _use(self, state: State) -> None:
        self.restore((state.theta, state.moving))
        optimizer = self._optimizer
        optimizer.iterations, optimizer.scheduled = state.updates
        optimizer.rate.initial, optimizer.rate.factor, optimizer.learning_rate = state.rate
        for name, values in state.slots.items():
            optimizer.slots[name][...] = values
        self.epoch, self.iteration = state.epoch, state.iteration
        self._position, self._epoch_loss = state.position, state.epoch_loss
        self._mistakes = state.mistakes
        self._order = self._order_of(self.epoch + 1)

    @property
    def is_good(self) -> bool:
        """Whether the test-time network's loss on the training data is within the limit."""
        return self.evaluate().loss <= self._kernel.loss_limit

    @property
    def iterations_to_epoch_end(self) -> int:
        """Iterations left in the current epoch, at least 1."""
        return -(-(self._size - self._position) // self._batch_size)

    def _begin(self) -> Begun:
        """What to remember of the moment before an iteration, to lay it open behind it."""
        return Begun(
            theta=self.network.theta.copy(),
            slots={name: frozen(values) for name, values in self._optimizer.slots.items()},
            update=self._optimizer.iterations + 1,
            penalty=self._evaluator.penalty if self._has_penalty else 0.0,
            epoch=self.epoch + 1,
            iteration=self.iteration + 1,
            samples=self._order[self._position : self._position + self._batch_size],
        )

    def _trace(self, begun: Begun) -> Trace:
        ended = bool(self._callbacks) and self.epoch == begun.epoch
        return record(
            self._kernel.last_pass,
            epoch=begun.epoch,
            iteration=begun.iteration,
            samples=self.project.prepared.training.rows[begun.samples],
            before=begun.theta,
            after=self._last_update if ended else self.network.theta,
            penalty=begun.penalty,
            learning_rate=self._optimizer.learning_rate,
            rule=self.project.training.rule,
            slots_before=begun.slots,
            slots_after=self._optimizer.slots,
            update=begun.update,
        )

    def evaluate(self, part: str = "training") -> Evaluation:
        """Send a part of the data (training, validation, test) through the test-time network."""
        return self._evaluator.evaluate(part)

    def probe(self, x: Array, theta: Array) -> Probe:
        """Send one input ``x`` (n_in,) through the test-time network with parameters ``theta``."""
        return self._prober.probe(x, theta, self.network.moving)
