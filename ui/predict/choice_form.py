"""Which neurons and samples of an iteration are calculated by hand."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from simulator.handwork import Choice, fitting, read_choice
from simulator.project import Project, ProjectError
from simulator.trace import Trace
from ui.theme import GRID

_NEURONS_TIP = (
    "“layer: neurons”, for example 1: 2, 4-6; 2: 1. Layer 0 are the inputs, of which only the "
    "links are meant. Layers that are not named are calculated whole."
)
_SAMPLES_TIP = "Of the mini-batch, counted from 1: for example 1, 3-5"


class ChoiceForm(QWidget):
    """``changed`` when another choice was typed; an empty one is what fits on a page."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.neurons, self.samples = QLineEdit(), QLineEdit()
        self.neurons.setPlaceholderText("as many as fit; or 1: 2, 4-6; 2: 1")
        self.samples.setPlaceholderText("as many as fit; or 1, 3")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        for column, (text, field, tip, stretch) in enumerate(
            (("Neurons", self.neurons, _NEURONS_TIP, 3), ("Samples", self.samples, _SAMPLES_TIP, 2))
        ):
            label = QLabel(text)
            label.setBuddy(field)
            field.setAccessibleName(text)
            field.setToolTip(tip)
            field.editingFinished.connect(self._on_finished)
            grid.addWidget(label, 0, 2 * column)
            grid.addWidget(field, 0, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, stretch)
        self._said = self._text

    @property
    def _text(self) -> tuple[str, str]:
        return self.neurons.text().strip(), self.samples.text().strip()

    def _on_finished(self) -> None:
        if self._text != self._said:
            self._said = self._text
            self.changed.emit()

    def choice(
        self, trace: Trace, project: Project, row: int, at: tuple[int, int] | None
    ) -> Choice:
        """What is chosen of this iteration; where nothing was typed, what fits.

        Raises
        ------
        ProjectError : one sentence on what was typed.
        """
        if self._text == ("", ""):
            return fitting(trace, project, row, at)
        return read_choice(trace.spec, len(trace.x), *self._text)

    def forget(self) -> None:
        """What fits, again: another network has other neurons."""
        for field in (self.neurons, self.samples):
            field.clear()
        self._said = self._text


def usable(form: ChoiceForm, trace: Trace, project: Project) -> bool:
    """Whether what was typed means something in this iteration."""
    try:
        form.choice(trace, project, 0, None)
    except ProjectError:
        return False
    return True
