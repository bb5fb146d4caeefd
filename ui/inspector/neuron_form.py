"""The inspector when a neuron is selected: what of it can be changed, below its numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from simulator.activations import ACTIVATIONS, activation_parameters
from simulator.project import Project
from simulator.project.edits import Edit
from simulator.snapshot import Snapshot
from simulator.spec import Parameters
from ui.inspector.checklist import CheckList
from ui.inspector.controls import Check, Choice, WholeNumber, as_tooltip
from ui.inspector.forms import Group, Setting, parameter_settings
from ui.inspector.limits import limits_of
from ui.inspector.neuron_table import NeuronTable
from ui.inspector.words import ACTIVATION_ABOUTS
from ui.project_edits import (
    change_neuron,
    change_neuron_as_others,
    freeze_bias,
    freeze_weights,
    given_of,
    set_link,
)
from ui.session import Session
from ui.theme import GRID
from ui.widgets.value_label import format_value

AS_THE_LAYER = "as the layer"
MOST_LINKS = 64
"""Links that are worth a list; more are too many to read."""


class _OfNeuron(Group):
    """A group whose settings are those of the neuron on show."""

    def __init__(self, title: str, session: Session, opened: bool, parent: QWidget) -> None:
        super().__init__(title, session, opened, parent)
        self.number, self.neuron = 1, 0

    def show_neuron(self, project: Project, number: int, neuron: int) -> None:
        """Show the settings of a neuron, counted from 0, of layer ``number`` (from 1)."""
        self.number, self.neuron = number, neuron
        self.show_project(project)


class NeuronGroup(_OfNeuron):
    """Its activation, and what of it is frozen."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Settings", session, True, parent)
        names = [name for name in ACTIVATIONS if name != "softmax"]
        abouts = {**ACTIVATION_ABOUTS, AS_THE_LAYER: "What the layer's other neurons have."}
        self.add(
            Setting(
                "Activation",
                "What makes this neuron's output a of its sum z.",
                Choice("Neuron activation", [AS_THE_LAYER, *names], abouts),
                self._shown_activation,
                self._choose_activation,
                undo="activation of neuron",
            ),
            *parameter_settings(
                "Neuron activation",
                {name: activation_parameters(name) for name in names},
                self._own_activation,
                self._change_activation,
                limits_of,
            ),
            Setting(
                "Freeze",
                "Frozen weights stay as they are while everything else learns.",
                Check("Freeze weights", "Incoming weights"),
                self._frozen_weights,
                lambda project, on: freeze_weights(project, self.number, self.neuron, on),
                undo="frozen weights",
            ),
            Setting(
                "",
                "A frozen bias stays as it is while everything else learns.",
                Check("Freeze bias", "Bias"),
                self._frozen_bias,
                lambda project, on: freeze_bias(project, self.number, self.neuron, on),
                lambda project: project.network.layer(self.number).bias,
                undo="frozen bias",
            ),
        )

    def _shown_activation(self, project: Project) -> str:
        layer = project.network.layer(self.number)
        return layer.activation_of(self.neuron)[0] if layer.neuron_activations else AS_THE_LAYER

    def _choose_activation(self, project: Project, name: str) -> Edit:
        if name == AS_THE_LAYER:
            return change_neuron_as_others(project, self.number, self.neuron)
        return change_neuron(project, self.number, self.neuron, name)

    def _own_activation(self, project: Project) -> tuple[str, Parameters]:
        """That of the neuron; none where it has the layer's, which is changed there."""
        layer = project.network.layer(self.number)
        return layer.activation_of(self.neuron) if layer.neuron_activations else ("", ())

    def _change_activation(self, project: Project, name: str, given: Parameters) -> Edit:
        return change_neuron(project, self.number, self.neuron, name, given)

    def _frozen_weights(self, project: Project) -> bool | None:
        frozen = given_of(project, self.number).frozen_W
        if frozen is None or not frozen[self.neuron].any():
            return False
        return True if frozen[self.neuron].all() else None

    def _frozen_bias(self, project: Project) -> bool:
        frozen = given_of(project, self.number).frozen_b
        return frozen is not None and bool(frozen[self.neuron])


