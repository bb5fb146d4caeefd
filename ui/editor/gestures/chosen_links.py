"""The selected links in the view: which are put in front, and where the label of one stands."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF

from ui.editor import marks
from ui.editor.gestures.gesture import target_of
from ui.editor.hover import Target
from ui.editor.scene import MOST_CHOSEN, Scene
from ui.selection import Selection

if TYPE_CHECKING:
    from ui.editor.network_view import NetworkView


class ChosenLinks(QObject):
    """Keeps the scene of a view in step with the links that are selected.

    ``label_at`` is the point of the view beside which the label of the link selected last stands;
    None for the middle of the link.
    """

    def __init__(self, view: NetworkView, scene: Scene, selection: Selection) -> None:
        super().__init__(view)
        self._view = view
        self._scene = scene
        self._selection = selection
        self._last: Target | None = None
        self.label_at: QPointF | None = None
        view.viewport.changed.connect(self.follow)

    def show(self) -> None:
        """Put the selected links in front, and tell which was selected last."""
        spec, selection = self._view.spec, self._selection
        chosen, links = None, []
        if spec is not None and all(link[0] <= spec.depth for link in selection.links):
            links = [target_of(spec, link) for link in islice(selection.links, MOST_CHOSEN)]
            chosen = None if selection.link is None else target_of(spec, selection.link)
        self._scene.links = tuple(links)
        if chosen is None:
            self._scene.link = None
        else:
            self._scene.choose_link(chosen, self.label_at or self.place_of(chosen))
        if chosen != self._last:
            self._last = chosen
            self._view.linkChosen.emit(chosen)

    def follow(self) -> None:
        """Another part of the network is seen: the label goes with its link."""
        self.label_at = None
        if self._last is not None:
            self.show()

    def place_of(self, target: Target) -> QPointF:
        """Where the middle of a link is seen; of its neuron, if the link is not drawn."""
        view, layout, layer = self._view, self._view.network_layout(), self._scene.link_layer
        if layout is None or layer is None:
            return QPointF(view.width() / 2, view.height() / 2)
        found = layer.find(target)
        if found is None:
            box = marks.node_box(layout, target.layer, target.neuron or 0)
            middle = QPointF(layout.width / 2, layout.height / 2) if box is None else box.center()
            return view.viewport.to_view(middle)
        along, across = found[0].curves.only(np.array([found[1]])).points(65)
        x, y = float(along[len(along) // 2]), float(across[0, len(along) // 2])
        return view.viewport.to_view(QPointF(y, -x) if layout.turned else QPointF(x, y))
