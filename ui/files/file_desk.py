"""Joins files to the window: its name, its file, what is asked before anything is lost."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from simulator.document import Document
from simulator.document.on_disk import Change
from simulator.document.recovery import AutosaveStore
from simulator.project.errors import printable
from ui.actions import Actions
from ui.files import wordings as words
from ui.files.asking import Asking, Go
from ui.files.autosaver import Autosaver
from ui.files.changes import Changes
from ui.files.drops import Drops
from ui.files.early_reading import EarlyReading
from ui.files.neighbours import Neighbours
from ui.files.network_parts import NetworkParts
from ui.files.open_file import OpenFile
from ui.files.opening import Opening
from ui.files.reading import Reading
from ui.files.recent import RecentFiles
from ui.files.recovery import Recovery
from ui.files.saving import Saving
from ui.files.toast import Toast
from ui.files.write_thread import Job
from ui.settings import Settings
from ui.theme import Theme

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class FileDesk(QObject):
    """Owns the window's file.

    Until :meth:`guard` the window asks nothing and keeps no autosaves, as for pictures of it.
    """

    def __init__(
        self, window: MainWindow, actions: Actions, settings: Settings, theme: Theme
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._actions = window, window.session, actions
        self._guarded = self._leaving = False
        self._theme = theme
        self.asking = Asking(window)
        self.bar = window.file_bar
        self.toast = Toast(theme, window)
        self.file = OpenFile(self)
        self.changes = Changes(window.session, window.lab.runs, self)
        self.recent = RecentFiles(settings, window)
        self.reading = Reading(window)
        self.opening = Opening(
            *(window, self.file, self.changes, self.asking, self.reading), parent=self
        )
        self.saving = Saving(window, self.file, self.asking, self)
        self.autosaver = Autosaver(self.saving, self.changes, self.file, settings, self)
        self.neighbours = Neighbours(self)
        self.drops = Drops(theme, window)
        self.parts = NetworkParts(window.session, actions, self.file, window)
        self.recovery: Recovery | None = None
        self._connect()

    def _connect(self) -> None:
        for action_id, slot in (
            ("open", self.choose),
            ("save", self.save),
            ("save_as", self.save_as),
            ("save_copy", self.saving.save_copy),
            ("revert", self.revert),
        ):
            self._actions.connect(action_id, slot)
        self.bar.answered.connect(self._on_bar)
        self.file.happened.connect(self._on_happened)
        self.changes.changed.connect(self._show_name)
        self.recent.chosen.connect(self.open)
        self.reading.failed.connect(self._on_failed)
        self.opening.opened.connect(self._on_opened)
        self.opening.notice.connect(self._on_read_only)
        self.opening.said.connect(self.toast.say)
        self.saving.saved.connect(self._on_saved)
        self.saving.slow.connect(self._on_slow)
        self.autosaver.refused.connect(self._window.show_notice)
        self.neighbours.called.connect(self._on_called)
        self.drops.opened.connect(self.open)
        self.drops.model_dropped.connect(self._on_model_dropped)
        self.drops.imported.connect(self._window.imports.import_paths)
        self._session.project_changed.connect(self._show_name)
        self.changes.note()
        self._show_name()

    def guard(self, store: AutosaveStore) -> None:
        """Ask before anything is lost, keep autosaves in ``store``, offer what is there."""
        self._guarded = True
        store.clean()
        self.recovery = Recovery(
            *(store, self.reading, self.opening.recover, self._theme, self._window)
        )
        self.opening.recovered.connect(self.autosaver.take_over)
        self.autosaver.begin(store)
        self.neighbours.listen()

    def offer_recovery(self) -> bool:
        """Offer what a crash has left, once it is read; False where there is nothing."""
        return self.recovery is not None and self.recovery.offer()

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        for part in (self.bar, self.toast, self.drops):
            part.apply_theme(theme)

    def _show_name(self) -> None:
        self._window.setWindowTitle(f"{self.name}[*] — Backlit")
        self._window.setWindowModified(self.changes.modified)
        self._actions["revert"].setEnabled(self.file.path is not None and self.changes.modified)

    @property
    def name(self) -> str:
        """What the window is called."""
        if self.file.path is None:
            project = self._session.project
            return project.title or project.name
        name = printable(self.file.path.name, 80)
        return f"{name} (read-only)" if self.file.read_only else name

    # Opening

    def open_late(self, reading: EarlyReading, source: str) -> None:
        """Open what is still being read, once the window is on the screen; then offer recovery."""

        def begin() -> None:
            self.opening.open_late(reading, source)
            self.offer_recovery()

        QTimer.singleShot(0, self, begin)

    def choose(self) -> None:
        """Let the user choose a file to open."""
        path = self.opening.choose()
        if path:
            self.open(path)

    def open(self, source: str) -> None:
        """Open a file or a built-in project, unless something would be lost by it."""
        self.unless_lost(lambda: self.opening.open(source))

    def _on_failed(self, problem: object) -> None:
        self._session.failed.emit(problem)

    def _on_model_dropped(self, path: str) -> None:
        self._window.exchange.import_model(Path(path))

    def show(self, document: Document, source: str) -> None:
        """Show what was read from ``source`` at the start."""
        self.opening.show(document, source)

    def show_new(self, document: Document) -> None:
        """Show a document that is in no file yet, unless something would be lost by it."""
        self.unless_lost(lambda: self.opening.show_new(document))

    def revert(self) -> None:
        """Open the file again as it was saved."""
        path = self.file.path
        if path is not None:
            self.asking.ask(
                "Revert to saved?",
                f"Go back to {words.named(path)} as it was saved?",
                "What you did since then will be lost; Undo cannot bring it back.",
                ((words.REVERT, lambda: self.opening.open(str(path))), (words.GIVE_UP, None)),
            )

    def _on_opened(self, path: str) -> None:
        self.bar.close_now()
        self.neighbours.place = self.file.path
        self.autosaver.begin_document()
        if path:
            self.recent.add(Path(path))
        self._show_name()

    def _on_read_only(self, sentence: str) -> None:
        self.bar.ask(sentence, (words.SAVE_AS, words.GOOD))

    # Saving

    def save(self) -> None:
        """Save where the file is, or ask where."""
        self.saving.save()

    def save_as(self) -> None:
        """Save in another file, which is the window's from then on."""
        self.saving.save_as()

    def _on_slow(self) -> None:
        self.toast.say("Saving…", None)

    def _on_saved(self, job: Job) -> None:
        self.toast.say(f"Saved {datetime.now():%H:%M}" if job.own else "Copy saved")
        if job.target is not None:
            self.recent.add(job.target)
        if job.own and job.progress is not None:
            self.neighbours.place = job.target
            self._session.use_folder(job.target)
            self.bar.close_now()
            self.changes.mark(job.progress)
            self._show_name()
        if job.warning:
            self._window.show_notice(job.warning)

    # What others do

    def _on_happened(self, change: Change) -> None:
        path = self.file.path
        if path is None or change is Change.SAME:
            self.bar.close_now()
        elif change is Change.VANISHED:
            self.changes.lose()
            self.bar.ask(
                f"{words.named(path)} is not there any more: it was moved, renamed or deleted. "
                f"What is open here is unchanged.",
                (words.SAVE, words.SAVE_AS, words.GOOD),
            )
        else:
            lost = " Reloading takes your changes away." if self.changes.modified else ""
            self.bar.ask(
                f"{words.named(path)} was changed by another program.{lost}",
                (words.RELOAD, words.KEEP, words.SAVE_AS),
            )

    def _on_bar(self, answer: str) -> None:
        path = self.file.path
        if answer == words.SAVE.id:
            self.save()
        elif answer == words.SAVE_AS.id:
            self.save_as()
        elif answer == words.RELOAD.id and path is not None:
            self.opening.open(str(path))
        elif answer == words.KEEP.id:
            self.file.accept()
            self.changes.lose()

    def _on_called(self) -> None:
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()

    # Leaving

    def unless_lost(self, go: Go) -> None:
        """Do what ends the present document, once it is saved or not wanted any more."""
        if not (self._guarded and self.changes.modified):
            go()
            return
        self.asking.ask(
            "Save changes?",
            f"Save the changes to “{printable(self.name, 60)}”?",
            "What you changed and trained since the last save would be lost.",
            (
                (words.SAVE, lambda: self.saving.save(go)),
                (words.DONT_SAVE, go),
                (words.GIVE_UP, None),
            ),
        )

    def may_close(self) -> bool:
        """Whether the window may close now; if not, it closes by itself once it may."""
        if self.saving.busy:
            self.saving.when_idle(self._window.close)
            return False
        if self._leaving or not (self._guarded and self.changes.modified):
            return True
        self.unless_lost(self.leave)
        return False

    def leave(self) -> None:
        """Close the window; what is not saved is lost."""
        self._leaving = True
        self._window.close()

    def shut_down(self) -> None:
        """End what is under way; nothing of this window is to be recovered."""
        self.neighbours.close()
        self.reading.shut_down()
        self.saving.shut_down()
        self.autosaver.shut_down()
        self.file.let_go()
