"""Where everything of the network stands in a given space: pure geometry, no painting.

Columns stand left to right at equal gaps, one a layer, the input first.  A column that does not
fit shows its first and last neurons with a gap between; an input that is a picture stands as one.
Links that skip layers have lanes above and below the columns.  :mod:`ui.editor.turning` makes
of such a layout one whose layers are rows, the input lowest.
All lengths are logical pixels.

Where links run is told along the way from the input to the output and across it, so that it holds
in both: left to right, along is x and across is y; bottom to top, along is −y and across is x.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.spec import NetworkSpec
from ui.editor.lanes import Join, plan

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

MOST_SHOWN = 60
"""Neurons a column draws at most."""
SMALLEST_PITCH = 5.0
"""Distance between neighbours below which a column shows only some of its neurons."""
SHORTENED_PITCH = 7.0
"""Distance between neighbours in a column that shows only some."""
_GAP = 26.0


class Box(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def contains(self, x: float, y: float) -> bool:
        """Whether the point is inside."""
        return self.x <= x <= self.right and self.y <= y <= self.bottom


class Margins(NamedTuple):
    """Space that text needs around the columns."""

    header: float = 48.0
    footer: float = 24.0
    left: float = 0.0
    right: float = 0.0


@dataclass(frozen=True)
class Column:
    """One layer.

    Attributes
    ----------
    layer : its number, 0 for the input.
    units : neurons it has; ``hidden`` of them are not shown.
    shown : (n,) the neurons drawn, ascending.
    x, y : (n,) their centres.
    radius : half a node's width; half a pixel's in a picture.
    left, right : where along the way links arrive and leave; link_y : (n,) where across it.
    picture : the box of the picture the inputs form, or None.
    cells : (rows, columns) input number of each of its pixels, or None.
    more : box for the words about hidden neurons, or None.
    title : box above the column, up to half-way to the next one.
    """

    layer: int
    units: int
    shown: Indices
    x: Array
    y: Array
    radius: float
    left: float
    right: float
    link_y: Array
    picture: Box | None
    cells: Indices | None
    more: Box | None
    title: Box

    @property
    def hidden(self) -> int:
        """Neurons without a place."""
        return self.units - len(self.shown)

    @property
    def centre(self) -> float:
        """The column's middle along the way."""
        return (self.left + self.right) / 2

    def place_of(self, unit: int) -> int | None:
        """Position of a neuron among those shown, or None."""
        place = int(np.searchsorted(self.shown, unit))
        return place if place < len(self.shown) and self.shown[place] == unit else None


@dataclass(frozen=True)
class Layout:
    """All columns, the body they stand in, and in it the lanes of links that skip layers.

    ``window`` is the part of the view that shows neurons and links, beside the words that stay in
    their places; ``turned`` says that layers are rows.  Lanes are boxes of along and across.
    """

    width: float
    height: float
    scale: float
    body: Box
    columns: tuple[Column, ...]
    lanes: dict[Join, Box]
    window: Box
    turned: bool = False

    def along(self, x: float, y: float) -> tuple[float, float]:
        """A point of the view as (along, across) the way."""
        return (-y, x) if self.turned else (x, y)

    def node_at(self, x: float, y: float, reach: float = 8.0) -> tuple[int, int] | None:
        """(layer, neuron) of the node nearest to the point within ``reach``, or None."""
        best: tuple[float, int, int] | None = None
        for column in self.columns:
            if column.picture is not None and column.cells is not None:
                if column.picture.contains(x, y):
                    size = 2 * column.radius
                    row = min(int((y - column.picture.y) / size), len(column.cells) - 1)
                    place = min(int((x - column.picture.x) / size), column.cells.shape[1] - 1)
                    return column.layer, int(column.cells[row, place])
                continue
            distance = np.hypot(column.x - x, column.y - y)
            nearest = int(np.argmin(distance))
            far = float(distance[nearest])
            if far <= max(reach, column.radius + 1) and (best is None or far < best[0]):
                best = far, column.layer, int(column.shown[nearest])
        return None if best is None else best[1:]

    def answer_at(self, x: float, y: float) -> tuple[int, int] | None:
        """(layer, neuron) of the output whose value and name stand at the point, or None."""
        column = self.columns[-1]
        along, across = self.along(x, y)
        if not (column.right < along and self.window.contains(x, y)):
            return None
        far = np.abs((column.x if self.turned else column.y) - across)
        nearest = int(np.argmin(far))
        if float(far[nearest]) > max(1.2 * column.radius, 8.0):
            return None
        return column.layer, int(column.shown[nearest])

    def title_at(self, x: float, y: float) -> int | None:
        """Number of the layer whose title is at the point, or None."""
        for column in self.columns:
            if column.title.contains(x, y):
                return column.layer
        return None


