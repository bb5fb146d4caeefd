"""The inspector: what is selected, its numbers, and its settings."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from simulator.project import Project
from simulator.snapshot import Snapshot
from ui.actions import Actions
from ui.inspector.layer_form import LayerForm
from ui.inspector.network_form import NetworkForm
from ui.inspector.neuron_table import NeuronTable
from ui.session import Session
from ui.widgets.card import Card


class InspectorCard(Card):
    """Shows the network's, the selected layer's or the selected neuron's page."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__("Inspector", parent)
        self._session = session
        self._drawing = False
        self.network_form = NetworkForm(session)
        self.layer_form = LayerForm(session, actions)
        self.neuron_table = NeuronTable()
        self._pages = QStackedWidget()
        for page in (self.network_form, self.layer_form, self.neuron_table):
            self._pages.addWidget(page)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._pages)
        self.body.addWidget(scroll)
        session.selection.changed.connect(self._on_selection)

    def show_project(self, project: Project) -> None:
        """Show the project's settings."""
        self.network_form.show_project(project)
        self._on_selection()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Refresh the selected neuron's numbers."""
        if self._pages.currentWidget() is self.neuron_table:
            self._show_neuron(snapshot)

    def set_drawing(self, drawing: bool) -> None:
        """Whether numbers are those of the drawing instead of the training sample."""
        self._drawing = drawing
        if self._session.snapshot is not None:
            self.show_snapshot(self._session.snapshot)

    def _on_selection(self) -> None:
        layer, neuron = self._session.selection.layer, self._session.selection.neuron
        project = self._session.project
        if layer is None or layer > project.network.depth:
            self._pages.setCurrentWidget(self.network_form)
            self.set_caption("network")
        elif neuron is None:
            self.layer_form.show_layer(project, layer)
            self._pages.setCurrentWidget(self.layer_form)
            self.set_caption(project.network.layer_name(layer))
        else:
            self._pages.setCurrentWidget(self.neuron_table)
            self.set_caption(f"neuron {neuron + 1} of {project.network.layer_name(layer)}")
            if self._session.snapshot is not None:
                self._show_neuron(self._session.snapshot)

    def _show_neuron(self, snapshot: Snapshot) -> None:
        layer, neuron = self._session.selection.layer, self._session.selection.neuron
        if layer is not None and neuron is not None:
            self.neuron_table.show_neuron(snapshot, layer, neuron, self._drawing)
