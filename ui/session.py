"""The open project and everything that happens to it: the one hub the widgets know."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from simulator.alteration import NewValues
from simulator.document import Document, load_document, resume_into
from simulator.lineage import Neurons
from simulator.project import Project, ProjectError
from simulator.project.edits import Edit, change_layer
from simulator.project.parameter_edits import with_next_seed
from simulator.runner import Runner
from simulator.snapshot import RunState, Snapshot
from ui.commands import ChangeProject, Origin
from ui.network_edits import NetworkEdits
from ui.project_edits import change_optimizer, change_training
from ui.run_folder import run_folder
from ui.selection import Selection
from ui.time_travel import TimeTravel, Travelled
from ui.training_thread import Command, TrainingThread

FRAME_MILLISECONDS = 33
SLOWEST_FRAME_MILLISECONDS = 66
SHARE_OF_FRAMES = 0.4
"""While training runs, drawing may take this share of the time: frames come later if it would."""
MOST_EDITS = 1000
FEWEST_EDITS = 50
UNDO_BYTES = 2**29
"""So many edits can be undone; fewer where each one of large data would keep a copy of them."""


class Session(QObject):
    """Holds the project, its undo stack and its training thread; widgets talk to nobody else.

    Signals
    -------
    project_changed(Project) : another project, or an edited one.
    snapshot_changed(Snapshot) : the newest picture of the trainer, at most once a frame.
    refused(str) : a sentence about something that could not be done; nothing was changed.
    failed(object) : an exception in the training thread, after training has stopped.
    """

    project_changed = Signal(object)
    snapshot_changed = Signal(object)
    refused = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        project: Project,
        parent: QObject | None = None,
        source: str | os.PathLike[str] | None = None,
    ) -> None:
        """``source`` is the file the project was read from, if it was."""
        super().__init__(parent)
        self.project = project
        self.snapshot: Snapshot | None = None
        self.selection = Selection(self)
        self.selection.fit(project.network)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(_undo_limit(project))
        self.time = TimeTravel(self, self)
        self.edits = NetworkEdits(self, self)
        self._thread = TrainingThread(project, self)
        self._thread.failed.connect(self._on_failed)
        self._thread.refused.connect(self._on_refused)
        self._frame_started = 0.0
        self._frame_timer = QTimer(self)
        self._frame_timer.setInterval(FRAME_MILLISECONDS)
        self._frame_timer.timeout.connect(self._on_frame)
        self.use_folder(source)

    def start(self) -> None:
        """Start the training thread and the frame timer."""
        self._thread.start()
        self._frame_timer.start()

    def shut_down(self) -> bool:
        """Stop the timer and the thread; True when the thread has ended."""
        self._frame_timer.stop()
        return self._thread.shut_down()

    @property
    def state(self) -> RunState:
        """What the trainer was doing at the newest snapshot."""
        return self.snapshot.state if self.snapshot is not None else RunState.PAUSED

    @property
    def settled(self) -> bool:
        """Whether the newest snapshot has everything in it that was sent."""
        return self._thread.mailbox.answered == self._thread.sent

    def _on_frame(self) -> None:
        snapshot = self._thread.mailbox.take()
        self._thread.request_snapshot()
        if snapshot is not None:
            self.snapshot = snapshot
            self._follow_in_time(snapshot)
            self._frame_started = time.perf_counter()
            self.snapshot_changed.emit(snapshot)
            # Behind the paint events this frame has posted.
            QTimer.singleShot(0, self, self._on_frame_painted)

    def _follow_in_time(self, snapshot: Snapshot) -> None:
        """At another time another project may be trained: take that one over.

        A snapshot made before an edit on its way here does not count.
        """
        project = snapshot.project
        if project is None or project is self.project:
            return
        if self.settled:
            self.undo_stack.push(Travelled(self.project, project, self._apply, self.show_changed))

    def _on_frame_painted(self) -> None:
        """Painting holds Python's lock, so a dear frame makes the next one come later."""
        took = 1000.0 * (time.perf_counter() - self._frame_started)
        wanted = took / SHARE_OF_FRAMES if self.state is RunState.RUNNING else 0.0
        interval = round(min(max(wanted, FRAME_MILLISECONDS), SLOWEST_FRAME_MILLISECONDS))
        if abs(interval - self._frame_timer.interval()) > 4:
            self._frame_timer.setInterval(interval)

    def _on_failed(self, problem: object) -> None:
        self.failed.emit(problem)

    def _on_refused(self, sentence: str) -> None:
        self.refused.emit(sentence)

    @property
    def sent(self) -> int:
        """How many commands the runner has been sent."""
        return self._thread.sent

    def send(self, command: Command) -> None:
        """Have the runner do something between two iterations."""
        self._thread.send(command)

    def run(self) -> None:
        """Train until paused."""
        self.send(Runner.run)

    def pause(self) -> None:
        """Stop after the current iteration."""
        self.send(Runner.pause)

    def toggle_running(self) -> None:
        """Run, or pause when running."""
        if self.state is RunState.RUNNING:
            self.pause()
        else:
            self.run()

    def step_to_phase(self, index: int) -> None:
        """To a phase of the iteration on show."""

        def go(runner: Runner) -> None:
            runner.pause()
            runner.step_to_phase(index)

        self.send(go)

    def reset(self) -> None:
        """Back to iteration 0 with the same start weights."""
        self.send(Runner.reset)

    def new_weights(self) -> None:
        """Other start weights: the next seed, from iteration 0; undo goes back to this seed."""
        self.edit("New weights", lambda: with_next_seed(self.project), "new weights")
        self.reset()

    def set_rate_limit(self, updates_per_second: float | None) -> None:
        """Run at most so many iterations a second; None for as fast as possible."""
        self._thread.set_rate_limit(updates_per_second)

    def set_drawing(self, inputs: NDArray[np.float64] | None) -> None:
        """The input (n_in,) whose answer every snapshot carries."""
        frozen = None
        if inputs is not None:
            frozen = np.array(inputs, dtype=np.float64)
            frozen.flags.writeable = False

        def go(runner: Runner) -> None:
            runner.set_probe(frozen)

        self.send(go)

    def set_evaluated_part(self, part: str) -> None:
        """The part of the data whose evaluation every snapshot carries; "" for none."""

        def go(runner: Runner) -> None:
            runner.set_evaluated_part(part or None)

        self.send(go)

    def open(self, source: str | os.PathLike[str]) -> None:
        """Open a project file, with its training if that is in it, or a built-in project.

        Raises
        ------
        ProjectError : one sentence; the project that was open stays open.
        """
        self.set_document(load_document(source))
        self.use_folder(source)

    def use_folder(self, source: str | os.PathLike[str] | None) -> None:
        """Callbacks write their files beside this project file."""
        folder = run_folder(source)

        def use(runner: Runner) -> None:
            runner.set_folder(folder)

        self.send(use)

    def set_project(self, project: Project) -> None:
        """Show another project, from its start, with nothing to undo."""
        self.set_document(Document(project))

    def set_document(self, document: Document) -> None:
        """Show another project, trained as far as the document is, with nothing to undo."""

        def load(runner: Runner) -> None:
            resume_into(runner, document)

        self.send(load)
        self.time.forget()
        if document.breakpoints:
            self.time.set_breakpoints(document.breakpoints)
        project = self.project = document.project
        self.undo_stack.clear()
        self.undo_stack.setUndoLimit(_undo_limit(project))
        self.selection.clear()
        self.selection.fit(project.network)
        self.project_changed.emit(project)

    def _apply(self, project: Project, change: Command) -> None:
        self.send(change)
        self.show_changed(project)

    def show_changed(self, project: Project) -> None:
        """Have everybody show a changed project; the trainer must know of it already."""
        self.project = project
        self.selection.fit(project.network)
        self.project_changed.emit(project)

    def change_project(
        self,
        text: str,
        project: Project,
        origin: Origin = None,
        merge_key: str = "",
        neurons: Neurons = (),
        values: NewValues | None = None,
        mark: str = "",
    ) -> None:
        """Go on with a changed project, as one undoable edit called ``text``.

        ``origin`` and ``neurons`` say where its layers and neurons come from, None that they are
        the same ones; ``values`` are given to parameters; edits with the same ``merge_key`` in a
        row are undone together; ``mark`` is said on the timeline, else what differs.
        """
        if project == self.project and values is None:
            return
        self.undo_stack.push(
            ChangeProject(
                text,
                self.project,
                project,
                origin,
                self._apply,
                merge_key,
                neurons,
                values,
                mark,
            )
        )

    def edit(
        self,
        text: str,
        make: Callable[[], Edit | Project],
        merge_key: str = "",
        mark: str = "",
    ) -> bool:
        """Go on with what ``make`` makes; False (and a sentence) if it refuses."""
        try:
            made = make()
        except ProjectError as problem:
            sentence = str(problem)
            self.refused.emit(sentence[0].upper() + sentence[1:])
            return False
        if isinstance(made, Edit):
            self.change_project(
                text, made.project, made.origin, merge_key, made.neurons, made.values, mark
            )
        else:
            self.change_project(text, made, None, merge_key)
        return True

    def change_layer(self, number: int, text: str, **changes: Any) -> bool:
        """Change fields of a layer; False (and a sentence) if they cannot be."""
        key = f"layer {number} {sorted(changes)}"
        return self.edit(text, lambda: change_layer(self.project, number, **changes), key)

    def set_learning_rate(self, learning_rate: float) -> bool:
        """Change the learning rate from the next iteration on."""
        return self.edit(
            "Change learning rate",
            lambda: change_optimizer(self.project, learning_rate=learning_rate),
            "rate",
        )

    def set_optimizer(self, name: str) -> bool:
        """Use another optimizer from the next iteration on, with its default parameters."""
        return self.edit("Change optimizer", lambda: change_optimizer(self.project, name=name))

    def set_training(self, text: str, **changes: Any) -> bool:
        """Change fields of :class:`~simulator.project.TrainingSpec`; False if they cannot be."""
        return self.edit(
            text,
            lambda: change_training(self.project, **changes),
            f"training {sorted(changes)}",
        )


def _undo_limit(project: Project) -> int:
    """How many edits of a project can be undone; Qt can change it only where there are none."""
    size = project.data.inputs.nbytes + project.data.targets.nbytes
    return min(MOST_EDITS, max(FEWEST_EDITS, UNDO_BYTES // max(1, size)))
