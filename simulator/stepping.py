"""Steps through time: a cursor over the phases of an iteration, and over all iterations.

A step within the record walks along it, with the edits that were made; a step from its end trains.
So a step forward and one back always lead to where they began.
"""

from __future__ import annotations

import math

from simulator.divergence import Divergence, DivergenceError, sentence
from simulator.project import Project
from simulator.snapshot import RunState
from simulator.timeline import Timeline
from simulator.trace import Phase, PhaseKind, Trace
from simulator.trainer import Trainer

_FAILED_AT = {
    "weights": PhaseKind.PREACTIVATION,
    "pre-activation": PhaseKind.PREACTIVATION,
    "activation": PhaseKind.ACTIVATION,
    "loss": PhaseKind.LOSS,
}


class Stepping:
    """A trainer, its record, and the place on show.

    Attributes
    ----------
    trainer : while an iteration is stepped through it has made the whole of it.
    timeline : the record.
    state, message : as in :class:`~simulator.snapshot.Snapshot`.
    divergence : while the moment is on show at which training ran away; the trainer has then gone
        back to the last good moment already.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._revision = 0
        self._watch(trainer)

    def _watch(self, trainer: Trainer) -> None:
        """Begin a record with a trainer."""
        self.trainer = trainer
        self.timeline = Timeline(trainer)
        self._shown_project = trainer.project
        self._trace: Trace | None = None
        self._cursor: int | None = None
        self._row = 0
        self._jumps = 0
        self.state = RunState.PAUSED
        self._message = ""
        self.divergence: Divergence | None = None
        self._failed_cursor = 0

    @property
    def project(self) -> Project:
        """The project as it is trained at this moment."""
        return self.trainer.project

    @property
    def running(self) -> bool:
        """Whether there are iterations to run."""
        return self.state is RunState.RUNNING

    def stop(self, message: str) -> None:
        """Stop because of a problem; ``message`` is a sentence for the user."""
        self.state = RunState.STOPPED
        self._cursor = None
        self._message = message

    # --- One iteration ----------------------------------------------------------------------------

    def _extend_if_finished(self) -> None:
        """A step is never refused: it goes on into the next epoch."""
        self.timeline.note()
        self.timeline.follow()
        if self.trainer.finished:
            self._extend(1)

    def _extend(self, epochs: int) -> None:
        self.timeline.note()
        self.trainer.extend(epochs)
        self.timeline.mark("", edit=False)

    def _traced_iteration(self) -> bool:
        """Make the next iteration and lay it open; False if it diverged."""
        self._leave_failure()
        self._extend_if_finished()
        self.timeline.begin(follow=True)
        try:
            self._trace = self.trainer.trace_iteration()
        except DivergenceError as problem:
            self._diverged(problem)
            return False
        self.timeline.note()
        self._message = ""
        self._row = 0
        self._notice_project()
        return True

    def _retrace(self, iteration: int) -> None:
        """Lay iteration ``iteration`` of the record open again; the trainer is then behind it."""
        self._jumps += 1
        self.timeline.go_before(iteration)
        self.timeline.begin(follow=True)
        self._trace = self.trainer.trace_iteration()
        self.timeline.note()
        self._row = 0
        self._notice_project()

    def _notice_project(self) -> None:
        """At another moment another project may be trained: viewers must build theirs again."""
        if self.trainer.project is not self._shown_project:
            self._shown_project = self.trainer.project
            self._revision += 1

    def _diverged(self, problem: DivergenceError) -> None:
        """Show the moment at which training ran away; the trainer goes back to a good one."""
        failed = problem.divergence.iteration
        self._jumps += 1
        good = self.timeline.rescue(failed, problem.updated)
        trace = problem.trace
        if trace is None:
            # The last update of all was to blame; it is made again, to be laid open.
            trace = self._trace_of_last(failed)
        self.stop(sentence(problem.divergence.with_last_good(good), problem.rate))
        self._trace = trace
        self.divergence = problem.divergence.with_last_good(good)
        if trace is not None:
            phase = _failed_phase(self.divergence, problem.updated, trace)
            self._cursor = self._failed_cursor = trace.phases.index(phase)
        self._row = self.divergence.row or 0

    def _trace_of_last(self, failed: int) -> Trace | None:
        try:
            self.trainer.run_iterations(failed - 1 - self.trainer.iteration)
            self.trainer.trace_iteration()
        except DivergenceError as again:
            self.timeline.rescue(failed, again.updated)
            return again.trace
        return None

    def _leave_failure(self) -> None:
        """Go on from the last good moment, where the trainer is."""
        if self.divergence is not None:
            self.divergence = None
            self._trace = None
            self._cursor = None
            self._row = 0

    def back_to_good(self) -> None:
        """From the moment training ran away to the last good one."""
        if self.divergence is not None:
            self.seek(self.divergence.last_good)

    # --- Places -----------------------------------------------------------------------------------

    def seek(self, iteration: int, phase: int | None = None) -> None:
        """Go to the moment behind ``iteration``, as far as the record goes.

        With ``phase`` go to that phase of iteration ``iteration`` itself, its index in the trace.
        """
        self._leave_failure()
        self._message = ""
        start, end = self.timeline.start, self.timeline.end
        iteration = max(start, min(iteration, end))
        if iteration == start:
            self._trace = None
            self._row = 0
            self._jumps += 1
            self.timeline.go(start)
            self._notice_project()
            self._rest()
            return
        self._retrace(iteration)
        if phase is not None:
            self._show_phase(phase)
            return
        self.timeline.follow()
        self._rest()

    def _show_phase(self, index: int) -> None:
        assert self._trace is not None
        self._cursor = max(0, min(index, len(self._trace.phases) - 1))
        self.state = RunState.STEPPING

    def _rest(self) -> None:
        """Between two iterations."""
        self._cursor = None
        self.state = RunState.PAUSED
        if self._trace is not None and self._trace.spec != self.project.network:
            self._trace = None
        self._notice_project()
        if self.trainer.finished:
            self._finish()

    def _finish(self) -> None:
        """All epochs are trained, or a stop criterion was met: then its sentence is the message."""
        self.state = RunState.FINISHED
        self._message = self.trainer.stop_reason

    @property
    def _phases_left(self) -> bool:
        """Whether the iteration being stepped has phases behind the cursor."""
        if self._trace is None or self._cursor is None:
            return False
        return self._cursor + 1 < len(self._trace.phases)

    def set_row(self, row: int) -> None:
        """Show another sample of the mini-batch, counted from 0."""
        rows = len(self._trace.x) if self._trace is not None else 1
        self._row = max(0, min(row, rows - 1))

    # --- Phases -----------------------------------------------------------------------------------

    def step_phase(self) -> None:
        """To the next phase; behind the last one the next iteration begins."""
        if self.divergence is not None and self._cursor is not None:
            if self._cursor < self._failed_cursor:
                self._cursor += 1
                return
        elif self._phases_left:
            assert self._cursor is not None
            self._show_phase(self._cursor + 1)
            return
        row = self._row
        if self._traced_iteration():
            self._show_phase(0)
            self.set_row(row)

    def step_back(self) -> None:
        """To the phase before; from the first one into the last of the iteration before."""
        if self.running:
            return
        row = self._row
        if self.divergence is not None and self._cursor is not None:
            if self._cursor > 0:
                self._cursor -= 1
                return
            self.back_to_good()
        self._message = ""
        if self._trace is None or (self._cursor == 0 and self.trainer.iteration > 0):
            self._to_iteration_before()
        elif self._cursor is None:
            self._show_phase(len(self._trace.phases) - 1)
        elif self._cursor > 0:
            self._show_phase(self._cursor - 1)
        self.set_row(row)

    def _to_iteration_before(self) -> None:
        """Into the last phase of the iteration before the one on show, if there is one."""
        before = self.trainer.iteration - (self._trace is not None)
        if before > self.timeline.start:
            self._retrace(before)
            self._show_phase(10**9)

    def step_to_phase(self, index: int) -> None:
        """To phase ``index`` of the iteration on show; begins one if there is none."""
        if self.divergence is not None and self._cursor is not None:
            self._cursor = max(0, min(index, self._failed_cursor))
            return
        if self._trace is None and not self._traced_iteration():
            return
        self._show_phase(index)

    def run_to_update(self) -> None:
        """To the first update of the iteration on show; from there to that of the next one."""
        ahead = False
        if self.divergence is None and self._trace is not None and self._cursor is not None:
            ahead = self._cursor < self._update
        if ahead or self._traced_iteration():
            self._show_phase(self._update)

    @property
    def _update(self) -> int:
        """The index of the first update of the iteration on show."""
        assert self._trace is not None
        kinds = [phase.kind for phase in self._trace.phases]
        return kinds.index(PhaseKind.UPDATE)

    # --- Samples ----------------------------------------------------------------------------------

    def step_sample(self) -> None:
        """Through the whole forward and backward pass of the next sample.

        Behind the mini-batch's last one the update is made and the next mini-batch begins.
        """
        if self.divergence is None and self._trace is not None and self._cursor is not None:
            last = self._update - 1
            if self._cursor < last:
                self._show_phase(last)
                return
            if self._cursor == last and self._row + 1 < len(self._trace.x):
                self._row += 1
                return
        if self._traced_iteration():
            self._show_phase(self._update - 1)

    def step_sample_back(self) -> None:
        """To the end of the pass of the sample before."""
        if self.running:
            return
        self.back_to_good()
        self._message = ""
        if self._trace is not None:
            last = self._update - 1
            if self._cursor is None or self._cursor > last:
                self._show_phase(last)
                self._row = len(self._trace.x) - 1
                return
            if self._row > 0:
                self._show_phase(last)
                self._row -= 1
                return
        before = self.trainer.iteration - (self._trace is not None)
        if before > self.timeline.start:
            self._retrace(before)
            assert self._trace is not None
            self._show_phase(self._update - 1)
            self._row = len(self._trace.x) - 1
        else:
            self.seek(self.timeline.start)

    # --- Iterations and epochs --------------------------------------------------------------------

    def step_iteration(self) -> None:
        """To the end of the iteration being stepped, or through the next whole one."""
        unfinished = self._phases_left and self.divergence is None
        if not unfinished and not self._traced_iteration():
            return
        self.timeline.follow()
        self._rest()

    def step_iteration_back(self) -> None:
        """To the start of the iteration on show: to the moment behind the one before."""
        if self.divergence is not None:
            self.back_to_good()
        elif not self.running:
            self.seek(self.trainer.iteration - 1)

    def step_epoch_back(self) -> None:
        """To the last end of an epoch before this moment, or to the start."""
        if self.divergence is not None:
            self.back_to_good()
        elif not self.running:
            shown = self.trainer.iteration - self._phases_left
            self.seek(self.timeline.epoch_end_before(shown))


def _failed_phase(divergence: Divergence, updated: bool, trace: Trace) -> Phase:
    """The phase at which a number that went wrong first shows."""
    if updated:
        return Phase(PhaseKind.UPDATE, divergence.layer)
    if math.isfinite(divergence.value):
        return Phase(PhaseKind.LOSS, trace.spec.depth)
    return Phase(_FAILED_AT[divergence.what], divergence.layer)
