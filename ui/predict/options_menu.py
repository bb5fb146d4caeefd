"""What is asked for, and how near a guess must come: the menu of the bar."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from simulator.predictions import KIND_NAMES, KINDS, TOLERANCES, Tolerance
from simulator.quantity import Kind


class OptionsMenu(QMenu):
    """``changed`` when the user chose something else."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("What to ask for", parent)
        self.addSection("Ask for")
        self._kinds = {}
        for kind in KINDS:
            action = self.addAction(KIND_NAMES[kind])
            action.setCheckable(True)
            action.setChecked(True)
            action.toggled.connect(self.changed)
            self._kinds[kind] = action
        everything = self.addAction("All of them")
        everything.triggered.connect(self._on_all)
        self.addSection("A guess is right with")
        group = QActionGroup(self)
        self._tolerances = {}
        for tolerance in TOLERANCES:
            action = self.addAction(tolerance.name)
            action.setCheckable(True)
            group.addAction(action)
            action.toggled.connect(self.changed)
            self._tolerances[action] = tolerance
        group.actions()[0].setChecked(True)
        self._group = group

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of numbers that are asked for."""
        return frozenset(kind for kind, action in self._kinds.items() if action.isChecked())

    @property
    def tolerance(self) -> Tolerance:
        """How near a guess must come."""
        return self._tolerances[self._group.checkedAction()]

    def _on_all(self) -> None:
        for action in self._kinds.values():
            action.setChecked(True)
