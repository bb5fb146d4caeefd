"""What this is, its version, what it runs on, and the licences of everything in it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.dialogs.parts import buttons_line, column_of, primary_button
from ui.licences import Component, components
from ui.resources import application_icon
from ui.style import current_scale, numbers_font, words_font
from ui.theme import GRID
from ui.versions import versions

TAGLINE = "A neural network you can see through."
ICON_SIZE = 72
NO_TEXT = "{} is under {}. The text of the licence is in the package it was installed from."


class AboutDialog(QDialog):
    """Versions to copy, and a licence for each component."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About Backlit")
        self._components = components()
        self.list = QListWidget()
        self.list.setProperty("role", "choices")
        self.list.setAccessibleName("Components")
        self.list.addItems([_line(component) for component in self._components])
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(numbers_font(11))
        self.text.setAccessibleName("Licence")
        self.list.setSpacing(2)
        self.list.currentRowChanged.connect(self._on_component)
        self.list.setCurrentRow(0)
        self.copy_button = QPushButton("Copy versions")
        self.copy_button.setToolTip("For a message to whoever helps you")
        self.copy_button.clicked.connect(self._on_copy)
        self.close_button = primary_button("Close")
        self.close_button.clicked.connect(self.accept)
        self._arrange()

    def _arrange(self) -> None:
        scale = current_scale()
        panes = QHBoxLayout()
        panes.setSpacing(GRID)
        self.list.setFixedWidth(round(220 * scale))
        panes.addWidget(self.list)
        panes.addWidget(self.text, 1)
        buttons = buttons_line(self.close_button, left=[self.copy_button])
        column = column_of(self)
        column.addLayout(self._head())
        column.addWidget(_label("What it is made of, and the licences", "muted"))
        column.addLayout(panes, 1)
        column.addLayout(buttons)
        self.resize(round(860 * scale), round(560 * scale))
        self.close_button.setFocus()

    def _head(self) -> QHBoxLayout:
        picture = QLabel()
        edge = round(ICON_SIZE * current_scale())
        picture.setPixmap(application_icon().pixmap(QSize(edge, edge), self.devicePixelRatio()))
        names = QVBoxLayout()
        names.setSpacing(2)
        name = QLabel("Backlit")
        name.setFont(words_font(22, 600))
        names.setContentsMargins(0, GRID, 0, 0)
        names.addWidget(name)
        names.addWidget(_label(TAGLINE, "muted"))
        names.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(2)
        for row, (what, version) in enumerate(versions()):
            grid.addWidget(_label(what, "muted"), row, 0)
            value = QLabel(version)
            value.setFont(numbers_font(12))
            grid.addWidget(value, row, 1)
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(names)
        head.setAlignment(names, Qt.AlignmentFlag.AlignTop)
        head.addStretch(1)
        head.addLayout(grid)
        return head

    def _on_component(self, row: int) -> None:
        if 0 <= row < len(self._components):
            component = self._components[row]
            missing = NO_TEXT.format(component.name, component.licence or "its own licence")
            self.text.setPlainText(component.text or missing)

    def _on_copy(self) -> None:
        lines = [f"{name} {version}" for name, version in versions()]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.copy_button.setText("Copied")


def _line(component: Component) -> str:
    return " ".join(filter(None, (component.name, component.version)))


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    return label


def show_about(parent: QWidget) -> AboutDialog:
    """Open the About box beside the window."""
    dialog = AboutDialog(parent)
    dialog.show()
    return dialog
