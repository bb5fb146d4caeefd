"""Dragging a layer along the way: to make room beside it, or to another place in the network."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from simulator.project import ProjectError
from simulator.project.reordering import reordered
from ui.editor.gestures.gesture import Gesture, Ground, paint_note
from ui.editor.layout import Layout

_EDGE = 8.0
"""Room around the column that is dragged, and at the ends of the mark, pixels."""


class MoveLayer(Gesture):
    """Its column follows the mouse up to its neighbours; beyond them it goes to another place.

    Where a column stands is the view's own matter.  Where a layer stands in the network is the
    project's: a mark shows between which others it would go.
    """

    def __init__(self, ground: Ground, layer: int, start: QPointF) -> None:
        super().__init__(ground)
        self._layer = layer
        layout = ground.layout()
        turned = layout is not None and layout.turned
        self.cursor = Qt.CursorShape.SizeVerCursor if turned else Qt.CursorShape.SizeHorCursor
        self._start = self._at = start
        self._before = ground.view.layer_offsets
        self._centres = [] if layout is None else [column.centre for column in layout.columns]
        self.after: int | None = None
        """The layer behind which it would go, None where it only makes room."""
        self.refusal = ""

    def moved(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Move the column as far as the mouse, or find the place the layer would go to."""
        layout, view = self.ground.layout(), self.ground.view
        if layout is None:
            return
        self._at = at
        self.after = self._place(layout.along(at.x(), at.y())[0])
        if self.after is not None:
            self._ask(self.after)
            view.set_layer_offsets(self._before)
            return
        way = at - self._start
        length = layout.height if layout.turned else layout.width
        share = layout.along(way.x(), way.y())[0] / (length * view.viewport.scale)
        before = self._before.get(self._layer, 0.0)
        view.set_layer_offsets({**self._before, self._layer: before + share})

    def _place(self, along: float) -> int | None:
        """The layer behind which the mouse is, None if that is where the layer is already."""
        last = len(self._centres) - 1
        if not self.ground.editable or not 0 < self._layer < last:
            return None
        passed = [
            number
            for number, centre in enumerate(self._centres[:-1])
            if centre <= along and number != self._layer
        ]
        after = passed[-1] if passed else 0
        return None if after == self._layer - 1 else after

    def _ask(self, after: int) -> None:
        spec = self.ground.spec
        assert spec is not None
        self.refusal = ""
        try:
            reordered(spec, self._layer, after)
        except ProjectError as problem:
            self.refusal = str(problem)

    def released(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Put the layer where the mark is."""
        if self.after is None or not self.ground.edits.move_layer(self._layer, self.after):
            return
        # The other columns keep where they were dragged to; theirs are other numbers now.
        own, last = self._layer, len(self._centres)
        order = [number for number in range(last) if number != own]
        order.insert(order.index(self.after) + 1, own)
        self.ground.view.set_layer_offsets(
            {
                place: self._before[number]
                for place, number in enumerate(order)
                if number != own and number in self._before
            }
        )

    def cancelled(self) -> None:
        """Put the column back."""
        self.ground.view.set_layer_offsets(self._before)

    def paint(self, painter: QPainter) -> None:
        """The layer that would move, the mark where it would go, and both in words."""
        layout, spec = self.ground.layout(), self.ground.spec
        if self.after is None or layout is None or spec is None or spec.depth < self.after + 1:
            return
        theme = self.ground.theme
        token = "negative" if self.refusal else "accent"
        painter.setPen(QPen(theme.colour(token, 0.55), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(theme.colour(token, 0.06))
        painter.drawRoundedRect(_frame(layout, self._layer), 8, 8)
        here, there = layout.columns[self.after], layout.columns[self.after + 1]
        ends = _across(layout, (here.right + there.left) / 2)
        pen = QPen(theme.colour(token), 3.0)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(*ends)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(token))
        for end in ends:
            painter.drawEllipse(end, 5.0, 5.0)
        names = spec.layer_name(self.after), spec.layer_name(self.after + 1)
        text = self.refusal or f"Move between {names[0]} and {names[1]}"
        paint_note(painter, text, self._at, QRectF(self.ground.view.rect()), theme)


def _frame(layout: Layout, layer: int) -> QRectF:
    """The part of the view a layer's column takes."""
    column, window = layout.columns[layer], layout.window
    low, size = column.left - _EDGE, column.right - column.left + 2 * _EDGE
    if layout.turned:
        return QRectF(window.x + _EDGE, -low - size, window.width - 2 * _EDGE, size)
    return QRectF(low, window.y + _EDGE, size, window.height - 2 * _EDGE)


def _across(layout: Layout, along: float) -> tuple[QPointF, QPointF]:
    """The ends of a line across the view."""
    window = layout.window
    if layout.turned:
        ends = window.x + 2 * _EDGE, window.right - 2 * _EDGE
        return QPointF(ends[0], -along), QPointF(ends[1], -along)
    return (
        QPointF(along, window.y + 2 * _EDGE),
        QPointF(along, window.bottom - 2 * _EDGE),
    )
