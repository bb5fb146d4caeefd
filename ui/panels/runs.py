"""Runs: the present run and those kept beside it, with their last figures."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QPushButton, QWidget

from simulator.comparison import KeptRun
from simulator.snapshot import HistoryView, Snapshot
from ui.dialogs.tables import NumberTable, numbers_width, words_width
from ui.panels.panel import Panel, TextLine
from ui.panels.runs_model import EPOCHS, LIVE, LOSS, NAME, SCORE, VALIDATION, RunsModel
from ui.runs import KeptRuns
from ui.selection import Selection
from ui.style import current_scale
from ui.theme import GRID, Theme

_LEAST_TABLE = 54
HINT = "Keep this run, change one thing (rate, activation, seed), and run again"


class RunsPanel(Panel):
    """A table of up to eight kept runs; the loss panel draws their curves.

    Signals
    -------
    seeds_wanted : the user wants the project run with several seeds.
    """

    panel_id: ClassVar[str] = "runs"
    title: ClassVar[str] = "Runs"

    seeds_wanted = Signal()

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(selection, theme, parent)
        self._runs: KeptRuns | None = None
        self._history: HistoryView | None = None
        self.model = RunsModel(self)
        self.table = NumberTable(self.model)
        self.table.setAccessibleName("Runs")
        # Names differ at their end: "learning rate 0.05".
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.table.setMinimumHeight(_LEAST_TABLE)
        self.body.addWidget(self.table, 1)
        self._make_buttons()
        self.hint = TextLine("What to do", theme)
        self.hint.show_text(HINT, "Keep this run, then change one thing and run again")
        self.outer.addWidget(self.hint)
        self.table.selectionModel().currentChanged.connect(self._update_buttons)
        self.model.modelReset.connect(self._update_buttons)
        remove = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table)
        remove.setContext(Qt.ShortcutContext.WidgetShortcut)
        remove.activated.connect(self._on_remove)
        self._restyle()
        self._update_buttons()

    def _make_buttons(self) -> None:
        self.foot = QWidget()
        foot = QHBoxLayout(self.foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(GRID // 2)

        def button(text: str, tooltip: str, slot: object, row: QHBoxLayout) -> QPushButton:
            made = QPushButton(text)
            made.setToolTip(tooltip)
            made.setAccessibleName(text)
            made.clicked.connect(slot)
            row.addWidget(made)
            return made

        self.keep_button = button(
            "Keep", "Keep this run's curves beside the next", self._on_keep, self.header
        )
        self.restart_button = button(
            "Keep and restart",
            "Keep this run and go back to iteration 0 with the same start weights",
            self._on_restart,
            self.header,
        )
        self.seeds_button = button(
            "Seeds…", "Run this project with several seeds", self.seeds_wanted, self.header
        )
        self.header.addStretch(1)
        self.again_button = button(
            "Run again", "Load the chosen run's project and train it", self._on_again, foot
        )
        self.rename_button = button(
            "Rename", "Give the chosen run another name (F2)", self._on_rename, foot
        )
        self.remove_button = button("Remove", "Remove the chosen run", self._on_remove, foot)
        foot.addStretch(1)
        self.clear_button = button("Clear all", "Remove all kept runs", self._on_clear, foot)
        self.outer.addWidget(self.foot)

    def set_runs(self, runs: KeptRuns) -> None:
        """Show these runs and work on them."""
        self._runs = runs
        runs.changed.connect(self._on_runs)
        self.model.renamed.connect(runs.rename)
        self.model.shown.connect(runs.set_shown)
        self._on_runs()

    def set_bits(self, bits: bool) -> None:
        """Whether an amount of information is shown in bits."""
        self.model.set_bits(bits)

    @property
    def chosen(self) -> int | None:
        """The kept run that is selected, from 0; None for the present one or none."""
        row = self.table.currentIndex().row()
        return row - 1 if row > LIVE else None

    def _show(self, snapshot: Snapshot) -> None:
        project = self.project
        if project is None or snapshot.history is self._history:
            return
        self._history = snapshot.history
        validated = self.model.validated
        self.model.show_live(KeptRun(project, snapshot.history))
        if self.model.validated != validated:
            self._fit()

    def _restyle(self) -> None:
        self.model.apply_theme(self.theme)
        if hasattr(self, "hint"):
            self.hint.apply_theme(self.theme)
        self._fit()

    def _fit(self) -> None:
        """Widths of the columns; validation is there where it was measured."""
        self.table.setColumnHidden(VALIDATION, not self.model.validated)
        widths = [0] * (EPOCHS + 1)
        widths[NAME] = round(110 * current_scale())
        widths[LOSS] = max(numbers_width(7), words_width("Loss, bits", heading=True))
        widths[VALIDATION] = (
            max(numbers_width(7), words_width("Validation", heading=True))
            if self.model.validated
            else 0
        )
        widths[SCORE] = max(numbers_width(7), words_width("Accuracy", heading=True))
        widths[EPOCHS] = max(numbers_width(5), words_width("Epochs", heading=True))
        self.table.set_widths(widths, NAME)

    def _on_runs(self) -> None:
        runs = self._runs
        assert runs is not None
        row = self.table.currentIndex().row()
        self.model.show_runs(runs.runs, runs.names, runs.live_name)
        self._fit()
        if 0 <= row < self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(row, NAME))
        self._update_buttons()

    def _update_buttons(self) -> None:
        kept = self.model.rowCount() - 1
        for each in (self.again_button, self.rename_button, self.remove_button):
            each.setEnabled(self.chosen is not None)
        self.clear_button.setEnabled(kept > 0)
        # What can be done to kept runs is offered once there are some.
        self.hint.setVisible(kept == 0)
        self.foot.setVisible(kept > 0)

    def _on_keep(self) -> None:
        if self._runs is not None:
            self._runs.keep()

    def _on_restart(self) -> None:
        if self._runs is not None:
            self._runs.keep_and_restart()

    def _on_again(self) -> None:
        if self._runs is not None and self.chosen is not None:
            self._runs.run_again(self.chosen)

    def _on_rename(self) -> None:
        if self.chosen is not None:
            self.table.setFocus()
            self.table.edit(self.model.index(self.chosen + 1, NAME))

    def _on_remove(self) -> None:
        if self._runs is not None and self.chosen is not None:
            self._runs.remove(self.chosen)

    def _on_clear(self) -> None:
        if self._runs is not None:
            self._runs.clear()
