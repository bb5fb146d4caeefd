"""What a panel stands in: a card that scrolls where its dock is smaller than the panel needs."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ui.theme import GRID

LEAST = QSize(200, 100)
"""No panel keeps its dock larger than this, in any size of type: a projector has the pixels it
has."""


class PanelScroll(QScrollArea):
    """As large as its panel needs where there is room, else with a scroll bar beside it."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(panel)

    def minimumSizeHint(self) -> QSize:
        """The panel's own, bounded by :data:`LEAST`."""
        return self.widget().minimumSizeHint().boundedTo(LEAST)

    def sizeHint(self) -> QSize:
        """The panel's own."""
        return self.widget().sizeHint()


def framed(panel: QWidget) -> QWidget:
    """The panel as a card, with the room between cards around it."""
    frame = QFrame()
    frame.setProperty("role", "card")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(GRID, 4, GRID, 4)
    layout.addWidget(PanelScroll(panel))
    holder = QWidget()
    around = QVBoxLayout(holder)
    around.setContentsMargins(GRID // 2, 0, GRID // 2, GRID // 2)
    around.addWidget(frame)
    return holder
