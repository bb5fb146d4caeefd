"""A user's hands on files: the dialogs, the questions, and what is then on the disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from simulator.document.recovery import AutosaveStore
from simulator.project import Project, load_project, project_from_value
from simulator.project.writer import project_value
from simulator.runner import Runner
from simulator.snapshot import RunState
from ui.app import make_application
from ui.main_window import MainWindow
from ui.session import Session
from ui.settings import Settings

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier


def shuffled(optimizer: str = "adam") -> Project:
    """The digits with all that makes training hard to resume: dropout, shuffling, batches of 2."""
    value = project_value(load_project("digits-5x5"))
    value["optimizer"] = {"name": optimizer, "learning_rate": 0.01}
    value["training"] = {**value.get("training", {}), "epochs": 10**6, "batch_size": 2}
    return project_from_value(value)


class FileName(QObject):
    """Types a name into the next file dialog, or presses Esc."""

    def __init__(self, name: str | None) -> None:
        super().__init__()
        self.name = name
        self.suggested = ""
        self.taken = False
        self._looks = 0
        self.timer = QTimer(self)
        self.timer.timeout.connect(self._look)
        self.timer.start(20)

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QFileDialog) or not dialog.isVisible():
            return
        self._looks += 1
        if self._looks < 10:
            # Qt selects the suggested file only when it has read the folder.
            return
        self.timer.stop()
        edit = dialog.findChild(QLineEdit, "fileNameEdit")
        self.suggested = edit.text()
        if self.name is None:
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            return
        # Typed letter by letter, the list of completions would take the Return key.
        edit.setText(self.name)
        QTest.keyClick(edit, Qt.Key.Key_Return)
        self.taken = not dialog.isVisible()
        if not self.taken:
            dialog.reject()


class FileHands:
    """Works the files of a window that asks before anything is lost."""

    def __init__(
        self, qtbot: QtBot, folder: Path, project: Project, seconds: int = 3600, name: str = "a"
    ) -> None:
        make_application()
        self.qtbot = qtbot
        self.folder = folder
        self.ended = False
        settings = Settings(str(folder / f"{name}.ini"))
        settings.set_whole_number("autosave_seconds", seconds)
        self.session = Session(project)
        self.window = MainWindow(self.session, settings)
        self.window.resize(1280, 800)
        self.window.transport.set_speed(100)
        self.session.start()
        self.window.show()
        qtbot.waitExposed(self.window)
        self.files = self.window.files
        self.files.guard(AutosaveStore(folder / "recovery"))
        self.settle()

    def end(self) -> None:
        """Close the window, whatever is lost."""
        if self.ended:
            return
        self.ended = True
        dialog = QApplication.activeModalWidget()
        while dialog is not None:
            dialog.close()
            dialog = QApplication.activeModalWidget()
        self.qtbot.waitUntil(lambda: not self.files.saving.busy, timeout=10_000)
        self.files.leave()
        assert self.session.shut_down()
        self.window.deleteLater()

    def settle(self) -> None:
        """Wait until the window shows everything that was asked for."""
        self.qtbot.waitUntil(lambda: not self.files.reading.busy, timeout=60_000)
        asked: list[bool] = []

        def look(runner: Runner) -> None:
            asked.append(True)

        self.session.send(look)
        self.qtbot.waitUntil(
            lambda: bool(asked) and self.session.snapshot is not None and self.session.settled,
            timeout=10_000,
        )

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        """Press a key in the window."""
        # Without a window manager a closed dialog keeps the keys.
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        QTest.keyClick(self.window, key, modifier)

    def train(self, iterations: int = 10) -> None:
        """Run for a while, and pause."""
        start = self.session.snapshot.iteration
        self.session.run()
        self.qtbot.waitUntil(
            lambda: self.session.snapshot.iteration >= start + iterations, timeout=10_000
        )
        self.session.pause()
        self.qtbot.waitUntil(lambda: self.session.state is not RunState.RUNNING)
        self.settle()

    def written(self) -> None:
        """Wait until what was to be saved is saved."""
        self.qtbot.waitUntil(lambda: not self.files.saving.busy, timeout=10_000)

    def save_as(self, path: Path) -> None:
        """Ctrl+Shift+S, a name, Return."""
        typing = FileName(str(path))
        self.key(Qt.Key.Key_S, CONTROL | SHIFT)
        assert typing.taken
        self.written()

    def save(self) -> None:
        """Ctrl+S."""
        self.key(Qt.Key.Key_S, CONTROL)
        self.written()

    @property
    def question(self) -> QDialog:
        """The question on show."""
        self.qtbot.waitUntil(lambda: self.files.asking.question is not None)
        self.qtbot.waitUntil(self.files.asking.question.isVisible)
        return self.files.asking.question

    def answer(self, key: Qt.Key, modifier: Qt.KeyboardModifier = ALT) -> None:
        """Answer the question by its key."""
        question = self.question
        question.activateWindow()
        self.qtbot.waitUntil(question.isActiveWindow)
        QTest.keyClick(question, key, modifier)
        self.qtbot.waitUntil(lambda: self.files.asking.question is None)

    def escape(self) -> None:
        """Answer the question by Esc."""
        self.answer(Qt.Key.Key_Escape, NONE)

    @property
    def modified(self) -> bool:
        """Whether the window says that something is not saved."""
        return self.window.isWindowModified()

    def bits(self) -> tuple[int, bytes]:
        """Iteration and parameters of the trainer."""
        found: list[tuple[int, bytes]] = []

        def look(runner: Runner) -> None:
            trainer = runner.trainer
            found.append((trainer.iteration, trainer.network.theta.tobytes()))

        self.session.send(look)
        self.qtbot.waitUntil(lambda: bool(found))
        return found[0]


class Windows:
    """The windows of a test; all are closed at its end, however it ends."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self._qtbot = qtbot
        self._folder = folder
        self._open: list[FileHands] = []

    def open(self, project: Project, seconds: int = 3600) -> FileHands:
        """One more window; it autosaves every so many seconds."""
        name = f"window-{len(self._open)}"
        hands = FileHands(self._qtbot, self._folder, project, seconds, name)
        self._open.append(hands)
        return hands

    def end(self) -> None:
        """Close all of them."""
        for hands in self._open:
            hands.end()
