"""A view of equal tiles in rows: where each stands is a sum, so a hundred thousand cost nothing.

QListView asks the model for every single one whenever it lays them out, which took seconds.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
)
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem

Index = QModelIndex | QPersistentModelIndex
_Action = QAbstractItemView.CursorAction


class TileGrid(QAbstractItemView):
    """Tiles of one column of a model, left to right and row by row; scrolls downwards.

    A delegate paints them and says how large they are, all alike.  Dragged tiles are dropped in
    front of another one; the model's ``dropMimeData`` is told its row.
    """

    def __init__(self) -> None:
        super().__init__()
        self._column = 0
        self._drop_row: int | None = None
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_model_column(self, column: int) -> None:
        """Show this column of the model."""
        self._column = column

    # Geometry

    def tile_size(self) -> QSize:
        """The size of every tile."""
        delegate = self.itemDelegate()
        size = QSize(1, 1) if delegate is None else delegate.sizeHint(self._option(), QModelIndex())
        return size.expandedTo(QSize(1, 1))

    def count(self) -> int:
        """How many tiles there are."""
        return 0 if self.model() is None else self.model().rowCount()

    def per_row(self) -> int:
        """Tiles side by side."""
        return max(1, self.viewport().width() // self.tile_size().width())

    def _rect(self, row: int) -> QRect:
        size = self.tile_size()
        line, place = divmod(row, self.per_row())
        corner = QPoint(place * size.width(), line * size.height() - self.verticalOffset())
        return QRect(corner, size)

    def _at(self, point: QPoint) -> int | None:
        size, across = self.tile_size(), self.per_row()
        line = (point.y() + self.verticalOffset()) // size.height()
        place = point.x() // size.width()
        row = line * across + place
        inside = 0 <= place < across and line >= 0 and row < self.count()
        return row if inside else None

    def _index(self, row: int) -> QModelIndex:
        return self.model().index(row, self._column, self.rootIndex())

    def _option(self) -> QStyleOptionViewItem:
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        return option

    def visualRect(self, index: Index) -> QRect:
        """Where a tile is seen."""
        return self._rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The tile under a point of the viewport."""
        row = self._at(point)
        return QModelIndex() if row is None else self._index(row)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return int(self.verticalScrollBar().value())

    def isIndexHidden(self, index: Index) -> bool:
        return index.column() != self._column

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a tile into sight, no further than needed."""
        if not index.isValid():
            return
        self.updateGeometries()
        box, bar = self._rect(index.row()), self.verticalScrollBar()
        below = box.bottom() + 1 - self.viewport().height()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + box.center().y() - self.viewport().height() // 2)
        elif box.top() < 0:
            bar.setValue(bar.value() + box.top())
        elif below > 0:
            bar.setValue(bar.value() + below)

    def updateGeometries(self) -> None:
        """Fit the scroll bar to the tiles there are."""
        size, seen = self.tile_size(), self.viewport().height()
        high = -(-self.count() // self.per_row()) * size.height()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, high - seen))
        bar.setPageStep(seen)
        bar.setSingleStep(size.height() // 2)
        super().updateGeometries()

    # Choosing

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """The tile a key leads to."""
        count, current = self.count(), self.currentIndex()
        if count == 0:
            return QModelIndex()
        if not current.isValid():
            return self._index(0)
        across = self.per_row()
        page = max(1, self.viewport().height() // self.tile_size().height()) * across
        row = current.row()
        steps = {
            _Action.MoveLeft: -1,
            _Action.MovePrevious: -1,
            _Action.MoveRight: 1,
            _Action.MoveNext: 1,
            _Action.MoveUp: -across,
            _Action.MoveDown: across,
            _Action.MovePageUp: -page,
            _Action.MovePageDown: page,
            _Action.MoveHome: -row,
            _Action.MoveEnd: count - 1 - row,
        }
        target = row + steps[action]
        if action in (_Action.MovePageUp, _Action.MovePageDown):
            target = min(max(target, 0), count - 1)
        return self._index(target) if 0 <= target < count else current

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select the tiles that a rectangle of the viewport touches."""
        chosen = QItemSelection()
        for first, last in self._spans(rect.normalized()):
            chosen.select(self._index(first), self._index(last))
        self.selectionModel().select(chosen, command)

    def _spans(self, rect: QRect) -> list[tuple[int, int]]:
        """First and last row of the tiles a rectangle touches, one pair for each line of them."""
        size, across, offset = self.tile_size(), self.per_row(), self.verticalOffset()
        left = max(rect.left() // size.width(), 0)
        right = min(rect.right() // size.width(), across - 1)
        top = max((rect.top() + offset) // size.height(), 0)
        bottom = min((rect.bottom() + offset) // size.height(), -(-self.count() // across) - 1)
        spans = []
        for line in range(top, bottom + 1):
            last = min(line * across + right, self.count() - 1)
            if left <= right and line * across + left <= last:
                spans.append((line * across + left, last))
        return spans

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Where selected tiles are seen: the lines of the viewport they may be in."""
        if not len(selection):
            return QRegion()
        seen = self.viewport().rect()
        top = min(self._rect(part.top()).top() for part in selection)
        bottom = max(self._rect(part.bottom()).bottom() for part in selection)
        return QRegion(QRect(0, top, seen.width(), bottom - top + 1).intersected(seen))

    # Painting and dropping

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        option, chosen = self._option(), self.selectionModel()
        delegate, current = self.itemDelegate(), self.currentIndex()
        state = option.state
        for first, last in self._spans(event.rect()):
            for row in range(first, last + 1):
                index = self._index(row)
                option.rect = self._rect(row)
                option.state = state & ~QStyle.StateFlag.State_HasFocus
                if chosen is not None and chosen.isSelected(index):
                    option.state |= QStyle.StateFlag.State_Selected
                if self.hasFocus() and current.isValid() and current.row() == row:
                    option.state |= QStyle.StateFlag.State_HasFocus
                delegate.paint(painter, option, index)
        if self._drop_row is not None:
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            x, box = self._drop_line(self._drop_row)
            painter.drawLine(x, box.top() + 2, x, box.bottom() - 2)
        painter.end()

    def _drop_line(self, row: int) -> tuple[int, QRect]:
        """Where the line in front of a row is; behind the last one at the end of its line."""
        if row < self.count():
            box = self._rect(row)
            return max(box.left(), 1), box
        box = self._rect(max(row - 1, 0))
        return box.right(), box

    def _row_at(self, point: QPoint) -> int:
        """In front of which row something dropped here comes."""
        row = self._at(point)
        if row is None:
            return self.count()
        return row + (point.x() > self._rect(row).center().x())

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)
        if any(event.mimeData().hasFormat(kind) for kind in self.model().mimeTypes()):
            self._drop_row = self._row_at(event.position().toPoint())
            event.acceptProposedAction()
            self.viewport().update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._end_drag()

    def dropEvent(self, event: QDropEvent) -> None:
        row = self._row_at(event.position().toPoint())
        self.model().dropMimeData(event.mimeData(), event.dropAction(), row, 0, QModelIndex())
        event.acceptProposedAction()
        self._end_drag()
        self.stopAutoScroll()
        self.setState(QAbstractItemView.State.NoState)

    def _end_drag(self) -> None:
        self._drop_row = None
        self.viewport().update()
