"""Autosaves: written whole, found when their process is gone, and tidied up."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from documents import bits, small_document
from small_projects import ROOT

from simulator.document import load_document, pack_document, recovery
from simulator.document.durable import NotSavedError, write_durably
from simulator.document.recovery import (
    GENERATIONS,
    STALE_SECONDS,
    AutosaveStore,
    Recoverable,
    age_in_words,
    new_key,
)

CONTENTS = {n: pack_document(small_document(n)) for n in range(1, 8)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "autosaves"


@pytest.fixture
def store(folder: Path) -> AutosaveStore:
    return AutosaveStore(folder)


def crash(store: AutosaveStore) -> AutosaveStore:
    """As if the process had been killed: its locks go, its files stay."""
    for own in store._open.values():
        own.lock._stream.close()
    return AutosaveStore(store.folder)


def saves(folder: Path) -> list[str]:
    return sorted(own.name for own in folder.iterdir() if own.suffix == ".backlit")


def only(store: AutosaveStore) -> Recoverable:
    (found,) = store.found()
    return found


def test_what_was_written_is_found_after_a_crash(
    store: AutosaveStore, folder: Path, tmp_path: Path
) -> None:
    key, document = new_key(), tmp_path / "work.backlit"
    before = datetime.now(UTC)
    assert store.write(key, document, CONTENTS[3], "My work", 0, 3)
    assert store.found() == []
    found = only(crash(store))
    assert (found.key, found.document, found.name) == (key, document, "My work")
    assert (found.epoch, found.iteration, found.damaged) == (0, 3, "")
    assert before <= found.written <= datetime.now(UTC)
    assert bits(load_document(found.path)) == bits(small_document(3))
    # Nothing but the autosave, its note and its lock.
    assert len(list(folder.iterdir())) == 3


def test_the_same_content_is_not_written_again(store: AutosaveStore, folder: Path) -> None:
    key = new_key()
    assert store.write(key, None, CONTENTS[1])
    assert not store.write(key, None, CONTENTS[1])
    assert len(saves(folder)) == 1
    assert store.write(key, None, CONTENTS[2])
    assert store.write(key, None, CONTENTS[1])


def test_the_last_few_are_kept(store: AutosaveStore, folder: Path) -> None:
    key, other = new_key(), new_key()
    for number, content in CONTENTS.items():
        store.write(key, None, content, iteration=number)
    store.write(other, None, CONTENTS[1])
    assert len([own for own in saves(folder) if own.startswith(key)]) == GENERATIONS
    found = {own.key: own for own in crash(store).found()}
    assert found[key].iteration == 7 and found[other].iteration == 1


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"x" * 99])
def test_a_damaged_one_falls_back_to_the_one_before(
    store: AutosaveStore, folder: Path, damage: object
) -> None:
    assert callable(damage)
    key = new_key()
    for number in (1, 2, 3):
        store.write(key, None, CONTENTS[number])
    newest = folder / f"{key}-3.backlit"
    newest.write_bytes(damage(newest.read_bytes()))
    later = crash(store)
    assert only(later).iteration == 2
    for number in (1, 2):
        path = folder / f"{key}-{number}.backlit"
        path.write_bytes(damage(path.read_bytes()))
    found = only(later)
    assert found.path == newest
    assert found.damaged.startswith(f"“{newest.name}”: ") and found.damaged.endswith(".")


@pytest.mark.parametrize("note", [None, b"", b"{", b"[]", b'{"document": 5}', b"\xff" * 80])
def test_without_its_note_an_autosave_is_offered_as_untitled(
    store: AutosaveStore, folder: Path, note: bytes | None
) -> None:
    key = new_key()
    store.write(key, folder / "x.backlit", CONTENTS[5], "name")
    path = folder / f"{key}-1.json"
    path.unlink() if note is None else path.write_bytes(note)
    found = only(crash(store))
    assert (found.document, found.name, found.iteration) == (None, "untitled", 5)


def test_saving_and_closing_leave_nothing_to_recover(store: AutosaveStore, folder: Path) -> None:
    key = new_key()
    store.write(key, None, CONTENTS[1])
    store.discard(key)
    assert saves(folder) == []
    assert store.write(key, None, CONTENTS[1])
    store.close(key)
    store.close(key)
    assert list(folder.iterdir()) == []
    assert crash(store).found() == []


def test_what_is_recovered_or_not_wanted_is_removed(store: AutosaveStore, folder: Path) -> None:
    key, other = new_key(), new_key()
    for own in (key, other):
        for number in (1, 2):
            store.write(own, None, CONTENTS[number])
    later = crash(store)
    later.remove(next(own for own in later.found() if own.key == key))
    assert only(later).key == other
    assert not [own for own in folder.iterdir() if own.name.startswith(key)]


def test_one_that_is_older_than_its_document_is_marked(
    store: AutosaveStore, tmp_path: Path
) -> None:
    document = tmp_path / "work.backlit"
    document.write_bytes(CONTENTS[2])
    store.write(new_key(), document, CONTENTS[1])
    later = crash(store)
    assert not only(later).superseded
    ahead = (datetime.now(UTC) + timedelta(minutes=1)).timestamp()
    os.utime(document, (ahead, ahead))
    assert only(later).superseded
    document.unlink()
    assert not only(later).superseded


OTHER = """
import sys
from pathlib import Path
from simulator.document.recovery import AutosaveStore
store = AutosaveStore(Path(sys.argv[1]))
store.write(sys.argv[2], None, Path(sys.argv[3]).read_bytes())
print("written", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(folder: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has a document open."""
    content = tmp_path / "content"
    content.write_bytes(CONTENTS[4])
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(folder), "a" * 16, str(content)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None and process.stdout.readline() == b"written\n"
    yield process
    process.kill()
    process.communicate()


def test_of_a_living_process_nothing_is_offered_and_of_a_killed_one_all(
    store: AutosaveStore, folder: Path, other: subprocess.Popen[bytes]
) -> None:
    assert store.found() == []
    other.kill()
    other.wait()
    assert only(store).iteration == 4
    # What the lock file contains does not matter, nor whether it is there.
    lock = folder / f"{'a' * 16}.lock"
    for content in (b"", b"garbage" * 1000):
        lock.write_bytes(content)
        assert only(store).iteration == 4
    lock.unlink()
    assert only(store).iteration == 4


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    with pytest.raises(NotSavedError) as caught:
        AutosaveStore(file).write(new_key(), None, CONTENTS[1])
    assert str(caught.value) == "Not autosaved: File exists."
    assert AutosaveStore(tmp_path / "none").found() == []
    with pytest.raises(ValueError, match="no key"):
        AutosaveStore(tmp_path).write("../x", None, CONTENTS[1])


def test_a_full_disk_keeps_the_one_before(
    store: AutosaveStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    store.write(key, None, CONTENTS[1])

    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(NotSavedError) as caught:
            store.write(key, None, CONTENTS[2])
    assert str(caught.value) == "Not autosaved: the disk is full."
    assert saves(folder) == [f"{key}-1.backlit"]
    assert store.write(key, None, CONTENTS[2])
    assert only(crash(store)).iteration == 2


def test_an_autosave_that_fails_leaves_no_note(
    store: AutosaveStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note is written first; the disk is full only behind it."""
    key = new_key()
    store.write(key, None, CONTENTS[1])
    before, write = {own.name for own in folder.iterdir()}, os.write

    def full(handle: int, content: bytes) -> int:
        if bytes(content[:2]) == b"PK":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, content)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(NotSavedError):
            store.write(key, None, CONTENTS[2])
    assert {own.name for own in folder.iterdir()} == before


def test_killed_between_its_note_and_itself_the_one_before_is_found(
    store: AutosaveStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(path: Path, content: bytes) -> str:
        if path.suffix == ".backlit":
            raise Killed
        return write_durably(path, content)

    key = new_key()
    store.write(key, folder / "work.backlit", CONTENTS[1])
    with monkeypatch.context() as patch:
        patch.setattr(recovery, "write_durably", kill)
        with pytest.raises(Killed):
            store.write(key, folder / "work.backlit", CONTENTS[2])
        with pytest.raises(Killed):
            store.write("b" * 16, None, CONTENTS[2])
    later = crash(store)
    found = only(later)
    assert (found.iteration, found.document) == (1, folder / "work.backlit")
    # Of the other one there is a note, and nothing it is about.
    assert (folder / f"{'b' * 16}-1.json").exists()
    later.clean()
    assert (folder / f"{'b' * 16}-1.json").exists()
    os.utime(folder / f"{'b' * 16}.lock", (0, 0))
    later.clean()
    assert not list(folder.glob("b*"))
    assert only(later) == found
    later.remove(found)
    assert list(folder.iterdir()) == []


def test_cleaning_leaves_the_living_alone(
    store: AutosaveStore, folder: Path, other: subprocess.Popen[bytes]
) -> None:
    mine = new_key()
    store.write(mine, None, CONTENTS[1])
    store.discard(mine)
    for own in folder.glob("*.lock"):
        os.utime(own, (0, 0))
    AutosaveStore(folder).clean()
    assert {own.suffix for own in folder.glob("a*")} == {".backlit", ".json", ".lock"}
    assert (folder / f"{mine}.lock").exists()


def test_cleaning_leaves_what_a_crash_has_left_however_old(
    store: AutosaveStore, folder: Path
) -> None:
    store.write(new_key(), None, CONTENTS[3])
    after = crash(store)
    before = {own.name for own in folder.iterdir()}
    assert after.clean(now=time.time() + 100 * STALE_SECONDS) == []
    assert {own.name for own in folder.iterdir()} == before
    assert only(after).iteration == 3


def test_other_files_in_the_folder_are_left_alone(store: AutosaveStore, folder: Path) -> None:
    folder.mkdir(parents=True)
    names = ["notes.txt", "work.backlit", "A" * 16 + "-1.backlit", "a" * 16 + "-x.backlit"]
    for name in names:
        (folder / name).write_bytes(b"mine")
    assert store.found() == []
    store.write(new_key(), None, CONTENTS[1])
    later = crash(store)
    later.remove(only(later))
    assert {own.name for own in folder.iterdir()} == set(names)


def test_what_killed_saves_left_is_deleted_when_it_is_a_day_old(
    store: AutosaveStore, folder: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "documents"
    elsewhere.mkdir()
    store.remember(elsewhere)
    store.remember(elsewhere)
    assert json.loads((folder / "folders.json").read_text()) == [str(elsewhere)]
    store.remember(tmp_path / "gone")
    old, new, others = ".backlit-a1_b2c3d.tmp", ".backlit-zzzzzzzz.tmp", "x.tmp"
    now = datetime.now(UTC).timestamp()
    for place in (folder, elsewhere, tmp_path):
        for name in (old, new, others):
            (place / name).write_bytes(b"part of a docu")
            age = STALE_SECONDS + 60 if name != new else 60
            os.utime(place / name, (now - age, now - age))
    (elsewhere / ".backlit-folder00.tmp").mkdir()
    assert sorted(AutosaveStore(folder).clean()) == sorted([folder / old, elsewhere / old])
    for place in (folder, elsewhere):
        assert (place / new).exists() and (place / others).exists()
        assert not (place / old).exists()
    assert (tmp_path / old).exists()


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1}', b'[1, "", null]', b"\xff" * 90])
def test_a_damaged_list_of_folders_is_begun_again(
    store: AutosaveStore, folder: Path, tmp_path: Path, content: bytes
) -> None:
    folder.mkdir(parents=True)
    (folder / "folders.json").write_bytes(content)
    assert store.clean() == []
    store.remember(tmp_path)
    assert json.loads((folder / "folders.json").read_text()) == [str(tmp_path)]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (7200, "2 hours ago"),
        (86_400 * 3.5, "3 days ago"),
    ],
)
def test_ages(seconds: float, words: str) -> None:
    now = datetime(2026, 1, 31, tzinfo=UTC)
    assert age_in_words(now - timedelta(seconds=seconds), now) == words
