"""Output for a program that has no console, and errors of Qt's own libraries as sentences.

Double-clicked on Windows a program has neither standard output nor standard errors; what it has to
say then goes into a box.
"""

from __future__ import annotations

import ctypes
import io
import os
import re
import sys

_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file")
_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""Where the libraries are without which Qt cannot be loaded."""
_TITLE = "Backlit"
_ICON_ERROR = 0x10


def mend_streams() -> io.StringIO | None:
    """Give this process the streams it lacks; the one for errors is returned if it had none."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        unseen = io.StringIO()
        sys.stderr = unseen
        return unseen
    return None


def show_box(text: str) -> None:
    """Show a sentence that nobody could read otherwise; only Windows has programs like that."""
    windows = getattr(ctypes, "windll", None)
    if windows is not None:
        windows.user32.MessageBoxW(None, text.strip(), _TITLE, _ICON_ERROR)


def has_no_console() -> bool:
    """Whether a desktop started this process: nobody sees what it prints."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return not any(stream is not None and stream.isatty() for stream in streams)


def show_refusal(sentence: str) -> None:
    """Say in a box of its own why a window does not come up; returns when it is closed."""
    from PySide6.QtWidgets import QMessageBox

    from ui.app import make_application

    application = make_application()
    QMessageBox.critical(None, _TITLE, sentence)
    del application


def not_loadable(problem: ImportError) -> str | None:
    """What to install where a library of the system is missing; None for any other problem."""
    match = _LIBRARY.search(str(problem))
    if match is None:
        return None
    library = match[1]
    package = _PACKAGES.get(library)
    where = f" On Debian and Ubuntu it is in the package {package}." if package else ""
    return f"The window cannot be drawn: the system library {library} is missing.{where}"
