"""What a quantity is called in words."""

from __future__ import annotations

from simulator.project import Project
from simulator.quantity import OF_PARAMETERS, Kind, Quantity

_KINDS = {
    Kind.PREACTIVATION: "pre-activation",
    Kind.NORMALIZED: "normalized pre-activation",
    Kind.ACTIVATION: "activation",
    Kind.NOISE: "noise",
    Kind.MASK: "dropout mask",
    Kind.OUTPUT: "output",
    Kind.ERROR: "error",
    Kind.DELTA: "delta",
}
_PARAMETERS = {"W": "weight", "b": "bias", "gamma": "gamma", "beta": "beta"}
_OF = {
    Kind.PARAMETER: "{}",
    Kind.UPDATED: "new {}",
    Kind.GRADIENT: "gradient of the {}",
    Kind.SLOT: "{name} of the {}",
    Kind.SLOT_BEFORE: "{name} of the {} before this update",
}


def title_of(quantity: Quantity, project: Project) -> str:
    """A quantity in words: "delta of hidden 3, neuron 7"."""
    kind, spec = quantity.kind, project.network
    if kind is Kind.LOSS:
        return "loss of the mini-batch"
    if kind is Kind.SAMPLE_LOSS:
        return "loss of this sample"
    if kind is Kind.PENALTY:
        return "penalty on the weights"
    if kind is Kind.LEARNING_RATE:
        return "learning rate"
    if kind is Kind.TARGET:
        return f"target {_named(quantity.neuron, project.data.classes)}"
    if kind in OF_PARAMETERS:
        place = _place(quantity.layer, quantity.neuron, project)
        own = f"{_PARAMETERS[quantity.parameter]} of {place}"
        if quantity.source is not None:
            layer, neuron = spec.source_of(quantity.layer, quantity.source)
            own += f", from {_place(layer, neuron, project)}"
        return _OF[kind].format(own, name=quantity.name.replace("_", " "))
    if kind is Kind.INPUT:
        return _place(0, quantity.neuron, project)
    return f"{_KINDS[kind]} of {_place(quantity.layer, quantity.neuron, project)}"


def _place(layer: int, neuron: int, project: Project) -> str:
    if layer == 0:
        return f"input {_named(neuron, project.data.input_names)}"
    return f"{project.network.layer_name(layer)}, neuron {neuron + 1}"


def _named(index: int, names: tuple[str, ...]) -> str:
    return f"{index + 1} ({names[index]})" if index < len(names) else f"{index + 1}"
