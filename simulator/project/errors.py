"""The one error a project that cannot be used raises."""

from __future__ import annotations


def printable(text: str, length: int = 40) -> str:
    """A user's text as it may stand in a sentence: one line, nothing invisible, not too long."""
    shown = "".join(c if c.isprintable() else "?" for c in text[:length])
    return shown + "…" if len(text) > length else shown


def printable_path(text: str, length: int = 80) -> str:
    """A path likewise; too long a one loses its first folders, for the file's name says most."""
    shown = printable(text[-length:], length)
    return "…" + shown if len(text) > length else shown


class ProjectError(ValueError):
    """A project, or a change of one, that cannot be used.

    Its text is one sentence for the user: what is wrong, where, and what is allowed.
    """
