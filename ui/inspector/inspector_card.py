"""The inspector: what is selected, its numbers, and its settings."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from simulator.project import Project
from simulator.snapshot import Snapshot
from ui.actions import Actions
from ui.inspector.forms import Group
from ui.inspector.layer_form import LayerForm
from ui.inspector.network_form import NetworkForm
from ui.inspector.neuron_form import NeuronForm
from ui.session import Session
from ui.settings import Settings
from ui.widgets.card import Card
from ui.writing import Writing


class InspectorCard(Card):
    """Shows the network's, the selected layer's or the selected neuron's page.

    Which groups are open is kept in ``settings``, if given.  ``asked`` carries the
    :class:`~simulator.quantity.Quantity` of a number that was clicked.
    """

    asked = Signal(object)

    def __init__(
        self,
        session: Session,
        actions: Actions,
        settings: Settings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Inspector", parent)
        self._session = session
        self._settings = settings
        self._drawing = False
        self._pages = QStackedWidget(self)
        self.body.addWidget(self._pages)
        # Each page scrolls by itself: it keeps its place, and is as long as it needs to be.
        areas = [_scroll_area(self._pages) for _ in range(3)]
        # Made where they belong: Qt works out a widget's look anew whenever its parent changes.
        self.network_form = NetworkForm(session, areas[0].viewport())
        self.layer_form = LayerForm(session, actions, areas[1].viewport())
        self.neuron_form = NeuronForm(session, areas[2].viewport())
        pages = (self.network_form, self.layer_form, self.neuron_form)
        for area, page in zip(areas, pages, strict=True):
            area.setWidget(page)
            for group in page.groups:
                self._remember(page, group)
        self.neuron_form.table.asked.connect(self.asked)
        session.selection.changed.connect(self._on_selection)
        session.refused.connect(self._on_refused)

    def _remember(self, page: QWidget, group: Group) -> None:
        """Open the group as it was left, and take note when it is opened or closed."""
        if self._settings is None:
            return
        key = f"inspector/{type(page).__name__}/{group.title}"
        group.set_open(self._settings.flag(key, group.is_open))
        group.toggled.connect(lambda opened: self._settings.set_flag(key, opened))

    def show_project(self, project: Project) -> None:
        """Show the project's settings."""
        self.network_form.show_project(project)
        self._on_selection()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Refresh the selected neuron's numbers."""
        layer, neuron = self._session.selection.layer, self._session.selection.neuron
        if layer is not None and neuron is not None:
            self.neuron_form.show_snapshot(snapshot, layer, neuron, self._drawing)

    def set_writing(self, writing: Writing) -> None:
        """Write symbols and signs like this."""
        self.neuron_form.table.set_writing(writing)
        if self._session.snapshot is not None:
            self.show_snapshot(self._session.snapshot)

    def set_drawing(self, drawing: bool) -> None:
        """Whether numbers are those of the drawing instead of the training sample."""
        self._drawing = drawing
        if self._session.snapshot is not None:
            self.show_snapshot(self._session.snapshot)

    def _on_refused(self) -> None:
        """Take back what the user had put in: it was not done."""
        self.show_project(self._session.project)

    def _on_selection(self) -> None:
        layer, neuron = self._session.selection.layer, self._session.selection.neuron
        project = self._session.project
        if layer is None or layer > project.network.depth:
            self._pages.setCurrentIndex(0)
            self.set_caption("network")
        elif neuron is None:
            self.layer_form.show_layer(project, layer)
            self._pages.setCurrentIndex(1)
            self.set_caption(project.network.layer_name(layer))
        else:
            self.neuron_form.show_neuron(project, layer, neuron)
            self._pages.setCurrentIndex(2)
            self.set_caption(f"neuron {neuron + 1} of {project.network.layer_name(layer)}")
            if self._session.snapshot is not None:
                self.show_snapshot(self._session.snapshot)


def _scroll_area(pages: QStackedWidget) -> QScrollArea:
    area = QScrollArea(pages)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    pages.addWidget(area)
    return area
