"""One pass through the network: forward, loss, backward, gradient, in buffers made once.

With a_0 = x, for each layer l of L and each sample (row)::

    z_l = a_{l-1} W_lᵀ + b_l          pre-activation, (N, units)
    phi_l = phi(z_l)                  activation
    a_l = phi_l ⊙ mask_l · scale_l    output, what the next layer receives
    E = loss(a_L, target)

and backwards::

    error_l = dE/da_l                 error_L from the loss, error_l = delta_{l+1} W_{l+1}
    delta_l = dE/dz_l                 = phi'(z_l) ⊙ mask_l · scale_l ⊙ error_l
    dE/dW_l = delta_lᵀ a_{l-1} / N    mean over the mini-batch
    dE/db_l = sum_n delta_l / N

Sources: Rumelhart, Hinton & Williams 1986; deck B's order of operations; dropout after Srivastava
et al. 2014.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator import counter_random
from simulator.activations import make_activation
from simulator.losses import Loss
from simulator.network import LayerSpec, Network

Array = NDArray[np.float64]


class Pass:
    """The buffers and operations of a pass of ``size`` samples through ``network``.

    Per-layer lists have index 0 for layer 1.  Buffers keep the values of the last pass until the
    next one.

    Attributes
    ----------
    x, target : (N, n_in), (N, n_out).
    z, activation, output, error, delta : (N, units) per layer.
    mask : (N, units) of 0.0 and 1.0 per layer, None for a layer without dropout.
    loss_per_sample : (N,).
    gradient : (parameter_count,), of the mean loss; W- and b-shaped views inside.
    fused : whether loss and output activation are differentiated together.
    """

    def __init__(self, network: Network, loss: Loss, size: int) -> None:
        spec = network.spec
        self.network = network
        self.loss = loss
        self.size = size
        self.x: Array = np.zeros((size, spec.inputs))
        self.target: Array = np.zeros((size, spec.outputs))
        shapes = [(size, layer.units) for layer in spec.layers]
        self.z = [np.zeros(shape) for shape in shapes]
        self.activation = [np.zeros(shape) for shape in shapes]
        self.error = [np.zeros(shape) for shape in shapes]
        self.delta = [np.zeros(shape) for shape in shapes]
        self.mask: list[Array | None] = [
            np.ones(shape) if layer.dropout_rate > 0.0 else None
            for shape, layer in zip(shapes, spec.layers, strict=True)
        ]
        # Without dropout a layer's output is its activation: the same buffer under two names.
        self.output = [
            activation if mask is None else np.zeros_like(activation)
            for activation, mask in zip(self.activation, self.mask, strict=True)
        ]
        self.loss_per_sample: Array = np.zeros(size)
        self.gradient: Array = np.zeros(spec.parameter_count)
        self._functions = [
            make_activation(layer.activation, dict(layer.activation_parameters))
            for layer in spec.layers
        ]
        self.fused = (
            loss.fused == spec.layers[-1].activation and spec.layers[-1].dropout_rate == 0.0
        )
        numbers = range(1, spec.depth + 1)
        self._gradient_W = [spec.weights(self.gradient, number) for number in numbers]
        self._gradient_b = [spec.biases(self.gradient, number) for number in numbers]
        self._transposed_W = [weights.T for weights in network.W]
        self._transposed_delta = [delta.T for delta in self.delta]
        self._inputs = [self.x, *self.output[:-1]]
        self._rows = np.zeros((size, 1))
        self._scratch = np.zeros((size, spec.outputs))
        # What an output is multiplied by in training: the mask times its scale.
        self._factor = [
            None if mask is None else mask * layer.training_scale
            for mask, layer in zip(self.mask, spec.layers, strict=True)
        ]
        self._drawn = [
            _DropoutDraw(index, shape, layer)
            for index, (shape, layer) in enumerate(zip(shapes, spec.layers, strict=True))
            if layer.dropout_rate > 0.0
        ]
        # The part of a layer's error that gets past its mask.
        self._passed_error = [None if mask is None else np.zeros_like(mask) for mask in self.mask]
        self._first_delta = [delta[0] for delta in self.delta]

    def draw_masks(self, seed: int, iteration: int) -> None:
        """Draw this iteration's dropout masks, a function of (seed, iteration, layer) alone."""
        for dropout in self._drawn:
            mask, factor = dropout.draw(seed, iteration)
            self.mask[dropout.index] = mask
            self._factor[dropout.index] = factor

    def set_mask(self, number: int, mask: Array) -> None:
        """Use a given ``mask`` (N, units) of 0 and 1 for layer ``number`` until the next draw."""
        self.mask[number - 1] = mask
        self._factor[number - 1] = mask * self.network.spec.layer(number).training_scale

    def forward(self) -> None:
        """From ``x`` to the outputs as in training, with the masks as they stand."""
        self._propagate(training=True)

    def infer(self) -> None:
        """From ``x`` to the outputs as at test time: nothing dropped, classic dropout scaled."""
        self._propagate(training=False)

    def _propagate(self, training: bool) -> None:
        layers = self.network.spec.layers
        for index, function in enumerate(self._functions):
            z = self.z[index]
            np.dot(self._inputs[index], self._transposed_W[index], out=z)
            biases = self.network.b[index]
            if biases is not None:
                z += biases
            function.forward(z, self.activation[index], self._rows)
            factor = self._factor[index]
            if factor is not None:
                scale = factor if training else layers[index].inference_scale
                np.multiply(self.activation[index], scale, out=self.output[index])

    def compute_loss(self) -> float:
        """Fill ``loss_per_sample`` from the last forward pass; return its mean."""
        last = self.activation[-1]
        if self.fused:
            self.loss.fused_per_sample(
                self.z[-1], last, self.target, self.loss_per_sample, self._scratch
            )
        else:
            self.loss.per_sample(self.output[-1], self.target, self.loss_per_sample, self._scratch)
        return float(np.add.reduce(self.loss_per_sample)) / self.size

    def backward(self) -> None:
        """From the loss back to every delta and the gradient of the mini-batch's mean loss."""
        last = len(self._functions) - 1
        for index in range(last, -1, -1):
            delta = self.delta[index]
            if index == last and self.fused:
                self.loss.fused_delta(self.activation[index], self.target, delta, self._scratch)
            else:
                if index == last:
                    self.output_error()
                else:
                    np.dot(self.delta[index + 1], self.network.W[index + 1], out=self.error[index])
                self._delta_from_error(index)
            np.dot(self._transposed_delta[index], self._inputs[index], out=self._gradient_W[index])
            gradient_b = self._gradient_b[index]
            if gradient_b is not None:
                if self.size == 1:
                    np.copyto(gradient_b, self._first_delta[index])
                else:
                    np.add.reduce(delta, axis=0, out=gradient_b)
        if self.size > 1:
            self.gradient *= 1.0 / self.size

    def output_error(self) -> None:
        """Fill the last layer's error, dE/d(output), which a fused delta does not need."""
        self.loss.error(self.output[-1], self.target, self.error[-1], self._scratch)

    def _delta_from_error(self, index: int) -> None:
        error = self.error[index]
        factor, passed = self._factor[index], self._passed_error[index]
        if factor is not None and passed is not None:
            np.multiply(error, factor, out=passed)
            error = passed
        self._functions[index].backward(
            self.z[index], self.activation[index], error, self.delta[index], self._rows
        )


