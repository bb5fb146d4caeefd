"""The inspector when a neuron is selected: its numbers at this moment."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from simulator.snapshot import Snapshot
from simulator.trace import PhaseKind
from ui.theme import GRID
from ui.widgets.value_label import format_value

BLANK = "–"
_ROWS = (
    ("activation", "activation function"),
    ("z", "pre-activation z"),
    ("a", "output a"),
    ("delta", "delta δ"),
    ("bias", "bias b"),
    ("weights", "incoming weights"),
    ("dropped", "dropout"),
)


class NeuronTable(QWidget):
    """A row a quantity; what is not computed yet is blank."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 2, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(0, 1)
        self._values: dict[str, QLabel] = {}
        for row, (key, text) in enumerate(_ROWS):
            name = QLabel(text)
            name.setProperty("role", "muted")
            value = QLabel(BLANK)
            value.setProperty("role", "number")
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setAccessibleName(text)
            value.setObjectName(f"neuron_{key}")
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
            self._values[key] = value
        grid.setRowStretch(len(_ROWS), 1)

    def show_neuron(self, snapshot: Snapshot, layer: int, neuron: int, drawing: bool) -> None:
        """The numbers of a neuron, of the training sample or (``drawing``) of the drawing."""
        values = _values(snapshot, layer, neuron, drawing)
        for key, label in self._values.items():
            text = values.get(key, BLANK)
            if label.text() != text:
                label.setText(text)


def _values(snapshot: Snapshot, layer: int, neuron: int, drawing: bool) -> dict[str, str]:
    spec = snapshot.spec
    if layer >= len(spec.sizes) or neuron >= spec.sizes[layer]:
        return {}
    trace, probe = snapshot.trace, snapshot.probe
    if layer == 0:
        if drawing and probe is not None:
            return {"activation": "input", "a": format_value(probe.x[neuron])}
        if trace is not None:
            return {"activation": "input", "a": format_value(trace.x[0, neuron])}
        return {"activation": "input"}
    values = {"activation": spec.layer(layer).activation_of(neuron)[0]}
    biases = snapshot.biases(layer)
    values["bias"] = "none" if biases is None else format_value(biases[neuron])
    values["weights"] = f"{spec.fan_in(layer):,}"
    rate = spec.layer(layer).dropout_rate
    values["dropped"] = "none" if rate == 0.0 else f"rate {rate:g}"
    if drawing:
        if probe is not None:
            values["z"] = format_value(probe.z[layer - 1][neuron])
            values["a"] = format_value(probe.activation[layer - 1][neuron])
        return values
    if trace is None:
        return values
    if snapshot.computed(PhaseKind.PREACTIVATION, layer):
        values["z"] = format_value(trace.z[layer - 1][0, neuron])
    if snapshot.computed(PhaseKind.ACTIVATION, layer):
        values["a"] = format_value(trace.activation[layer - 1][0, neuron])
    mask = trace.mask[layer - 1]
    if mask is not None and snapshot.computed(PhaseKind.DROPOUT, layer):
        values["dropped"] = "kept" if mask[0, neuron] else "dropped"
        values["a"] = format_value(trace.output[layer - 1][0, neuron])
    if snapshot.computed(PhaseKind.DELTA, layer):
        values["delta"] = format_value(trace.delta[layer - 1][0, neuron])
    return values
