"""What a check of the self-test is."""

from __future__ import annotations

from collections.abc import Callable

Check = tuple[str, Callable[[], str]]
"""A name, and what says in a few words what it found, or raises."""
Result = tuple[str, bool, str]
"""Name, whether it passed, and what it found."""


class CheckError(Exception):
    """A check did not pass; the message says what was wrong."""


def expect(condition: bool, otherwise: str) -> None:
    """Go on if so.

    Raises
    ------
    CheckError : with the words of ``otherwise``.
    """
    if not condition:
        raise CheckError(otherwise)


def carried_out(check: Check) -> Result:
    """Do a check; whatever it raises is what it found."""
    name, action = check
    try:
        return name, True, action()
    except CheckError as failed:
        return name, False, str(failed)
    except Exception as problem:  # an installation can be broken in any way
        return name, False, f"{type(problem).__name__}: {problem}"