class _DropoutDraw:
    """Draws one layer's masks, for a block of iterations at a time because that is faster."""

    def __init__(self, index: int, shape: tuple[int, int], layer: LayerSpec) -> None:
        self.index = index
        size = shape[0] * shape[1]
        self._length = max(1, min(64, 65_536 // size))
        self._shape = (self._length, *shape)
        self._scale = layer.training_scale
        self._limit = counter_random.threshold(layer.keep_probability)
        self._offsets = counter_random.positions(size)
        self._words = np.zeros((self._length, size), dtype=np.uint64)
        self._scratch = np.zeros_like(self._words)
        self._block = (-1, -1)
        self._masks: Array = np.zeros(self._shape)
        self._factors: Array = np.zeros(self._shape)

    def draw(self, seed: int, iteration: int) -> tuple[Array, Array]:
        """The mask of an iteration, and the mask times its scale: (N, units) each."""
        number, position = divmod(iteration, self._length)
        if self._block != (seed, number):
            self._draw_block(seed, number)
        return self._masks[position], self._factors[position]

    def _draw_block(self, seed: int, number: int) -> None:
        first = number * self._length
        keys = np.array(
            [
                counter_random.dropout_key(seed, self.index + 1, first + position)
                for position in range(self._length)
            ],
            dtype=np.uint64,
        )
        counter_random.fill(self._words, self._scratch, self._offsets, keys[:, None])
        self._masks[...] = (self._words < self._limit).reshape(self._shape)
        np.multiply(self._masks, self._scale, out=self._factors)
        self._block = (seed, number)
