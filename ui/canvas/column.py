"""A column whose parts give way in a fixed order where height is short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

Height = Callable[[int], int]
Stage = tuple[int, Height]


@dataclass(frozen=True)
class Part:
    """``least`` height and the ``stages`` (rank, height) of its growth, all by the width."""

    widget: QWidget
    least: Height
    stages: tuple[Stage, ...]
    gap: int


class PriorityColumn(QWidget):
    """Places parts below each other: first each gets its least height, then they grow by stages,
    the lowest rank first.  (Box layouts shrink all parts alike.)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[Part] = []

    def add(
        self,
        widget: QWidget,
        least: Height,
        *stages: Stage,
        gap: int = 4,
    ) -> None:
        """Add a part below the others; ``gap`` is the room above it."""
        widget.setParent(self)
        self._parts.append(Part(widget, least, stages, gap))

    def arrange(self) -> None:
        """Place all visible parts anew."""
        width = self.width()
        parts = [part for part in self._parts if not part.widget.isHidden()]
        heights = [part.least(width) for part in parts]
        gaps = sum(part.gap for part in parts[1:])
        spare = self.height() - sum(heights) - gaps
        growth = [(rank, n, height) for n, part in enumerate(parts) for rank, height in part.stages]
        for _, number, wanted in sorted(growth, key=lambda entry: entry[0]):
            extra = min(spare, wanted(width) - heights[number])
            if extra > 0:
                heights[number] += extra
                spare -= extra
        y = 0
        for number, (part, height) in enumerate(zip(parts, heights, strict=True)):
            y += part.gap if number else 0
            part.widget.setGeometry(0, y, width, height)
            y += height

    def minimumSizeHint(self) -> QSize:
        return QSize(196, self._total(lambda part: part.least(226)))

    def sizeHint(self) -> QSize:
        return QSize(226, min(560, self._total(_most)))

    def _total(self, height: Callable[[Part], int]) -> int:
        parts = [part for part in self._parts if not part.widget.isHidden()]
        return sum(height(part) + (part.gap if n else 0) for n, part in enumerate(parts))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Polish):
            self.updateGeometry()
            self.arrange()
        return super().event(event)


def _most(part: Part) -> int:
    """The height of the last stage, at a usual width."""
    return part.stages[-1][1](226) if part.stages else part.least(226)
