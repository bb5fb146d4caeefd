"""What the View menu and the card's header do with the network: zoom, order, weakest links."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QKeySequence

from ui.actions import Actions
from ui.editor import marks
from ui.editor.layout import Layout
from ui.editor.network_card import NetworkCard
from ui.editor.viewport import STEP
from ui.selection import Selection
from ui.settings import Settings

_SPOT = 5.0
"""Half the side of what is shown of a neuron, in multiples of its radius."""


class ViewDesk(QObject):
    """Connects the actions of one window with its network card, and remembers what was chosen."""

    def __init__(
        self, card: NetworkCard, actions: Actions, settings: Settings, selection: Selection
    ) -> None:
        super().__init__(card)
        self._card = card
        self._view = card.view
        self._actions = actions
        self._settings = settings
        self._selection = selection
        # The key with the plus is that of "=" on many keyboards.
        actions["zoom_in"].setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        for action_id, slot in (
            ("zoom_in", self._on_zoom_in),
            ("zoom_out", self._on_zoom_out),
            ("zoom_fit", self._view.viewport.fit),
            ("zoom_selection", self._on_zoom_selection),
            ("bottom_up", self._on_arrangement),
            ("inputs_picture", self._on_arrangement),
        ):
            actions.connect(action_id, slot)
        actions["bottom_up"].setChecked(settings.flag("network_bottom_up", False))
        actions["inputs_picture"].setChecked(settings.flag("network_inputs_picture", True))
        slider = card.links.slider
        slider.setValue(settings.whole_number("weakest_link", 0, 0, slider.maximum()))
        slider.valueChanged.connect(self._on_slider)
        self._view.viewport.changed.connect(self._on_viewport)
        selection.changed.connect(self._on_selection)
        self._arrange()
        self._on_viewport()
        self._on_selection()

    def _on_zoom_in(self) -> None:
        self._view.viewport.zoom(STEP)

    def _on_zoom_out(self) -> None:
        self._view.viewport.zoom(1.0 / STEP)

    def _on_zoom_selection(self) -> None:
        layout = self._view.network_layout()
        box = None if layout is None else selection_box(layout, self._selection)
        if box is not None:
            self._view.viewport.show_box(box)

    def _on_arrangement(self) -> None:
        for action_id in ("bottom_up", "inputs_picture"):
            self._settings.set_flag(f"network_{action_id}", self._actions[action_id].isChecked())
        self._view.viewport.fit()
        self._arrange()

    def _arrange(self) -> None:
        actions = self._actions
        self._view.set_arrangement(
            actions["bottom_up"].isChecked(), not actions["inputs_picture"].isChecked()
        )

    def _on_slider(self, position: int) -> None:
        self._settings.set_whole_number("weakest_link", position)

    def _on_viewport(self) -> None:
        whole = self._view.viewport.whole
        self._actions["zoom_out"].setEnabled(not whole)
        self._actions["zoom_fit"].setEnabled(not whole)

    def _on_selection(self) -> None:
        chosen = self._selection.layer is not None or bool(self._selection.neurons)
        self._actions["zoom_selection"].setEnabled(chosen)


def selection_box(layout: Layout, selection: Selection) -> QRectF | None:
    """What of the layout is to be seen of a selection; None of one that has no place in it."""
    box = QRectF()
    layer = selection.layer
    neurons = set(selection.neurons)
    if layer is not None and selection.neuron is not None:
        neurons.add((layer, selection.neuron))
    for number, neuron in neurons:
        place = marks.node_box(layout, number, neuron)
        if place is not None:
            spot = _SPOT * place.width() / 2 if len(neurons) == 1 else 0.0
            box = box.united(place.adjusted(-spot, -spot, spot, spot))
    if not neurons and layer is not None and layer < len(layout.columns):
        column = layout.columns[layer]
        radius = column.radius
        left, top = float(column.x.min()) - radius, float(column.y.min()) - radius
        right, bottom = float(column.x.max()) + radius, float(column.y.max()) + radius
        box = QRectF(left, top, right - left, bottom - top)
    return None if box.isEmpty() else box
