"""Which links stand out: those the current phase uses, or those of the selected neuron."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simulator.snapshot import RunState, Snapshot
from simulator.trace import PhaseKind
from ui.editor.lanes import Join
from ui.editor.links import DIMMED, PLAIN, STRONG
from ui.editor.readings import Readings
from ui.editor.weave import Bundle, Levels

_INTO = frozenset(
    {
        PhaseKind.PREACTIVATION,
        PhaseKind.NORMALIZATION,
        PhaseKind.ACTIVATION,
        PhaseKind.NOISE,
        PhaseKind.DROPOUT,
        PhaseKind.GRADIENT,
        PhaseKind.UPDATE,
    }
)
_OUT_OF = frozenset({PhaseKind.ERROR, PhaseKind.DELTA})
_FLOWING = frozenset({PhaseKind.PREACTIVATION, PhaseKind.ERROR, PhaseKind.GRADIENT})


class Focus(NamedTuple):
    """What a snapshot's phase and the selection ask to be highlighted.

    ``column`` is the layer whose turn it is, ``joins`` the pairs of layers whose links are at
    work; both None when not stepping.  ``neuron`` is the selected (layer,
    neuron), or None.
    """

    column: int | None = None
    joins: tuple[Join, ...] | None = None
    flowing: bool = False
    backward: bool = False
    neuron: tuple[int, int] | None = None


def focus(snapshot: Snapshot | None, neuron: tuple[int, int] | None) -> Focus:
    """The focus of this moment."""
    phase = None if snapshot is None else snapshot.phase
    if snapshot is None or phase is None:
        return Focus(neuron=neuron)
    spec, layer = snapshot.spec, phase.layer
    joins: tuple[Join, ...] = ()
    if phase.kind in _INTO and layer > 0:
        joins = tuple((source, layer) for source in spec.sources(layer))
    elif phase.kind in _OUT_OF:
        joins = tuple((layer, consumer) for consumer in spec.consumers[layer])
    flowing = bool(joins) and phase.kind in _FLOWING
    return Focus(layer, joins, flowing, phase.backward, neuron)


def emphasis(
    parts: Sequence[Bundle], looked_at: Focus, snapshot: Snapshot, readings: Readings
) -> list[Levels]:
    """Per bundle and link: DIMMED, PLAIN or STRONG.

    Links of dropped neurons carry nothing in this step and are dimmed, except while running,
    where they would flicker.
    """
    running = snapshot.state is RunState.RUNNING
    levels = []
    for part in parts:
        level = np.full(part.share.size, PLAIN, np.int8)
        if looked_at.joins is not None:
            at_work = (part.source_layer, part.layer) in looked_at.joins
            level[:] = PLAIN if at_work else DIMMED
        if looked_at.neuron is not None:
            layer, neuron = looked_at.neuron
            level[:] = DIMMED
            if part.layer == layer:
                level[part.target == neuron] = STRONG
            elif part.source_layer == layer:
                level[part.source == neuron] = STRONG
        if not running:
            for number, ends in ((part.layer, part.target), (part.source_layer, part.source)):
                dropped = readings.layers[number].dropped
                if dropped is not None:
                    level[dropped[ends]] = DIMMED
        levels.append(level)
    return levels
