"""Which notation the window writes in: a preset, or a lecturer's own file."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from simulator.notation import NEUTRAL, Notation, load_notation, notations
from simulator.project import ProjectError
from ui.settings import Settings

SETTING = "notation"
OPEN_TEXT = "Open notation file…"


class NotationChoice(QObject):
    """The notation, remembered in the settings, and the menu it is chosen from.

    Signals
    -------
    changed : everything that shows symbols or signed numbers shows them anew.
    refused(str) : a file could not be used; a sentence.
    """

    changed = Signal()
    refused = Signal(str)

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window
        self._own: Notation | None = None
        self.notation = NEUTRAL
        self.menu = QMenu("Notation", window)
        self._group = QActionGroup(self)
        for notation in notations():
            self._add(notation.title, notation.id, notation.about)
        self._own_action = self._add("", "", "")
        self._own_action.setVisible(False)
        self.menu.addSeparator()
        opens = self.menu.addAction(OPEN_TEXT)
        opens.setToolTip("A JSON file in which you say how you write")
        opens.triggered.connect(self._on_open)
        self.menu.setToolTipsVisible(True)
        self._group.triggered.connect(self._on_chosen)
        self._restore()

    def choose(self, source: str) -> bool:
        """Write as the preset of this name, or as the file at this path; False if it is refused."""
        try:
            notation = load_notation(source)
        except ProjectError as problem:
            self._check()
            self.refused.emit(str(problem))
            return False
        if notation not in notations():
            self._own = notation
            self._own_action.setText(notation.title)
            self._own_action.setToolTip(notation.about)
            self._own_action.setData(source)
            self._own_action.setVisible(True)
        self._settings.set_text(SETTING, source)
        before, self.notation = self.notation, notation
        self._check()
        if notation != before:
            self.changed.emit()
        return True

    def _restore(self) -> None:
        """Take up the stored notation; a file that has gone, or is damaged, is forgotten."""
        stored = self._settings.text(SETTING, NEUTRAL.id)
        if stored != NEUTRAL.id and not self.choose(stored):
            self._settings.set_text(SETTING, NEUTRAL.id)
        self._check()

    def _add(self, text: str, source: str, about: str) -> QAction:
        action = self.menu.addAction(text)
        action.setCheckable(True)
        action.setData(source)
        action.setToolTip(about)
        self._group.addAction(action)
        return action

    def _check(self) -> None:
        """Let the menu show what is chosen."""
        for action in self._group.actions():
            if self.notation is self._own:
                action.setChecked(action is self._own_action)
            else:
                action.setChecked(action.data() == self.notation.id)

    def _on_chosen(self, action: QAction) -> None:
        self.choose(action.data())

    def _on_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Open notation", "", "Notations (*.json);;All files (*)"
        )
        if path:
            self.choose(path)
