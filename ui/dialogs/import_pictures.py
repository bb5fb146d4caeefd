"""The page of pictures, or other samples, that are to be imported: grid, grey levels, a preview."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from simulator.data.dataset import PARTS
from simulator.data.readers import Samples
from simulator.data.readers.limits import MAX_GRID, MAX_ROWS
from simulator.data.sample_import import Parts, SampleChoices, picture_values
from ui.canvas.thumbnails import paint_picture, paint_values
from ui.desk.looks import PART_LETTERS
from ui.style import current_scale, words_font
from ui.theme import CAPTION_SIZE, GRID, Theme
from ui.widgets.card import Card

CELL = 76
"""Width and height of a picture of the preview with its label, px."""
PARTS_TEXTS: dict[Parts, str] = {
    "kept": "As the files say",
    "mixed": "Drawn by chance",
    "training": "Without the test files",
}
_LABEL = 18
_MOST = 60


class PicturePreview(QWidget):
    """Some samples of each class, as the network would get them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._values = np.zeros((0, 1, 1))
        self._labels: list[str] = []
        self.setAccessibleName("Preview of the samples")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_samples(self, samples: Samples, choices: SampleChoices) -> None:
        """Show what the network would get of them."""
        there = np.arange(len(samples))
        if samples.parts is not None and choices.parts == "training":
            there = np.flatnonzero(samples.parts == 0)
        rows = there[np.linspace(0, len(there) - 1, min(_MOST, len(there))).astype(np.intp)]
        if samples.labels is not None:
            # Class after class, so that a few pictures show all classes.
            rows = rows[np.argsort(samples.labels[rows], kind="stable")]
            self._labels = [samples.classes[number] for number in samples.labels[rows].tolist()]
        else:
            self._labels = [f"{row + 1:,}" for row in rows.tolist()]
        if samples.parts is not None and choices.parts == "kept":
            marks = [PART_LETTERS[PARTS[part]] for part in samples.parts[rows].tolist()]
            pairs = zip(self._labels, marks, strict=True)
            self._labels = [f"{label} · {mark}" if mark else label for label, mark in pairs]
        self._values = picture_values(samples, choices, rows)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, CELL + _LABEL)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(words_font(CAPTION_SIZE))
        scale = current_scale()
        width, label = round(CELL * scale), round(_LABEL * scale)
        if self._values.ndim == 2:
            width = round(1.6 * CELL * scale)
        height = round(CELL * scale) if self._values.ndim == 3 else round(CELL * scale / 2)
        columns = max(1, self.width() // width)
        visible = columns * max(1, self.height() // height)
        # The shown ones are spread over all, too.
        count = len(self._values)
        chosen = np.linspace(0, count - 1, min(count, visible)).astype(np.intp).tolist()
        largest = float(np.abs(self._values).max(initial=1e-9))
        for place, own in enumerate(chosen):
            left, top = place % columns * width, place // columns * height
            box = QRectF(left + 4, top + 2, width - 8, height - label - 4)
            if self._values.ndim == 3:
                ratio = self.devicePixelRatioF()
                paint_picture(painter, box, self._values[own], self.theme, ratio)
            else:
                paint_values(painter, box, self._values[own], largest, self.theme)
            painter.setPen(self.theme.colour("muted"))
            below = QRectF(left + 2, top + height - label, width - 4, label - 2)
            text = painter.fontMetrics().elidedText(
                self._labels[own], Qt.TextElideMode.ElideRight, int(below.width())
            )
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()


class PicturesPage(QWidget):
    """Shows samples and takes the choices.

    Signals
    -------
    grid_changed(int, int) : pictures are wanted with so many rows and columns.
    choices_changed(SampleChoices) : other choices for the samples that were read.
    """

    grid_changed = Signal(int, int)
    choices_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples: Samples | None = None
        self._choices = SampleChoices()
        self.rows, self.columns = _number("Rows", MAX_GRID), _number("Columns", MAX_GRID)
        self.at_most = _number("Use at most", MAX_ROWS)
        self.order = QComboBox()
        self.order.setAccessibleName("Pixels are taken")
        self.order.addItem("Row by row", "row")
        self.order.addItem("Column by column", "column")
        self.parts = QComboBox()
        self.parts.setAccessibleName("Training and test")
        for choice, text in PARTS_TEXTS.items():
            self.parts.addItem(text, choice)
        self.invert = QCheckBox("Invert: dark becomes light")
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID + 4)
        grid.setVerticalSpacing(2)
        boxes = (self.rows, self.columns, self.order, self.at_most, self.parts)
        for place, box in enumerate(boxes):
            label = QLabel(box.accessibleName())
            label.setProperty("role", "caption")
            label.setBuddy(box)
            grid.addWidget(label, 0, place)
            grid.addWidget(box, 1, place)
        grid.addWidget(self.invert, 1, len(boxes))
        grid.setColumnStretch(len(boxes) + 1, 1)
        self.parts_label = label
        self.card = Card("Preview")
        self.preview = PicturePreview(theme)
        self.card.body.addWidget(self.preview, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(grid)
        column.addWidget(self.card, 1)
        for box in (self.rows, self.columns):
            box.setKeyboardTracking(False)
            box.valueChanged.connect(self._on_grid)
        self.at_most.setKeyboardTracking(False)
        self.at_most.valueChanged.connect(self._on_choice)
        self.order.activated.connect(self._on_choice)
        self.parts.activated.connect(self._on_choice)
        self.invert.clicked.connect(self._on_choice)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self.preview.theme = theme
        self.preview.update()

    def show_samples(self, samples: Samples, choices: SampleChoices) -> None:
        """Show samples that were read, and what is guessed about them."""
        self._samples, self._choices = samples, choices
        shape = choices.grid or samples.shape
        for box, value in (
            (self.rows, shape[0] if shape else 1),
            (self.columns, shape[1] if shape else 1),
            (self.at_most, choices.at_most or len(samples)),
        ):
            box.blockSignals(True)
            if box is self.at_most:
                box.setMaximum(len(samples))
            box.setValue(value)
            box.blockSignals(False)
        for control in (self.rows, self.columns, self.order, self.invert):
            control.setEnabled(shape is not None)
        self.order.setCurrentIndex(self.order.findData(choices.order))
        self.parts.setCurrentIndex(self.parts.findData(choices.parts))
        for widget in (self.parts, self.parts_label):
            widget.setVisible(samples.parts is not None)
        self.invert.setChecked(choices.invert)
        self.preview.show_samples(samples, choices)

    def forget(self) -> None:
        """Let go of the samples."""
        self._samples = None

    def _on_grid(self) -> None:
        self.grid_changed.emit(self.rows.value(), self.columns.value())

    def _on_choice(self) -> None:
        if self._samples is None:
            return
        most = self.at_most.value()
        self.choose(
            replace(
                self._choices,
                order=self.order.currentData(),
                parts=self.parts.currentData(),
                invert=self.invert.isChecked(),
                at_most=most if most < len(self._samples) else None,
            )
        )

    def choose(self, choices: SampleChoices) -> None:
        """Go on with other choices, and tell of them."""
        self._choices = choices
        if self._samples is not None:
            self.preview.show_samples(self._samples, choices)
        self.choices_changed.emit(choices)


def _number(name: str, most: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(1, most)
    box.setGroupSeparatorShown(True)
    box.setAccessibleName(name)
    box.setMinimumWidth(round(104 * current_scale()))
    return box
