"""Entries of several lines: what they are called stands out."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ui.theme import Theme, contrast
from ui.widgets.labels import level_labels
from ui.widgets.lines_delegate import LinesDelegate


def strongest(image: QImage, area: QRect, theme: Theme) -> float:
    """The contrast of what stands out most from the panel in an area."""
    ground = theme.colour("panel")
    places = (QPoint(x, y) for x in range(area.left(), area.right()) for y in span(area))
    return max(contrast(QColor(image.pixel(place)), ground) for place in places)


def span(area: QRect) -> range:
    return range(area.top(), area.bottom())


def shown(qtbot: QtBot, text: str) -> QListWidget:
    entries = QListWidget()
    qtbot.addWidget(entries)
    entries.setItemDelegate(LinesDelegate(entries))
    item = QListWidgetItem(text)
    item.setSizeHint(QSize(0, 60))
    entries.addItem(item)
    entries.resize(220, 90)
    entries.show()
    qtbot.waitExposed(entries)
    return entries


def test_the_first_line_stands_out_and_the_others_are_muted(qtbot: QtBot, theme: Theme) -> None:
    entries = shown(qtbot, "HHHH\nHHHH")
    place = entries.visualItemRect(entries.item(0))
    image = entries.viewport().grab().toImage()
    upper, lower = QRect(place), QRect(place)
    upper.setBottom(place.center().y())
    lower.setTop(place.center().y() + 2)
    muted = contrast(theme.colour("muted"), theme.colour("panel"))
    assert strongest(image, upper, theme) > 1.4 * muted
    assert 0.8 * muted < strongest(image, lower, theme) <= 1.05 * muted


def test_what_is_too_long_is_cut_at_its_end_not_wrapped(qtbot: QtBot, light: Theme) -> None:
    entries = shown(qtbot, "H\n" + "H" * 200)
    image = entries.viewport().grab().toImage()
    place = entries.visualItemRect(entries.item(0))
    edge = QRect(place.right() - 3, place.top(), 3, place.height())
    assert strongest(image, edge, light) < 1.1


def test_labels_of_a_form_are_as_high_as_their_fields(qtbot: QtBot, light: Theme) -> None:
    form_widget = QWidget()
    qtbot.addWidget(form_widget)
    form = QFormLayout()
    form.addRow("Name", QLineEdit())
    form.addRow("Number", QSpinBox())
    level_labels(form)
    QVBoxLayout(form_widget).addLayout(form)
    form_widget.show()
    qtbot.waitExposed(form_widget)
    for row in range(form.rowCount()):
        label = form.itemAt(row, QFormLayout.ItemRole.LabelRole).widget()
        field = form.itemAt(row, QFormLayout.ItemRole.FieldRole).widget()
        assert abs(label.geometry().center().y() - field.geometry().center().y()) <= 1
