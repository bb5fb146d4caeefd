"""The numbers of a layer: how many parameters and why, their shapes, how large they are."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from simulator.snapshot import Snapshot
from simulator.spec import NetworkSpec
from ui.inspector.activation_curve import ActivationCurve
from ui.theme import GRID
from ui.widgets.value_label import ValueLabel

_FIGURES = ("largest", "mean", "smallest")


def calculation(network: NetworkSpec, number: int) -> str:
    """How a layer comes by its parameters: "25 · 20 + 20 = 520 parameters"."""
    layer = network.layer(number)
    biases = f" + {layer.units:,}" if layer.bias else ""
    scales = f" + 2 · {layer.units:,} for γ, β" if layer.batch_normalization else ""
    count = network.parameters_per_layer[number - 1]
    inputs = network.fan_in(number)
    return f"{inputs:,} · {layer.units:,}{biases}{scales} = {count:,} parameters"


def shapes(network: NetworkSpec, number: int) -> str:
    """The shapes of its parameters: "W 20 × 25, b 20"."""
    layer = network.layer(number)
    bias = f", b {layer.units:,}" if layer.bias else ""
    return f"W {layer.units:,} × {network.fan_in(number):,}{bias}"


class LayerNumbers(QWidget):
    """Words and numbers at the left, the activation function at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve = ActivationCurve(self)
        self.curve.setAccessibleName("Activation function of the layer")
        self.parameters = QLabel(self)
        self.shape = QLabel(self)
        self.shape.setProperty("role", "number")
        self.shape.setAccessibleName("Shapes of weights and biases")
        self.figures: dict[str, ValueLabel] = {}
        self._number = 1
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(3)
        grid.addWidget(self.parameters, 0, 0, 1, 2)
        grid.addWidget(self.shape, 1, 0, 1, 2)
        self.parameters.setWordWrap(True)
        for row, key in enumerate(_FIGURES, start=2):
            name, value = QLabel(f"{key} weight"), ValueLabel()
            name.setProperty("role", "muted")
            value.setAccessibleName(f"{key} weight")
            value.setObjectName(f"layer_{key}")
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
            self.figures[key] = value
        grid.setRowStretch(len(_FIGURES) + 2, 1)
        row_layout = QHBoxLayout(self)
        row_layout.setContentsMargins(0, 0, 2, GRID)
        row_layout.setSpacing(GRID)
        row_layout.addLayout(grid, 0)
        row_layout.addWidget(self.curve, 1, Qt.AlignmentFlag.AlignTop)

    def show_layer(self, network: NetworkSpec, number: int) -> None:
        """Show layer ``number``, counted from 1."""
        self._number = number
        self.parameters.setText(calculation(network, number))
        self.shape.setText(shapes(network, number))
        self.curve.show_layer(network.layer(number), 0)
        self.curve.setVisible(len(network.layer(number).activation_names) == 1)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show how large the weights are at this moment."""
        if self._number > snapshot.spec.depth:
            return
        weights = snapshot.weights(self._number)
        found = (float(weights.max()), float(np.mean(weights)), float(weights.min()))
        for key, value in zip(_FIGURES, found, strict=True):
            self.figures[key].set_value(value)
