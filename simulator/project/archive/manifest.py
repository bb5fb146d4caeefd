"""The list of a document's parts with their hashes, and the version of the format."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from simulator.project import strict_json
from simulator.project.archive.container import Squeezed, pack, part_at_start, unpack
from simulator.project.errors import ProjectError
from simulator.project.fields import Fields, shown

VERSION = 2
"""Of the format that is written.  2 may have a record, kept runs and parts of the window."""
NAME = "manifest.json"
LAYOUT, VIEW, THUMBNAIL = "layout.bin", "view.json", "thumbnail.png"
SPARE = frozenset({LAYOUT, VIEW, THUMBNAIL})
"""Parts of the window: what is damaged there is no work lost."""

Parts = dict[str, bytes]
MIGRATIONS: dict[int, Callable[[Parts], Parts]] = {1: lambda parts: parts}
"""By version: what makes its parts those of the next version."""


def make_archive(parts: Mapping[str, bytes], squeezed: Squeezed | None = None) -> bytes:
    """The bytes of a document with these parts; what is ``squeezed`` already is taken from there.

    Raises
    ------
    ProjectError : if it would be too large.
    """
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    listed = {
        name: {"bytes": len(content), "sha256": digests[name]} for name, content in parts.items()
    }
    value = {"format": "backlit", "version": VERSION, "parts": listed}
    return pack({NAME: json.dumps(value, indent=1).encode(), **parts}, digests, squeezed)


def open_archive(content: bytes) -> Parts:
    """The parts of a document by name, every one as it was written, in the newest version.

    Of the :data:`SPARE` ones, which a document can do without, one that is damaged is empty.

    Raises
    ------
    ProjectError : one sentence on what is wrong with the file.
    """
    parts = unpack(content, SPARE)
    if NAME not in parts:
        raise ProjectError("it has no description inside (manifest.json).")
    fields = Fields(strict_json.parse(parts.pop(NAME)), "manifest.json")
    fields.choice("format", ("backlit",))
    version = _version(fields.raw("version"))
    _check(parts, fields.raw("parts"))
    fields.finish()
    for old in range(version, VERSION):
        parts = MIGRATIONS[old](parts)
    return parts


def version_of(start: bytes) -> int | None:
    """The version a document has by the start of its file; None if that says nothing."""
    try:
        value = strict_json.parse(part_at_start(start, NAME))
        return _version(Fields(value, NAME).raw("version"))
    except ProjectError:
        return None


def _version(value: Any) -> int:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not 1 <= value < 10**6:
        raise ProjectError(f"it has an unknown version ({shown(value)}).")
    if value > VERSION:
        raise ProjectError(
            f"it was made by a newer Backlit (format {value}, this one reads up to {VERSION}); "
            f"update Backlit to open it."
        )
    return int(value)


def _check(parts: Parts, listed: Any) -> None:
    if not isinstance(listed, dict):
        raise ProjectError("its list of parts is damaged.")
    for name in listed:
        if name not in parts:
            raise ProjectError(f"its part “{name[:80]}” is missing.")
    for name, content in parts.items():
        if name not in listed:
            raise ProjectError(f"it has an unexpected part “{name}”.")
        wanted = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        if listed[name] != wanted:
            if name in SPARE:
                parts[name] = b""
                continue
            raise ProjectError(f"its part “{name}” is damaged.")
