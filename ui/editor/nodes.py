"""The neurons: fill = activation, ring = delta, dashed and crossed = dropped.

A node's picture is made once per look and then only copied, which is ten times as fast as
painting circles: 600 neurons take 1 ms.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from ui.editor.layout import Column, Layout
from ui.editor.readings import Array, LayerReading, Readings
from ui.pictures import settled
from ui.theme import Theme

FILL_STEPS = 48
RING_STEPS = 12
FEWEST_FOR_IMAGE = 260
"""Pixels from which an input picture is painted as an image instead of pixel by pixel."""
_MOST_PIXELS = 1_000_000
"""Of all pictures of nodes together, 4 MB: new looks come up for many minutes of training."""
_LARGEST_SPRITE = 24.0
"""Radius in device pixels up to which pictures of nodes are kept: of larger ones few are seen."""
_BLANK, _PLAIN, _HELD, _DROPPED = range(4)


class NodePainter:
    """Paints all nodes of a layout in one theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._sprites: dict[tuple[object, ...], QPixmap] = {}
        self._pixels = 0
        self._table: NDArray[np.uint32] | None = None
        self._exact = False

    def paint(
        self, painter: QPainter, layout: Layout, readings: Readings, exact: bool = False
    ) -> None:
        """Paint every column's nodes; ``exact`` paints each anew, as a figure needs it."""
        self._exact = exact
        ratio = painter.device().devicePixelRatioF()
        for column, reading in zip(layout.columns, readings.layers, strict=True):
            if column.picture is not None:
                self._paint_picture(painter, column, reading, ratio)
            else:
                self._paint_column(painter, column, reading, ratio)

    def _paint_column(
        self, painter: QPainter, column: Column, reading: LayerReading, ratio: float
    ) -> None:
        seen = _in_sight(painter, column)
        if seen.size == 0:
            return
        fills, form = _fills(column, reading)
        forms = np.full(len(column.shown), form)
        if reading.dropped is not None:
            forms[reading.dropped[column.shown]] = _DROPPED
        radius = round(column.radius * 8) / 8
        half = _side(radius, ratio) / 2
        nodes = zip(
            np.rint(column.x[seen] * ratio - half).tolist(),
            np.rint(column.y[seen] * ratio - half).tolist(),
            forms[seen].tolist(),
            fills[seen].astype(int).tolist(),
            _rings(column, reading)[seen].astype(int).tolist(),
            strict=True,
        )
        for x, y, kind, fill, ring in nodes:
            if self._exact or radius * ratio > _LARGEST_SPRITE:
                middle = QPointF((x + half) / ratio, (y + half) / ratio)
                self._paint_circle(painter, middle, kind, radius, fill, ring)
                continue
            look = (kind, radius, fill, ring, ratio)
            sprite = self._sprites.get(look)
            if sprite is None:
                sprite = self._remember(look, self._circle(*look))
            painter.drawPixmap(QPointF(x / ratio, y / ratio), sprite)

    def _remember(self, look: tuple[object, ...], sprite: QPixmap) -> QPixmap:
        pixels = sprite.width() * sprite.height()
        if self._pixels + pixels > _MOST_PIXELS:
            self._sprites.clear()
            self._pixels = 0
        self._pixels += pixels
        kept = self._sprites[look] = settled(sprite)
        return kept

    def _fill_colour(self, step: int) -> QColor:
        return self.theme.activation_colour(step / FILL_STEPS, 1.0)

    def _circle(self, form: int, radius: float, fill: int, ring: int, ratio: float) -> QPixmap:
        """One node's picture."""
        side = _side(radius, ratio)
        sprite = QPixmap(side, side)
        sprite.setDevicePixelRatio(ratio)
        sprite.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sprite)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(side / ratio / 2, side / ratio / 2)
        self._paint_circle(painter, middle, form, radius, fill, ring)
        painter.end()
        return sprite

    def _paint_circle(
        self, painter: QPainter, middle: QPointF, form: int, radius: float, fill: int, ring: int
    ) -> None:
        theme = self.theme
        if form == _DROPPED:
            _paint_dropped(painter, middle, radius, theme)
            return
        outline = theme.colour("muted", 0.7 if form == _BLANK else 0.45)
        thin = 1.0 if radius > 4 else 0.7
        body = "zero" if form in (_BLANK, _HELD) else None
        painter.setPen(QPen(outline, thin))
        painter.setBrush(theme.colour(body) if body else self._fill_colour(fill))
        painter.drawEllipse(middle, radius - thin / 2, radius - thin / 2)
        if form == _HELD:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.signed_colour(fill / FILL_STEPS, 1.0))
            painter.drawEllipse(middle, 0.58 * radius, 0.58 * radius)
        if ring:
            share = abs(ring) / RING_STEPS
            thick = min(1.0 + 0.16 * min(radius, 18.0) * (0.3 + share), 0.6 * radius)
            painter.setPen(QPen(theme.signed_colour(ring / RING_STEPS, 1.0), thick))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, radius - thick / 2 + 0.5, radius - thick / 2 + 0.5)

    def _paint_picture(
        self, painter: QPainter, column: Column, reading: LayerReading, ratio: float
    ) -> None:
        assert column.picture is not None and column.cells is not None
        fills, form = _fills(column, reading)
        cells = fills[column.cells]
        box = column.picture
        size = 2 * column.radius
        if cells.size >= FEWEST_FOR_IMAGE or size < 5.0:
            self._paint_image(painter, column, cells)
        else:
            for (row, place), fill in np.ndenumerate(cells):
                at = QPointF(box.x + place * size, box.y + row * size)
                if self._exact:
                    self._paint_pixel(painter, at, form, size, int(fill))
                    continue
                look = ("pixel", form, size, int(fill), ratio)
                sprite = self._sprites.get(look)
                if sprite is None:
                    sprite = self._remember(look, self._pixel(form, size, int(fill), ratio))
                painter.drawPixmap(at, sprite)
        if reading.dropped is not None:
            self._cross_out(painter, column, reading.dropped)
        if form == _BLANK and size < 5.0:
            painter.setPen(QPen(self.theme.colour("muted", 0.6), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(*box))

    def _cross_out(self, painter: QPainter, column: Column, dropped: NDArray[np.bool_]) -> None:
        """Cross the dropped pixels out; of tiny ones only cover them."""
        radius = column.radius
        for place in np.flatnonzero(dropped[column.shown]):
            middle = QPointF(column.x[place], column.y[place])
            edge = radius - 0.5
            box = QRectF(middle.x() - edge, middle.y() - edge, 2 * edge, 2 * edge)
            painter.fillRect(box, self.theme.colour("panel"))
            if radius >= 2.5:
                _paint_cross(painter, middle, radius, self.theme)

    def _pixel(self, form: int, size: float, fill: int, ratio: float) -> QPixmap:
        side = math.ceil(size * ratio)
        sprite = QPixmap(side, side)
        sprite.setDevicePixelRatio(ratio)
        sprite.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sprite)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_pixel(painter, QPointF(), form, size, fill)
        painter.end()
        return sprite

    def _paint_pixel(
        self, painter: QPainter, at: QPointF, form: int, size: float, fill: int
    ) -> None:
        gap = 1.0 if size >= 8 else 0.5
        alpha = 0.6 if form == _BLANK else 0.16
        painter.setPen(QPen(self.theme.colour("muted", alpha), 1.0 if size >= 8 else 0.5))
        painter.setBrush(self._fill_colour(fill))
        corner = min(2.5, 0.14 * size)
        edge = gap / 2 + 0.5
        square = QRectF(at.x() + edge, at.y() + edge, size - 2 * edge, size - 2 * edge)
        painter.drawRoundedRect(square, corner, corner)

    def _paint_image(self, painter: QPainter, column: Column, cells: Array) -> None:
        assert column.picture is not None
        if self._table is None:
            steps = range(-FILL_STEPS, FILL_STEPS + 1)
            self._table = np.array([self._fill_colour(step).rgb() for step in steps], np.uint32)
        pixels = np.ascontiguousarray(self._table[(cells + FILL_STEPS).astype(np.intp)])
        rows, columns = pixels.shape
        image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
        painter.drawImage(QRectF(*column.picture), image)


