"""Dropout as an ensemble: every network that dropping makes of this one, and their mean."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QPushButton,
    QWidget,
)

from simulator.ensemble import Ensemble
from simulator.project import builtin_title
from ui.dialogs.ensemble_model import (
    DOT_PITCH,
    FIRST_MASK,
    NUMBER_LENGTH,
    Columns,
    DotsDelegate,
    MeanModel,
    MemberModel,
    MutedDelegate,
)
from ui.dialogs.ensemble_thread import EnsembleThread, Question
from ui.dialogs.parts import buttons_line, column_of, muted_label
from ui.dialogs.tables import PADDING, NumberTable, SumsTable, numbers_width, words_width
from ui.panels.text import limit_text, superscript
from ui.session import Session
from ui.style import current_scale
from ui.theme import GRID, Theme
from ui.widgets.card import Card
from ui.widgets.labels import EmptyHint

ABOUT = (
    "In each training step dropout trains one of many networks that share their weights. The "
    "test-time network stands for the mean of them all: exactly where the network is linear, else "
    "nearly."
)
REFRESH_MILLISECONDS = 500
MOST_INPUTS_NAMED = 4
SIZE = (680, 600)
LARGEST_WIDTH = 1000


class EnsembleDialog(QDialog):
    """Stays beside the window and follows the training, the drawing and every edit."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Dropout ensemble")
        self.setModal(False)
        self._session = session
        self._theme = theme
        self._wanted = True
        self._thread = EnsembleThread(self)
        self._build()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(REFRESH_MILLISECONDS)
        self._pause.timeout.connect(self._refresh)
        self._thread.answered.connect(self._on_answered)
        self._thread.refused.connect(self._on_refused)
        self._thread.finished.connect(self._refresh)
        session.snapshot_changed.connect(self._on_changed)
        session.project_changed.connect(self._on_changed)
        self.close_button.clicked.connect(self.reject)
        QCoreApplication.instance().aboutToQuit.connect(self.shut_down)
        self.close_button.setFocus()
        self.resize(*(round(current_scale() * length) for length in SIZE))

    def _build(self) -> None:
        self.card = Card("Networks")
        self.members, self.means = MemberModel(self), MeanModel(self)
        self.table = NumberTable(self.members)
        self.table.setAccessibleName("All networks that dropout makes")
        self._dots = DotsDelegate(self._theme, self.table)
        self.mean_table = SumsTable(self.means, self.table)
        self.mean_table.setAccessibleName("Their mean, and the networks that drop nothing")
        self._remarks = MutedDelegate(self._theme, self.mean_table)
        self.mean_table.setItemDelegate(self._remarks)
        self._rule = QFrame()
        self._rule.setProperty("role", "rule")
        self.hint = EmptyHint()
        self.card.body.setSpacing(0)
        self.card.body.addWidget(self.table, 1)
        self.card.body.addWidget(self._rule)
        self.card.body.addLayout(self.mean_table.place)
        self.card.body.addWidget(self.hint, 1)
        self._show_tables(True)
        self.close_button = QPushButton("Close")
        self.close_button.setDefault(True)
        column = column_of(self)
        column.addWidget(muted_label(ABOUT))
        column.addWidget(self.card, 1)
        column.addLayout(buttons_line(self.close_button))

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self._dots.theme = self._remarks.theme = theme
        for table in (self.table, self.mean_table):
            table.viewport().update()

    # Following

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_changed()

    def _on_changed(self) -> None:
        self._wanted = True
        self._refresh()

    def _refresh(self) -> None:
        """Ask for the ensemble, unless that was less than half a second ago."""
        snapshot, project = self._session.snapshot, self._session.project
        waiting = self._pause.isActive() or self._thread.isRunning()
        if waiting or not self._wanted or not self.isVisible():
            return
        if snapshot is None or snapshot.spec != project.network:
            return
        self._wanted = False
        self._pause.start()
        self._thread.begin(Question.of(project, snapshot))

    def _on_answered(self, question: Question, found: Ensemble) -> None:
        columns = Columns.of(question.project)
        self._show_tables(True)
        self.card.set_caption(_caption(question, found))
        other = self.members.show(columns, found)
        self.means.show(columns, found)
        if other:
            self._fit(columns, found)
        else:
            self.mean_table.join_first(columns.first_output)

    def _on_refused(self, sentence: str) -> None:
        self._show_tables(False)
        self.card.set_caption("")
        title = builtin_title("dropout-ensemble")
        self.hint.setText(
            f"{sentence}\n\nOpen the built-in project “{title}” (menu File) to see one."
        )

    def _show_tables(self, there_is_one: bool) -> None:
        for part in (self.table, self._rule, self.mean_table):
            part.setVisible(there_is_one)
        self.hint.setVisible(not there_is_one)

    def _fit(self, columns: Columns, found: Ensemble) -> None:
        """Give the columns their widths: all room that is left goes to the last mask."""
        scale = current_scale()
        masks = [
            round(len(found.members[0].masks[number]) * DOT_PITCH * scale + PADDING * scale)
            for number in columns.layers
        ]
        number = numbers_width(NUMBER_LENGTH)
        wanted = [numbers_width(5), *masks, number, *[number] * len(columns.outputs)]
        wanted = [
            max(width, words_width(text, heading=True))
            for width, text in zip(wanted, columns.headings, strict=True)
        ]
        last = FIRST_MASK + len(columns.layers) - 1
        label = words_width("Mean of all, by probability")
        wanted[last] += max(0, label - sum(wanted[: columns.first_output]))
        for column in range(columns.count):
            is_mask = FIRST_MASK <= column < columns.probability
            self.table.setItemDelegateForColumn(column, self._dots if is_mask else None)
        around = self.width() - self.table.viewport().width() + round(2 * GRID * scale)
        width = min(sum(wanted) + around, round(LARGEST_WIDTH * scale))
        self.resize(max(self.width(), width), self.height())
        self.table.set_widths(wanted, last)
        self.mean_table.join_first(columns.first_output)

    # Leaving

    def shut_down(self) -> bool:
        """Wait until the thread has ended."""
        self._wanted = False
        return self._thread.shut_down()


def _caption(question: Question, found: Ensemble) -> str:
    """ "4 = 2² networks · first training sample (2, 1)"."""
    units = sum(len(mask) for mask in found.members[0].masks)
    count = len(found.members)
    text = "the drawing" if question.drawn else "first training sample"
    if len(question.x) <= MOST_INPUTS_NAMED:
        text += f" ({', '.join(limit_text(float(value)) for value in question.x)})"
    return f"{count:,} = 2{superscript(units)} networks · {text}"
