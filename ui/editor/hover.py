"""The label beside the mouse: what a neuron or a link holds at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from simulator.quantity import Kind, Quantity
from simulator.snapshot import Snapshot
from simulator.trace import PhaseKind
from ui.editor.names import Fonts, Names
from ui.editor.readings import Array, Readings, Source
from ui.held import Held, HeldLayer
from ui.layer_words import activation_name, facts
from ui.theme import Theme
from ui.writing import Writing

_NEUTRAL = Writing()
BIAS = -1
"""Stands for the neuron a bias comes from, in targets and bundles: a node whose output is 1."""
NOT_YET = "not computed yet"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Target(NamedTuple):
    """A neuron; with ``source``, a (layer, neuron), the link into it; without neuron a layer.

    A source of :data:`BIAS` is the node the layer's biases come from.
    """

    layer: int
    neuron: int | None = None
    source: tuple[int, int] | None = None

    @property
    def is_link(self) -> bool:
        """Whether it is a link."""
        return self.source is not None and self.neuron is not None


@dataclass(frozen=True)
class Label:
    """A heading, a second line that may be empty, and rows of name and value."""

    heading: str
    detail: str
    rows: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """All of it as one line."""
        parts = [self.heading, self.detail, *(f"{name} {value}" for name, value in self.rows)]
        return " · ".join(part.strip() for part in parts if part.strip())


def signed(value: float) -> str:
    """A number with its sign, of fixed width where it can be."""
    if not np.isfinite(value):
        return "not a finite number"
    magnitude = abs(value)
    ordinary = magnitude == 0.0 or 5e-5 <= magnitude < 1e4
    text = f"{value:+.4f}" if ordinary else f"{value:+.2e}"
    return text.replace("-", "−")


def describe(
    target: Target,
    snapshot: Snapshot,
    readings: Readings,
    source: Source,
    names: Names,
    held: Held,
    writing: Writing = _NEUTRAL,
) -> Label:
    """The label of a neuron, a link or a layer."""
    layer, neuron, spec = target.layer, target.neuron, snapshot.spec
    own = held.layer(spec, layer)
    if neuron is None and target.source is not None:
        words = f"Its links are the biases of {spec.layer_name(layer)}"
        return Label("A node whose output is 1", words, ())
    if neuron is None:
        return Label(spec.layer_name(layer), "", tuple(facts(spec, layer, own)))
    if target.source is not None:
        return _describe_link(layer, neuron, target.source, snapshot, names, own, writing)
    reading = readings.layers[layer]
    notes = []
    if len(spec.layer(layer).activation_names) > 1:
        notes.append(activation_name(spec.layer(layer).activation_of(neuron)[0]))
    if reading.dropped is not None and bool(reading.dropped[neuron]):
        notes.append("dropped in this step")
    letter = writing.letter
    own_sign = letter(Kind.ACTIVATION if layer else Kind.INPUT, layer, spec)
    rows = [(own_sign, _value(reading.activation, neuron))]
    if layer > 0:
        if spec.layer(layer).batch_normalization is not None and source == "training":
            rows.insert(
                0, (letter(Kind.NORMALIZED, layer, spec), _value(reading.normalized, neuron))
            )
        rows.insert(0, (letter(Kind.PREACTIVATION, layer, spec), _value(reading.z, neuron)))
    if reading.output is not None and spec.layer(layer).noise > 0.0:
        rows.append(("passed on", _value(reading.output, neuron)))
    if layer > 0 and source == "training":
        rows.append((letter(Kind.DELTA, layer, spec), _value(reading.delta, neuron)))
    if layer > 0:
        biases = snapshot.biases(layer)
        text = "none" if biases is None else signed(float(biases[neuron]))
        frozen = own.frozen_biases is not None and bool(own.frozen_biases[neuron])
        sign = writing.bias_letter(layer, spec)
        rows.append((f"{sign}, frozen" if frozen else sign, text))
    return Label(names.neuron(spec, layer, neuron), " · ".join(notes), tuple(rows))


def _describe_link(
    layer: int,
    neuron: int,
    source: tuple[int, int],
    snapshot: Snapshot,
    names: Names,
    own: HeldLayer,
    writing: Writing,
) -> Label:
    spec = snapshot.spec
    into = names.neuron(spec, layer, neuron)
    gradient = NOT_YET
    computed = snapshot.trace is not None and snapshot.computed(PhaseKind.GRADIENT, layer)
    factor, word = writing.factor(Kind.GRADIENT), writing.gradient_word(layer, spec)
    if source[1] == BIAS:
        quantity = Quantity(Kind.PARAMETER, layer, neuron, parameter="b")
        value, own_gradient = snapshot.biases(layer), None
        if computed:
            own_gradient = snapshot.trace.gradient_of(layer)[1]
        if own_gradient is not None:
            gradient = signed(factor * float(own_gradient[neuron]) + 0.0)
        rows = [(word, gradient)]
        if own.frozen_biases is not None and own.frozen_biases[neuron]:
            rows.append(("frozen", "does not learn"))
        assert value is not None
        name = f"{writing.of_quantity(quantity, spec)} = {signed(float(value[neuron]))}"
        return Label(name, f"1 → {into}", tuple(rows))
    detail = f"{names.neuron(spec, *source)} → {into}"
    column = dict(spec.source_columns(layer))[source[0]].start + source[1]
    quantity = Quantity(Kind.PARAMETER, layer, neuron, source=column, parameter="W")
    sign = writing.of_quantity(quantity, spec)
    if own.removed is not None and own.removed[neuron, column]:
        return Label(f"{sign} removed", detail, ())
    weight = float(snapshot.weights(layer)[neuron, column])
    if computed:
        gradient = signed(
            factor * float(snapshot.trace.gradient_of(layer)[0][neuron, column]) + 0.0
        )
    rows = [(word, gradient)]
    if own.frozen is not None and own.frozen[neuron, column]:
        rows.append(("frozen", "does not learn"))
    return Label(f"{sign} = {signed(weight)}", detail, tuple(rows))


def _value(values: Array | None, neuron: int) -> str:
    return NOT_YET if values is None else signed(float(values[neuron]))


def paint(
    painter: QPainter, label: Label, target: QRectF, view: QRectF, fonts: Fonts, theme: Theme
) -> QRectF:
    """Paint the label beside ``target`` inside ``view``; returns where it stands."""
    high = max(fonts.height(fonts.numbers), fonts.height(fonts.title))
    small = fonts.height(fonts.caption)
    name_width = max((fonts.width(fonts.caption, n) for n, _ in label.rows), default=0.0) + 16
    value_width = max((fonts.width(_row_font(v, fonts), v) for _, v in label.rows), default=0.0)
    width = max(
        fonts.width(fonts.title, label.heading),
        fonts.width(fonts.caption, label.detail),
        name_width + value_width,
    )
    height = high * (1 + len(label.rows)) + (small if label.detail else 0) + 4
    box = place(QRectF(0, 0, width + 24, height + 16), target, view)
    painter.setPen(QPen(theme.colour("muted", 0.7), 1.0))
    painter.setBrush(theme.colour("panel"))
    painter.drawRoundedRect(box, 6, 6)
    x, y = box.x() + 12, box.y() + 8
    painter.setFont(fonts.title)
    painter.setPen(theme.colour("text"))
    painter.drawText(QRectF(x, y, width + 4, high), _LEFT, label.heading)
    y += high
    if label.detail:
        painter.setFont(fonts.caption)
        painter.setPen(theme.colour("muted"))
        painter.drawText(QRectF(x, y, width + 4, small), _LEFT, label.detail)
        y += small
    y += 4
    for name, value in label.rows:
        painter.setFont(fonts.caption)
        painter.setPen(theme.colour("muted"))
        painter.drawText(QRectF(x, y, name_width, high), _LEFT, name)
        painter.setFont(_row_font(value, fonts))
        painter.setPen(theme.colour("muted" if value == NOT_YET else "text"))
        painter.drawText(QRectF(x + name_width, y, width - name_width, high), _RIGHT, value)
        y += high
    return box


def _row_font(value: str, fonts: Fonts) -> QFont:
    return fonts.caption if value[-1].isalpha() else fonts.numbers


def place(box: QRectF, target: QRectF, view: QRectF) -> QRectF:
    """Where a label fits: right, left, below or above of the target, never over it."""
    room = view.adjusted(6, 6, -6, -6)
    middle = target.center()
    gap = 10.0
    choices = (
        QPointF(target.right() + gap, middle.y() - box.height() / 2),
        QPointF(target.left() - gap - box.width(), middle.y() - box.height() / 2),
        QPointF(middle.x() - box.width() / 2, target.bottom() + gap),
        QPointF(middle.x() - box.width() / 2, target.top() - gap - box.height()),
    )
    for corner in choices:
        placed = QRectF(corner, box.size())
        placed.moveTop(min(max(placed.top(), room.top()), room.bottom() - box.height()))
        if corner is choices[2] or corner is choices[3]:
            placed.moveTop(corner.y())
            placed.moveLeft(min(max(placed.left(), room.left()), room.right() - box.width()))
        if room.contains(placed) and not placed.intersects(target):
            return placed
    placed = QRectF(choices[0], box.size())
    placed.moveLeft(max(room.left(), min(placed.left(), room.right() - box.width())))
    placed.moveTop(max(room.top(), min(placed.top(), room.bottom() - box.height())))
    return placed
