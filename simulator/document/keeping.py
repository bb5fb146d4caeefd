"""What of a record goes into a file: all that matters, within bounds.

Checkpoints only make going back quicker, so every second one goes first, again and again; then
branches, the oldest first; then the oldest stretches of the record.
"""

from __future__ import annotations

from dataclasses import replace

from simulator.project import Project
from simulator.record import Course, Record, Stretch

MOST_STATES = 96
MOST_BYTES = 16 * 2**20
LEAST_STATES = 4
"""Room for so many states there is in any case, however large the network."""


def bounded(record: Record, project: Project) -> tuple[Record | None, str]:
    """The part of a record to keep, and a sentence on what is left out, "" for nothing.

    ``project`` is that of the document, whose data are in the file anyway.
    """
    start = record.courses[0].stretches[0]
    first, branches = record.stretches[start].start.iteration, len(record.courses) - 1
    kept: Record | None = record
    while kept is not None and not _fits(kept, project):
        kept = _smaller(kept)
    if kept is None:
        return None, "The record is too large for the file and was left out."
    lost = branches - (len(kept.courses) - 1)
    begins = kept.stretches[kept.courses[0].stretches[0]].start.iteration
    words = []
    if lost:
        words.append("a branch" if lost == 1 else f"{lost} branches")
    if begins > first:
        words.append(f"what lies before iteration {begins:,}")
    if not words:
        return kept, ""
    return kept, f"To keep the file small, {' and '.join(words)} of the record were left out."


def _fits(record: Record, project: Project) -> bool:
    arrays = {
        id(array): array.nbytes
        for own in record.stretches
        for state in own.states
        for array in state.arrays()
    }
    data = {
        id(own.project.data): own.project.data.inputs.nbytes + own.project.data.targets.nbytes
        for own in record.stretches
        if own.project.data is not project.data
    }
    curves = sum(own.history.figures.nbytes for own in record.courses[1:])
    one = sum({id(array): array.nbytes for array in record.present.start.arrays()}.values())
    total = sum(arrays.values()) + sum(data.values()) + curves
    states = sum(len(own.states) for own in record.stretches)
    return states <= MOST_STATES and total <= max(MOST_BYTES, LEAST_STATES * one)


def _smaller(record: Record) -> Record | None:
    present = record.courses[0]
    if any(own.checkpoints for own in record.stretches):
        return _thinned(record)
    if any(own.final for own in record.stretches):
        stretches = tuple(replace(own, final=None) for own in record.stretches)
        return replace(record, stretches=stretches)
    if len(record.courses) > 1:
        return _pruned(replace(record, courses=(present, *record.courses[2:])))
    if record.place:
        rest = replace(present, stretches=present.stretches[1:], untils=present.untils[1:])
        return _pruned(replace(record, courses=(rest,), place=record.place - 1))
    return None


def _thinned(record: Record) -> Record:
    spacing = 2 * record.spacing

    def thin(own: Stretch) -> Stretch:
        kept = tuple(state for state in own.checkpoints if state.iteration % spacing == 0)
        return replace(own, checkpoints=kept)

    return replace(record, spacing=spacing, stretches=tuple(map(thin, record.stretches)))


def _pruned(record: Record) -> Record:
    """Without the stretches that no course leads to any more."""
    used = sorted({index for own in record.courses for index in own.stretches})
    place = {old: new for new, old in enumerate(used)}

    def renumbered(own: Course) -> Course:
        return replace(own, stretches=tuple(place[index] for index in own.stretches))

    return replace(
        record,
        stretches=tuple(record.stretches[index] for index in used),
        courses=tuple(map(renumbered, record.courses)),
        bookmarks=tuple((place[i], own) for i, own in record.bookmarks if i in place),
    )
