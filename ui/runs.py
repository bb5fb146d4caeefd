"""The runs a session has kept to compare: they survive edits and resets, not another data set."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from simulator.comparison import NOTHING_TO_KEEP, KeptRun, keep, names_of, same_data
from simulator.project import Project, ProjectError
from simulator.snapshot import Snapshot
from ui.session import Session


class KeptRuns(QObject):
    """Up to eight runs beside the present one.

    Signals
    -------
    changed : another run was kept, or one was renamed, shown, hidden or removed.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._project = session.project
        self._runs: tuple[KeptRun, ...] = ()
        self._names: list[str] = []
        self._live_name = ""
        session.project_changed.connect(self._on_project)

    @property
    def runs(self) -> tuple[KeptRun, ...]:
        """The kept runs, in the order in which they were kept."""
        return self._runs

    @property
    def names(self) -> list[str]:
        """What each is called: by the user, or by what differs from the others."""
        return list(self._names)

    @property
    def live_name(self) -> str:
        """What the present run would be called; empty as long as no run is kept."""
        return self._live_name

    def keep(self) -> bool:
        """Keep the present run as it is now; False (and a sentence) if it cannot be."""
        snapshot = self._session.snapshot
        if snapshot is None:
            self._session.refused.emit(NOTHING_TO_KEEP)
            return False
        return self.add(_kept(snapshot, self._session.project))

    def keep_and_restart(self) -> bool:
        """Keep the present run and go back to iteration 0; False if it cannot be kept."""
        kept = self.keep()
        if kept:
            self._session.reset()
        return kept

    def add(self, run: KeptRun) -> bool:
        """Keep a run; False (and a sentence) if it cannot be."""
        try:
            self._set(keep(self._runs, run))
        except ProjectError as problem:
            self._session.refused.emit(str(problem))
            return False
        return True

    def rename(self, place: int, label: str) -> None:
        """Call a run by this name; an empty one calls it by what differs again."""
        label = " ".join(label.split())
        # What it is called anyway is no name of its own.
        self._change(place, label="" if label == self._names[place] else label)

    def set_shown(self, place: int, shown: bool) -> None:
        """Draw the curves of a run, or not."""
        self._change(place, shown=shown)

    def remove(self, place: int) -> None:
        """Forget a run."""
        self._set((*self._runs[:place], *self._runs[place + 1 :]))

    def clear(self) -> None:
        """Forget all runs."""
        if self._runs:
            self._set(())

    def restore(self, runs: tuple[KeptRun, ...]) -> None:
        """Have these runs, of the data that are open."""
        if runs != self._runs:
            self._set(runs)

    def run_again(self, place: int) -> None:
        """Go on with the project of a run, from iteration 0; undo brings the present one back."""
        run, name = self._runs[place], self._names[place]
        self._session.change_project(f"Run {name} again", run.project)
        self._session.reset()
        self._session.run()

    def _change(self, place: int, **changes: str | bool) -> None:
        runs = list(self._runs)
        runs[place] = replace(runs[place], **changes)
        if runs[place] != self._runs[place]:
            self._set(tuple(runs))

    def _set(self, runs: tuple[KeptRun, ...]) -> None:
        self._runs = runs
        self._name()
        self.changed.emit()

    def _name(self) -> bool:
        """Name all runs anew; whether a name has changed."""
        before = self._names, self._live_name
        if self._runs:
            *self._names, self._live_name = names_of(self._runs, self._project)
        else:
            self._names, self._live_name = [], ""
        return before != (self._names, self._live_name)

    def _on_project(self, project: Project) -> None:
        self._project = project
        if self._runs and not same_data(self._runs[0].project, project):
            # Losses on other samples say nothing about each other.
            self.clear()
        elif self._name():
            self.changed.emit()


def _kept(snapshot: Snapshot, project: Project) -> KeptRun:
    edited = any(mark.iteration > 0 for mark in snapshot.timeline.edits)
    return KeptRun(
        project=project if snapshot.project is None else snapshot.project,
        history=snapshot.history,
        edited=edited,
        message=snapshot.message,
    )
