"""Moving a hidden layer to another place between the others."""

from __future__ import annotations

from dataclasses import replace

from simulator.project.carrying import Edit, edited
from simulator.project.errors import ProjectError
from simulator.project.model import Project
from simulator.spec import LayerSpec, NetworkSpec, renumbered


def move_layer(project: Project, number: int, after: int) -> Edit:
    """Hidden layer ``number`` behind layer ``after`` (0 is the input) instead of where it is.

    What received from it receives from the layer before it; it receives from ``after``, and the
    next layer that received from ``after`` receives from it instead.  Shortcuts stay where they
    still lead to a later layer.  Biases are kept, and the weights between layers that are joined
    as before.

    Raises
    ------
    ProjectError : one sentence, for the input and the output layer, for the place it has, and
        where some layer would lead nowhere.
    """
    layers, order = reordered(project.network, number, after)
    return edited(project, layers, order)


def reordered(
    network: NetworkSpec, number: int, after: int
) -> tuple[tuple[LayerSpec, ...], tuple[int, ...]]:
    """The layers in their new order, and for each the number it has now.

    Raises
    ------
    ProjectError : as :func:`move_layer`.
    """
    depth = network.depth
    if not 1 <= number < depth:
        raise ProjectError("Only hidden layers can be moved; input and output keep their places.")
    name = network.layer_name(number)
    if not 0 <= after < depth:
        raise ProjectError("A layer stands between the input and the output.")
    if after in (number - 1, number):
        raise ProjectError(f"Layer {name} stands there already.")
    order = [own for own in range(1, depth + 1) if own != number]
    order.insert(order.index(after) + 1 if after else 0, number)
    rank = {0: 0} | {own: place for place, own in enumerate(order, start=1)}
    sources = _sources(network, number, after, rank)
    used = {source for own in sources.values() for source in own}
    for own in range(1, depth):
        if own not in used:
            raise ProjectError(
                f"Layer {name} cannot go there: layer {network.layer_name(own)} would lead "
                f"nowhere; link it to a later layer first."
            )
    layers = tuple(
        replace(
            network.layer(own),
            sources=renumbered([rank[source] for source in sources[own]], rank[own]),
        )
        for own in order
    )
    return layers, tuple(order)


def _sources(
    network: NetworkSpec, number: int, after: int, rank: dict[int, int]
) -> dict[int, set[int]]:
    """What each layer receives from then; layers are numbered as they are now."""
    sources = {own: set(network.sources(own)) for own in range(1, network.depth + 1)}
    before = max(sources[number])
    for own, given in sources.items():
        if number not in given:
            continue
        if max(given) == number:
            given.remove(number)
            given.add(before)
        elif rank[number] > rank[own]:
            given.remove(number)
    heirs = [own for own in rank if own != number and rank[own] > rank[number]]
    for own in heirs:
        if after in sources[own]:
            sources[own] = sources[own] - {after} | {number}
            break
    shortcuts = {own for own in sources[number] - {before} if rank[own] < rank[number]}
    sources[number] = shortcuts | {after}
    return sources
