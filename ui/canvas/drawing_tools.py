"""The row of small buttons below the canvas."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from ui.resources import icon
from ui.style import current_scale
from ui.theme import Theme

_SHIFTS = {
    "arrow-left": ("Move left", 0, -1),
    "arrow-up": ("Move up", -1, 0),
    "arrow-down": ("Move down", 1, 0),
    "arrow-right": ("Move right", 0, 1),
}


class DrawingTools(QWidget):
    """Clear, invert, move, number the pixels.

    Signals
    -------
    cleared, inverted : as their buttons say.
    shifted(int, int) : move down and right by so many pixels.
    numbers_toggled(bool) : show the pixels' places in the input vector, or hide them.
    """

    cleared = Signal()
    inverted = Signal()
    shifted = Signal(int, int)
    numbers_toggled = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons: dict[QToolButton, str] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._row.addStretch(1)
        self.clear_button = self._button("eraser", "Clear")
        self.clear_button.clicked.connect(self.cleared)
        self.invert_button = self._button("contrast", "Invert")
        self.invert_button.clicked.connect(self.inverted)
        self.shift_buttons: dict[str, QToolButton] = {}
        for name, (text, _, _) in _SHIFTS.items():
            button = self._button(name, text)
            button.setAutoRepeat(True)
            button.clicked.connect(self._on_shift)
            self.shift_buttons[name] = button
        self.numbers_button = self._button("grid-3x3", "Number the pixels as inputs")
        self.numbers_button.setCheckable(True)
        self.numbers_button.toggled.connect(self.numbers_toggled)
        self.numbers_button.hide()
        self._row.addStretch(1)
        self.apply_theme(theme)

    def _button(self, name: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setToolTip(text)
        button.setAccessibleName(text)
        self._icons[button] = name
        self._row.addWidget(button)
        return button

    def apply_theme(self, theme: Theme) -> None:
        """Tint the icons, and fit them to the size of type."""
        side, edge = (round(length * current_scale()) for length in (28, 16))
        for button, name in self._icons.items():
            button.setIcon(icon(name, theme, edge))
            button.setIconSize(QSize(edge, edge))
            button.setFixedSize(side, side)

    def set_numbered(self, possible: bool) -> None:
        """Whether the pixels' places are known."""
        self.numbers_button.setVisible(possible)

    def numbers_wanted(self) -> bool:
        """Whether the pixels are to be numbered."""
        return self.numbers_button.isChecked()

    def _on_shift(self) -> None:
        for name, button in self.shift_buttons.items():
            if button is self.sender():
                self.shifted.emit(*_SHIFTS[name][1:])
