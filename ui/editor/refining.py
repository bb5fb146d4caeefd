"""When the network is painted again so that it becomes sharp and complete."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from ui.editor.scene import Scene
from ui.editor.viewport import Viewport

REST_MILLISECONDS = 120
"""So long the view must have stood still until its links are painted for the new place."""
_NEXT_MILLISECONDS = 12
_MOST_FRAMES = 1000


class Refining(QObject):
    """Follows a viewport, and asks for frames as long as links are still being painted."""

    def __init__(self, view: QWidget, viewport: Viewport, scene: Scene) -> None:
        super().__init__(view)
        self._view = view
        self._viewport = viewport
        self._scene = scene
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MILLISECONDS)
        self._rest.timeout.connect(self._on_rest)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(_NEXT_MILLISECONDS)
        self._next.timeout.connect(view.update)
        viewport.changed.connect(self._on_viewport)

    @property
    def busy(self) -> bool:
        """Whether a later frame is going to look different."""
        return self._rest.isActive() or self._scene.unfinished

    def after_paint(self) -> None:
        """A frame has been painted; ask for the next one if links are missing in it."""
        if self._scene.unfinished and not self._rest.isActive():
            self._next.start()

    def settle(self) -> None:
        """Paint until nothing is missing, for a picture of the view."""
        self._rest.stop()
        self._scene.look_at(self._viewport.place, False)
        for _ in range(_MOST_FRAMES):
            self._view.grab()
            if not self._scene.unfinished:
                break

    def _on_viewport(self) -> None:
        self._scene.look_at(self._viewport.place, True)
        self._rest.start()
        self._view.update()

    def _on_rest(self) -> None:
        self._scene.look_at(self._viewport.place, False)
        self._view.update()
