"""Samples with two inputs as points in a plane, painted with a brush and rubbed out again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.desk.looks import class_colour
from ui.desk.sample_model import SampleModel
from ui.style import current_scale, numbers_font
from ui.theme import CAPTION_SIZE, Theme

CHOOSE, PAINT, ERASE = "choose", "paint", "erase"
_DOT = 4.0
_REACH = 10.0
"""Pixels within which a point counts as pointed at."""
_APART = 9.0
"""Pixels between two points of one stroke of the brush."""
_MOST_POINTS = 5000
"""More points than this are thinned out evenly; the first ones would hide the others' shape."""


class Plane(QWidget):
    """The points of a model with two inputs; ``tool`` is "choose", "paint" or "erase".

    Signals
    -------
    chosen(int) : a sample was pointed at.
    painted(object) : new points, (K, 2), of one press or stroke.
    erased(object) : the samples rubbed out by one press or stroke.
    """

    chosen = Signal(int)
    painted = Signal(object)
    erased = Signal(object)

    def __init__(self, model: SampleModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        self.tool = CHOOSE
        self.class_number = 0
        self._current: int | None = None
        self._stroke: list[tuple[float, float]] = []
        self._rubbed: set[int] = set()
        self._pressed = ""
        self._cursor: QPointF | None = None
        self._low, self._high = np.full(2, -1.0), np.full(2, 1.0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Samples in the plane")
        self.setToolTip("Left button: the tool · right button: erase · arrows and Space by keys")
        model.modelReset.connect(self._on_reset)
        model.dataChanged.connect(self.update)

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def set_current(self, sample: int | None) -> None:
        """Ring a sample, or none."""
        self._current = sample
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    def _on_reset(self) -> None:
        data = self._model.data_set
        if data.n_inputs == 2 and len(data):
            self._fit(data.inputs)
        self.update()

    def _fit(self, points: NDArray[np.float64]) -> None:
        """Grow to hold all points with room around; shrink only for much smaller data."""
        low, high = points.min(axis=0), points.max(axis=0)
        span = np.maximum(high - low, 1e-9)
        outside = (low < self._low).any() or (high > self._high).any()
        sparse = (span < 0.3 * (self._high - self._low)).any()
        if outside or sparse:
            room = 0.15 * np.maximum(span, 0.2 * span.max())
            self._low, self._high = low - room, high + room

    # Geometry

    def _area(self) -> QRectF:
        line = QFontMetrics(numbers_font(CAPTION_SIZE)).height()
        return QRectF(self.rect()).adjusted(44 * current_scale(), 6, -8, -line - 6)

    def place_of(self, point: NDArray[np.float64]) -> QPointF:
        """Where a point (x1, x2) lies on the widget."""
        area = self._area()
        share = (np.asarray(point) - self._low) / (self._high - self._low)
        return QPointF(
            area.left() + share[0] * area.width(), area.bottom() - share[1] * area.height()
        )

    def point_at(self, place: QPointF) -> tuple[float, float]:
        """The point (x1, x2) at a place on the widget, to a thousandth of the range."""
        area = self._area()
        share = np.array(
            [
                (place.x() - area.left()) / area.width(),
                (area.bottom() - place.y()) / area.height(),
            ]
        )
        step = 10.0 ** (np.floor(np.log10(self._high - self._low)) - 2)
        point = np.rint((self._low + share * (self._high - self._low)) / step) * step
        return float(point[0]), float(point[1])

    def _places(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """(n, 2) positions on the widget of these samples."""
        area = self._area()
        share = (self._model.data_set.inputs[rows] - self._low) / (self._high - self._low)
        return np.stack(
            [area.left() + share[:, 0] * area.width(), area.bottom() - share[:, 1] * area.height()],
            axis=1,
        )

    def _near(self, place: QPointF) -> NDArray[np.intp]:
        """Samples around a place, the nearest first."""
        rows = self._model.rows
        if not len(rows):
            return rows
        away = np.hypot(*(self._places(rows) - [place.x(), place.y()]).T)
        order = np.argsort(away, kind="stable")
        near: NDArray[np.intp] = rows[order[away[order] <= _REACH * current_scale()]]
        return near

    # Painting with the mouse and the keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        right = event.button() is Qt.MouseButton.RightButton
        if self._model.data_set.n_inputs != 2 or not (
            right or event.button() is Qt.MouseButton.LeftButton
        ):
            return
        self._cursor = None
        self._act(ERASE if right else self.tool, event.position())

    def _act(self, tool: str, place: QPointF) -> None:
        self._pressed = tool
        if tool == CHOOSE:
            near = self._near(place)
            if len(near):
                self.chosen.emit(int(near[0]))
        else:
            self._lead(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed in (PAINT, ERASE):
            self._lead(event.position())

    def _lead(self, place: QPointF) -> None:
        if self._pressed == ERASE:
            self._rubbed |= {int(row) for row in self._near(place)}
            self.update()
            return
        if not self._area().contains(place):
            return
        if self._stroke:
            apart = place - self.place_of(np.array(self._stroke[-1]))
            if np.hypot(apart.x(), apart.y()) < _APART * current_scale():
                return
        self._stroke.append(self.point_at(place))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._finish()

    def _finish(self) -> None:
        stroke, rubbed = self._stroke, sorted(self._rubbed)
        self._stroke, self._rubbed, self._pressed = [], set(), ""
        if stroke:
            self.painted.emit(np.array(stroke))
        if rubbed:
            self.erased.emit(rubbed)
        self.update()

    def contextMenuEvent(self, event: QEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        area = self._area()
        here = self._cursor or area.center()
        if key in steps:
            right, down = steps[key]
            size = 8 * current_scale()
            x = min(max(here.x() + right * size, area.left()), area.right() - 1)
            y = min(max(here.y() + down * size, area.top()), area.bottom() - 1)
            self._cursor = QPointF(x, y)
            self.setAccessibleDescription(
                "x1 = {:g}, x2 = {:g}".format(*self.point_at(self._cursor))
            )
            self.update()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
            self._act(self.tool, here)
            self._finish()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._act(ERASE, here)
            self._finish()
        else:
            super().keyPressEvent(event)

    # Painting on the screen

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        painter.setPen(QPen(self._theme.colour("line"), 1))
        painter.setBrush(self._theme.colour("background"))
        painter.drawRect(area)
        self._paint_axes(painter, area)
        data = self._model.data_set
        if data.n_inputs == 2:
            painter.setClipRect(area.adjusted(-3, -3, 3, 3))
            self._paint_points(painter)
        painter.setClipping(False)
        if self._cursor is not None and self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.drawLine(self._cursor - QPointF(7, 0), self._cursor + QPointF(7, 0))
            painter.drawLine(self._cursor - QPointF(0, 7), self._cursor + QPointF(0, 7))
        painter.end()

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(numbers_font(CAPTION_SIZE))
        names = self._model.data_set.input_names
        for axis in (0, 1):
            if self._low[axis] < 0.0 < self._high[axis]:
                zero = self.place_of(np.where([axis == 0, axis == 1], 0.0, self._low))
                painter.setPen(QPen(self._theme.colour("line"), 1))
                if axis == 0:
                    painter.drawLine(
                        QPointF(zero.x(), area.top()), QPointF(zero.x(), area.bottom())
                    )
                else:
                    painter.drawLine(
                        QPointF(area.left(), zero.y()), QPointF(area.right(), zero.y())
                    )
            painter.setPen(self._theme.colour("muted"))
            low, high = (
                f"{end:.2g}".replace("-", "−") for end in (self._low[axis], self._high[axis])
            )
            name = names[axis] if len(names) > axis else f"x{axis + 1}"
            if axis == 0:
                below = QRectF(area.left(), area.bottom() + 2, area.width(), self.height())
                top = int(Qt.AlignmentFlag.AlignTop)
                painter.drawText(below, top | int(Qt.AlignmentFlag.AlignLeft), low)
                painter.drawText(below, top | int(Qt.AlignmentFlag.AlignHCenter), name)
                painter.drawText(below, top | int(Qt.AlignmentFlag.AlignRight), high)
            else:
                beside = QRectF(0, area.top(), area.left() - 5, area.height())
                right = int(Qt.AlignmentFlag.AlignRight)
                painter.drawText(beside, right | int(Qt.AlignmentFlag.AlignBottom), low)
                painter.drawText(beside, right | int(Qt.AlignmentFlag.AlignVCenter), name)
                painter.drawText(beside, right | int(Qt.AlignmentFlag.AlignTop), high)

    def _paint_points(self, painter: QPainter) -> None:
        model, theme, radius = self._model, self._theme, _DOT * current_scale()
        rows = model.rows
        if len(rows) > _MOST_POINTS:
            rows = rows[np.linspace(0, len(rows) - 1, _MOST_POINTS).astype(np.intp)]
        classes, wrong = model.data_set.target_classes, model.wrong
        edge = QPen(theme.colour("panel"), 1)
        for row, (x, y) in zip(rows.tolist(), self._places(rows).tolist(), strict=True):
            number = 0 if classes is None else int(classes[row])
            colour = class_colour(theme, number)
            held_out = model.parts[row] != 0
            painter.setOpacity(0.2 if row in self._rubbed else 1.0)
            painter.setPen(QPen(colour, 1.5) if held_out else edge)
            painter.setBrush(theme.colour("panel") if held_out else colour)
            painter.drawEllipse(QPointF(x, y), radius, radius)
            if wrong[row]:
                painter.setPen(QPen(theme.colour("text"), 1.2))
                painter.drawLine(QPointF(x - radius, y - radius), QPointF(x + radius, y + radius))
                painter.drawLine(QPointF(x - radius, y + radius), QPointF(x + radius, y - radius))
            if row == self._current:
                painter.setPen(QPen(theme.colour("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QPointF(x, y), radius + 3, radius + 3)
        painter.setOpacity(1.0)
        painter.setPen(edge)
        painter.setBrush(class_colour(theme, self.class_number))
        for point in self._stroke:
            painter.drawEllipse(self.place_of(np.array(point)), radius, radius)
