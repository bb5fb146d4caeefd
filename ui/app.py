"""Starts the Qt application: fonts, error reporting, one window, a clean end."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from simulator import __version__
from simulator.project import Project
from ui.main_window import MainWindow
from ui.problems import ProblemReporter
from ui.resources import icon_file, load_fonts
from ui.session import Session
from ui.settings import Settings

GARBAGE_MILLISECONDS = 2000
SWITCH_SECONDS = 0.001
"""How long a thread may keep Python's lock while another waits.  With the default of 5 ms the
window waits for the training thread many times a frame; at 1 ms both were faster (see
ARCHITECTURE.md, Performance)."""


class GarbageCollector(QObject):
    """Collects cyclic garbage in the GUI thread only.

    Python may otherwise collect in the training thread, and deleting a Qt object there crashes.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)
        self._timer.start(GARBAGE_MILLISECONDS)

    def _collect(self) -> None:
        gc.collect()


def make_application() -> QApplication:
    """The one QApplication, with Backlit's fonts and icon."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    sys.setswitchinterval(SWITCH_SECONDS)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Backlit")
    application.setApplicationDisplayName("Backlit")
    application.setApplicationVersion(__version__)
    application.setOrganizationName("Backlit")
    application.setDesktopFileName("backlit")
    load_fonts()
    application.setWindowIcon(QIcon(str(icon_file("backlit"))))
    return application


def connect_problems(reporter: ProblemReporter, session: Session) -> None:
    """Unexpected errors of the training thread are reported, and any reported one pauses training.

    Whatever went wrong, the network stays as it is until the user has read what happened.
    """
    session.failed.connect(reporter.report)
    reporter.reported.connect(session.pause)


def run_window(project: Project, start_training: bool = False, source: str | None = None) -> int:
    """Open the window on a project; returns the exit status when it is closed."""
    application = make_application()
    reporter = ProblemReporter(application)
    reporter.install()
    collector = GarbageCollector(application)
    session = Session(project, source=source)
    window = MainWindow(session, Settings())
    connect_problems(reporter, session)
    session.start()
    window.show()
    if start_training:
        session.run()
    status = application.exec()
    session.shut_down()
    del collector
    return status
