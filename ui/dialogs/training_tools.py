"""The dialogs of the Training menu: made when first asked for, one of each."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QWidget

from ui.dialogs.cross_validation import CrossValidationDialog
from ui.dialogs.ensemble import EnsembleDialog
from ui.session import Session
from ui.theme import Theme

KEYS_BESIDE = ("run", "step", "step_iteration", "step_epoch", "reset")
"""Actions of the window whose keys work in the ensemble's dialog, too, to see what they change."""


class TrainingTools(QObject):
    """Opens them beside the window, and ends their threads with it."""

    def __init__(self, session: Session, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._theme = theme
        self._window = window
        self.cross_validation: CrossValidationDialog | None = None
        self.ensemble: EnsembleDialog | None = None

    def show_cross_validation(self) -> None:
        """Open the cross-validation, with what it found last."""
        if self.cross_validation is None:
            self.cross_validation = CrossValidationDialog(self._session, self._theme, self._window)
        _bring_forward(self.cross_validation)

    def show_ensemble(self) -> None:
        """Open the list of networks that dropout makes."""
        if self.ensemble is None:
            self.ensemble = EnsembleDialog(self._session, self._theme, self._window)
            for name in KEYS_BESIDE:
                self.ensemble.addAction(self._window.findChild(QAction, name))
        _bring_forward(self.ensemble)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        for dialog in (self.cross_validation, self.ensemble):
            if dialog is not None:
                dialog.apply_theme(theme)

    def shut_down(self) -> None:
        """Close the dialogs and wait for their threads."""
        for dialog in (self.cross_validation, self.ensemble):
            if dialog is not None:
                dialog.close()
                dialog.shut_down()


def _bring_forward(dialog: QDialog) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
