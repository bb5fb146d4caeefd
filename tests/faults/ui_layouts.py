"""F11: damaged window layouts: not one of them may reach Qt, which crashes on some.

``python -m tests.faults.ui_layouts 3000``
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow

from ui.settings import Settings

KEYS = ("docks", "geometry")


class WatchedWindow(QMainWindow):
    """Counts the layouts it is given instead of taking them."""

    given = 0

    def restoreState(self, content: QByteArray, version: int = 0) -> bool:
        self.given += 1
        return True

    def restoreGeometry(self, content: QByteArray) -> bool:
        self.given += 1
        return True


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Other bytes than these: one changed, four changed, cut off, or longer."""
    while True:
        bad = bytearray(content)
        kind = chance.randrange(4)
        if kind == 0:
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        elif kind == 1:
            for _ in range(4):
                bad[chance.randrange(len(bad))] = chance.randrange(256)
        elif kind == 2:
            del bad[chance.randrange(len(bad)) :]
        else:
            bad += chance.randbytes(1 + chance.randrange(20))
        if bytes(bad) != content:
            return bytes(bad)


def damage_often(times: int, folder: Path, seed: int = 5) -> int:
    """How many of so many damaged layouts were handed to Qt."""
    chance = random.Random(seed)
    window = WatchedWindow()
    dock = QDockWidget("Loss", window)
    dock.setObjectName("loss")
    path = str(folder / "settings.ini")
    Settings(path).save_window(window)
    Settings(path).restore_geometry(window)
    if window.given != 1:
        raise AssertionError("an undamaged layout must be given to the window")
    window.given = 0
    store = QSettings(path, QSettings.Format.IniFormat)
    whole = {key: store.value(key).data() for key in KEYS}
    sums = {key: store.value(f"{key}_checksum") for key in KEYS}
    for _ in range(times):
        for key in KEYS:
            store.setValue(key, QByteArray(damaged(whole[key], chance)))
            store.setValue(f"{key}_checksum", sums[key])
        store.sync()
        settings = Settings(path)
        settings.restore_geometry(window)
        settings.restore_docks(window)
    return window.given


def main() -> int:
    """Damage so many layouts as the first argument says; 0 if none reached Qt."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    application = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        reached = damage_often(times, Path(folder))
    print(f"F11 damaged layouts: {times} tried, {reached} reached Qt")
    del application
    return 1 if reached else 0


if __name__ == "__main__":
    sys.exit(main())
