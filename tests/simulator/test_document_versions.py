"""Documents of every version of the format open, and are kept before newer ones replace them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from documents import small_document
from small_projects import DATA

from simulator.document import load_document, resumed, save_document
from simulator.document.durable import backup_of
from simulator.project import ProjectError
from simulator.project.archive import MAX_FILE, VERSION, manifest, version_of
from simulator.project.archive.container import pack, unpack

GOLDEN = DATA / "documents" / "version-1.backlit"


@pytest.fixture
def said() -> dict[str, Any]:
    return json.loads((DATA / "documents" / "version-1.json").read_text("utf-8"))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "work.backlit"
    shutil.copyfile(GOLDEN, path)
    return path


def test_there_is_a_migration_from_every_version() -> None:
    assert manifest.MIGRATIONS.keys() == set(range(1, VERSION))
    assert MAX_FILE > 2**31


def test_version_1_opens_and_is_what_it_was(said: dict[str, Any]) -> None:
    content = GOLDEN.read_bytes()
    assert hashlib.sha256(content).hexdigest() == said["sha256"]
    assert version_of(content) == 1
    document = load_document(GOLDEN)
    project, state, training = document.project, document.state, document.training
    assert state is not None and training is not None
    assert (project.name, project.optimizer.name) == (said["name"], said["optimizer"])
    assert list(project.network.sizes) == said["sizes"]
    assert (state.epoch, state.iteration, state.position) == (
        *(said["epoch"], said["iteration"]),
        said["position"],
    )
    assert state.theta.tolist() == said["theta"]
    assert state.moving.tolist() == said["moving"]
    assert state.slots["velocity"].tolist() == said["velocity"]
    assert training.history.loss.tolist() == said["loss"]
    assert (document.record, document.runs, document.layout, document.notices) == (
        None,
        (),
        b"",
        (),
    )


def test_version_1_goes_on_where_it_stopped(said: dict[str, Any]) -> None:
    trainer = resumed(load_document(GOLDEN))
    trainer.run_iterations(40)
    after = said["after_40_more"]
    assert (trainer.epoch, trainer.iteration) == (after["epoch"], after["iteration"])
    # Another processor may round otherwise.
    np.testing.assert_allclose(trainer.network.theta, after["theta"], rtol=1e-6)


def test_opening_does_not_touch_the_file(old: Path) -> None:
    load_document(old)
    assert old.read_bytes() == GOLDEN.read_bytes()
    assert [own.name for own in old.parent.iterdir()] == ["work.backlit"]


def test_the_older_file_is_kept_for_good_when_it_is_saved_over(old: Path) -> None:
    kept = old.with_name("work.v1.backlit")
    for iterations in (3, 5):
        assert save_document(old, small_document(iterations)) == ""
    assert kept.read_bytes() == GOLDEN.read_bytes()
    assert version_of(old.read_bytes()) == version_of(backup_of(old).read_bytes()) == VERSION
    assert {own.name for own in old.parent.iterdir()} == {
        *("work.backlit", "work.backlit~", "work.v1.backlit"),
    }
    assert load_document(kept).project.name == "rich"


def test_an_older_file_that_was_kept_before_stays(old: Path) -> None:
    kept = old.with_name("work.v1.backlit")
    kept.write_bytes(b"the first one")
    assert save_document(old, small_document()) == ""
    assert kept.read_bytes() == b"the first one"


def test_where_it_cannot_be_kept_it_is_said(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*given: Any) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    kept = old.with_name("work.v1.backlit")
    kept.mkdir()
    assert save_document(old, small_document()) == (
        "Saved, but the file in the format of version 1 could not be kept as “work.v1.backlit”."
    )
    kept.rmdir()
    shutil.copyfile(GOLDEN, old)
    assert save_document(old, small_document()) == ""
    assert kept.read_bytes() == GOLDEN.read_bytes()


def test_a_migration_that_fails_changes_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(parts: dict[str, bytes]) -> dict[str, bytes]:
        raise ProjectError("it cannot be made a document of version 2.")

    monkeypatch.setattr(manifest, "MIGRATIONS", {1: fails})
    with pytest.raises(ProjectError, match=r"“work.backlit”: it cannot be made"):
        load_document(old)
    assert old.read_bytes() == GOLDEN.read_bytes()


def test_newer_ones_are_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "new.backlit"
    parts = unpack(GOLDEN.read_bytes())
    listed = json.loads(parts["manifest.json"])
    listed["version"] = VERSION + 1
    path.write_bytes(pack({**parts, "manifest.json": json.dumps(listed).encode()}))
    with pytest.raises(ProjectError) as caught:
        load_document(path)
    assert str(caught.value) == (
        f"“new.backlit”: it was made by a newer Backlit (format {VERSION + 1}, this one reads up "
        f"to {VERSION}); update Backlit to open it."
    )
    before = path.read_bytes()
    assert save_document(path, small_document()) == ""
    assert backup_of(path).read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 500, GOLDEN.read_bytes()[:200]])
def test_what_says_no_version_has_none(content: bytes) -> None:
    assert version_of(content) is None
