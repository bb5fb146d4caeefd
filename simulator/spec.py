"""What a network is, without its parameters: frozen values a project is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from simulator.activations import Activation, make_activation
from simulator.arrays import Array
from simulator.mixed_activation import mix_activations
from simulator.regularizers import RegularizerSpec

DropoutStyle = Literal["inverted", "classic"]
Parameters = tuple[tuple[str, float], ...]
"""(name, value) of those parameters that differ from their defaults."""


@dataclass(frozen=True, slots=True)
class BatchNormalizationSpec:
    """Batch normalization between pre-activation and activation.  Ioffe & Szegedy 2015.

    ``momentum`` in [0, 1) : share of the old moving mean and variance kept at each update.
    ``epsilon`` > 0 : added to the variance.
    """

    momentum: float = 0.99
    epsilon: float = 1e-3


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """What a dense layer is, without its parameters.

    Attributes
    ----------
    units : number of neurons, >= 1.
    activation : a name in :data:`simulator.activations.ACTIVATIONS`.
    activation_parameters : of the activation.
    neuron_activations : (name, parameters) a neuron where they differ, else empty;
        ``activation`` is then that of the first.
    bias : whether each neuron has a bias.
    dropout_rate : probability in [0, 1) that an output of this layer is dropped in training.
    dropout_style : ``"inverted"`` scales kept outputs by 1/(1 - rate) in training (Keras,
        PyTorch); ``"classic"`` scales outputs by (1 - rate) at test time (Srivastava et al. 2014).
    noise : standard deviation of the Gaussian noise added to the outputs in training.
    initializer, initializer_parameters : how the weights start, a name in
        :data:`simulator.initializers.INITIALIZERS`; biases start at 0.
    regularizer : the penalty its weights pay.
    max_norm : largest 2-norm of the weights into one neuron, 0 for no limit; longer ones are
        scaled back after each update (Srebro & Shraibman 2005).
    batch_normalization : or None.
    trainable : whether training changes this layer.
    sources : numbers of the layers it receives from (0 is the input), ascending; empty means the
        layer before it.
    name : shown to the user; empty means "hidden n" or "output".
    """

    units: int
    activation: str = "linear"
    bias: bool = True
    dropout_rate: float = 0.0
    dropout_style: DropoutStyle = "inverted"
    initializer: str = "glorot_uniform"
    name: str = ""
    activation_parameters: Parameters = ()
    initializer_parameters: Parameters = ()
    neuron_activations: tuple[tuple[str, Parameters], ...] = ()
    noise: float = 0.0
    regularizer: RegularizerSpec = RegularizerSpec()  # noqa: RUF009 - frozen
    max_norm: float = 0.0
    batch_normalization: BatchNormalizationSpec | None = None
    trainable: bool = True
    sources: tuple[int, ...] = ()

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

    def activation_of(self, neuron: int) -> tuple[str, Parameters]:
        """Name and parameters of the activation of a neuron, counted from 0."""
        if self.neuron_activations:
            return self.neuron_activations[neuron]
        return self.activation, self.activation_parameters

    @property
    def activation_names(self) -> tuple[str, ...]:
        """The different activations of its neurons, in order of appearance."""
        if not self.neuron_activations:
            return (self.activation,)
        return tuple(dict.fromkeys(name for name, _ in self.neuron_activations))

    @property
    def activation_text(self) -> str:
        """How the layer's activation is called: "relu", "tanh + relu"."""
        return " + ".join(self.activation_names)

    def make_activation(self) -> Activation:
        """The function itself; of all neurons at once where each has its own."""
        if not self.neuron_activations:
            return make_activation(self.activation, dict(self.activation_parameters))
        return mix_activations(
            [make_activation(name, dict(given)) for name, given in self.neuron_activations]
        )


