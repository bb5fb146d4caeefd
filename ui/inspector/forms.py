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


class WholeNumber(QSpinBox):
    """A spin box; ``chosen`` is emitted for the user's changes, not for :meth:`show_value`."""

    chosen = Signal(int)

    def __init__(self, name: str, low: int, high: int) -> None:
        super().__init__()
        self.setRange(low, high)
        self.setGroupSeparatorShown(True)
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        self.setObjectName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.valueChanged.connect(self.chosen)

    def show_value(self, value: int) -> None:
        """Show a value that came from the project."""
        _show(self, value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Decimal(QDoubleSpinBox):
    """As :class:`WholeNumber`, for decimals; steps by a tenth of the value's power of ten."""

    chosen = Signal(float)

    def __init__(self, name: str, low: float, high: float, decimals: int, step: float) -> None:
        super().__init__()
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setStepType(QDoubleSpinBox.StepType.DefaultStepType)
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        self.setObjectName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.valueChanged.connect(self.chosen)

    def textFromValue(self, value: float) -> str:
        return self.locale().toString(value, "g", 6)

    def show_value(self, value: float) -> None:
        """Show a value that came from the project."""
        _show(self, value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Choice(QComboBox):
    """A combo box of names; ``chosen`` is emitted for the user's choices only."""

    chosen = Signal(str)

    def __init__(self, name: str, names: Sequence[str]) -> None:
        super().__init__()
        self.addItems(list(names))
        self.setAccessibleName(name)
        self.setObjectName(name)
        self.textActivated.connect(self.chosen)

    def show_value(self, name: str) -> None:
        """Show a value that came from the project."""
        self.setCurrentText(name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _show(box: QSpinBox | QDoubleSpinBox, value: float) -> None:
    """Set a value without telling anybody, who would take it for the user's wish."""
    if value != box.value():
        box.blockSignals(True)
        box.setValue(value)  # type: ignore[arg-type]
        box.blockSignals(False)


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
