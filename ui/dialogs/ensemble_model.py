"""Dropout's networks as a table: their masks, how likely each is, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPointF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from simulator.data.dataset import Dataset
from simulator.ensemble import Ensemble
from simulator.project import Project
from ui.dialogs.tables import LEFT, RIGHT, SIDE, Index
from ui.panels.text import MINUS
from ui.style import current_scale, words_font
from ui.theme import CAPTION_SIZE, Theme
from ui.widgets.value_label import NOT_A_NUMBER, format_value

NUMBER = 0
FIRST_MASK = 1
MASK = Qt.ItemDataRole.UserRole
"""The bits of a layer's mask."""
MUTED = Qt.ItemDataRole.UserRole + 1
"""Whether a line is a remark on the one above it."""
DOT = 10.0
DOT_PITCH = 16.0
NUMBER_LENGTH = 8
"""Characters of the longest number, "−3.1e−07"."""
ROUNDING = 16
"""A difference of so many units in the last place is none."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """What the columns are: the layers with dropout by number and name, and the outputs."""

    layers: tuple[int, ...] = ()
    layer_names: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()

    @classmethod
    def of(cls, project: Project) -> Columns:
        """Those of a project."""
        spec = project.network
        layers = tuple(n for n in range(spec.depth + 1) if spec.layer(n).dropout_rate > 0.0)
        names = tuple(spec.layer_name(number) for number in layers)
        return cls(layers, names, output_names(project.data), project.data.input_names)

    @property
    def probability(self) -> int:
        """The column of the probabilities."""
        return FIRST_MASK + len(self.layers)

    @property
    def first_output(self) -> int:
        """The column of the first output."""
        return self.probability + 1

    @property
    def count(self) -> int:
        """How many columns there are."""
        return self.first_output + len(self.outputs)

    @property
    def headings(self) -> tuple[str, ...]:
        """What stands above them."""
        return ("network", *self.layer_names, "probability", *self.outputs)

    def unit_name(self, layer: int, unit: int) -> str:
        """What one input or neuron is called."""
        if layer == 0 and unit < len(self.inputs):
            return self.inputs[unit]
        return f"neuron {unit + 1}" if layer else f"input {unit + 1}"


class MemberModel(QAbstractTableModel):
    """A row a network."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = Columns()
        self._found: Ensemble | None = None

    def show(self, columns: Columns, found: Ensemble) -> bool:
        """Show these networks; True if that took other rows or columns, False if new numbers."""
        old = 0 if self._found is None else len(self._found.members)
        if columns == self._columns and len(found.members) == old:
            self._found = found
            self.dataChanged.emit(self.index(0, 0), self.index(old - 1, columns.count - 1))
            return False
        self.beginResetModel()
        self._columns, self._found = columns, found
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._found is None else len(self._found.members)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._columns.count

    def _is_words(self, column: int) -> bool:
        return column < self._columns.probability

    def headerData(self, section: int, orientation: Qt.Orientation, role: int) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if self._is_words(section) else RIGHT
        if role == Qt.ItemDataRole.FontRole:
            return words_font(CAPTION_SIZE)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns.headings[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._found is None:
            return None
        member, column = self._found.members[index.row()], index.column()
        columns = self._columns
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if self._is_words(column) else RIGHT
        if FIRST_MASK <= column < columns.probability:
            layer = columns.layers[column - FIRST_MASK]
            mask = member.masks[layer]
            if role == MASK:
                return mask
            if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
                return self._mask_words(layer, mask)
            # Drawn by the delegate; the bits are for screen readers and for copying.
            return "".join(map(str, mask)) if role == Qt.ItemDataRole.DisplayRole else None
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if column == NUMBER:
            return f"{index.row() + 1:,}"
        if column == columns.probability:
            return number_text(member.probability)
        return number_text(float(member.output[column - columns.first_output]))

    def _mask_words(self, layer: int, mask: tuple[int, ...]) -> str:
        names = [self._columns.unit_name(layer, unit) for unit in range(len(mask))]
        return ", ".join(
            f"{name} {'kept' if bit else 'dropped'}" for name, bit in zip(names, mask, strict=True)
        )


class MeanModel(QAbstractTableModel):
    """The mean of all networks, and what the two that drop nothing say."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._first_output = 1
        self._lines: list[tuple[str, Array, bool]] = []

    def show(self, columns: Columns, found: Ensemble) -> None:
        """Show these."""
        self.beginResetModel()
        self._first_output = columns.first_output
        test, full = found.test_output, found.full_output
        self._lines = [
            ("Mean of all, by probability", found.mean, False),
            ("Test-time network", test, False),
            ("difference from the mean", difference(test, found.mean), True),
            ("Whole network, unscaled", full, False),
            ("difference from the mean", difference(full, found.mean), True),
        ]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if parent.isValid() or not self._lines:
            return 0
        return self._first_output + len(self._lines[0][1])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        text, values, muted = self._lines[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if column == 0 else RIGHT
        if role == Qt.ItemDataRole.FontRole and column == 0:
            return words_font()
        if role == MUTED:
            return muted
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if column == 0:
            return text
        if column < self._first_output:
            return None
        return number_text(float(values[column - self._first_output]))


class MutedDelegate(QStyledItemDelegate):
    """Writes remarks in the muted colour."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.data(MUTED):
            palette = option.palette
            palette.setColor(palette.ColorRole.Text, self.theme.colour("muted"))
            option.palette = palette


class DotsDelegate(QStyledItemDelegate):
    """Draws a mask as dots: filled where a unit is kept, hollow where it is dropped."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.text = ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        scale = current_scale()
        radius, line = DOT / 2 * scale, 1.4 * scale
        x = option.rect.left() + SIDE * scale + radius
        y = option.rect.center().y() + 0.5
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for bit in index.data(MASK) or ():
            if bit:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self.theme.colour("activation"))
                painter.drawEllipse(QPointF(x, y), radius, radius)
            else:
                painter.setPen(QPen(self.theme.colour("muted"), line))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QPointF(x, y), radius - line / 2, radius - line / 2)
            x += DOT_PITCH * scale
        painter.restore()


def number_text(value: float) -> str:
    """A number of at most :data:`NUMBER_LENGTH` characters."""
    text = format_value(value).strip()
    return "NaN" if text == NOT_A_NUMBER else text.replace("-", MINUS)


def difference(one: Array, other: Array) -> Array:
    """``one - other``, with 0 where only rounding is left."""
    least = ROUNDING * np.finfo(one.dtype).eps
    with np.errstate(invalid="ignore"):
        found = one - other
        found[np.abs(found) <= least * np.maximum(1.0, np.abs(one))] = 0.0
    return found


def output_names(data: Dataset) -> tuple[str, ...]:
    """What the outputs are called: by their class, else y."""
    if data.n_outputs == 1:
        return ("y",)
    if not data.class_names:
        return tuple(f"y{number}" for number in range(1, data.n_outputs + 1))
    # A bare "3" above numbers would be taken for one.
    return tuple(f"class {name}" if name.isdigit() else name for name in data.class_names)
