"""Widgets in the application's look, and the whole window as a student finds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator.project import load_project
from ui.app import make_application
from ui.main_window import MainWindow
from ui.session import Session
from ui.settings import Settings
from ui.style import apply_theme
from ui.theme import DARK, LIGHT, Theme


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def theme(request: pytest.FixtureRequest, qapp: QApplication) -> Theme:
    """Each theme in turn, applied to the application."""
    apply_theme(qapp, request.param)
    return request.param


@pytest.fixture
def light(qapp: QApplication) -> Theme:
    """The light theme, applied to the application."""
    apply_theme(qapp, LIGHT)
    return LIGHT


@pytest.fixture
def large(qapp: QApplication) -> Iterator[Theme]:
    """The light theme at presentation size."""
    apply_theme(qapp, LIGHT, 1.6)
    yield LIGHT
    apply_theme(qapp, LIGHT)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A window on the digits, with training that does not end by itself."""
    make_application()
    session = Session(load_project("digits-5x5").with_epochs(10**6))
    window = MainWindow(session, Settings(str(tmp_path / "settings.ini")))
    window.resize(1280, 800)
    window.transport.set_speed(100)
    session.start()
    window.show()
    qtbot.waitExposed(window)
    qtbot.waitUntil(lambda: session.snapshot is not None)
    yield window
    window.close()
    assert session.shut_down()
    window.deleteLater()
