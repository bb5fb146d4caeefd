"""The network from bottom to top: layers as rows, the input lowest.

The geometry is that of the columns: they are laid out in a space as wide as the view is high, and
turned then.  Pictures stay upright.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from simulator.spec import NetworkSpec
from ui.editor.layout import (
    Box,
    Column,
    Indices,
    Layout,
    Margins,
    arrange,
    scale_of,
    usable_picture,
)

_GAP = 96.0
"""Room for the words in the gap of a row that shows only some of its neurons."""


def arrange_turned(
    width: float,
    height: float,
    spec: NetworkSpec,
    index: Indices | None,
    margins: Margins,
    detail: float = 1.0,
    foot: float = 0.0,
) -> Layout:
    """Give every neuron its place, layers in rows.

    ``margins`` are told along the way: the header is the strip of titles at the left, ``left``
    what the words below the inputs need, ``right`` what those above the outputs need.  ``foot`` is
    the strip for words at the very bottom.
    """
    index = usable_picture(index, spec.inputs)
    lying = None if index is None else index.T
    own = margins._replace(left=margins.left + foot)
    scale = scale_of(width, height)
    flat = arrange(height, width, spec, lying, own, detail, scale, _GAP)
    columns = tuple(_turned(column, height, index) for column in flat.columns)
    middles = [-column.centre for column in columns]
    edges = [height - foot, *((a + b) / 2 for a, b in pairwise(middles)), 0.0]
    columns = tuple(
        replace(
            column, title=Box(8.0, edges[n + 1], margins.header - 12.0, edges[n] - edges[n + 1])
        )
        for n, column in enumerate(columns)
    )
    lanes = {join: lane._replace(x=lane.x - height) for join, lane in flat.lanes.items()}
    body = _box(flat.body, height)
    window = Box(margins.header, 0.0, width - margins.header, height - foot)
    return Layout(width, height, scale, body, columns, lanes, window, turned=True)


def _box(box: Box, height: float) -> Box:
    return Box(box.y, height - box.right, box.height, box.width)


def _turned(column: Column, height: float, index: Indices | None) -> Column:
    moved = replace(
        column,
        x=column.y,
        y=height - column.x,
        left=column.left - height,
        right=column.right - height,
        more=None if column.more is None else _box(column.more, height),
    )
    if column.picture is None or index is None:
        return moved
    box = _box(column.picture, height)
    rows, places = index.shape
    cell = 2 * column.radius
    row, place = np.divmod(np.argsort(index, axis=None), places)
    x = box.x + (place + 0.5) * cell
    fan = ((row + 0.5) / rows - 0.5) * 0.8 * cell
    return replace(
        moved, x=x, y=box.y + (row + 0.5) * cell, link_y=x + fan, picture=box, cells=index
    )
