"""Lanes above and below the columns, in which links run past the layers between their ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simulator.spec import NetworkSpec

Join = tuple[int, int]
"""A layer and one that receives from it."""

MOST_LEVELS = 3
"""Lanes side by side on one side of the columns; more links share them."""
_LANE = 26.0
_SHARE = 0.24


class Lane(NamedTuple):
    """The strip of one bundle: which side, and how far out, 0 nearest to the columns."""

    above: bool
    level: int


class Lanes(NamedTuple):
    """The lane of each join that skips layers, and how many there are on each side."""

    of: dict[Join, Lane]
    above: int
    below: int

    def height(self, body: float, scale: float) -> float:
        """How high one lane may be in a body so high."""
        levels = max(1, self.above + self.below)
        return min(_LANE * scale, _SHARE * body / levels)


def joins(spec: NetworkSpec) -> list[Join]:
    """All pairs of layers that links lead between, by the layer they lead into."""
    return [
        (source, number) for number in range(1, spec.depth + 1) for source in spec.sources(number)
    ]


def plan(spec: NetworkSpec) -> Lanes:
    """Give each join that skips layers a lane; short ones stay near the columns."""
    skipping = [join for join in joins(spec) if join[1] - join[0] > 1]
    taken: dict[Lane, list[Join]] = {}
    found: dict[Join, Lane] = {}
    for join in sorted(skipping, key=lambda join: (join[1] - join[0], join)):
        lane = _free(taken, join)
        taken.setdefault(lane, []).append(join)
        found[join] = lane
    return Lanes(found, _levels(found.values(), True), _levels(found.values(), False))


def _free(taken: dict[Lane, list[Join]], join: Join) -> Lane:
    choices = [Lane(above, level) for level in range(MOST_LEVELS) for above in (True, False)]
    for lane in choices:
        if all(join[1] <= other[0] or other[1] <= join[0] for other in taken.get(lane, ())):
            return lane
    return min(choices, key=lambda lane: len(taken[lane]))


def _levels(lanes: Iterable[Lane], above: bool) -> int:
    return max((lane.level + 1 for lane in lanes if lane.above == above), default=0)
