"""Snapshots made up of random numbers, for tests of what shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.snapshot import FIGURES, HistoryView, RunState, Snapshot
from simulator.spec import LayerSpec, NetworkSpec
from simulator.trace import Phase, PhaseKind, Trace

Array = NDArray[np.float64]


def make_spec(
    sizes: Sequence[int] = (25, 20, 20, 20, 5),
    dropout: dict[int, float] | None = None,
    bias: bool = True,
) -> NetworkSpec:
    """ReLU layers with a softmax at the end; ``dropout`` gives a rate by layer number."""
    rates = dropout or {}
    last = len(sizes) - 1
    layers = tuple(
        LayerSpec(
            units,
            activation="softmax" if number == last else "relu",
            bias=bias,
            dropout_rate=rates.get(number, 0.0),
        )
        for number, units in enumerate(sizes[1:], start=1)
    )
    return NetworkSpec(sizes[0], layers)


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array


def make_trace(spec: NetworkSpec, seed: int = 0, samples: int = 1, shrink: float = 1.0) -> Trace:
    """Random values in every array; deltas shrink by ``shrink`` from layer to layer backwards."""
    rng = np.random.default_rng(seed)

    def per_layer() -> list[Array]:
        return [rng.normal(size=(samples, layer.units)) for layer in spec.layers]

    z = per_layer()
    activation = [np.maximum(values, 0.0) for values in z]
    mask: list[Array | None] = []
    output = []
    for layer, values in zip(spec.layers, activation, strict=True):
        if layer.dropout_rate > 0.0:
            kept = (rng.random(values.shape) >= layer.dropout_rate).astype(float)
            mask.append(_frozen(kept))
            output.append(values * kept * layer.training_scale)
        else:
            mask.append(None)
            output.append(values)
    delta = [
        values * shrink ** (spec.depth - number) for number, values in enumerate(per_layer(), 1)
    ]
    theta = rng.normal(size=spec.parameter_count) * 0.4
    gradient = rng.normal(size=spec.parameter_count) * 0.01
    return Trace(
        spec=spec,
        epoch=1,
        iteration=1,
        samples=np.arange(samples),
        x=_frozen((rng.random((samples, spec.inputs)) > 0.5).astype(float)),
        target=_frozen(np.eye(spec.outputs)[np.arange(samples) % spec.outputs]),
        z=tuple(map(_frozen, z)),
        activation=tuple(map(_frozen, activation)),
        mask=tuple(mask),
        output=tuple(map(_frozen, output)),
        loss_per_sample=_frozen(rng.random(samples)),
        loss=0.5,
        error=tuple(map(_frozen, per_layer())),
        delta=tuple(map(_frozen, delta)),
        theta_before=_frozen(theta),
        gradient=_frozen(gradient),
        theta_after=_frozen(theta - 0.1 * gradient),
    )


def make_history(loss: Sequence[float] | Array = (), accuracy: Any = np.nan) -> HistoryView:
    """A history of these losses, epochs from 1."""
    values = np.asarray(loss, dtype=float)
    percent = np.broadcast_to(np.asarray(accuracy, dtype=float), values.shape).copy()
    figures = np.full((len(FIGURES), len(values)), np.nan)
    figures[FIGURES.index("loss")] = values
    figures[FIGURES.index("accuracy")] = percent
    return HistoryView(np.arange(1, len(values) + 1), _frozen(figures))


def make_snapshot(
    spec: NetworkSpec | None = None,
    *,
    seed: int = 0,
    samples: int = 1,
    at: Phase | None = None,
    trace: Trace | bool = True,
    theta: Array | None = None,
    history: HistoryView | None = None,
    shrink: float = 1.0,
    state: RunState | None = None,
) -> Snapshot:
    """A snapshot with a trace (unless ``trace`` is False), its cursor at phase ``at``."""
    spec = spec or make_spec()
    made = make_trace(spec, seed, samples, shrink) if trace is True else None
    if isinstance(trace, Trace):
        made = trace
    if theta is None:
        random = np.random.default_rng(seed + 1000).normal(size=spec.parameter_count) * 0.4
        theta = made.theta_before if made is not None else random
    cursor = made.phases.index(at) if made is not None and at is not None else None
    stepping = RunState.STEPPING if cursor is not None else RunState.PAUSED
    return Snapshot(
        revision=1,
        spec=spec,
        state=state or stepping,
        message="",
        epoch=0,
        iteration=0,
        last_epoch=100,
        theta=theta,
        trace=made,
        cursor=cursor,
        history=history or make_history(),
        probe=None,
        updates_per_second=0.0,
    )


def before(spec: NetworkSpec, kind: PhaseKind, layer: int) -> Phase:
    """The phase just before this one."""
    made = make_trace(spec)
    return made.phases[made.phases.index(Phase(kind, layer)) - 1]
