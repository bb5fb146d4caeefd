"""Who wants the network's answers to which part of the data: one part is evaluated at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class EvaluationWishes(QObject):
    """The confusion matrix comes first; the desk takes whatever part is answered.

    Signals
    -------
    wanted(str) : the part to evaluate, "" for none.
    """

    wanted = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._matrix = self._desk = ""

    def set_matrix_part(self, part: str) -> None:
        """The part the confusion matrix counts, "" when it cannot be seen."""
        before = self._part()
        self._matrix = part
        self._tell(before)

    def set_desk_part(self, part: str) -> None:
        """The part the desk asks about, "" when it cannot be seen."""
        before = self._part()
        self._desk = part
        self._tell(before)

    def _part(self) -> str:
        return self._matrix or self._desk

    def _tell(self, before: str) -> None:
        if self._part() != before:
            self.wanted.emit(self._part())
