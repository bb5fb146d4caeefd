"""A field for one number of the network: short while it is read, exact while it is edited."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from simulator.typed_numbers import MAX_LENGTH, read_number
from ui.inspector.controls import Typed, as_tooltip
from ui.style import numbers_font
from ui.widgets.value_label import format_value

TIP = (
    "Type a number: 0.5, −0,31, 2/3 or 1e-3. With the keyboard in it all digits are shown; the "
    "arrow keys change it by 0.1, with Shift by 0.01."
)
_STEPS = {Qt.Key.Key_Up: 1.0, Qt.Key.Key_Down: -1.0}
MIXED = "mixed"


class NumberField(Typed, QLineEdit):
    """``chosen(float)`` when the user has typed a number, ``refused(str)`` when it was none.

    A refused text goes and the old number stands there again.
    """

    chosen = Signal(float)
    refused = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name_it(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMaxLength(MAX_LENGTH)
        self.setToolTip(as_tooltip(TIP))
        self._value: float | None = None
        self._known = ""
        self._fit()
        self.returnPressed.connect(self._take)

    @property
    def value(self) -> float | None:
        """The number on show; None where there are several different ones."""
        return self._value

    def has_typing(self) -> bool:
        return self.text() != self._known

    def show_value(self, value: float | None, none: str = MIXED) -> None:
        """Show a number of the network, but not into what the user is typing."""
        self._value = value
        self.setPlaceholderText(none if value is None else "")
        if not self.hasFocus():
            self._write(self._short())
        elif not self.has_typing() and self.selectedText() == self.text():
            self._write(self._exact())
            self.selectAll()

    def _short(self) -> str:
        return "" if self._value is None else format_value(self._value)

    def _exact(self) -> str:
        return "" if self._value is None else repr(self._value)

    def _write(self, text: str) -> None:
        self._known = text
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() is not Qt.FocusReason.PopupFocusReason and not self.has_typing():
            self._write(self._exact())
        super().focusInEvent(event)
        # Behind the mouse press, which would place the cursor.
        if event.reason() is not Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is Qt.FocusReason.PopupFocusReason:
            return
        if self.has_typing():
            self._take()
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self._write(self._short())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.has_typing():
            self._write(self._exact())
            self.selectAll()
            return
        if event.key() in _STEPS and self._value is not None and math.isfinite(self._value):
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            # As a decimal: ten steps of 0.1 from 0 lead to 1.
            step = _STEPS[Qt.Key(event.key())] * (0.01 if fine else 0.1)
            self._choose(float(f"{self._value + step:.15g}"))
            return
        super().keyPressEvent(event)

    def _take(self) -> None:
        if not self.has_typing():
            self.selectAll()
            return
        text = self.text()
        try:
            value = read_number(text).value
        except ValueError as problem:
            self._write(self._exact() if self.hasFocus() else self._short())
            self.selectAll()
            self.refused.emit(str(problem))
            return
        self._choose(value)

    def _choose(self, value: float) -> None:
        before, self._value = self._value, value
        self._write(self._exact() if self.hasFocus() else self._short())
        self.selectAll()
        if value != before:
            self.chosen.emit(value)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ApplicationFontChange:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        self.setFont(numbers_font())
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        wide = QFontMetrics(numbers_font()).horizontalAdvance("0" * 9) + 26
        return QSize(wide, super().sizeHint().height())

    minimumSizeHint = sizeHint
