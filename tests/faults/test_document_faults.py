"""The fault tests of documents, a few of each; ``make faults`` runs them all."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from tests.faults.counting import Count, NotPossibleError
from tests.faults.damage import damage_everywhere, good, judged
from tests.faults.disks import CASES, forbidden_places
from tests.faults.saving import kill_saving
from tests.faults.syscalls import calls_of, fail_every_call
from tests.faults.training import kill_training

POSIX = os.name == "posix"


def assert_nothing_lost(count: Count, tried: int) -> None:
    assert (count.tried, count.lost) == (tried, [])


def test_kills_while_saving() -> None:
    assert_nothing_lost(kill_saving(3), 3)


def test_kills_while_training() -> None:
    assert_nothing_lost(kill_training(2, seed=2), 2)


def test_damage() -> None:
    assert_nothing_lost(damage_everywhere(300), 600)


def test_damage_that_is_accepted_would_be_seen() -> None:
    """The judge is no friend of ours: the good one is equal, another document is lost."""
    assert judged(good()) == "equal"
    assert judged(good()[:-1]) == "refused"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.faults.damage.work", dict)
        assert judged(good()) == "LOST: other content"
        patch.setattr("tests.faults.damage.open_document", lambda content: 1 / 0)
        assert judged(good()).startswith("LOST: ZeroDivisionError")


def test_places_that_cannot_be_written_to() -> None:
    """Where checkouts are closed to others, root cannot become one of them to try."""
    names = list(CASES) if POSIX and os.geteuid() else ["a usual file", "a link"]
    if sys.platform == "win32":
        names = ["a usual file", "a folder of this name"]
    assert_nothing_lost(forbidden_places(names), len(names))


def test_system_calls_that_fail() -> None:
    if shutil.which("strace") is None:
        with pytest.raises(NotPossibleError, match="strace is needed"):
            fail_every_call(4)
    else:
        assert_nothing_lost(fail_every_call(4), 4)


def test_what_lies_between_the_marks_is_found() -> None:
    lines = [
        'openat(AT_FDCWD, "before", O_RDONLY) = 3',
        'newfstatat(AT_FDCWD, "the-save-begins", 0x7, 0) = -1 ENOENT',
        'openat(AT_FDCWD, "file", O_RDONLY) = 3',
        "brk(NULL) = 0x1",
        "write(3, 5) = 5",
        "--- SIGCHLD ---",
        'newfstatat(AT_FDCWD, "the-save-ends", 0x7, 0) = -1 ENOENT',
        "write(1, 5) = 5",
    ]
    assert calls_of(lines) == [("openat", 2), ("write", 1)]
