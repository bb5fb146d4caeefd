"""Arrays as ``.npy``, read without evaluating anything.

``numpy.load`` evaluates the header as Python and raises a dozen kinds of errors; here a header is
matched letter by letter and its sizes are compared with what there is before it is allocated.
Format: NumPy Enhancement Proposal 1, version 1.0.
"""

from __future__ import annotations

import io
import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.project.errors import ProjectError

_MAGIC = b"\x93NUMPY\x01\x00"
_MAX_HEADER = 1024
_HEADER = re.compile(
    r"\{'descr': '([^']*)', 'fortran_order': (False|True), 'shape': \(([^()]*)\), \} *\n"
)
_SHAPE = re.compile(r"|\d{1,18},|\d{1,18}(, \d{1,18}){1,3}")
_TYPES = ("<f8", "<f4", "<i8")


def to_npy(array: NDArray[Any]) -> bytes:
    """The bytes of an array of float64, float32 or int64."""
    stream = io.BytesIO()
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    np.lib.format.write_array(stream, little, version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def from_npy(content: bytes, name: str) -> NDArray[Any]:
    """The array in these bytes, writable; ``name`` is how sentences call it.

    Raises
    ------
    ProjectError : one sentence.
    """
    start = len(_MAGIC) + 2
    if not content.startswith(_MAGIC):
        raise ProjectError(f"{name} is not an array (.npy, version 1.0).")
    length = int.from_bytes(content[len(_MAGIC) : start], "little")
    if length > _MAX_HEADER:
        raise ProjectError(f"{name}: the header of the array is too long.")
    if len(content) < start + length:
        raise ProjectError(f"{name}: the header of the array is cut off.")
    found = _HEADER.fullmatch(content[start : start + length].decode("latin-1"))
    if found is None:
        if b"'descr': [" in content[start : start + length]:
            raise ProjectError(f"{name}: this type of array is not allowed.")
        if b"'shape': (" in content[start : start + length]:
            raise ProjectError(f"{name}: this shape of array is not allowed.")
        raise ProjectError(f"{name}: the header of the array is unreadable.")
    kind, fortran, sizes = found.groups()
    if kind not in _TYPES:
        raise ProjectError(f"{name}: this type of array is not allowed.")
    if _SHAPE.fullmatch(sizes) is None:
        raise ProjectError(f"{name}: this shape of array is not allowed.")
    shape = tuple(int(size) for size in sizes.split(",") if size.strip())
    needed, there = math.prod(shape) * int(kind[2]), len(content) - start - length
    if needed != there:
        raise ProjectError(f"{name} declares {needed:,} bytes but holds {there:,}.")
    flat = np.frombuffer(content, kind, offset=start + length)
    return flat.reshape(shape, order="F" if fortran == "True" else "C").copy(order="C")
