"""What can be done with the network, said while nothing is selected."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from ui.editor.gestures.gesture import Ground
from ui.style import words_font
from ui.theme import CAPTION_SIZE

WORDS = "Drag from a neuron to draw a link · drag beside it to select several"
TIP = f"{WORDS} · right click for more"
_ROOM = 48.0
"""Room that must be below the neurons, so that handles fit in as well."""


def paint(painter: QPainter, ground: Ground) -> None:
    """A line below the network, where there is room for it."""
    layout = ground.layout()
    if layout is None or layout.turned or layout.lanes or not ground.view.viewport.whole:
        return
    lowest = max(float(column.y.max()) + column.radius for column in layout.columns)
    font = words_font(CAPTION_SIZE)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(WORDS), metrics.height()
    if layout.body.bottom - lowest < _ROOM or width > layout.width - 24:
        return
    painter.setFont(font)
    painter.setPen(ground.theme.colour("muted"))
    box = QRectF(0, layout.body.bottom - height, layout.width, height)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), WORDS)
