"""One history from the first iteration to its end, as a chain of segments."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.checkpoints import Segment
from simulator.history import History


@dataclass(eq=False)
class Line:
    """Segments, each followed until some iteration, where the next one begins.

    Two lines share the segments that they have in common, and ``untils`` says how far.
    """

    number: int
    name: str
    segments: list[Segment]
    untils: list[int]
    history: History

    @property
    def title(self) -> str:
        """Its name, or what it is called without one."""
        return self.name or f"Branch {self.number}"

    @property
    def start(self) -> int:
        """The first iteration that can be gone back to."""
        return self.segments[0].start.iteration

    @property
    def end(self) -> int:
        """The last iteration recorded."""
        return self.untils[-1]

    @property
    def followed(self) -> dict[Segment, int]:
        """Each segment, and until which iteration."""
        return dict(zip(self.segments, self.untils, strict=True))

    def index_at(self, iteration: int) -> int:
        """The segment of the moment behind ``iteration``; an edit there has been made."""
        starts = [segment.start.iteration for segment in self.segments]
        return max((i for i, start in enumerate(starts) if start <= iteration), default=0)

    def index_of(self, iteration: int) -> int:
        """The segment that iteration ``iteration`` itself belongs to."""
        inside = (i for i, until in enumerate(self.untils) if until >= iteration)
        return next(inside, len(self.untils) - 1)

    def goes_on_behind(self, index: int, iteration: int) -> bool:
        """Whether anything is recorded behind that iteration of segment ``index``."""
        return index + 1 < len(self.segments) or self.untils[index] > iteration

    def epoch_end_before(self, iteration: int) -> int:
        """The last end of an epoch before ``iteration``, or the start."""
        for index in reversed(range(self.index_of(iteration) + 1)):
            segment = self.segments[index]
            begun, project = segment.start, segment.project
            per_epoch = project.iterations_per_epoch
            left = -(-(project.training_size - begun.position) // project.batch_size)
            first = begun.iteration + (left if begun.position else 0)
            last = min(iteration - 1, self.untils[index])
            if last >= first:
                return first + (last - first) // per_epoch * per_epoch
        return self.start

    def parting(self, other: Line) -> tuple[int, int]:
        """Where it parts from another line: index of the last common segment, iteration.

        (-1, the later start) where they have none in common.
        """
        found = (-1, max(self.start, other.start))
        offset = self._offset(other)
        if offset is None:
            return found
        mine, theirs = offset
        while mine < len(self.segments) and theirs < len(other.segments):
            if self.segments[mine] is not other.segments[theirs]:
                break
            until = min(self.untils[mine], other.untils[theirs])
            found = (mine, until)
            if self.untils[mine] != other.untils[theirs]:
                break
            mine, theirs = mine + 1, theirs + 1
        return found

    def _offset(self, other: Line) -> tuple[int, int] | None:
        """The first common segment, as its index in both: either may have lost older ones."""
        for theirs, segment in enumerate(other.segments):
            if segment in self.segments:
                return self.segments.index(segment), theirs
        return None
