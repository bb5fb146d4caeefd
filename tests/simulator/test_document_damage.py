"""Damaged documents: refused with one sentence, or equal; never other content."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from documents import bits, changed, small_bytes, small_document, with_array
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.document import open_document
from simulator.project import ProjectError
from simulator.project.archive import container, make_archive, manifest, open_archive
from simulator.project.archive.container import pack, unpack
from simulator.project.archive.npy import from_npy, to_npy

GOOD = small_bytes()
CONTENT = bits(small_document())


def refusal(content: bytes) -> str:
    with pytest.raises(ProjectError) as caught:
        open_document(content)
    sentence = str(caught.value)
    assert len(sentence) < 400 and sentence.isprintable()
    return sentence


def test_the_good_one_opens() -> None:
    assert bits(open_document(GOOD)) == CONTENT


def test_cut_off_at_every_byte() -> None:
    """Nothing but the whole file opens."""
    for length in range(len(GOOD)):
        assert refusal(GOOD[:length])
    assert refusal(b"") == "the file is empty."
    assert refusal(GOOD[:-1]) == "it is cut off."
    assert refusal(GOOD[: len(GOOD) // 2]) == "it is cut off."


def test_every_bit_flipped_in_headers_and_a_sample_of_the_rest() -> None:
    """Refused, every one: headers are compared with what the writer writes, parts have hashes."""
    start = struct.unpack_from("<I", GOOD, len(GOOD) - 6)[0]
    places = [*range(start, len(GOOD)), *range(120)]
    places += random.Random(5).sample(range(120, start), 1500)
    for number, place in enumerate(places):
        damaged = bytearray(GOOD)
        damaged[place] ^= 1 << number % 8
        with pytest.raises(ProjectError):
            unpack(bytes(damaged))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(GOOD)), st.integers(0, 300))
def test_anything_written_over_it(what: bytes, place: int, removed: int) -> None:
    damaged = GOOD[:place] + what + GOOD[place + removed :]
    try:
        found = open_document(damaged)
    except ProjectError:
        return
    assert bits(found) == CONTENT


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_anything_at_all(content: bytes) -> None:
    for head in (b"", b"PK\3\4", GOOD[:65]):
        with pytest.raises(ProjectError):
            open_document(head + content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"x", "it is not a Backlit document."),
        (bytes(5000), "the file contains no data (only zero bytes)."),
        (random.Random(1).randbytes(100_000), "it is not a Backlit document."),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "it is a picture, not a document."),
        (b"\n<!DOCTYPE html><html>", "it is a web page, not a document."),
        (GOOD + bytes(65_536), "it is damaged (extra data at its end)."),
        (
            GOOD.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
            "it was changed in transfer (line ends were converted).",
        ),
    ],
)
def test_other_files_are_called_by_their_name(content: bytes, sentence: str) -> None:
    assert refusal(content) == sentence


def zipped(names: list[str], **more: Any) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", **more) as archive:
        archive.writestr("mimetype", container.SIGNATURE, zipfile.ZIP_STORED)
        for name in names:
            archive.writestr(name, b"content")
    return stream.getvalue()


def test_another_program_reads_it() -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("project.json"))["network"]["inputs"] == 3
        theta = np.load(io.BytesIO(archive.read("arrays/theta.npy")), allow_pickle=False)
    state = small_document().state
    assert state is not None and theta.tobytes() == state.theta.tobytes()


def test_other_zip_files_are_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<w/>" * 50)
    assert refusal(stream.getvalue()) == "it was not made by Backlit."


def entries(
    content: bytes, place: int, change: Callable[[list[Any]], None], name: bytes | None = None
) -> bytes:
    """The archive with one entry of its list, and the header of that part, changed alike."""
    out = bytearray(content)
    start = struct.unpack_from("<I", out, len(out) - 6)[0]
    for _ in range(place):
        start += 46 + struct.unpack_from("<H", out, start + 28)[0]
    fields = list(container._CENTRAL.unpack_from(out, start))
    change(fields)
    out[start : start + 46] = container._CENTRAL.pack(*fields)
    if name is not None:
        out[start + 46 : start + 46 + len(name)] = name
    return bytes(out)


def put(field: int, value: int) -> Callable[[list[Any]], None]:
    def change(fields: list[Any]) -> None:
        fields[field] = value

    return change


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (3, 1, "it is protected by a password."),
        (4, 14, "it uses an unknown compression."),
        (9, 0xFFFFFFFF, "it is damaged (sizes)."),
        (15, 0o120777 << 16, "it has a forbidden part (a link)."),
        (16, 0, "it is damaged (parts overlap)."),
        (16, 3_000_000, "it is damaged (the start of a part)."),
        (11, 4, "it is damaged (its list of parts)."),
        (9, 2**31, "it is damaged (the start of a part)."),
    ],
)
def test_headers_that_lie(field: int, value: int, sentence: str) -> None:
    assert refusal(entries(GOOD, 2, put(field, value))) == sentence


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/passwd", "..\\x", "a/../b", "C:x", "A.json", "a//b", "x\ny", "x.exe"]
)
def test_names_that_lead_elsewhere(name: str) -> None:
    assert refusal(pack({name: b"x"})) == "it has a part with a forbidden name."
    assert refusal(zipped([name])).startswith("it ")


def test_too_many_parts() -> None:
    assert refusal(zipped([f"a{n}" for n in range(1200)])) == (
        "it has too many parts (1,201, at most 1,000)."
    )
    with pytest.raises(ProjectError, match="too many parts"):
        pack({f"a{n}": b"" for n in range(1000)})


def test_a_part_twice() -> None:
    parts = {"aa": b"1", "ab": b"2"}
    content = pack(parts).replace(b"ab", b"aa")
    with pytest.raises(ProjectError, match="a part appears twice"):
        unpack(content)


def bomb(size: int, declared: int) -> bytes:
    """An archive whose part unpacks to ``size`` bytes of 0 and says ``declared``."""
    return archive_of(deflated(bytes(size)), zlib.crc32(bytes(size)), declared)


def deflated(content: bytes, end: int = zlib.Z_FINISH) -> bytes:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeezer.compress(content) + squeezer.flush(end)


def archive_of(packed: bytes, crc: int, declared: int) -> bytes:
    """An archive with a part of these packed bytes and what it says of them."""
    first = container._Entry(
        b"mimetype", 0, zlib.crc32(container.SIGNATURE), *[len(container.SIGNATURE)] * 2, 0
    )
    head = first.local() + container.SIGNATURE
    own = container._Entry(b"a", 8, crc, len(packed), declared, len(head))
    listed = first.central() + own.central()
    body = head + own.local() + packed
    return body + listed + container._END.pack(b"PK\5\6", 0, 0, 2, 2, len(listed), len(body), 0)


def test_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unpack(bomb(100_000, 100_000))["a"] == bytes(100_000)
    assert refusal(bomb(1_000_000, 10_000)) == "its part “a” is damaged."
    assert refusal(bomb(10_000, 10_001)) == "its part “a” is damaged."
    assert refusal(bomb(1000, 2**31)) == "it is damaged (sizes)."
    monkeypatch.setattr(container, "free_memory", lambda: 2**20)
    assert refusal(bomb(1_000_000, 1_000_000)) == (
        "it would need 0.0 GB of memory; this computer has 0.0 GB free."
    )


def test_the_first_part_must_say_whose_it_is() -> None:
    assert refusal(GOOD.replace(b"mimetype", b"mimetypf")) == "it was not made by Backlit."


@pytest.mark.parametrize(("more_size", "more_start"), [(6, 6), (0, 6), (0, 0)])
def test_nothing_is_hidden_between_the_parts_and_their_list(
    more_size: int, more_start: int
) -> None:
    end = list(container._END.unpack(GOOD[-22:]))
    size, start = end[5:7]
    end[5:7] = size + more_size, start + more_start
    listing = GOOD[start : start + size]
    content = GOOD[:start] + b"hidden" + listing + container._END.pack(*end)
    assert refusal(content) == "it is damaged (its list of parts)."


def test_a_part_that_hides_more_than_it_says() -> None:
    """Its checksum is right for what it says: another program would see other content."""
    content = bytes(range(256)) * 40
    crc, size = zlib.crc32(content), len(content)
    assert unpack(archive_of(deflated(content), crc, size))["a"] == content
    for packed in (
        deflated(content + b"more"),
        deflated(content) + b"more",
        deflated(content, zlib.Z_SYNC_FLUSH),
    ):
        assert refusal(archive_of(packed, crc, size)) == "its part “a” is damaged."


def with_version(value: Any) -> bytes:
    parts = unpack(GOOD)
    listed = json.loads(parts["manifest.json"])
    listed["version"] = value
    return pack({**parts, "manifest.json": json.dumps(listed).encode()})


@pytest.mark.parametrize("value", [0, -1, "3", 1.0, True, 10**30, None, []])
def test_unknown_versions(value: Any) -> None:
    assert refusal(with_version(value)).startswith("it has an unknown version (")


def test_newer_versions_are_said() -> None:
    assert refusal(with_version(999)).startswith("it was made by a newer Backlit (format 999, ")


def test_older_versions_are_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the format at 3, a file of version 1 goes through both migrations, in order."""

    def first(parts: dict[str, bytes]) -> dict[str, bytes]:
        return {**parts, "note.json": b"1"}

    def second(parts: dict[str, bytes]) -> dict[str, bytes]:
        return {**parts, "note.json": parts["note.json"] + b"2"}

    monkeypatch.setattr(manifest, "VERSION", 3)
    monkeypatch.setattr(manifest, "MIGRATIONS", {1: first, 2: second})
    assert open_archive(with_version(1))["note.json"] == b"12"