def usable_picture(index: Indices | None, inputs: int) -> Indices | None:
    """The picture's index if it places each of the inputs exactly once, else None."""
    if index is None or index.ndim != 2 or index.size != inputs:
        return None
    return index if np.array_equal(np.sort(index, axis=None), np.arange(inputs)) else None


def scale_of(width: float, height: float) -> float:
    """How much larger than at 750×480 things are drawn in a view of this size."""
    return max(0.75, min(1.8, width / 750, height / 480))


def arrange(
    width: float,
    height: float,
    spec: NetworkSpec,
    index: Indices | None,
    margins: Margins,
    detail: float = 1.0,
    scale: float | None = None,
    gap: float = _GAP,
) -> Layout:
    """Give every neuron its place; ``index`` is the input as a picture, or None.

    ``detail`` is how much larger the layout is going to be seen, so how much closer to each other
    the neurons of long columns may stand; ``gap`` is the room of a gap in such a column then.
    """
    scale = scale_of(width, height) if scale is None else scale
    edge = 16.0 * scale
    top, foot = margins.header + 4.0, height - margins.footer - 4.0
    whole = Box(edge, top, max(width - 2 * edge, 1.0), max(foot - top, 10.0))
    lanes = plan(spec)
    high = lanes.height(whole.height, scale)
    above, below = lanes.above * high, lanes.below * high
    body = Box(whole.x, top + above, whole.width, whole.height - above - below)
    left = body.x + margins.left
    right = max(body.right - margins.right, left + 1.0)
    count = spec.depth + 1
    pitch = (right - left) / (count - 1)

    index = usable_picture(index, spec.inputs)
    most = max(min(MOST_SHOWN, units) for units in spec.sizes[index is not None :])
    widest = max(54.0 * scale, min(0.62 * body.height / most, 104.0 * scale))
    largest = min(0.28 * widest, 0.26 * pitch)
    stacks = [_stack(units, body, largest, widest, detail, gap / detail) for units in spec.sizes]
    last = stacks[-1]
    stacks[-1] = last._replace(radius=min(1.12 * last.radius, 0.46 * last.pitch))
    cell = 0.0
    if index is not None:
        cell = _cell_size(index, body, width, pitch, scale)
    widths = np.array([2 * stack.radius for stack in stacks])
    if index is not None:
        widths[0] = cell * index.shape[1]
    between = min((right - left - widths.sum()) / (count - 1), 250.0 * scale)
    between = max(between, 1.0)
    start = left + max((right - left - widths.sum() - between * (count - 1)) / 2, 0.0)
    lefts = start + np.concatenate([[0.0], np.cumsum(widths[:-1] + between)])
    centres = lefts + widths / 2
    titles = _titles(centres, width, margins.header)

    columns = []
    for number, (units, stack, title) in enumerate(zip(spec.sizes, stacks, titles, strict=True)):
        begin, size = float(lefts[number]), float(widths[number])
        if number == 0 and index is not None:
            columns.append(_picture_column(index, begin, cell, body, title))
        else:
            columns.append(_column(number, units, stack, begin, size, between, body, title))
    strips = {}
    for join, lane in lanes.of.items():
        first, last = columns[join[0] + 1].left, columns[join[1] - 1].right
        y = body.y - (lane.level + 1) * high if lane.above else body.bottom + lane.level * high
        strips[join] = Box(first, y, last - first, high)
    window = Box(0.0, margins.header, width, height - margins.header - margins.footer)
    return Layout(width, height, scale, whole, tuple(columns), strips, window)


