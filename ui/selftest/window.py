"""The window a user gets, with every panel drawn."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from simulator.project import load_project
from simulator.runner import Runner
from ui.main_window import MainWindow
from ui.selftest.check import Check, expect
from ui.session import Session
from ui.settings import Settings

SECONDS = 30.0
"""How long anything in the window may take, on the slowest machine."""
ITERATIONS = 60
_COLOURS = 3
"""Fewer than so many colours are an empty picture."""


def window_checks(app: QApplication) -> list[Check]:
    """The checks, the window first: its line says how long a start takes."""
    return [("window", lambda: _window(app))]


def _window(app: QApplication) -> str:
    with tempfile.TemporaryDirectory() as folder:
        session = Session(load_project("digits-5x5"))
        window = MainWindow(session, Settings(str(Path(folder, "settings.ini"))))
        try:
            window.resize(1280, 800)
            window.show()
            session.start()
            _wait(app, lambda: session.snapshot is not None, "nothing came from the engine")
            expect(_colours(window.grab()) > _COLOURS, "the window stays empty")
            since = _since_start()
            session.send(_train)
            _wait(app, lambda: _trained(session), "training does not come to the window")
            panels = _draw_panels(app, window)
        finally:
            window.close()
            stopped = session.shut_down()
            window.deleteLater()
            app.processEvents()
    expect(stopped, "training does not end with the window")
    return f"first painted {since}, {panels} panels drawn"


def _train(runner: Runner) -> None:
    runner.trainer.run_iterations(ITERATIONS)
    runner.step_iteration()


def _trained(session: Session) -> bool:
    snapshot = session.snapshot
    return snapshot is not None and snapshot.trace is not None


def _draw_panels(app: QApplication, window: MainWindow) -> int:
    for panel in window.docks.panels:
        dock = window.docks.dock(panel.panel_id)
        dock.show()
        dock.raise_()
        _wait(app, panel.isVisible, f"the panel {panel.title} does not come up")
        app.processEvents()
        expect(_colours(panel.grab()) > _COLOURS, f"the panel {panel.title} stays empty")
    return len(window.docks.panels)


def _colours(pixmap: QPixmap) -> int:
    """How many colours a grid of its pixels has."""
    image = pixmap.toImage()
    columns, rows = range(0, image.width(), 3), range(0, image.height(), 3)
    return len({image.pixel(x, y) for x in columns for y in rows})


def _wait(app: QApplication, until: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not until():
        expect(time.monotonic() < deadline, otherwise)
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.002)


def _since_start() -> str:
    """How long after the process began, where the system says when that was."""
    if not sys.platform.startswith("linux"):
        return "at once"
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "at once"
    began = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return f"{time.clock_gettime(time.CLOCK_BOOTTIME) - began:.1f} s after the start"
