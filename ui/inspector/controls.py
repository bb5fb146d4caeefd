"""The inspector's controls: they speak up only when the user acts.

Each has ``chosen``, emitted for the user's changes only, and ``show_value`` for a value that came
from the project.  A wheel turned over a control in passing changes nothing: only one that has the
focus answers it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QPaintEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from ui.theme import CONTROL_HEIGHT, GRID

DECIMALS = 15
"""Digits a decimal keeps; more than any learning rate is given with."""
FIELD_WIDTH = 96
LONGEST_TEXT = 200
_BEGUN = re.compile(r"[-+−]?\d*[.,]?\d*([eE][-+−]?\d*)?")
"""A decimal on the way to being typed."""
_UNDO_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


def as_tooltip(*sentences: str) -> str:
    """The sentences as a tooltip, which Qt wraps only where it is rich text."""
    lines = [html.escape(line) for own in sentences for line in own.split("\n") if line]
    return f"<qt>{'<br>'.join(lines)}</qt>"


class _Quiet:
    """What the controls below have in common; goes before the Qt class."""

    def name_it(self, name: str) -> None:
        """Give the control a name for screen readers and for tests, and its width in a form."""
        self.setAccessibleName(name)
        self.setObjectName(name)
        # A spin box would ask for the width of its largest number.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(FIELD_WIDTH)
        self.setMaximumHeight(CONTROL_HEIGHT)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Typed(_Quiet):
    """What is typed into: undo is the window's, unless there is typing to take back."""

    def has_typing(self) -> bool:
        """Whether the text is not yet the value."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and any(event.matches(key) for key in _UNDO_KEYS)
            and not self.has_typing()
        ):
            event.ignore()
            return False
        return super().event(event)


class _QuietNumber(Typed):
    """A spin box that tells only of the user's changes."""

    def has_typing(self) -> bool:
        return self.text() not in (self.textFromValue(self.value()), self.specialValueText())

    def prepare(self, name: str, zero_text: str) -> None:
        """Set what all numbers have in common; ``zero_text`` stands for the lowest value."""
        self.name_it(name)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setSpecialValueText(zero_text)
        self._known = self.value()
        self.valueChanged.connect(self._on_value)

    def set_limits(self, low: float, high: float) -> None:
        """Allow other values; nobody takes one that is cut off for the user's wish."""
        if (low, high) != (self.minimum(), self.maximum()):
            self.blockSignals(True)
            self.setRange(low, high)
            self.blockSignals(False)
            self._known = self.value()

    def show_value(self, value: float) -> None:
        """Show a value that came from the project, as near as the box can come to it."""
        if value != self.value():
            self.blockSignals(True)
            self.setValue(min(max(value, self.minimum()), self.maximum()))
            self.blockSignals(False)
        self._known = self.value()

    def _on_value(self, value: float) -> None:
        # Qt tells of Return also where nothing was changed, and the project may hold a number
        # beyond the box's range: what the box made of it is not the user's wish.
        if value != self._known:
            self._known = value
            self.chosen.emit(value)


class WholeNumber(_QuietNumber, QSpinBox):
    """A spin box for whole numbers."""

    chosen = Signal(int)

    def __init__(self, name: str, low: int, high: int) -> None:
        super().__init__()
        self.setRange(low, high)
        self.setGroupSeparatorShown(True)
        self.prepare(name, "")


class Decimal(_QuietNumber, QDoubleSpinBox):
    """A spin box for decimals; without a ``step`` it steps by the value's tenth.

    ``first`` is where it steps to from 0, which has no tenth; ``zero_text`` is shown for the
    lowest value.
    """

    chosen = Signal(float)

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        step: float | None = None,
        first: float = 0.01,
        zero_text: str = "",
    ) -> None:
        super().__init__()
        self._first = first
        self.setDecimals(DECIMALS)
        self.setRange(low, high)
        if step is None:
            self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        else:
            self.setSingleStep(step)
        self.prepare(name, zero_text)

    def textFromValue(self, value: float) -> str:
        # As many digits as the box holds: what is read back from the text must be the value.
        return self.locale().toString(value, "g", DECIMALS)

    def valueFromText(self, text: str) -> float:
        value, known = self.locale().toDouble(text)
        return value if known else self.minimum()

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        # Qt lets nobody type the powers of ten that textFromValue writes.
        value, known = self.locale().toDouble(text)
        state = QValidator.State.Invalid
        if (known and self.minimum() <= value <= self.maximum()) or (
            text and text == self.specialValueText()
        ):
            state = QValidator.State.Acceptable
        elif _BEGUN.fullmatch(text) or set(text) <= set(self.specialValueText()):
            state = QValidator.State.Intermediate
        return state, text, place

    def stepBy(self, steps: int) -> None:
        adaptive = self.stepType() is QDoubleSpinBox.StepType.AdaptiveDecimalStepType
        if adaptive and self.value() == 0.0:
            self.setValue(steps * self._first)
        else:
            super().stepBy(steps)


