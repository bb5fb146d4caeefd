"""Layers that the user has dragged along the way: a layout with some of its columns moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from ui.editor.layout import Box, Column, Layout

_APART = 80.0
"""Least room between neighbouring columns, pixels, unless they stand nearer by themselves."""


def shifted(layout: Layout, offsets: Mapping[int, float]) -> Layout:
    """The layout with layers moved along the way, each by its share of the layout's length.

    Columns keep their order, a little room between them, and stay inside the view.
    """
    if not offsets or max(offsets) >= len(layout.columns):
        return layout
    length = layout.height if layout.turned else layout.width
    low = -length if layout.turned else 0.0
    ends = [low + 4.0]
    columns: list[Column] = []
    gaps = [after.left - before.right for before, after in pairwise(layout.columns)]
    apart = min(_APART, *gaps)
    rest = [
        sum(other.right - other.left + apart for other in layout.columns[number + 1 :])
        for number in range(len(layout.columns))
    ]
    for number, column in enumerate(layout.columns):
        size = column.right - column.left
        left = column.left + length * offsets.get(number, 0.0)
        left = max(min(left, low + length - 4.0 - rest[number] - size), ends[-1])
        columns.append(_moved(column, left - column.left, layout.turned))
        ends.append(left + size + apart)
    columns = _titled(columns, layout)
    lanes = {
        join: lane._replace(
            x=columns[join[0] + 1].left,
            width=columns[join[1] - 1].right - columns[join[0] + 1].left,
        )
        for join, lane in layout.lanes.items()
    }
    return replace(layout, columns=tuple(columns), lanes=lanes)


def _moved(column: Column, by: float, turned: bool) -> Column:
    dx, dy = (0.0, -by) if turned else (by, 0.0)
    return replace(
        column,
        x=column.x + dx,
        y=column.y + dy,
        left=column.left + by,
        right=column.right + by,
        picture=_box(column.picture, dx, dy),
        more=_box(column.more, dx, dy),
    )


def _box(box: Box | None, dx: float, dy: float) -> Box | None:
    return None if box is None else box._replace(x=box.x + dx, y=box.y + dy)


def _titled(columns: list[Column], layout: Layout) -> list[Column]:
    """The columns with title boxes that meet halfway between them, as far out as before."""
    first, last = layout.columns[0].title, layout.columns[-1].title
    middles = [column.centre for column in columns]
    halves = [(one + other) / 2 for one, other in pairwise(middles)]
    if layout.turned:
        edges = [-first.bottom, *halves, -last.y]
        return [
            replace(
                column,
                title=column.title._replace(
                    y=-edges[n + 1], height=max(edges[n + 1] - edges[n], 0.0)
                ),
            )
            for n, column in enumerate(columns)
        ]
    edges = [first.x - 2.0, *halves, last.right + 2.0]
    return [
        replace(
            column,
            title=column.title._replace(
                x=edges[n] + 2.0, width=max(edges[n + 1] - edges[n] - 4.0, 0.0)
            ),
        )
        for n, column in enumerate(columns)
    ]