def _in_sight(painter: QPainter, column: Column) -> NDArray[np.intp]:
    """Places of the nodes that come into what is painted."""
    device, radius = painter.device(), column.radius + 2.0
    x = (column.x + radius >= 0.0) & (column.x - radius <= device.width())
    y = (column.y + radius >= 0.0) & (column.y - radius <= device.height())
    return np.flatnonzero(x & y)


def _side(radius: float, ratio: float) -> int:
    """Device pixels of a node's picture, an even number."""
    return 2 * math.ceil((radius + 1.5) * ratio)


def _fills(column: Column, reading: LayerReading) -> tuple[Array, int]:
    """(n,) fill steps, -FILL_STEPS..FILL_STEPS, and the form they are shown in."""
    if reading.activation is not None:
        return _steps(reading.activation[column.shown], reading.largest, FILL_STEPS), _PLAIN
    if reading.z is not None:
        z = reading.z[column.shown]
        largest = float(np.abs(np.nan_to_num(z)).max())
        return _steps(z, largest, FILL_STEPS), _HELD
    return np.zeros(len(column.shown)), _BLANK


def _rings(column: Column, reading: LayerReading) -> Array:
    """(n,) ring steps, -RING_STEPS..RING_STEPS; 0 is no ring."""
    if reading.delta is None:
        return np.zeros(len(column.shown))
    return _steps(reading.delta[column.shown], reading.largest_delta, RING_STEPS)


def _steps(values: Array, largest: float, steps: int) -> Array:
    if largest <= 0.0:
        return np.zeros(values.shape)
    share = np.nan_to_num(values / largest, nan=0.0, posinf=1.0, neginf=-1.0)
    return np.rint(np.clip(share, -1.0, 1.0) * steps)


def _paint_dropped(painter: QPainter, middle: QPointF, radius: float, theme: Theme) -> None:
    """A dashed circle with a cross: not there in this step."""
    thin = 1.2 if radius > 5 else 0.8
    pen = QPen(theme.colour("muted"), thin)
    if radius > 4:
        pen.setDashPattern([2.2 / thin, 2.0 / thin])
    painter.setPen(pen)
    painter.setBrush(theme.colour("panel"))
    painter.drawEllipse(middle, radius - thin / 2, radius - thin / 2)
    _paint_cross(painter, middle, radius, theme)


def _paint_cross(painter: QPainter, middle: QPointF, radius: float, theme: Theme) -> None:
    thin = 1.2 if radius > 5 else 0.8
    arm = 0.42 * radius
    painter.setPen(QPen(theme.colour("text", 0.85), max(thin, 0.13 * radius)))
    for way in (-1, 1):
        start = QPointF(middle.x() - arm, middle.y() - way * arm)
        painter.drawLine(start, QPointF(middle.x() + arm, middle.y() + way * arm))
