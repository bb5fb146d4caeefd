"""The network: the parameters of a described network as one flat vector.

All trainable numbers of a network live in one contiguous vector ``theta``.  ``W[l]`` and ``b[l]``
are views into it, so an optimizer is a few vector operations and a snapshot is one copy.

Layout of ``theta``: for each layer in turn its weights row by row (a row is the weights *into*
one neuron), then its biases, then gamma and beta of its batch normalization, each if it has any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.arrays import Array
from simulator.initializers import draw_weights
from simulator.lineage import Lineage, take_over
from simulator.spec import NetworkSpec


@dataclass(frozen=True, eq=False)
class LayerParameters:
    """What the user gives for one layer instead of having it drawn, and what is held fast.

    Attributes
    ----------
    W, b : start values, (units, fan_in) and (units,).
    mask : (samples, units) of 0 and 1, the dropout mask of every sample of the data.
    links : (units, fan_in) of 1 and 0; 0 removes a link: its weight is 0 and stays so.
    frozen_W, frozen_b : (units, fan_in) and (units,) of 0 and 1; 1 holds a parameter as it is.
    """

    W: Array | None = None
    b: Array | None = None
    mask: Array | None = None
    links: Array | None = None
    frozen_W: Array | None = None
    frozen_b: Array | None = None


class Network:
    """A network with its parameters.

    Per-layer tuples have index 0 for layer 1.

    Attributes
    ----------
    spec : the shape.
    theta : all parameters, (parameter_count,), C-contiguous.
    W, b : views into ``theta``: (units, fan_in), (units,) or None.
    gamma, beta : scale and shift of batch normalization, views (units,) or None.
    moving_mean, moving_variance : (units,) or None; what batch normalization uses at test time,
        views into ``moving``.
    link_mask : (parameter_count,) of 1 and 0, or None while no link is removed.
    trainable_mask : likewise 0 where a parameter is removed or frozen.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        given: tuple[LayerParameters, ...] = (),
        precision: str = "float64",
    ) -> None:
        self.spec = spec
        self.theta: Array = np.zeros(spec.parameter_count, precision)
        numbers = range(1, spec.depth + 1)
        self.W = tuple(spec.weights(self.theta, number) for number in numbers)
        self.b = tuple(spec.biases(self.theta, number) for number in numbers)
        self.gamma = tuple(spec.gamma(self.theta, number) for number in numbers)
        self.beta = tuple(spec.beta(self.theta, number) for number in numbers)
        self._make_moving(precision)
        self.link_mask = _link_mask(spec, given)
        self.trainable_mask = _trainable_mask(spec, given, self.link_mask)

    def _make_moving(self, precision: str) -> None:
        sizes = [layer.units if layer.batch_normalization else 0 for layer in self.spec.layers]
        self.moving: Array = np.zeros(2 * sum(sizes), precision)
        means: list[Array | None] = []
        variances: list[Array | None] = []
        start = 0
        for units in sizes:
            means.append(self.moving[start : start + units] if units else None)
            variances.append(self.moving[start + units : start + 2 * units] if units else None)
            start += 2 * units
        self.moving_mean, self.moving_variance = tuple(means), tuple(variances)
        for variance in self.moving_variance:
            if variance is not None:
                variance[...] = 1.0

    def initialize(self, seed: int, given: tuple[LayerParameters, ...] = ()) -> None:
        """Set the start values: those ``given`` by the user, else drawn with ``seed``.

        Every layer draws from a stream of its own (seed, layer), so changing one layer leaves the
        start weights of the others as they were.
        """
        for index, layer in enumerate(self.spec.layers):
            own = given[index] if index < len(given) else LayerParameters()
            stream = np.random.SeedSequence([seed, index + 1])
            generator = np.random.Generator(np.random.PCG64(stream))
            parameters = dict(layer.initializer_parameters)
            shape = (layer.units, self.spec.fan_in(index + 1))
            drawn = draw_weights(layer.initializer, parameters, generator, shape)
            self.W[index][...] = drawn if own.W is None else own.W
            biases = self.b[index]
            if biases is not None:
                biases[...] = 0.0 if own.b is None else own.b
            gamma, beta = self.gamma[index], self.beta[index]
            if gamma is not None and beta is not None:
                gamma[...] = 1.0
                beta[...] = 0.0
        self.remove_links()

    def remove_links(self) -> None:
        """Set the weight of every removed link to 0."""
        if self.link_mask is not None:
            # Not multiplied: that would leave a −0 of a negative weight.
            self.theta[self.link_mask == 0.0] = 0.0

    def adopt(self, previous: Network, origin: Lineage | Sequence[int | None]) -> None:
        """Take over the parameters of the neurons and links that existed in ``previous``.

        ``origin[i]`` is the old number (from 1) of this network's layer i + 1, None if it is new;
        of a layer that grew or shrank the first neurons are then the same ones.  A
        :class:`~simulator.lineage.Lineage` says which.  Weights are kept only between layers that
        were joined before, too.
        """
        if not isinstance(origin, Lineage):
            origin = Lineage.of(previous.spec, self.spec, tuple(origin))
        take_over(self.theta, previous.theta, origin.parameters(previous.spec, self.spec))
        take_over(self.moving, previous.moving, origin.moving(previous.spec, self.spec))
        self.remove_links()


def _link_mask(spec: NetworkSpec, given: tuple[LayerParameters, ...]) -> Array | None:
    if all(own.links is None for own in given):
        return None
    mask = np.ones(spec.parameter_count)
    for number, own in enumerate(given, start=1):
        if own.links is not None:
            spec.weights(mask, number)[...] = own.links
    return mask


def _trainable_mask(
    spec: NetworkSpec, given: tuple[LayerParameters, ...], links: Array | None
) -> Array | None:
    frozen = any(own.frozen_W is not None or own.frozen_b is not None for own in given)
    if links is None and not frozen and all(layer.trainable for layer in spec.layers):
        return None
    mask = np.ones(spec.parameter_count) if links is None else links.copy()
    for number, own in enumerate(given, start=1):
        if own.frozen_W is not None:
            spec.weights(mask, number)[own.frozen_W != 0.0] = 0.0
        biases = spec.biases(mask, number)
        if own.frozen_b is not None and biases is not None:
            biases[own.frozen_b != 0.0] = 0.0
    for number, layer in enumerate(spec.layers, start=1):
        if not layer.trainable:
            mask[spec.layer_slices[number - 1]] = 0.0
    return mask
