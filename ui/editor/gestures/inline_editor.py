"""A field that opens on the network itself, to type a weight, a bias or a name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from ui.style import current_scale
from ui.theme import Theme
from ui.widgets.escape import keep_escape

Commit = Callable[[str], str]
"""Does what was typed asks for; a sentence if it cannot be done, "" if it was."""
_STAYING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
"""Reasons to lose the keyboard only for a while: a menu, another window."""
_WIDTH, _WIDEST = 116, 260


class InlineEditor(QWidget):
    """Return does what was typed, Escape leaves things as they are.

    What cannot be read keeps the field open, with a sentence below it.  ``closed`` says that the
    field is gone.
    """

    closed = Signal()

    def __init__(
        self, view: QWidget, name: str, text: str, commit: Commit, theme: Theme, wide: bool = False
    ) -> None:
        super().__init__(view)
        self._commit = commit
        self._theme = theme
        self._ended = False
        self._text = text
        self._at = QPointF()
        self.field = QLineEdit(text)
        self.field.setAccessibleName(name)
        self.field.setFixedWidth(round((1.4 if wide else 1.0) * _WIDTH * current_scale()))
        self.message = QLabel()
        self.message.setProperty("role", "caption")
        self.message.setWordWrap(True)
        self.message.setMaximumWidth(round(_WIDEST * current_scale()))
        self.message.hide()
        title = QLabel(name)
        title.setProperty("role", "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(4)
        for part in (title, self.field, self.message):
            column.addWidget(part)
        self.field.installEventFilter(self)
        keep_escape(self.field, True)
        self.field.textEdited.connect(self._on_edited)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def open_at(self, at: QPointF) -> None:
        """Show the field beside a point of the view, inside it."""
        self._at = at
        self._place()
        self.show()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _place(self) -> None:
        self.adjustSize()
        view = self.parentWidget()
        x = min(max(round(self._at.x()) + 10, 4), view.width() - self.width() - 4)
        y = round(self._at.y()) + 10
        if y + self.height() > view.height() - 4:
            y = round(self._at.y()) - 10 - self.height()
        self.move(max(x, 4), max(y, 4))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Return and Escape in the field; leaving it takes over what can be read."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._finish()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.end()
                return True
        left = isinstance(event, QFocusEvent) and event.type() is QEvent.Type.FocusOut
        if left and event.reason() not in _STAYING:
            self._leave()
        return False

    def _finish(self) -> None:
        problem = self._tried()
        if not problem:
            self.end()
            return
        self.message.setText(problem)
        self.message.show()
        self._place()
        self.field.selectAll()

    def _leave(self) -> None:
        if not self._ended:
            self._tried()
            self.end(False)

    def _tried(self) -> str:
        return "" if self.field.text() == self._text else self._commit(self.field.text())

    def end(self, back: bool = True) -> None:
        """Close the field; with ``back`` the network has the keys again."""
        if self._ended:
            return
        self._ended = True
        self.hide()
        if back:
            self.parentWidget().setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()
        self.deleteLater()

    def _on_edited(self) -> None:
        if self.message.isVisible():
            self.message.hide()
            self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.accent), 1.5))
        painter.setBrush(QColor(self._theme.panel))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
        painter.end()
