"""What the neurons of a snapshot hold at this moment, ready to be drawn or read out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.snapshot import Snapshot
from simulator.trace import PhaseKind, Trace

Array = NDArray[np.float64]
Source = Literal["training", "drawing"]

BOUNDED = frozenset({"sigmoid", "tanh", "softmax", "step", "hard_sigmoid", "softsign"})
"""Activations that never leave -1..1: their scale is 1, so that 0.2 does not look like a lot."""


@dataclass(frozen=True)
class LayerReading:
    """One layer's values, (units,) each; None means not computed yet.

    ``largest`` and ``largest_delta`` are the ends of the scales on which they are drawn.
    ``dropped`` says which neurons dropout has removed.
    """

    z: Array | None = None
    activation: Array | None = None
    dropped: NDArray[np.bool_] | None = None
    delta: Array | None = None
    largest: float = 1.0
    largest_delta: float = 0.0

    def same_as(self, other: LayerReading) -> bool:
        """Whether both look the same."""
        return (
            _same(self.activation, other.activation)
            and _same(self.z, other.z)
            and _same(self.dropped, other.dropped)
            and _same(self.delta, other.delta)
        )


@dataclass(frozen=True)
class Readings:
    """All layers, index 0 is the input; ``trace`` and ``row`` say where the values come from."""

    layers: tuple[LayerReading, ...]
    trace: Trace | None
    row: int

    def same_as(self, other: Readings) -> bool:
        """Whether both look the same."""
        return len(self.layers) == len(other.layers) and all(
            mine.same_as(theirs) for mine, theirs in zip(self.layers, other.layers, strict=True)
        )


def read(snapshot: Snapshot, source: Source, row: int) -> Readings:
    """The values to show: of one row of the training step, or of the drawing."""
    if source == "drawing":
        return _read_drawing(snapshot)
    spec, trace = snapshot.spec, snapshot.trace
    if trace is None or trace.spec != spec:
        return Readings((LayerReading(),) * (spec.depth + 1), None, 0)
    row = max(0, min(row, len(trace.x) - 1))
    first = LayerReading()
    if snapshot.computed(PhaseKind.INPUT, 0):
        first = _layer(None, trace.x[row], None, None, bounded=False)
    layers = [first]
    for number, layer in enumerate(spec.layers, start=1):
        place = number - 1
        mask = trace.mask[place]
        masked = mask is not None and snapshot.computed(PhaseKind.DROPOUT, number)
        layers.append(
            _layer(
                _row(snapshot, PhaseKind.PREACTIVATION, number, trace.z[place], row),
                _row(snapshot, PhaseKind.ACTIVATION, number, trace.activation[place], row),
                mask[row] == 0.0 if masked and mask is not None else None,
                _row(snapshot, PhaseKind.DELTA, number, trace.delta[place], row),
                layer.activation in BOUNDED,
            )
        )
    return Readings(tuple(layers), trace, row)


def _read_drawing(snapshot: Snapshot) -> Readings:
    spec, probe = snapshot.spec, snapshot.probe
    if probe is None or len(probe.x) != spec.inputs or len(probe.z) != spec.depth:
        return Readings((LayerReading(),) * (spec.depth + 1), None, 0)
    layers = [_layer(None, probe.x, None, None, bounded=False)]
    for layer, z, activation in zip(spec.layers, probe.z, probe.activation, strict=True):
        layers.append(_layer(z, activation, None, None, layer.activation in BOUNDED))
    return Readings(tuple(layers), None, 0)


def _row(snapshot: Snapshot, kind: PhaseKind, number: int, values: Array, row: int) -> Array | None:
    return values[row] if snapshot.computed(kind, number) else None


def _layer(
    z: Array | None,
    activation: Array | None,
    dropped: NDArray[np.bool_] | None,
    delta: Array | None,
    bounded: bool,
) -> LayerReading:
    largest = largest_of(activation)
    if bounded or (z is None and 0.0 < largest <= 1.0):
        largest = 1.0
    return LayerReading(z, activation, dropped, delta, largest, largest_of(delta))


def largest_of(values: Array | None) -> float:
    """Largest finite |value|, 0 if there is none."""
    if values is None or values.size == 0:
        return 0.0
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        finite = values[np.isfinite(values)]
        return largest_of(finite)
    return max(-low, high)


def _same(first: NDArray[np.generic] | None, second: NDArray[np.generic] | None) -> bool:
    if first is second:
        return True
    if first is None or second is None:
        return False
    return np.array_equal(first, second)
