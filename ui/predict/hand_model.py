"""The table of a calculation by hand: what there is to calculate, what was filled in, how it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from simulator.hand_check import State
from simulator.handwork import HandLine
from simulator.typed_numbers import MAX_LENGTH
from ui.dialogs.tables import LEFT, RIGHT
from ui.style import words_font
from ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
HEADINGS = ("", "Number", "What it is", "Yours", "")
NUMBER, SYMBOL, TITLE, YOURS, STATE = range(5)
WORDS = {
    State.EMPTY: "",
    State.RIGHT: "right",
    State.FOLLOWS: "follows",
    State.WRONG: "differs",
}


class HandModel(QAbstractTableModel):
    """One row a line; only what is filled in can be edited."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lines: tuple[HandLine, ...] = ()
        self.texts: list[str] = []
        self._states: tuple[State, ...] = ()

    def show_lines(self, lines: tuple[HandLine, ...]) -> None:
        """Begin with these, all empty."""
        self.beginResetModel()
        self.lines = lines
        self.texts = [""] * len(lines)
        self._states = ()
        self.endResetModel()

    def fill(self, texts: Sequence[str], first: int = 0) -> None:
        """Put texts into the lines from ``first`` on."""
        self.texts[first : first + len(texts)] = texts
        self.show_states(())

    def show_states(self, states: tuple[State, ...]) -> None:
        """Say how each line is; with none, nothing."""
        self._states = states
        self.dataChanged.emit(self.index(0, YOURS), self.index(len(self.lines) - 1, STATE))

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        if self.lines:
            self.show_states(self._states)

    def state(self, row: int) -> State:
        """How a line is."""
        return self._states[row] if self._states else State.EMPTY

    # The model

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(RIGHT if section in (NUMBER, YOURS) else LEFT)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == YOURS else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            line = self.lines[row]
            texts = (str(row + 1), line.plain, line.title, self.texts[row], WORDS[self.state(row)])
            return texts[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(RIGHT if column in (NUMBER, YOURS) else LEFT)
        if role == Qt.ItemDataRole.FontRole and column in (SYMBOL, TITLE, STATE):
            return words_font()
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == YOURS:
            line, said = self.lines[row], self.texts[row] or "empty"
            return f"{line.title}: {said} {WORDS[self.state(row)]}".strip()
        return None

    def _colour(self, row: int, column: int) -> QColor | None:
        theme = self._theme
        if column in (NUMBER, TITLE):
            return theme.colour("muted")
        if column in (YOURS, STATE):
            state = self.state(row)
            name = {State.WRONG: "negative_text", State.FOLLOWS: "muted"}.get(state, "text")
            return theme.colour("accent" if state is State.RIGHT and column == STATE else name)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() != YOURS:
            return False
        text = str(value).strip()[:MAX_LENGTH]
        if text != self.texts[index.row()]:
            self.texts[index.row()] = text
            self.show_states(())
        return True
