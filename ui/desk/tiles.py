"""The samples as tiles: thumbnail, class in colour and words, part, and whether it is wrong."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from ui.canvas.thumbnails import THUMB, paint_picture, paint_values, values_width
from ui.desk.looks import PART_LETTERS, class_colour, part_colour
from ui.desk.sample_model import PARTS, SAMPLE, SampleModel
from ui.desk.tile_grid import TileGrid
from ui.style import current_scale, numbers_font, words_font
from ui.theme import CAPTION_SIZE, Theme

_PAD, _LABEL, _DOT, _TAG = 4, 16, 8, 11
_WIDEST_LABEL = 62


class TileDelegate(QStyledItemDelegate):
    """Paints one sample; its size fits the pictures of the model."""

    def __init__(self, model: SampleModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self.theme = theme

    def tile(self) -> QSize:
        """The size of every tile."""
        scale, data = current_scale(), self._model.data_set
        # Alone on the stage a picture may be larger by more than the type.
        width = height = round(THUMB * scale * scale)
        if data.picture is None:
            width, height = values_width(data.n_inputs, scale), round(22 * scale)
        width = max(width, round(_WIDEST_LABEL * scale))
        return QSize(width + 2 * _PAD, height + 2 * _PAD + round(_LABEL * scale))

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return self.tile()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme, scale, model = self.theme, current_scale(), self._model
        sample, data = int(model.rows[index.row()]), model.data_set
        tile = QRectF(option.rect)
        label = round(_LABEL * scale)
        box = tile.adjusted(_PAD, _PAD, -_PAD, -_PAD - label)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent", 0.16))
            painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), 5, 5)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), 5, 5)
        if data.picture is not None:
            picture = np.clip(data.picture.pack(data.inputs[sample]), 0.0, 1.0)
            paint_picture(painter, box, picture, theme, painter.device().devicePixelRatioF())
        else:
            wide = values_width(data.n_inputs, scale)
            middle = QRectF(box.center().x() - wide / 2, box.top(), wide, box.height())
            largest = max(1e-300, float(np.abs(data.inputs[sample]).max(initial=0.0)))
            paint_values(painter, middle, data.inputs[sample], largest, theme)
        area = QRectF(tile.left() + _PAD, box.bottom() + 1, tile.width() - 2 * _PAD, label)
        self._paint_label(painter, area, sample, chosen)
        if model.wrong[sample]:
            self._paint_wrong(painter, box.topRight() + QPointF(-2.0, 3.0))
        painter.restore()

    def _paint_label(self, painter: QPainter, area: QRectF, sample: int, chosen: bool) -> None:
        theme, model, scale = self.theme, self._model, current_scale()
        letter = PART_LETTERS[PARTS[model.parts[sample]]]
        text = model.label(sample)
        if model.wrong[sample]:
            text += f" → {model.data_set.class_name(int(model.says[sample]))}"
        font = numbers_font(CAPTION_SIZE)
        metrics = QFontMetrics(font)
        dot = _DOT * scale if model.data_set.target_classes is not None else 0.0
        tag = (_TAG + 3) * scale if letter else 0.0
        room = int(area.width() - dot - tag - 4)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        used = dot + 3 + metrics.horizontalAdvance(text) + tag
        x = area.left() + max(0.0, (area.width() - used) / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        if dot:
            classes = model.data_set.target_classes
            painter.setBrush(class_colour(theme, int(classes[sample])))
            painter.drawRoundedRect(QRectF(x, area.center().y() - dot / 2, dot, dot), 2, 2)
            x += dot + 3
        painter.setFont(font)
        painter.setPen(theme.colour("text" if chosen or model.wrong[sample] else "muted"))
        place = QRectF(x, area.top(), room + 2, area.height())
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, left, text)
        if letter:
            x += metrics.horizontalAdvance(text) + 3
            side = _TAG * scale
            ground = QRectF(x, area.center().y() - side / 2, side, side)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(part_colour(theme, PARTS[model.parts[sample]]))
            painter.drawRoundedRect(ground, 2.5, 2.5)
            painter.setFont(words_font(CAPTION_SIZE - 2, 600))
            painter.setPen(theme.colour("panel"))
            painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, letter)

    def _paint_wrong(self, painter: QPainter, middle: QPointF) -> None:
        """A cross in a disc."""
        radius = 6.0 * current_scale()
        painter.setPen(QPen(self.theme.colour("panel"), 1.5))
        painter.setBrush(self.theme.colour("text"))
        painter.drawEllipse(middle, radius, radius)
        arm = 0.42 * radius
        for down in (arm, -arm):
            painter.drawLine(middle + QPointF(-arm, -down), middle + QPointF(arm, down))


class TileView(TileGrid):
    """Tiles in rows.

    ``key_pressed`` carries a character typed on the samples, to name their class.
    """

    key_pressed = Signal(str)

    def __init__(self, model: SampleModel, theme: Theme) -> None:
        super().__init__()
        self._tiles = TileDelegate(model, theme)
        self.setModel(model)
        self.set_model_column(SAMPLE)
        self.setItemDelegate(self._tiles)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDropIndicatorShown(True)
        self.setAccessibleName("Samples as pictures")
        self.setFrameShape(QFrame.Shape.NoFrame)

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours and sizes."""
        self._tiles.theme = theme
        self.updateGeometries()
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not held and event.text().isalnum():
            self.key_pressed.emit(event.text())
            return
        super().keyPressEvent(event)
