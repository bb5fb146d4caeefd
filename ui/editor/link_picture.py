"""A painted bundle of links: kept as long as it looks the same, painted anew in small pieces."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QRegion

from ui.editor.viewport import WHOLE, Place

Paint = Callable[[QImage, QRectF], Iterator[None]]
"""Paints into a picture that shows a box of the view."""


class Picture(NamedTuple):
    """What a box of the view showed at a place; ``look`` is equal for what looks the same."""

    look: object
    place: Place
    box: QRectF
    image: QImage


class LinkPicture:
    """One bundle's picture, of the whole network and of the part that is seen now.

    While a new one is painted, or the view moves, the old one is shown, stretched as it must be.
    """

    def __init__(self) -> None:
        self._whole: Picture | None = None
        self._here: Picture | None = None
        self._job: Iterator[None] | None = None
        self._next: Picture | None = None

    @property
    def busy(self) -> bool:
        """Whether a picture is being painted."""
        return self._job is not None

    @property
    def whole(self) -> Picture | None:
        """The picture of the whole network."""
        return self._whole

    @property
    def any(self) -> bool:
        """Whether there is a picture to show meanwhile."""
        return self._whole is not None or self._here is not None

    def looks(self, look: object) -> bool:
        """Whether the pictures there are look like this, wherever they were painted."""
        return all(picture.look == look for picture in (self._whole, self._here) if picture)

    def shows(self, look: object, place: Place) -> bool:
        """Whether there is a finished picture of this."""
        front = self._front(place)
        return front is not None and front.look == look and front.place == place

    def wants(self, look: object, place: Place) -> bool:
        """Whether such a picture is neither there nor being painted."""
        if self.shows(look, place):
            return False
        coming = self._next
        return coming is None or coming.look != look or coming.place != place

    def begin(self, look: object, place: Place, box: QRectF, ratio: float, paint: Paint) -> None:
        """Begin to paint a picture; one that was being painted is given up."""
        size = QSizeF(box.width() * ratio, box.height() * ratio).toSize()
        if size.isEmpty():
            size.setWidth(max(size.width(), 1))
            size.setHeight(max(size.height(), 1))
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        self._next = Picture(look, place, box, image)
        self._job = paint(image, box)

    def go_on(self, deadline: float) -> bool:
        """Paint until a moment of the performance counter; returns whether it is finished."""
        if self._job is None or self._next is None:
            return True
        for _ in self._job:
            if time.perf_counter() >= deadline:
                return False
        if self._next.place == WHOLE:
            self._whole = self._next
        else:
            self._here = self._next
        self._job = self._next = None
        return True

    def forget(self) -> None:
        """Take all pictures away."""
        self._whole = self._here = self._next = self._job = None

    def draw(self, painter: QPainter, place: Place, window: QRectF) -> None:
        """Show the best picture there is of this place, in this part of the view."""
        front = self._front(place)
        if front is None:
            return
        if front.place == place:
            ratio = front.image.width() / max(front.box.width(), 1e-9)
            front.image.setDevicePixelRatio(ratio)
            painter.drawImage(front.box.topLeft(), front.image)
            return
        covered = _stretch(painter, front, place, window)
        if front is self._whole or self._whole is None:
            return
        painter.save()
        rest = QRegion(window.toAlignedRect()) - QRegion(covered.toRect())
        painter.setClipRegion(rest, Qt.ClipOperation.IntersectClip)
        _stretch(painter, self._whole, place, window)
        painter.restore()

    def _front(self, place: Place) -> Picture | None:
        if place == WHOLE:
            return self._whole or self._here
        return self._here or self._whole


def _stretch(painter: QPainter, picture: Picture, place: Place, window: QRectF) -> QRectF:
    """Draw the part of a picture of another place that lies in the window; returns where it is."""
    target = place.box_to_view(picture.place.box_to_layout(picture.box))
    common = target.intersected(window)
    if common.isEmpty():
        return target
    across = picture.image.width() / target.width()
    down = picture.image.height() / target.height()
    source = QRectF(
        (common.x() - target.x()) * across,
        (common.y() - target.y()) * down,
        common.width() * across,
        common.height() * down,
    )
    picture.image.setDevicePixelRatio(1.0)
    painter.drawImage(common, picture.image, source)
    return target
