"""One slider an input, where the inputs are not a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QWidget

from ui.theme import GRID
from ui.widgets.slider import Slider

MOST_INPUTS = 12
_STEPS = 200
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class InputSliders(QWidget):
    """Sets each input with a slider or as a number.

    Signals
    -------
    edited(object) : the user changed an input; carries a read-only copy, (inputs,).
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = np.zeros(0)
        self._low = np.zeros(0)
        self._high = np.ones(0)
        self.sliders: list[Slider] = []
        self.numbers: list[QDoubleSpinBox] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 4)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)

    def set_inputs(self, data: NDArray[np.float64], names: list[str] | None = None) -> None:
        """Make a row for each column of ``data`` (n, inputs), whose range the row covers."""
        while self._grid.count():
            item = self._grid.takeAt(0).widget()
            if item is not None:
                item.hide()
                item.deleteLater()
        self.sliders, self.numbers = [], []
        inputs = data.shape[1]
        finite = np.nan_to_num(data)
        self._low = np.minimum(0.0, finite.min(axis=0, initial=0.0))
        self._high = np.maximum(1.0, finite.max(axis=0, initial=1.0))
        self._values = np.zeros(inputs)
        for row in range(inputs):
            subscript = str(row + 1).translate(_SUBSCRIPTS)
            self._add_row(row, names[row] if names else f"x{subscript}")
        self._grid.setRowStretch(inputs, 1)

    def _add_row(self, row: int, name: str) -> None:
        low, high = float(self._low[row]), float(self._high[row])
        label = QLabel(name)
        slider = Slider(Qt.Orientation.Horizontal)
        slider.setRange(0, _STEPS)
        slider.setAccessibleName(name)
        slider.setValue(self._step_of(row, 0.0))
        slider.valueChanged.connect(self._on_slider)
        number = QDoubleSpinBox()
        number.setRange(low, high)
        number.setDecimals(2)
        number.setSingleStep((high - low) / 20)
        number.setFixedWidth(76)
        number.setKeyboardTracking(False)
        number.setAlignment(Qt.AlignmentFlag.AlignRight)
        number.setAccessibleName(f"{name} as a number")
        number.valueChanged.connect(self._on_number)
        # A wheel turned in passing must scroll, not change the input.
        for control in (slider, number):
            control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            control.installEventFilter(self)
        label.setBuddy(number)
        for column, widget in enumerate((label, slider, number)):
            self._grid.addWidget(widget, row, column)
        self.sliders.append(slider)
        self.numbers.append(number)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        wheel = event.type() is QEvent.Type.Wheel
        if wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def values(self) -> NDArray[np.float64]:
        """A read-only copy of the inputs, (inputs,)."""
        copy = self._values.copy()
        copy.flags.writeable = False
        return copy

    def set_values(self, values: ArrayLike) -> None:
        """Show these inputs without saying so."""
        new = np.nan_to_num(np.asarray(values, dtype=float))
        if new.shape != self._values.shape:
            raise ValueError(f"{new.shape} values for {len(self._values)} inputs")
        self._values = np.clip(new, self._low, self._high)
        for row in range(len(self._values)):
            self._show(row)

    def _step_of(self, row: int, value: float) -> int:
        low, high = self._low[row], self._high[row]
        return round(float((value - low) / (high - low)) * _STEPS)

    def _show(self, row: int) -> None:
        value = float(self._values[row])
        slider, number = self.sliders[row], self.numbers[row]
        for control in (slider, number):
            control.blockSignals(True)
        slider.setValue(self._step_of(row, value))
        number.setValue(value)
        for control in (slider, number):
            control.blockSignals(False)

    def _on_slider(self, step: int) -> None:
        row = self.sliders.index(self.sender())
        share = step / _STEPS
        self._change(row, float(self._low[row] + (self._high[row] - self._low[row]) * share))

    def _on_number(self, value: float) -> None:
        self._change(self.numbers.index(self.sender()), value)

    def _change(self, row: int, value: float) -> None:
        if value != self._values[row]:
            self._values[row] = value
            self._show(row)
            self.edited.emit(self.values())
