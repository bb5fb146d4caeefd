"""A record as JSON and arrays, and back, checked against the projects and the training.

The arrays of all states of the same shapes stand in one, a row a state.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from simulator.arrays import Array
from simulator.bookmarks import MAX_BOOKMARKS, checked_name
from simulator.document.curves import curves_value, read_curves
from simulator.document.not_finite import check_finite
from simulator.document.projects import ProjectList
from simulator.document.states import (
    MOST,
    SENTENCE,
    StateArrays,
    counters_value,
    read_state,
    sentence,
    sizes,
)
from simulator.document.training import Training
from simulator.document.values import read_array
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project, ProjectError
from simulator.project.archive import PartWriter
from simulator.project.errors import printable
from simulator.project.fields import Fields
from simulator.record import Course, Record, Stretch
from simulator.state import State
from simulator.timeline import MAX_BRANCHES
from simulator.timeline_view import Bookmark

MOST_STRETCHES = 1000
_MOST_STATES = 10_000
_WHERE = "record.json"


class _StateWriter:
    """Collects the arrays of states, those of one project's shapes together."""

    def __init__(self, projects: ProjectList, parts: PartWriter) -> None:
        self._projects, self._parts = projects, parts
        self._groups: dict[tuple[Any, ...], tuple[int, list[State]]] = {}
        self._starts: list[bool] = []

    def value(self, state: State, project: Project) -> dict[str, Any]:
        """A state as JSON: its place among the arrays, and its counters."""
        start = project.training.stop.weight_change is not None
        shapes = len(state.theta), len(state.moving), *state.slots
        key = (state.theta.dtype, start, state.cut is None, *shapes)
        group, states = self._groups.setdefault(key, (len(self._groups), []))
        if group == len(self._starts):
            self._starts.append(start)
        states.append(state)
        prefix = f"state{group}_{len(states)}_"
        own = counters_value(state, project, self._parts, prefix)
        return {"group": group, "row": len(states) - 1, **own}

    def groups(self) -> list[dict[str, Any]]:
        """The arrays, a row a state; call it behind the last state."""
        found = []
        for group, states in self._groups.values():
            parts: dict[str, Any] = {
                "theta": self._stacked(group, "theta", [own.theta for own in states]),
                "moving": self._stacked(group, "moving", [own.moving for own in states]),
                "slots": {
                    name: self._stacked(group, f"slot_{name}", [own.slots[name] for own in states])
                    for name in states[0].slots
                },
            }
            if self._starts[group]:
                starts = [own.epoch_start for own in states]
                parts["epoch_start"] = self._stacked(group, "epoch_start", starts)
            cuts = [own.cut for own in states if own.cut is not None]
            if cuts:
                parts["cut"] = self._stacked(group, "cut", cuts)
            found.append(parts)
        return found

    def _stacked(self, group: int, name: str, arrays: list[Array]) -> dict[str, str]:
        return self._parts.array(f"states{group}_{name}", np.stack(arrays))


def record_value(record: Record, projects: ProjectList, parts: PartWriter) -> dict[str, Any]:
    """A record as JSON; projects and arrays go into ``projects`` and ``parts``."""
    states = _StateWriter(projects, parts)
    stretches = [
        {
            "project": projects.number(own.project),
            "text": printable(own.text, SENTENCE),
            "edit": own.edit,
            "start": states.value(own.start, own.project),
            "checkpoints": [states.value(state, own.project) for state in own.checkpoints],
            "final": None if own.final is None else states.value(own.final, own.project),
        }
        for own in record.stretches
    ]
    courses = [
        {
            "number": own.number,
            "name": own.name,
            "stretches": list(own.stretches),
            "untils": list(own.untils),
            "history": curves_value(own.history, own.stride, parts, "course"),
        }
        for own in record.courses
    ]
    bookmarks = [
        {"stretch": index, "iteration": own.iteration, "name": own.name, "phase": own.phase}
        for index, own in record.bookmarks
    ]
    return {
        "place": record.place,
        "numbers": record.numbers,
        "spacing": record.spacing,
        "stretches": stretches,
        "courses": courses,
        "bookmarks": bookmarks,
        "states": states.groups(),
    }


def read_record(value: Any, projects: Sequence[Project], training: Training) -> Record:
    """The record that a value describes; ``projects`` are those of the document, its own first.

    Raises
    ------
    ProjectError : one sentence on what does not fit together.
    """
    fields = Fields(value, _WHERE)
    groups = fields.items("states", 1, MOST_STRETCHES)
    stretches = tuple(
        _stretch(Fields(item, f"{_WHERE}: stretch"), projects, groups)
        for item in fields.items("stretches", 1, MOST_STRETCHES)
    )
    courses = tuple(
        _course(Fields(item, f"{_WHERE}: course"), stretches)
        for item in fields.items("courses", 1, MAX_BRANCHES + 1)
    )
    if len({own.number for own in courses}) != len(courses):
        raise ProjectError(f"{_WHERE}: two branches have the same number.")
    bookmarks = tuple(
        _bookmark(Fields(item, f"{_WHERE}: bookmark"), len(stretches))
        for item in fields.items("bookmarks", 0, MAX_BOOKMARKS)
    )
    record = Record(
        stretches=stretches,
        courses=courses,
        place=fields.integer("place", 0, len(courses[0].stretches) - 1),
        bookmarks=bookmarks,
        numbers=fields.integer("numbers", max(own.number for own in courses), MOST),
        spacing=_spacing(fields),
    )
    fields.finish()
    _check_present(record, projects[0], training)
    _check_checkpoints(record)
    return record


