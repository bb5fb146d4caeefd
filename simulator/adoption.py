"""What goes on when a project changes in the middle of training."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.arrays import Array
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
    spec: NetworkSpec,
    optimizer: Optimizer,
    network: Network,
    origin: Sequence[int | None],
) -> None:
    """Keep what ``previous`` remembers of the parameters that were kept.

    ``spec`` is the shape it belonged to; ``optimizer`` and ``network`` are the new ones; ``origin``
    as in :meth:`simulator.network.Network.adopt`.  An optimizer of another kind begins anew.
    """
    if type(previous) is not type(optimizer):
        return
    optimizer.iterations = previous.iterations
    for name, values in previous.slots.items():
        old, new = Network(spec), Network(network.spec)
        old.theta[...] = values
        new.theta[...] = optimizer.slots[name]
        new.adopt(old, origin)
        if network.trainable_mask is not None:
            # What did not learn remembers nothing when it learns again.
            fixed = network.trainable_mask == 0.0
            new.theta[fixed] = optimizer.slots[name][fixed]
        optimizer.slots[name][...] = new.theta


def bring_back_links(previous: Network, network: Network, start: Array) -> None:
    """Give a link that was removed in ``previous`` the weight it has in ``start``."""
    removed, there = previous.link_mask, network.link_mask
    if removed is None or not same_shape(previous.spec, network.spec):
        return
    back = removed == 0.0 if there is None else (removed == 0.0) & (there == 1.0)
    network.theta[back] = start[back]


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
