"""Undoable edits: one class an edit, ``redo`` and ``undo`` both through the session."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from simulator.network import Network
from simulator.project import Project

Origin = tuple[int | None, ...] | None
Apply = Callable[[Project, Origin, Network | None], None]


class ChangeProject(QUndoCommand):
    """The project before and after an edit, and how their layers correspond.

    ``recall`` gives the parameters at the moment, so that undo brings back what the edit takes
    away.  Edits with the same ``merge_key`` in a row become one (a dragged spin box).
    """

    def __init__(
        self,
        text: str,
        before: Project,
        after: Project,
        origin: Origin,
        apply: Apply,
        recall: Callable[[], Network | None],
        merge_key: str = "",
    ) -> None:
        super().__init__(text)
        self._before, self._after = before, after
        self._origin = origin
        self._apply = apply
        self._recall = recall
        self._merge_key = merge_key
        self._lost_by_redo: Network | None = None
        self._lost_by_undo: Network | None = None

    def redo(self) -> None:
        """Make the edit."""
        self._lost_by_redo = self._recall()
        self._apply(self._after, self._origin, self._lost_by_undo)

    def undo(self) -> None:
        """Take the edit back."""
        self._lost_by_undo = self._recall()
        self._apply(self._before, self._inverse_origin(), self._lost_by_redo)

    def _inverse_origin(self) -> Origin:
        if self._origin is None:
            return None
        depth = self._before.network.depth
        inverse: list[int | None] = [None] * depth
        for new, old in enumerate(self._origin, start=1):
            if old is not None:
                inverse[old - 1] = new
        return tuple(inverse)

    def id(self) -> int:
        """Qt asks two commands to merge only if their ids are equal and not -1."""
        return hash(self._merge_key) % (2**31 - 1) if self._merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in a later edit of the same field."""
        if not isinstance(other, ChangeProject) or other._merge_key != self._merge_key:
            return False
        self._after = other._after
        # Back where it was: there is nothing to undo.  A network's parameters are another matter.
        if self._origin is None and other._origin is None and self._after == self._before:
            self.setObsolete(True)
        return True
