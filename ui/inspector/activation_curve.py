"""A neuron's activation function drawn as a curve, with its z of this moment on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from simulator.response import response
from simulator.snapshot import Snapshot
from simulator.spec import LayerSpec
from simulator.trace import PhaseKind
from ui.inspector.small_plot import SmallPlot
from ui.style import current_scale
from ui.widgets.value_label import format_value

Array = NDArray[np.float64]
HEIGHT = 116
POINTS = 161
REACHES = (3.0, 6.0, 12.0, 25.0, 50.0, 100.0, 1000.0, 1e4, 1e6)
"""How far the axis goes to either side; it changes in steps, so that nothing jumps."""


@dataclass(frozen=True, eq=False)
class Moment:
    """What a neuron's activation receives and makes of it.

    ``z`` : with batch normalization what it made of z; ``a`` : None before it is computed;
    ``slope`` : da/dz there, None where there is none; ``others`` (units,) : what the layer's
    neurons receive.
    """

    z: float
    a: float | None
    slope: float | None
    others: Array


def moment_of(snapshot: Snapshot, number: int, neuron: int, drawing: bool) -> Moment | None:
    """The moment of a neuron, of the sample on show or of the drawing; None before its z is."""
    index, layer = number - 1, snapshot.spec.layer(number)
    a: float | None
    if drawing:
        # How the drawing's z is normalized is not among what the snapshot tells.
        if snapshot.probe is None or layer.batch_normalization is not None:
            return None
        others, a = snapshot.probe.z[index], float(snapshot.probe.activation[index][neuron])
    else:
        trace = snapshot.trace
        normalized = layer.batch_normalization is not None
        kind = PhaseKind.NORMALIZATION if normalized else PhaseKind.PREACTIVATION
        if trace is None or trace.spec != snapshot.spec or not snapshot.computed(kind, number):
            return None
        row = min(snapshot.row, len(trace.x) - 1)
        received = trace.normalized[index] if normalized else trace.z[index]
        assert received is not None
        others, a = received[row], None
        if snapshot.computed(PhaseKind.ACTIVATION, number):
            a = float(trace.activation[index][row, neuron])
    z = float(others[neuron])
    slope = response(layer, neuron, np.array([z]), others).slope
    return Moment(z, a, None if slope is None or a is None else float(slope[0]), others)


class ActivationCurve(SmallPlot):
    """phi as the engine computes it; the point (z, a) on it with the tangent there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Activation function", HEIGHT, parent)
        self._curve: tuple[LayerSpec, int, float, bytes] | None = None
        self._z: Array = np.zeros(0)
        self._a: Array = np.zeros(0)
        self.moment: Moment | None = None
        self.note = ""

    @property
    def points(self) -> tuple[Array, Array]:
        """The curve on show: z (n,) and phi(z) (n,)."""
        return self._z, self._a

    def show_layer(self, layer: LayerSpec, neuron: int, moment: Moment | None = None) -> None:
        """Draw the activation of a neuron, counted from 0, and where it is now."""
        wanted = 0.0 if moment is None or not math.isfinite(moment.z) else 1.1 * abs(moment.z)
        reach = next((own for own in REACHES if own >= wanted), REACHES[-1])
        softmax = layer.activation_of(neuron)[0] == "softmax"
        others = moment.others if moment is not None and softmax else np.zeros(0)
        if softmax and moment is not None and np.isfinite(others).all():
            # Its curve rises where z comes up to the largest of its neighbours.
            beside = np.delete(others, neuron)
            wanted = max(wanted, 1.1 * float(np.abs(beside).max(initial=0.0)))
            reach = next((own for own in REACHES if own >= wanted), REACHES[-1])
        key = (layer, neuron, reach, others.tobytes())
        if key != self._curve:
            self._curve = key
            z = np.linspace(-reach, reach, POINTS)
            given = others if len(others) == layer.units else None
            self._z, self._a = z, response(layer, neuron, z, given).activation
            finite = self._a[np.isfinite(self._a)]
            low, high = float(finite.min(initial=0.0)), float(finite.max(initial=0.0))
            margin = 0.08 * max(high - low, 1e-6)
            self.set_ranges((-reach, reach), (low - margin, high + margin))
        self.moment = moment
        self.note = self._note(layer, neuron, softmax)
        self.update()

    def event(self, event: QEvent) -> bool:
        # Asked for seldom, so not written with every frame.
        if event.type() in (QEvent.Type.ToolTip, QEvent.Type.Enter, QEvent.Type.Show):
            self.setToolTip(f"{self.reading}\n{self.note}".strip())
            self.setAccessibleDescription(self.toolTip())
        return super().event(event)

    @property
    def reading(self) -> str:
        """The point in words."""
        moment = self.moment
        if moment is None:
            return "no z yet"
        text = f"z = {format_value(moment.z).strip()}"
        if moment.a is not None:
            text += f", f(z) = {format_value(moment.a).strip()}"
        if moment.slope is not None:
            text += f", f′(z) = {format_value(moment.slope).strip()}"
        return text

    def _note(self, layer: LayerSpec, neuron: int, softmax: bool) -> str:
        if softmax:
            return "Softmax looks at the whole layer: the curve holds the other z as they are."
        if layer.batch_normalization is not None:
            return "The activation receives z behind batch normalization."
        if layer.activation_of(neuron)[0] in ("step", "sign"):
            return "A jump has no slope, so only a learning rule can train it."
        return ""

    def _draw(self, painter: QPainter) -> None:
        theme, scale = self.theme, current_scale()
        painter.setPen(QPen(theme.colour("activation"), 2.0 * scale))
        painter.drawPolyline(self.curve(self._z, self._a))
        moment = self.moment
        if moment is None or not math.isfinite(moment.z):
            return
        foot = self.place(moment.z, self.y_range[0])
        dotted = QPen(theme.colour("accent"), 1.0 * scale, Qt.PenStyle.DotLine)
        painter.setPen(dotted)
        if moment.a is None or not math.isfinite(moment.a):
            painter.drawLine(QLineF(foot, self.place(moment.z, self.y_range[1])))
            return
        point = self.place(moment.z, moment.a)
        painter.drawLine(QLineF(foot, point))
        painter.drawLine(QLineF(QPointF(self.frame.left(), point.y()), point))
        if moment.slope is not None and math.isfinite(moment.slope):
            painter.setPen(QPen(theme.colour("accent"), 1.5 * scale))
            painter.drawLine(self._tangent(point, moment.slope))
        painter.setPen(QPen(theme.colour("panel"), 1.5))
        painter.setBrush(theme.colour("accent"))
        painter.drawEllipse(point, 4.5 * scale, 4.5 * scale)

    def _tangent(self, point: QPointF, slope: float) -> QLineF:
        """A piece of the tangent of the same length in px, however steep."""
        unit = self.place(self.x_range[0] + 1.0, self.y_range[0] + slope)
        origin = self.place(self.x_range[0], self.y_range[0])
        line = QLineF(QPointF(0.0, 0.0), unit - origin)
        line.setLength(0.22 * self.frame.width())
        return QLineF(point - line.p2(), point + line.p2())
