"""This step in symbols, then with this network's numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from simulator.explain import explain, most_active_neuron
from simulator.project import Project
from simulator.snapshot import RunState, Snapshot
from ui.selection import Selection
from ui.widgets.card import Card

_HINTS = {
    RunState.RUNNING: "Training runs. Pause it (F5), then step (F10) to see each operation with "
    "its numbers.",
    RunState.FINISHED: "All epochs are trained. Step (F10) to look at one more iteration, or run "
    "(F5) on for as many epochs again.",
}
_HINT = "Press Step (F10): the network works through one iteration, one operation at a time."
_LINES = 6


class StepCard(Card):
    """Shows the equation of the current phase for the selected neuron of its layer."""

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__("This step", parent)
        self._selection = selection
        self._snapshot: Snapshot | None = None
        self._project: Project | None = None
        self._shown: object = None
        self._hint = _label("caption", wrap=True)
        self._heading = _label("title")
        self._symbols = _label("equation")
        self._numbers = _label("number")
        self._result = _label("result")
        self._shapes = _label("caption", wrap=True)
        column = QVBoxLayout()
        column.setSpacing(4)
        for label in (
            self._hint,
            self._heading,
            self._symbols,
            self._numbers,
            self._result,
            self._shapes,
        ):
            column.addWidget(label)
        column.addStretch(1)
        self.body.addLayout(column)
        selection.changed.connect(self._refresh)
        self._show_hint(_HINT)

    def show_project(self, project: Project) -> None:
        """Take over the loss and the learning rate of the equations."""
        self._project = project
        self._shown = None
        self._refresh()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Explain the current phase; nothing is done while it is the same one."""
        self._snapshot = snapshot
        self._refresh()

    def _refresh(self) -> None:
        snapshot, project = self._snapshot, self._project
        if snapshot is None or project is None:
            return
        phase, trace = snapshot.phase, snapshot.trace
        if phase is None or trace is None or trace.spec != project.network:
            self._shown = None
            self._show_hint(snapshot.message or _HINTS.get(snapshot.state, _HINT))
            return
        neuron = most_active_neuron(trace, phase)
        if self._selection.layer == phase.layer and self._selection.neuron is not None:
            neuron = self._selection.neuron
        key = (id(trace), snapshot.cursor, neuron)
        if key == self._shown:
            return
        self._shown = key
        equation = explain(
            trace,
            phase,
            neuron,
            project.loss,
            project.optimizer.learning_rate,
            optimizer=project.optimizer.name,
        )
        self._hint.hide()
        self.set_caption(f"{snapshot.spec.layer_name(phase.layer)}, neuron {neuron + 1}")
        for label, text in (
            (self._heading, equation.heading),
            (self._symbols, equation.symbols),
            (self._numbers, "\n".join(equation.numbers[:_LINES])),
            (self._result, f"= {equation.result}"),
            (self._shapes, f"Shapes: {equation.shapes}"),
        ):
            label.setText(text)
            label.show()

    def _show_hint(self, text: str) -> None:
        for label in (self._heading, self._symbols, self._numbers, self._result, self._shapes):
            label.hide()
        self.set_caption("")
        self._hint.setText(text)
        self._hint.show()


def _label(role: str, wrap: bool = False) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setWordWrap(wrap)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
