"""Edits of a project's network: each returns the new project and where its layers come from.

``origin`` has an entry a new layer: the number (from 1) it had before, or None for a new one;
:meth:`simulator.trainer.Trainer.change` keeps parameters by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from simulator.activations import ACTIVATIONS
from simulator.arrays import Array
from simulator.initializers import INITIALIZERS
from simulator.project.carrying import Edit as Edit
from simulator.project.carrying import edited, given_of, with_given
from simulator.project.errors import ProjectError
from simulator.project.limits import MAX_LAYERS, MAX_UNITS
from simulator.project.model import Project
from simulator.rules import BACKPROPAGATION, RULES, follows_gradient
from simulator.spec import LayerSpec, renumbered


def insert_layer(project: Project, after: int, units: int | None = None) -> Edit:
    """A new hidden layer behind layer ``after`` (0 is the input).

    It takes the activation of the hidden layer beside it, and its units unless ``units`` is given.
    The next layer that received from ``after`` receives from the new one instead.

    Raises
    ------
    ProjectError : when there are too many layers or too little memory.
    """
    layers = list(project.network.layers)
    if units is not None:
        _check_units(units)
    if len(layers) >= MAX_LAYERS:
        raise ProjectError(f"A network can have at most {MAX_LAYERS} layers.")
    if not 0 <= after < len(layers):
        raise ProjectError("A layer can be added behind the input or behind a hidden layer.")
    hidden = [index for index in (after - 1, after) if 0 <= index < len(layers) - 1]
    model = layers[hidden[0]] if hidden else LayerSpec(4, "relu", initializer="he_uniform")
    if project.training.rule != BACKPROPAGATION and not hidden:
        model = replace(model, activation=layers[-1].activation)
    wanted = model.units if units is None else units
    added = replace(
        model,
        units=wanted,
        dropout_rate=0.0,
        noise=0.0,
        trainable=True,
        name="",
        sources=(),
        neuron_activations=_fitting_activations(model, wanted),
    )
    # The next layer that receives from the one in front receives from the new one instead.
    heir = project.network.consumers[after][0]
    moved = []
    for number, layer in enumerate(layers, start=1):
        sources = [s + 1 if s > after else s for s in project.network.sources(number)]
        if number == heir:
            sources = [after + 1 if s == after else s for s in sources]
        new_number = number + 1 if number > after else number
        moved.append(replace(layer, sources=renumbered(sources, new_number)))
    moved.insert(after, added)
    origin: list[int | None] = [*range(1, len(moved))]
    origin.insert(after, None)
    return edited(project, moved, origin)


def remove_layer(project: Project, number: int) -> Edit:
    """The network without hidden layer ``number``; what received from it receives its inputs.

    Raises
    ------
    ProjectError : for the input and the output layer, which belong to the data.
    """
    network = project.network
    if not 1 <= number < network.depth:
        raise ProjectError("Only hidden layers can be removed; input and output fit the data.")
    layers = []
    for own, layer in enumerate(network.layers, start=1):
        if own == number:
            continue
        sources: list[int] = []
        for source in network.sources(own):
            sources += network.sources(number) if source == number else [source]
        sources = [s - 1 if s > number else s for s in sources]
        layers.append(replace(layer, sources=renumbered(sources, own - 1 if own > number else own)))
    origin: list[int | None] = [n for n in range(1, network.depth + 1) if n != number]
    return edited(project, layers, origin)


def change_layer(project: Project, number: int, **changes: Any) -> Edit:
    """Layer ``number`` with other fields of :class:`~simulator.spec.LayerSpec`.

    Raises
    ------
    ProjectError : when the output layer's units are changed, units are out of range, or there is
        too little memory.
    """
    layers = list(project.network.layers)
    own = checked_layer(project, number)
    if "activation" in changes and "neuron_activations" not in changes:
        changes["neuron_activations"] = ()
        if changes["activation"] != own.activation or own.neuron_activations:
            # A parameter belongs to the activation it was given for.
            changes = {"activation_parameters": (), **changes}
    if changes.get("initializer", own.initializer) != own.initializer:
        changes = {"initializer_parameters": (), **changes}
    if "units" in changes:
        _check_units(changes["units"])
        changes = {
            "neuron_activations": _fitting_activations(own, changes["units"]),
            **changes,
        }
    changed = replace(own, **changes)
    _check_layer(changed)
    if number == project.network.depth and changed.units != project.network.outputs:
        raise ProjectError("The output layer has one neuron a target; change the data first.")
    layers[number - 1] = changed
    return edited(project, layers, list(range(1, len(layers) + 1)))


def change_neuron_activation(project: Project, number: int, neuron: int, activation: str) -> Edit:
    """Layer ``number`` with another activation of one neuron, counted from 0.

    Raises
    ------
    ProjectError : for softmax, which works on a whole layer, and for what cannot be trained.
    """
    layer = checked_layer(project, number)
    if not 0 <= neuron < layer.units:
        raise ProjectError(f"Layer {number} has no neuron {neuron + 1}.")
    if activation == "softmax" or (layer.activation_names == ("softmax",) and layer.units > 1):
        raise ProjectError(
            "Softmax works on the whole layer: give it to all neurons of the layer or to none."
        )
    each = [layer.activation_of(place) for place in range(layer.units)]
    if each[neuron][0] != activation:
        each[neuron] = (activation, ())
    name, parameters = each[0]
    return change_layer(
        project,
        number,
        activation=name,
        activation_parameters=parameters,
        neuron_activations=tuple(each) if len(set(each)) > 1 else (),
    )


def change_sources(project: Project, number: int, sources: Sequence[int]) -> Edit:
    """Layer ``number`` receiving from these layers; links between layers joined before are kept.

    Raises
    ------
    ProjectError : for a layer that is not an earlier one, or one that nothing would receive from.
    """
    layers = list(project.network.layers)
    if not sources:
        raise ProjectError(f"Layer {number} must receive from at least one layer.")
    layers[number - 1] = replace(
        checked_layer(project, number), sources=renumbered(sources, number)
    )
    return edited(project, layers, list(range(1, len(layers) + 1)))


def set_links(project: Project, number: int, links: Array) -> Edit:
    """Layer ``number`` with these links, (units, fan_in) of 1 (there) and 0 (removed)."""
    return _with_parameters(project, number, links=None if (links == 1.0).all() else links)


def set_frozen(project: Project, number: int, W: Array | None, b: Array | None) -> Edit:
    """Layer ``number`` with these parameters frozen: 1 is frozen, 0 learns; None is none."""
    return _with_parameters(
        project,
        number,
        frozen_W=W if W is not None and W.any() else None,
        frozen_b=b if b is not None and b.any() else None,
    )


def change_rule(project: Project, rule: str) -> Edit:
    """Train with another learning rule; a single layer's activation is made to fit it.

    Raises
    ------
    ProjectError : when the network has layers the rule cannot train.
    """
    if rule not in RULES:
        raise ProjectError(f"“{rule}” is unknown; allowed: {', '.join(RULES)}.")
    network = project.network
    if network.depth == 1 and not network.layers[0].neuron_activations:
        threshold = "sign" if project.data.targets.min() < 0.0 else "step"
        own = network.layers[0].activation
        fitting = own
        if rule in ("perceptron", "mcculloch_pitts") and own not in ("step", "sign"):
            fitting = threshold
        elif follows_gradient(rule) and own in ("step", "sign"):
            fitting = "tanh" if own == "sign" else "sigmoid"
        if fitting != own:
            layer = replace(network.layers[0], activation=fitting, activation_parameters=())
            network = replace(network, layers=(layer,))
    training = replace(project.training, rule=rule)
    after = replace(project, network=network, training=training)
    return Edit(after, tuple(range(1, network.depth + 1)))


def checked_layer(project: Project, number: int) -> LayerSpec:
    """Layer ``number``, from 1.

    Raises
    ------
    ProjectError : if there is none.
    """
    if not 1 <= number <= project.network.depth:
        raise ProjectError(f"There is no layer {number}; the network has {project.network.depth}.")
    return project.network.layer(number)


def _fitting_activations(layer: LayerSpec, units: int) -> tuple[Any, ...]:
    """Per-neuron activations for so many units: the first ones stay, new ones get the last."""
    each = layer.neuron_activations[:units]
    if not each:
        return ()
    each = (*each, *[each[-1]] * (units - len(each)))
    return each if len(set(each)) > 1 else ()


def _check_units(units: int) -> None:
    if not isinstance(units, int):
        raise ProjectError(f"A layer has a whole number of units, not {units}.")
    if not 1 <= units <= MAX_UNITS:
        raise ProjectError(f"A layer can have 1 to {MAX_UNITS:,} units, not {units:,}.")


def _check_layer(layer: LayerSpec) -> None:
    _check_units(layer.units)
    if not 0.0 <= layer.dropout_rate < 1.0:
        raise ProjectError(
            f"A dropout rate is a number from 0 to below 1, not {layer.dropout_rate:g}."
        )
    named = [(layer.activation, ACTIVATIONS), (layer.initializer, INITIALIZERS)]
    named += [(name, ACTIVATIONS) for name in layer.activation_names]
    for word, known in named:
        if word not in known:
            raise ProjectError(f"“{word}” is unknown; allowed: {', '.join(known)}.")


def _with_parameters(project: Project, number: int, **changes: Any) -> Edit:
    checked_layer(project, number)
    own = replace(given_of(project, number), **changes)
    after = with_given(project, {number: own})
    return Edit(after, tuple(range(1, project.network.depth + 1)))
