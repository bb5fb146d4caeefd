"""IDX files: what a header says is checked before anything is allocated."""

from __future__ import annotations

import gzip
import math
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.data.importing import Outcome, guess, outcome, read_files
from simulator.data.readers import Cancelled, ReadError, read_idx, read_idx_files
from simulator.data.readers.samples import Numbers, Samples

CODES = {"u1": 0x08, "i1": 0x09, ">i2": 0x0B, ">i4": 0x0C, ">f4": 0x0D, ">f8": 0x0E}


def header(dimensions: tuple[int, ...], code: int = 8, zero: int = 0) -> bytes:
    start = struct.pack(">HBB", zero, code, len(dimensions))
    return start + b"".join(struct.pack(">I", own) for own in dimensions)


def idx(array: Numbers, kind: str = "u1") -> bytes:
    return header(array.shape, CODES[kind]) + array.astype(kind).tobytes()


NAN = header((1,), 13) + struct.pack(">f", math.nan)
REFUSED = [
    ("idx-empty", b"", "the file is empty"),
    ("idx-short-magic", b"\0\0\x08", "header is cut off"),
    ("idx-short-dims", b"\0\0\x08\x02\0\0\0\x02", "header is cut off"),
    ("idx-bad-magic", header((2, 3), zero=1) + bytes(6), "is not an IDX file"),
    ("idx-bad-type", header((2, 3), 7) + bytes(6), "unknown value type 7"),
    ("idx-0-dims", header(()), "no dimensions"),
    ("idx-255-dims", struct.pack(">HBB", 0, 8, 255) + bytes(1020), "too many dimensions"),
    (
        "idx-declares-more",
        header((60_000, 28, 28)) + bytes(100),
        "declares 47,040,000 values but holds 100",
    ),
    ("idx-declares-less", header((10,)) + bytes(20), "holds more data than declared"),
    ("idx-overflow", header((2**31, 2**31, 4)) + bytes(6), "declares too many values"),
    ("idx-max", header((2**32 - 1,) * 3) + bytes(6), "declares too many values"),
    ("idx-large", header((10_000, 1000, 1000)) + bytes(6), "would need 10.0 GB of memory"),
    ("idx-zero-dim", header((0, 28, 28)), "no images"),
    ("idx-no-pixels", header((3, 0, 28)), "have no pixels"),
    ("idx-labels-as-images", header((10,)) + bytes(10), "is a label file, not images"),
    ("idx-float-nan", NAN, "1 value that is not a number"),
    ("idx-gz-truncated", gzip.compress(header((10,)) + bytes(10))[:14], "file is cut off"),
    (
        "idx-gz-damaged",
        gzip.compress(header((10,)) + bytes(10))[:-8] + bytes(8),
        "compressed file is damaged",
    ),
    (
        "idx-gz-bomb",
        gzip.compress(header((10_000_000, 1000)) + bytes(1000)),
        "would need 10.0 GB of memory; refused",
    ),
    (
        "idx-gz-more",
        gzip.compress(header((10,)) + bytes(1_000_000)),
        "holds more data than declared",
    ),
    ("idx-images-alone", header((2, 1, 1)) + bytes(2), "choose the file with their labels"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED, ids=[c[0] for c in REFUSED])
def test_what_cannot_be_used_is_refused(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / f"{name}.idx"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(ReadError) as refused:
            read_idx_files([path])
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert sentence in str(refused.value)
    assert f"“{name}.idx”" in str(refused.value)


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("packed", [False, True])
def test_every_type_is_read_exactly(tmp_path: Path, kind: str, packed: bool) -> None:
    wanted = np.arange(24).reshape(4, 2, 3)
    content = idx(wanted, kind)
    path = tmp_path / "own"
    path.write_bytes(gzip.compress(content) if packed else content)
    assert read_idx(path).tolist() == wanted.tolist()


def both(folder: Path, images: Numbers, labels: Numbers, stem: str = "train") -> list[Path]:
    paths = [folder / f"{stem}-images-idx3-ubyte", folder / f"{stem}-labels-idx1-ubyte"]
    paths[0].write_bytes(idx(images))
    paths[1].write_bytes(idx(labels))
    return paths


def refusal(paths: list[Path]) -> str:
    with pytest.raises(ReadError) as refused:
        read_idx_files(paths)
    return str(refused.value)


def result(samples: Samples) -> Outcome:
    return outcome(samples, guess(samples))


def test_images_and_labels_must_be_as_many(tmp_path: Path) -> None:
    paths = both(tmp_path, np.zeros((10, 2, 2)), np.zeros(9))
    assert "10 images but 9 labels" in refusal(paths)


def test_a_label_out_of_range_is_named(tmp_path: Path) -> None:
    paths = both(tmp_path, np.zeros((4, 2, 2)), np.array([0, 1, 255, 3]))
    assert "label 255 is outside 0–9 (sample 3)" in refusal(paths)


def test_one_class_is_refused(tmp_path: Path) -> None:
    paths = both(tmp_path, np.zeros((4, 2, 2)), np.full(4, 7))
    assert "only one class (“7”)" in refusal(paths)


def test_letters_are_numbered_without_a_gap(tmp_path: Path) -> None:
    labels = np.arange(1, 27)
    samples = read_idx_files(both(tmp_path, np.zeros((26, 2, 2)), labels))
    assert samples.classes == tuple(str(number) for number in labels)


def test_labels_beside_the_images_are_found(tmp_path: Path) -> None:
    images, labels = both(tmp_path, np.zeros((4, 2, 2)), np.array([0, 1, 1, 0]))
    labels.with_name(labels.name + ".gz").write_bytes(gzip.compress(labels.read_bytes()))
    labels.unlink()
    samples = read_files([images])
    assert isinstance(samples, Samples) and samples.labels is not None
    assert samples.labels.tolist() == [0, 1, 1, 0]
    assert "train-labels-idx1-ubyte.gz" in result(samples).warnings[0]


def test_test_files_follow_training_files(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    images, labels = random.integers(0, 256, (9, 3, 2)), np.arange(9) % 3
    train = both(tmp_path, images[:6], labels[:6])
    test = both(tmp_path, images[6:], labels[6:], "t10k")
    samples = read_idx_files([test[1], train[0], train[1], test[0]])
    assert samples.inputs.tolist() == images.tolist()
    assert samples.labels is not None and samples.labels.tolist() == labels.tolist()
    assert samples.parts is not None and samples.parts.tolist() == [0] * 6 + [2] * 3
    assert "the files say the parts: 6 train, 3 test" in result(samples).summary


def test_files_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    train = both(tmp_path, np.zeros((2, 2, 2)), np.array([0, 1]))
    test = both(tmp_path, np.zeros((2, 3, 3)), np.array([0, 1]), "t10k")
    assert "images of different sizes" in refusal([*train, *test])
    assert "1 file of images but 2 files of labels" in refusal([*train, test[1]])


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "images"
    path.write_bytes(idx(np.zeros((10, 1000, 1000))))
    with pytest.raises(Cancelled):
        read_idx(path, lambda share: share < 0.5)


GOOD = idx(np.arange(12).reshape(3, 2, 2))


def attempt(path: Path, content: bytes) -> bool:
    path.write_bytes(content)
    try:
        read_idx(path)
    except ReadError as problem:
        assert str(problem).endswith(".") and "\n" not in str(problem)
        return False
    return True


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, packed: bool) -> None:
    content = gzip.compress(GOOD) if packed else GOOD
    for length in range(len(content)):
        assert not attempt(tmp_path / "own", content[:length]), length
    assert attempt(tmp_path / "own", content)


@pytest.mark.parametrize("packed", [False, True])
def test_flipped_bits_are_read_or_refused(tmp_path: Path, packed: bool) -> None:
    content = gzip.compress(GOOD) if packed else GOOD
    for place in range(len(content)):
        for bit in range(8):
            flipped = bytearray(content)
            flipped[place] ^= 1 << bit
            attempt(tmp_path / "own", bytes(flipped))


@settings(max_examples=200)
@given(st.binary(max_size=60), st.booleans())
def test_random_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "own"
    attempt(path, b"\0\0\x08" + content if start else content)