def test_parts_missing_damaged_unexpected() -> None:
    parts = unpack(GOOD)
    without = {name: own for name, own in parts.items() if name != "arrays/theta.npy"}
    assert refusal(pack(without)) == "its part “arrays/theta.npy” is missing."
    assert refusal(pack({**parts, "more.json": b"1"})) == "it has an unexpected part “more.json”."
    listed = json.loads(parts["manifest.json"])
    listed["parts"]["more.json"] = {"bytes": 1, "sha256": ""}
    assert refusal(pack({**parts, "manifest.json": json.dumps(listed).encode()})) == (
        "its part “more.json” is missing."
    )
    theta = bytearray(parts["arrays/theta.npy"])
    theta[-1] ^= 1
    assert refusal(pack({**parts, "arrays/theta.npy": bytes(theta)})) == (
        "its part “arrays/theta.npy” is damaged."
    )
    del parts["manifest.json"]
    assert refusal(pack(parts)).startswith("it has no description inside")
    hashed = open_archive(GOOD)
    assert refusal(make_archive({**hashed, "more.json": b"1"})) == (
        "it has an unexpected part “more.json”."
    )
    del hashed["arrays/theta.npy"]
    assert refusal(make_archive(hashed)) == "its part “arrays/theta.npy” is missing."


