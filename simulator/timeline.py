"""The record of a run: checkpoints and replay, edits, bookmarks, branches.

Training is a function of the project and of counters, so any moment is a checkpoint before it and
the iterations between, run again: equal to the first pass to the bit.  What training is not a
function of, edits and extensions, begins a segment of the record with a state of its own.

The present is one line of segments; futures that were left are others (branches), which share with
it all that lies before they part.
"""

from __future__ import annotations

from simulator.bookmarks import Bookmarks, checked_name
from simulator.checkpoints import MAX_BYTES, MAX_STATES, NEAR, Checkpoints, Segment
from simulator.lines import Line
from simulator.project import ProjectError
from simulator.record import Record, freeze, thaw
from simulator.timeline_view import Bookmark, BranchView, Mark, TimelineView
from simulator.trainer import Trainer

MAX_BRANCHES = 8
MOST_BRANCH_POINTS = 8192
"""Points of the curves of each: all branches together take no more than the present's own."""


class Timeline:
    """Keeps the record of a trainer, and takes the trainer to any moment of it.

    Whoever trains asks :meth:`begin` how far, and tells it by :meth:`note` afterwards.

    Attributes
    ----------
    notice : a sentence on what had to be given up, "" for nothing; whoever shows it clears it.
    """

    def __init__(
        self, trainer: Trainer, max_states: int = MAX_STATES, max_bytes: int = MAX_BYTES
    ) -> None:
        self._trainer = trainer
        self._store = Checkpoints(max_states, max_bytes)
        first = Segment(trainer.project, trainer.state())
        self._line = Line(1, "", [first], [trainer.iteration], trainer.history)
        self._index = 0
        self._branches: list[Line] = []
        self._numbers = 1
        self._bookmarks = Bookmarks()
        self._store.add(first)
        self._view: TimelineView | None = None
        self.notice = ""

    def record(self) -> Record:
        """Everything in it, frozen: training on does not change it."""
        self.note()
        lines, store = (self._line, *self._branches), self._store
        return freeze(lines, self._index, self._bookmarks.entries, self._numbers, store.spacing)

    @classmethod
    def of(cls, trainer: Trainer, record: Record) -> Timeline:
        """The timeline of a record; ``trainer`` must be at its present."""
        own, (segments, lines) = cls(trainer), thaw(record)
        own._branches, own._index, own._numbers = lines[1:], record.place, record.numbers
        own._use(lines[0])
        own._store = Checkpoints.of(record.spacing, zip(segments, record.stretches, strict=True))
        own._bookmarks = Bookmarks((segments[index], mark) for index, mark in record.bookmarks)
        return own

    @property
    def start(self) -> int:
        """The first iteration of the record."""
        return self._line.start

    @property
    def end(self) -> int:
        """The last iteration of the record."""
        return self._line.end

    @property
    def in_past(self) -> bool:
        """Whether the record goes on behind the present."""
        return self._line.goes_on_behind(self._index, self._trainer.iteration)

    # --- Training ---------------------------------------------------------------------------------

    def begin(self, follow: bool) -> int:
        """Make ready to train on; how many iterations may be run before :meth:`note`, at least 1.

        Where an edit was made at this moment it is made again if ``follow``; else training goes on
        without it, and the future that had it becomes a branch.
        """
        self.note()
        while self._at_border:
            following = self._line.segments[self._index + 1]
            if not following.edit or follow:
                self._enter(self._index + 1)
                continue
            if not self._trainer.finished:
                self._fork()
            break
        iteration, until = self._trainer.iteration, self._line.untils[self._index]
        self._trainer.replaying = iteration < until
        room = self._store.spacing - iteration % self._store.spacing
        return min(room, until - iteration) if iteration < until else room

    def follow(self) -> bool:
        """Make the edits again that were made at this moment; whether there were any."""
        found = False
        while self._at_border:
            self._enter(self._index + 1)
            found = True
        return found

    def goes_on(self, follow: bool) -> bool:
        """Whether, at the end of training, the record has it go on from here."""
        if not self._at_border:
            return False
        return follow or not self._line.segments[self._index + 1].edit

    @property
    def _at_border(self) -> bool:
        return (
            self._index + 1 < len(self._line.segments)
            and self._trainer.iteration == self._line.untils[self._index]
        )

    def _enter(self, index: int) -> None:
        segment = self._line.segments[index]
        self._index = index
        self._trainer.return_to(segment.start, segment.project, segment.start)

    def note(self) -> None:
        """Take down how far training has come."""
        trainer, line, index = self._trainer, self._line, self._index
        trainer.replaying = False
        segment, iteration = line.segments[index], trainer.iteration
        if iteration > line.untils[index]:
            line.untils[index] = iteration
            self._view = None
        final = segment.final
        if final is not None and final.iteration == iteration:
            if trainer.stop_reason != final.stop_reason:
                trainer.return_to(final, segment.project, segment.start)
        elif trainer.finished and iteration > segment.start.iteration:
            self._store.keep_final(segment, trainer.state())
            self._view = None
        regular = iteration % self._store.spacing == 0 and iteration > segment.start.iteration
        if regular and iteration not in segment.checkpoints:
            self._store.keep(segment, trainer.state())
            self._view = None

    def mark(self, text: str, edit: bool = True) -> None:
        """Take down that something other than training has just changed the trainer.

        The future there was from here on becomes a branch.
        """
        self._fork()
        line, index, iteration = self._line, self._index, self._trainer.iteration
        own = line.segments[index]
        new = Segment(self._trainer.project, self._trainer.state(), text, edit)
        untouched = own.start.iteration == iteration == line.untils[index]
        if untouched and not any(own in branch.segments for branch in self._branches):
            # Nothing was trained since: both are one edit.  At the start it is none at all.
            new.edit = index > 0 and (own.edit or edit)
            new.text = _joined(own.text, text) if new.edit else ""
            line.segments[index] = new
            self._bookmarks.move(own, new)
        else:
            line.segments.append(new)
            line.untils.append(iteration)
            self._index += 1
        self._store.add(new)
        self._prune()
        self._forget_oldest()

    def _fork(self) -> None:
        """What is recorded behind the present becomes a branch, if there is anything."""
        old, index, iteration = self._line, self._index, self._trainer.iteration
        if not old.goes_on_behind(index, iteration):
            return
        self._numbers += 1
        history = old.history.copy_up_to(self._trainer.epoch)
        untils = [*old.untils[:index], iteration]
        self._use(Line(self._numbers, "", old.segments[: index + 1], untils, history))
        self._keep_branch(old)

    def _use(self, line: Line) -> None:
        self._line = line
        self._trainer.history = line.history
        self._view = None

    def _keep_branch(self, line: Line) -> None:
        line.history.thin(MOST_BRANCH_POINTS)
        self._branches.append(line)
        while len(self._branches) > MAX_BRANCHES:
            self._give_up_branch()

    def _give_up_branch(self) -> None:
        oldest = self._branches.pop(0)
        self.notice = f"{oldest.title}, the oldest, was dropped to make room."
        self._prune()

    def _forget_oldest(self) -> None:
        """Give up branches, then the oldest stretches of the record, until it fits."""
        while self._store.too_many and (self._branches or self._index):
            if self._branches:
                self._give_up_branch()
                continue
            self._index -= 1
            del self._line.segments[0], self._line.untils[0]
            self.notice = f"The record before iteration {self.start:,} was dropped to make room."
            self._prune()

    def _prune(self) -> None:
        """Forget what no line leads to any more."""
        until: dict[Segment, int] = {}
        for line in (self._line, *self._branches):
            for segment, last in zip(line.segments, line.untils, strict=True):
                until[segment] = max(last, until.get(segment, last))
        self._store.retain(until)
        self._bookmarks.retain(until)
        self._view = None

    # --- Seeking ----------------------------------------------------------------------------------

    def go(self, iteration: int) -> None:
        """Take the trainer to the moment behind ``iteration``; an edit made there has been made."""
        self.note()
        iteration = max(self.start, min(iteration, self.end))
        self._move(self._line.index_at(iteration), iteration)

    def go_before(self, iteration: int) -> None:
        """Take the trainer to where iteration ``iteration`` of the record is the next it makes.

        Raises
        ------
        IndexError : if the record does not have it.
        """
        self.note()
        if not self.start < iteration <= self.end:
            raise IndexError(iteration)
        self._move(self._line.index_of(iteration), iteration - 1)

    def _move(self, index: int, iteration: int) -> None:
        segment, trainer = self._line.segments[index], self._trainer
        base = self._store.nearest(segment, iteration)
        ahead = index == self._index and base.iteration < trainer.iteration <= iteration
        if not ahead:
            trainer.return_to(base, segment.project, segment.start)
        self._index = index
        trainer.replaying = True
        for distance in NEAR:
            if iteration - trainer.iteration > 2 * distance:
                trainer.run_iterations(iteration - distance - trainer.iteration)
                self._store.keep_near(segment, trainer.state())
                self._view = None
        trainer.run_iterations(iteration - trainer.iteration)
        self.note()

    def epoch_end_before(self, iteration: int) -> int:
        """The last end of an epoch before ``iteration``, or the start of the record."""
        return self._line.epoch_end_before(iteration)

    def rescue(self, failed: int, updated: bool) -> int:
        """Take the trainer to the last good moment before iteration ``failed``, and return it.

        ``updated`` says that its own loss was good and its update was to blame.  A moment is good
        where the network's loss is within the limit.  What was recorded behind it is
        forgotten: it only leads to the same divergence.
        """
        index, trainer = self._index, self._trainer
        segment, back = self._line.segments[index], 1 if updated else 2
        self._index = -1  # The trainer has been elsewhere.
        while failed - back > segment.start.iteration:
            self._move(index, failed - back)
            if trainer.is_good:
                break
            back += max(1, back // 2)
        else:
            self._move(index, segment.start.iteration)
        place = trainer.iteration
        self._line.untils[index] = place
        self._line.history.forget_after(trainer.epoch)
        self._prune()
        return place

    # --- Names ------------------------------------------------------------------------------------

    def add_bookmark(self, name: str, iteration: int, phase: int | None) -> None:
        """Give the present a name; ``iteration`` is that of ``phase``, if there is one.

        Raises
        ------
        ProjectError : as :meth:`Bookmarks.add`.
        """
        segment = self._line.segments[self._index]
        self._bookmarks.add(segment, Bookmark(iteration, name, phase))
        self._view = None

    def rename_bookmark(self, index: int, name: str) -> None:
        """Rename the bookmark at ``index`` of :attr:`TimelineView.bookmarks`.

        Raises
        ------
        ProjectError : as :meth:`Bookmarks.rename`.
        """
        self._bookmarks.rename(self._line.followed, index, name)
        self._view = None

    def remove_bookmark(self, index: int) -> None:
        """Remove the bookmark at ``index`` of :attr:`TimelineView.bookmarks`.

        Raises
        ------
        ProjectError : as :meth:`Bookmarks.remove`.
        """
        self._bookmarks.remove(self._line.followed, index)
        self._view = None

    def switch_branch(self, number: int) -> None:
        """Make a branch the present, and go to its end; the present future becomes a branch.

        Raises
        ------
        ProjectError : no such branch.
        """
        self.note()
        branch, old = self._branch(number), self._line
        self._branches.remove(branch)
        index, iteration = old.parting(branch)
        self._use(branch)
        if index < 0 or old.goes_on_behind(index, iteration):
            self._keep_branch(old)
        self._index = -1
        self._move(len(branch.segments) - 1, branch.end)
        self._prune()

    def rename_branch(self, number: int, name: str) -> None:
        """Give a branch a name.

        Raises
        ------
        ProjectError : no such branch, or a name that cannot be.
        """
        self._branch(number).name = checked_name(name)
        self._view = None

    def drop_branch(self, number: int) -> None:
        """Forget a branch.

        Raises
        ------
        ProjectError : no such branch.
        """
        self._branches.remove(self._branch(number))
        self._prune()

    def _branch(self, number: int) -> Line:
        for branch in self._branches:
            if branch.number == number:
                return branch
        raise ProjectError("There is no such branch any more.")

    def view(self) -> TimelineView:
        """What a viewer may see of it, the same object until something changes."""
        self.note()
        if self._view is None:
            line = self._line
            self._view = TimelineView(
                start=line.start,
                end=line.end,
                edits=tuple(
                    Mark(segment.start.iteration, segment.text)
                    for segment in line.segments
                    if segment.edit and segment.text
                ),
                bookmarks=tuple(self._bookmarks.on(line.followed)),
                branches=tuple(
                    BranchView(own.number, own.title, line.parting(own)[1], own.end)
                    for own in sorted(self._branches, key=lambda own: own.number)
                ),
                bytes=self._store.bytes,
                checkpoints=self._store.count,
            )
        return self._view


def _joined(one: str, other: str) -> str:
    """The texts of two edits as one; the same edit made again is one edit, undone it is none."""
    parts = [part for part in one.split("; ") if part and part != other]
    if parts and other.lower() == f"undo {parts[-1].lower()}":
        return "; ".join(parts[:-1])
    return "; ".join([*parts, other] if other else parts)
