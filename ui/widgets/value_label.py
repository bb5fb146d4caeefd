"""Numbers that keep their place as they change."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.style import numbers_font
from ui.theme import BODY_SIZE

LARGEST_PLAIN = 1e4
SMALLEST_PLAIN = 1e-3
NOT_A_NUMBER = "not a number"


def format_value(value: float, digits: int = 4) -> str:
    """A number with ``digits`` decimals, or in powers of ten where those would say nothing.

    A blank stands in for the plus so that numbers in a column align: " 0.4073", "-0.0100",
    " 3.1e-07", "-2.4e+12", " inf", "not a number".
    """
    number = float(value)
    if math.isnan(number):
        return NOT_A_NUMBER
    if math.isinf(number):
        return " inf" if number > 0 else "-inf"
    size = abs(number)
    if size == 0.0:
        return f" {0.0:.{digits}f}"
    if SMALLEST_PLAIN <= size < LARGEST_PLAIN:
        # The number of characters stays the same: one decimal less for each digit more in front.
        spare = len(str(int(round(size, digits)))) - 1
        return f"{number: .{max(0, digits - spare)}f}"
    return f"{number: .{max(1, digits - 3)}e}"


class ValueLabel(QLabel):
    """Shows one number, right-aligned in a width that never changes."""

    def __init__(
        self, digits: int = 4, size: float = BODY_SIZE, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._digits = digits
        self._size = size
        self._value: float | None = None
        self.setProperty("role", "value")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._fit()
        self.set_value(None)

    def value(self) -> float | None:
        """The number on show."""
        return self._value

    def set_value(self, value: float | None) -> None:
        """Show a number, or a dash for none."""
        self._value = value
        if value is None:
            text = "–"
        else:
            text = format_value(value, self._digits)
            text = "NaN" if text == NOT_A_NUMBER else text
        if text != self.text():
            self.setText(text)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ApplicationFontChange:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        font = numbers_font(self._size, QFont.Weight.Normal)
        self.setFont(font)
        # The longest text: sign, one digit, point, decimals, "e+308".
        characters = max(self._digits + 3, max(1, self._digits - 3) + 8)
        self.setFixedWidth(QFontMetrics(font).horizontalAdvance("0" * characters) + 2)
