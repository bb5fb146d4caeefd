"""A dialog from which a job is started, watched and given up while the window goes on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QDialog, QLabel, QProgressBar, QPushButton, QWidget

from ui.dialogs.job_thread import JobThread
from ui.dialogs.parts import primary_button

PROGRESS_STEPS = 1000
"""What the progress bar counts to."""
PROGRESS_MILLISECONDS = 100


class JobDialog(QDialog):
    """Stays beside the window; closing it gives the job up.

    Where the buttons, the bar and the status stand is each dialog's own.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(False)
        self.start_button = primary_button("Start")
        self.cancel_button = QPushButton("Cancel")
        self.close_button = QPushButton("Close")
        for button in (self.cancel_button, self.close_button):
            button.setAutoDefault(False)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Progress")
        self.progress.setRange(0, PROGRESS_STEPS)
        self.progress.setTextVisible(False)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self._progress_timer = QTimer(self)
        self._progress_timer.setInterval(PROGRESS_MILLISECONDS)

    def _watch(
        self,
        thread: JobThread,
        start: Callable[[], None],
        show_progress: Callable[[], None],
        show_end: Callable[[], None],
    ) -> None:
        """Have the buttons start and end the jobs of this thread, by these slots of the dialog."""
        self._thread = thread
        thread.finished.connect(show_end)
        self._progress_timer.timeout.connect(show_progress)
        self.start_button.clicked.connect(start)
        self.cancel_button.clicked.connect(self._on_cancel)
        self.close_button.clicked.connect(self.reject)
        QCoreApplication.instance().aboutToQuit.connect(self.shut_down)

    def _on_cancel(self) -> None:
        self._thread.cancel()
        self.cancel_button.setEnabled(False)

    def done(self, result: int) -> None:
        """However it is closed, give the job up; the window need not wait for the end of it."""
        self._thread.cancel()
        super().done(result)

    def shut_down(self) -> bool:
        """Give the job up and wait until its thread has ended."""
        return self._thread.shut_down()
