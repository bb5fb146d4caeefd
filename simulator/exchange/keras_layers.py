"""A network as the layers Keras would build it from.

Each layer of ours becomes: Concatenate where it receives from several, Dense, then, where it has
them, BatchNormalization, the activation, GaussianNoise, Dropout.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.activations import activation_parameters
from simulator.arrays import Array
from simulator.exchange.keras_names import ACTIVATIONS, INITIALIZERS, LAYER_ACTIVATIONS
from simulator.initializers import initializer_parameters
from simulator.network import Network
from simulator.project.errors import ProjectError
from simulator.regularizers import RegularizerSpec
from simulator.spec import LayerSpec, NetworkSpec

Config = dict[str, Any]


@dataclass(frozen=True, eq=False)
class KerasLayer:
    """A layer as Keras describes it: its class, its config, and its place in the graph.

    Attributes
    ----------
    inputs : names of the layers it receives from.
    units : numbers it gives, and ``received`` numbers that come in, one entry an input.
    weights : its arrays in Keras's order; those that training changes come first.
    learning : (number of our layer, which of W, b, gamma, beta) of each trainable array.
    """

    kind: str
    name: str
    config: Config
    inputs: tuple[str, ...]
    units: int
    received: tuple[int, ...]
    weights: tuple[Array, ...] = ()
    learning: tuple[tuple[int, str], ...] = ()


class KerasLayers:
    """Makes the layers of a network; ``notes`` say what Keras has no place for.

    Raises
    ------
    ProjectError : one sentence that names the layer Keras cannot express.
    """

    def __init__(self, network: Network, precision: str) -> None:
        self._network, self._precision = network, precision
        self.layers: list[KerasLayer] = []
        self.notes: list[str] = []
        self._names: set[str] = set()
        spec = network.spec
        for number in range(spec.depth + 1):
            _check_dropout(spec, number)
        for number in range(1, spec.depth + 1):
            _check_activation(spec, number)
        config = {
            "batch_shape": [None, spec.inputs],
            "dtype": precision,
            "sparse": False,
            "ragged": False,
            "optional": False,
        }
        self._add("InputLayer", "input", config, (), spec.inputs)
        self._outputs = [self._disturbed(0, self.layers[-1].name)]
        for number in range(1, spec.depth + 1):
            self._outputs.append(self._layer(number))

    def _layer(self, number: int) -> str:
        """Add what layer ``number`` becomes; the name of the last of it."""
        spec, network = self._network.spec, self._network
        layer, name = spec.layer(number), self._named(spec.layer_name(number))
        sources = tuple(self._outputs[source] for source in spec.sources(number))
        received = sources[0]
        if len(sources) > 1:
            config = {"axis": -1}
            received = self._add(
                "Concatenate", f"{name}_inputs", config, sources, spec.fan_in(number)
            )
        weights, bias = network.W[number - 1], network.b[number - 1]
        normalized = layer.batch_normalization is not None
        alone = normalized or bool(layer.activation_parameters)
        activation = "linear" if alone else layer.activation
        arrays = [np.ascontiguousarray(weights.T)] + ([] if bias is None else [bias])
        last = self._add(
            "Dense",
            name,
            _dense_config(layer, activation),
            (received,),
            layer.units,
            tuple(arrays),
            ((number, "W"), (number, "b"))[: len(arrays)] if layer.trainable else (),
        )
        if normalized:
            last = self._normalization(number, name, last)
        if alone and layer.activation != "linear":
            last = self._activation(layer, name, last)
        return self._disturbed(number, last)

    def _normalization(self, number: int, name: str, received: str) -> str:
        layer, index = self._network.spec.layer(number), number - 1
        spec = layer.batch_normalization
        assert spec is not None
        network = self._network
        arrays = (
            *(network.gamma[index], network.beta[index]),
            *(network.moving_mean[index], network.moving_variance[index]),
        )
        return self._add(
            "BatchNormalization",
            f"{name}_normalization",
            {
                "trainable": layer.trainable,
                "axis": -1,
                "momentum": spec.momentum,
                "epsilon": spec.epsilon,
                "center": True,
                "scale": True,
            },
            (received,),
            layer.units,
            tuple(own for own in arrays if own is not None),
            ((number, "gamma"), (number, "beta")) if layer.trainable else (),
        )

    def _activation(self, layer: LayerSpec, name: str, received: str) -> str:
        given = activation_parameters(layer.activation, layer.activation_parameters)
        if layer.activation in LAYER_ACTIVATIONS and layer.activation_parameters:
            kind, parameter = LAYER_ACTIVATIONS[layer.activation]
            config: Config = {parameter: next(iter(given.values()))}
        else:
            kind, config = "Activation", {"activation": layer.activation}
        return self._add(kind, f"{name}_activation", config, (received,), layer.units)

    def _disturbed(self, number: int, last: str) -> str:
        """Noise and dropout behind a layer, 0 being the input."""
        layer, name = self._network.spec.layer(number), last
        base = self.layers[0].name if number == 0 else self._named_of(number)
        if layer.noise:
            config: Config = {"stddev": layer.noise, "seed": None}
            name = self._add("GaussianNoise", f"{base}_noise", config, (name,), layer.units)
        if layer.dropout_rate:
            config = {"rate": layer.dropout_rate, "seed": None, "noise_shape": None}
            name = self._add("Dropout", f"{base}_dropout", config, (name,), layer.units)
        return name

    def _named_of(self, number: int) -> str:
        dense = [own.name for own in self.layers if own.kind == "Dense"]
        return dense[number - 1]

    def _named(self, name: str) -> str:
        """A layer's name as Keras takes it: letters, digits and underscores."""
        return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").lower() or "layer"

    def _add(
        self,
        kind: str,
        name: str,
        config: Config,
        inputs: tuple[str, ...],
        units: int,
        weights: tuple[Array, ...] = (),
        learning: tuple[tuple[int, str], ...] = (),
    ) -> str:
        unique, count = name, 1
        while unique in self._names:
            count += 1
            unique = f"{name}_{count}"
        self._names.add(unique)
        widths = {own.name: own.units for own in self.layers}
        own_config = {"name": unique, **config}
        if kind != "InputLayer":
            own_config.setdefault("trainable", True)
            own_config["dtype"] = _dtype(self._precision)
        received = tuple(widths[source] for source in inputs)
        self.layers.append(
            KerasLayer(kind, unique, own_config, inputs, units, received, weights, learning)
        )
        return unique


