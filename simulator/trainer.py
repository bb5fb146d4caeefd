"""The trainer: runs a project's iterations and epochs, and shows what it did.

Everything random is a function of the seed and of the epoch or iteration, so the same project and
seed give the same numbers to the bit, however the run is cut into calls and whoever watches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator import counter_random
from simulator.adoption import adopt_slots, bring_back_links, same_samples, same_shape
from simulator.arrays import Array
from simulator.backprop import Pass
from simulator.callbacks import Callback, CallbackSpec
from simulator.divergence import DivergenceError, describe
from simulator.evaluation import Evaluation, Evaluator
from simulator.history import History
from simulator.kernel import NumpyKernel
from simulator.losses import make_loss
from simulator.network import Network
from simulator.optimizers import OPTIMIZERS, Optimizer
from simulator.project import Project
from simulator.project.model import StopSpec
from simulator.recording import frozen, record
from simulator.rules import learns
from simulator.snapshot import Probe
from simulator.spec import NetworkSpec
from simulator.trace import Trace
from simulator.weights import save_weights

DIVERGENCE_FACTOR = 1000.0
"""Training stops at a mini-batch whose loss is so many times that of the start, or of 1."""

KEEP_EVERY = 100
"""Iterations, at least, between two epoch ends that are kept to fall back to."""
_NEVER = StopSpec()


@dataclass(frozen=True, slots=True)
class _State:
    """A moment of training that can be returned to."""

    theta: Array
    moving: Array
    slots: dict[str, Array]
    updates: tuple[int, int]
    rate: tuple[float, float]
    epoch: int
    iteration: int
    position: int
    epoch_loss: float
    mistakes: int


class Trainer:
    """Trains one project.

    Attributes
    ----------
    project : what is trained; change it with :meth:`change`.
    network : the live network; copy what you show.
    epoch, iteration : completed so far.
    last_epoch : training ends there; the project's epochs, until :meth:`extend` says otherwise.
    stop_reason : a sentence when training ended before that; else empty.
    history : the curves.
    folder : where callbacks write their files; None where they write none.
    """

    def __init__(
        self,
        project: Project,
        folder: Path | None = None,
        callbacks: Sequence[Callback] = (),
    ) -> None:
        """``callbacks`` are told of each epoch's end besides those of the project."""
        self.project = project
        self._given_rate = project.optimizer.learning_rate
        self.folder = folder
        self.history = History()
        self.last_epoch = project.training.epochs
        self.stop_reason = ""
        self.epoch = 0
        self.iteration = 0
        self._position = 0
        self._epoch_loss = 0.0
        self._mistakes = 0
        # What an epoch's last update gave, before a callback put other parameters in its place.
        self._last_update: Array
        self._kept: tuple[_State, _State, _State]
        self._epoch_start: Array
        self._build()
        self._order = self._order_of(1)
        self.network.initialize(project.training.seed, project.parameters)
        self._watch_loss()
        self._own_callbacks = tuple(callbacks)
        self._callbacks: dict[Callback, CallbackSpec | None] = {}
        self._make_callbacks()
        self._tell(lambda callback: callback.on_train_begin(self))

    def _make_callbacks(self) -> None:
        """Make those of the project; one that is already at work goes on."""
        at_work = {spec: callback for callback, spec in self._callbacks.items()}
        self._callbacks = {
            at_work.get(spec) or spec.make(): spec for spec in self.project.training.callbacks
        } | dict.fromkeys(self._own_callbacks)

    def _tell(self, message: Callable[[Callback], None]) -> None:
        for callback in self._callbacks:
            message(callback)

    def _build(self) -> None:
        """Network and buffers for the project; the parameters are still 0."""
        project = self.project
        self._size, self._batch_size = project.training_size, project.batch_size
        self._file_order = np.arange(self._size, dtype=np.intp)
        self._has_penalty = any(layer.regularizer.active for layer in project.network.layers)
        spec, precision = project.network, project.training.precision
        self.network = Network(spec, project.parameters, precision)
        trainable = self.network.trainable_mask
        if not learns(project.training.rule):
            trainable = np.zeros(spec.parameter_count)
        self._optimizer: Optimizer = OPTIMIZERS[project.optimizer.name](
            project.optimizer,
            spec.parameter_count,
            trainable=trainable,
            groups=spec.variables,
            precision=precision,
        )
        self._kernel = NumpyKernel(project, self.network, self._optimizer)
        self._evaluator = Evaluator(project, self.network)
        # With parameters of its own: while stepping, those on show are not the live ones.
        loss = make_loss(project.loss, dict(project.loss_parameters))
        self._probe_pass = Pass(Network(spec, precision=precision), loss, 1)

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

    def extend(self, epochs: int) -> None:
        """Let training go on for so many epochs from here."""
        self.last_epoch = self.epoch + epochs
        self._go_on()

    def _go_on(self) -> None:
        self.stop_reason = ""
        self._tell(lambda callback: callback.on_train_begin(self))

    def change(
        self,
        project: Project,
        origin: Sequence[int | None] | None = None,
        memory: Network | None = None,
    ) -> None:
        """Go on with a changed project, keeping every parameter that can be kept.

        ``origin`` names, for each new layer, the old layer (counted from 1) it came from, or None
        for a new one; without it layers keep their numbers.  Weights between neurons that existed
        before are kept; new ones are drawn, or taken from ``memory`` if that has this shape
        (undo brings back what an edit took away).  Counters and history go on.
        """
        before, previous, optimizer = self.project, self.network, self._optimizer
        goes_on = self.finished
        if project.training.epochs != before.training.epochs:
            self.last_epoch = project.training.epochs
        goes_on = goes_on and self.last_epoch > self.epoch
        self.project = project
        self._build()
        order = self._order_of(self.epoch + 1)
        if not same_samples(before, project) or not np.array_equal(order, self._order):
            # Other samples, or in another order: the epoch begins again.
            self._order = order
            self._position = 0
            self._epoch_loss = 0.0
            self._mistakes = 0
        self.network.initialize(project.training.seed)
        if origin is None:
            depth = min(previous.spec.depth, project.network.depth)
            origin = [*range(1, depth + 1), *[None] * (project.network.depth - depth)]
        if memory is not None and same_shape(memory.spec, self.network.spec):
            self.network.adopt(memory, range(1, memory.spec.depth + 1))
        start = self.network.theta.copy()
        self.network.adopt(previous, origin)
        bring_back_links(previous, self.network, start)
        self._adopt_optimizer(optimizer, previous.spec, origin)
        self._watch_loss()
        if project.training.callbacks != before.training.callbacks:
            at_work = set(self._callbacks)
            self._make_callbacks()
            self._forget_steering(project.training.callbacks)
            for callback in self._callbacks.keys() - at_work:
                callback.on_train_begin(self)
        if goes_on and project.training != before.training:
            self._go_on()
        elif project.network != before.network:
            # What they remember of the parameters may no longer fit.
            self._tell(lambda callback: callback.on_train_begin(self))

    def _adopt_optimizer(
        self, previous: Optimizer, spec: NetworkSpec, origin: Sequence[int | None]
    ) -> None:
        """Keep what the optimizer remembers, and the learning rate as callbacks have made it."""
        self._optimizer.rate.factor = previous.rate.factor
        self._optimizer.scheduled = previous.scheduled
        if self._given_rate == self.project.optimizer.learning_rate:
            # The user has not asked for another rate, so what a callback made of it stands.
            self._optimizer.rate.initial = previous.rate.initial
        self._given_rate = self.project.optimizer.learning_rate
        adopt_slots(previous, spec, self._optimizer, self.network, origin)

    def run_iterations(self, count: int) -> int:
        """Run up to ``count`` iterations; return how many were made.

        Fewer are made when the last epoch is complete.

        Raises
        ------
        DivergenceError : when the loss grows without limit; the state is then an earlier, good one.
        """
        done = 0
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            while done < count and not self.finished:
                done += self._run_in_epoch(min(self.iterations_to_epoch_end, count - done))
        return done

    def _run_in_epoch(self, count: int) -> int:
        progress = self._kernel.run(
            self._order, self._position, count, self.iteration + 1, self._epoch_loss
        )
        size = self._size
        self._position = min(self._position + progress.completed * self._batch_size, size)
        self.iteration += progress.completed
        self._epoch_loss = progress.loss_sum
        self._mistakes += progress.mistakes
        if progress.completed < count:
            raise DivergenceError(self._divergence())
        if self._position == size:
            self._end_epoch()
            # No further iteration would notice that the very last update went wrong.
            if self.finished and not self.evaluate().loss <= self._kernel.loss_limit:
                raise DivergenceError(self._divergence())
        return count

    def _end_epoch(self) -> None:
        self.epoch += 1
        logs = self._figures()
        if self.history.wants(self.epoch):
            self.history.append(self.epoch, logs)
        self._position = 0
        self._epoch_loss = 0.0
        self._mistakes = 0
        self._order = self._order_of(self.epoch + 1)
        if self.iteration - self._kept[-1].iteration >= KEEP_EVERY:
            self._kept = (self._kept[0], self._kept[-1], self._state())
        if self._callbacks:
            self._last_update = self.network.theta.copy()
            self._tell(lambda callback: callback.on_epoch_end(self, self.epoch, logs))
        if self.project.training.stop != _NEVER:
            self._check_stop(logs)
        if self._callbacks and self.finished:
            self._tell(lambda callback: callback.on_train_end(self))

    def _figures(self) -> dict[str, float]:
        """What is known of the epoch just completed; see :data:`~simulator.snapshot.FIGURES`."""
        training = self.project.training
        logs = {
            "loss": self._epoch_loss / self._size,
            "learning_rate": self._optimizer.learning_rate,
        }
        if training.rule == "perceptron":
            logs["mistakes"] = self._mistakes
        if self._has_penalty:
            logs["penalty"] = self._evaluator.penalty
        if self.epoch % training.validation_freq == 0 or self.epoch == self.last_epoch:
            self._measure(logs)
        return logs

    def _measure(self, logs: dict[str, float]) -> None:
        """Add what takes a pass over the data; R² stands in where there are no classes."""
        has_classes = self.project.data.target_classes is not None
        metric = "accuracy" if has_classes else "r2"
        if has_classes:
            logs["accuracy"] = self._evaluator.accuracy()
        elif self._watches("r2"):
            logs["r2"] = self.evaluate().r2
        if len(self.project.prepared.validation):
            found = self.evaluate("validation")
            logs["val_loss"] = found.loss
            logs[f"val_{metric}"] = found.accuracy if has_classes else found.r2

    def _watches(self, figure: str) -> bool:
        """Whether a figure that nobody sees by default is worth a pass over the data."""
        return any(
            getattr(spec, "monitor", figure) == figure for spec in self.project.training.callbacks
        )

    def _check_stop(self, logs: dict[str, float]) -> None:
        """End training at an epoch that meets one of the project's stop criteria."""
        stop = self.project.training.stop
        if stop.loss is not None and logs["loss"] <= stop.loss:
            self.stop(f"Stopped at epoch {self.epoch:,}: the loss is at or below {stop.loss:g}.")
        accuracy = logs.get("accuracy", 0.0)
        if stop.accuracy is not None and accuracy >= stop.accuracy:
            self.stop(f"Stopped at epoch {self.epoch:,}: the accuracy is {accuracy:.1%}.")
        if stop.weight_change is not None:
            change = float(np.abs(self.network.theta - self._epoch_start).max())
            self._epoch_start = self.network.theta.copy()
            if change <= stop.weight_change:
                self.stop(
                    f"Stopped at epoch {self.epoch:,}: no parameter changed by more than "
                    f"{stop.weight_change:g}."
                )

    def stop(self, reason: str) -> None:
        """End training after this epoch; ``reason`` is a sentence for the user."""
        self.stop_reason = self.stop_reason or reason

    def _forget_steering(self, callbacks: tuple[CallbackSpec, ...]) -> None:
        """Go back to the project's learning rate where no callback is left to have changed it."""
        names = {spec.name for spec in callbacks}
        if "reduce_lr_on_plateau" not in names:
            self._optimizer.rate.factor = 1.0
        if "learning_rate_scheduler" not in names:
            self._optimizer.rate.initial = self.project.optimizer.learning_rate

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

    def _watch_loss(self) -> None:
        """Take the loss of this start as the measure of one that grows without limit."""
        largest = math.nextafter(math.inf, 0.0)
        loss = self.evaluate().loss
        if math.isfinite(loss):
            largest = min(largest, DIVERGENCE_FACTOR * max(loss, 1.0))
        self._kernel.loss_limit = largest
        start = self._state()
        self._kept = (start, start, start)
        self._epoch_start = start.theta

    def _state(self) -> _State:
        """What to fall back to if training diverges later."""
        return _State(
            theta=self.network.theta.copy(),
            moving=self.network.moving.copy(),
            slots={name: values.copy() for name, values in self._optimizer.slots.items()},
            updates=(self._optimizer.iterations, self._optimizer.scheduled),
            rate=(self._optimizer.rate.initial, self._optimizer.rate.factor),
            epoch=self.epoch,
            iteration=self.iteration,
            position=self._position,
            epoch_loss=self._epoch_loss,
            mistakes=self._mistakes,
        )

    def _divergence(self) -> str:
        """Go back to the kept state; return the sentence that says what happened."""
        # At the end there is no next iteration: it was the last update that went wrong.
        failed = self.iteration if self.finished else self.iteration + 1
        what = describe(self._kernel.last_pass)
        self._fall_back()
        return (
            f"Training stopped: the loss grew without limit at iteration {failed:,}{what}. "
            f"The weights of iteration {self.iteration:,} are kept. "
            f"Try a smaller learning rate than {self._optimizer.learning_rate:g}."
        )

    def _fall_back(self) -> None:
        """Return to the newest kept state that is still good: of the last two epochs' ends.

        The newest one may itself hold the update that went wrong; the oldest, the start of
        training or of the last change, is what "good" is measured by.
        """
        for state in reversed(self._kept):
            self.restore((state.theta, state.moving))
            self._optimizer.iterations, self._optimizer.scheduled = state.updates
            self._optimizer.rate.initial, self._optimizer.rate.factor = state.rate
            for name, values in state.slots.items():
                self._optimizer.slots[name][...] = values
            self.epoch, self.iteration = state.epoch, state.iteration
            self._position, self._epoch_loss = state.position, state.epoch_loss
            self._mistakes = state.mistakes
            if self.evaluate().loss <= self._kernel.loss_limit:
                break
        self._epoch_start = state.theta
        self._order = self._order_of(self.epoch + 1)
        self._kept = (self._kept[0], state, state)
        self.history.forget_after(self.epoch)

    @property
    def iterations_to_epoch_end(self) -> int:
        """Iterations left in the current epoch, at least 1."""
        return -(-(self._size - self._position) // self._batch_size)

    def run_epochs(self, count: int) -> int:
        """Run to the end of the ``count``-th epoch from here; return the iterations made."""
        per_epoch = self.project.iterations_per_epoch
        return self.run_iterations((count - 1) * per_epoch + self.iterations_to_epoch_end)

    def trace_iteration(self) -> Trace:
        """Run the next iteration as always and lay it open.

        Raises
        ------
        DivergenceError : as :meth:`run_iterations`.
        RuntimeError : when the last epoch is complete; :meth:`extend` it first.
        """
        if self.finished:
            raise RuntimeError("training is complete")
        before = self.network.theta.copy()
        slots = {name: frozen(values) for name, values in self._optimizer.slots.items()}
        update = self._optimizer.iterations + 1
        penalty = self._evaluator.penalty if self._has_penalty else 0.0
        epoch, iteration = self.epoch + 1, self.iteration + 1
        samples = self._order[self._position : self._position + self.project.batch_size]
        self.run_iterations(1)
        ended = bool(self._callbacks) and self._position == 0
        return record(
            self._kernel.last_pass,
            epoch=epoch,
            iteration=iteration,
            samples=self.project.prepared.training.rows[samples],
            before=before,
            after=self._last_update if ended else self.network.theta,
            penalty=penalty,
            learning_rate=self._optimizer.learning_rate,
            rule=self.project.training.rule,
            slots_before=slots,
            slots_after=self._optimizer.slots,
            update=update,
        )

    def evaluate(self, part: str = "training") -> Evaluation:
        """Send a part of the data (training, validation, test) through the test-time network."""
        return self._evaluator.evaluate(part)

    def probe(self, x: Array, theta: Array) -> Probe:
        """Send one input ``x`` (n_in,) through the test-time network with parameters ``theta``."""
        current = self._probe_pass
        current.network.theta[...] = theta
        current.network.moving[...] = self.network.moving
        scaler = self.project.prepared.scaler
        current.x[0] = x if scaler is None else scaler.transform(x[None])[0]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            current.infer()
        return Probe(
            x=frozen(current.x[0]),
            z=tuple(frozen(array[0]) for array in current.z),
            activation=tuple(frozen(array[0]) for array in current.output),
        )
