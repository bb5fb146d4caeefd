"""The samples as a Qt model: no widget and no object a sample, so a million rows cost little."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from simulator.data import Dataset
from simulator.evaluation import Evaluation
from simulator.project import Project
from ui.desk.looks import class_colour
from ui.theme import LIGHT

MIME = "application/x-backlit-samples"
MOST_INPUTS = 32
"""Inputs with a column of their own; of longer samples only the first are listed."""
SAMPLE, CLASS, PART, SAYS = range(4)
FIXED = 4
"""Columns before those of the numbers."""
UNKNOWN = -1
PARTS = ("training", "validation", "test")

Index = QModelIndex | QPersistentModelIndex


class SampleModel(QAbstractTableModel):
    """One row a sample that passes the filter; :attr:`rows` says which samples these are.

    Signals
    -------
    moved(object, int) : samples were dragged: their row numbers, and the sample in front of which.
    number_edited(int, int, float, bool) : sample, column among its inputs (or targets, if True).
    """

    moved = Signal(object, int)
    number_edited = Signal(int, int, float, bool)

    def __init__(self) -> None:
        super().__init__()
        self.data_set = Dataset(np.zeros((0, 1)), np.zeros((0, 1)))
        self.rows: NDArray[np.intp] = np.zeros(0, dtype=np.intp)
        self.parts: NDArray[np.int8] = np.zeros(0, dtype=np.int8)
        self.says: NDArray[np.intp] = np.zeros(0, dtype=np.intp)
        self.theme = LIGHT
        self._columns, self._inputs, self._targets = FIXED, 0, 0
        self._part = ""
        self._wrong_only = False

    # What there is

    def show_project(self, project: Project) -> None:
        """Show a project's samples; what the network says of them is not known yet."""
        self.beginResetModel()
        same = self.data_set is project.data
        self.data_set = project.data
        self.parts = np.zeros(len(project.data), dtype=np.int8)
        for number, part in enumerate(PARTS):
            self.parts[project.prepared.part(part).rows] = number
        if not same:
            self.says = np.full(len(project.data), UNKNOWN, dtype=np.intp)
        self._count_columns()
        self._wrong_only = self._wrong_only and project.data.target_classes is not None
        self.rows = self._passing()
        self.endResetModel()

    def _count_columns(self) -> None:
        # Qt asks for the columns with every row it lays out.
        data = self.data_set
        self._inputs = min(data.n_inputs, MOST_INPUTS)
        self._targets = 0 if data.target_classes is not None else data.n_outputs
        self._columns = FIXED + self._inputs + self._targets

    def show_evaluation(self, evaluation: Evaluation) -> bool:
        """Take over what the network says of some samples; whether anything changed."""
        if evaluation.predicted is None or evaluation.rows.max(initial=-1) >= len(self.says):
            return False
        if np.array_equal(self.says[evaluation.rows], evaluation.predicted):
            return False
        self.says[evaluation.rows] = evaluation.predicted
        if self._wrong_only:
            self._filter()
        elif len(self.rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, SAYS))
        return True

    def set_filter(self, part: str, wrong_only: bool) -> None:
        """List the samples of one part ("" for all), or only those that are wrong now."""
        if (part, wrong_only) != (self._part, self._wrong_only):
            self._part, self._wrong_only = part, wrong_only
            self._filter()

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Which samples the network gets wrong, (N,); those not asked about yet count as right."""
        classes = self.data_set.target_classes
        if classes is None:
            return np.zeros(len(self.data_set), dtype=np.bool_)
        wrong: NDArray[np.bool_] = (self.says != UNKNOWN) & (self.says != classes)
        return wrong

    def _passing(self) -> NDArray[np.intp]:
        passing = np.ones(len(self.data_set), dtype=np.bool_)
        if self._part:
            passing &= self.parts == PARTS.index(self._part)
        if self._wrong_only:
            passing &= self.wrong
        return np.flatnonzero(passing)

    def _filter(self) -> None:
        rows = self._passing()
        if not np.array_equal(rows, self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def place_of(self, sample: int) -> int | None:
        """The row a sample is listed in, or None."""
        place = int(np.searchsorted(self.rows, sample))
        return place if place < len(self.rows) and self.rows[place] == sample else None

    def label(self, sample: int) -> str:
        """The class of a sample, or its target as a number."""
        classes = self.data_set.target_classes
        if classes is not None:
            return self.data_set.class_name(int(classes[sample]))
        return ", ".join(f"{value:.3g}" for value in self.data_set.targets[sample][:3])

    # As Qt asks for it

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else self._columns

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        sample, column = int(self.rows[index.row()]), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(sample, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column >= FIXED:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        classes = self.data_set.target_classes
        if role == Qt.ItemDataRole.DecorationRole and column == CLASS and classes is not None:
            return class_colour(self.theme, int(classes[sample]))
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.describe(sample)
        return None

    def _text(self, sample: int, column: int) -> str:
        if column == SAMPLE:
            return f"{sample + 1:,}"
        if column == CLASS:
            return self.label(sample)
        if column == PART:
            return PARTS[self.parts[sample]]
        if column == SAYS:
            said = int(self.says[sample])
            if said == UNKNOWN:
                return ""
            return self.data_set.class_name(said) + (" (wrong)" if self.wrong[sample] else "")
        return f"{self._number(sample, column - FIXED):.6g}"

    def _number(self, sample: int, column: int) -> float:
        if column < self._inputs:
            return float(self.data_set.inputs[sample, column])
        return float(self.data_set.targets[sample, column - self._inputs])

    def describe(self, sample: int) -> str:
        """A sample in words: number, class, part, and what the network says of it."""
        text = f"Sample {sample + 1:,}: {self.label(sample)}"
        part = PARTS[self.parts[sample]]
        text += f", kept for {part}" if part != "training" else ""
        if self.wrong[sample]:
            text += f"; the network says {self.data_set.class_name(int(self.says[sample]))}"
        return text

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation is Qt.Orientation.Vertical:
            return None
        if section < FIXED:
            return ("Sample", "Class", "Part", "Network says")[section]
        column = section - FIXED
        if column < self._inputs:
            names = self.data_set.input_names
            return names[column] if names else f"x{column + 1}"
        return f"y{column - self._inputs + 1}" if self._targets > 1 else "y"

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index) | Qt.ItemFlag.ItemIsDropEnabled
        if index.isValid():
            flags |= Qt.ItemFlag.ItemIsDragEnabled
            flags &= ~Qt.ItemFlag.ItemIsDropEnabled
            if index.column() >= FIXED:
                flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Say that a number was typed; the data change only once the project does."""
        if role != Qt.ItemDataRole.EditRole or index.column() < FIXED:
            return False
        try:
            number = float(str(value).strip().replace(",", ".").replace("−", "-"))
        except ValueError:
            return False
        column = index.column() - FIXED
        of_targets = column >= self._inputs
        sample = int(self.rows[index.row()])
        if number != self._number(sample, column):
            place = column - self._inputs if of_targets else column
            self.number_edited.emit(sample, place, number, of_targets)
        return True

    # Dragging

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:
        samples = sorted({int(self.rows[index.row()]) for index in indexes})
        mime = QMimeData()
        mime.setData(MIME, ",".join(map(str, samples)).encode())
        return mime

    def dropMimeData(
        self, mime: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Ask for the move; the rows change only once the project does, so nothing is removed."""
        if not mime.hasFormat(MIME):
            return False
        if row < 0:
            row = parent.row() if parent.isValid() else len(self.rows)
        to = int(self.rows[row]) if row < len(self.rows) else len(self.data_set)
        samples = [int(text) for text in bytes(mime.data(MIME).data()).decode().split(",")]
        self.moved.emit(samples, to)
        return False
