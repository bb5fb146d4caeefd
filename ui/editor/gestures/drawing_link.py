"""Drawing a link: from a neuron to another, or to a whole layer's title."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from simulator.spec import NetworkSpec
from ui.editor.gestures.gesture import Gesture, Ground, paint_note
from ui.editor.gestures.joining import refusal
from ui.editor.hover import Target
from ui.editor.layout import Column, Layout


class DrawLink(Gesture):
    """A line that follows the mouse; letting go over a neuron or a title draws the link."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, ground: Ground, source: tuple[int, int], at: QPointF) -> None:
        super().__init__(ground)
        self.source = source
        self.target: Target | None = None
        self.refusal = ""
        self._at = at
        self._held = ground.held()

    def moved(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Look at what is under the mouse now."""
        self._at = at
        target = self.ground.view.target_at(at)
        if target is not None and (target.source is not None or target[:2] == self.source):
            target = None
        spec = self.ground.spec
        self.target, self.refusal = target, ""
        if target is not None and spec is not None:
            self.refusal = refusal(spec, self._held, self.source, target.layer, target.neuron)

    def released(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Draw the link, or join the layers, if that can be."""
        self.moved(at, keys)
        target = self.target
        if target is None or not self.ground.editable:
            return
        if self.refusal:
            return
        if target.neuron is None:
            self.ground.edits.draw_layer_link(self.source[0], target.layer)
        else:
            self.ground.edits.draw_link(self.source, (target.layer, target.neuron))

    @property
    def note(self) -> str:
        """What letting go here would do, or why it would do nothing."""
        if self.target is None:
            return "Drop on a neuron, or on a layer's title"
        if self.refusal:
            return self.refusal
        name = self.ground.name(self.target.layer, self.target.neuron)
        if self.target.neuron is None:
            return f"Link every neuron of {self.ground.name(self.source[0])} to {name}"
        return f"Draw a link to {name}"

    def paint(self, painter: QPainter) -> None:
        """The line, what it may lead to, and a note."""
        layout, theme, spec = self.ground.layout(), self.ground.theme, self.ground.spec
        if layout is None or spec is None:
            return
        start = _place_of(layout, *self.source)
        if start is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for column in layout.columns[self.source[0] + 1 :]:
            self._paint_targets(painter, column, spec)
        good = self.target is not None and not self.refusal
        end = self._at
        if good and self.target is not None and self.target.neuron is not None:
            end = _place_of(layout, self.target.layer, self.target.neuron) or end
        path = QPainterPath(start)
        bend = QPointF(0, (end.y() - start.y()) / 2) if layout.turned else None
        bend = bend or QPointF((end.x() - start.x()) / 2, 0)
        path.cubicTo(start + bend, end - bend, end)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.strokePath(path, QPen(theme.colour("panel", 0.8), 5.0))
        style = Qt.PenStyle.SolidLine if good else Qt.PenStyle.DashLine
        token = "muted" if self.target is not None and self.refusal else "accent"
        painter.strokePath(path, QPen(theme.colour(token), 2.5, style))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(token))
        painter.drawEllipse(end, 4.0, 4.0)
        view = QRectF(self.ground.view.rect())
        paint_note(painter, self.note, self._at, view, theme)

    def _paint_targets(self, painter: QPainter, column: Column, spec: NetworkSpec) -> None:
        """Ring the neurons that a link can lead to; the one it would lead to stands out."""
        theme, layer = self.ground.theme, column.layer
        over = self.target if self.target is not None and not self.refusal else None
        for neuron, x, y in zip(column.shown, column.x, column.y, strict=True):
            if refusal(spec, self._held, self.source, layer, int(neuron)):
                continue
            chosen = over is not None and over.layer == layer and over.neuron in (None, neuron)
            painter.setPen(QPen(theme.colour("accent", 1.0 if chosen else 0.55), 2.0))
            reach = column.radius + (4.0 if chosen else 2.5)
            painter.drawEllipse(QPointF(x, y), reach, reach)


def _place_of(layout: Layout, layer: int, neuron: int) -> QPointF | None:
    """Where the middle of a neuron is seen."""
    if layer >= len(layout.columns):
        return None
    column = layout.columns[layer]
    place = column.place_of(neuron)
    return None if place is None else QPointF(float(column.x[place]), float(column.y[place]))
