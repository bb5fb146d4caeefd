"""npz files: arrays of NumPy in a ZIP archive, read without ever unpickling.

Sizes, types and shapes are checked from the headers before an array is allocated.
"""

from __future__ import annotations

import ast
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from simulator.data.encoding import quoted
from simulator.data.parts import ALLOWED, PART_NAMES, part_numbers
from simulator.data.readers.errors import (
    Progress,
    ReadError,
    bytes_text,
    check_progress,
    counted,
    never_cancel,
    shown_name,
)
from simulator.data.readers.limits import (
    MAX_ARRAY_BYTES,
    MAX_CLASSES,
    MAX_DIMENSIONS,
    MAX_MEMBERS,
)
from simulator.data.readers.samples import Numbers, Samples, check_finite, classes_of
from simulator.data.readers.sources import opened

TYPES = frozenset(
    ("|b1", "|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8")
)
PAIRS = (
    ("x_train", "y_train"),
    ("X_train", "y_train"),
    ("train_images", "train_labels"),
    ("x", "y"),
    ("X", "y"),
    ("X", "Y"),
    ("images", "labels"),
    ("inputs", "targets"),
    ("inputs", "labels"),
    ("data", "target"),
    ("data", "labels"),
    ("arr_0", "arr_1"),
)
"""Names inputs and labels go by; the first are those of Keras's mnist.npz."""
_OTHER_PARTS = (("val", 1), ("validation", 1), ("test", 2))
"""What stands for "train" in the names of other parts, and their places in PARTS."""
_TEXT = re.compile(r"[<|][US]([1-9]\d?)")
"""Types of short texts, as the names of parts are."""
_MAX_HEADER = 10_000
_BLOCK = 4 << 20
_ABSURD = 10**15


def read_npz(path: Path, progress: Progress = never_cancel) -> Samples:
    """Inputs and labels from an npz file; the arrays are known by their names.

    Parts are arrays of their own (x_train, x_test), or named sample by sample in one of texts.

    Raises
    ------
    ReadError : one sentence.
    Cancelled : when ``progress`` says so.
    """
    name = shown_name(path)
    with opened(path) as (stream, _):
        try:
            with zipfile.ZipFile(stream) as archive:
                arrays = _arrays(archive, name, progress)
        except (zipfile.BadZipFile, zlib.error, EOFError, struct.error):
            raise ReadError(f"{name} is damaged or cut off; get a new copy of it.") from None
        except (NotImplementedError, RuntimeError, UnicodeError, OverflowError, ValueError) as why:
            if isinstance(why, ReadError):
                raise
            raise ReadError(f"{name} is damaged, or packed in a way unknown here.") from None
    return _samples(arrays, name, path.stem)


def _arrays(archive: zipfile.ZipFile, name: str, progress: Progress) -> dict[str, Numbers]:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise ReadError(f"{name} has too many parts ({len(members):,}; at most {MAX_MEMBERS:,}).")
    known = [member.filename for member in members]
    for member in members:
        if known.count(member.filename) > 1:
            raise ReadError(f"{name}: the part {quoted(member.filename)} appears twice.")
        if member.flag_bits & 1:
            raise ReadError(f"{name} is protected by a password; save it without one.")
        if member.file_size > MAX_ARRAY_BYTES:
            raise ReadError(f"{name} would need {bytes_text(member.file_size)} of memory; refused.")
    wanted = [member for member in members if member.filename.endswith(".npy")]
    if not wanted:
        raise ReadError(f"{name} holds no arrays; save some with numpy.savez.")
    if sum(member.file_size for member in wanted) > MAX_ARRAY_BYTES:
        size = sum(member.file_size for member in wanted)
        raise ReadError(f"{name} would need {bytes_text(size)} of memory; refused.")
    found = {}
    for place, member in enumerate(wanted):
        own = member.filename.removesuffix(".npy")
        with archive.open(member) as part:
            texts = own.lower() in PART_NAMES
            tell = partial(_tell, progress, place, len(wanted))
            found[own] = _array(part, member.file_size, f"{name}: {quoted(own)}", texts, tell)
    return found


def _tell(progress: Progress, done: int, parts: int, share: float) -> bool:
    return progress((done + share) / parts)


