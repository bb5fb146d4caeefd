"""What readers raise and how they tell of their progress."""

from __future__ import annotations

import os
from collections.abc import Callable

from simulator.data.encoding import quoted

Progress = Callable[[float], bool]
"""Called with the share done, from 0 to 1; False gives the work up."""


class ReadError(ValueError):
    """A file that cannot be used; its text is one sentence for the user."""


class Cancelled(Exception):  # noqa: N818 - nothing went wrong
    """The work was given up because somebody asked for it."""


def never_cancel(share: float) -> bool:
    """Progress nobody looks at."""
    return True


def check_progress(progress: Progress, share: float) -> None:
    """Tell of the progress.

    Raises
    ------
    Cancelled : if the work is to be given up.
    """
    if not progress(min(max(share, 0.0), 1.0)):
        raise Cancelled


def check_size(place: int, size: int, name: str) -> None:
    """Refuse a file that turns out longer than it was: one that is being written never ends.

    Raises
    ------
    ReadError : one sentence.
    """
    if place > size:
        raise ReadError(f"{name} changed while it was read; try again.")


def shown_name(path: str | os.PathLike[str]) -> str:
    """A file's name as it stands in a sentence."""
    return quoted(os.path.basename(os.path.normpath(os.fspath(path))), 80)


def bytes_text(size: int) -> str:
    """A size in words: "512 bytes", "1.2 MB", "2.0 GB", "8.8 TB"."""
    if size < 1000:
        return f"{size:,} bytes" if size != 1 else "1 byte"
    units = ("kB", "MB", "GB", "TB", "PB", "EB")
    power = min(len(units), (len(str(size)) - 1) // 3)
    return f"{size / 1000**power:,.1f} {units[power - 1]}"


def counted(number: int, word: str, words: str = "") -> str:
    """A number with its noun: "1 row", "1,200 rows", "2 classes"."""
    return f"{number:,} {word if number == 1 else words or word + 's'}"