class LinksGroup(_OfNeuron):
    """The links into the neuron with their weights; unchecking one removes it.

    Where there are too many for a list, one at a time is chosen by its number.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Links", session, False, parent)
        self.picked = WholeNumber("Link number", 1, 1)
        self.list = CheckList("Link")
        self.list.setToolTip(as_tooltip("An unchecked link is removed: its weight is 0."))
        self._picker = QWidget()
        row = QHBoxLayout(self._picker)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        self._hint = QLabel()
        self._hint.setProperty("role", "muted")
        row.addWidget(self._hint)
        row.addWidget(self.picked, 1)
        self.column.addWidget(self._picker)
        self.column.addWidget(self.list)
        self._weights: np.ndarray | None = None
        self._there = np.ones(0, bool)
        self._columns: range = range(0)
        self.list.chosen.connect(self._on_chosen)
        self.picked.chosen.connect(self._on_picked)
        self.toggled.connect(self._write_weights)

    def show_project(self, project: Project) -> None:
        fan_in = project.network.fan_in(self.number)
        links = given_of(project, self.number).links
        self._there = np.ones(fan_in, bool) if links is None else links[self.neuron] != 0.0
        listed = fan_in <= MOST_LINKS
        self._picker.setVisible(not listed)
        self._hint.setText(f"One of {fan_in:,}")
        self.picked.set_limits(1, fan_in)
        first = self.picked.value() - 1
        self._columns = range(fan_in) if listed else range(first, first + 1)
        self.list.show_items(
            [f"from {self._name(project, column)}" for column in self._columns],
            [bool(self._there[column]) for column in self._columns],
        )
        self._write_weights()
        super().show_project(project)

    def _name(self, project: Project, column: int) -> str:
        network = project.network
        source, place = network.source_of(self.number, column)
        if len(network.sources(self.number)) == 1:
            return f"{place + 1}"
        return f"{network.layer_name(source)}, {place + 1}"

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the weights of this moment."""
        spec = snapshot.spec
        self._weights = None
        if self.number <= spec.depth and self.neuron < spec.layer(self.number).units:
            self._weights = spec.weights(snapshot.theta, self.number)[self.neuron]
        self._write_weights()

    def _write_weights(self) -> None:
        weights = self._weights
        if not self.is_open or weights is None or len(weights) != len(self._there):
            return
        self.list.show_numbers(
            [
                format_value(weights[column]) if self._there[column] else "removed"
                for column in self._columns
            ]
        )

    def summary(self, project: Project) -> str:
        every = len(self._there)
        removed = every - int(self._there.sum())
        return f"{removed:,} of {every:,} removed" if removed else f"{every:,}"

    def _on_picked(self) -> None:
        self.show_project(self._session.project)

    def _on_chosen(self, place: int, on: bool) -> None:
        session, number, neuron = self._session, self.number, self.neuron
        column = self._columns[place]
        session.edit(
            "Add link" if on else "Remove link",
            lambda: set_link(session.project, number, neuron, column, on),
            f"link {number} {neuron} {column}",
        )


class NeuronForm(QWidget):
    """The neuron's numbers, and below them what can be changed of it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = NeuronTable(self)
        self.change = NeuronGroup(session, self)
        self.links = LinksGroup(session, self)
        self.groups = (self.change, self.links)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table)
        column.addSpacing(GRID)
        for group in self.groups:
            column.addWidget(group)
        column.addStretch(1)

    def show_neuron(self, project: Project, number: int, neuron: int) -> None:
        """Show what can be changed of a neuron of layer ``number``; of an input nothing can."""
        for group in self.groups:
            group.setVisible(number > 0)
            if number > 0:
                group.show_neuron(project, number, neuron)

    def show_snapshot(self, snapshot: Snapshot, number: int, neuron: int, drawing: bool) -> None:
        """Show its numbers at this moment."""
        self.table.show_neuron(snapshot, number, neuron, drawing)
        if number > 0:
            self.links.show_snapshot(snapshot)
