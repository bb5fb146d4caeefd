"""A network's structure alone, or its weights alone: into files and, as an edit, out of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from simulator.alteration import NewValues, Piece
from simulator.document.architecture import (
    load_architecture,
    save_architecture,
    with_architecture,
)
from simulator.document.weights import export_weights, load_weights
from simulator.network import Network
from simulator.project import Project, ProjectError
from ui.actions import Actions
from ui.files.open_file import OpenFile
from ui.files.wordings import named
from ui.session import Session

STRUCTURE = "Network structure (*.json)"
WEIGHTS = "Weights (*.npz)"


class NetworkParts(QObject):
    """Answers the four actions; what cannot be is a sentence, and changes nothing."""

    def __init__(self, session: Session, actions: Actions, file: OpenFile, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._file, self._window = session, file, window
        for action_id, slot in (
            ("export_structure", self.export_structure),
            ("export_weights", self.export_weights),
            ("load_structure", self.load_structure),
            ("load_weights", self.load_weights),
        ):
            actions.connect(action_id, slot)

    def export_structure(self) -> None:
        """Write the layers and links as JSON."""
        path = self._asked("Export the network structure", STRUCTURE, " structure.json")
        if path is not None:
            self._do(lambda: save_architecture(path, self._session.project))

    def export_weights(self) -> None:
        """Write the parameters on show as an npz file."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        network = Network(snapshot.spec, (), self._session.project.training.precision)
        network.theta[...] = snapshot.theta
        if snapshot.moving is not None:
            network.moving[...] = snapshot.moving
        path = self._asked("Export the weights", WEIGHTS, " weights.npz")
        if path is not None:
            self._do(lambda: export_weights(path, network))

    def load_structure(self) -> None:
        """Take the network of a file in place of the present one, untrained."""
        path = self._chosen("Take a network structure", STRUCTURE)
        if path is None:
            return

        def make() -> Project:
            return with_architecture(self._session.project, load_architecture(path))

        self._session.edit("Load network structure", make)

    def load_weights(self) -> None:
        """Give the network the weights of a file."""
        path = self._chosen("Load weights", WEIGHTS)
        if path is None:
            return
        project = self._session.project
        network = Network(project.network, project.parameters, project.training.precision)

        def make() -> str:
            load_weights(path, network)
            theta, moving = (
                Piece(np.arange(len(own), dtype=np.intp), own)
                for own in (network.theta, network.moving)
            )
            self._session.change_project(
                *("Load weights", project),
                values=NewValues(theta, moving),
                mark=f"Weights from {named(path)}",
            )
            return ""

        self._do(make)

    def _do(self, what: Callable[[], str]) -> None:
        """Do it; a warning or a refusal is shown."""
        try:
            sentence = what()
        except ProjectError as problem:
            sentence = str(problem)
        if sentence:
            self._session.refused.emit(sentence)

    def _asked(self, title: str, kinds: str, ending: str) -> Path | None:
        project = self._session.project
        suggestion = self._file.suggestion(project.title or project.name)
        suggestion = suggestion.with_name(suggestion.stem + ending)
        path, _ = QFileDialog.getSaveFileName(self._window, title, str(suggestion), kinds)
        if not path:
            return None
        return Path(path) if Path(path).suffix else Path(path + suggestion.suffix)

    def _chosen(self, title: str, kinds: str) -> Path | None:
        folder = str(self._file.folder)
        path, _ = QFileDialog.getOpenFileName(self._window, title, folder, kinds)
        return Path(path) if path else None
