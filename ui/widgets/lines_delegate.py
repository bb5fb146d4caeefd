"""List entries of several lines: the first names the entry, the others say more."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from ui.style import words_font
from ui.theme import BODY_SIZE

LINE = 4
"""Room between two lines, px."""


class LinesDelegate(QStyledItemDelegate):
    """Writes the first line of an entry stronger than the others, each cut where it is too long."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The entry's ground and picture as the style has them, then the lines."""
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        style = QApplication.style() if own.widget is None else own.widget.style()
        left = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, own, own.widget).left()
        place = own.rect.adjusted(left - own.rect.left(), 0, 0, 0)
        lines, own.text = str(index.data(Qt.ItemDataRole.DisplayRole)).split("\n"), ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, own, painter, own.widget)
        fonts = [words_font(BODY_SIZE, QFont.Weight.DemiBold)]
        fonts += [words_font(BODY_SIZE - 1)] * (len(lines) - 1)
        heights = [QFontMetrics(font).height() for font in fonts]
        top = place.center().y() - (sum(heights) + LINE * (len(lines) - 1)) // 2
        painter.save()
        for line, font, height in zip(lines, fonts, heights, strict=True):
            first = font is fonts[0]
            role = QPalette.ColorRole.Text if first else QPalette.ColorRole.PlaceholderText
            painter.setFont(font)
            painter.setPen(own.palette.color(role))
            spot = QRect(place.left() + LINE, top, place.width() - 2 * LINE, height)
            text = QFontMetrics(font).elidedText(line, Qt.TextElideMode.ElideRight, spot.width())
            painter.drawText(spot, int(Qt.AlignmentFlag.AlignVCenter), text)
            top += height + LINE
        painter.restore()
