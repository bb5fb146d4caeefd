"""IDX files, as those of MNIST, plain or compressed with gzip.

The format (LeCun, Cortes & Burges, "The MNIST database"): two zero bytes, the type of the values,
the number of dimensions, each dimension as four bytes, big end first, then the values.
"""

from __future__ import annotations

import gzip
import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from simulator.data.readers.errors import (
    Progress,
    ReadError,
    bytes_text,
    check_progress,
    counted,
    never_cancel,
    shown_name,
)
from simulator.data.readers.limits import MAX_ARRAY_BYTES, MAX_CLASSES, MAX_DIMENSIONS
from simulator.data.readers.samples import Numbers, Samples, check_finite, classes_of
from simulator.data.readers.sources import opened

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""Type codes and NumPy's names of the types."""
_BLOCK = 4 << 20
_ABSURD = 10**15
"""From so many bytes on, a size is not worth naming."""
_TEST = ("t10k", "test")


def read_idx(path: Path, progress: Progress = never_cancel) -> Numbers:
    """The array in one file, its size checked against the file's before it is allocated.

    Raises
    ------
    ReadError : one sentence.
    Cancelled : when ``progress`` says so.
    """
    name = shown_name(path)
    with opened(path) as (stream, size):
        packed = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
        if not packed:
            return _read(stream, size, name, progress)
        try:
            with gzip.GzipFile(fileobj=stream) as unpacked:
                return _read(cast(BinaryIO, unpacked), None, name, progress)
        except EOFError:
            raise ReadError(
                f"{name}: the compressed file is cut off; get a new copy of it."
            ) from None
        except (gzip.BadGzipFile, zlib.error):
            raise ReadError(
                f"{name}: the compressed file is damaged; get a new copy of it."
            ) from None


