"""Which part of the network is seen, and how large: zoom and pan, without painting.

Layout coordinates are those of :func:`~ui.editor.layout.arrange`: logical pixels of the whole
network fitted into the view.  View coordinates are the pixels of the view.
``view = offset + scale · layout``; the whole is never smaller than the view, and never leaves it.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Signal

LARGEST = 64.0
"""Scale up to which one can zoom in."""
STEP = 1.25
"""Factor of one notch of the wheel, or of one press of a zoom key."""


class Place(NamedTuple):
    """A part of the network: the scale, and where the layout's origin stands in the view."""

    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def to_view(self, point: QPointF) -> QPointF:
        """Where a point of the layout is seen."""
        return QPointF(self.x + self.scale * point.x(), self.y + self.scale * point.y())

    def to_layout(self, point: QPointF) -> QPointF:
        """The point of the layout that is seen here."""
        return QPointF((point.x() - self.x) / self.scale, (point.y() - self.y) / self.scale)

    def box_to_view(self, box: QRectF) -> QRectF:
        """Where a rectangle of the layout is seen."""
        return QRectF(self.to_view(box.topLeft()), self.to_view(box.bottomRight()))

    def box_to_layout(self, box: QRectF) -> QRectF:
        """The rectangle of the layout that is seen here."""
        return QRectF(self.to_layout(box.topLeft()), self.to_layout(box.bottomRight()))


WHOLE = Place()
"""All of the network."""


class Viewport(QObject):
    """The part of the network that one view shows; ``changed`` says that it is another one."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = WHOLE
        self._size = QSizeF(1.0, 1.0)

    @property
    def place(self) -> Place:
        """The part that is seen now."""
        return self._place

    @property
    def scale(self) -> float:
        """How much larger than fitted things are seen, from 1."""
        return self._place.scale

    @property
    def whole(self) -> bool:
        """Whether all of the network is seen."""
        return self._place == WHOLE

    @property
    def size(self) -> QSizeF:
        """The size of the view."""
        return QSizeF(self._size)

    def set_size(self, size: QSizeF) -> None:
        """The view has another size: the middle of what is seen stays in the middle."""
        if size == self._size or size.isEmpty():
            return
        before, self._size = self._size, QSizeF(size)
        if not self.whole:
            middle = self.to_layout(QPointF(before.width() / 2, before.height() / 2))
            share_x, share_y = middle.x() / before.width(), middle.y() / before.height()
            scale = self.scale
            self._go(
                scale,
                size.width() * (0.5 - scale * share_x),
                size.height() * (0.5 - scale * share_y),
            )

    def to_view(self, point: QPointF) -> QPointF:
        """Where a point of the layout is seen."""
        return self._place.to_view(point)

    def to_layout(self, point: QPointF) -> QPointF:
        """The point of the layout that is seen here."""
        return self._place.to_layout(point)

    @property
    def visible(self) -> QRectF:
        """The rectangle of the layout that is seen."""
        return self._place.box_to_layout(QRectF(QPointF(), self._size))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Make everything ``factor`` larger; what is seen at ``at`` (else the middle) stays."""
        if at is None:
            at = QPointF(self._size.width() / 2, self._size.height() / 2)
        scale = min(max(self.scale * factor, 1.0), LARGEST)
        fixed = self.to_layout(at)
        self._go(scale, at.x() - scale * fixed.x(), at.y() - scale * fixed.y())

    def pan(self, dx: float, dy: float) -> None:
        """Move the network by so many pixels of the view, as far as it stays in it."""
        self._go(self.scale, self._place.x + dx, self._place.y + dy)

    def fit(self) -> None:
        """Show all of the network."""
        self._go(1.0, 0.0, 0.0)

    def centre(self, point: QPointF) -> None:
        """Bring a point of the layout into the middle, as far as that can be."""
        middle = self.to_view(point)
        self.pan(self._size.width() / 2 - middle.x(), self._size.height() / 2 - middle.y())

    def show_box(self, box: QRectF, margin: float = 40.0) -> None:
        """Show a rectangle of the layout as large as it fits, ``margin`` pixels around it."""
        wide = max(self._size.width() - 2 * margin, 1.0) / max(box.width(), 1e-9)
        high = max(self._size.height() - 2 * margin, 1.0) / max(box.height(), 1e-9)
        scale = min(max(min(wide, high), 1.0), LARGEST)
        middle = box.center()
        self._go(
            scale,
            self._size.width() / 2 - scale * middle.x(),
            self._size.height() / 2 - scale * middle.y(),
        )

    def reveal(self, box: QRectF, margin: float = 24.0) -> None:
        """Pan no further than needed to see a rectangle of the layout."""
        seen = self._place.box_to_view(box)
        dx = _needed(seen.left(), seen.right(), self._size.width(), margin)
        dy = _needed(seen.top(), seen.bottom(), self._size.height(), margin)
        if dx or dy:
            self.pan(dx, dy)

    def _go(self, scale: float, x: float, y: float) -> None:
        if scale < 1.0 + 1e-6:
            place = WHOLE
        else:
            x = min(0.0, max(x, self._size.width() * (1.0 - scale)))
            y = min(0.0, max(y, self._size.height() * (1.0 - scale)))
            place = Place(scale, x, y)
        if place != self._place:
            self._place = place
            self.changed.emit()


def _needed(low: float, high: float, size: float, margin: float) -> float:
    """How far to move so that low..high lies in 0..size, its middle if it is longer."""
    if high - low + 2 * margin > size:
        return 0.0 if low < size and high > 0.0 else size / 2 - (low + high) / 2
    if low < margin:
        return margin - low
    return min(0.0, size - margin - high)
