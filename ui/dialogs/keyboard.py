"""All keys at a glance."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from ui.actions import ACTIONS
from ui.style import numbers_font

ELSEWHERE = (
    ("Arrows", "Network: to the next neuron or layer · Canvas: to the next pixel"),
    ("Shift+arrows", "Canvas: move the drawing"),
    ("Space", "Canvas: light or clear the pixel · Plane: the tool at the cross"),
    ("0…9", "Canvas: the pixel's grey level · Samples: their class"),
    ("Delete", "Canvas: clear · Samples: delete"),
    ("Alt+Left, Right", "Samples: earlier or later"),
    ("Esc", "Network: select nothing"),
    ("Tab", "To the next control"),
)


def keyboard_rows() -> list[tuple[str, str]]:
    """(keys, what they do) of every action that has keys, then of the canvas and the network."""
    rows = [(spec.shortcut, f"{spec.text}: {spec.tooltip}") for spec in ACTIONS if spec.shortcut]
    return [*rows, *ELSEWHERE]


def show_keyboard(parent: QWidget) -> QDialog:
    """Open the table of keys beside the window."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Keyboard")
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    for row, (keys, text) in enumerate(keyboard_rows()):
        label = QLabel(keys)
        # Not by the style sheet, which would draw "++" as one sign.
        label.setFont(numbers_font())
        grid.addWidget(label, row, 0)
        grid.addWidget(QLabel(text), row, 1)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.addLayout(grid)
    column.addWidget(buttons)
    dialog.show()
    return dialog
