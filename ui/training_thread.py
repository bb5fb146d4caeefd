"""The thread that trains: commands go in through one queue, the latest snapshot comes out.

No signal is sent per iteration.  The window asks for a snapshot when it is about to draw; the
thread then makes one between two iterations and leaves it in a one-slot mailbox.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from simulator.project import Project, ProjectError
from simulator.runner import Runner
from simulator.snapshot import Snapshot

Command = Callable[[Runner], None]

SLICE_SECONDS = 0.004
"""How long iterations run before commands are looked at again."""
FRAMES_PER_SECOND = 30.0
"""At or below this rate every single iteration is shown."""
RATE_WINDOW_SECONDS = 0.5
"""Over what time the updates per second are measured."""
LONGEST_PIECE_MILLISECONDS = 60_000
"""How long the thread is waited for at the end."""


class Mailbox:
    """Holds the newest snapshot; whoever is slow misses the ones between.

    ``answered`` counts the commands that the snapshot fetched last has in it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._answered = 0
        self.answered = 0

    def put(self, snapshot: Snapshot, answered: int = 0) -> None:
        """Leave a snapshot made behind so many commands, replacing one nobody fetched."""
        with self._lock:
            self._snapshot, self._answered = snapshot, answered

    def take(self) -> Snapshot | None:
        """Fetch the snapshot left since the last call, or None."""
        with self._lock:
            snapshot, self._snapshot = self._snapshot, None
            self.answered = self._answered
            return snapshot


class TrainingThread(QThread):
    """Owns the runner and its live arrays; nobody else touches them.

    ``failed`` carries an exception nobody expected, after training has stopped; ``refused`` the
    sentence of a command that could not be carried out.  ``sent`` counts the commands given to it.
    """

    failed = Signal(object)
    refused = Signal(str)

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox = Mailbox()
        self._runner = Runner(project)
        self._commands: deque[Command] = deque()
        self._answered = 0
        self.sent = 0
        self._wake = threading.Condition()
        self._stopping = False
        self._wanted = True
        self._rate_limit: float | None = None
        self._slice = 16

    def send(self, command: Command) -> None:
        """Have a command carried out between two iterations; returns at once."""
        with self._wake:
            self._commands.append(command)
            self.sent += 1
            self._wake.notify()

    def request_snapshot(self) -> None:
        """Ask for a snapshot in the mailbox after the next iteration."""
        self._wanted = True

    def set_rate_limit(self, updates_per_second: float | None) -> None:
        """Run at most so many iterations a second; None for as fast as possible."""
        with self._wake:
            self._rate_limit = updates_per_second
            self._wake.notify()

    def shut_down(self) -> bool:
        """Stop and wait until the thread has ended; False if it did not in a minute.

        It looks between two pieces of work, and one piece of a very large network takes seconds.
        """
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self.quit()
        return self.wait(LONGEST_PIECE_MILLISECONDS)

    def run(self) -> None:
        """The thread's life: carry out commands, train, answer requests for snapshots."""
        rate = _Rate()
        self._post(0.0)
        while not self._stopping:
            try:
                changed = self._carry_out_commands()
                if self._runner.running:
                    # The next iteration makes the snapshot: one with nothing in it would flicker.
                    self._wanted = self._wanted or changed
                    self._train(rate)
                else:
                    if changed:
                        self._post(0.0)
                    rate.restart()
                    self._sleep(None)
            except Exception as problem:  # the window must hear of every failure
                self._runner.stop("Training stopped because of an unexpected problem.")
                self._post(0.0)
                self.failed.emit(problem)

    def _carry_out_commands(self) -> bool:
        changed = False
        while self._commands and not self._stopping:
            changed = True
            self._answered += 1
            try:
                self._commands.popleft()(self._runner)
            except ProjectError as problem:
                self.refused.emit(str(problem))
        return changed

    def _sleep(self, seconds: float | None) -> None:
        with self._wake:
            if not self._commands and not self._stopping:
                self._wake.wait(seconds)

    def _train(self, rate: _Rate) -> None:
        started = time.perf_counter()
        if self._rate_limit is not None:
            rate.count(self._runner.advance(1))
            if self._wanted or self._rate_limit <= FRAMES_PER_SECOND or not self._runner.running:
                self._post(rate.value if self._runner.running else 0.0)
            rest = 1.0 / self._rate_limit - (time.perf_counter() - started)
            if rest > 0.0 and self._runner.running:
                self._sleep(rest)
            return
        done = self._runner.advance(self._slice)
        rate.count(done)
        elapsed = time.perf_counter() - started
        if elapsed < SLICE_SECONDS / 2:
            self._slice = min(self._slice * 2, 65_536)
        elif elapsed > SLICE_SECONDS * 2:
            self._slice = max(self._slice // 2, 1)
        if self._wanted or not self._runner.running:
            self._post(rate.value if self._runner.running else 0.0)

    def _post(self, updates_per_second: float) -> None:
        self._wanted = False
        self.mailbox.put(self._runner.snapshot(updates_per_second), self._answered)


class _Rate:
    """Iterations per second over the last stretch of running."""

    def __init__(self) -> None:
        self.value = 0.0
        self.restart()

    def restart(self) -> None:
        """Begin a new stretch."""
        self._since = time.perf_counter()
        self._count = 0

    def count(self, iterations: int) -> None:
        """Note iterations just made."""
        self._count += iterations
        elapsed = time.perf_counter() - self._since
        if elapsed >= RATE_WINDOW_SECONDS:
            self.value = self._count / elapsed
            self.restart()
