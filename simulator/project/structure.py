"""Edits of single neurons and links; every weight that can be kept is kept.

A link is (layer, neuron, column): into that neuron (from 0) of that layer (from 1), from that
column of its weights; the column -1 stands for the neuron's bias.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np

from simulator.arrays import Array
from simulator.lineage import NEW
from simulator.project.carrying import Edit, edited, given_of, start_weights, with_given
from simulator.project.edits import change_layer, change_sources, checked_layer
from simulator.project.errors import ProjectError
from simulator.project.limits import MAX_UNITS
from simulator.project.model import Project
from simulator.spec import LayerSpec, Parameters

Link = tuple[int, int, int]
Neuron = tuple[int, int]
BIAS = -1


def insert_neuron(project: Project, number: int, at: int | None = None) -> Edit:
    """One more neuron in hidden layer ``number``, before neuron ``at`` or behind the last one.

    It takes the activation of the neuron before it, and has all links.

    Raises
    ------
    ProjectError : for the input and the output layer, which belong to the data; when there are too
        many neurons or too little memory.
    """
    layer = _hidden(project, number)
    place = layer.units if at is None else at
    if not 0 <= place <= layer.units:
        raise ProjectError(f"{_name(project, number)} has no place {place + 1} for a neuron.")
    if layer.units >= MAX_UNITS:
        raise ProjectError(f"A layer can have 1 to {MAX_UNITS:,} units.")
    order = [*range(place), NEW, *range(place, layer.units)]
    return _with_neurons(project, number, order)


def remove_neurons(project: Project, number: int, neurons: Collection[int]) -> Edit:
    """Hidden layer ``number`` without these neurons; all others keep their weights.

    Raises
    ------
    ProjectError : for the input and the output layer, for all neurons of a layer, and for neurons
        that are not there.
    """
    layer = _hidden(project, number)
    gone = set(neurons)
    if not gone or not gone <= set(range(layer.units)):
        raise ProjectError(f"{_name(project, number)} does not have these neurons.")
    if len(gone) == layer.units:
        raise ProjectError(
            "A layer keeps at least one neuron; remove the whole layer if none is needed."
        )
    return _with_neurons(project, number, [n for n in range(layer.units) if n not in gone])


def _with_neurons(project: Project, number: int, order: list[int]) -> Edit:
    """Layer ``number`` with these of its old neurons, ``NEW`` for a new one."""
    layers = list(project.network.layers)
    layer = layers[number - 1]
    each: list[tuple[str, Parameters]] = []
    for old in order:
        known = old if old != NEW else None
        if known is None:
            each.append(each[-1] if each else layer.activation_of(0))
        else:
            each.append(layer.activation_of(known))
    layers[number - 1] = replace(_with_activations(layer, each), units=len(order))
    depth = len(layers)
    neurons = tuple(tuple(order) if n == number else None for n in range(depth + 1))
    return edited(project, layers, range(1, depth + 1), neurons)


def _with_activations(layer: LayerSpec, each: list[tuple[str, Parameters]]) -> LayerSpec:
    name, parameters = each[0]
    return replace(
        layer,
        activation=name,
        activation_parameters=parameters,
        neuron_activations=tuple(each) if len(set(each)) > 1 else (),
    )


# --- Links ----------------------------------------------------------------------------------------


def cut_links(project: Project, links: Iterable[Link]) -> Edit:
    """The network without these links; links that are not there are passed over.

    Raises
    ------
    ProjectError : for a bias, and if none of these links is there.
    """
    changed: dict[int, Array] = {}
    found = False
    for number, neuron, column in links:
        _check_link(project, (number, neuron, column))
        if column == BIAS:
            raise ProjectError("A bias is no link: freeze it at 0, or switch the layer's bias off.")
        own = changed.setdefault(number, _links(project, number))
        found = found or own[neuron, column] == 1.0
        own[neuron, column] = 0.0
    if not found:
        raise ProjectError("These links have been removed already.")
    return _with_links(project, changed)


def draw_link(project: Project, source: Neuron, target: Neuron) -> Edit:
    """A link from one neuron (layer, neuron) to another; also across layers, as a shortcut.

    Raises
    ------
    ProjectError : for a link that does not lead to a later layer, or that is there already.
    """
    (start, from_neuron), (number, neuron) = source, target
    _check_direction(project, start, number)
    network = project.network
    if not 0 <= from_neuron < network.sizes[start] or not 0 <= neuron < network.sizes[number]:
        raise ProjectError("There is no such neuron.")
    joined = start in network.sources(number)
    edit = _joined(project, start, number)
    project = edit.project
    columns = dict(project.network.source_columns(number))[start]
    links = _links(project, number)
    if not joined:
        links[:, columns] = 0.0
    place = columns.start + from_neuron
    if links[neuron, place] == 1.0:
        raise ProjectError("These two neurons are linked already.")
    links[neuron, place] = 1.0
    return replace(edit, project=_with_links(project, {number: links}).project)


def draw_layer_link(project: Project, source: int, target: int) -> Edit:
    """All links from one layer to a later one.

    Raises
    ------
    ProjectError : for a layer that is not a later one, or where all links are there already.
    """
    _check_direction(project, source, target)
    joined = source in project.network.sources(target)
    edit = _joined(project, source, target)
    project = edit.project
    links = _links(project, target)
    own = links[:, dict(project.network.source_columns(target))[source]]
    if joined and (own == 1.0).all():
        raise ProjectError("These two layers are fully connected already.")
    own[...] = 1.0
    return replace(edit, project=_with_links(project, {target: links}).project)


def connect_fully(project: Project, number: int | None = None) -> Edit:
    """All links that layer ``number``, or every layer, can have from the layers it receives from.

    Raises
    ------
    ProjectError : if nothing is missing.
    """
    numbers = range(1, project.network.depth + 1) if number is None else [number]
    changed = {}
    for own in numbers:
        checked_layer(project, own)
        links = _links(project, own)
        if (links == 0.0).any():
            links[...] = 1.0
            changed[own] = links
    if not changed:
        what = "The network" if number is None else _name(project, numbers[0])
        raise ProjectError(f"{what} is fully connected already.")
    return _with_links(project, changed)


def _links(project: Project, number: int) -> Array:
    links = given_of(project, number).links
    shape = (project.network.layer(number).units, project.network.fan_in(number))
    return np.ones(shape) if links is None else links.copy()


def _with_links(project: Project, changed: dict[int, Array]) -> Edit:
    """These layers with other links; one that comes back is not frozen, and starts as drawn."""
    given = {}
    drawn = None
    for number, links in changed.items():
        own = given_of(project, number)
        before = own.links
        W, frozen = own.W, own.frozen_W
        if before is not None:
            back = (before == 0.0) & (links == 1.0)
            lost = back & (W == 0.0) if W is not None else back & False
            if W is not None and lost.any():
                # What was read from a file gives a removed link 0.
                drawn = drawn or start_weights(project, project.network)
                W = np.where(lost, drawn.W[number - 1], W)
        if frozen is not None:
            frozen = frozen * links
        given[number] = replace(
            own,
            W=W,
            links=None if (links == 1.0).all() else links,
            frozen_W=frozen if frozen is not None and frozen.any() else None,
        )
    after = with_given(project, given)
    return Edit(after, tuple(range(1, project.network.depth + 1)))


def _joined(project: Project, source: int, target: int) -> Edit:
    sources = project.network.sources(target)
    return change_sources(project, target, sorted({*sources, source}))


def _check_direction(project: Project, source: int, target: int) -> None:
    depth = project.network.depth
    if not (0 <= source <= depth and 0 <= target <= depth):
        raise ProjectError(f"There is no such layer; the network has {depth}.")
    if target == 0:
        raise ProjectError("The inputs receive from no neuron; draw a link to a later layer.")
    if source == target:
        raise ProjectError("Neurons of one layer are not linked; draw a link to a later layer.")
    if source > target:
        raise ProjectError("A link leads to a later layer; draw it the other way round.")


# --- What is held fast, and settings --------------------------------------------------------------


def freeze(project: Project, links: Iterable[Link], frozen: bool) -> Edit:
    """Hold these weights and biases as they are, or let them learn; removed links are passed over.

    Raises
    ------
    ProjectError : for what is not there.
    """
    weights: dict[int, Array] = {}
    biases: dict[int, Array] = {}
    for number, neuron, column in links:
        _check_link(project, (number, neuron, column))
        own = given_of(project, number)
        units = project.network.layer(number).units
        if column == BIAS:
            held = np.zeros(units) if own.frozen_b is None else own.frozen_b.copy()
            biases.setdefault(number, held)[neuron] = float(frozen)
        elif own.links is None or own.links[neuron, column] == 1.0:
            shape = (units, project.network.fan_in(number))
            matrix = np.zeros(shape) if own.frozen_W is None else own.frozen_W.copy()
            weights.setdefault(number, matrix)[neuron, column] = float(frozen)
    if not weights and not biases:
        raise ProjectError("A removed link has no weight; draw the link first.")
    given = {}
    for number in weights.keys() | biases.keys():
        own = given_of(project, number)
        W, b = weights.get(number, own.frozen_W), biases.get(number, own.frozen_b)
        given[number] = replace(
            own,
            frozen_W=W if W is not None and W.any() else None,
            frozen_b=b if b is not None and b.any() else None,
        )
    return Edit(with_given(project, given), tuple(range(1, project.network.depth + 1)))


def freeze_layer(project: Project, number: int, frozen: bool) -> Edit:
    """Hold a whole layer as it is, or let it learn; single frozen parameters stay frozen.

    Raises
    ------
    ProjectError : if there is no such layer.
    """
    return change_layer(project, number, trainable=not frozen)


def rename_layer(project: Project, number: int, name: str) -> Edit:
    """Layer ``number`` with another name; empty for the usual one.

    Raises
    ------
    ProjectError : for a name that cannot be written, or the input layer.
    """
    if number == 0:
        raise ProjectError("The input layer keeps its name.")
    name = name.strip()
    if len(name) > 200 or not name.isprintable():
        raise ProjectError("A name has at most 200 letters, digits and signs, on one line.")
    return change_layer(project, number, name=name)


def set_dropout(project: Project, number: int, rate: float) -> Edit:
    """Layer ``number`` (0 is the inputs) with another dropout rate.

    Raises
    ------
    ProjectError : for a rate that is not from 0 to below 1.
    """
    if number:
        return change_layer(project, number, dropout_rate=rate)
    if not 0.0 <= rate < 1.0:
        raise ProjectError(f"A dropout rate is a number from 0 to below 1, not {rate:g}.")
    network = replace(project.network, input_dropout_rate=rate)
    return Edit(replace(project, network=network), tuple(range(1, network.depth + 1)))


def set_activation(
    project: Project, number: int, name: str, neurons: Collection[int] | None = None
) -> Edit:
    """Another activation, with its default parameters, for a layer or for some of its neurons.

    Raises
    ------
    ProjectError : for an unknown one, for softmax of single neurons, for what cannot be trained.
    """
    layer = checked_layer(project, number)
    chosen = range(layer.units) if neurons is None else set(neurons)
    if not set(chosen) <= set(range(layer.units)):
        raise ProjectError(f"{_name(project, number)} does not have these neurons.")
    each = [layer.activation_of(place) for place in range(layer.units)]
    for place in chosen:
        if each[place][0] != name:
            each[place] = (name, ())
    names = {own for own, _ in each}
    if "softmax" in names and len(names) > 1:
        raise ProjectError(
            "Softmax works on the whole layer: give it to all neurons of the layer or to none."
        )
    other = _with_activations(layer, each)
    return change_layer(
        project,
        number,
        activation=other.activation,
        activation_parameters=other.activation_parameters,
        neuron_activations=other.neuron_activations,
    )


def _hidden(project: Project, number: int) -> LayerSpec:
    if not 1 <= number < project.network.depth:
        raise ProjectError(
            "Inputs and outputs fit the data: only hidden layers can have more or fewer neurons."
        )
    return project.network.layer(number)


def _check_link(project: Project, link: Link) -> None:
    number, neuron, column = link
    layer = checked_layer(project, number)
    if column == BIAS and not layer.bias:
        raise ProjectError(f"The neurons of {_name(project, number)} have no bias.")
    if not 0 <= neuron < layer.units or not BIAS <= column < project.network.fan_in(number):
        raise ProjectError("There is no such link.")


def _name(project: Project, number: int) -> str:
    return f"Layer {number}"
