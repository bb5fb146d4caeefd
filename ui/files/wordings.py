"""What the window says about files, in one place."""

from __future__ import annotations

from pathlib import Path

from simulator.project.errors import printable
from ui.files.question import CANCEL, Answer

SAVE = Answer("save", "&Save")
SAVE_AS = Answer("save_as", "Save &as…")
DONT_SAVE = Answer("discard", "&Don't save")
GIVE_UP = Answer(CANCEL, "Cancel")
CLOSE = Answer(CANCEL, "&Close")
KEEP = Answer("keep", "&Keep mine")
RELOAD = Answer("reload", "&Reload")
OVERWRITE = Answer("overwrite", "&Overwrite")
REVERT = Answer("revert", "&Revert")
READ_ONLY = Answer("read_only", "Open &read-only")
A_COPY = Answer("copy", "Open a &copy")
ANYWAY = Answer("anyway", "Open &anyway")
START_ANEW = Answer("anew", "&Start them anew")
LEAVE = Answer(CANCEL, "&Don't open")
GOOD = Answer("good", "&OK")
FILTER = "Backlit projects (*.backlit *.json);;All files (*)"
SAVE_FILTER = "Backlit project with its training (*.backlit)"


def named(path: Path) -> str:
    """A file as sentences name it."""
    return f"“{printable(path.name, 60)}”"


def lost_detail(iteration: int) -> str:
    """What is lost when one goes on without saving."""
    if iteration:
        return (
            f"The edits and the training up to iteration {iteration:,} since the last save would "
            f"be lost."
        )
    return "The edits since the last save would be lost."
