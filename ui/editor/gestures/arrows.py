"""The arrow keys: through neurons and layers, with Shift adding them, with Ctrl along links."""

from __future__ import annotations

from PySide6.QtCore import Qt

from simulator.spec import NetworkSpec
from ui.editor.layout import Layout
from ui.editor.navigation import moved
from ui.selection import Link, Selection

_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(
    selection: Selection,
    layout: Layout,
    spec: NetworkSpec,
    key: Qt.Key,
    keys: Qt.KeyboardModifier,
) -> None:
    """Move the selection as an arrow key asks."""
    if selection.link is not None:
        _walk(selection, spec, selection.link, key)
        return
    layer, neuron = selection.layer, selection.neuron
    if keys & _CONTROL and layer and neuron is not None and layer <= spec.depth:
        links = _links_into(spec, layer, neuron)
        selection.select_link(links[0 if key in (Qt.Key.Key_Down, Qt.Key.Key_Right) else -1])
        return
    there = moved(layout, layer, neuron, key)
    if keys & _SHIFT and layer is not None:
        _add(selection, *there)
    else:
        selection.select(*there)


def _links_into(spec: NetworkSpec, layer: int, neuron: int) -> list[Link]:
    """The bias, if there is one, and the weights of a neuron, in the order of their columns."""
    first = -1 if spec.layer(layer).bias else 0
    return [(layer, neuron, column) for column in range(first, spec.fan_in(layer))]


def _walk(selection: Selection, spec: NetworkSpec, link: Link, key: Qt.Key) -> None:
    """Up and down to the neuron's other links, left and right to the neurons at the ends."""
    layer, neuron, column = link
    if key == Qt.Key.Key_Right:
        selection.select(layer, neuron)
    elif key == Qt.Key.Key_Left:
        selection.select(*(spec.source_of(layer, column) if column >= 0 else (layer, neuron)))
    else:
        links = _links_into(spec, layer, neuron)
        step = 1 if key == Qt.Key.Key_Down else -1
        place = min(max(links.index(link) + step, 0), len(links) - 1)
        selection.select_link(links[place])


def _add(selection: Selection, layer: int, neuron: int | None) -> None:
    """Go on to a neuron or layer and keep what is selected; going back takes out the last one."""
    inside = layer in selection.layers if neuron is None else (layer, neuron) in selection.neurons
    if not inside:
        selection.toggle(layer, neuron)
    elif selection.layer is not None and (layer, neuron) != (selection.layer, selection.neuron):
        left = selection.layer, selection.neuron
        selection.toggle(*left)
        selection.make_last(layer, neuron)
