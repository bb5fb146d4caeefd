"""Shows a model that was read, before it takes the place of the network."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from simulator.exchange import Imported
from simulator.project.errors import printable
from ui.dialogs.parts import buttons_line, column_of, primary_button

_WIDTH = 440


class ImportModelDialog(QDialog):
    """What is in the file, and what was left out or decided.

    Signals
    -------
    taken(object) : the document to go on with.
    """

    taken = Signal(object)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Import model")
        self._made: Imported | None = None
        self.heading = QLabel(f"“{printable(path.name, 60)}”")
        self.heading.setProperty("role", "title")
        self.summary, self.notes = QLabel("Reading…"), QLabel()
        self.notes.setProperty("role", "muted")
        for label in (self.heading, self.summary, self.notes):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setFixedWidth(_WIDTH)
        self.notes.hide()
        self.import_button = primary_button("&Use this network")
        self.import_button.setEnabled(False)
        self.import_button.clicked.connect(self._on_taken)
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        buttons = buttons_line(self.cancel_button, self.import_button)
        layout = column_of(self)
        for label in (self.heading, self.summary, self.notes):
            layout.addWidget(label)
        layout.addLayout(buttons)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def show_problem(self, sentence: str) -> None:
        """Say why the file cannot be used; the network that is open stays."""
        self.heading.hide()  # the sentence names the file
        self.summary.setText(sentence)
        self.summary.setAccessibleName(sentence)
        self.import_button.hide()
        self.cancel_button.setText("&Close")

    def show_made(self, made: Imported) -> None:
        """Say what was read."""
        self._made = made
        project = made.document.project
        network = project.network
        sizes = " – ".join(str(size) for size in network.sizes)
        self.summary.setText(
            f"A network {sizes} with {network.parameter_count:,} parameters, {project.loss} and "
            f"{project.optimizer.name}. It is put on the data that are open and begins at "
            f"iteration 0."
        )
        self.summary.setAccessibleName(self.summary.text())
        self.notes.setText("\n".join(f"•  {note}" for note in made.notes))
        self.notes.setAccessibleName(self.notes.text())
        self.notes.setVisible(bool(made.notes))
        self.import_button.setEnabled(True)
        self.import_button.setFocus()

    def _on_taken(self) -> None:
        if self._made is not None:
            self.taken.emit(self._made.document)
        self.accept()
