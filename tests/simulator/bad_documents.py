"""The bad documents of ``tests/data/bad/documents.csv``, made from a good one by name."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from documents import small_bytes

from simulator.project.archive import container, make_archive, open_archive
from simulator.project.archive.container import pack, unpack

GOOD = small_bytes()
PARTS = open_archive(GOOD)
STORED = unpack(GOOD)
PROJECT = PARTS["project.json"]


def zipped(names: list[str]) -> bytes:
    """What another program makes of parts of these names, behind our own first part."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", container.SIGNATURE)
        for name in names:
            archive.writestr(name, b"content")
    return stream.getvalue()


def other_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<w/>" * 50)
    return stream.getvalue()


def listed(field: int, value: int, place: int = 2) -> bytes:
    """The good one with a field changed in the list of its parts."""
    out = bytearray(GOOD)
    start = struct.unpack_from("<I", out, len(out) - 6)[0]
    for _ in range(place):
        start += 46 + struct.unpack_from("<H", out, start + 28)[0]
    fields = list(container._CENTRAL.unpack_from(out, start))
    fields[field] = value
    out[start : start + 46] = container._CENTRAL.pack(*fields)
    return bytes(out)


def flipped_weight() -> bytes:
    content = bytearray(GOOD)
    content[GOOD.index(PARTS["arrays/theta.npy"]) + 140] ^= 1
    return bytes(content)


def twice() -> bytes:
    return pack({"manifest.json": b"1", "manifest.jsom": b"2"}).replace(b"jsom", b"json")


