"""A network made of the layers of a Keras model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np

from simulator.arrays import Array
from simulator.exchange.hdf5 import Contents
from simulator.exchange.keras_graph import Graph, Node
from simulator.exchange.keras_parts import (
    layer_activation,
    read_activation,
    read_initializer,
    read_max_norm,
    read_normalization,
    read_rate,
    read_regularizer,
)
from simulator.exchange.keras_writer import containers
from simulator.network import Network
from simulator.project.errors import ProjectError, printable
from simulator.project.limits import MAX_LAYERS, MAX_UNITS
from simulator.spec import LayerSpec, NetworkSpec, renumbered


class _Stage(IntEnum):
    """How far a layer of ours has been built; each part may come once, in this order."""

    WEIGHTS = 0
    NORMALIZATION = 1
    ACTIVATION = 2
    NOISE = 3
    DROPOUT = 4


@dataclass
class _Layer:
    """A layer of ours while its Keras layers are read; number 0 is the input."""

    spec: LayerSpec
    stage: _Stage
    dense: Node | None = None
    normalization: Node | None = None
    sources: tuple[int, ...] = ()
    columns: list[int] = field(default_factory=list)
    """Which row of Keras's weights each of our columns is."""


@dataclass(frozen=True, eq=False)
class KerasNetwork:
    """A network, the Keras layers its parameters come from, and notes on what was left out."""

    spec: NetworkSpec
    _layers: tuple[_Layer, ...]
    _places: Mapping[str, str]
    notes: tuple[str, ...]

    def fill(self, network: Network, weights: Contents) -> None:
        """Give ``network`` the parameters in a file of weights: all of them, or none.

        Raises
        ------
        ProjectError : one sentence on an array that is missing, does not fit, or is not finite.
        """
        found: list[tuple[Array, Array]] = []
        for index, layer in enumerate(self._layers):
            kernel, bias = network.W[index], network.b[index]
            assert layer.dense is not None
            values = self._array(weights, layer.dense, 0, kernel.T.shape)
            found.append((kernel, values[layer.columns].T))
            if bias is not None:
                found.append((bias, self._array(weights, layer.dense, 1, bias.shape)))
            if layer.normalization is None:
                continue
            own = (network.gamma, network.beta, network.moving_mean, network.moving_variance)
            for place, arrays in enumerate(own):
                array = arrays[index]
                assert array is not None
                values = self._array(weights, layer.normalization, place, array.shape)
                if place == 3 and (values < 0.0).any():
                    raise layer.normalization.refuse("has a moving variance below 0.")
                found.append((array, values))
        for array, values in found:
            with np.errstate(over="ignore"):
                array[...] = values
            if not np.isfinite(array).all():
                raise ProjectError("its weights are too large for float32.")

    def expected(self) -> frozenset[str]:
        """The paths of all arrays that :meth:`fill` reads."""
        paths = []
        for layer in self._layers:
            assert layer.dense is not None
            counts = [(layer.dense, 2 if layer.spec.bias else 1)]
            if layer.normalization is not None:
                counts.append((layer.normalization, 4))
            paths += [self._path(node, place) for node, count in counts for place in range(count)]
        return frozenset(paths)

    def _path(self, node: Node, place: int) -> str:
        return f"layers/{self._places[node.name]}/vars/{place}"

    def _array(self, weights: Contents, node: Node, place: int, shape: tuple[int, ...]) -> Array:
        values = weights.arrays.get(self._path(node, place))
        if values is None:
            raise node.refuse("has no weights in the file.")
        if values.shape != shape or values.dtype.kind != "f":
            sizes = (" × ".join(f"{n:,}" for n in own) for own in (values.shape, shape))
            raise node.refuse("has weights that do not fit: {}, expected {}.".format(*sizes))
        if not np.isfinite(values).all():
            raise node.refuse("has weights that are not finite numbers.")
        return values.astype(np.float64)


def network_of(graph: Graph) -> KerasNetwork:
    """The network that the layers of a Keras model make.

    Raises
    ------
    ProjectError : one sentence: which layer has no place in a network here.
    """
    building = _Building(graph)
    for node in graph.order:
        building.add(node)
    layers = building.finished()
    own = [layer.spec for layer in layers[1:]]
    before = layers[0].spec
    spec = NetworkSpec(
        graph.inputs,
        tuple(own),
        input_dropout_rate=before.dropout_rate,
        input_noise=before.noise,
    )
    places = containers([node.kind for node in graph.nodes])
    by_name = {node.name: place for node, place in zip(graph.nodes, places, strict=True)}
    return KerasNetwork(spec, tuple(layers[1:]), by_name, tuple(building.notes))


