"""Undoable edits: one class an edit, ``redo`` and ``undo`` both through the session."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QUndoCommand

from simulator.adoption import likely_origin, same_shape
from simulator.alteration import Lost, NewValues, joined
from simulator.lineage import Lineage, Neurons
from simulator.project import Project
from simulator.project.parameter_edits import whole_start
from simulator.runner import Runner
from simulator.timeline import Timeline
from ui.training_thread import Command

Origin = tuple[int | None, ...] | None
Apply = Callable[[Project, Command], None]


@dataclass(eq=False)
class _Taken:
    """What one change took away; filled in by the training thread when it makes the change.

    ``run`` is the record of the run in which it did: in another one nothing is brought back.
    """

    between: Lineage
    lost: Lost | None = None
    run: weakref.ref[Timeline] | None = None


@dataclass(eq=False)
class _Way:
    """A way from one project to another: where its layers and neurons come from."""

    before: Project
    after: Project
    lineage: Lineage
    values: NewValues | None = None
    text: str = ""


class ChangeProject(QUndoCommand):
    """The project before and after an edit, and how their layers and neurons correspond.

    The training thread takes down what the edit takes away, and undo brings it back; redo brings
    back what undo took away.  Edits with the same ``merge_key`` in a row become one (a dragged spin
    box).
    """

    def __init__(
        self,
        text: str,
        before: Project,
        after: Project,
        origin: Origin,
        apply: Apply,
        merge_key: str = "",
        neurons: Neurons = (),
        values: NewValues | None = None,
        mark: str = "",
    ) -> None:
        """``values`` are given to parameters; ``mark`` says on the timeline what was changed."""
        super().__init__(text)
        layers = likely_origin(before.network, after.network) if origin is None else origin
        lineage = Lineage.of(before.network, after.network, layers, neurons)
        self._is_setting = origin is None
        self._there = _Way(before, after, lineage, values, mark)
        self._apply = apply
        self._merge_key = merge_key
        self._taken: tuple[_Taken, ...] = ()
        self._taken_by_undo: _Taken | None = None

    @property
    def before(self) -> Project:
        """The project before the edit."""
        return self._there.before

    @property
    def after(self) -> Project:
        """The project behind the edit."""
        return self._there.after

    def redo(self) -> None:
        """Make the edit."""
        back = () if self._taken_by_undo is None else (self._taken_by_undo,)
        taken = _Taken(self._there.lineage)
        self._taken = (taken,)
        self._apply(self.after, _Change(self._there, back, taken))

    def undo(self) -> None:
        """Take the edit back."""
        there = self._there
        lineage = there.lineage.inverse(there.before.network)
        mark = f"Undo {there.text[0].lower()}{there.text[1:]}" if there.text else ""
        way = _Way(there.after, there.before, lineage, None, mark)
        self._taken_by_undo = _Taken(lineage)
        self._apply(self.before, _Change(way, self._taken, self._taken_by_undo))

    def id(self) -> int:
        """Qt asks two commands to merge only if their ids are equal and not -1."""
        return hash(self._merge_key) % (2**31 - 1) if self._merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in a later edit of the same field."""
        if not isinstance(other, ChangeProject) or other._merge_key != self._merge_key:
            return False
        mine, later = self._there, other._there
        lineage = later.lineage.behind(mine.lineage)
        self._there = _Way(mine.before, later.after, lineage, later.values, later.text)
        self._taken += other._taken
        # Back where it was: there is nothing to undo.  A network's parameters are another matter.
        if self._is_setting and other._is_setting and self.after == self.before:
            self.setObsolete(True)
        return True


@dataclass(eq=False)
class _Change:
    """What the training thread does for an edit, its undo or its redo."""

    way: _Way
    back: tuple[_Taken, ...]
    taken: _Taken

    def __call__(self, runner: Runner) -> None:
        """Make the change, and take down what it takes away."""
        way = self.way
        # A jump on its way may have led to a network that the lineage is not about.
        known = same_shape(runner.project.network, way.before.network)
        memory = _combined(self.back, runner.timeline)
        values = way.values if memory is None else None
        if self.back and memory is None and runner.trainer.iteration == 0:
            # Of another run: this one has the project's own start.
            values = whole_start(way.after)
        self.taken.lost = runner.change(
            way.after, way.lineage if known else None, memory, way.text, values
        )
        self.taken.run = weakref.ref(runner.timeline)


def _combined(parts: tuple[_Taken, ...], run: Timeline) -> Lost | None:
    """What several changes in a row took away, if all were made in this run."""
    found: Lost | None = None
    between: Lineage | None = None
    for part in parts:
        if part.lost is None or part.run is None or part.run() is not run:
            return None
        if found is None or between is None:
            found, between = part.lost, part.between
        else:
            found, between = joined(found, part.lost, between), part.between.behind(between)
    return found
