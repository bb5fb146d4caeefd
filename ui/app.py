"""Starts the Qt application: fonts, error reporting, one window, a clean end."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from simulator import __version__
from simulator.document.recovery import AutosaveStore
from simulator.project import load_project
from ui.files.early_reading import EarlyReading
from ui.files.neighbours import is_open_elsewhere
from ui.main_window import MainWindow
from ui.problems import ProblemReporter, state_folder
from ui.resources import application_icon, load_fonts
from ui.session import Session
from ui.settings import Settings

GARBAGE_MILLISECONDS = 2000
RECOVERY_FOLDER = "recovery"
MEANWHILE = "digits-5x5"
"""On show while a file is read that takes long."""
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


class Application(QApplication):
    """Hears of files that the desktop wants opened (on macOS, where no argument says so).

    Signals
    -------
    file_wanted(str) : the path of a file to open.
    """

    file_wanted = Signal(str)

    def event(self, event: QEvent) -> bool:
        """Take events of the application itself."""
        if event.type() is QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent):
            if event.file():
                self.file_wanted.emit(event.file())
            return True
        return super().event(event)


def make_application() -> QApplication:
    """The one QApplication, with Backlit's fonts and icon."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    sys.setswitchinterval(SWITCH_SECONDS)
    application = Application(sys.argv[:1])
    application.setApplicationName("Backlit")
    application.setApplicationDisplayName("Backlit")
    application.setApplicationVersion(__version__)
    application.setOrganizationName("Backlit")
    application.setDesktopFileName("backlit")
    load_fonts()
    application.setWindowIcon(application_icon())
    return application


def connect_problems(reporter: ProblemReporter, session: Session) -> None:
    """Unexpected errors of the training thread are reported, and any reported one pauses training.

    Whatever went wrong, the network stays as it is until the user has read what happened.
    """
    session.failed.connect(reporter.report)
    reporter.reported.connect(session.pause)


def run_window(
    reading: EarlyReading, source: str, start_training: bool = False, safe_mode: bool = False
) -> int:
    """Open the window on what is read from ``source``; returns the exit status when it is closed.

    It does not wait for a file that takes long, and says itself what is wrong with a bad one.
    Where another window has that file open already, it comes to the front, and this one ends.
    In safe mode no settings are read or written: the defaults, a plain layout.
    """
    application = make_application()
    if is_open_elsewhere(source):
        return 0
    reporter = ProblemReporter(application)
    reporter.install()
    collector = GarbageCollector(application)
    document = reading.document() if start_training else reading.soon()
    project = load_project(MEANWHILE) if document is None else document.project
    session = Session(project, source=source)
    window = MainWindow(session, Settings.safe() if safe_mode else Settings())
    connect_problems(reporter, session)
    session.start()
    window.show_at_start()
    window.files.guard(AutosaveStore(state_folder() / RECOVERY_FOLDER))
    if document is None:
        window.files.open_late(reading, source)
    else:
        window.files.show(document, source)
        window.files.offer_recovery()
    application.file_wanted.connect(window.files.open)
    window.help.tell_of_crash(reporter.last_crash)
    if start_training:
        session.run()
    status = application.exec()
    session.shut_down()
    del collector
    return status
