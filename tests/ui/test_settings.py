"""Settings: damaged ones give their defaults, and no layout bytes but our own reach Qt."""

from __future__ import annotations

import gc
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow
from pytestqt.qtbot import QtBot

from simulator.project import load_project
from ui.main_window import MainWindow
from ui.session import Session
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


@hypothesis_settings(max_examples=60, deadline=None)
@given(content=st.binary(min_size=1, max_size=3000))
def test_a_file_of_anything_is_kept_aside_or_read(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.ini"
    path.write_bytes(content)
    settings = Settings(str(path))
    bad = path.with_name("settings.ini.bad")
    if settings.notice:
        assert bad.read_bytes() == content and bad.name in settings.notice
    settings.set_flag("follow", False)
    assert settings.store() == ""
    assert Settings(str(path)).flag("follow", True) is False
    assert Settings(str(path)).notice == ""


def test_a_hundred_thousand_random_bytes_are_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    content = random.Random(7).randbytes(100_000)
    path.write_bytes(content)
    settings = Settings(str(path))
    assert "settings.ini.bad" in settings.notice
    assert (tmp_path / "settings.ini.bad").read_bytes() == content
    assert settings.text("theme", "system") == "system"


def test_settings_of_a_newer_version_are_left_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    path.write_text("[General]\nsettings_version=999\ntheme=dark\nmood=blue\n", encoding="utf-8")
    settings = Settings(str(path))
    assert "newer" in settings.notice and settings.text("theme", "system") == "dark"
    settings.set_flag("follow", False)
    settings.store()
    kept = path.read_text(encoding="utf-8")
    assert "mood=blue" in kept and "settings_version=999" in kept


def test_safe_mode_neither_reads_nor_keeps_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.safe()
    file = Path(settings.file)
    settings.set_text("theme", "dark")
    assert settings.store() == "" and file.exists()
    assert "Safe mode" in settings.notice
    assert Settings.safe().text("theme", "system") == "system"
    del settings
    gc.collect()
    assert not file.exists()


def test_settings_that_cannot_be_stored_are_told_of_once(tmp_path: Path) -> None:
    # A folder in the place of the file stops even the administrator.
    path = tmp_path / "settings.ini"
    path.mkdir()
    settings = Settings(str(path))
    settings.set_flag("follow", False)
    assert settings.flag("follow", True) is False
    sentence = settings.store()
    assert "cannot be stored" in sentence and "settings.ini" in sentence
    assert settings.store() == ""


def test_a_window_stored_far_off_the_screen_comes_back_onto_it(
    window: WatchedWindow, tmp_path: Path
) -> None:
    path = str(tmp_path / "settings.ini")
    window.setGeometry(100_000, 100_000, 300, 200)
    Settings(path).save_window(window)
    window.setGeometry(0, 0, 300, 200)
    Settings(path).restore_geometry(window)
    assert window.screen().availableGeometry().intersects(window.frameGeometry())


def test_the_window_says_that_settings_cannot_be_used_or_stored(
    qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "bad.ini").write_bytes(b"\x00\xff" * 50)
    (tmp_path / "folder.ini").mkdir()
    for name, said in (("bad.ini", "bad.ini.bad"), ("folder.ini", "cannot be stored")):
        session = Session(load_project("xor"))
        window = MainWindow(session, Settings(str(tmp_path / name)))
        qtbot.addWidget(window)
        assert said in window.notice.text()
        window.close()
