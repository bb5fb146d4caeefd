"""Turning the mouse wheel over the chosen link: its weight changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QWheelEvent

from ui.editor.gestures.gesture import Ground, link_of
from ui.selection import Link

STEP, FINE_STEP = 0.1, 0.01
"""How much one notch of the wheel adds, and with Shift."""
BURST_MILLISECONDS = 700
"""After so long a rest, turning on begins from the weight as it is then."""
_NOTCH = 120.0
_DECIMALS = 10


class WeightWheel(QObject):
    """Adds up the notches of one burst, also those the training thread has not answered yet."""

    def __init__(self, ground: Ground, parent: QObject) -> None:
        super().__init__(parent)
        self._ground = ground
        self._link: Link | None = None
        self._value = 0.0
        self._turned = 0.0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(BURST_MILLISECONDS)
        self._rest.timeout.connect(self._on_rest)

    def turn(self, event: QWheelEvent) -> bool:
        """Take a turn of the wheel if the mouse is on a chosen link; Ctrl is for zooming."""
        keys = event.modifiers()
        link = self._chosen_link(event)
        if link is None or keys & Qt.KeyboardModifier.ControlModifier:
            return False
        if link != self._link:
            self.finish()
            self._link, self._value = link, self._ground.value_of(link)
        self._rest.start()
        self._turned += (event.angleDelta().y() or event.angleDelta().x()) / _NOTCH
        notches = int(self._turned)
        if notches:
            self._turned -= notches
            step = FINE_STEP if keys & Qt.KeyboardModifier.ShiftModifier else STEP
            # Tenths are no binary numbers: without rounding 0.1 + 0.2 would show its tail.
            value = round(self._value + notches * step, _DECIMALS)
            if self._ground.edits.set_parameter(*link, value):
                self._value = value
        event.accept()
        return True

    def _on_rest(self) -> None:
        session = self._ground.session
        if session is None or session.settled:
            self.finish()
        else:
            # The weight on show is still an older one.
            self._rest.start()

    def finish(self) -> None:
        """The next turn begins from the weight as it is then."""
        self._rest.stop()
        self._link, self._turned = None, 0.0

    def _chosen_link(self, event: QWheelEvent) -> Link | None:
        ground = self._ground
        if not ground.editable or ground.spec is None:
            return None
        target = ground.view.target_at(event.position())
        link = None if target is None else link_of(ground.spec, target)
        if link not in ground.selection.links or link in ground.removed():
            return None
        return link
