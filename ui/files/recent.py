"""The files opened last, as a menu."""

from __future__ import annotations

import json
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from simulator.project.errors import printable
from ui.settings import Settings

MOST = 10
SETTING = "recent_files"
_LENGTH = 60


class RecentFiles(QObject):
    """Keeps the list in the settings; the menu is made when it is opened.

    Signals
    -------
    chosen(str) : the path of a file to open.
    """

    chosen = Signal(str)

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self.menu = QMenu("Open recent", window)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._fill)
        self._fill()

    @property
    def paths(self) -> list[str]:
        """The files, the one opened last first."""
        try:
            stored = json.loads(self._settings.text(SETTING, "[]"))
        except (ValueError, RecursionError):
            return []
        if not isinstance(stored, list):
            return []
        return [own for own in stored if isinstance(own, str) and own and "\0" not in own][:MOST]

    def add(self, path: Path) -> None:
        """A file was opened or saved."""
        name = os.path.abspath(path)
        self._store([name, *(own for own in self.paths if own != name)][:MOST])

    def clear(self) -> None:
        """Forget all of them."""
        self._store([])

    def _store(self, paths: list[str]) -> None:
        self._settings.set_text(SETTING, json.dumps(paths))
        self._fill()

    def _fill(self) -> None:
        self.menu.clear()
        paths = self.paths
        if not paths:
            empty = self.menu.addAction("What you open or save will stand here")
            empty.setEnabled(False)
            return
        for number, path in enumerate(paths, start=1):
            self._add(path, number)
        self.menu.addSeparator()
        self.menu.addAction("Clear list").triggered.connect(self.clear)

    def _add(self, path: str, number: int) -> QAction:
        there = os.path.isfile(path)
        name = printable(os.path.basename(path), _LENGTH).replace("&", "&&")
        key = f"&{number % 10} "
        action = self.menu.addAction(f"{key}{name}" if there else f"{key}{name} is not there now")
        action.setEnabled(there)
        shown = printable(path, 300)
        action.setToolTip(shown if there else f"{shown} was moved, renamed or deleted.")
        action.setData(path)
        action.triggered.connect(self._on_triggered)
        return action

    def _on_triggered(self) -> None:
        self.chosen.emit(self.sender().data())
