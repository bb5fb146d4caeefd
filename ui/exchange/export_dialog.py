"""Asks what to write for another program, and says what came of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from simulator.exchange import FORMATS
from ui.dialogs.parts import buttons_line, column_of, primary_button
from ui.style import current_scale
from ui.widgets.lines_delegate import LinesDelegate

_WIDTH, _HEIGHT = 460, 46


class ExportDialog(QDialog):
    """A list of formats, what each holds, and a line for the result.

    Signals
    -------
    wanted(str) : the name of a format in :data:`simulator.exchange.FORMATS`.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Export")
        self.formats = QListWidget()
        self.formats.setAccessibleName("What to write")
        self.formats.setItemDelegate(LinesDelegate(self.formats))
        width, height = (round(length * current_scale()) for length in (_WIDTH, _HEIGHT))
        for name, kind in FORMATS.items():
            item = QListWidgetItem(f"{kind.title}   {kind.suffix}\n{kind.about}")
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(0, height))
            self.formats.addItem(item)
        self.formats.setCurrentRow(0)
        self.formats.setFixedSize(width, height * len(FORMATS) + 4)
        self.formats.setProperty("role", "choices")
        self.formats.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.formats.itemDoubleClicked.connect(self._on_export)
        self.result = QLabel()
        self.result.setTextFormat(Qt.TextFormat.PlainText)
        self.result.setWordWrap(True)
        self.result.setFixedWidth(width)
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.result.hide()
        self.export_button = primary_button("&Export…")
        self.export_button.clicked.connect(self._on_export)
        self.close_button = QPushButton("&Close")
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.reject)
        buttons = buttons_line(self.close_button, self.export_button)
        layout = column_of(self)
        layout.addWidget(self.formats)
        layout.addWidget(self.result)
        layout.addLayout(buttons)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        self.formats.setFocus()

    @property
    def chosen(self) -> str:
        """The name of the format that is selected."""
        return str(self.formats.currentItem().data(Qt.ItemDataRole.UserRole))

    def choose(self, name: str) -> None:
        """Select a format."""
        self.formats.setCurrentRow(list(FORMATS).index(name))

    def set_busy(self, busy: bool) -> None:
        """While a file is written no other one can be asked for."""
        self.export_button.setEnabled(not busy)
        if busy:
            self.say("Writing…")

    def say(self, sentence: str, notes: tuple[str, ...] = ()) -> None:
        """Say what came of it; ``notes`` stand under it as a list."""
        text = "\n".join([sentence, *(f"•  {note}" for note in notes)])
        self.result.setText(text)
        self.result.setAccessibleName(text)
        self.result.setVisible(bool(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return exports, also from the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.export_button.isEnabled():
            self._on_export()
            return
        super().keyPressEvent(event)

    def _on_export(self) -> None:
        if self.export_button.isEnabled():
            self.wanted.emit(self.chosen)
