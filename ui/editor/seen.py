"""A layout as it is seen: zoomed and panned, with the words around it kept in their places."""

from __future__ import annotations

from dataclasses import replace

from ui.editor.layout import Box, Column, Layout
from ui.editor.viewport import WHOLE, Place

_LEAST_TITLE = 70.0
"""A title whose box is cut narrower than this is left out."""
_OUT = Box(-9999.0, -9999.0, 0.0, 0.0)


def seen(layout: Layout, place: Place) -> Layout:
    """Where everything of the layout is seen.  Titles stay at their edge of the view."""
    if place == WHOLE:
        return layout
    columns = tuple(_column(column, layout, place) for column in layout.columns)
    lanes = {join: _lane(lane, layout, place) for join, lane in layout.lanes.items()}
    body = _common(_box(layout.body, place), layout.window)
    return replace(layout, columns=columns, lanes=lanes, body=body)


def along_across(turned: bool, place: Place) -> tuple[float, float]:
    """How far a place moves things along the way and across it."""
    return (-place.y, place.x) if turned else (place.x, place.y)


def _column(column: Column, layout: Layout, place: Place) -> Column:
    scale = place.scale
    along, across = along_across(layout.turned, place)
    moved = replace(
        column,
        x=place.x + scale * column.x,
        y=place.y + scale * column.y,
        radius=scale * column.radius,
        left=along + scale * column.left,
        right=along + scale * column.right,
        link_y=across + scale * column.link_y,
        picture=None if column.picture is None else _box(column.picture, place),
        more=None if column.more is None else _box(column.more, place),
    )
    return replace(moved, title=_title(column.title, moved, layout, place))


def _title(title: Box, column: Column, layout: Layout, place: Place) -> Box:
    """The title's box: along the way as the column, across it where it always stands."""
    window = layout.window
    if layout.turned:
        top = max(place.y + place.scale * title.y, window.y, -column.right - 40.0)
        bottom = min(place.y + place.scale * title.bottom, window.bottom, -column.left + 40.0)
        return Box(title.x, top, title.width, bottom - top) if bottom - top > 40.0 else _OUT
    left = max(place.x + place.scale * title.x, window.x + 2.0, column.left - 120.0)
    right = min(place.x + place.scale * title.right, window.right - 2.0, column.right + 120.0)
    return Box(left, title.y, right - left, title.height) if right - left > _LEAST_TITLE else _OUT


def _lane(lane: Box, layout: Layout, place: Place) -> Box:
    scale = place.scale
    along, across = along_across(layout.turned, place)
    return Box(
        along + scale * lane.x, across + scale * lane.y, scale * lane.width, scale * lane.height
    )


def _box(box: Box, place: Place) -> Box:
    scale = place.scale
    return Box(
        place.x + scale * box.x, place.y + scale * box.y, scale * box.width, scale * box.height
    )


def _common(one: Box, other: Box) -> Box:
    left, top = max(one.x, other.x), max(one.y, other.y)
    right, bottom = min(one.right, other.right), min(one.bottom, other.bottom)
    return Box(left, top, max(right - left, 0.0), max(bottom - top, 0.0))
