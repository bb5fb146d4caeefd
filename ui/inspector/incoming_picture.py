"""The weights into a neuron as a picture, in the order in which the input's picture is unpacked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from simulator.data.dataset import Picture
from ui.inspector.small_plot import current_theme
from ui.panels.legend import paint_colour_bar
from ui.panels.scales import Scale, largest_of
from ui.panels.text import MINUS, limit_text
from ui.style import current_scale, numbers_font
from ui.theme import CAPTION_SIZE

HEIGHT = 132
_BAR = 10
_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class IncomingPicture(QWidget):
    """One square a weight, coloured by sign and size, with its scale beside it.

    Signals
    -------
    pointed(object) : the input (from 0) under the pointer, None where there is none.
    chosen(int) : the input whose weight was clicked, or moved to with the arrow keys.
    entered(int) : the input on which Return was pressed or that was clicked twice.
    """

    pointed = Signal(object)
    chosen = Signal(int)
    entered = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = Picture(1, 1)
        self._weights: NDArray[np.float64] = np.zeros(1)
        self._there: NDArray[np.bool_] = np.ones(1, bool)
        self._scale = Scale()
        self._current = 0
        self._under: int | None = None
        self.setObjectName("Incoming weights as a picture")
        self.setAccessibleName("Incoming weights as a picture")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def limit(self) -> float:
        """The weight at the end of the scale."""
        return self._scale.limit

    @property
    def pixels(self) -> NDArray[np.float64]:
        """What is on show, (rows, columns)."""
        return self._picture.pack(self._weights)

    @property
    def current(self) -> int:
        """The input whose weight is outlined."""
        return self._current

    def show_picture(self, picture: Picture, there: NDArray[np.bool_]) -> None:
        """Show weights as this picture; ``there`` (inputs,) says which links there are."""
        if picture != self._picture:
            self._picture = picture
            self._weights = np.full(picture.rows * picture.columns, np.nan)
            self._current = 0
        self._there = there
        self.update()

    def restart_scale(self) -> None:
        """The next weights are those of another neuron."""
        self._scale = Scale()

    def show_weights(self, weights: NDArray[np.float64], steady: bool = False) -> None:
        """Show these weights (inputs,); ``steady`` while training runs."""
        if len(weights) != self._picture.rows * self._picture.columns:
            return
        if not np.array_equal(weights, self._weights, equal_nan=True):
            self._weights = weights
            self._scale.fit(largest_of(weights), steady)
            self.update()

    def choose(self, number: int) -> None:
        """Outline the weight of an input."""
        if number != self._current and 0 <= number < len(self._weights):
            self._current = number
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, round(HEIGHT * current_scale()))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def _cells(self) -> QRectF:
        """Where the picture is, px."""
        rows, columns = self._picture.rows, self._picture.columns
        room = QRectF(self.rect()).adjusted(2, 2, -self._legend_width() - 10, -2)
        cell = max(1.0, float(int(min(room.width() / columns, room.height() / rows))))
        return QRectF(room.left(), room.top(), cell * columns, cell * rows)

    def _legend_width(self) -> float:
        wide = QFontMetricsF(numbers_font(CAPTION_SIZE)).horizontalAdvance("+0.007")
        return _BAR + 6 + wide

    def rect_of(self, number: int) -> QRectF:
        """Where the weight of an input is drawn, px."""
        rows, columns = np.nonzero(self._picture.index == number)
        cells = self._cells()
        cell = cells.width() / self._picture.columns
        corner = QPointF(cells.left() + columns[0] * cell, cells.top() + rows[0] * cell)
        return QRectF(corner.x(), corner.y(), cell, cell)

    def _input_at(self, place: QPointF) -> int | None:
        cells = self._cells()
        if not cells.contains(place):
            return None
        row = int((place.y() - cells.top()) / cells.height() * self._picture.rows)
        column = int((place.x() - cells.left()) / cells.width() * self._picture.columns)
        if row >= self._picture.rows or column >= self._picture.columns:
            return None
        return int(self._picture.index[row, column])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, cells = current_theme(), self._cells()
        values = np.nan_to_num(self.pixels / self.limit, posinf=1.0, neginf=-1.0)
        places = np.rint(255 + 255 * np.clip(values, -1.0, 1.0)).astype(np.intp)
        colours = np.ascontiguousarray(theme.signed_table[places])
        height, width = colours.shape[:2]
        image = QImage(colours.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
        painter.drawImage(cells, image)
        cell = cells.width() / self._picture.columns
        if cell >= 8.0:
            painter.setPen(QPen(theme.colour("panel"), 1.0))
            for column in range(1, width):
                x = cells.left() + column * cell
                painter.drawLine(QPointF(x, cells.top()), QPointF(x, cells.bottom()))
            for row in range(1, height):
                y = cells.top() + row * cell
                painter.drawLine(QPointF(cells.left(), y), QPointF(cells.right(), y))
        painter.setPen(QPen(theme.colour("muted"), 1.0))
        for number in np.flatnonzero(~self._there):
            square = self.rect_of(int(number)).adjusted(2, 2, -2, -2)
            painter.drawLine(square.topLeft(), square.bottomRight())
            painter.drawLine(square.topRight(), square.bottomLeft())
        self._paint_marks(painter)
        self._paint_legend(painter, cells)
        painter.end()

    def _paint_marks(self, painter: QPainter) -> None:
        theme = current_theme()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.hasFocus() or self._under is None:
            token = "accent" if self.hasFocus() else "muted"
            painter.setPen(QPen(theme.colour(token), 2.0))
            painter.drawRect(self.rect_of(self._current))
        if self._under is not None:
            painter.setPen(QPen(theme.colour("text"), 1.5))
            painter.drawRect(self.rect_of(self._under))

    def _paint_legend(self, painter: QPainter, cells: QRectF) -> None:
        theme = current_theme()
        painter.setFont(numbers_font(CAPTION_SIZE))
        line = QFontMetricsF(painter.font()).height()
        bar = QRectF(cells.right() + 10, cells.top(), _BAR, max(cells.height(), 3 * line))
        paint_colour_bar(painter, bar, theme.signed_table)
        painter.setPen(theme.colour("text"))
        end = limit_text(self.limit)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        ends = (("+" + end, bar.top() + line / 2), (MINUS + end, bar.bottom() - line / 2))
        for text, middle in (*ends, (" 0", bar.center().y())):
            painter.drawText(QRectF(bar.right() + 6, middle - line / 2, 80, line), left, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._input_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def _point(self, number: int | None) -> None:
        if number != self._under:
            self._under = number
            self.pointed.emit(number)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._input_at(event.position())
        if found is not None and event.button() is Qt.MouseButton.LeftButton:
            self._move_to(found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self._input_at(event.position())
        if found is not None and event.button() is Qt.MouseButton.LeftButton:
            self._move_to(found)
            self.entered.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(self._current)
        elif key in _MOVES:
            rows, columns = np.nonzero(self._picture.index == self._current)
            down, right = _MOVES[Qt.Key(key)]
            row = min(max(int(rows[0]) + down, 0), self._picture.rows - 1)
            column = min(max(int(columns[0]) + right, 0), self._picture.columns - 1)
            self._move_to(int(self._picture.index[row, column]))
        else:
            super().keyPressEvent(event)

    def _move_to(self, number: int) -> None:
        self._current = number
        self.chosen.emit(number)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
