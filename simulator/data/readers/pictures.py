"""Picture files, and folders of them, as grey levels on a grid.

Pillow decodes the files: of the many picture formats only it and Qt read all the usual ones, and
Qt does not belong here.  Sizes are checked from the header before a pixel is decoded.
"""

from __future__ import annotations

import os
import re
import struct
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.data.encoding import one_hot, quoted
from simulator.data.readers.errors import (
    Progress,
    ReadError,
    check_progress,
    counted,
    never_cancel,
    shown_name,
)
from simulator.data.readers.limits import (
    MAX_CLASSES,
    MAX_GRID,
    MAX_PICTURE_PIXELS,
    MAX_PICTURES,
    MAX_VALUES,
)
from simulator.data.readers.samples import Samples
from simulator.data.readers.sources import PICTURE_ENDINGS, kind_of, opened

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM")
SIDE = 28
"""Rows and columns of the grid where none are chosen."""
_PREFIX = re.compile(r"([^\W_]+?)[ _.-]")


def read_picture(
    path: Path, rows: int = SIDE, columns: int = SIDE
) -> tuple[NDArray[np.uint8], float, str]:
    """A picture's grey levels (rows, columns) of 0 to 255, its edge's brightness, and a warning.

    Each cell of the grid is the mean of the pixels it covers.  A picture that is wider or higher
    than the grid is filled up with the colour of its edge; what is transparent is white.

    Raises
    ------
    ReadError : one sentence.
    """
    # Pillow is needed for nothing else, and the window starts without it.
    from PIL import Image

    name = shown_name(path)
    with opened(path) as (stream, _):
        start = stream.read(64).lstrip()
        stream.seek(0)
        if start[:5].lower() in (b"<?xml", b"<svg ", b"<svg>", b"<!doc"):
            raise ReadError(f"{name}: SVG drawings are not supported; save it as a PNG picture.")
        if start.startswith(b"\x89PNG") and len(start) >= 24:
            width, height = struct.unpack(">II", start[16:24])
            _check_size(width, height, name)
        try:
            with warnings.catch_warnings():
                # What is large but not yet absurd gets a sentence of ours.
                warnings.simplefilter("ignore")
                picture = Image.open(stream, formats=FORMATS)
        except Image.DecompressionBombError:
            raise ReadError(f"{name}: picture too large; make it smaller first.") from None
        except Exception:
            # A decoder meets broken files in too many ways to name them.
            if kind_of(start) == "picture":
                raise ReadError(
                    f"{name}: the picture is cut off or damaged; get a new copy of it."
                ) from None
            raise ReadError(
                f"{name} is no picture that can be read; use PNG, JPEG, BMP, GIF or WebP."
            ) from None
        _check_size(*picture.size, name)
        try:
            frames = int(getattr(picture, "n_frames", 1))
            grey = _grey(picture)
        except Exception as problem:
            cut = isinstance(problem, EOFError) or "truncated" in str(problem)
            cut = cut or "Truncated" in str(problem) or "broken" in str(problem)
            raise ReadError(
                f"{name}: the picture is {'cut off' if cut else 'damaged'}; get a new copy of it."
            ) from None
    edge = _edge(grey)
    warning = f"{name}: only the first picture is used, of {frames:,}." if frames > 1 else ""
    return _on_grid(grey, rows, columns, edge), edge / 255.0, warning


def _check_size(width: int, height: int, name: str) -> None:
    if width * height > MAX_PICTURE_PIXELS:
        raise ReadError(
            f"{name}: picture too large ({width:,}×{height:,}); at most "
            f"{MAX_PICTURE_PIXELS // 1_000_000} million pixels."
        )


def _grey(picture: Image) -> NDArray[np.float32]:
    """Grey levels (height, width) of 0 to 255, turned as the camera says."""
    from PIL import Image, ImageOps

    picture.load()
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I") or picture.mode == "F":
        deep = np.asarray(picture, dtype=np.float32)
        top = 255.0 if deep.max(initial=0.0) <= 255.0 and picture.mode == "F" else 65535.0
        levels: NDArray[np.float32] = np.clip(deep / np.float32(top / 255.0), 0.0, 255.0)
        return levels
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    return np.asarray(picture.convert("L"), dtype=np.float32)


def _edge(grey: NDArray[np.float32]) -> float:
    """The middle one of the brightnesses round the edge, which is the background's."""
    return float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))


