"""The thread that reads data files, and makes projects of them: one job at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from simulator.data.importing import (
    Choices,
    Found,
    ReadOptions,
    dataset,
    guess,
    outcome,
    read_files,
)
from simulator.data.readers import Cancelled, Progress, ReadError, read_text
from simulator.data.readers.errors import check_progress
from simulator.project import Project, ProjectError
from simulator.project.adapting import Adapted, new_project, with_data
from simulator.project.edits import Edit
from ui.dialogs.job_thread import JobThread


@dataclass(frozen=True, slots=True)
class Source:
    """Where data come from: files, or the text of the clipboard."""

    paths: tuple[Path, ...] = ()
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made of data that were read: for this project, with these choices.

    ``keep_hidden`` keeps its hidden layers, else a new network is suggested.
    """

    project: Project
    found: Found
    choices: Choices
    keep_hidden: bool
    scaling: str


class ImportThread(JobThread):
    """Reads, or makes a project of what was read.

    ``progress`` is the share that is done, from 0 to 1.

    Signals
    -------
    read(object) : a Table or Samples.
    made(object) : an Adapted project.
    """

    read = Signal(object)
    made = Signal(object)

    refusals = (ReadError, ProjectError)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_making = False

    @property
    def is_making(self) -> bool:
        """Whether the job is the making of a project."""
        return self._is_making

    def begin_reading(self, source: Source, options: ReadOptions) -> None:
        """Start to read; the last job must have ended."""
        self._begin(partial(self._read, source, options), making=False)

    def begin_making(self, plan: Plan) -> None:
        """Start to make a project; the last job must have ended."""
        self._begin(partial(self._make, plan), making=True)

    def _begin(self, job: Callable[[], None], making: bool) -> None:
        self._is_making = making
        self._start(partial(_within_memory, job), 0.0)

    def _read(self, source: Source, options: ReadOptions) -> None:
        try:
            self.read.emit(_found(source, options, self._goes_on))
        except Cancelled:
            return

    def _make(self, plan: Plan) -> None:
        try:
            made = _made(plan, self._goes_on)
        except Cancelled:
            return
        if not self.cancelled:
            self.made.emit(made)


def _within_memory(job: Callable[[], None]) -> None:
    try:
        job()
    except MemoryError:
        raise ReadError("There is not enough memory for these data; use fewer samples.") from None


def _found(source: Source, options: ReadOptions, goes_on: Progress) -> Found:
    if source.text is not None:
        found: Found = read_text(source.text, options.table, goes_on)
    else:
        found = read_files(source.paths, options, goes_on)
    # Columns remember what they are found to be: the dialog need not look through them again.
    outcome(found, guess(found))
    return found


def _made(plan: Plan, goes_on: Progress) -> Adapted:
    data = dataset(plan.found, plan.choices, goes_on)
    title = plan.found.title[:190]
    if plan.keep_hidden:
        adapted = with_data(plan.project, data, title, plan.scaling)
    else:
        project = new_project(data, title, scaling=plan.scaling)
        adapted = Adapted(Edit(project, (None,) * project.network.depth), ())
    check_progress(goes_on, 1.0)
    # Split and scaled here, not in the thread that draws.
    _ = adapted.edit.project.prepared
    return adapted


def as_paths(names: Sequence[str]) -> tuple[Path, ...]:
    """Paths of names, in their order."""
    return tuple(Path(name) for name in names)
