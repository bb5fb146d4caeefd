"""Noticing what others do to a file."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.document.durable import write_durably
from simulator.document.on_disk import Change, fingerprint, what_happened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "work.backlit"
    path.write_bytes(b"content")
    return path


def test_what_a_file_is(file: Path) -> None:
    os.utime(file, (1_000_000, 2_000_000))
    found = fingerprint(file)
    assert found is not None
    assert (found.size, found.modified) == (7, datetime.fromtimestamp(2_000_000, UTC))
    assert fingerprint(file.with_name("none")) is None
    assert fingerprint(file.parent) is None


def test_the_same_file_is_the_same(file: Path) -> None:
    before = fingerprint(file)
    assert what_happened(file, before) is Change.SAME
    # Touched, or written again with the same content.
    os.utime(file, (1, 1))
    assert what_happened(file, before) is Change.SAME
    write_durably(file, b"content")
    assert what_happened(file, before) is Change.SAME


def test_another_content_is_noticed_at_any_age_and_size(file: Path) -> None:
    before = fingerprint(file)
    assert before is not None
    found = os.stat(file)
    file.write_bytes(b"CONTENT")
    os.utime(file, (0, 0))
    assert what_happened(file, before) is Change.CHANGED
    write_durably(file, b"CONTEXT")
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert what_happened(file, before) is Change.CHANGED


def test_a_file_that_vanished_is_written_anew(file: Path) -> None:
    before = fingerprint(file)
    file.unlink()
    assert what_happened(file, before) is Change.VANISHED
    assert write_durably(file, b"new") == ""
    assert file.read_bytes() == b"new"
    assert [own.name for own in file.parent.iterdir()] == ["work.backlit"]


def test_files_that_come_and_go(file: Path) -> None:
    before = fingerprint(file)
    file.unlink()
    assert what_happened(file, before) is Change.VANISHED
    assert what_happened(file, None) is Change.SAME
    file.write_bytes(b"new")
    assert what_happened(file, None) is Change.APPEARED
    file.unlink()
    file.mkdir()
    assert what_happened(file, before) is Change.VANISHED
