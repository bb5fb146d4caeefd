"""The application's icon in every size a desktop asks for, drawn from one SVG.

Makes ``hicolor/<n>x<n>/apps/backlit.png``, ``hicolor/scalable/apps/backlit.svg``, ``backlit.ico``
(Windows) and ``backlit.icns`` (macOS). Qt draws, Pillow writes: both are in the environment that
builds the executable.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

HICOLOR = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
ICO = (16, 20, 24, 32, 40, 48, 64, 96, 128, 256)
ICNS = (16, 32, 64, 128, 256, 512, 1024)
SMALL = 32
"""Up to this size the drawing with fewer, larger squares is used."""


def make_icons(sources: Path, folder: Path) -> None:
    """Draw ``backlit.svg`` and ``backlit-small.svg`` of ``sources`` into ``folder``."""
    application = QGuiApplication.instance() or QGuiApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {size: _drawn(sources, size) for size in sorted({*HICOLOR, *ICO, *ICNS})}
    for size in HICOLOR:
        place = folder / "hicolor" / f"{size}x{size}" / "apps"
        place.mkdir(parents=True, exist_ok=True)
        pictures[size].save(place / "backlit.png", optimize=True)
    scalable = folder / "hicolor" / "scalable" / "apps"
    scalable.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(sources / "backlit.svg", scalable / "backlit.svg")
    _save_all(pictures, ICO, folder / "backlit.ico")
    _save_all(pictures, ICNS, folder / "backlit.icns")
    del application


def _drawn(sources: Path, size: int) -> Image.Image:
    name = "backlit-small.svg" if size <= SMALL else "backlit.svg"
    renderer = QSvgRenderer(str(sources / name))
    if not renderer.isValid():
        raise SystemExit(f"{sources / name} is no drawing Qt can read")
    image = QImage(size, size, QImage.Format.Format_RGBA8888)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return Image.frombuffer("RGBA", (size, size), bytes(image.constBits()), "raw", "RGBA", 0, 1)


def _save_all(pictures: dict[int, Image.Image], sizes: tuple[int, ...], path: Path) -> None:
    *others, largest = (pictures[size] for size in sizes)
    largest.save(path, sizes=[(size, size) for size in sizes], append_images=others)
