"""The menu of what a run can go to; what was chosen last stands on top."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from simulator.condition import Condition
from simulator.conditions import NextEpoch, NextUpdate, SignChange
from ui.actions import Actions
from ui.dialogs.stop_conditions import BreakpointsDialog, RunToDialog
from ui.session import Session

ASKED = (
    ("Loss below…", "loss"),
    ("A neuron changes its sign…", "sign"),
    ("A sample is right…", "right"),
    ("A sample is wrong…", "wrong"),
    ("A weight larger than…", "weight"),
    ("Gradient below…", "gradient_below"),
)


class RunTo(QObject):
    """Fills the menu when it opens, and sends the session there."""

    def __init__(self, session: Session, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._actions, self._window = session, actions, window
        self._last: Condition | None = None
        self.menu = QMenu("Run to", window)
        self.menu.setObjectName("run_to_menu")
        self.menu.aboutToShow.connect(self._fill)
        self.menu.triggered.connect(self._on_chosen)
        self._fill()

    def _fill(self) -> None:
        menu, session = self.menu, self._session
        menu.clear()
        if self._last is not None:
            menu.addAction(f"Again: {self._last.text}").setData(self._last)
            menu.addSeparator()
        menu.addAction("Next update").setData(NextUpdate())
        menu.addAction("Next epoch").setData(NextEpoch())
        layer, neuron = session.selection.layer, session.selection.neuron
        if layer and neuron is not None:
            name = f"{session.project.network.layer_name(layer)}, neuron {neuron + 1}"
            menu.addAction(f"Next sign change of {name}").setData(SignChange(layer, neuron))
        menu.addSeparator()
        for text, kind in ASKED:
            menu.addAction(text).setData(kind)
        menu.addSeparator()
        menu.addAction(self._actions["breakpoints"])

    def _on_chosen(self, action: QAction) -> None:
        wanted = action.data()
        if isinstance(wanted, str) and wanted in [kind for _, kind in ASKED]:
            dialog = RunToDialog(self._session, wanted, self._window)
            wanted = dialog.condition() if dialog.exec() == QDialog.DialogCode.Accepted else None
        if isinstance(wanted, Condition):
            self._last = wanted
            self._session.time.run_until(wanted)

    def show_breakpoints(self) -> None:
        """Open the list of breakpoints."""
        BreakpointsDialog(self._session, self._window).show()
