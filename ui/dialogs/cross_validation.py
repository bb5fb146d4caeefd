"""Cross-validation: how well networks like this one do on samples they have not seen."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSpinBox, QWidget

from simulator.crossvalidation import CrossValidation
from simulator.data.splits import fold_rows
from simulator.evaluation import Evaluation
from simulator.project import Project
from ui.dialogs.fold_model import FOLD, SCORE, FoldModel, MeanModel, ShareDelegate
from ui.dialogs.fold_thread import FoldThread
from ui.dialogs.job_dialog import PROGRESS_STEPS, JobDialog
from ui.dialogs.parts import buttons_line, column_of, muted_label
from ui.dialogs.tables import NumberTable, SumsTable, numbers_width, words_width
from ui.resources import icon
from ui.session import Session
from ui.style import current_scale
from ui.theme import GRID, Theme
from ui.widgets.card import Card

DEFAULT_FOLDS = 5
ABOUT = (
    "The samples are dealt into k folds, and k networks are trained from the same start, each "
    "without one fold. Each is tested on the fold it has not seen: their mean says how well such a "
    "network does on new samples."
)
SIZE = (600, 560)


class CrossValidationDialog(JobDialog):
    """Cross-validates the session's project; what was found stays on show."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Cross-validation", parent)
        self._session = session
        self._theme = theme
        self._project: Project | None = None
        self._planned: Project | None = None
        self.thread_of_folds = FoldThread(self)
        self._build()
        self._connect()
        self.apply_theme(theme)
        self._show_project(session.project)
        self._show_running(False)
        self.resize(*(round(current_scale() * length) for length in SIZE))

    def _build(self) -> None:
        self.folds = QSpinBox()
        self.folds.setAccessibleName("Number of folds")
        self.folds.setFixedWidth(round(96 * current_scale()))
        label = QLabel("&Folds")
        label.setBuddy(self.folds)
        self.plan = QLabel()
        self.plan.setProperty("role", "muted")
        controls = QHBoxLayout()
        controls.setSpacing(GRID)
        for widget in (label, self.folds, self.plan):
            controls.addWidget(widget)
        controls.addStretch(1)
        controls.addWidget(self.cancel_button)
        controls.addWidget(self.start_button)
        column = column_of(self)
        column.addWidget(muted_label(ABOUT))
        column.addLayout(controls)
        column.addWidget(self.progress)
        column.addLayout(self._status_line())
        column.addWidget(self._results(), 1)
        column.addLayout(buttons_line(self.close_button))

    def _status_line(self) -> QHBoxLayout:
        self._sign = QLabel()
        self._sign.hide()
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line = QHBoxLayout()
        line.setSpacing(GRID)
        line.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.status, 1)
        return line

    def _results(self) -> Card:
        self.card = Card("Results")
        self.model, self.means = FoldModel(self), MeanModel(self)
        self.table = NumberTable(self.model)
        self.table.setAccessibleName("Results of each fold")
        self._bars = ShareDelegate(self._theme, 0, self.table)
        self.table.setItemDelegateForColumn(SCORE, self._bars)
        self.mean_table = SumsTable(self.means, self.table)
        self.mean_table.setAccessibleName("Mean and standard deviation")
        rule = QFrame()
        rule.setProperty("role", "rule")
        self.card.body.setSpacing(0)
        self.card.body.addWidget(self.table, 1)
        self.card.body.addWidget(rule)
        self.card.body.addLayout(self.mean_table.place)
        return self.card

    def _connect(self) -> None:
        thread = self.thread_of_folds
        self._watch(thread, self._on_start, self._on_progress, self._on_finished)
        thread.fold_done.connect(self._on_fold)
        thread.completed.connect(self._on_completed)
        thread.refused.connect(self._on_refused)
        self.folds.valueChanged.connect(self._show_plan)
        self._session.project_changed.connect(self._show_project)

    # Showing

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self._bars.theme = theme
        self._sign.setPixmap(icon("triangle-alert", theme, colour=theme.negative).pixmap(18, 18))
        self._fit()
        self.table.viewport().update()

    def _fit(self) -> None:
        # "1.2e−05 ± 1.1e−05" is the longest loss; a score's bar takes what is left.
        number, pair = numbers_width(8), numbers_width(17)
        self._bars.number_width = number
        label = words_width("Mean ± standard deviation")
        samples = max(numbers_width(9), words_width("samples", heading=True))
        fold = max(numbers_width(6), label - samples)
        self.table.set_widths((fold, samples, pair, pair), SCORE)
        self.mean_table.join_first(FOLD + 2)

    def _show_project(self, project: Project) -> None:
        """Let as many folds be chosen as there are samples; what was found stays on show."""
        samples = len(fold_rows(project.data))
        new_data = self._planned is None or self._planned.data is not project.data
        self._planned = project
        if new_data:
            self.folds.setRange(2, max(2, samples))
            self.folds.setValue(DEFAULT_FOLDS)
        self._show_plan()
        self._show_origin()

    def _show_plan(self) -> None:
        """Say what Start would do; blank rows stand for it until there are results."""
        project, folds = self._session.project, self.folds.value()
        least, rest = divmod(len(fold_rows(project.data)), folds)
        size = f"{least:,}" if not rest else f"{least:,} or {least + 1:,}"
        self.plan.setText(f"of {size} sample{'s' if rest or least != 1 else ''} each")
        if self._project is None:
            self.model.start(folds, project.data.target_classes is not None)
            text = f"{folds:,} networks of up to {project.training.epochs:,} epochs each."
            if project.data.has_part("test"):
                text += " The data's own test part stays out."
            self._say(text)

    def _show_origin(self) -> None:
        """Say in the card's corner what the results are of."""
        project = self._project
        if project is None:
            self.card.set_caption("")
            return
        changed = project != self._session.project
        text = project.title or project.name
        self.card.set_caption(f"{text} · changed since" if changed else text)

    def _show_running(self, running: bool) -> None:
        for widget in (self.start_button, self.folds):
            widget.setEnabled(not running)
        self.cancel_button.setEnabled(running)

    def _say(self, sentence: str, wrong: bool = False) -> None:
        self._sign.setVisible(wrong)
        self.status.setText(sentence)
        self.status.setAccessibleName(sentence)

    def _on_progress(self) -> None:
        project = self._project
        if project is None or self.thread_of_folds.cancelled:
            return
        folds, epochs = self.model.rowCount(), project.training.epochs
        fold, epoch = self.thread_of_folds.progress
        done = (fold - 1 + epoch / max(1, epochs)) / folds
        self.progress.setValue(round(PROGRESS_STEPS * done))
        self._say(f"Fold {fold:,} of {folds:,} · epoch {epoch:,} of {epochs:,}")

    # Running

    def _on_start(self) -> None:
        if self.thread_of_folds.isRunning():
            return
        self._project = self._session.project
        self.model.start(self.folds.value(), self._project.data.target_classes is not None)
        self.means.clear()
        self.progress.setValue(0)
        self._show_origin()
        self._show_running(True)
        self.cancel_button.setFocus()
        self.thread_of_folds.begin(self._project, self.folds.value())
        self._on_progress()
        self._progress_timer.start()

    def _on_cancel(self) -> None:
        super()._on_cancel()
        self._say("Ending…")

    def _on_fold(self, number: int, evaluation: Evaluation) -> None:
        self.model.add(evaluation)
        self.table.scrollTo(self.model.index(number - 1, 0))

    def _on_completed(self, found: CrossValidation) -> None:
        self.means.show(found.losses, found.scores, self.model.classes)
        self.progress.setValue(PROGRESS_STEPS)
        text = f"Done: {len(found.folds):,} networks were trained and tested."
        if not self.model.classes and any(math.isnan(score) for score in found.scores):
            text += " R² needs at least two samples in a fold."
        self._say(text)

    def _on_refused(self, sentence: str) -> None:
        self.progress.setValue(0)
        if not self.model.found:
            self._project = None
            self._show_origin()
        self._say(sentence, wrong=True)

    def _on_finished(self) -> None:
        self._progress_timer.stop()
        self._show_running(False)
        if self.isVisible():
            self.start_button.setFocus()
        if self.thread_of_folds.cancelled and self.model.found < self.model.rowCount():
            self._say(f"Cancelled after {self.model.found:,} of {self.model.rowCount():,} folds.")