class Choice(_Quiet, QComboBox):
    """A combo box of names; ``abouts`` says of some of them what they do, as a tooltip."""

    chosen = Signal(str)

    def __init__(
        self, name: str, names: Sequence[str], abouts: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self._abouts = abouts or {}
        self.addItems(list(names))
        for place, own in enumerate(names):
            if own in self._abouts:
                tooltip = as_tooltip(self._abouts[own])
                self.setItemData(place, tooltip, Qt.ItemDataRole.ToolTipRole)
        self.name_it(name)
        self.textActivated.connect(self.chosen)

    def show_value(self, name: str) -> None:
        """Show a value that came from the project; one not in the list cannot be chosen."""
        place = self.findText(name)
        if place < 0:
            self.setPlaceholderText(name)
        self.setCurrentIndex(place)

    @property
    def shown(self) -> str:
        """What the box reads."""
        return self.currentText() if self.currentIndex() >= 0 else self.placeholderText()

    @property
    def about(self) -> str:
        """What the chosen one does."""
        return self._abouts.get(self.currentText(), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        # Qt would cut a long name off in the middle of a letter.
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        option.currentText = self.fontMetrics().elidedText(
            self.shown, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()


class Check(_Quiet, QCheckBox):
    """A check box with its words beside it; None shows that only some of it is on."""

    chosen = Signal(bool)

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name_it(name)
        self.clicked.connect(self._on_clicked)

    def show_value(self, value: bool | None) -> None:
        """Show a value that came from the project."""
        self.setTristate(value is None)
        if value is None:
            self.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            self.setChecked(value)

    def _on_clicked(self) -> None:
        on = self.checkState() is not Qt.CheckState.Unchecked
        self.show_value(on)
        self.chosen.emit(on)


class Line(Typed, QLineEdit):
    """One line of text; ``chosen`` when the user has finished with it."""

    chosen = Signal(str)

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__()
        self.name_it(name)
        self.setPlaceholderText(hint)
        self.setMaxLength(LONGEST_TEXT)
        self._known = ""
        self.editingFinished.connect(self._on_finished)

    def has_typing(self) -> bool:
        return self.text() != self._known

    def show_value(self, text: str) -> None:
        """Show a value that came from the project."""
        self._known = text
        if text != self.text():
            self.setText(text)

    def _on_finished(self) -> None:
        if self.text() != self._known:
            self._known = self.text()
            self.chosen.emit(self._known)


class Optional(QWidget):
    """A number that may be off: a check box beside a decimal; None is off."""

    chosen = Signal(object)

    def __init__(self, name: str, low: float, high: float, start: float, step: float) -> None:
        super().__init__()
        self.setObjectName(name)
        self.check = Check(f"{name} on", "")
        self.check.setMinimumWidth(0)
        self.check.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.number = Decimal(f"{name} number", low, high, step)
        self.number.setMinimumWidth(64)
        self.number.show_value(start)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(self.check)
        row.addWidget(self.number, 1)
        self.setFocusProxy(self.check)
        self.check.chosen.connect(self._on_switched)
        self.number.chosen.connect(self._on_number)
        self.show_value(None)

    def show_value(self, value: float | None) -> None:
        """Show a value that came from the project; off keeps the number for later."""
        self.check.show_value(value is not None)
        self.number.setEnabled(value is not None)
        if value is not None:
            self.number.show_value(value)

    def setToolTip(self, text: str) -> None:
        super().setToolTip(text)
        for part in (self.check, self.number):
            part.setToolTip(text)

    def _on_switched(self, on: bool) -> None:
        self.chosen.emit(self.number.value() if on else None)

    def _on_number(self, value: float) -> None:
        self.chosen.emit(value)


Control = WholeNumber | Decimal | Choice | Check | Line | Optional
