"""Saving: whatever goes wrong, there is a whole file, and the sentence says which one."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from documents import bits, small_bytes, small_document

from simulator.document import load_document, save_document
from simulator.document.durable import backup_of, write_durably
from simulator.project import ProjectError

OLD, NEW = b"old content", b"new content, longer than the old"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "work.backlit"
    path.write_bytes(OLD)
    return path


def left_in(folder: Path) -> set[str]:
    return {own.name for own in folder.iterdir()}


def test_it_replaces_the_file_and_keeps_the_previous_one(file: Path) -> None:
    assert write_durably(file, NEW) == ""
    assert (file.read_bytes(), backup_of(file).read_bytes()) == (NEW, OLD)
    assert write_durably(file, OLD) == ""
    assert (file.read_bytes(), backup_of(file).read_bytes()) == (OLD, NEW)
    assert left_in(file.parent) == {"work.backlit", "work.backlit~"}


def test_a_first_save_has_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "first.backlit"
    assert save_document(path, small_document()) == ""
    assert left_in(tmp_path) == {"first.backlit"}
    assert path.read_bytes() == small_bytes()
    assert bits(load_document(path)) == bits(small_document())


def test_the_previous_one_is_kept_only_where_it_is_wanted(file: Path) -> None:
    assert write_durably(file, NEW, backup=False) == ""
    assert file.read_bytes() == NEW and left_in(file.parent) == {"work.backlit"}


def test_what_replaces_the_file_was_written_beside_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another disk it could not be moved in one stroke."""
    moved: list[tuple[Path, Path]] = []
    replace = os.replace

    def seen(source: str | Path, target: str | Path) -> None:
        moved.append((Path(source), Path(target)))
        replace(source, target)

    monkeypatch.setattr(os, "replace", seen)
    write_durably(file, NEW)
    assert moved[-1][1] == file and len(moved) == 2
    assert {own.parent for pair in moved for own in pair} == {file.parent}


def fail_on(call: int, number: int, original: Callable[..., Any]) -> Callable[..., Any]:
    """A system call that fails at its ``call``-th time."""
    made = 0

    def wrapped(*given: Any, **more: Any) -> Any:
        nonlocal made
        made += 1
        if made == call:
            raise OSError(number, os.strerror(number))
        return original(*given, **more)

    return wrapped


ERRORS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "the folder does not allow it",
    errno.EIO: "the disk reported an error",
}
# Which call it is of those a save makes: (name, the how-manieth) -> saved or not.
BEFORE = [
    ("open", 1),
    ("write", 1),
    ("write", 2),
    ("fsync", 1),
    ("close", 1),
    ("chmod", 1),
    ("replace", 2),
]
BEHIND = [("replace", 1), ("fsync", 2), ("open", 2)]


def make_fail(patch: pytest.MonkeyPatch, name: str, call: int, number: int) -> None:
    patch.setattr(os, name, fail_on(call, number, getattr(os, name)))


@pytest.mark.parametrize("number", ERRORS)
@pytest.mark.parametrize(("name", "call"), BEFORE)
def test_a_call_that_fails_leaves_the_old_file(
    file: Path, monkeypatch: pytest.MonkeyPatch, name: str, call: int, number: int
) -> None:
    large = NEW * 100_000
    with monkeypatch.context() as patch:
        make_fail(patch, name, call, number)
        with pytest.raises(ProjectError) as caught:
            write_durably(file, large)
    assert str(caught.value) == (
        f"Not saved: “work.backlit”: {ERRORS[number]}. What is open is unchanged. The file on "
        f"disk is the previous version."
    )
    assert file.read_bytes() == OLD
    assert not [own for own in left_in(file.parent) if own.endswith(".tmp")]
    assert write_durably(file, large) == ""
    assert file.read_bytes() == large


@pytest.mark.parametrize("number", ERRORS)
@pytest.mark.parametrize(("name", "call"), BEHIND)
def test_a_call_that_fails_behind_the_file_is_a_warning(
    file: Path, monkeypatch: pytest.MonkeyPatch, name: str, call: int, number: int
) -> None:
    with monkeypatch.context() as patch:
        make_fail(patch, name, call, number)
        warning = write_durably(file, NEW)
    assert warning.startswith("Saved, but ") and ERRORS[number] in warning
    assert file.read_bytes() == NEW
    assert not [own for own in left_in(file.parent) if own.endswith(".tmp")]


def test_a_write_that_takes_only_a_part_is_gone_on_with(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, new = os.write, bytes(range(256)) * 3
    monkeypatch.setattr(os, "write", lambda handle, part: write(handle, part[:100]))
    assert write_durably(file, new) == ""
    assert file.read_bytes() == new


def test_a_disk_without_hard_links(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*given: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    assert write_durably(file, NEW) == ""
    assert (file.read_bytes(), backup_of(file).read_bytes()) == (NEW, OLD)

    def full(*given: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    assert write_durably(file, OLD) == (
        "Saved, but the previous version could not be kept: the disk is full."
    )
    assert (file.read_bytes(), backup_of(file).read_bytes()) == (OLD, OLD)


def test_a_killed_save_leaves_a_whole_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a kill would, an exception that is no error ends it between any two calls."""

    class Killed(BaseException):
        pass

    for name in ("write", "fsync", "link", "replace"):
        for call in (1, 2):
            made = 0
            original = getattr(os, name)

            def kill(*given: Any, call: int = call, original: Any = original, **more: Any) -> Any:
                nonlocal made
                made += 1
                if made == call:
                    raise Killed
                return original(*given, **more)

            file.write_bytes(OLD)
            with monkeypatch.context() as patch:
                patch.setattr(os, name, kill)
                try:
                    write_durably(file, NEW)
                except Killed:
                    assert file.read_bytes() in (OLD, NEW)
                else:
                    assert file.read_bytes() == NEW


def test_the_mode_and_the_link_stay(file: Path, tmp_path: Path) -> None:
    file.chmod(0o640)
    link = tmp_path / "elsewhere"
    link.mkdir()
    link = link / "link.backlit"
    link.symlink_to(file)
    assert write_durably(link, NEW) == ""
    assert link.is_symlink() and file.read_bytes() == NEW
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_places_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProjectError, match="it is a folder"):
        write_durably(tmp_path, NEW)
    with pytest.raises(ProjectError, match=r"^Not saved: “x.backlit”: No such file or directory"):
        write_durably(tmp_path / "none" / "x.backlit", NEW)
    file = tmp_path / "fixed.backlit"
    file.write_bytes(OLD)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ProjectError, match="the file is read-only"):
        write_durably(file, NEW)
    assert file.read_bytes() == OLD
