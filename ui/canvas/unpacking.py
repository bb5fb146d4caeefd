"""How a picture becomes the input vector: line by line, with the pixels on their way."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from simulator.data import Picture
from ui.canvas.thumbnails import readable_on
from ui.style import current_scale, numbers_font, words_font
from ui.theme import CAPTION_SIZE, Theme

TICK = 30
"""Milliseconds between two frames."""
_LINE_SECONDS = 0.7
_MOST_NUMBERED = 100
_STACK = 25
"""Entries of the vector below each other before it goes on in the next column."""


class Unpacking(QWidget):
    """The picture at the left, the vector at the right; ``progress`` counts unpacked pixels.

    Signals
    -------
    moved(int) : so many pixels are in the vector.
    finished() : all of them are.
    """

    moved = Signal(int)
    finished = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = Picture(1, 1)
        self._pixels: NDArray[np.float64] = np.zeros((1, 1))
        self.progress = 0.0
        self.animated = True
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._advance)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The picture and the input vector")

    def sizeHint(self) -> QSize:
        return QSize(560, 340)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 240)

    @property
    def total(self) -> int:
        """Number of pixels."""
        return self._picture.rows * self._picture.columns

    def set_picture(self, picture: Picture, pixels: NDArray[np.float64]) -> None:
        """Show these pixels (rows, columns); another order begins anew, unpacked."""
        if picture != self._picture:
            self._timer.stop()
            self.progress = float(picture.rows * picture.columns)
        self._picture, self._pixels = picture, np.asarray(pixels)
        self._tell()

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def play(self) -> None:
        """Unpack from the first pixel on; at once if nothing is to move."""
        self.progress = 0.0
        if self.animated:
            self._timer.start()
        else:
            self.progress = float(self.total)
            self.finished.emit()
        self._tell()

    def pause(self) -> None:
        """Stay where it is, at a whole pixel."""
        self._timer.stop()
        self.go_to(math.floor(self.progress))

    @property
    def playing(self) -> bool:
        """Whether pixels are on their way."""
        return self._timer.isActive()

    def go_to(self, count: int) -> None:
        """Show the first ``count`` pixels unpacked."""
        self._timer.stop()
        self.progress = float(min(max(count, 0), self.total))
        self._tell()

    @property
    def _line(self) -> int:
        """Pixels of one line: a column, or a row."""
        picture = self._picture
        return picture.rows if picture.order == "column" else picture.columns

    def _advance(self) -> None:
        self.progress += self._line * TICK / 1000.0 / _LINE_SECONDS
        if self.progress >= self.total:
            self.progress = float(self.total)
            self._timer.stop()
            self.finished.emit()
        self._tell()

    def _tell(self) -> None:
        self.moved.emit(int(self.progress))
        self.setAccessibleDescription(f"{int(self.progress)} of {self.total} pixels unpacked")
        self.update()

    # Where things are

    def _heading(self) -> float:
        return 22 * current_scale()

    def cell(self, row: int, column: int) -> QRectF:
        """Where a pixel lies in the picture."""
        room = QRectF(0, self._heading(), self.width() * 0.44, self.height() - self._heading())
        pitch = math.floor(
            min(room.width() / self._picture.columns, room.height() / self._picture.rows)
        )
        x = room.center().x() - self._picture.columns * pitch / 2
        gap = 1.0 if pitch < 16 else 2.0
        return QRectF(
            x + column * pitch,
            room.top() + row * pitch,
            max(1.0, pitch - gap),
            max(1.0, pitch - gap),
        )

    def slot(self, place: int) -> QRectF:
        """Where entry ``place`` of the vector lies: stacks of a line or several, left to right."""
        room = QRectF(
            self.width() * 0.54,
            self._heading(),
            self.width() * 0.46 - 8,
            self.height() - self._heading() - 2,
        )
        high = self.total if self.total <= _STACK else self._line
        wide = -(-self.total // high)
        height = min(room.height() / high, 22.0 * current_scale())
        width = min(room.width() / wide, (64.0 if wide == 1 else 22.0) * current_scale())
        left = room.center().x() - wide * width / 2
        stack, row = divmod(place, high)
        gap = 1.0 if height >= 4 else 0.0
        return QRectF(left + stack * width, room.top() + row * height, width - gap, height - gap)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_headings(painter)
        done = int(self.progress)
        numbered = self.total <= _MOST_NUMBERED
        flying: list[tuple[QRectF, float, int]] = []
        index = self._picture.index
        for (row, column), place in np.ndenumerate(index):
            value = float(self._pixels[row, column])
            home, slot = self.cell(row, column), self.slot(int(place))
            # A pixel takes the time of half a line to get there.
            share = (self.progress - place) / max(1.0, 0.5 * self._line)
            share = 1.0 if self.progress >= self.total or not self.playing else share
            there = place < done
            self._paint_cell(painter, home, value, int(place), numbered, 0.35 if there else 1.0)
            if there and share < 1.0:
                flying.append((_between(home, slot, max(0.0, share)), value, int(place)))
            elif there:
                self._paint_cell(painter, slot, value, int(place), numbered, 1.0)
            else:
                painter.setPen(QPen(self._theme.colour("line"), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(slot)
        for box, value, place in flying:
            self._paint_cell(painter, box, value, place, numbered, 1.0)
        if 0 < done <= self.total and self.progress < self.total:
            row, column = (int(n[0]) for n in np.nonzero(index == done - 1))
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.cell(row, column))
            painter.drawRect(self.slot(done - 1))
        painter.end()

    def _paint_headings(self, painter: QPainter) -> None:
        painter.setFont(words_font(CAPTION_SIZE))
        painter.setPen(self._theme.colour("muted"))
        middle = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        left = QRectF(0, 0, self.width() * 0.44, 20 * current_scale())
        right = QRectF(self.width() * 0.54, 0, self.width() * 0.46, 20 * current_scale())
        rows, columns = self._picture.rows, self._picture.columns
        painter.drawText(left, int(middle), f"Picture, {rows}×{columns}")
        text = f"Input vector x, {self.total:,} entries"
        if self.total > _STACK:
            text += f", a stack for each {self._picture.order}"
        painter.drawText(right, int(middle), text)
        arrow = QPointF(self.width() * 0.49, self.height() / 2)
        painter.setPen(QPen(self._theme.colour("muted"), 2))
        painter.drawLine(arrow - QPointF(12, 0), arrow + QPointF(12, 0))
        for down in (-5, 5):
            painter.drawLine(arrow + QPointF(6, down), arrow + QPointF(12, 0))

    def _paint_cell(
        self,
        painter: QPainter,
        box: QRectF,
        value: float,
        place: int,
        numbered: bool,
        opacity: float,
    ) -> None:
        colour = self._theme.activation_colour(value, 1.0)
        painter.setOpacity(opacity)
        painter.fillRect(box, colour)
        if numbered and min(box.width(), box.height()) >= 11:
            size = min(11.0, 0.62 * min(box.height(), 1.4 * box.width()))
            painter.setFont(numbers_font(size / current_scale()))
            painter.setPen(readable_on(colour, self._theme))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(place + 1))
        painter.setOpacity(1.0)


def _between(start: QRectF, end: QRectF, share: float) -> QRectF:
    """A box on its way, slow at both ends."""
    eased = share * share * (3.0 - 2.0 * share)
    mixed = [a + (b - a) * eased for a, b in zip(start.getRect(), end.getRect(), strict=True)]
    return QRectF(*mixed)
