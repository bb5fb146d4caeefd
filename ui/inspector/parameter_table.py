"""Weights and biases as a table: whether each is there, its value, whether it is frozen.

A value is typed straight into its cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from simulator.project import Project
from simulator.typed_numbers import MAX_LENGTH, read_number
from ui.inspector.parameters import BIAS, Parameter, is_frozen, is_there
from ui.inspector.small_plot import current_theme
from ui.panels.scales import Scale, largest_of
from ui.style import current_scale, numbers_font, words_font
from ui.theme import CAPTION_SIZE
from ui.widgets.value_label import format_value

NAME, VALUE, FROZEN = 0, 1, 2
ROW = 26
_HEADS = ("from", "value", "frozen")
_TIPS = (
    "An unchecked link is removed: its weight is 0.",
    "Type a number, or press Return, to change it: 0.5, −0,31, 2/3, 1e-3.",
    "A frozen one stays as it is while everything else learns.",
)
Index = QModelIndex | QPersistentModelIndex
_CHECK, _ROLE = Qt.CheckState, Qt.ItemDataRole


class ParameterModel(QAbstractTableModel):
    """Signals say what the user wants; the model itself changes only with the project.

    ``typed(parameter, value)``, ``refused(sentence)``, ``linked(parameter, bool)``,
    ``frozen(parameter, bool)``.
    """

    typed = Signal(object, float)
    refused = Signal(str)
    linked = Signal(object, bool)
    frozen = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.items: Sequence[Parameter] = ()
        self.values: NDArray[np.float64] = np.zeros(0)
        self.limit = 1.0
        self._scale = Scale()
        self._project: Project | None = None
        self._name: Callable[[Project, Parameter], str] | None = None
        self._head = _HEADS[NAME]

    def show_items(
        self,
        project: Project,
        items: Sequence[Parameter],
        name: Callable[[Project, Parameter], str],
        head: str = _HEADS[NAME],
    ) -> None:
        """Show these parameters; ``name`` says how each is called."""
        same = items == self.items and name == self._name
        self._project, self._name, self._head = project, name, head
        if same:
            if items:
                self.dataChanged.emit(self.index(0, NAME), self.index(len(items) - 1, FROZEN))
            return
        self.beginResetModel()
        self.items, self.values = items, np.full(len(items), np.nan)
        self._scale = Scale()
        self.endResetModel()

    def show_values(self, values: NDArray[np.float64] | None, steady: bool = False) -> None:
        """Show these values; None blanks them."""
        if values is None or len(values) != len(self.items):
            values = np.full(len(self.items), np.nan)
        if np.array_equal(values, self.values, equal_nan=True):
            return
        self.values = values
        self.limit = self._scale.fit(largest_of(values[np.isfinite(values)]), steady)
        self.dataChanged.emit(self.index(0, VALUE), self.index(len(values) - 1, VALUE))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == _ROLE.DisplayRole:
            return (self._head, *_HEADS[1:])[section]
        if role == _ROLE.TextAlignmentRole and section == VALUE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return _TIPS[section] if role == _ROLE.ToolTipRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        parameter = self.items[index.row()]
        if index.column() == VALUE:
            return flags | Qt.ItemFlag.ItemIsEditable if self._is_there(parameter) else flags
        if index.column() == NAME and parameter[2] == BIAS:
            return flags
        return flags | Qt.ItemFlag.ItemIsUserCheckable

    def _is_there(self, parameter: Parameter) -> bool:
        return self._project is not None and is_there(self._project, parameter)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> object:
        project = self._project
        if project is None or not index.isValid():
            return None
        parameter, column = self.items[index.row()], index.column()
        if role == _ROLE.ToolTipRole:
            value = self.values[index.row()]
            return repr(float(value)) if column == VALUE else _TIPS[column]
        if role == _ROLE.AccessibleTextRole:
            return f"{self._name_of(parameter)}: {self._text(index.row())}"
        if role == _ROLE.FontRole and column == NAME:
            return words_font()
        if column == NAME:
            if role == _ROLE.DisplayRole:
                return self._name_of(parameter)
            if role == _ROLE.CheckStateRole and parameter[2] != BIAS:
                return _CHECK.Checked if is_there(project, parameter) else _CHECK.Unchecked
        elif column == VALUE:
            if role == _ROLE.DisplayRole:
                return self._text(index.row())
            if role == _ROLE.EditRole:
                return repr(float(self.values[index.row()]))
        elif role == _ROLE.CheckStateRole:
            return _CHECK.Checked if is_frozen(project, parameter) else _CHECK.Unchecked
        return None

    def _name_of(self, parameter: Parameter) -> str:
        assert self._project is not None and self._name is not None
        return self._name(self._project, parameter)

    def _text(self, row: int) -> str:
        if not self._is_there(self.items[row]):
            return "removed"
        value = float(self.values[row])
        return "–" if np.isnan(value) else format_value(value)

    def setData(self, index: Index, value: object, role: int = _ROLE.EditRole) -> bool:
        parameter, column = self.items[index.row()], index.column()
        if role == _ROLE.CheckStateRole:
            on = _CHECK(value) is _CHECK.Checked
            (self.linked if column == NAME else self.frozen).emit(parameter, on)
            return True
        if role != _ROLE.EditRole or column != VALUE:
            return False
        try:
            number = read_number(str(value)).value
        except ValueError as problem:
            self.refused.emit(str(problem))
            return False
        if number != self.values[index.row()]:
            self.typed.emit(parameter, number)
        return True


class _ValueDelegate(QStyledItemDelegate):
    """A bar from 0 beside the number; the number is typed in a field with all its digits."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        model = index.model()
        assert isinstance(model, ParameterModel)
        value = float(model.values[index.row()])
        if not np.isfinite(value) or index.data() == "removed":
            return
        theme = current_theme()
        room = QRectF(option.rect).adjusted(4, 9, -self._number_width(), -9)
        if room.width() < 16:
            return
        middle = room.center().x()
        share = max(-1.0, min(1.0, value / model.limit))
        bar = QRectF(middle, room.top(), 0.5 * room.width() * share, room.height()).normalized()
        painter.fillRect(bar, theme.signed_colour(value, model.limit))
        painter.setPen(theme.colour("muted", 0.6))
        painter.drawLine(
            QPoint(round(middle), option.rect.top() + 6),
            QPoint(round(middle), option.rect.bottom() - 6),
        )

    @staticmethod
    def _number_width() -> int:
        return QFontMetrics(numbers_font()).horizontalAdvance("0" * 8) + 10

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.font = numbers_font()
        option.displayAlignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setObjectName("parameter_editor")
        editor.setAccessibleName(f"New value, {index.data(_ROLE.AccessibleTextRole)}")
        editor.setFont(numbers_font())
        editor.setMaxLength(MAX_LENGTH)
        editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        editor.setStyleSheet("min-height: 0; padding: 0 4px; border-radius: 0;")
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        # What is being typed is not written over by training.
        assert isinstance(editor, QLineEdit)
        if not editor.text():
            editor.setText(str(index.data(_ROLE.EditRole)))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        if editor.isModified():
            model.setData(index, editor.text())


