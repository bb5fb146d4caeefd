"""The runner: a trainer with a cursor in time, answering what a viewer wants to do next.

It knows nothing of threads; whoever owns it calls one method at a time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path

from simulator.arrays import Array
from simulator.divergence import DivergenceError
from simulator.evaluation import Evaluation, Evaluator
from simulator.network import Network
from simulator.project import Project
from simulator.snapshot import Probe, RunState, Snapshot
from simulator.trace import PhaseKind, Trace
from simulator.trainer import Trainer

EVALUATE_EVERY = 0.5
"""Seconds between two evaluations for a viewer while training runs."""


class Runner:
    """Runs, steps, resets and changes one project, and makes snapshots of it.

    Stepping moves a cursor through the trace of one iteration, which the trainer has run whole;
    leaving its last phase runs the next one.
    """

    def __init__(self, project: Project) -> None:
        self._revision = 0
        self._probe_input: Array | None = None
        self._evaluated_part: str | None = None
        self._folder: Path | None = None
        self._load(project)

    def _load(self, project: Project) -> None:
        self.trainer = Trainer(project, self._folder)
        self._revision += 1
        self._forget_evaluation()
        self._trace: Trace | None = None
        self._cursor: int | None = None
        self._goal: int | None = None
        self.state = RunState.PAUSED
        self._message = ""

    @property
    def project(self) -> Project:
        """The project as it is trained now."""
        return self.trainer.project

    @property
    def running(self) -> bool:
        """Whether :meth:`advance` has iterations to run."""
        return self.state is RunState.RUNNING

    def load(self, project: Project) -> None:
        """Start another project, paused at iteration 0."""
        self._load(project)
        if self._probe_input is not None and len(self._probe_input) != project.network.inputs:
            self._probe_input = None

    def reset(self) -> None:
        """Back to iteration 0 with the same start weights."""
        self._load(self.project)

    def change(
        self,
        project: Project,
        origin: Sequence[int | None] | None = None,
        memory: Network | None = None,
    ) -> None:
        """Go on with a changed project; ``memory`` gives values to neurons that come back."""
        self.trainer.change(project, origin, memory)
        self._revision += 1
        self._forget_evaluation()
        self._trace = None
        self._cursor = None
        if self.state in (RunState.STEPPING, RunState.FINISHED, RunState.STOPPED):
            self.state = RunState.PAUSED
            self._message = ""

    def run(self) -> None:
        """Train until paused or finished; from the end on for as many epochs again."""
        if self.trainer.finished:
            self.trainer.extend(self.project.training.epochs)
        self._start(None)

    def run_epoch(self) -> None:
        """Train to the end of the current epoch, then pause."""
        self._extend_if_finished()
        self._start(self.trainer.epoch + 1)

    def _start(self, goal: int | None) -> None:
        self._cursor = None
        self._message = ""
        self._goal = goal
        self.state = RunState.RUNNING

    def pause(self) -> None:
        """Stop after the iteration just made."""
        if self.running:
            self.state = RunState.PAUSED

    def stop(self, message: str) -> None:
        """Stop because of a problem; ``message`` is a sentence for the user."""
        self.state = RunState.STOPPED
        self._cursor = None
        self._message = message

    def advance(self, iterations: int) -> int:
        """Run up to so many iterations of a run; return how many were made.

        The last of them is laid open, so that a snapshot always has the newest iteration to show.
        """
        if iterations < 1:
            return 0
        if self.trainer.finished:
            # Fewer epochs were asked for than have been trained.
            self.state = RunState.FINISHED
            return 0
        iterations = min(iterations, self._iterations_left())
        try:
            done = self.trainer.run_iterations(iterations - 1)
            if not self.trainer.finished:
                self._trace = self.trainer.trace_iteration()
                done += 1
        except DivergenceError as problem:
            self._diverged(problem)
            return 0
        if self.trainer.finished:
            self._finish()
        elif self._goal is not None and self.trainer.epoch >= self._goal:
            self.state = RunState.PAUSED
        return done

    def _finish(self) -> None:
        """All epochs are trained, or a stop criterion was met: then its sentence is the message."""
        self.state = RunState.FINISHED
        self._message = self.trainer.stop_reason

    def _iterations_left(self) -> int:
        """Iterations until the run pauses or finishes by itself, at least 1."""
        trainer = self.trainer
        end = trainer.last_epoch if self._goal is None else min(self._goal, trainer.last_epoch)
        later = max(0, end - trainer.epoch - 1) * self.project.iterations_per_epoch
        return trainer.iterations_to_epoch_end + later

    def _diverged(self, problem: DivergenceError) -> None:
        self._trace = None
        self.stop(str(problem))

    def _extend_if_finished(self) -> None:
        """A step is never refused: it goes on into the next epoch."""
        if self.trainer.finished:
            self.trainer.extend(1)

    def _traced_iteration(self) -> bool:
        self._extend_if_finished()
        try:
            self._trace = self.trainer.trace_iteration()
        except DivergenceError as problem:
            self._diverged(problem)
            return False
        self._message = ""
        return True

    @property
    def _phases_left(self) -> bool:
        """Whether the iteration being stepped has phases behind the cursor."""
        if self._trace is None or self._cursor is None:
            return False
        return self._cursor + 1 < len(self._trace.phases)

    def step_phase(self) -> None:
        """To the next phase; behind the last one the next iteration begins."""
        if self._phases_left:
            assert self._cursor is not None
            self._cursor += 1
            return
        if self._traced_iteration():
            self.state = RunState.STEPPING
            self._cursor = 0

    def step_back(self) -> None:
        """To the phase before, as far as the start of this iteration.

        From a finished iteration it goes back into that iteration's last phase.
        """
        if self._trace is None or self.running:
            return
        if self._cursor is None:
            self._cursor = len(self._trace.phases) - 1
        elif self._cursor > 0:
            self._cursor -= 1
        self.state = RunState.STEPPING

    def step_to_phase(self, index: int) -> None:
        """To phase ``index`` of the iteration on show; begins one if there is none."""
        if self._trace is None and not self._traced_iteration():
            return
        assert self._trace is not None
        self._cursor = max(0, min(index, len(self._trace.phases) - 1))
        self.state = RunState.STEPPING

    def step_iteration(self) -> None:
        """To the end of the iteration being stepped, or through the next whole one."""
        unfinished = self._phases_left
        if self._cursor is not None:
            self._cursor = None
            self._rest()
            if unfinished:
                return
        if self._traced_iteration():
            self._rest()

    def _rest(self) -> None:
        """Between two iterations."""
        self.state = RunState.PAUSED
        if self.trainer.finished:
            self._finish()

    def set_probe(self, x: Array | None) -> None:
        """The input (n_in,) that every snapshot sends through the test-time network."""
        if x is not None and len(x) != self.project.network.inputs:
            x = None
        self._probe_input = x

    def set_folder(self, folder: Path | None) -> None:
        """Where callbacks write their files from now on; None for nowhere."""
        self._folder = self.trainer.folder = folder

    def set_evaluated_part(self, part: str | None) -> None:
        """The part of the data that snapshots carry an evaluation of; None for none."""
        self._evaluated_part = part
        self._forget_evaluation()

    def _forget_evaluation(self) -> None:
        self._evaluation: Evaluation | None = None
        self._evaluator: Evaluator | None = None
        self._evaluated_at = -math.inf
        self._evaluated_moment: tuple[int, int | None] | None = None

    def _evaluate(self, theta: Array) -> Evaluation | None:
        """The evaluation to show with the parameters to show."""
        part = self._evaluated_part
        if part is None:
            return None
        moment = (self.trainer.iteration, self._cursor)
        recent = time.monotonic() - self._evaluated_at < EVALUATE_EVERY
        if moment == self._evaluated_moment or (self.running and recent):
            return self._evaluation
        self._evaluated_moment = moment
        if self._evaluator is None:
            precision = self.project.training.precision
            self._evaluator = Evaluator(
                self.project, Network(self.project.network, precision=precision)
            )
        self._evaluator.use(theta, self.trainer.network.moving)
        self._evaluation = self._evaluator.evaluate(part)
        self._evaluated_at = time.monotonic()
        return self._evaluation

    def snapshot(self, updates_per_second: float = 0.0) -> Snapshot:
        """Everything a viewer may show, frozen at this moment."""
        trainer = self.trainer
        epoch, iteration = trainer.epoch, trainer.iteration
        theta = trainer.network.theta.copy()
        history = trainer.history.view()
        trace = self._trace
        if trace is not None and self._cursor is not None:
            theta = _parameters_at(trace, self._cursor)
            if self._phases_left:
                epoch, iteration = trace.epoch - 1, trace.iteration - 1
                history = history.up_to(epoch)
        theta.flags.writeable = False
        moving = trainer.network.moving.copy()
        moving.flags.writeable = False
        return Snapshot(
            revision=self._revision,
            spec=trainer.project.network,
            state=self.state,
            message=self._message,
            epoch=epoch,
            iteration=iteration,
            last_epoch=trainer.last_epoch,
            theta=theta,
            trace=trace,
            cursor=self._cursor,
            history=history,
            probe=self._probe(theta),
            updates_per_second=updates_per_second,
            evaluation=self._evaluate(theta),
            moving=moving,
            project=trainer.project,
        )

    def _probe(self, theta: Array) -> Probe | None:
        if self._probe_input is None:
            return None
        return self.trainer.probe(self._probe_input, theta)


def _parameters_at(trace: Trace, cursor: int) -> Array:
    """The parameters while the cursor is at a phase: each layer's change with its update."""
    theta = trace.theta_before.copy()
    for phase in trace.phases[: cursor + 1]:
        if phase.kind is PhaseKind.UPDATE:
            own = trace.spec.layer_slices[phase.layer - 1]
            theta[own] = trace.theta_after[own]
    return theta
