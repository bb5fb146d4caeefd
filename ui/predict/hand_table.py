"""A table in which a column is typed in: Return and Tab go down, Ctrl+V pastes a column."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QWidget

from ui.dialogs.tables import NumberTable
from ui.predict.hand_model import YOURS

_Hint = QAbstractItemDelegate.EndEditHint


class HandTable(NumberTable):
    """``pasted(str)`` carries what is to go into the lines from the current one on."""

    pasted = Signal(str)

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.setAccessibleName("What you have calculated, line by line")
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
        )

    def go_to(self, row: int, edit: bool = False) -> None:
        """To a line, perhaps ready to be typed in."""
        if not 0 <= row < self.model().rowCount():
            return
        index = self.model().index(row, YOURS)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        if edit:
            self.edit(index)

    @property
    def row(self) -> int:
        """The line the cursor is in, from 0."""
        return max(0, self.currentIndex().row())

    def closeEditor(self, editor: QWidget, hint: _Hint) -> None:
        """On to the next line when a number is finished."""
        super().closeEditor(editor, _Hint.NoHint)
        if hint in (_Hint.SubmitModelCache, _Hint.EditNextItem):
            self.go_to(self.row + 1)
        elif hint is _Hint.EditPreviousItem:
            self.go_to(self.row - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go_to(self.row, edit=True)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.model().setData(self.model().index(self.row, YOURS), "")
        elif (
            event.text().isprintable()
            and event.text()
            and not event.modifiers()
            & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        ):
            # Typing anywhere in a line writes its number.
            self.go_to(self.row)
            super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)
