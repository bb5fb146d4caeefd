"""One place where every unexpected error ends: it is logged, said in a sentence, and survived."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QMessageLogContext,
    QObject,
    QStandardPaths,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from ui.dialogs.problem import ProblemDialog
from ui.problem import Problem

SAME_PROBLEM_SECONDS = 5.0
LOG_FILE = "backlit.log"
LOG_BYTES = 1_000_000
LOG_FILES = 3
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
log = logging.getLogger("backlit")


def state_folder() -> Path:
    """Where logs and recovery files belong: ``BACKLIT_STATE_DIR`` or the platform's own place."""
    chosen = os.environ.get("BACKLIT_STATE_DIR")
    if chosen:
        return Path(chosen)
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.StateLocation))


class ProblemReporter(QObject):
    """Lives in the GUI thread; the hooks of all threads only post to it.

    Signals
    -------
    reported(str) : a problem was shown; carries its sentence.
    """

    reported = Signal(str)
    _posted = Signal(object)

    def __init__(
        self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._seen: dict[tuple[str, str], float] = {}
        self._repeats: dict[tuple[str, str], int] = {}
        self._dialog: ProblemDialog | None = None
        self._installed = False
        self._handler: logging.Handler | None = None
        self._crash_file: TextIOWrapper | None = None
        self.last_crash = ""
        """What the previous run's crash file said, or nothing."""
        self._posted.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    # Hooks

    def install(self) -> None:
        """Catch what nobody catches, in all threads, until :meth:`uninstall` or the end."""
        if self._installed:
            return
        self._installed = True
        self._open_files()
        self._old_hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        self._old_messages = qInstallMessageHandler(self._on_qt_message)
        app = QCoreApplication.instance()
        if app is not None:
            # Qt must not call into Python while the interpreter shuts down.
            app.aboutToQuit.connect(self.uninstall)

    def uninstall(self) -> None:
        """Put everything back as it was."""
        if not self._installed:
            return
        self._installed = False
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._old_hooks
        qInstallMessageHandler(self._old_messages)
        self._close_files()

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace) -> None:
        if issubclass(kind, (KeyboardInterrupt, SystemExit)):
            self._old_hooks[0](kind, error, trace)
            return
        self._post(Problem.of(error.with_traceback(trace), threading.current_thread().name))

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is None or issubclass(args.exc_type, SystemExit):
            return
        name = args.thread.name if args.thread is not None else "a thread"
        self._post(Problem.of(args.exc_value, name))

    def _on_unraisable(self, args) -> None:
        if args.exc_value is not None:
            where = getattr(args.object, "__qualname__", type(args.object).__name__)
            self._post(Problem.of(args.exc_value, f"{where} (while cleaning up)"))

    def _post(self, problem: Problem) -> None:
        try:
            self._posted.emit(problem)
        except RuntimeError:
            # The reporter is gone: the application is ending.
            print(problem.traceback, file=sys.__stderr__)

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)

    # Reporting

    def report(self, error: object) -> None:
        """Report an exception (or a sentence) that was caught; safe from every thread."""
        if isinstance(error, BaseException):
            problem = Problem.of(error, threading.current_thread().name)
        else:
            problem = Problem("", str(error), "", str(error), threading.current_thread().name)
        self._post(problem)

    def _receive(self, problem: Problem) -> None:
        now = self._clock()
        last = self._seen.get(problem.key)
        self._seen[problem.key] = now
        if last is not None and now - last < SAME_PROBLEM_SECONDS:
            # Counted from the latest one: a timer that fails sixty times a second is one problem.
            self._repeats[problem.key] = self._repeats.get(problem.key, 0) + 1
            return
        repeats = self._repeats.pop(problem.key, 0)
        before = f" (and {repeats} times just before)" if repeats else ""
        log.error("in %s%s\n%s", problem.thread, before, problem.traceback)
        self._show(problem)
        self.reported.emit(problem.sentence)

    def _show(self, problem: Problem) -> None:
        if not isinstance(QCoreApplication.instance(), QApplication):
            return
        if self._dialog is not None:
            self._dialog.add(problem)
            return
        self._dialog = ProblemDialog(problem, _main_window())
        self._dialog.finished.connect(self._on_dialog_closed)
        # It also ends with its window, without having been closed.
        self._dialog.destroyed.connect(self._on_dialog_closed)
        self._dialog.show()

    def dialog(self) -> ProblemDialog | None:
        """The open dialog, if any."""
        return self._dialog

    def _on_dialog_closed(self) -> None:
        self._dialog = None

    # Files

    def _open_files(self) -> None:
        folder = state_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._handler = RotatingFileHandler(
                folder / LOG_FILE, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
            )
        except OSError:
            self._handler = logging.StreamHandler()
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(self._handler)
        # An active fault handler (of a debugger, of the tests) is left alone.
        if isinstance(self._handler, RotatingFileHandler) and not faulthandler.is_enabled():
            self._open_crash_file(folder / "crash.txt")

    def _open_crash_file(self, path: Path) -> None:
        try:
            if path.exists():
                self.last_crash = path.read_text(encoding="utf-8", errors="replace").strip()
                path.unlink()
            self._crash_file = path.open("w", encoding="utf-8")
        except OSError:
            return
        if self.last_crash:
            log.error("the previous run crashed\n%s", self.last_crash)
        faulthandler.enable(self._crash_file)

    def _close_files(self) -> None:
        if self._crash_file is not None:
            faulthandler.disable()
            self._crash_file.close()
            Path(self._crash_file.name).unlink(missing_ok=True)
            self._crash_file = None
        if self._handler is not None:
            log.removeHandler(self._handler)
            self._handler.close()
            self._handler = None


def _main_window() -> QMainWindow | None:
    """The window in use; a dialog in front of it may close at any moment."""
    window: QWidget | None = QApplication.activeWindow()
    while window is not None and not isinstance(window, QMainWindow):
        window = window.parentWidget()
    return window
