"""Selecting what lies in a rectangle."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from ui.editor.gestures.gesture import ADDING, Gesture, Ground, link_of
from ui.editor.hover import Target
from ui.editor.layout import Layout
from ui.selection import Link, Neuron

LINKS_KEY = Qt.KeyboardModifier.AltModifier
"""With this key the links are selected that lie inside as a whole, instead of the neurons."""


class RubberBand(Gesture):
    """A rectangle from where the button was pressed to where the mouse is."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, ground: Ground, start: QPointF, keys: Qt.KeyboardModifier) -> None:
        super().__init__(ground)
        self._start = start
        self._box = QRectF(start, start)
        selection = ground.selection
        self._before = selection.neurons, selection.links, selection.layers
        self._adding = bool(keys & ADDING)

    def moved(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Select what is inside, as the rectangle grows and shrinks."""
        self._box = QRectF(self._start, at).normalized()
        neurons, links, layers = self._before if self._adding else (frozenset(),) * 3
        if keys & LINKS_KEY:
            inside = links_inside(self.ground, self._box)
            self.ground.selection.select_many(links=links | inside)
        else:
            layout = self.ground.layout()
            found = frozenset() if layout is None else neurons_inside(layout, self._box)
            self.ground.selection.select_many(neurons | found, layers=layers)

    def cancelled(self) -> None:
        """Select what was selected before."""
        self.ground.selection.select_many(*self._before)

    def paint(self, painter: QPainter) -> None:
        """The rectangle."""
        theme = self.ground.theme
        painter.setPen(QPen(theme.colour("accent"), 1.0, Qt.PenStyle.DashLine))
        painter.setBrush(theme.colour("accent", 0.12))
        painter.drawRect(self._box)


def neurons_inside(layout: Layout, box: QRectF) -> frozenset[Neuron]:
    """The neurons whose middle is in a rectangle; those without a place are not."""
    found: set[Neuron] = set()
    for column in layout.columns:
        inside = (
            *(column.x >= box.left(), column.x <= box.right()),
            *(column.y >= box.top(), column.y <= box.bottom()),
        )
        chosen = column.shown[np.logical_and.reduce(inside)]
        found.update((column.layer, int(neuron)) for neuron in chosen)
    return frozenset(found)


def links_inside(ground: Ground, box: QRectF) -> frozenset[Link]:
    """The links drawn wholly inside a rectangle."""
    spec = ground.spec
    if spec is None:
        return frozenset()
    box = ground.view.viewport.place.box_to_layout(box)
    layout = ground.layout()
    if layout is not None and layout.turned:
        box = QRectF(QPointF(-box.bottom(), box.left()), QPointF(-box.top(), box.right()))
    found: set[Link] = set()
    for part in ground.link_parts():
        ways = part.curves
        if ways.left < box.left() or ways.right > box.right():
            continue
        inside = np.ones(part.share.size, np.bool_)
        for heights in (ways.start, ways.end, ways.lane):
            if heights is not None:
                inside &= (heights >= box.top()) & (heights <= box.bottom())
        for place in np.flatnonzero(inside):
            source = part.source_layer, int(part.source[place])
            link = link_of(spec, Target(part.layer, int(part.target[place]), source))
            if link is not None:
                found.add(link)
    return frozenset(found)
