"""Asks, part by part, what the network says of the samples."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from simulator.data.dataset import PARTS
from simulator.project import Project
from simulator.snapshot import RunState, Snapshot

EVERY = 500
"""Milliseconds between asking about one part of the data and the next while training runs."""


class Questions(QObject):
    """Goes round the parts of the data for as long as their answers are not of this moment.

    Signals
    -------
    wanted(str) : the part whose newest evaluation is wanted, "" for none.
    """

    wanted = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project: Project | None = None
        self._asked = ""
        self._open = False
        self._now: tuple[object, ...] = ()
        self._moments: dict[str, tuple[object, ...]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)

    def show_project(self, project: Project) -> None:
        """Ask about this project's samples from now on."""
        self._project = project
        self._moments.clear()
        self._next()

    def set_open(self, wanted: bool) -> None:
        """Whether anybody looks at the answers."""
        self._open = wanted
        if wanted:
            self._next()
        else:
            self._ask("")

    def take(self, snapshot: Snapshot) -> None:
        """Note which answers came, and ask for the next ones."""
        if self._project is None:
            return
        self._now = (snapshot.revision, snapshot.iteration, snapshot.cursor)
        evaluation = snapshot.evaluation
        if evaluation is not None:
            for part in PARTS:
                if np.array_equal(evaluation.rows, self._project.prepared.part(part).rows):
                    self._moments[part] = self._now
        if not self._timer.isActive():
            self._timer.start(EVERY if snapshot.state is RunState.RUNNING else 0)

    def _next(self) -> None:
        if not self._open or self._project is None:
            return
        there = [part for part in PARTS if len(self._project.prepared.part(part))]
        stale = [part for part in there if self._moments.get(part) != self._now]
        others = [part for part in stale if part != self._asked]
        if others:
            # In turn: the one behind the last asked first.
            last = PARTS.index(self._asked) if self._asked else -1
            self._ask(min(others, key=lambda part: (PARTS.index(part) <= last, PARTS.index(part))))
        elif not self._asked:
            self._ask(there[0])

    def _ask(self, part: str) -> None:
        if part != self._asked:
            self._asked = part
            self.wanted.emit(part)
