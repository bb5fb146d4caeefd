"""The trainer: runs a project's iterations and epochs, and shows what it did.

Everything random is a function of the seed and of the epoch or iteration, so the same project and
seed give the same numbers to the bit, however the run is cut into calls and whoever watches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from simulator.adoption import (
    adopt_slots,
    bring_back_links,
    likely_origin,
    same_samples,
    same_shape,
)
from simulator.alteration import Before, Lost, NewValues, bring_back, give
from simulator.callbacks import Callback, CallbackSpec
from simulator.divergence import DivergenceError, locate
from simulator.epoch_end import measure, stop_reason
from simulator.lineage import Lineage, same_parameters
from simulator.live_training import Begun, LiveTraining
from simulator.network import Network
from simulator.optimizers import Optimizer
from simulator.project import Project
from simulator.project.model import StopSpec
from simulator.trace import Trace

KEEP_EVERY = 100
"""Iterations, at least, between two epoch ends that are kept to fall back to."""
_NEVER = StopSpec()


class Trainer(LiveTraining):
    """Trains one project.

    Attributes
    ----------
    project : what is trained; change it with :meth:`change`.
    network : the live network; copy what you show.
    epoch, iteration : completed so far.
    last_epoch : training ends there; the project's epochs, until :meth:`extend` says otherwise.
    stop_reason : a sentence when training ended before that; else empty.
    epoch_loss : of the epoch just completed, NaN within an epoch.
    history : the curves.
    folder : where callbacks write their files; None where they write none.
    replaying : whether what is trained has been trained before, so that its files are there.
    """

    def __init__(
        self,
        project: Project,
        folder: Path | None = None,
        callbacks: Sequence[Callback] = (),
    ) -> None:
        """``callbacks`` are told of each epoch's end besides those of the project."""
        super().__init__(project, folder)
        self._own_callbacks = tuple(callbacks)
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
        origin: Lineage | Sequence[int | None] | None = None,
        memory: Lost | Network | None = None,
        values: NewValues | None = None,
    ) -> Lost:
        """Go on with a changed project, keeping every parameter that can be kept.

        ``origin`` says where layers and neurons come from, as for :meth:`Network.adopt`; without it
        layers keep their numbers.  Weights between neurons that existed before are kept; new ones
        are drawn, or taken from ``memory`` if that is a network of this shape.  What was ``Lost``
        is brought back instead (undo).  ``values`` are given to parameters in the end.  Counters
        and history go on.  Returned is what this change takes away.
        """
        was = Before(self.network, self._optimizer)
        replaced = type(self._optimizer)
        same = project is self.project
        if same:
            lineage = Lineage.of(was.spec, was.spec, range(1, was.spec.depth + 1))
        else:
            lineage = self._use_project(project, origin, memory)
        if isinstance(memory, Lost) and same_parameters(memory.spec, self.network.spec):
            bring_back(memory, self.network, self._optimizer, replaced)
        if values is not None:
            give(values, self.network, self._optimizer, self._new_optimizer())
        self.network.remove_links()
        # A turned wheel changes a weight many times a second; it must not wait for all samples.
        self._watch_loss(roughly=same)
        return was.lost(self.network, self._optimizer, lineage)

    def _use_project(
        self,
        project: Project,
        origin: Lineage | Sequence[int | None] | None,
        memory: Lost | Network | None,
    ) -> Lineage:
        """Build everything for another project, with what can be kept; where it comes from."""
        before, previous, optimizer = self.project, self.network, self._optimizer
        goes_on = self.finished
        if project.training.epochs != before.training.epochs:
            self.last_epoch = project.training.epochs
        goes_on = goes_on and self.last_epoch > self.epoch
        if same_samples(before, project):
            # Worked out once: an old project is kept for as long as one can go back to it.
            project.__dict__.setdefault("prepared", before.prepared)
        self.project = project
        self._build()
        order = self._order_of(self.epoch + 1)
        if not same_samples(before, project) or not np.array_equal(order, self._order):
            # Other samples, or in another order: the epoch begins again.
            self._order = order
            self._position = 0
            self._epoch_loss = 0.0
            self._mistakes = 0
        lineage = self._adopt_parameters(previous, origin, memory)
        self._adopt_optimizer(optimizer, previous, lineage)
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
        return lineage

    def _adopt_parameters(
        self,
        previous: Network,
        origin: Lineage | Sequence[int | None] | None,
        memory: Lost | Network | None,
    ) -> Lineage:
        spec = self.network.spec
        self.network.initialize(self.project.training.seed, self.project.parameters)
        if origin is None:
            origin = likely_origin(previous.spec, spec)
        if not isinstance(origin, Lineage):
            origin = Lineage.of(previous.spec, spec, tuple(origin))
        if isinstance(memory, Network) and same_shape(memory.spec, spec):
            self.network.adopt(memory, range(1, spec.depth + 1))
        start = self.network.theta.copy()
        self.network.adopt(previous, origin)
        self._cut = bring_back_links(previous, self.network, origin, start, self._cut)
        return origin

    def _adopt_optimizer(self, previous: Optimizer, before: Network, lineage: Lineage) -> None:
        """Keep what the optimizer remembers, and the learning rate as callbacks have made it."""
        self._optimizer.rate.factor = previous.rate.factor
        self._optimizer.scheduled = previous.scheduled
        if self._given_rate == self.project.optimizer.learning_rate:
            # The user has not asked for another rate, so what a callback made of it stands.
            self._optimizer.rate.initial = previous.rate.initial
        self._given_rate = self.project.optimizer.learning_rate
        adopt_slots(previous, before, self._optimizer, self.network, lineage)

    def run_iterations(self, count: int) -> int:
        """Run up to ``count`` iterations; return how many were made.

        Fewer are made when the last epoch is complete.

        Raises
        ------
        DivergenceError : when the loss grows without limit; the state is then an earlier, good one.
        """
        if count < 1:
            return 0
        done, good = self._run(count)
        if not good:
            raise self._divergence(None)
        return done

    def _run(self, count: int) -> tuple[int, bool]:
        """Run up to so many iterations: how many were made, and whether all went well."""
        done, good = 0, True
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            while done < count and good and not self.finished:
                made, good = self._run_in_epoch(min(self.iterations_to_epoch_end, count - done))
                done += made
        return done, good

    def _run_in_epoch(self, count: int) -> tuple[int, bool]:
        progress = self._kernel.run(
            self._order, self._position, count, self.iteration + 1, self._epoch_loss
        )
        size = self._size
        self._position = min(self._position + progress.completed * self._batch_size, size)
        self.iteration += progress.completed
        self.epoch_loss = math.nan
        self._epoch_loss = progress.loss_sum
        self._mistakes += progress.mistakes
        good = progress.completed == count
        if good and self._position == size:
            self._end_epoch()
            # No further iteration would notice that the very last update went wrong.
            good = not self.finished or self.is_good
        return progress.completed, good

    def _end_epoch(self) -> None:
        self.epoch += 1
        logs: dict[str, float] = {}
        wanted = self.history.wants(self.epoch)
        steered = self._callbacks or self.project.training.stop != _NEVER
        self.epoch_loss = self._epoch_loss / self._size
        if wanted or steered or not self.replaying:
            logs = self._figures()
        if wanted:
            self.history.append(self.epoch, logs)
        self._position = 0
        self._epoch_loss = 0.0
        self._mistakes = 0
        self._order = self._order_of(self.epoch + 1)
        if self.iteration - self._kept[-1].iteration >= KEEP_EVERY:
            self._kept = (self._kept[0], self._kept[-1], self.state())
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
            "loss": self.epoch_loss,
            "learning_rate": self._optimizer.learning_rate,
        }
        if training.rule == "perceptron":
            logs["mistakes"] = self._mistakes
        if self._has_penalty:
            logs["penalty"] = self._evaluator.penalty
        if self.epoch % training.validation_freq == 0 or self.epoch == self.last_epoch:
            logs |= measure(self.project, self._evaluator)
        return logs

    def _check_stop(self, logs: Mapping[str, float]) -> None:
        """End training at an epoch that meets one of the project's stop criteria."""
        stop, change = self.project.training.stop, math.inf
        if stop.weight_change is not None:
            change = float(np.abs(self.network.theta - self._epoch_start).max())
            self._epoch_start = self.network.theta.copy()
        reason = stop_reason(stop, self.epoch, logs, change)
        if reason:
            self.stop(reason)

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

    def _divergence(self, begun: Begun | None, overflowed: bool = False) -> DivergenceError:
        """Go back to the kept state; return the error that says what happened.

        ``overflowed`` says that the loss was good and the update was to blame.
        """
        # At the end there is no next iteration: it was the last update that went wrong.
        updated = overflowed or self.finished
        failed = self.iteration if updated else self.iteration + 1
        found = locate(self._kernel.last_pass, failed)
        trace = None
        if not updated:
            trace = self._trace_of_failure()
        elif begun is not None:
            trace = self._trace(begun)
        self._fall_back()
        rate = self._optimizer.learning_rate
        return DivergenceError(found.with_last_good(self.iteration), rate, trace, updated)

    def _trace_of_failure(self) -> Trace:
        """The iteration that was begun and not updated; what is behind the loss is not a number."""
        if not math.isfinite(self._kernel.last_pass.mean_loss):
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                self._kernel.last_pass.backward()
        return self._trace(self._begin())

    def _fall_back(self) -> None:
        """Return to the newest kept state that is still good: of the last two epochs' ends.

        The newest one may itself hold the update that went wrong; the oldest, the start of
        training or of the last change, is what "good" is measured by.
        """
        for state in reversed(self._kept):
            self._use(state)
            if self.is_good:
                break
        self._epoch_start = state.theta
        self._kept = (self._kept[0], state, state)
        self.history.forget_after(self.epoch)

    def run_epochs(self, count: int) -> int:
        """Run to the end of the ``count``-th epoch from here; return the iterations made.

        Raises
        ------
        DivergenceError : as :meth:`run_iterations`.
        """
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
        begun = self._begin()
        _, good = self._run(1)
        # What is laid open may rest there, with no next iteration to notice.
        overflowed = good and not np.isfinite(self.network.theta).all()
        if not good or overflowed:
            raise self._divergence(begun, bool(overflowed))
        return self._trace(begun)
