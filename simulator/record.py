"""A record as it can be kept: everything a timeline knows, frozen, and made into lines again.

Nothing in it is copied but lists: states and projects are never written to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.checkpoints import FIRST_SPACING, Segment
from simulator.history import History
from simulator.lines import Line
from simulator.project import Project
from simulator.snapshot import HistoryView
from simulator.state import State
from simulator.timeline_view import Bookmark


@dataclass(frozen=True, eq=False)
class Stretch:
    """A :class:`~simulator.checkpoints.Segment`; ``checkpoints`` in order of their iterations."""

    project: Project
    start: State
    text: str = ""
    edit: bool = False
    final: State | None = None
    checkpoints: tuple[State, ...] = ()

    @property
    def states(self) -> tuple[State, ...]:
        """All that is kept of it."""
        own = (self.start, *self.checkpoints)
        return own if self.final is None else (*own, self.final)


@dataclass(frozen=True, eq=False)
class Course:
    """A :class:`~simulator.lines.Line`.

    Attributes
    ----------
    stretches : their indices in the record, one at least.
    untils : until which iteration each of them is followed.
    history, stride : the curves, and the epochs from one point of them to the next.
    """

    number: int
    name: str
    stretches: tuple[int, ...]
    untils: tuple[int, ...]
    history: HistoryView
    stride: int


@dataclass(frozen=True, eq=False)
class Record:
    """What :meth:`~simulator.timeline.Timeline.record` gives.

    Attributes
    ----------
    stretches : of all courses.
    courses : the present one, then the branches, oldest first.
    place : which stretch of the present course the trainer is in, counted from 0.
    bookmarks : each with the index of its stretch.
    numbers : the highest number a branch was given.
    spacing : iterations between two regular checkpoints.
    """

    stretches: tuple[Stretch, ...]
    courses: tuple[Course, ...]
    place: int
    bookmarks: tuple[tuple[int, Bookmark], ...] = ()
    numbers: int = 1
    spacing: int = FIRST_SPACING

    @property
    def present(self) -> Stretch:
        """The stretch the trainer is in."""
        return self.stretches[self.courses[0].stretches[self.place]]


def freeze(
    lines: Sequence[Line],
    place: int,
    bookmarks: Sequence[tuple[Segment, Bookmark]],
    numbers: int,
    spacing: int,
) -> Record:
    """The record of these lines, the present one first."""
    index: dict[Segment, int] = {}
    for line in lines:
        for segment in line.segments:
            index.setdefault(segment, len(index))
    return Record(
        stretches=tuple(_stretch(segment) for segment in index),
        courses=tuple(_course(line, index) for line in lines),
        place=place,
        bookmarks=tuple((index[own], bookmark) for own, bookmark in bookmarks if own in index),
        numbers=numbers,
        spacing=spacing,
    )


def _stretch(own: Segment) -> Stretch:
    checkpoints = tuple(own.checkpoints[iteration] for iteration in sorted(own.checkpoints))
    return Stretch(own.project, own.start, own.text, own.edit, own.final, checkpoints)


def _course(line: Line, index: Mapping[Segment, int]) -> Course:
    return Course(
        number=line.number,
        name=line.name,
        stretches=tuple(index[segment] for segment in line.segments),
        untils=tuple(line.untils),
        history=line.history.view(),
        stride=line.history.stride,
    )


def thaw(record: Record) -> tuple[list[Segment], list[Line]]:
    """The segments without their checkpoints and finals, and the lines, as in the record."""
    segments = [Segment(own.project, own.start, own.text, own.edit) for own in record.stretches]
    lines = [
        Line(
            own.number,
            own.name,
            [segments[index] for index in own.stretches],
            list(own.untils),
            History.of(own.history, own.stride),
        )
        for own in record.courses
    ]
    return segments, lines
