"""Zip files of other programs, unpacked only where every size, name and checksum is honest."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Collection
from pathlib import PurePosixPath

from simulator.exchange.limits import MAX_FILE, MAX_PARTS, MAX_RATIO
from simulator.project.errors import ProjectError, printable

_DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, UnicodeError, OverflowError, ValueError),
)


def unzipped(content: bytes, wanted: Collection[str]) -> dict[str, bytes]:
    """The parts of these names; what else is in the file is looked at, but not unpacked.

    Raises
    ------
    ProjectError : one sentence, also where a part is missing.
    """
    if not content:
        raise ProjectError("the file is empty.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check(members, len(content))
            names = {member.filename: member for member in members}
            for name in wanted:
                if name not in names:
                    raise ProjectError(f"it has no part “{name}”.")
            return {name: _part(archive, names[name]) for name in wanted}
    except ProjectError:
        raise
    except _DAMAGES:
        raise ProjectError("it is damaged or cut off.") from None


def _check(members: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse what no honest writer makes, before anything is unpacked."""
    if len(members) > MAX_PARTS:
        raise ProjectError(f"it has too many parts ({len(members):,}, at most {MAX_PARTS}).")
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise ProjectError("a part appears twice.")
    for member in members:
        _check_member(member)
    if sum(member.file_size for member in members) > MAX_FILE:
        raise ProjectError(f"its parts would need more than {MAX_FILE // 2**20} MB; refused.")
    # A part begins with 30 bytes and its name; parts that overlap stand for the same bytes twice.
    places = sorted((own.header_offset, own.compress_size + 30) for own in members)
    ends = [offset + length for offset, length in places]
    starts = [offset for offset, _ in places[1:]]
    if any(end > start for end, start in zip(ends, [*starts, size], strict=True)):
        raise ProjectError("it is damaged (parts overlap).")


def _check_member(member: zipfile.ZipInfo) -> None:
    name = printable(member.filename)
    path = PurePosixPath(member.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise ProjectError(f"it has a part with a forbidden name (“{name}”).")
    if member.flag_bits & 1:
        raise ProjectError("it is protected by a password.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ProjectError(f"the part “{name}” is packed in a way unknown here.")
    if member.external_attr >> 28 & 0xF == 0xA:
        raise ProjectError(f"the part “{name}” is a link.")
    if member.file_size > MAX_RATIO * max(member.compress_size, 1):
        raise ProjectError(f"the part “{name}” would grow too much when unpacked; refused.")


def _part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as part:
        content = part.read(member.file_size + 1)
    if len(content) != member.file_size:
        raise ProjectError(f"the part “{printable(member.filename)}” has not the size it declares.")
    return content
