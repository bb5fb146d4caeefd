"""Joins undo, redo and the editing of layers to their actions."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from simulator.project import Project
from ui.actions import Actions
from ui.session import Session


class EditDesk(QObject):
    """Offers only those edits that can be made at the moment."""

    def __init__(self, session: Session, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._actions = actions
        stack = session.undo_stack
        for action_id, slot in (
            ("undo", stack.undo),
            ("redo", stack.redo),
            ("reset", session.reset),
            ("new_weights", session.new_weights),
            ("add_layer", self._on_add_layer),
            ("remove_layer", self._on_remove_layer),
        ):
            actions.connect(action_id, slot)
        stack.canUndoChanged.connect(actions["undo"].setEnabled)
        stack.canRedoChanged.connect(actions["redo"].setEnabled)
        stack.undoTextChanged.connect(self._on_undo_text)
        stack.redoTextChanged.connect(self._on_redo_text)
        actions["undo"].setEnabled(stack.canUndo())
        actions["redo"].setEnabled(stack.canRedo())
        session.selection.changed.connect(self._offer_layers)
        session.project_changed.connect(self._on_project)
        self._offer_layers()

    def _on_project(self, project: Project) -> None:
        self._offer_layers()

    def _offer_layers(self) -> None:
        layer, depth = self._session.selection.layer, self._session.project.network.depth
        self._actions["add_layer"].setEnabled(layer is None or layer < depth)
        self._actions["remove_layer"].setEnabled(layer is not None and 0 < layer < depth)

    def _on_add_layer(self) -> None:
        layer = self._session.selection.layer
        depth = self._session.project.network.depth
        self._session.edits.insert_layer(depth - 1 if layer is None else layer)

    def _on_remove_layer(self) -> None:
        layer = self._session.selection.layer
        if layer is not None:
            self._session.edits.remove_layer(layer)

    def _on_undo_text(self, text: str) -> None:
        self._actions["undo"].setText(f"Undo {text.lower()}".strip())

    def _on_redo_text(self, text: str) -> None:
        self._actions["redo"].setText(f"Redo {text.lower()}".strip())
