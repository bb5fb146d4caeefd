"""The inspector: what is selected, its numbers, and its settings."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from simulator.project import Project
from simulator.snapshot import Snapshot
from ui.actions import Actions
from ui.inspector.forms import Group
from ui.inspector.layer_form import LayerForm
from ui.inspector.link_form import LinkForm
from ui.inspector.network_form import NetworkForm
from ui.inspector.neuron_form import NeuronForm
from ui.inspector.several_form import SeveralForm
from ui.selection import Selection
from ui.session import Session
from ui.settings import Settings
from ui.widgets.card import Card
from ui.writing import Writing

_NETWORK, _LAYER, _NEURON, _LINK, _SEVERAL = range(5)


class InspectorCard(Card):
    """Shows the network's page, or that of the layer, neuron, link or several that are selected.

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
        self._actions = actions
        self._settings = settings
        self._drawing = False
        self._writing = Writing()
        self._snapshot: Snapshot | None = None
        self._pages = QStackedWidget(self)
        self.body.addWidget(self._pages)
        # Each page scrolls by itself: it keeps its place, and is as long as it needs to be.
        self._areas = [_scroll_area(self._pages) for _ in range(5)]
        self.network_form = NetworkForm(session, self._areas[_NETWORK].viewport())
        self._areas[_NETWORK].setWidget(self.network_form)
        for group in self.network_form.groups:
            self._remember(self.network_form, group)
        session.selection.changed.connect(self._on_selection)
        session.refused.connect(self._on_refused)

    # The other pages are made when they are first needed, and where they belong: Qt works out a
    # widget's look anew whenever its parent changes.

    @cached_property
    def layer_form(self) -> LayerForm:
        """The page of a layer."""
        form = LayerForm(self._session, self._actions, self._areas[_LAYER].viewport())
        self._areas[_LAYER].setWidget(form)
        for group in form.groups:
            self._remember(form, group)
        return form

    @cached_property
    def neuron_form(self) -> NeuronForm:
        """The page of a neuron."""
        form = NeuronForm(self._session, self._areas[_NEURON].viewport())
        self._areas[_NEURON].setWidget(form)
        for group in form.groups:
            self._remember(form, group)
        form.table.set_writing(self._writing)
        form.table.asked.connect(self.asked)
        return form

    @cached_property
    def link_form(self) -> LinkForm:
        """The page of a link or a bias."""
        form = LinkForm(self._session, self._areas[_LINK].viewport())
        self._areas[_LINK].setWidget(form)
        form.set_writing(self._writing)
        form.asked.connect(self.asked)
        return form

    @cached_property
    def several_form(self) -> SeveralForm:
        """The page of several things."""
        form = SeveralForm(self._session, self._areas[_SEVERAL].viewport())
        self._areas[_SEVERAL].setWidget(form)
        return form

    def hideEvent(self, event: QHideEvent) -> None:
        """In presentation mode pages would be made too large for later: the others come before."""
        super().hideEvent(event)
        # While the window closes, the card itself is not what is hidden.
        if self.isHidden():
            for page in ("layer_form", "neuron_form", "link_form", "several_form"):
                getattr(self, page)

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
        """Refresh the numbers of what is selected."""
        self._snapshot = snapshot
        selection, page = self._session.selection, self._pages.currentIndex()
        if page == _LAYER:
            self.layer_form.show_snapshot(snapshot)
        elif page == _NEURON and selection.layer is not None and selection.neuron is not None:
            self.neuron_form.show_snapshot(
                snapshot, selection.layer, selection.neuron, self._drawing
            )
        elif page == _LINK:
            self.link_form.show_snapshot(snapshot)
        elif page == _SEVERAL:
            self.several_form.show_snapshot(snapshot)

    def set_writing(self, writing: Writing) -> None:
        """Write symbols and signs like this."""
        self._writing = writing
        if "neuron_form" in vars(self):
            self.neuron_form.table.set_writing(writing)
        if "link_form" in vars(self):
            self.link_form.set_writing(writing)
        self._show_again()

    def set_drawing(self, drawing: bool) -> None:
        """Whether numbers are those of the drawing instead of the training sample."""
        self._drawing = drawing
        self._show_again()

    def _show_again(self) -> None:
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)

    def _on_refused(self) -> None:
        """Take back what the user had put in: it was not done."""
        self.show_project(self._session.project)

    def _on_selection(self) -> None:
        selection, project = self._session.selection, self._session.project
        page, caption = self._page(project, selection)
        self._pages.setCurrentIndex(page)
        self.set_caption(caption)
        snapshot = self._session.snapshot
        if self._snapshot is None:
            self._snapshot = snapshot
        if self._snapshot is not None and self._snapshot.spec == project.network:
            self._show_again()

    def _page(self, project: Project, selection: Selection) -> tuple[int, str]:
        """Fill the page for what is selected; return which it is, and what is selected."""
        network = project.network
        links = [own for own in selection.links if own[0] <= network.depth]
        chosen = len(selection.neurons) + len(selection.layers)
        if len(links) == 1:
            self.link_form.show_parameter(project, links[0])
            return _LINK, self.link_form.title(project)
        if links or chosen > 1:
            self.several_form.show_selection(project, selection)
            return _SEVERAL, self.several_form.title(project)
        layer, neuron = selection.layer, selection.neuron
        if layer is None or layer > network.depth:
            return _NETWORK, "network"
        if neuron is None:
            self.layer_form.show_layer(project, layer)
            return _LAYER, network.layer_name(layer)
        self.neuron_form.show_neuron(project, layer, neuron)
        return _NEURON, f"neuron {neuron + 1} of {network.layer_name(layer)}"


def _scroll_area(pages: QStackedWidget) -> QScrollArea:
    area = QScrollArea(pages)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    pages.addWidget(area)
    return area
