"""A question that has to be answered before work goes on: a sentence, a detail, a few answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyle,
    QWidget,
)

_WIDTH = 420
CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Answer:
    """A button: what it is called in the program, and on the screen (with its key behind ``&``)."""

    id: str
    text: str


class Question(QDialog):
    """Asks without stopping training; the first answer is what Return gives.

    Esc and the window's own button give the last answer.

    Signals
    -------
    answered(str) : the id of the answer.
    """

    answered = Signal(str)

    def __init__(
        self, title: str, sentence: str, detail: str, answers: Sequence[Answer], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(sentence)
        self._last = answers[-1].id
        self._answer = self._last
        sign = QLabel()
        icon = self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning)
        sign.setPixmap(icon.pixmap(32, 32))
        self.sentence = QLabel(sentence)
        self.sentence.setProperty("role", "title")
        self.detail = QLabel(detail)
        self.detail.setProperty("role", "muted")
        for label in (self.sentence, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setFixedWidth(_WIDTH)
        self.detail.setVisible(bool(detail))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        self.buttons: dict[str, QPushButton] = {}
        for answer in answers:
            button = QPushButton(answer.text)
            button.setObjectName(answer.id)
            button.setAccessibleName(answer.text.replace("&", ""))
            button.clicked.connect(self._on_clicked)
            self.buttons[answer.id] = button
        # The default stands at the right, where the eye ends; Tab goes through them in order.
        for answer in reversed(answers):
            row.addWidget(self.buttons[answer.id])
        first = self.buttons[answers[0].id]
        first.setProperty("role", "primary")
        first.setDefault(True)
        first.setFocus()
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 20, 20, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.addWidget(sign, 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.sentence, 0, 1)
        grid.addWidget(self.detail, 1, 1)
        grid.setRowMinimumHeight(2, 8)
        grid.addLayout(row, 3, 0, 1, 2)
        self.finished.connect(self._on_finished)

    def _on_clicked(self) -> None:
        self._answer = self.sender().objectName()
        self.accept()

    def _on_finished(self, result: int) -> None:
        self.answered.emit(self._answer if result == QDialog.DialogCode.Accepted else self._last)
