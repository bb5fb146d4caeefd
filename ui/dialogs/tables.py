"""Tables of numbers in a dialog, and the line of sums below one, whose columns stay below its."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QWidget,
)

from ui.style import current_scale, numbers_font, words_font
from ui.theme import CAPTION_SIZE

ROW_HEIGHT = 28
SIDE = 9
"""Between the edge of a cell and its text: 6 by the style sheet, 3 by Qt."""
PADDING = 2 * SIDE + 4
"""Of a cell, left and right together, and a little air."""
Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def numbers_width(characters: int) -> int:
    """How wide a column of numbers is that have at most so many characters."""
    metrics = QFontMetrics(numbers_font())
    return metrics.horizontalAdvance("0" * characters) + round(PADDING * current_scale())


def words_width(text: str, heading: bool = False) -> int:
    """How wide a column is that holds this text, perhaps as its heading."""
    font = words_font(CAPTION_SIZE) if heading else words_font()
    return QFontMetrics(font).horizontalAdvance(text) + round(PADDING * current_scale())


class NumberTable(QTableView):
    """Rows of numbers; one column takes the room the others leave.

    ``fitted`` tells when the columns have their widths.
    """

    fitted = Signal()

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted: tuple[int, ...] = ()
        self._stretch = 0
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        self._set_sizes()

    def set_widths(self, wanted: Sequence[int], stretch: int) -> None:
        """Make the columns so wide, and column ``stretch`` wider where there is room."""
        self._wanted, self._stretch = tuple(wanted), stretch
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ApplicationFontChange:
            self._set_sizes()
        return super().event(event)

    def _set_sizes(self) -> None:
        side = round(SIDE * current_scale())
        self.horizontalHeader().setStyleSheet(f"QHeaderView::section {{ padding: 4px {side}px; }}")
        height = round(ROW_HEIGHT * current_scale())
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(height)
        rows.setDefaultSectionSize(height)

    def _fit(self) -> None:
        spare = max(0, self.viewport().width() - sum(self._wanted))
        for column, width in enumerate(self._wanted):
            self.setColumnWidth(column, width + (spare if column == self._stretch else 0))
        self.fitted.emit()


class SumsTable(NumberTable):
    """A few lines below a table, in the same columns; the first ones are one wide column.

    What goes into the dialog is its ``place``, which ends where the columns above end.
    """

    def __init__(
        self, model: QAbstractItemModel, above: NumberTable, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, parent)
        self._above = above
        self.place = QHBoxLayout()
        self.place.setContentsMargins(0, 0, 0, 0)
        self.place.addWidget(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        above.horizontalScrollBar().valueChanged.connect(self.horizontalScrollBar().setValue)
        above.fitted.connect(self._follow)

    def join_first(self, columns: int) -> None:
        """Let the text of each line have the first ``columns`` columns, and fit the height."""
        self.clearSpans()
        rows = self.model().rowCount()
        for row in range(rows if columns > 1 else 0):
            self.setSpan(row, 0, 1, columns)
        self.setFixedHeight(rows * self.verticalHeader().defaultSectionSize())
        self._follow()

    def _follow(self) -> None:
        # The table above may have a vertical scroll bar, and then scrolls further than this one.
        bar = max(0, self._above.width() - self._above.viewport().width())
        self.place.setContentsMargins(0, 0, bar, 0)
        for column in range(self.model().columnCount()):
            self.setColumnWidth(column, self._above.columnWidth(column))
