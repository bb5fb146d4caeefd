"""The menu of what is selected in the network."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from simulator.activations import ACTIVATIONS
from ui.actions import Actions
from ui.editor import marks
from ui.editor.gestures import chosen
from ui.editor.gestures.gesture import target_of
from ui.editor.gestures.together import Together
from ui.editor.network_view import NetworkView
from ui.layer_words import activation_name
from ui.session import Session

SEPARATOR = None
OF_LINKS = ("edit_value", "delete_selected", "freeze", SEPARATOR, "cut_bundle", "all_paths")
OF_NEURONS = (
    *("edit_value", "draw_link", "freeze", "initialise_again", SEPARATOR),
    *("add_neuron", "delete_selected"),
)
OF_LAYERS = (
    *("rename_layer", "freeze", "initialise_again", SEPARATOR),
    *("add_neuron", "remove_neuron", SEPARATOR, "draw_link", "connect_fully", "cut_bundle"),
    *(SEPARATOR, "move_earlier", "move_later"),
    *(SEPARATOR, "copy_layers", "paste_layers", "duplicate_layers", SEPARATOR),
    *("add_layer", "delete_selected"),
)
OF_NOTHING = (
    *("add_layer", "paste_layers", SEPARATOR, "select_all", "connect_fully", "initialise_again"),
    *(SEPARATOR, "tidy_layout"),
)
RATES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Dropout rates to choose from; others can be typed in the inspector."""


class NetworkMenu(QObject):
    """Opens the menu of the selection, with only what can be done to it."""

    def __init__(
        self, session: Session, actions: Actions, view: NetworkView, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._actions = actions
        self._view = view
        self.menu: QMenu | None = None
        """The menu that is open, or was last."""

    def open_at(self, at: QPoint) -> None:
        """Open the menu at a point of the screen."""
        menu = self._made()
        self.menu = menu
        menu.aboutToHide.connect(self._on_hidden)
        menu.popup(at)

    def _on_hidden(self) -> None:
        if self.menu is not None:
            # An entry that was chosen still acts after the menu is gone.
            self.menu.deleteLater()
            self.menu = None

    def _made(self) -> QMenu:
        selection = self._session.selection
        menu = QMenu(self._view)
        if selection.links:
            ids = OF_LINKS
        elif selection.neurons or selection.layers:
            self._add_functions(menu)
            ids = OF_NEURONS if selection.neurons else OF_LAYERS
        else:
            ids = OF_NOTHING
        for action_id in ids:
            if action_id is SEPARATOR:
                menu.addSeparator()
            elif self._actions[action_id].isEnabled():
                menu.addAction(self._actions[action_id])
        return menu

    def place(self) -> QPoint:
        """A point of the screen beside what is selected."""
        selection, layout, spec = self._session.selection, self._view.seen_layout(), self._view.spec
        at = QPointF(self._view.rect().center())
        if layout is not None and spec is not None:
            if selection.link is not None:
                at = self._view.links.place_of(target_of(spec, selection.link))
            elif selection.layer is not None and selection.layer <= spec.depth:
                title = layout.columns[selection.layer].title
                at = QPointF(title.x + title.width / 2, title.bottom)
                box = None
                if selection.neuron is not None:
                    box = marks.node_box(layout, selection.layer, selection.neuron)
                at = at if box is None else box.bottomRight()
        return self._view.mapToGlobal(at.toPoint())

    def _add_functions(self, menu: QMenu) -> None:
        """The activations and dropout rates of the selected layers or neurons."""
        selection, spec = self._session.selection, self._session.project.network
        neurons = chosen.by_layer(selection)
        layers = sorted({n for n in (*selection.layers, *neurons) if 0 < n <= spec.depth})
        if layers:
            used = {
                spec.layer(number).activation_of(neuron)[0]
                for number in layers
                for neuron in neurons.get(number) or range(spec.sizes[number])
            }
            activations = menu.addMenu("Activation")
            self._add_choices(
                activations, [(activation_name(name), name, name in used) for name in ACTIVATIONS]
            )
            activations.triggered.connect(self._on_activation)
        dropping = sorted(number for number in selection.layers if number < spec.depth)
        if dropping and not neurons:
            rates = {spec.layer(number).dropout_rate for number in dropping}
            dropout = menu.addMenu("Dropout")
            self._add_choices(
                dropout,
                [
                    (f"{rate:g}" if rate else "None", rate, rate in rates)
                    for rate in sorted({*RATES, *rates})
                ],
            )
            dropout.triggered.connect(self._on_dropout)
        if layers or dropping:
            menu.addSeparator()

    def _add_choices(self, menu: QMenu, choices: list[tuple[str, object, bool]]) -> None:
        group = QActionGroup(menu)
        group.setExclusive(sum(current for _, _, current in choices) == 1)
        for text, value, current in choices:
            entry = menu.addAction(text)
            entry.setData(value)
            entry.setCheckable(True)
            entry.setChecked(current)
            group.addAction(entry)

    def _on_activation(self, entry: QAction) -> None:
        selection, spec = self._session.selection, self._session.project.network
        edits, name = self._session.edits, entry.data()
        with Together(self._session, "Change activation"):
            for number in sorted(selection.layers):
                if 0 < number <= spec.depth:
                    edits.set_activation(number, name)
            for number, neurons in chosen.by_layer(selection).items():
                if 0 < number <= spec.depth and number not in selection.layers:
                    edits.set_activation(number, name, neurons)

    def _on_dropout(self, entry: QAction) -> None:
        layers, depth = self._session.selection.layers, self._session.project.network.depth
        with Together(self._session, "Change dropout"):
            for number in sorted(layers):
                if number < depth:
                    self._session.edits.set_dropout(number, entry.data())
