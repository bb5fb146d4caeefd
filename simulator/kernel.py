"""The inner loop: so many iterations of an epoch, one after the other.

This is the seam for speed: flat arrays in, flat arrays out.  The NumPy kernel here is the
reference; a compiled one must give the same numbers through the same two methods.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.backprop import Pass
from simulator.losses import make_loss
from simulator.network import Network
from simulator.optimizers import Optimizer
from simulator.project import Project


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run of the kernel did.

    ``completed`` iterations were updated; ``loss_sum`` is the sum of their samples' losses.  When
    it is fewer than asked for, the next iteration's loss was not finite, or had grown beyond
    ``loss_limit``, and nothing was updated.
    """

    completed: int
    loss_sum: float


class NumpyKernel:
    """Runs iterations with :class:`~simulator.backprop.Pass`."""

    def __init__(self, project: Project, network: Network, optimizer: Optimizer) -> None:
        self._project = project
        self._network = network
        self._optimizer = optimizer
        self._loss = make_loss(project.loss, dict(project.loss_parameters))
        self._data = project.data
        self._given_masks = [
            (index, given.mask)
            for index, given in enumerate(project.parameters)
            if given.mask is not None
        ]
        self._passes: dict[int, Pass] = {}
        self.last_pass = self._pass_of(project.batch_size)
        self.loss_limit = math.nextafter(math.inf, 0.0)

    def run(
        self, order: NDArray[np.intp], position: int, count: int, first_iteration: int
    ) -> Progress:
        """Run ``count`` mini-batches of an epoch from sample ``position`` of its order on.

        order : (N,) the epoch's order of the samples; first_iteration : number of the first
        iteration, counted from 1, which its dropout masks are drawn from.
        """
        batch_size = self._project.batch_size
        loss_sum = 0.0
        for offset in range(count):
            start = position + offset * batch_size
            samples = order[start : start + batch_size]
            loss = self.compute(samples, first_iteration + offset)
            # Written so that NaN, which is not below anything, ends the run too.
            if not loss <= self.loss_limit:
                return Progress(offset, loss_sum)
            loss_sum += loss * len(samples)
            self._optimizer.step(self._network.theta, self.last_pass.gradient)
        return Progress(count, loss_sum)

    def compute(self, samples: NDArray[np.intp], iteration: int) -> float:
        """Forward, loss and backward of one mini-batch; its values stay in ``last_pass``."""
        current = self._pass_of(len(samples))
        self.last_pass = current
        # mode="clip" lets NumPy write straight into the buffer; the indices are valid anyway.
        self._data.inputs.take(samples, axis=0, out=current.x, mode="clip")
        self._data.targets.take(samples, axis=0, out=current.target, mode="clip")
        current.draw_masks(self._project.training.seed, iteration)
        for index, given in self._given_masks:
            current.set_mask(index + 1, given.take(samples, axis=0))
        current.forward()
        loss = current.compute_loss()
        if math.isfinite(loss):
            current.backward()
        return loss

    def _pass_of(self, size: int) -> Pass:
        # Two sizes at most: the mini-batch, and the smaller one that may end an epoch.
        if size not in self._passes:
            self._passes[size] = Pass(self._network, self._loss, size)
        return self._passes[size]