def _on_grid(grey: NDArray[np.float32], rows: int, columns: int, fill: float) -> NDArray[np.uint8]:
    """Box average: the mean of the pixels, and parts of pixels, each cell covers."""
    height, width = grey.shape
    # Filled up to the grid's form, not stretched.
    wanted_width = max(width, -(-height * columns // rows))
    wanted_height = max(height, -(-width * rows // columns))
    if (wanted_height, wanted_width) != (height, width):
        if wanted_height * wanted_width > 4 * MAX_PICTURE_PIXELS:
            raise ReadError("A picture is far too narrow for the grid; cut it first.")
        larger = np.full((wanted_height, wanted_width), fill, dtype=np.float32)
        top, left = (wanted_height - height) // 2, (wanted_width - width) // 2
        larger[top : top + height, left : left + width] = grey
        grey = larger
    averaged = box_average(grey[np.newaxis], rows, columns)[0]
    levels: NDArray[np.uint8] = np.clip(np.rint(averaged), 0, 255).astype(np.uint8)
    return levels


def box_average(pictures: NDArray[Any], rows: int, columns: int) -> NDArray[np.float64]:
    """Pictures (N, height, width) on a grid: (N, rows, columns), each cell the mean of its part."""
    by_rows = _averaged(pictures, rows)
    return _averaged(by_rows.transpose(0, 2, 1), columns).transpose(0, 2, 1)


def _averaged(values: NDArray[Any], cells: int) -> NDArray[np.float64]:
    """Means of the rows that each of ``cells`` equal stretches covers: (N, cells, columns)."""
    length = values.shape[1]
    summed = np.zeros((len(values), length + 1, values.shape[2]))
    np.cumsum(values, axis=1, out=summed[:, 1:])
    ends = np.linspace(0.0, length, cells + 1)
    whole = np.minimum(ends.astype(np.intp), length - 1)
    # The sum up to a place between two rows.
    at = summed[:, whole] + (ends - whole)[:, np.newaxis] * values[:, whole]
    means: NDArray[np.float64] = np.diff(at, axis=1) * (cells / length)
    return means


def read_pictures(
    paths: Sequence[Path],
    rows: int = SIDE,
    columns: int = SIDE,
    progress: Progress = never_cancel,
) -> Samples:
    """Picture files, or folders whose own folders are the classes, on one grid.

    Of single files the class is the name of their folder where there are several folders, else
    what the name begins with ("cat_12.png").

    Raises
    ------
    ReadError : one sentence; a single picture that cannot be read refuses all.
    Cancelled : when ``progress`` says so.
    """
    if not (1 <= rows <= MAX_GRID and 1 <= columns <= MAX_GRID):
        raise ReadError(f"The grid must have 1 to {MAX_GRID} rows and columns.")
    found, others = _labelled_files(paths)
    name = shown_name(paths[0])
    if len(found) > min(MAX_PICTURES, MAX_VALUES // (rows * columns)):
        raise ReadError(
            f"{name}: {len(found):,} pictures of {rows}×{columns} are too many; choose a smaller "
            f"grid or fewer pictures."
        )
    labels = [label for _, label in found]
    if len(set(labels)) < 2:
        raise ReadError(
            f"{name}: only one class ({quoted(labels[0])}); put the pictures of each class into a "
            f"folder of its own, and choose the folder around them."
        )
    if len(set(labels)) > MAX_CLASSES:
        raise ReadError(f"{name}: {len(set(labels)):,} classes; at most {MAX_CLASSES:,} can be.")
    pixels = np.empty((len(found), rows, columns), dtype=np.uint8)
    edges = np.empty(len(found))
    said = []
    for place, (path, _) in enumerate(found):
        pixels[place], edges[place], warning = read_picture(path, rows, columns)
        if warning:
            said.append(warning)
        check_progress(progress, (place + 1) / len(found))
    targets, classes = one_hot(labels)
    if others:
        said.append(f"{counted(others, 'file')} left out: no pictures that can be read.")
    if len(said) > 3:
        said = [*said[:2], f"… and {len(said) - 2:,} more of the kind."]
    return Samples(
        name=name,
        inputs=pixels,
        classes=classes,
        labels=targets.argmax(axis=1).astype(np.intp),
        background=float(np.median(edges)),
        warnings=tuple(said),
        title=paths[0].name if paths[0].is_dir() else paths[0].parent.name,
    )


def _labelled_files(paths: Sequence[Path]) -> tuple[list[tuple[Path, str]], int]:
    """All pictures with the names of their classes, and how many other files there are."""
    folders = [path for path in paths if path.is_dir()]
    files = [path for path in paths if not path.is_dir()]
    if folders and files:
        raise ReadError("Choose either folders or files of pictures, not both at once.")
    if files:
        return _labelled_by_name(files), 0
    found: list[tuple[Path, str]] = []
    others = 0
    for folder in folders:
        classes = _listed(folder, folders_only=True)
        if not classes:
            # A folder without folders is itself a class, if there are others beside it.
            classes = [folder]
        for own in classes:
            entries = _listed(own)
            pictures = [path for path in entries if path.suffix.lower() in PICTURE_ENDINGS]
            others += len(entries) - len(pictures)
            found += [(path, own.name[:100]) for path in pictures]
            if len(found) > MAX_PICTURES:
                raise ReadError(f"{shown_name(folder)}: more than {MAX_PICTURES:,} pictures.")
    if not found:
        raise ReadError(
            f"{shown_name(folders[0])}: no pictures; put those of each class into a folder of its "
            f"own, and choose the folder around them."
        )
    return found, others


def _listed(folder: Path, folders_only: bool = False) -> list[Path]:
    """The files, or the folders, in a folder, hidden ones aside, by name."""
    try:
        with os.scandir(folder) as entries:
            names = [
                own.name
                for own in entries
                if not own.name.startswith((".", "__")) and own.is_dir() == folders_only
            ]
    except OSError as error:
        raise ReadError(
            f"{shown_name(folder)} could not be read: {error.strerror or 'unknown reason'}."
        ) from None
    return [folder / name for name in sorted(names)]


def _labelled_by_name(files: Sequence[Path]) -> list[tuple[Path, str]]:
    if len({path.parent for path in files}) > 1:
        return [(path, path.parent.name[:100]) for path in files]
    found = []
    for path in files:
        match = _PREFIX.match(path.name)
        found.append(
            (path, match[1][:100] if match and match.end() < len(path.stem) else path.stem)
        )
    return found
