"""Settings: damaged ones give their defaults, and no layout bytes but our own reach Qt."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow
from pytestqt.qtbot import QtBot

from ui.settings import Settings


class WatchedWindow(QMainWindow):
    """Notes the layout bytes it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.restored: list[bytes] = []
        dock = QDockWidget("Loss", self)
        dock.setObjectName("loss")
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)

    def restoreState(self, content: QByteArray, version: int = 0) -> bool:
        self.restored.append(content.data())
        return super().restoreState(content, version)


@pytest.fixture
def window(qtbot: QtBot) -> WatchedWindow:
    window = WatchedWindow()
    qtbot.addWidget(window)
    return window


def test_a_layout_comes_back(window: WatchedWindow, tmp_path: Path) -> None:
    path = str(tmp_path / "settings.ini")
    Settings(path).save_window(window)
    saved = bytes(window.saveState(1).data())
    Settings(path).restore_docks(window)
    assert window.restored == [saved]


def test_a_layout_is_offered_once_until_it_is_saved_again(
    window: WatchedWindow, tmp_path: Path
) -> None:
    path = str(tmp_path / "settings.ini")
    Settings(path).save_window(window)
    Settings(path).restore_docks(window)
    Settings(path).restore_docks(window)
    assert len(window.restored) == 1


def test_no_damaged_layout_reaches_qt(window: WatchedWindow, tmp_path: Path) -> None:
    path = str(tmp_path / "settings.ini")
    Settings(path).save_window(window)
    store = QSettings(path, QSettings.Format.IniFormat)
    content = store.value("docks").data()
    checksum = store.value("docks_checksum")
    for position in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[position] ^= 1 << (position % 8)
        store = QSettings(path, QSettings.Format.IniFormat)
        store.setValue("docks", QByteArray(bytes(damaged)))
        store.setValue("docks_checksum", checksum)
        store.sync()
        Settings(path).restore_docks(window)
    assert window.restored == []


@hypothesis_settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=400))
def test_any_file_gives_defaults_or_stored_values(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.ini"
    path.write_bytes(content)
    settings = Settings(str(path))
    assert settings.text("theme", "system") in ("system", "light", "dark")
    assert settings.flag("follow", True) in (True, False)


@pytest.mark.parametrize("stored", ["mauve", "", "1", "@Variant(\\x7f\\xff)", "@ByteArray(x)"])
def test_an_unknown_theme_is_the_default(stored: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    path.write_text(f"[General]\ntheme={stored}\n", encoding="utf-8")
    assert Settings(str(path)).text("theme", "system") == "system"


def test_flags_and_words_come_back(tmp_path: Path) -> None:
    path = str(tmp_path / "settings.ini")
    settings = Settings(path)
    settings.set_flag("follow", False)
    settings.set_text("theme", "dark")
    again = Settings(path)
    assert again.flag("follow", True) is False
    assert again.text("theme", "system") == "dark"
