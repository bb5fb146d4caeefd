"""Values on their way: short dashes run once along the links a phase uses."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from ui.editor.curves import path_of
from ui.editor.lanes import Join
from ui.editor.seen import along_across
from ui.editor.viewport import WHOLE, Place
from ui.editor.weave import Bundle
from ui.theme import Theme

FRAME_MILLISECONDS = 33
LONGEST = 1.0
SHORTEST = 0.2
"""Seconds a run takes; less when phases follow each other faster."""
MOST_DASHES = 90
_LENGTH = 14.0
_LONGEST_DASH = 0.2
_STAGGER = 0.45
_TOWARDS_TEXT = 0.45


class Flow(QObject):
    """A run of dashes along the links of some joins; ``moved`` asks for the next picture."""

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.joins: tuple[Join, ...] = ()
        self.backward = False
        self.progress = 1.0
        self._began = 0.0
        self._duration = LONGEST
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MILLISECONDS)
        self._timer.timeout.connect(self._advance)

    @property
    def active(self) -> bool:
        """Whether dashes are under way."""
        return self._timer.isActive()

    def start(self, joins: tuple[Join, ...], backward: bool) -> None:
        """Send dashes along the links between these layers, or back along them."""
        now = time.perf_counter()
        self._duration = min(max(now - self._began, SHORTEST), LONGEST)
        self._began = now
        self.joins, self.backward, self.progress = joins, backward, 0.0
        self._timer.start()
        self.moved.emit()

    def stop(self) -> None:
        """Take all dashes away."""
        if self.active or self.progress < 1.0:
            self._timer.stop()
            self.joins, self.progress = (), 1.0
            self.moved.emit()

    def _advance(self) -> None:
        self.progress = (time.perf_counter() - self._began) / self._duration
        if self.progress >= 1.0:
            self.stop()
        else:
            self.moved.emit()

    def paint(
        self, painter: QPainter, part: Bundle, theme: Theme, scale: float, place: Place = WHOLE
    ) -> None:
        """Paint the dashes where they are now, along the strongest links."""
        if not 0.0 <= self.progress < 1.0 or part.share.size == 0:
            return
        strength = np.abs(part.share)
        first = max(strength.size - MOST_DASHES, 0)
        chosen = np.argpartition(strength, first)[first:]
        chosen = chosen[strength[chosen] > 0.05]
        if chosen.size == 0:
            return
        moved = along_across(part.curves.turned, place)
        ways = part.curves.only(chosen).moved(place.scale, *moved)
        way = ways.lengths[:, None]
        long = np.minimum(_LENGTH * scale / np.maximum(way, 1.0), _LONGEST_DASH)
        late = (chosen[:, None] * 0.618034) % 1.0 * _STAGGER
        head = self.progress * (1.0 + _LONGEST_DASH + _STAGGER) - late
        t = np.clip(head - long * np.linspace(0.0, 1.0, 6), 0.0, 1.0)
        if self.backward:
            t = 1.0 - t
        # Along and across the way are x and y, but for turned links.
        points_x, points_y = ways.points(97)
        where = np.linspace(0.0, 1.0, len(points_x))
        x = np.interp(t, where, points_x)
        y = np.stack([np.interp(t[n], where, points_y[n]) for n in range(len(t))])
        moving = np.ptp(t, axis=1) > 0.0
        ratio = painter.device().devicePixelRatioF()
        wide = max(2, round(3.0 * scale * ratio))
        steep = (np.ptp(y, axis=1) > np.ptp(x, axis=1))[:, None]
        offsets = (np.arange(wide) - (wide - 1) / 2) / ratio
        for positive in (False, True):
            members = moving & ((part.share[chosen] > 0.0) == positive)
            if not members.any():
                continue
            colour = _mixed(theme.colour("positive" if positive else "negative"), theme)
            painter.setPen(QPen(colour, 1.0 / ratio))
            for offset in offsets:
                aside, below = offset * steep[members], offset * ~steep[members]
                along, across = x[members] + aside, y[members] + below
                turned = ways.turned
                painter.drawPath(path_of(across, -along) if turned else path_of(along, across))


def _mixed(colour: QColor, theme: Theme) -> QColor:
    """The colour nearer to that of text, to be seen in front of links of its own hue."""
    text, far = theme.colour("text"), _TOWARDS_TEXT
    return QColor.fromRgbF(
        (1 - far) * colour.redF() + far * text.redF(),
        (1 - far) * colour.greenF() + far * text.greenF(),
        (1 - far) * colour.blueF() + far * text.blueF(),
    )
