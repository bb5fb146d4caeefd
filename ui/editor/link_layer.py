"""The painted links, kept as an image until they look different."""

from __future__ import annotations

import time
from collections.abc import Collection

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from simulator.snapshot import RunState, Snapshot
from ui.editor import bias_nodes, links
from ui.editor.bias_nodes import BiasNode
from ui.editor.highlight import Focus, emphasis
from ui.editor.hover import Target
from ui.editor.lanes import Join
from ui.editor.layout import Layout
from ui.editor.readings import Readings
from ui.editor.weave import Bundle, Weave
from ui.held import Held
from ui.theme import Theme

REST = 6.0
"""While running, the links rest so many times as long as painting them took."""
_WIDEST = 1.5


class LinkLayer:
    """The links of one layout.

    Attributes
    ----------
    parts : the links as they were last painted; ``note`` says what of them is not drawn.
    removed : those the user has taken out.
    bias_nodes, biases : nodes that biases come from, and the links out of them, if drawn so.
    stale : whether they look different by now.
    seconds : how long painting took the last time; ``painted`` : how often it happened.
    """

    def __init__(
        self, layout: Layout, snapshot: Snapshot, held: Held, nodes: tuple[BiasNode, ...] = ()
    ) -> None:
        self._layout = layout
        self.bias_nodes = nodes
        self.biases = bias_nodes.bundles(nodes, layout, snapshot)
        self._scale = min(layout.scale, _WIDEST)
        self._height = layout.body.height
        self._weave = Weave(layout, snapshot.spec, held)
        self.parts = self._weave.bundles(snapshot)
        self.removed = self._weave.removed
        self.note = self._weave.caption(self.parts)
        self.stale = True
        self.seconds = 0.0
        self.painted = 0
        self._image: QImage | None = None
        self._painted_at = 0.0

    def joins(self, wanted: Collection[Join]) -> list[Bundle]:
        """The links between these pairs of layers."""
        return [part for part in self.parts if (part.source_layer, part.layer) in wanted]

    def find(self, target: Target) -> tuple[Bundle, int] | None:
        """The bundle and the place in it of a link, None if it is not drawn."""
        if target.source is None or target.neuron is None:
            return None
        source_layer, source = target.source
        for part in (*self.parts, *self.biases, *self.removed):
            if (part.source_layer, part.layer) == (source_layer, target.layer):
                place = part.find(target.neuron, source)
                if place is not None:
                    return part, place
        return None

    def discard(self) -> None:
        """Have the links painted at the next chance, even while running."""
        self._image = None

    def image(
        self,
        snapshot: Snapshot,
        readings: Readings,
        focus: Focus,
        theme: Theme,
        size: QSize,
        ratio: float,
    ) -> QImage:
        """The links, ``size`` device pixels large; while running a moment old at times."""
        if self._image is not None and self._image.size() == size:
            rested = time.perf_counter() - self._painted_at >= REST * self.seconds
            if not self.stale or (snapshot.state is RunState.RUNNING and not rested):
                return self._image
        start = time.perf_counter()
        self.parts = self._weave.bundles(snapshot)
        levels = emphasis(self.parts, focus, snapshot, readings)
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        self.biases = bias_nodes.bundles(self.bias_nodes, self._layout, snapshot)
        levels += [bias_nodes.emphasis(part, focus, snapshot) for part in self.biases]
        parts, removed = [*self.parts, *self.biases], self.removed
        links.paint(image, ratio, parts, removed, levels, theme, self._scale, self._height)
        image.setDevicePixelRatio(ratio)
        self._image = image
        self.stale = False
        self.painted += 1
        self._painted_at = time.perf_counter()
        self.seconds = self._painted_at - start
        return image
