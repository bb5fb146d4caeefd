"""Edits of a project's network: each returns the new project and where its layers come from.

``origin`` has an entry a new layer: the number (from 1) it had before, or None for a new one;
:meth:`simulator.trainer.Trainer.change` keeps parameters by it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from simulator.activations import ACTIVATIONS
from simulator.initializers import INITIALIZERS
from simulator.network import LayerParameters, LayerSpec, NetworkSpec
from simulator.project.errors import ProjectError
from simulator.project.model import MAX_LAYERS, MAX_UNITS, Project, check_memory


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed project, and for each of its layers the number it had before, or None."""

    project: Project
    origin: tuple[int | None, ...]


def insert_layer(project: Project, after: int, units: int | None = None) -> Edit:
    """A new hidden layer behind layer ``after`` (0 is the input).

    It takes the activation of the hidden layer beside it, and its units unless ``units`` is given.

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
    added = replace(model, units=model.units if units is None else units, dropout_rate=0.0, name="")
    layers.insert(after, added)
    origin: list[int | None] = [*range(1, len(layers))]
    origin.insert(after, None)
    return _edited(project, layers, origin)


def remove_layer(project: Project, number: int) -> Edit:
    """The network without hidden layer ``number``.

    Raises
    ------
    ProjectError : for the input and the output layer, which belong to the data.
    """
    if not 1 <= number < project.network.depth:
        raise ProjectError("Only hidden layers can be removed; input and output fit the data.")
    layers = list(project.network.layers)
    del layers[number - 1]
    origin: list[int | None] = [n for n in range(1, project.network.depth + 1) if n != number]
    return _edited(project, layers, origin)


def change_layer(project: Project, number: int, **changes: Any) -> Edit:
    """Layer ``number`` with other fields of :class:`~simulator.network.LayerSpec`.

    Raises
    ------
    ProjectError : when the output layer's units are changed, units are out of range, or there is
        too little memory.
    """
    if not 1 <= number <= project.network.depth:
        raise ProjectError(f"There is no layer {number}; the network has {project.network.depth}.")
    layers = list(project.network.layers)
    if changes.get("activation", layers[number - 1].activation) != layers[number - 1].activation:
        # A parameter belongs to the activation it was given for.
        changes = {"activation_parameters": (), **changes}
    changed = replace(layers[number - 1], **changes)
    _check_layer(changed)
    if number == project.network.depth and changed.units != project.network.outputs:
        raise ProjectError("The output layer has one neuron a target; change the data first.")
    layers[number - 1] = changed
    return _edited(project, layers, list(range(1, len(layers) + 1)))


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
    for word, known in ((layer.activation, ACTIVATIONS), (layer.initializer, INITIALIZERS)):
        if word not in known:
            raise ProjectError(f"“{word}” is unknown; allowed: {', '.join(known)}.")


def _edited(project: Project, layers: list[LayerSpec], origin: list[int | None]) -> Edit:
    network = NetworkSpec(project.network.inputs, tuple(layers))
    check_memory(network, len(project.data), project.training.batch_size)
    given = []
    for index, old in enumerate(origin):
        own = LayerParameters()
        if old is not None and old <= len(project.parameters):
            own = project.parameters[old - 1]
        shape = (layers[index].units, network.sizes[index])
        given.append(
            LayerParameters(
                W=own.W if own.W is not None and own.W.shape == shape else None,
                b=own.b if own.b is not None and own.b.shape == shape[:1] else None,
                mask=_mask_if_fitting(own, layers[index]),
            )
        )
    return Edit(replace(project, network=network, parameters=tuple(given)), tuple(origin))


def _mask_if_fitting(own: LayerParameters, layer: LayerSpec) -> Any:
    fits = own.mask is not None and own.mask.shape[1] == layer.units
    return own.mask if fits and layer.dropout_rate > 0.0 else None
