"""Moving about in the network with wheel, pinch, middle button, space bar and double click."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from ui.editor.viewport import STEP, Viewport

_NOTCH = 120.0
_MOST_NOTCHES = 4.0


class Steering(QObject):
    """Turns what hands do on a view into zoom and pan of its viewport.

    It filters the view's events and takes those that are its own.  A filter installed later comes
    first, so another part of the editor can keep a wheel turn for itself.  ``empty`` says whether
    there is nothing at a point of the view.
    """

    def __init__(self, view: QWidget, viewport: Viewport, empty: Callable[[QPointF], bool]) -> None:
        super().__init__(view)
        self._view = view
        self._viewport = viewport
        self._empty = empty
        self._held_at: QPointF | None = None
        self._button = Qt.MouseButton.NoButton
        self._space = False
        view.grabGesture(Qt.GestureType.PinchGesture)
        view.installEventFilter(self)

    @property
    def panning(self) -> bool:
        """Whether the network is being dragged about."""
        return self._held_at is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what zooms or pans."""
        kind = event.type()
        if isinstance(event, QWheelEvent):
            return self._wheel(event)
        if isinstance(event, QNativeGestureEvent):
            return self._native(event)
        if isinstance(event, QGestureEvent):
            return self._pinch(event)
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            return self._key(event)
        if kind is QEvent.Type.MouseButtonPress:
            return self._press(event)
        if kind is QEvent.Type.MouseMove:
            return self._move(event)
        if kind is QEvent.Type.MouseButtonRelease:
            return self._release(event)
        if kind is QEvent.Type.MouseButtonDblClick:
            return self._double_click(event)
        if kind is QEvent.Type.FocusOut:
            self._space = False
            self._let_go()
        return False

    def _wheel(self, event: QWheelEvent) -> bool:
        turned = event.angleDelta().y() or event.angleDelta().x()
        notches = max(-_MOST_NOTCHES, min(turned / _NOTCH, _MOST_NOTCHES))
        self._viewport.zoom(STEP**notches, event.position())
        event.accept()
        return True

    def _native(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() is not Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._viewport.zoom(1.0 + max(event.value(), -0.5), event.position())
        return True

    def _pinch(self, event: QGestureEvent) -> bool:
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture):
            return False
        at = QPointF(self._view.mapFromGlobal(pinch.centerPoint().toPoint()))
        moved = pinch.centerPoint() - pinch.lastCenterPoint()
        if pinch.state() is not Qt.GestureState.GestureStarted:
            self._viewport.pan(moved.x(), moved.y())
        self._viewport.zoom(pinch.scaleFactor() or 1.0, at)
        event.accept(pinch)
        return True

    def _key(self, event: QKeyEvent) -> bool:
        if not event.isAutoRepeat() and event.type() is not QEvent.Type.ShortcutOverride:
            self._space = event.type() is QEvent.Type.KeyPress
            if self._space:
                self._view.setCursor(Qt.CursorShape.OpenHandCursor)
            elif not self.panning:
                self._view.unsetCursor()
        return True

    def _press(self, event: QMouseEvent) -> bool:
        middle = event.button() is Qt.MouseButton.MiddleButton
        if not (middle or (self._space and event.button() is Qt.MouseButton.LeftButton)):
            return self.panning
        self._held_at, self._button = event.position(), event.button()
        self._view.setCursor(Qt.CursorShape.ClosedHandCursor)
        return True

    def _move(self, event: QMouseEvent) -> bool:
        if self._held_at is None:
            return False
        moved = event.position() - self._held_at
        self._held_at = event.position()
        self._viewport.pan(moved.x(), moved.y())
        return True

    def _release(self, event: QMouseEvent) -> bool:
        if self._held_at is None or event.button() is not self._button:
            return self.panning
        self._let_go()
        return True

    def _let_go(self) -> None:
        if self._held_at is not None:
            self._held_at = None
            self._view.unsetCursor()

    def _double_click(self, event: QMouseEvent) -> bool:
        if event.button() is Qt.MouseButton.MiddleButton or self._space:
            return self._press(event)
        if event.button() is Qt.MouseButton.LeftButton and self._empty(event.position()):
            self._viewport.fit()
            return True
        return False
