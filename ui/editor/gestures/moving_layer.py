"""Dragging a layer along the way, to make room between two layers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from ui.editor.gestures.gesture import Gesture, Ground


class MoveLayer(Gesture):
    """Its column follows the mouse; where it stands is the view's own matter, not the project's."""

    def __init__(self, ground: Ground, layer: int, start: QPointF) -> None:
        super().__init__(ground)
        self._layer = layer
        layout = ground.layout()
        turned = layout is not None and layout.turned
        self.cursor = Qt.CursorShape.SizeVerCursor if turned else Qt.CursorShape.SizeHorCursor
        self._start = start
        self._before = ground.view.layer_offsets

    def moved(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Move the column as far as the mouse."""
        layout, view = self.ground.layout(), self.ground.view
        if layout is None:
            return
        way = at - self._start
        length = layout.height if layout.turned else layout.width
        share = layout.along(way.x(), way.y())[0] / (length * view.viewport.scale)
        before = self._before.get(self._layer, 0.0)
        view.set_layer_offsets({**self._before, self._layer: before + share})

    def cancelled(self) -> None:
        """Put the column back."""
        self.ground.view.set_layer_offsets(self._before)
