"""The thread that makes and reads files of other programs; neither training nor window waits."""

from __future__ import annotations

import queue
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from simulator.document import Document, document_of
from simulator.document.durable import write_durably
from simulator.exchange import Exported, Imported, exported, import_model
from simulator.project import Project, ProjectError
from simulator.runner import Runner

NO_MEMORY = "There is not enough memory for it; close something else and try again."


@dataclass(eq=False)
class Export:
    """A file to write, and what became of it.

    ``problem`` is a sentence if it was not written; ``notes`` are sentences on what it lacks.
    """

    path: Path
    format: str
    document: Document | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()


@dataclass(eq=False)
class Import:
    """A model to read on the data of ``project``, and what became of it."""

    path: Path
    project: Project
    made: Imported | None = None
    problem: str = ""


Job = Export | Import


class ExchangeThread(QThread):
    """Does one job after the other.

    Signals
    -------
    ended(object) : an Export or Import, done or refused.
    failed(object) : an exception that nobody expected.
    """

    ended = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()

    def take(self, runner: Runner, job: Export) -> None:
        """Take the moment down and leave the rest to this thread; called by the training thread."""
        try:
            job.document = document_of(runner)
        except ProjectError as problem:
            job.problem = str(problem)
        except MemoryError:
            job.problem = NO_MEMORY
        finally:
            self.put(job)

    def put(self, job: Job) -> None:
        """Have a job done; from any thread, returns at once."""
        self._jobs.put(job)

    def shut_down(self) -> bool:
        """Do what was asked for, and wait until the thread has ended."""
        self._jobs.put(None)
        return self.wait()

    def run(self) -> None:
        """The thread's life."""
        while (job := self._jobs.get()) is not None:
            try:
                if not job.problem:
                    _do(job)
            except ProjectError as problem:
                job.problem = str(problem)
            except MemoryError:
                job.problem = NO_MEMORY
            except Exception as problem:  # the user must hear of every failure
                job.problem = "It was not done because of an unexpected problem."
                self.failed.emit(problem)
            self.ended.emit(job)


def _do(job: Job) -> None:
    if isinstance(job, Import):
        job.made = import_model(job.path, job.project)
        return
    assert job.document is not None
    made: Exported = exported(job.format, job.document)
    job.document = None
    warning = write_durably(job.path, made.content)
    job.notes = (*made.notes, *((warning,) if warning else ()))
