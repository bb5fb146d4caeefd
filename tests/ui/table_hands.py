"""A user's hands on the inspector's tables of weights."""

from __future__ import annotations

from hands import LEFT
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from ui.inspector.parameter_table import FROZEN, NAME, VALUE, ParameterTable
from ui.inspector.parameters import Parameter


class TableHands:
    """Works one table."""

    def __init__(self, qtbot: QtBot, table: ParameterTable) -> None:
        self.qtbot = qtbot
        self.table = table

    def index(self, parameter: Parameter, column: int) -> QModelIndex:
        """The cell of a parameter."""
        model = self.table.parameters
        return model.index(list(model.items).index(parameter), column)

    def text(self, parameter: Parameter, column: int = VALUE) -> str:
        """What stands in a cell."""
        return str(self.index(parameter, column).data())

    def checked(self, parameter: Parameter, column: int) -> bool:
        """Whether the box in a cell is checked."""
        state = self.index(parameter, column).data(Qt.ItemDataRole.CheckStateRole)
        return Qt.CheckState(state) is Qt.CheckState.Checked

    def _click_box(self, parameter: Parameter, column: int) -> None:
        index = self.index(parameter, column)
        self.table.scrollTo(index)
        option = QStyleOptionViewItem()
        option.initFrom(self.table)
        option.rect = self.table.visualRect(index)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
        box = self.table.style().subElementRect(
            QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, self.table
        )
        self.qtbot.mouseClick(self.table.viewport(), LEFT, pos=box.center())

    def click_link(self, parameter: Parameter) -> None:
        """Click the box that says whether a link is there."""
        self._click_box(parameter, NAME)

    def click_frozen(self, parameter: Parameter) -> None:
        """Click the box that says whether it is frozen."""
        self._click_box(parameter, FROZEN)

    def type(self, parameter: Parameter, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
        """Click a value twice, type another, and press Return (or Escape)."""
        index = self.index(parameter, VALUE)
        self.table.scrollTo(index)
        place = self.table.visualRect(index).center() + QPoint(20, 0)
        self.qtbot.mouseClick(self.table.viewport(), LEFT, pos=place)
        self.qtbot.mouseDClick(self.table.viewport(), LEFT, pos=place)
        editor = self.table.findChild(QLineEdit, "parameter_editor")
        assert editor is not None
        editor.selectAll()
        self.qtbot.keyClicks(editor, text)
        self.qtbot.keyClick(editor, key)
