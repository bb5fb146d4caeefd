"""The menu of what is marked on the timeline."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu

from simulator.timeline_view import BranchView, TimelineView

MOST_LISTED = 20


def fill_marks_menu(menu: QMenu, view: TimelineView, bookmark: int | None) -> None:
    """Entries for one bookmark, or for all bookmarks and branches.

    The data of an entry are (verb, index of the bookmark or number of the branch, its name).
    """
    if bookmark is not None:
        own = view.bookmarks[bookmark]
        for text, verb in (
            (f"Go to “{own.name}”", "go"),
            ("Rename…", "rename"),
            ("Remove bookmark", "remove"),
        ):
            menu.addAction(text).setData((verb, bookmark, own.name))
        return
    if not view.bookmarks and not view.branches:
        menu.addAction("No bookmarks yet, and no branches").setEnabled(False)
    for index, own in enumerate(view.bookmarks[:MOST_LISTED]):
        entry = menu.addAction(f"{own.name}   (iteration {own.iteration:,})")
        entry.setData(("go", index, own.name))
    if view.bookmarks and view.branches:
        menu.addSeparator()
    for branch in view.branches:
        name = branch_name(branch)
        own_menu = menu.addMenu(f"{name}   (iterations {branch.fork:,} to {branch.end:,})")
        for text, verb in (
            ("Go there", "switch"),
            ("Rename…", "name"),
            ("Drop this branch", "drop"),
        ):
            own_menu.addAction(text).setData((verb, branch.number, name))


def branch_name(branch: BranchView) -> str:
    """What a branch is called."""
    return branch.name or f"Branch {branch.number}"
