"""Importing users' own data: what was read, what is guessed, what would come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from simulator.data.importing import Choices, Found, ReadOptions, guess, outcome
from simulator.data.readers import ReadError, Table, TableFormat, reader_for
from simulator.data.sample_import import SampleChoices
from simulator.data.table_import import TableChoices
from simulator.project.adapting import Adapted
from ui.dialogs.import_outcome import OutcomeView, ProjectChoices
from ui.dialogs.import_pictures import PicturesPage
from ui.dialogs.import_table import TablePage
from ui.dialogs.import_thread import ImportThread, Plan, Source, as_paths
from ui.session import Session
from ui.style import current_scale
from ui.theme import GRID, Theme
from ui.widgets.labels import ElidedLabel, EmptyHint

HINT = (
    "Choose a table (CSV), the files of MNIST (IDX), an npz file, pictures, or a folder that holds "
    "a folder of pictures for each class. Or drop them on the window, or copy cells of a "
    "spreadsheet and paste them."
)
FILTER = (
    "Data (*.csv *.tsv *.txt *.npz *.idx *ubyte *.gz *.png *.jpg *.jpeg *.bmp *.gif *.webp *.pgm "
    "*.ppm);;All files (*)"
)
PROGRESS_MILLISECONDS = 100
PROGRESS_STEPS = 1000
SIZE = (960, 640)


class ImportDialog(QDialog):
    """One import; what it makes is one undoable edit of the session's project.

    Signals
    -------
    imported(str) : the data are in the project; what else had to change, or an empty text.
    """

    imported = Signal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import data")
        self.setModal(True)
        self._session = session
        self._source: Source | None = None
        self._options = ReadOptions()
        self._found: Found | None = None
        self._choices: Choices | None = None
        self._reads_again = False
        self._chose = False
        self.thread_of_import = ImportThread(self)
        self._build(theme)
        self._connect()
        self.apply_theme(theme)
        self._show_outcome()
        self._show_working(False)
        self.resize(*(round(current_scale() * length) for length in SIZE))

    def _build(self, theme: Theme) -> None:
        self.name = ElidedLabel()
        self.files_button = QPushButton("Choose files…")
        self.folder_button = QPushButton("Choose folder…")
        self.paste_button = QPushButton("Paste table")
        top = QHBoxLayout()
        top.setSpacing(GRID)
        for button in (self.files_button, self.folder_button, self.paste_button):
            button.setAutoDefault(False)
            top.addWidget(button)
        top.addWidget(self.name, 1)
        self.table_page, self.pictures_page = TablePage(theme), PicturesPage(theme)
        self.pages = QStackedWidget()
        self.hint = EmptyHint(HINT)
        for page in (self.hint, self.table_page, self.pictures_page):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(GRID + 4)
        column.addLayout(top)
        column.addWidget(self.pages, 1)
        self.project_choices, self.outcome_view = ProjectChoices(), OutcomeView()
        column.addWidget(self.project_choices)
        column.addWidget(self.outcome_view)
        column.addLayout(self._ending())

    def _ending(self) -> QHBoxLayout:
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Progress")
        self.progress.setRange(0, PROGRESS_STEPS)
        self.progress.setTextVisible(False)
        self.reason = QLabel()
        self.reason.setProperty("role", "muted")
        self.reason.setWordWrap(True)
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setAutoDefault(False)
        self.import_button = QPushButton("Import")
        self.import_button.setProperty("role", "primary")
        self.import_button.setDefault(True)
        line = QHBoxLayout()
        line.setSpacing(GRID)
        line.addWidget(self.progress, 1)
        line.addWidget(self.reason, 1)
        line.addWidget(self.cancel_button)
        line.addWidget(self.import_button)
        return line

    def _connect(self) -> None:
        self._progress_timer = QTimer(self)
        self._progress_timer.setInterval(PROGRESS_MILLISECONDS)
        self._progress_timer.timeout.connect(self._on_progress)
        self.files_button.clicked.connect(self._on_choose_files)
        self.folder_button.clicked.connect(self._on_choose_folder)
        self.paste_button.clicked.connect(self.paste)
        self.cancel_button.clicked.connect(self._on_cancel)
        self.import_button.clicked.connect(self._on_import)
        self.table_page.format_changed.connect(self._on_format)
        self.table_page.choices_changed.connect(self._on_choices)
        self.pictures_page.choices_changed.connect(self._on_choices)
        self.pictures_page.grid_changed.connect(self._on_grid)
        thread = self.thread_of_import
        thread.read.connect(self._on_read)
        thread.made.connect(self._on_made)
        thread.refused.connect(self._on_refused)
        thread.finished.connect(self._on_finished)
        QCoreApplication.instance().aboutToQuit.connect(self.shut_down)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        for part in (self.table_page, self.pictures_page, self.outcome_view):
            part.apply_theme(theme)

    # What is read

    def read_paths(self, paths: Sequence[str]) -> None:
        """Read these files or folders and show what they hold."""
        own = as_paths(paths)
        name = own[0].name if len(own) == 1 else f"{own[0].name} and {len(own) - 1:,} more"
        self._read(Source(own), name)

    def paste(self) -> None:
        """Read the table in the clipboard."""
        self._read(Source(text=QCoreApplication.instance().clipboard().text()), "pasted table")

    def _read(self, source: Source, name: str) -> None:
        self._source, self._options, self._chose = source, ReadOptions(), False
        self.table_page.forget_format()
        self.name.setText(name)
        self._read_again()

    def _read_again(self) -> None:
        """Read with the options there are now; a job that still runs is given up first."""
        if self._source is None:
            return
        self._found = self._choices = None
        self._show_outcome()
        if self.thread_of_import.isRunning():
            self._reads_again = True
            self.thread_of_import.cancel()
            return
        self.thread_of_import.begin_reading(self._source, self._options)
        self._show_working(True)

    def _on_choose_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Import data", "", FILTER)
        if names:
            self.read_paths(names)

    def _on_choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder with a folder for each class")
        if name:
            self.read_paths([name])

    def _on_format(self, wanted: TableFormat) -> None:
        self._options, self._chose = replace(self._options, table=wanted), True
        self._read_again()

    def _on_grid(self, rows: int, columns: int) -> None:
        if isinstance(self._choices, SampleChoices) and self._kind() != "pictures":
            self.pictures_page.choose(replace(self._choices, grid=(rows, columns)))
        else:
            self._options, self._chose = replace(self._options, grid=(rows, columns)), True
            self._read_again()

    def _kind(self) -> str:
        """Which reader the files are for, empty where none is."""
        if self._source is None or self._source.text is not None:
            return "" if self._source is None else "table"
        try:
            return reader_for(self._source.paths[0])
        except ReadError:
            return ""

    def _on_read(self, found: Found) -> None:
        if self._reads_again:
            return
        self._found, self._choices = found, guess(found)
        if isinstance(found, Table):
            assert isinstance(self._choices, TableChoices)
            self.table_page.show_table(found, self._choices)
            self.pages.setCurrentWidget(self.table_page)
            picture = self._choices.grid is not None
        else:
            assert isinstance(self._choices, SampleChoices)
            self.pictures_page.show_samples(found, self._choices)
            self.pages.setCurrentWidget(self.pictures_page)
            picture = found.shape is not None
        self.project_choices.set_scaling("none" if picture else "standardize")
        self._show_outcome()
        if self.import_button.isEnabled() and not self._chose:
            self.import_button.setFocus()

    def _on_choices(self, choices: Choices) -> None:
        self._choices = choices
        self._show_outcome()

    # What would come of it

    def _show_nothing(self, sentence: str, reason: str = "", wrong: bool = False) -> None:
        self.outcome_view.say(sentence, wrong)
        self.reason.setText(reason)
        self.import_button.setEnabled(False)
        self.import_button.setToolTip(sentence)
        self.project_choices.show_project(self._session.project, 0)

    def _show_outcome(self) -> None:
        if self._found is None or self._choices is None:
            self._show_nothing("Nothing to import yet.", "Choose data first.")
            return
        found = outcome(self._found, self._choices)
        self.outcome_view.show_outcome(found)
        self.reason.setText("It cannot be imported like this." if found.problem else "")
        self.import_button.setEnabled(not found.problem)
        self.import_button.setToolTip(found.problem)
        self.project_choices.show_project(self._session.project, found.inputs)

    # Importing

    def _on_import(self) -> None:
        if self._found is None or self._choices is None or self.thread_of_import.isRunning():
            return
        self.thread_of_import.begin_making(
            Plan(
                self._session.project,
                self._found,
                self._choices,
                self.project_choices.keeps_hidden,
                self.project_choices.kind_of_scaling,
            )
        )
        self._show_working(True)

    def _on_made(self, adapted: Adapted) -> None:
        edit = adapted.edit
        self._session.change_project("Import data", edit.project, edit.origin)
        self.imported.emit(" ".join(adapted.notes))
        self.accept()

    def _on_refused(self, sentence: str) -> None:
        if self._reads_again:
            return
        self._found = self._choices = None
        if self._kind() == "table":
            # Another encoding or another sign between the cells may be the way out.
            self.table_page.show_nothing(self._options.table)
            self.pages.setCurrentWidget(self.table_page)
        elif self.pages.currentWidget() is self.table_page:
            self.pages.setCurrentWidget(self.hint)
        self._show_nothing(sentence, wrong=True)

    def _on_progress(self) -> None:
        making = self.thread_of_import.is_making
        self.progress.setRange(0, 0 if making else PROGRESS_STEPS)
        if not making:
            (share,) = self.thread_of_import.progress
            self.progress.setValue(round(PROGRESS_STEPS * share))

    def _show_working(self, working: bool) -> None:
        self.progress.setVisible(working)
        self.reason.setVisible(not working)
        for control in (self.files_button, self.folder_button, self.paste_button, self.pages):
            control.setEnabled(not working)
        if working:
            making = self.thread_of_import.is_making
            self.outcome_view.say("Importing…" if making else "Reading…")
            self.import_button.setEnabled(False)
            self._on_progress()
            self._progress_timer.start()
        else:
            self._progress_timer.stop()

    def _on_finished(self) -> None:
        if self._reads_again:
            self._reads_again = False
            self._read_again()
            return
        self._show_working(False)
        if self.thread_of_import.cancelled:
            self._show_outcome()
            if self._found is None:
                self.outcome_view.say("Reading was cancelled; choose data again.")

    # Leaving

    def _on_cancel(self) -> None:
        """Give up the work at hand, or the whole import where there is none."""
        if self.thread_of_import.isRunning() and not self._reads_again:
            self.thread_of_import.cancel()
        else:
            self.reject()

    def shut_down(self) -> bool:
        """Give the work up and wait until its thread has ended."""
        return self.thread_of_import.shut_down()

    def done(self, result: int) -> None:
        """However it is closed, give the work up; the window need not wait for the end of it."""
        self._reads_again = False
        self.thread_of_import.cancel()
        # What was read may be large, and the dialog stays until the next import.
        self._found = self._choices = None
        self.table_page.show_nothing(self._options.table)
        self.pictures_page.forget()
        super().done(result)
