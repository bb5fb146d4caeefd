"""The heading of a group of settings: a row that opens and closes it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.resources import icon
from ui.style import current_scale, heading_font, words_font
from ui.theme import CAPTION_SIZE, GRID, LIGHT

HEIGHT = 32
CHEVRON = 14


class GroupHeading(QAbstractButton):
    """A chevron, the title in small capitals, and a caption at the right; checked is open."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(title)
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setObjectName(f"group {title}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._caption = ""

    @property
    def caption(self) -> str:
        """The words at the right."""
        return self._caption

    def set_caption(self, text: str) -> None:
        """Change the words at the right; they are cut where there is no room."""
        if text != self._caption:
            self._caption = text
            self.setAccessibleDescription(text)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, round(HEIGHT * current_scale()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self.palette()
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        colour = palette.color(QPalette.ColorRole.Text) if self.underMouse() else muted
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, palette.color(QPalette.ColorRole.Mid))
        chevron = round(CHEVRON * current_scale())
        name = "chevron-down" if self.isChecked() else "chevron-right"
        place = QRect(0, (self.height() - chevron) // 2, chevron, chevron)
        icon(name, LIGHT, chevron, colour).paint(painter, place)
        font = heading_font(CAPTION_SIZE)
        painter.setFont(font)
        painter.setPen(colour)
        title = self.text().upper()
        left = chevron + GRID // 2
        room = self.rect().adjusted(left, 0, -2, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, title)
        left += QFontMetrics(font).horizontalAdvance(title) + GRID
        self._paint_caption(painter, self.rect().adjusted(left, 0, -2, 0), muted)
        if self.hasFocus():
            painter.setPen(palette.color(QPalette.ColorRole.Accent))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawRoundedRect(self.rect().adjusted(0, 2, -1, -2), 4, 4)
        painter.end()

    def _paint_caption(self, painter: QPainter, room: QRect, colour: QColor) -> None:
        painter.setFont(words_font(CAPTION_SIZE))
        painter.setPen(colour)
        text = painter.fontMetrics().elidedText(
            self._caption, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
