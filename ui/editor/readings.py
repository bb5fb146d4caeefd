"""What the neurons of a snapshot hold at this moment, ready to be drawn or read out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.quantity import Kind
from simulator.snapshot import Snapshot
from simulator.trace import PhaseKind, Trace
from ui.layer_words import bounded
from ui.writing import Writing

Array = NDArray[np.float64]
Source = Literal["training", "drawing"]
_NEUTRAL = Writing()


@dataclass(frozen=True)
class LayerReading:
    """One layer's values, (units,) each; None means not computed yet.

    ``largest`` and ``largest_delta`` are the ends of the scales on which they are drawn.
    ``dropped`` says which neurons dropout has removed; ``normalized`` is what batch normalization
    gives to the activation; ``output`` what noise and dropout leave of the activation, or of the
    input, None where there is neither.
    """

    z: Array | None = None
    activation: Array | None = None
    dropped: NDArray[np.bool_] | None = None
    delta: Array | None = None
    largest: float = 1.0
    largest_delta: float = 0.0
    normalized: Array | None = None
    output: Array | None = None

    def same_as(self, other: LayerReading) -> bool:
        """Whether both look the same."""
        return all(
            _same(getattr(self, name), getattr(other, name))
            for name in ("activation", "z", "dropped", "delta", "normalized", "output")
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


def read(snapshot: Snapshot, source: Source, row: int, writing: Writing = _NEUTRAL) -> Readings:
    """The values to show: of one row of the training step, or of the drawing.

    Deltas are as they are written: their sign may be another than the engine's.
    """
    if source == "drawing":
        return _read_drawing(snapshot)
    spec, trace = snapshot.spec, snapshot.trace
    if trace is None or trace.spec != spec:
        return Readings((LayerReading(),) * (spec.depth + 1), None, 0)
    row = max(0, min(row, len(trace.x) - 1))
    layers = [
        _read_layer(snapshot, trace, number, row, writing) for number in range(spec.depth + 1)
    ]
    return Readings(tuple(layers), trace, row)


def _read_layer(
    snapshot: Snapshot, trace: Trace, number: int, row: int, writing: Writing
) -> LayerReading:
    layer, place = snapshot.spec.layer(number), number - 1

    def of(kind: PhaseKind, values: Array | None) -> Array | None:
        if values is None or not snapshot.computed(kind, number):
            return None
        return np.asarray(values[row])

    mask = of(PhaseKind.DROPOUT, trace.mask[place] if number else trace.input_mask)
    dropped = None if mask is None else mask == 0.0
    output = trace.output[place] if number else trace.input
    last = PhaseKind.DROPOUT if layer.dropout_rate > 0.0 else PhaseKind.NOISE
    if number == 0:
        x = of(PhaseKind.INPUT, trace.x)
        return replace(_layer(None, x, dropped, None, False), output=of(last, output))
    delta = of(PhaseKind.DELTA, trace.delta[place])
    reading = _layer(
        of(PhaseKind.PREACTIVATION, trace.z[place]),
        of(PhaseKind.ACTIVATION, trace.activation[place]),
        dropped,
        None if delta is None else writing.shown(Kind.DELTA, delta),
        bounded(layer),
    )
    normalized = trace.normalized[place] if trace.normalized else None
    return replace(
        reading, normalized=of(PhaseKind.NORMALIZATION, normalized), output=of(last, output)
    )


def _read_drawing(snapshot: Snapshot) -> Readings:
    spec, probe = snapshot.spec, snapshot.probe
    if probe is None or len(probe.x) != spec.inputs or len(probe.z) != spec.depth:
        return Readings((LayerReading(),) * (spec.depth + 1), None, 0)
    layers = [_layer(None, probe.x, None, None, False)]
    for layer, z, activation in zip(spec.layers, probe.z, probe.activation, strict=True):
        layers.append(_layer(z, activation, None, None, bounded(layer)))
    return Readings(tuple(layers), None, 0)


def _layer(
    z: Array | None,
    activation: Array | None,
    dropped: NDArray[np.bool_] | None,
    delta: Array | None,
    to_one: bool,
) -> LayerReading:
    largest = largest_of(activation)
    if to_one or (z is None and 0.0 < largest <= 1.0):
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
