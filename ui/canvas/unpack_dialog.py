"""A window that shows how the drawing becomes the input vector, and lets the order be chosen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from simulator.data import Picture
from ui.canvas.unpacking import Unpacking
from ui.resources import icon
from ui.theme import GRID, Theme
from ui.widgets.segmented import SegmentedControl

ORDERS = ("column", "row")
_WORDS = {
    "column": "Column by column, each from top to bottom: pixel {} is at row {}, column {}.",
    "row": "Row by row, each from left to right: pixel {} is at row {}, column {}.",
}


class UnpackDialog(QDialog):
    """``order_wanted`` carries "column" or "row" when the user chose the other one."""

    order_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("From picture to input vector")
        self._theme = theme
        self._picture = Picture(1, 1)
        self.view = Unpacking(theme)
        self.order = SegmentedControl(["Column by column", "Row by row"])
        self.order.setAccessibleName("How the picture is unpacked")
        self.order.setToolTip("The weights move along, so the network's answers stay the same")
        self.play_button = QPushButton("Play")
        self.play_button.setProperty("role", "primary")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Pixels unpacked")
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.play_button)
        row.addWidget(self.slider, 1)
        row.addWidget(self.order)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.words)
        layout.addLayout(row)
        self.play_button.clicked.connect(self._on_play)
        self.slider.valueChanged.connect(self._on_slider)
        self.view.moved.connect(self._on_moved)
        self.view.finished.connect(self._show_state)
        self.order.currentChanged.connect(self._on_order)
        self.resize(640, 460)
        self.apply_theme(theme)

    def show_picture(self, picture: Picture, pixels: np.ndarray) -> None:
        """Show these pixels (rows, columns) and how they are unpacked."""
        self._picture = picture
        self.order.set_current(ORDERS.index(picture.order))
        self.slider.blockSignals(True)
        self.slider.setRange(0, picture.rows * picture.columns)
        self.slider.blockSignals(False)
        self.view.set_picture(picture, pixels)

    def apply_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.view.apply_theme(theme)
        self._show_state()

    def play(self) -> None:
        """Unpack from the first pixel on."""
        self.view.play()
        self._show_state()

    def hideEvent(self, event: object) -> None:
        """Nothing moves where nobody looks."""
        self.view.go_to(self.view.total)
        super().hideEvent(event)

    def _on_play(self) -> None:
        if self.view.playing:
            self.view.pause()
            self._show_state()
        else:
            self.play()

    def _on_slider(self, value: int) -> None:
        self.view.go_to(value)
        self._show_state()

    def _on_moved(self, count: int) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(count)
        self.slider.blockSignals(False)
        last = max(1, count)
        row, column = (int(n[0]) + 1 for n in np.nonzero(self._picture.index == last - 1))
        self.words.setText(_WORDS[self._picture.order].format(last, row, column))

    def _on_order(self, number: int) -> None:
        self.order_wanted.emit(ORDERS[number])
        self.play()

    def _show_state(self) -> None:
        playing = self.view.playing
        self.play_button.setText("Pause" if playing else "Play")
        self.play_button.setIcon(
            icon("pause" if playing else "play", self._theme, 16, self._theme.on_accent)
        )
