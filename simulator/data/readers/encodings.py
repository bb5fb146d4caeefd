"""In which encoding a text file is written."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import BinaryIO

from simulator.data.readers.errors import Progress, ReadError, check_progress, check_size
from simulator.data.readers.sources import kind_of

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 without mark",
    "utf-16-be": "UTF-16 without mark, big end first",
    "cp1252": "Latin-1 (Windows)",
}
"""The encodings there are to choose from, by their names in Python."""
_BLOCK = 1 << 20
_PACKED = {
    "zip": "it is a ZIP or Excel file; open it in a spreadsheet and save it as CSV",
    "gzip": "it is compressed; unpack it first",
    "picture": "it is a picture",
    "npy": "it is a NumPy array",
}


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding, and the first row that made it a mere guess, or None where it is certain."""

    encoding: str
    doubtful_row: int | None = None


def guess_encoding(stream: BinaryIO, size: int, name: str, progress: Progress) -> Guess:
    """Read a whole file and say in which encoding it is.

    A byte-order mark decides; else it is UTF-8 if all of it is valid; else Latin-1 (as Windows
    writes it) if that makes its foreign letters parts of words.

    Raises
    ------
    ReadError : one sentence: the file is no text, or no encoding fits.
    """
    start = stream.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Guess("utf-16")
    wide = _without_mark(start)
    if wide:
        return Guess(wide)
    kind = kind_of(start)
    if kind:
        reason = _PACKED.get(kind, f"it is {kind}" if " " in kind else "it holds binary data")
        raise ReadError(f"{name} is not a text table: {reason}.")
    decoder = codecs.getincrementaldecoder("utf-8")()
    rows, done = 1, 0
    block = start
    valid = True
    while block:
        if b"\0" in block:
            rows += block[: block.index(b"\0")].count(b"\n")
            raise ReadError(
                f"{name}: row {rows:,} contains binary data (a zero byte), so it is not a text "
                f"table."
            )
        if valid:
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                valid = False
                # The decoder may have held back up to three bytes of the block before.
                before = error.object[: error.start]
                rows += before.count(b"\n")
                piece = _around(bytes(error.object), error.start)
                doubtful = rows
        if valid:
            rows += block.count(b"\n")
        done += len(block)
        check_size(done, size, name)
        check_progress(progress, done / size)
        block = stream.read(_BLOCK)
    if valid:
        try:
            decoder.decode(b"", final=True)
            return Guess("utf-8")
        except UnicodeDecodeError as error:
            piece, doubtful = _around(bytes(error.object), error.start), rows
    if _is_word(piece):
        return Guess("cp1252", doubtful)
    raise ReadError(
        f"{name}: row {doubtful:,} is not valid text in UTF-8; choose another encoding, such as "
        f"Latin-1, or save the file as UTF-8."
    )


def _around(content: bytes, place: int) -> tuple[bytes, bytes, bytes]:
    """The byte before, the byte itself, and the one behind."""
    return content[max(0, place - 1) : place], content[place : place + 1], content[place + 1 :][:1]


def _is_word(piece: tuple[bytes, bytes, bytes]) -> bool:
    """Whether a byte is a letter beside a letter, or a sign such as ° or µ, in Latin-1."""
    before, own, behind = (part.decode("cp1252", "replace") for part in piece)
    if own.isalpha():
        return (before.isalpha() or behind.isalpha()) and "\ufffd" not in (before, own, behind)
    return own in "°²³µ€£§±·«»“”‘’–—…\N{NO-BREAK SPACE}"


def _without_mark(start: bytes) -> str:
    """UTF-16 that lacks its mark shows as zero bytes in every second place."""
    if len(start) < 8:
        return ""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if odd > 0.7 * half and even == 0:
        return "utf-16-le"
    if even > 0.7 * half and odd == 0:
        return "utf-16-be"
    return ""
