"""At the start: what a crash has left is offered, and recovered, discarded or left for later."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox, QWidget

from simulator.document import Document, load_document
from simulator.document.recovery import AutosaveStore, Recoverable
from simulator.project import ProjectError
from simulator.project.errors import printable
from simulator.project.reader import SUFFIX
from ui.files.reading import Reading, is_large
from ui.files.recovery_dialog import RecoveryDialog
from ui.theme import Theme


class Recovery(QObject):
    """Shows the dialog where there is anything to recover."""

    def __init__(
        self,
        store: AutosaveStore,
        reading: Reading,
        recover: Callable[[Document, Recoverable], None],
        theme: Theme,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._store, self._recover, self._window = store, recover, window
        self._reading, self._theme = reading, theme
        self.dialog: RecoveryDialog | None = None

    def offer(self) -> bool:
        """Look, and ask; False where there is nothing."""
        self._reading.read(
            "Looking at the work that was kept…",
            self._look,
            self._ask,
            self._say_not_recovered,
            is_large(*self._store.folder.glob(f"*{SUFFIX}")),
        )
        return self.dialog is not None or self._reading.busy

    def _look(self) -> list[tuple[Recoverable, bytes]]:
        return [(item, _thumbnail(item)) for item in self._store.found()]

    def _ask(self, found: list[tuple[Recoverable, bytes]]) -> None:
        if not found:
            return
        items, pictures = zip(*found, strict=True)
        self.dialog = RecoveryDialog(items, pictures, self._theme, self._window)
        self.dialog.recover_wanted.connect(self._on_recover)
        self.dialog.discard_wanted.connect(self._on_discard)
        self.dialog.finished.connect(self._on_finished)
        self.dialog.open()

    def _on_recover(self, item: Recoverable) -> None:
        self._reading.read(
            f"Recovering “{printable(item.name, 60)}”…",
            lambda: load_document(item.path),
            lambda document: self._recover(document, item),
            self._say_not_recovered,
            is_large(item.path),
        )

    def _say_not_recovered(self, sentence: str) -> None:
        QMessageBox.warning(self._window, "It could not be recovered", sentence)

    def _on_discard(self, item: Recoverable) -> None:
        self._store.remove(item)

    def _on_finished(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None


def _thumbnail(item: Recoverable) -> bytes:
    if item.damaged:
        return b""
    try:
        return load_document(item.path).thumbnail
    except ProjectError:
        return b""
