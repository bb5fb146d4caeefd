"""One parameter over the training: what it was at iterations of a record, to the bit.

Between the states a record keeps, training is run again beside it, by a trainer of its own: the
record and whoever trains are left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.record import Record, Stretch
from simulator.spec import NetworkSpec
from simulator.trainer import Trainer

MOST_POINTS = 200
"""Points that are asked for, evenly spread; beside them stand both sides of every edit."""
MOST_REPLAYED = 4096
"""A longer stretch of a record is not run again: its states stand near each other by then."""


@dataclass(frozen=True, eq=False)
class ParameterHistory:
    """Values of one parameter of the present course of a record.

    Attributes
    ----------
    iterations, values : (n,) in order; an edit has two points, what was before it and behind it.
    start, end : the iterations between which the network has this parameter in this place.
    edits : the iterations behind which an edit was made.
    replayed : whether training was run again, else the points are the states the record keeps.
    """

    iterations: NDArray[np.int64]
    values: Array
    start: int
    end: int
    edits: tuple[int, ...] = ()
    replayed: bool = False


def kept_history(
    record: Record, number: int, neuron: int, column: int, most: int = MOST_POINTS
) -> ParameterHistory:
    """The history as the record's own states have it, about ``most`` of them; this costs nothing.

    ``number``, ``neuron``, ``column`` : as in :meth:`~simulator.spec.NetworkSpec.place_of`, of the
    network at the record's present.

    Raises
    ------
    IndexError : if that network has no such parameter.
    """
    place = record.present.project.network.place_of(number, neuron, column)
    parts = _parts(record)
    wanted = set(_spread(parts, most))
    points: list[tuple[int, float]] = []
    for own, until in parts:
        states = {state.iteration: state for state in own.states if state.iteration <= until}
        chosen = sorted(states)
        if len(wanted) < sum(len(other.states) for other, _ in parts):
            near = {min(chosen, key=lambda known: abs(known - i)) for i in wanted}
            chosen = sorted({own.start.iteration} | near)
        points += [(iteration, float(states[iteration].theta[place])) for iteration in chosen]
    return _history(points, parts, replayed=False)


def replayed_history(
    record: Record,
    number: int,
    neuron: int,
    column: int,
    most: int = MOST_POINTS,
    cancelled: Callable[[], bool] | None = None,
) -> ParameterHistory | None:
    """The same with training run again between the states; None if that is too much.

    It is too much where more than :data:`MOST_REPLAYED` iterations would have to be run, and once
    ``cancelled`` says so.  It takes as long as those iterations take.

    Raises
    ------
    IndexError : if the network has no such parameter.
    """
    place = record.present.project.network.place_of(number, neuron, column)
    parts = _parts(record)
    if sum(until - own.start.iteration for own, until in parts) > MOST_REPLAYED:
        return None
    wanted = _spread(parts, most)
    trainer = Trainer(parts[0][0].project)
    points: list[tuple[int, float]] = []
    for own, until in parts:
        begun = own.start.iteration
        trainer.return_to(own.start, own.project, own.start)
        trainer.replaying = True
        for iteration in sorted({begun, until, *(i for i in wanted if begun < i < until)}):
            if cancelled is not None and cancelled():
                return None
            trainer.run_iterations(iteration - trainer.iteration)
            final = own.final
            if final is not None and final.iteration == iteration:
                # What ended training may have put other weights back.
                trainer.return_to(final, own.project, own.start)
            points.append((iteration, float(trainer.network.theta[place])))
    return _history(points, parts, replayed=True)


def _parts(record: Record) -> list[tuple[Stretch, int]]:
    """The stretches around the present in which theta is laid out as it is now, with their ends."""
    course = record.courses[0]
    own = [record.stretches[index] for index in course.stretches]
    layout = _layout(record.present.project.network)
    fits = [_layout(stretch.project.network) == layout for stretch in own]
    first = last = record.place
    while first > 0 and fits[first - 1]:
        first -= 1
    while last + 1 < len(own) and fits[last + 1]:
        last += 1
    return list(zip(own[first : last + 1], course.untils[first : last + 1], strict=True))


def _layout(spec: NetworkSpec) -> tuple[object, ...]:
    """What decides where a parameter stands in theta."""
    layers = tuple(
        (spec.sources(number), layer.bias, layer.batch_normalization is not None)
        for number, layer in enumerate(spec.layers, start=1)
    )
    return spec.sizes, layers


def _spread(parts: list[tuple[Stretch, int]], most: int) -> list[int]:
    start, end = parts[0][0].start.iteration, parts[-1][1]
    return sorted({round(i) for i in np.linspace(start, end, max(2, most))})


def _history(
    points: list[tuple[int, float]], parts: list[tuple[Stretch, int]], replayed: bool
) -> ParameterHistory:
    return ParameterHistory(
        iterations=np.array([iteration for iteration, _ in points], dtype=np.int64),
        values=np.array([value for _, value in points]),
        start=parts[0][0].start.iteration,
        end=parts[-1][1],
        edits=tuple(own.start.iteration for own, _ in parts[1:] if own.edit),
        replayed=replayed,
    )
