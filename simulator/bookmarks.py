"""Named places in a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simulator.checkpoints import Segment
from simulator.project import ProjectError
from simulator.project.errors import printable
from simulator.timeline_view import Bookmark

MAX_BOOKMARKS = 200
NAME_LENGTH = 60


class Bookmarks:
    """Each belongs to a segment: on another line, where that is not, it is not shown.

    An index is one of what :meth:`on` gives for the present line.
    """

    def __init__(self, entries: Iterable[tuple[Segment, Bookmark]] = ()) -> None:
        self._all = list(entries)

    @property
    def entries(self) -> tuple[tuple[Segment, Bookmark], ...]:
        """All of them, on whichever line, with their segments."""
        return tuple(self._all)

    def add(self, segment: Segment, bookmark: Bookmark) -> None:
        """Keep a place.

        Raises
        ------
        ProjectError : a name that cannot be, or too many bookmarks.
        """
        if len(self._all) >= MAX_BOOKMARKS:
            raise ProjectError(f"There are {MAX_BOOKMARKS} bookmarks already; remove one first.")
        self._all.append((segment, _renamed(bookmark, bookmark.name)))

    def rename(self, line: Mapping[Segment, int], index: int, name: str) -> None:
        """Give a bookmark another name.

        Raises
        ------
        ProjectError : no such bookmark, or a name that cannot be.
        """
        segment, old = entry = self._at(line, index)
        self._all[self._all.index(entry)] = (segment, _renamed(old, name))

    def remove(self, line: Mapping[Segment, int], index: int) -> None:
        """Forget a bookmark.

        Raises
        ------
        ProjectError : no such bookmark.
        """
        self._all.remove(self._at(line, index))

    def on(self, line: Mapping[Segment, int]) -> list[Bookmark]:
        """Those on a line, whose segments are followed so far, in order."""
        return [bookmark for _, bookmark in self._on(line)]

    def move(self, old: Segment, new: Segment) -> None:
        """A segment was replaced by another that begins at the same place."""
        self._all = [(new if own is old else own, bookmark) for own, bookmark in self._all]

    def retain(self, until: Mapping[Segment, int]) -> None:
        """Forget those that no segment leads to any more."""
        self._all = [entry for entry in self._all if _is_on(until, entry)]

    def _on(self, line: Mapping[Segment, int]) -> list[tuple[Segment, Bookmark]]:
        own = [entry for entry in self._all if _is_on(line, entry)]
        return sorted(own, key=lambda entry: (entry[1].iteration, entry[1].phase or 0))

    def _at(self, line: Mapping[Segment, int], index: int) -> tuple[Segment, Bookmark]:
        found = self._on(line)
        if not 0 <= index < len(found):
            raise ProjectError("There is no such bookmark any more.")
        return found[index]


def _is_on(line: Mapping[Segment, int], entry: tuple[Segment, Bookmark]) -> bool:
    segment, bookmark = entry
    return bookmark.iteration <= line.get(segment, -1)


def _renamed(bookmark: Bookmark, name: str) -> Bookmark:
    return Bookmark(bookmark.iteration, checked_name(name), bookmark.phase)


def checked_name(name: str) -> str:
    """A name without spaces around it.

    Raises
    ------
    ProjectError : an empty name, one too long, or with characters that cannot be seen.
    """
    name = name.strip()
    if not name:
        raise ProjectError("A name must have at least one character.")
    if len(name) > NAME_LENGTH or printable(name, NAME_LENGTH) != name:
        raise ProjectError(
            f"“{printable(name)}” cannot be a name: at most {NAME_LENGTH} characters, all visible."
        )
    return name
