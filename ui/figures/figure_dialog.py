"""Asks what a picture is to show, shows it, and says where it is to go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from ui.dialogs.parts import buttons_line, column_of, muted_label, primary_button
from ui.style import current_scale
from ui.theme import GRID
from ui.widgets.labels import level_labels

KINDS = {
    ".svg": "Scalable picture (*.svg)",
    ".pdf": "PDF (*.pdf)",
    ".png": "Pixels (*.png)",
}
COLOUR_NAMES = (("screen", "As on the screen"), ("light", "Light"), ("dark", "Dark"))
SCALES = ((1.0, "As on the screen"), (2.0, "Twice as fine"), (4.0, "Four times as fine"))
_PREVIEW = QSize(560, 330)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the window: its id, its name for users, and its widget."""

    id: str
    name: str
    widget: QWidget


class FigureDialog(QDialog):
    """Signals: ``changed`` for another preview; ``save_wanted`` carries the path of the file."""

    changed = Signal()
    save_wanted = Signal(str)
    copy_wanted = Signal()
    print_wanted = Signal()

    def __init__(self, parts: tuple[Part, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Save picture")
        self._parts = parts
        self.parts = _combo("What the picture shows", [part.name for part in parts])
        self.colour_box = _combo("Colours", [name for _, name in COLOUR_NAMES])
        self.scales = _combo("Pixels of a PNG", [name for _, name in SCALES])
        self.scales.setCurrentIndex(1)
        self.parts.currentIndexChanged.connect(self.changed)
        self.colour_box.currentIndexChanged.connect(self.changed)
        self.preview = QLabel()
        self.preview.setAccessibleName("How the picture will look")
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setMinimumSize(_PREVIEW * current_scale())
        self.message = muted_label()
        self.save_button = primary_button("Save…")
        self.copy_button = QPushButton("Copy")
        self.print_button = QPushButton("Print…")
        self.close_button = QPushButton("Close")
        self.save_button.clicked.connect(self._on_save)
        self.copy_button.clicked.connect(self.copy_wanted)
        self.print_button.clicked.connect(self.print_wanted)
        self.close_button.clicked.connect(self.reject)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.addRow("Picture of", self.parts)
        form.addRow("Colours", self.colour_box)
        form.addRow("Pixels of a PNG", self.scales)
        level_labels(form)
        row = buttons_line(
            self.close_button, self.save_button, left=[self.copy_button, self.print_button]
        )
        column = column_of(self)
        column.addLayout(form)
        column.addWidget(self.preview, 1)
        column.addWidget(self.message)
        column.addLayout(row)

    def part(self) -> Part:
        """What the picture shows."""
        return self._parts[self.parts.currentIndex()]

    def colours(self) -> str:
        """In which colours: "screen", "light" or "dark"."""
        return COLOUR_NAMES[self.colour_box.currentIndex()][0]

    def scale(self) -> float:
        """Pixels of a PNG for each on the screen."""
        return SCALES[self.scales.currentIndex()][0]

    def show_preview(self, picture: QImage) -> None:
        """Show how it will look, as large as there is room."""
        ratio = self.devicePixelRatioF()
        fitted = picture.scaled(
            self.preview.minimumSize() * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        fitted.setDevicePixelRatio(ratio)
        self.preview.setPixmap(QPixmap.fromImage(fitted))

    def say(self, sentence: str) -> None:
        """Say what came of it."""
        self.message.setText(sentence)

    def _on_save(self) -> None:
        name = f"{self.part().name.lower().replace(' ', '-')}.svg"
        chosen, kind = QFileDialog.getSaveFileName(
            self, "Save picture", name, ";;".join(KINDS.values())
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() not in KINDS:
            # The kind that was chosen beside the name says it.
            suffix = next((own for own, text in KINDS.items() if text == kind), ".svg")
            path = path.with_name(path.name + suffix)
        self.save_wanted.emit(str(path))


def _combo(name: str, texts: list[str]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.addItems(texts)
    return box
