"""What is laid under and over the network to point something out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from ui.editor.layout import Layout
from ui.editor.weave import Bundle
from ui.editor.words import Words
from ui.theme import Theme


def node_box(layout: Layout, layer: int, neuron: int) -> QRectF | None:
    """The square a neuron fills; None if it has no place."""
    if layer >= len(layout.columns):
        return None
    column = layout.columns[layer]
    place = column.place_of(neuron)
    if place is None:
        return None
    radius = column.radius
    return QRectF(column.x[place] - radius, column.y[place] - radius, 2 * radius, 2 * radius)


def paint_band(
    painter: QPainter, layout: Layout, words: Words, layer: int, theme: Theme, alpha: float
) -> None:
    """Tint a column in the accent colour."""
    column = layout.columns[layer]
    if layout.turned:
        _paint_row(painter, layout, layer, theme, alpha)
        return
    wide = max(column.right - column.left, min(column.title.width, words.column_width(layer))) + 20
    left = max(column.centre - wide / 2, 2.0)
    wide = min(wide, layout.width - 2.0 - left)
    box = QRectF(left, column.title.y, wide, layout.window.bottom - column.title.y)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent", alpha))
    painter.drawRoundedRect(box, 8, 8)


def _paint_row(painter: QPainter, layout: Layout, layer: int, theme: Theme, alpha: float) -> None:
    column = layout.columns[layer]
    top, bottom = -column.right - 10.0, -column.left + 10.0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent", alpha))
    painter.drawRoundedRect(QRectF(4.0, top, layout.width - 8.0, bottom - top), 8, 8)


def paint_link(
    painter: QPainter, part: Bundle, place: int, theme: Theme, removed: bool, chosen: bool
) -> None:
    """Put one link in front of all others; a chosen one has an edge in the accent colour."""
    path = part.curves.exact(place, 1.0)
    token = "positive" if part.share[place] > 0.0 else "negative"
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.strokePath(path, QPen(theme.colour("panel"), 9.0 if chosen else 7.0))
    if chosen:
        painter.strokePath(path, QPen(theme.colour("accent"), 7.0))
        painter.strokePath(path, QPen(theme.colour("panel"), 4.0))
    pen = QPen(theme.colour("muted" if removed else token), 1.5 if removed else 3.5)
    if removed:
        pen.setDashPattern([4.0, 3.0])
    painter.strokePath(path, pen)


def paint_rings(
    painter: QPainter, layout: Layout, rings: Sequence[tuple[int, int, str]], theme: Theme
) -> None:
    """Ring neurons: (layer, neuron, colour token)."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for layer, neuron, token in rings:
        box = node_box(layout, layer, neuron)
        if box is None:
            continue
        chosen = token == "accent"
        painter.setPen(QPen(theme.colour(token), 2.2 if chosen else 1.5))
        if layout.columns[layer].picture is not None:
            painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), 3, 3)
        else:
            out = 3.5 if chosen else 2.5
            painter.drawEllipse(box.adjusted(-out, -out, out, out))


def paint_frame(painter: QPainter, box: QRectF, theme: Theme) -> None:
    """Show that the view has the keyboard."""
    painter.setPen(QPen(theme.colour("accent"), 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)
