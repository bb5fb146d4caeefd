"""One pass through the network: forward, loss, backward, gradient, in buffers made once.

With output_0 = x, for each layer l of L and each sample (row)::

    z_l = input_l W_lᵀ + b_l          pre-activation; input_l is the output of the layer before,
                                      or of several layers side by side
    y_l = z_l, or batch normalized    what the activation receives
    phi_l = phi(y_l)                  activation
    a_l = (phi_l + noise_l) ⊙ mask_l · scale_l    output, what the next layers receive
    E = loss(a_L, target)

and backwards::

    error_l = dE/da_l                 error_L from the loss, else the sum of delta_k W_k over the
                                      layers k that receive from l
    delta_l = dE/dz_l                 = phi'(z_l) ⊙ mask_l · scale_l ⊙ error_l
    dE/dW_l = delta_lᵀ input_l / N    mean over the mini-batch
    dE/db_l = sum_n delta_l / N

A pass is worked out once, when it is made, into three lists of calls with their buffers bound to
them: training forward, test-time forward, backward.  What a network does not have costs nothing.

Matrices of more samples than neurons are kept column by column (a neuron's values of all samples
lie side by side), which lets NumPy add a bias or sum a gradient in one sweep.

Sources: Rumelhart, Hinton & Williams 1986; deck B's order of operations; dropout after Srivastava
et al. 2014.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from simulator.arrays import Array
from simulator.draws import DropoutDraw, NoiseDraw
from simulator.losses import Loss
from simulator.network import Network
from simulator.normalization import BatchNormalization
from simulator.rules import Rule
from simulator.trace import VALUES, layer_views

Call = Callable[[], object]


class Pass:
    """The buffers and operations of a pass of ``size`` samples through ``network``.

    Per-layer lists have index 0 for layer 1.  Buffers keep the values of the last pass until the
    next one.

    Attributes
    ----------
    x, target : (N, n_in), (N, n_out); ``target_columns`` is the target transposed.
    values : z, activation, error and delta of all layers as one vector, see
        :func:`simulator.trace.layer_views`.
    z, activation, output, error, delta : (N, units) per layer.
    normalized : (N, units) per layer, what the activation receives where the layer has batch
        normalization, else None.
    mask : (N, units) of 0.0 and 1.0 per layer, None for a layer without dropout.
    noise : (N, units) per layer, None for a layer without noise.
    input_mask, input_noise, input : the same for the inputs, and what layer 1 receives of them.
    loss_per_sample, mean_loss : (N,), and what :meth:`compute_loss` returned last.
    gradient : (parameter_count,), of the mean loss and the penalty; W- and b-shaped views inside.
    fused : whether output activation and loss are computed together, and differentiated so.
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        size: int,
        rule: Rule | None = None,
        unit_targets: bool = False,
    ) -> None:
        """``unit_targets`` says that each sample's targets will add up to exactly 1."""
        spec = network.spec
        self.network = network
        self.loss = loss
        self.size = size
        self._rule = rule
        self._unit_targets = unit_targets
        self._dtype = network.theta.dtype
        self.x: Array = np.zeros((size, spec.inputs), self._dtype)
        self.target = self._buffer(spec.outputs)
        self.target_columns = self.target.T
        self.values: Array = np.zeros(len(VALUES) * size * sum(spec.sizes[1:]), self._dtype)
        self.z, self.activation, self.error, self.delta = (
            list(views) for views in layer_views(spec, size, self.values)
        )
        self.gradient: Array = np.zeros(spec.parameter_count, self._dtype)
        self._make_disturbances()
        self._inputs = [self._input_of(number) for number in range(1, spec.depth + 1)]
        self.loss_per_sample: Array = np.zeros(size, self._dtype)
        self.mean_loss = 0.0
        last = spec.layers[-1]
        self.fused = rule is None and (
            loss.fused == last.activation
            and not last.neuron_activations
            and last.dropout_rate == 0.0
            and last.noise == 0.0
        )
        self._functions = [layer.make_activation() for layer in spec.layers]
        self._normalization = [
            None
            if layer.batch_normalization is None
            else BatchNormalization(
                layer.batch_normalization, network, index, self.z[index], self.gradient
            )
            for index, layer in enumerate(spec.layers)
        ]
        self.normalized = [None if own is None else own.output for own in self._normalization]
        numbers = range(1, spec.depth + 1)
        self._gradient_W = [spec.weights(self.gradient, number) for number in numbers]
        self._gradient_b = [spec.biases(self.gradient, number) for number in numbers]
        self._rows = np.zeros((size, 1), self._dtype)
        self._scratch = self._buffer(spec.outputs)
        self._ones = np.ones(size, self._dtype)
        self._penalties = self._make_penalties()
        self._training_calls = self._plan_forward(training=True)
        self._inference_calls = self._plan_forward(training=False)
        self._backward_calls = self._plan_backward()

    def _buffer(self, units: int) -> Array:
        return np.zeros((self.size, units), self._dtype, order="F")

    def _make_disturbances(self) -> None:
        """Buffers and draws for the dropout and noise of the inputs and of every layer."""
        spec = self.network.spec
        layers = [spec.input_layer, *spec.layers]
        self._draws = [
            DropoutDraw(number, (self.size, layer.units), layer, self.x)
            for number, layer in enumerate(layers)
            if layer.dropout_rate > 0.0
        ]
        self._noises = [
            NoiseDraw(number, (self.size, layer.units), layer.noise)
            for number, layer in enumerate(layers)
            if layer.noise > 0.0
        ]
        dropped = [layer.dropout_rate > 0.0 for layer in layers]
        masks = [
            np.ones((self.size, layer.units), self._dtype) if drops else None
            for layer, drops in zip(layers, dropped, strict=True)
        ]
        noises = [self._buffer(layer.units) if layer.noise > 0.0 else None for layer in layers]
        self.input_mask, self.mask = masks[0], masks[1:]
        self.input_noise, self.noise = noises[0], noises[1:]
        # What an output is multiplied by in training: the mask times its scale.
        self._factor = [
            None if mask is None else mask * layer.training_scale
            for mask, layer in zip(masks, layers, strict=True)
        ]
        # Undisturbed, a layer's output is its activation: the same buffer under two names.
        sources = [self.x, *self.activation]
        outputs = [
            values if mask is None and noise is None else np.zeros_like(values)
            for values, mask, noise in zip(sources, masks, noises, strict=True)
        ]
        self.input, self.output = outputs[0], outputs[1:]
        # The part of a layer's error that gets past its mask.
        self._passed_error = [
            None if mask is None else np.zeros_like(error)
            for mask, error in zip(self.mask, self.error, strict=True)
        ]

    def _output_of(self, number: int) -> Array:
        return self.output[number - 1] if number else self.input

    def _input_of(self, number: int) -> Array:
        """What a layer receives: another layer's output itself, or room for several."""
        sources = self.network.spec.sources(number)
        if len(sources) == 1:
            return self._output_of(sources[0])
        return self._buffer(self.network.spec.fan_in(number))

    def _make_penalties(self) -> list[tuple[Call, Callable[[], float]]]:
        """Per penalized part of theta: what adds to the gradient, and what gives the penalty."""
        spec, theta = self.network.spec, self.network.theta
        parts: list[tuple[Call, Callable[[], float]]] = []
        for index, layer in enumerate(spec.layers):
            regularizer = layer.regularizer
            if not regularizer.active:
                continue
            places = [spec.weight_slices[index]]
            if regularizer.biases and layer.bias:
                places.append(spec.bias_slices[index])
            for place in places:
                values, gradient = theta[place], self.gradient[place]
                scratch = np.zeros_like(values)
                add = partial(regularizer.add_gradient, values, gradient, scratch)
                parts.append((add, partial(regularizer.penalty, values)))
        return parts

    # --- Planning ---------------------------------------------------------------------------------

    def _plan_forward(self, training: bool) -> list[Call]:
        spec = self.network.spec
        calls = self._plan_disturbance(0, self.x, training)
        for index in range(spec.depth):
            number = index + 1
            z, received = self.z[index], self._inputs[index]
            if len(spec.sources(number)) > 1:
                for source, columns in spec.source_columns(number):
                    calls.append(partial(np.copyto, received[:, columns], self._output_of(source)))
            calls.append(partial(self.network.W[index].dot, received.T, z.T))
            biases = self.network.b[index]
            if biases is not None:
                # One sample is a vector: adding two is faster than adding a vector to each row.
                rows = z.reshape(-1) if self.size == 1 else z
                calls.append(partial(np.add, rows, biases, rows))
            normalization = self._normalization[index]
            if normalization is not None:
                calls.append(normalization.forward if training else normalization.infer)
                z = normalization.output
            calls.append(self._plan_activation(index, z))
            calls += self._plan_disturbance(number, self.activation[index], training)
        return calls

    def _plan_activation(self, index: int, z: Array) -> Call:
        activation = self.activation[index]
        if index < self.network.spec.depth - 1 or not self.fused:
            return partial(self._functions[index].forward, z, activation, self._rows)
        return partial(
            self.loss.fused_forward,
            *(z, self.target, activation, self.loss_per_sample, self._scratch, self._rows),
            self._unit_targets,
        )

    def _plan_disturbance(self, number: int, values: Array, training: bool) -> list[Call]:
        """The way from a layer's values to its output, through noise and dropout."""
        output = self._output_of(number)
        if output is values:
            return []
        noise = self.noise[number - 1] if number else self.input_noise
        dropped = self._factor[number] is not None
        scale = self.network.spec.layer(number).inference_scale
        if not training:
            return [partial(np.multiply, values, scale if dropped else 1.0, output)]
        calls: list[Call] = []
        if noise is not None:
            calls.append(partial(np.add, values, noise, output))
            values = output
        if dropped:
            calls.append(partial(self._drop, number, values, output))
        return calls

    def _drop(self, number: int, values: Array, output: Array) -> None:
        # The factor is another array after each draw.
        factor = self._factor[number]
        assert factor is not None
        np.multiply(values, factor, output)

    def _plan_backward(self) -> list[Call]:
        spec = self.network.spec
        calls: list[Call] = []
        # A learning rule trains the last layer alone; those before it are set by hand.
        first = 1 if self._rule is None else spec.depth
        for number in range(spec.depth, first - 1, -1):
            index = number - 1
            if number == spec.depth:
                calls += self._plan_output_delta()
            else:
                calls += self._plan_error(number)
                calls += self._plan_delta(index)
            delta_T = self.delta[index].T
            calls.append(partial(delta_T.dot, self._inputs[index], self._gradient_W[index]))
            gradient_b = self._gradient_b[index]
            if gradient_b is not None:
                calls.append(partial(delta_T.dot, self._ones, gradient_b))
        if self.size > 1:
            calls.append(partial(np.multiply, self.gradient, 1.0 / self.size, self.gradient))
        calls += [add for add, _ in self._penalties]
        if self.network.link_mask is not None:
            mask = self.network.link_mask
            calls.append(partial(np.multiply, self.gradient, mask, self.gradient))
        return calls

    def _plan_output_delta(self) -> list[Call]:
        index = self.network.spec.depth - 1
        delta, normalization = self.delta[index], self._normalization[index]
        if self._rule is not None:
            write = self._rule.write_delta
            # The rule does not use the loss's derivative, but the step that shows it must be true.
            return [
                self.output_error,
                partial(write, self.z[index], self.output[index], self.target, delta),
            ]
        if not self.fused:
            return [self.output_error, *self._plan_delta(index)]
        into = delta if normalization is None else normalization.error
        fused = self.loss.fused_delta
        calls: list[Call] = [
            partial(
                fused,
                *(self.activation[index], self.target, into, self._scratch, self._unit_targets),
            )
        ]
        if normalization is not None:
            calls.append(partial(normalization.backward, delta))
        return calls

    def _plan_error(self, number: int) -> list[Call]:
        """The sum over the layers that receive from layer ``number``."""
        spec = self.network.spec
        error = self.error[number - 1]
        calls: list[Call] = []
        for consumer in spec.consumers[number]:
            columns = dict(spec.source_columns(consumer))[number]
            weights_T = self.network.W[consumer - 1][:, columns].T
            delta_T = self.delta[consumer - 1].T
            if not calls:
                calls.append(partial(weights_T.dot, delta_T, error.T))
            else:
                more = np.zeros_like(error)
                calls.append(partial(weights_T.dot, delta_T, more.T))
                calls.append(partial(np.add, error, more, error))
        return calls

    def _plan_delta(self, index: int) -> list[Call]:
        """From the error at a layer's output through dropout, activation and normalization."""
        calls: list[Call] = []
        error, passed = self.error[index], self._passed_error[index]
        if passed is not None:
            calls.append(partial(self._drop, index + 1, error, passed))
            error = passed
        normalization = self._normalization[index]
        z, into = self.z[index], self.delta[index]
        if normalization is not None:
            z, into = normalization.output, normalization.error
        backward = self._functions[index].backward
        calls.append(partial(backward, z, self.activation[index], error, into, self._rows))
        if normalization is not None:
            calls.append(partial(normalization.backward, self.delta[index]))
        return calls

    # --- Running ----------------------------------------------------------------------------------

    def draw(self, seed: int, iteration: int) -> None:
        """Draw this iteration's dropout masks and noise, a function of (seed, iteration) alone."""
        for dropout in self._draws:
            self._use_mask(dropout.number, *dropout.draw(seed, iteration))
        for noise in self._noises:
            out = self.noise[noise.number - 1] if noise.number else self.input_noise
            assert out is not None
            noise.draw(seed, iteration, out)

    def set_mask(self, number: int, mask: Array) -> None:
        """Use a given ``mask`` (N, units) of 0 and 1 for layer ``number`` until the next draw."""
        self._use_mask(number, mask, mask * self.network.spec.layer(number).training_scale)

    def set_noise(self, number: int, noise: Array) -> None:
        """Use a given ``noise`` (N, units) for layer ``number`` until the next draw."""
        out = self.noise[number - 1] if number else self.input_noise
        if out is None:
            raise ValueError(f"layer {number} has no noise")
        out[...] = noise

    def _use_mask(self, number: int, mask: Array, factor: Array) -> None:
        self._factor[number] = factor
        if number:
            self.mask[number - 1] = mask
        else:
            self.input_mask = mask

    def forward(self) -> None:
        """From ``x`` to the outputs as in training, with masks and noise as they stand."""
        for call in self._training_calls:
            call()

    def infer(self) -> None:
        """From ``x`` to the outputs as at test time: nothing dropped, classic dropout scaled."""
        for call in self._inference_calls:
            call()

    def backward(self) -> None:
        """Fill deltas and gradient from the last forward pass."""
        for call in self._backward_calls:
            call()

    def compute_loss(self) -> float:
        """Fill ``loss_per_sample`` from the last forward pass; return its mean (no penalty)."""
        if not self.fused:
            self.loss.per_sample(self.output[-1], self.target, self.loss_per_sample, self._scratch)
        if self.size == 1:
            self.mean_loss = float(self.loss_per_sample.item())
        else:
            self.mean_loss = float(self.loss_per_sample.dot(self._ones)) / self.size
        return self.mean_loss

    def penalty(self) -> float:
        """What the regularizers add to the loss with the parameters as they are."""
        return sum((penalty() for _, penalty in self._penalties), 0.0)

    def output_error(self) -> None:
        """Fill the last layer's error, dE/d(output), which a fused delta does not need."""
        self.loss.error(self.output[-1], self.target, self.error[-1], self._scratch)
