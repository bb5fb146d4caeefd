"""How far the work has come since it was saved."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.comparison import KeptRun
from simulator.project import Project
from simulator.runner import Runner
from simulator.timeline_view import TimelineView


@dataclass(frozen=True, eq=False)
class Progress:
    """What a file would be about: a project, its record, the runs kept beside it."""

    project: Project
    timeline: TimelineView
    runs: tuple[KeptRun, ...] = ()

    def same(self, other: Progress) -> bool:
        """Whether nothing would be lost with either of them.

        Looking at another moment of the record is no change; nor is an edit that was undone before
        anything was trained with it.
        """
        if self.runs is not other.runs and self.runs != other.runs:
            return False
        if self.timeline is not other.timeline and _made(self.timeline) != _made(other.timeline):
            return False
        return self.project is other.project or self.project == other.project


def _made(view: TimelineView) -> tuple[object, ...]:
    edits = tuple(mark for mark in view.edits if mark.iteration < view.end)
    return view.end, edits, view.bookmarks, view.branches


def progress_of(runner: Runner, runs: tuple[KeptRun, ...] = ()) -> Progress:
    """That of a runner, asked in its own thread."""
    return Progress(runner.project, runner.timeline.view(), runs)
