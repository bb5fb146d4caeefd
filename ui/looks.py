"""How the window looks: light or dark, how large, what moves by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from ui.actions import Actions
from ui.settings import Settings
from ui.style import apply_bare, apply_theme, system_theme
from ui.theme import DARK, LIGHT, Theme


class Themed(Protocol):
    """What wants to hear of another theme."""

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""


class Looks(QObject):
    """Applies the chosen theme to the application and to every part that joined, and stores it."""

    def __init__(self, settings: Settings, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._actions = actions
        self._scale = 1.0
        self._parts: list[Themed] = [actions]
        self._animated: Callable[[bool], None] | None = None
        self.theme = self._chosen_theme()
        # The style sheet waits for the widgets, to be worked out once for each: :meth:`apply`.
        apply_bare(QApplication.instance(), self.theme)
        for name in ("follow", "animate"):
            actions[name].setChecked(settings.flag(name, True))
            actions.connect(name, self._on_flags)
        actions[f"theme_{settings.text('theme', 'system')}"].setChecked(True)
        for action_id, slot in (
            ("theme_system", self._on_chosen),
            ("theme_light", self._on_chosen),
            ("theme_dark", self._on_chosen),
            ("toggle_theme", self._on_toggle),
        ):
            actions.connect(action_id, slot)
        QApplication.styleHints().colorSchemeChanged.connect(self._on_system)

    def join(self, *parts: Themed) -> None:
        """Tell these of every theme from the next :meth:`apply` on."""
        self._parts.extend(parts)

    def set_animated(self, show: Callable[[bool], None]) -> None:
        """Say by ``show``, now and later, whether values flow along the links."""
        self._animated = show
        self._on_flags()

    def apply(self) -> None:
        """Give everything its colours and sizes."""
        apply_theme(QApplication.instance(), self.theme, self._scale)
        for part in self._parts:
            part.apply_theme(self.theme)

    def set_scale(self, scale: float) -> None:
        """Draw everything so much larger."""
        self._scale = scale
        self.apply()

    def _chosen_theme(self) -> Theme:
        chosen = self._settings.text("theme", "system")
        if chosen == "light":
            return LIGHT
        if chosen == "dark":
            return DARK
        return system_theme(QApplication.instance())

    def _on_chosen(self) -> None:
        for name in ("system", "light", "dark"):
            if self._actions[f"theme_{name}"].isChecked():
                self._settings.set_text("theme", name)
        self.theme = self._chosen_theme()
        self.apply()

    def _on_toggle(self) -> None:
        other = "light" if self.theme.name == "dark" else "dark"
        self._actions[f"theme_{other}"].setChecked(True)
        self._on_chosen()

    def _on_system(self) -> None:
        if self._settings.text("theme", "system") == "system":
            self.theme = self._chosen_theme()
            self.apply()

    def _on_flags(self) -> None:
        for name in ("follow", "animate"):
            self._settings.set_flag(name, self._actions[name].isChecked())
        if self._animated is not None:
            self._animated(self._actions["animate"].isChecked())