def _dtype(precision: str) -> Config:
    return {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": {"name": precision},
        "registered_name": None,
    }


def keras_object(module: str, kind: str, config: Mapping[str, Any]) -> Config:
    """How Keras writes an object of its own into a config."""
    return {
        "module": module,
        "class_name": kind,
        "config": dict(config),
        "registered_name": None,
    }


def _dense_config(layer: LayerSpec, activation: str) -> Config:
    given = initializer_parameters(layer.initializer, layer.initializer_parameters)
    if layer.initializer == "random_uniform":
        low, high = sorted((given["minval"], given["maxval"]))
        given = {"minval": low, "maxval": high}
    if "constant" not in layer.initializer and layer.initializer != "zeros":
        given["seed"] = None  # type: ignore[assignment]
    limit = layer.max_norm
    penalty = _penalty(layer.regularizer)
    return {
        "trainable": layer.trainable,
        "units": layer.units,
        "activation": activation,
        "use_bias": layer.bias,
        "kernel_initializer": keras_object(
            "keras.initializers", INITIALIZERS[layer.initializer], given
        ),
        "bias_initializer": keras_object("keras.initializers", "Zeros", {}),
        "kernel_regularizer": penalty,
        "bias_regularizer": penalty if layer.regularizer.biases and layer.bias else None,
        "kernel_constraint": keras_object(
            "keras.constraints", "MaxNorm", {"max_value": limit, "axis": 0}
        )
        if limit
        else None,
        "bias_constraint": None,
    }


def _penalty(spec: RegularizerSpec) -> Config | None:
    if not spec.active:
        return None
    if spec.l1 and spec.l2:
        return keras_object("keras.regularizers", "L1L2", {"l1": spec.l1, "l2": spec.l2})
    if spec.l1:
        return keras_object("keras.regularizers", "L1", {"l1": spec.l1})
    return keras_object("keras.regularizers", "L2", {"l2": spec.l2})


def _check_dropout(spec: NetworkSpec, number: int) -> None:
    layer = spec.layer(number)
    if layer.dropout_rate and layer.dropout_style == "classic":
        raise ProjectError(
            f"Keras has no classic dropout (of the layer “{spec.layer_name(number)}”), which "
            f"scales outputs at test time; choose inverted dropout."
        )


def _check_activation(spec: NetworkSpec, number: int) -> None:
    layer, name = spec.layer(number), spec.layer_name(number)
    if layer.neuron_activations:
        raise ProjectError(
            f"Keras gives all neurons of a layer one activation; those of the layer “{name}” have "
            f"several ({layer.activation_text})."
        )
    if layer.activation not in ACTIVATIONS:
        raise ProjectError(
            f"Keras has no activation {layer.activation}, which the layer “{name}” uses."
        )
