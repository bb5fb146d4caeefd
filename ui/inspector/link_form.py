"""The inspector when a link or a bias is selected: its value, its gradient, its history."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from simulator.project import Project
from simulator.quantity import Kind, Quantity
from simulator.snapshot import Snapshot
from simulator.trace import PhaseKind
from ui.inspector.controls import Check, as_tooltip
from ui.inspector.link_history import LinkHistory
from ui.inspector.number_field import NumberField
from ui.inspector.parameters import (
    BIAS,
    Parameter,
    is_frozen,
    is_there,
    source_name,
    target_name,
    values_of,
)
from ui.session import Session
from ui.style import numbers_font
from ui.theme import GRID
from ui.widgets.asked_label import AskedLabel
from ui.widgets.value_label import format_value
from ui.writing import Writing

BLANK = "–"
_ROWS = (
    ("gradient", "gradient", "How the loss of the newest mini-batch changes with it."),
    ("change", "last update", "What the newest update added to it."),
)


class LinkForm(QWidget):
    """``asked`` carries the :class:`~simulator.quantity.Quantity` of a number that was clicked."""

    asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._writing = Writing()
        self._parameter: Parameter = (1, 0, 0)
        self.value = NumberField("Parameter value", self)
        self.frozen = Check("Freeze parameter", "Frozen")
        self.there = Check("Link there", "Connected")
        self.source = QPushButton(self)
        self.target = QPushButton(self)
        self.history = LinkHistory(session, self)
        self._quantities: dict[str, Quantity | None] = {}
        self.labels: dict[str, AskedLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 2, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(self._ends())
        column.addLayout(self._settings())
        column.addLayout(self._numbers())
        column.addWidget(self.history)
        column.addStretch(1)
        self.value.chosen.connect(self._on_value)
        self.value.refused.connect(session.refused)
        self.frozen.chosen.connect(self._on_frozen)
        self.there.chosen.connect(self._on_there)
        self.source.clicked.connect(self._on_source)
        self.target.clicked.connect(self._on_target)

    def _ends(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        arrow = QLabel("→")
        arrow.setProperty("role", "muted")
        for button in (self.source, self.target):
            button.setFlat(True)
            button.setStyleSheet("padding: 0 4px; min-height: 22px;")
            button.setMinimumWidth(40)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row.addWidget(self.source, 1)
        row.addWidget(arrow)
        row.addWidget(self.target, 1)
        return row

    def _settings(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        self.frozen.setToolTip(as_tooltip("It stays as it is while everything else learns."))
        self.there.setToolTip(as_tooltip("A link that is not connected has the weight 0."))
        for part in (self.value, self.frozen, self.there):
            part.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            part.setMinimumWidth(0)
            row.addWidget(part)
        row.addStretch(1)
        return row

    def _numbers(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        wide = QFontMetrics(numbers_font()).horizontalAdvance("0" * 8)
        for key, text, about in _ROWS:
            name, label = QLabel(text), AskedLabel(BLANK)
            name.setProperty("role", "muted")
            name.setToolTip(as_tooltip(about))
            label.setProperty("role", "number")
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            label.setMinimumWidth(wide)
            label.setAccessibleName(text)
            label.setObjectName(f"link_{key}")
            label.clicked.connect(self._on_asked)
            row.addWidget(name)
            row.addWidget(label)
            self.labels[key] = label
        row.addStretch(1)
        return row

    @property
    def parameter(self) -> Parameter:
        """What is on show."""
        return self._parameter

    def set_writing(self, writing: Writing) -> None:
        """Write signs like this from the next numbers on."""
        self._writing = writing

    def show_parameter(self, project: Project, parameter: Parameter) -> None:
        """Show a weight, or a bias."""
        self._parameter = parameter
        bias, there = parameter[2] == BIAS, is_there(project, parameter)
        name = "bias" if bias else "weight"
        self.value.setAccessibleName(f"{name}, {self.title(project)}")
        self.value.setEnabled(there)
        self.frozen.show_value(is_frozen(project, parameter))
        self.frozen.setEnabled(project.network.layer(parameter[0]).trainable)
        self.there.show_value(there)
        self.there.setVisible(not bias)
        self.source.setText(source_name(project, parameter))
        self.source.setEnabled(not bias)
        self.target.setText(target_name(project, parameter))
        for button, word in ((self.source, "comes from"), (self.target, "leads to")):
            button.setAccessibleName(f"{word} {button.text()}")
            button.setToolTip(as_tooltip(f"Select the neuron it {word}."))
        self.history.show_parameter(parameter)

    def title(self, project: Project) -> str:
        """What it is called: "pixel 2, 3 → hidden 1, 4"."""
        return f"{source_name(project, self._parameter)} → {target_name(project, self._parameter)}"

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show its numbers at this moment."""
        found = values_of(snapshot, [self._parameter])
        if found is None:
            return
        if self._session.settled:
            # Else what was just typed may not be in it yet.
            self.value.show_value(float(found[0]))
        self._show_numbers(snapshot)
        self.history.show_snapshot(snapshot)

    def _show_numbers(self, snapshot: Snapshot) -> None:
        number, neuron, column = self._parameter
        trace, texts = snapshot.trace, dict.fromkeys(self.labels, BLANK)
        self._quantities = dict.fromkeys(self.labels)
        if trace is not None and trace.spec == snapshot.spec:
            place = snapshot.spec.place_of(*self._parameter)
            name = {"parameter": "b"} if column == BIAS else {"source": column, "parameter": "W"}
            if snapshot.computed(PhaseKind.GRADIENT, number):
                factor = self._writing.factor(Kind.GRADIENT)
                texts["gradient"] = format_value(factor * trace.gradient[place] + 0.0)
                self._quantities["gradient"] = Quantity(Kind.GRADIENT, number, neuron, **name)
            if snapshot.computed(PhaseKind.UPDATE, number):
                change = trace.theta_after[place] - trace.theta_before[place]
                texts["change"] = format_value(change)
                self._quantities["change"] = Quantity(Kind.UPDATED, number, neuron, **name)
        for key, label in self.labels.items():
            if label.text() != texts[key]:
                label.setText(texts[key])
            label.set_open(self._quantities[key] is not None)

    def _on_value(self, value: float) -> None:
        self._session.edits.set_parameter(*self._parameter, value)

    def _on_frozen(self, frozen: bool) -> None:
        self._session.edits.freeze([self._parameter], frozen)

    def _on_there(self, there: bool) -> None:
        number, neuron, column = self._parameter
        edits = self._session.edits
        if there:
            source = self._session.project.network.source_of(number, column)
            edits.draw_link(source, (number, neuron))
        else:
            edits.cut_links([self._parameter])

    def _on_source(self) -> None:
        number, _, column = self._parameter
        self._session.selection.select(*self._session.project.network.source_of(number, column))

    def _on_target(self) -> None:
        self._session.selection.select(*self._parameter[:2])

    def _on_asked(self) -> None:
        asked = self._quantities.get(self.sender().objectName().removeprefix("link_"))
        if asked is not None:
            self.asked.emit(asked)
