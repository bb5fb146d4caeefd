"""Answers “New project”: first what would be lost, then what it is to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from simulator.document import Document
from simulator.project import Project
from ui.actions import Actions
from ui.desk.samples_panel import SamplesPanel
from ui.dialogs.new_project import NewProjectDialog

if TYPE_CHECKING:
    from ui.main_window import MainWindow

HOW_TO_DRAW = (
    "Each class has one blank sample, because a network needs samples to learn from. Choose it in "
    "the panel Samples, draw, and put the drawing back into it; Ctrl+Return adds another."
)
HOW_TO_PAINT = (
    "Each class has one point, because a network needs samples to learn from. Paint more in the "
    "panel Samples."
)


class NewProjects(QObject):
    """The dialog is made when it is asked for."""

    def __init__(self, window: MainWindow, actions: Actions) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: NewProjectDialog | None = None
        actions.connect("new_project", self.ask)

    def ask(self) -> None:
        """Ask for a new project, unless something would be lost by it."""
        self._window.files.unless_lost(self._show)

    def _show(self) -> None:
        self.dialog = NewProjectDialog(self._window)
        self.dialog.made.connect(self._on_made)
        self.dialog.import_wanted.connect(self._window.imports.show_import)
        self.dialog.finished.connect(self._on_closed)
        self.dialog.open()

    def _on_closed(self) -> None:
        self.dialog = None

    def _on_made(self, project: Project) -> None:
        self._window.files.opening.show_new(Document(project), empty=True)
        drawn = project.data.picture is not None
        dock, panel = self._window.docks.dock("samples"), self._window.docks.panel("samples")
        dock.show()
        dock.raise_()
        if not drawn and isinstance(panel, SamplesPanel):
            panel.show_plane()
        self._window.show_notice(HOW_TO_DRAW if drawn else HOW_TO_PAINT)
