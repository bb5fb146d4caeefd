"""Widgets in the application's look, and the whole window as a student finds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from files_hands import Windows
from fresh_window import SharedWindow, end_window, open_window
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator.document import save_document
from simulator.project import load_project
from simulator.trainer import Trainer
from ui.main_window import MainWindow
from ui.style import apply_theme
from ui.theme import DARK, LIGHT, Theme


@pytest.fixture(autouse=True)
def _deleted_in_time() -> Iterator[None]:
    """Widgets of a test go with it: the next one would give them fonts and colours once more."""
    yield
    if QApplication.instance() is not None:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


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


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedWindow]:
    shared = SharedWindow(tmp_path_factory.mktemp("window"))
    yield shared
    shared.end()


@pytest.fixture
def window(qtbot: QtBot, _shared: SharedWindow) -> Iterator[MainWindow]:
    """A window on the digits as a student finds it at the first start."""
    yield _shared.as_new(qtbot)
    _shared.rest()


@pytest.fixture
def own_window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A window that no other test has had, with its settings in ``tmp_path / "settings.ini"``."""
    window = open_window(qtbot, tmp_path / "settings.ini")
    yield window
    end_window(window)


@pytest.fixture
def windows(qtbot: QtBot, tmp_path: Path) -> Iterator[Windows]:
    """Windows that ask before anything is lost."""
    windows = Windows(qtbot, tmp_path)
    yield windows
    windows.end()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with xor trained a little."""
    path = tmp_path / "xor.backlit"
    trainer = Trainer(load_project("xor"))
    trainer.run_iterations(9)
    save_document(path, trainer)
    return path
