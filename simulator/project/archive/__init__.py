"""The ``.backlit`` archive: named parts with their hashes in a zip file, arrays as ``.npy``."""

from simulator.project.archive.container import MAX_FILE, Squeezed
from simulator.project.archive.manifest import VERSION, make_archive, open_archive, version_of
from simulator.project.archive.parts import ArrayParts, PartWriter

__all__ = [
    "MAX_FILE",
    "VERSION",
    "ArrayParts",
    "PartWriter",
    "Squeezed",
    "make_archive",
    "open_archive",
    "version_of",
]
