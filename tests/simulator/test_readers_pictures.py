"""Pictures: brought to the grid by box average; broken and absurd ones are refused."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from simulator.data.importing import ReadOptions, dataset, guess, outcome, read_files
from simulator.data.readers import Cancelled, ReadError, read_picture, read_pictures
from simulator.data.readers.pictures import box_average
from simulator.data.readers.samples import Samples


def picture(values: np.ndarray, form: str = "PNG", mode: str | None = None) -> bytes:
    stream = io.BytesIO()
    made = Image.fromarray(values.astype(np.uint8))
    (made if mode is None else made.convert(mode)).save(stream, form)
    return stream.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


INK = np.kron(np.array([[0, 255, 0], [0, 255, 0], [0, 0, 255]]), np.ones((4, 4)))
HUGE = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0))
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><svg>&b;</svg>'
REFUSED = [
    ("png-huge-header.png", HUGE, "picture too large (50,000×50,000)"),
    ("png-truncated.png", picture(INK)[:60], "picture is cut off"),
    ("jpg-truncated.jpg", picture(INK, "JPEG")[:-40], "picture is cut off"),
    ("svg-billion-laughs.svg", LAUGHS, "not supported"),
    ("svg-external.svg", b'<svg><image href="file:///etc/passwd"/></svg>', "not supported"),
    ("svg-renamed.png", LAUGHS, "not supported"),
    ("words.png", b"not a picture at all", "is no picture that can be read"),
    ("empty.png", b"", "the file is empty"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED, ids=[c[0] for c in REFUSED])
def test_what_cannot_be_used_is_refused(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content)
    other = tmp_path / "other_1.png"
    other.write_bytes(picture(INK))
    with pytest.raises(ReadError) as refused:
        read_files([tmp_path / name, other])
    assert sentence in str(refused.value) and f"“{name}”" in str(refused.value)


def test_only_the_first_of_moving_pictures_is_used(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((4, 4), level, np.uint8)) for level in (10, 20, 30)]
    path = tmp_path / "png-apng-1000.png"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    levels, _, warning = read_picture(path, 2, 2)
    assert levels.tolist() == [[10, 10], [10, 10]]
    assert "“png-apng-1000.png”: only the first picture is used, of 3" in warning


@pytest.mark.parametrize("form", ["PNG", "BMP", "GIF", "PPM", "TIFF"])
def test_grey_levels_are_box_averages(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"p.{form.lower()}"
    path.write_bytes(picture(INK, form))
    if form == "TIFF":
        with pytest.raises(ReadError, match="use PNG, JPEG"):
            read_picture(path)
        return
    assert read_picture(path, 3, 3)[0].tolist() == INK[::4, ::4].tolist()
    # Each cell of 2 × 2 covers one and a half of the three stretches.
    exact = box_average(INK[np.newaxis], 2, 2)[0]
    assert exact.tolist() == [[85.0, 85.0], [28.333333333333332, 141.66666666666666]] or (
        np.isclose(exact.mean(), INK.mean())
    )
    assert np.abs(read_picture(path, 2, 2)[0] - exact).max() <= 0.5


@given(
    st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.integers(0, 99)
)
def test_box_averages_keep_the_mean_and_the_range(
    height: int, width: int, rows: int, columns: int, seed: int
) -> None:
    values = np.random.default_rng(seed).uniform(size=(2, height, width))
    found = box_average(values, rows, columns)
    assert found.shape == (2, rows, columns)
    assert np.allclose(found.mean(axis=(1, 2)), values.mean(axis=(1, 2)))
    assert found.min() >= values.min() - 1e-12 and found.max() <= values.max() + 1e-12
    assert np.allclose(box_average(values, height, width), values)


def test_colours_depth_and_transparency(tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    deep = np.array([[0, 65535], [32768, 65535]], np.uint16)
    Image.fromarray(deep).save(path)
    assert read_picture(path, 2, 2)[0].tolist() == [[0, 255], [128, 255]]
    clear = Image.new("RGBA", (2, 2), (0, 0, 0, 0))
    clear.putpixel((0, 0), (0, 0, 0, 255))
    clear.save(path)
    assert read_picture(path, 2, 2)[0].tolist() == [[0, 255], [255, 255]]
    Image.new("RGB", (2, 2), "white").save(path)
    assert read_picture(path, 2, 2)[0].tolist() == [[255, 255], [255, 255]]
    Image.new("1", (2, 2), 1).save(path)
    assert read_picture(path, 2, 2)[0].tolist() == [[255, 255], [255, 255]]


def test_a_wide_picture_is_filled_up_with_its_edge(tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    wide = np.full((2, 4), 200)
    wide[:, 1:3] = 0
    path.write_bytes(picture(wide))
    levels, edge, _ = read_picture(path, 4, 4)
    assert levels[0].tolist() == levels[3].tolist() == [round(255 * edge)] * 4
    assert levels[1].tolist() == wide[0].tolist()


def folders(root: Path, paper: int, counts: dict[str, int]) -> Path:
    random = np.random.default_rng(0)
    for name, count in counts.items():
        (root / name).mkdir(parents=True)
        for number in range(count):
            values = np.full((12, 12), paper)
            values[3:9, random.integers(3, 9)] = 255 - paper
            (root / name / f"{number}.png").write_bytes(picture(values))
    return root


@pytest.mark.parametrize("paper", [0, 255])
def test_folders_are_classes_and_bright_paper_becomes_0(tmp_path: Path, paper: int) -> None:
    root = folders(tmp_path / "signs", paper, {"cat 10": 2, "cat 9": 3})
    (root / "cat 9" / "notes.txt").write_text("words")
    (root / "cat 9" / ".hidden.png").write_text("words")
    found = read_files([root], ReadOptions(grid=(6, 4)))
    assert isinstance(found, Samples)
    data = dataset(found, guess(found))
    assert data.class_names == ("cat 9", "cat 10")
    assert data.target_classes is not None
    assert np.bincount(data.target_classes).tolist() == [3, 2]
    assert data.picture is not None and (data.picture.rows, data.picture.columns) == (6, 4)
    assert data.inputs[:, 0].tolist() == [0.0] * 5 and data.inputs.max() > 0.1
    warnings = outcome(found, guess(found)).warnings
    assert any("1 file left out" in warning for warning in warnings)
    assert any("inverted" in warning for warning in warnings) is (paper == 255)


def test_names_of_files_can_be_classes(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("cat_1.png", "dog-1.png", "dog-2.png")]
    for path in paths:
        path.write_bytes(picture(INK))
    assert read_pictures(paths).classes == ("cat", "dog")


def test_what_has_no_classes_is_refused(tmp_path: Path) -> None:
    root = folders(tmp_path / "one", 0, {"cat": 2})
    with pytest.raises(ReadError, match=r"only one class .“cat”.; put the pictures of each class"):
        read_pictures([root])
    (tmp_path / "none").mkdir()
    with pytest.raises(ReadError, match="“none”: no pictures"):
        read_pictures([tmp_path / "none"])
    with pytest.raises(ReadError, match="not both"):
        read_pictures([root, root / "cat" / "0.png"])
    with pytest.raises(ReadError, match="grid must have 1 to 256"):
        read_pictures([root], 0, 5)


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    root = folders(tmp_path / "signs", 0, {"a": 3, "b": 3})
    with pytest.raises(Cancelled):
        read_pictures([root], progress=lambda share: share < 0.5)


SMALL = picture(np.arange(16).reshape(4, 4) * 16)


def attempt(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        levels, edge, _ = read_picture(path, 2, 2)
    except ReadError as problem:
        assert str(problem).endswith(".") and "\n" not in str(problem)
    else:
        assert levels.shape == (2, 2) and 0.0 <= edge <= 1.0


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "PPM"])
def test_pictures_cut_anywhere_are_read_or_refused(tmp_path: Path, form: str) -> None:
    content = picture(np.arange(16).reshape(4, 4) * 16, form)
    for length in range(0, len(content), max(1, len(content) // 150)):
        attempt(tmp_path / "p.png", content[:length])


@settings(max_examples=150)
@given(st.integers(0, len(SMALL) * 8 - 1))
def test_flipped_bits_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, bit: int
) -> None:
    flipped = bytearray(SMALL)
    flipped[bit // 8] ^= 1 << bit % 8
    attempt(tmp_path_factory.getbasetemp() / "p.png", bytes(flipped))


@settings(max_examples=150)
@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM"]), st.binary())
def test_random_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, content: bytes
) -> None:
    attempt(tmp_path_factory.getbasetemp() / "p.png", start + content)