def at(*path: str | int, to: Any) -> Callable[[Any], None]:
    def change(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (at("epoch", to=-1), "epoch must be a whole number"),
        (at("iteration", to=10**30), "iteration must be a whole number"),
        (at("position", to=5), "position must be a whole number from 0 to 4"),
        (at("theta", to=[1.0]), "theta must be an array"),
        (at("theta", to={"array": "../x"}), "is missing"),
        (at("moving", to={"array": "theta"}), "does not fit the network"),
        (at("rate", to=[0.1, 0.1]), "has 2 entries"),
        (at("rate", to=[0.1, "x", 0.1]), "rate must be a number"),
        (at("rate", to=[0.1, -1, 0.1]), "is below 0"),
        (at("loss_limit", to="nan"), "is below 0"),
        (at("updates", to=[1, True]), "updates must be a whole number"),
        (at("stop_reason", to="a\nb"), "stop_reason must be a sentence"),
        (at("slots", "more", to={"array": "theta"}), "not known"),
        (at("callbacks", to=[{"callback": 1}]), "1 entries"),
        (at("history", "stride", to=3), "curves"),
        (at("history", "epoch", to={"array": "theta"}), "does not fit|curves"),
        (at("surprise", to=1), "surprise is not known"),
    ],
)
def test_training_that_does_not_fit(change: Any, words: str) -> None:
    with pytest.raises(ProjectError, match=words):
        open_document(changed("training.json", change))


def test_arrays_that_do_not_fit() -> None:
    state = small_document().state
    assert state is not None
    theta = state.theta.copy()
    assert "does not fit the network: it is 25" in refusal(with_array("theta", theta[:-1]))
    assert "float32" in refusal(with_array("theta", theta.astype("float32")))
    for value, words in ((np.nan, "not numbers (NaN)"), (np.inf, "infinite")):
        theta[0] = value
        assert f"layer 1 has parameters that are {words}" in refusal(with_array("theta", theta))


def header(text: str, data: bytes = bytes(96)) -> bytes:
    described = (text + "\n").encode("latin-1")
    return b"\x93NUMPY\x01\x00" + len(described).to_bytes(2, "little") + described + data


def described(descr: str, shape: str, fortran: str = "False") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': ({shape}), }}"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (header(described("'|O'", "12,")), "type of array is not allowed"),
        (header(described("'<U10'", "12,")), "type of array is not allowed"),
        (header(described("[('a', '<f8')]", "12,")), "type of array is not allowed"),
        (header(described("'>f8'", "12,")), "type of array is not allowed"),
        (header(described("'<f8'", "3, 4"), bytes(80)), "declares 96 bytes but holds 80"),
        (header(described("'<f8'", "1099511627776,")), "declares 8,796,093,022,208 bytes"),
        (header(described("'<f8'", "4294967296, 4294967296")), "declares 147,573,952,589,676,4"),
        (header(described("'<f8'", "-1,")), "shape of array is not allowed"),
        (header(described("'<f8'", "3.0, 4")), "shape of array is not allowed"),
        (header(described("'<f8'", "True, 12")), "shape of array is not allowed"),
        (header(described("'<f8'", ", ".join(["1"] * 33))), "shape of array is not allowed"),
        (header(described("'<f8'", "12,"))[:30], "header of the array is cut off"),
        (header(described("'<f8'", "exit(),")), "shape of array is not allowed"),
        (header("(" * 60_000), "header of the array is too long"),
        (header("__import__('os')"), "header of the array is unreadable"),
        (b"\x93NUMPY\x03\x00" + bytes(100), "not an array"),
        (b"", "not an array"),
    ],
)
def test_arrays_that_are_none(content: bytes, words: str) -> None:
    with pytest.raises(ProjectError) as caught:
        from_npy(content, "“x”")
    assert words in str(caught.value)


def test_arrays_come_back() -> None:
    for shape in ((0,), (3,), (3, 4), (2, 1, 5)):
        for kind in ("float64", "float32", "int64"):
            values = (np.arange(np.prod(shape)) * 1.5).reshape(shape).astype(kind)
            for own in (values, np.asfortranarray(values)):
                found = from_npy(to_npy(own), "x")
                assert found.dtype == own.dtype and np.array_equal(found, own)
                assert found.flags.c_contiguous and found.flags.writeable