def _read(stream: BinaryIO, size: int | None, name: str, progress: Progress) -> Numbers:
    """``size`` is that of the whole file, or None where only reading it to its end can tell."""
    start = stream.read(4)
    if len(start) < 4:
        raise ReadError(f"{name}: the header is cut off; an IDX file begins with 4 bytes.")
    if start[:2] != b"\0\0":
        raise ReadError(f"{name} is not an IDX file: it does not begin with two zero bytes.")
    code, dimensions = start[2], start[3]
    if code not in TYPES:
        known = ", ".join(str(own) for own in TYPES)
        raise ReadError(f"{name}: unknown value type {code}; an IDX file has one of {known}.")
    if not dimensions:
        raise ReadError(f"{name}: no dimensions, so it holds no samples.")
    if dimensions > MAX_DIMENSIONS:
        raise ReadError(
            f"{name}: too many dimensions ({dimensions}; at most {MAX_DIMENSIONS}); the file is "
            f"damaged."
        )
    header = stream.read(4 * dimensions)
    if len(header) < 4 * dimensions:
        raise ReadError(f"{name}: the header is cut off; {dimensions} dimensions must follow.")
    shape = tuple(int.from_bytes(header[4 * k : 4 * k + 4], "big") for k in range(dimensions))
    if not shape[0]:
        raise ReadError(f"{name}: no images; it declares 0 samples.")
    kind = np.dtype(TYPES[code])
    # Python's whole numbers do not wrap round, as those of 64 bits would.
    values = math.prod(shape)
    needed = values * kind.itemsize
    if not values:
        raise ReadError(f"{name}: its images have no pixels.")
    there = None if size is None else size - 4 - 4 * dimensions
    if needed > MAX_ARRAY_BYTES:
        if needed > _ABSURD:
            raise ReadError(f"{name}: declares too many values; the file is damaged.")
        raise ReadError(f"{name} would need {bytes_text(needed)} of memory; refused.")
    if there is not None and there != needed:
        raise _wrong_size(name, values, there // kind.itemsize, there > needed)
    content = bytearray()
    while len(content) < needed:
        block = stream.read(min(_BLOCK, needed - len(content)))
        if not block:
            raise _wrong_size(name, values, len(content) // kind.itemsize, False)
        content += block
        check_progress(progress, len(content) / needed)
    if stream.read(1):
        raise _wrong_size(name, values, values, True)
    array = np.frombuffer(content, dtype=kind).reshape(shape)
    array = array if kind.itemsize == 1 else array.astype(kind.newbyteorder("="))
    check_finite(array, name)
    return array


def _wrong_size(name: str, declared: int, there: int, more: bool) -> ReadError:
    if more:
        return ReadError(
            f"{name}: holds more data than declared ({declared:,} values); the file is damaged."
        )
    return ReadError(
        f"{name}: declares {declared:,} values but holds {there:,}; get a new copy of it."
    )


def read_idx_files(paths: Sequence[Path], progress: Progress = never_cancel) -> Samples:
    """Images and labels in files of their own, paired by their names.

    A lone file of images is read with the labels that lie beside it, and training files with the
    test files beside them.  Test files follow the training files; they are the test part.

    Raises
    ------
    ReadError : one sentence.
    Cancelled : when ``progress`` says so.
    """
    arrays: dict[Path, Numbers] = {}
    wanted = list(dict.fromkeys(paths))
    for path in wanted:
        _read_into(arrays, path, wanted, progress)
    images = [path for path in wanted if arrays[path].ndim > 1]
    labels = [path for path in wanted if arrays[path].ndim == 1]
    found: list[Path] = []
    if not images:
        raise ReadError(
            f"{shown_name(wanted[0])} is a label file, not images; choose the file of images, too."
        )
    if len(images) == 1 and not labels:
        beside = _labels_beside(images[0])
        if beside is None:
            raise ReadError(
                f"{shown_name(images[0])} has images only; choose the file with their labels, too."
            )
        _read_into(arrays, beside, [*wanted, beside], progress)
        if arrays[beside].ndim != 1:
            raise ReadError(f"{shown_name(beside)} is no label file; choose the one of the images.")
        labels.append(beside)
        found.append(beside)
    if len(images) != len(labels):
        raise ReadError(
            f"There are {counted(len(images), 'file')} of images but "
            f"{counted(len(labels), 'file')} of labels; choose the two of each."
        )
    if any(_is_test(path) for path in images):
        return _paired(arrays, images, labels, found)
    alone = _paired(arrays, images, labels, found)
    return _with_test_files(alone, arrays, images, labels, found, progress)


def _with_test_files(
    alone: Samples,
    arrays: dict[Path, Numbers],
    images: list[Path],
    labels: list[Path],
    found: list[Path],
    progress: Progress,
) -> Samples:
    """The training files together with the test files beside them, where these can be used."""
    beside = _test_files_beside(images[0]) if len(images) == 1 else None
    if beside is None:
        return alone
    own, own_labels = beside
    try:
        for path in beside:
            _read_into(arrays, path, [*images, *labels, *beside], progress)
        both = _paired(arrays, [*images, own], [*labels, own_labels], found)
    except ReadError as problem:
        said = f"The test files beside it are left out: {problem}"
        return replace(alone, warnings=(*alone.warnings, said))
    said = f"The test part was found beside it, in {shown_name(own)} and {shown_name(own_labels)}."
    return replace(both, title=alone.title, warnings=(*both.warnings, said))


def _test_files_beside(images: Path) -> tuple[Path, Path] | None:
    """The images and labels called as the training files are, with t10k or test for train."""
    for word in _TEST:
        for name in _packed_or_not(images.name.replace("train", word)):
            other = images.with_name(name)
            labels = _labels_beside(other)
            if name != images.name and other.is_file() and labels is not None:
                return other, labels
    return None


def _read_into(
    arrays: dict[Path, Numbers], path: Path, wanted: Sequence[Path], progress: Progress
) -> None:
    done = len(arrays)
    arrays[path] = read_idx(path, lambda share: progress((done + share) / len(wanted)))


def _paired(
    arrays: dict[Path, Numbers], images: list[Path], labels: list[Path], found: list[Path]
) -> Samples:
    images.sort(key=_order)
    labels.sort(key=_order)
    shapes = {arrays[path].shape[1:] for path in images}
    if len(shapes) > 1:
        raise ReadError("The files hold images of different sizes; choose those of one size.")
    for picture, label in zip(images, labels, strict=True):
        if len(arrays[picture]) != len(arrays[label]):
            raise ReadError(
                f"{shown_name(picture)}: {len(arrays[picture]):,} images but "
                f"{len(arrays[label]):,} labels in {shown_name(label)}."
            )
    pictures = np.concatenate([arrays[path] for path in images])
    if pictures.ndim > 3:
        pictures = pictures.reshape(len(pictures), -1)
    name = shown_name(labels[0])
    all_labels: NDArray[np.int64] = np.concatenate([arrays[path] for path in labels])
    classes, numbers = classes_of(all_labels, name)
    if len(classes) > MAX_CLASSES:
        raise ReadError(f"{name}: {len(classes):,} classes; at most {MAX_CLASSES:,} can be.")
    parts = np.repeat([2 * _is_test(path) for path in images], [len(arrays[p]) for p in images])
    return Samples(
        name=shown_name(images[0]),
        inputs=pictures,
        classes=classes,
        labels=numbers.astype(np.intp),
        background=0.0,
        parts=parts if 0 < parts.sum() < 2 * len(parts) else None,
        warnings=tuple(f"The labels were found beside it, in {shown_name(own)}." for own in found),
        title=re.split(r"[.-]", images[0].name)[0] if len(images) == 1 else images[0].parent.name,
    )


def _is_test(path: Path) -> bool:
    return any(word in path.name.lower() for word in _TEST)


def _order(path: Path) -> tuple[bool, str]:
    """Training files first, and images and labels of one stem in the same place."""
    return _is_test(path), re.sub("images|labels|idx[0-9]", "", path.name.lower())


def _packed_or_not(name: str) -> tuple[str, ...]:
    return name, name.removesuffix(".gz"), f"{name}.gz"


def _labels_beside(images: Path) -> Path | None:
    """The file that is called as the images are, with labels for images."""
    for dimensions in ("idx3", "idx4", "idx2", ""):
        name = images.name.replace("images", "labels")
        name = name.replace(dimensions, "idx1") if dimensions else name
        for other in _packed_or_not(name):
            beside = images.with_name(other)
            if other != images.name and beside.is_file():
                return beside
    return None
