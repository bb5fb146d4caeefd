"""Answers “Settings”: shows the dialog, has each choice take effect, resets them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from simulator.notation import NEUTRAL, notations
from ui.actions import Actions
from ui.dialogs.settings_dialog import SettingsDialog
from ui.files.asking import Asking
from ui.files.autosaver import SECONDS
from ui.files.question import CANCEL, Answer
from ui.files.recent import SETTING as RECENT
from ui.formula.tools import DIGITS
from ui.settings import Settings
from ui.transport.transport_bar import DEFAULT_SPEED

if TYPE_CHECKING:
    from ui.main_window import MainWindow

DEFAULT_SWITCHES = (
    *(("animate", True), ("follow", True)),
    *(("bottom_up", False), ("inputs_picture", True)),
)


class Preferences(QObject):
    """The dialog is made when it is asked for."""

    def __init__(self, window: MainWindow, settings: Settings, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._settings, self._actions = window, settings, actions
        self.dialog: SettingsDialog | None = None
        self.asking: Asking | None = None
        actions.connect("settings", self.show)

    def show(self) -> None:
        """Show the dialog over the window, which changes with every choice."""
        if self.dialog is not None:
            self.dialog.raise_()
            return
        self.dialog = SettingsDialog(self._actions, notations(), self._window)
        self.asking = Asking(self.dialog)
        self._show_now()
        self.dialog.notation_chosen.connect(self._on_notation)
        self.dialog.seconds_chosen.connect(self._window.files.autosaver.set_seconds)
        self.dialog.reset_wanted.connect(self._ask)
        self.dialog.finished.connect(self._on_closed)
        self.dialog.open()

    def _show_now(self) -> None:
        if self.dialog is not None:
            window = self._window
            self.dialog.show_now(window.notation.notation, window.files.autosaver.seconds)

    def _on_notation(self, name: str) -> None:
        window = self._window
        # That of a lecturer's file has no name to choose it by; it is the one that is on.
        if name != window.notation.notation.id:
            window.notation.choose(name)
        self._show_now()

    def _on_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = self.asking = None
        sentence = self._settings.store()
        if sentence:
            self._window.show_notice(sentence)

    def _ask(self) -> None:
        if self.asking is not None:
            self.asking.ask(
                "Reset all settings?",
                "Have everything look and work as at the first start?",
                "Projects, autosaves and the list of recent files stay.",
                ((Answer("reset", "&Reset"), self.reset), (Answer(CANCEL, "Cancel"), None)),
            )

    def reset(self) -> None:
        """Have all settings as at the first start, here and now."""
        window, actions = self._window, self._actions
        self._settings.reset(keep=(RECENT,))
        actions["theme_system"].trigger()
        for action_id, on in DEFAULT_SWITCHES:
            if actions[action_id].isChecked() != on:
                actions[action_id].trigger()
        window.notation.choose(NEUTRAL.id)
        window.files.autosaver.set_seconds(SECONDS)
        window.network_card.links.slider.setValue(0)
        window.formula.tools.digits.setValue(DIGITS)
        window.transport.set_speed(DEFAULT_SPEED)
        actions["reset_layout"].trigger()
        self._show_now()
