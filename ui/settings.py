"""What the window remembers.  A damaged setting gives its default, never a crash."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QByteArray, QSettings, qVersion
from PySide6.QtWidgets import QMainWindow

LAYOUT_VERSION = 1


class Settings:
    """Typed access to the stored settings; a ``path`` keeps them in a file of its own."""

    def __init__(self, path: str | None = None) -> None:
        if path is None:
            self._store = QSettings("Backlit", "Backlit")
        else:
            self._store = QSettings(path, QSettings.Format.IniFormat)

    def _read(self, name: str) -> object:
        try:
            return self._store.value(name)
        except (RuntimeError, ValueError, EOFError):
            # PySide raises when the stored text is not the variant it claims to be.
            return None

    def text(self, name: str, default: str) -> str:
        """A stored word; for the theme only one of the three there are."""
        value = self._read(name)
        if name == "theme" and value not in ("system", "light", "dark"):
            return default
        return value if isinstance(value, str) else default

    def set_text(self, name: str, value: str) -> None:
        """Store a word."""
        self._store.setValue(name, value)

    def flag(self, name: str, default: bool) -> bool:
        """A stored yes or no."""
        value = self._read(name)
        if isinstance(value, bool):
            return value
        return {"true": True, "false": False}.get(str(value), default)

    def set_flag(self, name: str, value: bool) -> None:
        """Store a yes or no."""
        self._store.setValue(name, value)

    def whole_number(self, name: str, default: int, low: int, high: int) -> int:
        """A stored number, if it is one from ``low`` to ``high``."""
        value = str(self._read(name))
        if not (value.isascii() and value.isdigit() and len(value) <= 9):
            return default
        return int(value) if low <= int(value) <= high else default

    def set_whole_number(self, name: str, value: int) -> None:
        """Store a number."""
        self._store.setValue(name, value)

    def save_window(self, window: QMainWindow) -> None:
        """Store size, place and docks, with a checksum over them."""
        contents = {"geometry": window.saveGeometry(), "docks": window.saveState(LAYOUT_VERSION)}
        for name, content in contents.items():
            self._store.setValue(name, content)
            self._store.setValue(f"{name}_checksum", _checksum(content))
        self._store.sync()

    def restore_geometry(self, window: QMainWindow) -> None:
        """Bring size and place back, if they are exactly what was stored."""
        geometry = self._checked("geometry")
        if geometry is not None:
            window.restoreGeometry(geometry)

    def restore_docks(self, window: QMainWindow) -> bool:
        """Bring the docks back to their places, if these are exactly what was stored; say so.

        One damaged byte in a dock layout crashes Qt, so bytes without the right checksum are not
        shown to it.  They are taken out of the store while they are tried: should Qt crash all
        the same, the next start has a plain layout.
        """
        docks = self._checked("docks")
        for name in ("docks", "docks_checksum"):
            self._store.remove(name)
        self._store.sync()
        return docks is not None and window.restoreState(docks, LAYOUT_VERSION)

    def _checked(self, name: str) -> QByteArray | None:
        content = self._read(name)
        if not isinstance(content, QByteArray):
            return None
        return content if self._read(f"{name}_checksum") == _checksum(content) else None


def _checksum(content: QByteArray) -> str:
    salt = f"{qVersion()} {LAYOUT_VERSION} ".encode()
    return hashlib.sha256(salt + content.data()).hexdigest()
