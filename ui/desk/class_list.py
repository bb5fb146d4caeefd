"""The classes: colour, name, number of samples; the chosen one is what is added next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.desk.looks import class_colour
from ui.resources import icon
from ui.style import current_scale, numbers_font
from ui.stylesheet import mixed
from ui.theme import CAPTION_SIZE, Theme
from ui.widgets.labels import Heading

_NUMBER = Qt.ItemDataRole.UserRole
_COUNT = Qt.ItemDataRole.UserRole + 1
_LEAST_LIST = 44


class _CountDelegate(QStyledItemDelegate):
    """Writes the number of samples at the right of a class."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        painter.save()
        painter.setFont(numbers_font(CAPTION_SIZE))
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        place = option.rect.adjusted(0, 0, -6, 0)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(right), index.data(_COUNT))
        painter.restore()


class ClassList(QWidget):
    """A list of classes that can be renamed, added to and shortened.

    Signals
    -------
    renamed(int, str) : the user gave a class another name.
    add_wanted() : one more class.
    remove_wanted(int) : this class is to go, with its samples.
    """

    renamed = Signal(int, str)
    add_wanted = Signal()
    remove_wanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: list[str] = []
        self._counts: list[int] = []
        self.list = QListWidget()
        self.list.setAccessibleName("Classes")
        self.list.setItemDelegate(_CountDelegate(self.list))
        self.list.setToolTip("The chosen class is what is added next; F2 renames it")
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._on_changed)
        self.list.itemSelectionChanged.connect(self._on_selection)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setMinimumHeight(_LEAST_LIST)
        self.add_button = self._button("plus", "Add a class")
        self.add_button.clicked.connect(self.add_wanted)
        self.remove_button = self._button("minus", "Remove the class and its samples")
        self.remove_button.clicked.connect(self._on_remove)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(Heading("Classes"))
        head.addStretch(1)
        head.addWidget(self.add_button)
        head.addWidget(self.remove_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        self.apply_theme(theme)

    def _button(self, name: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setAutoRaise(True)
        button.setToolTip(text)
        button.setAccessibleName(text)
        return button

    def set_classes(self, names: Sequence[str], counts: Sequence[int], removable: bool) -> None:
        """Show these classes; the chosen one stays, as far as it is there."""
        self.remove_button.setEnabled(removable)
        self.add_button.setEnabled(bool(names))
        if list(names) == self._names and list(counts) == self._counts:
            return
        chosen = self.chosen()
        self._names, self._counts = list(names), list(counts)
        self._fill(chosen)

    def _fill(self, chosen: int) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        edge = round(12 * current_scale())
        self.list.setIconSize(QSize(edge, edge))
        for number, (name, count) in enumerate(zip(self._names, self._counts, strict=True)):
            item = QListWidgetItem(_swatch(class_colour(self._theme, number), edge), name)
            item.setData(_NUMBER, number)
            item.setData(_COUNT, f"{count:,}")
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip(f"{name}: {count:,} sample{'' if count == 1 else 's'}")
            self.list.addItem(item)
        if self._names:
            self.list.setCurrentRow(min(chosen, len(self._names) - 1))
        self.list.blockSignals(False)

    def chosen(self) -> int:
        """Number of the class that is added next."""
        return max(0, self.list.currentRow())

    def choose(self, number: int) -> None:
        """Make this class the one that is added next."""
        self.list.setCurrentRow(number)

    def apply_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        palette = self.list.palette()
        palette.setColor(QPalette.ColorRole.Highlight, mixed(theme.panel, theme.accent, 0.16))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.text)
        self.list.setPalette(palette)
        edge = round(16 * current_scale())
        for button in (self.add_button, self.remove_button):
            button.setIcon(icon(button.objectName(), theme, edge))
            button.setIconSize(QSize(edge, edge))
        self._fill(self.chosen())

    def _on_changed(self, item: QListWidgetItem) -> None:
        number, name = int(item.data(_NUMBER)), item.text()
        if name != self._names[number]:
            # The project says what it is called in the end.
            self.list.blockSignals(True)
            item.setText(self._names[number])
            self.list.blockSignals(False)
            self.renamed.emit(number, name)

    def _on_selection(self) -> None:
        self.list.scrollToItem(self.list.currentItem())

    def _on_remove(self) -> None:
        if self._names:
            self.remove_wanted.emit(self.chosen())


def _swatch(colour: QColor, edge: int) -> QIcon:
    pixmap = QPixmap(2 * edge, 2 * edge)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(0, 0, 2 * edge, 2 * edge, 6, 6)
    painter.end()
    pixmap.setDevicePixelRatio(2.0)
    return QIcon(pixmap)
