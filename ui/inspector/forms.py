"""Form rows of the inspector: a label, and a control that speaks up only when the user acts.

A wheel turned over a control in passing changes nothing: only one that has the focus answers it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from ui.theme import GRID

DECIMALS = 15
"""Digits a decimal keeps; more than any learning rate is given with."""


class _Quiet:
    """What the controls below have in common; goes before the Qt class."""

    def name_it(self, name: str) -> None:
        """Give the control a name for screen readers and for tests."""
        self.setAccessibleName(name)
        self.setObjectName(name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _QuietNumber(_Quiet):
    """A spin box that tells only of the user's changes."""

    def prepare(self, name: str) -> None:
        """Set what all numbers have in common."""
        self.name_it(name)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._known = self.value()
        self.valueChanged.connect(self._on_value)

    def show_value(self, value: float) -> None:
        """Show a value that came from the project; nobody takes it for the user's wish."""
        if value != self.value():
            self.blockSignals(True)
            self.setValue(value)
            self.blockSignals(False)
        self._known = self.value()

    def _on_value(self, value: float) -> None:
        # Qt tells of Return also where nothing was changed, and the project may hold a number
        # beyond the box's range: what the box made of it is not the user's wish.
        if value != self._known:
            self._known = value
            self.chosen.emit(value)


class WholeNumber(_QuietNumber, QSpinBox):
    """A spin box; ``chosen`` is emitted for the user's changes, not for :meth:`show_value`."""

    chosen = Signal(int)

    def __init__(self, name: str, low: int, high: int) -> None:
        super().__init__()
        self.setRange(low, high)
        self.setGroupSeparatorShown(True)
        self.prepare(name)


class Decimal(_QuietNumber, QDoubleSpinBox):
    """As :class:`WholeNumber`, for decimals; without a ``step`` it steps by the value's tenth."""

    chosen = Signal(float)

    def __init__(self, name: str, low: float, high: float, step: float | None = None) -> None:
        super().__init__()
        self.setDecimals(DECIMALS)
        self.setRange(low, high)
        if step is None:
            self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        else:
            self.setSingleStep(step)
        self.prepare(name)

    def textFromValue(self, value: float) -> str:
        # As many digits as the box holds: what is read back from the text must be the value.
        return self.locale().toString(value, "g", DECIMALS)


class Choice(_Quiet, QComboBox):
    """A combo box of names; ``chosen`` is emitted for the user's choices only."""

    chosen = Signal(str)

    def __init__(self, name: str, names: Sequence[str]) -> None:
        super().__init__()
        self.addItems(list(names))
        self.name_it(name)
        self.textActivated.connect(self.chosen)

    def show_value(self, name: str) -> None:
        """Show a value that came from the project."""
        self.setCurrentText(name)


def form() -> QFormLayout:
    """An empty form in the inspector's spacing."""
    layout = QFormLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(GRID)
    layout.setVerticalSpacing(4)
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return layout


def add_row(layout: QFormLayout, text: str, control: QWidget) -> None:
    """A labelled control; clicking the label goes to the control."""
    label = QLabel(text)
    label.setProperty("role", "muted")
    label.setBuddy(control)
    control.setFixedHeight(28)
    # A spin box would ask for the width of its largest number.
    control.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    control.setMinimumWidth(96)
    layout.addRow(label, control)
