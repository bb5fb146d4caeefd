"""The present run and the kept ones as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPen, QPixmap

from simulator.comparison import KeptRun
from ui.dialogs.tables import LEFT, RIGHT, Index
from ui.panels.figures import BITS, CROSS_ENTROPIES, R2
from ui.panels.run_looks import run_pen
from ui.panels.text import BLANK, magnitude
from ui.style import current_scale, numbers_font, words_font
from ui.theme import CAPTION_SIZE, LIGHT, Theme

NAME, LOSS, VALIDATION, SCORE, EPOCHS = range(5)
LIVE = 0
"""The row of the present run; the kept ones follow."""
_SWATCH = (28, 12)


class RunsModel(QAbstractTableModel):
    """A row a run.

    Signals
    -------
    renamed(int, str) : the user gave kept run n (from 0) this name.
    shown(int, bool) : the user wants its curves drawn, or not.
    """

    renamed = Signal(int, str)
    shown = Signal(int, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live: KeptRun | None = None
        self._runs: tuple[KeptRun, ...] = ()
        self._names: list[str] = []
        self._live_name = ""
        self._bits = False
        self._theme = LIGHT

    def show_runs(self, runs: Sequence[KeptRun], names: Sequence[str], live_name: str) -> None:
        """Have these kept runs, and the present one called so."""
        self.beginResetModel()
        self._runs, self._names, self._live_name = tuple(runs), list(names), live_name
        self.endResetModel()

    def show_live(self, live: KeptRun) -> None:
        """The present run as it is now."""
        self._live = live
        self.dataChanged.emit(self.index(LIVE, 0), self.index(LIVE, EPOCHS))

    def set_bits(self, bits: bool) -> None:
        """Whether an amount of information is in bits instead of nats."""
        self._bits = bits
        self.refresh()

    def apply_theme(self, theme: Theme) -> None:
        """Draw the lines in these colours."""
        self._theme = theme
        self.refresh()

    def refresh(self) -> None:
        """Have everything drawn again."""
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, EPOCHS))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, EPOCHS)

    @property
    def _all(self) -> list[KeptRun]:
        return [*([self._live] if self._live is not None else []), *self._runs]

    @property
    def validated(self) -> bool:
        """Whether a run was validated."""
        return any(not math.isnan(run.last("val_loss")) for run in self._all)

    @property
    def _scored_by_r2(self) -> bool:
        return all(math.isnan(run.last("accuracy")) for run in self._all) and any(
            not math.isnan(run.last("r2")) for run in self._all
        )

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1 + len(self._runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else EPOCHS + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names of kept runs can be written, and ticked to be drawn."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.row() != LIVE and index.column() == NAME:
            flags |= Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(LEFT if section == NAME else RIGHT)
        if role == Qt.ItemDataRole.FontRole:
            return words_font(CAPTION_SIZE)
        if role == Qt.ItemDataRole.DisplayRole:
            loss = "Loss, bits" if self._bits else "Loss"
            score = "R²" if self._scored_by_r2 else "Accuracy"
            return ("Run", loss, "Validation", score, "Epochs")[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(LEFT if column == NAME else RIGHT)
        if role == Qt.ItemDataRole.FontRole:
            return words_font() if column == NAME else numbers_font()
        run = self._live if row == LIVE else self._runs[row - 1]
        if column == NAME:
            return self._name_data(row, run, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return BLANK if run is None else self._text(run, column)
        return None

    def _name_data(self, row: int, run: KeptRun | None, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.name(row)
        if role == Qt.ItemDataRole.EditRole:
            return "" if row == LIVE else self._names[row - 1]
        if role == Qt.ItemDataRole.DecorationRole:
            return self._swatch(row)
        if role == Qt.ItemDataRole.CheckStateRole and row != LIVE and run is not None:
            return Qt.CheckState.Checked if run.shown else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole and run is not None:
            return run.message or self.name(row)
        return None

    def name(self, row: int) -> str:
        """What the run of a row is called."""
        if row != LIVE:
            return self._names[row - 1]
        return f"This run: {self._live_name}" if self._live_name else "This run"

    def _text(self, run: KeptRun, column: int) -> str:
        if column == EPOCHS:
            return f"{run.epochs:,}"
        if column == SCORE:
            value = run.last("r2") if self._scored_by_r2 else run.last("accuracy")
            if math.isnan(value):
                return BLANK
            return R2.text(value) if self._scored_by_r2 else f"{100.0 * value:.1f} %"
        value = run.last("loss" if column == LOSS else "val_loss")
        if math.isnan(value):
            return BLANK
        informative = run.project.loss in CROSS_ENTROPIES
        return magnitude(value * BITS if self._bits and informative else value)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if index.row() == LIVE or index.column() != NAME:
            return False
        if role == Qt.ItemDataRole.CheckStateRole:
            self.shown.emit(index.row() - 1, Qt.CheckState(value) is Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole:
            self.renamed.emit(index.row() - 1, str(value))
            return True
        return False

    def _swatch(self, row: int) -> QPixmap:
        """A piece of the run's line."""
        wide, high = (round(side * current_scale()) for side in _SWATCH)
        ratio = 2.0
        pixmap = QPixmap(round(wide * ratio), round(high * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row == LIVE:
            pen = QPen(self._theme.colour("accent"), 2.0 * current_scale())
        else:
            pen = run_pen(self._theme, self._runs[row - 1].number, 2.0)
            pen.setCosmetic(False)
        painter.setPen(pen)
        painter.drawLine(QPointF(0, high / 2), QPointF(wide, high / 2))
        painter.end()
        return pixmap
