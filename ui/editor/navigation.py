"""Moving the selection with the arrow keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from ui.editor.layout import Layout

ARROWS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down})


def moved(
    layout: Layout, layer: int | None, neuron: int | None, key: Qt.Key
) -> tuple[int, int | None]:
    """The selection after an arrow key: left and right between layers, up and down in one.

    Up and down step over neurons that have no place in the layout.
    """
    last = len(layout.columns) - 1
    if layer is None or layer > last:
        first = last if key == Qt.Key.Key_Left else min(1, last)
        return first, int(layout.columns[first].shown[0])
    column = layout.columns[layer]
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        target = layer + (1 if key == Qt.Key.Key_Right else -1)
        if not 0 <= target <= last:
            return layer, neuron
        if neuron is None:
            return target, None
        there = layout.columns[target]
        place = column.place_of(neuron)
        height = layout.body.y if place is None else float(column.y[place])
        return target, int(there.shown[np.argmin(np.abs(there.y - height))])
    step = 1 if key == Qt.Key.Key_Down else -1
    if neuron is None:
        return layer, int(column.shown[0 if step > 0 else -1])
    nearest = int(np.searchsorted(column.shown, neuron))
    place = nearest + step if column.place_of(neuron) is not None or step < 0 else nearest
    return layer, int(column.shown[min(max(place, 0), len(column.shown) - 1)])
