"""Importing from the window: the menu's two actions, and files dropped on it."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ui.dialogs.import_data import ImportDialog
from ui.session import Session
from ui.theme import Theme


class Imports(QObject):
    """Makes the dialog of an import when one is asked for, and ends its thread with the window."""

    def __init__(self, session: Session, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._theme = theme
        self._window = window
        self.dialog: ImportDialog | None = None

    def show_import(self) -> None:
        """Ask for files."""
        self._opened()

    def paste_table(self) -> None:
        """Import the table in the clipboard."""
        self._opened().paste()

    def import_paths(self, paths: list[str]) -> None:
        """Import these files or folders."""
        self._opened().read_paths(paths)

    def _opened(self) -> ImportDialog:
        """A fresh dialog; one import has nothing to do with the last."""
        if self.dialog is not None:
            self.dialog.close()
            self.dialog.shut_down()
            self.dialog.deleteLater()
        self.dialog = ImportDialog(self._session, self._theme, self._window)
        self.dialog.imported.connect(self._on_imported)
        self.dialog.open()
        return self.dialog

    def _on_imported(self, notes: str) -> None:
        if notes:
            self._session.refused.emit(notes)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        if self.dialog is not None:
            self.dialog.apply_theme(theme)

    def shut_down(self) -> None:
        """Close the dialog and wait for its thread."""
        if self.dialog is not None:
            self.dialog.close()
            self.dialog.shut_down()
