"""Which versions of everything are at work: for the report of a problem and the About box."""

from __future__ import annotations

import os
import platform
import sys

import numpy as np
import pyqtgraph
import PySide6
from PySide6.QtCore import QCoreApplication, qVersion
from PySide6.QtGui import QGuiApplication

from simulator import __version__


def versions() -> tuple[tuple[str, str], ...]:
    """(name, version) of Backlit and of what it runs on."""
    return (
        ("Backlit", __version__ + (" (executable)" if getattr(sys, "frozen", False) else "")),
        ("Python", platform.python_version()),
        ("Qt", qVersion()),
        ("PySide6", PySide6.__version__),
        ("pyqtgraph", pyqtgraph.__version__),
        ("NumPy", np.__version__),
        ("System", platform.platform()),
    )


def versions_line() -> str:
    """The versions in one line."""
    return ", ".join(f"{name} {version}" for name, version in versions())


def surroundings() -> tuple[tuple[str, str], ...]:
    """(name, value) of what else decides how a window behaves: display, screens, processors."""
    rows = [("Processors", str(os.cpu_count() or "unknown"))]
    if isinstance(QCoreApplication.instance(), QGuiApplication):
        rows.append(("Display", QGuiApplication.platformName()))
        for screen in QGuiApplication.screens():
            size, ratio = screen.size(), screen.devicePixelRatio()
            rows.append(("Screen", f"{size.width()} × {size.height()}, scaled by {ratio:g}"))
    return tuple(rows)
