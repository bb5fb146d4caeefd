"""What the window keeps in a document never keeps the document from being opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from documents import bits, small_document

from simulator.document import open_document, pack_document, packed
from simulator.document.window import MOST_BYTES
from simulator.project import ProjectError, load_project
from simulator.project.archive import make_archive, open_archive
from simulator.project.archive.container import pack, unpack
from simulator.project.archive.manifest import SPARE

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
PLAIN = small_document()
GOOD = pack_document(replace(PLAIN, layout=b"layout" * 9, view={"a": [1, None]}, thumbnail=PNG))
WORK = bits(PLAIN)
LAYOUT = "The window layout in the file is damaged; the window stays as it is."
VIEW = "The view settings in the file are damaged; the usual ones are used."


def with_part(name: str, content: bytes) -> bytes:
    return make_archive({**open_archive(GOOD), name: content})


@pytest.mark.parametrize("name", sorted(SPARE))
def test_any_damaged_byte_of_its_parts_is_a_notice_and_no_loss(name: str) -> None:
    content = open_archive(GOOD)[name]
    place = GOOD.index(content)
    for offset in range(len(content)):
        damaged = bytearray(GOOD)
        damaged[place + offset] ^= 1 << offset % 8
        found = open_document(bytes(damaged))
        assert bits(found) == WORK
        rest = {
            "layout.bin": (found.layout, LAYOUT),
            "view.json": (found.view, VIEW),
            "thumbnail.png": (found.thumbnail, ""),
        }
        mine, notice = rest.pop(name)
        assert not mine and found.notices == ((notice,) if notice else ())
        assert all(own for own, _ in rest.values())


def test_the_project_alone_is_read_from_it_too(tmp_path: Path) -> None:
    path = tmp_path / "work.backlit"
    damaged = bytearray(GOOD)
    damaged[GOOD.index(b"layoutlayout")] ^= 1
    path.write_bytes(damaged)
    assert load_project(path).network == PLAIN.project.network


def test_a_damaged_hash_of_its_parts_is_one_too() -> None:
    parts = unpack(GOOD)
    assert open_document(pack({**parts, "layout.bin": b"other"})).notices == (LAYOUT,)
    # Of other parts it is not.
    with pytest.raises(ProjectError, match=r"training.json” is damaged"):
        open_document(pack({**parts, "training.json": b"{}"}))


@pytest.mark.parametrize(
    ("name", "content", "notices"),
    [
        ("layout.bin", bytes(MOST_BYTES + 1), (LAYOUT,)),
        ("view.json", b"[1]", (VIEW,)),
        ("view.json", b'{"a": NaN}', (VIEW,)),
        ("view.json", b"[" * 100_000, (VIEW,)),
        ("view.json", b'{"a": 1, "a": 2}', (VIEW,)),
        ("view.json", b" " * (MOST_BYTES + 1), (VIEW,)),
        ("thumbnail.png", b"GIF89a", ()),
        ("thumbnail.png", PNG + bytes(5 * 2**20), ()),
    ],
)
def test_foreign_parts_are_left_out(name: str, content: bytes, notices: tuple[str, ...]) -> None:
    found = open_document(with_part(name, content))
    assert bits(found) == WORK
    assert found.notices == notices


TOO_LARGE = "The window layout is too large for the file and was left out."
NO_JSON = "The view settings cannot be kept in a file and were left out."


@pytest.mark.parametrize(
    ("more", "notice"),
    [
        ({"view": {"a": float("nan")}}, NO_JSON),
        ({"view": {"a": {1, 2}}}, NO_JSON),
        ({"view": {"a": "\ud800"}}, NO_JSON),
        ({"view": {"a": "x" * MOST_BYTES}}, NO_JSON),
        ({"layout": bytes(MOST_BYTES + 1)}, TOO_LARGE),
        ({"thumbnail": b"BM"}, ""),
        ({"thumbnail": PNG + bytes(5 * 2**20)}, ""),
    ],
)
def test_what_cannot_be_kept_does_not_keep_the_work_from_being_saved(
    more: Mapping[str, Any], notice: str
) -> None:
    content, said = packed(replace(PLAIN, **more))
    assert said == notice
    assert content == pack_document(PLAIN)
