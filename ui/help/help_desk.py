"""Answers the Help menu: pages, keys, the report of a problem, the About box."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ui.actions import Actions
from ui.dialogs.about import show_about
from ui.dialogs.keyboard import keyboard_page
from ui.help.help_window import HelpWindow
from ui.help.pages import help_pages
from ui.help.report import report_text
from ui.help.report_dialog import ReportDialog
from ui.problems import LOG_FILE, state_folder
from ui.session import Session
from ui.theme import Theme


class HelpDesk(QObject):
    """Keeps the dialogs it has opened; each is there once."""

    def __init__(self, session: Session, actions: Actions, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._actions = actions
        self._theme = theme
        self._window = window
        self.help: HelpWindow | None = None
        self.report: ReportDialog | None = None
        for action_id, slot in (
            ("help", self.show_help),
            ("keys", self.show_keys),
            ("report_problem", self.show_report),
            ("about", self.show_about),
        ):
            actions.connect(action_id, slot)

    def apply_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        if self.help is not None:
            self.help.apply_theme(theme)

    def show_help(self) -> None:
        """Open the help beside the window, or bring it to the front."""
        if self.help is None:
            self.help = HelpWindow([*help_pages(), keyboard_page()], self._theme, self._window)
            self.help.destroyed.connect(self._on_help_closed)
        self.help.show()
        self.help.raise_()
        self.help.activateWindow()

    def show_keys(self) -> None:
        """All keys at a glance."""
        self.show_help()
        self.help.search.clear()
        self.help.show_page(keyboard_page().id)

    def show_about(self) -> None:
        """Version and licences."""
        show_about(self._window)

    def show_report(self) -> None:
        """What a report of a problem needs."""
        self._open_report("")

    def tell_of_crash(self, last_crash: str) -> None:
        """Offer what the run before left behind if it crashed."""
        if last_crash:
            self._open_report(last_crash)

    def _open_report(self, last_crash: str) -> None:
        if self.report is not None:
            self.report.close()
        folder = state_folder()
        session = self._session
        text = report_text(session.project, session.snapshot, folder / LOG_FILE, last_crash)
        self.report = ReportDialog(text, folder, bool(last_crash), self._window)
        self.report.destroyed.connect(self._on_report_closed)
        self.report.show()

    def _on_help_closed(self) -> None:
        self.help = None

    def _on_report_closed(self) -> None:
        self.report = None
