"""How one neuron answers to its own z: its activation and the slope of it, all else held fast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.activations import make_activation
from simulator.arrays import Array
from simulator.spec import LayerSpec


@dataclass(frozen=True, eq=False)
class Response:
    """phi around a point.

    Attributes
    ----------
    z : (n,), ascending; what the activation receives.
    activation : (n,), phi(z).
    slope : (n,), da/dz by the neuron's own z; None where the activation has no derivative.
    """

    z: Array
    activation: Array
    slope: Array | None


def response(layer: LayerSpec, neuron: int, z: Array, others: Array | None = None) -> Response:
    """What the layer's own activation makes of these ``z`` (n,) of a neuron counted from 0.

    ``others`` (units,) is what all neurons of the layer receive, the neuron's own place is not
    used; only softmax looks at it.  Without it the others receive 0.

    Raises
    ------
    IndexError : if the layer has no such neuron.
    """
    if not 0 <= neuron < layer.units:
        raise IndexError(f"no neuron {neuron} in a layer of {layer.units}")
    name, parameters = layer.activation_of(neuron)
    function = make_activation(name, dict(parameters))
    together = name == "softmax"
    column = neuron if together else 0
    rows: Array = np.zeros((len(z), layer.units if together else 1))
    if others is not None and together:
        rows[...] = others
    rows[:, column] = z
    activation, scratch = np.empty_like(rows), np.empty((len(z), 1))
    error, delta = np.zeros_like(rows), np.empty_like(rows)
    error[:, column] = 1.0
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        function.forward(rows, activation, scratch)
        if function.differentiable:
            function.backward(rows, activation, error, delta, scratch)
    slope = delta[:, column].copy() if function.differentiable else None
    return Response(np.array(z, dtype=np.float64), activation[:, column].copy(), slope)
