"""The score of a class or a student: right, wrong and revealed, by kind of number."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from simulator.predictions import KIND_NAMES, Score
from ui.dialogs.parts import buttons_line, column_of
from ui.dialogs.tables import RIGHT, NumberTable, numbers_width, words_width
from ui.style import current_scale
from ui.widgets.card import Card
from ui.widgets.labels import EmptyHint

EMPTY = "No question answered yet. Turn Predict first on and step."
HEADINGS = ("", "Right", "Wrong", "Revealed")


class ScoreDialog(QDialog):
    """``reset_wanted`` when the user starts again."""

    reset_wanted = Signal()

    def __init__(self, score: Score, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Predictions")
        self._score = score
        self.model = QStandardItemModel(self)
        self.table = NumberTable(self.model)
        self.table.setAccessibleName("Predictions by kind: right, wrong, revealed")
        self.hint = EmptyHint(EMPTY)
        self.card = Card("Score")
        self.card.body.addWidget(self.table, 1)
        self.card.body.addWidget(self.hint, 1)
        self.copy_button = QPushButton("Copy as CSV")
        self.copy_button.clicked.connect(self._on_copy)
        self.reset_button = QPushButton("Reset")
        self.reset_button.clicked.connect(self.reset_wanted)
        self.close_button = QPushButton("Close")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.reject)
        row = buttons_line(self.close_button, left=[self.copy_button, self.reset_button])
        column = column_of(self)
        column.addWidget(self.card, 1)
        column.addLayout(row)
        scale = current_scale()
        self.resize(round(440 * scale), round(380 * scale))
        self.refresh()

    def refresh(self) -> None:
        """Show the score as it is now."""
        rows = self._score.rows()
        self.model.clear()
        self.model.setHorizontalHeaderLabels(HEADINGS)
        for column in range(1, len(HEADINGS)):
            self.model.horizontalHeaderItem(column).setTextAlignment(RIGHT)
        named = [(KIND_NAMES[kind], *numbers) for kind, *numbers in rows]
        for name, *numbers in [*named, ("Total", *self._score.total)]:
            items = [QStandardItem(str(own)) for own in (name, *numbers)]
            for item in items:
                item.setEditable(False)
            for item in items[1:]:
                item.setTextAlignment(RIGHT)
            self.model.appendRow(items)
        width = max(numbers_width(5), *(words_width(own, heading=True) for own in HEADINGS[1:]))
        self.table.set_widths((words_width("Batch normalization"), *[width] * 3), 0)
        self.table.setVisible(bool(rows))
        self.hint.setVisible(not rows)
        self.copy_button.setEnabled(bool(rows))
        self.reset_button.setEnabled(bool(rows))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._score.csv())