class ParameterTable(QTableView):
    """``pointed(parameter)`` when another row becomes the current one."""

    pointed = Signal(object)

    def __init__(self, name: str, most_rows: int = 7, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most_rows = most_rows
        self._table = ParameterModel(self)
        self.setModel(self._table)
        self.setObjectName(name)
        self.setAccessibleName(name)
        self.setItemDelegateForColumn(VALUE, _ValueDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked | triggers.AnyKeyPressed | triggers.EditKeyPressed
        )
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setSectionsClickable(False)
        head.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(FROZEN, QHeaderView.ResizeMode.Fixed)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fit()

    @property
    def parameters(self) -> ParameterModel:
        """What it shows, and what the user wants of it."""
        return self._table

    def show_items(
        self,
        project: Project,
        items: Sequence[Parameter],
        name: Callable[[Project, Parameter], str],
        head: str = _HEADS[NAME],
    ) -> None:
        """Show these parameters."""
        self._table.show_items(project, items, name, head)
        self._fit()

    def point_at(self, parameter: Parameter) -> None:
        """Make the row of a parameter the current one."""
        if parameter in self._table.items:
            index = self._table.index(self._table.items.index(parameter), VALUE)
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.pointed.emit(self._table.items[current.row()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and index.isValid()
            and self.state() is not QAbstractItemView.State.EditingState
        ):
            self.edit(index.siblingAtColumn(VALUE))
            return
        typing = event.text().strip() and event.text() in "0123456789.,-+−"
        if typing and index.isValid() and index.column() != VALUE:
            self.setCurrentIndex(index.siblingAtColumn(VALUE))
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A short table leaves the wheel to the page it stands on.
        if self.verticalScrollBar().maximum() == 0:
            event.ignore()
        else:
            super().wheelEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ApplicationFontChange:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        scale = current_scale()
        row = round(ROW * scale)
        self.verticalHeader().setDefaultSectionSize(row)
        self.horizontalHeader().setFont(words_font(CAPTION_SIZE))
        head = round(22 * scale)
        self.horizontalHeader().setFixedHeight(head)
        numbers = QFontMetrics(numbers_font()).horizontalAdvance("0" * 8)
        self.setColumnWidth(VALUE, round(numbers + 56 * scale))
        self.setColumnWidth(FROZEN, round(50 * scale))
        rows = max(1, min(len(self._table.items), self._most_rows))
        self.setFixedHeight(head + rows * row + 2)
        self.updateGeometry()