class _Stack(NamedTuple):
    """How a column fills the height: neurons shown at the top and below, slots, pitch, radius."""

    above: int
    below: int
    slots: int
    pitch: float
    radius: float


def _stack(
    units: int, body: Box, largest: float, widest: float, detail: float, blank: float
) -> _Stack:
    """Shown neurons, their pitch and radius; a gap takes the slots between above and below.

    The radius is at most ``largest``, the pitch at most ``widest``, the gap ``blank`` or more.
    """
    height, most = body.height, round(MOST_SHOWN * detail)
    if units <= max(1, min(most, int(height * detail / SMALLEST_PITCH))):
        pitch = min(height / units, widest)
        return _Stack(units, 0, units, pitch, min(0.42 * pitch, largest))
    slots = max(3, min(most, int(height * detail / SHORTENED_PITCH)))
    pitch = height / slots
    gap = min(slots - 2, max(1, int(np.ceil(blank / pitch))))
    above = (slots - gap + 1) // 2
    return _Stack(above, slots - gap - above, slots, pitch, min(0.42 * pitch, largest))


def _cell_size(index: Indices, body: Box, width: float, pitch: float, scale: float) -> float:
    """Side of a pixel, a whole number where there is room."""
    rows, columns = index.shape
    widest = max(0.12 * width, min(0.26 * width, 1.1 * pitch))
    cell = min(19.0 * scale, widest / columns, 0.66 * body.height / rows)
    return float(np.floor(cell)) if cell >= 3.0 else cell


def _titles(centres: Array, width: float, header: float) -> list[Box]:
    """Boxes above the columns, each from middle to middle between neighbours."""
    between = (centres[:-1] + centres[1:]) / 2
    bounds = np.concatenate([[2.0], between, [max(width - 2.0, 3.0)]])
    return [
        Box(float(left) + 2.0, 4.0, max(float(right - left) - 4.0, 0.0), header - 4.0)
        for left, right in pairwise(bounds)
    ]


def _picture_column(index: Indices, left: float, cell: float, body: Box, title: Box) -> Column:
    rows, columns = index.shape
    left = round(left)
    top = round(body.y + (body.height - cell * rows) / 2)
    row, place = np.divmod(np.argsort(index, axis=None), columns)
    y = top + (row + 0.5) * cell
    fan = ((place + 0.5) / columns - 0.5) * 0.8 * cell
    return Column(
        layer=0,
        units=index.size,
        shown=np.arange(index.size),
        x=left + (place + 0.5) * cell,
        y=y,
        radius=cell / 2,
        left=left,
        right=left + cell * columns,
        link_y=y + fan,
        picture=Box(left, top, cell * columns, cell * rows),
        cells=index,
        more=None,
        title=title,
    )


def _column(
    number: int,
    units: int,
    stack: _Stack,
    left: float,
    size: float,
    gap: float,
    body: Box,
    title: Box,
) -> Column:
    first = body.y + (body.height - stack.pitch * stack.slots) / 2 + stack.pitch / 2
    places = np.concatenate(
        [np.arange(stack.above), np.arange(stack.slots - stack.below, stack.slots)]
    )
    shown = np.concatenate([np.arange(stack.above), np.arange(units - stack.below, units)])
    y = first + places * stack.pitch
    more = None
    if len(shown) < units:
        blank = (stack.slots - stack.above - stack.below) * stack.pitch
        middle = first + (stack.above - 0.5) * stack.pitch + blank / 2
        wide = size + 1.2 * gap
        more = Box(left + size / 2 - wide / 2, middle - blank / 2, wide, blank)
    return Column(
        layer=number,
        units=units,
        shown=shown,
        x=np.full(len(shown), left + size / 2),
        y=y,
        radius=stack.radius,
        left=left,
        right=left + size,
        link_y=y,
        picture=None,
        cells=None,
        more=more,
        title=title,
    )
