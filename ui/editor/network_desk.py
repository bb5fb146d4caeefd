"""Joins the editing of the network to its actions, its menus and the user's hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QWidget

from simulator.project import Project
from ui.actions import Actions
from ui.editor.gestures import chosen
from ui.editor.gestures.together import Together
from ui.editor.network_menu import NetworkMenu
from ui.editor.network_view import NetworkView
from ui.held import Held
from ui.selection import Selection
from ui.session import Session

LOCAL = (
    *("add_neuron", "remove_neuron", "delete_selected", "edit_value", "rename_layer"),
    *("select_all", "copy_layers", "paste_layers", "duplicate_layers", "draw_link", "cut_bundle"),
    *("connect_fully", "freeze", "initialise_again", "tidy_layout", "network_menu"),
    *("move_earlier", "move_later"),
)
"""Actions of the network whose keys work while it has the keyboard."""


class NetworkDesk(QObject):
    """Does what the actions of the network say to what is selected."""

    def __init__(
        self, session: Session, actions: Actions, view: NetworkView, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session = session
        self._actions = actions
        self._view = view
        view.hand.join(session)
        self.menu = NetworkMenu(session, actions, view, self)
        view.menuAsked.connect(self._on_menu)
        for action_id in LOCAL:
            action = actions[action_id]
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            view.addAction(action)
            slot: Callable[[], object] = getattr(self, action_id)
            action.triggered.connect(slot)
        self._selection.changed.connect(self._offer)
        session.project_changed.connect(self._on_project)
        view.layersMoved.connect(self._offer)
        self._on_project(session.project)

    @property
    def _selection(self) -> Selection:
        return self._session.selection

    def _on_project(self, project: Project) -> None:
        self._selection.fit(project.network)
        self._offer()

    def _offer(self) -> None:
        """Offer only what can be done to the selection, and say what it would be done to."""
        selection, project = self._selection, self._session.project
        spec, layer = project.network, self._selection.layer
        hidden = layer is not None and 0 < layer < spec.depth
        removal = chosen.removal_text(selection, spec)
        learns = chosen.learns_at_all(selection)
        held = Held(spec, project.parameters)
        frozen = learns and chosen.all_frozen(selection, spec, held)
        bundle = chosen.bundle_of(selection, spec)
        copied = any(0 < number < spec.depth for number in selection.layers)
        joinable = len(selection.layers) == 2 or chosen.pair_of(selection) is not None
        typed = "Type the weight…" if selection.links else "Type the bias…"
        for action_id, can, text in (
            ("add_neuron", hidden, ""),
            ("remove_neuron", hidden and spec.sizes[layer or 0] > 1, ""),
            ("delete_selected", bool(removal), removal or "Remove"),
            ("edit_value", bool(selection.links) or self._has_bias(), typed),
            ("rename_layer", bool(layer), ""),
            ("copy_layers", copied, ""),
            ("duplicate_layers", copied, ""),
            ("draw_link", joinable and not selection.links, ""),
            ("cut_bundle", bundle is not None, self._bundle_text(bundle)),
            ("connect_fully", not (selection.links or selection.neurons), ""),
            ("freeze", learns, "Let it learn" if frozen else "Freeze"),
            ("initialise_again", not selection.links and (learns or selection.empty), ""),
            ("move_earlier", hidden and (layer or 0) > 1, ""),
            ("move_later", hidden and (layer or 0) < spec.depth - 1, ""),
            ("tidy_layout", bool(self._view.layer_offsets), ""),
        ):
            self._actions[action_id].setEnabled(can)
            if text:
                self._actions[action_id].setText(text)

    def _has_bias(self) -> bool:
        spec = self._session.project.network
        return any(layer > 0 and spec.layer(layer).bias for layer, _ in self._selection.neurons)

    def _bundle_text(self, bundle: chosen.Bundle | None) -> str:
        if bundle is None:
            return "Cut all links between two layers"
        name = self._session.project.network.layer_name
        return f"Cut all links from {name(bundle.source)} to {name(bundle.layer)}"

    # What the actions do

    def add_neuron(self) -> None:
        """One more neuron in the selected layer."""
        if self._selection.layer is not None:
            self._session.edits.insert_neuron(self._selection.layer)

    def remove_neuron(self) -> None:
        """The last neuron of the selected layer."""
        layer = self._selection.layer
        if layer is not None:
            last = self._session.project.network.sizes[layer] - 1
            if self._session.edits.remove_neurons(layer, [last]):
                self._selection.select(layer)

    def delete_selected(self) -> None:
        """Cut the selected links, else remove the selected layers, else the selected neurons."""
        selection, edits = self._selection, self._session.edits
        links = sorted(link for link in selection.links if link[2] >= 0)
        layers, neurons = sorted(selection.layers, reverse=True), chosen.by_layer(selection)
        if links:
            edits.cut_links(links)
            return
        with self._together(chosen.removal_text(selection, self._session.project.network)):
            if layers:
                done = [edits.remove_layer(number) for number in layers]
            else:
                done = [edits.remove_neurons(number, own) for number, own in neurons.items()]
        if any(done):
            selection.clear()

    def edit_value(self) -> None:
        """Type the weight of the selected links, or the bias of the selected neurons."""
        self._view.hand.typing.edit_values()

    def rename_layer(self) -> None:
        """Type another name for the selected layer."""
        self._view.hand.typing.rename()

    def move_earlier(self) -> None:
        """The selected layer in front of the one before it."""
        layer = self._selection.layer
        if layer is not None:
            self._session.edits.move_layer(layer, layer - 2)

    def move_later(self) -> None:
        """The selected layer behind the one after it."""
        layer = self._selection.layer
        if layer is not None:
            self._session.edits.move_layer(layer, layer + 1)

    def select_all(self) -> None:
        """All neurons of the selected layer, else all hidden ones."""
        layer, sizes = self._selection.layer, self._session.project.network.sizes
        layers = range(1, len(sizes) - 1) if layer is None else (layer,)
        self._selection.select_many((n, unit) for n in layers for unit in range(sizes[n]))

    def copy_layers(self) -> None:
        """Copy the selected hidden layers with their weights."""
        text = self._session.edits.copy_layers(self._hidden())
        if text:
            QGuiApplication.clipboard().setText(text)

    def paste_layers(self) -> None:
        """Put copied layers behind the selected one, else behind the last hidden one."""
        text = QGuiApplication.clipboard().text()
        self._session.edits.paste_layers(text, self._place())

    def duplicate_layers(self) -> None:
        """Copies of the selected hidden layers, behind them."""
        hidden = self._hidden()
        text = self._session.edits.copy_layers(hidden)
        if text:
            self._session.edits.paste_layers(text, max(hidden))

    def draw_link(self) -> None:
        """Link two selected neurons, or all neurons of two selected layers."""
        pair = chosen.pair_of(self._selection)
        if pair is not None:
            self._session.edits.draw_link(*pair)
        elif len(self._selection.layers) == 2:
            self._session.edits.draw_layer_link(*sorted(self._selection.layers))

    def cut_bundle(self) -> None:
        """Cut all links between two layers."""
        spec = self._session.project.network
        bundle = chosen.bundle_of(self._selection, spec)
        if bundle is not None:
            self._session.edits.cut_links(bundle.links(spec))

    def connect_fully(self) -> None:
        """Draw all links into the selected layers, else everywhere."""
        numbers = sorted(number for number in self._selection.layers if number > 0)
        with self._together("Connect fully"):
            for number in numbers or (None,):
                self._session.edits.connect_fully(number)

    def freeze(self) -> None:
        """Hold what is selected as it is; if it is all frozen, let it learn again."""
        selection, project = self._selection, self._session.project
        spec = project.network
        frozen = not chosen.all_frozen(selection, spec, Held(spec, project.parameters))
        layers = sorted(number for number in selection.layers if number > 0)
        links = chosen.parameters_of(selection, spec)
        with self._together("Freeze" if frozen else "Let learn"):
            for number in layers:
                self._session.edits.freeze_layer(number, frozen)
            if links:
                self._session.edits.freeze(links, frozen)

    def initialise_again(self) -> None:
        """Draw the weights of what is selected anew, else those of the whole network."""
        layers = sorted(number for number in self._selection.layers if number > 0)
        neurons = sorted(own for own in self._selection.neurons if own[0] > 0)
        with self._together("Initialise again"):
            if layers or not neurons:
                self._session.edits.initialise_again(layers or None)
            if neurons:
                self._session.edits.initialise_again(None, neurons)

    def tidy_layout(self) -> None:
        """Put dragged layers back in their places."""
        self._view.set_layer_offsets({})

    def network_menu(self) -> None:
        """The menu of what is selected, beside it."""
        self.menu.open_at(self.menu.place())

    # Inside

    def _hidden(self) -> list[int]:
        depth = self._session.project.network.depth
        return sorted(number for number in self._selection.layers if 0 < number < depth)

    def _place(self) -> int:
        layer, depth = self._selection.layer, self._session.project.network.depth
        return depth - 1 if layer is None else min(layer, depth - 1)

    def _together(self, text: str) -> Together:
        return Together(self._session, text)

    def _on_menu(self, event: QContextMenuEvent) -> None:
        at = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            at = self.menu.place()
        else:
            self._view.hand.select_for_menu(event.pos())
        self.menu.open_at(at)
