"""The inspector when a neuron is selected: its numbers at this moment."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from simulator.quantity import Kind, Quantity
from simulator.snapshot import Snapshot
from simulator.trace import PhaseKind
from ui.theme import GRID
from ui.widgets.asked_label import AskedLabel
from ui.widgets.value_label import format_value
from ui.writing import Writing

BLANK = "–"
_ROWS = (
    ("z", "pre-activation"),
    ("a", "output"),
    ("slope", "slope"),
    ("delta", "delta"),
    ("bias", "bias"),
    ("gradient", "gradient of bias"),
    ("activation", "function"),
    ("weights", "weights in"),
    ("dropped", "dropout"),
)
"""What the neuron is now, then what it is; an input has only the second and the seventh."""
_OF_INPUTS = ("a", "activation")
_KINDS = {"z": Kind.PREACTIVATION, "a": Kind.ACTIVATION, "delta": Kind.DELTA}


class _Reading(NamedTuple):
    """What stands in a row, and the number it is, if that can be asked."""

    text: str
    asked: Quantity | None = None


class NeuronTable(QWidget):
    """A row a quantity; what is not computed yet is blank.

    ``asked`` carries the :class:`~simulator.quantity.Quantity` of a number that was clicked.
    """

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._writing = Writing()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 2, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(0, 1)
        self._names: dict[str, QLabel] = {}
        self._values: dict[str, AskedLabel] = {}
        self._asked: dict[str, Quantity | None] = {}
        for row, (key, text) in enumerate(_ROWS):
            name = QLabel(text)
            name.setProperty("role", "muted")
            value = AskedLabel(BLANK)
            value.setProperty("role", "number")
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setAccessibleName(text)
            value.setObjectName(f"neuron_{key}")
            value.clicked.connect(self._on_clicked)
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
            self._names[key] = name
            self._values[key] = value
        grid.setRowStretch(len(_ROWS), 1)

    def set_writing(self, writing: Writing) -> None:
        """Write symbols and signs like this from the next numbers on."""
        self._writing = writing

    def show_neuron(
        self,
        snapshot: Snapshot,
        layer: int,
        neuron: int,
        drawing: bool,
        slope: float | None = None,
    ) -> None:
        """The numbers of a neuron, of the training sample or (``drawing``) of the drawing.

        ``slope`` : of its activation at its z, if that is known.
        """
        values = _values(snapshot, layer, neuron, drawing, self._writing)
        if slope is not None:
            values["slope"] = _Reading(format_value(slope))
        for key, label in self._values.items():
            reading = values.get(key, _Reading(BLANK))
            if label.text() != reading.text:
                label.setText(reading.text)
            self._asked[key] = reading.asked
            label.set_open(reading.asked is not None)
            for part in (self._names[key], label):
                part.setVisible(layer > 0 or key in _OF_INPUTS)
        if layer < len(snapshot.spec.sizes):
            self._write_names(snapshot, layer)

    def _write_names(self, snapshot: Snapshot, layer: int) -> None:
        writing, spec = self._writing, snapshot.spec
        for key, text in _ROWS:
            sign = ""
            if key == "bias" and layer:
                sign = writing.bias_letter(layer, spec)
            elif key == "a" and not layer:
                sign = writing.letter(Kind.INPUT, 0, spec)
            elif key == "slope":
                sign = "f′(z)"
            elif key in _KINDS and layer:
                sign = writing.letter(_KINDS[key], layer, spec)
            name = f"{text} {sign}".rstrip()
            if self._names[key].text() != name:
                self._names[key].setText(name)
                self._values[key].setAccessibleName(name)

    def _on_clicked(self) -> None:
        key = self.sender().objectName().removeprefix("neuron_")
        asked = self._asked.get(key)
        if asked is not None:
            self.asked.emit(asked)


def _values(
    snapshot: Snapshot, layer: int, neuron: int, drawing: bool, writing: Writing
) -> dict[str, _Reading]:
    spec = snapshot.spec
    if layer >= len(spec.sizes) or neuron >= spec.sizes[layer]:
        return {}
    trace, probe = snapshot.trace, snapshot.probe
    row = 0 if trace is None else min(snapshot.row, len(trace.x) - 1)

    def own(kind: Kind, value: float, shown: bool = True) -> _Reading:
        asked = Quantity(kind, layer, neuron, row) if shown else None
        return _Reading(format_value(writing.factor(kind) * value + 0.0), asked)

    if layer == 0:
        values = {"activation": _Reading("input")}
        if drawing and probe is not None:
            values["a"] = own(Kind.INPUT, probe.x[neuron], False)
        elif trace is not None:
            values["a"] = own(Kind.INPUT, trace.x[row, neuron])
        return values
    values = {"activation": _Reading(spec.layer(layer).activation_of(neuron)[0])}
    biases = snapshot.biases(layer)
    values["bias"] = _Reading("none")
    if biases is not None:
        updated = snapshot.computed(PhaseKind.UPDATE, layer)
        kind = Kind.UPDATED if updated else Kind.PARAMETER
        asked = None if trace is None else Quantity(kind, layer, neuron, parameter="b")
        values["bias"] = _Reading(format_value(biases[neuron]), asked)
        if trace is not None and snapshot.computed(PhaseKind.GRADIENT, layer):
            gradient = trace.gradient_of(layer)[1]
            assert gradient is not None
            values["gradient"] = _Reading(
                format_value(writing.factor(Kind.GRADIENT) * gradient[neuron] + 0.0),
                Quantity(Kind.GRADIENT, layer, neuron, parameter="b"),
            )
    values["weights"] = _Reading(f"{spec.fan_in(layer):,}")
    rate = spec.layer(layer).dropout_rate
    values["dropped"] = _Reading("none" if rate == 0.0 else f"rate {rate:g}")
    if drawing:
        if probe is not None:
            values["z"] = own(Kind.PREACTIVATION, probe.z[layer - 1][neuron], False)
            values["a"] = own(Kind.ACTIVATION, probe.activation[layer - 1][neuron], False)
        return values
    if trace is None:
        return values
    if snapshot.computed(PhaseKind.PREACTIVATION, layer):
        values["z"] = own(Kind.PREACTIVATION, trace.z[layer - 1][row, neuron])
    if snapshot.computed(PhaseKind.ACTIVATION, layer):
        values["a"] = own(Kind.ACTIVATION, trace.activation[layer - 1][row, neuron])
    mask = trace.mask[layer - 1]
    if mask is not None and snapshot.computed(PhaseKind.DROPOUT, layer):
        values["dropped"] = _Reading("kept" if mask[row, neuron] else "dropped")
        values["a"] = own(Kind.OUTPUT, trace.output[layer - 1][row, neuron])
    if snapshot.computed(PhaseKind.DELTA, layer):
        values["delta"] = own(Kind.DELTA, trace.delta[layer - 1][row, neuron])
    return values
