"""Marks the neuron that the last stroke on the canvas has changed most."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from ui.editor import marks
from ui.editor.layout import Layout
from ui.style import words_font
from ui.theme import CAPTION_SIZE, Theme

WORDS = "changed most"


def paint(painter: QPainter, layout: Layout, neuron: tuple[int, int], theme: Theme) -> None:
    """A ring around a neuron (layer, neuron) and a few words below it, on a ground of their own."""
    box = marks.node_box(layout, *neuron)
    if box is None:
        return
    ring = box.adjusted(-4, -4, 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour("panel"), 5.0))
    painter.drawEllipse(ring)
    painter.setPen(QPen(theme.colour("text"), 2.0))
    painter.drawEllipse(ring)
    font = words_font(CAPTION_SIZE, 600)
    metrics = QFontMetricsF(font)
    label = QRectF(0, 0, metrics.horizontalAdvance(WORDS) + 10, metrics.height() + 2)
    label.moveCenter(ring.center())
    label.moveTop(ring.bottom() + 2)
    if label.bottom() > layout.body.bottom + 20:
        label.moveBottom(ring.top() - 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("text"))
    painter.drawRoundedRect(label, 4, 4)
    painter.setFont(font)
    painter.setPen(theme.colour("panel"))
    painter.drawText(label, int(Qt.AlignmentFlag.AlignCenter), WORDS)
