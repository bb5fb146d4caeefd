"""Asks for the rows and columns of the grid."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from simulator.project.data_edits import LARGEST_EDGE
from ui.theme import GRID
from ui.widgets.labels import level_labels


class GridDialog(QDialog):
    """Two numbers, from 1 to 28."""

    def __init__(self, rows: int, columns: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Grid")
        self.rows, self.columns = QSpinBox(), QSpinBox()
        form = QFormLayout()
        form.setSpacing(GRID)
        for box, value, text in ((self.rows, rows, "Rows"), (self.columns, columns, "Columns")):
            box.setRange(1, LARGEST_EDGE)
            box.setValue(value)
            box.setAccessibleName(text)
            form.addRow(text, box)
        level_labels(form)
        about = QLabel(
            "All samples move to the middle of the new grid; what has no room there is cut off. "
            "Weights from pixels that stay are kept."
        )
        about.setWordWrap(True)
        about.setProperty("role", "muted")
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(2 * GRID)
        layout.addLayout(form)
        layout.addWidget(about)
        layout.addWidget(buttons)
        self.setMinimumWidth(320)
