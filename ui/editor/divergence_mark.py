"""Where training ran away: the number that went first, ringed and named on the network.

Neither of the colours of signs: the ring and the hatching are in the text's own colour.
"""

from __future__ import annotations

import math
import textwrap

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from simulator.divergence import Divergence
from simulator.spec import NetworkSpec
from ui.editor import marks
from ui.editor.layout import Layout
from ui.editor.names import Fonts, Names
from ui.editor.readings import LayerReading, Readings
from ui.theme import Theme

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CHARACTERS = 36
"""Of a line of the cause."""
_SMALLEST_TEXT = 9.0
"""Radius of a neuron below which "NaN" would not fit."""
_STEP = 8.0
_NEURON, _PICTURE, _TITLE = 60.0, 400.0, 150.0
"""What covering one costs the label's place, in pixels of distance from what it is about."""


def number_text(value: float) -> str:
    """A number that went wrong: "∞", "−∞", "NaN", "1.3e+12"."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.3g}".replace("-", "−")


def lines_of(divergence: Divergence, spec: NetworkSpec, names: Names) -> list[str]:
    """What the label says: name and value, the step, the cause."""
    if divergence.neuron is None:
        where = "the mini-batch"
    else:
        where = names.neuron(spec, divergence.layer, divergence.neuron)
    what = {"weights": "parameter"}.get(divergence.what, divergence.what)
    if divergence.source is not None:
        what, where = "weight", f"{where}, from {divergence.source + 1}"
    what = what[:1].upper() + what[1:]
    return [
        f"{what} of {where}: {number_text(divergence.value)}",
        f"at iteration {divergence.iteration:,}",
        *textwrap.wrap(divergence.cause, _CHARACTERS),
    ]


def paint(
    painter: QPainter,
    layout: Layout,
    readings: Readings,
    divergence: Divergence,
    spec: NetworkSpec,
    names: Names,
    fonts: Fonts,
    theme: Theme,
) -> None:
    """Hatch every neuron that is not finite, ring the first one, and say what happened."""
    for number, reading in enumerate(readings.layers):
        _hatch(painter, layout, number, reading, fonts, theme)
    box = _box(layout, divergence)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for out, width, token in ((5.0, 5.0, "panel"), (5.0, 2.5, "text"), (10.0, 1.5, "text")):
        pen = QPen(theme.colour(token), width)
        if out > 5.0:
            pen.setDashPattern([3.0, 2.0])
        painter.setPen(pen)
        grown = box.adjusted(-out, -out, out, out)
        if divergence.neuron is None or layout.columns[divergence.layer].picture is not None:
            painter.drawRoundedRect(grown, 6, 6)
        else:
            painter.drawEllipse(grown)
    _paint_label(painter, layout, box, lines_of(divergence, spec, names), fonts, theme)


def _box(layout: Layout, divergence: Divergence) -> QRectF:
    """The neuron's square; of one without a place, or of the loss, its column's title."""
    found = None
    if divergence.neuron is not None:
        found = marks.node_box(layout, divergence.layer, divergence.neuron)
    return QRectF(*layout.columns[divergence.layer].title) if found is None else found


def _hatch(
    painter: QPainter,
    layout: Layout,
    number: int,
    reading: LayerReading,
    fonts: Fonts,
    theme: Theme,
) -> None:
    """Hatch the neurons whose newest value is no finite number."""
    values = reading.z if reading.activation is None else reading.activation
    if values is None:
        return
    column = layout.columns[number]
    for spot in np.flatnonzero(~np.isfinite(values[column.shown])):
        radius = column.radius
        box = QRectF(column.x[spot] - radius, column.y[spot] - radius, 2 * radius, 2 * radius)
        painter.setPen(QPen(theme.colour("text"), 1.2))
        painter.setBrush(theme.colour("panel"))
        painter.drawEllipse(box)
        if radius >= _SMALLEST_TEXT:
            painter.setFont(fonts.small_numbers)
            text = number_text(float(values[column.shown][spot]))
            painter.drawText(box.adjusted(-12, 0, 12, 0), int(Qt.AlignmentFlag.AlignCenter), text)
        else:
            painter.setBrush(QBrush(theme.colour("text"), Qt.BrushStyle.BDiagPattern))
            painter.drawEllipse(box)


def clear_place(layout: Layout, label: QRectF, ring: QRectF, view: QRectF) -> QRectF:
    """Where the label covers the fewest neurons, near what it is about and never over it."""
    across = np.arange(6.0, max(7.0, view.width() - label.width() - 6.0), _STEP)
    down = np.arange(6.0, max(7.0, view.height() - label.height() - 6.0), _STEP)
    left, top = (grid.ravel() for grid in np.meshgrid(across, down))
    right, bottom = left + label.width(), top + label.height()
    middle = ring.center()
    aside = np.maximum(np.maximum(left - middle.x(), middle.x() - right), 0.0)
    above = np.maximum(np.maximum(top - middle.y(), middle.y() - bottom), 0.0)
    cost = np.hypot(aside, above)

    def covers(box: QRectF) -> NDArray[np.bool_]:
        beside = (right <= box.left()) | (left >= box.right())
        return ~(beside | (bottom <= box.top()) | (top >= box.bottom()))

    for column in layout.columns:
        cost += _TITLE * covers(QRectF(*column.title))
        if column.picture is not None:
            cost += _PICTURE * covers(QRectF(*column.picture))
            continue
        size = column.radius
        for x, y in zip(column.x, column.y, strict=True):
            cost += _NEURON * covers(QRectF(x - size, y - size, 2 * size, 2 * size))
    cost[covers(ring)] = np.inf
    best = int(np.argmin(cost))
    return QRectF(left[best], top[best], label.width(), label.height())


def _between(label: QRectF, ring: QRectF) -> QLineF:
    """The shortest straight line from the label to the ring's edge."""
    middle = ring.center()
    x = min(max(middle.x(), label.left()), label.right())
    y = min(max(middle.y(), label.top()), label.bottom())
    line = QLineF(x, y, middle.x(), middle.y())
    line.setLength(max(0.0, line.length() - ring.width() / 2))
    return line


def _paint_label(
    painter: QPainter, layout: Layout, box: QRectF, lines: list[str], fonts: Fonts, theme: Theme
) -> None:
    high, small = fonts.height(fonts.title), fonts.height(fonts.caption)
    widths = [fonts.width(fonts.title, lines[0])]
    widths += [fonts.width(fonts.caption, line) for line in lines[1:]]
    wanted = QRectF(0, 0, max(widths) + 24, high + small * (len(lines) - 1) + 16)
    view = QRectF(0, 0, layout.width, layout.height)
    ring = box.adjusted(-10, -10, 10, 10)
    label = clear_place(layout, wanted, ring, view)
    painter.setPen(QPen(theme.colour("text"), 1.5))
    painter.drawLine(_between(label, ring))
    painter.setBrush(theme.colour("panel", 0.97))
    painter.drawRoundedRect(label, 6, 6)
    x, y = label.x() + 12, label.y() + 8
    for font, text, step, token in (
        (fonts.title, lines[0], high, "text"),
        *((fonts.caption, line, small, "muted") for line in lines[1:]),
    ):
        painter.setFont(font)
        painter.setPen(theme.colour(token))
        painter.drawText(QRectF(x, y, label.width() - 20, step), _LEFT, text)
        y += step
