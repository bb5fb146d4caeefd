"""The links of one layout: their ways, and which of them are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.snapshot import Snapshot
from simulator.spec import NetworkSpec
from ui.editor.curves import Curves
from ui.editor.lanes import joins
from ui.editor.layout import Box, Column, Layout
from ui.editor.names import short_number
from ui.editor.readings import largest_of
from ui.editor.seen import along_across
from ui.editor.viewport import Place
from ui.held import Held
from ui.theme import SIGNED_EXPONENT

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Levels = NDArray[np.int8]

MOST_LINKS = 60_000
"""Links drawn at most; the weakest of each layer give way."""
MOST_REMOVED = 240
"""Removed links drawn at most; of more, none is."""
LINKS_A_PIXEL = 3.0
"""Links in a lane, for each pixel of its height; the weakest give way."""
_LANE_SHARE = 0.7
"""Share of a lane that links use, so that two lanes stay apart."""


@dataclass(frozen=True)
class Bundle:
    """The links drawn from one layer into another.

    Attributes
    ----------
    source_layer, layer : the layers they lead from and into.
    source, target : (m,) neuron numbers in those layers.
    curves : the m ways they take.
    share : (m,) weight on the scale of the layer they lead into, -1..1; ``largest`` is that
        scale's end.
    total : links there are between the two layers.
    floor : share from which on links are drawn, when the weakest have given way.
    """

    source_layer: int
    layer: int
    source: Indices
    target: Indices
    curves: Curves
    share: Array
    largest: float
    total: int
    floor: float = 0.0

    @property
    def strength(self) -> Array:
        """(m,) how strong each link looks, 0..1."""
        share = np.maximum(np.abs(self.share) - self.floor, 0.0) / max(1.0 - self.floor, 1e-9)
        return np.asarray(share**SIGNED_EXPONENT)

    @property
    def skips(self) -> bool:
        """Whether layers stand between its ends."""
        return self.layer - self.source_layer > 1

    def strongest(self, count: int) -> Bundle:
        """The strongest links only."""
        share = np.abs(self.share)
        if share.size <= count:
            return self
        chosen = np.sort(np.argpartition(share, share.size - count)[share.size - count :])
        return replace(self.only(chosen), floor=float(share[chosen].min()) if chosen.size else 1.0)

    def from_size(self, least: float) -> Bundle:
        """The links with |w| of ``least`` and more only."""
        kept = np.abs(self.share) * self.largest >= least * (1.0 - 1e-12)
        floor = min(least / self.largest, 1.0) if self.largest > 0.0 else 1.0
        return replace(self.only(np.flatnonzero(kept)), floor=floor)

    def only(self, chosen: Indices) -> Bundle:
        """Some of the links."""
        return replace(
            self,
            source=self.source[chosen],
            target=self.target[chosen],
            curves=self.curves.only(chosen),
            share=self.share[chosen],
        )

    def seen(self, member: int, place: Place) -> Bundle:
        """One link alone, where it is seen."""
        alone = self.only(np.array([member]))
        along, across = along_across(alone.curves.turned, place)
        return replace(alone, curves=alone.curves.moved(place.scale, along, across))

    def find(self, neuron: int, source: int) -> int | None:
        """Place of the link from neuron ``source`` to ``neuron``, None if it is not drawn."""
        found = np.flatnonzero((self.target == neuron) & (self.source == source))
        return int(found[0]) if found.size else None


@dataclass(frozen=True)
class _Join:
    """Two joined layers: where the weights stand, and the ways of links between shown neurons.

    ``there`` are the places of existing links among those ways, None for all of them; ``total``
    counts existing links also of neurons that are not shown.
    """

    source_layer: int
    layer: int
    columns: slice
    source: Indices
    target: Indices
    curves: Curves
    there: Indices | None
    total: int


class Weave:
    """All links of one layout."""

    def __init__(self, layout: Layout, spec: NetworkSpec, held: Held | None = None) -> None:
        self._layout = layout
        self.removed: list[Bundle] = []
        """Links the user has taken out; of very many, none."""
        self.removed_count = 0
        self._existing: dict[int, slice | NDArray[np.bool_]] = {}
        for number in range(1, spec.depth + 1):
            gone = (held or Held()).layer(spec, number).removed
            self._existing[number] = slice(None) if gone is None else ~gone.ravel()
        self._joins = [self._join(spec, held or Held(), *join) for join in joins(spec)]
        if sum(part.share.size for part in self.removed) > MOST_REMOVED:
            self.removed = []

    def _join(self, spec: NetworkSpec, held: Held, source: int, number: int) -> _Join:
        before, after = self._layout.columns[source], self._layout.columns[number]
        columns = dict(spec.source_columns(number))[source]
        sources, targets, curves = _ways(before, after, self._layout)
        removed = held.layer(spec, number).removed
        total = before.units * after.units
        there = None
        if removed is not None and removed[:, columns].any():
            gone = removed[:, columns]
            total -= int(gone.sum())
            self.removed_count += int(gone.sum())
            out = gone[targets, sources]
            there, lost = np.flatnonzero(~out), np.flatnonzero(out)
            self.removed.append(
                Bundle(
                    source_layer=source,
                    layer=number,
                    source=sources[lost],
                    target=targets[lost],
                    curves=curves.only(lost),
                    share=np.zeros(lost.size),
                    largest=0.0,
                    total=lost.size,
                )
            )
            sources, targets, curves = sources[there], targets[there], curves.only(there)
        return _Join(source, number, columns, sources, targets, curves, there, total)

    def threshold(self, snapshot: Snapshot, left_out: float) -> float:
        """The |w| below which that share (0..1) of all existing links of the network lies."""
        if left_out <= 0.0:
            return 0.0
        sizes = [
            np.abs(snapshot.weights(number)).ravel()[self._existing[number]]
            for number in sorted(self._existing)
        ]
        every = np.nan_to_num(np.concatenate(sizes), posinf=np.inf)
        if every.size == 0:
            return 0.0
        place = min(int(left_out * every.size), every.size - 1)
        return float(np.partition(every, place)[place])

    def bundles(self, snapshot: Snapshot, least: float = 0.0) -> list[Bundle]:
        """The strongest links between the neurons shown, by the layer they lead into.

        Those with |w| below ``least`` are left out.
        """
        parts = [self._bundle(snapshot.weights(join.layer), join) for join in self._joins]
        if least > 0.0:
            parts = [part.from_size(least) for part in parts]
        for place, part in enumerate(parts):
            lane = self._layout.lanes.get((part.source_layer, part.layer))
            if lane is not None:
                parts[place] = part.strongest(round(LINKS_A_PIXEL * lane.height))
        room = MOST_LINKS
        kept: dict[int, Bundle] = {}
        by_size = sorted(range(len(parts)), key=lambda place: parts[place].share.size)
        for left, place in enumerate(by_size):
            kept[place] = parts[place].strongest(room // (len(parts) - left))
            room -= kept[place].share.size
        return [kept[place] for place in range(len(parts))]

    def _bundle(self, weights: Array, join: _Join) -> Bundle:
        before, after = self._layout.columns[join.source_layer], self._layout.columns[join.layer]
        largest = largest_of(weights)
        weights = weights[:, join.columns]
        if before.hidden or after.hidden:
            weights = weights[np.ix_(after.shown, before.shown)]
        flat = weights.ravel()
        if join.there is not None:
            flat = flat[join.there]
        flat = np.nan_to_num(flat, posinf=largest, neginf=-largest)
        share = flat / largest if largest > 0.0 else np.zeros(flat.size)
        return Bundle(
            source_layer=join.source_layer,
            layer=join.layer,
            source=join.source,
            target=join.target,
            curves=join.curves,
            share=share,
            largest=largest,
            total=join.total,
        )

    def caption(self, parts: Sequence[Bundle], least: float = 0.0) -> str:
        """What is not drawn, in words; empty when every link is.  ``least`` as in bundles."""
        words = self._drawn(parts, least)
        if self.removed_count and not self.removed:
            gone = f"{self.removed_count:,} removed links not drawn"
            return f"{words} · {gone}" if words else gone
        return words

    def _drawn(self, parts: Sequence[Bundle], least: float) -> str:
        drawn = sum(part.share.size for part in parts)
        total = sum(part.total for part in parts)
        if drawn == total:
            return ""
        between = ", between the neurons shown"
        shortened = between if any(column.hidden for column in self._layout.columns) else ""
        if least > 0.0:
            return f"showing {drawn:,} of {total:,} links, |w| ≥ {short_number(least)}{shortened}"
        if drawn == sum(join.source.size for join in self._joins):
            return f"{drawn:,} of {total:,} links: those between the neurons shown"
        return f"strongest {drawn:,} of {total:,} links{shortened}"


def _ways(before: Column, after: Column, layout: Layout) -> tuple[Indices, Indices, Curves]:
    target, source = np.divmod(np.arange(len(after.shown) * len(before.shown)), len(before.shown))
    lane = layout.lanes.get((before.layer, after.layer))
    start, end = before.link_y[source], after.link_y[target]
    level = (0.0, 0.0)
    heights = None
    if lane is not None:
        level = lane.x, lane.right
        heights = _heights(lane, source, target, len(before.shown), len(after.shown))
    curves = Curves(before.right, after.left, start, end, heights, level, layout.turned)
    return before.shown[source], after.shown[target], curves


def _heights(lane: Box, source: Indices, target: Indices, sources: int, targets: int) -> Array:
    """(m,) where each link runs in its lane: side by side by source, then by target."""
    place = (source + (target + 0.5) / targets) / sources
    edge = lane.height * (1.0 - _LANE_SHARE) / 2
    return np.asarray(lane.y + edge + place * _LANE_SHARE * lane.height)


def nearest(
    parts: Sequence[Bundle], along: float, across: float, reach: float = 8.0
) -> tuple[int, int, tuple[int, int]] | None:
    """(layer, neuron, (layer, neuron) it comes from) of the link passing nearest, or None.

    The point is told along and across the way, in the coordinates of the links.
    """
    best: tuple[float, int, int, tuple[int, int]] | None = None
    for part in parts:
        ways = part.curves
        if part.share.size == 0 or not ways.left - reach <= along <= ways.right + reach:
            continue
        near = np.clip(along + reach * np.linspace(-1.0, 1.0, 9), ways.left, ways.right)
        far = _distance(near, ways.across_at(near), along, across)
        place = int(np.argmin(far))
        if far[place] <= reach and (best is None or far[place] < best[0]):
            source = part.source_layer, int(part.source[place])
            best = float(far[place]), part.layer, int(part.target[place]), source
    return None if best is None else best[1:]


def _distance(along: Array, height: Array, x: float, y: float) -> Array:
    """(m,) distance of a point from each chain of lines (m, points) with common ``along``."""
    step_x, step_y = np.diff(along), np.diff(height, axis=1)
    to_x, to_y = x - along[:-1], y - height[:, :-1]
    share = (to_x * step_x + to_y * step_y) / np.maximum(step_x**2 + step_y**2, 1e-12)
    share = np.clip(share, 0.0, 1.0)
    far = np.hypot(to_x - share * step_x, to_y - share * step_y)
    return np.asarray(far.min(axis=1))
