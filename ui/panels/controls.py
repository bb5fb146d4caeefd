"""What the panels' header lines share."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QWidget

from ui.style import current_scale

_WIDTH = 64


class SampleChoice(QWidget):
    """Which sample of the mini-batch is shown: "Sample [1] of 4"; hidden when there is but one.

    Signals
    -------
    changed : another sample was chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._before = QLabel("Sample")
        self.spin = QSpinBox()
        self.spin.setRange(1, 1)
        self.spin.setKeyboardTracking(False)
        self.spin.setAccessibleName("Sample of the mini-batch")
        self.spin.setToolTip("Which sample of the mini-batch is shown")
        self._after = QLabel("of 1")
        for label in (self._before, self._after):
            label.setProperty("role", "caption")
        for widget in (self._before, self.spin, self._after):
            layout.addWidget(widget)
        self.spin.valueChanged.connect(self._on_value)
        self._fit()
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.spin.setFixedWidth(round(_WIDTH * current_scale()))

    def row(self, samples: int) -> int:
        """The row to show of a mini-batch of so many samples."""
        if samples != self.spin.maximum():
            self.spin.blockSignals(True)
            self.spin.setMaximum(max(1, samples))
            self.spin.blockSignals(False)
            self._after.setText(f"of {samples:,}")
            self.setVisible(samples > 1)
        return self.spin.value() - 1

    def choose(self, row: int, samples: int) -> None:
        """Choose a row of a mini-batch of so many samples, as stepping by samples does."""
        self.row(samples)
        self.spin.blockSignals(True)
        self.spin.setValue(row + 1)
        self.spin.blockSignals(False)

    def _on_value(self, value: int) -> None:
        self.changed.emit()
