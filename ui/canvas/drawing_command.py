"""A change of the drawing as an undoable command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QUndoCommand


@dataclass(frozen=True, eq=False)
class Drawing:
    """What is drawn: (rows, columns), or (inputs,); and which sample it is, or None."""

    values: NDArray[np.float64]
    sample: int | None = None


class ChangeDrawing(QUndoCommand):
    """The drawing before and after; moves and key presses in a row become one command."""

    def __init__(
        self, text: str, before: Drawing, after: Drawing, show: Callable[[Drawing], None]
    ) -> None:
        super().__init__(text)
        self._before, self._after, self._show = before, after, show
        self._done = True
        self._merges = text in ("Move drawing", "Draw by keys", "Set inputs")

    def redo(self) -> None:
        """Show the drawing as it was after; the first time it is there already."""
        if not self._done:
            self._show(self._after)
        self._done = True

    def undo(self) -> None:
        """Show the drawing as it was before."""
        self._done = False
        self._show(self._before)

    def id(self) -> int:
        """Qt asks two commands to merge only if their ids are equal and not -1."""
        return hash(self.text()) % (2**31 - 1) if self._merges else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in a later change of the same kind."""
        if not isinstance(other, ChangeDrawing) or other.text() != self.text():
            return False
        if not np.array_equal(other._before.values, self._after.values):
            return False
        self._after = other._after
        return True
