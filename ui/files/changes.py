"""Whether there is anything that has not been saved."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from simulator.project import Project
from simulator.runner import Runner
from simulator.snapshot import Snapshot
from simulator.timeline_view import TimelineView
from ui.files.progress import Progress, progress_of
from ui.runs import KeptRuns
from ui.session import Session


class Changes(QObject):
    """Compares the session with what was saved last.

    Signals
    -------
    changed(bool) : whether there is something to save, now otherwise than before.
    """

    changed = Signal(bool)
    _noted = Signal(int, object)

    def __init__(self, session: Session, runs: KeptRuns, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._runs = runs
        self._saved: Progress | None = None
        self._timeline = TimelineView()
        self._same_project = True
        self._notes = 0
        self._lost = False
        self._modified = False
        self._noted.connect(self._on_noted)
        session.project_changed.connect(self._on_project)
        session.snapshot_changed.connect(self._on_snapshot)
        runs.changed.connect(self._look)

    @property
    def modified(self) -> bool:
        """Whether there is something to save."""
        return self._modified

    @property
    def now(self) -> Progress:
        """How far the session is."""
        return Progress(self._session.project, self._timeline, self._runs.runs)

    def note(self) -> None:
        """What has been sent to the session so far is as it is on the disk."""
        self._saved = None
        self._lost = False
        self._notes += 1
        number, runs = self._notes, self._runs.runs
        self._look()

        def take(runner: Runner) -> None:
            self._noted.emit(number, progress_of(runner, runs))

        self._session.send(take)

    def mark(self, saved: Progress) -> None:
        """This has been saved."""
        self._notes += 1
        self._lost = False
        self._compare_with(saved)

    def lose(self) -> None:
        """What is open is nowhere on the disk as it is, until the next save."""
        self._lost = True
        self._look()

    def _on_noted(self, number: int, saved: Progress) -> None:
        # Something else may have been opened or saved meanwhile.
        if number == self._notes:
            self._timeline = saved.timeline
            self._compare_with(saved)

    def _compare_with(self, saved: Progress) -> None:
        self._saved = saved
        self._on_project(self._session.project)

    def _on_project(self, project: Project) -> None:
        saved = self._saved
        self._same_project = saved is None or project is saved.project or project == saved.project
        self._look()

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        # One that a command is still on its way to is of before that.
        if self._session.settled:
            self._timeline = snapshot.timeline
            self._look()

    def _look(self) -> None:
        saved = self._saved
        modified = self._lost
        if saved is not None and not modified:
            here = Progress(saved.project, self._timeline, self._runs.runs)
            modified = not self._same_project or not saved.same(here)
        if modified != self._modified:
            self._modified = modified
            self.changed.emit(modified)
