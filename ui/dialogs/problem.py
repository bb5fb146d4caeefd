"""Tells of a problem without stopping the user: what happened, and what is still safe."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyle,
    QWidget,
)

from ui.problem import Problem

SAFE = "Your work is kept, and you can go on. If this happens again, copy the details for us."
_WIDTH = 380


class ProblemDialog(QDialog):
    """Non-modal; further problems are added to the one that is open."""

    def __init__(self, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle("A problem")
        self._problems = [problem]
        sign = QLabel()
        warning = self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning)
        sign.setPixmap(warning.pixmap(32, 32))
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.safe = QLabel(SAFE)
        self.safe.setProperty("role", "muted")
        for label in (self.sentence, self.safe):
            label.setWordWrap(True)
            label.setMinimumWidth(_WIDTH)
            label.setMaximumWidth(_WIDTH)
        self.copy_button = QPushButton("Copy details")
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy)
        self.close_button = QPushButton("Go on")
        self.close_button.setProperty("role", "primary")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.close_button)
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 20, 20, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.addWidget(sign, 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.sentence, 0, 1)
        grid.addWidget(self.safe, 1, 1)
        grid.setRowMinimumHeight(2, 8)
        grid.addLayout(buttons, 3, 0, 1, 2)
        self._refresh()

    def add(self, problem: Problem) -> None:
        """Tell of one more problem."""
        self._problems.append(problem)
        self._refresh()

    def details(self) -> str:
        """What "Copy details" copies."""
        return ("\n" + 72 * "-" + "\n").join(problem.details for problem in self._problems)

    def _refresh(self) -> None:
        text = self._problems[0].sentence
        more = len(self._problems) - 1
        if more:
            text += f" (And {more} more {'problem' if more == 1 else 'problems'}.)"
        self.sentence.setText(text)
        self.setAccessibleName(text)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.details())
        self.copy_button.setText("Copied")
