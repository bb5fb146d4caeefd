"""Works out the history of a parameter beside the window and beside the training."""

from __future__ import annotations

import threading
from collections import deque

from PySide6.QtCore import QObject, QTimer, Signal

from simulator.parameter_history import ParameterHistory, kept_history, replayed_history
from simulator.record import Record
from simulator.runner import Runner
from ui.inspector.parameters import Parameter
from ui.session import Session

_LOOK_MILLISECONDS = 30


class HistoryWork(QObject):
    """One question at a time: first what the record keeps, then what a replay adds.

    Training is asked for nothing but its record, which is not written to any more; the replay runs
    in a thread of its own that ends with it.

    Signals
    -------
    found(parameter, ParameterHistory) : in the GUI thread; a second time once it is replayed.
    """

    found = Signal(object, object)
    _recorded = Signal(int, object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._asked = 0
        self._parameter: Parameter = (1, 0, 0)
        self._next: tuple[Parameter, Record] | None = None
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._mailbox: deque[tuple[Parameter, ParameterHistory]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._look)
        self._recorded.connect(self._on_record)

    def ask(self, parameter: Parameter) -> None:
        """Find the history of this parameter instead of whatever was asked before."""
        self.give_up()
        self._parameter = parameter
        asked, recorded = self._asked, self._recorded

        def take_record(runner: Runner) -> None:
            recorded.emit(asked, runner.timeline.record())

        self._session.send(take_record)

    def give_up(self) -> None:
        """Ask nothing any more."""
        self._asked += 1
        self._next = None
        self._cancelled.set()
        self._mailbox.clear()

    def _on_record(self, asked: int, record: Record) -> None:
        if asked == self._asked:
            self._next = (self._parameter, record)
            self._begin()

    def _begin(self) -> None:
        if self._thread is not None or self._next is None:
            return
        (parameter, record), self._next = self._next, None
        self._cancelled = threading.Event()
        self._thread = threading.Thread(
            target=_work, args=(parameter, record, self._cancelled, self._mailbox), daemon=True
        )
        self._thread.start()
        self._timer.start()

    def _look(self) -> None:
        """Hand on what the thread has left, and begin what waits."""
        done = self._thread is None or not self._thread.is_alive()
        cancelled = self._cancelled.is_set()
        while self._mailbox:
            parameter, history = self._mailbox.popleft()
            if not cancelled:
                self.found.emit(parameter, history)
        if done:
            self._thread = None
            self._timer.stop()
            self._begin()


def _work(
    parameter: Parameter,
    record: Record,
    cancelled: threading.Event,
    mailbox: deque[tuple[Parameter, ParameterHistory]],
) -> None:
    try:
        mailbox.append((parameter, kept_history(record, *parameter)))
        finer = replayed_history(record, *parameter, cancelled=cancelled.is_set)
    except IndexError:
        # The network has changed since it was asked; the next question is on its way.
        return
    if finer is not None:
        mailbox.append((parameter, finer))
