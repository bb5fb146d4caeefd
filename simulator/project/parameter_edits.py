"""Edits of single parameters: typed values, and weights that start again."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from simulator import counter_random
from simulator.alteration import NewValues, Piece
from simulator.arrays import Array
from simulator.initializers import draw_weights
from simulator.network import Network
from simulator.project.carrying import Edit, given_of, start_weights, with_given
from simulator.project.edits import checked_layer
from simulator.project.errors import ProjectError
from simulator.project.model import Project
from simulator.project.network_reader import LARGEST_START
from simulator.project.structure import BIAS, Link


def set_parameters(
    project: Project, values: Mapping[Link, float], start: Array | None = None
) -> Edit:
    """Give parameters other values.

    With ``start``, the whole theta at a start of training, they become start values of the project.

    Raises
    ------
    ProjectError : for a removed link, what is not there, and numbers that cannot be.
    """
    places = [_place(project, link) for link in values]
    for value in values.values():
        _check_value(value)
    given = np.array(list(values.values()))
    edit = NewValues(Piece(np.array(places, dtype=np.intp), given))
    if start is None:
        return _unmoved(project, edit)
    theta = start.astype(np.float64)
    theta[places] = given
    return _unmoved(_started(project, theta, {link[0] for link in values}), edit)


def initialise_again(
    project: Project,
    numbers: Collection[int] | None,
    neurons: Collection[tuple[int, int]] | None,
    theta: Array,
    time: int,
    at_start: bool,
) -> Edit:
    """Draw the weights into neurons anew; biases start at 0 again.  Frozen ones stay.

    Parameters
    ----------
    numbers : of the layers; None is none, if ``neurons`` are given, else every layer.
    neurons : (layer, neuron) of single ones.
    theta : all parameters as they are now.
    time : every one gives other weights.
    at_start : whether training has not begun; then they become start values of the project.

    Raises
    ------
    ProjectError : if there is nothing that may be drawn.
    """
    network = project.network
    if numbers is None:
        numbers = range(1, network.depth + 1) if neurons is None else ()
    rows: dict[int, set[int]] = {}
    for number in numbers:
        rows[number] = set(range(checked_layer(project, number).units))
    for number, neuron in neurons or ():
        if number == 0 or not 0 <= neuron < checked_layer(project, number).units:
            raise ProjectError("There is no such neuron.")
        rows.setdefault(number, set()).add(neuron)
    fresh = Network(network, project.parameters)
    fresh.theta[...] = theta
    chosen = Network(network)
    for number, own in rows.items():
        _draw(fresh, project.training.seed, number, sorted(own), time)
        _mark(chosen, number, sorted(own))
    fresh.remove_links()
    learns = chosen.theta == 1.0
    if fresh.trainable_mask is not None:
        learns &= fresh.trainable_mask == 1.0
    places = np.flatnonzero(learns)
    if not len(places):
        raise ProjectError("Nothing here learns: frozen weights stay as they are.")
    moving = np.flatnonzero(chosen.moving == 2.0)
    values = NewValues(
        Piece(places, fresh.theta[places]), Piece(moving, Network(network).moving[moving]), True
    )
    if not at_start:
        return _unmoved(project, values)
    begun = theta.astype(np.float64)
    begun[places] = fresh.theta[places]
    return _unmoved(_started(project, begun, set(rows)), values)


def with_next_seed(project: Project) -> Project:
    """The project with the next seed, so that it starts with other weights; frozen ones stay."""
    seed = (project.training.seed + 1) % 2**31
    changed = replace(project, training=replace(project.training, seed=seed))
    drawn, start = start_weights(changed, project.network), start_weights(project)
    given = {}
    for number, own in enumerate(project.parameters, start=1):
        index = number - 1
        if own.W is not None or own.b is not None:
            given[number] = replace(
                own,
                W=_unless_learning(own.frozen_W, start.W[index], drawn.W[index]),
                b=_unless_learning(own.frozen_b, start.b[index], drawn.b[index]),
            )
    return with_given(changed, given) if given else changed


def _unless_learning(frozen: Array | None, held: Array | None, drawn: Array | None) -> Array | None:
    """The given values where they are frozen; None where none is."""
    if frozen is None or held is None or drawn is None:
        return None
    return np.where(frozen != 0.0, held, drawn)


def _draw(network: Network, seed: int, number: int, rows: list[int], time: int) -> None:
    layer, index = network.spec.layer(number), number - 1
    key = counter_random.key(seed, counter_random.START_AGAIN, number, time)
    shape = (layer.units, network.spec.fan_in(number))
    drawn = draw_weights(
        layer.initializer,
        dict(layer.initializer_parameters),
        counter_random.generator(key),
        shape,
    )
    network.W[index][rows] = drawn[rows]
    for values, start in (
        (network.b[index], 0.0),
        (network.gamma[index], 1.0),
        (network.beta[index], 0.0),
    ):
        if values is not None:
            values[rows] = start


def _mark(network: Network, number: int, rows: list[int]) -> None:
    """1 for every parameter of these neurons, 2 for their moving averages."""
    index = number - 1
    for values, mark in (
        (network.W[index], 1.0),
        (network.b[index], 1.0),
        (network.gamma[index], 1.0),
        (network.beta[index], 1.0),
        (network.moving_mean[index], 2.0),
        (network.moving_variance[index], 2.0),
    ):
        if values is not None:
            values[rows] = mark


def _started(project: Project, theta: Array, numbers: set[int]) -> Project:
    """The project with the start values of these layers given."""
    spec = project.network
    given = {}
    for number in numbers:
        own = given_of(project, number)
        biases = spec.biases(theta, number)
        given[number] = replace(
            own,
            W=spec.weights(theta, number).copy(),
            b=None if biases is None else biases.copy(),
        )
    return with_given(project, given)


def _unmoved(project: Project, values: NewValues) -> Edit:
    return Edit(project, tuple(range(1, project.network.depth + 1)), values=values)


def start_theta(project: Project) -> Array:
    """All parameters as the project starts with them."""
    return start_weights(project).theta


def whole_start(project: Project) -> NewValues:
    """All parameters as the project starts with them, to be given."""
    network = start_weights(project)
    every, moving = np.arange(len(network.theta)), np.arange(len(network.moving))
    return NewValues(Piece(every, network.theta), Piece(moving, network.moving), True)


def _place(project: Project, link: Link) -> int:
    number, neuron, column = link
    layer = checked_layer(project, number)
    if column == BIAS and not layer.bias:
        raise ProjectError(f"The neurons of layer {number} have no bias; switch it on first.")
    try:
        place = project.network.place_of(number, neuron, column)
    except IndexError:
        raise ProjectError("There is no such link.") from None
    links = given_of(project, number).links
    if column != BIAS and links is not None and links[neuron, column] == 0.0:
        raise ProjectError("This link is removed, so it has no weight; draw it again first.")
    return place


def _check_value(value: float) -> None:
    if not math.isfinite(value) or abs(value) > LARGEST_START:
        raise ProjectError("A weight or bias is a number from −1e100 to 1e100.")
