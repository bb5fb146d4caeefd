"""Single weights and biases of a network: which there are, how they are called, how they stand.

A parameter is (number, neuron, column): into neuron ``neuron`` (from 0) of layer ``number`` from
column ``column`` of that layer's weights; column -1 is the bias.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.data.dataset import Picture
from simulator.project import Project
from simulator.snapshot import Snapshot
from simulator.spec import NetworkSpec
from ui.project_edits import given_of

Parameter = tuple[int, int, int]
BIAS = -1


def incoming(network: NetworkSpec, number: int, neuron: int) -> list[Parameter]:
    """The bias of a neuron, if it has one, and all weights into it."""
    columns = list(range(network.fan_in(number)))
    if network.layer(number).bias:
        columns.insert(0, BIAS)
    return [(number, neuron, column) for column in columns]


def outgoing(network: NetworkSpec, number: int, neuron: int) -> list[Parameter]:
    """All weights with which others receive from a neuron, or from an input (layer 0)."""
    found: list[Parameter] = []
    for consumer in network.consumers[number]:
        columns = dict(network.source_columns(consumer))[number]
        own = columns.start + neuron
        found += [(consumer, other, own) for other in range(network.layer(consumer).units)]
    return found


def places_of(network: NetworkSpec, parameters: Sequence[Parameter]) -> NDArray[np.intp]:
    """Where they stand in theta.

    Raises
    ------
    IndexError : if the network has not all of them.
    """
    found = np.empty(len(parameters), dtype=np.intp)
    for number, chosen, neurons, columns in _by_layer(parameters):
        # What is furthest out stands for all others.
        for column in {int(columns.min()), int(columns.max())}:
            network.place_of(number, int(neurons.max()), column)
        weights = network.weight_slices[number - 1].start
        biases = network.bias_slices[number - 1].start
        places = weights + neurons * network.fan_in(number) + columns
        found[chosen] = np.where(columns == BIAS, biases + neurons, places)
    return found


def values_of(snapshot: Snapshot, parameters: Sequence[Parameter]) -> NDArray[np.float64] | None:
    """Their values at this moment; None where its network has not all of them."""
    try:
        return snapshot.theta[places_of(snapshot.spec, parameters)]
    except IndexError:
        return None


def there(project: Project, parameters: Sequence[Parameter]) -> NDArray[np.bool_]:
    """Per parameter whether its link has not been removed; a bias always is there."""
    found = np.ones(len(parameters), bool)
    for number, chosen, neurons, columns in _by_layer(parameters):
        links = given_of(project, number).links
        if links is not None:
            found[chosen] = (links[neurons, columns] != 0.0) | (columns == BIAS)
    return found


def frozen(project: Project, parameters: Sequence[Parameter]) -> NDArray[np.bool_]:
    """Per parameter whether it is held as it is, by itself or with its whole layer."""
    found = np.zeros(len(parameters), bool)
    for number, chosen, neurons, columns in _by_layer(parameters):
        given = given_of(project, number)
        if not project.network.layer(number).trainable:
            found[chosen] = True
            continue
        own = np.zeros(len(chosen), bool)
        if given.frozen_W is not None:
            own = (given.frozen_W[neurons, columns] != 0.0) & (columns != BIAS)
        if given.frozen_b is not None:
            own |= (given.frozen_b[neurons] != 0.0) & (columns == BIAS)
        found[chosen] = own
    return found


def _by_layer(
    parameters: Sequence[Parameter],
) -> Iterator[tuple[int, NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]]:
    """Per layer: its number, which of the parameters are its own, their neurons and columns."""
    table = np.array(parameters, dtype=np.intp).reshape(-1, 3)
    for number in np.unique(table[:, 0]):
        chosen = np.flatnonzero(table[:, 0] == number)
        yield int(number), chosen, table[chosen, 1], table[chosen, 2]


def is_there(project: Project, parameter: Parameter) -> bool:
    """Whether the link of one parameter has not been removed."""
    return bool(there(project, [parameter])[0])


def is_frozen(project: Project, parameter: Parameter) -> bool:
    """Whether one parameter is held as it is."""
    return bool(frozen(project, [parameter])[0])


def neuron_name(
    network: NetworkSpec, number: int, neuron: int, picture: Picture | None = None
) -> str:
    """What a neuron is called: "hidden 1, 3"; an input of a picture by its row and column."""
    name = f"{network.layer_name(number)}, {neuron + 1}"
    if number == 0 and picture is not None:
        row, column = pixel_of(picture, neuron)
        return f"pixel {row + 1}, {column + 1}"
    return name


def pixel_of(picture: Picture, neuron: int) -> tuple[int, int]:
    """Row and column, from 0, of the pixel that an input is."""
    rows, columns = np.nonzero(picture.index == neuron)
    return int(rows[0]), int(columns[0])


def source_name(project: Project, parameter: Parameter) -> str:
    """Where a parameter comes from: "bias", "pixel 2, 3", "hidden 1, 4"."""
    number, _, column = parameter
    if column == BIAS:
        return "bias"
    network = project.network
    return neuron_name(network, *network.source_of(number, column), project.data.picture)


def target_name(project: Project, parameter: Parameter) -> str:
    """The neuron a parameter belongs to."""
    return neuron_name(project.network, parameter[0], parameter[1])


def counted(count: int, word: str) -> str:
    """A number of things: "1 link", "1,200 links"."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
