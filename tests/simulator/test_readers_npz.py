"""npz files: nothing is unpickled, sizes are checked first, Keras's names are known."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.data.importing import dataset, guess, outcome, read_files
from simulator.data.readers import ReadError, read_npz
from simulator.data.readers.samples import Samples

VALUES = np.arange(12.0).reshape(3, 4)


def npy(
    shape: str = "(3, 4)",
    descr: str = "'<f8'",
    order: str = "False",
    body: bytes | None = None,
) -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    text += b" " * (63 - (10 + len(text)) % 64) + b"\n"
    start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text
    return start + (VALUES.tobytes() if body is None else body)


LABELS = npy("(3,)", "'|u1'", body=bytes([0, 1, 1]))


def npz(members: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return stream.getvalue()


def refusal(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(ReadError) as refused:
        read_npz(path)
    assert str(refused.value).startswith("“own.npz”")
    return str(refused.value)


NESTED = b"\x93NUMPY\x02\x00" + struct.pack("<I", 60_000) + b"(" * 60_000
REFUSED = [
    ("npy-object", npy(descr="'|O'"), "array type not allowed"),
    ("npy-shape-mismatch", npy(body=bytes(80)), "declares 96 bytes but holds 80"),
    ("npy-shape-huge", npy("(1099511627776,)"), "declares 8.8 TB but holds 96 bytes"),
    ("npy-shape-negative", npy("(-1,)"), "array shape not allowed"),
    ("npy-shape-wrap", npy("(4294967296, 4294967296)"), "declares too many bytes"),
    ("npy-shape-float", npy("(3.0, 4)"), "array shape not allowed"),
    ("npy-shape-bool", npy("(True, 12)"), "array shape not allowed"),
    ("npy-ndim-33", npy("(" + "1," * 33 + ")", body=bytes(8)), "array shape not allowed"),
    ("npy-dtype-string", npy(descr="'<U10'"), "array type not allowed (text"),
    ("npy-dtype-struct", npy(descr="[('a','<f8')]"), "array type not allowed"),
    ("npy-bigendian", npy(descr="'>f8'"), "array type not allowed"),
    ("npy-header-truncated", npy()[:40], "array header is cut off"),
    ("npy-header-code", npy(descr="__import__('os').getcwd()"), "array header is unreadable"),
    ("npy-header-nested", NESTED, "array header is too long"),
    ("npy-header-deep", npy(descr="(" * 3000), "array header is unreadable"),
    ("npy-no-magic", b"x" * 100, "is no array that NumPy saved"),
    ("npy-nan", npy(body=np.full(12, np.nan).tobytes()), "12 values that are not numbers"),
    ("npy-inf", npy(body=np.r_[np.inf, np.zeros(11)].tobytes()), "1 value that is not a number"),
    ("npy-half-truths", npy("(3,)", "'|b1'", body=b"\0\x01\x02"), "neither 0 nor 1"),
    ("npy-scalar", npy("()", body=bytes(8)), "“x” has no dimensions"),
    ("npy-no-samples", npy("(0, 4)", body=b""), "“x” has 0×4 but “y” has 3"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED, ids=[c[0] for c in REFUSED])
def test_arrays_that_cannot_be_used_are_refused(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    assert sentence in refusal(tmp_path / "own.npz", npz({"x.npy": content, "y.npy": LABELS}))


def test_fortran_order_gives_the_same_values(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    for order, values in (("False", VALUES.tobytes("C")), ("True", VALUES.tobytes("F"))):
        path.write_bytes(npz({"x.npy": npy(order=order, body=values), "y.npy": LABELS}))
        assert read_npz(path).inputs.tolist() == VALUES.tolist()


def test_archives_that_cannot_be_trusted_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    good = {"x.npy": npy(), "y.npy": LABELS}
    assert "array" in refusal(path, npz({"x.npy": npy(), "z.npy": LABELS}))
    assert "holds no arrays" in refusal(path, npz({"a.txt": b"words"}))
    many = {f"m{number}.npy": b"" for number in range(1500)}
    assert "too many parts (1,500" in refusal(path, npz(many))
    with pytest.warns(UserWarning, match="Duplicate"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name in ("x.npy", "x.npy"):
                archive.writestr(name, npy())
    assert "“x.npy” appears twice" in refusal(path, stream.getvalue())
    assert "protected by a password" in refusal(path, marked(npz(good), flags=1))
    assert "unknown here" in refusal(path, marked(npz(good), method=99))


def marked(archive: bytes, flags: int = 0, method: int = 0) -> bytes:
    """The archive with all its members marked as packed in this way."""
    content = bytearray(archive)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(magic)
        while place >= 0:
            content[place + offset : place + offset + 4] = struct.pack("<HH", flags, method)
            place = content.find(magic, place + 4)
    return bytes(content)


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    content = bytearray(npz({"x.npy": npy(), "y.npy": LABELS}))
    place = content.find(b"PK\x01\x02") + 24
    content[place : place + 4] = struct.pack("<I", 4_000_000_000)
    assert "would need 4.0 GB of memory; refused" in refusal(tmp_path / "own.npz", bytes(content))
    stuffed = npz({"x.npy": npy(body=bytes(30_000_000)), "y.npy": LABELS}, zipfile.ZIP_DEFLATED)
    assert len(stuffed) < 100_000
    assert "declares 96 bytes but holds 30.0 MB" in refusal(tmp_path / "own.npz", stuffed)


def save(path: Path, **arrays: np.ndarray) -> Samples:
    np.savez_compressed(path, **arrays)
    found = read_files([path])
    assert isinstance(found, Samples)
    return found


def test_kerass_mnist_is_known(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (30, 6, 5)).astype(np.uint8)
    labels = (np.arange(30) % 10).astype(np.int64)
    found = save(
        tmp_path / "mnist.npz",
        x_train=pictures[:20],
        y_train=labels[:20],
        x_test=pictures[20:],
        y_test=labels[20:],
    )
    data = dataset(found, guess(found))
    assert data.picture is not None and (data.picture.rows, data.picture.columns) == (6, 5)
    assert data.inputs.tolist() == (pictures.reshape(30, 30) / 255).tolist()
    assert data.target_classes is not None and data.target_classes.tolist() == labels.tolist()
    assert data.parts is not None and data.parts.tolist() == [0] * 20 + [2] * 10


@pytest.mark.parametrize("kind", ["u1", "i2", "u4", "i8", "f2", "f4", "f8", "?"])
def test_types_of_numbers(tmp_path: Path, kind: str) -> None:
    wanted = np.array([[0, 1], [1, 1], [1, 0]])
    found = save(tmp_path / "n.npz", X=wanted.astype(kind), y=np.array([0, 1, 1]))
    assert dataset(found, guess(found)).inputs.tolist() == wanted.tolist()


def test_numbers_to_predict_one_hot_targets_and_what_is_unused(tmp_path: Path) -> None:
    x = np.eye(3)
    found = save(tmp_path / "a.npz", inputs=x, targets=np.array([0.5, 1.5, 2.5]), more=x)
    result = outcome(found, guess(found))
    assert "1 number to predict" in result.summary
    assert result.warnings == ("Not used: “more”.",)
    found = save(tmp_path / "b.npz", x=x, y=np.eye(3)[[2, 0, 1]])
    data = dataset(found, guess(found))
    assert data.target_classes is not None and data.target_classes.tolist() == [2, 0, 1]
    found = save(tmp_path / "c.npz", x=x, y=np.full(3, 0.5))
    assert "always 0.5: nothing to learn" in outcome(found, guess(found)).problem


GOOD = npz({"x.npy": npy("(3, 1)", "'|u1'", body=bytes(3)), "y.npy": LABELS})


def attempt(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        read_npz(path)
    except ReadError as problem:
        assert str(problem).endswith(".") and "\n" not in str(problem)


def test_an_archive_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    for length in range(len(GOOD)):
        refusal(path, GOOD[:length])


def test_flipped_bits_are_read_or_refused(tmp_path: Path) -> None:
    for place in range(len(GOOD)):
        flipped = bytearray(GOOD)
        flipped[place] ^= 1 << place % 8
        attempt(tmp_path / "own.npz", bytes(flipped))


@settings(max_examples=200)
@given(st.binary(max_size=120))
def test_random_headers_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "own.npz"
    attempt(path, npz({"x.npy": b"\x93NUMPY\x01\x00" + content, "y.npy": LABELS}))
    attempt(path, b"PK\x03\x04" + content)
