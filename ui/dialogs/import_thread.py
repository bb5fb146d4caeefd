"""The thread that reads data files, and makes projects of them: one job at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from simulator.data.importing import Choices, Found, ReadOptions, dataset, read_files
from simulator.data.readers import Cancelled, Progress, ReadError, read_text
from simulator.project import Project, ProjectError
from simulator.project.adapting import Adapted, new_project, with_data
from simulator.project.edits import Edit


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


class ImportThread(QThread):
    """Reads, or makes a project of what was read.

    Signals
    -------
    read(object) : a Table or Samples.
    made(object) : an Adapted project.
    refused(str) : it could not be done; a sentence.
    """

    read = Signal(object)
    made = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: tuple[Source, ReadOptions] | Plan | None = None
        self._is_making = False
        self._cancelled = False
        self.progress = 0.0
        """The share that is done, from 0 to 1; read it when drawing."""

    @property
    def cancelled(self) -> bool:
        """Whether the job has been given up."""
        return self._cancelled

    @property
    def is_making(self) -> bool:
        """Whether the job is the making of a project."""
        return self._is_making

    def begin_reading(self, source: Source, options: ReadOptions) -> None:
        """Start to read; the last job must have ended."""
        self._begin((source, options))

    def begin_making(self, plan: Plan) -> None:
        """Start to make a project; the last job must have ended."""
        self._begin(plan)

    def _begin(self, job: tuple[Source, ReadOptions] | Plan) -> None:
        self._job = job
        self._is_making = isinstance(job, Plan)
        self._cancelled = False
        self.progress = 0.0
        self.start()

    def cancel(self) -> None:
        """Give the job up soon; returns at once."""
        self._cancelled = True

    def shut_down(self) -> bool:
        """Give the job up and wait until the thread has ended."""
        self.cancel()
        return self.wait()

    def run(self) -> None:
        """One job, in the thread; an error nobody expects is the reporter's."""
        # The thread outlives its job: it must not hold on to the data.
        job, self._job = self._job, None
        try:
            if isinstance(job, Plan):
                made = _made(job)
                if not self._cancelled:
                    self.made.emit(made)
            elif job is not None:
                self.read.emit(_found(*job, self._goes_on))
        except Cancelled:
            return
        except (ReadError, ProjectError) as problem:
            self.refused.emit(str(problem))
        except MemoryError:
            self.refused.emit("There is not enough memory for these data; use fewer samples.")

    def _goes_on(self, share: float) -> bool:
        self.progress = share
        return not self._cancelled


def _found(source: Source, options: ReadOptions, goes_on: Progress) -> Found:
    if source.text is not None:
        return read_text(source.text, options.table, goes_on)
    return read_files(source.paths, options, goes_on)


def _made(plan: Plan) -> Adapted:
    data = dataset(plan.found, plan.choices)
    title = plan.found.title[:190]
    if plan.keep_hidden:
        adapted = with_data(plan.project, data, title, plan.scaling)
    else:
        project = new_project(data, title, scaling=plan.scaling)
        adapted = Adapted(Edit(project, (None,) * project.network.depth), ())
    # Split and scaled here, not in the thread that draws.
    _ = adapted.edit.project.prepared
    return adapted


def as_paths(names: Sequence[str]) -> tuple[Path, ...]:
    """Paths of names, in their order."""
    return tuple(Path(name) for name in names)
