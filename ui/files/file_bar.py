"""A bar above the network about the open file: what happened to it, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolBar, QWidget

from ui.files.question import Answer
from ui.resources import icon
from ui.theme import GRID, Theme


class FileBar(QWidget):
    """One sentence and the answers to it.

    Signals
    -------
    answered(str) : the id of the answer; the bar is gone then.
    """

    answered = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID + 4, 4, GRID, 4)
        layout.setSpacing(GRID)
        self._sign = QLabel()
        self._label = QLabel()
        self._label.setWordWrap(True)
        layout.addWidget(self._sign)
        layout.addWidget(self._label, 1)
        self._row = layout
        self.buttons: dict[str, QPushButton] = {}
        self._bar: QToolBar | None = None
        self.apply_theme(theme)

    def place(self, bar: QToolBar) -> None:
        """Show and hide the tool bar around it."""
        self._bar = bar
        bar.hide()

    def text(self) -> str:
        """The sentence on show, "" for none."""
        return self._label.text()

    def ask(self, sentence: str, answers: Sequence[Answer]) -> None:
        """Show a sentence with its answers, in place of the last one."""
        self._label.setText(sentence)
        self.setAccessibleName(sentence)
        for button in self.buttons.values():
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for answer in answers:
            button = QPushButton(answer.text)
            button.setObjectName(answer.id)
            button.setAccessibleName(answer.text.replace("&", ""))
            button.clicked.connect(self._on_clicked)
            self._row.addWidget(button)
            self.buttons[answer.id] = button
        if self._bar is not None:
            self._bar.show()
        self._fit()

    def close_now(self) -> None:
        """There is nothing to say any more."""
        self._label.setText("")
        if self._bar is not None:
            self._bar.hide()

    def restore(self) -> None:
        """Be on show or not, whatever a stored layout says."""
        if self._bar is not None:
            self._bar.setVisible(bool(self.text()))

    def _on_clicked(self) -> None:
        answer = self.sender().objectName()
        self.close_now()
        self.answered.emit(answer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as the sentence is in this width."""
        # A tool bar does not listen while it lays its widgets out.
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        words = self._label.heightForWidth(max(200, self._label.width()))
        button = max((own.sizeHint().height() for own in self.buttons.values()), default=0)
        high = max(words, button) + 8
        if high != self.height():
            self.setFixedHeight(high)
            self.updateGeometry()

    def apply_theme(self, theme: Theme) -> None:
        """Tint the icon."""
        self._sign.setPixmap(icon("triangle-alert", theme, colour=theme.negative).pixmap(18, 18))
