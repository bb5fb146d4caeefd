"""Biases as links from nodes whose output is 1, for notations that draw them so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from simulator.snapshot import Snapshot
from simulator.spec import NetworkSpec
from simulator.trace import PhaseKind
from ui.editor.curves import Curves
from ui.editor.highlight import Focus
from ui.editor.hover import BIAS
from ui.editor.layout import Layout
from ui.editor.links import DIMMED, PLAIN, STRONG
from ui.editor.names import Fonts
from ui.editor.viewport import Place
from ui.editor.weave import Bundle, Levels
from ui.theme import Theme

RADIUS = 9.0
HEADROOM = 2 * RADIUS + 8.0
"""Room above the columns for the nodes, at scale 1."""


class BiasNode(NamedTuple):
    """The node above column ``layer - 1`` from which the biases of ``layer`` come.

    In a turned network it stands left of that row.
    """

    layer: int
    x: float
    y: float
    radius: float

    def contains(self, x: float, y: float) -> bool:
        """Whether the point is on it."""
        return float(np.hypot(x - self.x, y - self.y)) <= self.radius + 2.0


def headroom(layout_scale: float) -> float:
    """Room the nodes take above the columns."""
    return HEADROOM * min(layout_scale, 1.4)


def place(layout: Layout, spec: NetworkSpec) -> tuple[BiasNode, ...]:
    """A node for each layer with biases."""
    scale = min(layout.scale, 1.4)
    out = headroom(layout.scale) / 2
    found = []
    for number, layer in enumerate(spec.layers, start=1):
        middle = layout.columns[number - 1].centre
        at = (layout.body.x - out, -middle) if layout.turned else (middle, layout.body.y - out)
        if layer.bias:
            found.append(BiasNode(number, *at, RADIUS * scale))
    return tuple(found)


def seen(nodes: Sequence[BiasNode], place: Place) -> tuple[BiasNode, ...]:
    """The nodes where they are seen."""
    scale = place.scale
    return tuple(
        BiasNode(n.layer, place.x + scale * n.x, place.y + scale * n.y, scale * n.radius)
        for n in nodes
    )


def bundles(nodes: Sequence[BiasNode], layout: Layout, snapshot: Snapshot) -> list[Bundle]:
    """The links out of the nodes, on the scale of the weights beside them."""
    found = []
    for node in nodes:
        values, column = snapshot.biases(node.layer), layout.columns[node.layer]
        if values is None:
            continue
        shown = column.shown
        weights = snapshot.weights(node.layer)
        largest = float(np.abs(np.nan_to_num(weights)).max(initial=0.0))
        largest = largest or float(np.abs(np.nan_to_num(values)).max(initial=0.0))
        share = np.zeros(len(shown))
        if largest > 0.0:
            share = np.clip(np.nan_to_num(values[shown] / largest), -1.0, 1.0)
        along, across = layout.along(node.x, node.y)
        start = np.full(len(shown), across)
        ends = along + node.radius, column.left
        ways = Curves(*ends, start, column.link_y, turned=layout.turned)
        found.append(
            Bundle(
                source_layer=node.layer - 1,
                layer=node.layer,
                source=np.full(len(shown), BIAS),
                target=shown,
                curves=ways,
                share=share,
                largest=largest,
                total=column.units,
            )
        )
    return found


def emphasis(part: Bundle, looked_at: Focus, snapshot: Snapshot) -> Levels:
    """(m,) how far each of the links stands out."""
    level = np.full(part.share.size, PLAIN, np.int8)
    phase = snapshot.phase
    if looked_at.joins is not None:
        into = phase is not None and phase.kind not in (PhaseKind.ERROR, PhaseKind.DELTA)
        level[:] = PLAIN if into and looked_at.column == part.layer else DIMMED
    if looked_at.neuron is not None:
        layer, neuron = looked_at.neuron
        level[:] = DIMMED
        if layer == part.layer:
            level[part.target == neuron] = STRONG
    return level


def paint(
    painter: QPainter, nodes: Sequence[BiasNode], fonts: Fonts, theme: Theme, over: int | None
) -> None:
    """The nodes with their 1; that of layer ``over`` is under the mouse."""
    painter.setFont(fonts.small_numbers)
    for node in nodes:
        token = "accent" if node.layer == over else "muted"
        painter.setPen(QPen(theme.colour(token), 1.2))
        painter.setBrush(theme.colour("panel"))
        painter.drawEllipse(QPointF(node.x, node.y), node.radius, node.radius)
        painter.setPen(theme.colour("text"))
        side = 2 * node.radius
        box = QRectF(node.x - node.radius, node.y - node.radius, side, side)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "1")
