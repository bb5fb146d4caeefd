"""Compare seeds: the same project from several start weights, its curves side by side."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout, QSpinBox, QWidget

from simulator.comparison import MOST_RUNS, KeptRun
from simulator.project import Project
from simulator.snapshot import RunState
from ui.dialogs.job_dialog import PROGRESS_STEPS, JobDialog
from ui.dialogs.parts import buttons_line, column_of, muted_label
from ui.dialogs.seeds_thread import SeedsThread
from ui.runs import KeptRuns
from ui.session import Session
from ui.style import current_scale
from ui.theme import GRID
from ui.widgets.labels import level_labels

ABOUT = (
    "A seed decides on the start weights and on the order of the samples. The project is trained "
    "once with each seed, and the curves appear among the kept runs: how far they lie apart is "
    "how much luck there is in one of them."
)
DEFAULT_SEEDS = 4
MOST_EPOCHS = 1_000_000
WIDTH = 460


class SeedsDialog(JobDialog):
    """Stays beside the window; closing it gives the runs up and keeps those that are complete."""

    def __init__(self, session: Session, runs: KeptRuns, parent: QWidget | None = None) -> None:
        super().__init__("Compare seeds", parent)
        self._session = session
        self._runs = runs
        self._planned: Project | None = None
        self._seeds: range = range(0)
        self._done = 0
        self._refusal = ""
        self.thread_of_seeds = SeedsThread(self)
        self._build()
        self._watch(self.thread_of_seeds, self._on_start, self._on_progress, self._on_finished)
        self.thread_of_seeds.run_done.connect(self._on_run)
        self.thread_of_seeds.refused.connect(self._on_refused)
        runs.changed.connect(self._show_room)
        self._show_running(False)
        self._show_room()

    def _build(self) -> None:
        self.count, self.first, self.epochs = QSpinBox(), QSpinBox(), QSpinBox()
        self.count.setValue(DEFAULT_SEEDS)
        self.first.setRange(0, 2**31 - 1 - MOST_RUNS)
        self.epochs.setRange(1, MOST_EPOCHS)
        self.epochs.setGroupSeparatorShown(True)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID)
        for name, box in (
            ("&Seeds", self.count),
            ("&First seed", self.first),
            ("&Epochs each", self.epochs),
        ):
            box.setAccessibleName(name.replace("&", ""))
            box.setFixedWidth(round(140 * current_scale()))
            form.addRow(name, box)
        level_labels(form)
        column = column_of(self)
        column.addWidget(muted_label(ABOUT))
        column.addLayout(form)
        column.addWidget(self.progress)
        column.addWidget(self.status)
        column.addStretch(1)
        column.addLayout(buttons_line(self.close_button, self.cancel_button, self.start_button))
        self.setMinimumWidth(round(WIDTH * current_scale()))

    def prepare(self) -> None:
        """Propose what the present run is: its seed, and as many epochs as it has come to."""
        if self.thread_of_seeds.isRunning():
            return
        project, snapshot = self._session.project, self._session.snapshot
        self.first.setValue(min(project.training.seed, self.first.maximum()))
        trained = 0 if snapshot is None else snapshot.epoch
        self.epochs.setValue(trained or min(project.training.epochs, MOST_EPOCHS))
        self.status.setText("")
        self._show_room()

    def _show_room(self) -> None:
        """Only as many seeds as there is room for."""
        if self.thread_of_seeds.isRunning():
            return
        room = MOST_RUNS - len(self._runs.runs)
        self.start_button.setEnabled(room >= 2)
        self.count.setRange(min(2, max(1, room)), max(1, room))
        if room < 2:
            self.status.setText(f"There is room for {MOST_RUNS} runs; remove some to compare.")

    def _on_start(self) -> None:
        if self._session.state is RunState.RUNNING:
            # Two trainings at once would each take the other's time.
            self._session.pause()
        project = self._session.project.with_epochs(self.epochs.value())
        first = self.first.value()
        self._seeds = range(first, first + self.count.value())
        self._done = 0
        self._refusal = ""
        self._planned = project
        self.thread_of_seeds.begin(project, self._seeds)
        self._show_running(True)
        self._progress_timer.start()
        self._on_progress()

    def _on_run(self, run: KeptRun) -> None:
        self._done += 1
        if len(run.history.epoch) == 0:
            self.status.setText(f"Seed {run.project.training.seed}: {run.message}")
        elif not self.thread_of_seeds.cancelled and not self._runs.add(run):
            self._on_cancel()

    def _on_refused(self, sentence: str) -> None:
        self._refusal = sentence

    def _on_progress(self) -> None:
        place, epoch = self.thread_of_seeds.progress
        planned = self._planned
        assert planned is not None
        share = (place + epoch / planned.training.epochs) / len(self._seeds)
        self.progress.setValue(round(PROGRESS_STEPS * min(1.0, share)))
        seed = self._seeds[min(place, len(self._seeds) - 1)]
        self.status.setText(f"Seed {seed}, epoch {epoch:,} of {planned.training.epochs:,}")

    def _on_finished(self) -> None:
        self._progress_timer.stop()
        cancelled = self.thread_of_seeds.cancelled
        self.progress.setValue(0 if cancelled or self._refusal else PROGRESS_STEPS)
        ending = "Given up. " if cancelled else ""
        runs = "1 run is" if self._done == 1 else f"{self._done} runs are"
        complete = f"{ending}{runs} complete; their curves are in the Loss panel."
        self.status.setText(self._refusal or complete)
        self._show_running(False)
        self._show_room()

    def _show_running(self, running: bool) -> None:
        for box in (self.count, self.first, self.epochs):
            box.setEnabled(not running)
        self.start_button.setVisible(not running)
        self.cancel_button.setVisible(running)
        self.cancel_button.setEnabled(running)
        self.progress.setEnabled(running)