def overlapping() -> bytes:
    """Two parts that share their bytes, which the list of parts says of both."""
    return listed(16, struct.unpack_from("<I", GOOD, len(GOOD) - 6)[0] // 2, 3)


def bomb() -> bytes:
    """10 MB that unpack to 10 GB: a list that says so, in front of which a zero stands packed."""
    packed = zlib.compress(bytes(10_000_000), 9)[2:-4]
    size = 1000 * len(packed)
    first = container._Entry(
        *(b"mimetype", 0, zlib.crc32(container.SIGNATURE)),
        *(len(container.SIGNATURE), len(container.SIGNATURE), 0),
    )
    body = first.local() + container.SIGNATURE
    entries, chunks = [first], [body]
    offset = len(body)
    # So many that they would take more than any computer has free.
    for number in range(998):
        own = container._Entry(f"a{number}".encode(), 8, 0, len(packed), size, offset)
        chunks += [own.local(), packed]
        entries.append(own)
        offset += len(own.local()) + len(packed)
    listing = b"".join(own.central() for own in entries)
    end = container._END.pack(b"PK\5\6", 0, 0, len(entries), len(entries), len(listing), offset, 0)
    return b"".join([*chunks, listing, end])


def version(value: Any) -> bytes:
    manifest = json.loads(STORED["manifest.json"])
    manifest["version"] = value
    return pack({**STORED, "manifest.json": json.dumps(manifest).encode()})


def manifest(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(STORED["manifest.json"])
    change(value)
    return pack({**STORED, "manifest.json": json.dumps(value).encode()})


def npy(
    shape: str = "26,", descr: str = "'<f8'", fortran: str = "False", body: bytes = bytes(208)
) -> bytes:
    """The parameters, which are 26 numbers, with another header."""
    text = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': ({shape}), }}"
    return header(text.encode(), body)


def header(text: bytes, body: bytes = bytes(208)) -> bytes:
    text += b" " * (63 - (10 + len(text)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body


def theta(content: bytes) -> bytes:
    """The good one with another array of parameters, and its hash right."""
    assert "arrays/theta.npy" in PARTS
    return make_archive({**PARTS, "arrays/theta.npy": content})


def values(place: int, value: float) -> bytes:
    found = np.load(io.BytesIO(PARTS["arrays/theta.npy"]), allow_pickle=False)
    found[place] = value
    stream = io.BytesIO()
    np.lib.format.write_array(stream, found, version=(1, 0))
    return theta(stream.getvalue())


def text(content: bytes) -> bytes:
    """The good one with another description of its project, and its hash right."""
    return make_archive({**PARTS, "project.json": content})


def project(**changes: Any) -> bytes:
    return text(json.dumps({**json.loads(PROJECT), **changes}).encode())


def named(raw: bytes) -> bytes:
    return text(PROJECT.replace(b'"name": "untitled"', b'"name": ' + raw))


def layers(*units: Any, **more: Any) -> bytes:
    value = json.loads(PROJECT)
    plain = {"activation": "tanh"}
    value["network"]["layers"] = [{**plain, "units": own, **more} for own in units]
    return text(json.dumps(value).encode())


def rate(value: Any) -> bytes:
    return project(optimizer={"name": "sgd", "learning_rate": value})


def mangled() -> bytes:
    return GOOD.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


BAD: Mapping[str, Callable[[], bytes]] = {
    "doc-empty": lambda: b"",
    "doc-1byte": lambda: b"P",
    "doc-trunc-half": lambda: GOOD[: len(GOOD) // 2],
    "doc-trunc-last-byte": lambda: GOOD[:-1],
    "doc-trailing-garbage": lambda: GOOD + b"\xaa" * 65_536,
    "doc-zeros": lambda: bytes(len(GOOD)),
    "doc-random": lambda: np.random.default_rng(0).bytes(100_000),
    "doc-is-png": lambda: b"\x89PNG\r\n\x1a\n" + bytes(50),
    "doc-is-other-zip": other_zip,
    "doc-is-html": lambda: b"<html>404</html>",
    "doc-crlf-mangled": mangled,
    "doc-bit-flip-weights": flipped_weight,
    "doc-no-manifest": lambda: pack(PARTS),
    "doc-missing-array": lambda: pack(
        {name: own for name, own in STORED.items() if name != "arrays/theta.npy"}
    ),
    "doc-extra-array": lambda: pack({**STORED, "arrays/more.npy": npy()}),
    "doc-duplicate-member": twice,
    "doc-newer-version": lambda: version(999),
    "doc-version-zero": lambda: version(0),
    "doc-version-text": lambda: version("3"),
    "doc-version-float": lambda: version(3.0),
    "doc-version-true": lambda: version(True),
    "doc-version-huge": lambda: version(10**30),
    "doc-zip-bomb-ratio": bomb,
    "doc-zip-bomb-overlap": overlapping,
    "doc-zip-10000-members": lambda: zipped([f"a{n}" for n in range(9999)]),
    "doc-zip-traversal": lambda: pack({**STORED, "../../x": b"x"}),
    "doc-zip-absolute": lambda: pack({**STORED, "/etc/x": b"x"}),
    "doc-zip-backslash": lambda: pack({**STORED, "..\\x": b"x"}),
    "doc-zip-symlink": lambda: listed(15, 0o120777 << 16),
    "doc-zip-encrypted-flag": lambda: listed(3, 1),
    "doc-zip-lzma": lambda: listed(4, 14),
    "doc-zip-comment-64k": lambda: GOOD[:-2] + b"\xff\xff" + b"c" * 65_535,
    "doc-zip64-lie": lambda: listed(9, 0xFFFFFFFF),
    "npy-object": lambda: theta(npy(descr="'|O'")),
    "npy-shape-mismatch": lambda: theta(npy(body=bytes(184))),
    "npy-shape-huge": lambda: theta(npy("1099511627776,")),
    "npy-shape-negative": lambda: theta(npy("-1,")),
    "npy-shape-wrap": lambda: theta(npy("4294967296, 4294967296")),
    "npy-shape-float": lambda: theta(npy("13.0, 2")),
    "npy-shape-bool": lambda: theta(npy("True, 26")),
    "npy-ndim-33": lambda: theta(npy(", ".join(["1"] * 33))),
    "npy-dtype-string": lambda: theta(npy(descr="'<U10'")),
    "npy-dtype-struct": lambda: theta(npy(descr="[('a', '<f8')]")),
    "npy-bigendian": lambda: theta(npy(descr="'>f8'")),
    "npy-header-truncated": lambda: theta(npy()[:40]),
    "npy-header-code": lambda: theta(header(b"__import__('os').system('true')")),
    "npy-header-nested": lambda: theta(header(b"(" * 60_000)),
    "npy-nan-weights": lambda: values(0, np.nan),
    "npy-inf-weights": lambda: values(0, np.inf),
    "npy-wrong-layer-shape": lambda: theta(npy("24,", body=bytes(192))),
    "npy-fortran": lambda: theta(
        npy(fortran="True", body=PARTS["arrays/theta.npy"][-208:]),
    ),
    "json-depth-100k": lambda: text(b"[" * 100_000),
    "json-depth-bomb-obj": lambda: text(b'{"a":' * 50_000),
    "json-20MB": lambda: text(b" " * (20 << 20)),
    "json-nan": lambda: named(b"NaN"),
    "json-inf": lambda: named(b"Infinity"),
    "json-1e400": lambda: named(b"1e400"),
    "json-int-5000-digits": lambda: named(b"9" * 5000),
    "json-dup-key": lambda: text(PROJECT.replace(b'"version": 1', b'"version": 1, "version": 1')),
    "json-bom": lambda: text(b"\xef\xbb\xbf" + PROJECT),
    "json-utf16": lambda: text(PROJECT.decode().encode("utf-16")),
    "json-bad-utf8": lambda: named(b'"a\xffb"'),
    "json-lone-surrogate": lambda: named(b'"\\ud800"'),
    "json-nul-in-name": lambda: named(b'"a\\u0000b"'),
    "json-trailing-comma": lambda: text(PROJECT.rstrip()[:-1] + b",}"),
    "json-comment": lambda: text(b"//x\n" + PROJECT),
    "json-is-list": lambda: text(b"[1,2]"),
    "json-null": lambda: text(b"null"),
    "json-members-list": lambda: manifest(lambda value: value.update(parts=[])),
    "json-wrong-type-lr": lambda: rate("fast"),
    "json-negative-lr": lambda: rate(-1),
    "json-layer-0-units": lambda: layers(2, 0, 1),
    "json-layer-negative": lambda: layers(2, -5, 1),
    "json-layer-1e9": lambda: layers(2, 1_000_000_000, 1),
    "json-layer-float": lambda: layers(2, 2.5, 1),
    "json-10000-layers": lambda: layers(*[2] * 10_000),
    "json-unknown-activation": lambda: layers(2, 2, activation="foo"),
    "json-activation-dunder": lambda: layers(2, 2, activation="__class__"),
    "json-graph-cycle": lambda: layers(2, 2, inputs_from=[2]),
    "json-edge-dangling": lambda: layers(2, 2, inputs_from=[99]),
    "json-edge-self": lambda: layers(2, inputs_from=[1]),
    "json-html-title": lambda: project(title="<img src=file:///etc/passwd>"),
}
"""By the name of the case: the bytes of the file."""