class _Building:
    """Reads one node after the other; a tensor is the layers of ours it is made of."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._layers: list[_Layer] = [_Layer(LayerSpec(graph.inputs), _Stage.ACTIVATION)]
        self._tensors: dict[str, tuple[int, ...]] = {}
        self._uses: dict[str, int] = dict.fromkeys((node.name for node in graph.nodes), 0)
        self._uses[graph.output] += 1
        for node in graph.nodes:
            for source in node.inputs:
                self._uses[source] += 1
        self.notes: list[str] = []

    def finished(self) -> list[_Layer]:
        """The layers, 0 being the input, once the output is the last one."""
        if self._tensors.get(self._graph.output) != (len(self._layers) - 1,):
            raise ProjectError("its output must be a Dense layer that all others lead to.")
        if len(self._layers) == 1:
            raise ProjectError("it has no Dense layer.")
        return self._layers

    def add(self, node: Node) -> None:
        """What one Keras layer adds."""
        if node.kind == "InputLayer":
            self._tensors[node.name] = (0,)
            return
        if node.kind == "Concatenate":
            self._concatenate(node)
            return
        if len(node.inputs) != 1:
            raise node.refuse("must receive from one layer.")
        received = self._tensors[node.inputs[0]]
        if node.kind == "Dense":
            self._tensors[node.name] = (self._dense(node, received),)
            return
        self._tensors[node.name] = received
        if node.kind == "Flatten" and received == (0,) and self._is_input(node.inputs[0]):
            return
        if len(received) != 1:
            raise node.refuse("stands behind several layers at once; only Dense can.")
        if self._uses[node.inputs[0]] != 1:
            raise node.refuse("changes the output of a layer that others receive without it.")
        self._change(node, self._layers[received[0]])

    def _is_input(self, name: str) -> bool:
        return any(own.name == name and own.kind == "InputLayer" for own in self._graph.nodes)

    def _concatenate(self, node: Node) -> None:
        if node.config.raw("axis", -1) not in (-1, 1):
            raise node.refuse("must join along the last axis.")
        joined = tuple(number for name in node.inputs for number in self._tensors[name])
        if not joined or len(set(joined)) < len(joined):
            raise node.refuse("joins the same outputs twice.")
        self._tensors[node.name] = joined

    def _dense(self, node: Node, received: tuple[int, ...]) -> int:
        config = node.config
        if config.raw("quantization_config", None) or config.raw("lora_rank", None):
            raise node.refuse("is quantized or adapted (LoRA), which is not known here.")
        if len(self._layers) > MAX_LAYERS:
            raise ProjectError(f"it has more than {MAX_LAYERS} Dense layers.")
        number = len(self._layers)
        activation, parameters = read_activation(node, config.raw("activation", None))
        initializer, given, unknown = read_initializer(node)
        if unknown:
            self.notes.append(
                f"New start weights of “{printable(node.name)}” will be glorot_uniform; "
                f"{unknown} is not known here."
            )
        sizes = {own: self._layers[own].spec.units for own in received}
        starts, start = {}, 0
        for own in received:
            starts[own] = start
            start += sizes[own]
        columns = [starts[own] + place for own in sorted(received) for place in range(sizes[own])]
        self._layers.append(
            _Layer(
                LayerSpec(
                    config.integer("units", 1, MAX_UNITS),
                    activation,
                    config.boolean("use_bias", True),
                    initializer=initializer,
                    name=_shown_name(node.name),
                    activation_parameters=parameters,
                    initializer_parameters=given,
                    regularizer=read_regularizer(node),
                    max_norm=read_max_norm(node),
                    trainable=config.boolean("trainable", True),
                    sources=renumbered(received, number),
                ),
                _Stage.WEIGHTS if activation == "linear" else _Stage.ACTIVATION,
                node,
                columns=columns,
            )
        )
        return number

    def _change(self, node: Node, layer: _Layer) -> None:
        """What a Keras layer without a matrix changes in the layer it stands behind."""
        stage = _stage_of(node)
        if stage <= layer.stage:
            where = "the input" if layer.dense is None else f"“{printable(layer.dense.name)}”"
            raise node.refuse(
                f"cannot stand there, behind {where}: the order here is Dense, BatchNormalization, "
                f"activation, GaussianNoise, Dropout, each once."
            )
        layer.stage = stage
        spec = layer.spec
        if stage is _Stage.NORMALIZATION:
            layer.normalization = node
            spec = replace(spec, batch_normalization=read_normalization(node))
            if node.config.boolean("trainable", True) != spec.trainable:
                raise node.refuse("learns where its Dense layer does not, or the other way round.")
        elif stage is _Stage.NOISE:
            spec = replace(spec, noise=read_rate(node, "stddev", math.inf))
        elif stage is _Stage.DROPOUT:
            if node.config.raw("noise_shape", None) is not None:
                raise node.refuse("has a noise_shape, which is not known here.")
            spec = replace(spec, dropout_rate=read_rate(node, "rate", 1.0))
        else:
            name, given = (
                read_activation(node, node.config.raw("activation", None))
                if node.kind == "Activation"
                else layer_activation(node, node.kind, node.config)
            )
            spec = replace(spec, activation=name, activation_parameters=given)
        layer.spec = spec


def _stage_of(node: Node) -> _Stage:
    stages = {
        "BatchNormalization": _Stage.NORMALIZATION,
        "GaussianNoise": _Stage.NOISE,
        "Dropout": _Stage.DROPOUT,
        "Flatten": _Stage.WEIGHTS,
    }
    return stages.get(node.kind, _Stage.ACTIVATION)


def _shown_name(name: str) -> str:
    """A layer's name for people; one that Keras gave by itself says nothing."""
    plain = name.rstrip("0123456789").rstrip("_")
    if plain in ("dense", "hidden", "output", "layer"):
        return ""
    return printable(name, 60).replace("_", " ")
