"""Works the differences out beside the window: a newer question replaces one that waits."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from simulator.finite_differences import Difference, LossAround
from simulator.project import Project, ProjectError
from simulator.trace import Trace

STEPS = tuple(10.0 ** -(1.0 + place / 4.0) for place in range(45))
"""Every h there is to choose, from 0.1 down to 1e-12, four a decade."""
_LOOK_MILLISECONDS = 30


@dataclass(frozen=True, eq=False)
class Question:
    """The parameter at ``position`` of theta, in a traced iteration of a project."""

    project: Project
    trace: Trace
    position: int


@dataclass(frozen=True, eq=False)
class Answer:
    """The differences, one for each of :data:`STEPS`; or a sentence why there are none."""

    question: Question
    weight: float = 0.0
    loss: float = 0.0
    differences: tuple[Difference, ...] = ()
    refusal: str = ""


def answer(question: Question, cancelled: threading.Event | None = None) -> Answer | None:
    """Work a question out from the copies in its trace; None if it was given up."""
    try:
        around = LossAround(question.project, question.trace)
    except ProjectError as problem:
        return Answer(question, refusal=str(problem))
    found = []
    for step in STEPS:
        if cancelled is not None and cancelled.is_set():
            return None
        found.append(around.difference(question.position, step))
    return Answer(
        question, float(around.theta[question.position]), around.loss, differences=tuple(found)
    )


class GradientWork(QObject):
    """One question at a time, in a thread that ends with it.

    Signals
    -------
    answered(Answer) : in the GUI thread.
    """

    answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: Question | None = None
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._mailbox: list[Answer] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._look)

    @property
    def busy(self) -> bool:
        """Whether a question is at work or waits."""
        return self._thread is not None or self._waiting is not None

    def ask(self, question: Question) -> None:
        """Work this out instead of whatever was asked before."""
        self._waiting = question
        self._cancelled.set()
        if self._thread is None:
            self._begin()

    def give_up(self) -> None:
        """Ask nothing any more."""
        self._waiting = None
        self._cancelled.set()

    def _begin(self) -> None:
        question, self._waiting = self._waiting, None
        if question is None:
            return
        self._cancelled, mailbox = threading.Event(), self._mailbox
        self._thread = threading.Thread(
            target=_work, args=(question, self._cancelled, mailbox), daemon=True
        )
        self._thread.start()
        self._timer.start()

    def _look(self) -> None:
        """Fetch what the thread has left, and begin what waits."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._thread = None
        self._timer.stop()
        if self._mailbox:
            found = self._mailbox.pop()
            self._mailbox.clear()
            self.answered.emit(found)
        if self._thread is None:
            self._begin()


def _work(question: Question, cancelled: threading.Event, mailbox: list[Answer]) -> None:
    found = answer(question, cancelled)
    if found is not None:
        mailbox.append(found)
