"""What a viewer gets to see of the timeline; immutable, made by :mod:`simulator.timeline`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened behind iteration ``iteration``: an edit ("Learning rate 0.1")."""

    iteration: int
    text: str


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A named place; ``phase`` is the cursor's index there, None between two iterations."""

    iteration: int
    name: str
    phase: int | None = None


@dataclass(frozen=True, slots=True)
class BranchView:
    """A future that was left: it parts from the present one behind ``fork`` and ends at ``end``."""

    number: int
    name: str
    fork: int
    end: int


@dataclass(frozen=True, slots=True)
class TimelineView:
    """How far the record goes, and what is marked on it.

    Attributes
    ----------
    start, end : iterations the record reaches from and to; the present may lie before ``end``.
    edits, bookmarks, branches : in order of iteration (branches: of their numbers).
    bytes : memory the checkpoints take; ``checkpoints`` how many there are.
    """

    start: int = 0
    end: int = 0
    edits: tuple[Mark, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    branches: tuple[BranchView, ...] = ()
    bytes: int = 0
    checkpoints: int = 0
