"""What goes on when a project changes in the middle of training."""

from __future__ import annotations

import math

import numpy as np

from simulator.arrays import Array
from simulator.lineage import Lineage, take_over
from simulator.network import Network
from simulator.optimizers import Optimizer
from simulator.project import Project
from simulator.spec import NetworkSpec


def likely_origin(before: NetworkSpec, after: NetworkSpec) -> list[int | None]:
    """Where the layers of ``after`` come from, as in :meth:`Network.adopt`, where nobody knows.

    As many layers: they are the same ones.  Else those at the front and at the end that are equal
    are the same ones, the output layer is one of them, and what is left between is paired in order.
    """
    old, new = before.layers, after.layers
    if len(old) == len(new):
        return list(range(1, len(new) + 1))
    shorter = min(len(old), len(new))
    front = 0
    while front < shorter - 1 and old[front] == new[front]:
        front += 1
    back = 1
    while back < shorter - front and old[-1 - back] == new[-1 - back]:
        back += 1
    between = shorter - back
    return [
        *range(1, between + 1),
        *[None] * (len(new) - between - back),
        *range(len(old) - back + 1, len(old) + 1),
    ]


def adopt_slots(
    previous: Optimizer,
    before: Network,
    optimizer: Optimizer,
    network: Network,
    lineage: Lineage,
) -> None:
    """Keep what ``previous`` remembers of the parameters that were kept.

    ``before`` is the network it belonged to; ``optimizer`` and ``network`` are the new ones.  An
    optimizer of another kind begins anew.
    """
    if type(previous) is not type(optimizer):
        return
    optimizer.iterations = previous.iterations
    places = lineage.parameters(before.spec, network.spec)
    for name, values in previous.slots.items():
        own = optimizer.slots[name]
        start = own.copy()
        take_over(own, values, places)
        if network.trainable_mask is not None:
            # What did not learn remembers nothing when it learns again.
            fixed = network.trainable_mask == 0.0
            own[fixed] = start[fixed]


def bring_back_links(
    previous: Network, network: Network, lineage: Lineage, start: Array, cut: Array | None
) -> Array | None:
    """Give a link that was removed in ``previous`` the weight it had when it was cut.

    ``cut`` (parameters of ``previous``,) holds those weights, NaN for none; a link without one gets
    what it has in ``start``.  Returned is the same for ``network``, None where nothing is cut.
    """
    removed, there = previous.link_mask, network.link_mask
    if removed is None and there is None:
        return None
    places = lineage.parameters(previous.spec, network.spec)
    known = np.full_like(network.theta, math.nan)
    if cut is not None:
        take_over(known, cut, places)
    was_there = np.ones(len(network.theta))
    if removed is not None:
        take_over(was_there, removed, places)
    is_there = np.ones(len(network.theta)) if there is None else there
    back = (was_there == 0.0) & (is_there == 1.0)
    network.theta[back] = np.where(np.isnan(known[back]), start[back], known[back])
    last = np.full_like(network.theta, math.nan)
    take_over(last, previous.theta, places)
    just_cut = (was_there == 1.0) & (is_there == 0.0)
    known[just_cut] = last[just_cut]
    known[is_there == 1.0] = math.nan
    return None if np.isnan(known).all() else known


def same_samples(one: Project, other: Project) -> bool:
    """Whether two projects train on the same samples, scaled the same way."""
    if one.data is not other.data:
        return False
    mine, theirs = one.training, other.training
    return (mine.split, mine.split_seed, mine.scaling) == (
        theirs.split,
        theirs.split_seed,
        theirs.scaling,
    )


def same_shape(one: NetworkSpec, other: NetworkSpec) -> bool:
    """Whether the weights of two networks have the same shapes."""
    numbers = range(1, one.depth + 1)
    return one.sizes == other.sizes and all(one.sources(n) == other.sources(n) for n in numbers)
