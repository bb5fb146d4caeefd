"""What ships beside the code: fonts, icons, projects, formulas, readers of pictures, licences."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import numpy as np
from PySide6.QtGui import QColor, QFontInfo, QImage, QPixmap

from simulator.data.readers.pictures import read_picture
from simulator.exchange.extras import load_h5py
from simulator.notation import notations
from simulator.project import ProjectError, builtin_projects, load_project
from simulator.resource_files import resource_path
from ui.formula.typesetting import typeset
from ui.licences import components
from ui.resources import icon, load_fonts
from ui.selftest.check import Check, expect
from ui.style import numbers_font, words_font
from ui.theme import LIGHT, NUMBERS_FAMILY, WORDS_FAMILY

_FORMULA = r"\delta^{(l)} = \frac{\partial E}{\partial z^{(l)}}"
_EDGE = 24


def part_checks() -> list[Check]:
    """The checks."""
    return [
        ("fonts", _fonts),
        ("icons", _icons),
        ("projects and notations", _projects),
        ("formulas", _formulas),
        ("pictures", _pictures),
        ("Keras files", _keras_files),
        ("licences", _licences),
    ]


def _fonts() -> str:
    families = load_fonts()
    for family in (WORDS_FAMILY, NUMBERS_FAMILY):
        expect(family in families, f"{family} is not among the fonts that ship")
    for font in (words_font(), numbers_font()):
        used = QFontInfo(font).family()
        expect(used == font.family(), f"{used} is drawn in place of {font.family()}")
    return ", ".join(families)


def _icons() -> str:
    names = sorted(path.stem for path in resource_path("icons").glob("*.svg"))
    expect("backlit" in names, "the folder of icons is missing")
    for name in names:
        expect(_drawn(icon(name, LIGHT).pixmap(_EDGE)), f"{name}.svg leaves its place empty")
    return f"{len(names)} drawn"


def _drawn(pixmap: QPixmap) -> bool:
    image = pixmap.toImage()
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return any(image.pixelColor(x, y).alpha() > 0 for x, y in places)


def _projects() -> str:
    names = builtin_projects()
    expect(len(names) > 0, "no project ships")
    for name in names:
        load_project(name)
    return f"{len(names)} projects, {len(notations())} notations"


def _formulas() -> str:
    formula = typeset(_FORMULA)
    expect(formula is not None, "a formula could not be typeset")
    return "typeset"


def _pictures() -> str:
    """Qt writes a bright square, the reader of users' pictures finds it."""
    image = QImage(_EDGE, _EDGE, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    for x in range(_EDGE // 4, 3 * _EDGE // 4):
        for y in range(_EDGE // 4, 3 * _EDGE // 4):
            image.setPixelColor(x, y, QColor("white"))
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("png", "jpg", "bmp"):
            path = Path(folder, f"square.{kind}")
            expect(image.save(str(path)), f"Qt cannot write {kind.upper()} pictures")
            levels = read_picture(path, 4, 4)[0]
            expect(int(levels[1, 1]) > 200 > 50 > int(levels[0, 0]), f"{kind.upper()} is misread")
    return "PNG, JPEG and BMP written and read"


def _keras_files() -> str:
    """HDF5 is written and read; an installation may lack it, an executable may not."""
    try:
        h5py = load_h5py()
    except ProjectError as problem:
        expect(not _frozen(), str(problem))
        return "h5py is not installed"
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file["weights"] = np.arange(6.0).reshape(2, 3)
    with h5py.File(memory, "r") as file:
        expect(float(file["weights"][1, 2]) == 5.0, "HDF5 is misread")
    return "HDF5 written and read"


def _frozen() -> bool:
    return bool(getattr(sys, "frozen", False))


def _licences() -> str:
    found = components()
    expect(not _frozen() or len(found) > 5, "the licences are missing")
    return f"{len(found)} components"
