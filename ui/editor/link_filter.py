"""The slider that leaves out the weakest links."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.widgets.labels import Heading
from ui.widgets.slider import Slider

POSITIONS = 100
_WIDTH = 70


def left_out_at(position: int) -> float:
    """The share of links that is left out with the slider there: finer near the end."""
    return 1.0 - (1.0 - min(position, POSITIONS - 1) / POSITIONS) ** 2


class LinkFilter(QWidget):
    """``changed`` carries the share (0..1) of all links, the weakest, that is left out."""

    changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, POSITIONS - 1)
        self.slider.setPageStep(10)
        self.slider.setFixedWidth(_WIDTH)
        self.slider.setAccessibleName("Weakest visible link")
        self.slider.setAccessibleDescription("Leaves out so many percent of the links")
        self.slider.setToolTip("Weakest visible link: to the right, only strong links are drawn")
        row.addWidget(Heading("Links"))
        row.addWidget(self.slider)
        self.slider.valueChanged.connect(self._on_value)

    @property
    def left_out(self) -> float:
        """The share of all links that is left out."""
        return left_out_at(self.slider.value())

    def _on_value(self, position: int) -> None:
        self.changed.emit(left_out_at(position))
