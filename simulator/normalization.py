"""Batch normalization of one layer: z becomes y = gamma · (z - mean) / sqrt(var + eps) + beta.

Mean and variance are those of the mini-batch in training, and moving averages of them at test
time.  Source: Ioffe & Szegedy 2015, algorithms 1 and 2; names and defaults are Keras's.
"""

from __future__ import annotations

import numpy as np

from simulator.arrays import Array
from simulator.network import Network
from simulator.spec import BatchNormalizationSpec


class BatchNormalization:
    """The buffers and operations of one layer's normalization.

    Attributes
    ----------
    output : y, what the activation receives, (N, units).
    standardized : (z - mean) / sqrt(var + epsilon), (N, units).
    error : dE_n/dy of each sample's own loss, (N, units), to be filled before :meth:`backward`.
    """

    def __init__(
        self,
        spec: BatchNormalizationSpec,
        network: Network,
        index: int,
        z: Array,
        gradient: Array,
    ) -> None:
        number = index + 1
        self._spec = spec
        gamma, beta = network.gamma[index], network.beta[index]
        mean, variance = network.moving_mean[index], network.moving_variance[index]
        d_gamma = network.spec.gamma(gradient, number)
        d_beta = network.spec.beta(gradient, number)
        if gamma is None or beta is None or mean is None or variance is None:
            raise ValueError(f"layer {number} has no batch normalization")
        if d_gamma is None or d_beta is None:
            raise ValueError(f"layer {number} has no batch normalization")
        self._gamma, self._beta = gamma, beta
        self._moving_mean, self._moving_variance = mean, variance
        self._d_gamma, self._d_beta = d_gamma, d_beta
        self._z = z
        self.output = np.zeros_like(z)
        self.standardized = np.zeros_like(z)
        self.error = np.zeros_like(z)
        self._scratch = np.zeros_like(z)
        self._deviation = np.ones_like(gamma)

    def forward(self) -> None:
        """Normalize with this mini-batch's mean and variance, and let them move the averages."""
        mean, variance = self._z.mean(axis=0), self._z.var(axis=0)
        self._normalize(mean, variance)
        keep = self._spec.momentum
        for moving, own in ((self._moving_mean, mean), (self._moving_variance, variance)):
            moving *= keep
            moving += (1.0 - keep) * own

    def infer(self) -> None:
        """Normalize with the moving averages."""
        self._normalize(self._moving_mean, self._moving_variance)

    def _normalize(self, mean: Array, variance: Array) -> None:
        np.sqrt(variance + self._spec.epsilon, out=self._deviation)
        np.subtract(self._z, mean, out=self.standardized)
        self.standardized /= self._deviation
        np.multiply(self.standardized, self._gamma, out=self.output)
        self.output += self._beta

    def backward(self, delta: Array) -> None:
        """Write dE/dz into ``delta`` and the gradients of gamma and beta, summed over samples.

        Every sample moves the mean and variance of all, so delta here is N times the derivative
        of the mini-batch's mean loss: gamma / deviation · (e - mean(e) - x̂ mean(e x̂)), e = dE_n/dy.
        """
        np.multiply(self.error, self.standardized, out=self._scratch)
        self._scratch.sum(axis=0, out=self._d_gamma)
        self.error.sum(axis=0, out=self._d_beta)
        size = len(self._z)
        np.multiply(self.standardized, self._d_gamma / size, out=self._scratch)
        np.subtract(self.error, self._d_beta / size, out=delta)
        delta -= self._scratch
        delta *= self._gamma / self._deviation