def _spacing(fields: Fields) -> int:
    spacing = fields.integer("spacing", 1, MOST)
    if spacing & spacing - 1:
        raise fields.fail("spacing", "a power of 2", spacing)
    return spacing


def _stretch(fields: Fields, projects: Sequence[Project], groups: Sequence[Any]) -> Stretch:
    project = projects[fields.integer("project", 0, len(projects) - 1)]
    kept = [_state(own, project, groups) for own in fields.items("checkpoints", 0, _MOST_STATES)]
    final = fields.raw("final")
    found = Stretch(
        project=project,
        start=_state(fields.raw("start"), project, groups),
        text=sentence(fields, "text"),
        edit=fields.boolean("edit"),
        final=None if final is None else _state(final, project, groups),
        checkpoints=tuple(kept),
    )
    fields.finish()
    return found


def _state(value: Any, project: Project, groups: Sequence[Any]) -> State:
    fields = Fields(value, f"{_WHERE}: state")
    group = Fields(groups[fields.integer("group", 0, len(groups) - 1)], f"{_WHERE}: states")
    precision, (count, averages) = project.training.precision, sizes(project)
    row = fields.integer("row", 0, _MOST_STATES)

    def own(inner: Fields, name: str, size: int) -> Array:
        given = inner.raw(name)
        rows = len(given) if isinstance(given, np.ndarray) and given.ndim == 2 else 0
        if row >= rows:
            raise ProjectError(f"{_WHERE} names a state that is not there.")
        # A row of its own, or one state would keep the memory of all of them.
        values: Array = read_array(inner, name, (rows, size), precision)[row].copy()
        return values

    theta = own(group, "theta", count)
    moving = own(group, "moving", averages)
    slots = group.child("slots")
    names = OPTIMIZERS[project.optimizer.name].slot_names
    remembered = {name: own(slots, name, count) for name in names}
    check_finite(theta, moving, remembered, project, "open")
    arrays = StateArrays(
        theta=theta,
        moving=moving,
        slots=remembered,
        epoch_start=(
            theta
            if project.training.stop.weight_change is None
            else own(group, "epoch_start", count)
        ),
        cut=own(group, "cut", count) if group.has("cut") else None,
    )
    slots.finish()
    found = read_state(fields, project, arrays)
    fields.finish()
    return found


def _course(fields: Fields, stretches: Sequence[Stretch]) -> Course:
    indices = tuple(
        Fields({"stretches": own}, _WHERE).integer("stretches", 0, len(stretches) - 1)
        for own in fields.items("stretches", 1, len(stretches))
    )
    untils = tuple(
        Fields({"untils": own}, _WHERE).integer("untils", 0, MOST)
        for own in fields.items("untils", len(indices), len(indices))
    )
    starts = [stretches[index].start.iteration for index in indices]
    joined = all(until == start for until, start in zip(untils, starts[1:], strict=False))
    forward = all(start <= until for start, until in zip(starts, untils, strict=True))
    if not (joined and forward and len(set(indices)) == len(indices)):
        raise ProjectError(f"{_WHERE}: a course of the record has gaps.")
    name = fields.raw("name")
    if name:
        name = checked_name(fields.text("name"))
    history, stride = read_curves(fields.child("history"), MOST)
    found = Course(
        number=fields.integer("number", 1, MOST),
        name=name or "",
        stretches=indices,
        untils=untils,
        history=history,
        stride=stride,
    )
    fields.finish()
    return found


def _bookmark(fields: Fields, stretches: int) -> tuple[int, Bookmark]:
    phase = fields.raw("phase")
    found = (
        fields.integer("stretch", 0, stretches - 1),
        Bookmark(
            iteration=fields.integer("iteration", 0, MOST),
            name=checked_name(fields.text("name")),
            phase=None if phase is None else fields.integer("phase", 0, 10**6),
        ),
    )
    fields.finish()
    return found


def _check_present(record: Record, project: Project, training: Training) -> None:
    present, until = record.present, record.courses[0].untils[record.place]
    here = present.start.iteration <= training.state.iteration <= until
    if present.project is not project or not here:
        raise ProjectError(f"{_WHERE} does not belong to this training.")


def _check_checkpoints(record: Record) -> None:
    """Replaying must lead forward: from the start of a stretch to its checkpoints in order."""
    for own in record.stretches:
        places = [state.iteration for state in (own.start, *own.checkpoints)]
        late = own.final is not None and own.final.iteration <= own.start.iteration
        if late or any(one >= other for one, other in pairwise(places)):
            raise ProjectError(f"{_WHERE}: the checkpoints are not in order.")
