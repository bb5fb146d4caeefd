"""What the window keeps in a document: bytes and JSON of its own, and a picture of it.

None of it is work that could be lost, so what is damaged here is left out with a notice, and the
document opens.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.project import ProjectError, strict_json
from simulator.project.archive import ArrayParts, PartWriter
from simulator.project.archive.manifest import LAYOUT, THUMBNAIL, VIEW

MOST_BYTES = 2**20
MOST_PICTURE_BYTES = 4 * 2**20
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Window:
    """As in :class:`~simulator.document.Document`."""

    layout: bytes
    view: Mapping[str, Any]
    thumbnail: bytes
    notices: tuple[str, ...]


def add_window(parts: PartWriter, layout: bytes, view: Mapping[str, Any], thumbnail: bytes) -> str:
    """Add the parts of the window, those that there are; a notice on what could not be kept."""
    notices = []
    if 0 < len(layout) <= MOST_BYTES:
        parts.add(LAYOUT, layout)
    elif layout:
        notices.append("The window layout is too large for the file and was left out.")
    if view:
        try:
            parts.add(VIEW, _view_text(view))
        except (ValueError, TypeError):
            notices.append("The view settings cannot be kept in a file and were left out.")
    if _is_picture(thumbnail):
        parts.add(THUMBNAIL, thumbnail)
    return " ".join(notices)


def _view_text(view: Mapping[str, Any]) -> bytes:
    text = json.dumps(view, ensure_ascii=False, indent=1, allow_nan=False).encode()
    _view(text)
    return text


def _is_picture(content: bytes) -> bool:
    return content.startswith(_PNG) and len(content) <= MOST_PICTURE_BYTES


def read_window(parts: ArrayParts) -> Window:
    """The parts of the window; what cannot be used of them is named in the notices."""
    notices = []
    layout, view, thumbnail = (
        parts.raw(name) if parts.has(name) else None for name in (LAYOUT, VIEW, THUMBNAIL)
    )
    if layout is not None and not 0 < len(layout) <= MOST_BYTES:
        layout = None
        notices.append("The window layout in the file is damaged; the window stays as it is.")
    found: Mapping[str, Any] = {}
    if view is not None:
        try:
            found = _view(view)
        except ProjectError:
            notices.append("The view settings in the file are damaged; the usual ones are used.")
    if thumbnail is not None and not _is_picture(thumbnail):
        # A picture of the work is no loss worth a notice: the next save makes another.
        thumbnail = None
    return Window(layout or b"", found, thumbnail or b"", tuple(notices))


def _view(content: bytes) -> Mapping[str, Any]:
    if len(content) > MOST_BYTES:
        raise ProjectError("view.json is too large.")
    value = strict_json.parse(content)
    if not isinstance(value, dict):
        raise ProjectError("view.json must be an object.")
    return value
