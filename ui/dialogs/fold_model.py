"""The folds as a table, and their mean and standard deviation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from simulator.evaluation import Evaluation
from ui.dialogs.tables import LEFT, RIGHT, Index
from ui.panels.text import BLANK, MINUS, magnitude
from ui.style import current_scale, words_font
from ui.theme import Theme

FOLD, SAMPLES, LOSS, SCORE = range(4)
SHARE = Qt.ItemDataRole.UserRole
"""A score as a share of the best one, 0..1, or None."""


class FoldModel(QAbstractTableModel):
    """A row a fold; those to come are blank."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folds = 0
        self._classes = True
        self._found: list[Evaluation] = []

    def start(self, folds: int, classes: bool) -> None:
        """Show ``folds`` blank rows; with ``classes`` the score is the accuracy, else R²."""
        self.beginResetModel()
        self._folds, self._classes, self._found = folds, classes, []
        self.endResetModel()

    def add(self, evaluation: Evaluation) -> None:
        """Fill the next row."""
        self._found.append(evaluation)
        row = len(self._found) - 1
        self.dataChanged.emit(self.index(row, 0), self.index(row, SCORE))

    @property
    def found(self) -> int:
        """How many folds are complete."""
        return len(self._found)

    @property
    def classes(self) -> bool:
        """Whether the score is the accuracy."""
        return self._classes

    def score(self, evaluation: Evaluation) -> float:
        """The accuracy, or R² where the targets name no classes."""
        return evaluation.accuracy if self._classes else evaluation.r2

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._folds

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else SCORE + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if section == FOLD else RIGHT
        if role == Qt.ItemDataRole.FontRole:
            return words_font(11)
        if role == Qt.ItemDataRole.DisplayRole:
            return ("fold", "samples", "loss", score_name(self._classes))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if column == FOLD else RIGHT
        own = self._found[row] if row < len(self._found) else None
        if role == SHARE and column == SCORE and own is not None:
            score = self.score(own)
            return None if math.isnan(score) else min(max(score, 0.0), 1.0)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if column == FOLD:
            return str(row + 1)
        if own is None:
            return BLANK
        if column == SAMPLES:
            return f"{len(own.rows):,}"
        return magnitude(own.loss) if column == LOSS else score_text(self.score(own), self._classes)


class MeanModel(QAbstractTableModel):
    """One line: mean ± standard deviation of loss and score; blank until all folds are done."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = (BLANK, BLANK)

    def clear(self) -> None:
        """Show blanks."""
        self._show((BLANK, BLANK))

    def show(self, losses: Sequence[float], scores: Sequence[float], classes: bool) -> None:
        """Show what came out."""
        loss, loss_deviation = mean_and_deviation(losses)
        score, deviation = mean_and_deviation(scores)
        text = BLANK
        if not math.isnan(score):
            text = f"{score_text(score, classes).removesuffix(' %')} ± "
            text += score_text(deviation, classes)
        self._show((f"{magnitude(loss)} ± {magnitude(loss_deviation)}", text))

    def _show(self, texts: tuple[str, str]) -> None:
        self._texts = texts
        self.dataChanged.emit(self.index(0, 0), self.index(0, SCORE))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else SCORE + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column = index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if column == FOLD else RIGHT
        if role == Qt.ItemDataRole.FontRole and column == FOLD:
            return words_font()
        if role == Qt.ItemDataRole.ToolTipRole:
            return "The deviation has k − 1 in its denominator"
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return ("Mean ± standard deviation", None, *self._texts)[column]


class ShareDelegate(QStyledItemDelegate):
    """Draws a score with a bar to its left, as long as the score is good."""

    def __init__(self, theme: Theme, number_width: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.number_width = number_width

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        share = index.data(SHARE)
        if share is None:
            return
        height = 6.0 * current_scale()
        left, right = option.rect.left() + 2 * height, option.rect.right() - self.number_width
        track = QRectF(left, option.rect.center().y() - height / 2 + 1, right - left, height)
        if track.width() < 24.0:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("zero"))
        painter.drawRoundedRect(track, 2, 2)
        track.setWidth(max(1.0, share * track.width()))
        painter.setBrush(self.theme.colour("activation"))
        painter.drawRoundedRect(track, min(2.0, track.width() / 2), 2)
        painter.restore()


def score_name(classes: bool) -> str:
    """What the score is called."""
    return "accuracy" if classes else "R²"


def score_text(score: float, classes: bool) -> str:
    """A score as it is written, at most 8 wide: "93.3 %", "0.912", "−1.2e+05"."""
    if math.isnan(score):
        return BLANK
    if classes:
        return f"{100.0 * score:.1f} %"
    size = abs(score)
    text = f"{score:.3f}" if size < 10.0 else f"{score:.1f}" if size < 1e3 else f"{score:.1e}"
    return text.replace("-", MINUS)


def mean_and_deviation(values: Sequence[float]) -> tuple[float, float]:
    """Mean, and standard deviation with k - 1 in its denominator, of k >= 2 values."""
    return float(np.mean(values)), float(np.std(values, ddof=1))
