"""The thread that packs, verifies and writes documents, so that neither training nor the window
waits for a disk."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from simulator.comparison import KeptRun
from simulator.document import Document, document_of, pack_document, save_document
from simulator.document.on_disk import Fingerprint, fingerprint
from simulator.document.recovery import AutosaveStore, Recoverable
from simulator.project import ProjectError
from simulator.project.archive import Squeezed
from simulator.runner import Runner
from ui.files.progress import Progress, progress_of

UNEXPECTED = "Not saved because of an unexpected problem. What is open is unchanged."
NO_MEMORY = "Not saved: there is not enough memory. Close something else and save again."


@dataclass(eq=False)
class Job:
    """Something to write, and what became of it.

    Attributes
    ----------
    target : the file; of an autosave the window's own file, or None where it has none.
    autosave : the key of the autosave; "" for a file of the user's.
    own : whether the target is the window's file from now on.
    forget : the key of autosaves that are not needed any more once this is written; a job without
        a target only forgets.
    recovered : what a crash had left, not needed any more once this is written.
    window : what the window adds to the document, by the names of its fields.
    document, progress : of the moment at which the training thread came to it.
    problem, warning : a sentence if it was not written; one if it was, but something went wrong.
    written : the file as it is on the disk now.
    seconds, work : how long it took, and how much of that a processor worked for it.
    """

    target: Path | None
    autosave: str = ""
    own: bool = True
    forget: str = ""
    recovered: Recoverable | None = None
    window: Mapping[str, Any] = field(default_factory=dict)
    document: Document | None = None
    progress: Progress | None = None
    problem: str = ""
    warning: str = ""
    written: Fingerprint | None = None
    seconds: float = 0.0
    work: float = 0.0

    def take(self, runner: Runner) -> None:
        """Take the moment down; in the training thread."""
        runs: tuple[KeptRun, ...] = self.window.get("runs", ())
        self.progress = progress_of(runner, runs)
        self.document = replace(document_of(runner), **self.window)


class WriteThread(QThread):
    """Writes one job after the other.

    Signals
    -------
    ended(object) : a Job, written or not.
    failed(object) : an exception that nobody expected.
    """

    ended = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store: AutosaveStore | None = None
        self._squeezed = Squeezed()
        self._jobs: deque[Job] = deque()
        self._wake = threading.Condition()
        self._stopping = False

    def take(self, runner: Runner, job: Job) -> None:
        """Take the moment down and leave the rest to this thread; called by the training thread."""
        try:
            job.take(runner)
        except ProjectError as problem:
            job.problem = f"Not saved: {problem}"
        except MemoryError:
            job.problem = NO_MEMORY
        except Exception:
            job.problem = UNEXPECTED
            raise
        finally:
            self.put(job)

    def put(self, job: Job) -> None:
        """Have a job written; from any thread, returns at once."""
        with self._wake:
            self._jobs.append(job)
            self._wake.notify()

    def shut_down(self) -> bool:
        """Write what was asked for, and wait until the thread has ended."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        return self.wait()

    def run(self) -> None:
        """The thread's life."""
        while True:
            with self._wake:
                while not self._jobs and not self._stopping:
                    self._wake.wait()
                if not self._jobs:
                    return
                job = self._jobs.popleft()
                if self._stopping and job.autosave:
                    continue
            if not job.problem:
                self._write(job)
            job.document = None
            self.ended.emit(job)

    def _write(self, job: Job) -> None:
        started, worked = time.perf_counter(), time.thread_time()
        try:
            if job.autosave:
                self._autosave(job)
            elif job.target is not None and job.document is not None:
                job.warning = save_document(job.target, job.document, self._squeezed)
                job.written = fingerprint(job.target)
                if self.store is not None:
                    self.store.remember(job.target.parent)
            if job.forget and self.store is not None:
                self.store.close(job.forget)
            if job.recovered is not None and self.store is not None:
                self.store.remove(job.recovered)
        except ProjectError as problem:
            job.problem = str(problem)
        except MemoryError:
            job.problem = NO_MEMORY
        except Exception as problem:  # the user must hear of every failure
            job.problem = UNEXPECTED
            self.failed.emit(problem)
        job.seconds, job.work = time.perf_counter() - started, time.thread_time() - worked

    def _autosave(self, job: Job) -> None:
        document = job.document
        if self.store is None or document is None:
            return
        state = document.state
        self.store.write(
            *(
                job.autosave,
                job.target,
                pack_document(document, self._squeezed),
                document.project.title,
            ),
            *((0, 0) if state is None else (state.epoch, state.iteration)),
        )
