"""Parameters that an edit gives other values, and those that it takes away, to be brought back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.lineage import NEW, Lineage, Places, take_over
from simulator.network import Network
from simulator.optimizers import Optimizer
from simulator.spec import NetworkSpec


@dataclass(frozen=True, eq=False)
class Piece:
    """Some numbers of a vector: ``values`` (k,) at ``places`` (k,)."""

    places: Places
    values: Array

    def write(self, vector: Array) -> None:
        """Put them where they belong."""
        vector[self.places] = self.values


def no_piece() -> Piece:
    """No numbers at all."""
    return Piece(np.zeros(0, dtype=np.intp), np.zeros(0))


@dataclass(frozen=True, eq=False)
class NewValues:
    """Values that an edit gives to parameters of the network as it is behind the edit.

    ``theta`` and ``moving`` (averages of batch normalization) say which; with ``forget`` the
    optimizer forgets what it remembers of them.
    """

    theta: Piece
    moving: Piece = field(default_factory=no_piece)
    forget: bool = False


@dataclass(frozen=True, eq=False)
class Lost:
    """What a change took away or gave another value, as it was before, with its old places.

    Attributes
    ----------
    spec : of the network that it is of.
    theta, moving : parameters, and moving averages of batch normalization.
    optimizer, updates, slots : the kind of optimizer, the updates it had made, and what it
        remembered of the parameters that are lost or that it forgot.
    """

    spec: NetworkSpec
    theta: Piece
    moving: Piece
    optimizer: type[Optimizer]
    updates: int
    slots: Mapping[str, Piece]


class Before:
    """The parameters as they are, so that it can be said afterwards what was lost."""

    def __init__(self, network: Network, optimizer: Optimizer) -> None:
        self.spec = network.spec
        self._theta, self._moving = network.theta.copy(), network.moving.copy()
        self._links = network.link_mask
        self._optimizer = type(optimizer)
        self._updates = optimizer.iterations
        self._slots = {name: values.copy() for name, values in optimizer.slots.items()}

    def lost(self, network: Network, optimizer: Optimizer, lineage: Lineage) -> Lost:
        """What of it is not in ``network`` and ``optimizer`` as it was."""
        back = lineage.inverse(self.spec)
        places = back.parameters(network.spec, self.spec)
        slots = {}
        for name, values in self._slots.items():
            kept = type(optimizer) is self._optimizer
            now = optimizer.slots[name] if kept else np.zeros(0)
            slots[name] = _altered(values, now, places if kept else np.full(len(values), NEW))
        return Lost(
            self.spec,
            _altered(self._theta, network.theta, places, self._newly_cut(network, places)),
            _altered(self._moving, network.moving, back.moving(network.spec, self.spec)),
            self._optimizer,
            self._updates,
            slots,
        )

    def _newly_cut(self, network: Network, places: Places | None) -> NDArray[np.bool_] | None:
        """(parameter_count,) the links cut in ``network``: 0 is a weight to come back to, too."""
        if network.link_mask is None:
            return None
        links = np.ones_like(self._theta)
        take_over(links, network.link_mask, places)
        cut: NDArray[np.bool_] = links == 0.0
        return cut if self._links is None else cut & (self._links != 0.0)


def _altered(
    before: Array, after: Array, places: Places | None, more: NDArray[np.bool_] | None = None
) -> Piece:
    """Where ``after``, at ``places``, does not hold the bits of ``before``, and ``more``."""
    now = np.zeros_like(before, dtype=after.dtype)
    take_over(now, after, places)
    # Of a number in another precision only what that precision holds can be the same.
    bits = f"u{now.itemsize}"
    differs = before.astype(now.dtype).view(bits) != now.view(bits)
    if places is not None:
        differs |= places == NEW
    if more is not None:
        differs |= more
    found = np.flatnonzero(differs)
    return Piece(found, before[found])


def bring_back(
    lost: Lost, network: Network, optimizer: Optimizer, replaced: type[Optimizer]
) -> None:
    """Give everything that was lost its old value; ``replaced`` is the optimizer until now."""
    lost.theta.write(network.theta)
    lost.moving.write(network.moving)
    if lost.optimizer is not type(optimizer):
        return
    if replaced is not lost.optimizer:
        optimizer.iterations = lost.updates
    for name, piece in lost.slots.items():
        piece.write(optimizer.slots[name])


def give(values: NewValues, network: Network, optimizer: Optimizer, fresh: Optimizer) -> None:
    """Give parameters other values; ``fresh`` is an optimizer that remembers nothing yet."""
    values.theta.write(network.theta)
    values.moving.write(network.moving)
    if values.forget:
        places = values.theta.places
        for name, own in optimizer.slots.items():
            own[places] = fresh.slots[name][places]


def joined(earlier: Lost, later: Lost, between: Lineage) -> Lost:
    """What two changes in a row took away; ``between`` is the lineage of the earlier one."""
    places = between.parameters(earlier.spec, later.spec)
    moving = between.moving(earlier.spec, later.spec)
    slots = dict(earlier.slots)
    if earlier.optimizer is later.optimizer:
        for name, piece in later.slots.items():
            slots[name] = _union(earlier.slots[name], piece, places)
    return Lost(
        earlier.spec,
        _union(earlier.theta, later.theta, places),
        _union(earlier.moving, later.moving, moving),
        earlier.optimizer,
        earlier.updates,
        slots,
    )


def _union(earlier: Piece, later: Piece, places: Places | None) -> Piece:
    """The earlier values, and those of the later places that were there before them."""
    there = later.places if places is None else places[later.places]
    more = (there != NEW) & ~np.isin(there, earlier.places)
    return Piece(
        np.concatenate([earlier.places, there[more]]),
        np.concatenate([earlier.values, later.values[more]]),
    )
