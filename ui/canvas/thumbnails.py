"""Small pictures of single samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from ui.style import current_scale, numbers_font
from ui.theme import Theme

THUMB = 34
VALUE_CELL = 20
MOST_VALUES = 5
"""So many inputs of a sample without a picture are shown."""
_SMALLEST_CELL = 3


def values_width(inputs: int, scale: float) -> int:
    """Width of the cells of a sample with so many inputs."""
    shown = max(1, min(inputs, MOST_VALUES))
    return round(shown * VALUE_CELL * scale) + (shown - 1)


def paint_picture(
    painter: QPainter, box: QRectF, picture: NDArray[np.float64], theme: Theme, ratio: float
) -> None:
    """A picture (rows, columns) in 0..1, its pixels whole numbers of the screen's pixels."""
    rows, columns = picture.shape
    pitch = int(min(box.width() / columns, box.height() / rows) * ratio) / ratio
    if pitch * ratio < _SMALLEST_CELL:
        _paint_fine(painter, box, picture, theme)
        return
    gap = 1.0 / ratio if pitch >= 3.0 else 0.0
    x0 = box.center().x() - columns * pitch / 2
    y0 = box.center().y() - rows * pitch / 2
    x0, y0 = round(x0 * ratio) / ratio, round(y0 * ratio) / ratio
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for (row, column), value in np.ndenumerate(picture):
        cell = QRectF(x0 + column * pitch, y0 + row * pitch, pitch - gap, pitch - gap)
        painter.fillRect(cell, theme.activation_colour(float(value), 1.0))
    painter.restore()


def _paint_fine(painter: QPainter, box: QRectF, picture: NDArray[np.float64], theme: Theme) -> None:
    rows, columns = picture.shape
    places = np.rint(np.clip(picture, 0.0, 1.0) * 255).astype(np.intp)
    pixels = np.ascontiguousarray(theme.activation_table[places])
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
    scale = min(box.width() / columns, box.height() / rows)
    area = QRectF(0, 0, columns * scale, rows * scale)
    area.moveCenter(box.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(area, image)
    painter.restore()


def paint_values(
    painter: QPainter, box: QRectF, values: NDArray[np.float64], largest: float, theme: Theme
) -> None:
    """The first few values of a sample as cells, with the number where it is short."""
    scale = current_scale()
    side = VALUE_CELL * scale
    shown = values[:MOST_VALUES]
    font = numbers_font(11)
    top = box.center().y() - side / 2
    for place, value in enumerate(shown):
        cell = QRectF(box.left() + place * (side + 1), top, side, side)
        colour = theme.activation_colour(float(value), largest)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(cell, 3, 3)
        last = place == MOST_VALUES - 1 and len(values) > MOST_VALUES
        text = "…" if last else f"{value:g}"
        if len(text) <= 2:
            painter.setFont(font)
            painter.setPen(readable_on(colour, theme))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)


def readable_on(colour: QColor, theme: Theme) -> QColor:
    """The theme's text or panel colour, whichever stands out more on a colour."""
    light = _luminance(colour)
    text, panel = theme.colour("text"), theme.colour("panel")
    return text if abs(_luminance(text) - light) > abs(_luminance(panel) - light) else panel


def _luminance(colour: QColor) -> float:
    return 0.299 * colour.redF() + 0.587 * colour.greenF() + 0.114 * colour.blueF()
