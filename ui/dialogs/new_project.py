"""Asks what an empty project is to be: a grid to draw on, or points in the plane; which network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from simulator.activations import ACTIVATIONS
from simulator.data.dataset import Dataset
from simulator.data.starting import MAX_SIDE, blank_pictures, first_points
from simulator.project import Project, ProjectError
from simulator.project.adapting import new_project, suggested_hidden
from ui.dialogs.parts import column_of
from ui.theme import GRID
from ui.widgets.labels import level_labels
from ui.widgets.segmented import SegmentedControl

KINDS = ("Grid to draw on", "Points in the plane", "Import a file")
GRID_KIND, PLANE_KIND, FILE_KIND = range(3)
TITLE = "Untitled"
_CLASSES = ("0, 1, 2, 3", "A, B")
_HINTS = (
    "Each class begins with one blank sample, to be drawn over; more can be added.",
    "Each class begins with one point; more can be painted.",
    "A table, pictures in folders, MNIST or NumPy files.",
)


class NewProjectDialog(QDialog):
    """Says below the fields what they make, or what is wrong with them.

    Signals
    -------
    made(object) : a Project to show.
    import_wanted() : the samples are to come from a file.
    """

    made = Signal(object)
    import_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("New project")
        self.setMinimumWidth(460)
        self._hidden_typed = False
        self._typed = list(_CLASSES)
        self._project: Project | None = None
        self._build()
        self._on_kind(GRID_KIND)
        self.kinds.currentChanged.connect(self._on_kind)
        for box in (self.rows, self.columns):
            box.valueChanged.connect(self._look)
        self.classes.textChanged.connect(self._look)
        self.hidden.textEdited.connect(self._on_hidden)
        self.activation.currentIndexChanged.connect(self._look)
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(self.deleteLater)

    def _build(self) -> None:
        self.kinds = SegmentedControl(KINDS)
        self.kinds.setAccessibleName("What the inputs are")
        for button in self.kinds.buttons():
            # Return makes the project wherever the keys are.
            button.setAutoDefault(False)
        self.rows, self.columns = _side("Rows"), _side("Columns")
        sides = QHBoxLayout()
        sides.setSpacing(GRID)
        for part in (self.rows, QLabel("×"), self.columns):
            sides.addWidget(part)
        sides.addStretch(1)
        self.sides = QWidget()
        self.sides.setLayout(sides)
        sides.setContentsMargins(0, 0, 0, 0)
        self.classes, self.hidden = QLineEdit(), QLineEdit()
        self.classes.setAccessibleName("Classes")
        self.classes.setToolTip("Their names, with commas between them")
        self.hidden.setAccessibleName("Hidden layers")
        self.hidden.setToolTip("Neurons of each, with commas between them; empty for none")
        self.hidden.setPlaceholderText("none")
        self.activation = QComboBox()
        self.activation.setAccessibleName("Activation of the hidden layers")
        self.activation.addItems([name for name in ACTIVATIONS if name != "softmax"])
        self.activation.setCurrentText("tanh")
        self.form = QFormLayout()
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.form.setHorizontalSpacing(2 * GRID)
        self.form.setVerticalSpacing(GRID)
        for name, field in (
            ("Rows × columns", self.sides),
            ("Classes", self.classes),
            ("Hidden layers", self.hidden),
            ("Activation", self.activation),
        ):
            self.form.addRow(name, field)
        level_labels(self.form)
        self.outcome, self.hint = QLabel(), QLabel()
        self.hint.setProperty("role", "muted")
        for label in (self.outcome, self.hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        cancel = QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(cancel | QDialogButtonBox.StandardButton.Ok)
        self.make_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.make_button.setProperty("role", "primary")
        self.make_button.setDefault(True)
        column = column_of(self, 2 * GRID)
        column.addWidget(self.kinds)
        column.addLayout(self.form)
        column.addWidget(self.outcome)
        column.addWidget(self.hint)
        column.addStretch(1)
        column.addWidget(self.buttons)

    @property
    def kind(self) -> int:
        """Which of :data:`KINDS` is chosen."""
        return self.kinds.current()

    def _on_kind(self, kind: int) -> None:
        """Show the fields of this kind, with what was typed for it last."""
        self.form.setRowVisible(self.sides, kind == GRID_KIND)
        for field in (self.classes, self.hidden, self.activation):
            self.form.setRowVisible(field, kind != FILE_KIND)
        if kind != FILE_KIND:
            self.classes.setText(self._typed[kind])
        self.hint.setText(_HINTS[kind])
        self.outcome.setVisible(kind != FILE_KIND)
        self.make_button.setText("Choose a &file…" if kind == FILE_KIND else "&Make it")
        self._look()

    def _on_hidden(self) -> None:
        self._hidden_typed = True
        self._look()

    def _look(self) -> None:
        """Say what would be made."""
        self._project = None
        if self.kind == FILE_KIND:
            self.make_button.setEnabled(True)
            return
        self._typed[self.kind] = self.classes.text()
        try:
            data = self._data()
            if not self._hidden_typed:
                self.hidden.setText(", ".join(map(str, suggested_hidden(data.n_inputs))))
            self._project = made_project(
                data, read_units(self.hidden.text()), self.activation.currentText()
            )
        except (ValueError, ProjectError) as problem:
            sentence = str(problem)
            self.outcome.setText(sentence[0].upper() + sentence[1:])
        else:
            network = self._project.network
            units = [network.inputs, *(layer.units for layer in network.layers)]
            shape = "-".join(f"{number:,}" for number in units)
            self.outcome.setText(
                f"A network {shape} with {network.parameter_count:,} weights and biases"
            )
        self.make_button.setEnabled(self._project is not None)

    def _data(self) -> Dataset:
        names = self.classes.text().split(",")
        if self.kind == PLANE_KIND:
            return first_points(names)
        return blank_pictures(self.rows.value(), self.columns.value(), names)

    def _on_accepted(self) -> None:
        project = self._project
        self.accept()
        if self.kind == FILE_KIND:
            self.import_wanted.emit()
        elif project is not None:
            self.made.emit(project)


def made_project(data: Dataset, hidden: Sequence[int], activation: str) -> Project:
    """A project on these data whose hidden layers have this activation.

    Raises
    ------
    ProjectError : one sentence.
    """
    # Points are learned where they are seen.
    project = new_project(data, TITLE, hidden, scaling="none")
    *layers, output = project.network.layers
    changed = (*(replace(layer, activation=activation) for layer in layers), output)
    return replace(project, network=replace(project.network, layers=changed))


def read_units(text: str) -> tuple[int, ...]:
    """The numbers of neurons that a text names: "20, 20"; none in an empty one.

    Raises
    ------
    ValueError : one sentence.
    """
    words = [word for word in re.split(r"[\s,;-]+", text.strip()) if word]
    if not all(re.fullmatch(r"[0-9]{1,6}", word) for word in words):
        raise ValueError("Hidden layers are whole numbers with commas between them, as 20, 20.")
    return tuple(int(word) for word in words)


def _side(name: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(1, MAX_SIDE)
    box.setValue(5)
    box.setAccessibleName(name)
    return box
