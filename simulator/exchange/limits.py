"""How large a file of another program may be."""

from __future__ import annotations

MAX_FILE = 512 * 2**20
"""Bytes of a file, and of all its parts unpacked."""
MAX_PARTS = 64
"""Parts of a zip."""
MAX_RATIO = 120
"""Bytes a packed byte may stand for; numbers and JSON reach 20."""
MAX_OBJECTS = 5_000
"""Groups and arrays of an HDF5 file."""
MAX_DEPTH = 8
"""Groups within groups."""
