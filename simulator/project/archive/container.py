"""The zip file around a document, written in one way and read only if it is written in that way.

Python's ``zipfile`` accepts much that no honest writer makes: parts that overlap, names that lead
out of the folder, data before and behind.  A document's fields are all known beforehand, so the
reader compares every header with the one the writer would have written.  Other programs can open
the file; what they write is another file.

Layout: PKWARE, ".ZIP File Format Specification" (APPNOTE.TXT) 6.3.10, sections 4.3.7, 4.3.12 and
4.3.16, without ZIP64 and without comments.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Collection, Mapping
from typing import NamedTuple

from simulator.project.errors import ProjectError
from simulator.project.model import free_memory

MAX_PARTS = 1000
MAX_FILE = 2**32 - 2**16
"""Bytes of a document: more would need 64-bit sizes."""
MIMETYPE = "mimetype"
SIGNATURE = b"application/x-backlit\r\n\n\x1a"
"""The first part, not compressed: file managers know the document by it, and line ends that were
converted on the way show in it."""

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_STORED, _DEFLATED = 0, 8
_NEEDED = 20
_MADE_BY = 3 << 8 | 20
_DATE = 1 << 5 | 1
"""1 January 1980: the same content gives the same bytes."""
_MODE = 0o100644 << 16
_WORTH_DEFLATING = 4096
_DEFLATE_AT_MOST = 1032
"""No deflated byte stands for more."""
_NAME = re.compile(r"[a-z0-9_]{1,40}(/[a-z0-9_]{1,40})?(\.(json|npy|png|bin))?")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")


class _Entry(NamedTuple):
    name: bytes
    method: int
    crc: int
    packed: int
    size: int
    offset: int

    def local(self) -> bytes:
        return (
            _LOCAL.pack(
                *(b"PK\3\4", _NEEDED, 0, self.method, 0, _DATE),
                *(self.crc, self.packed, self.size, len(self.name), 0),
            )
            + self.name
        )

    def central(self) -> bytes:
        return (
            _CENTRAL.pack(
                *(b"PK\1\2", _MADE_BY, _NEEDED, 0, self.method, 0, _DATE),
                *(self.crc, self.packed, self.size, len(self.name)),
                *(0, 0, 0, 0, _MODE, self.offset),
            )
            + self.name
        )


class Squeezed:
    """The compressed parts of the archive that was packed last: compressing is most of the work.

    Whoever packs the same document again and again hands the same one over each time; what has not
    changed is then not compressed anew, and the bytes are the same as without.
    """

    def __init__(self) -> None:
        self._last: dict[str, bytes] = {}
        self._now: dict[str, bytes] = {}

    def get(self, content: bytes, digest: str) -> bytes:
        """What ``content``, whose SHA-256 is ``digest``, is compressed."""
        packed = self._last.get(digest)
        if packed is None:
            packed = _squeezed(content)
        self._now[digest] = packed
        return packed

    def end(self) -> None:
        """The archive is packed: what is not in it is not kept any longer."""
        self._last, self._now = self._now, {}


def _squeezed(content: bytes) -> bytes:
    squeezer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    return squeezer.compress(content) + squeezer.flush()


def pack(
    parts: Mapping[str, bytes],
    digests: Mapping[str, str] | None = None,
    squeezed: Squeezed | None = None,
) -> bytes:
    """The bytes of an archive with these parts, in this order.

    With their SHA-256 by name, what is ``squeezed`` already is not compressed again.

    Raises
    ------
    ProjectError : if there are too many of them, or they are too large.
    """
    if len(parts) + 1 > MAX_PARTS:
        raise ProjectError(f"the document would have too many parts (at most {MAX_PARTS:,}).")
    out, directory, offset = [], [], 0
    for name, content in {MIMETYPE: SIGNATURE, **parts}.items():
        packed, method = content, _STORED
        if len(content) >= _WORTH_DEFLATING:
            digest = (digests or {}).get(name)
            if squeezed is None or digest is None:
                smaller = _squeezed(content)
            else:
                smaller = squeezed.get(content, digest)
            if len(smaller) < len(content):
                packed, method = smaller, _DEFLATED
        own = _Entry(
            name.encode("ascii"), method, zlib.crc32(content), len(packed), len(content), offset
        )
        if max(len(content), offset + len(packed)) > MAX_FILE - 2**20:
            raise ProjectError("the document would be too large (more than 4 GB).")
        out += [own.local(), packed]
        directory.append(own.central())
        offset += len(out[-2]) + len(packed)
    if squeezed is not None:
        squeezed.end()
    listed = b"".join(directory)
    end = _END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), len(listed), offset, 0)
    return b"".join([*out, listed, end])


def unpack(content: bytes, spare: Collection[str] = ()) -> dict[str, bytes]:
    """The parts of an archive by name; sizes and names are checked before anything is unpacked.

    Of the ``spare`` ones, one that is damaged is empty.

    Raises
    ------
    ProjectError : one sentence on what is wrong with the file.
    """
    _check_kind(content)
    entries = _entries(content)
    parts: dict[str, bytes] = {}
    for own in entries:
        name = own.name.decode("ascii")
        start = own.offset + len(own.local())
        try:
            parts[name] = _part(own, name, content[start : start + own.packed])
        except ProjectError:
            if name not in spare:
                raise
            parts[name] = b""
    if parts.pop(MIMETYPE, b"") != SIGNATURE:
        raise ProjectError("it was not made by Backlit.")
    return parts


def part_at_start(content: bytes, name: str) -> bytes:
    """The part behind the signature, if it has this name; "" if anything is wrong.

    For a look at the start of a file; nothing is compared with the list at its end.
    """
    start = _LOCAL.size + len(MIMETYPE) + len(SIGNATURE)
    if len(content) < start + _LOCAL.size:
        return b""
    fields = _LOCAL.unpack_from(content, start)
    method, crc, packed, size = fields[3], fields[6], fields[7], fields[8]
    own = _Entry(name.encode("ascii"), method, crc, packed, size, start)
    start += len(own.local())
    if not content.startswith(own.local(), own.offset) or own.size > len(content) * 8:
        return b""
    try:
        return _part(own, name, content[start : start + own.packed])
    except ProjectError:
        return b""


def _check_kind(content: bytes) -> None:
    """Say what a file is that is no document at all."""
    if not content:
        raise ProjectError("the file is empty.")
    if len(content) > MAX_FILE:
        raise ProjectError("the file is too large (more than 4 GB).")
    head = content[:200]
    if head.startswith(b"PK"):
        place = head.find(SIGNATURE[:-4])
        if place >= 0 and len(content) > place + len(SIGNATURE):
            if content[place : place + len(SIGNATURE)] != SIGNATURE:
                raise ProjectError("it was changed in transfer (line ends were converted).")
        elif place < 0 and len(content) > _LOCAL.size + len(MIMETYPE) + len(SIGNATURE):
            raise ProjectError("it was not made by Backlit.")
        return
    if content.count(0) == len(content):
        raise ProjectError("the file contains no data (only zero bytes).")
    if head.startswith(_PICTURES):
        raise ProjectError("it is a picture, not a document.")
    if head.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise ProjectError("it is a web page, not a document.")
    raise ProjectError("it is not a Backlit document.")


def _entries(content: bytes) -> list[_Entry]:
    """The list of the parts, once it agrees with every header in the file."""
    place = len(content) - _END.size
    if place < 0 or content[place : place + 4] != b"PK\5\6":
        found = content.rfind(b"PK\5\6")
        if 0 <= found < place:
            raise ProjectError("it is damaged (extra data at its end).")
        raise ProjectError("it is cut off.")
    _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(content, place)
    if count > MAX_PARTS:
        raise ProjectError(f"it has too many parts ({count:,}, at most {MAX_PARTS:,}).")
    if disk or first_disk or here != count or comment or start + size != place:
        raise ProjectError("it is damaged (its list of parts).")
    entries: list[_Entry] = []
    offset = 0
    for _ in range(count):
        own, start = _entry(content, start, place)
        if own.name in {other.name for other in entries}:
            raise ProjectError("it is damaged (a part appears twice).")
        if own.offset < offset:
            raise ProjectError("it is damaged (parts overlap).")
        if own.offset != offset or not content.startswith(own.local(), offset):
            raise ProjectError("it is damaged (the start of a part).")
        entries.append(own)
        offset += len(own.local()) + own.packed
    if start != place or offset + size != place:
        raise ProjectError("it is damaged (its list of parts).")
    _check_sizes(entries)
    return entries


def _entry(content: bytes, start: int, end: int) -> tuple[_Entry, int]:
    """The entry at ``start``, and where the next one begins."""
    if start + _CENTRAL.size > end:
        raise ProjectError("it is damaged (its list of parts).")
    fields = _CENTRAL.unpack_from(content, start)
    flags, method, crc, packed, size, length, extra, comment = (*fields[3:5], *fields[7:13])
    stop = start + _CENTRAL.size + length
    name = content[start + _CENTRAL.size : stop]
    if flags & 1:
        raise ProjectError("it is protected by a password.")
    if method not in (_STORED, _DEFLATED):
        raise ProjectError("it uses an unknown compression.")
    if 0xFFFFFFFF in (packed, size, fields[16]):
        raise ProjectError("it is damaged (sizes).")
    if _NAME.fullmatch(name.decode("latin-1")) is None:
        raise ProjectError("it has a part with a forbidden name.")
    if fields[15] >> 28 & 0xF == 0xA:
        raise ProjectError("it has a forbidden part (a link).")
    own = _Entry(name, method, crc, packed, size, fields[16])
    if extra or comment or stop > end or content[start:stop] != own.central():
        raise ProjectError("it is damaged (its list of parts).")
    return own, stop


def _check_sizes(entries: list[_Entry]) -> None:
    for own in entries:
        stored = own.method == _STORED and own.packed != own.size
        deflated = own.method == _DEFLATED and not 0 < own.size <= _DEFLATE_AT_MOST * own.packed
        if stored or deflated:
            raise ProjectError("it is damaged (sizes).")
    total, free = sum(own.size for own in entries), free_memory()
    if total > min(MAX_FILE, free // 2):
        raise ProjectError(
            f"it would need {total / 2**30:,.1f} GB of memory; this computer has "
            f"{free / 2**30:,.1f} GB free."
        )


def _part(own: _Entry, name: str, packed: bytes) -> bytes:
    content = packed
    if own.method == _DEFLATED:
        opener = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = opener.decompress(packed, own.size)
            more = opener.decompress(opener.unconsumed_tail, 1)
        except zlib.error:
            raise _damaged(name) from None
        if more or not opener.eof or opener.unused_data:
            raise _damaged(name)
    if len(content) != own.size or zlib.crc32(content) != own.crc:
        raise _damaged(name)
    return content


def _damaged(name: str) -> ProjectError:
    return ProjectError(f"its part “{name}” is damaged.")
