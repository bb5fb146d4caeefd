"""Confusion: which classes the network takes for which, on one part of the data."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QPainter, QShowEvent
from PySide6.QtWidgets import QWidget

from simulator.data.dataset import PARTS
from simulator.evaluation import Evaluation
from simulator.snapshot import Snapshot
from simulator.trace import PhaseKind
from ui.panels.cell_panel import CENTRE, LEFT_MIDDLE, RIGHT_MIDDLE, CellPanel
from ui.panels.heatmap import Block, Cell
from ui.panels.panel import TextLine
from ui.panels.text import MINUS, magnitude
from ui.selection import Selection
from ui.style import current_scale, numbers_font
from ui.theme import BODY_SIZE, Theme
from ui.widgets.segmented import SegmentedControl

MATRIX = "matrix"
_WAITING = "The network's answers are being counted"
_REGRESSION = (
    "The targets are numbers, not classes. R² is the share of their spread that the network "
    "explains: 1 is all of it, 0 no more than their mean does."
)
_WRAP = int(Qt.TextFlag.TextWordWrap)
_WIDEST, _HIGHEST = 64, 34


class ConfusionPanel(CellPanel):
    """Samples by actual class (row) and by what the network says (column).

    Signals
    -------
    evaluation_wanted(str) : the part of the data, one of :data:`simulator.data.dataset.PARTS`,
        whose newest evaluation :meth:`show_evaluation` is to be given; "" when the panel can no
        longer be seen.
    """

    panel_id: ClassVar[str] = "confusion"
    title: ClassVar[str] = "Confusion"
    phases: ClassVar[frozenset[PhaseKind]] = frozenset()
    rest_text: ClassVar[str] = "Row: actual class · column: what the network says"

    evaluation_wanted = Signal(str)

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        self._evaluation: Evaluation | None = None
        self._matrix = np.zeros((0, 0), np.intp)
        self._asked = ""
        self._side = self._top = 0.0
        super().__init__(selection, theme, parent)

    def _build(self) -> None:
        self.part_choice = SegmentedControl([part.capitalize() for part in PARTS])
        self.part_choice.setAccessibleName("Which samples are counted")
        self.part_choice.setToolTip("Which samples are counted")
        self.part_choice.currentChanged.connect(self._on_part)
        self.header.addWidget(self.part_choice)
        self.summary = TextLine("Accuracy", self.theme)
        self.summary.alignment = Qt.AlignmentFlag.AlignRight
        self.header.addWidget(self.summary, 1, Qt.AlignmentFlag.AlignVCenter)

    @property
    def part(self) -> str:
        """The part of the data on show."""
        return PARTS[self.part_choice.current()]

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the evaluation the snapshot carries, if it is of the part on show."""
        self.show_evaluation(snapshot.evaluation)
        super().show_snapshot(snapshot)

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Show the network's answers to the part on show; one of another part is not taken."""
        if evaluation is self._evaluation or not self._wanted(evaluation):
            return
        before = self._matrix.shape, self._named()
        self._evaluation = evaluation
        confusion = None if evaluation is None or not len(evaluation.rows) else evaluation.confusion
        self._matrix = np.zeros((0, 0), np.intp) if confusion is None else confusion
        self._marks = None
        self._show_summary()
        if (self._matrix.shape, self._named()) != before:
            self._arrange()
        elif self.snapshot is not None:
            self._redraw(self.snapshot)

    def _wanted(self, evaluation: Evaluation | None) -> bool:
        if evaluation is None or self.project is None:
            return True
        return np.array_equal(evaluation.rows, self.project.prepared.part(self.part).rows)

    def _named(self) -> tuple[str, ...]:
        return () if self._evaluation is None else self._evaluation.classes

    def _show_summary(self) -> None:
        evaluation = self._evaluation
        if evaluation is None or not len(evaluation.rows):
            self.summary.show_text("")
            return
        count, loss = f"{len(evaluation.rows):,} samples", f"loss {magnitude(evaluation.loss)}"
        if len(self._matrix):
            text = f"accuracy {100.0 * evaluation.accuracy:.1f} %"
        else:
            text = f"R² {_score(evaluation.r2)}"
        wordings = (f"{text} · {loss} · {count}", f"{text} · {count}", text)
        self.summary.show_text(*wordings, numbers=True)

    # Layout -------------------------------------------------------------------------------

    def _lay_out(self, width: int, height: int) -> tuple[int, int]:
        count = len(self._matrix)
        if not count:
            self.view.set_blocks([], width, height)
            return min(width, 160), min(height, 60)
        scale = current_scale()
        names = [self.text_width(name, self._words) for name in self._named()]
        names.append(self.text_width("precision", self._words))
        self._side = min(max(names), round(0.25 * width)) + 10.0
        self._top = 2.0 * self._line + 4.0
        beside = self.text_width("recall", self._words) + 16
        foot = self._line + 6
        across = (width - self._side - beside) / count
        down = (height - self._top - foot - 2) / count
        wide = max(4, min(round(_WIDEST * scale), int(across)))
        high = max(self._line + 2, min(round(_HIGHEST * scale * scale), int(down), wide))
        positions = np.arange(count * count, dtype=np.intp).reshape(count, count)
        block = Block((MATRIX, 0), positions, self._side, self._top, wide, high)
        used = math.ceil(self._top + count * high + foot)
        self.view.set_blocks([block], width, max(height, used))
        return min(width, 200), used

    # Drawing ------------------------------------------------------------------------------

    def _show_values(self, snapshot: Snapshot) -> object:
        matrix = self._matrix.astype(np.float64)
        totals = np.maximum(matrix.sum(axis=1, keepdims=True), 1.0)
        self.view.set_values((matrix / totals).ravel(), 1.0, sequential=True)
        return self._matrix.tobytes(), self._evaluation is None, self.part

    def _paint(self, painter: QPainter) -> None:
        if not self.view.blocks or self._evaluation is None:
            self._paint_hint(painter)
            return
        block = self.view.blocks[0]
        report = self._evaluation.report
        assert report is not None
        line = float(self._line)
        right = block.left + block.columns * block.cell_width
        heading = QRectF(block.left, 0.0, max(right - block.left, 90.0), line)
        self._paint_text(painter, heading, "network says", self._words, "muted", LEFT_MIDDLE)
        place = QRectF(right + 8, self._top - line - 2, 60.0, line)
        self._paint_text(painter, place, "recall", self._words, "muted", LEFT_MIDDLE)
        foot = block.top + block.rows * block.cell_height + 4
        place = QRectF(0.0, foot, self._side - 8, line)
        self._paint_text(painter, place, "precision", self._words, "muted", RIGHT_MIDDLE)
        for number, name in enumerate(self._named()):
            row = block.cells_rect(number, 0, 1, block.columns)
            column = block.cells_rect(0, number, block.rows, 1)
            self._paint_name(painter, QRectF(0, row.top(), self._side - 8, row.height()), name)
            above = QRectF(column.left(), self._top - line - 2, column.width(), line)
            self._paint_name(painter, above, name, CENTRE)
            beside = QRectF(right + 8, row.top(), 60.0, row.height())
            self._paint_share(painter, beside, report.recall[number], LEFT_MIDDLE)
            below = QRectF(column.left(), foot, column.width(), line)
            self._paint_share(painter, below, report.precision[number], CENTRE)
        self._paint_counts(painter, block)

    def _paint_name(
        self,
        painter: QPainter,
        place: QRectF,
        name: str,
        alignment: Qt.AlignmentFlag = RIGHT_MIDDLE,
    ) -> None:
        painter.setFont(self._words)
        elide = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(name, elide, int(place.width()))
        if text != "…":
            self._paint_text(painter, place, text, self._words, "text", alignment)

    def _paint_share(
        self, painter: QPainter, place: QRectF, share: float, alignment: Qt.AlignmentFlag
    ) -> None:
        text = "–" if math.isnan(share) else f"{100.0 * share:.0f}"
        wider = f"{text} %"
        if text != "–" and self.text_width(wider, self._numbers) <= place.width():
            text = wider
        if self.text_width(text, self._numbers) <= place.width() + 2:
            self._paint_text(painter, place, text, self._numbers, "text", alignment)

    def _paint_counts(self, painter: QPainter, block: Block) -> None:
        for row, column in np.ndindex(*self._matrix.shape):
            count = int(self._matrix[row, column])
            text = f"{count:,}"
            if count and self.text_width(text, self._numbers) <= block.cell_width - 2:
                cell = self.view.cell(block, row, column)
                self._paint_text(painter, cell.rect, text, self._numbers, self._ink(cell), CENTRE)

    def _paint_hint(self, painter: QPainter) -> None:
        """Say why there is no matrix; of numbers as targets show R²."""
        evaluation = self._evaluation
        room = QRectF(self.view.rect()).adjusted(16, 0, -16, 0)
        text = _WAITING
        if evaluation is not None and not len(evaluation.rows):
            text = f"No samples are kept for {self.part}"
        elif evaluation is not None:
            text = _REGRESSION
            middle = room.center().y()
            above = QRectF(room.left(), middle - 44, room.width(), 30)
            font = numbers_font(1.6 * BODY_SIZE)
            self._paint_text(painter, above, f"R² {_score(evaluation.r2)}", font, "text", CENTRE)
            room.setTop(middle - 8)
        painter.setFont(self._words)
        painter.setPen(self.theme.colour("muted"))
        painter.drawText(room, int(CENTRE) | _WRAP, text)

    # What happens -------------------------------------------------------------------------

    def _rest_texts(self) -> tuple[str, ...]:
        return super()._rest_texts() if len(self._matrix) else ("",)

    def _describe(self, cell: Cell) -> str:
        names = self._named()
        count, total = int(self._matrix[cell.row, cell.column]), int(self._matrix[cell.row].sum())
        share = f", {100.0 * count / total:.0f} %" if total else ""
        return (
            f"actual “{names[cell.row]}”, network says “{names[cell.column]}”: "
            f"{count:,} of {total:,} samples{share}"
        )

    def _neuron_of(self, cell: Cell) -> tuple[int, int] | None:
        if self.spec is None:
            return None
        return self.spec.depth, cell.column if self.spec.outputs == len(self._matrix) else 0

    def _outlines(self, layer: int, neuron: int) -> list[QRectF]:
        count = len(self._matrix)
        if self.spec is None or layer != self.spec.depth or self.spec.outputs != count:
            return []
        return [block.cells_rect(0, neuron, block.rows, 1) for block in self.view.blocks]

    def _on_part(self) -> None:
        self._forget()
        if self._asked:
            self._ask(self.part)

    def _forget(self) -> None:
        self._evaluation = None
        self._matrix = np.zeros((0, 0), np.intp)
        self._show_summary()
        self._arrange()

    def _on_project(self) -> None:
        project = self.project
        assert project is not None
        for part, button in zip(PARTS, self.part_choice.buttons(), strict=True):
            there = len(project.prepared.part(part)) > 0
            button.setEnabled(there)
            button.setToolTip("" if there else f"No samples are kept for {part}")
        if not len(project.prepared.part(self.part)):
            self.part_choice.set_current(0)
            self._on_part()
        elif not self._wanted(self._evaluation):
            self._forget()

    def _restyle(self) -> None:
        super()._restyle()
        self.summary.apply_theme(self.theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what is to be shown."""
        super().showEvent(event)
        self._ask(self.part)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing any more."""
        super().hideEvent(event)
        self._ask("")

    def on_seen(self, seen: bool) -> None:
        """Ask only while in front of the other panels of the dock."""
        self._ask(self.part if seen else "")

    def _ask(self, part: str) -> None:
        if part != self._asked:
            self._asked = part
            self.evaluation_wanted.emit(part)


def _score(r2: float) -> str:
    return "not defined" if math.isnan(r2) else f"{r2:.4f}".replace("-", MINUS)
