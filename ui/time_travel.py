"""Where in time the window is: steps, jumps, bookmarks, branches, and what a run stops at."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from simulator.condition import Condition
from simulator.project import Project
from simulator.runner import Runner
from simulator.snapshot import Snapshot
from ui.commands import Apply, ChangeProject
from ui.training_thread import Command

STEPS: dict[str, tuple[Command, Command]] = {
    "Phase": (Runner.step_phase, Runner.step_back),
    "Sample": (Runner.step_sample, Runner.step_sample_back),
    "Iteration": (Runner.step_iteration, Runner.step_iteration_back),
    "Epoch": (Runner.run_epoch, Runner.step_epoch_back),
}
"""How far a step goes, in the order of the buttons: forward, back."""


class Traveller(Protocol):
    """What time travel needs of the session."""

    project: Project
    snapshot: Snapshot | None

    @property
    def sent(self) -> int:
        """How many commands have been sent."""

    def send(self, command: Command) -> None:
        """Have the runner do something between two iterations."""


@dataclass(slots=True)
class _Jump:
    """Where to go; while it ``waits`` the place may be changed.  ``sent``: commands so far."""

    place: tuple[int, int | None]
    waits: bool = True
    sent: int = 0


class TimeTravel(QObject):
    """Steps and jumps of a session.

    ``breakpoints_changed`` says that others are watched now.
    """

    breakpoints_changed = Signal()

    def __init__(self, session: Traveller, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._lock = threading.Lock()
        self._jump: _Jump | None = None
        self._breakpoints: tuple[tuple[Condition, bool], ...] = ()
        self.ask_first: Callable[[str], bool] | None = None
        """Says of a step forward of this size whether it has to wait for an answer."""

    # Steps and jumps

    def step(self, grain: str, asked: bool = False) -> None:
        """One step forward, of a size in :data:`STEPS`; ``asked``: the answer has been given."""
        if not asked and self.ask_first is not None and self.ask_first(grain):
            return
        self._pause_then(STEPS[grain][0])

    def step_back(self, grain: str) -> None:
        """One step back, of a size in :data:`STEPS`."""
        self._pause_then(STEPS[grain][1])

    def _pause_then(self, step: Command) -> None:
        def go(runner: Runner) -> None:
            runner.pause()
            step(runner)

        self._session.send(go)

    def seek(self, iteration: int, phase: int | None = None) -> None:
        """Go to the moment behind an iteration, or to a phase of it.

        Of several jumps in a row, asked for while one is under way, only the last is made.
        """
        with self._lock:
            last = self._jump
            # What was asked for in between is to happen where the jump before led to.
            if last is not None and last.waits and last.sent == self._session.sent:
                last.place = iteration, phase
                return
        jump = self._jump = _Jump((iteration, phase))

        def go(runner: Runner) -> None:
            with self._lock:
                jump.waits = False
            runner.pause()
            runner.seek(*jump.place)

        self._session.send(go)
        jump.sent = self._session.sent

    def go_to_newest(self) -> None:
        """To the end of the record."""
        self.seek(2**62)

    @property
    def in_past(self) -> bool:
        """Whether the record goes on behind the moment on show."""
        snapshot = self._session.snapshot
        return snapshot is not None and snapshot.iteration < snapshot.timeline.end

    @property
    def at_start(self) -> bool:
        """Whether there is nothing before the moment on show."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return True
        if snapshot.cursor is not None and snapshot.cursor > 0:
            return False
        return snapshot.iteration <= snapshot.timeline.start

    # What a run stops at

    def run_until(self, condition: Condition) -> None:
        """Train until a condition holds."""

        def go(runner: Runner) -> None:
            runner.run_until(condition)

        self._session.send(go)

    @property
    def breakpoints(self) -> tuple[tuple[Condition, bool], ...]:
        """Every breakpoint, and whether it is on."""
        return self._breakpoints

    def set_breakpoints(self, breakpoints: tuple[tuple[Condition, bool], ...]) -> None:
        """Have runs pause where one of those that are on begins to hold."""
        self._breakpoints = breakpoints
        active = tuple(condition for condition, on in breakpoints if on)

        def go(runner: Runner) -> None:
            runner.set_breakpoints(active, wait=True)

        self._session.send(go)
        self.breakpoints_changed.emit()

    def forget(self) -> None:
        """Another project is opened: nothing is watched in it."""
        if self._breakpoints:
            self.set_breakpoints(())

    # Bookmarks and branches

    def add_bookmark(self, name: str) -> None:
        """Give the moment on show a name."""
        self._do(Runner.add_bookmark, name)

    def rename_bookmark(self, index: int, name: str) -> None:
        """Give a bookmark another name."""
        self._do(Runner.rename_bookmark, index, name)

    def remove_bookmark(self, index: int) -> None:
        """Take a bookmark away."""
        self._do(Runner.remove_bookmark, index)

    def switch_branch(self, number: int) -> None:
        """Go to the end of a branch."""

        def go(runner: Runner) -> None:
            runner.pause()
            runner.switch_branch(number)

        self._session.send(go)

    def rename_branch(self, number: int, name: str) -> None:
        """Give a branch a name."""
        self._do(Runner.rename_branch, number, name)

    def drop_branch(self, number: int) -> None:
        """Forget a branch."""
        self._do(Runner.drop_branch, number)

    def _do(self, command: Callable[..., None], *arguments: object) -> None:
        def go(runner: Runner) -> None:
            command(runner, *arguments)

        self._session.send(go)


class Travelled(ChangeProject):
    """Another project is trained at another time; undone by making it the old one by an edit."""

    def __init__(
        self, before: Project, after: Project, apply: Apply, show: Callable[[Project], None]
    ) -> None:
        super().__init__("Go to another time", before, after, None, apply, "time")
        self._show = show
        self._is_there = True

    def redo(self) -> None:
        """The first time the trainer is there already."""
        if self._is_there:
            self._is_there = False
            self._show(self.after)
        else:
            super().redo()
