"""HDF5 files of weights, read only where they hold plain arrays and nothing else.

An HDF5 file can name other files to read, declare an array of any size without having it, and hold
whole programs.  So every object is looked at before a number is read: links must be hard links
within the file, arrays must be whole numbers or floating point, stored in one piece, as large as
they say.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.exchange.extras import load_h5py
from simulator.exchange.limits import MAX_DEPTH, MAX_FILE, MAX_OBJECTS
from simulator.project.errors import ProjectError, printable

_MAGIC = b"\x89HDF\r\n\x1a\n"
_MAX_DIMENSIONS = 8
_TYPES = ("<f8", "<f4", "<f2", "<i8", "<i4", "<u8", "<u4", "|u1", "|i1")


@dataclass(frozen=True, eq=False)
class Contents:
    """The arrays of a file by path, "layers/dense/vars/0"; and the paths of its groups."""

    arrays: Mapping[str, NDArray[Any]]
    groups: frozenset[str]


def read_hdf5(content: bytes) -> Contents:
    """Every array of an HDF5 file.

    Raises
    ------
    ProjectError : one sentence on what is wrong with the file, or that h5py is not installed.
    """
    h5py = load_h5py()
    if not content:
        raise ProjectError("the file of weights is empty.")
    if not content.startswith(_MAGIC):
        raise ProjectError("the weights are no HDF5 file.")
    if len(content) > MAX_FILE:
        raise ProjectError(f"the weights take more than {MAX_FILE // 2**20} MB; refused.")
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            return _Walk(h5py, len(content)).contents(file)
    except ProjectError:
        raise
    except MemoryError:
        raise ProjectError("there is not enough memory for its weights.") from None
    except Exception:
        # h5py raises whatever its library reports: OSError, RuntimeError, KeyError, TypeError ...
        raise ProjectError("the weights are damaged or cut off.") from None


class _Walk:
    def __init__(self, h5py: Any, size: int) -> None:
        self._h5py, self._size = h5py, size
        self._arrays: dict[str, Any] = {}
        self._groups: set[str] = set()
        self._seen: set[Any] = set()
        self._bytes = 0

    def contents(self, file: Any) -> Contents:
        """All arrays, read when all of them have been looked at."""
        self._visit(file, "", 0)
        read = {path: np.asarray(own[()]) for path, own in self._arrays.items()}
        return Contents(read, frozenset(self._groups))

    def _visit(self, group: Any, path: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ProjectError("its weights are nested too deeply.")
        self._count(group)
        self._groups.add(path)
        for name in group:
            inner = f"{path}/{name}" if path else name
            shown = printable(inner)
            link = group.get(name, getlink=True)
            if isinstance(link, self._h5py.ExternalLink):
                raise ProjectError(f"“{shown}” leads to another file; refused.")
            if not isinstance(link, self._h5py.HardLink):
                raise ProjectError(f"“{shown}” is a link to another place; refused.")
            found = group[name]
            if isinstance(found, self._h5py.Group):
                self._visit(found, inner, depth + 1)
            elif isinstance(found, self._h5py.Dataset):
                self._count(found)
                self._check(found, shown)
                self._arrays[inner] = found
            else:
                raise ProjectError(f"“{shown}” is neither a group nor an array; refused.")

    def _count(self, found: Any) -> None:
        """Refuse a file with too many objects, or one that contains itself."""
        address = self._h5py.h5o.get_info(found.id).addr
        if address in self._seen:
            raise ProjectError("the weights are damaged (a part appears twice).")
        self._seen.add(address)
        if len(self._seen) > MAX_OBJECTS:
            raise ProjectError(f"the weights have too many parts (more than {MAX_OBJECTS:,}).")

    def _check(self, array: Any, shown: str) -> None:
        if array.is_virtual:
            raise ProjectError(f"“{shown}” is put together from other files; refused.")
        if array.external:
            raise ProjectError(f"“{shown}” keeps its numbers in another file; refused.")
        if array.dtype.str not in _TYPES:
            raise ProjectError(f"“{shown}” is no array of numbers; refused.")
        if array.shape is None or len(array.shape) > _MAX_DIMENSIONS:
            raise ProjectError(f"“{shown}” has a shape that is not allowed.")
        needed = math.prod(array.shape) * array.dtype.itemsize
        self._bytes += needed
        if self._bytes > self._size:
            raise ProjectError(
                f"“{shown}” declares {needed:,} bytes, which the file does not hold."
            )
        if array.chunks is not None or array.compression is not None:
            raise ProjectError(f"“{shown}” is packed; save the weights from Keras itself.")
        if array.id.get_storage_size() != needed:
            raise ProjectError(
                f"“{shown}” declares {needed:,} bytes, which the file does not hold."
            )
