"""Where the pixels of a picture lie on a widget."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from PySide6.QtCore import QPointF, QRectF


@dataclass(frozen=True)
class PixelGrid:
    """``rows`` x ``columns`` square pixels, centred, all edges on the screen's own pixels.

    ``ratio`` is the device pixel ratio; ``margin`` is left free on every side.
    """

    rows: int
    columns: int
    width: int
    height: int
    ratio: float
    margin: int

    @property
    def pitch(self) -> float:
        """Distance of two pixels."""
        wide = (self.width - 2 * self.margin) / self.columns
        high = (self.height - 2 * self.margin) / self.rows
        return max(1, int(min(wide, high) * self.ratio)) / self.ratio

    @property
    def gap(self) -> float:
        """Room between two pixels."""
        return max(1, round(min(1.5, self.pitch / 16) * self.ratio)) / self.ratio

    @property
    def origin(self) -> QPointF:
        """Upper left corner of the first pixel's place."""
        x = (self.width - self.columns * self.pitch) / 2
        y = (self.height - self.rows * self.pitch) / 2
        return QPointF(int(x * self.ratio) / self.ratio, int(y * self.ratio) / self.ratio)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a pixel is drawn."""
        pitch, gap, origin = self.pitch, self.gap, self.origin
        x = origin.x() + column * pitch + gap / 2
        y = origin.y() + row * pitch + gap / 2
        return QRectF(x, y, pitch - gap, pitch - gap)

    def place(self, point: QPointF) -> tuple[int, int]:
        """Row and column under a point, also beyond the picture."""
        pitch, origin = self.pitch, self.origin
        return floor((point.y() - origin.y()) / pitch), floor((point.x() - origin.x()) / pitch)

    def contains(self, cell: tuple[int, int]) -> bool:
        """Whether a row and column belong to the picture."""
        return 0 <= cell[0] < self.rows and 0 <= cell[1] < self.columns
