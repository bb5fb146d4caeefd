"""The small buttons on the network: add a layer, add or remove a neuron, draw a link."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from simulator.spec import NetworkSpec
from ui.editor.layout import Column, Layout
from ui.selection import Selection
from ui.theme import Theme

SIZE = 24.0
"""Width and height of what answers to the mouse, at scale 1."""
_APART = 26.0
_BAND = 34.0
"""Half the width of the strip of a column in which its handles are shown, at least."""


class HandleKind(Enum):
    """What a handle does."""

    ADD_LAYER = "add layer"
    ADD_NEURON = "add neuron"
    REMOVE_NEURON = "remove neuron"
    DRAW_LINK = "draw link"


class Handle(NamedTuple):
    """A handle: of a layer (behind which a layer is added), or of one of its neurons."""

    kind: HandleKind
    layer: int
    neuron: int | None
    box: QRectF
    tip: str

    @property
    def key(self) -> tuple[HandleKind, int, int | None]:
        """What it is, wherever it stands."""
        return self.kind, self.layer, self.neuron


def handles(
    layout: Layout,
    spec: NetworkSpec,
    selection: Selection,
    mouse: QPointF | None,
    pointed: tuple[int, int] | None,
    scale: float,
) -> tuple[Handle, ...]:
    """Those that show, with the mouse at a point of the view or outside it.

    ``pointed`` is the neuron the mouse points at; ``scale`` makes them larger.
    """
    if len(layout.columns) != spec.depth + 1:
        return ()
    size = SIZE * scale
    found = _of_links(layout, spec, selection, pointed, size)
    near = {n for n, _ in selection.neurons} | selection.layers
    for number in range(1, spec.depth):
        column = layout.columns[number]
        if number in near or _over(layout, column, mouse, scale):
            found += _of_neurons(layout, spec, column, size)
    for number in range(spec.depth):
        chosen = selection.layers & {number, number + 1}
        if chosen or _between(layout, number, mouse):
            found.append(_of_gap(layout, spec, number, size))
    return tuple(found)


def _of_links(
    layout: Layout,
    spec: NetworkSpec,
    selection: Selection,
    pointed: tuple[int, int] | None,
    size: float,
) -> list[Handle]:
    """One beside the neuron pointed at, and beside the only selected one."""
    wanted = set(selection.neurons) if len(selection.neurons) == 1 else set()
    if pointed is not None:
        wanted.add(pointed)
    found = []
    for layer, neuron in sorted(wanted):
        column = layout.columns[layer] if layer < spec.depth else None
        place = None if column is None else column.place_of(neuron)
        if column is None or place is None or column.picture is not None:
            continue
        across = float((column.x if layout.turned else column.y)[place])
        box = _box(layout, column.right + 3.0 + size / 2, across, size)
        found.append(
            Handle(HandleKind.DRAW_LINK, layer, neuron, box, "Drag to a neuron to draw a link")
        )
    return found


def _of_neurons(layout: Layout, spec: NetworkSpec, column: Column, size: float) -> list[Handle]:
    """Two at the end of the column."""
    length = layout.width if layout.turned else layout.height
    end = float((column.x if layout.turned else column.y).max()) + column.radius
    across = min(end + 2.0 + size / 2, length - size / 2 - 2.0)
    name, step = spec.layer_name(column.layer), _APART * size / SIZE / 2
    box = _box(layout, column.centre + step, across, size)
    tip = f"Add a neuron to {name}"
    found = [Handle(HandleKind.ADD_NEURON, column.layer, None, box, tip)]
    if column.units > 1:
        box = _box(layout, column.centre - step, across, size)
        tip = f"Remove the last neuron of {name}"
        found.append(Handle(HandleKind.REMOVE_NEURON, column.layer, None, box, tip))
    return found


def _of_gap(layout: Layout, spec: NetworkSpec, number: int, size: float) -> Handle:
    """One where the body begins, halfway to the next column."""
    before, after = layout.columns[number], layout.columns[number + 1]
    start = layout.body.x if layout.turned else layout.body.y
    box = _box(layout, (before.right + after.left) / 2, max(start, 2.0) + size / 2, size)
    between = f"{spec.layer_name(number)} and {spec.layer_name(number + 1)}"
    return Handle(HandleKind.ADD_LAYER, number, None, box, f"Add a layer between {between}")


def _box(layout: Layout, along: float, across: float, size: float) -> QRectF:
    x, y = (across, -along) if layout.turned else (along, across)
    return QRectF(x - size / 2, y - size / 2, size, size)


def _over(layout: Layout, column: Column, mouse: QPointF | None, scale: float) -> bool:
    if mouse is None:
        return False
    half = max(_BAND * scale, (column.right - column.left) / 2 + 8.0)
    return abs(layout.along(mouse.x(), mouse.y())[0] - column.centre) <= half


def _between(layout: Layout, number: int, mouse: QPointF | None) -> bool:
    if mouse is None or not layout.window.contains(mouse.x(), mouse.y()):
        return False
    before, after = layout.columns[number], layout.columns[number + 1]
    along = layout.along(mouse.x(), mouse.y())[0]
    return before.right + 8.0 <= along <= after.left - 8.0


def at(shown: Collection[Handle], point: QPointF) -> Handle | None:
    """The handle at a point of the view, or None."""
    for handle in shown:
        if handle.box.contains(point):
            return handle
    return None


def paint(
    painter: QPainter,
    shown: Collection[Handle],
    over: Handle | None,
    theme: Theme,
    turned: bool = False,
) -> None:
    """Paint handles, the one under the mouse filled; ``turned`` says that links lead upwards."""
    for handle in shown:
        hot = over is not None and handle.key == over.key
        circle = handle.box.adjusted(2, 2, -2, -2)
        if handle.kind is HandleKind.DRAW_LINK and not hot:
            circle = handle.box.adjusted(5, 5, -5, -5)
        painter.setPen(QPen(theme.colour("accent"), 1.5))
        painter.setBrush(theme.colour("accent" if hot else "panel"))
        painter.drawEllipse(circle)
        pen = QPen(theme.colour("on_accent" if hot else "accent"), 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        _paint_sign(painter, handle.kind, circle, turned)


def _paint_sign(painter: QPainter, kind: HandleKind, circle: QRectF, turned: bool) -> None:
    middle, arm = circle.center(), 0.26 * circle.width()
    if kind is HandleKind.DRAW_LINK:
        way = QPointF(0.0, -arm) if turned else QPointF(arm, 0.0)
        side = QPointF(-way.y(), way.x())
        tip = middle + way
        painter.drawLine(middle - way, tip)
        painter.drawLine(tip, tip - 0.7 * way + 0.7 * side)
        painter.drawLine(tip, tip - 0.7 * way - 0.7 * side)
        return
    painter.drawLine(middle - QPointF(arm, 0.0), middle + QPointF(arm, 0.0))
    if kind is not HandleKind.REMOVE_NEURON:
        painter.drawLine(middle - QPointF(0.0, arm), middle + QPointF(0.0, arm))
