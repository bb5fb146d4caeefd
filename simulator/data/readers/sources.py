"""Files as readers open them: refused when too large, forbidden, or changed on the way."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from simulator.data.readers.errors import ReadError, bytes_text, shown_name
from simulator.data.readers.limits import MAX_FILE_BYTES

PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".pgm", ".ppm")
_STARTS = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"RIFF", "picture"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x93NUMPY", "npy"),
)


@contextmanager
def opened(path: Path, largest: int = MAX_FILE_BYTES) -> Iterator[tuple[BinaryIO, int]]:
    """A file to read and its size in bytes.

    Raises
    ------
    ReadError : one sentence, if it cannot be read, is empty or larger than ``largest``, or if it
        was changed while it was read.
    """
    name = shown_name(path)
    try:
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "no file that can be read"
            raise ReadError(f"{name} is {kind}." if path.exists() else f"{name} is not there.")
        with path.open("rb") as stream:
            before = os.fstat(stream.fileno())
            if before.st_size > largest:
                raise ReadError(
                    f"{name} is {bytes_text(before.st_size)}; the limit is {bytes_text(largest)}."
                )
            if not before.st_size:
                raise ReadError(f"{name}: the file is empty.")
            yield stream, before.st_size
            after = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ReadError(f"{name} changed while it was read; try again.")


def _unreadable(path: Path, error: OSError) -> ReadError:
    name = shown_name(path)
    if error.errno in (errno.EACCES, errno.EPERM):
        return ReadError(f"You may not read {name}; ask for permission, or copy it elsewhere.")
    return ReadError(f"{name} could not be read: {error.strerror or type(error).__name__}.")


def kind_of(start: bytes) -> str:
    """What a file is, by its first bytes: "zip", "gzip", "picture", "npy", "idx", or in words.

    Empty where the bytes say nothing, as those of a text do.
    """
    for magic, kind in _STARTS:
        if start.startswith(magic) and (kind != "a program" or b"\0" in start):
            return kind
    if start[:2] == b"\0\0" and len(start) >= 4 and 0x08 <= start[2] <= 0x0E:
        return "idx"
    return ""


def reader_for(path: Path) -> str:
    """Which reader a path is for: "table", "idx", "npz", "pictures".

    By its ending where that says it, else by its first bytes.

    Raises
    ------
    ReadError : one sentence, if it cannot be read or is of no kind that can.
    """
    name = shown_name(path)
    if path.is_dir():
        return "pictures"
    lower = path.name.lower()
    if lower.endswith((".svg", ".svgz")):
        raise ReadError(f"{name}: SVG drawings are not supported; save it as a PNG picture.")
    if lower.endswith(PICTURE_ENDINGS):
        return "pictures"
    if lower.endswith((".csv", ".tsv", ".tab", ".txt")):
        return "table"
    if lower.endswith(".npz"):
        return "npz"
    if lower.endswith((".idx", "-ubyte", "-ubyte.gz", ".idx.gz")):
        return "idx"
    with opened(path) as (stream, _):
        start = stream.read(512)
    kind = kind_of(start)
    if kind in ("idx", "gzip"):
        return "idx"
    if kind == "picture":
        return "pictures"
    if kind == "zip":
        return "npz"
    if kind == "npy":
        raise ReadError(
            f"{name} is a single array; save inputs and labels together with numpy.savez."
        )
    if start.lstrip()[:5].lower() in (b"<?xml", b"<svg ", b"<!doc", b"<html"):
        raise ReadError(f"{name} is a web page or a drawing, which is not supported.")
    return "table"
