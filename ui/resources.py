"""Files that ship with Backlit, as Qt needs them: fonts and theme-tinted icons."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from simulator.resource_files import resource_path
from ui.pictures import settled
from ui.theme import Theme

DISABLED_OPACITY = 0.4
_SIZES = (16, 18)
"""Sizes drawn in any case besides the one asked for, so that smaller buttons stay crisp."""
_PIXEL_RATIOS = (1.0, 2.0)
"""Pixels to a unit that are drawn besides those of the screens there are."""


@lru_cache(maxsize=1)
def load_fonts() -> tuple[str, ...]:
    """Make the bundled fonts known to Qt; return their families (none if there are no files)."""
    families: list[str] = []
    folder = resource_path("fonts")
    for path in sorted((*folder.glob("**/*.ttf"), *folder.glob("**/*.otf"))):
        number = QFontDatabase.addApplicationFont(str(path))
        if number >= 0:
            families.extend(QFontDatabase.applicationFontFamilies(number))
    return tuple(dict.fromkeys(families))


def icon_file(name: str) -> Path:
    """Path of ``resources/icons/<name>.svg``; it need not exist."""
    return resource_path("icons", f"{name}.svg")


@lru_cache(maxsize=1)
def application_icon() -> QIcon:
    """Backlit's own icon; up to 32 pixels a drawing with fewer, larger squares."""
    result = QIcon()
    for name, edges in (("backlit-small", (16, 20, 24, 32)), ("backlit", (48, 64, 128, 256))):
        renderer = QSvgRenderer(str(icon_file(name)))
        for edge in edges:
            result.addPixmap(_drawn(renderer, edge, 1.0))
    return result


def icon(name: str, theme: Theme, size: int = 20, colour: str | QColor | None = None) -> QIcon:
    """The icon in the theme's text colour (or ``colour``), fainter where disabled.

    An unknown name gives an empty icon, never an error.
    """
    tint = theme.text if colour is None else QColor(colour).name()
    return _icon(name, tint, size)


@lru_cache(maxsize=256)
def _icon(name: str, tint: str, size: int) -> QIcon:
    result = QIcon()
    svg = _tinted(name, tint)
    if svg is None:
        return result
    renderer = QSvgRenderer(QByteArray(svg))
    for edge in dict.fromkeys((*_SIZES, size)):
        for ratio in _ratios():
            pixmap = _drawn(renderer, edge, ratio)
            result.addPixmap(pixmap, QIcon.Mode.Normal)
            result.addPixmap(_fainter(pixmap), QIcon.Mode.Disabled)
    return result


def _ratios() -> tuple[float, ...]:
    """Pixels to a unit: of every screen (1.25 at 125 %), and what a screen may be changed to."""
    of_screens = (screen.devicePixelRatio() for screen in QGuiApplication.screens())
    return tuple(sorted({*_PIXEL_RATIOS, *of_screens}))


def _drawn(renderer: QSvgRenderer, edge: int, ratio: float) -> QPixmap:
    pixels = round(edge * ratio)
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return settled(pixmap)


def _fainter(pixmap: QPixmap) -> QPixmap:
    faint = QPixmap(pixmap.size())
    faint.setDevicePixelRatio(pixmap.devicePixelRatio())
    faint.fill(Qt.GlobalColor.transparent)
    painter = QPainter(faint)
    painter.setOpacity(DISABLED_OPACITY)
    painter.drawPixmap(0, 0, pixmap)
    painter.end()
    return settled(faint)


def _tinted(name: str, tint: str) -> bytes | None:
    """The SVG with ``currentColor`` replaced, or None without such a file."""
    try:
        text = icon_file(name).read_text(encoding="utf-8")
    except OSError:
        return None
    return text.replace("currentColor", tint).encode()


@lru_cache(maxsize=1)
def _tint_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="backlit-icons-", ignore_cleanup_errors=True)


@lru_cache(maxsize=64)
def tinted_file(name: str, colour: str) -> Path | None:
    """A copy of the icon in this colour on disk, or None if there is none.

    Style sheets take pictures from files only; the copies go when the program ends.
    """
    svg = _tinted(name, colour)
    if svg is None:
        return None
    try:
        path = Path(_tint_folder().name, f"{name}-{colour.lstrip('#')}.svg")
        path.write_bytes(svg)
    except OSError:
        return None
    return path
