"""Reads a network from a project: its layers, and what is given of their parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any, cast

import numpy as np

from simulator.activations import ACTIVATIONS, activation_parameters
from simulator.arrays import Array
from simulator.initializers import INITIALIZERS, initializer_parameters
from simulator.network import LayerParameters
from simulator.project.errors import ProjectError
from simulator.project.fields import MAX_FLOAT, Fields, shown
from simulator.project.limits import MAX_LAYERS, MAX_UNITS
from simulator.regularizers import REGULARIZERS, RegularizerSpec
from simulator.spec import (
    BatchNormalizationSpec,
    DropoutStyle,
    LayerSpec,
    NetworkSpec,
    Parameters,
    renumbered,
)

ABOVE_ZERO = math.nextafter(0.0, 1.0)


def read_network(fields: Fields) -> NetworkSpec:
    """The shape of the network."""
    inputs = fields.integer("inputs", 1, MAX_UNITS)
    rate, style = _dropout(fields, "input_dropout", mask=False)
    noise = _at_least_0(fields, "input_noise", 0.0)
    items = fields.items("layers", 1, MAX_LAYERS)
    layers = tuple(_layer(Fields(item, f"layer {n}"), n) for n, item in enumerate(items, start=1))
    fields.finish()
    return NetworkSpec(inputs, layers, rate, style, noise)


def _layer(fields: Fields, number: int) -> LayerSpec:
    units = fields.integer("units", 1, MAX_UNITS)
    activations = _activations(fields, units)
    rate, style = _dropout(fields, "dropout")
    initializer, initializer_given = read_named(
        fields, "initializer", INITIALIZERS, initializer_parameters, _start_value, "glorot_uniform"
    )
    for later in ("W", "b", "links", "frozen"):
        fields.raw(later, None)
    layer = LayerSpec(
        units=units,
        activation=activations[0][0],
        activation_parameters=activations[0][1],
        neuron_activations=activations if len(set(activations)) > 1 else (),
        bias=fields.boolean("bias", True),
        dropout_rate=rate,
        dropout_style=style,
        noise=_at_least_0(fields, "noise", 0.0),
        initializer=initializer,
        initializer_parameters=initializer_given,
        regularizer=_regularizer(fields),
        max_norm=_at_least_0(fields, "max_norm", 0.0),
        batch_normalization=_batch_normalization(fields),
        trainable=fields.boolean("trainable", True),
        sources=_sources(fields, number),
        name=fields.text("name", ""),
    )
    fields.finish()
    return layer


def _activations(fields: Fields, units: int) -> tuple[tuple[str, Parameters], ...]:
    """One (name, parameters) for the layer, or a list of one for each neuron."""
    value = fields.raw("activation")
    if not isinstance(value, list):
        return (_activation(fields),)
    if len(value) != units:
        raise ProjectError(
            f"{fields.path('activation')} has {len(value):,} entries; give one for each of the "
            f"{units:,} units, or one name for all."
        )
    where = fields.path("activation")
    found = tuple(
        _activation(Fields({"activation": entry}, f"{where}, neuron {place}"))
        for place, entry in enumerate(value, start=1)
    )
    if len(set(found)) > 1 and any(name == "softmax" for name, _ in found):
        raise ProjectError(
            f"{where} has softmax for some neurons; softmax works on the whole layer, so give it "
            f"to all or to none."
        )
    return found


def _activation(fields: Fields) -> tuple[str, Parameters]:
    return read_named(fields, "activation", ACTIVATIONS, activation_parameters, _finite)


def read_named(
    fields: Fields,
    field: str,
    choices: Collection[str],
    parameters_of: Callable[[str], Collection[str]],
    read: Callable[[Fields, str], float],
    default: Any = None,
) -> tuple[str, Parameters]:
    """A name, or an object of a name and the parameters that go with it."""
    value = fields.raw(field) if default is None else fields.raw(field, default)
    if not isinstance(value, dict):
        return fields.choice(field, choices, *([] if default is None else [default])), ()
    inner = fields.child(field)
    name = inner.choice("name", choices)
    given = tuple((own, read(inner, own)) for own in parameters_of(name) if inner.has(own))
    inner.finish()
    return name, given


def _finite(fields: Fields, name: str) -> float:
    return fields.number(name, "a finite number", -MAX_FLOAT, math.inf)


LARGEST_START = 1e100


def _start_value(fields: Fields, name: str) -> float:
    low, words = (0.0, "0") if name == "stddev" else (-LARGEST_START, "−1e100")
    beyond = math.nextafter(LARGEST_START, math.inf)
    return fields.number(name, f"a number from {words} to 1e100", low, beyond)


def _at_least_0(fields: Fields, name: str, default: float) -> float:
    return fields.number(name, "a number of at least 0", 0.0, math.inf, default=default)


def _dropout(fields: Fields, name: str, mask: bool = True) -> tuple[float, DropoutStyle]:
    """A rate, or an object of rate, style and, for layers, a mask (read with the parameters)."""
    if not isinstance(fields.raw(name, 0.0), dict):
        return _rate(fields, name), "inverted"
    inner = fields.child(name)
    rate = _rate(inner, "rate")
    style = inner.choice("style", ("inverted", "classic"), "inverted")
    if mask:
        inner.raw("mask", None)
    inner.finish()
    return rate, cast(DropoutStyle, style)


def _rate(fields: Fields, name: str) -> float:
    return fields.number(name, "a number from 0 to below 1", 0.0, 1.0, default=0.0)


def _regularizer(fields: Fields) -> RegularizerSpec:
    """A name, or an object of name, lambda, beta and biases."""
    defaults = RegularizerSpec()
    if not isinstance(fields.raw("regularizer", "none"), dict):
        return RegularizerSpec(fields.choice("regularizer", REGULARIZERS, "none"))
    inner = fields.child("regularizer")
    found = RegularizerSpec(
        name=inner.choice("name", REGULARIZERS),
        strength=_at_least_0(inner, "lambda", defaults.strength),
        beta=_at_least_0(inner, "beta", defaults.beta),
        biases=inner.boolean("biases", defaults.biases),
    )
    inner.finish()
    return found


def _batch_normalization(fields: Fields) -> BatchNormalizationSpec | None:
    """true, false, or an object of momentum and epsilon."""
    defaults = BatchNormalizationSpec()
    if not isinstance(fields.raw("batch_normalization", False), dict):
        return defaults if fields.boolean("batch_normalization", False) else None
    inner = fields.child("batch_normalization")
    found = BatchNormalizationSpec(
        momentum=inner.number(
            "momentum", "a number from 0 to below 1", 0.0, 1.0, default=defaults.momentum
        ),
        epsilon=inner.number(
            "epsilon", "a number above 0", ABOVE_ZERO, math.inf, default=defaults.epsilon
        ),
    )
    inner.finish()
    return found


def _sources(fields: Fields, number: int) -> tuple[int, ...]:
    """The layers it receives from; that they are earlier ones is checked with the project."""
    if fields.raw("inputs_from", None) is None:
        return ()
    found = []
    for entry in fields.items("inputs_from", 1, MAX_LAYERS):
        if isinstance(entry, bool) or not isinstance(entry, int) or not 0 <= entry < number:
            raise ProjectError(
                f"{fields.path('inputs_from')} must name earlier layers, whole numbers from 0 (the "
                f"input) to {number - 1} (found {shown(entry)})."
            )
        if entry in found:
            raise ProjectError(f"{fields.path('inputs_from')} names layer {entry} twice.")
        found.append(entry)
    return renumbered(found, number)


def read_parameters(
    fields: Fields, network: NetworkSpec, samples: int
) -> tuple[LayerParameters, ...]:
    """What the layers give of their parameters: start values, masks, what is frozen."""
    parameters = []
    for number, item in enumerate(fields.items("layers", 1, MAX_LAYERS), start=1):
        layer = network.layer(number)
        inner = Fields(item, f"layer {number}")
        shape = (layer.units, network.fan_in(number))
        W = b = mask = links = None
        if inner.raw("W", None) is not None:
            W = inner.array("W", shape, "units × inputs of the layer")
        if inner.raw("b", None) is not None:
            _refuse_without_bias(inner, layer, "b")
            b = inner.array("b", shape[:1], "one for each unit")
        if inner.raw("links", None) is not None:
            links = _zeros_and_ones(inner, "links", shape, "0 (removed) and 1 (there)")
        dropout = inner.raw("dropout", None)
        if isinstance(dropout, dict) and dropout.get("mask") is not None:
            mask = _mask(inner.child("dropout"), samples, layer)
        frozen_W, frozen_b = _frozen(inner, layer, shape)
        parameters.append(LayerParameters(W, b, mask, links, frozen_W, frozen_b))
    return tuple(parameters)


def _refuse_without_bias(fields: Fields, layer: LayerSpec, name: str) -> None:
    if not layer.bias:
        raise ProjectError(f"{fields.path(name)} is given, but bias is false.")


def _zeros_and_ones(
    fields: Fields, name: str, shape: tuple[int | None, ...], meaning: str
) -> Array:
    found = fields.array(name, shape, meaning)
    if not ((found == 0.0) | (found == 1.0)).all():
        raise ProjectError(f"{fields.path(name)} must hold only {meaning}.")
    return found


def _frozen(
    fields: Fields, layer: LayerSpec, shape: tuple[int, int]
) -> tuple[Array | None, Array | None]:
    if fields.raw("frozen", None) is None:
        return None, None
    inner = fields.child("frozen")
    W = b = None
    meaning = "0 (learns) and 1 (frozen)"
    if inner.has("W"):
        W = _zeros_and_ones(inner, "W", shape, meaning)
    if inner.has("b"):
        _refuse_without_bias(inner, layer, "b")
        b = _zeros_and_ones(inner, "b", shape[:1], meaning)
    inner.finish()
    return W, b


def _mask(fields: Fields, samples: int, layer: LayerSpec) -> Array:
    mask = fields.array("mask", (samples, layer.units), "samples × units")
    if not np.isin(mask, (0.0, 1.0)).all():
        raise ProjectError(f"{fields.path('mask')} must hold only 0 (dropped) and 1 (kept).")
    if layer.dropout_rate == 0.0:
        raise ProjectError(f"{fields.path('rate')} must be above 0 where a mask is given.")
    return mask
