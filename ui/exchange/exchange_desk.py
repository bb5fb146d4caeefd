"""Answers “Export” and “Import model”: asks, has the work done, says what came of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from simulator.document import Document
from simulator.exchange import FORMATS
from simulator.project.errors import printable
from simulator.runner import Runner
from ui.actions import Actions
from ui.exchange.exchange_thread import ExchangeThread, Export, Import, Job
from ui.exchange.export_dialog import ExportDialog
from ui.exchange.import_dialog import ImportModelDialog

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_MODELS = "Keras models and weights (*.keras *.weights.h5);;All files (*)"


class ExchangeDesk(QObject):
    """Makes the dialogs when they are asked for; its thread starts with the first job."""

    def __init__(self, window: MainWindow, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self.thread_of_exchange = ExchangeThread(self)
        self.thread_of_exchange.ended.connect(self._on_ended)
        self.thread_of_exchange.failed.connect(self._on_failed)
        self.export_dialog: ExportDialog | None = None
        self.import_dialog: ImportModelDialog | None = None
        actions.connect("export_model", self.show_export)
        actions.connect("import_model", self.choose_model)

    # Out

    def show_export(self) -> None:
        """Ask what to write."""
        if self.export_dialog is None:
            self.export_dialog = ExportDialog(self._window)
            self.export_dialog.wanted.connect(self._on_wanted)
            self.export_dialog.finished.connect(self._on_export_closed)
        self.export_dialog.show()
        self.export_dialog.raise_()

    def _on_export_closed(self) -> None:
        self.export_dialog = None

    def _on_wanted(self, name: str) -> None:
        """Ask where to write a format, then write it."""
        kind = FORMATS[name]
        project = self._session.project
        own = re.sub(r"[^\w .-]+", " ", project.title or project.name).strip(" .") or "network"
        place = self._window.files.file.folder / f"{own[:80]}{kind.suffix}"
        path, _ = QFileDialog.getSaveFileName(
            self.export_dialog or self._window,
            f"Export {kind.title}",
            str(place),
            f"{kind.title} (*{kind.suffix})",
        )
        if path:
            self.export(name, _with_suffix(Path(path), kind.suffix))

    def export(self, name: str, path: Path) -> None:
        """Write a format to a file, of this moment of the training."""
        job = Export(path, name)
        if self.export_dialog is not None:
            self.export_dialog.set_busy(True)
        self._start()
        thread = self.thread_of_exchange

        def take(runner: Runner) -> None:
            thread.take(runner, job)

        self._session.send(take)

    def _on_exported(self, job: Export) -> None:
        shown = printable(job.path.name, 80)
        dialog = self.export_dialog
        if dialog is not None:
            dialog.set_busy(False)
        if job.problem:
            self._say(job.problem)
            return
        if dialog is None or not job.notes:
            if dialog is not None:
                dialog.close()
            self._window.files.toast.say(f"Exported “{shown}”")
            if not job.notes:
                return
        self._say(f"“{shown}” is in {job.path.parent}. It differs in this:", job.notes)

    def _say(self, sentence: str, notes: tuple[str, ...] = ()) -> None:
        if self.export_dialog is not None:
            self.export_dialog.say(sentence, notes)
        else:
            self._window.show_notice(" ".join((sentence, *notes)))

    # In

    def choose_model(self) -> None:
        """Let the user choose a model to read."""
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Import model", str(self._window.files.file.folder), _MODELS
        )
        if path:
            self.import_model(Path(path))

    def import_model(self, path: Path) -> None:
        """Read a model; the network that is open stays until the user says so."""
        if self.import_dialog is not None:
            self.import_dialog.close()
        dialog = ImportModelDialog(path, self._window)
        dialog.taken.connect(self._on_taken)
        dialog.finished.connect(self._on_import_closed)
        self.import_dialog = dialog
        dialog.open()
        self._start()
        self.thread_of_exchange.put(Import(path, self._session.project))

    def _on_import_closed(self) -> None:
        if self.sender() is self.import_dialog:
            self.import_dialog = None

    def _on_imported(self, job: Import) -> None:
        if self.import_dialog is None:
            return
        if job.made is None:
            self.import_dialog.show_problem(job.problem)
        else:
            self.import_dialog.show_made(job.made)

    def _on_taken(self, document: Document) -> None:
        self._window.files.show_new(document)

    # The thread

    def _start(self) -> None:
        if not self.thread_of_exchange.isRunning():
            self.thread_of_exchange.start()

    def _on_ended(self, job: Job) -> None:
        if isinstance(job, Export):
            self._on_exported(job)
        else:
            self._on_imported(job)

    def _on_failed(self, problem: object) -> None:
        self._session.failed.emit(problem)

    def shut_down(self) -> None:
        """Wait for what is being written."""
        if self.thread_of_exchange.isRunning():
            self.thread_of_exchange.shut_down()


def _with_suffix(path: Path, suffix: str) -> Path:
    """The path with the format's ending, which a user may leave out."""
    if path.name.lower().endswith(suffix):
        return path
    return path.with_name(path.name + suffix)
