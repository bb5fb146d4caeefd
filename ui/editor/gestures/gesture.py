"""What all gestures have in common, and what they work on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from simulator.project import Project
from simulator.spec import NetworkSpec
from ui.editor.hover import BIAS, Target
from ui.editor.layout import Layout
from ui.editor.scene import Scene
from ui.editor.weave import Bundle
from ui.held import Held
from ui.selection import Link, Selection
from ui.style import words_font
from ui.theme import CAPTION_SIZE, Theme

if TYPE_CHECKING:
    from ui.editor.network_view import NetworkView
    from ui.network_edits import NetworkEdits
    from ui.session import Session

ADDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
"""Either of these keys adds to the selection instead of beginning a new one."""


class Ground:
    """The view, the selection and the session that gestures work on.

    Without a ``session`` the network can be looked at and selected, not changed.
    """

    def __init__(self, view: NetworkView, scene: Scene, selection: Selection, theme: Theme) -> None:
        self.view = view
        self.scene = scene
        self.selection = selection
        self.theme = theme
        self.session: Session | None = None

    @property
    def edits(self) -> NetworkEdits:
        """What changes the network."""
        assert self.session is not None
        return self.session.edits

    @property
    def project(self) -> Project:
        """The open project."""
        assert self.session is not None
        return self.session.project

    @property
    def spec(self) -> NetworkSpec | None:
        """The network on show."""
        return self.view.spec

    @property
    def editable(self) -> bool:
        """Whether the network on show is the one that edits would change."""
        return self.session is not None and self.spec == self.session.project.network

    def held(self) -> Held:
        """What of the project's parameters is removed or frozen."""
        return Held(self.project.network, self.project.parameters)

    def value_of(self, link: Link) -> float:
        """The newest weight of a link, or bias."""
        number, neuron, column = link
        assert self.session is not None and self.session.snapshot is not None
        snapshot = self.session.snapshot
        if column >= 0:
            return float(snapshot.weights(number)[neuron, column])
        biases = snapshot.biases(number)
        assert biases is not None
        return float(biases[neuron])

    def removed(self) -> frozenset[Link]:
        """Those of the selected links that have been cut."""
        spec, held = self.project.network, self.held()
        found: set[Link] = set()
        for link in self.selection.links:
            removed = held.layer(spec, link[0]).removed
            if link[2] >= 0 and removed is not None and removed[link[1], link[2]]:
                found.add(link)
        return frozenset(found)

    def layout(self) -> Layout | None:
        """Where everything is seen, in pixels of the view."""
        return self.view.seen_layout()

    def name(self, layer: int, neuron: int | None = None) -> str:
        """A layer or a neuron in words."""
        assert self.spec is not None
        if neuron is None:
            return self.spec.layer_name(layer)
        return self.scene.names.neuron(self.spec, layer, neuron)

    def link_parts(self) -> Sequence[Bundle]:
        """The links that are drawn, in layout coordinates."""
        layer = self.scene.link_layer
        return () if layer is None else (*layer.parts, *layer.biases, *layer.removed)


def link_of(spec: NetworkSpec, target: Target) -> Link | None:
    """The link that a target of the view stands for, None if it is none."""
    if target.source is None or target.neuron is None:
        return None
    layer, neuron = target.source
    if neuron == BIAS:
        return target.layer, target.neuron, -1
    columns = dict(spec.source_columns(target.layer))[layer]
    return target.layer, target.neuron, columns.start + neuron


def target_of(spec: NetworkSpec, link: Link) -> Target:
    """How the view names a link."""
    number, neuron, column = link
    source = (number - 1, BIAS) if column < 0 else spec.source_of(number, column)
    return Target(number, neuron, source)


class Gesture:
    """What happens between pressing a mouse button and letting it go.

    It begins when it is made; ``cancelled`` leaves everything as it was before.
    """

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def moved(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """The mouse is at another point of the view."""

    def released(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """The button was let go there."""

    def cancelled(self) -> None:
        """The user thought better of it."""

    def paint(self, painter: QPainter) -> None:
        """Show what letting go would do, in pixels of the view."""


def paint_note(painter: QPainter, text: str, at: QPointF, view: QRectF, theme: Theme) -> None:
    """A few words beside the mouse, inside the view."""
    font = words_font(CAPTION_SIZE, 600)
    metrics = QFontMetricsF(font)
    box = QRectF(0, 0, metrics.horizontalAdvance(text) + 16, metrics.height() + 8)
    box.moveTopLeft(QPointF(at.x() + 14, at.y() + 16))
    room = view.adjusted(4, 4, -4, -4)
    box.moveLeft(max(room.left(), min(box.left(), room.right() - box.width())))
    if box.bottom() > room.bottom():
        box.moveBottom(at.y() - 12)
    painter.setPen(QPen(theme.colour("muted", 0.7), 1.0))
    painter.setBrush(theme.colour("panel", 0.97))
    painter.drawRoundedRect(box, 6, 6)
    painter.setFont(font)
    painter.setPen(theme.colour("text"))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
