"""The one error a project that cannot be used raises."""

from __future__ import annotations


class ProjectError(ValueError):
    """A project, or a change of one, that cannot be used.

    Its text is one sentence for the user: what is wrong, where, and what is allowed.
    """
