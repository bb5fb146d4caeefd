"""A table that is to be imported, as models: its columns with their use, and its first rows."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from simulator.data.readers import Table
from simulator.data.table_import import TableChoices
from ui.dialogs.tables import LEFT, RIGHT, Index
from ui.style import words_font
from ui.theme import Theme

NAME, USE, VALUES = range(3)
USES = {"input": "input", "target": "target", "part": "part", "out": "left out"}
KINDS = {"number": "numbers", "class": "classes"}


class _TableModel(QAbstractTableModel):
    """What both models are of: a table, and how it is used."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._choices: TableChoices | None = None
        self.theme = theme

    def show(self, table: Table | None, choices: TableChoices | None) -> None:
        """Show this table, or none."""
        self.beginResetModel()
        self._table, self._choices = table, choices
        self.endResetModel()

    def set_choices(self, choices: TableChoices) -> None:
        """Show other choices for the same table."""
        self._choices = choices
        last = self.columnCount() - 1
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, last))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)


class ColumnsModel(_TableModel):
    """A row a column of the table: its name, what it is used as, what its values are."""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._table is None else len(self._table.columns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else VALUES + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT
        if role == Qt.ItemDataRole.FontRole:
            return words_font(11)
        if role == Qt.ItemDataRole.DisplayRole:
            return ("column", "used as", "values")[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._table is None or self._choices is None:
            return None
        place, column = index.row(), index.column()
        own, use = self._table.columns[place], self._choices.roles[place]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT
        if role == Qt.ItemDataRole.FontRole:
            return words_font()
        if role == Qt.ItemDataRole.ForegroundRole:
            return _colour(self.theme, use)
        if role == Qt.ItemDataRole.ToolTipRole and column == NAME:
            return own.name
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if column == NAME:
            return own.name
        if column == USE:
            return USES[use]
        if use == "part":
            return "parts"
        return own.kind if use == "out" else KINDS[self._choices.kinds[place]]


class RowsModel(_TableModel):
    """The first rows as they stand in the file, below the names of the columns."""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._table is None else len(self._table.head)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._table is None else len(self._table.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int) -> Any:
        if self._table is None or self._choices is None:
            return None
        if orientation is Qt.Orientation.Vertical:
            if role == Qt.ItemDataRole.DisplayRole:
                return str(int(self._table.row_numbers[section]))
            return None
        use = self._choices.roles[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._table.columns[section].name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        if role == Qt.ItemDataRole.FontRole:
            return words_font(11)
        if role == Qt.ItemDataRole.ForegroundRole:
            return _colour(self.theme, use)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{self._table.columns[section].name}: {USES[use]}"
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        assert self._table is not None
        return RIGHT if self._table.columns[column].kind == "number" else LEFT

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._table is None or self._choices is None:
            return None
        cell = self._table.head[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell[:80]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return _colour(self.theme, self._choices.roles[index.column()])
        return None


def _colour(theme: Theme, use: str) -> Any:
    """Targets stand out, what is left out stands back."""
    token = {"target": "accent", "out": "muted"}.get(use, "text")
    return theme.colour(token)
