"""The network on the screen: layers as columns, neurons as circles, weights as curved links."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from simulator.snapshot import RunState, Snapshot
from ui.editor import marks
from ui.editor.flow import Flow
from ui.editor.hover import Label, Target
from ui.editor.layout import Layout
from ui.editor.navigation import ARROWS, moved
from ui.editor.paths_overlay import LitLink
from ui.editor.readings import Source
from ui.editor.scene import Scene
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


class NetworkView(QWidget):
    """Draws the newest snapshot, and lets the user point at neurons, links and layers.

    ``layerActivated`` carries the number of a layer whose title was double-clicked, or that was
    selected when Return was pressed.  ``linkChosen`` carries the
    :class:`~ui.editor.hover.Target` of a link that was clicked, None once it is no longer chosen.
    ``clicked`` carries the target of every click, ``pointed`` what the mouse is on, or None.
    """

    layerActivated = Signal(int)
    linkChosen = Signal(object)
    clicked = Signal(object)
    pointed = Signal(object)

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
        self.update()

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
    def link_seconds(self) -> float:
        """How long painting the links took the last time."""
        layer = self._scene.link_layer
        return 0.0 if layer is None else layer.seconds

    @property
    def link_paints(self) -> int:
        """How often the links of this layout have been painted."""
        layer = self._scene.link_layer
        return 0 if layer is None else layer.painted

    def network_layout(self) -> Layout | None:
        """Where everything stands now; None before the first snapshot."""
        return self._scene.layout(self.size())

    def label(self) -> Label | None:
        """What is said about the neuron or link under the mouse; None without one."""
        return self._scene.label()

    # Qt

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 260)

    def sizeHint(self) -> QSize:
        return QSize(750, 480)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._scene.paint(painter, self.size(), self._flow)
            if self._framed and self.hasFocus():
                marks.paint_frame(painter, QRectF(self.rect()), self._theme)
        finally:
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scene.rearrange()

    def hideEvent(self, event: QHideEvent) -> None:
        self._flow.stop()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        layout = self.network_layout()
        if layout is None:
            return
        at = event.position()
        self._scene.mouse = at
        target = self._scene.target_at(layout, at)
        self._set_target(target)
        if target is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def leaveEvent(self, event: QEvent) -> None:
        self._set_target(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        layout = self.network_layout()
        if event.button() is not Qt.MouseButton.LeftButton or layout is None:
            super().mousePressEvent(event)
            return
        self._framed = False
        target = self._scene.target_at(layout, event.position())
        link = target if target is not None and target.is_link else None
        if target is None or link is not None:
            self._selection.clear()
        else:
            self._selection.select(target.layer, target.neuron)
        self._choose_link(link, event)
        self.clicked.emit(target)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        layout = self.network_layout()
        title = None
        if layout is not None and event.button() is Qt.MouseButton.LeftButton:
            title = layout.title_at(event.position().x(), event.position().y())
        if title is None:
            self.mousePressEvent(event)
        else:
            self.layerActivated.emit(title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        layout, key, layer = self.network_layout(), event.key(), self._selection.layer
        if layout is not None and key in ARROWS:
            self._framed = True
            self._selection.select(*moved(layout, layer, self._selection.neuron, Qt.Key(key)))
        elif key == Qt.Key.Key_Escape and (layer is not None or self._scene.link is not None):
            self._selection.clear()
            self._drop_link()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and layer is not None:
            self.layerActivated.emit(layer)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._framed = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._framed = False
        self.update()

    # Inside

    def _choose_link(self, link: Target | None, event: QMouseEvent) -> None:
        before = self._scene.link
        self._scene.choose_link(link, event.position())
        if link != before:
            self.linkChosen.emit(link)
            self._describe()
            self.update()

    def _set_target(self, target: Target | None) -> None:
        if target is not None or self._scene.target is not None:
            if target != self._scene.target:
                self.pointed.emit(target)
            self._scene.target = target
            self.update()

    def _drop_link(self) -> None:
        if self._scene.link is not None:
            self._scene.link = None
            self.linkChosen.emit(None)
            self._describe()
            self.update()

    def _on_selection(self) -> None:
        if self._selection.layer is not None:
            self._drop_link()
        self._scene.selected = self._selection.layer, self._selection.neuron
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
