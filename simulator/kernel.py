"""The inner loop: so many iterations of an epoch, one after the other.

This is the seam for speed: flat arrays in, flat arrays out.  The NumPy kernel here is the
reference; a compiled one must give the same numbers through the same two methods.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.backprop import Pass
from simulator.data.augmentation import augment
from simulator.losses import make_loss
from simulator.network import Network
from simulator.optimizers import Optimizer
from simulator.project import Project
from simulator.rules import learns, make_rule


class Progress(NamedTuple):
    """What a run of the kernel did.

    ``completed`` iterations were updated; ``loss_sum`` is the sum of the epoch's losses so far,
    and ``mistakes`` counts the samples a learning rule corrected.  When ``completed`` is fewer than
    asked for, the next iteration's loss was not finite, or had grown beyond ``loss_limit``, and
    nothing was updated.
    """

    completed: int
    loss_sum: float
    mistakes: int = 0


class NumpyKernel:
    """Runs iterations with :class:`~simulator.backprop.Pass`."""

    def __init__(self, project: Project, network: Network, optimizer: Optimizer) -> None:
        self._project = project
        self._network = network
        self._optimizer = optimizer
        self._loss = make_loss(project.loss, dict(project.loss_parameters))
        self._rule = make_rule(project.training.rule, project.network.layers[-1].activation)
        self._counts_mistakes = project.training.rule == "perceptron"
        precision = project.training.precision
        data = project.prepared
        self._inputs = np.ascontiguousarray(data.training.inputs, precision)
        # A sample is a column here, as in the target buffer of a pass.
        self._targets = np.ascontiguousarray(data.training.targets.T, precision)
        self._unit_targets = bool((self._targets.sum(axis=0) == 1.0).all())
        self._augmentation = project.training.augmentation
        self._augments = self._augmentation.active
        self._seed = project.training.seed
        self._scaler = data.scaler
        self._given_masks = [
            (number, given.mask[data.training.rows])
            for number, given in enumerate(project.parameters, start=1)
            if given.mask is not None
        ]
        self._draws = any(
            layer.dropout_rate or layer.noise
            for layer in (project.network.input_layer, *project.network.layers)
        )
        self._limited = [
            (weights, self._fixed(index), layer.max_norm)
            for index, (weights, layer) in enumerate(
                zip(network.W, project.network.layers, strict=True)
            )
            if layer.max_norm > 0.0 and learns(project.training.rule)
        ]
        self._batch_size = project.batch_size
        # A batch of all samples is the same in every iteration, unless something disturbs it.
        self._keeps_batch = self._batch_size == len(data.training) and not self._augments
        self._passes: dict[int, Pass] = {}
        self.last_pass = self._whole_pass = self._pass_of(project.batch_size)
        self.loss_limit = math.nextafter(math.inf, 0.0)
        if self._keeps_batch:
            self._gather(np.arange(self._batch_size), self.last_pass)

    def run(
        self,
        order: NDArray[np.intp],
        position: int,
        count: int,
        first_iteration: int,
        loss_sum: float = 0.0,
    ) -> Progress:
        """Run ``count`` mini-batches of an epoch from sample ``position`` of its order on.

        order : (N,) the epoch's order of the training samples; first_iteration : number of the
        first iteration, counted from 1, which its dropout masks are drawn from; ``loss_sum`` : that
        of the epoch so far, which is added to (in one row, so that it is the same to the bit
        however the epoch is cut).
        """
        batch_size = self._batch_size
        theta, step, compute = self._network.theta, self._optimizer.step, self.compute
        limit, limited = self.loss_limit, self._limited
        mistakes = 0
        for offset in range(count):
            start = position + offset * batch_size
            samples = order[start : start + batch_size]
            loss = compute(samples, first_iteration + offset)
            # Written so that NaN, which is not below anything, ends the run too.
            if not loss <= limit:
                return Progress(offset, loss_sum, mistakes)
            loss_sum += loss * len(samples)
            if self._counts_mistakes:
                mistakes += int(np.count_nonzero(self.last_pass.delta[-1].any(axis=1)))
            step(theta, self.last_pass.gradient)
            for weights, fixed, longest in limited:
                _limit_rows(weights, fixed, longest)
        return Progress(count, loss_sum, mistakes)

    def _fixed(self, index: int) -> NDArray[np.bool_] | None:
        """Which weights of a layer do not learn: (units, fan_in), or None where all do."""
        mask = self._network.trainable_mask
        if mask is None:
            return None
        fixed: NDArray[np.bool_] = self._network.spec.weights(mask, index + 1) == 0.0
        return fixed

    def compute(self, samples: NDArray[np.intp], iteration: int) -> float:
        """Forward, loss and backward of one mini-batch; its values stay in ``last_pass``."""
        size = len(samples)
        current = self._whole_pass if size == self._batch_size else self._pass_of(size)
        self.last_pass = current
        if not self._keeps_batch:
            self._gather(samples, current)
        if self._augments:
            self._augment(samples, current.x, iteration)
        if self._draws:
            current.draw(self._seed, iteration)
            for number, given in self._given_masks:
                current.set_mask(number, given.take(samples, axis=0))
        current.forward()
        loss = current.compute_loss()
        if math.isfinite(loss):
            current.backward()
        return loss

    def _gather(self, samples: NDArray[np.intp], current: Pass) -> None:
        # mode="clip" lets NumPy write straight into the buffer; the indices are valid anyway.
        self._inputs.take(samples, 0, current.x, "clip")
        self._targets.take(samples, 1, current.target_columns, "clip")

    def _augment(self, samples: NDArray[np.intp], out: Array, iteration: int) -> None:
        """Disturb the samples as they are in the data set, then scale them."""
        data = self._project.data
        raw = data.inputs[self._project.prepared.training.rows[samples]]
        augment(self._augmentation, data.picture, raw, self._seed, iteration)
        out[...] = raw if self._scaler is None else self._scaler.transform(raw)

    def _pass_of(self, size: int) -> Pass:
        # Two sizes at most: the mini-batch, and the smaller one that may end an epoch.
        if size not in self._passes:
            self._passes[size] = Pass(
                self._network, self._loss, size, self._rule, self._unit_targets
            )
        return self._passes[size]


def _limit_rows(weights: Array, fixed: NDArray[np.bool_] | None, longest: float) -> None:
    """Scale every row (the weights into one neuron) that is longer back to ``longest``.

    What is ``fixed`` stays as it is; its row may then stay longer.
    """
    norms = np.sqrt(np.einsum("ij,ij->i", weights, weights))
    too_long = norms > longest
    if too_long.any():
        factor = np.where(too_long, longest / norms, 1.0)[:, None]
        scaled = weights * factor
        weights[...] = scaled if fixed is None else np.where(fixed, weights, scaled)
