"""Noise and dropout in a trace, of the inputs as of any other layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.trace import Trace

Array = NDArray[np.float64]


def noise_of(trace: Trace, layer: int) -> Array | None:
    """The noise added to a layer's outputs (0 is the input), (N, units), or None."""
    if layer == 0:
        return trace.input_noise
    return trace.noise[layer - 1] if trace.noise else None


def mask_of(trace: Trace, layer: int) -> Array | None:
    """The dropout mask of a layer, (N, units), or None."""
    return trace.mask[layer - 1] if layer else trace.input_mask


def undropped(trace: Trace, layer: int) -> Array:
    """What dropout of a layer works on: the outputs with their noise, (N, units)."""
    values = trace.activation[layer - 1] if layer else trace.x
    noise = noise_of(trace, layer)
    return values if noise is None else np.asarray(values + noise)


def passed_on(trace: Trace, layer: int) -> Array:
    """What the layers behind receive, (N, units)."""
    if layer:
        return trace.output[layer - 1]
    return trace.x if trace.input is None else trace.input