def _array(part: IO[bytes], size: int, where: str, texts: bool, progress: Progress) -> Numbers:
    """One array in the npy format, of a part of so many bytes; short ``texts`` where allowed.

    See numpy.lib.format for the format.
    """
    start = part.read(8)
    if len(start) < 8:
        raise ReadError(f"{where}: the array header is cut off.")
    if start[:6] != b"\x93NUMPY" or start[6] not in (1, 2, 3):
        raise ReadError(f"{where} is no array that NumPy saved.")
    width = 2 if start[6] == 1 else 4
    length_bytes = part.read(width)
    if len(length_bytes) < width:
        raise ReadError(f"{where}: the array header is cut off.")
    length = int.from_bytes(length_bytes, "little")
    if length > _MAX_HEADER:
        raise ReadError(f"{where}: the array header is too long ({length:,} bytes).")
    header = part.read(length)
    if len(header) < length:
        raise ReadError(f"{where}: the array header is cut off.")
    description = _described(header, where)
    descr, shape = description.get("descr"), description.get("shape")
    allowed = isinstance(descr, str) and (descr in TYPES or (texts and _TEXT.fullmatch(descr)))
    if not isinstance(descr, str) or not allowed:
        raise ReadError(
            f"{where}: array type not allowed ({_type_text(descr)}); save numbers, such as "
            f"float64, float32 or uint8."
        )
    fortran = description.get("fortran_order")
    if (
        not isinstance(shape, tuple)
        or len(shape) > MAX_DIMENSIONS
        or not isinstance(fortran, bool)
        or not all(type(own) is int and own >= 0 for own in shape)
    ):
        raise ReadError(f"{where}: array shape not allowed ({str(shape)[:40]}).")
    kind = np.dtype(descr)
    needed = math.prod(shape) * kind.itemsize
    there = size - 8 - width - length
    if needed > _ABSURD:
        raise ReadError(f"{where}: declares too many bytes.")
    if needed != there:
        raise ReadError(
            f"{where}: declares {bytes_text(needed)} but holds {bytes_text(max(0, there))}."
        )
    content = bytearray()
    while len(content) < needed:
        block = part.read(min(_BLOCK, needed - len(content)))
        if not block:
            raise ReadError(
                f"{where}: declares {bytes_text(needed)} but holds {bytes_text(len(content))}."
            )
        content += block
        check_progress(progress, len(content) / needed)
    # Reading on to the end lets the archive compare its checksum.
    part.read(1)
    array = np.frombuffer(content, dtype=kind)
    if kind.kind == "b" and (np.frombuffer(content, np.uint8) > 1).any():
        raise ReadError(f"{where}: truth values that are neither 0 nor 1.")
    return array.reshape(shape, order="F" if fortran else "C")


