"""The trainer: runs a project's iterations and epochs, and shows what it did.

Everything random is a function of the seed and of the epoch or iteration, so the same project and
seed give the same numbers to the bit, however the run is cut into calls and whoever watches.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator import counter_random
from simulator.backprop import Pass
from simulator.history import History
from simulator.kernel import NumpyKernel
from simulator.losses import make_loss
from simulator.network import Array, Network, NetworkSpec
from simulator.optimizers import OPTIMIZERS, Optimizer
from simulator.project import Project
from simulator.project.model import EVALUATION_ROWS
from simulator.snapshot import Probe
from simulator.trace import Trace

_Number = TypeVar("_Number", bound=np.generic)

DIVERGENCE_FACTOR = 1000.0
"""Training stops at a mini-batch whose loss is so many times that of the start, or of 1."""


class DivergenceError(ArithmeticError):
    """Training stopped because the loss grew without limit; the text is for the user."""


@dataclass(frozen=True)
class Evaluation:
    """The test-time network (dropout off) on the training data.

    ``loss`` : mean over the samples; ``accuracy`` : share of right classes, NaN without classes;
    ``outputs`` : (N, n_out).
    """

    loss: float
    accuracy: float
    outputs: Array


@dataclass(frozen=True, slots=True)
class _State:
    """A moment of training that can be returned to."""

    theta: Array
    slots: dict[str, Array]
    updates: int
    epoch: int
    iteration: int
    position: int
    epoch_loss: float


class Trainer:
    """Trains one project.

    Attributes
    ----------
    project : what is trained; change it with :meth:`change`.
    network : the live network; copy what you show.
    epoch, iteration : completed so far.
    last_epoch : training ends there; the project's epochs, until :meth:`extend` says otherwise.
    history : the curves.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.history = History()
        self.last_epoch = project.training.epochs
        self.epoch = 0
        self.iteration = 0
        self._position = 0
        self._epoch_loss = 0.0
        self._kept: tuple[_State, _State, _State]
        self._build()
        self._order = self._order_of(1)
        self.network.initialize(project.training.seed, project.parameters)
        self._watch_loss()

    def _build(self) -> None:
        """Network and buffers for the project; the parameters are still 0."""
        project = self.project
        self.network = Network(project.network)
        size = project.network.parameter_count
        self._optimizer = OPTIMIZERS[project.optimizer.name](project.optimizer, size)
        self._kernel = NumpyKernel(project, self.network, self._optimizer)
        loss = make_loss(project.loss, dict(project.loss_parameters))
        rows = min(len(project.data), EVALUATION_ROWS)
        self._outputs = np.empty((len(project.data), project.data.n_outputs))
        self._evaluation_pass = Pass(self.network, loss, rows)
        # With parameters of its own: while stepping, those on show are not the live ones.
        self._probe_pass = Pass(Network(project.network), loss, 1)

    def _order_of(self, epoch: int) -> NDArray[np.intp]:
        """The order in which an epoch (counted from 1) visits the samples: (N,)."""
        size = len(self.project.data)
        if not self.project.training.shuffle:
            return np.arange(size, dtype=np.intp)
        seed = self.project.training.seed
        return counter_random.permutation(
            size, counter_random.key(seed, counter_random.SHUFFLE, epoch)
        )

    @property
    def finished(self) -> bool:
        """Whether all epochs up to ``last_epoch`` have been trained."""
        return self.epoch >= self.last_epoch

    def extend(self, epochs: int) -> None:
        """Let training go on for so many epochs from here."""
        self.last_epoch = self.epoch + epochs

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
        previous, optimizer = self.network, self._optimizer
        same_data = project.data is self.project.data
        if project.training.epochs != self.project.training.epochs:
            self.last_epoch = project.training.epochs
        self.project = project
        self._build()
        order = self._order_of(self.epoch + 1)
        if not same_data or not np.array_equal(order, self._order):
            # Other samples, or in another order: the epoch begins again.
            self._order = order
            self._position = 0
            self._epoch_loss = 0.0
        self.network.initialize(project.training.seed)
        if origin is None:
            depth = min(previous.spec.depth, project.network.depth)
            origin = [*range(1, depth + 1), *[None] * (project.network.depth - depth)]
        if memory is not None and memory.spec.sizes == self.network.spec.sizes:
            self.network.adopt(memory, range(1, memory.spec.depth + 1))
        self.network.adopt(previous, origin)
        self._adopt_optimizer(optimizer, previous.spec, origin)
        self._watch_loss()

    def _adopt_optimizer(
        self, previous: Optimizer, spec: NetworkSpec, origin: Sequence[int | None]
    ) -> None:
        """Keep what the optimizer remembers of the parameters that were kept."""
        if type(previous) is not type(self._optimizer):
            return
        self._optimizer.iterations = previous.iterations
        for name, values in previous.slots.items():
            old, new = Network(spec), Network(self.network.spec)
            old.theta[...] = values
            new.theta[...] = self._optimizer.slots[name]
            new.adopt(old, origin)
            self._optimizer.slots[name][...] = new.theta

    def run_iterations(self, count: int) -> int:
        """Run up to ``count`` iterations; return how many were made.

        Fewer are made when the last epoch is complete.

        Raises
        ------
        DivergenceError : when the loss grows without limit; the state is then an earlier, good one.
        """
        done = 0
        while done < count and not self.finished:
            done += self._run_in_epoch(min(self.iterations_to_epoch_end, count - done))
        return done

    def _run_in_epoch(self, count: int) -> int:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            progress = self._kernel.run(self._order, self._position, count, self.iteration + 1)
        size = len(self.project.data)
        self._position = min(self._position + progress.completed * self.project.batch_size, size)
        self.iteration += progress.completed
        self._epoch_loss += progress.loss_sum
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
        if self.history.wants(self.epoch):
            mean_loss = self._epoch_loss / len(self.project.data)
            self.history.append(self.epoch, mean_loss, self._accuracy())
        self._position = 0
        self._epoch_loss = 0.0
        self._order = self._order_of(self.epoch + 1)
        self._kept = (self._kept[0], self._kept[-1], self._state())

    def _watch_loss(self) -> None:
        """Take the loss of this start as the measure of one that grows without limit."""
        largest = math.nextafter(math.inf, 0.0)
        loss = self.evaluate().loss
        if math.isfinite(loss):
            largest = min(largest, DIVERGENCE_FACTOR * max(loss, 1.0))
        self._kernel.loss_limit = largest
        start = self._state()
        self._kept = (start, start, start)

    def _state(self) -> _State:
        """What to fall back to if training diverges later."""
        return _State(
            theta=self.network.theta.copy(),
            slots={name: values.copy() for name, values in self._optimizer.slots.items()},
            updates=self._optimizer.iterations,
            epoch=self.epoch,
            iteration=self.iteration,
            position=self._position,
            epoch_loss=self._epoch_loss,
        )

    def _divergence(self) -> str:
        """Go back to the kept state; return the sentence that says what happened."""
        # At the end there is no next iteration: it was the last update that went wrong.
        failed = self.iteration if self.finished else self.iteration + 1
        layer = next(
            (
                number
                for number, z in enumerate(self._kernel.last_pass.z, start=1)
                if not np.isfinite(z).all()
            ),
            None,
        )
        where = "" if layer is None else f" (first in the pre-activations of layer {layer})"
        self._fall_back()
        rate = self.project.optimizer.learning_rate
        return (
            f"Training stopped: the loss grew without limit at iteration {failed:,}{where}. "
            f"The weights of iteration {self.iteration:,} are kept. "
            f"Try a smaller learning rate than {rate:g}."
        )

    def _fall_back(self) -> None:
        """Return to the newest kept state that is still good: of the last two epochs' ends.

        The newest one may itself hold the update that went wrong; the oldest, the start of
        training or of the last change, is what "good" is measured by.
        """
        for state in reversed(self._kept):
            self.network.theta[...] = state.theta
            self._optimizer.iterations = state.updates
            for name, values in state.slots.items():
                self._optimizer.slots[name][...] = values
            self.epoch, self.iteration = state.epoch, state.iteration
            self._position, self._epoch_loss = state.position, state.epoch_loss
            if self.evaluate().loss <= self._kernel.loss_limit:
                break
        self._order = self._order_of(self.epoch + 1)
        self._kept = (self._kept[0], state, state)
        self.history.forget_after(self.epoch)

    @property
    def iterations_to_epoch_end(self) -> int:
        """Iterations left in the current epoch, at least 1."""
        return -(-(len(self.project.data) - self._position) // self.project.batch_size)

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
        epoch, iteration = self.epoch + 1, self.iteration + 1
        samples = self._order[self._position : self._position + self.project.batch_size]
        self.run_iterations(1)
        done = self._kernel.last_pass
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            done.output_error()
        return Trace(
            spec=self.project.network,
            epoch=epoch,
            iteration=iteration,
            samples=_frozen(samples),
            x=_frozen(done.x),
            target=_frozen(done.target),
            z=tuple(_frozen(array) for array in done.z),
            activation=tuple(_frozen(array) for array in done.activation),
            mask=tuple(None if array is None else _frozen(array) for array in done.mask),
            output=tuple(_frozen(array) for array in done.output),
            loss_per_sample=_frozen(done.loss_per_sample),
            loss=float(done.loss_per_sample.sum()) / done.size,
            error=tuple(_frozen(array) for array in done.error),
            delta=tuple(_frozen(array) for array in done.delta),
            theta_before=_frozen(before),
            gradient=_frozen(done.gradient),
            theta_after=_frozen(self.network.theta),
            fused=done.fused,
        )

    def evaluate(self) -> Evaluation:
        """Send all training data through the test-time network."""
        data = self.project.data
        outputs = np.empty((len(data), data.n_outputs))
        loss_sum = 0.0
        for start, first, current in self._test_passes():
            current.compute_loss()
            outputs[first : first + current.size] = current.output[-1]
            loss_sum += float(current.loss_per_sample[start - first :].sum())
        return Evaluation(loss_sum / len(data), self._share_right(outputs), outputs)

    def _accuracy(self) -> float:
        data = self.project.data
        if data.target_classes is None:
            return math.nan
        outputs = self._outputs
        for _, first, current in self._test_passes():
            outputs[first : first + current.size] = current.output[-1]
        return self._share_right(outputs)

    def _test_passes(self) -> Iterator[tuple[int, int, Pass]]:
        """Test-time passes over all data: (first new row, first row, the pass).

        The last rows are taken together with some before them, so every pass has the same size.
        """
        data = self.project.data
        current = self._evaluation_pass
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for start in range(0, len(data), current.size):
                first = min(start, len(data) - current.size)
                current.x[...] = data.inputs[first : first + current.size]
                current.target[...] = data.targets[first : first + current.size]
                current.infer()
                yield start, first, current

    def _share_right(self, outputs: Array) -> float:
        data = self.project.data
        predicted = data.predicted_classes(outputs)
        if predicted is None or data.target_classes is None:
            return math.nan
        return int(np.count_nonzero(predicted == data.target_classes)) / len(data)

    def probe(self, x: Array, theta: Array) -> Probe:
        """Send one input ``x`` (n_in,) through the test-time network with parameters ``theta``."""
        current = self._probe_pass
        current.network.theta[...] = theta
        current.x[0] = x
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            current.infer()
        return Probe(
            x=_frozen(current.x[0]),
            z=tuple(_frozen(array[0]) for array in current.z),
            activation=tuple(_frozen(array[0]) for array in current.output),
        )


def _frozen(array: NDArray[_Number]) -> NDArray[_Number]:
    """A read-only copy, safe to hand to another thread."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy
