"""How wide and how dark the pen draws, and how strong noise is: a small form in a menu."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QWidget, QWidgetAction

from ui.canvas.brush import LARGEST_PEN, Pen
from ui.theme import GRID
from ui.widgets.segmented import SegmentedControl
from ui.widgets.slider import Slider

_LEVELS = 9
_DEFAULT_NOISE = 10


class PenOptions(QWidget):
    """``changed`` says that the pen is another one; the strength of noise is asked for."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.size = SegmentedControl([str(size) for size in range(1, LARGEST_PEN + 1)])
        self.colours = SegmentedControl(["Black and white", "Grey"])
        self.level = _slider(1, _LEVELS, _LEVELS, "Ink: how dark the pen draws")
        self.noise = _slider(1, 50, _DEFAULT_NOISE, "Noise: its strength")
        self._level_text, self._noise_text = QLabel(), QLabel()
        grid = QGridLayout(self)
        grid.setContentsMargins(GRID, GRID, GRID, GRID)
        grid.setHorizontalSpacing(GRID)
        rows = (
            ("Pen, pixels", self.size, None),
            ("Levels", self.colours, None),
            ("Ink", self.level, self._level_text),
            ("Noise", self.noise, self._noise_text),
        )
        for row, (text, control, value) in enumerate(rows):
            grid.addWidget(QLabel(text), row, 0)
            grid.addWidget(control, row, 1)
            control.setAccessibleName(text)
            if value is not None:
                value.setProperty("role", "number")
                value.setMinimumWidth(40)
                value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                grid.addWidget(value, row, 2)
        self.size.currentChanged.connect(self._on_change)
        self.colours.currentChanged.connect(self._on_change)
        self.level.valueChanged.connect(self._on_change)
        self.noise.valueChanged.connect(self._describe)
        self._describe()

    def pen(self) -> Pen:
        """The pen as it is set."""
        return Pen(
            self.size.current() + 1,
            self.level.value() / _LEVELS,
            self.colours.current() == 1,
        )

    def set_pen(self, pen: Pen) -> None:
        """Show this pen without saying so."""
        self.size.set_current(pen.size - 1)
        self.colours.set_current(int(pen.grey))
        self.level.blockSignals(True)
        self.level.setValue(round(pen.level * _LEVELS))
        self.level.blockSignals(False)
        self._describe()

    def noise_strength(self) -> float:
        """In 0..1."""
        return self.noise.value() / 100.0

    def _on_change(self, value: int) -> None:
        self._describe()
        self.changed.emit()

    def _describe(self) -> None:
        self.level.setEnabled(self.colours.current() == 1)
        self._level_text.setText(f"{self.level.value() / _LEVELS:.2f}")
        self._noise_text.setText(f"{self.noise.value()} %")


def options_menu(options: PenOptions, parent: QWidget) -> QMenu:
    """A menu that holds the form and stays open while it is used."""
    menu = QMenu(parent)
    holder = QWidgetAction(menu)
    holder.setDefaultWidget(options)
    menu.addAction(holder)
    return menu


def _slider(low: int, high: int, value: int, tip: str) -> Slider:
    slider = Slider(Qt.Orientation.Horizontal)
    slider.setRange(low, high)
    slider.setValue(value)
    slider.setToolTip(tip)
    slider.setMinimumWidth(120)
    return slider
