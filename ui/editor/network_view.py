"""The network on the screen: layers as columns, neurons as circles, weights as curved links."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from simulator.snapshot import RunState, Snapshot
from simulator.spec import NetworkSpec
from ui.editor import marks
from ui.editor.flow import Flow
from ui.editor.gestures.chosen_links import ChosenLinks
from ui.editor.gestures.hand import Hand
from ui.editor.hover import Label, Target
from ui.editor.layout import Layout
from ui.editor.minimap import MiniMap
from ui.editor.navigation import ARROWS
from ui.editor.paths_overlay import LitLink
from ui.editor.readings import Source
from ui.editor.refining import Refining
from ui.editor.scene import Scene
from ui.editor.steering import Steering
from ui.editor.viewport import Viewport
from ui.held import Held
from ui.selection import Selection
from ui.theme import Theme
from ui.writing import Writing

_BY_KEYBOARD = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
    }
)
_DESCRIBE_SECONDS = 1.0
MOST_EXACT_PIXELS = 3000
"""Links up to which a figure of pixels shows each as a line of its own."""


class NetworkView(QWidget):
    """Draws the newest snapshot, and lets the user point at neurons, links and layers.

    ``layerActivated`` carries the number of a layer whose title was double-clicked, or that was
    selected when Return was pressed.  ``linkChosen`` carries the
    :class:`~ui.editor.hover.Target` of a link that was clicked, None once it is no longer chosen.
    ``clicked`` carries the target of every click, ``pointed`` what the mouse is on, or None.
    ``menuAsked`` carries the event that asks for a menu of what is there; ``layersMoved`` says that
    layers were dragged to other places.
    """

    layerActivated = Signal(int)
    linkChosen = Signal(object)
    clicked = Signal(object)
    pointed = Signal(object)
    menuAsked = Signal(object)
    layersMoved = Signal()

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self._theme = theme
        self._scene = Scene(theme)
        self._animated = True
        self._framed = False
        self._described_at = 0.0
        self._flow = Flow(self)
        self._flow.moved.connect(self.update)
        self.viewport = Viewport(self)
        self._refining = Refining(self, self.viewport, self._scene)
        self.map = MiniMap(self, self.viewport, self._scene, theme)
        self._steering = Steering(self, self.viewport, self._is_empty)
        self.links = ChosenLinks(self, self._scene, selection)
        self.hand = Hand(self, self._scene, selection, theme)
        selection.changed.connect(self._on_selection)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Network")
        self._on_selection()

    # What to show

    def apply_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self._scene.set_theme(theme)
        self.map.set_theme(theme)
        self.hand.set_theme(theme)
        self.update()

    def set_picture_shape(self, rows: int, columns: int, index: NDArray[np.intp] | None) -> None:
        """Show the input as a picture: ``index[r, c]`` is the input at that pixel.

        Without an index, or with one that does not have each input once, it is a column.
        """
        self._scene.set_picture(rows, columns, index)
        self.update()

    def set_held(self, held: Held) -> None:
        """Which links are removed and which parameters frozen."""
        self._scene.set_held(held)
        self.links.show()
        self.update()

    def set_arrangement(self, turned: bool, as_column: bool) -> None:
        """Layers from bottom to top, not left to right; inputs as a column, not as a picture."""
        self._scene.set_arrangement(turned, as_column)
        self.update()

    def set_left_out(self, share: float) -> None:
        """Leave out that share (0..1) of all links, the weakest."""
        self._scene.set_left_out(share)
        self.update()

    @property
    def link_note(self) -> str:
        """What of the links is not drawn, in words; empty when all are."""
        layer = self._scene.link_layer
        return "" if layer is None else layer.note

    @property
    def settled(self) -> bool:
        """Whether everything is painted that there is to see."""
        return not self._refining.busy

    def settle(self) -> None:
        """Paint until everything is there, for a picture of the view."""
        self._refining.settle()

    def set_class_names(self, names: list[str]) -> None:
        """Names of the outputs, in order."""
        self._scene.names.classes = list(names)
        self._scene.rearrange()
        self.update()

    def set_input_names(self, names: list[str]) -> None:
        """Names of the inputs, in order."""
        self._scene.names.inputs = list(names)
        self._scene.rearrange()
        self.update()

    def point_at(self, target: Target | None) -> None:
        """Point out a neuron or a link that is pointed at elsewhere, or nothing any more."""
        if target != self._scene.pointed:
            self._scene.pointed = target
            self.update()

    def mark_changed(self, neuron: tuple[int, int] | None) -> None:
        """Mark the neuron (layer, neuron) that changed most as the drawing did, or none."""
        if neuron != self._scene.changed:
            self._scene.changed = neuron
            self.update()

    def light_paths(self, links: Sequence[LitLink] | None) -> None:
        """Light these links in front of all others; None for the network as it is."""
        lit = None if links is None else tuple(links)
        if lit != self._scene.lit:
            self._scene.lit = lit
            self.update()

    def set_writing(self, writing: Writing) -> None:
        """Write symbols and signs like this."""
        self._scene.set_writing(writing)
        self._describe()
        self.update()

    def set_text_scale(self, scale: float) -> None:
        """Make all words larger (presentation mode)."""
        self._scene.set_text_scale(scale)
        self.update()

    def set_source(self, source: str) -> None:
        """Fill the neurons with the values of the "training" step or of the "drawing"."""
        chosen: Source = "drawing" if source == "drawing" else "training"
        if chosen != self._scene.source:
            self._scene.set_values(chosen, self._scene.row)
            self._describe()
            self.update()

    @property
    def sample_row(self) -> int:
        """Which sample of the mini-batch is shown, from 0."""
        return self._scene.row

    @sample_row.setter
    def sample_row(self, row: int) -> None:
        if row != self._scene.row:
            self._scene.set_values(self._scene.source, row)
            self._describe()
            self.update()

    @property
    def animated(self) -> bool:
        """Whether values flow along the links while stepping."""
        return self._animated

    @animated.setter
    def animated(self, animated: bool) -> None:
        self._animated = animated
        if not animated:
            self._flow.stop()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the trainer at this moment; repaints only if something looks different."""
        before = self._scene.snapshot
        if self._scene.show(snapshot):
            self.update()
        if before is None or before.spec != snapshot.spec:
            self.links.show()
        if before is None or snapshot.phase != before.phase:
            self._flow_through(
                snapshot, forward=before is None or _place(snapshot) > _place(before)
            )
        now = time.perf_counter()
        rested = now - self._described_at >= _DESCRIBE_SECONDS
        if snapshot.state is not RunState.RUNNING or rested:
            self._described_at = now
            self._describe()

    def _flow_through(self, snapshot: Snapshot, forward: bool) -> None:
        """Send values along the links, if the phase is one in which they flow.

        A step back in time takes values away; nothing flows then.
        """
        focus = self._scene.focus
        stepping = snapshot.state is RunState.STEPPING and self.isVisible()
        if forward and focus.flowing and focus.joins and stepping and self._animated:
            self._flow.start(focus.joins, focus.backward)
        else:
            self._flow.stop()

    @property
    def link_paints(self) -> int:
        """How often the links of this layout have been painted."""
        layer = self._scene.link_layer
        return 0 if layer is None else layer.painted

    def network_layout(self) -> Layout | None:
        """Where everything stands, in layout coordinates; None before the first snapshot."""
        return self._scene.layout(self.size())

    def seen_layout(self) -> Layout | None:
        """Where everything is seen, in pixels of the view; None before the first snapshot."""
        return self._scene.seen(self.size())

    def target_at(self, at: QPointF) -> Target | None:
        """What is at a point of the view: a layer's title, a neuron, a link, or nothing."""
        layout = self.seen_layout()
        return None if layout is None else self._scene.target_at(layout, at)

    @property
    def spec(self) -> NetworkSpec | None:
        """The network on show; None before the first snapshot."""
        return None if self._scene.snapshot is None else self._scene.snapshot.spec

    @property
    def layer_offsets(self) -> dict[int, float]:
        """How far layers have been dragged along the way, as shares of the layout's length."""
        return dict(self._scene.offsets)

    def set_layer_offsets(self, offsets: dict[int, float]) -> None:
        """Put layers so far from where they stand by themselves."""
        if offsets != self._scene.offsets:
            self._scene.offsets = offsets
            self._scene.rearrange()
            self.layersMoved.emit()
            self.update()

    def label(self) -> Label | None:
        """What is said about the neuron or link under the mouse; None without one."""
        return self._scene.label()

    # Qt

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 180)

    def sizeHint(self) -> QSize:
        return QSize(750, 480)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._scene.paint(painter, self.size(), self._flow)
            self.hand.paint(painter)
            if self._framed and self.hasFocus():
                marks.paint_frame(painter, QRectF(self.rect()), self._theme)
        finally:
            painter.end()
        self._refining.after_paint()

    def paint_figure(self, painter: QPainter) -> None:
        """Paint what is on show for a figure: as lines and type, without handles.

        In pixels lines of their own would take a minute where there are tens of thousands.
        """
        few = self._scene.links_drawn <= MOST_EXACT_PIXELS
        exact = few or not isinstance(painter.device(), QImage)
        self._scene.paint(painter, self.size(), self._flow, exact)
        while self._scene.unfinished:
            self._scene.paint(painter, self.size(), self._flow, exact)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.viewport.set_size(QSizeF(self.size()))
        self._scene.rearrange()

    def hideEvent(self, event: QHideEvent) -> None:
        self._flow.stop()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hand.move(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hand.hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self.network_layout() is None:
            super().mousePressEvent(event)
            return
        self._framed = False
        self.hand.press(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.network_layout() is not None:
            self.hand.double_click(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.hand.cancel()
        self.menuAsked.emit(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.hand.key(event):
            self._framed = self._framed or event.key() in ARROWS
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._framed = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._framed = False
        self.update()

    # Inside

    def _is_empty(self, at: QPointF) -> bool:
        return self.target_at(at) is None

    def point_with_mouse(self, target: Target | None, at: QPointF | None) -> None:
        """The mouse is at a point of the view, on a target or on nothing."""
        if at is not None:
            self._scene.mouse = at
        if target is not None or self._scene.target is not None:
            if target != self._scene.target:
                self.pointed.emit(target)
            self._scene.target = target
            self.update()

    def _on_selection(self) -> None:
        self.links.show()
        selection = self._selection
        self._scene.selected = selection.layer, selection.neuron
        self._scene.neurons, self._scene.layers = selection.neurons, selection.layers
        self._scene.refocus()
        self._describe()
        self.update()

    def _describe(self) -> None:
        """Tell assistive technology what is selected."""
        words = self._scene.selection_in_words()
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)


def _place(snapshot: Snapshot) -> tuple[int, int]:
    """A moment in time: the iteration on show, and how far it is."""
    if snapshot.trace is None or snapshot.cursor is None:
        return snapshot.iteration, 0
    return snapshot.trace.iteration, snapshot.cursor
