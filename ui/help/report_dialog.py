"""The report of a problem, to read and to copy.  Nothing is sent anywhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from ui.dialogs.parts import buttons_line, column_of, primary_button
from ui.style import current_scale, numbers_font

ABOUT = (
    "Copy this text into your message and add what you did before it happened. "
    "Nothing is sent by itself; your data is not in it."
)
CRASHED = "The last run of Backlit ended in a crash. What it left behind is in the text below."


class ReportDialog(QDialog):
    """Shows the text; ``folder`` is where the log files are."""

    def __init__(
        self, text: str, folder: Path, crashed: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Report a problem")
        self._folder = folder
        self.about = QLabel(f"{CRASHED} {ABOUT}" if crashed else ABOUT)
        self.about.setWordWrap(True)
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setFont(numbers_font(12))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Report")
        self.folder_button = QPushButton("Show log files")
        self.folder_button.clicked.connect(self._on_folder)
        self.copy_button = primary_button("Copy")
        self.copy_button.clicked.connect(self._on_copy)
        self.close_button = QPushButton("Close")
        self.close_button.clicked.connect(self.reject)
        buttons = buttons_line(self.close_button, self.copy_button, left=[self.folder_button])
        column = column_of(self)
        column.addWidget(self.about)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)
        scale = current_scale()
        self.resize(round(680 * scale), round(480 * scale))
        self.copy_button.setFocus()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy_button.setText("Copied")

    def _on_folder(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder))):
            self.about.setText(f"The log files are in {self._folder}.")