@dataclass(frozen=True)
class NetworkSpec:
    """The shape of a network: its number of inputs and its layers, first to last.

    Layers are counted from 1, as the lecture decks do; 0 is the input.

    ``input_dropout_rate`` and ``input_dropout_style`` drop inputs as a layer drops outputs;
    ``input_noise`` is the standard deviation of the Gaussian noise added to them in training.
    """

    inputs: int
    layers: tuple[LayerSpec, ...]
    input_dropout_rate: float = 0.0
    input_dropout_style: DropoutStyle = "inverted"
    input_noise: float = 0.0

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

    @cached_property
    def input_layer(self) -> LayerSpec:
        """The inputs described as a layer: what drops and disturbs them."""
        return LayerSpec(
            self.inputs,
            dropout_rate=self.input_dropout_rate,
            dropout_style=self.input_dropout_style,
            noise=self.input_noise,
        )

    def layer(self, number: int) -> LayerSpec:
        """The layer with this number, counted from 1; 0 gives :attr:`input_layer`."""
        return self.layers[number - 1] if number else self.input_layer

    def layer_name(self, number: int) -> str:
        """The name shown for a layer: its own, or "input", "hidden n", "output"."""
        if number == 0:
            return "input"
        own = self.layers[number - 1].name
        if own:
            return own
        return "output" if number == self.depth else f"hidden {number}"

    def sources(self, number: int) -> tuple[int, ...]:
        """The layers that layer ``number`` receives from, ascending."""
        return self.layers[number - 1].sources or (number - 1,)

    @cached_property
    def is_chain(self) -> bool:
        """Whether every layer receives from the one before it alone."""
        return all(self.sources(n) == (n - 1,) for n in range(1, self.depth + 1))

    @cached_property
    def consumers(self) -> tuple[tuple[int, ...], ...]:
        """Per layer from the input on (L + 1): the layers that receive from it."""
        return tuple(
            tuple(n for n in range(1, self.depth + 1) if own in self.sources(n))
            for own in range(self.depth + 1)
        )

    def fan_in(self, number: int) -> int:
        """Numbers that each neuron of layer ``number`` receives."""
        return sum(self.sizes[source] for source in self.sources(number))

    def source_columns(self, number: int) -> tuple[tuple[int, slice], ...]:
        """Which columns of layer ``number``'s weights belong to which source layer."""
        columns: list[tuple[int, slice]] = []
        start = 0
        for source in self.sources(number):
            columns.append((source, slice(start, start + self.sizes[source])))
            start += self.sizes[source]
        return tuple(columns)

    def source_of(self, number: int, column: int) -> tuple[int, int]:
        """(layer, neuron from 0) that a column of layer ``number``'s weights comes from."""
        for source, columns in self.source_columns(number):
            if columns.start <= column < columns.stop:
                return source, column - columns.start
        raise IndexError(f"layer {number} has no column {column}")

    @cached_property
    def _slices(self) -> tuple[tuple[slice, slice, slice, slice], ...]:
        """Per layer where weights, biases, gamma and beta stand in ``theta``."""
        slices: list[tuple[slice, slice, slice, slice]] = []
        start = 0
        for number, layer in enumerate(self.layers, start=1):
            normalized = layer.units if layer.batch_normalization else 0
            ends = [start]
            for size in (
                self.fan_in(number) * layer.units,
                layer.units if layer.bias else 0,
                normalized,
                normalized,
            ):
                ends.append(ends[-1] + size)
            slices.append(
                (
                    slice(ends[0], ends[1]),
                    slice(ends[1], ends[2]),
                    slice(ends[2], ends[3]),
                    slice(ends[3], ends[4]),
                )
            )
            start = ends[4]
        return tuple(slices)

    @cached_property
    def weight_slices(self) -> tuple[slice, ...]:
        """Where each layer's weights stand in ``theta``; index 0 is layer 1."""
        return tuple(own[0] for own in self._slices)

    @cached_property
    def bias_slices(self) -> tuple[slice, ...]:
        """Where each layer's biases stand in ``theta``; an empty slice where it has none."""
        return tuple(own[1] for own in self._slices)

    @cached_property
    def variables(self) -> tuple[slice, ...]:
        """Where each array of parameters stands: W, b, gamma, beta of each layer that has them."""
        return tuple(part for own in self._slices for part in own if part.start < part.stop)

    @cached_property
    def layer_slices(self) -> tuple[slice, ...]:
        """Where everything of a layer stands in ``theta``."""
        return tuple(slice(own[0].start, own[3].stop) for own in self._slices)

    @cached_property
    def parameters_per_layer(self) -> tuple[int, ...]:
        """Trainable numbers of each layer, (fan_in + 1) * units with biases."""
        return tuple(own.stop - own.start for own in self.layer_slices)

    @property
    def parameter_count(self) -> int:
        """Length of ``theta``."""
        return sum(self.parameters_per_layer)

    def place_of(self, number: int, neuron: int, column: int) -> int:
        """Where in ``theta`` a weight of layer ``number`` stands; column -1 is the bias.

        Raises
        ------
        IndexError : if the network has no such parameter.
        """
        if not 1 <= number <= self.depth or not 0 <= neuron < self.layer(number).units:
            raise IndexError(f"no neuron {neuron} in layer {number}")
        weights, biases = self._slices[number - 1][:2]
        if column == -1 and biases.start < biases.stop:
            return int(biases.start) + neuron
        if not 0 <= column < self.fan_in(number):
            raise IndexError(f"layer {number} has no column {column}")
        return int(weights.start) + neuron * self.fan_in(number) + column

    def weights(self, theta: Array, number: int) -> Array:
        """View of layer ``number``'s weights in ``theta``: (units, fan_in)."""
        units = self.layers[number - 1].units
        return theta[self.weight_slices[number - 1]].reshape(units, self.fan_in(number))

    def biases(self, theta: Array, number: int) -> Array | None:
        """View of layer ``number``'s biases in ``theta``: (units,), or None without bias."""
        return self._view(theta, number, 1)

    def gamma(self, theta: Array, number: int) -> Array | None:
        """View of the scale of layer ``number``'s batch normalization: (units,), or None."""
        return self._view(theta, number, 2)

    def beta(self, theta: Array, number: int) -> Array | None:
        """View of the shift of layer ``number``'s batch normalization: (units,), or None."""
        return self._view(theta, number, 3)

    def array_of(self, theta: Array, number: int, name: str) -> Array | None:
        """View of what is called "W", "b", "gamma" or "beta" in layer ``number``, if it has that.

        (units, fan_in) for "W", else (units,).

        Raises
        ------
        KeyError : another name.
        """
        view = {"W": self.weights, "b": self.biases, "gamma": self.gamma, "beta": self.beta}[name]
        return view(theta, number)

    def _view(self, theta: Array, number: int, part: int) -> Array | None:
        own = self._slices[number - 1][part]
        return None if own.start == own.stop else theta[own]


def renumbered(sources: Sequence[int], number: int) -> tuple[int, ...]:
    """The sources of layer ``number`` as a spec holds them: empty for the layer before alone."""
    own = tuple(sorted(set(sources)))
    return () if own == (number - 1,) else own
