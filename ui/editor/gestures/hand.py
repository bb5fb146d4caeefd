"""What mouse and keys do to the network: which gesture begins where, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from ui.editor import handles
from ui.editor.gestures import arrows, hint
from ui.editor.gestures.drawing_link import DrawLink
from ui.editor.gestures.gesture import ADDING, Gesture, Ground, link_of
from ui.editor.gestures.moving_layer import MoveLayer
from ui.editor.gestures.rubber_band import RubberBand
from ui.editor.gestures.typing import Typing
from ui.editor.gestures.weight_wheel import WeightWheel
from ui.editor.handles import Handle, HandleKind
from ui.editor.hover import Target
from ui.editor.navigation import ARROWS
from ui.editor.scene import Scene
from ui.selection import Selection
from ui.style import current_scale
from ui.theme import Theme
from ui.widgets.escape import keep_escape

if TYPE_CHECKING:
    from simulator.project import Project
    from ui.editor.network_view import NetworkView
    from ui.session import Session

_LEFT = Qt.MouseButton.LeftButton
_RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_HAND = Qt.CursorShape.PointingHandCursor


class Hand(QObject):
    """The user's hand on one network view: begins gestures, shows handles, moves the selection.

    Until it is joined to a session, it only selects.
    """

    def __init__(self, view: NetworkView, scene: Scene, selection: Selection, theme: Theme) -> None:
        super().__init__(view)
        self._view = view
        self._selection = selection
        self.ground = Ground(view, scene, selection, theme)
        self.typing = Typing(self.ground, self)
        self.gesture: Gesture | None = None
        self._wheel = WeightWheel(self.ground, self)
        self._pressed_at: QPointF | None = None
        self._pressed_on: Handle | Target | None = None
        self._keys = Qt.KeyboardModifier.NoModifier
        self._mouse: QPointF | None = None
        self._over: Handle | None = None
        self._neuron: tuple[int, int] | None = None
        view.installEventFilter(self)

    def join(self, session: Session) -> None:
        """Change the network with the edits of a :class:`~ui.session.Session`."""
        self.ground.session = session
        session.project_changed.connect(self._on_project)

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self.ground.theme = theme

    def handles(self) -> tuple[Handle, ...]:
        """The handles that show now."""
        layout, spec = self.ground.layout(), self.ground.spec
        if layout is None or spec is None or self.gesture is not None or not self.ground.editable:
            return ()
        if self.typing.editor is not None:
            return ()
        return handles.handles(
            *(layout, spec, self._selection, self._mouse, self._neuron), current_scale()
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the wheel over a chosen link, and tell what a handle does."""
        if isinstance(event, QWheelEvent):
            return self._wheel.turn(event)
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            at = QPointF(event.pos())
            over = handles.at(self.handles(), at)
            if over is not None:
                QToolTip.showText(event.globalPos(), over.tip, self._view, over.box.toRect())
                return True
            if self.ground.editable and self._view.target_at(at) is None:
                QToolTip.showText(event.globalPos(), hint.TIP, self._view)
                return True
        return False

    # The mouse

    def press(self, event: QMouseEvent) -> None:
        """The left button goes down: select what is there."""
        at, self._keys = event.position(), event.modifiers()
        self._wheel.finish()
        self._pressed_at = at
        handle = handles.at(self.handles(), at)
        if handle is not None:
            self._pressed_on = handle
            return
        target = self._view.target_at(at)
        self._pressed_on = target
        self.select(target, bool(self._keys & ADDING), at)
        self._view.clicked.emit(target)

    def move(self, event: QMouseEvent) -> None:
        """The mouse moves: point at what is there, or go on with a gesture."""
        at = event.position()
        if self._pressed_at is not None and not event.buttons() & _LEFT:
            # The button was let go where nobody told.
            self.cancel()
        if self._pressed_at is None:
            self.hover(at)
            return
        if self.gesture is None:
            if (at - self._pressed_at).manhattanLength() < QApplication.startDragDistance():
                return
            self._begin(self._pressed_at)
        if self.gesture is not None:
            self.gesture.moved(at, event.modifiers())
            self._view.update()

    def release(self, event: QMouseEvent) -> None:
        """The button is let go."""
        at, handle, gesture = event.position(), self._pressed_on, self.gesture
        pressed = self._pressed_at is not None
        self._pressed_at = self._pressed_on = self.gesture = None
        keep_escape(self._view, False)
        if gesture is not None:
            gesture.released(at, event.modifiers())
        elif pressed and isinstance(handle, Handle) and handle.box.contains(at):
            self._use(handle)
        self.hover(at)
        self._view.update()

    def double_click(self, event: QMouseEvent) -> None:
        """On a link its weight can be typed, on a title the layer is opened."""
        at = event.position()
        target = self._view.target_at(at)
        self.press(event)
        if target is None or isinstance(self._pressed_on, Handle) or self._keys & ADDING:
            return
        if target.is_link:
            self._pressed_at = None
            self.typing.edit_values(at)
        elif target.neuron is None and target.source is None:
            self._view.layerActivated.emit(target.layer)

    def hover(self, at: QPointF | None) -> None:
        """Point at what is at a point of the view, or at nothing."""
        self._mouse = at
        self._over = None if at is None else handles.at(self.handles(), at)
        if self._over is not None and self._over.neuron is not None:
            self._neuron = self._over.layer, self._over.neuron
        target = None if at is None or self._over is not None else self._view.target_at(at)
        if self._over is None:
            neuron = target is not None and target.neuron is not None and target.source is None
            self._neuron = target[:2] if neuron else None
        self.ground.scene.handle_box = next(
            (own.box for own in self.handles() if own.key == self._link_key()), None
        )
        self._view.point_with_mouse(target, at)
        if self._over is not None and self._over.kind is HandleKind.DRAW_LINK:
            self._view.setCursor(Qt.CursorShape.CrossCursor)
        elif self._over is not None or target is not None:
            self._view.setCursor(_HAND)
        else:
            self._view.unsetCursor()
        self._view.update()

    def _link_key(self) -> tuple[HandleKind, int, int | None] | None:
        """The handle of the neuron under the mouse."""
        return None if self._neuron is None else (HandleKind.DRAW_LINK, *self._neuron)

    def select(self, target: Target | None, adding: bool, at: QPointF | None = None) -> None:
        """Select what a target stands for, or add it to the selection or take it out of it."""
        selection, spec = self._selection, self.ground.spec
        link = None if target is None or spec is None else link_of(spec, target)
        if link is not None:
            self._view.links.label_at = at
            if adding:
                selection.toggle_link(link)
            else:
                selection.select_link(link)
        elif target is None:
            if not adding:
                selection.clear()
        elif adding:
            selection.toggle(target.layer, target.neuron)
        else:
            selection.select(target.layer, target.neuron)

    def select_for_menu(self, at: QPointF) -> None:
        """Select what a menu is asked for at, unless it is selected already."""
        selection, spec = self._selection, self.ground.spec
        target = self._view.target_at(at)
        if target is None or spec is None:
            selection.clear()
            return
        link = link_of(spec, target)
        if link is not None:
            inside = link in selection.links
        elif target.neuron is None:
            inside = target.layer in selection.layers
        else:
            inside = (target.layer, target.neuron) in selection.neurons
        if not inside:
            self.select(target, False, at)

    def _begin(self, start: QPointF) -> None:
        """The mouse is being dragged from there."""
        on, editable = self._pressed_on, self.ground.editable
        if isinstance(on, Handle):
            if on.kind is HandleKind.DRAW_LINK and on.neuron is not None:
                self.gesture = DrawLink(self.ground, (on.layer, on.neuron), start)
        elif on is None or on.source is not None:
            self.gesture = RubberBand(self.ground, start, self._keys)
        elif on.neuron is None:
            self.gesture = MoveLayer(self.ground, on.layer, start)
        elif editable:
            self.gesture = DrawLink(self.ground, (on.layer, on.neuron), start)
        if self.gesture is not None:
            keep_escape(self._view, True)
            self._over = None
            self._view.point_with_mouse(None, None)
            self._view.setCursor(self.gesture.cursor)

    def _use(self, handle: Handle) -> None:
        if not self.ground.editable:
            return
        edits, layer = self.ground.edits, handle.layer
        if handle.kind is HandleKind.ADD_LAYER:
            edits.insert_layer(layer)
        elif handle.kind is HandleKind.ADD_NEURON:
            edits.insert_neuron(layer)
        elif handle.kind is HandleKind.REMOVE_NEURON:
            last = self.ground.project.network.sizes[layer] - 1
            edits.remove_neurons(layer, [last])

    # Keys

    def key(self, event: QKeyEvent) -> bool:
        """Whether a key that was pressed is the hand's own."""
        layout, spec, key = self.ground.layout(), self.ground.spec, event.key()
        if key == Qt.Key.Key_Escape:
            return self._escape()
        if key in _RETURN:
            return self._open()
        if layout is not None and spec is not None and key in ARROWS:
            self._view.links.label_at = None
            self._view.point_with_mouse(None, None)
            arrows.press(self._selection, layout, spec, Qt.Key(key), event.modifiers())
            return True
        return False

    def _escape(self) -> bool:
        if self.gesture is not None or self._pressed_at is not None:
            self.cancel()
            return True
        if self._selection.empty:
            return False
        self._selection.clear()
        return True

    def _open(self) -> bool:
        layer = self._selection.layer
        if self.typing.edit_values():
            return True
        if layer is not None:
            self._view.layerActivated.emit(layer)
        return layer is not None

    def cancel(self) -> None:
        """Give up the gesture that has begun."""
        gesture, self.gesture = self.gesture, None
        self._pressed_at = self._pressed_on = None
        keep_escape(self._view, False)
        if gesture is not None:
            gesture.cancelled()
            self._view.unsetCursor()
            self._view.update()

    def _on_project(self, project: Project) -> None:
        """What a gesture was about may be gone."""
        if self.ground.spec != project.network:
            self.cancel()
            self.typing.close()

    # Painting

    def paint(self, painter: QPainter) -> None:
        """The handles, and what a gesture shows."""
        if self.gesture is not None:
            self.gesture.paint(painter)
        else:
            if self.ground.editable and self._selection.empty:
                hint.paint(painter, self.ground)
            label = self.ground.scene.label_box
            shown = [own for own in self.handles() if not own.box.intersects(label)]
            layout = self.ground.layout()
            turned = layout is not None and layout.turned
            handles.paint(painter, shown, self._over, self.ground.theme, turned)
