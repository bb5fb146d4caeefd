"""The states a record is replayed from, in bounded memory.

At regular places the training is kept as it goes on: at every multiple of a spacing that doubles
whenever there are too many, so that a run of any length has a checkpoint near every iteration.
Beside them stand those left behind while replaying, close before the place that was looked for,
so that going back in small steps from there is quick.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Protocol

from simulator.project import Project
from simulator.state import State

FIRST_SPACING = 64
"""Iterations between two regular checkpoints, as long as there is room."""
MAX_STATES = 512
MAX_BYTES = 256 * 2**20
NEAR = (256, 32, 4)
"""While replaying, a state is left so many iterations before the place looked for."""
NEAR_STATES = 12


class Segment:
    """A stretch of a record in which nothing but training happened.

    Attributes
    ----------
    project : what was trained.
    start : the state it begins with: of the start, or right behind an edit or an extension.
    edit : whether an edit began it; ``text`` says which.
    final : the state behind its last epoch, if training ended there.
    checkpoints : by iteration.
    """

    def __init__(self, project: Project, start: State, text: str = "", edit: bool = False) -> None:
        self.project = project
        self.start = start
        self.text = text
        self.edit = edit
        self.final: State | None = None
        self.checkpoints: dict[int, State] = {}

    @property
    def states(self) -> Iterable[State]:
        """All that is kept of it."""
        yield self.start
        yield from self.checkpoints.values()
        if self.final is not None:
            yield self.final


class Kept(Protocol):
    """The states of a segment besides its start."""

    @property
    def checkpoints(self) -> tuple[State, ...]:
        """In order of their iterations."""

    @property
    def final(self) -> State | None:
        """The state behind its last epoch, if training ended there."""


class Checkpoints:
    """Keeps the states of several segments within bounds.

    Attributes
    ----------
    spacing : iterations between two regular checkpoints now.
    count, bytes : states kept, and the memory of their arrays; states share arrays.
    """

    def __init__(self, max_states: int = MAX_STATES, max_bytes: int = MAX_BYTES) -> None:
        self.spacing = FIRST_SPACING
        self.count = 0
        self.bytes = 0
        self._max_states, self._max_bytes = max_states, max_bytes
        self._uses: dict[int, int] = {}
        self._segments: list[Segment] = []
        self._near: deque[tuple[Segment, State]] = deque()

    @classmethod
    def of(cls, spacing: int, kept: Iterable[tuple[Segment, Kept]]) -> Checkpoints:
        """The states of segments that were kept elsewhere."""
        own = cls()
        own.spacing = spacing
        for segment, states in kept:
            own.add(segment)
            for state in states.checkpoints:
                own.keep(segment, state)
            if states.final is not None:
                own.keep_final(segment, states.final)
        return own

    @property
    def too_many(self) -> bool:
        """Whether more is kept than may be."""
        return self.count > self._max_states or self.bytes > self._max_bytes

    def add(self, segment: Segment) -> None:
        """Keep the start of a new segment; making room for it may not be possible here."""
        self._segments.append(segment)
        self._count(segment.start)
        self.make_room()

    def keep(self, segment: Segment, state: State) -> None:
        """Keep a regular checkpoint."""
        if state.iteration not in segment.checkpoints:
            segment.checkpoints[state.iteration] = state
            self._count(state)
            self.make_room()

    def keep_final(self, segment: Segment, state: State) -> None:
        """Keep the state in which training ended."""
        if segment.final is not None:
            self._forget(segment.final)
        segment.final = state
        self._count(state)
        self.make_room()

    def keep_near(self, segment: Segment, state: State) -> None:
        """Keep a state that was passed while replaying, for a while."""
        self._near.append((segment, state))
        self._count(state)
        if len(self._near) > NEAR_STATES:
            self._forget(self._near.popleft()[1])
        self.make_room()

    def nearest(self, segment: Segment, iteration: int) -> State:
        """The last state kept of ``segment`` that is not behind ``iteration``."""
        final = segment.final
        if final is not None and final.iteration <= iteration:
            # Nothing was trained behind it.
            return final
        found = segment.start
        near = (state for own, state in self._near if own is segment)
        for state in (*segment.states, *near):
            if found.iteration <= state.iteration <= iteration:
                found = state
        return found

    def retain(self, until: Mapping[Segment, int]) -> None:
        """Forget all segments but these, and of them what lies behind their iteration."""
        self._segments = [own for own in self._segments if own in until or self._drop(own)]
        for segment, last in until.items():
            for iteration in [i for i in segment.checkpoints if i > last]:
                self._forget(segment.checkpoints.pop(iteration))
            if segment.final is not None and segment.final.iteration > last:
                self._forget(segment.final)
                segment.final = None
        near, self._near = self._near, deque()
        for segment, state in near:
            if state.iteration <= until.get(segment, -1):
                self._near.append((segment, state))
            else:
                self._forget(state)

    def _drop(self, segment: Segment) -> bool:
        for state in segment.states:
            self._forget(state)
        return False

    def make_room(self) -> None:
        """Forget what can be worked out again from less; the starts of segments stay."""
        while self.too_many:
            regular = any(segment.checkpoints for segment in self._segments)
            if self._near and (not regular or 4 * len(self._near) > self.count):
                self._forget(self._near.popleft()[1])
            elif regular:
                self._thin()
            elif any(segment.final for segment in self._segments):
                first = next(own for own in self._segments if own.final is not None)
                assert first.final is not None
                self._forget(first.final)
                first.final = None
            else:
                return

    def _thin(self) -> None:
        self.spacing *= 2
        for segment in self._segments:
            for iteration in [i for i in segment.checkpoints if i % self.spacing]:
                self._forget(segment.checkpoints.pop(iteration))

    def _count(self, state: State) -> None:
        self.count += 1
        for array in state.arrays():
            uses = self._uses.get(id(array), 0)
            self._uses[id(array)] = uses + 1
            if uses == 0:
                self.bytes += array.nbytes

    def _forget(self, state: State) -> None:
        self.count -= 1
        for array in state.arrays():
            self._uses[id(array)] -= 1
            if self._uses[id(array)] == 0:
                del self._uses[id(array)]
                self.bytes -= array.nbytes
