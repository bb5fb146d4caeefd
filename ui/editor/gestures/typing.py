"""Typing weights, biases and names into the network itself."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPointF

from simulator.typed_numbers import read_number
from ui.editor.gestures.gesture import Ground, target_of
from ui.editor.gestures.inline_editor import InlineEditor
from ui.selection import Link


class Typing(QObject):
    """Opens one field at a time on what is selected."""

    def __init__(self, ground: Ground, parent: QObject) -> None:
        super().__init__(parent)
        self._ground = ground
        self.editor: InlineEditor | None = None

    def edit_values(self, at: QPointF | None = None) -> bool:
        """Type the weight of the selected links, or the bias of the selected neurons.

        ``at`` is where the field opens; False if nothing selected has a value of its own.
        """
        ground = self._ground
        if not ground.editable or ground.spec is None:
            return False
        links = sorted(ground.selection.links - ground.removed()) or self._biases()
        if not links:
            return False
        first = ground.selection.link if ground.selection.link in links else links[0]
        if len(links) > 1:
            kind = "Biases" if links[0][2] < 0 else "Weights"
            name, text = f"{kind} of {len(links):,}", ""
        else:
            name = "Bias" if first[2] < 0 else "Weight"
            text = f"{ground.value_of(first):.6g}".replace("-", "−")
        place = at or ground.view.links.place_of(target_of(ground.spec, first))
        self._open(name, text, partial(self._set_values, tuple(links)), place)
        return True

    def rename(self) -> bool:
        """Type the name of the selected layer; False if none is that has one."""
        ground, layer = self._ground, self._ground.selection.layer
        if not ground.editable or not layer:
            return False
        layout = ground.layout()
        if layout is None or layer >= len(layout.columns):
            return False
        box = layout.columns[layer].title
        at = QPointF(box.x + box.width / 2 - 80, box.y - 6)
        name = ground.project.network.layer_name(layer)
        self._open("Name of the layer", name, partial(self._set_name, layer), at, True)
        return True

    def close(self) -> None:
        """Close the field, with what was typed left out."""
        if self.editor is not None:
            self.editor.end()

    def _open(
        self, name: str, text: str, commit: partial[str], at: QPointF, wide: bool = False
    ) -> None:
        self.close()
        view = self._ground.view
        self.editor = InlineEditor(view, name, text, commit, self._ground.theme, wide)
        self.editor.closed.connect(self._on_closed)
        view.point_with_mouse(None, None)
        self._ground.scene.quiet = True
        self.editor.open_at(at)

    def _on_closed(self) -> None:
        if self.editor is self.sender():
            self.editor = None
            self._ground.scene.quiet = False
            self._ground.view.update()

    def _biases(self) -> list[Link]:
        """The biases of the selected neurons."""
        spec = self._ground.spec
        assert spec is not None
        return [
            (layer, neuron, -1)
            for layer, neuron in sorted(self._ground.selection.neurons)
            if layer > 0 and spec.layer(layer).bias
        ]

    def _set_values(self, links: tuple[Link, ...], text: str) -> str:
        try:
            value = read_number(text).value
        except ValueError as problem:
            return str(problem)
        edits = self._ground.edits
        if len(links) == 1:
            edits.set_parameter(*links[0], value)
        else:
            what = "biases" if links[0][2] < 0 else "weights"
            edits.set_parameters(dict.fromkeys(links, value), f"Set {what}")
        return ""

    def _set_name(self, layer: int, text: str) -> str:
        self._ground.edits.rename_layer(layer, text.strip())
        return ""