def _described(header: bytes, where: str) -> dict[str, Any]:
    try:
        found = ast.literal_eval(header.decode("latin-1").strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        raise ReadError(f"{where}: the array header is unreadable.") from None
    if not isinstance(found, dict):
        raise ReadError(f"{where}: the array header is unreadable.")
    return found


def _type_text(descr: object) -> str:
    if isinstance(descr, str) and descr[1:2] in ("U", "S"):
        return "text; give classes as numbers"
    return str(descr)[:20] if isinstance(descr, str) else "several fields"


def _samples(arrays: Mapping[str, Numbers], name: str, title: str) -> Samples:
    inputs_name, labels_name = _pair(arrays, name)
    parts = [(inputs_name, labels_name)]
    numbers = [0]
    warnings = []
    for word, number in _OTHER_PARTS:
        other = (inputs_name.replace("train", word), labels_name.replace("train", word))
        if "train" in inputs_name and other[0] in arrays and other[1] in arrays:
            parts.append(other)
            numbers.append(number)
    names = next((own for own in arrays if own.lower() in PART_NAMES), "")
    used = {own for part in parts for own in part}
    if names and len(parts) == 1 and arrays[names].dtype.kind in "US":
        used.add(names)
    unused = [quoted(own) for own in arrays if own not in used]
    if unused:
        more = ", …" if len(unused) > 5 else ""
        warnings.append(f"Not used: {', '.join(unused[:5])}{more}.")
    for x, y in parts:
        if arrays[x].ndim < 1 or arrays[y].ndim < 1 or len(arrays[x]) != len(arrays[y]):
            raise ReadError(
                f"{name}: {quoted(x)} has {_shape(arrays[x])} but {quoted(y)} has "
                f"{_shape(arrays[y])}; the first numbers, that of the samples, must be equal."
            )
        if len(parts) > 1 and not len(arrays[x]):
            raise ReadError(f"{name}: {quoted(x)} holds no samples; remove it, or fill it.")
    inputs = _joined([arrays[x] for x, _ in parts], name, inputs_name)
    targets = _joined([arrays[y] for _, y in parts], name, labels_name)
    if not inputs.size:
        raise ReadError(f"{name}: {quoted(inputs_name)} holds no samples.")
    check_finite(inputs, f"{name}: {quoted(inputs_name)}")
    check_finite(targets, f"{name}: {quoted(labels_name)}")
    if inputs.ndim == 1:
        inputs = inputs[:, np.newaxis]
    if inputs.ndim == 4 and inputs.shape[3] == 1:
        inputs = inputs[..., 0]
    if inputs.ndim > 3:
        warnings.append(f"{quoted(inputs_name)} is unrolled to {inputs[0].size:,} inputs.")
        inputs = inputs.reshape(len(inputs), -1)
    return _labelled(
        Samples(
            name=name,
            inputs=inputs,
            background=0.0 if inputs.ndim == 3 else None,
            parts=_parts(
                arrays, [x for x, _ in parts], numbers, names if names in used else "", name
            ),
            warnings=tuple(warnings),
            title=title,
        ),
        targets,
        f"{name}: {quoted(labels_name)}",
    )


def _parts(
    arrays: Mapping[str, Numbers], inputs: list[str], numbers: list[int], names: str, name: str
) -> NDArray[np.intp] | None:
    """The part of each sample: that of its array, or as the array ``names`` says; else None."""
    if len(inputs) > 1:
        return np.repeat(numbers, [len(arrays[own]) for own in inputs])
    if not names:
        return None
    said, count = arrays[names], len(arrays[inputs[0]])
    if said.shape != (count,):
        raise ReadError(
            f"{name}: {quoted(names)} has {_shape(said)} but there are {counted(count, 'sample')}; "
            f"name one part a sample."
        )
    try:
        texts = [
            own.decode() if isinstance(own, bytes) else str(own).encode().decode()
            for own in said.tolist()
        ]
    except ValueError:
        raise ReadError(f"{name}: {quoted(names)} holds texts that cannot be read.") from None
    found, wrong = part_numbers(texts)
    if wrong is not None:
        raise ReadError(
            f"{name}: {quoted(names)} says {quoted(texts[wrong])} of sample {wrong + 1:,}, which "
            f"names no part; write {ALLOWED}."
        )
    return found


def _pair(arrays: Mapping[str, Numbers], name: str) -> tuple[str, str]:
    for x, y in PAIRS:
        if x in arrays and y in arrays:
            return x, y
    found = ", ".join(quoted(own) for own in list(arrays)[:8])
    raise ReadError(
        f"{name} has {counted(len(arrays), 'array')} ({found}); name the inputs “x” and the labels "
        f"“y”, or “x_train” and “y_train”."
    )


def _joined(parts: Sequence[Numbers], name: str, own: str) -> Numbers:
    if len({part.shape[1:] for part in parts}) > 1:
        raise ReadError(f"{name}: {quoted(own)} and its test part have different shapes.")
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


def _labelled(samples: Samples, targets: Numbers, where: str) -> Samples:
    """With classes where the targets are whole numbers in one column, or 1 in one of many."""
    flat = targets.reshape(len(targets), -1)
    if flat.shape[1] > MAX_CLASSES:
        raise ReadError(f"{where}: {flat.shape[1]:,} targets a sample; at most {MAX_CLASSES:,}.")
    if flat.shape[1] == 1:
        column = flat[:, 0]
        whole = column.dtype.kind in "uib" or bool((column == np.floor(column)).all())
        if whole and column.min() >= 0 and len(np.unique(column)) <= 100:
            classes, numbers = classes_of(column, where)
            return replace(samples, classes=classes, labels=numbers.astype(np.intp))
        return replace(samples, targets=flat)
    ones = flat == 1
    if ((flat == 0) | ones).all() and (ones.sum(axis=1) == 1).all():
        classes = tuple(str(number) for number in range(flat.shape[1]))
        return replace(samples, classes=classes, labels=ones.argmax(axis=1).astype(np.intp))
    return replace(samples, targets=flat)


def _shape(array: Numbers) -> str:
    return "×".join(f"{own:,}" for own in array.shape) if array.ndim else "no dimensions"
