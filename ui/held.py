"""What of the parameters is not there or does not learn: removed links, frozen parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.network import LayerParameters
from simulator.spec import NetworkSpec

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class HeldLayer:
    """One layer's: (units, fan_in) and (units,); None where there are none."""

    removed: Mask | None = None
    frozen: Mask | None = None
    frozen_biases: Mask | None = None
    whole: bool = False
    """Whether nothing of the layer learns."""

    @property
    def any_frozen(self) -> bool:
        """Whether something of the layer does not learn."""
        return self.whole or self.frozen is not None or self.frozen_biases is not None


class Held:
    """Per layer of a network, from the project's parameters."""

    def __init__(
        self, spec: NetworkSpec | None = None, parameters: tuple[LayerParameters, ...] = ()
    ) -> None:
        self._spec = spec
        self._layers: tuple[HeldLayer, ...] = ()
        if spec is not None:
            given = (*parameters, *[LayerParameters()] * (spec.depth - len(parameters)))
            self._layers = tuple(
                _held(spec, number, given[number - 1]) for number in range(1, spec.depth + 1)
            )

    def layer(self, spec: NetworkSpec, number: int) -> HeldLayer:
        """What is held of a layer of ``spec``; nothing if this is about another network."""
        if number == 0 or self._spec is None or (spec is not self._spec and spec != self._spec):
            return _FREE
        return self._layers[number - 1]


_FREE = HeldLayer()


def _held(spec: NetworkSpec, number: int, own: LayerParameters) -> HeldLayer:
    layer = spec.layer(number)
    shape = (layer.units, spec.fan_in(number))
    removed = _mask(None if own.links is None else own.links == 0.0, shape)
    if not layer.trainable:
        every = np.ones(shape, np.bool_)
        return HeldLayer(removed, every, every[:, 0] if layer.bias else None, True)
    frozen = _mask(None if own.frozen_W is None else own.frozen_W != 0.0, shape)
    biases = _mask(None if own.frozen_b is None else own.frozen_b != 0.0, shape[:1])
    still = frozen is not None and bool((frozen if removed is None else frozen | removed).all())
    whole = still and (not layer.bias or (biases is not None and bool(biases.all())))
    return HeldLayer(removed, frozen, biases, whole and layer.batch_normalization is None)


def _mask(given: Mask | None, shape: tuple[int, ...]) -> Mask | None:
    """The mask, None if it is empty or of another network."""
    if given is None or given.shape != shape or not given.any():
        return None
    return given
