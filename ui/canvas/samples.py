"""Thumbnails of the samples, to choose one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolTip, QWidget

from ui.canvas.thumbnails import THUMB, paint_picture, paint_values, values_width
from ui.style import current_scale, numbers_font, words_font
from ui.theme import CAPTION_SIZE, LIGHT, Theme

_PAD = 3
_GAP = 2
_LABEL = 16
_TAG = 11
_TAGS = {"validation": ("V", "muted"), "test": ("T", "text")}
"""Letter and colour of the tag on samples that are not trained on."""


class SampleStrip(QWidget):
    """A wrapping grid of samples; its height follows its width, so it fits a scroll area.

    Signals
    -------
    chosen(int) : the user chose a sample with the mouse or the keyboard.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._images: NDArray[np.float64] = np.zeros((0, 1, 1))
        self._labels: list[str] = []
        self._parts: dict[int, str] = {}
        self._largest = 1.0
        self._selected: int | None = None
        self._training: int | None = None
        self._hovered: int | None = None
        self._tile = QSize(1, 1)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setAccessibleName("Samples")
        self._measure()

    # What is shown

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours and sizes."""
        self._theme = theme
        self._measure()
        self.update()

    def set_samples(self, images: ArrayLike, labels: Sequence[str]) -> None:
        """Show pictures (n, rows, columns) or plain values (n, inputs), each with a label.

        The numbers are not copied, so they must not change.
        """
        new = np.asarray(images, dtype=float)
        if new.ndim not in (2, 3) or len(new) != len(labels):
            raise ValueError(f"{len(labels)} labels for samples of shape {new.shape}")
        self._images = new
        self._labels = [str(label) for label in labels]
        ends = np.nan_to_num([new.max(initial=0.0), new.min(initial=0.0)])
        self._largest = max(1e-300, float(np.abs(ends).max()))
        self._parts = {}
        self._selected = self._training = self._hovered = None
        self._measure()
        self._describe()
        self.update()

    def set_parts(self, validation: Iterable[int], test: Iterable[int]) -> None:
        """Tag the samples that are kept for validation and for the test."""
        parts = {int(row): "validation" for row in validation}
        parts.update((int(row), "test") for row in test)
        if parts != self._parts:
            self._parts = parts
            self._describe()
            self.update()

    def count(self) -> int:
        """Number of samples."""
        return len(self._labels)

    def selected(self) -> int | None:
        """The ringed sample."""
        return self._selected

    def training(self) -> int | None:
        """The sample in training."""
        return self._training

    def set_selected(self, index: int | None) -> None:
        """Ring a sample, or none, without saying so."""
        self._selected = self._replace(self._selected, index)
        self._describe()

    def set_training(self, index: int | None) -> None:
        """Underline the sample that is in training just now."""
        self._training = self._replace(self._training, index)

    def _replace(self, old: int | None, new: int | None) -> int | None:
        if new is not None and not 0 <= new < self.count():
            new = None
        if new != old:
            for index in (old, new):
                if index is not None:
                    self.update(self.tile_rect(index))
        return new

    def _describe(self) -> None:
        index = self._selected
        text = f"{self.count()} samples"
        if index is not None:
            text = f"sample {index + 1} of {self.count()}, {self._labels[index]}"
            text += f", {self._parts[index]}" if index in self._parts else ""
        self.setAccessibleDescription(text)

    # Geometry

    def _measure(self) -> None:
        scale = current_scale()
        width = round(THUMB * scale)
        height = width
        if self._images.ndim == 2:
            width, height = values_width(self._images.shape[1], scale), round(22 * scale)
        pad = 2 * _PAD
        label = round(_LABEL * scale)
        self._tile = QSize(width + pad, height + pad + label)
        self._fit_height()

    def per_row(self) -> int:
        """Samples side by side."""
        return max(1, (self.width() + _GAP) // (self._tile.width() + _GAP))

    def row_height(self) -> int:
        """Height of one row of samples."""
        return self._tile.height() + _GAP

    def _fit_height(self) -> None:
        rows = -(-self.count() // self.per_row())
        height = max(1, rows * self.row_height() - _GAP)
        if height != self.minimumHeight():
            self.setMinimumHeight(height)

    def heightForWidth(self, width: int) -> int:
        per_row = max(1, (width + _GAP) // (self._tile.width() + _GAP))
        return max(1, -(-self.count() // per_row) * self.row_height() - _GAP)

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(200, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._tile.width(), self.row_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def tile_rect(self, index: int) -> QRect:
        """Where a sample is drawn, with its label."""
        row, column = divmod(index, self.per_row())
        x = column * (self._tile.width() + _GAP)
        return QRect(x, row * self.row_height(), self._tile.width(), self._tile.height())

    def index_at(self, point: QPointF) -> int | None:
        """The sample under a point."""
        column = int(point.x()) // (self._tile.width() + _GAP)
        row = int(point.y()) // self.row_height()
        if point.x() < 0 or point.y() < 0 or column >= self.per_row():
            return None
        index = row * self.per_row() + column
        return index if index < self.count() else None

    # Choosing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and index is not None:
            self._choose(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hovered(self.index_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._set_hovered(None)

    def _set_hovered(self, index: int | None) -> None:
        self._hovered = self._replace(self._hovered, index)
        pointing = index is not None
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.per_row(),
            Qt.Key.Key_Down: self.per_row(),
            Qt.Key.Key_Home: -self.count(),
            Qt.Key.Key_End: self.count(),
        }
        key = Qt.Key(event.key())
        if key not in steps or not self.count():
            super().keyPressEvent(event)
            return
        if self._selected is None:
            self._choose(0)
            return
        target = self._selected + steps[key]
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            target = min(max(target, 0), self.count() - 1)
        if 0 <= target < self.count() and target != self._selected:
            self._choose(target)

    def _choose(self, index: int) -> None:
        self.set_selected(index)
        self.make_visible(index)
        self.chosen.emit(index)

    def make_visible(self, index: int) -> None:
        """Scroll to a sample where the strip stands in a scroll area."""
        area = self.parent().parent() if self.parent() is not None else None
        if isinstance(area, QScrollArea):
            middle = self.tile_rect(index).center()
            area.ensureVisible(middle.x(), middle.y(), 0, self.row_height() // 2)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            index = self.index_at(QPointF(event.pos()))
            text = ""
            if index is not None:
                text = f"Sample {index + 1}: {self._labels[index]}"
                if index in self._parts:
                    text += f", a {self._parts[index]} sample: not trained on"
                text += ", in training now" if index == self._training else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        if event.type() is QEvent.Type.FontChange:
            self._measure()
        return super().event(event)

    # Painting

    def _paint_tag(self, painter: QPainter, area: QRectF, part: str) -> float:
        """A letter on a ground of its own, at the left of the label; returns its width."""
        letter, token = _TAGS[part]
        side = round(_TAG * current_scale())
        tag = QRectF(area.left(), area.center().y() - side / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(token))
        painter.drawRoundedRect(tag, 2.5, 2.5)
        painter.setFont(words_font(CAPTION_SIZE - 2, 600))
        painter.setPen(self._theme.colour("panel"))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, letter)
        return float(side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first = max(0, event.rect().top() // self.row_height()) * self.per_row()
        last = (event.rect().bottom() // self.row_height() + 1) * self.per_row()
        for index in range(first, min(last, self.count())):
            if self.tile_rect(index).intersects(event.rect()):
                self._paint_tile(painter, index)
        painter.end()

    def _paint_tile(self, painter: QPainter, index: int) -> None:
        theme, scale = self._theme, current_scale()
        tile = self.tile_rect(index)
        label_height = round(_LABEL * scale)
        box = QRectF(tile).adjusted(_PAD, _PAD, -_PAD, -_PAD - label_height)
        # All samples at once would be a copy of them all.
        sample = np.nan_to_num(self._images[index])
        if sample.ndim == 2:
            paint_picture(painter, box, sample, theme, self.devicePixelRatioF())
        else:
            paint_values(painter, box, sample, self._largest, theme)
        chosen = index == self._selected
        if chosen or index == self._hovered:
            ring = box.adjusted(-2, -2, 2, 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            width = 3.0 if chosen and self.hasFocus() else 2.0
            painter.setPen(QPen(theme.colour("accent" if chosen else "line"), width))
            painter.drawRoundedRect(ring, 4, 4)
        area = QRectF(tile.left(), box.bottom() + 2, tile.width(), label_height)
        font = numbers_font(CAPTION_SIZE)
        painter.setFont(font)
        painter.setPen(theme.colour("text" if chosen else "muted"))
        metrics = QFontMetrics(font)
        room = tile.width() + 1
        if index in self._parts:
            taken = self._paint_tag(painter, area, self._parts[index]) + 2
            room -= taken
            beside = room - metrics.horizontalAdvance(self._labels[index])
            area.setLeft(area.left() + (taken if beside < taken else 0))
            painter.setFont(font)
            painter.setPen(theme.colour("text" if chosen else "muted"))
        text = metrics.elidedText(self._labels[index], Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
        if index == self._training:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
            mark = QRectF(0, 0, 14 * scale, 2.5 * scale)
            mark.moveCenter(QPointF(area.center().x(), tile.bottom() - 0.5))
            painter.drawRoundedRect(mark, 1, 1)
