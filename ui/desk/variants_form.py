"""How many noisy variants to make of the chosen samples, and how they are disturbed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from simulator.data import Dataset
from simulator.data.editing import MAX_VARIANTS
from ui.theme import GRID


class VariantsForm(QWidget):
    """``wanted`` says that the user asks for them; the numbers are in the fields."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = QSpinBox()
        self.count.setRange(1, MAX_VARIANTS)
        self.count.setValue(7)
        self.flip = QSpinBox()
        self.flip.setRange(0, 50)
        self.flip.setValue(5)
        self.flip.setSuffix(" %")
        self.shift = QSpinBox()
        self.shift.setRange(0, 8)
        self.shift.setValue(1)
        self.noise = QDoubleSpinBox()
        self.noise.setRange(0.0, 100.0)
        self.noise.setDecimals(2)
        self.noise.setSingleStep(0.05)
        self.button = QPushButton("Add variants")
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self.wanted)
        self.about = QLabel()
        self.about.setProperty("role", "caption")
        self.about.setWordWrap(True)
        self._rows: list[tuple[QLabel, QWidget]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(GRID, GRID, GRID, GRID)
        grid.setSpacing(GRID)
        fields = (
            ("Variants of each sample", self.count),
            ("Pixels flipped", self.flip),
            ("Moved by up to, pixels", self.shift),
            ("Noise, standard deviation", self.noise),
        )
        for row, (text, field) in enumerate(fields):
            label = QLabel(text)
            label.setBuddy(field)
            field.setAccessibleName(text)
            field.setFixedWidth(100)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            self._rows.append((label, field))
        grid.addWidget(self.about, len(fields), 0, 1, 2)
        grid.addWidget(self.button, len(fields) + 1, 0, 1, 2)

    def show_data(self, data: Dataset, samples: int, held_out: bool) -> None:
        """Offer what these data can be disturbed by; ``samples`` are chosen, 0 means all.

        ``held_out`` says that some samples are kept for validation or test.
        """
        picture = data.picture is not None
        for label, field in self._rows[1:3]:
            label.setVisible(picture)
            field.setVisible(picture)
        if not picture and self.noise.value() == 0.0 and len(data):
            self.noise.setValue(max(0.01, round(0.1 * float(data.inputs.std()), 2)))
        count = samples or len(data)
        whose = f"the {samples:,} chosen samples" if samples > 1 else "the chosen sample"
        text = f"Of {whose if samples else f'all {count:,} samples'}"
        if held_out:
            text += ". The parts are drawn anew: a variant may validate what its sample trains."
        self.about.setText(text)

    def numbers(self, data: Dataset) -> tuple[int, float, int, float]:
        """Count, flip probability, shift, noise."""
        picture = data.picture is not None
        flip = self.flip.value() / 100.0 if picture else 0.0
        shift = self.shift.value() if picture else 0
        return self.count.value(), flip, shift, self.noise.value()
