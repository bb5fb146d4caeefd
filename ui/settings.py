"""What the window remembers.  A damaged setting gives its default, never a crash."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Collection
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, qVersion
from PySide6.QtWidgets import QMainWindow

SETTINGS_VERSION = 1
LAYOUT_VERSION = 1
NOT_READ = "The settings could not be read, so the defaults are used; the old file is kept as {}."
NEWER = "The settings were made by a newer Backlit; what this one does not know stays as it is."
NOT_STORED = "The settings cannot be stored: {} cannot be written. They hold until you close."
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_./ &-]*")
"""Of all that is stored; anything else is not a file of ours."""
SAFE_MODE = "Safe mode: Backlit runs with its default settings and remembers nothing of it."


class Settings:
    """Typed access to the stored settings; a ``path`` keeps them in a file of its own.

    ``notice`` is a sentence about settings that could not be used, or "".
    """

    def __init__(self, path: str | None = None) -> None:
        self.notice = ""
        self._told = False
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._store = self._opened(path)
        self._check_version()

    @classmethod
    def safe(cls) -> Settings:
        """Default settings that are forgotten at the end: nothing stored is read or written."""
        settings = cls.__new__(cls)
        settings._folder = None
        settings._told = False
        settings.notice = SAFE_MODE
        settings._store = settings._forgotten()
        return settings

    def _forgotten(self) -> QSettings:
        """A store of its own that goes with this object."""
        self._folder = tempfile.TemporaryDirectory(prefix="backlit-safe-")
        return _store(str(Path(self._folder.name, "settings.ini")))

    def _opened(self, path: str | None) -> QSettings:
        """The store; a file that Qt cannot read is put aside first."""
        store = _store(path)
        file = Path(store.fileName())
        if not (file.is_file() and _damaged(store, file)):
            return store
        del store
        bad = file.with_name(file.name + ".bad")
        try:
            os.replace(file, bad)
        except OSError:
            # What cannot be put aside can be neither read nor written.
            self.notice = NOT_READ.format(f"“{file.name}”")
            return self._forgotten()
        self.notice = NOT_READ.format(f"“{bad.name}”")
        return _store(path)

    def _check_version(self) -> None:
        stored = self.whole_number("settings_version", 0, 0, 10**6)
        if stored > SETTINGS_VERSION:
            self.notice = self.notice or NEWER
        elif stored < SETTINGS_VERSION:
            self._store.setValue("settings_version", SETTINGS_VERSION)

    @property
    def file(self) -> str:
        """Where the settings are stored."""
        return self._store.fileName()

    def store(self) -> str:
        """Write what was set; a sentence if that cannot be, the first time, else ""."""
        self._store.sync()
        if self._store.status() is not QSettings.Status.AccessError or self._told:
            return ""
        self._told = True
        return NOT_STORED.format(f"“{self.file}”")

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

    def reset(self, keep: Collection[str] = ()) -> None:
        """Forget everything that was set, but for the names to ``keep``."""
        for name in self._store.allKeys():
            if name not in keep:
                self._store.remove(name)
        self._store.setValue("settings_version", SETTINGS_VERSION)

    def save_window(self, window: QMainWindow) -> None:
        """Store size, place and docks, with a checksum over them."""
        contents = {"geometry": window.saveGeometry(), "docks": window.saveState(LAYOUT_VERSION)}
        for name, content in contents.items():
            self._store.setValue(name, content)
            self._store.setValue(f"{name}_checksum", _checksum(content))
        self._store.sync()

    def restore_geometry(self, window: QMainWindow) -> bool:
        """Bring size and place back, if they are exactly what was stored; say so."""
        geometry = self._checked("geometry")
        return geometry is not None and window.restoreGeometry(geometry)

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


def _store(path: str | None) -> QSettings:
    if path is None:
        return QSettings("Backlit", "Backlit")
    return QSettings(path, QSettings.Format.IniFormat)


def _damaged(store: QSettings, file: Path) -> bool:
    """Whether the file is not one that was stored: Qt reads settings out of most bytes."""
    if store.status() is QSettings.Status.FormatError:
        return True
    names = store.allKeys()
    if not names:
        # A file that may not be read is not damaged.
        return os.access(file, os.R_OK) and file.stat().st_size > 0
    return not all(_NAME.fullmatch(name) for name in names)


def _checksum(content: QByteArray) -> str:
    salt = f"{qVersion()} {LAYOUT_VERSION} ".encode()
    return hashlib.sha256(salt + content.data()).hexdigest()
