"""The runner: a trainer with a place in time, answering what a viewer wants to do next.

It knows nothing of threads; whoever owns it calls one method at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulator.alteration import Lost, NewValues
from simulator.arrays import Array
from simulator.changes import describe_change
from simulator.condition import Condition, Watch
from simulator.conditions import NextUpdate
from simulator.divergence import DivergenceError
from simulator.lineage import Lineage
from simulator.network import Network
from simulator.project import Project
from simulator.record import Record
from simulator.snapshot import Probe, RunState, Snapshot
from simulator.stepping import Stepping
from simulator.timeline import Timeline
from simulator.trace import PhaseKind, Trace
from simulator.trainer import Trainer
from simulator.viewing import WatchedPart


class Runner(Stepping):
    """Runs, steps, resets and changes one project, and makes snapshots of it.

    Stepping moves a cursor through the trace of one iteration, which the trainer has run whole;
    leaving its last phase runs the next one.
    """

    def __init__(self, project: Project) -> None:
        self._folder: Path | None = None
        self._probe_input: Array | None = None
        self._part = WatchedPart()
        self._breakpoints: tuple[Condition, ...] = ()
        super().__init__(Trainer(project))
        self._plan(None)

    def _plan(self, goal: int | None, follow: bool = False, until: Condition | None = None) -> None:
        """How far the next run goes: to the end of epoch ``goal``, or until a condition holds."""
        self._goal = goal
        self._follow = follow
        self._until = until
        self._watches: list[Watch] | None = None

    def _load(self, project: Project, trainer: Trainer | None = None) -> None:
        self._watch(trainer or Trainer(project, self._folder))
        self._revision += 1
        self._part.forget()
        self._plan(None)

    def load(
        self, project: Project, trainer: Trainer | None = None, record: Record | None = None
    ) -> None:
        """Start another project, paused at iteration 0, with a record of its own.

        ``trainer`` is one that has trained this project before: its record begins where it is, or
        is ``record``, of which it must be at the present.
        """
        self._load(project, trainer)
        if trainer is not None:
            trainer.folder = self._folder
            if record is not None:
                self.timeline = Timeline.of(trainer, record)
            if trainer.finished:
                self._finish()
        self._breakpoints = ()
        self.set_probe(self._probe_input)

    def reset(self) -> None:
        """Back to iteration 0 with the same start weights; a new record begins."""
        self._load(self.project)

    def change(
        self,
        project: Project,
        origin: Lineage | Sequence[int | None] | None = None,
        memory: Lost | Network | None = None,
        text: str = "",
        values: NewValues | None = None,
    ) -> Lost:
        """Go on with a changed project, as :meth:`Trainer.change`; returned is what it takes away.

        ``text`` says on the timeline what was changed.  In the past the future there was becomes a
        branch.
        """
        self.timeline.note()
        self._leave_failure()
        before = self.project
        lost = self.trainer.change(project, origin, memory, values)
        self.timeline.mark(text or describe_change(before, project))
        self._shown_project = project
        self._revision += 1
        self.set_probe(self._probe_input)
        self._part.forget()
        self._trace = None
        self._cursor = None
        self._row = 0
        self._watches = None
        if self.state in (RunState.STEPPING, RunState.FINISHED, RunState.STOPPED):
            self.state = RunState.PAUSED
            self._message = ""
        return lost

    def run(self) -> None:
        """Train until paused or finished; from the end on for as many epochs again.

        In the past it trains on from there: where an edit lies ahead, the future with that edit
        becomes a branch.
        """
        self._start()
        self._extend_to_run(self.project.training.epochs)

    def run_epoch(self) -> None:
        """Train to the end of the current epoch, then pause; within the record along it."""
        self._start(follow=True)
        self._extend_to_run(1)
        self._goal = self.trainer.epoch + 1

    def run_until(self, condition: Condition) -> None:
        """Train until a condition holds, then pause; the message says what happened and where.

        Raises
        ------
        ProjectError : a condition that this project cannot meet.
        """
        condition.check(self.project)
        if isinstance(condition, NextUpdate) and self._cursor is not None:
            self.run_to_update()
            return
        self._start(until=condition)
        self._extend_to_run(self.project.training.epochs)

    @property
    def breakpoints(self) -> tuple[Condition, ...]:
        """What every run pauses at."""
        return self._breakpoints

    def set_breakpoints(self, conditions: tuple[Condition, ...], wait: bool = False) -> None:
        """Pause every run at the iteration at which one of these begins to hold.

        With ``wait`` those that this project cannot meet wait for a time at which it can.

        Raises
        ------
        ProjectError : a condition that this project cannot meet, without ``wait``.
        """
        if not wait:
            for condition in conditions:
                condition.check(self.project)
        self._breakpoints = conditions
        self._watches = None

    def _start(self, follow: bool = False, until: Condition | None = None) -> None:
        self._leave_failure()
        self._plan(None, follow, until)
        self._cursor = None
        self._row = 0
        self._message = ""
        self.state = RunState.RUNNING

    def _extend_to_run(self, epochs: int) -> None:
        self.timeline.begin(self._follow)
        if self.trainer.finished:
            self._extend(epochs)

    def pause(self) -> None:
        """Stop after the iteration just made."""
        if self.running:
            self._rest()

    def advance(self, iterations: int) -> int:
        """Run up to so many iterations of a run; return how many were made.

        The last of them is laid open, so that a snapshot always has the newest iteration to show.
        """
        done = 0
        while done < iterations and self.running:
            room = self.timeline.begin(self._follow)
            self._notice_project()
            if self.trainer.finished:
                # Fewer epochs were asked for than have been trained.
                self._cursor = None
                self._finish()
                break
            wanted = min(iterations - done, room, self._iterations_left())
            try:
                done += self._run_piece(wanted, last=done + wanted >= iterations)
            except DivergenceError as problem:
                self._diverged(problem)
                return 0
        return done

    def _run_piece(self, wanted: int, last: bool) -> int:
        """Run a few iterations of a run, and pause where it is to."""
        trainer = self.trainer
        watches = self._armed()
        if watches:
            wanted = 1
        ends = wanted == self._iterations_left()
        if watches or last or ends:
            made = trainer.run_iterations(wanted - 1)
            if not trainer.finished:
                self._trace = trainer.trace_iteration()
                made += 1
        else:
            made = trainer.run_iterations(wanted)
        self.timeline.note()
        happened = [watch for watch in watches if watch.happened(trainer, self._trace)]
        if trainer.finished and not self.timeline.goes_on(self._follow):
            self._show_last()
            self._finish()
        if happened:
            self._rest_with(happened[0])
        elif self.running and self._goal is not None and trainer.epoch >= self._goal:
            self.timeline.follow()
            self._rest()
        return made

    def _show_last(self) -> None:
        """A callback may have ended training where nobody had laid the iteration open."""
        if self._trace is None or self._trace.iteration != self.trainer.iteration:
            self._retrace(self.trainer.iteration)

    def _rest_with(self, watch: Watch) -> None:
        self._rest()
        self._message = (
            f"Stopped at iteration {self.trainer.iteration:,} (epoch {self._epoch_on_show:,}): "
            f"{watch.sentence}."
        )

    @property
    def _epoch_on_show(self) -> int:
        return self._trace.epoch if self._trace is not None else self.trainer.epoch

    def _armed(self) -> list[Watch]:
        """The conditions that are watched in this run; nothing is watched where there are none."""
        if self._watches is None:
            given = [Watch(own, self._probe_input) for own in self._breakpoints]
            if self._until is not None:
                given.insert(0, Watch(self._until, self._probe_input, once=True))
            for watch in given:
                watch.arm(self.trainer, self._trace)
            self._watches = given
        return self._watches

    def _iterations_left(self) -> int:
        """Iterations until the run pauses or finishes by itself, at least 1."""
        trainer = self.trainer
        end = trainer.last_epoch if self._goal is None else min(self._goal, trainer.last_epoch)
        later = max(0, end - trainer.epoch - 1) * self.project.iterations_per_epoch
        return trainer.iterations_to_epoch_end + later

    def set_probe(self, x: Array | None) -> None:
        """The input (n_in,) that every snapshot sends through the test-time network.

        One that the network cannot receive is none.
        """
        if x is not None and len(x) != self.project.network.inputs:
            x = None
        self._probe_input = x

    def set_folder(self, folder: Path | None) -> None:
        """Where callbacks write their files from now on; None for nowhere."""
        self._folder = self.trainer.folder = folder

    def set_evaluated_part(self, part: str | None) -> None:
        """The part of the data that snapshots carry an evaluation of; None for none."""
        self._part.choose(part)

    def add_bookmark(self, name: str) -> None:
        """Give the moment on show a name.

        Raises
        ------
        ProjectError : a name that cannot be, or too many bookmarks.
        """
        phase = self._cursor if self.divergence is None else None
        self.timeline.add_bookmark(name, self.trainer.iteration, phase)

    def rename_bookmark(self, index: int, name: str) -> None:
        """Rename a bookmark; raises as :meth:`Timeline.rename_bookmark`."""
        self.timeline.rename_bookmark(index, name)

    def remove_bookmark(self, index: int) -> None:
        """Remove a bookmark; raises as :meth:`Timeline.remove_bookmark`."""
        self.timeline.remove_bookmark(index)

    def switch_branch(self, number: int) -> None:
        """Make a branch the present and go to its end; raises as :meth:`Timeline.switch_branch`."""
        self.timeline.switch_branch(number)
        self.seek(self.timeline.end)

    def rename_branch(self, number: int, name: str) -> None:
        """Name a branch; raises as :meth:`Timeline.rename_branch`."""
        self.timeline.rename_branch(number, name)

    def drop_branch(self, number: int) -> None:
        """Forget a branch; raises as :meth:`Timeline.drop_branch`."""
        self.timeline.drop_branch(number)

    def snapshot(self, updates_per_second: float = 0.0) -> Snapshot:
        """Everything a viewer may show, frozen at this moment."""
        trainer = self.trainer
        self._take_notice()
        epoch, iteration = trainer.epoch, trainer.iteration
        theta = trainer.network.theta.copy()
        recorded = trainer.history.view()
        trace = self._trace
        if trace is not None and self._cursor is not None:
            theta = _parameters_at(trace, self._cursor)
            if self._phases_left:
                epoch, iteration = trace.epoch - 1, trace.iteration - 1
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
            history=recorded.up_to(epoch),
            probe=self._probe(theta),
            updates_per_second=updates_per_second,
            evaluation=self._part.evaluate(
                trainer.project,
                theta,
                trainer.network.moving,
                (self._jumps, iteration, self._cursor),
                self.running,
            ),
            moving=moving,
            project=trainer.project,
            row=self._row,
            timeline=self.timeline.view(),
            recorded=recorded,
            divergence=self.divergence,
        )

    def _take_notice(self) -> None:
        """What the record had to give up is worth a message, where there is no other."""
        self._message = self._message or self.timeline.notice
        self.timeline.notice = ""

    def _probe(self, theta: Array) -> Probe | None:
        x = self._probe_input
        if x is None or len(x) != self.project.network.inputs:
            # At another time there may be other inputs.
            return None
        return self.trainer.probe(x, theta)


def _parameters_at(trace: Trace, cursor: int) -> Array:
    """The parameters while the cursor is at a phase: each layer's change with its update."""
    theta = trace.theta_before.copy()
    for phase in trace.phases[: cursor + 1]:
        if phase.kind is PhaseKind.UPDATE:
            own = trace.spec.layer_slices[phase.layer - 1]
            theta[own] = trace.theta_after[own]
    return theta
