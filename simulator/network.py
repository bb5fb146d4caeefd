"""The network: a frozen description of its layers, and its parameters as one flat vector.

All trainable numbers of a network live in one contiguous vector ``theta``.  ``W[l]`` and ``b[l]``
are views into it, so an optimizer is a few vector operations and a snapshot is one copy.

Layout of ``theta``: for each layer in turn its weights row by row (a row is the weights *into*
one neuron), then its biases, if it has any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.initializers import INITIALIZERS

Array = NDArray[np.float64]
DropoutStyle = Literal["inverted", "classic"]


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """What a dense layer is, without its parameters.

    Attributes
    ----------
    units : number of neurons, >= 1.
    activation : a name in :data:`simulator.activations.ACTIVATIONS`.
    activation_parameters : (name, value) of those that differ from their defaults.
    bias : whether each neuron has a bias.
    dropout_rate : probability in [0, 1) that an output of this layer is dropped in training.
    dropout_style : ``"inverted"`` scales kept outputs by 1/(1 - rate) in training (Keras,
        PyTorch); ``"classic"`` scales outputs by (1 - rate) at test time (Srivastava et al. 2014).
    initializer : how the weights start, a name in
        :data:`simulator.initializers.INITIALIZERS`; biases start at 0.
    name : shown to the user; empty means "hidden n" or "output".
    """

    units: int
    activation: str = "linear"
    bias: bool = True
    dropout_rate: float = 0.0
    dropout_style: DropoutStyle = "inverted"
    initializer: str = "glorot_uniform"
    name: str = ""
    activation_parameters: tuple[tuple[str, float], ...] = ()

    @property
    def keep_probability(self) -> float:
        """Probability that an output survives dropout, 1 - rate."""
        return 1.0 - self.dropout_rate

    @property
    def training_scale(self) -> float:
        """Factor on the kept outputs while training."""
        return 1.0 / self.keep_probability if self.dropout_style == "inverted" else 1.0

    @property
    def inference_scale(self) -> float:
        """Factor on all outputs at test time."""
        return 1.0 if self.dropout_style == "inverted" else self.keep_probability


@dataclass(frozen=True)
class NetworkSpec:
    """The shape of a network: its number of inputs and its layers, first to last.

    Layers are counted from 1, as the lecture decks do; 0 is the input.
    """

    inputs: int
    layers: tuple[LayerSpec, ...]

    @property
    def depth(self) -> int:
        """Number of layers that compute (hidden and output), L."""
        return len(self.layers)

    @property
    def outputs(self) -> int:
        """Number of output neurons."""
        return self.layers[-1].units

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Neurons per layer from the input on, length L + 1."""
        return (self.inputs, *(layer.units for layer in self.layers))

    def layer(self, number: int) -> LayerSpec:
        """The layer with this number, counted from 1."""
        return self.layers[number - 1]

    def layer_name(self, number: int) -> str:
        """The name shown for a layer: its own, or "input", "hidden n", "output"."""
        if number == 0:
            return "input"
        own = self.layers[number - 1].name
        if own:
            return own
        return "output" if number == self.depth else f"hidden {number}"

    @cached_property
    def weight_slices(self) -> tuple[slice, ...]:
        """Where each layer's weights stand in ``theta``; index 0 is layer 1."""
        return self._slices[0]

    @cached_property
    def bias_slices(self) -> tuple[slice, ...]:
        """Where each layer's biases stand in ``theta``; an empty slice where it has none."""
        return self._slices[1]

    @cached_property
    def _slices(self) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        weights: list[slice] = []
        biases: list[slice] = []
        start = 0
        for fan_in, layer in zip(self.sizes, self.layers, strict=False):
            stop = start + fan_in * layer.units
            weights.append(slice(start, stop))
            bias_stop = stop + (layer.units if layer.bias else 0)
            biases.append(slice(stop, bias_stop))
            start = bias_stop
        return tuple(weights), tuple(biases)

    @cached_property
    def parameters_per_layer(self) -> tuple[int, ...]:
        """Trainable numbers of each layer, (fan_in + 1) * units with biases."""
        return tuple(
            (w.stop - w.start) + (b.stop - b.start)
            for w, b in zip(self.weight_slices, self.bias_slices, strict=True)
        )

    @property
    def parameter_count(self) -> int:
        """Length of ``theta``."""
        return sum(self.parameters_per_layer)

    def weights(self, theta: Array, number: int) -> Array:
        """View of layer ``number``'s weights in ``theta``: (units, fan_in)."""
        units = self.layers[number - 1].units
        return theta[self.weight_slices[number - 1]].reshape(units, self.sizes[number - 1])

    def biases(self, theta: Array, number: int) -> Array | None:
        """View of layer ``number``'s biases in ``theta``: (units,), or None without bias."""
        if not self.layers[number - 1].bias:
            return None
        return theta[self.bias_slices[number - 1]]


@dataclass(frozen=True, eq=False)
class LayerParameters:
    """What the user gives for one layer instead of having it drawn.

    ``W`` (units, fan_in) and ``b`` (units,) are start values; ``mask`` (samples, units) of 0 and 1
    fixes the dropout mask of every sample of the training data.
    """

    W: Array | None = None
    b: Array | None = None
    mask: Array | None = None


@dataclass
class Network:
    """A network with its parameters.

    Attributes
    ----------
    spec : the shape.
    theta : all parameters, (parameter_count,), C-contiguous float64.
    W, b : per layer (index 0 is layer 1) views into ``theta``: (units, fan_in), (units,) or None.
    """

    spec: NetworkSpec
    theta: Array = field(init=False)
    W: tuple[Array, ...] = field(init=False)
    b: tuple[Array | None, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.theta = np.zeros(self.spec.parameter_count)
        numbers = range(1, self.spec.depth + 1)
        self.W = tuple(self.spec.weights(self.theta, number) for number in numbers)
        self.b = tuple(self.spec.biases(self.theta, number) for number in numbers)

    def initialize(self, seed: int, given: tuple[LayerParameters, ...] = ()) -> None:
        """Set the start values: those ``given`` by the user, else drawn with ``seed``.

        Every layer draws from a stream of its own (seed, layer), so changing one layer leaves the
        start weights of the others as they were.
        """
        for index, layer in enumerate(self.spec.layers):
            own = given[index] if index < len(given) else LayerParameters()
            stream = np.random.SeedSequence([seed, index + 1])
            generator = np.random.Generator(np.random.PCG64(stream))
            drawn = INITIALIZERS[layer.initializer](generator, self.W[index].shape)
            self.W[index][...] = drawn if own.W is None else own.W
            biases = self.b[index]
            if biases is not None:
                biases[...] = 0.0 if own.b is None else own.b

    def adopt(self, previous: Network, origin: Sequence[int | None]) -> None:
        """Take over the parameters of the neurons and links that existed in ``previous``.

        ``origin[i]`` is the old number (from 1) of this network's layer i + 1, None if it is new.
        Of a layer that grew or shrank the first neurons are the same ones.  Weights are kept only
        where the layer before is the same one as before, too.
        """
        for index, old in enumerate(origin):
            if old is None:
                continue
            rows = min(self.W[index].shape[0], previous.W[old - 1].shape[0])
            before = 0 if index == 0 else origin[index - 1]
            if before == old - 1:
                columns = min(self.W[index].shape[1], previous.W[old - 1].shape[1])
                self.W[index][:rows, :columns] = previous.W[old - 1][:rows, :columns]
            own, others = self.b[index], previous.b[old - 1]
            if own is not None and others is not None:
                own[:rows] = others[:rows]
