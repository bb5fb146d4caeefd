"""Opens documents: reads them, takes their lock, shows them with what they keep of the window."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from simulator.document import Document, NotFiniteError, load_document
from simulator.document.recovery import Recoverable
from simulator.project.errors import printable
from ui.files import wordings as words
from ui.files.asking import Asking, Choice
from ui.files.changes import Changes
from ui.files.early_reading import EarlyReading
from ui.files.lock import FileLock, Holder, Holding
from ui.files.neighbours import call
from ui.files.open_file import DOCUMENT, OpenFile
from ui.files.reading import Reading, is_large
from ui.files.window_part import show_window_part

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Opening(QObject):
    """Nothing here asks whether something is lost: whoever calls has asked.

    Signals
    -------
    opened(str) : another document is on show; the file to remember, or "".
    notice(str) : a sentence to answer in the bar: the file is read-only.
    said(str) : a few words that go away by themselves.
    recovered(object) : a Recoverable is on show, and saved nowhere else.
    """

    opened = Signal(str)
    notice = Signal(str)
    said = Signal(str)
    recovered = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        file: OpenFile,
        changes: Changes,
        asking: Asking,
        reading: Reading,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._reading = reading
        self._window, self._session = window, window.session
        self._file, self._changes, self._asking = file, changes, asking

    def choose(self) -> str:
        """The path of a file that the user chooses; "" for none."""
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Open", str(self._file.folder), words.FILTER
        )
        return path

    def open(self, source: str) -> None:
        """Open a file or a built-in project; where it cannot be, the present one stays."""
        self._read(source, lambda: load_document(source), is_large(Path(source)))

    def open_late(self, reading: EarlyReading, source: str) -> None:
        """Open what has been read since the start of the program."""
        self._read(source, reading.document)

    def _read(self, source: str, job: Callable[[], Document], large: bool = True) -> None:
        def read() -> Document | NotFiniteError:
            try:
                return job()
            except NotFiniteError as problem:
                return problem

        def then(made: Document | NotFiniteError) -> None:
            if isinstance(made, Document):
                self.show(made, source)
            else:
                self._ask_about_numbers(made, source)

        title = f"Opening {words.named(Path(source))}…"
        self._reading.read(title, read, then, self._say_not_opened, large)

    def _ask_about_numbers(self, problem: NotFiniteError, source: str) -> None:
        def start_anew() -> None:
            self._read(source, lambda: load_document(source, mend=True), is_large(Path(source)))

        self._asking.ask(
            "Start these parameters anew?",
            f"{problem.what}.{problem.more}",
            "These parameters can have their start values again; all others stay as trained. "
            "The file stays as it is until you save.",
            ((words.START_ANEW, start_anew), (words.LEAVE, None)),
        )

    def _say_not_opened(self, sentence: str) -> None:
        detail = "It was not opened; what is on show is what was open before."
        self._asking.ask("The project was not opened", sentence, detail, ((words.CLOSE, None),))

    def show(self, document: Document, source: str) -> None:
        """Show what was read from ``source``, unless that is open elsewhere."""
        path = Path(source)
        if not path.is_file() or path.suffix.lower() == ".json":
            self._file.let_go(path.absolute() if path.is_file() else None)
            self._show(document, source, str(path) if path.is_file() else "")
            return
        path = path.absolute()
        if self._file.is_at(path) and self._file.lock is not None:
            self._show_at(document, path, self._file.lock)
            return
        lock = FileLock(path)
        holder = lock.take()
        if holder.holding is Holding.OURS:
            writable = os.access(path, os.W_OK)
            why = "" if writable else f"{words.named(path)} is write-protected."
            self._show_at(document, path, lock, why)
        elif holder.holding is Holding.NO_FOLDER:
            why = f"The folder of {words.named(path)} cannot be written to."
            self._show_at(document, path, None, why)
        elif call(holder.process, path):
            self.said.emit(f"{words.named(path)} is open in another window")
        else:
            self._ask_about_lock(document, path, lock, holder)

    def _ask_about_lock(
        self, document: Document, path: Path, lock: FileLock, holder: Holder
    ) -> None:
        name = words.named(path)
        if holder.holding is Holding.UNREADABLE:
            sentence = f"{name} may be open elsewhere."
            detail = "Its lock does not say who has it; it may be left from a crash."
        elif holder.host:
            sentence = f"{name} is open on “{printable(holder.host, 60)}”."
            detail = "If that computer has crashed, open it anyway."
        else:
            sentence = f"{name} is open in another window."
            detail = (
                f"Process {holder.process} has it. Two windows that save one file take each "
                f"other's work away."
            )

        def read_only() -> None:
            self._show_at(document, path, None, f"{name} is open elsewhere.")

        def copy() -> None:
            self._file.let_go(path.with_name(f"{path.stem} copy{DOCUMENT}"))
            self._show(document, str(path))
            self._changes.lose()

        def anyway() -> None:
            own = lock.take_anyway().holding is Holding.OURS
            self._show_at(document, path, lock if own else None, "" if own else sentence)

        choices: list[Choice] = [(words.READ_ONLY, read_only), (words.A_COPY, copy)]
        if not holder.process:
            choices.append((words.ANYWAY, anyway))
        self._asking.ask("The file is locked", sentence, detail, [*choices, (words.GIVE_UP, None)])

    def _show_at(
        self, document: Document, path: Path, lock: FileLock | None, read_only: str = ""
    ) -> None:
        self._file.hold(path, lock, read_only=read_only)
        self._show(document, str(path), str(path))
        if read_only:
            self.notice.emit(f"{read_only} You can look and train, and save under another name.")

    def _show(self, document: Document, source: str, remember: str = "") -> None:
        self._session.set_document(document)
        self._session.use_folder(source)
        if Path(source).suffix.lower() == DOCUMENT:
            show_window_part(self._window, document)
        self._changes.note()
        if document.mended:
            self._changes.lose()
        self.opened.emit(remember)
        if document.notices:
            self._window.show_notice(" ".join(document.notices))

    def show_new(self, document: Document, empty: bool = False) -> None:
        """Show a document that is in no file yet, such as a network imported.

        There is nothing to save of an ``empty`` one until something is done with it.
        """
        self._file.let_go(None)
        self._show(document, "")
        if not empty:
            self._changes.lose()

    def recover(self, document: Document, item: Recoverable) -> None:
        """Go on with what a crash has left; the file that was open stays as it is until Save."""
        path, lock = item.document, None
        if path is not None and path.is_file() and not item.superseded:
            lock = FileLock(path)
            if lock.take().holding is not Holding.OURS:
                lock = None
        if path is not None and lock is not None:
            self._file.hold(path, lock)
        else:
            self._file.let_go(path)
        self._show(document, str(item.path))
        self._session.use_folder(path)
        self._changes.lose()
        self.recovered.emit(item)
