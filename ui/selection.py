"""What is selected: one layer, or one neuron of it; every view highlights the same thing."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """The selected layer (0 is the input) and neuron, shared by all views.

    ``changed`` says that either differs; ``layer`` and ``neuron`` are None when nothing is
    selected, ``neuron`` alone is None when a whole layer is.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._layer: int | None = None
        self._neuron: int | None = None

    @property
    def layer(self) -> int | None:
        """Number of the selected layer, 0 for the input, or None."""
        return self._layer

    @property
    def neuron(self) -> int | None:
        """Index of the selected neuron in its layer, from 0, or None."""
        return self._neuron

    def select(self, layer: int | None, neuron: int | None = None) -> None:
        """Select a neuron, a whole layer (``neuron=None``) or nothing (``layer=None``)."""
        if layer is None:
            neuron = None
        if (layer, neuron) != (self._layer, self._neuron):
            self._layer, self._neuron = layer, neuron
            self.changed.emit()

    def clear(self) -> None:
        """Select nothing."""
        self.select(None)
