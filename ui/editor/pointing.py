"""What of the network is at a point of the view."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from ui.editor import bias_nodes
from ui.editor.hover import BIAS, Target
from ui.editor.layout import Layout
from ui.editor.link_layer import LinkLayer
from ui.editor.viewport import WHOLE, Place
from ui.editor.weave import nearest

REACH = 8.0
"""Pixels of the view within which a link is pointed at."""


def target_at(layer: LinkLayer | None, layout: Layout, place: Place, at: QPointF) -> Target | None:
    """The layer or neuron at a point, else the link passing nearest, else None.

    ``layout`` is the one that is seen at ``place``, and the point one of the view.
    """
    nodes = () if layer is None else bias_nodes.seen(layer.bias_nodes, place)
    inside = place == WHOLE or layout.window.contains(at.x(), at.y())
    for node in nodes if inside else ():
        if node.contains(at.x(), at.y()):
            return Target(node.layer, None, (node.layer - 1, BIAS))
    title = layout.title_at(at.x(), at.y())
    if title is not None or not inside:
        return None if title is None else Target(title)
    found = layout.node_at(at.x(), at.y()) or layout.answer_at(at.x(), at.y())
    if found is not None:
        return Target(*found)
    if layer is None:
        return None
    there = place.to_layout(at)
    along, across = layout.along(there.x(), there.y())
    parts = (*layer.parts, *layer.biases, *layer.removed)
    link = nearest(parts, along, across, REACH / place.scale)
    return None if link is None else Target(*link)
